// The moments of a walk, where something happens to it: restarts, ridges that it crosses, places where its trail leaves the
// picture and comes back. Each kind has one sign, on the map, on the strip and on the curves.

/** Signs that are nearer than this many pixels to one before are left out: they never bury the path. */
const APART = 18;
/** So many signs a walk has at most, and so many ticks at the border. */
const MOST = 12;
/** Of what a tick says. */
const LETTERS = '600 11px system-ui, sans-serif';

/** @typedef {{kind: 'restart' | 'crossing', step: number}} Moment */

/**
 * The moments of a walk in order: a restart happens at its iterate, a crossing between two.
 * @param {Walk} walk
 * @param {number[]} restarts
 * @returns {Moment[]}
 */
export function momentsOf({ summary, length }, restarts) {
  const crossings = (summary?.crossings ?? []).map(({ step }) => ({ kind: 'crossing', step: step - 0.5 }));
  const all = [...restarts.map((step) => ({ kind: 'restart', step })), ...crossings];
  return /** @type {Moment[]} */ (all).filter(({ step }) => step > 0 && step < length).sort((a, b) => a.step - b.step);
}

/**
 * The first few that are apart from each other.
 * @template T
 * @param {T[]} all
 * @param {(one: T) => {x: number, y: number}} place
 * @param {number} [apart]
 * @returns {T[]}
 */
export function thinned(all, place, apart = APART) {
  /** @type {{x: number, y: number}[]} */
  const taken = [];
  return all.filter((one) => {
    const { x, y } = place(one);
    if (taken.length >= MOST || !Number.isFinite(x + y)) return false;
    if (taken.some((other) => Math.hypot(other.x - x, other.y - y) < apart)) return false;
    taken.push({ x, y });
    return true;
  });
}

/**
 * A small round badge: a turning arrow for a restart, a ridge for a crossing.
 * @param {CanvasRenderingContext2D} pen
 * @param {Moment['kind']} kind
 * @param {number} x
 * @param {number} y
 * @param {Palette} colours
 */
export function drawSign(pen, kind, x, y, { ink, raised }) {
  pen.save();
  pen.translate(x, y);
  pen.lineJoin = pen.lineCap = 'round';
  pen.setLineDash([]);
  pen.beginPath();
  pen.arc(0, 0, 6.5, 0, 2 * Math.PI);
  pen.fillStyle = raised;
  pen.fill();
  pen.strokeStyle = ink;
  pen.lineWidth = 1;
  pen.stroke();
  pen.lineWidth = 1.5;
  pen.beginPath();
  if (kind === 'restart') {
    pen.arc(0, 0, 3, -0.3 * Math.PI, 1.3 * Math.PI);
    pen.moveTo(-1.8, -5);
    pen.lineTo(-1.8, -2.4);
    pen.lineTo(-4.4, -2.4);
  } else {
    pen.moveTo(-3.6, 2.4);
    pen.lineTo(0, -2.8);
    pen.lineTo(3.6, 2.4);
  }
  pen.stroke();
  pen.restore();
}

/** @typedef {{step: number, x: number, y: number, leaves: boolean}} Passage a place on the border that a trail passes */

/**
 * Where a trail leaves the picture and where it comes back.
 * @param {Walk} walk
 * @param {Project} project
 * @param {{width: number, height: number}} box
 * @param {number} [most]
 * @returns {Passage[]} in order; `step` is the iterate that lies on the other side
 */
export function passages(walk, project, box, most = 4 * MOST) {
  /** @type {Passage[]} */
  const found = [];
  const isInside = (/** @type {number} */ x, /** @type {number} */ y) =>
    x >= 0 && y >= 0 && x <= box.width && y <= box.height;
  let { x, y } = project(walk.x[0], walk.y[0], walk.loss[0]);
  let inside = isInside(x, y);
  for (let k = 1; k < walk.length && found.length < most; k += 1) {
    const spot = project(walk.x[k], walk.y[k], walk.loss[k]);
    if (!Number.isFinite(spot.x + spot.y)) break;
    const before = inside;
    inside = isInside(spot.x, spot.y);
    // Nearly all steps begin and end inside.
    if (!before || !inside) {
      const [dx, dy] = [spot.x - x, spot.y - y];
      const part = insideOf({ x, y }, spot, box);
      if (part && part[0] > 0) found.push({ step: k, x: x + part[0] * dx, y: y + part[0] * dy, leaves: false });
      if (part && part[1] < 1) found.push({ step: k, x: x + part[1] * dx, y: y + part[1] * dy, leaves: true });
    }
    ({ x, y } = spot);
  }
  return found;
}

/**
 * Which part of the line lies in the box (Liang and Barsky).
 * @param {Place} from
 * @param {Place} to
 * @param {{width: number, height: number}} box
 * @returns {[number, number] | null}
 */
export function insideOf(from, to, { width, height }) {
  let [low, high] = [0, 1];
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  for (const [towards, room] of [
    [-dx, from.x],
    [dx, width - from.x],
    [-dy, from.y],
    [dy, height - from.y],
  ]) {
    if (towards === 0) {
      if (room < 0) return null;
    } else if (towards < 0) low = Math.max(low, room / towards);
    else high = Math.min(high, room / towards);
  }
  return low < high ? [low, high] : null;
}

/**
 * A tick at the border, pointing out where the trail leaves and in where it comes back, with the step.
 * @param {CanvasRenderingContext2D} pen
 * @param {Passage} passage
 * @param {{width: number, height: number}} box
 * @param {Palette} colours
 */
export function drawTick(pen, { x, y, step, leaves }, { width, height }, { ink, casing }) {
  // The side that it lies on, and the way out of it.
  const sides = [
    { away: x, dx: -1, dy: 0 },
    { away: width - x, dx: 1, dy: 0 },
    { away: y, dx: 0, dy: -1 },
    { away: height - y, dx: 0, dy: 1 },
  ];
  const { dx, dy } = sides.reduce((one, other) => (other.away < one.away ? other : one));
  const [tip, foot] = leaves ? [1, 8] : [8, 1];
  const at = (/** @type {number} */ depth, /** @type {number} */ aside) =>
    /** @type {[number, number]} */ ([x - dx * depth - dy * aside, y - dy * depth + dx * aside]);
  pen.save();
  pen.setLineDash([]);
  pen.beginPath();
  pen.moveTo(...at(tip, 0));
  pen.lineTo(...at(foot, 4));
  pen.lineTo(...at(foot, -4));
  pen.closePath();
  pen.lineJoin = 'round';
  pen.lineWidth = 3;
  pen.strokeStyle = casing;
  pen.stroke();
  pen.fillStyle = ink;
  pen.fill();
  pen.font = LETTERS;
  pen.textAlign = dx > 0 ? 'right' : dx < 0 ? 'left' : x > width / 2 ? 'right' : 'left';
  pen.textBaseline = 'middle';
  const [tx, ty] = dx ? [x - dx * 12, y] : [x + (x > width / 2 ? -7 : 7), y - dy * 7];
  const within = Math.max(8, Math.min(height - 8, ty));
  pen.lineWidth = 3.5;
  pen.strokeText(String(step), tx, within);
  pen.fillText(String(step), tx, within);
  pen.restore();
}
