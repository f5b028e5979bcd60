// The data beside its landscape: the fit of the walker's weights with its errors, moving with the walk, and the points of
// its mini-batch.

import { lossRange } from './figures.js';
import { lookOf } from './looks.js';
import { PlotCanvas } from './plot_canvas.js';

/** What the loss makes of the lengths of the lines between points and fit. @type {Record<string, string>} */
export const LOSS_OF_LENGTHS = {
  absolute: 'the mean of their lengths',
  squared: 'the mean of their squares',
  logistic: 'the mean of −log(1 − length)',
};

/**
 * @param {string} link
 * @param {number[][]} features two for each place
 * @param {number} a
 * @param {number} b
 */
function predicted(link, [first, second], a, b) {
  const scores = first.map((feature, index) => a * feature + b * second[index]);
  return link === 'logistic' ? scores.map((score) => 1 / (1 + Math.exp(-score))) : scores;
}

/**
 * @param {DataPoints} data
 * @param {number} a
 * @param {number} b
 * @returns {number[]} what the model with these weights predicts along the curve's inputs
 */
export function predictions({ curve, link }, a, b) {
  return predicted(link, curve.features, a, b);
}

/**
 * @param {DataPoints} data
 * @param {number} a
 * @param {number} b
 * @returns {number[]} what it predicts at each data point: the error reaches from there to the point itself
 */
export function predictionsAtPoints({ features, link }, a, b) {
  return predicted(link, features, a, b);
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
  const [lowest, highest] = reach([[low_a, low_b], [low_a, high_b], [high_a, low_b], [high_a, high_b]]);
  const [low, high] = reach(starts);
  return lossRange([Math.max(low, lowest), Math.min(high, highest)]);
}

/** Far outside, canvases draw such numbers wrongly. @param {number} y */
function near(y) {
  return Math.max(-20000, Math.min(20000, y));
}

export class Fit extends PlotCanvas {
  /** @param {HTMLElement} holder */
  constructor(holder) {
    super(holder, 'data-plot');
  }

  /**
   * @param {DataPoints} data
   * @param {{weights: [number, number], look: number, told: boolean}[]} fits of the walkers that are drawn; that of the one that is told of with its errors
   * @param {number[] | null} batch the points of the mini-batch that is looked at
   * @param {Palette} colours
   */
  paint(data, fits, batch, colours) {
    const context = this.canvas.getContext('2d');
    if (!this.frame || !context) return;
    const { box, project } = this.frame;
    context.clearRect(0, 0, box.width, box.height);
    context.lineJoin = 'round';
    for (const index of batch ?? []) {
      const { x, y } = project(data.x[index], data.y[index]);
      context.beginPath();
      context.arc(x, y, 7, 0, 2 * Math.PI);
      context.lineWidth = 2.4;
      context.strokeStyle = colours.arrows.gradient;
      context.stroke();
    }
    for (const { weights: [a, b], look, told } of fits) {
      if (!told || !Number.isFinite(a + b)) continue;
      const lines = new Path2D();
      predictionsAtPoints(data, a, b).forEach((value, index) => {
        const [there, point] = [project(data.x[index], value), project(data.x[index], data.y[index])];
        lines.moveTo(point.x, point.y);
        lines.lineTo(there.x, near(there.y));
      });
      context.globalAlpha = 0.6;
      context.lineWidth = 1.3;
      context.strokeStyle = colours.walkers[lookOf(look).colour];
      context.stroke(lines);
      context.globalAlpha = 1;
    }
    for (const { weights: [a, b], look } of fits) {
      if (!Number.isFinite(a + b)) continue;
      const path = new Path2D();
      predictions(data, a, b).forEach((value, index) => {
        const { x, y } = project(data.curve.x[index], value);
        path.lineTo(x, near(y));
      });
      context.lineWidth = 5;
      context.strokeStyle = colours.casing;
      context.stroke(path);
      context.lineWidth = 2.6;
      context.strokeStyle = colours.walkers[lookOf(look).colour];
      context.stroke(path);
    }
  }
}
