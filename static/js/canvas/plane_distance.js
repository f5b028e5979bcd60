// How far a walker is from the plane that it is drawn on: its trail is the fainter for it, a ring around it is as wide, and
// over the surface stems lead from its true loss to the ground.

/** At this distance a trail is half as strong. */
const HALF = 0.25;
const FAINTEST = 0.22;
/** So many strengths are told apart, that a trail is drawn in few pieces. */
const LEVELS = 8;
/** A stem shorter than so many pixels is not seen, and nearer to the one before it would be a curtain. */
const SHORT = 4;
const BESIDE = 13;

/** @param {number | undefined} off the distance from the plane @returns {number} how strong the trail is drawn there, 1 on it */
export function strengthAt(off) {
  if (!off || !Number.isFinite(off)) return off === undefined || off === 0 ? 1 : FAINTEST;
  return Math.max(FAINTEST, Math.round(LEVELS / (1 + off / HALF)) / LEVELS);
}

/**
 * A ring as wide as the walker is far from the plane, at the map's scale.
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {Walk} walk
 * @param {number} position
 * @param {number} least radius, which the walker's own sign has
 * @param {{colour: string, casing: string}} colours
 */
export function drawRing(context, { project, box }, walk, position, least, { colour, casing }) {
  const found = walk.onPlane(position);
  if (!found || !(found.off > 0)) return;
  const [x, y, loss] = walk.at(position);
  const middle = { ...project(x, y, loss) };
  const radius = Math.abs(project(x + found.off, y, loss).x - middle.x);
  if (!(radius > least + 2 && radius < 2 * (box.width + box.height))) return;
  context.beginPath();
  context.arc(middle.x, middle.y, radius, 0, 2 * Math.PI);
  for (const [style, width] of /** @type {[string, number][]} */ ([
    [casing, 3.4],
    [colour, 1.6],
  ])) {
    context.setLineDash([5, 4]);
    context.strokeStyle = style;
    context.lineWidth = width;
    context.stroke();
  }
  context.setLineDash([]);
}

/** @typedef {{step: number, from: Place, to: Place}} Stem from the true loss to the ground */

/**
 * The stems along a trail, as far apart as they can be told apart.
 * @param {Walk} walk
 * @param {Project} project
 * @returns {Stem[]} in order; none of what is no network
 */
export function stemsOf(walk, project) {
  const { plane_loss: ground } = walk;
  if (!ground) return [];
  const stems = [];
  let [last_x, last_y] = [Infinity, Infinity];
  for (let step = 0; step < walk.length; step += 1) {
    const { x, y } = project(walk.x[step], walk.y[step], walk.loss[step]);
    if (!Number.isFinite(x + y)) break;
    if (Math.hypot(x - last_x, y - last_y) < BESIDE) continue;
    const stem = { step, from: { x, y }, to: placeOf(project, walk.x[step], walk.y[step], ground[step]) };
    [last_x, last_y] = [x, y];
    if (Math.hypot(stem.to.x - x, stem.to.y - y) >= SHORT) stems.push(stem);
  }
  return stems;
}

/** @param {Project} project @param {number} x @param {number} y @param {number} loss @returns {Place} */
function placeOf(project, x, y, loss) {
  const spot = project(x, y, loss);
  return { x: spot.x, y: spot.y };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Stem[]} stems
 * @param {number} upto the step that is shown
 * @param {string} colour
 */
export function drawStems(context, stems, upto, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  for (const { step, from, to } of stems) {
    if (step > upto) break;
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
  }
  context.stroke();
}
