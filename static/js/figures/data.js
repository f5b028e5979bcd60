// The figure of the data that a landscape is made from, and what a model predicts there. Pure.

import { base, margins } from './base.js';
import { lossRange } from './landscape.js';

/**
 * The data that a landscape is made from, and the fit at the best weights known; the walker's fit moves on a canvas.
 * @param {{x: number[], y: number[], x_name: string, y_name: string, curve: {x: number[]}}} data
 * @param {number[] | null} best what the best weights known predict along the curve
 * @param {[number, number]} range of the upright axis
 * @param {Palette} colours
 */
export function dataFigure({ x, y, x_name, y_name, curve }, best, range, colours) {
  const axis = {
    zeroline: false,
    gridcolor: colours.line,
    ticks: 'outside',
    ticklen: 4,
    tickcolor: colours.line,
    fixedrange: true,
    nticks: 6,
  };
  const margin = 0.04 * (curve.x[curve.x.length - 1] - curve.x[0]);
  return {
    data: [
      {
        type: 'scatter',
        mode: 'markers',
        x,
        y,
        marker: { size: 6, color: colours.ink, opacity: 0.6 },
        hovertemplate: `${x_name} %{x:.4g}<br>${y_name} %{y:.4g}<extra></extra>`,
      },
      ...(best
        ? [
            {
              type: 'scatter',
              mode: 'lines',
              x: curve.x,
              y: best,
              line: { color: colours.ink, width: 1.6, dash: 'dash' },
              hoverinfo: 'skip',
            },
          ]
        : []),
    ],
    layout: {
      ...base(colours),
      margin: { ...margins(colours), l: (56 / 12) * colours.size },
      xaxis: {
        ...axis,
        range: [curve.x[0] - margin, curve.x[curve.x.length - 1] + margin],
        title: { text: x_name, standoff: 2 },
      },
      yaxis: { ...axis, range, title: { text: y_name, standoff: 2 } },
      dragmode: false,
      hovermode: 'closest',
    },
  };
}

/**
 * @param {DataPoints} data
 * @param {number[][]} features two for each place
 * @param {number} a
 * @param {number} b
 */
function predicted({ link, constant }, [first, second], a, b) {
  const scores = first.map((feature, index) => a * feature + b * second[index] + constant);
  return link === 'logistic' ? scores.map((score) => 1 / (1 + Math.exp(-score))) : scores;
}

/**
 * @param {DataPoints} data
 * @param {number} a
 * @param {number} b
 * @returns {number[]} what the model with these weights predicts along the curve's inputs
 */
export function predictions(data, a, b) {
  return predicted(data, data.curve?.features ?? [[], []], a, b);
}

/**
 * @param {DataPoints} data
 * @param {number} a
 * @param {number} b
 * @returns {number[]} what it predicts at each data point: the error reaches from there to the point itself
 */
export function predictionsAtPoints(data, a, b) {
  return predicted(data, data.features, a, b);
}

/**
 * What the upright axis must show: all data, and the whole of each fit's first curve, but no more than the fits of the
 * domain's corners need. A score is linear in the weights, so every fit of the domain lies between those; a start far
 * outside would leave no room for the data.
 * @param {DataPoints} data
 * @param {number[][]} starts the weights that the fits begin with
 * @param {number[]} domain
 * @returns {[number, number]}
 */
export function fitRange(data, starts, [low_a, high_a, low_b, high_b]) {
  const reach = (/** @type {number[][]} */ weights) => {
    const values = [...data.y, ...weights.flatMap(([a, b]) => predictions(data, a, b))].filter(Number.isFinite);
    return [Math.min(...values), Math.max(...values)];
  };
  const [lowest, highest] = reach([
    [low_a, low_b],
    [low_a, high_b],
    [high_a, low_b],
    [high_a, high_b],
  ]);
  const [low, high] = reach(starts);
  return lossRange([Math.max(low, lowest), Math.min(high, highest)]);
}
