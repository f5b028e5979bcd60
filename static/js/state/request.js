// The request as the browser keeps it: the keys that are given. Pure; the server fills in the rest and checks it.

import { OF_ITS_OWN } from '../server/surfaces.js';
import { entriesOf, hasMeaning, same, withMeaning } from './meaning.js';
import { isOwn } from './told.js';

/**
 * @param {Optimizer | undefined} optimizer
 * @param {LandscapeEntry | undefined} landscape
 * @returns {number | undefined} the learning rate where none is given: the one that was found for the two
 */
export function usualRate(optimizer, landscape) {
  // One that is in no table says it of itself.
  const own = landscape?.learning_rates?.[optimizer?.slug ?? ''];
  return own ?? optimizer?.learning_rates?.[landscape?.slug ?? ''] ?? optimizer?.full_step ?? landscape?.learning_rate;
}

/** Keys whose default is the landscape's: another landscape means other values, so they go with the old one. */
export const OF_THE_LANDSCAPE = ['shape', 'domain', 'goal', 'start', 'learning_rate', 'batch'];

/** What is given takes the place of these. @type {Record<string, string[]>} */
const IN_PLACE_OF = {
  landscape: OF_ITS_OWN,
  formula: ['landscape', 'data', 'model'],
  data: ['landscape', 'formula', 'constants'],
  optimizer: ['rule', 'hyperparameters'],
  rule: ['optimizer'],
};

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

/** Signs that are read by people as they are: between numbers, and in what was typed, by key. @type {Record<string, string>} */
const AS_THEY_ARE = { data: ',;', formula: ',:;/=', constants: ',:', rule: ',:;/=', hyperparameters: ',:' };

/**
 * @param {string} key
 * @param {string} value
 * @param {string} [signs] that an address has as they are
 * @returns {string} as an address has it
 */
export function written(key, value, signs = AS_THEY_ARE[key] ?? ',') {
  return encodeURIComponent(value).replace(/%(2C|3A|3B|2F|3D)/g, (code) => {
    const sign = decodeURIComponent(code);
    return signs.includes(sign) ? sign : code;
  });
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
  const is_new = (/** @type {string} */ key) => key in change && (change[key] ?? undefined) !== given[key];
  const named = is_new('landscape') || ('landscape' in change && isOwn(given));
  if (named || OF_ITS_OWN.some((key) => key !== 'constants' && is_new(key)))
    for (const key of OF_THE_LANDSCAPE) delete next[key];
  for (const [key, others] of Object.entries(IN_PLACE_OF))
    if (change[key] || (named && key === 'landscape')) for (const other of others) delete next[other];
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
