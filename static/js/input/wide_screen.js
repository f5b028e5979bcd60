// Whether the screen has room for a third picture, beside the map and the second place.

const WIDE = matchMedia('(min-width: 1800px)');

/** @returns {boolean} */
export const isWide = () => WIDE.matches;

/** @param {() => void} changed called when there is room, or none any more */
export function watchRoom(changed) {
  WIDE.addEventListener('change', changed);
}
