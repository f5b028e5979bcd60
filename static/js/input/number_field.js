// A field for a number: text that this page reads itself, because the browsers' own number fields take a decimal comma
// for nothing, for another number or for an empty field, and step by 1 on every scale.

import { EXAMPLES, readNumber } from './read_number.js';
import { stepsOf } from './step_keys.js';
import { shortNumber, writeNumber } from '../words/numbers.js';

/**
 * A typed number shows few digits, and all of them while it has the focus. What was not edited is told exactly; what is
 * not understood is said beside the field and changes nothing.
 */
export class NumberField {
  /** What the picture is made with. */
  #exact = NaN;
  /** The text that needs no reading: filled in here, or read already. */
  #filled = '';
  /** What was read and not answered yet; null is an empty field, which means the default. @type {{value: number | null} | null} */
  #asked = null;
  #misread = false;

  /**
   * @param {HTMLInputElement} input
   * @param {{
   *   low: number,
   *   whole?: boolean,
   *   step: (value: number, count: number) => number,
   *   changed: () => void,
   *   steadily: (change: () => void) => void,
   * }} options `low` is the least it may be, `step` leads so many steps on, `steadily` does what changes the room that
   *   things take
   */
  constructor(input, { low, whole = false, step, changed, steadily }) {
    this.input = input;
    this.whole = whole;
    this.step = step;
    this.changed = changed;
    this.steadily = steadily;
    // A telephone's keys for decimals have no minus.
    Object.assign(input, {
      type: 'text',
      inputMode: low < 0 ? 'text' : 'decimal',
      autocomplete: 'off',
      spellcheck: false,
    });
    input.setAttribute('role', 'spinbutton');
    this.note = Object.assign(document.createElement('p'), { className: 'trouble misread', id: `misread-${input.id}` });
    this.note.setAttribute('role', 'alert');
    input.addEventListener('focus', () => this.#clean && this.#fill(writeNumber(this.#exact)));
    input.addEventListener('change', () => this.#read());
    input.addEventListener('blur', () => {
      this.#read();
      if (this.#clean) this.#fill(shortNumber(this.#exact));
    });
    input.addEventListener('keydown', (event) => this.#key(event));
  }

  /** @returns {number | null} what is wanted: what was typed and understood, or else what is shown; null for the default */
  get value() {
    return this.#asked ? this.#asked.value : this.#exact;
  }

  /**
   * The picture is made with this value.
   * @param {number} value
   * @param {boolean} [pending] whether something newer was asked for: then this is not the answer to what was typed
   */
  show(value, pending = false) {
    const answered = this.#asked?.value === value;
    const expected = answered || value === this.#exact;
    this.#exact = value;
    this.input.setAttribute('aria-valuenow', writeNumber(value));
    if (this.#asked && pending) return;
    if (expected && (this.#edited || this.#misread)) {
      // What is being typed meanwhile is not taken away.
      this.#asked = null;
      return;
    }
    this.#settle();
    const focused = document.activeElement === this.input;
    if (!focused) this.#fill(shortNumber(value));
    else if (answered && readNumber(this.input.value) === value) this.#filled = this.input.value;
    else this.#fill(writeNumber(value));
  }

  /** A slider, or a key, has another value. @param {number} value */
  set(value) {
    this.#settle();
    this.#asked = { value };
    this.input.setAttribute('aria-valuenow', writeNumber(value));
    this.#fill(document.activeElement === this.input ? writeNumber(value) : shortNumber(value));
  }

  get #edited() {
    return this.input.value !== this.#filled;
  }

  get #clean() {
    return !this.#edited && !this.#asked && !this.#misread;
  }

  /** @param {string} text */
  #fill(text) {
    this.#filled = text;
    // The same text anew would move the cursor.
    if (this.input.value !== text) this.input.value = text;
  }

  #settle() {
    this.#asked = null;
    this.#misread = false;
    if (!this.note.isConnected) return;
    this.steadily(() => this.note.remove());
    this.input.removeAttribute('aria-invalid');
    this.input.removeAttribute('aria-describedby');
  }

  /** Reads what was typed. @returns {boolean} whether it is understood */
  #read() {
    const { value: text } = this.input;
    if (!this.#edited) return !this.#misread;
    const value = text.trim() === '' ? null : readNumber(text, this.whole);
    this.#filled = text;
    if (value !== null && Number.isNaN(value)) {
      this.#complain(text.trim());
      return false;
    }
    this.#settle();
    this.#asked = { value };
    this.changed();
    return true;
  }

  /** @param {string} text */
  #complain(text) {
    this.#misread = true;
    const short = text.length > 40 ? `${text.slice(0, 40)}…` : text;
    this.note.textContent = `“${short}” is not understood. ${this.whole ? 'Write a whole number like 1000, without separators.' : EXAMPLES} Nothing has changed.`;
    this.steadily(() => {
      const field = /** @type {HTMLElement} */ (this.input.closest('.field'));
      // What the server said was of another number.
      field.querySelector('#trouble')?.remove();
      field.append(this.note);
    });
    this.input.setAttribute('aria-invalid', 'true');
    this.input.setAttribute('aria-describedby', this.note.id);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === 'Enter') this.#read();
    const count = stepsOf(event);
    if (count === 0) return;
    event.preventDefault();
    // From what stands there, if it is understood.
    const typed = this.#edited ? readNumber(this.input.value, this.whole) : this.value;
    if (Number.isNaN(typed) || this.#misread) {
      this.#read();
      return;
    }
    const value = typed ?? this.#exact;
    const next = this.step(value, count);
    if (next === value) {
      this.#read();
      return;
    }
    this.set(next);
    this.changed();
  }
}
