// The ground of the map: tints and shades on one canvas, which lies under the cells of a map of starts, contour lines with
// their numbers on another, which lies over them. Drawn once for each landscape and size; nothing of it moves.

import { SHADES, isBright, piecesOf, placeLabels, tintColours, tintOf, tints } from '../figures/relief.js';
import { formatNumber } from '../words/numbers.js';

/** Tints change so little that one pixel of theirs is so many of the page. */
const PIXEL = 2;
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
/** What a number must not cover: the ring at the start, and the signs of stationary points. */
const RING = 15;
const SIGN = 9;

export class Ground {
  /** @param {HTMLElement} under holds the canvas of tints @param {HTMLElement} over holds the canvas of lines */
  constructor(under, over) {
    this.tints = /** @type {HTMLCanvasElement} */ (under.querySelector('canvas'));
    this.lines = /** @type {HTMLCanvasElement} */ (over.querySelector('canvas'));
    /** The numbers that are drawn. @type {import('../figures/relief.js').Label[]} */
    this.labels = [];
    /** What is drawn. */
    this.drawn = '';
  }

  /**
   * @param {PlotFrame | null} frame
   * @param {Landscape | null} landscape
   * @param {number[]} start which no number covers
   * @param {Palette} colours
   * @param {number} [ratio] of the canvases' pixels to CSS pixels
   */
  draw(frame, landscape, start, colours, ratio = devicePixelRatio || 1) {
    const relief = landscape?.grid.relief;
    if (!frame || !landscape?.grid.y || !relief) return this.clear();
    const corners = [...frame.invert(0, 0), ...frame.invert(frame.box.width, frame.box.height)];
    const key = [landscape.key, Object.values(frame.box), corners, colours.ground, ratio, start].join();
    if (key === this.drawn) return;
    this.drawn = key;
    fit(this.tints, frame.box, 1 / PIXEL);
    paintTints(this.tints, frame, landscape.grid, relief, colours);
    fit(this.lines, frame.box, ratio);
    const context = /** @type {CanvasRenderingContext2D} */ (this.lines.getContext('2d'));
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, frame.box.width, frame.box.height);
    const taken = landscape.stationary_points.map(({ point }) => ({ ...place(frame, point), radius: SIGN }));
    if (start.length > 1) taken.push({ ...place(frame, start), radius: RING });
    this.labels = paintLines(context, frame, relief, taken, colours);
  }

  /** Whether a number stands where the ring is now. @param {PlotFrame | null} frame @param {number[]} start @returns {boolean} */
  isCovered(frame, start) {
    if (!frame || start.length < 2) return false;
    const { x, y } = place(frame, start);
    return this.labels.some((label) => Math.hypot(label.x - x, label.y - y) < RING + label.width / 2);
  }

  clear() {
    this.labels = [];
    this.drawn = '';
    for (const canvas of [this.tints, this.lines]) Object.assign(canvas, { width: 1, height: 1 });
  }
}

/** @param {PlotFrame} frame @param {number[]} point @returns {Place} */
function place(frame, [x, y]) {
  // The frame tells all places in one and the same record.
  const spot = frame.project(x, y, 0);
  return { x: spot.x, y: spot.y };
}

