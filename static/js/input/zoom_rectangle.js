// A map under the pointer: what is hovered, what is clicked, and the rectangle that is drawn to zoom into.

/** A press that moves by less than so many pixels is a click. */
const STILL = 4;

/**
 * @param {{
 *   area: HTMLElement,
 *   frame: () => Frame | null,
 *   zooms: (event: PointerEvent) => boolean,
 *   corner: (from: Place, to: Place) => Place,
 *   hovered: (place: Place | null) => void,
 *   clicked: (place: Place) => void,
 *   zoomed: (from: Place, to: Place) => void,
 * }} options `zooms` tells whether a press begins a rectangle, `corner` where that ends while the pointer is at a place
 */
export function watchZoom({ area, frame, zooms, corner, hovered, clicked, zoomed }) {
  const band = document.createElement('div');
  band.className = 'rubber';
  band.hidden = true;
  area.append(band);
  /** @type {Place | null} */
  let from = null;

  /** @param {PointerEvent} event @returns {Place | null} */
  const place = (event) => {
    const now = frame();
    if (!now) return null;
    const holder = area.getBoundingClientRect();
    return { x: event.clientX - holder.left - now.box.left, y: event.clientY - holder.top - now.box.top };
  };
  /** @param {Place | null} at @returns {at is Place} */
  const inside = (at) => {
    const box = frame()?.box;
    return Boolean(at && box && at.x >= 0 && at.y >= 0 && at.x <= box.width && at.y <= box.height);
  };
  /** @param {PointerEvent} event @returns {Place | null} the rectangle's other corner, kept in the picture */
  const end = (event) => {
    const [now, at] = [frame(), place(event)];
    if (!now || !at || !from) return null;
    const { width, height } = now.box;
    const kept = corner(from, { x: Math.min(width, Math.max(0, at.x)), y: Math.min(height, Math.max(0, at.y)) });
    return Math.hypot(at.x - from.x, at.y - from.y) > STILL ? kept : null;
  };
  const forget = () => {
    from = null;
    band.hidden = true;
  };

  // Above the area, so that the start does not move while a rectangle is drawn.
  area.parentElement?.addEventListener(
    'pointerdown',
    (event) => {
      const at = place(event);
      if (event.button !== 0 || !area.contains(/** @type {Node} */ (event.target)) || !inside(at) || !zooms(event))
        return;
      event.stopPropagation();
      from = at;
    },
    true,
  );
  window.addEventListener('pointermove', (event) => {
    if (!from) return;
    const [box, to] = [frame()?.box, end(event)];
    band.hidden = !to;
    if (!to || !box) return;
    band.style.left = `${box.left + Math.min(from.x, to.x)}px`;
    band.style.top = `${box.top + Math.min(from.y, to.y)}px`;
    band.style.width = `${Math.abs(to.x - from.x)}px`;
    band.style.height = `${Math.abs(to.y - from.y)}px`;
  });
  window.addEventListener('pointerup', (event) => {
    if (!from) return;
    const [begin, to] = [from, end(event)];
    forget();
    if (to) zoomed(begin, to);
    else clicked(begin);
  });
  window.addEventListener('pointercancel', forget);
  window.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') forget();
  });
  area.addEventListener('pointermove', (event) => {
    const at = place(event);
    hovered(inside(at) && event.pointerType !== 'touch' ? at : null);
  });
  area.addEventListener('pointerleave', () => hovered(null));
}
