// What the page is called in its tab, its bookmark and the history: who walks where, and how it ended. Pure. The server has
// the same words for the address that a page is opened at (app/exports/words.py).

import { entriesOf } from '../state/meaning.js';

/** So many runs are named. */
const MOST_NAMED = 3;
const ENDS = /** @type {Record<string, string>} */ ({
  converged: 'converged',
  diverged: 'diverged',
  stalled: 'stalled',
  out_of_steps: 'out of steps',
});

/**
 * @param {Walks} walks
 * @param {Catalog} catalog
 * @param {boolean} held whether how it ends is held back
 * @returns {string}
 */
export function titleOf(walks, catalog, held) {
  const { landscape, all } = walks;
  const request = /** @type {Wanted} */ (walks.request);
  const points = landscape?.points ?? 0;
  const where = request.formula ? 'a typed formula' : request.data ? `${points} own points` : landscape?.title;
  const summary = held || all.length !== 1 ? null : all[0].summary;
  return `${who(walks, request, catalog)} on ${where}${summary ? `: ${endOf(summary)}` : ''} – Downhill`;
}

/** @param {Walks} walks @param {Wanted} request @param {Catalog} catalog */
function who({ runs }, { starts }, catalog) {
  const titles = [...new Set(runs.map((run) => entriesOf(run.request, catalog).optimizer?.title ?? 'Own rule'))];
  const several = runs.length;
  if (several > 1 && titles.length === 1) return `${several} runs of ${titles[0]}`;
  if (several > MOST_NAMED) return `A race of ${several} runs`;
  const named = titles.length === 1 ? titles[0] : `${titles.slice(0, -1).join(', ')} and ${titles[titles.length - 1]}`;
  return starts > 1 ? `${starts} walkers of ${named}` : named;
}

/** @param {Summary} summary */
function endOf({ outcome, steps }) {
  const count = String(steps).replace(/\B(?=(\d{3})+$)/g, '\u202f');
  return `${ENDS[outcome]} after ${count} ${steps === 1 ? 'step' : 'steps'}`;
}
