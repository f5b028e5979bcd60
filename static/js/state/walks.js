// The walks of one answer as columns that grow while it streams. Pure.

const COLUMNS = /** @type {const} */ (['x', 'y', 'loss', 'gradient_norm', 'learning_rate', 'evaluations']);
/** What only a network's walks have: how far they are from the plane that they are drawn on, and the loss of the ground there. */
const PLANE_COLUMNS = /** @type {const} */ (['off_plane', 'plane_loss']);

/** Steps that went the wrong way are marked for so many walkers, and so many of them each. */
export const MARKED_WALKERS = 4;
export const MARKED_STEPS = 10;
/** A rise by less than this part of the way from the start to the best place is no mark worth. */
const WORTH_A_MARK = 0.02;

/** One walker's path. */
export class Walk {
  /**
   * @param {string} label
   * @param {{run?: number, walker?: number, style?: number, hidden?: boolean}} [place] `style` is the number that its colour, dash and sign go by
   */
  constructor(label, { run = 0, walker = 0, style = 0, hidden = false } = {}) {
    this.label = label;
    this.run = run;
    this.walker = walker;
    this.style = style;
    this.hidden = hidden;
    this.length = 0;
    this.x = new Float64Array(64);
    this.y = new Float64Array(64);
    this.loss = new Float64Array(64);
    this.gradient_norm = new Float64Array(64);
    this.learning_rate = new Float64Array(64);
    this.evaluations = new Float64Array(64);
    /** Of a network: the distance from the plane, in its unit, and the loss of the plane below or above. @type {Float64Array | null} */
    this.off_plane = null;
    /** @type {Float64Array | null} */
    this.plane_loss = null;
    /** All weights of a network at each step, where the answer has them. @type {number[][]} */
    this.weights = [];
    /** @type {Summary | null} */
    this.summary = null;
    /** What was found last, which is asked for with every frame. @type {{key: string, steps: number[]}} */
    this.wrong = { key: '', steps: [] };
    /** The lowest height so far, of the iterates that are known to it. */
    this.least = { downhill: 1, known: 0, lowest: 0 };
  }

