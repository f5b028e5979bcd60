// Copies the whole of a text to the clipboard, or says that it could not and shows the whole of it.

import { make } from './elements.js';

/**
 * @param {string} text
 * @returns {Promise<boolean>} whether all of it is in the clipboard
 */
export async function copyText(text) {
  try {
    // Plain http has no such object, and a browser may refuse.
    if (!navigator.clipboard) return copyAsKeysDo(text);
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyAsKeysDo(text);
  }
}

/**
 * As Ctrl+C would, which needs no right: the text is handed over whole, a selection is there because some browsers copy
 * nothing without one.
 * @param {string} text
 * @returns {boolean}
 */
function copyAsKeysDo(text) {
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  const field = make('textarea', { value: 'x', className: 'hidden', readOnly: true });
  let handed_over = false;
  const hand_over = (/** @type {ClipboardEvent} */ event) => {
    event.clipboardData?.setData('text/plain', text);
    handed_over = event.clipboardData !== null;
    event.preventDefault();
  };
  // Behind an open dialog nothing can be selected.
  (document.querySelector('dialog:modal') ?? document.body).append(field);
  document.addEventListener('copy', hand_over, { capture: true, once: true });
  try {
    field.focus({ preventScroll: true });
    field.select();
    return document.execCommand('copy') && handed_over;
  } catch {
    return false;
  } finally {
    document.removeEventListener('copy', hand_over, { capture: true });
    field.remove();
    focused?.focus({ preventScroll: true });
  }
}

/** Shows all of a text that could not be copied, selected, to be copied by hand. @param {string} text */
export function offerText(text) {
  const field = make('textarea', { value: text, readOnly: true, rows: 8 });
  field.setAttribute('aria-label', 'The text to copy');
  const close = make('button', { type: 'submit', textContent: 'Close' });
  const words = make('p', {
    textContent:
      'The browser did not let the page copy this. Here it is, all of it and selected: copy it with Ctrl+C (⌘C).',
  });
  const dialog = make('dialog', { className: 'offered' }, [make('form', { method: 'dialog' }, [words, field, close])]);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  field.focus();
  field.select();
}
