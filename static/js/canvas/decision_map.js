// What a network of two inputs, or a logistic curve, says everywhere, under its data points: a tint for how sure it is, and over them the line
// where it is undecided, four strokes around each point that it gets wrong, a ring around those of the mini-batch.

import { levelLine } from '../figures/level_line.js';
import { placesAround } from '../figures/network.js';
import { rgbOf } from '../figures/palette.js';
import { styleOf } from '../figures/walk_styles.js';
import { borderOf, columnsOf, isUndecided, rightOf } from '../state/network.js';
import { PlotCanvas } from './plot_canvas.js';

/** @typedef {import('../state/classes.js').Classes} Classes */

/** Places along each side at which it is asked. */
const SIDE = 100;
const TINTS = 256;
/** How much of a class's colour lies where it is sure. */
const FULL = 0.62;
/** A logistic score of so much is sure: one half in four hundred is left. */
const SURE = 6;
/** The radius of the ring. */
const RING = 9;
/** The strokes around a point that is wrong, in pixels of both axes from its middle. */
const [INNER, OUTER] = [5.2, 9.5];

export class DecisionMap {
  /**
   * @param {HTMLElement} under with one canvas, below the plot
   * @param {HTMLElement} over with one canvas
   * @param {HTMLElement} plot
   */
  constructor(under, over, plot) {
    this.under = new PlotCanvas(under, plot);
    this.over = new PlotCanvas(over, plot);
    this.picture = Object.assign(document.createElement('canvas'), { width: SIDE, height: SIDE });
    this.context = /** @type {CanvasRenderingContext2D} */ (this.picture.getContext('2d'));
    this.pixels = this.context.createImageData(SIDE, SIDE);
    this.words = new Uint32Array(this.pixels.data.buffer);
    this.scores = new Float64Array(SIDE * SIDE);
    /** What it is drawn for. @type {Classes | null} */
    this.classes = null;
    /** @type {Palette | null} */
    this.colours = null;
    this.tints = new Uint32Array(TINTS);
    /** @type {ReturnType<typeof placesAround>} */
    this.places = { x: this.scores, y: this.scores };
    /** @type {Float64Array[]} */
    this.inputs = [];
  }

  place() {
    this.under.place();
    this.over.place();
  }

  clear() {
    this.under.clear();
    this.over.clear();
  }

  /** Nothing can be said. */
  wipe() {
    for (const { canvas, frame } of [this.under, this.over])
      if (frame) canvas.getContext('2d')?.clearRect(0, 0, frame.box.width, frame.box.height);
  }

