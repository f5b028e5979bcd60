// What theory says, in sentences. Pure. Where nothing can be said, that is what is said.

import { formatNumber } from './numbers.js';

/** @typedef {{name: string, symbol: string, text: string}} Row */

/** Above the edge for at least this part of the second half of a walk, the sharpness stays there. */
const STAYS = 0.5;
/** Nearer to zero than this part of the domain's width, a coordinate is what rounding left of it. */
const ROUNDING = 1e-12;

/** @param {number[]} values @returns {string} */
function place(values) {
  return values.length === 1 ? formatNumber(values[0]) : `(${values.map((value) => formatNumber(value)).join(', ')})`;
}

/**
 * @param {Quadratics} here
 * @param {Wanted} wanted of the walk's run
 * @param {number} learning_rate of the step that leads away from here
 * @param {Optimizer} optimizer
 * @param {boolean} limited whether a limit of its learning rate is known
 * @param {boolean} [on_plane] whether it is of the plane of a network alone
 * @returns {Row[]} none where there is no quadratic
 */
export function quadraticsInWords({ local, believed }, wanted, learning_rate, optimizer, limited, on_plane = false) {
  const { title } = optimizer;
  const drawn = believed ?? local;
  if (!drawn) return [];
  const aim = on_plane ? '' : believed ? fullStep(optimizer, wanted) : NEWTON;
  return [
    ...(local ? [eigenvaluesInWords(local, believed ? 'Hessian’s' : '')] : []),
    ...(local && local.eigenvalues.length > 1 ? [conditionInWords(local, wanted)] : []),
    ...(believed ? [eigenvaluesInWords(believed, `${title}’s`)] : []),
    { name: 'Centre', symbol: '', text: centreInWords(drawn, wanted, aim) },
    ...(local && !on_plane ? [stabilityInWords(local, wanted, learning_rate, optimizer, limited)] : []),
  ];
}

/** @param {number} weights of a network @returns {string} what the quadratic of its plane is, and what it is not */
export function planeQuadraticInWords(weights) {
  return `This is the quadratic of the plane that is drawn, at the place below the walker: two of ${weights} dimensions. Newton’s step and limits of the learning rate follow from all of them; the sharpness among the curves is of all.`;
}

/** @param {LocalQuadratic} quadratic @param {string} whose empty where there is one only @returns {Row} */
function eigenvaluesInWords({ eigenvalues }, whose) {
  const name = eigenvalues.length > 1 ? 'eigenvalues' : 'eigenvalue';
  return {
    name: whose ? `${whose} ${name}` : `E${name.slice(1)}`,
    symbol: '\\lambda',
    text: `${eigenvalues.map((value) => formatNumber(value)).join(' and ')}: ${shapeOf(eigenvalues)}`,
  };
}

/** @param {LocalQuadratic} local @param {Wanted} wanted @returns {Row} */
function conditionInWords({ condition_number: condition }, { goal }) {
  const none = `none: not a ${goal === 'maximize' ? 'dome' : 'bowl'}`;
  return { name: 'Condition number', symbol: '\\kappa', text: condition === null ? none : formatNumber(condition) };
}

/** @param {LocalQuadratic} local @param {Wanted} wanted @param {number} learning_rate @param {Optimizer} optimizer @param {boolean} limited @returns {Row} */
function stabilityInWords({ eigenvalues, stability_limit: limit }, wanted, learning_rate, optimizer, limited) {
  const text =
    limit === null
      ? withoutLimit(eigenvalues, wanted, optimizer, limited)
      : limitInWords(limit, wanted, learning_rate, optimizer);
  return { name: 'Stability limit', symbol: '\\eta', text };
}

/** What a quadratic is, by how many of its curvatures are below, at and above zero. @type {Record<string, string>} */
const SHAPES = {
  '0 0 1': 'curved upwards',
  '0 1 0': 'straight, not curved',
  '1 0 0': 'curved downwards',
  '0 0 2': 'a bowl',
  '0 1 1': 'a trough, straight along its bottom',
  '0 2 0': 'a plane, not curved',
  '1 0 1': 'a saddle',
  '1 1 0': 'a ridge, straight along its top',
  '2 0 0': 'a dome',
};

/** @param {number[]} eigenvalues @returns {string} */
export function shapeOf(eigenvalues) {
  const signs = eigenvalues.map(Math.sign);
  return SHAPES[[-1, 0, 1].map((sign) => signs.filter((one) => one === sign).length).join(' ')];
}

