// What is said of a walk: where it is, how it ended, what failed. Pure.

import { CutOff, Refused } from '../server/api.js';
import { MARKED_STEPS, MARKED_WALKERS } from '../state/walks.js';
import { formatNumber } from './numbers.js';

/** Nearer than this to an axis of a network's plane nothing is said but rounding, which a projection always leaves. */
const ROUNDED = 1e-12;

/** So many steps are listed of what happens often. */
const TOLD = 3;

/** @param {Walks} walks @returns {string} what is minimized or climbed */
function heightName({ request }) {
  return request?.goal === 'maximize' ? 'value' : 'loss';
}

/**
 * @param {Walks} walks
 * @param {number} walker
 * @param {number} step
 * @param {string} unit what evaluations are called
 * @returns {string} where the walker is
 */
export function stepInWords(walks, walker, step, unit) {
  const walk = walks.all[walker];
  const k = Math.min(step, walk.length - 1);
  const name = walks.who(walker);
  const who = name ? `${begun(name)}, step` : 'Step';
  const [x, y] = [walk.x[k], walk.y[k]].map((value) => (walks.plane && Math.abs(value) < ROUNDED ? 0 : value));
  const where = walks.flat ? `at ${formatNumber(x)}` : `at (${formatNumber(x)}, ${formatNumber(y)})`;
  const place = Number.isFinite(x + y) ? where : 'gone from every finite place';
  // One evaluation a step is nothing to count aloud.
  const spent = walk.evaluations[k];
  const cost = spent === k ? '' : `, ${spent.toLocaleString('en')} ${unit}`;
  const height = `${heightName(walks)} ${formatNumber(walk.loss[k])}`;
  const norm = `gradient norm ${formatNumber(walk.gradient_norm[k])}`;
  return `${who} ${k}: ${place}, ${height}, ${norm}, learning rate ${formatNumber(walk.learning_rate[k])}${cost}.`;
}

/** @param {Summary} summary @returns {string[]} what the end means, in plain words, and its numbers */
export const linesOf = ({ message }) => message.split('\n');

/** A name's first word that is plain Latin letters without a capital: no symbol, and nothing that is set to a value. */
const UNCAPPED = /^(?=\p{Script=Latin})(?:\p{Ll}{2,}(?=$|[ -])|\p{Ll}(?= \p{L}{2}))/u;

/** @param {string} name of a run @returns {string} as a line begins with it */
export function begun(name) {
  return UNCAPPED.test(name) ? `${name[0].toUpperCase()}${name.slice(1)}` : name;
}

/**
 * @param {string} who among the others; empty for the only one
 * @param {string} meaning of its end, a sentence that names nobody
 * @returns {string} one sentence of both
 */
export function toldOf(who, meaning) {
  if (!who || !meaning) return meaning;
  return `${begun(who)}: ${meaning[0].toLowerCase()}${meaning.slice(1)}`;
}

/** So many letters of the first line have room in two lines of a phone at the size of a heading. */
const SHORT = 78;

/** @param {string} line @returns {boolean} whether it is set smaller where there is little room */
export const isLong = (line) => line.length > SHORT;

/**
 * @param {{why: 'dot' | 'cycle', steps: number, walks: number}} rest of a film
 * @returns {string} why nothing more is shown
 */
export function restInWords({ why, steps, walks }) {
  const last = `The last ${steps.toLocaleString('en')} steps`;
  if (why === 'cycle') return `${last} go round like this.`;
  return `${last} stay within ${walks > 1 ? 'these dots' : 'this dot'}.`;
}

/**
 * @param {Summary} summary
 * @param {string | undefined} goal
 * @returns {string} the curvature at the end, for whoever compares it with theory
 */
export function curvatureInWords({ hessian_eigenvalues: values, outcome, place, stability_limit: limit }, goal) {
  if (values.length === 0) return '';
  const where = outcome === 'diverged' ? 'at the start' : 'at the end';
  const list =
    values.length > 2
      ? `${values.length}, from ${formatNumber(values[0])} to ${formatNumber(values[values.length - 1])}`
      : values.map((value) => formatNumber(value)).join(' and ');
  const round = values.length === 2 && values[0] > 0;
  const condition = round ? `; condition number ${formatNumber(values[1] / values[0])}` : '';
  const stable = goal === 'maximize' ? place === 'maximum' : place?.endsWith('minimum');
  const side = stable ? 'stable below learning rate' : 'along the sharpest direction the limit of the learning rate is';
  const most = limit === null ? '' : `; ${side} ${formatNumber(limit)}`;
  return `Hessian ${values.length === 1 ? 'eigenvalue' : 'eigenvalues'} ${where}: ${list}${condition}${most}.`;
}

/** @param {Walks} walks @returns {string} what the lighter stretches mean, where there are any */
export function wrongWayInWords({ request, visible }) {
  const climbs = request?.goal === 'maximize';
  const wrong = (/** @type {Walk} */ walk) => walk.wrongWay(MARKED_STEPS, climbs ? -1 : 1).length > 0;
  if (visible.length > MARKED_WALKERS || !visible.some(wrong)) return '';
  return climbs ? '┄\u00a0downhill.' : '┄\u00a0uphill.';
}

/**
 * What the signs on the path and on the loss mean, and at which steps they are, where there are any.
 * @param {{walks: Walks | null, walk: Walk | undefined, restarts: number[]}} session
 * @returns {string}
 */
export function momentsInWords({ walks, walk, restarts }) {
  if (!walks || !walk || walks.visible.length > MARKED_WALKERS) return '';
  const crossings = (walk.summary?.crossings ?? []).map(({ step }) => step);
  const climbs = walks.request?.goal === 'maximize';
  const name = walks.flat ? (climbs ? 'dip' : 'bump') : climbs ? 'valley' : 'ridge';
  const told = (/** @type {number[]} */ steps) =>
    steps.length > TOLD ? `${steps.slice(0, TOLD).join(', ')} …` : steps.join(', ');
  return [
    restarts.length > 0 ? `↻\u00a0restart: step ${told(restarts)}.` : '',
    crossings.length > 0 ? `∧\u00a0${name}: step ${told(crossings)}.` : '',
  ]
    .filter(Boolean)
    .join(' ');
}

/** @param {unknown} error @returns {string} */
export function failureInWords(error) {
  if (error instanceof CutOff)
    return 'The answer was cut off before its end: the server stopped or the connection was lost. What is shown may be incomplete.';
  if (error instanceof Refused) return `${error.message} ${error.complaint.hint ?? ''}`;
  if (error instanceof TypeError) return 'The server cannot be reached. The last picture stays.';
  return error instanceof Error ? error.message : String(error);
}

/** @param {unknown} error @returns {string} what was refused, and what helps */
export function refusalInWords(error) {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof Refused ? `${message} ${error.complaint.hint ?? ''}`.trim() : message;
}
