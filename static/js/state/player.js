// The time of the picture: which step is shown, and how it moves. Pure; the page's clock drives it.

/** Walks are played at this pace, or faster, so that a long one takes no more than `LONGEST` seconds. */
const PACE = 24;
const LONGEST = 12;

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
  }

  /** @param {number} seconds since the last frame; returns whether the position changed */
  advance(seconds) {
    if (!this.playing) return false;
    const before = this.position;
    // A tab that slept does not leap over the walk.
    const passed = Math.min(seconds, 0.1) * this.speed;
    this.position = Math.min(this.last, this.position + passed * Math.max(PACE, this.last / LONGEST));
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

  pause() {
    this.playing = false;
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