/** @param {number[]} centre @param {number[]} domain */
function isInside(centre, domain) {
  return centre.every((value, axis) => value >= domain[2 * axis] && value <= domain[2 * axis + 1]);
}

const NEWTON = 'Newton’s full step';

/** @param {Optimizer} optimizer that goes by a quadratic of its own @param {Wanted} wanted */
function fullStep({ title }, wanted) {
  return `${exactly(wanted)}${title}’s full step`;
}

/** What is said of an aim that noise misses. @param {Wanted} wanted */
function exactly({ noise }) {
  return noise > 0 ? 'without noise ' : '';
}

/** What is drawn in the picture, and why nothing is. */
const KEYS = {
  curve: 'Dashed in the picture: the parabola',
  plane: 'On the map: the quadratic',
  lines: 'Dashed: its level lines, the thicker one through the point.',
  bars: 'eigenvectors with their curvatures; the longer, the flatter, in proportion to 1/√|λ| (a bar without stops at its ends is cut).',
  straight: 'Dashed in the picture: the straight line with this point’s slope, for nothing is curved here.',
  centre: 'Ring with ticks: its centre.',
  moving: 'The quadratic of a point is told and drawn when the walk stands still there.',
  nowhere: 'There is no Hessian at this point, so there is no quadratic, no curvature and no limit to tell of.',
};

/**
 * @param {Optimizer} optimizer that goes by a quadratic of its own
 * @param {Wanted} wanted of the walk's run
 * @param {number} step
 * @returns {string} what that quadratic is, to stand behind its name
 */
export function beliefInWords({ title }, wanted, step) {
  const made =
    step === 0
      ? `that ${title} begins with, curved by 1 whatever the direction, for it has met one gradient only`
      : `that ${title} has built from the gradients so far`;
  return `${made}: ${exactly(wanted)}a full step leads to its centre.`;
}

/**
 * @param {Quadratics | undefined} here undefined while the walk moves
 * @param {number[]} domain that is shown
 * @param {string} belief what the optimizer's own quadratic is
 * @returns {string} what the marks in the picture mean: of those that are drawn
 */
export function keyInWords(here, domain, belief) {
  const drawn = here && (here.believed ?? here.local);
  if (!drawn) return here ? KEYS.nowhere : KEYS.moving;
  const shape = drawn.eigenvalues.length > 1 ? planeInWords(here, belief) : curveInWords(here, belief);
  return drawn.centre && isInside(drawn.centre, domain) ? `${shape} ${KEYS.centre}` : shape;
}

/** @param {Quadratics} here @param {string} belief */
function planeInWords({ believed }, belief) {
  const [what, whose] = believed ? [belief, 'its'] : ['with this point’s gradient and Hessian.', 'the Hessian’s'];
  return `${KEYS.plane} ${what} ${KEYS.lines} Bars: ${whose} ${KEYS.bars}`;
}

/** @param {Quadratics} here @param {string} belief */
function curveInWords({ local, believed }, belief) {
  if (believed) return `${KEYS.curve} ${belief}`;
  return local?.eigenvalues[0] === 0 ? KEYS.straight : `${KEYS.curve} with this point’s slope and curvature.`;
}

/** @param {LocalQuadratic} drawn @param {Wanted} wanted @param {string} who it is the aim of, empty where it is nobody's */
function centreInWords({ centre }, { domain }, who) {
  if (!centre) return `nowhere: no single point is level${who && ', and Newton’s step has no aim'}`;
  const inside = isInside(centre, domain);
  const rounded = centre.map((value, axis) =>
    Math.abs(value) < ROUNDING * (domain[2 * axis + 1] - domain[2 * axis]) ? 0 : value,
  );
  return `${place(rounded)}${inside ? '' : ', outside the picture'}${who && `; ${who} lands there`}`;
}

/** @param {number} limit @param {Wanted} wanted @param {number} learning_rate @param {Optimizer} optimizer */
function limitInWords(limit, { noise, batch }, learning_rate, { title }) {
  const side =
    learning_rate > limit
      ? 'above it: on this quadratic it diverges'
      : learning_rate < limit
        ? 'below it'
        : 'exactly at it';
  const exact = noise > 0 || batch > 0 ? ', with exact gradients' : '';
  return `${formatNumber(limit)} for ${title}${exact}; the learning rate ${formatNumber(learning_rate)} is ${side}`;
}

