// The keys of the dials, and the list of all keys.

import { isWritten } from '../input/written.js';
import { find } from './parts/elements.js';

/** The place of a dial among the dials, and which way its key turns it. @type {Record<string, [number, string]>} */
const TURNS = {
  q: [2, 'ArrowUp'],
  a: [2, 'ArrowDown'],
  w: [3, 'ArrowUp'],
  s: [3, 'ArrowDown'],
  e: [4, 'ArrowUp'],
  d: [4, 'ArrowDown'],
};

/** @param {HTMLElement} element the list @returns {Panel} */
export function mountKeys(element) {
  const list = /** @type {HTMLDialogElement} */ (element);
  const show = () => list.open || list.showModal();
  document.getElementById('keys-open')?.addEventListener('click', show);
  find(list, '#keys-close').addEventListener('click', () => list.close());
  document.addEventListener('keydown', (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || isWritten(target) || document.querySelector('dialog:modal'))
      return;
    if (event.key === '?') show();
    else if (event.key.toLowerCase() === 'x') document.getElementById('handle')?.focus({ preventScroll: true });
    else turn(event.key.toLowerCase());
  });
  return {};
}

/** As an arrow key on the dial's own slider does. @param {string} key */
function turn(key) {
  const [place, way] = TURNS[key] ?? [];
  const dial = /** @type {HTMLElement | undefined} */ (document.querySelector('#dials')?.children[place ?? -1]);
  // One that is left out has no key either.
  const slider = dial?.hidden ? null : dial?.querySelector('input[type="range"]');
  slider?.dispatchEvent(new KeyboardEvent('keydown', { key: way }));
}