/** @param {HTMLCanvasElement} canvas @param {Box} box @param {number} ratio */
function fit(canvas, { left, top, width, height }, ratio) {
  const size = { width: Math.max(1, Math.round(width * ratio)), height: Math.max(1, Math.round(height * ratio)) };
  if (canvas.width !== size.width || canvas.height !== size.height) Object.assign(canvas, size);
  const style = { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` };
  Object.assign(canvas.style, style);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {PlotFrame} frame
 * @param {Grid} grid
 * @param {Relief} relief
 * @param {Palette} colours
 */
function paintTints(canvas, frame, { x, y = [], loss }, relief, { heights, lit, shadow, shading }) {
  const context = canvas.getContext('2d');
  const { width, height } = canvas;
  const image = context?.createImageData(width, height);
  if (!context || !image) return;
  const table = tintColours(heights);
  const part = tints(loss, relief);
  const { shade } = relief;
  if (!shade) return;
  const [left, top] = frame.invert(0, 0);
  const [right, bottom] = frame.invert(frame.box.width, frame.box.height);
  const columns = cellsAlong(width, left, right, x);
  const rows = cellsAlong(height, top, bottom, y);
  const { data } = image;
  for (let row = 0; row < height; row += 1) {
    const [i, v] = rows[row];
    for (let column = 0; column < width; column += 1) {
      const [j, u] = columns[column];
      const here = between(part, i, j, u, v);
      if (Number.isNaN(here)) continue;
      const colour = table[Math.round(here * (SHADES - 1))];
      const turned = between(shade, i, j, u, v) / 100;
      const light = turned > 0 ? lit : shadow;
      const share = turned > 0 ? shading.lit * turned : -shading.shadow * turned;
      const k = 4 * (row * width + column);
      for (let axis = 0; axis < 3; axis += 1) data[k + axis] = colour[axis] + share * (light[axis] - colour[axis]);
      data[k + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}

/**
 * In which stretch between two values each pixel lies, and how far along it.
 * @param {number} count of pixels
 * @param {number} from
 * @param {number} to
 * @param {number[]} values evenly spaced
 * @returns {[number, number][]}
 */
function cellsAlong(count, from, to, values) {
  const last = values.length - 1;
  return Array.from({ length: count }, (_, pixel) => {
    const value = from + ((pixel + 0.5) / count) * (to - from);
    const where = Math.min(last, Math.max(0, ((value - values[0]) / (values[last] - values[0])) * last));
    const stretch = Math.min(last - 1, Math.floor(where));
    return [stretch, where - stretch];
  });
}

/** @param {(number | null)[][]} grid @param {number} i @param {number} j @param {number} u @param {number} v @returns {number} NaN where a corner is missing */
function between(grid, i, j, u, v) {
  const below = grid[i];
  const above = grid[i + 1];
  // Without lists: this is done for each of many pixels.
  const a = below[j];
  const b = below[j + 1];
  const c = above[j];
  const d = above[j + 1];
  if (a === null || b === null || c === null || d === null) return NaN;
  return (1 - v) * ((1 - u) * a + u * b) + v * ((1 - u) * c + u * d);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {PlotFrame} frame
 * @param {Relief} relief
 * @param {import('../figures/relief.js').Spot2[]} taken
 * @param {Palette} colours
 */
function paintLines(context, frame, relief, taken, colours) {
  const table = tintColours(colours.heights);
  const drawn = relief.lines.map((line) => ({
    ...line,
    pieces: piecesOf(line.x, line.y, (x, y) => frame.project(x, y, 0)),
    ground: table[Math.round(tintOf(line.loss, relief) * (SHADES - 1))],
  }));
  context.font = `600 ${(11 / 12) * colours.size}px ${FONT}`;
  context.lineJoin = 'round';
  const numbered = drawn
    .filter((line) => line.numbered)
    .map((line) => {
      const text = formatNumber(line.loss).replace('-', '−');
      return { ...line, text, width: context.measureText(text).width };
    });
  const labels = placeLabels(numbered, frame.box, taken);
  for (const { pieces, ground, numbered: heavy } of drawn) {
    context.lineWidth = heavy ? 1.6 : 0.8;
    context.strokeStyle = isBright(ground) ? colours.contour : colours.contourDeep;
    context.beginPath();
    for (const piece of pieces) {
      context.moveTo(piece[0].x, piece[0].y);
      for (const { x, y } of piece) context.lineTo(x, y);
    }
    context.stroke();
  }
  for (const label of labels)
    paintLabel(context, label, table[Math.round(tintOf(label.loss, relief) * (SHADES - 1))], colours);
  return labels;
}

/**
 * A number on its line's own tint, dark or bright, whichever is seen better.
 * @param {CanvasRenderingContext2D} context
 * @param {import('../figures/relief.js').Label} label
 * @param {Triple} tint
 * @param {Palette} colours
 */
function paintLabel(context, { x, y, angle, text }, tint, { number, numberDeep }) {
  context.save();
  context.translate(x, y);
  context.rotate(angle);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineWidth = 4;
  context.strokeStyle = `rgb(${tint.join()})`;
  context.strokeText(text, 0, 0.5);
  context.fillStyle = isBright(tint) ? number : numberDeep;
  context.fillText(text, 0, 0.5);
  context.restore();
}
