// The values on a dial that mean something, in words. Pure.

import { formatNumber } from './numbers.js';

/** The places at which a limit holds, as they are called. */
const AT = { start: 'start', minimum: 'end', end: 'end' };

/**
 * One line on a dial's marks: where its walk is best, and from where on it blows up.
 * @param {Mark[]} marks all of one key
 * @param {boolean} [changes] whether the curvature is another one on the way, so that no limit is a promise
 * @returns {string} empty where there are none
 */
export function marksInWords(marks, changes = false) {
  if (changes) return passingInWords(marks);
  const best = marks.filter(({ kind }) => kind === 'best').map(({ value }) => `Best ${formatNumber(value)}`);
  const sides = /** @type {const} */ (['above', 'below']).map((side) =>
    limitInWords(
      side,
      marks.filter(({ blows_up }) => blows_up === side),
    ),
  );
  const words = [...best, ...sides].filter(Boolean).join(' · ');
  return words && words[0].toUpperCase() + words.slice(1);
}

/** @param {Mark[]} marks of limits, where the curvature changes on the way @returns {string} */
function passingInWords(marks) {
  if (marks.length === 0) return '';
  const told = marks.map(({ value, at, blows_up }) => {
    const side = blows_up === 'below' ? 'from ' : '';
    return `${side}${formatNumber(value, 3)}${at ? ` (${AT[at]})` : ''}`;
  });
  return `Limit ${told.join(', ')}: no promise later`;
}

/** @param {'above' | 'below'} side @param {Mark[]} marks of limits with that side */
function limitInWords(side, marks) {
  if (marks.length === 0) return '';
  const values = marks.map(({ value }) => formatNumber(value));
  // On a quadratic both are one.
  if (new Set(values).size === 1 && marks.length > 1) return `blows up ${side} ${values[0]}`;
  const told = marks.map(({ at }, index) => `${values[index]} (${at && AT[at]})`);
  return `blows up ${side} ${told.join(', ')}`;
}