/** @param {number[]} eigenvalues @param {Wanted} wanted @param {Optimizer} optimizer @param {boolean} limited */
function withoutLimit(eigenvalues, { goal }, { title }, limited) {
  if (!limited) return `none is known for ${title} with these settings`;
  const [steepest, way] =
    goal === 'maximize' ? [-eigenvalues[0], 'downwards'] : [eigenvalues[eigenvalues.length - 1], 'upwards'];
  return steepest > 0 ? `none for ${title} with these settings` : `none: nothing is curved ${way} here`;
}

/**
 * @param {Sharpness} sharpness
 * @returns {{known: number, above: number, stays: boolean}} at how many of the steps told the sharpness is known, and
 *   above the edge; whether it stays there
 */
export function aboveEdge({ sharpness, limit }) {
  const compared = sharpness.map((value, index) => {
    const edge = limit[index];
    return value === null ? null : edge !== null && value > edge;
  });
  const count = (/** @type {(boolean | null)[]} */ some, /** @type {boolean} */ over) =>
    some.filter((one) => (over ? one : one !== null)).length;
  const half = compared.slice(Math.floor(compared.length / 2));
  return {
    known: count(compared, false),
    above: count(compared, true),
    stays: count(half, true) > 0 && count(half, true) >= STAYS * count(half, false),
  };
}

/**
 * @param {Sharpness} sharpness
 * @param {string} own the title of the walk's optimizer
 * @param {string} of the title of the optimizer whose edge it is
 * @param {string | undefined} outcome of the walk
 * @param {boolean} quadratic whether the landscape is one
 * @param {boolean} smooth whether there is a Hessian everywhere
 * @param {number} [weights] how many a network has
 * @returns {string[]} sentences
 */
export function sharpnessInWords(sharpness, own, of, outcome, quadratic, smooth, weights) {
  const meaning = weights
    ? `Sharpness is the largest curvature in all ${weights} weights, the largest eigenvalue of the whole Hessian.`
    : 'Sharpness is the largest curvature, the largest Hessian eigenvalue.';
  const whose =
    own === of
      ? `Dashed: the edge ${sharpness.limit_text} of ${of}.`
      : `No limit is known for ${own} with these settings; dashed, for comparison: the edge ${sharpness.limit_text} of ${of}.`;
  const straight = !smooth && sharpness.sharpness.includes(0) && sharpness.sharpness.every((value) => !value);
  // That it stays below the edge would be no reassurance.
  if (straight) return [meaning, whose, 'Sharpness is 0 wherever it exists; it says nothing at a kink.'];
  const gaps = sharpness.sharpness.some((value) => value !== null && value <= 0)
    ? ['On a logarithmic axis it has gaps where nothing is curved towards the goal.']
    : [];
  const kinks = smooth ? [] : ['It says nothing at a kink.'];
  const said = weights
    ? verdictOfTraining(sharpness, outcome, own === of)
    : verdict(sharpness, outcome, quadratic, own === of);
  return [meaning, ...gaps, whose, said, ...kinks];
}

/** So many letters have room in two lines below a figure beside the map. */
const SHORT = 105;

/**
 * The same of a network, in two lines: how it ended, and no more of it than there is room for.
 * @param {Sharpness} sharpness
 * @param {string} own the title of the walk's optimizer
 * @param {string} of the title of the optimizer whose edge it is
 * @param {string} [outcome] of the walk
 * @returns {string}
 */
export function sharpnessInShort(sharpness, own, of, outcome) {
  const said = verdictOfTraining(sharpness, outcome, own === of).split(/(?<=\.) /);
  const sentences = own === of ? said : [`Dashed, for comparison: the edge of ${of}.`, ...said];
  return sentences.reduce((short, sentence, index) => {
    const longer = `${short} ${sentence}`.trim();
    // What the curve shows, and against whose edge, is always told.
    return longer.length <= SHORT || index <= sentences.length - said.length ? longer : short;
  }, '');
}

