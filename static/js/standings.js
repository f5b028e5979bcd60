// The table of runs, as words: who needed how many evaluations, and where each ended. Pure.

import { percent } from './cells.js';
import { say } from './request.js';

/** @typedef {import('./walks.js').Walks} Walks */
/** `value` is what is compared within a column, less is better. @typedef {{text: string, title?: string, value?: number | null, best?: boolean}} Cell */
/** Its last columns have words, not numbers. @typedef {{head: string[], rows: Cell[][], words: number}} Table */

const OUTCOMES = /** @type {Record<string, string>} */ ({ converged: 'converged', diverged: 'diverged', stalled: 'stalled', out_of_steps: 'out of steps' });
const NO_BEST = 'No best place is known here that it could be measured against.';

/**
 * @param {Walks} walks of several runs
 * @param {RaceRun[] | null} compared how the runs did over all starts, once that is known
 * @param {boolean} known whether a best place is
 * @param {string} unit what evaluations are called
 * @param {string} [refusal] why it will not be known how they did over all starts
 * @returns {Table}
 */
export function standings(walks, compared, known, unit, refusal = '') {
  const table = walks.starts > 1 ? overStarts(walks, compared, known, unit, refusal) : ofWalks(walks, known, unit);
  for (let column = 1; column < table.head.length; column += 1) markBest(table.rows.map((row) => row[column]));
  return table;
}

/** @param {Walks} walks @param {boolean} known @param {string} unit @returns {Table} */
function ofWalks(walks, known, unit) {
  const counted = capital(unit);
  const rows = walks.runs.map(({ label }, run) => {
    const { summary } = walks.all[run];
    if (!summary) return [{ text: label }, ...Array.from({ length: 5 }, () => ({ text: '…' }))];
    const reached = summary.reached.map(({ evaluations }) => count(evaluations, known));
    const place = { text: summary.place?.replaceAll('_', ' ') ?? '—', title: summary.place ? '' : 'Nothing is known of that place.' };
    return [{ text: label }, ...reached, ending(summary.loss, walks), { text: OUTCOMES[summary.outcome], title: summary.message }, place];
  });
  return { head: ['Run', `${counted} to 1 %`, `${counted} to 0.01 %`, `Final ${heightName(walks)}`, 'Outcome', 'Place'], rows, words: 2 };
}

/** @param {Walks} walks @param {RaceRun[] | null} compared @param {boolean} known @param {string} unit @param {string} refusal @returns {Table} */
function overStarts(walks, compared, known, unit, refusal) {
  const counted = capital(unit);
  const rows = walks.runs.map(({ label }, run) => {
    const found = compared?.[run];
    if (!found) return [{ text: label }, ...Array.from({ length: 5 }, () => (refusal ? { text: '—', title: refusal } : { text: '…' }))];
    const success = { text: percent(found.success), value: -found.success, title: `Of ${found.walkers} walkers.` };
    const reached = found.reached.map((one) => quartiles(one, known));
    const outcomes = Object.entries(found.outcomes).sort((one, other) => other[1] - one[1]);
    const loss = { ...ending(found.loss.median, walks), title: `Quartiles: ${said(found.loss.lower)} and ${said(found.loss.upper)}.` };
    return [{ text: label }, success, ...reached, loss, { text: outcomes.map(([outcome, share]) => `${OUTCOMES[outcome]} ${percent(share)}`).join(', ') }];
  });
  return { head: ['Run', 'Success', `${counted} to 1 %`, `${counted} to 0.01 %`, `Final ${heightName(walks)}`, 'Outcomes'], rows, words: 1 };
}

/** @param {number | null} evaluations @param {boolean} known @returns {Cell} */
function count(evaluations, known) {
  if (!known) return { text: '—', title: NO_BEST };
  return { text: evaluations === null ? 'never' : whole(evaluations), value: evaluations };
}

/** @param {RaceRun['reached'][number]} reached @param {boolean} known @returns {Cell} */
function quartiles({ lower, median, upper, share }, known) {
  if (!known) return { text: '—', title: NO_BEST };
  if (lower === null) return { text: 'never', title: share > 0 ? `Only ${percent(share)} ever came so near.` : '' };
  const spread = `${whole(lower)} to ${upper === null ? 'never' : whole(upper)}`;
  return { text: `${median === null ? 'never' : whole(median)} (${spread})`, value: median, title: `${percent(share)} came so near. A quarter had done so after ${whole(lower)}.` };
}

/** @param {number | null} loss @param {Walks} walks @returns {Cell} */
function ending(loss, walks) {
  const downhill = walks.request?.goal === 'maximize' ? -1 : 1;
  return { text: said(loss), value: loss === null ? null : downhill * loss };
}

/** Marks the best of a column, unless all are alike. @param {Cell[]} cells */
function markBest(cells) {
  const values = cells.flatMap(({ value }) => (value === undefined || value === null ? [] : [value]));
  const best = Math.min(...values);
  if (values.length < 2 || values.every((value) => value === best)) return;
  for (const cell of cells) cell.best = cell.value === best;
}

/** @param {Table} table @returns {string} as lines with tabs */
export function tableText({ head, rows }) {
  return [head, ...rows.map((row) => row.map(({ text }) => text))].map((line) => `${line.join('\t')}\n`).join('');
}

/**
 * What a sweep has found, in words that follow the run's name.
 * @param {Sweep} sweep
 * @param {number} starts
 * @param {string} unit
 */
export function sweepInWords({ part, best }, starts, unit) {
  if (part === null || best.evaluations === null) return `: none of the learning rates tried came and stayed within 1 %, the best ends at ${said(best.loss)}; left as it was`;
  const whom = starts > 1 ? ` (median of the ${percent(best.share)} that did)` : '';
  return `, learning rate ${say(best.learning_rate)}: ${whole(best.evaluations)} ${unit} to come within ${say(100 * part)} % and stay${whom}`;
}

/** @param {number} value */
function whole(value) {
  return value.toLocaleString('en');
}

/** @param {number | null} value */
function said(value) {
  return say(value ?? NaN);
}

/** @param {string} words */
function capital(words) {
  return words[0].toUpperCase() + words.slice(1);
}

/** @param {Walks} walks */
function heightName({ request }) {
  return request?.goal === 'maximize' ? 'value' : 'loss';
}
