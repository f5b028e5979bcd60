// The table of runs, as words: who needed how many evaluations, and where each ended. Pure.

import { formatNumber, formatShare } from './numbers.js';

/** `value` is what is compared within a column, less is better. @typedef {{text: string, title?: string, value?: number | null, best?: boolean}} Cell */
/** Its last columns have words, not numbers. @typedef {{head: string[], rows: Cell[][], words: number}} Table */

const OUTCOMES = /** @type {Record<string, string>} */ ({
  converged: 'converged',
  diverged: 'diverged',
  stalled: 'stalled',
  out_of_steps: 'out of steps',
});
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
  const rows = walks.runs.map(({ label }, run) => {
    const { summary } = walks.all[run];
    if (!summary) return [{ text: label }, ...Array.from({ length: 5 }, () => ({ text: '…' }))];
    const stayed = summary.reached.map((one) => count(one, known, unit));
    const place = {
      text: summary.place?.replaceAll('_', ' ') ?? '—',
      title: summary.place ? '' : 'Nothing is known of that place.',
    };
    return [{ text: label }, ...stayed, ending(summary.loss, walks), outcome(summary), place];
  });
  return { head: ['Run', ...countsOf(unit), `Final ${heightName(walks)}`, 'Outcome', 'Place'], rows, words: 2 };
}

/** @param {Walks} walks @param {RaceRun[] | null} compared @param {boolean} known @param {string} unit @param {string} refusal @returns {Table} */
function overStarts(walks, compared, known, unit, refusal) {
  const rows = walks.runs.map(({ label }, run) => {
    const found = compared?.[run];
    if (!found)
      return [
        { text: label },
        ...Array.from({ length: 5 }, () => (refusal ? { text: '—', title: refusal } : { text: '…' })),
      ];
    const success = { text: formatShare(found.success), value: -found.success, title: `Of ${found.walkers} walkers.` };
    const stayed = found.stayed.map((one) => quartiles(one, known, found.walkers));
    const outcomes = Object.entries(found.outcomes).sort((one, other) => other[1] - one[1]);
    const loss = {
      ...ending(found.loss.median, walks),
      title: `Quartiles: ${said(found.loss.lower)} and ${said(found.loss.upper)}.`,
    };
    return [
      { text: label },
      success,
      ...stayed,
      loss,
      { text: outcomes.map(([outcome, share]) => `${OUTCOMES[outcome]} ${formatShare(share)}`).join(', ') },
    ];
  });
  return { head: ['Run', 'Success', ...countsOf(unit), `Final ${heightName(walks)}`, 'Outcomes'], rows, words: 1 };
}

/**
 * Who was faster, in a sentence; empty while that is not known.
 * @param {Table} table
 * @param {string} unit what evaluations are called
 * @param {boolean} [short] without what it means, and with a full stop: where it is one of several sentences
 * @returns {string}
 */
export function winnerInWords(table, unit, short = false) {
  const { head, rows } = table;
  const column = head.indexOf(countsOf(unit)[0]);
  // The first words say who it is, where they are not another's too.
  const heads = rows.map(([who]) => who.text.split(',')[0]);
  const is_enough = short && new Set(heads).size === heads.length;
  const counted = rows.map((row, run) => ({ name: is_enough ? heads[run] : row[0].text, value: row[column]?.value }));
  if (counted.length < 2 || counted.some(({ value }) => value === undefined)) return '';
  const there = counted
    .flatMap(({ name, value }) => (value === null || value === undefined ? [] : [{ name, value }]))
    .sort((one, other) => one.value - other.value);
  const [first, second] = there;
  const stop = short ? '.' : '';
  if (!first) return `None of them comes near the best place and stays${endsBest(table, is_enough)}${stop}`;
  const needed = `${whole(first.value)} ${unit}${short ? '' : ' until it is near the best place and stays'}`;
  if (!second) return `Only ${first.name} gets there: ${needed}${stop}`;
  if (first.value === second.value)
    return `${first.name} and ${second.name} ${short ? 'were' : 'are'} equally fast: ${needed}${stop}`;
  const word = counted.length > 2 ? 'fastest' : 'faster';
  const against = `against ${whole(second.value)}`;
  return short ? `${first.name} was ${word}: ${needed} ${against}.` : `${first.name} is ${word}: ${needed}, ${against}`;
}

/**
 * Of those that came nowhere near, who ended best: the one thing that is to be told of them.
 * @param {Table} table
 * @param {boolean} is_enough whether the first words say who it is
 * @returns {string} the rest of a sentence; empty where all ended alike
 */
