// The request as the browser keeps it: the keys that are given. Pure; the server fills in the rest and checks it.

import { OF_ITS_OWN } from '../server/surfaces.js';
import { entriesOf, hasMeaning, same, withMeaning } from './meaning.js';

/**
 * @param {Optimizer | undefined} optimizer
 * @param {LandscapeEntry | undefined} landscape
 * @returns {number | undefined} the learning rate where none is given: the one that was found for the two
 */
export function usualRate(optimizer, landscape) {
  // One that is in no table says it of itself.
  const own = landscape?.learning_rates?.[optimizer?.slug ?? ''];
  return own ?? optimizer?.learning_rates[landscape?.slug ?? ''] ?? optimizer?.full_step ?? landscape?.learning_rate;
}

/** Keys whose default is the landscape's: another landscape means other values, so they go with the old one. */
const OF_THE_LANDSCAPE = ['shape', 'domain', 'goal', 'start', 'learning_rate', 'batch'];

/**
 * @param {string} search the query of an address, with or without its question mark
 * @returns {Given}
 */
export function readQuery(search) {
  return Object.fromEntries(new URLSearchParams(search));
}

/**
 * @param {Given} given
 * @param {string[]} order the keys in the contract's order
 * @returns {string}
 */
export function writeQuery(given, order) {
  const keys = [...order.filter((key) => key in given), ...Object.keys(given).filter((key) => !order.includes(key))];
  return keys.map((key) => `${encodeURIComponent(key)}=${written(key, given[key])}`).join('&');
}

/** @param {string} key @param {string} value @returns {string} with the signs between numbers as people read them */
function written(key, value) {
  const text = encodeURIComponent(value).replaceAll('%2C', ',');
  return key === 'data' ? text.replaceAll('%3B', ';') : text;
}

/**
 * Returns the keys after a change, without those that have no meaning any more, which the server would refuse.
 * @param {Given} given
 * @param {Record<string, string | null>} change null takes a key out
 * @param {Catalog} catalog
 * @returns {Given}
 */
export function changedKeys(given, change, catalog) {
  /** @type {Given} */
  const next = { ...given };
  const named = 'landscape' in change && (change.landscape !== given.landscape || 'data' in given);
  const own = OF_ITS_OWN.some((key) => key in change && (change[key] ?? undefined) !== given[key]);
  if (named || own) {
    for (const key of OF_THE_LANDSCAPE) delete next[key];
  }
  if (named) for (const key of OF_ITS_OWN) delete next[key];
  if (change.data) delete next.landscape;
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete next[key];
    else next[key] = value;
  }
  // Restarts that are set choose a schedule that they can work with.
  if (change.restarts && !same(change.restarts, 0) && !hasMeaning('restarts', next, catalog)) delete next.schedule;
  const left = withMeaning(next, catalog);
  // A learning rate that suits one that scales its steps by itself means nothing to the others, and the other way round.
  const full = (/** @type {Given} */ keys) => entriesOf(keys, catalog).optimizer?.full_step ?? null;
  if (full(left) !== full(given) && !('learning_rate' in change)) delete left.learning_rate;
  return left;
}
