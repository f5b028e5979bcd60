// The button that copies the link to what is shown.

import { copy } from './parts/toast.js';

/** @param {HTMLElement} button @param {Session} session @returns {Panel} */
export function mountShare(button, session) {
  button.addEventListener('click', () => void copy(session.address.href, 'The link to this picture is copied.'));
  return {};
}