  /** @param {Classes} classes @param {Palette} colours */
  #prepare(classes, colours) {
    if (this.classes !== classes) {
      this.places = placesAround(classes, SIDE);
      this.inputs = columnsOf(classes.data.inputs);
    }
    if (this.classes !== classes || this.colours !== colours) this.tints = tintsOf(classes, colours);
    Object.assign(this, { classes, colours });
  }

  /**
   * @param {Classes} classes over two inputs
   * @param {ArrayLike<number>} weights
   * @param {{batch: number[] | null, style: number}} walk the points of its mini-batch, and the style of its line
   * @param {Palette} colours
   * @returns {boolean[] | null} which data points are classified right; null where it says the same for all, on no side
   */
  paint(classes, weights, { batch, style }, colours) {
    this.#prepare(classes, colours);
    const scores = classes.scores(weights, this.inputs);
    const right = rightOf(classes, scores);
    const told = isUndecided(classes, scores) ? null : right;
    if (!this.under.frame || !this.over.frame) return told;
    classes.onGrid(weights, this.places.x, this.places.y, this.scores);
    this.#tint(classes.link);
    this.#mark(classes, right, batch, colours.walkers[styleOf(style).colour], colours);
    return told;
  }

  /** @param {string} link */
  #tint(link) {
    const { scores, words, tints } = this;
    const [low, width] = link === 'logistic' ? [-SURE, 2 * SURE] : [0, 1];
    const scale = (TINTS - 1) / width;
    for (let row = 0, k = 0; row < SIDE; row += 1) {
      // Rows of pictures go down.
      const first = (SIDE - 1 - row) * SIDE;
      for (let column = 0; column < SIDE; column += 1, k += 1) {
        const at = (scores[k] - low) * scale + 0.5;
        words[first + column] = tints[at < 0 ? 0 : at > TINTS - 1 ? TINTS - 1 : at | 0];
      }
    }
    this.context.putImageData(this.pixels, 0, 0);
    const { canvas, frame } = this.under;
    const context = canvas.getContext('2d');
    if (!frame || !context) return;
    const { width: across, height: up } = frame.box;
    // The outermost places lie on the edges, and so the middles of the outermost pixels do.
    const [side_x, side_y] = [across / (SIDE - 1), up / (SIDE - 1)];
    context.imageSmoothingQuality = 'medium';
    context.drawImage(this.picture, -side_x / 2, -side_y / 2, across + side_x, up + side_y);
  }

  /**
   * @param {Classes} classes
   * @param {boolean[]} right
   * @param {number[] | null} batch
   * @param {string} colour
   * @param {Palette} colours
   */
  #mark({ link, data }, right, batch, colour, colours) {
    const { frame, canvas } = this.over;
    const context = canvas.getContext('2d');
    if (!frame || !context) return;
    const { box, project } = frame;
    context.clearRect(0, 0, box.width, box.height);
    context.lineCap = context.lineJoin = 'round';
    const border = new Path2D();
    const pieces = levelLine(this.scores, SIDE, borderOf(link));
    const [side_x, side_y] = [box.width / (SIDE - 1), box.height / (SIDE - 1)];
    for (let k = 0; k < pieces.length; k += 4) {
      border.moveTo(pieces[k] * side_x, box.height - pieces[k + 1] * side_y);
      border.lineTo(pieces[k + 2] * side_x, box.height - pieces[k + 3] * side_y);
    }
    stroke(context, border, 5, colours.casing);
    stroke(context, border, 2.6, colour);
    const crosses = new Path2D();
    const rings = new Path2D();
    data.inputs.forEach(([first, second], index) => {
      if (right[index] && !batch?.includes(index)) return;
      const { x, y } = project(first, second, 0);
      if (!right[index]) {
        // Around it, so that its own colour and shape are seen.
        for (const way_x of [-1, 1]) {
          for (const way_y of [-1, 1]) {
            crosses.moveTo(x + INNER * way_x, y + INNER * way_y);
            crosses.lineTo(x + OUTER * way_x, y + OUTER * way_y);
          }
        }
      }
      if (!batch?.includes(index)) return;
      rings.moveTo(x + RING, y);
      rings.arc(x, y, RING, 0, 2 * Math.PI);
    });
    stroke(context, rings, 4.6, colours.casing);
    stroke(context, rings, 2.4, colours.arrows.gradient);
    stroke(context, crosses, 5, colours.casing);
    stroke(context, crosses, 2.4, colours.ink);
  }
}

/** @param {CanvasRenderingContext2D} context @param {Path2D} path @param {number} width @param {string} colour */
function stroke(context, path, width, colour) {
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.stroke(path);
}

/** From class 0, which is sure, to class 1; where nothing is known there is the paper. @param {Classes} classes @param {Palette} colours */
function tintsOf({ link }, { ground, classes }) {
  const [paper, ...sides] = [ground, ...classes].map(rgbOf);
  return Uint32Array.from({ length: TINTS }, (_, k) => {
    const part = k / (TINTS - 1);
    const chance = link === 'logistic' ? 1 / (1 + Math.exp(SURE * (1 - 2 * part))) : part;
    const side = sides[Number(chance > 0.5)];
    const share = FULL * Math.abs(2 * chance - 1);
    const [red, green, blue] = paper.map((value, axis) => Math.round(value + share * (side[axis] - value)));
    return (255 << 24) | (blue << 16) | (green << 8) | red;
  });
}
