// Whether an answer is to carry all weights of a network. Pure.

import { entriesOf } from './meaning.js';

/** Of more iterates than so many, all walkers' together, the weights are left out: thirteen of them are a quarter of a kilobyte. */
export const MOST_WEIGHED = 5000;

/**
 * The part of a query that asks for the weights at every step. It is of no address: what is drawn from them is drawn wherever
 * there is room for them.
 * @param {Race} race
 * @param {Catalog} catalog
 * @returns {string[]} none where there are no weights, or too many
 */
export function weightsWanted({ shared, runs }, catalog) {
  if (!entriesOf(shared, catalog).landscape?.network) return [];
  const usual = catalog.keys.find(({ key }) => key === 'steps')?.default ?? 0;
  const steps = runs.reduce((sum, run) => sum + Number(run.steps ?? shared.steps ?? usual), 0);
  return steps * Number(shared.starts ?? 1) > MOST_WEIGHED ? [] : ['weights=1'];
}