/** @param {Sharpness} sharpness @param {string | undefined} outcome @param {boolean} quadratic @param {boolean} own whether the edge is the optimizer's */
function verdict(sharpness, outcome, quadratic, own) {
  const { known, above, stays } = aboveEdge(sharpness);
  if (known === 0) return 'No Hessian exists anywhere along this walk.';
  const { step } = sharpness;
  // Of a long walk some steps are looked at, and nothing is said of the others.
  const all = step.length > step[step.length - 1];
  if (above === 0) return `The sharpness stays below the edge${all ? '' : ` at the ${known} steps looked at`}.`;
  const share = !all
    ? `at ${above} of the ${known} steps looked at`
    : above === known
      ? 'everywhere'
      : `at ${above} of ${known} steps`;
  if (outcome === 'diverged') return `The sharpness is above the edge ${share}, and the walk diverged.`;
  if (!stays) return `The sharpness is above the edge ${share}, and below it most of the second half.`;
  if (!own || quadratic) return `The sharpness is above the edge ${share}.`;
  return `Edge of stability: the sharpness is above the edge ${share}, up to the end. A quadratic so sharp would throw the walk out; here each step overshoots too, but lands where the ground is curved less, and the walk is held.`;
}

/** So near to the edge, as a part of it, training stays at it. */
const AT_EDGE = [0.9, 1.15];

/** Training goes up and down about the edge, where counting the steps above it says little. @param {Sharpness} sharpness @param {string | undefined} outcome @param {boolean} own whether the edge is the optimizer's */
function verdictOfTraining(sharpness, outcome, own) {
  const { above } = aboveEdge(sharpness);
  const part = partOfEdge(sharpness);
  if (outcome === 'diverged' || part === null) return verdict(sharpness, outcome, false, own);
  if (own && above > 0 && part >= AT_EDGE[0] && part <= AT_EDGE[1])
    return `Edge of stability: over the second half it goes up and down about the edge, at ${Math.round(100 * part)} % of it on average. A quadratic so sharp would throw the walk out; here each step that overshoots lands where the ground is curved less.`;
  if (above === 0) return `${verdict(sharpness, outcome, false, own)} That is no promise for later steps.`;
  return verdict(sharpness, outcome, false, own);
}

/** @param {Sharpness} sharpness @returns {number | null} what part of the edge it is, on average over the second half */
export function partOfEdge({ sharpness, limit }) {
  const parts = sharpness
    .map((value, index) => (value === null || !limit[index] ? null : value / Number(limit[index])))
    .slice(Math.floor(sharpness.length / 2))
    .filter((part) => part !== null);
  return parts.length > 0 ? parts.reduce((sum, part) => sum + part, 0) / parts.length : null;
}

/** @param {unknown} error @param {string} what could not be had @returns {string} */
export function failureInWords(error, what) {
  const why = error instanceof Error ? error.message : String(error);
  return `${what} could not be had: ${error instanceof TypeError ? 'the server cannot be reached.' : why}`;
}

/**
 * @param {BestSettings} best
 * @param {Optimizer} optimizer
 * @returns {string} such as: Gradient descent: learning rate 1.6, each step keeps 0.6 of the distance
 */
export function bestInWords({ title, settings, rate }, { hyperparameters }) {
  const own = hyperparameters.filter(({ key, default: usual }) => key in settings && settings[key] !== usual);
  const words = [
    `learning rate ${formatNumber(settings.learning_rate, 3)}`,
    ...own.map(({ key, title: name }) => `${name.toLowerCase()} ${formatNumber(settings[key], 3)}`),
  ];
  return `${title}: ${words.join(', ')}, ${rate === 0 ? 'one step is enough' : `each step keeps ${formatNumber(rate, 3)} of the distance`}`;
}

/** The keys of a schedule: with one, the learning rate would not stay what is best. */
const CHANGING = ['schedule', 'restarts', 'warmup'];

/** @param {BestSettings} best @returns {Record<string, string | null>} the change of the keys that sets them, a constant learning rate included */
export function bestChange({ optimizer, settings }) {
  return {
    ...Object.fromEntries(CHANGING.map((key) => [key, null])),
    optimizer,
    ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)])),
  };
}

/** @param {BestSettings} best @param {Wanted} wanted @returns {boolean} whether these are the settings there are */
export function isSet({ optimizer, settings }, wanted) {
  return (
    wanted.optimizer === optimizer &&
    wanted.schedule === 'constant' &&
    wanted.warmup === 0 &&
    Object.entries(settings).every(([key, value]) => wanted[key] === value)
  );
}
