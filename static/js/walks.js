// The walks of one answer as columns that grow while it streams. Pure.

const COLUMNS = /** @type {const} */ (['x', 'y', 'loss', 'gradient_norm', 'learning_rate', 'evaluations']);

/** Steps that went the wrong way are marked for so many walkers, and so many of them each. */
export const MARKED_WALKERS = 4;
export const MARKED_STEPS = 10;
/** A rise by less than this part of the way from the start to the best place is no mark worth. */
const WORTH_A_MARK = 0.02;

/** One walker's path. */
export class Walk {
  /** @param {string} label */
  constructor(label) {
    this.label = label;
    this.length = 0;
    this.x = new Float64Array(64);
    this.y = new Float64Array(64);
    this.loss = new Float64Array(64);
    this.gradient_norm = new Float64Array(64);
    this.learning_rate = new Float64Array(64);
    this.evaluations = new Float64Array(64);
    /** @type {Summary | null} */
    this.summary = null;
    /** What was found last, which is asked for with every frame. @type {{key: string, steps: number[]}} */
    this.wrong = { key: '', steps: [] };
  }

  /** @param {Record<string, (number | null)[]>} chunk */
  append(chunk) {
    const count = chunk.x.length;
    this.#reserve(this.length + count);
    for (const name of COLUMNS) {
      const column = this[name];
      const values = chunk[name];
      for (let k = 0; k < count; k += 1) column[this.length + k] = values ? (values[k] ?? NaN) : 0;
    }
    this.length += count;
  }

  /** @param {number} length */
  #reserve(length) {
    if (length <= this.x.length) return;
    const size = Math.max(length, 2 * this.x.length);
    for (const name of COLUMNS) {
      const grown = new Float64Array(size);
      grown.set(this[name].subarray(0, this.length));
      this[name] = grown;
    }
  }

  /**
   * @param {number} step may lie between two steps
   * @returns {[number, number, number]} x, y and loss there, on the straight line between two iterates
   */
  at(step) {
    const k = Math.max(0, Math.min(Math.floor(step), this.length - 1));
    const part = Math.min(step - k, 1);
    if (part <= 0 || k + 1 >= this.length) return [this.x[k], this.y[k], this.loss[k]];
    /** @param {Float64Array} column */
    const between = (column) => column[k] + part * (column[k + 1] - column[k]);
    return [between(this.x), between(this.y), between(this.loss)];
  }

  /**
   * The first few steps that went the wrong way, by enough to be seen.
   * @param {number} most
   * @param {number} downhill 1 where the loss is to fall, -1 where it is to rise
   * @returns {number[]} iterates, in order
   */
  wrongWay(most, downhill) {
    const key = `${most} ${downhill} ${this.length}`;
    if (this.wrong.key !== key) this.wrong = { key, steps: this.#findWrongWay(most, downhill) };
    return this.wrong.steps;
  }

  /** @param {number} most @param {number} downhill */
  #findWrongWay(most, downhill) {
    const heights = this.loss.subarray(0, this.length).map((value) => downhill * value);
    const lowest = heights.reduce((low, value) => (value < low ? value : low), heights[0]);
    const least = WORTH_A_MARK * (heights[0] - lowest);
    const steps = [];
    for (let k = 1; k < this.length && steps.length < most; k += 1) if (heights[k] - heights[k - 1] > least) steps.push(k);
    return steps;
  }
}

/** All walks of one answer. */
export class Walks {
  constructor() {
    /** @type {Wanted | null} */
    this.request = null;
    this.query = '';
    /** @type {Walk[]} */
    this.all = [];
    this.done = false;
  }

  /** @param {any[]} records */
  take(records) {
    for (const record of records) {
      if (record.kind === 'start') {
        this.request = record.request;
        this.query = record.query;
        this.all = record.walks.map((/** @type {{label: string}} */ { label }) => new Walk(label));
      } else if (record.kind === 'chunk') {
        this.all[record.walk].append(record);
      } else if (record.kind === 'end') {
        this.all[record.walk].summary = record.summary;
      } else if (record.kind === 'done') {
        this.done = true;
      }
    }
  }

  /** The last step that any walker has reached so far. */
  get last() {
    return this.all.reduce((most, walk) => Math.max(most, walk.length - 1), 0);
  }

  /** How many points have arrived. */
  get points() {
    return this.all.reduce((sum, walk) => sum + walk.length, 0);
  }

  /** @returns {string} who ended where, counted; empty for one walker or while it is not known */
  get shares() {
    const ends = this.all.map((walk) => walk.summary).filter((summary) => summary !== null);
    if (ends.length < 2 || ends.length < this.all.length) return '';
    const reached = ends.filter((summary) => summary.place === 'global_minimum').length;
    const share = Math.round((1000 * reached) / ends.length) / 10;
    return `${reached} of ${ends.length} walkers (${share} %) ended at a global minimum or close to it.`;
  }

  /** Whether there is one parameter, so that the loss is a curve. */
  get flat() {
    return this.request?.start.length === 1;
  }

  /** @returns {string} every step of every walk as comma-separated values, all digits kept */
  toCsv() {
    const columns = COLUMNS.filter((name) => name !== 'y' || !this.flat);
    const rows = [`walker,step,${columns.join(',')}`];
    this.all.forEach((walk, index) => {
      for (let k = 0; k < walk.length; k += 1) {
        rows.push([index, k, ...columns.map((name) => (Number.isFinite(walk[name][k]) ? walk[name][k] : ''))].join(','));
      }
    });
    return `${rows.join('\n')}\n`;
  }
}
