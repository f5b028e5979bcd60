// The ground as a map has it: the tint of each height, and where the numbers of contour lines stand. What is drawn, levels,
// lines and shades, comes from the server with the losses; its own pictures are drawn from the same. Pure.

import { rgbOf } from './palette.js';

/**
 * How far up each loss lies, from 0 for the lowest to 1; null where there is none.
 * @param {(number | null)[][]} loss
 * @param {Relief} relief
 * @returns {(number | null)[][]}
 */
export function tints(loss, { lowest, highest, root }) {
  if (lowest === null || highest === null) return loss.map((row) => row.map(() => null));
  const range = highest - lowest || 1;
  // The square root is exact where a power may not be.
  const power = root === 2 ? Math.sqrt : (/** @type {number} */ part) => part ** (1 / root);
  return loss.map((row) =>
    row.map((value) => (value === null ? null : power(Math.min(1, Math.max(0, (value - lowest) / range))))),
  );
}

/** @param {number} loss @param {Relief} relief @returns {number} how far up it lies */
export function tintOf(loss, relief) {
  return tints([[loss]], relief)[0][0] ?? 0;
}

/** So many colours are told apart between the lowest and the highest. */
export const SHADES = 256;

/**
 * The colours of all heights, even to the eye because those of the palette are.
 * @param {string[]} heights of the palette, lowest first
 * @returns {Triple[]}
 */
export function tintColours(heights) {
  const anchors = heights.map(rgbOf);
  return Array.from({ length: SHADES }, (_, index) => {
    const place = (index / (SHADES - 1)) * (anchors.length - 1);
    const below = Math.min(anchors.length - 2, Math.floor(place));
    const part = place - below;
    return /** @type {Triple} */ (
      anchors[below].map((value, axis) => Math.round(value + part * (anchors[below + 1][axis] - value)))
    );
  });
}

