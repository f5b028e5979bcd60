// The quadratic of the point that is looked at, as it lies on the map: level lines, its eigenvectors as bars, and the
// centre. The numbers are the server's.

import { formatNumber } from '../words/numbers.js';

/** @typedef {{from: Place, to: Place, curvature: number, whole: boolean}} Bar `whole` where it is not cut */

/** Half of the longest bar, as a part of the picture's shorter side. */
const LONGEST = 0.2;
/** Half of the shortest bar in pixels: a sharper direction than that would be a dot. */
const SHORTEST = 12;
/** A curvature below this part of the largest is what rounding left of zero. */
const ROUNDING = 1e-12;
const DASH = [5, 4];
/** Further away than this many pixels nothing is drawn: a canvas's own numbers are not endless. */
const FAR = 1e5;
const FONT = '600 12px system-ui, sans-serif';

/**
 * Both bars end where the bend of the quadratic, along them, has changed the loss equally much: their lengths go as
 * 1/√|λ|, as the axes of the level lines do.
 * @param {LocalQuadratic} local
 * @param {Frame} frame
 * @returns {Bar[]} one for each eigenvector, through the point; none where nothing is curved
 */
export function bars({ point, eigenvalues, eigenvectors }, { box, project }) {
  const place = (/** @type {number} */ x, /** @type {number} */ y) => ({ ...project(x, y, 0) });
  const middle = place(point[0], point[1]);
  const largest = Math.max(...eigenvalues.map(Math.abs));
  if (!(largest > 0)) return [];
  const reaches = eigenvectors.map(([along_x, along_y], index) => {
    const tip = place(point[0] + along_x, point[1] + along_y);
    const curvature = Math.abs(eigenvalues[index]) > ROUNDING * largest ? eigenvalues[index] : 0;
    const unit = { x: tip.x - middle.x, y: tip.y - middle.y };
    return { unit, curvature, reach: Math.hypot(unit.x, unit.y) / Math.sqrt(Math.abs(curvature)) };
  });
  const most = LONGEST * Math.min(box.width, box.height);
  const scale = Math.max(
    most / Math.max(...reaches.map(({ reach }) => reach)),
    SHORTEST / Math.min(...reaches.map(({ reach }) => reach)),
  );
  return reaches.map(({ unit, curvature, reach }) => {
    const half = Math.min(most, scale * reach);
    const part = half / Math.hypot(unit.x, unit.y);
    const [dx, dy] = [part * unit.x, part * unit.y];
    return {
      from: { x: middle.x - dx, y: middle.y - dy },
      to: { x: middle.x + dx, y: middle.y + dy },
      curvature,
      whole: scale * reach <= most * (1 + 1e-9),
    };
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {LocalQuadratic} local
 * @param {Palette} colours
 */
export function drawQuadratic(context, frame, local, colours) {
  const { project } = frame;
  for (const { level, x, y } of local.lines) {
    const path = line(x.map((value, index) => ({ ...project(value, y[index], 0) })));
    // The level of the point itself goes through it.
    dashed(context, path, level === local.loss ? 2 : 1.2, colours);
  }
  if (local.centre) centre(context, project(local.centre[0], local.centre[1], 0), colours);
  const taken = local.centre && { ...project(local.centre[0], local.centre[1], 0) };
  for (const bar of bars(local, frame)) drawBar(context, frame, bar, taken, colours);
}

/**
 * On a curve: the parabola that touches it at the point, and its lowest or highest place.
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {LocalQuadratic} local
 * @param {Palette} colours
 */
export function drawParabola(context, { project }, local, colours) {
  if (!local.curve) return;
  const { x, loss } = local.curve;
  dashed(context, line(x.map((value, index) => ({ ...project(value, 0, loss[index]) }))), 2, colours);
  if (local.centre) centre(context, project(local.centre[0], 0, heightOf(local, local.centre[0])), colours);
}

/** @param {LocalQuadratic} local of a curve @param {number} x @returns {number} the parabola's height */
export function heightOf({ point, loss, gradient, hessian }, x) {
  const away = x - point[0];
  return loss + gradient[0] * away + (hessian[0][0] * away ** 2) / 2;
}

/** @param {Place[]} places @returns {Path2D} through all of them that are not far away */
function line(places) {
  const path = new Path2D();
  let apart = true;
  for (const { x, y } of places) {
    const near = Math.abs(x) < FAR && Math.abs(y) < FAR;
    if (near && apart) path.moveTo(x, y);
    else if (near) path.lineTo(x, y);
    apart = !near;
  }
  return path;
}

/** @param {CanvasRenderingContext2D} context @param {Path2D} path @param {number} width @param {Palette} colours */
function dashed(context, path, width, colours) {
  context.lineCap = 'butt';
  context.setLineDash(DASH);
  stroke(context, path, width + 2, colours.casing, 0.5);
  stroke(context, path, width, colours.theory, 1);
  context.setLineDash([]);
}

/** Where a full step of Newton, or of the optimizer whose quadratic it is, would land: a ring with four ticks, to be seen around a minimum's own mark. @param {CanvasRenderingContext2D} context @param {Place} place @param {Palette} colours */
function centre(context, { x, y }, colours) {
  if (!(Math.abs(x) < FAR && Math.abs(y) < FAR)) return;
  const mark = new Path2D();
  mark.arc(x, y, 9, 0, 2 * Math.PI);
  for (const [dx, dy] of [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ]) {
    mark.moveTo(x + 9 * dx, y + 9 * dy);
    mark.lineTo(x + 15 * dx, y + 15 * dy);
  }
  outlined(context, mark, 2, colours);
}

/**
 * A bar, a stop at each end where it is not cut, and its curvature in numbers.
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {Bar} bar
 * @param {Place | null} taken the centre's place, which no number should cover
 * @param {Palette} colours
 */
function drawBar(context, { box }, { from, to, curvature, whole }, taken, colours) {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const [dx, dy] = [(to.x - from.x) / length, (to.y - from.y) / length];
  const path = new Path2D();
  path.moveTo(from.x, from.y);
  path.lineTo(to.x, to.y);
  for (const { x, y } of whole ? [from, to] : []) {
    path.moveTo(x - 5 * dy, y + 5 * dx);
    path.lineTo(x + 5 * dy, y - 5 * dx);
  }
  outlined(context, path, 2, colours);
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  // Of a point that is not in the picture both numbers would stand in one corner.
  if (!isInside(middle, box)) return;
  // The number stands beyond the end that has more room.
  const room = (/** @type {Place} */ { x, y }) =>
    Math.min(x, box.width - x, y, box.height - y, taken ? Math.hypot(x - taken.x, y - taken.y) : Infinity);
  const [end, way] = room(to) >= room(from) ? [to, 1] : [from, -1];
  write(context, box, `λ ${formatNumber(curvature, 3).replace('-', '−')}`, end, { x: way * dx, y: way * dy }, colours);
}

/** @param {Place} place @param {Frame['box']} box */
function isInside({ x, y }, { width, height }) {
  return x >= 0 && x <= width && y >= 0 && y <= height;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Frame['box']} box
 * @param {string} text
 * @param {Place} end what it stands beside; it stays in the picture
 * @param {Place} beyond the direction in which it stands, a unit vector
 * @param {Palette} colours
 */
function write(context, box, text, end, beyond, colours) {
  context.font = FONT;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const half = context.measureText(text).width / 2 + 4;
  const away = 6 + half * Math.abs(beyond.x) + 7 * Math.abs(beyond.y);
  const [x, y] = [end.x + away * beyond.x, end.y + away * beyond.y];
  const place = [Math.max(half, Math.min(box.width - half, x)), Math.max(9, Math.min(box.height - 9, y))];
  context.lineJoin = 'round';
  context.lineWidth = 4;
  context.strokeStyle = colours.casing;
  context.strokeText(text, place[0], place[1]);
  context.fillStyle = colours.theory;
  context.fillText(text, place[0], place[1]);
}

/** @param {CanvasRenderingContext2D} context @param {Path2D} path @param {number} width @param {Palette} colours */
function outlined(context, path, width, colours) {
  context.lineCap = 'round';
  stroke(context, path, width + 3, colours.casing, 1);
  stroke(context, path, width, colours.theory, 1);
}

/** @param {CanvasRenderingContext2D} context @param {Path2D} path @param {number} width @param {string} colour @param {number} alpha */
function stroke(context, path, width, colour, alpha) {
  context.globalAlpha = alpha;
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.stroke(path);
  context.globalAlpha = 1;
}