function endsBest({ head, rows }, is_enough) {
  const column = head.findIndex((name) => name.startsWith('Final '));
  const best = rows.filter((row) => row[column]?.best);
  if (best.length !== 1) return '';
  const [row] = best;
  const name = is_enough ? row[0].text.split(',')[0] : row[0].text;
  const height = head[column].slice('Final '.length);
  const median = head.includes('Success') ? ' in the median' : '';
  return `; ${name} ends ${height === 'loss' ? 'lowest' : 'highest'}, at ${height} ${row[column].text}${median}`;
}

/** How a walk ended, in a word or two; what goes round has no end. @param {Summary} summary @returns {Cell} */
function outcome({ outcome: end, cycle, message }) {
  const text = cycle ? `goes round ${cycle === 2 ? 'two' : cycle} points` : OUTCOMES[end];
  return { text, title: message };
}

/** The heads of the two columns of what was needed. @param {string} unit */
function countsOf(unit) {
  return ['1 %', '0.01 %'].map((part) => `${capital(unit)} to stay within ${part}`);
}

/** @param {Summary['reached'][number]} reached @param {boolean} known @param {string} unit @returns {Cell} */
function count({ evaluations, stayed }, known, unit) {
  if (!known) return { text: '—', title: NO_BEST };
  if (evaluations === null || evaluations === stayed)
    return { text: stayed === null ? 'never' : whole(stayed), value: stayed };
  const before = `It was so near for the first time after ${whole(evaluations)} ${unit}, and went away again.`;
  return { text: stayed === null ? 'never' : whole(stayed), value: stayed, title: before };
}

/** @param {RaceRun['stayed'][number]} stayed @param {boolean} known @param {number} walkers @returns {Cell} */
function quartiles({ lower, median, upper, share }, known, walkers) {
  if (!known) return { text: '—', title: NO_BEST };
  const who = `Of all ${walkers} walkers ${formatShare(share)} came so near and stayed.`;
  if (lower === null) return { text: 'never', title: who };
  const spread = `${whole(lower)} to ${upper === null ? 'never' : whole(upper)}`;
  return {
    text: `${median === null ? 'never' : whole(median)} (${spread})`,
    value: median,
    title: `${who} A quarter of all had done so after ${whole(lower)}.`,
  };
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
 * @param {Walks} walks
 * @param {number} points what a gradient of all data costs
 * @param {string} refusal why the runs cannot be compared over all starts; empty where they can
 * @returns {string} what the numbers mean, and what makes the comparison fair
 */
export function termsInWords(walks, points, refusal) {
  const { steps, batch } = walks.runs[0].request;
  const from = walks.starts > 1 ? `the same ${walks.starts} starts` : 'the same start';
  const spend = `${(steps * (batch || points)).toLocaleString('en')} ${points > 1 ? 'data points of gradients' : 'evaluations of the gradient'}`;
  const many =
    walks.starts > 1
      ? ` The median over all ${walks.starts} walkers, in brackets the quartiles, with those that did not stay counted as never; success is to end at the best place or close to it.`
      : '';
  const refused = refusal && `The runs could not be compared over all starts. ${refusal} `;
  return `${refused}All from ${from}, each may spend ${spend}. “To stay within 1 %”: until no more than a hundredth of the way from the start’s ${heightName(walks)} to the best one known was left, and no more to the end of the walk.${many}`;
}

/**
 * What a sweep has found, in words that follow the run's name.
 * @param {Sweep} sweep
 * @param {number} starts
 * @param {string} unit
 */
export function sweepInWords({ part, best }, starts, unit) {
  if (part === null)
    return `: none of the learning rates tried came and stayed within 1 %, the best ends at ${said(best.loss)}; left as it was`;
  const [head, goal] = [
    `, learning rate ${formatNumber(best.learning_rate)}: `,
    `come within ${formatNumber(100 * part)} % and stay`,
  ];
  const share = `${formatShare(best.share)} of all ${starts} walkers`;
  if (best.evaluations === null) return `${head}${share} ${goal}, too few for a median over all`;
  return `${head}${whole(best.evaluations)} ${unit} to ${goal}${starts > 1 ? ` (median over all ${starts} walkers, of whom ${formatShare(best.share)} did)` : ''}`;
}

/** @param {number} value */
function whole(value) {
  return value.toLocaleString('en');
}

/** @param {number | null} value */
function said(value) {
  return formatNumber(value ?? NaN);
}

/** @param {string} words */
function capital(words) {
  return words[0].toUpperCase() + words.slice(1);
}

/** @param {Walks} walks */
function heightName({ request }) {
  return request?.goal === 'maximize' ? 'value' : 'loss';
}
