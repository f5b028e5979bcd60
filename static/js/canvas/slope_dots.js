// The derivative under a curve: the walkers' dots on it, and how far the slope of the selected one is from zero.

import { PlotCanvas } from './plot_canvas.js';
import { mark } from './walk_overlay.js';
import { styleOf } from '../figures/walk_styles.js';

/**
 * @param {number[]} grid ascending, evenly spaced
 * @param {(number | null)[]} values
 * @param {number} x
 * @returns {number} the value at x, on the straight line between two of the grid's; NaN where one of them is not finite
 */
export function interpolate(grid, values, x) {
  const place = ((x - grid[0]) / (grid[grid.length - 1] - grid[0])) * (grid.length - 1);
  const k = Math.max(0, Math.min(Math.floor(place), grid.length - 2));
  const [low, high] = [values[k] ?? NaN, values[k + 1] ?? NaN];
  return low + (place - k) * (high - low);
}

/**
 * The derivative where a walker is. At an iterate its size is known exactly, and near a kink the grid does not know it; between
 * two iterates it is that of the grid.
 * @param {Grid} grid of a curve
 * @param {number} x
 * @param {number | null} size at an iterate
 */
export function slopeAt({ x: grid, derivative = [] }, x, size) {
  const drawn = interpolate(grid, derivative, x);
  return size === null ? drawn : Math.sign(drawn) * size;
}

export class SlopeDots extends PlotCanvas {
  /**
   * @param {Grid} grid of a curve
   * @param {{x: number, size: number | null, style: number, selected: boolean}[]} walkers `size` of the slope, at an iterate
   * @param {Palette} colours
   */
  paint(grid, walkers, colours) {
    const context = this.canvas.getContext('2d');
    if (!this.frame || !context) return;
    const { box, project } = this.frame;
    context.clearRect(0, 0, box.width, box.height);
    for (const { x, size, style, selected } of walkers) {
      const spot = project(x, slopeAt(grid, x, size), 0);
      if (!(spot.x >= 0 && spot.x <= box.width && Number.isFinite(spot.y))) continue;
      if (selected) {
        const zero = project(x, 0, 0).y;
        for (const [colour, width] of /** @type {const} */ ([
          [colours.casing, 5],
          [colours.arrows.gradient, 2.4],
        ])) {
          context.beginPath();
          context.moveTo(spot.x, zero);
          context.lineTo(spot.x, spot.y);
          context.strokeStyle = colour;
          context.lineWidth = width;
          context.stroke();
        }
      }
      const radius = walkers.length > 9 ? 3 : 5;
      mark(context, spot.x, spot.y, radius, style, colours.casingOuter, 2);
      mark(context, spot.x, spot.y, radius, style, colours.casing, 1);
      mark(context, spot.x, spot.y, radius, style, colours.walkers[styleOf(style).colour], 0);
    }
  }
}
