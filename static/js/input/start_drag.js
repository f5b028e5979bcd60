// The start: dragged, clicked, or moved by keys. Own pointer handling, exact to the pixel: Plotly's clicks snap to its
// grid. The handle is a button, so that keys and touch work.

/**
 * @param {{
 *   map: HTMLElement,
 *   handle: HTMLElement,
 *   frame: () => {box: {left: number, top: number, width: number, height: number}, invert: (px: number, py: number) => [number, number]} | null,
 *   domain: () => number[],
 *   start: () => number[],
 *   snap: (start: number[]) => number[] | null,
 *   moved: (start: number[], phase: 'drag' | 'final') => void,
 * }} options `snap` is what a click means exactly, where something else than the pixel says so
 */
export function watchStart({ map, handle, frame, domain, start, snap, moved }) {
  /** @type {{x: number, y: number, type: string, on_handle: boolean, going: boolean, before: number[]} | null} */
  let press = null;

  /** @param {PointerEvent} event @returns {number[] | null} the place under the pointer, kept inside the picture */
  const place = (event) => {
    const now = frame();
    if (!now) return null;
    const holder = map.getBoundingClientRect();
    const px = Math.min(now.box.width, Math.max(0, event.clientX - holder.left - now.box.left));
    const py = Math.min(now.box.height, Math.max(0, event.clientY - holder.top - now.box.top));
    return now.invert(px, py);
  };

  map.addEventListener(
    'pointerdown',
    (event) => {
      const target = /** @type {Element} */ (event.target);
      const on_handle = handle.contains(target);
      const now = frame();
      // Who guesses where it will end moves no start.
      if (event.button !== 0 || !now || target.closest('.guess-over')) return;
      const holder = map.getBoundingClientRect();
      const [px, py] = [event.clientX - holder.left - now.box.left, event.clientY - holder.top - now.box.top];
      if (!on_handle && (px < 0 || py < 0 || px > now.box.width || py > now.box.height)) return;
      press = { x: event.clientX, y: event.clientY, type: event.pointerType, on_handle, going: false, before: start() };
      if (!on_handle && event.pointerType !== 'touch') take(event, 'drag', false);
    },
    true,
  );

  // A finger that starts on the map scrolls the page; a tap sets the start, and the handle is there to be dragged.
  window.addEventListener('pointermove', (event) => {
    if (!press) return;
    if (Math.hypot(event.clientX - press.x, event.clientY - press.y) > 4) press.going = true;
    if (press.going && (press.on_handle || press.type !== 'touch')) take(event, 'drag', true);
  });

  window.addEventListener('pointerup', (event) => {
    if (!press) return;
    const { on_handle, going, type } = press;
    press = null;
    if (on_handle && !going) return;
    if (type === 'touch' && !on_handle && going) return;
    take(event, 'final', going);
  });

  window.addEventListener('pointercancel', () => {
    // What the browser took for something else has moved nothing.
    if (press?.going && (press.on_handle || press.type !== 'touch')) moved(press.before, 'final');
    press = null;
  });

  /** @param {PointerEvent} event @param {'drag' | 'final'} phase @param {boolean} going */
  function take(event, phase, going) {
    const where = place(event);
    if (where) moved((going ? null : snap(where)) ?? roundPoint(where, domain()), phase);
  }

  handle.addEventListener('keydown', (event) => {
    const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[event.key];
    const sides = domain();
    if (!direction || direction.slice(0, sides.length / 2).every((part) => part === 0)) return;
    event.preventDefault();
    event.stopPropagation();
    const part = event.shiftKey ? 0.1 : 0.01;
    const next = start().map((value, axis) => value + direction[axis] * part * (sides[2 * axis + 1] - sides[2 * axis]));
    moved(roundPoint(next, sides), 'drag');
  });

  handle.addEventListener('keyup', (event) => {
    if (event.key.startsWith('Arrow')) moved(start(), 'final');
  });
}

/**
 * As many digits as a pixel can tell, so that an address stays short. Of a curve only x counts.
 * @param {number[]} point
 * @param {number[]} domain
 */
export function roundPoint(point, domain) {
  return point.slice(0, domain.length / 2).map((value, axis) => {
    const width = domain[2 * axis + 1] - domain[2 * axis];
    const digits = Math.min(15, Math.max(0, 3 - Math.floor(Math.log10(width))));
    return Number(value.toFixed(digits)) + 0;
  });
}
