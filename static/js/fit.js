// The data beside its landscape: the fit of the walker's weights, moving with the walk, and the points of its mini-batch.

import { lookOf } from './looks.js';
import { PlotCanvas } from './plot_canvas.js';

/**
 * @param {DataPoints} data
 * @param {number} a
 * @param {number} b
 * @returns {number[]} what the model with these weights predicts along the curve's inputs
 */
export function predictions({ curve, link }, a, b) {
  const [first, second] = curve.features;
  const scores = first.map((feature, index) => a * feature + b * second[index]);
  return link === 'logistic' ? scores.map((score) => 1 / (1 + Math.exp(-score))) : scores;
}

export class Fit extends PlotCanvas {
  /** @param {HTMLElement} holder */
  constructor(holder) {
    super(holder, 'data-plot');
  }

  /**
   * @param {DataPoints} data
   * @param {{weights: [number, number], look: number}[]} fits of the walkers that are drawn
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
    for (const { weights: [a, b], look } of fits) {
      if (!Number.isFinite(a + b)) continue;
      const path = new Path2D();
      predictions(data, a, b).forEach((value, index) => {
        const { x, y } = project(data.curve.x[index], value);
        // Far outside, canvases draw such numbers wrongly.
        path.lineTo(x, Math.max(-20000, Math.min(20000, y)));
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
