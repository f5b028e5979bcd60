// The settings, built from the API's tables: labels, symbols, limits and explanations are typed nowhere else.

import { make } from './page.js';
import { fromSlider, say, shortNumber, toSlider, usualRate, writeNumber } from './request.js';
import { sourceNote } from './source.js';

export { make };

/** @typedef {'drag' | 'final'} Phase */

/** Why another seed changes nothing. */
const SAME_WALK = 'The walk is the same: nothing in it is drawn at random. Noise, mini-batches or more walkers are.';

/** @param {Wanted} wanted @returns {boolean} whether the seed decides anything of the run */
const isDrawn = ({ noise, batch, starts }) => noise > 0 || batch > 0 || starts > 1;

/**
 * A typed number shows few digits, and all of them while it has the focus. What was not edited is told exactly.
 * @param {HTMLInputElement} input
 */
function digits(input) {
  let exact = '';
  let filled = '';
  const fill = (/** @type {string} */ text) => {
    filled = text;
    // The same text anew would move the cursor.
    if (input.value !== text) input.value = text;
  };
  const edited = () => input.value !== filled;
  const short = () => shortNumber(Number(exact));
  input.addEventListener('focus', () => edited() || fill(exact));
  input.addEventListener('blur', () => edited() || fill(short()));
  return {
    /** @param {number} value */
    show(value) {
      exact = writeNumber(value);
      if (document.activeElement !== input) fill(short());
      else if (Number(input.value) !== value) fill(exact);
      else filled = input.value;
    },
    get text() {
      return edited() ? input.value.trim() : exact;
    },
  };
}

export class Controls {
  /**
   * @param {HTMLFormElement} form
   * @param {Catalog} catalog
   * @param {(change: Record<string, string | null>, phase: Phase) => void} changed
   */
  constructor(form, catalog, changed) {
    this.form = form;
    this.catalog = catalog;
    this.changed = changed;
    this.fields = /** @type {HTMLElement} */ (form.querySelector('#fields'));
    /** Fields by key, each with a function that shows a value. @type {Map<string, (wanted: Wanted) => void>} */
    this.show = new Map();
    this.built = '';
    /** The landscape whose formula is shown. @type {Landscape | null} */
    this.described = null;
    form.addEventListener('submit', (event) => event.preventDefault());
    form.addEventListener('change', (event) => {
      const input = /** @type {HTMLInputElement} */ (event.target);
      if (input.name === 'landscape') changed({ landscape: input.value }, 'final');
    });
  }

  /** Shows the request as the server has it. @param {Wanted} wanted */
  sync(wanted) {
    const landscape = this.landscape(wanted);
    const layout = [wanted.landscape, wanted.optimizer, wanted.schedule, wanted.restarts > 0, wanted.patience > 0, wanted.warmup > 0].join();
    const focused = document.activeElement?.id;
    // A slider that is being dragged stays; the last answer of the drag brings the other fields.
    const anew = layout !== this.built && !this.fields.querySelector('input[type="range"]:active');
    if (anew) this.build(wanted);
    for (const show of this.show.values()) show(wanted);
    // Values first, the focus after: a control in use keeps what is being entered.
    if (anew && focused) document.getElementById(focused)?.focus();
    if (anew) this.built = layout;
    for (const note of this.form.querySelectorAll('.trouble')) note.remove();
    for (const input of this.form.querySelectorAll('[aria-invalid]')) input.removeAttribute('aria-invalid');
    const card = /** @type {HTMLInputElement | null} */ (this.form.querySelector(`input[value="${wanted.landscape}"]`));
    if (card) card.checked = true;
    if (this.described === landscape) return;
    this.described = landscape;
    this.reveal(card);
    /** @type {HTMLElement} */ (this.form.querySelector('#teaches')).textContent = landscape.teaches;
    /** @type {HTMLElement} */ (this.form.querySelector('#formula')).innerHTML = landscape.mathml;
    this.form.querySelector('#landscape-source')?.replaceChildren(sourceNote('landscape', landscape.title, landscape.source));
  }

  /** Puts the small pictures, which come drawn from the server, into the cards. @param {Record<string, string>} pictures */
  illustrate(pictures) {
    for (const card of this.form.querySelectorAll('.card')) {
      const picture = pictures[/** @type {HTMLInputElement} */ (card.querySelector('input')).value];
      if (picture) /** @type {SVGElement} */ (card.querySelector('svg')).outerHTML = picture;
    }
  }

  /** Brings the chosen card into view within its list, without moving the page. @param {HTMLElement | null} card */
  reveal(card) {
    const list = /** @type {HTMLElement | null} */ (this.form.querySelector('#cards'));
    const label = card?.closest('label');
    if (!list || !label) return;
    const [outer, inner] = [list.getBoundingClientRect(), label.getBoundingClientRect()];
    if (inner.top < outer.top || inner.bottom > outer.bottom) list.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
  }

  /** @param {Wanted} wanted @returns {Landscape} */
  landscape(wanted) {
    return /** @type {Landscape} */ (this.catalog.landscapes.find(({ slug }) => slug === wanted.landscape));
  }

