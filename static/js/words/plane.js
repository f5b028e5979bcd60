// What the plane is that a network's walks are drawn on, how much of the truth it shows, and where the walker is beside it. Pure.

import { formatNumber } from './numbers.js';

/** Nearer than this to the plane nothing is to be told apart. */
const ON_IT = 0.005;

/** @param {number} share @returns {string} in whole percent; what is not all is never 100 % */
function inPercent(share) {
  const whole = Math.min(Math.round(100 * share), share < 1 - 1e-9 ? 99 : 100);
  return whole === 0 && share > 0 ? 'under 1\u00a0%' : `${whole}\u00a0%`;
}

/**
 * What the ground is, which stays the same while the walk is played.
 * @param {Walks} walks
 * @param {number} walker whom the page tells of
 * @returns {[string, string] | null} what it is one of, and what of the truth is seen on it; null for what is no network
 */
export function planeInWords(walks, walker) {
  const { plane, landscape } = walks;
  if (!plane || !landscape?.network) return null;
  const walk = walks.all[walker];
  const own = walk !== undefined && walks.defines(walk);
  const until = own ? untilLaid(walk, plane) : '';
  return [`This ground is one plane of ${landscape.network.weights} dimensions.`, heldInWords(plane, walk, own, until)];
}

/** @param {PlaneRecord} plane @param {Walk | undefined} walk that is told of @param {boolean} own whether it is that one's @param {string} until @returns {string} */
function heldInWords(plane, walk, own, until) {
  if (plane.kind === 'start') return `${whyAtTheStart(own ? walk : undefined)}: it is laid at the start.`;
  if (plane.kind === 'ends') return 'It goes through the ends of two runs.';
  const [share, what] = plane.kind === 'steps' ? [plane.share_of_steps, 'steps, squared'] : [plane.share, 'movement'];
  return share === null ? '' : `It holds ${inPercent(share)} of ${own ? 'the' : 'another'} walk’s ${what}${until}.`;
}

/** What is gone ends beyond the plane that it defines, which goes through the last place before. @param {Walk} walk @param {PlaneRecord} plane @returns {string} up to where its movement is counted */
function untilLaid(walk, { through }) {
  const last = Math.max(...through);
  return last < walk.length - 1 ? ` up to step ${last}` : '';
}

/** @param {Walk | undefined} walk that was to say how the plane lies, where it is told of @returns {string} */
function whyAtTheStart(walk) {
  if (!walk) return 'No walk says how it lies';
  return walk.length > 1 ? 'The walk is gone at once' : 'Nothing moved';
}

/**
 * Where the walker is beside the plane, which rides with the step.
 * @param {Walk} walk
 * @param {number} step may lie between two
 * @returns {string} empty for what is no network
 */
export function besidePlaneInWords(walk, step) {
  const found = walk.onPlane(step);
  if (!found) return '';
  const [, , loss] = walk.at(step);
  const { off, ground } = found;
  if (!Number.isFinite(off) || !Number.isFinite(loss)) return 'The walker has gone from every finite place.';
  if (off < ON_IT) return `The walker is on it now: its true loss ${formatNumber(loss, 3)} is the ground’s.`;
  const where = `The walker is ${distance(off)} off it now; its true loss`;
  const [own, below] = apart(loss, ground);
  if (own === below) return `${where} ${own} is about the ground’s.`;
  return `${where} ${own} is ${loss < ground ? 'below' : 'above'} the ground’s ${below}.`;
}

/** @param {number} off @returns {string} as many letters from step to step */
function distance(off) {
  return off < 100 ? off.toFixed(2) : formatNumber(off, 3);
}

/** Two losses with as few digits as tell them apart, and as many behind the point. @param {number} one @param {number} other @returns {[string, string]} */
function apart(one, other) {
  const [first, second] = [2, 3].map((digits) => /** @type {[string, string]} */ (alike(one, other, digits)));
  return first[0] === first[1] ? second : first;
}

/** @param {number} one @param {number} other @param {number} digits of the larger @returns {string[]} */
function alike(one, other, digits) {
  const size = Math.floor(Math.log10(Math.max(Math.abs(one), Math.abs(other))));
  const behind = digits - 1 - size;
  if (!Number.isFinite(other) || !(behind <= 6) || size >= 6)
    return [one, other].map((value) => formatNumber(value, digits));
  return [one, other].map((value) => value.toFixed(Math.max(0, behind)));
}

const LAID = {
  walk: 'The plane goes through the first weights, at 0, 0, and the last, at 1, 0, and is turned to be nearest to all between.',
  steps:
    'The plane goes through the first weights, at 0, 0, and the last, at 1, 0, and is turned to the main direction of the steps.',
  ends: 'The plane goes through the first weights, at 0, 0, the end of one run, at 1, 0, and the end of another.',
  start:
    'The plane goes through the first weights, at 0, 0; x leads downhill from there, y along the sharpest direction.',
};

/** @param {PlaneRecord} plane @returns {string} what else is to be known of it, on demand */
export function aboutPlane({ kind }) {
  return [
    LAID[kind],
    ...(kind === 'start' ? [] : ['A walk that blows up has no last weights: the last before it left count.']),
    'Elsewhere on it nothing was trained, and what is lowest on it need not be low beside it.',
    ...(kind === 'start'
      ? []
      : ['Even a walk of random steps has 75 to 81\u00a0% of its variance in its two main directions.']),
    'Past the edge of stability two roundings part within about 100 steps: there another machine may walk elsewhere.',
  ].join(' ');
}
