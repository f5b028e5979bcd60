// The data beside its landscape: the fit of the walker's weights with its errors, moving with the walk, and the points of
// its mini-batch.

import { PlotCanvas } from './plot_canvas.js';
import { styleOf } from '../figures/walk_styles.js';

/** Far outside, canvases draw such numbers wrongly. @param {number} y */
function near(y) {
  return Math.max(-20000, Math.min(20000, y));
}

/** What a walker's weights predict. @typedef {{along: number[], at_points: number[], style: number, told: boolean}} Fit */

export class DataFit extends PlotCanvas {
  /**
   * @param {{x: number[], y: number[], curve: {x: number[]}}} data
   * @param {Fit[]} fits of the walkers that are drawn; that of the one that is told of with its errors
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
      const { x, y } = project(data.x[index], data.y[index], 0);
      context.beginPath();
      context.arc(x, y, 7, 0, 2 * Math.PI);
      context.lineWidth = 2.4;
      context.strokeStyle = colours.arrows.gradient;
      context.stroke();
    }
    for (const { at_points, style, told } of fits) {
      if (!told) continue;
      const lines = new Path2D();
      at_points.forEach((value, index) => {
        const [there, point] = [project(data.x[index], value, 0), project(data.x[index], data.y[index], 0)];
        lines.moveTo(point.x, point.y);
        lines.lineTo(there.x, near(there.y));
      });
      // Of many points the lines would be a wall before them.
      context.globalAlpha = Math.max(0.15, Math.min(0.6, 60 / at_points.length));
      context.lineWidth = 1.3;
      context.strokeStyle = colours.walkers[styleOf(style).colour];
      context.stroke(lines);
      context.globalAlpha = 1;
    }
    for (const { along, style } of fits) {
      const path = new Path2D();
      along.forEach((value, index) => {
        const { x, y } = project(data.curve.x[index], value, 0);
        path.lineTo(x, near(y));
      });
      context.lineWidth = 5;
      context.strokeStyle = colours.casing;
      context.stroke(path);
      context.lineWidth = 2.6;
      context.strokeStyle = colours.walkers[styleOf(style).colour];
      context.stroke(path);
    }
  }
}
