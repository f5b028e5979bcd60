// What an address has room for, and the body that asks for the same where it has none. Pure.

import { readRun } from './run_text.js';

/** So many own points a link holds. */
export const MOST_LINKED = 200;
/** So many points are fitted at all. */
export const MOST_POINTS = 500;
/** So many characters of a query are read, with some left for how the page shows it. */
export const LONGEST_QUERY = 8000;

/** What is more than one number. */
const LISTS = ['start', 'domain', 'window'];
const NAMED = ['constants', 'hyperparameters'];
/** What stays text, whatever it looks like. */
const TEXTS = ['name', 'formula', 'rule'];
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** @param {string} query @returns {number} how many own points it has */
export function pointsIn(query) {
  const data = query.includes('data=') ? new URLSearchParams(query).get('data') : null;
  return data ? data.split(';').filter(Boolean).length : 0;
}

/** @param {string} query @returns {boolean} whether an address holds it, and the server reads it from there */
export function fitsAnAddress(query) {
  return query.length <= LONGEST_QUERY && pointsIn(query) <= MOST_LINKED;
}

/** @param {string} query @returns {Record<string, any>} what a body asks for the same with */
export function bodyOf(query) {
  const all = [...new URLSearchParams(query)];
  const runs = all.filter(([key]) => key === 'run').map(([, text]) => valuesOf(Object.entries(readRun(text))));
  return { ...valuesOf(all.filter(([key]) => key !== 'run')), ...(runs.length > 0 ? { runs } : {}) };
}

/** @param {[string, string][]} entries */
function valuesOf(entries) {
  return Object.fromEntries(entries.map(([key, text]) => [key, valueOf(key, text)]));
}

/** @param {string} key @param {string} text @returns {any} */
function valueOf(key, text) {
  const numbers = (/** @type {string} */ row) => row.split(',').map(Number);
  if (key === 'data') return text.split(';').filter(Boolean).map(numbers);
  if (LISTS.includes(key)) return numbers(text);
  if (NAMED.includes(key)) {
    const pairs = text.split(',').map((part) => part.split(':'));
    return Object.fromEntries(pairs.map(([name, value]) => [name, Number(value)]));
  }
  return NUMBER.test(text) && !TEXTS.includes(key) ? Number(text) : text;
}
