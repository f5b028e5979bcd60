// What moves: casings, trails and heads on three canvases over a plot, drawn with the plot's own axes. A trail grows by
// what is new; it is drawn whole only for a new walk, another size, another camera or a seek backwards. Casings have a
// canvas of their own under the colours, or each new stretch's would cover the end of the stretch before.

import { styleOf } from '../figures/walk_styles.js';
import { MARKED_WALKERS } from '../state/walks.js';
import { drawSign, drawTick, insideOf, momentsOf, passages, thinned } from './moments.js';
import { drawRing, strengthAt } from './plane_distance.js';

/** Beyond this many walkers trails are thin lines without a casing. */
const MANY = 24;
/** Points nearer than this many pixels to the last one drawn add nothing. */
const NEAR = 0.75;

export class WalkOverlay {
  /**
   * @param {HTMLElement} holder with the three canvases
   * @param {boolean} arrows whether walkers that left are shown by an arrow at the border, and how far they are from the
   *   plane by how faint they are: this is a map
   */
  constructor(holder, arrows) {
    const [casings, trails, heads] = holder.querySelectorAll('canvas');
    this.casings = /** @type {HTMLCanvasElement} */ (casings);
    this.trails = /** @type {HTMLCanvasElement} */ (trails);
    this.heads = /** @type {HTMLCanvasElement} */ (heads);
    this.arrows = arrows;
    /** @type {{box: {left: number, top: number, width: number, height: number}, project: Project} | null} */
    this.frame = null;
    /** @type {Palette | null} */
    this.colours = null;
    /** @type {Walks | null} */
    this.walks = null;
    /** @type {{k: number, x: number, y: number, length: number}[]} how far each trail is drawn */
    this.drawn = [];
    this.shown = -1;
    /** The walk whose restarts are marked, and the steps at which they come. @type {{walker: number, restarts: number[]}} */
    this.restarts = { walker: 0, restarts: [] };
    /** The ticks at the border, of the walk of this length in this frame. @type {{key: string, frame: unknown, ticks: import('./moments.js').Passage[]}} */
    this.border = { key: '', frame: null, ticks: [] };
    /** Draws more over the heads, where the overlay has something to add. @type {((context: CanvasRenderingContext2D, frame: NonNullable<typeof this.frame>) => void) | null} */
    this.more = null;
  }

