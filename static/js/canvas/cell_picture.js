// The picture of a map's cells, and what is told beside one of them.

import { fraction } from '../state/map_cells.js';
import { dressed, paintCells } from './cell_paint.js';

/** Height of a map with one axis, in pixels. */
export const STRIP = 24;
/** A tip stands so far beside its cell, and no higher than so far below the picture's upper border. */
const BESIDE = 14;
const HIGHEST = 40;

/** @param {HTMLCanvasElement} canvas */
export function clearCells(canvas) {
  canvas.getContext('2d')?.clearRect(0, 0, canvas.width, canvas.height);
}

/**
 * Colours each pixel as the cell that lies there, by the axes of the picture: cells of another window lie where they belong.
 * @param {HTMLCanvasElement} canvas
 * @param {PlotFrame | null} frame
 * @param {MapCells} cells
 * @param {number} version of the cells
 * @param {Palette} colours
 */
export function drawCells(canvas, frame, cells, version, colours) {
  if (!frame || cells.stride === 0) return;
  const ratio = devicePixelRatio || 1;
  place(canvas, frame.box, ratio);
  const context = canvas.getContext('2d');
  if (!context) return;
  const [across, up] = [columnsOf(canvas, frame, cells, ratio), rowsOf(canvas, frame, cells, ratio)];
  const { paint, paints } = dressed(cells, version, colours);
  const picture = context.createImageData(canvas.width, canvas.height);
  paintCells(new Uint32Array(picture.data.buffer), across, up, paints, cells.columns, paint, ratio);
  context.putImageData(picture, 0, 0);
}

/** @param {HTMLCanvasElement} canvas @param {Box} box @param {number} ratio */
function place(canvas, { left, top, width, height }, ratio) {
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  Object.assign(canvas.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
}

/** @param {HTMLCanvasElement} canvas @param {PlotFrame} frame @param {MapCells} cells @param {number} ratio */
function columnsOf(canvas, { invert }, cells, ratio) {
  const { axes } = cells;
  const part = (/** @type {number} */ x) => fraction(axes[0], invert((x + 0.5) / ratio, 0)[0]);
  return Int32Array.from({ length: canvas.width }, (_, x) => cells.nearest(part(x), 0));
}

/** @param {HTMLCanvasElement} canvas @param {PlotFrame} frame @param {MapCells} cells @param {number} ratio */
function rowsOf(canvas, { box, invert }, cells, ratio) {
  const { axes } = cells;
  return Int32Array.from({ length: canvas.height }, (_, y) => {
    const at = (y + 0.5) / ratio;
    if (axes.length === 1) return at >= box.height - STRIP ? 0 : -1;
    return cells.nearest(fraction(axes[1], invert(0, at)[1]), 1);
  });
}

/**
 * Puts a tip beside the middle of a cell.
 * @param {HTMLElement} tip
 * @param {PlotFrame} frame
 * @param {MapCell} cell
 */
export function placeTip(tip, { box, project }, { x, y }) {
  const spot = project(x, y ?? 0, 0);
  const [across, down] = [spot.x, y === null ? box.height - 2 * STRIP : spot.y];
  const to_the_left = across > box.width / 2;
  tip.classList.toggle('left', to_the_left);
  tip.style.left = `${box.left + across + (to_the_left ? -BESIDE : BESIDE)}px`;
  tip.style.top = `${box.top + Math.max(down, HIGHEST)}px`;
}
