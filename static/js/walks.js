// The walks of one answer as columns that grow while it streams. Pure.

const COLUMNS = /** @type {const} */ (['x', 'y', 'loss', 'gradient_norm', 'learning_rate']);

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
    /** @type {Summary | null} */
    this.summary = null;
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

  /** Steps at which a warm restart put the learning rate back up. */
  get restarts() {
    const { learning_rate: rate, length } = this.all[0];
    const jumps = [];
    for (let k = 1; k < length; k += 1) if (rate[k] > rate[k - 1]) jumps.push(k);
    return jumps;
  }

  /** @returns {string} every step of every walk as comma-separated values, all digits kept */
  toCsv() {
    const rows = ['walker,step,x,y,loss,gradient_norm,learning_rate'];
    this.all.forEach((walk, index) => {
      for (let k = 0; k < walk.length; k += 1) {
        rows.push([index, k, ...COLUMNS.map((name) => (Number.isFinite(walk[name][k]) ? walk[name][k] : ''))].join(','));
      }
    });
    return `${rows.join('\n')}\n`;
  }
}
