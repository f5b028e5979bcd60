// The update rule with this step's numbers, and the table of steps.

import { getJson } from './api.js';
import { make } from './controls.js';
import { say } from './request.js';

/** @typedef {import('./walks.js').Walks} Walks */

const WINDOW = 200;
const ROWS = 50;
const PLACE = /<mtext>@([a-z0-9-]+)@<\/mtext>/g;

/**
 * @param {number | number[]} value
 * @returns {string} MathML
 */
export function typesetNumber(value) {
  const number = (/** @type {number} */ one) => `<mn>${say(one, 6).replaceAll('-', '−')}</mn>`;
  if (!Array.isArray(value)) return number(value);
  return `<mrow><mo>(</mo>${value.map(number).join('<mo separator="true">,</mo>')}<mo>)</mo></mrow>`;
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
    /** @type {{walks: Walks, walker: number, step: number} | null} */
    this.wanted = null;
  }

  /**
   * Shows the step that leads away from this iterate; at the end, the last one that was taken.
   * @param {Walks} walks
   * @param {number} walker
   * @param {number} step
   */
  async show(walks, walker, step) {
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
    this.render();
    if (index < 0 || this.known.has(index)) return;
    const first = Math.max(0, WINDOW * Math.floor(index / WINDOW));
    const address = `/api/descent/steps?${walks.query}${walks.query ? '&' : ''}walk=${walker}&first=${first}&count=${WINDOW}`;
    if (this.asking === address) return;
    this.asking = address;
    try {
      const { steps } = await getJson(address);
      if (key !== this.key) return;
      for (const numbers of steps) this.known.set(numbers.step, numbers);
      this.render();
    } catch {
      // The rule stays in symbols; whether the server is there is said where it was asked for the walk.
    } finally {
      if (this.asking === address) this.asking = '';
    }
  }

  render() {
    if (!this.wanted) return;
    const { walks, step } = this.wanted;
    const request = /** @type {Wanted} */ (walks.request);
    const optimizer = /** @type {Optimizer} */ (this.catalog.optimizers.find(({ slug }) => slug === request.optimizer));
    const numbers = this.known.get(step);
    const own = (numbers?.first ?? step <= 0) ? optimizer.first_rule : optimizer.rule;
    /** Each line in symbols and in numbers. @type {[string, string][]} */
    const rules = [this.catalog.gradient_rules[`${request.goal} ${request.noise > 0 ? 'noisy' : 'exact'}`], ...own.map((line) => /** @type {[string, string]} */ ([line, line]))];
    this.title.textContent = step < 0 ? ' (no step was taken)' : `, step ${step} → ${step + 1}`;
    /** @type {HTMLElement} */ (document.getElementById('convention')).textContent = optimizer.convention;
    this.holder.replaceChildren(
      ...rules.map(([rule, calculation]) => {
        const line = make('div', { className: 'line' });
        line.insertAdjacentHTML('beforeend', filled(rule, (name) => inner(optimizer.symbols[name])));
        const below = make('div', { className: 'numbers' });
        // Before the numbers are there the line keeps their room.
        below.innerHTML = filled(calculation, (name) => (numbers ? typesetNumber(numbers.quantities[name]) : inner(optimizer.symbols[name])));
        if (!numbers) below.style.visibility = 'hidden';
        if (step >= 0) line.append(below);
        return line;
      }),
    );
  }
}

export class StepTable {
  /** @param {() => number} step the step shown now */
  constructor(step) {
    this.step = step;
    this.table = /** @type {HTMLTableElement} */ (document.getElementById('table'));
    this.details = /** @type {HTMLDetailsElement} */ (document.getElementById('steps'));
    this.first = 0;
    /** @type {import('./walks.js').Walk | null} */
    this.walk = null;
    this.details.addEventListener('toggle', () => this.turnTo(this.step()));
    document.getElementById('rows-before')?.addEventListener('click', () => this.turnTo(this.first - ROWS));
    document.getElementById('rows-after')?.addEventListener('click', () => this.turnTo(this.first + ROWS));
  }

  /** @param {import('./walks.js').Walk} walk */
  show(walk) {
    this.walk = walk;
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
    const step = this.step();
    if (step < this.first || step >= this.first + ROWS) this.turnTo(step);
    this.table.querySelector('tr.now')?.classList.remove('now');
    this.table.tBodies[0]?.rows[step - this.first]?.classList.add('now');
  }

  render() {
    if (!this.details.open || !this.walk) return;
    const { walk } = this;
    const head = make('thead', {}, [make('tr', {}, ['Step', 'x', 'y', 'Loss', 'Gradient norm', 'Learning rate'].map((name) => make('th', { scope: 'col', textContent: name })))]);
    const body = make('tbody');
    for (let k = this.first; k < Math.min(this.first + ROWS, walk.length); k += 1) {
      const cells = [walk.x[k], walk.y[k], walk.loss[k], walk.gradient_norm[k], walk.learning_rate[k]].map((value) => make('td', { textContent: say(value, 7) }));
      body.append(make('tr', {}, [make('th', { scope: 'row', textContent: String(k) }), ...cells]));
    }
    this.table.replaceChildren(make('caption', { className: 'hidden', textContent: 'The steps of the walk' }), head, body);
    this.follow();
  }
}
