// A map's cells: the server's records as typed arrays, found again by where they lie. Pure.

/**
 * Where a value lies on an axis: 0 at its low end, 1 at its high end, beyond them outside. Exact to the last bits in a
 * window a millionth as wide, where the quotient of logarithms would have lost half its digits.
 * @param {MapAxis} axis
 * @param {number} value
 */
export function fraction({ low, high, log }, value) {
  return log ? Math.log1p((value - low) / low) / Math.log1p((high - low) / low) : (value - low) / (high - low);
}

/**
 * The value at a fraction of an axis.
 * @param {MapAxis} axis
 * @param {number} part
 */
export function valueAt({ low, high, log }, part) {
  if (!log) return low + (high - low) * part;
  const power = part * Math.log1p((high - low) / low);
  // Far below the low end the difference from it would have lost all digits.
  return power < -1 ? low * Math.exp(power) : low + low * Math.expm1(power);
}

/** A lower loss is as good as none, and a higher one has blown up: the scale tells neither apart. */
const [LEAST_LOSS, MOST_LOSS] = [1e-12, 10];

/** One map as far as it has arrived. Each pass replaces the one before, whose cells it holds. */
export class MapCells {
  /** @param {any} start the stream's first record @param {boolean} [coarse] whether finer ones will take their place */
  constructor(start, coarse = false) {
    this.coarse = coarse;
    /** @type {MapAxis[]} */
    this.axes = start.axes;
    this.x = Float64Array.from(start.x);
    /** Left out where there is one axis. */
    this.y = start.y ? Float64Array.from(start.y) : null;
    /** @type {MapEnding[]} */
    this.legend = start.legend;
    /** The curve of the stability limit, where theory knows it. @type {[number, number | null][] | null} */
    this.limit = start.theory?.limit ?? null;
    this.kind = start.request?.map === 'rates' ? 'rates' : 'basins';
    /** Whether a network is trained in each cell, which is then told by the loss that it ends with. */
    this.trained = Boolean(start.plane);
    this.progress = 0;
    this.done = false;
    /** @type {Record<string, any> | null} */
    this.best = null;
    /** By how many cells of the finest pass this one goes; 0 before the first. */
    this.stride = 0;
    this.rows = 0;
    this.columns = 0;
    /** Which entry of the legend each cell is, row by row. */
    this.outcome = new Uint16Array(0);
    /** Which entry an unfinished walk is near, -1 where it is none; so it is everywhere of settings. */
    this.near = new Int16Array(0);
    this.steps = new Float64Array(0);
    /** Evaluations until it converged, NaN where it did not; empty for basins. */
    this.evaluations = new Float64Array(0);
    /** The loss at the end of a network's training, NaN where it diverged; empty of all else. */
    this.loss = new Float64Array(0);
    /** How many cells each entry of the legend is. @type {number[]} */
    this.counts = [];
    /** How many of these are near an entry. @type {number[]} */
    this.counts_near_any = [];
    /** How many cells are near each entry. @type {number[]} */
    this.counts_near = [];
  }

  /** @param {any} record */
  take(record) {
    if (record.kind === 'pass') this.#takePass(record);
    if (record.kind === 'pass' || record.kind === 'progress') this.progress = record.progress;
    if (record.kind === 'done') {
      this.done = true;
      this.best = record.best ?? null;
    }
  }

