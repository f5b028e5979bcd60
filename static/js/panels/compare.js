// On a phone: the button beside landscape and optimizer that brings one more run into the picture.

import { disable } from './parts/elements.js';
import { noRoomInWords } from '../words/most_runs.js';

/** @param {HTMLElement} element @param {Session} session @returns {Panel} */
export function mountCompare(element, session) {
  const button = /** @type {HTMLButtonElement} */ (element);
  button.addEventListener('click', () => session.addRun());
  return { selected: () => disable(button, noRoomInWords(session.walks?.runs.length ?? 0)) };
}
