// Whether the screen is a phone's, or the frame of an embed too small for two pictures side by side.

const FRAMED = document.documentElement.dataset.embed !== undefined;
const NARROW = matchMedia(FRAMED ? '(max-width: 559px)' : '(max-width: 860px)');

/** @returns {boolean} */
export const isNarrow = () => NARROW.matches;

/** @param {() => void} changed called when it has become narrow, or wide */
export function watchWidth(changed) {
  NARROW.addEventListener('change', changed);
}