  /** @param {'off_plane' | 'plane_loss'} name @param {(number | null)[]} values */
  #appendToPlane(name, values) {
    const column = (this[name] ??= new Float64Array(this.x.length));
    for (let k = 0; k < values.length; k += 1) column[this.length + k] = values[k] ?? NaN;
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
    for (const name of PLANE_COLUMNS) if (chunk[name]) this.#appendToPlane(name, chunk[name]);
    if (chunk.weights) this.weights.push(.../** @type {any} */ (chunk.weights));
    this.length += count;
  }

  /** @param {number} length */
  #reserve(length) {
    if (length <= this.x.length) return;
    const size = Math.max(length, 2 * this.x.length);
    for (const name of [...COLUMNS, ...PLANE_COLUMNS]) {
      const column = this[name];
      if (!column) continue;
      const grown = new Float64Array(size);
      grown.set(column.subarray(0, this.length));
      this[name] = grown;
    }
  }

  /**
   * @param {number} step may lie between two steps
   * @returns {[number, number, number]} x, y and loss there, on the straight line between two iterates
   */
  at(step) {
    const [k, part] = this.#around(step);
    if (part === 0) return [this.x[k], this.y[k], this.loss[k]];
    return [between(this.x, k, part), between(this.y, k, part), between(this.loss, k, part)];
  }

  /**
   * @param {number} step may lie between two steps
   * @returns {{off: number, ground: number} | null} how far it is from the plane there, and the loss of the plane; null of
   *   what is no network
   */
  onPlane(step) {
    if (!this.off_plane || !this.plane_loss) return null;
    const [k, part] = this.#around(step);
    return { off: between(this.off_plane, k, part), ground: between(this.plane_loss, k, part) };
  }

  /**
   * @param {number} step may lie between two steps
   * @returns {number[] | null} all weights there, on the straight line between two iterates; null where they are not told
   */
  weightsAt(step) {
    const [k, part] = this.#around(step);
    const [here, next] = [this.weights[k], this.weights[k + 1]];
    if (!here) return null;
    return part === 0 || !next ? here : here.map((value, index) => value + part * (next[index] - value));
  }

  /** @param {number} step @returns {[number, number]} the iterate before, and the part of the way to the next one */
  #around(step) {
    const k = Math.max(0, Math.min(Math.floor(step), this.length - 1));
    const part = Math.min(step - k, 1);
    return [k, part <= 0 || k + 1 >= this.length ? 0 : part];
  }

  /** @param {number} step may lie between two steps @returns {number} how many evaluations it had cost to come there */
  spent(step) {
    const k = Math.max(0, Math.min(Math.floor(step), this.length - 1));
    const next = Math.min(k + 1, this.length - 1);
    return this.evaluations[k] + Math.min(step - k, 1) * (this.evaluations[next] - this.evaluations[k]);
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

  /** How much a step must rise by to be worth a mark. @param {number} downhill as `wrongWay` takes it */
  leastRise(downhill) {
    const { least } = this;
    // What has arrived meanwhile may be lower: only that is looked at.
    if (least.downhill !== downhill || least.known > this.length || least.known === 0)
      Object.assign(least, { downhill, known: 0, lowest: downhill * this.loss[0] });
    for (; least.known < this.length; least.known += 1) {
      const height = downhill * this.loss[least.known];
      if (height < least.lowest) least.lowest = height;
    }
    return WORTH_A_MARK * (downhill * this.loss[0] - least.lowest);
  }

  /** @param {number} most @param {number} downhill */
  #findWrongWay(most, downhill) {
    const heights = this.loss.subarray(0, this.length).map((value) => downhill * value);
    const least = this.leastRise(downhill);
    const steps = [];
    for (let k = 1; k < this.length && steps.length < most; k += 1)
      if (heights[k] - heights[k - 1] > least) steps.push(k);
    return steps;
  }
}

/** @param {Float64Array} column @param {number} k @param {number} part of the way to the next one */
function between(column, k, part) {
  return part === 0 ? column[k] : column[k] + part * (column[k + 1] - column[k]);
}

/** @param {string} query @returns {string} without what asks for all weights, which is of no address */
function withoutWeights(query) {
  return query
    .split('&')
    .filter((part) => !part.startsWith('weights='))
    .join('&');
}

/** All walks of one answer. */
export class Walks {
  constructor() {
    /** @type {Wanted | null} */
    this.request = null;
    this.query = '';
    /** What they are walked on. @type {LandscapeRecord | null} */
    this.landscape = null;
    /** The plane that a network's walks are drawn on. @type {PlaneRecord | null} */
    this.plane = null;
    /** @type {Run[]} */
    this.runs = [];
    /** Of the rules that were typed, each with its run. @type {OptimizerRecord[]} */
    this.rules = [];
    /** Of all runs, one run's walkers after the other's. @type {Walk[]} */
    this.all = [];
    this.done = false;
  }

  /** @param {any[]} records */
  take(records) {
    for (const record of records) {
      if (record.kind === 'start') {
        this.request = record.request;
        this.query = withoutWeights(record.query);
        this.landscape = record.landscape;
        this.plane = record.plane ?? null;
        this.rules = record.optimizers ?? [];
        // The answer names its runs where there are several.
        const runs = record.runs ?? [
          { run: 0, label: record.walks[0].label, query: record.query, request: record.request, best_known: null },
        ];
        this.runs = runs.map((/** @type {Run} */ run) => ({ ...run, query: withoutWeights(run.query) }));
        this.all = record.walks.map(
          (/** @type {{run: number, walker: number, label: string}} */ { run, walker, label }) => {
            return new Walk(label, {
              run,
              walker,
              style: this.several ? run : walker,
              hidden: this.runs[run].request.hidden === 1,
            });
          },
        );
      } else if (record.kind === 'chunk') {
        this.all[record.walk].append(record);
      } else if (record.kind === 'end') {
        this.all[record.walk].summary = record.summary;
      } else if (record.kind === 'done') {
        this.done = true;
      }
    }
  }

