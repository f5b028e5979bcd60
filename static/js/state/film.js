// The film of a walk: which step is shown when. The first few steps are shown as steps; then time goes by what is seen, by
// pixels of the map, and the film ends when what is left stays within a dot. Pure.

/** So many steps are shown as steps, each for so many seconds where it is seen at all. */
export const FIRST = 5;
const HOLD = 0.42;
/** A step of fewer pixels is not held so long: nobody would see what is shown. */
const SEEN = 5;
/** Pixels a second of what moves most. */
const PACE = 200;
/** A short way is shown more slowly, so that it takes so many seconds, but never slower than so many pixels a second. */
const SHORT = 1.5;
const SLOWEST = 60;
/** All that follows the first steps takes no more than so many seconds. */
const LONGEST = 5;
/** So many seconds, or so large a part of what came before, the rest that nobody would see takes. */
const REST = 0.25;
const REST_PART = 0.04;
/** What moves by fewer pixels does not seem to move. */
const NEAR = 1;
/** What stays within so many pixels of its end stays within the dot that is drawn there. */
export const DOT = 3;
/** A cycle is gone round so often; points of a cycle repeat within so many pixels. */
const ROUNDS = 4;
const SAME = 1.5;
/** Half widths of the picture from its middle: who goes farther is followed by the view. */
const FAR = 3;
/** So much room is left around the farthest, and of how far it was each step keeps this part. */
const ROOM = 1.25;
const KEPT = 0.75;
/** As many pixels as a view ten times as wide is worth. */
const DECADE = 170;
const MOST = 1e300;

/** @typedef {'dot' | 'cycle' | null} Why nothing more is shown */

/**
 * When each step is reached.
 * @param {ArrayLike<number>} moves pixels that each step moves what moves most
 * @param {number} last
 * @param {number} [end] the step after which nothing more is to be seen
 * @param {number} [expected] the last step of a walk that is still coming
 * @returns {Float64Array} seconds from the beginning, ascending from 0, at each step from 0 to the last
 */
export function scheduleOf(moves, last, end = last, expected = last) {
  const times = new Float64Array(last + 1);
  let left = 0;
  for (let k = FIRST; k < end; k += 1) left += moves[k];
  const seen = Math.min(PACE, Math.max(SLOWEST, left / SHORT));
  const pace = Math.max(seen, ((left / LONGEST) * Math.max(last, expected)) / Math.max(1, last));
  for (let k = 0; k < end; k += 1) {
    const lasts = k < FIRST ? HOLD * Math.min(1, moves[k] / SEEN) : Math.min(HOLD, moves[k] / pace);
    times[k + 1] = times[k] + lasts;
  }
  const rest = times[end] > 0 ? Math.min(REST, REST_PART * times[end]) : REST;
  for (let k = end + 1; k <= last; k += 1) times[k] = times[end] + (rest * (k - end)) / (last - end);
  return times;
}

/** A step shown as a step begins and ends slowly; all others are parts of one movement. @param {number} part @param {number} step */
const eased = (part, step) => (step < FIRST ? part * part * (3 - 2 * part) : part);
/** @param {number} part @param {number} step */
const unease = (part, step) => (step < FIRST ? 0.5 - Math.sin(Math.asin(1 - 2 * part) / 3) : part);

/** @param {Float64Array} times ascending @param {number} time @returns {number} the place of the last that is not later */
function lastAt(times, time) {
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle] <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** What is played: steps by the second. */
export class Reel {
  /** @param {Float64Array} times at which each step is reached */
  constructor(times) {
    this.times = times;
  }

  /** Seconds at the ordinary speed. */
  get duration() {
    return this.times[this.times.length - 1];
  }

  /** @param {number} time seconds from the beginning @returns {number} the step shown then, which may lie between two */
  stepAt(time) {
    const { times } = this;
    const k = lastAt(times, Math.max(0, time));
    if (k >= times.length - 1) return times.length - 1;
    return k + eased((time - times[k]) / (times[k + 1] - times[k]), k);
  }

