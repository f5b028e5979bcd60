// A canvas over the axes of a plot, for what moves on it while Plotly's picture stays.

import { axesFrame } from '../figures/plotly.js';

export class PlotCanvas {
  /**
   * @param {HTMLElement} holder with one canvas
   * @param {HTMLElement} plot that it lies over
   */
  constructor(holder, plot) {
    this.canvas = /** @type {HTMLCanvasElement} */ (holder.querySelector('canvas'));
    this.plot = plot;
    /** @type {PlotFrame | null} */
    this.frame = null;
  }

  /** The plot has been drawn, or has another size. */
  place() {
    this.frame = axesFrame(this.plot);
    if (!this.frame) return;
    const ratio = devicePixelRatio || 1;
    const { left, top, width, height } = this.frame.box;
    Object.assign(this.canvas, {
      width: Math.max(1, Math.round(width * ratio)),
      height: Math.max(1, Math.round(height * ratio)),
    });
    Object.assign(this.canvas.style, {
      left: `${left}px`,
      top: `${top}px`,
      width: `${width}px`,
      height: `${height}px`,
    });
    this.canvas.getContext('2d')?.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  /** Other data is coming: what is drawn belongs to the old one. */
  clear() {
    if (this.frame) this.canvas.getContext('2d')?.clearRect(0, 0, this.frame.box.width, this.frame.box.height);
    this.frame = null;
  }
}
