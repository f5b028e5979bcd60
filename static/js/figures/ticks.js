// Ticks of an axis that stay readable at any depth of zoom. Pure.

import { formatNumber } from '../words/numbers.js';

/** @typedef {{values: number[], texts: string[], from: string}} Ticks `from` is what all are counted from, '' for nothing */

/** Narrower than this part of what it shows, an axis is counted from a number nearby. */
const DEEP = 2e-3;
/** Longer numbers are counted in a power of ten. */
const LONGEST = 7;

/** @param {number} number @returns {string} a whole number written high */
export function superscript(number) {
  return [...String(number)].map((sign) => (sign === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(sign)])).join('');
}

/**
 * @param {number} width
 * @param {number} most
 * @returns {number} 1, 2 or 5 times a power of ten, at most so many of which fit
 */
function niceStep(width, most) {
  const least = width / most;
  const power = 10 ** Math.floor(Math.log10(least));
  return power * /** @type {number} */ ([1, 2, 5, 10].find((step) => step * power >= least * (1 - 1e-9)));
}

/**
 * @param {number} low
 * @param {number} high
 * @param {boolean} log whether equal factors are equally far apart
 * @param {number} most how many ticks there is room for
 * @returns {Ticks}
 */
export function ticks(low, high, log, most) {
  if (log && high / low >= 100) return decades(low, high, most);
  if (log && high / low >= 10) return factors(low, high);
  if (high - low < DEEP * Math.max(Math.abs(low), Math.abs(high))) return counted(low, high, most, true);
  const found = plain(low, high, most);
  return found.texts.some((text) => text.length > LONGEST || text.includes('e'))
    ? counted(low, high, most, false)
    : found;
}

/** @param {number} low @param {number} high @param {number} most @returns {Ticks} */
function plain(low, high, most) {
  const step = niceStep(high - low, most);
  const values = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k += 1)
    values.push(Number((k * step).toPrecision(12)) + 0);
  return { values, texts: values.map((value) => formatNumber(value, 6).replace('-', '−')), from: '' };
}

/** Whole powers of ten, not more than there is room for. @param {number} low @param {number} high @param {number} most @returns {Ticks} */
function decades(low, high, most) {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const step = Math.ceil((last - first + 1) / most);
  const powers = Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, k) => first + k * step);
  return {
    values: powers.map((power) => Number(`1e${power}`)),
    texts: powers.map((power) => `10${superscript(power)}`),
    from: '',
  };
}

/** One, two and five times powers of ten. @param {number} low @param {number} high @returns {Ticks} */
function factors(low, high) {
  const values = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1) {
    for (const factor of [1, 2, 5]) values.push(Number(`${factor}e${power}`));
  }
  const inside = values.filter((value) => value >= low && value <= high);
  return { values: inside, texts: inside.map((value) => formatNumber(value)), from: '' };
}

/**
 * Counted in a power of ten, from zero or from a short number in the window.
 * @param {number} low
 * @param {number} high
 * @param {number} most
 * @param {boolean} nearby
 * @returns {Ticks}
 */
function counted(low, high, most, nearby) {
  const step = niceStep(high - low, most);
  const power = Math.floor(Math.log10(step) + 1e-9);
  // The middle, rounded to ten steps: a number with no more digits than the depth asks for.
  const base = !nearby
    ? 0
    : Number(
        (Math.round((low + high) / 2 / (10 * step)) * 10 * step).toPrecision(
          Math.max(1, Math.ceil(Math.log10(Math.abs(high) / step)) + 1),
        ),
      );
  const counts = [];
  for (let k = Math.ceil((low - base) / step - 1e-6); k * step <= high - base + 1e-6 * step; k += 1) counts.push(k);
  const unit = step / 10 ** power;
  return {
    values: counts.map((k) => base + k * step),
    texts: counts.map((k) => String(Math.round(k * unit) + 0).replace('-', '−')),
    from: `${base === 0 ? '' : ` ${base < 0 ? '+' : '−'} ${formatNumber(Math.abs(base), 17)}`}, in 10${superscript(power)}`,
  };
}

/**
 * @param {string} title
 * @param {Ticks} ticks
 * @returns {string} the axis's title, with what its ticks are counted from
 */
export function titled(title, { from }) {
  return title + from;
}
