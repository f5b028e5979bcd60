// What a hand does with a control, from the first move to its release: while it lasts the whole path is shown, and released
// it plays once. Who stood still at a step stands there again. Pure, but for the clock.

/** For so many milliseconds after a key another one belongs to the same gesture. */
const KEYS_APART = 700;
/** What has these keys is another picture of the same walk. */
const SAME_WALK = new Set(
  'map map_run window resolution theory axis name hidden at view scale hide guess_first plane plane_run'.split(' '),
);

export class Gesture {
  /**
   * @param {import('./player.js').Player} player
   * @param {{calm: () => boolean, ready: () => boolean, begun: () => void}} page `calm` tells whether nothing should move by
   *   itself, `ready` whether what was asked for is shown
   */
  constructor(player, page) {
    this.player = player;
    this.page = page;
    /** Whether something is being turned. */
    this.on = false;
    /** Whether the next walk, the one that was let go, is to be played. */
    this.released = false;
    /** Where the walk stood before, null where it ran or was over. @type {number | null} */
    this.stood = null;
    this.timer = 0;
    this.wake = () => {};
  }

  /**
   * A control was moved or let go.
   * @param {Record<string, string | null>} change
   * @param {'drag' | 'final'} phase
   * @param {boolean} by_keys
   * @param {() => void} wake called when something is to be painted
   */
  take(change, phase, by_keys, wake) {
    if (Object.keys(change).every((key) => SAME_WALK.has(key)) || 'landscape' in change) return;
    clearTimeout(this.timer);
    this.wake = wake;
    const { player } = this;
    const stands = !player.playing && !player.following;
    // Who looks at a step and turns something by keys goes on looking at it.
    if (!this.on && (phase === 'drag' || by_keys) && !(by_keys && stands)) this.#begin(stands);
    if (phase === 'drag') this.released = false;
    else if (!this.on) this.stood = stands ? player.position : null;
    if (phase === 'drag') return;
    if (by_keys && this.on) this.timer = Number(setTimeout(() => this.#let(), KEYS_APART));
    else this.released = true;
  }

  /** @param {boolean} stands */
  #begin(stands) {
    const { player } = this;
    this.on = true;
    this.stood = stands ? player.position : null;
    player.seek(player.last);
    player.following = true;
    this.page.begun();
  }

  /** Keys are quiet. */
  #let() {
    this.released = true;
    if (!this.page.ready()) return;
    this.#play();
    this.wake();
  }

  /**
   * Another answer is shown.
   * @param {Walks | null} before
   * @param {Walks} next
   * @param {boolean} more whether another one is on its way
   */
  show(before, next, more) {
    if (!this.released || more) return;
    if (this.on || !samePaths(before, next)) this.#play();
    else this.forget();
  }

  #play() {
    const { player, stood, on } = this;
    this.forget();
    if (stood !== null) {
      // It was taken from its step only while the whole path was shown.
      if (on) player.seek(stood);
    } else if (!this.page.calm()) {
      player.seek(0);
      player.play();
    }
  }

  /** What was let go could not be had: the walk stands where it stood. */
  give() {
    const { stood, on } = this;
    this.forget();
    if (on && stood !== null) this.player.seek(stood);
  }

  /** Another walk begins by itself. */
  forget() {
    clearTimeout(this.timer);
    this.on = this.released = false;
    this.stood = null;
  }
}

/** @param {Walks | null} one @param {Walks} other @returns {boolean} whether they look the same, however they were asked for */
function samePaths(one, other) {
  if (!one || one.all.length !== other.all.length) return false;
  return one.all.every((walk, index) => {
    const next = other.all[index];
    if (walk.length !== next.length || walk.hidden !== next.hidden) return false;
    for (let k = 0; k < walk.length; k += 1)
      if (!Object.is(walk.x[k], next.x[k]) || !Object.is(walk.y[k], next.y[k])) return false;
    return true;
  });
}
