// Whether the screen is a phone's.

const NARROW = matchMedia('(max-width: 860px)');

/** @returns {boolean} */
export const isNarrow = () => NARROW.matches;

/** @param {() => void} changed called when it has become narrow, or wide */
export function watchWidth(changed) {
  NARROW.addEventListener('change', changed);
}
