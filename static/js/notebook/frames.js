// What a notebook shows of walks, in numbers: places in the picture, when which step is shown, what is said of it. Pure.

import { Reel, scheduleOf } from '../state/film.js';
import { formatNumber } from '../words/numbers.js';

/**
 * A walk as it is sent: columns at the picture's steps, as far as it went; null is no finite number. Of a curve, whose
 * height is the loss, there is no y.
 * @typedef {{label: string, style: number, message: string, x: (number | null)[], y?: (number | null)[],
 *   loss: (number | null)[], gradient_norm: (number | null)[]}} ShownWalk
 */

/**
 * What is shown: the ground as SVG in units of the picture, whose sides are those of the box, and the walks on it.
 * @typedef {{width: number, height: number, box: [number, number, number, number], ground: string, curve: boolean,
 *   steps: number[], walks: ShownWalk[], legend: {style: number, text: string}[], left_out: string,
 *   colours: Record<string, [string, string]>}} ShownPicture
 */

/** Places of a walk in units of the picture. @typedef {{x: Float64Array, y: Float64Array}} Places */

/** Who is so many pictures away is drawn as if it were that far: browsers draw larger numbers wrongly. */
const FAR = 20;

/** @param {ShownPicture} picture @param {ShownWalk} walk @returns {Places} NaN where there is none */
export function placesOf({ width, height, box: [left, right, bottom, top], curve }, walk) {
  const up = (curve ? walk.loss : walk.y) ?? [];
  const places = { x: new Float64Array(walk.x.length), y: new Float64Array(walk.x.length) };
  walk.x.forEach((value, k) => {
    const across = ((value ?? NaN) - left) / (right - left) - 0.5;
    const down = (top - (up[k] ?? NaN)) / (top - bottom) - 0.5;
    const away = Math.max(1, (2 * Math.max(Math.abs(across), Math.abs(down))) / FAR);
    places.x[k] = (0.5 + across / away) * width;
    places.y[k] = (0.5 + down / away) * height;
  });
  return places;
}

/**
 * When each of the picture's steps is shown: by how far what moves most moves within the picture.
 * @param {ShownPicture} picture
 * @param {Places[]} all
 * @returns {Reel}
 */
export function reelOf({ width, height, steps }, all) {
  const last = steps.length - 1;
  const moves = new Float64Array(last);
  for (const { x, y } of all) {
    for (let k = 0; k + 1 < x.length; k += 1) {
      const across = within(x[k + 1], width) - within(x[k], width);
      const moved = Math.hypot(across, within(y[k + 1], height) - within(y[k], height));
      if (moved > moves[k]) moves[k] = moved;
    }
  }
  return new Reel(scheduleOf(moves, last));
}

/** @param {number} value @param {number} most */
const within = (value, most) => Math.max(0, Math.min(value, most));

/**
 * @param {Places} places
 * @param {number} position which of the picture's steps is shown; it may lie between two
 * @returns {[number, number] | null} where the walk is then; at its last place where it has ended; null where it is nowhere
 */
export function placeAt({ x, y }, position) {
  const last = x.length - 1;
  const k = Math.min(Math.floor(position), last);
  const next = Math.min(k + 1, last);
  const part = Math.min(position, last) - k;
  const place = /** @type {[number, number]} */ ([x[k] + part * (x[next] - x[k]), y[k] + part * (y[next] - y[k])]);
  if (place.every(Number.isFinite)) return place;
  const known = lastKnown(x, y, k);
  return known < 0 ? null : [x[known], y[known]];
}

/** @param {Float64Array} x @param {Float64Array} y @param {number} from @returns {number} the last place that is one, or -1 */
function lastKnown(x, y, from) {
  let k = from;
  while (k >= 0 && !Number.isFinite(x[k] + y[k])) k -= 1;
  return k;
}

/**
 * @param {Places} places
 * @param {number} position
 * @returns {string} the way until then as SVG path data
 */
export function trailTo(places, position) {
  const { x, y } = places;
  const end = Math.min(Math.floor(position), x.length - 1);
  const points = [];
  for (let k = 0; k <= end; k += 1) if (Number.isFinite(x[k] + y[k])) points.push(`${round(x[k])} ${round(y[k])}`);
  const head = placeAt(places, position);
  if (head && position > end) points.push(`${round(head[0])} ${round(head[1])}`);
  // A line of no length is drawn as a dot.
  return points.length > 0 ? `M${points.length > 1 ? points.join('L') : `${points[0]}h0`}` : '';
}

/** @param {number} value */
const round = (value) => Math.round(10 * value) / 10;

/**
 * @param {Places[]} all
 * @param {number} x in units of the picture
 * @param {number} y
 * @param {number} reach
 * @returns {{walk: number, k: number} | null} the place of a walk that is nearest, and not farther than this
 */
export function nearest(all, x, y, reach) {
  let found = null;
  let least = reach;
  all.forEach((places, walk) => {
    for (let k = 0; k < places.x.length; k += 1) {
      const away = Math.hypot(places.x[k] - x, places.y[k] - y);
      if (away <= least) [found, least] = [{ walk, k }, away];
    }
  });
  return found;
}

/** @param {ShownWalk} walk @param {number} k @returns {string} where the walk is, and what the loss is there */
export function numbersAt({ x, y, loss, gradient_norm }, k) {
  /** @param {number | null} value */
  const said = (value) => formatNumber(value ?? NaN);
  const place = y ? `(${said(x[k])}, ${said(y[k])})` : `x = ${said(x[k])}`;
  return `${place} · loss ${said(loss[k])} · gradient ${said(gradient_norm[k])}`;
}

/**
 * @param {ShownPicture} picture
 * @param {number} k which of the picture's steps
 * @returns {string} which step is shown; of a single walk also its numbers
 */
export function readoutAt({ steps, walks }, k) {
  const said = `Step ${steps[k]} of ${steps[steps.length - 1]}`;
  return walks.length > 1 ? said : `${said} · ${numbersAt(walks[0], Math.min(k, walks[0].x.length - 1))}`;
}

/**
 * @param {ShownPicture} picture
 * @param {number} style
 * @param {number} k which of the picture's steps
 * @returns {string} the loss of the walk of this style, or the lowest of several; of those that have ended, where they are
 */
export function lowestAt({ walks }, style, k) {
  const own = walks.filter((walk) => walk.style === style);
  const losses = own.map(({ loss }) => loss[Math.min(k, loss.length - 1)] ?? Infinity);
  return `${own.length > 1 ? 'lowest loss' : 'loss'} ${formatNumber(Math.min(...losses))}`;
}

/** @param {number[]} steps ascending @param {number} step @returns {number} which of them is the last that is not later; the first where none is */
export function indexOf(steps, step) {
  let k = 0;
  while (k + 1 < steps.length && steps[k + 1] <= step) k += 1;
  return k;
}

/** @param {Iterable<number>} pixel red, green, blue and what covers, from 0 to 255 @returns {number | null} its brightness from 0 to 1; null where it is clear */
export function brightnessOf([red, green, blue, alpha]) {
  return alpha < 128 ? null : (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}

/**
 * @param {string} address of an image
 * @param {string} name
 * @returns {boolean} whether it holds the SVG with this name, however it is written
 */
export function holdsSvg(address, name) {
  const [, encoding, content] = /^data:image\/svg\+xml([^,]*),(.*)$/s.exec(address) ?? [];
  if (content === undefined) return false;
  return (encoding.endsWith(';base64') ? atob(content) : content).includes(name);
}
