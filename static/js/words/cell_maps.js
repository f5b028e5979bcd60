// What is said of a map: of a cell, of the whole, of what failed. Pure.

import { CutOff, Refused } from '../server/api.js';
import { formatNumber, formatOnAxis, formatShare } from './numbers.js';

/** Where more than this share is out of steps, the map says more of the steps than of the landscape. */
const MOST = 0.5;
/** The numbers of steps that are offered where most starts run out of them. */
const OFFERS = [500, 1000, 2000, 5000, 10000];
/** MapCells × evaluations that the server takes on; where one costs more, it says that the map is too large. */
const MOST_WORK = 2e9;

/**
 * What a map says as a whole, when it is complete.
 * @param {MapCells} cells
 * @param {string} goal
 * @param {string} [whose] the run's label, where there are several
 * @returns {string}
 */
export function mapInWords(cells, goal, whose = '') {
  const words = cells.trained
    ? trainedInWords(cells)
    : cells.kind === 'basins'
      ? startsInWords(cells, goal)
      : ratesInWords(cells);
  return whose ? `Map of ${whose}: ${words}` : words;
}

/** @param {MapCells} cells @returns {boolean} whether of a map of starts most are out of steps */
export function mostAreUnfinished(cells) {
  return cells.kind === 'basins' && share(cells, ({ outcome }) => outcome === 'out_of_steps') > MOST;
}

/**
 * @param {number} steps that there are
 * @param {{x: ArrayLike<number>, y: ArrayLike<number> | null}} cells
 * @returns {number | null} the next offer above, null where there is none or the server would not compute so large a map
 */
export function moreSteps(steps, { x, y }) {
  const more = OFFERS.find((offer) => offer > steps);
  return more !== undefined && x.length * (y?.length ?? 1) * (more + 1) <= MOST_WORK ? more : null;
}

/** @param {MapCells} cells @param {(ending: MapEnding) => boolean} of @returns {number} the share of the cells that end so */
function share({ legend, shares }, of) {
  return legend.reduce((sum, ending, entry) => sum + (of(ending) ? shares[entry] : 0), 0);
}

/** @param {MapCells} cells @returns {string} how many there are */
function total({ rows, columns }) {
  return (rows * columns).toLocaleString('en');
}

/** @param {MapCells} cells @param {string} goal */
function startsInWords(cells, goal) {
  const [kind, name] = goal === 'maximize' ? ['maximum', 'maximum'] : ['global_minimum', 'global minimum'];
  const [arrived, near] = [cells.shares, cells.shares_near].map((shares) => shareOf(cells, shares, kind));
  const there =
    near > 0
      ? `Of ${total(cells)} starts ${formatShare(arrived)} have arrived at a ${name}, ${formatShare(near)} are on their way to one.`
      : `Of ${total(cells)} starts ${formatShare(arrived)} end at a ${name}.`;
  if (!mostAreUnfinished(cells)) return there;
  const on_their_way = cells.shares_near.reduce((sum, part) => sum + part, 0);
  return on_their_way > MOST
    ? `${there} With more steps they would arrive.`
    : `${there} Most are out of steps: with more steps they would tell where they end.`;
}

/** @param {MapCells} cells @param {number[]} shares of the legend's entries @param {string} kind */
function shareOf({ legend }, shares, kind) {
  return legend.reduce((sum, ending, entry) => sum + (ending.kind === kind ? shares[entry] : 0), 0);
}

/** @param {MapCells} cells */
function ratesInWords(cells) {
  if (!cells.best) return `None of ${total(cells)} settings converges.`;
  const { learning_rate: rate, second, evaluations } = cells.best;
  const converge = `Of ${total(cells)} settings ${formatShare(share(cells, ({ outcome }) => outcome === 'converged'))} converge.`;
  return `${converge} Best: ${settingsInWords(cells, rate, second).join(', ')}, ${evaluations.toLocaleString('en')} evaluations.`;
}

/** @param {MapCells} cells of a network @returns {string} */
function trainedInWords(cells) {
  const { best, kind, legend, shares } = cells;
  const starts = kind === 'basins';
  const what = `${total(cells)} ${starts ? 'starts' : 'settings'}`;
  const lost = share(cells, ({ outcome }) => outcome === 'diverged');
  if (lost === 1) return `All of ${what} diverge.`;
  const lowest = legend.findIndex((ending, entry) => ending.kind === 'loss' && shares[entry] > 0);
  if (starts) {
    const diverge = lost > 0 ? `, ${formatShare(lost)} diverge` : '';
    const end = `Of ${what} on this plane ${formatShare(shares[lowest])} end lowest, ${legend[lowest].label}${diverge}.`;
    return `${end} All train in all weights, and leave the plane.`;
  }
  const diverge = `Of ${what} ${formatShare(lost)} diverge.`;
  if (!best) return diverge;
  const { learning_rate: rate, second, loss } = best;
  return `${diverge} Best: ${settingsInWords(cells, rate, second).join(', ')}, which ends with loss ${formatNumber(loss)}.`;
}

/** @param {MapCells} cells @param {number} first @param {number | null} second @returns {string[]} what each axis is there */
function settingsInWords({ axes }, first, second) {
  return axes.map(
    (axis, index) => `${axis.title} ${formatOnAxis(axis, index === 0 ? first : /** @type {number} */ (second))}`,
  );
}

/**
 * @param {MapCells} cells
 * @param {MapCell} cell
 * @returns {string[]} what is told of a cell, line by line
 */
export function cellInWords(cells, { x, y, ending, near, steps, evaluations, loss }) {
  const taken = `${steps.toLocaleString('en')} ${steps === 1 ? 'step' : 'steps'}`;
  const places = settingsInWords(cells, x, y);
  if (cells.trained) {
    const end = loss === null ? ending.label : `${ending.outcome ? `${ending.label}, ` : ''}loss ${formatNumber(loss)}`;
    return [...(cells.kind === 'basins' ? [`Start ${places.join(', ')}`] : places), end, taken];
  }
  if (cells.kind === 'basins')
    return [`Start ${places.join(', ')}`, ending.label, ...(near ? [`near ${near.label}`] : []), taken];
  return [
    ...places,
    ending.label,
    evaluations === null ? taken : `${taken}, ${evaluations.toLocaleString('en')} evaluations`,
  ];
}

/** @param {MapCells} cells @returns {string} what the shades of a map of starts mean */
export function shadesInWords({ range, kind, trained }) {
  if (!range || kind === 'rates' || trained || range[0] === range[1]) return '';
  const [low, high] = range.map((steps) => steps.toLocaleString('en'));
  return `Lighter: fewer steps (from ${low}), darker: more (to ${high}).`;
}

/** @param {MapCells} cells @returns {string} how fine the pass is, of how fine the last one will be */
export function passInWords({ rows, columns, x, y }) {
  return y ? `${columns} × ${rows} of ${x.length} × ${y.length} cells` : `${columns} of ${x.length} cells`;
}

/** @param {unknown} error */
export function failureInWords(error) {
  if (error instanceof CutOff)
    return 'The map was cut off before its end: the server stopped or the connection was lost. What is shown may be coarser than asked for.';
  if (error instanceof Refused) return `${error.message} ${error.complaint.hint ?? ''}`.trim();
  if (error instanceof TypeError) return 'The server cannot be reached. The last map stays.';
  return error instanceof Error ? error.message : String(error);
}
