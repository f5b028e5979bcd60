// Where the axes of a figure lie in its box, and their ticks: what plotly.js finds for the page, found for a plot that is drawn
// without it. Pure.

import { ticks } from './ticks.js';

/** Pixels that a number along an axis needs, across and upright. */
const ROOM = { x: 64, y: 34 };
const FEWEST = 2;
const MOST = 7;

/**
 * @typedef {{
 *   _offset: number, _length: number, range: number[],
 *   d2p: (value: number) => number, p2d: (pixel: number) => number,
 *   ticks: {at: number, text: string}[],
 * }} Axis  its offset from the box's edge and its length are called what plotly.js calls them
 */

/**
 * @param {any} layout of a figure
 * @param {{width: number, height: number}} size of its box
 * @returns {{width: number, height: number, xaxis: Axis, yaxis: Axis}}
 */
export function axesOf(layout, { width, height }) {
  const { l = 0, r = 0, t = 0, b = 0 } = layout.margin ?? {};
  const [across, up] = [layout.xaxis, layout.yaxis];
  let [wide, high] = [Math.max(1, width - l - r), Math.max(1, height - t - b)];
  let [left, top] = [l, t];
  if (up.scaleanchor) {
    // To scale: what is left over lies on both sides.
    const [units_x, units_y] = [across.range[1] - across.range[0], up.range[1] - up.range[0]];
    const scale = Math.min(wide / units_x, high / units_y);
    left += (wide - scale * units_x) / 2;
    top += (high - scale * units_y) / 2;
    [wide, high] = [scale * units_x, scale * units_y];
  }
  return {
    width,
    height,
    xaxis: axis(across, left, wide, false),
    yaxis: axis(up, top, high, true),
  };
}

/** @param {any} of @param {number} offset @param {number} length @param {boolean} is_upright @returns {Axis} */
function axis(of, offset, length, is_upright) {
  const [low, high] = of.range;
  const from = is_upright ? high : low;
  const scale = length / (is_upright ? low - high : high - low);
  const d2p = (/** @type {number} */ value) => (value - from) * scale + 0;
  return {
    _offset: offset,
    _length: length,
    range: of.range,
    d2p,
    p2d: (pixel) => from + pixel / scale,
    ticks: ticksOf(of, Math.floor(length / (is_upright ? ROOM.y : ROOM.x))).map(([value, text]) => ({
      at: d2p(value),
      text,
    })),
  };
}

/** @param {any} axis @param {number} room for how many @returns {[number, string][]} */
function ticksOf({ range: [low, high], tickvals, ticktext, nticks = MOST }, room) {
  if (tickvals) return tickvals.map((/** @type {number} */ value, /** @type {number} */ k) => [value, ticktext[k]]);
  let most = Math.max(FEWEST, Math.min(nticks, room));
  let found = ticks(low, high, false, most);
  // One number alone says nothing of how long a unit is.
  while (found.values.length < FEWEST && most < MOST) found = ticks(low, high, false, (most += 1));
  return found.values.map((value, k) => [value, found.texts[k]]);
}
