// What is written around a surface, and what ties it to its floor: numbers and names along the edges that are seen, and a line
// from each walker straight down. Drawn by the page and not by Plotly, which lets letters be cut at the border.

import { ticks, titled } from '../figures/ticks.js';

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
/** From an edge to the middle of its numbers, and what they keep from the border, in pixels. */
const AWAY = 13;
const BORDER = 3;
/** Nearer to a corner than this part of its edge no number stands: the next edge's may. */
const CORNER = 0.07;
const TALL = 11;

/** @typedef {{domain: number[], low: number, high: number, axes: string[], height: string, rim: (x: number, y: number) => number}} Scene the box that a surface stands in, what its axes are called, and how high its border is */
/** @typedef {{text: string, x: number, y: number}} Written */
/** Where a walker is, and the height that the line from it leads to: the floor, or of a network the ground. @typedef {{place: [number, number, number], foot: number | null}} Dropped */

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {Scene} scene
 * @param {Dropped[]} walkers
 * @param {Palette} colours
 */
export function drawScene(context, frame, scene, walkers, colours) {
  for (const walker of walkers) dropLine(context, frame, scene, walker, colours);
  context.font = `${(11 / 12) * colours.size}px ${FONT}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  const { lines, written } = edgesOf(frame, scene);
  context.strokeStyle = colours.soft;
  context.lineWidth = 1;
  context.beginPath();
  for (const [from, to] of lines) {
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
  }
  context.stroke();
  /** @type {(Written & {width: number})[]} */
  const placed = [];
  for (const { text, x, y } of written) {
    const width = context.measureText(text).width;
    const half = width / 2 + BORDER;
    const within = {
      text,
      width,
      x: Math.min(frame.box.width - half, Math.max(half, x)),
      y: Math.min(frame.box.height - TALL / 2 - BORDER, Math.max(TALL / 2 + BORDER, y)),
    };
    const covers = placed.some(
      (other) =>
        Math.abs(other.x - within.x) < (other.width + width) / 2 + 3 && Math.abs(other.y - within.y) < TALL + 1,
    );
    if (!covers) placed.push(within);
  }
  for (const { text, x, y } of placed) {
    context.lineWidth = 3;
    context.strokeStyle = colours.ground;
    context.strokeText(text, x, y);
    context.fillStyle = colours.ink;
    context.fillText(text, x, y);
  }
}

/**
 * The three edges that are written at: two of the floor that are turned to the eye, and one upright beside them.
 * @param {Frame} frame
 * @param {Scene} scene
 * @returns {{lines: [Place, Place][], written: Written[]}} the names before the numbers, which give way
 */
export function edgesOf(frame, { domain, low, high, axes, height, rim }) {
  const [low_x, high_x, low_y, high_y] = domain;
  /** @param {number} x @param {number} y @param {number} [z] @returns {Place} */
  const at = (x, y, z = low) => {
    const spot = frame.project(x, y, z);
    return { x: spot.x, y: spot.y };
  };
  const [middle_x, middle_y] = [(low_x + high_x) / 2, (low_y + high_y) / 2];
  // Of two opposite edges the one that lies lower on the screen is nearer to the eye.
  const side_y = at(middle_x, low_y).y >= at(middle_x, high_y).y ? low_y : high_y;
  const side_x = at(low_x, middle_y).y >= at(high_x, middle_y).y ? low_x : high_x;
  const middle = at(middle_x, middle_y);
  const over = (/** @type {number} */ x, /** @type {number} */ y) => at(x, y, rim(x, y));
  const across = edgeOf((x) => [at(x, side_y), over(x, side_y)], low_x, high_x, middle, axes[0], 5);
  const along = edgeOf((y) => [at(side_x, y), over(side_x, y)], low_y, high_y, middle, axes[1], 5);
  const corner_x = side_x === low_x ? high_x : low_x;
  const inner = at(middle_x, side_y, (low + high) / 2);
  const upwards = (/** @type {number} */ z) => at(corner_x, side_y, z);
  const upright = edgeOf((z) => [upwards(z)], low, highestInside(upwards, low, high, frame.box), inner, height, 3);
  const edges = [across, along, upright];
  return {
    lines: edges.flatMap(({ line }) => (line ? [line] : [])),
    written: [...edges.map(({ name }) => name), ...edges.flatMap(({ numbers }) => numbers)],
  };
}

/** So many places along an upright edge are tried. */
const TRIED = 40;

/**
 * How far up an edge goes that is not to leave the box: where the ground at its corner is low it may stand out of it.
 * @param {(value: number) => Place} place
 * @param {number} low
 * @param {number} high
 * @param {Box} box
 */
function highestInside(place, low, high, { width, height }) {
  for (let k = TRIED; k > 0; k -= 1) {
    const value = low + (k / TRIED) * (high - low);
    const { x, y } = place(value);
    if (x >= BORDER && y >= BORDER && x <= width - BORDER && y <= height - BORDER) return value;
  }
  return high;
}

/**
 * @param {(value: number) => Place[]} places of a value along the edge: on the floor, and where the surface ends above it
 * @param {number} low
 * @param {number} high
 * @param {Place} inside the numbers stand on the other side
 * @param {string} name
 * @param {number} most numbers
 * @returns {{line: [Place, Place] | null, name: Written, numbers: Written[]}} the edge itself, where the surface does not hang over it
 */
function edgeOf(places, low, high, inside, name, most) {
  const [[from], [to]] = [places(low), places(high)];
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  let [out_x, out_y] = [(to.y - from.y) / length, (from.x - to.x) / length];
  const [middle] = places((low + high) / 2);
  if (out_x * (middle.x - inside.x) + out_y * (middle.y - inside.y) < 0) [out_x, out_y] = [-out_x, -out_y];
  const outward = (/** @type {Place} */ spot) => out_x * spot.x + out_y * spot.y;
  /** @param {number} value @returns {Place} the outermost */
  const place = (value) => places(value).reduce((one, other) => (outward(other) > outward(one) ? other : one));
  const seen = [0.1, 0.5, 0.9].every((part) => {
    const [floor, ...above] = places(low + part * (high - low));
    return above.every((spot) => outward(spot) <= outward(floor) + 1);
  });
  /** @param {Place} spot @param {string} text @param {number} far @returns {Written} */
  const beside = (spot, text, far) => ({ text, x: spot.x + far * out_x, y: spot.y + far * out_y });
  const found = ticks(low, high, false, most);
  const numbers = found.values
    .map((value, k) => ({ value, text: found.texts[k] }))
    .filter(({ value }) => Math.min(value - low, high - value) >= CORNER * (high - low))
    .map(({ value, text }) => beside(place(value), text, AWAY + 2 * Math.max(0, text.length - 2) * Math.abs(out_x)));
  const named = titled(name, found);
  return { line: seen ? [from, to] : null, name: beside(place(low + 0.985 * (high - low)), named, AWAY), numbers };
}

/** @param {CanvasRenderingContext2D} context @param {Frame} frame @param {Scene} scene @param {Dropped} walker @param {Palette} colours */
function dropLine(
  context,
  { project },
  { domain, low },
  { place: [x, y, loss], foot: ground },
  { casing, casingOuter },
) {
  if (!(x >= domain[0] && x <= domain[1] && y >= domain[2] && y <= domain[3])) return;
  const above = { ...project(x, y, loss) };
  const foot = { ...project(x, y, ground ?? low) };
  if (!(Math.hypot(foot.x - above.x, foot.y - above.y) > 2)) return;
  for (const [colour, width] of /** @type {[string, number][]} */ ([
    [casingOuter, 3],
    [casing, 1.4],
  ])) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    // A stem stands for a number of its own.
    context.setLineDash(ground === null ? [4, 3] : []);
    context.moveTo(above.x, above.y);
    context.lineTo(foot.x, foot.y);
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    context.ellipse(foot.x, foot.y, 5, 2.5, 0, 0, 2 * Math.PI);
    context.stroke();
  }
}
