// Copies texts, and says that it did.

import { copyText, offerText } from './clipboard.js';

const COPIED = 'Copied';
/** For so many milliseconds it is said. */
const SAID = 2500;

/** The button that was clicked last. @type {HTMLElement | null} */
let pressed = null;
document.addEventListener('click', ({ target }) => (pressed = /** @type {Element} */ (target).closest('button')), true);

/** @param {string} text @param {string} done what is said aloud when it is copied */
export async function copy(text, done) {
  if (await copyText(text)) toast(done);
  else offerText(text);
}

/** Says that something was copied: in its own button, where it covers nothing, and aloud. @param {string} text */
function toast(text) {
  // What is behind an open dialog is not read out.
  const aloud = [document.getElementById('toast'), pressed?.closest('dialog')?.querySelector('.aloud')];
  for (const said of aloud) if (said) said.textContent = text;
  // One that says it already says it for as long as it was to.
  if (pressed && pressed.textContent !== COPIED) sayIn(pressed);
  window.setTimeout(() => {
    for (const said of aloud) if (said) said.textContent = '';
  }, SAID);
}

/** @param {HTMLElement} button */
function sayIn(button) {
  const name = button.textContent;
  button.style.width = `${button.getBoundingClientRect().width}px`;
  button.classList.add('done');
  button.textContent = COPIED;
  window.setTimeout(() => {
    button.textContent = name;
    button.classList.remove('done');
    button.style.width = '';
  }, SAID);
}
