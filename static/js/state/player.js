// The time of the picture: which step is shown, and how it moves. Pure; the page's clock drives it.

import { evenReel } from './film.js';

/** For so many seconds ahead it is asked how fast steps go by. */
const AHEAD = 0.25;

export class Player {
  constructor() {
    /** The step shown; between two whole numbers while it moves. */
    this.position = 0;
    /** The last step there is so far. */
    this.last = 0;
    /** Whether more is still to come. */
    this.growing = false;
    this.playing = false;
    this.speed = 1;
    this.loop = false;
    /** Stays at the end, also of the next walk. */
    this.following = false;
    /** When which step is shown. @type {() => import('./film.js').Reel} */
    this.film = () => evenReel(this.last);
  }

  /** @param {number} seconds since the last frame; returns whether the position changed */
  advance(seconds) {
    if (!this.playing) return false;
    const before = this.position;
    // A tab that slept does not leap over the walk.
    const passed = Math.min(seconds, 0.1) * this.speed;
    if (passed > 0 && before < this.last) {
      const film = this.film();
      const time = film.timeAt(before) + passed;
      // Forward only, whatever the last digits say.
      this.position = time >= film.duration ? this.last : Math.max(before, film.stepAt(time));
    }
    if (this.position >= this.last && !this.growing) {
      if (this.loop && this.last > 0) {
        if (before >= this.last) this.position = 0;
      } else {
        this.playing = false;
        this.following = true;
      }
    }
    return this.position !== before;
  }

  /** How many steps go by in a second now. */
  get pace() {
    if (!this.playing) return 0;
    const film = this.film();
    const soon = Math.min(film.duration, film.timeAt(this.position) + AHEAD * this.speed);
    return (film.stepAt(soon) - this.position) / AHEAD;
  }

  /**
   * A new walk is shown, or the one shown has grown.
   * @param {number} last
   * @param {boolean} growing
   */
  resize(last, growing) {
    this.last = last;
    this.growing = growing;
    this.position = this.following ? last : Math.min(this.position, last);
  }

  /** From the beginning, where the end was reached. */
  play() {
    if (this.position >= this.last) this.position = 0;
    this.following = false;
    this.playing = true;
  }

  /** At the whole step that was reached last, which is the one whose numbers are shown. */
  pause() {
    this.playing = false;
    this.position = this.shown;
  }

  /** @param {number} step */
  seek(step) {
    this.playing = false;
    this.position = Math.max(0, Math.min(step, this.last));
    this.following = this.position >= this.last && this.last > 0;
  }

  /** @param {number} by */
  step(by) {
    this.seek(by > 0 ? Math.floor(this.position) + by : Math.ceil(this.position) + by);
  }

  /** The whole step that was reached last. */
  get shown() {
    return Math.floor(this.position + 1e-9);
  }
}
