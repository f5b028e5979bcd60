// The update rule with this step's numbers, and the table of steps.

import { getJson } from './api.js';
import { make } from './controls.js';
import { say } from './request.js';

/** @typedef {import('./walks.js').Walks} Walks */

const WINDOW = 200;
const ROWS = 50;
const PLACE = /<mtext>@([a-z0-9-]+)@<\/mtext>/g;

/** Nobody reads numbers that change faster than this, in milliseconds. */
const READABLE = 80;
const FEW_DIGITS = 6;
const ALL_DIGITS = 17;

/**
 * @param {number | null | number[] | number[][]} value a number, a vector or a matrix by rows; null is not finite
 * @param {number} [digits]
 * @returns {string} MathML
 */
export function typesetNumber(value, digits = FEW_DIGITS) {
  const number = (/** @type {number | null} */ one) => `<mn>${written(one, digits)}</mn>`;
  if (!Array.isArray(value)) return (value ?? 0) < 0 ? `<mrow><mo>(</mo>${number(value)}<mo>)</mo></mrow>` : number(value);
  if (Array.isArray(value[0])) {
    const rows = /** @type {number[][]} */ (value).map((row) => `<mtr>${row.map((one) => `<mtd>${number(one)}</mtd>`).join('')}</mtr>`);
    return `<mrow><mo>(</mo><mtable>${rows.join('')}</mtable><mo>)</mo></mrow>`;
  }
  return `<mrow><mo>(</mo>${/** @type {number[]} */ (value).map(number).join('<mo separator="true">,</mo>')}<mo>)</mo></mrow>`;
}

/** @param {number | null} value @param {number} digits */
function written(value, digits) {
  const text = digits === ALL_DIGITS && value !== null ? String(value) : say(value ?? NaN, digits);
  return text.replaceAll('-', '−');
}

/** Fills a rule's named places. @param {string} rule @param {(name: string) => string} fill */
export function filled(rule, fill) {
  return rule.replace(PLACE, (_, name) => fill(name.replaceAll('-', '_')));
}

/** The inside of a math element, to stand within another. @param {string} mathml */
function inner(mathml) {
  return mathml.replace(/^<math[^>]*>|<\/math>$/g, '');
}

export class Inspector {
  /** @param {Catalog} catalog */
  constructor(catalog) {
    this.catalog = catalog;
    this.holder = /** @type {HTMLElement} */ (document.getElementById('rule'));
    this.title = /** @type {HTMLElement} */ (document.getElementById('rule-step'));
    this.key = '';
    /** @type {Map<number, StepNumbers>} */
    this.known = new Map();
    this.asking = '';
    /** Called when numbers have come from the server. */
    this.arrived = () => {};
    /** @type {{walks: Walks, walker: number, step: number} | null} */
    this.wanted = null;
    this.digits = FEW_DIGITS;
    this.rendered = -Infinity;
    const all = /** @type {HTMLInputElement} */ (document.getElementById('all-digits'));
    all.addEventListener('change', () => {
      this.digits = all.checked ? ALL_DIGITS : FEW_DIGITS;
      this.render();
    });
  }

  /**
   * @param {Walks | null} walks
   * @param {number} walker
   * @param {number} step
   * @returns {boolean} whether this is the step that is shown
   */
  shows(walks, walker, step) {
    return this.wanted !== null && this.wanted.walks === walks && this.wanted.walker === walker && this.wanted.step === step;
  }

  /** The numbers of the step shown, where they are here. @returns {StepNumbers | undefined} */
  get numbers() {
    return this.wanted ? this.known.get(this.wanted.step) : undefined;
  }

  /**
   * Shows the step that leads away from this iterate; at the end, the last one that was taken.
   * @param {Walks} walks
   * @param {number} walker
   * @param {number} step
   * @param {boolean} [playing] while the steps fly by, not each of them is written out
   */
  async show(walks, walker, step, playing = false) {
    if (!walks.request) return;
    const key = `${walks.query} ${walker}`;
    if (key !== this.key) {
      this.key = key;
      this.known.clear();
      this.holder.replaceChildren();
    }
    const last = (walks.all[walker].summary?.steps ?? walks.all[walker].length - 1) - 1;
    const index = Math.min(step, last);
    this.wanted = { walks, walker, step: index };
    if (!playing || performance.now() - this.rendered > READABLE) this.render();
    if (index < 0) return;
    // While a walk is played the next numbers are asked for before they are needed.
    const needed = this.known.has(index) ? index + WINDOW / 4 : index;
    if (needed > last || this.known.has(needed)) return;
    const first = WINDOW * Math.floor(needed / WINDOW);
    const address = `/api/descent/steps?${walks.query}${walks.query ? '&' : ''}walk=${walker}&first=${first}&count=${WINDOW}`;
    if (this.asking === address) return;
    this.asking = address;
    try {
      const { steps } = await getJson(address);
      if (key !== this.key) return;
      for (const numbers of steps) this.known.set(numbers.step, numbers);
      this.render();
      this.arrived();
    } catch {
      // The rule stays in symbols; whether the server is there is said where it was asked for the walk.
    } finally {
      if (this.asking === address) this.asking = '';
    }
  }