/** @param {Triple} colour @returns {number} how bright it is, from 0 to 1, as contrast is reckoned (WCAG 2) */
export function luminance(colour) {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {Triple} one @param {Triple} other @returns {number} how well they tell apart, from 1 to 21 (WCAG 2) */
export function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** Brighter than this, ground has dark lines and letters. */
const BRIGHT = 0.1791;

/** @param {Triple} colour @returns {boolean} whether dark lines and letters are the ones that are seen on it */
export function isBright(colour) {
  return luminance(colour) > BRIGHT;
}

/** @typedef {{x: number, y: number, angle: number, text: string, width: number, loss: number}} Label in pixels and radians */
/** @typedef {{x: number, y: number, radius: number}} Spot2 what no number may cover */

/** From the middle of a number to the next one, in pixels, at least. */
const APART = 96;
/** Between a number and the border, or what it must not cover. */
const CLEAR = 6;
/** Along the left and the lower border stand the numbers of the axes. */
const BORDER = { left: 46, right: 10, top: 10, bottom: 34 };
const STEP = 8;
/** No more than so many on a picture of so many square pixels. */
const AREA = 26000;
const TALL = 12;

/**
 * Where the numbers of the numbered contour lines stand: along their line where it is straight for as long as they are,
 * level rather than steep, one beside each other's, and over nothing that is marked.
 * @param {{text: string, loss: number, width: number, pieces: Place[][]}[]} lines in pixels
 * @param {{width: number, height: number}} box
 * @param {Spot2[]} taken
 * @returns {Label[]}
 */
export function placeLabels(lines, box, taken) {
  const most = Math.max(lines.length, Math.floor((box.width * box.height) / AREA));
  const candidates = lines
    .flatMap((line) => line.pieces.flatMap((piece) => candidatesOf(line, piece, box, taken)))
    .sort((one, other) => one.cost - other.cost);
  /** @type {Label[]} */
  const placed = [];
  // Each line's best place first, so that every loss is told before one is told again.
  for (const again of [false, true]) {
    for (const { label } of candidates) {
      if (placed.length >= most) break;
      const same = placed.filter(({ loss }) => loss === label.loss);
      if ((!again && same.length > 0) || same.length > 1) continue;
      if (placed.some((other) => Math.hypot(other.x - label.x, other.y - label.y) < APART)) continue;
      if (again && same.some((other) => Math.hypot(other.x - label.x, other.y - label.y) < 3 * APART)) continue;
      placed.push(label);
    }
  }
  return placed;
}

/**
 * @param {{text: string, loss: number, width: number}} line
 * @param {Place[]} piece
 * @param {{width: number, height: number}} box
 * @param {Spot2[]} taken
 * @returns {{label: Label, cost: number}[]}
 */
function candidatesOf({ text, loss, width }, piece, box, taken) {
  const along = lengths(piece);
  const whole = along[along.length - 1];
  const need = width + 2 * CLEAR;
  const found = [];
  for (let from = STEP; from + need <= whole - STEP; from += STEP) {
    const [begin, middle, end] = [from, from + need / 2, from + need].map((length) => at(piece, along, length));
    const chord = Math.hypot(end.x - begin.x, end.y - begin.y);
    const bent = 1 - chord / need;
    if (bent > 0.06) continue;
    const [x, y] = [(begin.x + 2 * middle.x + end.x) / 4, (begin.y + 2 * middle.y + end.y) / 4];
    const angle = upright(Math.atan2(end.y - begin.y, end.x - begin.x));
    if (!fits(x, y, angle, width, box)) continue;
    if (taken.some((spot) => distance(spot, begin, end) < spot.radius + TALL / 2 + 2)) continue;
    found.push({
      label: { x, y, angle, text, width, loss },
      cost: 6 * bent + Math.abs(angle) / 3 + Math.abs(x / box.width - 0.55) + Math.abs(y / box.height - 0.5),
    });
  }
  return found;
}

/** @param {Place[]} piece @returns {number[]} how far along it each of its points is */
function lengths(piece) {
  const along = [0];
  for (let k = 1; k < piece.length; k += 1)
    along.push(along[k - 1] + Math.hypot(piece[k].x - piece[k - 1].x, piece[k].y - piece[k - 1].y));
  return along;
}

/** @param {Place[]} piece @param {number[]} along @param {number} length @returns {Place} */
function at(piece, along, length) {
  let [low, high] = [0, along.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (along[middle] <= length) low = middle;
    else high = middle;
  }
  const part = (length - along[low]) / (along[high] - along[low] || 1);
  return {
    x: piece[low].x + part * (piece[high].x - piece[low].x),
    y: piece[low].y + part * (piece[high].y - piece[low].y),
  };
}

/** @param {number} angle @returns {number} the same direction, so that letters are not upside down */
function upright(angle) {
  return angle > Math.PI / 2 ? angle - Math.PI : angle < -Math.PI / 2 ? angle + Math.PI : angle;
}

/** @param {number} x @param {number} y @param {number} angle @param {number} width @param {{width: number, height: number}} box */
function fits(x, y, angle, width, box) {
  const [across, up] = [Math.cos(angle), Math.sin(angle)].map(Math.abs);
  const [half_x, half_y] = [(width * across + TALL * up) / 2, (width * up + TALL * across) / 2];
  return (
    x - half_x >= BORDER.left &&
    x + half_x <= box.width - BORDER.right &&
    y - half_y >= BORDER.top &&
    y + half_y <= box.height - BORDER.bottom
  );
}

/** @param {Place} spot @param {Place} from @param {Place} to @returns {number} how far it is from the line between them */
function distance(spot, from, to) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const part = ((spot.x - from.x) * dx + (spot.y - from.y) * dy) / (dx * dx + dy * dy || 1);
  const near = Math.min(1, Math.max(0, part));
  return Math.hypot(spot.x - from.x - near * dx, spot.y - from.y - near * dy);
}

/**
 * The pieces of a line whose points have a null after each piece.
 * @param {(number | null)[]} x
 * @param {(number | null)[]} y
 * @param {(x: number, y: number) => Place} project
 * @returns {Place[][]}
 */
export function piecesOf(x, y, project) {
  /** @type {Place[][]} */
  const pieces = [];
  /** @type {Place[]} */
  let piece = [];
  x.forEach((value, k) => {
    const other = y[k];
    if (value !== null && other !== null) {
      const { x: px, y: py } = project(value, other);
      piece.push({ x: px, y: py });
    } else {
      if (piece.length > 1) pieces.push(piece);
      piece = [];
    }
  });
  if (piece.length > 1) pieces.push(piece);
  return pieces;
}
