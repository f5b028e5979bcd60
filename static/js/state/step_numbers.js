// The numbers of single steps: asked for in windows, when a step is looked at, and before a walk that is played is there.

import { getJson } from '../server/api.js';

/** So many steps are asked for at once. */
const WINDOW = 200;

export class StepNumbers {
  /**
   * @param {(playing: boolean, another: boolean) => void} changed called when another step is looked at, `another` where it
   *   is another walk's
   * @param {() => void} arrived called when numbers have come from the server
   */
  constructor(changed, arrived) {
    this.changed = changed;
    this.arrived = arrived;
    this.key = '';
    /** @type {Map<number, StepRecord>} */
    this.known = new Map();
    this.asking = '';
    /** The step that is looked at. @type {{walks: Walks, walker: number, step: number} | null} */
    this.wanted = null;
  }

  /**
   * @param {Walks | null} walks
   * @param {number} walker
   * @param {number} step
   * @returns {boolean} whether this is the step that is looked at
   */
  shows(walks, walker, step) {
    const { wanted } = this;
    return wanted !== null && wanted.walks === walks && wanted.walker === walker && wanted.step === step;
  }

  /** The numbers of the step that is looked at, where they are here. @returns {StepRecord | undefined} */
  get here() {
    return this.wanted ? this.known.get(this.wanted.step) : undefined;
  }

  /**
   * Looks at the step that leads away from this iterate; at the end, at the last one that was taken.
   * @param {Walks} walks
   * @param {number} walker
   * @param {number} step
   * @param {boolean} playing
   */
  show(walks, walker, step, playing) {
    const key = `${walks.query} ${walker}`;
    const another = key !== this.key;
    if (another) this.known.clear();
    this.key = key;
    const last = (walks.all[walker].summary?.steps ?? walks.all[walker].length - 1) - 1;
    this.wanted = { walks, walker, step: Math.min(step, last) };
    this.changed(playing, another);
    void this.#ask(last);
  }

  /** @param {number} last the last step that was taken */
  async #ask(last) {
    const { walks, walker, step } = /** @type {NonNullable<typeof this.wanted>} */ (this.wanted);
    // While a walk is played the next numbers are asked for before they are needed.
    const needed = this.known.has(step) ? step + WINDOW / 4 : step;
    if (step < 0 || needed > last || this.known.has(needed)) return;
    const first = WINDOW * Math.floor(needed / WINDOW);
    const address = `/api/descent/steps?${walks.query}${walks.query ? '&' : ''}walk=${walker}&first=${first}&count=${WINDOW}`;
    if (this.asking === address) return;
    this.asking = address;
    await this.#fetch(address);
    if (this.asking === address) this.asking = '';
  }

  /** @param {string} address */
  async #fetch(address) {
    const { key } = this;
    try {
      const { steps } = await getJson(address);
      if (key !== this.key) return;
      for (const numbers of steps) this.known.set(numbers.step, numbers);
      this.arrived();
    } catch {
      // The rule stays in symbols; whether the server is there is said where it was asked for the walk.
    }
  }
}