  /** @param {number} step may lie between two @returns {number} when it is shown */
  timeAt(step) {
    const { times } = this;
    const k = Math.max(0, Math.min(Math.floor(step), times.length - 1));
    if (k >= times.length - 1) return this.duration;
    return times[k] + unease(Math.min(1, step - k), k) * (times[k + 1] - times[k]);
  }
}

/** The film of a walk of which no picture is known: every step is as long as any other. @param {number} last @param {number} [expected] */
export function evenReel(last, expected = last) {
  return new Reel(scheduleOf(new Float64Array(last).fill(24), last, last, expected));
}

/** How points become pixels: the box's size, and what its edges stand for. Of a curve the loss is the height. @typedef {{width: number, height: number, left: number, right: number, top: number, bottom: number, flat: boolean}} Screen */

/** @param {Screen | null} one @param {Screen | null} other */
export const sameScreen = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** The walks of one answer as they are seen on one map. It reads what has come when it is asked, and only what is new. */
export class Film {
  /** @param {Walks} walks @param {Screen} screen */
  constructor(walks, screen) {
    this.walks = walks;
    this.screen = screen;
    /** Pixels that each step moves what moves most, within the picture. */
    this.moves = new Float64Array(64);
    /** How far from the middle the farthest is at each step, in half widths of the picture. */
    this.extents = new Float64Array(64);
    /** How far each walk is read: the place counted last, and at which step. */
    this.read = walks.all.map(() => ({ k: -1, x: 0, y: 0, from: 0, farthest: 0 }));
    this.key = '';
    this.last = 0;
    /** The last step at which anyone is at a finite place. */
    this.finite = 0;
    this.end = 0;
    /** @type {Why} */
    this.why = null;
    /** Whether most of them go so far from the map that the view follows. */
    this.leaves = false;
    /** How many times as wide as the map the view is at each step, where it follows. */
    this.scales = new Float64Array(0);
    this.reel = new Reel(new Float64Array(1));
  }

  /** @returns {Film} with all that has come */
  get whole() {
    const { walks } = this;
    const key = `${walks.points} ${walks.done}`;
    if (key === this.key) return this;
    this.key = key;
    this.last = walks.last;
    this.#reserve(this.last + 1);
    walks.all.forEach((walk, index) => walk.hidden || this.#read(walk, this.read[index]));
    const visible = walks.all.flatMap((walk, index) => (walk.hidden ? [] : [this.read[index]]));
    this.leaves = 2 * visible.filter(({ farthest }) => farthest > FAR).length > visible.length;
    if (this.leaves) this.scales = this.#findScales();
    this.#findEnd();
    const expected = walks.done ? this.last : Math.max(this.last, walks.request?.steps ?? 0);
    this.reel = new Reel(scheduleOf(this.leaves ? this.#followed() : this.moves, this.last, this.end, expected));
    return this;
  }

  /** @param {number} length */
  #reserve(length) {
    if (length <= this.moves.length) return;
    for (const name of /** @type {const} */ (['moves', 'extents'])) {
      const grown = new Float64Array(Math.max(length, 2 * this[name].length));
      grown.set(this[name]);
      this[name] = grown;
    }
  }

  /** @param {Walk} walk @param {number} k @returns {[number, number]} pixels from the upper left corner of the map */
  #place(walk, k) {
    const { width, height, left, right, top, bottom, flat } = this.screen;
    const height_of = flat ? walk.loss[k] : walk.y[k];
    return [((walk.x[k] - left) / (right - left)) * width, ((height_of - top) / (bottom - top)) * height];
  }

  /** @param {Walk} walk @param {{k: number, x: number, y: number, from: number, farthest: number}} at */
  #read(walk, at) {
    const { width, height } = this.screen;
    const { moves, extents } = this;
    for (let k = at.k + 1; k < walk.length; k += 1) {
      let [x, y] = this.#place(walk, k);
      if (!Number.isFinite(x + y)) continue;
      if (k > this.finite) this.finite = k;
      const extent = Math.min(MOST, Math.max(Math.abs((2 * x) / width - 1), Math.abs((2 * y) / height - 1)));
      if (extent > extents[k]) extents[k] = extent;
      if (extent > at.farthest) at.farthest = extent;
      x = Math.max(0, Math.min(x, width));
      y = Math.max(0, Math.min(y, height));
      if (k === 0) [at.x, at.y] = [x, y];
      const moved = Math.hypot(x - at.x, y - at.y);
      if (moved < NEAR) continue;
      const each = moved / (k - at.from);
      for (let j = at.from; j < k; j += 1) if (moves[j] < each) moves[j] = each;
      [at.x, at.y, at.from] = [x, y, k];
    }
    at.k = walk.length - 1;
  }

