// A finger on the surface: up and down scrolls the page, sideways or with a second finger it turns the surface. Plotly
// itself takes every touch for turning.

/** A finger that moves by fewer pixels has not said yet what it wants. */
const SAID = 4;

/**
 * @param {HTMLElement} plot on which touches that scroll are kept from Plotly; its style must let the browser pan
 * @param {() => void} turned called while and after it turns
 */
export function watchSwipes(plot, turned) {
  /** @type {{id: number, x: number, y: number, means: 'nothing' | 'scroll' | 'turn'} | null} */
  let swipe = null;

  plot.addEventListener(
    'touchstart',
    ({ touches }) => {
      const [{ identifier: id, clientX: x, clientY: y }] = touches;
      if (touches.length === 1) swipe = { id, x, y, means: 'nothing' };
      else if (swipe?.means === 'nothing') swipe.means = 'turn';
    },
    { capture: true, passive: true },
  );
  plot.addEventListener(
    'touchmove',
    (event) => {
      if (!swipe) return;
      const [{ identifier, clientX, clientY }] = event.changedTouches;
      const [dx, dy] = [Math.abs(clientX - swipe.x), Math.abs(clientY - swipe.y)];
      if (swipe.means === 'nothing' && Math.max(dx, dy) >= SAID) swipe.means = dx >= dy ? 'turn' : 'scroll';
      if (swipe.means === 'turn') {
        // Of two fingers Plotly would follow now this one, now that one.
        if (identifier !== swipe.id) event.stopPropagation();
        if (event.cancelable) event.preventDefault();
        turned();
      } else event.stopPropagation();
    },
    { capture: true, passive: false },
  );
  for (const kind of /** @type {const} */ (['touchend', 'touchcancel']))
    plot.addEventListener(kind, () => swipe?.means === 'turn' && turned(), { passive: true });
}
