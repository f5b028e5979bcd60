// The paths that were seen before, while something is turned: good, slow, zigzag and blowing up as one fan. One canvas under
// the walks; each path that is left behind is drawn once, and what is there becomes fainter.

import { styleOf } from '../figures/walk_styles.js';
import { line, within } from './walk_overlay.js';

/** So many stay. */
const MOST = 12;
/** Of each of these, no more walkers than so many. */
const WALKERS = 3;
/** A path that differs by fewer pixels from the last one that stayed is no other picture. */
const APART = 20;
/** At so many of their steps two paths are compared. */
const COMPARED = 16;
/** What each further path leaves of those before: the twelfth is hardly seen. */
const FADES = 0.84;
const STRENGTH = 0.8;
/** Points nearer than so many pixels to the last one add nothing. */
const NEAR = 2;

/** @typedef {{x: number, y: number}[]} Points */
/** The points of a path that are seen, not all of its walk. @typedef {{style: number, points: [number, number, number][]}} Path */

export class Ghosts {
  /** @param {HTMLElement} holder with one canvas */
  constructor(holder) {
    this.canvas = /** @type {HTMLCanvasElement} */ (holder.querySelector('canvas'));
    /** The oldest first. @type {{paths: Path[], signs: Points}[]} */
    this.kept = [];
    /** @type {Frame | null} */
    this.frame = null;
    /** @type {Palette | null} */
    this.colours = null;
  }

  get context() {
    return /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
  }

  /** @param {Frame | null} frame @param {Palette} colours @param {number} [ratio] of the canvas's pixels to CSS pixels */
  place(frame, colours, ratio = devicePixelRatio || 1) {
    this.frame = frame;
    this.colours = colours;
    if (!frame) return;
    const { left, top, width, height } = frame.box;
    const size = { width: Math.max(1, Math.round(width * ratio)), height: Math.max(1, Math.round(height * ratio)) };
    if (this.canvas.width !== size.width || this.canvas.height !== size.height) Object.assign(this.canvas, size);
    Object.assign(this.canvas.style, {
      left: `${left}px`,
      top: `${top}px`,
      width: `${width}px`,
      height: `${height}px`,
    });
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#clean();
    this.kept.forEach((ghost, index) => {
      if (index > 0) this.#fade();
      this.#draw(ghost.paths);
    });
  }

  /** @param {Walks} walks that are replaced @param {number} run which of them is turned */
  keep(walks, run) {
    if (!this.frame) return;
    const signs = this.#signs(walks, run);
    const before = this.kept[this.kept.length - 1]?.signs ?? [];
    const differs = (/** @type {{x: number, y: number}} */ { x, y }, /** @type {number} */ k) =>
      !(Math.hypot(x - (before[k]?.x ?? Infinity), y - (before[k]?.y ?? Infinity)) < APART);
    if (!signs.some(differs)) return;
    const { project } = this.frame;
    const paths = this.#walks(walks, run).map((walk) => ({ style: walk.style, points: seenOf(walk, project) }));
    const ghost = { paths, signs };
    this.kept = [...this.kept.slice(1 - MOST), ghost];
    if (this.kept.length > 1) this.#fade();
    this.#draw(ghost.paths);
  }

  clear() {
    if (this.kept.length === 0) return;
    this.kept = [];
    this.#clean();
  }

  #clean() {
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  #fade() {
    const { context, canvas } = this;
    context.globalCompositeOperation = 'destination-out';
    context.globalAlpha = 1 - FADES;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.globalAlpha = 1;
    context.globalCompositeOperation = 'source-over';
  }

  /** @param {Walks} walks @param {number} run */
  #walks(walks, run) {
    return walks.visible.filter((walk) => walk.run === run).slice(0, WALKERS);
  }

  /** Where the first walker is at some of its first steps, and at its end. @param {Walks} walks @param {number} run @returns {Points} */
  #signs(walks, run) {
    const [walk] = this.#walks(walks, run);
    const { project, box } = /** @type {Frame} */ (this.frame);
    if (!walk) return [];
    return Array.from({ length: COMPARED }, (_, k) => {
      const step = k + 1 < COMPARED ? Math.min(k, walk.length - 1) : walk.length - 1;
      const { x, y } = project(walk.x[step], walk.y[step], walk.loss[step]);
      return { x: Math.max(-9, Math.min(x, box.width + 9)), y: Math.max(-9, Math.min(y, box.height + 9)) };
    });
  }

  /** @param {Path[]} paths */
  #draw(paths) {
    const { frame, colours, context } = this;
    if (!frame || !colours) return;
    context.lineJoin = 'round';
    for (const { points, style } of paths) {
      const path = lineThrough(points, frame.project);
      line(context, path, colours.casing, 2.6, [], 0, STRENGTH / 2);
      line(context, path, colours.walkers[styleOf(style).colour], 1.4, [], 0, STRENGTH);
    }
  }
}

/** @param {Walk} walk @param {Project} project @returns {[number, number, number][]} its points but for those that lie on the one before */
function seenOf(walk, project) {
  /** @type {[number, number, number][]} */
  const points = [];
  let [last_x, last_y] = [NaN, NaN];
  for (let k = 0; k < walk.length; k += 1) {
    const { x, y } = project(walk.x[k], walk.y[k], walk.loss[k]);
    if (!Number.isFinite(x + y)) break;
    if (Math.abs(x - last_x) + Math.abs(y - last_y) < NEAR) continue;
    points.push([walk.x[k], walk.y[k], walk.loss[k]]);
    [last_x, last_y] = [x, y];
  }
  return points;
}

/** @param {[number, number, number][]} points @param {Project} project */
function lineThrough(points, project) {
  const path = new Path2D();
  let [last_x, last_y] = [0, 0];
  points.forEach((point, k) => {
    const { x, y } = project(...point);
    const [to_x, to_y] = k === 0 ? [x, y] : within(last_x, last_y, x, y);
    if (k === 0) path.moveTo(to_x, to_y);
    else path.lineTo(to_x, to_y);
    [last_x, last_y] = [x, y];
  });
  return path;
}