  /** Finds the step after which nothing more is to be seen, once all is there. */
  #findEnd() {
    this.end = this.last;
    this.why = null;
    if (!this.walks.done) return;
    let end = 0;
    /** @type {Why} */
    let why = 'dot';
    const near = DOT * this.scaleAt(this.last);
    for (const walk of this.walks.visible) {
      const final = walk.length - 1;
      let still = this.#back(walk, final, end, 1, near);
      const period = walk.summary?.cycle ?? 0;
      if (still > end && period > 0) {
        const round = this.#back(walk, final, end, period, SAME) + ROUNDS * period;
        if (round < still) [still, why] = [round, 'cycle'];
      }
      end = Math.max(end, still);
    }
    // A step or two are no rest worth a word.
    if (this.last - end < 3) return;
    this.end = end;
    this.why = why;
  }

  /**
   * @param {Walk} walk
   * @param {number} final
   * @param {number} least no earlier step is looked for
   * @param {number} period
   * @param {number} near pixels
   * @returns {number} the step from which on all lie near the final point, or of a cycle near that of the final round
   */
  #back(walk, final, least, period, near) {
    let k = final;
    for (; k > least; k -= 1) {
      const [x, y] = this.#place(walk, k - 1);
      const [end_x, end_y] = this.#place(walk, final - ((final - k + 1) % period));
      if (!(Math.hypot(x - end_x, y - end_y) <= near)) break;
    }
    return k;
  }

  // ---------------------------------------------------------------- who leaves the map

  #findScales() {
    const scales = new Float64Array(this.last + 1);
    let far = 0;
    for (let k = 0; k <= this.last; k += 1) {
      if (k <= this.finite) far = Math.max(this.extents[k], KEPT * far);
      scales[k] = Math.max(1, 1 + ROOM * (far - 1));
    }
    return scales;
  }

  /** What each step moves in a view that follows who leaves. */
  #followed() {
    const { scales } = this;
    const moves = this.moves.slice(0, this.last);
    for (let k = 0; k < this.last; k += 1) {
      const zoomed = DECADE * Math.abs(Math.log10(scales[k + 1] / scales[k]));
      if (zoomed > moves[k]) moves[k] = zoomed;
    }
    return moves;
  }

  /** @param {number} position the step shown, which may lie between two @returns {number} how many times as wide as the map the view must be */
  scaleAt(position) {
    if (!this.leaves) return 1;
    const k = Math.max(0, Math.min(Math.floor(position), this.last));
    const next = Math.min(k + 1, this.last);
    return this.scales[k] + Math.min(1, position - k) * (this.scales[next] - this.scales[k]);
  }

  /** @returns {{why: 'dot' | 'cycle', steps: number, walks: number} | null} what is not shown step by step */
  get rest() {
    const { why, last, end, walks } = this.whole;
    return why && { why, steps: last - end, walks: walks.visible.length };
  }
}
