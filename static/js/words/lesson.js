// What a lesson tells of the walk that is shown, in numbers and in words. Pure.

import { formatNumber, formatShare } from './numbers.js';

/** A part of the loss at the start that counts as next to nothing. */
const SMALL = 0.01;
/** Parts of the map's width within which a guess was a good one, and within which it was near. */
const [WELL, NEAR] = [0.05, 0.15];

/** A number as a sentence has it: with a minus, not a hyphen. @param {number} value */
export function inSentence(value) {
  return formatNumber(value, 6).replace('-', '−');
}

/** The results that a lesson's words may tell, by name. @type {Record<string, (walk: Walk) => string>} */
const RESULTS = {
  steps({ summary, length }) {
    if (!summary || summary.outcome === 'diverged') return '–';
    return summary.outcome === 'converged' ? String(summary.steps) : `more than ${length - 1}`;
  },
  below({ loss, length }) {
    const step = loss.subarray(0, length).findIndex((value) => value < SMALL * loss[0]);
    return step < 0 ? `more than ${length - 1}` : String(step);
  },
};

/** @param {string} name @param {Walk} walk that has ended @returns {string} */
export function resultInWords(name, walk) {
  return RESULTS[name]?.(walk) ?? '–';
}

/** @param {number[]} point @returns {string} */
export function pointInWords(point) {
  const named = point.map((value) => formatNumber(value, 3).replace('-', '−')).join(', ');
  return point.length > 1 ? `(${named})` : named;
}

/**
 * @param {number[] | null} guess null where it was guessed that it leaves the picture
 * @param {number[] | null} end null where it has left it
 * @param {number[]} domain of the picture
 * @returns {string} how good the guess was
 */
export function guessInWords(guess, end, domain) {
  if (!guess)
    return end ? `Not so: it stays, and ends at ${pointInWords(end)}.` : 'Well guessed: it leaves the picture.';
  if (!end) return 'Not so: it leaves the picture, and never comes to an end.';
  const widths = guess.map((_, axis) => domain[2 * axis + 1] - domain[2 * axis]);
  const part = Math.hypot(...guess.map((value, axis) => (value - end[axis]) / widths[axis]));
  const away = Math.hypot(...guess.map((value, axis) => value - end[axis]));
  const verdict = part <= WELL ? 'Well guessed' : part <= NEAR ? 'Near' : 'Not there';
  return `${verdict}: it ends at ${pointInWords(end)}, ${formatNumber(away, 2)} from your guess, ${formatShare(part)} of the map.`;
}
