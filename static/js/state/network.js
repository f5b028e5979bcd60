// What a network says, for all weights that it may have: a score that is linear in units of tanh. Pure.
//
// The weights are laid out as the server has them: from the inputs to the units row by row, the units' biases, from the
// units to the score, and its bias.

/** Beyond so large an exponent, halves of a product leave the numbers there are. */
const LARGEST = 350;

/** @param {number[][]} rows one for each data point @returns {Float64Array[]} the same, one for each input */
export function columnsOf(rows) {
  return rows[0].map((_, input) => Float64Array.from(rows, (row) => row[input]));
}

/**
 * @param {number[]} sizes of the layers: inputs, hidden units, 1
 * @param {ArrayLike<number>} weights
 * @param {Float64Array[]} columns of each input, over the places that are asked for
 * @returns {Float64Array} the score at each place
 */
export function scoresAt([inputs, hidden], weights, columns) {
  const scores = new Float64Array(columns[0].length).fill(weights[(inputs + 2) * hidden]);
  for (let unit = 0; unit < hidden; unit += 1) {
    const bias = weights[inputs * hidden + unit];
    const outgoing = weights[(inputs + 1) * hidden + unit];
    for (let k = 0; k < scores.length; k += 1) {
      let sum = bias;
      for (let input = 0; input < inputs; input += 1) sum += weights[input * hidden + unit] * columns[input][k];
      scores[k] += outgoing * Math.tanh(sum);
    }
  }
  return scores;
}

/**
 * The scores of a network of two inputs over a grid, in a fifth of the time: tanh of a sum is 1 - 2 / (1 + e²ᵃ e²ᵇ), whose
 * exponentials are those of rows and of columns.
 * @param {number[]} sizes
 * @param {ArrayLike<number>} weights
 * @param {Float64Array} x of the columns
 * @param {Float64Array} y of the rows
 * @param {Float64Array} scores is written to, row by row
 */
export function scoresOnGrid([, hidden], weights, x, y, scores) {
  const across = new Float64Array(x.length);
  scores.fill(weights[4 * hidden]);
  for (let unit = 0; unit < hidden; unit += 1) {
    const [first, second, bias] = [weights[unit], weights[hidden + unit], weights[2 * hidden + unit]];
    const outgoing = weights[3 * hidden + unit];
    const most = (/** @type {number} */ weight, /** @type {Float64Array} */ places) =>
      2 * Math.abs(weight) * Math.max(Math.abs(places[0]), Math.abs(places[places.length - 1]));
    if (!(most(first, x) < LARGEST && most(second, y) + 2 * Math.abs(bias) < LARGEST)) {
      addUnit(scores, x, y, (one, other) => outgoing * Math.tanh(first * one + second * other + bias));
      continue;
    }
    for (let column = 0; column < x.length; column += 1) across[column] = Math.exp(2 * first * x[column]);
    for (let row = 0, k = 0; row < y.length; row += 1) {
      const up = Math.exp(2 * (second * y[row] + bias));
      for (let column = 0; column < x.length; column += 1, k += 1)
        scores[k] += outgoing * (1 - 2 / (1 + up * across[column]));
    }
  }
}

/** @param {Float64Array} scores @param {Float64Array} x @param {Float64Array} y @param {(x: number, y: number) => number} said by the unit */
function addUnit(scores, x, y, said) {
  for (let row = 0, k = 0; row < y.length; row += 1)
    for (let column = 0; column < x.length; column += 1, k += 1) scores[k] += said(x[column], y[row]);
}

/** @param {string} link @returns {number} the score between the classes 0 and 1 */
export function borderOf(link) {
  return link === 'logistic' ? 0 : 0.5;
}

/** @param {NetworkRecord} network @returns {boolean} whether its targets are the classes 0 and 1 */
export function hasClasses({ data: { targets } }) {
  return targets.every((target) => target === 0 || target === 1);
}

/** @param {{link: string}} classes @param {Float64Array} scores at their data points @returns {boolean} whether it says the same for all, and on no side */
export function isUndecided({ link }, scores) {
  return scores.every((score) => score === borderOf(link));
}

/**
 * @param {{link: string, data: {targets: number[]}}} classes
 * @param {Float64Array} scores at their data points
 * @returns {boolean[]} which of them are classified right: on the border none is
 */
export function rightOf({ link, data: { targets } }, scores) {
  const border = borderOf(link);
  return targets.map((target, index) => (target === 1 ? scores[index] > border : scores[index] < border));
}
