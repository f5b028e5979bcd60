// The request as the browser keeps it: the keys that are given. Pure; the server fills in the rest and checks it.

import { entriesOf, hasMeaning, same, withMeaning } from './meaning.js';

/**
 * @param {Optimizer | undefined} optimizer
 * @param {LandscapeEntry | undefined} landscape
 * @returns {number | undefined} the learning rate where none is given: the one that was found for the two
 */
export function usualRate(optimizer, landscape) {
  return optimizer?.learning_rates[landscape?.slug ?? ''] ?? optimizer?.full_step ?? landscape?.learning_rate;
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
  return keys
    .map((key) => `${encodeURIComponent(key)}=${encodeURIComponent(given[key]).replaceAll('%2C', ',')}`)
    .join('&');
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
  if ('landscape' in change && change.landscape !== given.landscape) {
    for (const key of OF_THE_LANDSCAPE) delete next[key];
  }
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete next[key];
    else next[key] = value;
  }
  // Restarts that are set choose a schedule that they can work with.
  if (change.restarts && !same(change.restarts, 0) && !hasMeaning('restarts', next, catalog)) delete next.schedule;
  const left = withMeaning(next, catalog);
  // A learning rate that suits one that scales its steps by itself means nothing to the others, and the other way round.
  const own = (/** @type {Given} */ keys) => entriesOf(keys, catalog).optimizer?.full_step ?? null;
  if (own(left) !== own(given) && !('learning_rate' in change)) delete left.learning_rate;
  return left;
}
