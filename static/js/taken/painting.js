// The trails over the map, and the loss curve, on canvases.

import { styleOf } from '../figures/walk_styles.js';

/** More walks than that are drawn finer. */
const FEW = 8;
/** Lines are drawn straight to no further than this; a browser draws longer ones wrongly. */
const FAR = 1e5;

/**
 * @typedef {{place: number, part: number}} Moment where a walk is: at a place of its columns, and how far on to the next
 * @typedef {import('./columns.js').ReadWalk} ReadWalk
 */

/**
 * Make the canvas as sharp as the screen, empty.
 * @param {HTMLCanvasElement} canvas
 * @returns {{context: CanvasRenderingContext2D, width: number, height: number}} in the screen's own units
 */
export function cleared(canvas) {
  const { width, height } = canvas.getBoundingClientRect();
  const ratio = window.devicePixelRatio || 1;
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== across) canvas.width = across;
  if (canvas.height !== down) canvas.height = down;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.lineJoin = 'round';
  context.lineCap = 'round';
  return { context, width, height };
}

/** @param {number} value */
const near = (value) => Math.max(-FAR, Math.min(FAR, value));

/**
 * @param {ReadWalk} walk
 * @param {{low: number[], high: number[], axes: string[]}} frame
 * @param {number} width
 * @param {number} height
 * @returns {(place: number) => [number, number]} where the walk is on the canvas
 */
export function placed({ columns }, { low, high, axes }, width, height) {
  const up = axes.length === 1 ? columns.loss : columns.y;
  return (place) => [
    near(((columns.x[place] - low[0]) / (high[0] - low[0])) * width),
    near(((high[1] - up[place]) / (high[1] - low[1])) * height),
  ];
}

/**
 * @param {(place: number) => [number, number]} at
 * @param {Moment} moment
 * @returns {[number, number]}
 */
export function between(at, { place, part }) {
  const [x, y] = at(place);
  if (part === 0) return [x, y];
  const [right, down] = at(place + 1);
  return Number.isNaN(right + down) ? [x, y] : [x + part * (right - x), y + part * (down - y)];
}

/** @param {CanvasRenderingContext2D} context @param {(place: number) => [number, number]} at @param {number} from @param {number} to @param {[number, number]} [end] */
function line(context, at, from, to, end) {
  context.beginPath();
  for (let place = from; place <= to; place += 1) {
    const [x, y] = at(place);
    if (Number.isNaN(x + y)) break;
    context.lineTo(x, y);
  }
  if (end && !Number.isNaN(end[0] + end[1])) context.lineTo(...end);
  context.stroke();
}

/**
 * Draw each walk's trail as far as it has come, what is still to come faintly, and its head.
 * @param {HTMLCanvasElement} canvas
 * @param {{walk: ReadWalk, moment: Moment}[]} walks the last one over all others
 * @param {{low: number[], high: number[], axes: string[]}} frame
 * @param {Record<string, string>} colours
 */
export function paintTrails(canvas, walks, frame, colours) {
  const { context, width, height } = cleared(canvas);
  const many = walks.length > FEW;
  const [thin, radius] = many ? [1.6, 4] : [2.5, 5.5];
  const drawn = walks.map(({ walk, moment }) => {
    const at = placed(walk, frame, width, height);
    const { colour, dash } = styleOf(walk.style);
    return { walk, moment, at, head: between(at, moment), colour: colours[`c${colour}`], dash };
  });
  for (const { walk, moment, at, colour, head } of drawn) {
    context.setLineDash([]);
    context.globalAlpha = 0.3;
    context.lineWidth = 1.2;
    context.strokeStyle = colour;
    line(context, at, moment.place, walk.step.length - 1);
    context.globalAlpha = 1;
    context.lineWidth = thin + 2;
    context.strokeStyle = colours.casing;
    line(context, at, 0, moment.place, head);
  }
  for (const { moment, at, colour, dash, head } of drawn) {
    context.setLineDash(dash);
    context.lineWidth = thin;
    context.strokeStyle = colour;
    line(context, at, 0, moment.place, head);
  }
  context.setLineDash([]);
  for (const { at, colour } of drawn) dot(context, at(0), radius - 1, colours.casing, colour);
  for (const { head, colour } of drawn) dot(context, head, radius, colour, colours.casing);
}

/** @param {CanvasRenderingContext2D} context @param {[number, number]} place @param {number} radius @param {string} fill @param {string} edge */
function dot(context, [x, y], radius, fill, edge) {
  if (Number.isNaN(x + y)) return;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.strokeStyle = edge;
  context.lineWidth = 2;
  context.fill();
  context.stroke();
}

/** Above and below the curve is so much room. */
const MARGIN = 8;

/**
 * Draw the loss of each walk over the steps that the file has.
 * @param {HTMLCanvasElement} canvas
 * @param {{walk: ReadWalk, moments: ArrayLike<number>}[]} walks with the place of each of its steps among all; the last one over all others
 * @param {{last: number, thin: number}} timeline its last place, and from which on steps are missing
 * @param {import('./heights.js').Heights} heights
 * @param {Record<string, string>} colours
 */
export function paintLoss(canvas, walks, { last, thin }, heights, colours) {
  const { context, width, height } = cleared(canvas);
  const across = width / Math.max(1, last);
  context.globalAlpha = 0.5;
  context.fillStyle = colours.line;
  context.fillRect(thin * across, 0, (last - thin) * across, height);
  context.globalAlpha = 1;
  context.lineWidth = walks.length > FEW ? 1.2 : 2;
  for (const { walk, moments } of walks) {
    const { colour, dash } = styleOf(walk.style);
    context.strokeStyle = colours[`c${colour}`];
    context.setLineDash(dash);
    context.beginPath();
    for (let place = 0; place < moments.length; place += 1) {
      const part = heights.part(walk.columns.loss[place]);
      if (!Number.isNaN(part)) context.lineTo(moments[place] * across, height - MARGIN - part * (height - 2 * MARGIN));
    }
    context.stroke();
  }
}