  /**
   * @param {typeof this.frame} frame
   * @param {Palette} colours
   * @param {number} [ratio] of the canvases' pixels to CSS pixels
   */
  place(frame, colours, ratio = devicePixelRatio || 1) {
    this.frame = frame;
    this.colours = colours;
    if (!frame) return;
    for (const canvas of [this.casings, this.trails, this.heads]) {
      const { left, top, width, height } = frame.box;
      const size = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
      if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
      canvas.style.left = `${left}px`;
      canvas.style.top = `${top}px`;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      canvas.getContext('2d')?.setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    this.restart();
  }

  /** @param {Walks} walks */
  show(walks) {
    this.walks = walks;
    this.restart();
  }

  /** Forget what is drawn; the next frame draws it whole. */
  restart() {
    for (const canvas of [this.casings, this.trails])
      canvas.getContext('2d')?.clearRect(0, 0, canvas.width, canvas.height);
    this.drawn = this.walks?.all.map(() => ({ k: -1, x: 0, y: 0, length: 0 })) ?? [];
    this.shown = -1;
  }

  /** @param {number} position the step to show, which may lie between two */
  paint(position) {
    if (!this.frame || !this.colours || !this.walks) return;
    if (position < this.shown || this.drawn.length !== this.walks.all.length) this.restart();
    this.shown = position;
    const [under, context] = [this.casings, this.trails].map(
      (canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d')),
    );
    under.lineJoin = under.lineCap = context.lineJoin = 'round';
    // Dashes end flat, so that they stay dashes.
    context.lineCap = 'butt';
    const bare = this.walks.visible.length > MANY;
    this.walks.all.forEach(
      (walk, index) =>
        walk.hidden || this.#extend(under, context, walk, index, Math.min(Math.floor(position), walk.length - 1), bare),
    );
    this.#paintHeads(position, bare);
  }

  /**
   * @param {CanvasRenderingContext2D} under
   * @param {CanvasRenderingContext2D} context
   * @param {Walk} walk
   * @param {number} index
   * @param {number} upto
   * @param {boolean} bare
   */
  #extend(under, context, walk, index, upto, bare) {
    const at = this.drawn[index];
    if (upto <= at.k || !this.frame || !this.colours) return;
    const { project } = this.frame;
    /** @type {Spotted[]} */
    const points = [];
    const off = this.arrows ? walk.off_plane : null;
    const downhill = this.walks?.request?.goal === 'maximize' ? -1 : 1;
    const least = walk.leastRise(downhill);
    let last_k = Math.max(0, at.k);
    let { x: last_x, y: last_y } = at;
    let first = at.k + 1;
    if (at.k < 0) {
      const spot = project(walk.x[0], walk.y[0], walk.loss[0]);
      [last_x, last_y] = [spot.x, spot.y];
      first = 1;
    }
    const begin = { x: last_x, y: last_y, hidden: false };
    for (let k = first; k <= upto; k += 1) {
      const spot = project(walk.x[k], walk.y[k], walk.loss[k]);
      if (!Number.isFinite(spot.x + spot.y)) break;
      const moved = Math.abs(spot.x - last_x) + Math.abs(spot.y - last_y);
      if (moved < NEAR) continue;
      [last_x, last_y] = within(last_x, last_y, spot.x, spot.y);
      const rises = downhill * (walk.loss[k] - walk.loss[last_k]) > least;
      points.push({ x: last_x, y: last_y, hidden: spot.hidden, rises, strength: strengthAt(off?.[k]) });
      last_k = k;
      [last_x, last_y] = [spot.x, spot.y];
    }
    at.k = upto;
    if (points.length === 0) {
      if (first === 1) [at.x, at.y] = [last_x, last_y];
      return;
    }
    let [from, length] = [begin, at.length];
    for (const stretch of alike(points)) {
      length = this.#stroke(under, context, from, stretch, walk.style, length, bare);
      from = stretch[stretch.length - 1];
    }
    Object.assign(at, { x: last_x, y: last_y, length });
  }

  /**
   * Draws a stretch of a trail: two casings, a light and a dark one, because no single colour is seen on every height.
   * @param {CanvasRenderingContext2D} under
   * @param {CanvasRenderingContext2D} context
   * @param {{x: number, y: number}} begin
   * @param {Spotted[]} points all of one strength
   * @param {number} index its style's number
   * @param {number} before the trail's length so far, so that dashes go on where they stopped
   * @param {boolean} bare
   */
  #stroke(under, context, begin, points, index, before, bare) {
    const { walkers, casing, casingOuter } = /** @type {Palette} */ (this.colours);
    const { box } = /** @type {NonNullable<typeof this.frame>} */ (this.frame);
    const seen = new Path2D();
    const faint = new Path2D();
    const rising = new Path2D();
    let length = before;
    let from = begin;
    seen.moveTo(begin.x, begin.y);
    let was_hidden = false;
    for (const point of points) {
      const path = point.hidden ? faint : seen;
      if (point.hidden !== was_hidden || point.hidden) path.moveTo(from.x, from.y);
      path.lineTo(point.x, point.y);
      was_hidden = point.hidden;
      if (point.rises && !point.hidden) rise(rising, from, point, box);
      length += Math.hypot(point.x - from.x, point.y - from.y);
      from = point;
    }
    const style = styleOf(index);
    const colour = walkers[style.colour];
    const [{ strength }] = points;
    // Round ends that are seen through would be dots where two stretches meet.
    under.lineCap = strength < 1 ? 'butt' : 'round';
    if (bare) {
      line(context, seen, colour, 1.1, [], 0, 0.7 * strength);
    } else {
      // The two lie over each other: both together are as strong as the trail.
      const half = 1 - Math.sqrt(1 - strength);
      line(under, seen, casingOuter, 5, [], 0, half);
      line(under, seen, casing, 3.8, [], 0, half);
      line(context, seen, colour, 2.2, style.dash, before, strength);
      // The wrong way: a lighter line with gaps.
      line(context, rising, casing, 2.6, [3, 4], 0, strength);
    }
    line(context, faint, colour, bare ? 0.8 : 1.6, [], 0, 0.3);
    return length;
  }