  /** Whether runs are compared: then each has one style, and all its walkers have it. */
  get several() {
    return this.runs.length > 1;
  }

  /** How many walkers each run has. */
  get starts() {
    return this.request?.starts ?? 0;
  }

  /** The walks that are drawn. */
  get visible() {
    return this.all.filter(({ hidden }) => !hidden);
  }

  /** @param {number} index @returns {Wanted} the settings of this walk's run */
  settings(index) {
    return this.runs[this.all[index].run].request;
  }

  /** @param {number} index @returns {string} who it is among the others; empty for the only one */
  who(index) {
    const { label, walker } = this.all[index];
    const one = this.starts > 1 ? [`${this.several ? 'w' : 'W'}alker ${walker + 1}`] : [];
    return [...(this.several ? [label] : []), ...one].join(', ');
  }

  /** What the curves go by, for one walk: its steps or its evaluations. @param {Walk} walk @param {number} step may lie between two */
  across(walk, step) {
    return this.request?.axis === 'evaluations' ? walk.spent(step) : step;
  }

  /** The most evaluations that any walker that is drawn has spent. */
  get mostEvaluations() {
    return this.visible.reduce((most, walk) => Math.max(most, walk.evaluations[walk.length - 1] || 0), 1);
  }

  /** How many points the answer has at the most. */
  get expected() {
    return this.runs.reduce((sum, { request }) => sum + request.starts * (request.steps + 1), 0);
  }

  /** The last step that any walker has reached so far. */
  get last() {
    return this.all.reduce((most, walk) => Math.max(most, walk.length - 1), 0);
  }

  /** How many points have arrived. */
  get points() {
    return this.all.reduce((sum, walk) => sum + walk.length, 0);
  }

  /** @returns {string} who ended where, counted; empty for one walker, for several runs, or while it is not known */
  get shares() {
    if (this.several) return '';
    const ends = this.all.map((walk) => walk.summary).filter((summary) => summary !== null);
    if (ends.length < 2 || ends.length < this.all.length) return '';
    const reached = ends.filter((summary) => summary.place === 'global_minimum').length;
    const share = Math.round((1000 * reached) / ends.length) / 10;
    return `${reached} of ${ends.length} walkers (${share} %) ended at a global minimum or close to it.`;
  }

  /** @param {Walk} walk @returns {boolean} whether the plane was laid through this walk: it begins at the first weights */
  defines({ run, walker }) {
    const { request, plane } = this;
    return plane !== null && run === request?.plane_run && walker === 0 && request.start.every((value) => value === 0);
  }

  /** Whether there is one parameter, so that the loss is a curve. */
  get flat() {
    return this.request?.start.length === 1;
  }

  /**
   * @param {string} [separator]
   * @returns {string} every step of every walk, all digits kept, with the name of its run where there are several
   */
  toCsv(separator = ',') {
    const columns = [
      ...COLUMNS.filter((name) => name !== 'y' || !this.flat),
      ...PLANE_COLUMNS.filter((name) => this.all[0]?.[name]),
    ];
    const rows = [[...(this.several ? ['run'] : []), 'walker', 'step', ...columns].join(separator)];
    for (const walk of this.all) {
      const who = [...(this.several ? [`"${walk.label.replaceAll('"', '""')}"`] : []), walk.walker];
      for (let k = 0; k < walk.length; k += 1) {
        rows.push([...who, k, ...columns.map((name) => finite(walk[name]?.[k]))].join(separator));
      }
    }
    return `${rows.join('\n')}\n`;
  }
}

/** @param {number | undefined} value @returns {number | ''} */
function finite(value) {
  return value !== undefined && Number.isFinite(value) ? value : '';
}