  render() {
    if (!this.wanted) return;
    this.rendered = performance.now();
    const { walks, walker, step } = this.wanted;
    const request = walks.settings(walker);
    const optimizer = /** @type {Optimizer} */ (this.catalog.optimizers.find(({ slug }) => slug === request.optimizer));
    const numbers = this.known.get(step);
    const variant = numbers?.rule ?? (step <= 0 ? 'first' : request.goal === 'maximize' ? 'uphill' : 'rule');
    const own = optimizer.rules[variant] ?? optimizer.rules.rule;
    /** Each line in symbols and in numbers. @type {[string, string][]} */
    const rules = [this.catalog.gradient_rules[`${request.goal} ${request.noise > 0 ? 'noisy' : 'exact'} ${request.batch > 0 ? 'batch' : 'all'}`], ...own];
    const symbol = (/** @type {string} */ name) => inner(optimizer.symbols[name] ?? this.catalog.rule_symbols[name]);
    this.title.textContent = step < 0 ? ' (no step was taken)' : `, step ${step} → ${step + 1}`;
    /** @type {HTMLElement} */ (document.getElementById('convention')).textContent = optimizer.convention;
    this.holder.replaceChildren(
      ...rules.map(([rule, calculation]) => {
        const line = make('div', { className: 'line' });
        line.insertAdjacentHTML('beforeend', filled(rule, symbol));
        const below = make('div', { className: 'numbers' });
        // Before the numbers are there the line keeps their room.
        below.innerHTML = filled(calculation, (name) => (numbers ? typesetNumber(numbers.quantities[name], this.digits) : symbol(name)));
        if (!numbers) below.style.visibility = 'hidden';
        if (step >= 0) line.append(below);
        return line;
      }),
    );
    const batch = /** @type {HTMLElement} */ (document.getElementById('batch-rows'));
    batch.hidden = !numbers?.batch;
    if (numbers?.batch) batch.textContent = `Mini-batch of this step: data points ${numbers.batch.map((row) => row + 1).sort((a, b) => a - b).join(', ')}.`;
  }
}

export class StepTable {
  /** @param {() => number} step the step shown now */
  constructor(step) {
    this.step = step;
    this.table = /** @type {HTMLTableElement} */ (document.getElementById('table'));
    this.details = /** @type {HTMLDetailsElement} */ (document.getElementById('steps'));
    this.first = 0;
    this.axes = ['x', 'y'];
    /** @type {import('./walks.js').Walk | null} */
    this.walk = null;
    this.details.addEventListener('toggle', () => this.turnTo(this.step()));
    document.getElementById('rows-before')?.addEventListener('click', () => this.turnTo(this.first - ROWS));
    document.getElementById('rows-after')?.addEventListener('click', () => this.turnTo(this.first + ROWS));
  }

  /** Lets one of the walks be chosen, where there are several. @param {Walks} walks @param {number} chosen */
  list(walks, chosen) {
    const select = /** @type {HTMLSelectElement} */ (document.getElementById('walker'));
    const names = walks.all.map((_, index) => walks.who(index));
    /** @type {HTMLElement} */ (select.parentElement).hidden = names.length < 2;
    if (names.join('\n') !== [...select.options].map(({ text }) => text).join('\n')) select.replaceChildren(...names.map((name, index) => new Option(name, String(index))));
    select.value = String(chosen);
  }

  /** @param {import('./walks.js').Walk} walk @param {string[]} axes what the coordinates are called */
  show(walk, axes) {
    this.walk = walk;
    this.axes = axes;
    this.turnTo(this.step());
  }

  /** @param {number} step */
  turnTo(step) {
    if (!this.walk) return;
    const most = Math.max(0, ROWS * Math.floor((this.walk.length - 1) / ROWS));
    this.first = Math.max(0, Math.min(most, ROWS * Math.floor(step / ROWS)));
    this.render();
  }

  /** Marks the row of the step shown, turning the page where it is elsewhere. */
  follow() {
    if (!this.details.open || !this.walk) return;
    // Others may go on when this walk has ended.
    const step = Math.min(this.step(), this.walk.length - 1);
    if (step < this.first || step >= this.first + ROWS) this.turnTo(step);
    this.table.querySelector('tr.now')?.classList.remove('now');
    this.table.tBodies[0]?.rows[step - this.first]?.classList.add('now');
  }

  render() {
    if (!this.details.open || !this.walk) return;
    const { walk } = this;
    const head = make('thead', {}, [make('tr', {}, ['Step', ...this.axes, 'Loss', 'Gradient norm', 'Learning rate', 'Evaluations'].map((name) => make('th', { scope: 'col', textContent: name })))]);
    const body = make('tbody');
    for (let k = this.first; k < Math.min(this.first + ROWS, walk.length); k += 1) {
      const place = [walk.x[k], walk.y[k]].slice(0, this.axes.length);
      const cells = [...place, walk.loss[k], walk.gradient_norm[k], walk.learning_rate[k], walk.evaluations[k]].map((value) => make('td', { textContent: say(value, 7) }));
      body.append(make('tr', {}, [make('th', { scope: 'row', textContent: String(k) }), ...cells]));
    }
    this.table.replaceChildren(make('caption', { className: 'hidden', textContent: 'The steps of the walk' }), head, body);
    this.follow();
  }
}
