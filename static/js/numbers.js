// Numbers as people type them, and as keys step through them. Pure.

import { fromSlider, toSlider } from './request.js';

/** @typedef {{low: number, high: number, log: boolean, whole?: boolean}} Scale */

const DECIMAL = String.raw`[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?`;
const NUMBER = new RegExp(`^(${DECIMAL})(?:\\s*/\\s*(${DECIMAL}))?$`, 'i');
/** Thousands may be meant here, or thousandths. */
const GROUPED = /^[+-]?\d{1,3}([.,])\d{3}(?:\1\d{3})*$/;

/** What a field takes, for whoever typed something else. */
export const EXAMPLES = 'Write it like 0.05, 0,05, 1/3 or 1e-3.';

/**
 * Reads what was typed. Comma and point are both the decimal point, and a fraction is its value; nothing is guessed.
 * @param {string} typed
 * @param {boolean} [whole] whether a whole number is asked for, where `1,000` could be meant as a thousand
 * @returns {number} NaN where it is not understood, or no number that is finite and told from zero
 */
export function readNumber(typed, whole = false) {
  // A minus sign is copied from where numbers are set in print.
  const text = typed.trim().replaceAll('−', '-');
  const [, above, below] = NUMBER.exec(text) ?? [];
  if (above === undefined || (whole && GROUPED.test(text))) return NaN;
  const value = below === undefined ? decimal(above) : decimal(above) / decimal(below);
  const lost = value === 0 && /[1-9]/.test(above.replace(/e.*/i, ''));
  return Number.isFinite(value) && !lost ? value + 0 : NaN;
}

/** @param {string} text */
function decimal(text) {
  return Number(text.replace(',', '.'));
}

/**
 * Where so many steps of the slider lead from a value: on its own scale, inside its range, each step to another value.
 * @param {number} value
 * @param {number} count negative for downwards
 * @param {Scale} scale
 * @returns {number} the value itself where there is nothing beyond
 */
export function stepped(value, count, scale) {
  const way = Math.sign(count);
  let at = value;
  for (let k = 0; k < Math.abs(count); k += 1) at = nextTo(at, way, scale);
  return at;
}

/** @param {number} value @param {number} way 1 or -1 @param {Scale} scale */
function nextTo(value, way, scale) {
  // Positions of the slider lie closer than whole numbers, or than the digits that it gives.
  for (let position = toSlider(value, scale) + way; position >= 0 && position <= 1000; position += way) {
    const next = fromSlider(position, scale);
    if (way * (next - value) > 0) return next;
  }
  const end = way > 0 ? scale.high : scale.low;
  return way * (end - value) > 0 ? end : value;
}

/**
 * How many steps a key asks for: one by an arrow, ten by a page.
 * @param {KeyboardEvent} event
 * @returns {number} 0 for any other key, and with a modifier, which makes another command of it
 */
export function stepsOf({ key, shiftKey, ctrlKey, altKey, metaKey }) {
  if (shiftKey || ctrlKey || altKey || metaKey) return 0;
  return { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[key] ?? 0;
}
