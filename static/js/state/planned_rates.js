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

/** What decides when restarts come, of the keys above. */
const OF_THE_CYCLES = ['restarts', 'growth', 'steps', 'warmup'];

/**
 * The steps at which warm restarts begin, where the plan that is here has the cycles of this request.
 * @param {{rates: Rates, request: Wanted} | null} planned
 * @param {Wanted | undefined} request
 * @returns {number[]}
 */
export function restartsOf(planned, request) {
  if (!planned || !request) return [];
  return OF_THE_CYCLES.every((key) => planned.request[key] === request[key]) ? planned.rates.restarts : [];
}

/** @param {string} query @returns {Promise<Rates | null>} null where they could not be had */
export function getRates(query) {
  const address = `/api/descent/learning-rates?${query}`;
  return getJson(address, AbortSignal.timeout(PATIENCE)).catch(() => null);
}