  /** @param {number} position @param {boolean} bare */
  #paintHeads(position, bare) {
    const context = /** @type {CanvasRenderingContext2D} */ (this.heads.getContext('2d'));
    const { project, box } = /** @type {NonNullable<typeof this.frame>} */ (this.frame);
    const { walkers, casing, casingOuter, ink } = /** @type {Palette} */ (this.colours);
    context.clearRect(0, 0, this.heads.width, this.heads.height);
    const walks = this.walks?.visible ?? [];
    if (this.arrows && walks.length <= MARKED_WALKERS) {
      for (const walk of walks) this.#markMoments(context, walk, position);
    }
    const rings = this.arrows && walks.length <= MARKED_WALKERS ? this.frame : null;
    const radius = bare ? 3 : walks.length > 9 ? 4.5 : 7;
    walks.forEach((walk, index) => {
      this.#lead(context, walk, position, bare);
      const [x, y, loss] = walk.at(position);
      const spot = project(x, y, loss);
      if (!Number.isFinite(spot.x + spot.y)) return;
      const colour = walkers[styleOf(walk.style).colour];
      if (spot.x < 0 || spot.y < 0 || spot.x > box.width || spot.y > box.height) {
        if (this.arrows) borderArrow(context, box, spot, colour, casing, ink, index === 0 ? [x, y] : null);
        return;
      }
      if (rings) {
        drawRing(context, rings, walk, position, radius, { colour, casing });
        project(x, y, loss);
      }
      context.globalAlpha = spot.hidden ? 0.35 : 1;
      mark(context, spot.x, spot.y, radius, walk.style, casingOuter, 2);
      mark(context, spot.x, spot.y, radius, walk.style, casing, 1);
      mark(context, spot.x, spot.y, radius, walk.style, colour, -1);
      context.globalAlpha = 1;
    });
    if (this.frame) this.more?.(context, this.frame);
  }

  /**
   * Draws the part of a step that the ball has come: the trail behind it ends at the last whole one.
   * @param {CanvasRenderingContext2D} context
   * @param {Walk} walk
   * @param {number} position
   * @param {boolean} bare
   */
  #lead(context, walk, position, bare) {
    const k = Math.floor(position);
    if (k === position || k >= walk.length - 1) return;
    const { project } = /** @type {NonNullable<typeof this.frame>} */ (this.frame);
    const from = { ...project(walk.x[k], walk.y[k], walk.loss[k]) };
    const to = project(...walk.at(position));
    if (!Number.isFinite(from.x + from.y + to.x + to.y)) return;
    const downhill = this.walks?.request?.goal === 'maximize' ? -1 : 1;
    const rises = downhill * (walk.loss[k + 1] - walk.loss[k]) > walk.leastRise(downhill);
    const [x, y] = within(from.x, from.y, to.x, to.y);
    const before = this.drawn[this.walks?.all.indexOf(walk) ?? 0]?.length ?? 0;
    const strength = strengthAt(this.arrows ? walk.off_plane?.[k + 1] : undefined);
    context.lineJoin = 'round';
    context.lineCap = 'butt';
    this.#stroke(context, context, from, [{ x, y, hidden: to.hidden, rises, strength }], walk.style, before, bare);
    context.setLineDash([]);
  }

  /**
   * Marks restarts and ridges that are crossed, and where the trail leaves the picture and comes back.
   * @param {CanvasRenderingContext2D} context
   * @param {Walk} walk
   * @param {number} upto
   */
  #markMoments(context, walk, upto) {
    const { project, box } = /** @type {NonNullable<typeof this.frame>} */ (this.frame);
    const colours = /** @type {Palette} */ (this.colours);
    const chosen = this.walks?.all[this.restarts.walker] === walk;
    const place = (/** @type {import('./moments.js').Moment} */ { step }) => {
      const { x, y } = project(...walk.at(step));
      return x >= 0 && y >= 0 && x <= box.width && y <= box.height ? { x, y } : { x: NaN, y: NaN };
    };
    for (const moment of thinned(momentsOf(walk, chosen ? this.restarts.restarts : []), place)) {
      if (moment.step > upto) break;
      const { x, y } = place(moment);
      drawSign(context, moment.kind, x, y, colours);
    }
    if (chosen) for (const tick of this.#ticks(walk)) if (tick.step <= upto) drawTick(context, tick, box, colours);
  }

  /** @param {Walk} walk */
  #ticks(walk) {
    const frame = /** @type {NonNullable<typeof this.frame>} */ (this.frame);
    const key = `${walk.run} ${walk.walker} ${walk.length} ${walk.x[walk.length - 1]}`;
    if (this.border.key !== key || this.border.frame !== frame)
      this.border = { key, frame, ticks: thinned(passages(walk, frame.project, frame.box), (tick) => tick, 22) };
    return this.border.ticks;
  }
}