  /** @param {any} pass */
  #takePass({ resolution, stride, outcome, near, steps, evaluations, loss }) {
    const [rows, columns] = resolution;
    const entries = new Map(this.legend.map((entry, index) => [entry.outcome, index]));
    Object.assign(this, { stride, rows, columns });
    this.outcome = new Uint16Array(rows * columns);
    this.near = new Int16Array(rows * columns).fill(-1);
    this.steps = new Float64Array(rows * columns);
    this.evaluations = new Float64Array(evaluations ? rows * columns : 0);
    this.loss = new Float64Array(loss ? rows * columns : 0);
    [this.counts, this.counts_near_any, this.counts_near] = [0, 0, 0].map((none) => this.legend.map(() => none));
    for (let i = 0; i < rows; i += 1) {
      const [outcomes, beside, taken, spent, left] = [outcome[i], near?.[i], steps[i], evaluations?.[i], loss?.[i]];
      for (let j = 0; j < columns; j += 1) {
        const place = i * columns + j;
        const entry = typeof outcomes[j] === 'string' ? (entries.get(outcomes[j]) ?? 0) : outcomes[j];
        this.outcome[place] = entry;
        this.counts[entry] += 1;
        if (beside && beside[j] >= 0) {
          this.near[place] = beside[j];
          this.counts_near[beside[j]] += 1;
          this.counts_near_any[entry] += 1;
        }
        this.steps[place] = taken[j] ?? NaN;
        if (spent) this.evaluations[place] = spent[j] ?? NaN;
        if (left) this.loss[place] = left[j] ?? NaN;
      }
    }
  }

  /** Whether an ending is told by a colour of a scale, and not by a neutral one. @param {number} entry */
  scaled(entry) {
    const { outcome, kind } = this.legend[entry];
    if (this.trained) return outcome !== 'diverged';
    return outcome === 'converged' && (this.kind === 'rates' || Boolean(kind));
  }

  /** What the scale goes by: evaluations of settings, of a network's the loss, steps of starts. */
  get measure() {
    if (this.kind === 'basins') return this.steps;
    return this.trained ? this.loss : this.evaluations;
  }

  /** How high a value lies on the scale, which is logarithmic: a few steps more are much where there are few. @param {number} value */
  height(value) {
    if (this.kind === 'basins' || !this.trained) return Math.log(value + 1);
    return Math.log(Math.min(Math.max(value, LEAST_LOSS), MOST_LOSS));
  }

  /** @returns {[number, number] | null} the least and the most of what the scale goes by, null where nothing is on it */
  get range() {
    const { measure, outcome } = this;
    const counted = this.legend.map((_, entry) => this.scaled(entry));
    let [low, high] = [Infinity, -Infinity];
    for (let place = 0; place < measure.length; place += 1) {
      const value = measure[place];
      if (!counted[outcome[place]] || Number.isNaN(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (low > high) return null;
    if (this.measure !== this.loss) return [low, high];
    return [Math.max(low, LEAST_LOSS), Math.min(Math.max(high, low), MOST_LOSS)];
  }

  /** @param {number[]} counts @returns {number[]} */
  #sharesOf(counts) {
    const total = this.rows * this.columns;
    return counts.map((count) => (total > 0 ? count / total : 0));
  }

  /** @returns {number[]} the share of each entry of the legend among the cells that are there */
  get shares() {
    return this.#sharesOf(this.counts);
  }

  /** @returns {number[]} the share that ended unfinished near each entry of the legend */
  get shares_near() {
    return this.#sharesOf(this.counts_near);
  }

  /** @returns {number[]} the share of each entry of the legend without what is near another */
  get shares_apart() {
    return this.#sharesOf(this.counts.map((count, entry) => count - this.counts_near_any[entry]));
  }

  /**
   * The row or column of this pass that stands for a fraction of an axis: the nearest that is known.
   * @param {number} part
   * @param {0 | 1} axis
   * @returns {number} -1 outside
   */
  nearest(part, axis) {
    const finest = (axis === 0 ? this.x : this.y)?.length ?? 1;
    if (!(part >= 0 && part <= 1) || this.stride === 0) return -1;
    // The very end of the axis belongs to its last cell.
    const cell = Math.min(finest - 1, Math.floor(part * finest));
    return Math.min(
      (axis === 0 ? this.columns : this.rows) - 1,
      Math.floor((cell + Math.floor(this.stride / 2)) / this.stride),
    );
  }

  /**
   * What is known of the cell at a place.
   * @param {number} x
   * @param {number} y
   * @returns {MapCell | null} null outside
   */
  at(x, y) {
    const column = this.nearest(fraction(this.axes[0], x), 0);
    const row = this.y ? this.nearest(fraction(this.axes[1], y), 1) : 0;
    return column < 0 || row < 0 || this.stride === 0 ? null : this.cell(row, column);
  }

  /**
   * @param {number} row of this pass
   * @param {number} column
   * @returns {MapCell}
   */
  cell(row, column) {
    const place = row * this.columns + column;
    const spent = this.evaluations.length > 0 ? this.evaluations[place] : NaN;
    const left = this.loss.length > 0 ? this.loss[place] : NaN;
    return {
      row,
      column,
      x: this.x[column * this.stride],
      y: this.y ? this.y[row * this.stride] : null,
      ending: this.legend[this.outcome[place]],
      near: this.legend[this.near[place]] ?? null,
      steps: this.steps[place],
      evaluations: Number.isNaN(spent) ? null : spent,
      loss: Number.isNaN(left) ? null : left,
    };
  }
}

/** So many entries of a basin map's legend are told one by one. */
const TOLD = 8;

/** @typedef {{entry: number, near: boolean, label: string, share: number}} Told an entry of -1 sums the rest */

/**
 * The legend: what occurs, the largest shares first, then what is on its way, then what is neither; of very many minima the
 * smaller ones are summed.
 * @param {MapCells} cells
 * @returns {Told[]}
 */
export function legendOf(cells) {
  const { legend, shares_apart, shares_near } = cells;
  const all = legend.map(({ label }, entry) => ({ entry, near: false, label, share: shares_apart[entry] }));
  const [minima, others] = [true, false].map((scaled) => all.filter(({ entry }) => cells.scaled(entry) === scaled));
  const near = all.map(({ entry, label }) => {
    return { entry, near: true, label: `on its way to ${label}`, share: shares_near[entry] };
  });
  // Ranges of the loss are few, and in their order.
  if (legend.some(({ kind }) => kind === 'loss')) return all.filter(({ share }) => share > 0);
  const names = legend.some(({ kind }) => kind === 'maximum') ? 'maxima' : 'minima';
  return [
    ...summed(minima, (count) => `${count} further ${names}`),
    ...summed(near, (count) => `on their way to ${count} further ${names}`),
    ...others.filter(({ share }) => share > 0),
  ];
}

/**
 * @param {Told[]} entries
 * @param {(count: number) => string} label of the sum of so many
 * @returns {Told[]} those that occur, the largest share first
 */
function summed(entries, label) {
  const occur = entries.filter(({ share }) => share > 0).sort((one, other) => other.share - one.share);
  if (occur.length <= TOLD + 1) return occur;
  const rest = occur.slice(TOLD);
  const share = rest.reduce((sum, entry) => sum + entry.share, 0);
  return [...occur.slice(0, TOLD), { entry: -1, near: rest[0].near, label: label(rest.length), share }];
}
