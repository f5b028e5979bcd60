// The numbers of single steps: asked for in windows, when a step is looked at, and before a walk that is played is there.

import { Refused, getJson } from '../server/api.js';

/** So many steps are asked for at once. */
const WINDOW = 200;
/** The status of what will be refused for ever. */
const REFUSED = 422;

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
    /** Which two of a network's weights the numbers are of. @type {[number, number]} */
    this.weights = [0, 1];
    /** Why a network's walk tells none. @type {{key: string, complaint: Complaint} | null} */
    this.refusal = null;
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
    const { network } = walks.landscape ?? {};
    if (network)
      this.weights = this.weights[1] < network.weights && this.weights[0] < network.weights ? this.weights : [0, 1];
    const key = [walks.query, walker, ...(network ? this.weights : [])].join(' ');
    const another = key !== this.key;
    if (another) this.known.clear();
    this.key = key;
    const last = (walks.all[walker].summary?.steps ?? walks.all[walker].length - 1) - 1;
    this.wanted = { walks, walker, step: Math.min(step, last) };
    this.changed(playing, another);
    void this.#ask(last);
  }

  /** Tells those of two other weights of a network. @param {[number, number]} weights */
  choose(weights) {
    this.weights = weights;
    if (this.wanted) this.show(this.wanted.walks, this.wanted.walker, this.wanted.step, false);
  }

  /** Why the numbers that are looked at are not told, where the server has said so. @returns {Complaint | null} */
  get refused() {
    return this.refusal?.key === this.key ? this.refusal.complaint : null;
  }

  /** @param {number} last the last step that was taken */
  async #ask(last) {
    const { walks, walker, step } = /** @type {NonNullable<typeof this.wanted>} */ (this.wanted);
    // While a walk is played the next numbers are asked for before they are needed.
    const needed = this.known.has(step) ? step + WINDOW / 4 : step;
    if (step < 0 || needed > last || this.known.has(needed) || this.refused) return;
    const first = WINDOW * Math.floor(needed / WINDOW);
    const query = walks.query && `${walks.query}&`;
    const two = walks.landscape?.network ? `&weight=${this.weights.join()}` : '';
    const address = `/api/descent/steps?${query}walk=${walker}&first=${first}&count=${WINDOW}${two}`;
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
    } catch (error) {
      // The rule stays in symbols; whether the server is there is said where it was asked for the walk.
      if (!(error instanceof Refused) || error.complaint.status !== REFUSED || key !== this.key) return;
      this.refusal = { key, complaint: error.complaint };
      this.arrived();
    }
  }
}