/** A point of a trail on the screen, and how the stretch that leads to it is drawn. @typedef {{x: number, y: number, hidden: boolean, rises: boolean, strength: number}} Spotted */

/** @param {Spotted[]} points @returns {Spotted[][]} in stretches of one strength */
function alike(points) {
  /** @type {Spotted[][]} */
  const stretches = [];
  for (const point of points) {
    const last = stretches[stretches.length - 1];
    if (last && last[0].strength === point.strength) last.push(point);
    else stretches.push([point]);
  }
  return stretches;
}

/**
 * Adds what is seen of a step the wrong way: of a line with very many gaps a browser draws none, and the walker's colour
 * below would be lost.
 * @param {Path2D} rising
 * @param {{x: number, y: number}} from
 * @param {{x: number, y: number}} to
 * @param {{width: number, height: number}} box
 */
function rise(rising, from, to, box) {
  const part = insideOf(from, to, box);
  if (!part) return;
  const [begin, end] = part.map((at) => [from.x + at * (to.x - from.x), from.y + at * (to.y - from.y)]);
  rising.moveTo(begin[0], begin[1]);
  rising.lineTo(end[0], end[1]);
}

/** A far-away end would overflow the canvas's own numbers: cut the line some screens away, along its direction. */
export function within(
  /** @type {number} */ x0,
  /** @type {number} */ y0,
  /** @type {number} */ x1,
  /** @type {number} */ y1,
) {
  const far = 20000;
  const most = Math.max(Math.abs(x1), Math.abs(y1));
  if (most <= far) return [x1, y1];
  const part = far / most;
  return [x0 + (x1 - x0) * part, y0 + (y1 - y0) * part];
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Path2D} path
 * @param {string} colour
 * @param {number} width
 * @param {number[]} dash
 * @param {number} offset
 * @param {number} alpha
 */
export function line(context, path, colour, width, dash, offset, alpha) {
  context.globalAlpha = alpha;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.lineDashOffset = offset;
  context.stroke(path);
  context.globalAlpha = 1;
}

/**
 * The sign of a walker's style, so that heads tell apart without colour.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {number} index the style's number
 * @param {string} colour
 * @param {number} grow
 */
export function mark(context, x, y, radius, index, colour, grow) {
  const r = radius + grow;
  const { sign } = styleOf(index);
  context.beginPath();
  if (sign.length === 0) context.arc(x, y, r, 0, 2 * Math.PI);
  for (const [cx, cy] of sign) context.lineTo(x + r * cx, y + r * cy);
  context.closePath();
  context.fillStyle = colour;
  context.fill();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{width: number, height: number}} box
 * @param {Spot} spot
 * @param {string} colour
 * @param {string} casing
 * @param {string} ink
 * @param {[number, number] | null} place written beside the arrow
 */
function borderArrow(context, box, spot, colour, casing, ink, place) {
  const [cx, cy] = [box.width / 2, box.height / 2];
  const [dx, dy] = [spot.x - cx, spot.y - cy];
  const part = Math.min((cx - 12) / Math.abs(dx || 1e-9), (cy - 12) / Math.abs(dy || 1e-9));
  const [x, y] = [cx + dx * part, cy + dy * part];
  context.save();
  context.translate(x, y);
  context.rotate(Math.atan2(dy, dx));
  context.beginPath();
  context.moveTo(10, 0);
  context.lineTo(-7, -8);
  context.lineTo(-3, 0);
  context.lineTo(-7, 8);
  context.closePath();
  context.lineWidth = 3;
  context.strokeStyle = casing;
  context.stroke();
  context.fillStyle = colour;
  context.fill();
  context.restore();
  if (!place) return;
  const text = `at (${place.map((value) => Number(value.toPrecision(3))).join(', ')})`;
  context.font = '12px system-ui, sans-serif';
  context.textAlign = x > cx ? 'right' : 'left';
  context.textBaseline = 'middle';
  const [tx, ty] = [x + (x > cx ? -16 : 16), Math.min(box.height - 10, Math.max(10, y))];
  context.lineWidth = 4;
  context.strokeStyle = casing;
  context.strokeText(text, tx, ty);
  context.fillStyle = ink;
  context.fillText(text, tx, ty);
}