  /** Says what is wrong beside the control that caused it. @param {Complaint} complaint @returns {boolean} whether there is one */
  complain({ key, message, hint }) {
    const field = key ? this.form.querySelector(`[data-key="${key}"]`) : null;
    if (!field) return false;
    field.querySelector('.trouble')?.remove();
    field.append(make('p', { className: 'trouble', id: 'trouble', role: 'alert', textContent: `${message} ${hint ?? ''} The last picture stays.` }));
    const input = field.querySelector('input, select');
    input?.setAttribute('aria-invalid', 'true');
    input?.setAttribute('aria-describedby', 'trouble');
    return true;
  }

  /** @param {Wanted} wanted */
  build(wanted) {
    this.show.clear();
    const { optimizers, schedules, keys } = this.catalog;
    const optimizer = optimizers.find(({ slug }) => slug === wanted.optimizer);
    const schedule = schedules.find(({ slug }) => slug === wanted.schedule);
    const key = (/** @type {string} */ name) => /** @type {Parameter} */ (keys.find((row) => row.key === name));
    const landscape = this.landscape(wanted);
    const { shape } = landscape;
    // What cannot work on this landscape is not offered.
    const able = optimizers.filter((entry) => landscape.smooth || !entry.needs_hessian);
    const batch = landscape.points && !optimizer?.needs_all_data ? [this.number({ ...key('batch'), high: landscape.points })] : [];
    this.fields.replaceChildren(
      ...(shape ? [this.number({ ...shape, key: 'shape', title: shape.name })] : []),
      this.choice('optimizer', 'Optimizer', able, optimizer?.convention ?? '', optimizer),
      this.number(this.around(key('learning_rate'), usualRate(optimizer, landscape) ?? 1)),
      ...(optimizer?.hyperparameters ?? []).map((parameter) => this.number(parameter)),
      this.group(
        this.choice('schedule', 'Schedule', schedules, schedule?.explanation ?? '', schedule),
        ...(wanted.schedule === 'constant' && !wanted.warmup ? [] : [this.sketch()]),
        ...(schedule?.hyperparameters ?? []).map((parameter) => this.number(parameter)),
        this.number(key('restarts')),
        ...(wanted.restarts > 0 ? [this.number(key('growth'))] : []),
        ...(schedule?.warms_up ? [] : [this.number(key('warmup'))]),
      ),
      this.group(this.start(landscape), this.number(key('starts')), ...batch, this.number(key('noise')), this.seed(key('seed'))),
      this.group(
        this.number(key('steps')),
        this.number(key('tolerance')),
        this.number(key('patience')),
        ...(wanted.patience > 0 ? [this.number(key('min_change'))] : []),
        this.goal(),
      ),
    );
  }

  /**
   * The slider of a learning rate reaches from far below the usual one to far above it.
   * @param {Parameter} parameter
   * @param {number} usual
   * @returns {Parameter}
   */
  around(parameter, usual) {
    return { ...parameter, low: Math.min(parameter.low, usual / 100), high: Math.max(parameter.high ?? 0, usual) };
  }

  /** @param {...HTMLElement} children */
  group(...children) {
    return make('div', { className: 'group' }, children);
  }

  /**
   * @param {string} key
   * @param {HTMLElement} label
   * @param {HTMLElement[]} row
   * @param {HTMLElement[]} rest
   */
  field(key, label, row, rest) {
    const field = make('div', { className: 'field' }, [make('div', { className: 'row' }, [label, ...row]), ...rest]);
    field.dataset.key = key;
    return field;
  }

  /** @param {string} key @param {string} title @param {string} symbol */
  label(key, title, symbol) {
    const label = make('label', { htmlFor: `key-${key}`, textContent: title });
    // Formulas come typeset from the server's own tables, never from an address.
    if (symbol) label.insertAdjacentHTML('beforeend', this.catalog.symbols[symbol]);
    return label;
  }

  /** @param {string} explanation @param {string} [limits] */
  explain(explanation, limits = '') {
    return make('p', { className: 'explain' }, [make('span', { textContent: explanation }), make('span', { className: 'limits', textContent: limits })]);
  }

  /** @param {Parameter} parameter a number: a slider, its value to be typed, its limits and what it does */
  number(parameter) {
    const { key, title, symbol, explanation, low, high } = parameter;
    if (parameter.whole && low === 0 && high === 1) return this.toggle(parameter);
    const scale = { low, high: high ?? low, log: parameter.log, whole: parameter.whole ?? false };
    const typed = make('input', { type: 'number', id: `key-${key}`, step: 'any', inputMode: 'decimal' });
    const shown = digits(typed);
    const slider = make('input', { type: 'range', min: '0', max: '1000', step: '1', id: `slide-${key}` });
    slider.setAttribute('aria-label', title);
    const slide = (/** @type {Phase} */ phase) => {
      const number = fromSlider(slider.valueAsNumber, scale);
      const value = writeNumber(number);
      shown.show(number);
      slider.setAttribute('aria-valuetext', value);
      this.changed({ [key]: value }, phase);
    };
    slider.addEventListener('input', () => slide('drag'));
    slider.addEventListener('change', () => slide('final'));
    typed.addEventListener('change', () => this.changed({ [key]: shown.text || null }, 'final'));
    this.show.set(key, (wanted) => {
      const value = wanted[key] ?? low;
      shown.show(value);
      // Under a finger the slider is ahead of the answer.
      if (!slider.matches(':active')) slider.value = String(toSlider(value, scale));
      slider.setAttribute('aria-valuetext', writeNumber(value));
    });
    return this.field(key, this.label(key, title, symbol), [typed], [slider, this.explain(explanation, `${say(low)} … ${say(scale.high)}`)]);
  }

