// The figures of the data that a network is trained on; what it says of them moves on a canvas. Pure.

import { base, margins } from './base.js';

/** Two pixels apart in a picture beside a large map: what bends sharply is not cut off between them. */
const CURVE_POINTS = 361;
/** So large a part of the data's width is shown beyond them, and of their height: first weights know nothing of it. */
const BEYOND = { x: [0.06, 0.06], y: [0.3, 0.3] };
/** And around points of two classes: above them something is written. */
const AROUND = { x: [0.14, 0.14], y: [0.14, 0.28] };
/** The shapes of points of the classes 0 and 1, as Plotly calls them. */
const SHAPES = ['circle', 'diamond'];

/** @param {number[]} values @param {number[]} parts @returns {[number, number]} their range with so large a part of it below and above */
function around(values, [below, above]) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  // Where all are the same there is room around them all the same.
  const width = high - low || Math.abs(low) || 1;
  return [low - below * width, high + above * width];
}

/** @param {number} low @param {number} high @param {number} count @returns {Float64Array} evenly spread, both ends among them */
function spread(low, high, count) {
  return Float64Array.from({ length: count }, (_, k) => low + (k / (count - 1)) * (high - low));
}

/**
 * The points of a network of one input, and the inputs that its curve is drawn over.
 * @param {NetworkRecord} network
 */
export function curvePoints({ data: { inputs, targets, input_names, target_name } }) {
  const x = inputs.map(([first]) => first);
  const curve = { x: [...spread(...around(x, BEYOND.x), CURVE_POINTS)] };
  return { x, y: targets, x_name: input_names[0], y_name: target_name, curve };
}

/** @param {NetworkRecord} network @returns {[number, number]} of the upright axis: always the same, so that nothing jumps when the first weights are others */
export function curveRange({ data: { targets } }) {
  return around(targets, BEYOND.y);
}

/**
 * The places at which what tells classes of two inputs apart is asked, from edge to edge of its picture.
 * @param {{data: {inputs: number[][]}}} classes
 * @param {number} count along each side
 * @returns {{x: Float64Array, y: Float64Array}}
 */
export function placesAround({ data: { inputs } }, count) {
  const along = (/** @type {number} */ input, /** @type {number[]} */ parts) =>
    spread(
      ...around(
        inputs.map((row) => row[input]),
        parts,
      ),
      count,
    );
  return { x: along(0, AROUND.x), y: along(1, AROUND.y) };
}

/**
 * The data points of two classes, which differ in colour and in shape, over two inputs.
 * @param {{data: {inputs: number[][], targets: number[], input_names: string[]}}} classes
 * @param {Palette} colours
 */
export function classesFigure(classes, colours) {
  const { inputs, targets, input_names } = classes.data;
  const { x, y } = placesAround(classes, 2);
  const axis = { zeroline: false, showgrid: false, ticks: 'outside', ticklen: 4, tickcolor: colours.line, nticks: 6 };
  return {
    data: [0, 1].map((one) => {
      const rows = inputs.filter((_, index) => targets[index] === one);
      return {
        type: 'scatter',
        mode: 'markers',
        x: rows.map(([first]) => first),
        y: rows.map(([, second]) => second),
        marker: {
          symbol: SHAPES[one],
          size: one ? 11 : 10,
          color: colours.classes[one],
          line: { color: colours.ground, width: 1.4 },
        },
        hovertemplate: `class ${one}<br>${input_names[0]} %{x:.4g}<br>${input_names[1]} %{y:.4g}<extra></extra>`,
      };
    }),
    layout: {
      ...base(colours),
      margin: margins(colours),
      xaxis: { ...axis, fixedrange: true, range: [...x], title: { text: input_names[0], standoff: 2 } },
      yaxis: { ...axis, fixedrange: true, range: [...y], title: { text: input_names[1], standoff: 2 } },
      dragmode: false,
      hovermode: 'closest',
    },
  };
}
