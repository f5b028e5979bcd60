// When a key means something beside the others: rows of the catalog's needs, read as the server reads them
// (app/request/meaning.py). Pure.

import { isOwn } from './told.js';

/** What is shown where an address does not say. */
export const FIRST = { landscape: 'bowl', optimizer: 'momentum' };

/** @param {{restarts?: unknown}} given @returns {string} the schedule where none is given: restarts need one that anneals */
export function usualSchedule({ restarts }) {
  return Number(restarts) > 0 ? 'cosine' : 'constant';
}

/**
 * @param {Record<string, any>} given keys as an address or a request has them
 * @param {Catalog} catalog
 * @returns {Entries} the registries' entries that they name, or that are taken where they name none; of what is in no
 *   registry what an answer has told, or, before there is one, no more than its traits
 */
export function entriesOf(given, catalog) {
  const { schedules } = catalog;
  return {
    landscape: isOwn(given)
      ? ownLandscape(given, catalog)
      : landscapeNamed(given.landscape ?? FIRST.landscape, catalog),
    optimizer: given.rule ? ownOptimizer(given, catalog) : optimizerNamed(given.optimizer ?? FIRST.optimizer, catalog),
    schedule: schedules.find(({ slug }) => slug === (given.schedule ?? usualSchedule(given))),
  };
}

/** @param {string} slug @param {Catalog} catalog @returns {LandscapeEntry | undefined} */
export function landscapeNamed(slug, { landscapes }) {
  return landscapes.find((entry) => entry.slug === slug);
}

/** @param {string} slug @param {Catalog} catalog @returns {Optimizer | undefined} */
export function optimizerNamed(slug, { optimizers }) {
  return optimizers.find((entry) => entry.slug === slug);
}

/** @param {Record<string, any>} given @param {Catalog} catalog @returns {LandscapeEntry} */
function ownLandscape(given, { own, told }) {
  const traits = given.formula ? own.formula : { ...own.data, points: countOf(given.data) };
  const record = told?.landscape(given);
  return record ? { ...traits, ...record, data: record.data !== null, network: false, mathml: '' } : traits;
}

/**
 * @param {Record<string, any>} given
 * @param {Catalog} catalog
 * @returns {Optimizer} whose hyperparameters are set together, by a key of their own: `named`, and no keys by themselves
 */
function ownOptimizer(given, { own, told }) {
  const record = told?.optimizer(given);
  return {
    slug: 'rule',
    title: 'Own rule',
    learning_rates: {},
    ...record,
    ...own.rule,
    named: record?.hyperparameters ?? [],
    rules: { rule: [] },
    symbols: {},
    best: null,
  };
}

/** @param {string | unknown[]} data own points, as an address or a request has them @returns {number} how many */
function countOf(data) {
  return (typeof data === 'string' ? data.split(';').filter((row) => row.trim()) : data).length;
}

/**
 * What the key needs first and does not find; what is needed must mean something itself.
 * @param {string} key
 * @param {Record<string, any>} keys those that are given, with the registries' entries of those that name one
 * @param {Record<string, Need[]>} needs the catalog's
 * @returns {Need | null} null where the key means something
 */
export function unmet(key, keys, needs) {
  for (const need of needs[key] ?? []) {
    if (need.where && !keys[key]?.[need.where]) continue;
    // One of several, in an address with commas between.
    if (need.of && !String(keys[key]).split(',').includes(need.of)) continue;
    if (isMet(need, keys[need.key]) !== need.wanted) return need;
    const deeper = unmet(need.key, keys, needs);
    if (deeper) return deeper;
  }
  return null;
}

/** @param {Need} need @param {any} value @returns {boolean} */
function isMet({ trait }, value) {
  // In an address 0 is a text.
  return trait ? Boolean(value?.[trait]) : Number(value ?? 0) !== 0;
}

/**
 * @param {string} key
 * @param {Record<string, any>} given
 * @param {Catalog} catalog
 * @returns {boolean} whether the key means something beside those that are given; a hyperparameter does with what lists it
 */
export function hasMeaning(key, given, catalog) {
  const entries = entriesOf(given, catalog);
  if (unmet(key, { ...given, ...entries }, catalog.needs)) return false;
  const lists = (/** @type {{hyperparameters: Parameter[]} | undefined} */ entry) =>
    entry?.hyperparameters.some((parameter) => parameter.key === key);
  const listed = [...catalog.optimizers, ...catalog.schedules].some(lists);
  return !listed || [entries.optimizer, entries.schedule].some(lists);
}

/**
 * What is not at its default and means nothing is refused by the server; a hyperparameter is, whatever it is.
 * @param {Given} given
 * @param {Catalog} catalog
 * @returns {Given} without the keys that would be refused
 */
export function withMeaning(given, catalog) {
  const left = { ...given };
  // What others need comes before them.
  for (const key of new Set([...Object.keys(catalog.needs), ...Object.keys(given)])) {
    const usual = catalog.keys.find((row) => row.key === key)?.default;
    if (key in left && !same(left[key], usual) && !hasMeaning(key, left, catalog)) delete left[key];
  }
  return left;
}

/**
 * @param {Record<string, any>} given
 * @param {Catalog} catalog
 * @returns {Optimizer[]} those that can work with the other keys
 */
export function ableOptimizers(given, catalog) {
  return catalog.optimizers.filter(({ slug }) => hasMeaning('optimizer', { ...given, optimizer: slug }, catalog));
}

/** @param {string} key @param {Catalog} catalog @returns {boolean} whether there is nothing of the key without a map */
export function isOfTheMap(key, { needs }) {
  return key === 'map' || Boolean(needs[key]?.some((need) => need.key === 'map'));
}

/**
 * @param {string} one
 * @param {string | number | null | undefined} other
 * @returns {boolean} whether both mean the same; nothing is given by null
 */
export function same(one, other) {
  if (other === null || other === undefined) return false;
  const text = String(other);
  return one === text || (one.trim() !== '' && text.trim() !== '' && Number(one) === Number(text));
}
