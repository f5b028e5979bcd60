// What tells two classes of points over two inputs apart: a network, or a line through own points. Pure.

import { hasClasses, scoresAt, scoresOnGrid } from './network.js';

/**
 * @typedef {object} Classes
 * @property {string} link from a score to a chance
 * @property {{inputs: number[][], targets: number[], input_names: string[]}} data
 * @property {(weights: ArrayLike<number>, columns: Float64Array[]) => Float64Array} scores at places, a column for each input
 * @property {(weights: ArrayLike<number>, x: Float64Array, y: Float64Array, scores: Float64Array) => void} onGrid writes the
 *   scores, row by row
 * @property {(walk: Walk, position: number) => number[] | null} weights of a walk there, null where they are not told
 */

/** @type {WeakMap<NetworkRecord | DataPoints, Classes>} */
const known = new WeakMap();

/** @param {Pick<LandscapeRecord, 'data' | 'network'> | null} landscape @returns {Classes | null} null where no two classes over two inputs are told apart */
export function classesOf(landscape) {
  const { network, data } = landscape ?? {};
  const record = network && hasClasses(network) ? network : data?.second ? data : null;
  if (!record) return null;
  const classes =
    known.get(record) ?? (record === network ? ofNetwork(network) : ofPoints(/** @type {DataPoints} */ (data)));
  known.set(record, classes);
  return classes;
}

/** @param {NetworkRecord} network @returns {Classes} */
function ofNetwork({ link, data, sizes }) {
  return {
    link,
    data,
    scores: (weights, columns) => scoresAt(sizes, weights, columns),
    onGrid: (weights, x, y, scores) => scoresOnGrid(sizes, weights, x, y, scores),
    weights: (walk, position) => walk.weightsAt(position),
  };
}

/** @param {DataPoints} data with a second input @returns {Classes} whose two weights are the coordinates of a walk */
function ofPoints({ link, x, y, x_name, centre, unit, constant, second: other }) {
  const second = /** @type {NonNullable<DataPoints['second']>} */ (other);
  const score = (/** @type {ArrayLike<number>} */ weights, /** @type {number} */ one, /** @type {number} */ two) =>
    (weights[0] * (one - centre)) / unit + (weights[1] * (two - second.centre)) / second.unit + constant;
  return {
    link,
    data: {
      inputs: x.map((value, index) => [value, second.x[index]]),
      targets: y,
      input_names: [x_name, second.x_name],
    },
    scores: (weights, [ones, twos]) => ones.map((one, index) => score(weights, one, twos[index])),
    onGrid(weights, ones, twos, scores) {
      for (let row = 0, k = 0; row < twos.length; row += 1)
        for (let column = 0; column < ones.length; column += 1, k += 1)
          scores[k] = score(weights, ones[column], twos[row]);
    },
    weights: (walk, position) => walk.at(position).slice(0, 2),
  };
}
