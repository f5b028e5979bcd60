// The map's contour lines on the surface: drawn over the scene, where the surface does not hide them. A scene's own lines lie
// half in its ground.

import { SHADES, isBright, tintColours, tintOf } from '../figures/relief.js';

export class SurfaceLines {
  /** @param {HTMLElement} holder with one canvas */
  constructor(holder) {
    this.canvas = /** @type {HTMLCanvasElement} */ (holder.querySelector('canvas'));
  }

  /**
   * @param {Frame | null} frame
   * @param {Relief | undefined} relief
   * @param {number[]} domain that is drawn
   * @param {Palette} colours
   * @param {number} [ratio] of the canvas's pixels to CSS pixels
   */
  draw(frame, relief, domain, colours, ratio = devicePixelRatio || 1) {
    const { canvas } = this;
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    if (!frame || !relief) {
      context.clearRect(0, 0, canvas.width, canvas.height);
      return;
    }
    const { left, top, width, height } = frame.box;
    const size = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
    if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
    Object.assign(canvas.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.lineJoin = 'round';
    const table = tintColours(colours.heights);
    for (const line of relief.lines) {
      context.lineWidth = line.numbered ? 1.5 : 0.7;
      const bright = isBright(table[Math.round(tintOf(line.loss, relief) * (SHADES - 1))]);
      context.strokeStyle = bright ? colours.contour : colours.contourDeep;
      context.stroke(pathOf(line, domain, frame.project));
    }
  }
}

/**
 * @param {Relief['lines'][number]} line
 * @param {number[]} domain
 * @param {Project} project
 * @returns {Path2D} what is seen of it
 */
function pathOf({ x, y, loss }, domain, project) {
  const path = new Path2D();
  let drawing = false;
  x.forEach((right, k) => {
    const up = y[k];
    const spot = right !== null && up !== null && isInside(right, up, domain) ? project(right, up, loss) : null;
    if (!spot || spot.hidden) drawing = false;
    else if (drawing) path.lineTo(spot.x, spot.y);
    else {
      path.moveTo(spot.x, spot.y);
      drawing = true;
    }
  });
  return path;
}

/** @param {number} x @param {number} y @param {number[]} domain @returns {boolean} to the rounding of what is sent */
function isInside(x, y, [low_x, high_x, low_y, high_y]) {
  const [round_x, round_y] = [(high_x - low_x) / 2000, (high_y - low_y) / 2000];
  return x >= low_x - round_x && x <= high_x + round_x && y >= low_y - round_y && y <= high_y + round_y;
}
