// How walks tell apart: each has a colour, a dash and a sign of its own, so that none of the three is needed. Pure.

/** Trail dashes, in pixels. */
export const DASHES = [[], [9, 5], [2, 5], [12, 4, 2, 4], [5, 3], [16, 5], [2, 3], [9, 3, 2, 3, 2, 3]];

/** The signs as Plotly calls them. */
const SYMBOLS = ['circle', 'square', 'triangle-up', 'diamond', 'triangle-down', 'cross', 'hourglass', 'pentagon'];

/** The corners of each sign in units of its radius; none is a circle. */
const SIGNS = /** @type {[number, number][][]} */ ([
  [],
  [
    [-0.85, -0.85],
    [0.85, -0.85],
    [0.85, 0.85],
    [-0.85, 0.85],
  ],
  [
    [0, -1.2],
    [1.1, 0.8],
    [-1.1, 0.8],
  ],
  [
    [0, -1.2],
    [1.2, 0],
    [0, 1.2],
    [-1.2, 0],
  ],
  [
    [0, 1.2],
    [1.1, -0.8],
    [-1.1, -0.8],
  ],
  [
    [-0.4, -1.1],
    [0.4, -1.1],
    [0.4, -0.4],
    [1.1, -0.4],
    [1.1, 0.4],
    [0.4, 0.4],
    [0.4, 1.1],
    [-0.4, 1.1],
    [-0.4, 0.4],
    [-1.1, 0.4],
    [-1.1, -0.4],
    [-0.4, -0.4],
  ],
  [
    [-1, -1.1],
    [1, -1.1],
    [0.35, 0],
    [1, 1.1],
    [-1, 1.1],
    [-0.35, 0],
  ],
  [
    [0, -1.15],
    [1.1, -0.35],
    [0.68, 0.93],
    [-0.68, 0.93],
    [-1.1, -0.35],
  ],
]);

/**
 * The ninth has the first one's colour again, with the second one's dash and sign.
 * @param {number} index
 * @returns {{colour: number, dash: number[], sign: [number, number][], symbol: string}} `colour` counts the theme's colours
 */
export function styleOf(index) {
  const colour = index % 8;
  const other = (index + Math.floor(index / 8)) % 8;
  return { colour, dash: DASHES[other], sign: SIGNS[other], symbol: SYMBOLS[other] };
}

/** @param {number[]} dash @returns {string} as Plotly and SVG have it */
export function dashText(dash) {
  return dash.length === 0 ? 'solid' : dash.map((length) => `${length}px`).join(',');
}

/**
 * @param {number} index
 * @param {number} radius
 * @returns {string} the sign as SVG path data, around 0, 0
 */
export function signPath(index, radius) {
  const { sign } = styleOf(index);
  if (sign.length === 0)
    return `M${-radius} 0a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`;
  return `M${sign.map(([x, y]) => `${round(x * radius)} ${round(y * radius)}`).join('L')}Z`;
}

/** @param {number} value */
function round(value) {
  return Math.round(100 * value) / 100;
}