  /** @param {Parameter} parameter a number that is 0 or 1 */
  toggle({ key, title, symbol, explanation }) {
    const box = make('input', { type: 'checkbox', id: `key-${key}` });
    box.addEventListener('change', () => this.changed({ [key]: box.checked ? '1' : null }, 'final'));
    this.show.set(key, (wanted) => {
      box.checked = wanted[key] === 1;
    });
    return this.field(key, this.label(key, title, symbol), [box], [this.explain(explanation)]);
  }

  /**
   * @param {string} key
   * @param {string} title
   * @param {{slug: string, title: string}[]} table
   * @param {string} explanation
   * @param {{title: string, source: Source}} [chosen] whose source is told
   */
  choice(key, title, table, explanation, chosen) {
    const select = make('select', { id: `key-${key}` }, table.map((entry) => make('option', { value: entry.slug, textContent: entry.title })));
    select.addEventListener('change', () => this.changed({ [key]: select.value }, 'final'));
    this.show.set(key, (wanted) => {
      select.value = wanted[key];
    });
    const source = chosen ? [sourceNote(key, chosen.title, chosen.source)] : [];
    return this.field(key, this.label(key, title, ''), [select], [this.explain(explanation), ...source]);
  }

  goal() {
    return this.choice('goal', 'Goal', [{ slug: 'minimize', title: 'Descend' }, { slug: 'maximize', title: 'Climb' }], 'Go against the gradient, downhill, or along it, uphill.');
  }

  /** @param {Landscape} landscape */
  start({ axes }) {
    const inputs = axes.map((axis, index) => {
      const input = make('input', { type: 'number', id: index === 0 ? 'key-start' : 'key-start-y', step: 'any', inputMode: 'decimal' });
      input.setAttribute('aria-label', `Start, ${axis}`);
      return input;
    });
    const shown = inputs.map(digits);
    const typed = () => this.changed({ start: shown.map(({ text }) => text).join(',') }, 'final');
    for (const input of inputs) input.addEventListener('change', typed);
    this.show.set('start', (wanted) => {
      shown.forEach((one, index) => one.show(wanted.start[index]));
    });
    const field = this.field('start', make('span', { className: 'label', textContent: `Start ${axes.join(', ')}` }), inputs, [this.explain('Drag it in the picture, click there, or type it.')]);
    field.classList.add('pair');
    return field;
  }

  /** @param {Parameter} parameter */
  seed(parameter) {
    const typed = make('input', { type: 'number', id: 'key-seed', step: '1', min: '0', inputMode: 'numeric' });
    const dice = make('button', { type: 'button', textContent: 'New' });
    dice.setAttribute('aria-label', 'A new seed');
    typed.addEventListener('change', () => this.changed({ seed: typed.value.trim() || null }, 'final'));
    const why = make('p', { className: 'explain', id: 'seed-note' });
    why.setAttribute('role', 'status');
    let drawn = false;
    dice.addEventListener('click', () => {
      this.changed({ seed: String(Math.floor(Math.random() * 1e6)) }, 'final');
      why.textContent = drawn ? '' : SAME_WALK;
    });
    this.show.set('seed', (wanted) => {
      typed.value = writeNumber(wanted.seed);
      drawn = isDrawn(wanted);
      if (drawn) why.textContent = '';
    });
    return this.field('seed', this.label('seed', parameter.title, parameter.symbol), [dice, typed], [this.explain(parameter.explanation), why]);
  }

  /** The schedule's curve, drawn small. */
  sketch() {
    const space = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(space, 'svg');
    svg.setAttribute('class', 'sketch');
    svg.setAttribute('viewBox', '0 0 300 52');
    svg.setAttribute('preserveAspectRatio', 'none');
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', 'The learning rate by step');
    const floor = document.createElementNS(space, 'path');
    floor.setAttribute('class', 'floor');
    floor.setAttribute('d', 'M0 51H300');
    const path = document.createElementNS(space, 'path');
    path.id = 'sketch';
    svg.append(floor, path);
    return /** @type {any} */ (svg);
  }

  /** @param {Rates} rates that are planned @param {Wanted} wanted */
  drawSketch({ step, learning_rate }, wanted) {
    const path = document.getElementById('sketch');
    if (!path) return;
    const place = (/** @type {number} */ index) => `${((300 * step[index]) / wanted.steps).toFixed(1)} ${(51 - (49 * learning_rate[index]) / wanted.learning_rate).toFixed(1)}`;
    path.setAttribute('d', `M${step.map((_, index) => place(index)).join('L')}`);
  }
}
