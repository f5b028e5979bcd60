// The learning rates that are planned: a walk may end long before they do.

import { getJson } from '../server/api.js';
import { writeQuery } from './request.js';

/** The keys that they depend on. */
const OF_THE_SCHEDULE = [
  'learning_rate',
  'schedule',
  'floor',
  'drops',
  'peak',
  'warmup',
  'restarts',
  'growth',
  'steps',
];
/** For so many milliseconds they are waited for. */
const PATIENCE = 5000;

/**
 * @param {Wanted} request
 * @param {string[]} order the keys in the contract's order
 * @returns {string} the query that asks for them
 */
export function ratesQuery(request, order) {
  const given = OF_THE_SCHEDULE.filter((key) => request[key] !== null && request[key] !== undefined);
  return writeQuery(Object.fromEntries(given.map((key) => [key, String(request[key])])), order);
}

/** @param {string} query @returns {Promise<Rates | null>} null where they could not be had */
export function getRates(query) {
  const address = `/api/descent/learning-rates?${query}`;
  return getJson(address, AbortSignal.timeout(PATIENCE)).catch(() => null);
}
