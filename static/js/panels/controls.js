// The settings, built from the API's tables: labels, symbols, limits and explanations are typed nowhere else.

import { NumberField } from '../input/number_field.js';
import { watchSlider } from '../input/slider.js';
import { fromSlider, stepped, toSlider } from '../input/slider_scale.js';
import { roundPoint } from '../input/start_drag.js';
import { find, make, setText } from './parts/elements.js';
import { sourceNote } from './parts/source_note.js';
import { makeTerm, rove, writeTerms } from './parts/terms.js';
import { ableOptimizers, entriesOf, landscapeNamed } from '../state/meaning.js';
import { offeredNumbers } from '../state/offered.js';
import { wantedOf } from '../state/race.js';
import { usualRate } from '../state/request.js';
import { writeConstants } from '../state/typed_formula.js';
import { changeTo, ownNumbers, valueOf } from '../state/typed_rule.js';
import { signOf } from '../state/typed_text.js';
import { formatNumber, writeNumber } from '../words/numbers.js';
import { ownRateInWords } from '../words/own_rate.js';

/** @typedef {'drag' | 'final'} Phase */

/** Why another seed changes nothing. */
const SAME_WALK = 'The walk is the same: nothing in it is drawn at random. Noise, mini-batches or more walkers are.';
/** What the start is. */
const START = 'Drag it in the picture, or type it.';
const START_ON_PLANE = 'A place on the plane; 0, 0 is the first weights.';

/** @param {Wanted} wanted @returns {boolean} whether the seed decides anything of the run: a network's first weights are drawn from it */
const isDrawn = ({ noise, batch, starts, plane }) => noise > 0 || batch > 0 || starts > 1 || Boolean(plane);

/**
 * Brings the children of a node to these, and leaves alone what stays: a control in use keeps its focus and its pointer.
 * @param {HTMLElement} parent
 * @param {HTMLElement[]} wanted
 */
function arrange(parent, wanted) {
  for (const child of [...parent.children]) if (!wanted.includes(/** @type {HTMLElement} */ (child))) child.remove();
  wanted.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
}

/**
 * @param {Parameter} parameter
 * @param {string} [limits]
 * @returns {[string, string, string]} its plain line, its limits, and what else is to be known
 */
function linesOf({ plain, explanation, convention }, limits = '') {
  return plain ? [plain, limits, explanation] : [explanation, limits, convention ?? ''];
}

/** @typedef {{key: string, title: string, table: {slug: string, title: string}[]}} Choice */

/** What can be selected, and no more of it. @param {{slug: string, title: string}[]} table */
function named(table) {
  return table.map(({ slug, title }) => ({ slug, title }));
}

/** What is written where there is room for a word. */
const SHORT = /** @type {Record<string, string>} */ ({
  learning_rate: 'Step size',
  start: 'Start',
  restarts: 'Restarts',
});

/** What each dial is called in a list of hidden parts, in the dials' order; the start is none. */
const PARTS = ['optimizer', '', 'step-size', 'momentum', 'restarts'];

const GOALS = [
  { slug: 'minimize', title: 'Descend' },
  { slug: 'maximize', title: 'Climb' },
];

/** @param {HTMLElement} form @param {Session} session @returns {Panel} */
export function mountControls(form, session) {
  const controls = new Controls(/** @type {HTMLFormElement} */ (form), session.catalog, (change, phase) =>
    session.edit(change, phase),
  );
  controls.hides = (part) => session.hides(part);
  controls.rewrite = () => session.tell('rewriting');
  return {
    selected() {
      const { walks, walk, catalog, pending } = session;
      controls.shown = walks?.landscape ?? null;
      if (walks && walk) controls.sync(wantedOf(walks, walk.run, catalog), pending);
    },
    planned: (rates, request) => controls.drawSketch(rates, request),
    opened: () => controls.renew(),
    refused({ inner, run, here }) {
      return (run < 0 || (run === session.selected && here)) && controls.complain(inner);
    },
  };
}

class Controls {
  /**
   * @param {HTMLFormElement} form
   * @param {Catalog} catalog
   * @param {(change: Record<string, string | null>, phase: Phase) => void} changed
   */
  constructor(form, catalog, changed) {
    this.form = form;
    this.catalog = catalog;
    this.changed = changed;
    /** Whether a part of the page is left out. @type {(part: string) => boolean} */
    this.hides = () => false;
    /** Opens the editor of the rule. */
    this.rewrite = () => {};
    /** What is wanted, as far as the controls know it. @type {Wanted | null} */
    this.wanted = null;
    /** The dials, which are always seen, and everything else, behind a door. */
    this.dials = /** @type {HTMLElement} */ (form.querySelector('#dials'));
    this.fields = /** @type {HTMLElement} */ (form.querySelector('#fields'));
    this.count = /** @type {HTMLElement} */ (form.querySelector('#more-count'));
    this.panel = /** @type {HTMLElement} */ (form.closest('.side'));
    /** The dial whose slider is shown where there is room for one. */
    this.chosen = 'learning_rate';
    /** Fields by key, each with a function that shows a value. @type {Map<string, (wanted: Wanted, pending: boolean) => void>} */
    this.show = new Map();
    /** What stands in the form, by all that it was built from. @type {Map<string, HTMLElement>} */
    this.nodes = new Map();
    this.built = '';
    /** The control that was used last. @type {HTMLElement | null} */
    this.used = null;
    /** The landscape that is shown. @type {LandscapeRecord | null} */
    this.shown = null;
    form.addEventListener('submit', (event) => event.preventDefault());
    // Not the focus alone: Safari gives none to what is clicked.
    for (const kind of ['pointerdown', 'focusin'])
      form.addEventListener(kind, (event) => (this.used = /** @type {HTMLElement} */ (event.target)), true);
    form.addEventListener('input', () => this.tellDials());
    // What has no room is read whole by a click.
    this.dials.addEventListener('click', ({ target }) => {
      if (!(/** @type {Element} */ (target).closest('.term')))
        /** @type {Element} */ (target).closest('.explain')?.classList.toggle('whole');
    });
    this.dials.addEventListener('click', (event) => {
      const pick = /** @type {Element} */ (event.target).closest('.pick');
      const key = /** @type {HTMLElement | null | undefined} */ (pick?.closest('.field'))?.dataset.key;
      if (!key) return;
      this.chosen = key;
      this.tellDials();
    });
  }

  /**
   * Shows the request as the server has it.
   * @param {Wanted} wanted
   * @param {boolean} [pending] whether something newer was asked for
   */
  sync(wanted, pending = false) {
    const { landscape: slug, optimizer, schedule, warmup } = wanted;
    const numbers = offeredNumbers(wanted, this.catalog);
    if (!pending || wanted.rule !== this.wanted?.rule) this.wanted = wanted;
    const named = Object.values(numbers).flatMap(({ own, low, high }) => (own ? [`${own} ${low} ${high}`] : []));
    const constants = (this.shown?.constants ?? []).map(({ name, low, high }) => `${name} ${low} ${high}`);
    const told = [this.shown?.slug, this.shown?.axes, ...constants, ...named];
    const layout = [slug, optimizer, schedule, warmup > 0, ...Object.keys(numbers), ...told].join();
    this.steadily(() => {
      if (layout !== this.built) this.build(wanted, numbers);
      this.built = layout;
      for (const show of this.show.values()) show(wanted, pending);
      for (const note of this.form.querySelectorAll('.trouble:not(.misread)')) note.remove();
      for (const input of this.form.querySelectorAll('[aria-describedby="trouble"]')) {
        input.removeAttribute('aria-invalid');
        input.removeAttribute('aria-describedby');
      }
    });
    this.tellDials();
  }

  /** What each dial's button says, and which of them has its slider shown. */
  tellDials() {
    const fields = /** @type {HTMLElement[]} */ ([...this.dials.children]);
    const seen = fields.filter(({ hidden }) => !hidden);
    if (!seen.some(({ dataset }) => dataset.key === this.chosen))
      this.chosen = (seen.find(({ dataset }) => dataset.key === 'learning_rate') ?? seen.at(-1))?.dataset.key ?? '';
    for (const field of fields) {
      const is_chosen = field.dataset.key === this.chosen;
      field.classList.toggle('chosen', is_chosen);
      const pick = field.querySelector('.pick');
      const value = pick?.querySelector('strong');
      if (!pick || !value) continue;
      pick.setAttribute('aria-pressed', String(is_chosen));
      const numbers = /** @type {HTMLInputElement[]} */ ([...field.querySelectorAll('[role="spinbutton"]')]);
      setText(value, numbers.map((input) => input.value).join(', ') || '–');
    }
  }

  /** What was typed and not understood is given up: what comes next is another picture. */
  renew() {
    this.built = '';
    this.nodes.clear();
  }

  /**
   * Does what may change the room that things take, and keeps the control in use where the hand is.
   * @param {() => void} change
   */
  steadily(change) {
    const { used, panel } = this;
    const before = used?.getBoundingClientRect().top ?? 0;
    change();
    if (used?.isConnected) panel.scrollTop += used.getBoundingClientRect().top - before;
  }

  /** The landscape that is shown, by its own record; its formula is typeset where a table has it. @returns {LandscapeEntry} */
  get landscape() {
    const shown = /** @type {LandscapeRecord} */ (this.shown);
    const listed = landscapeNamed(shown.slug, this.catalog);
    const has = { data: shown.data !== null, network: shown.network !== null };
    return { ...shown, mathml: listed?.mathml ?? '', ...has };
  }

  /** Says what is wrong beside the control that caused it. @param {Complaint} complaint @returns {boolean} whether there is one */
  complain({ key, message, hint }) {
    const field = key ? this.form.querySelector(`[data-key="${key}"]`) : null;
    if (!field || field.closest('[hidden]')) return false;
    this.steadily(() => {
      field.querySelector('.trouble:not(.misread)')?.remove();
      field.append(
        make('p', {
          className: 'trouble',
          id: 'trouble',
          role: 'alert',
          textContent: `${message} ${hint ?? ''} The last picture stays.`,
        }),
      );
    });
    const input = field.querySelector('input, select');
    input?.setAttribute('aria-invalid', 'true');
    input?.setAttribute('aria-describedby', 'trouble');
    return true;
  }

  /**
   * What a control brings with it or takes away stands below it, so that it stays where it is.
   * @param {Wanted} wanted
   * @param {Record<string, Parameter>} numbers that are offered
   */
  build(wanted, numbers) {
    const { schedules } = this.catalog;
    const { optimizer, schedule } = entriesOf(wanted, this.catalog);
    const { landscape } = this;
    // What cannot work on this landscape is not offered.
    const able = ableOptimizers(wanted, this.catalog);
    // A typed rule is chosen by its text, not from the list.
    const typed = wanted.rule ? [{ slug: '', title: optimizer?.title ?? '' }] : [];
    const before = { show: this.show, nodes: this.nodes };
    this.show = new Map();
    this.nodes = new Map();
    /**
     * What stands there already is taken over, with its focus and its pointer.
     * @template T
     * @param {string} name
     * @param {(from: T) => HTMLElement} build
     * @param {T} from all that it is built from
     */
    const kept = (name, build, from) => {
      const sign = `${name} ${JSON.stringify(from)}`;
      const node = before.nodes.get(sign) ?? build.call(this, from);
      const show = before.show.get(name);
      if (show && before.nodes.has(sign)) this.show.set(name, show);
      this.nodes.set(sign, node);
      return node;
    };
    const number = (/** @type {string} */ key) => (numbers[key] ? [kept(key, this.number, numbers[key])] : []);
    const ofEntry = (/** @type {{hyperparameters: Parameter[]} | undefined} */ entry) =>
      entry?.hyperparameters.flatMap(({ key }) => number(key)) ?? [];
    const choice = (
      /** @type {Choice} */ from,
      explanation = '',
      /** @type {{title: string, source: Source} | undefined} */ selected = undefined,
    ) => {
      const field = kept(from.key, this.choice, from);
      this.tell(find(field, '.explain span'), explanation);
      field
        .querySelector('.sources')
        ?.replaceChildren(...(selected ? [sourceNote(from.key, selected.title, selected.source)] : []));
      return field;
    };
    const group = (/** @type {string} */ name, /** @type {HTMLElement[]} */ ...children) => {
      const node = kept(name, this.group, null);
      arrange(node, children);
      return node;
    };
    // Their values are no part of what is built, and those that are alike have one scale.
    const constants = (this.shown?.constants ?? []).map(({ name, low, high }) => ({ name, low, high }));
    const own = [...(optimizer?.hyperparameters ?? []), ...ownNumbers(optimizer)];
    // The first of its own numbers is turned beside the learning rate.
    const first = own.find(({ key, whole, high }) => numbers[key] && !(whole && high === 1))?.key ?? '';
    const dial = (/** @type {string} */ key, /** @type {string} */ place, /** @type {string} */ why) =>
      numbers[key] ? kept(key, this.number, numbers[key]) : kept(`no ${place}`, this.none, { key: place, why });
    arrange(this.dials, [
      choice({ key: 'optimizer', title: 'Optimizer', table: [...typed, ...named(able)] }),
      kept('start', this.start, { axes: landscape.axes, explanation: landscape.network ? START_ON_PLANE : START }),
      dial('learning_rate', 'learning_rate', 'This optimizer has no step size.'),
      dial(
        first,
        'own',
        wanted.rule ? 'This rule names no number of its own.' : `${optimizer?.title} by itself has no momentum.`,
      ),
      dial('restarts', 'restarts', 'There is nothing to restart here.'),
      ...number('shape'),
      ...(constants.length > 0 ? [kept('constants', this.constants, constants)] : []),
    ]);
    this.dials.childNodes.forEach((dial, index) => {
      const part = PARTS[index];
      /** @type {HTMLElement} */ (dial).hidden = part !== undefined && this.hides(part);
    });
    const about = kept('about', this.about, null);
    this.tell(find(about, '.explain span'), optimizer?.convention ?? '');
    if (optimizer)
      about.querySelector('.sources')?.replaceChildren(sourceNote('optimizer', optimizer.title, optimizer.source));
    arrange(this.fields, [
      about,
      ...own.filter(({ key }) => key !== first).flatMap(({ key }) => number(key)),
      group(
        'planned',
        choice({ key: 'schedule', title: 'Schedule', table: named(schedules) }, schedule?.explanation, schedule),
        ...ofEntry(schedule),
        ...number('growth'),
        ...number('warmup'),
        ...(schedule?.anneals || wanted.warmup > 0 ? [kept('sketch', this.sketch, null)] : []),
      ),
      group(
        'begun',
        ...number('starts'),
        ...number('batch'),
        ...number('noise'),
        kept('seed', this.seed, numbers.seed),
      ),
      group(
        'ended',
        ...number('steps'),
        ...number('tolerance'),
        ...number('patience'),
        ...number('min_change'),
        choice({ key: 'goal', title: 'Goal', table: GOALS }, 'Go against the gradient, downhill, or along it, uphill.'),
      ),
    ]);
    for (const group of [this.dials, this.fields]) rove(group);
    setText(this.count, `(${this.fields.querySelectorAll('.field[data-key]:not([data-key="about"])').length})`);
  }

  /** Keeps a dial's place where there is nothing to turn. @param {{key: string, why: string}} from */
  none({ key, why }) {
    const name = SHORT[key] ?? 'Momentum';
    const pick = make('button', { type: 'button', className: 'pick' }, [
      make('span', { textContent: name }),
      make('strong', { textContent: '–' }),
    ]);
    const label = make('span', { className: 'label', textContent: name });
    const field = make('div', { className: 'field none' }, [
      pick,
      make('div', { className: 'body' }, [
        make('div', { className: 'row' }, [label, make('span', { textContent: '–' })]),
        make('p', { textContent: why }),
      ]),
    ]);
    field.dataset.key = `no-${key}`;
    return field;
  }

  /** The convention of the optimizer, and its source. */
  about() {
    return this.field(
      'about',
      make('span', { className: 'label', textContent: 'How it is reckoned' }),
      [],
      [this.explain(''), make('div', { className: 'sources' })],
    );
  }

  group() {
    return make('div', { className: 'group' });
  }

  /**
   * @param {string} key
   * @param {HTMLElement} label
   * @param {HTMLElement[]} row
   * @param {HTMLElement[]} rest
   */
  field(key, label, row, rest) {
    const pick = make('button', { type: 'button', className: 'pick' }, [
      make('span', { textContent: SHORT[key] ?? label.firstChild?.textContent ?? key }),
      make('strong'),
    ]);
    const body = make('div', { className: 'body' }, [make('div', { className: 'row' }, [label, ...row]), ...rest]);
    const field = make('div', { className: 'field' }, [pick, body]);
    field.dataset.key = key;
    return field;
  }

  /** @param {string} key @param {string} title @param {string} symbol */
  label(key, title, symbol) {
    const label = make('label', { htmlFor: `key-${key}`, textContent: title });
    // Formulas come typeset from the server's own tables, never from an address.
    if (symbol) label.insertAdjacentHTML('beforeend', this.catalog.symbols[symbol] ?? '');
    return label;
  }

  /** @param {HTMLElement} node @param {string} text */
  tell(node, text) {
    writeTerms(node, text, this.catalog.glossary);
  }

  /**
   * One plain line; what is convention stands behind its sign.
   * @param {string} explanation
   * @param {string} [limits]
   * @param {string} [convention]
   */
  explain(explanation, limits = '', convention = '') {
    const line = make('span');
    this.tell(line, explanation);
    const sign = convention ? [makeTerm('i', { about: convention })] : [];
    for (const one of sign) {
      one.classList.add('about');
      one.setAttribute('aria-label', 'More about this');
    }
    return make('p', { className: 'explain' }, [
      line,
      ' ',
      ...sign,
      ' ',
      make('span', { className: 'limits', textContent: limits }),
    ]);
  }

  /** @param {Parameter} parameter a number: a slider, its value to be typed, its limits and what it does */
  number(parameter) {
    const { key, title, symbol, low, high } = parameter;
    if (parameter.whole && low === 0 && high === 1) return this.toggle(parameter);
    const scale = { low, high: high ?? low, log: parameter.log, whole: parameter.whole ?? false };
    const input = make('input', { id: `key-${key}` });
    const slider = make('input', { type: 'range', min: '0', max: '1000', step: '1', id: `slide-${key}` });
    slider.setAttribute('aria-label', title);
    const own = key === 'learning_rate' ? this.own() : null;
    const step = (/** @type {number} */ value, /** @type {number} */ count) => stepped(value, count, scale);
    const turn = (/** @type {string | null} */ value, /** @type {Phase} */ phase) =>
      this.changed(this.changeTo(parameter, value), phase);
    const changed = () => turn(typed.value === null ? null : writeNumber(typed.value), 'final');
    /** @type {NumberField} */
    const typed = this.numberField(input, key, { ...scale, step, changed });
    const slide = (/** @type {number} */ value, /** @type {Phase} */ phase) => {
      typed.set(value);
      slider.setAttribute('aria-valuetext', writeNumber(value));
      turn(writeNumber(value), phase);
    };
    // What the picture is made with, and what it was when the slider was pressed.
    let [shown, before] = [low, low];
    watchSlider(slider, {
      slid: (position, phase) => slide(fromSlider(position, scale), phase),
      begin: () => (before = typed.value ?? shown),
      back: (told) => told && slide(before, 'final'),
      step: (count) => {
        const value = typed.value ?? shown;
        const next = step(value, count);
        slider.value = String(toSlider(next, scale));
        if (next !== value) slide(next, 'final');
      },
    });
    this.show.set(key, (wanted, pending) => {
      const value = (shown = valueOf(parameter, wanted) ?? low);
      typed.show(value, pending);
      // Under a finger the slider is ahead of the answer.
      if (!slider.matches(':active')) slider.value = String(toSlider(value, scale));
      slider.setAttribute('aria-valuetext', writeNumber(value));
      own?.show(wanted);
    });
    return this.field(key, this.label(key, title, symbol), own ? [input, own.line] : [input], [
      make('div', { className: 'track' }, [slider]),
      this.explain(...linesOf(parameter, `${formatNumber(low)} … ${formatNumber(scale.high)}`)),
    ]);
  }

  /**
   * @param {Parameter} parameter
   * @param {string | null} value null for its default
   * @returns {Record<string, string | null>} the keys that ask for it; those of a typed rule are asked for together
   */
  changeTo(parameter, value) {
    if (!parameter.own) return { [parameter.key]: value };
    const change = changeTo(parameter, value ?? String(parameter.default), this.wanted ?? {});
    // The next one that is turned goes with this one, also before there is an answer.
    const hyperparameters = { ...this.wanted?.hyperparameters, [parameter.own]: Number(value ?? parameter.default) };
    if (this.wanted) this.wanted = { ...this.wanted, hyperparameters };
    return change;
  }

  /** The constants of a typed formula, each with a slider. @param {Pick<Constant, 'name' | 'low' | 'high'>[]} constants */
  constants(constants) {
    /** What is wanted of each. @type {Record<string, number>} */
    const values = {};
    const rows = constants.map(({ name, low, high }) => {
      const scale = { low, high, log: false };
      const input = make('input', { id: `constant-${name}` });
      const slider = make('input', { type: 'range', min: '0', max: '1000', step: '1', id: `slide-constant-${name}` });
      slider.setAttribute('aria-label', `Constant ${signOf(name)}`);
      const turn = (/** @type {number} */ value, /** @type {Phase} */ phase) => {
        values[name] = value;
        slider.setAttribute('aria-valuetext', writeNumber(value));
        this.changed({ constants: writeConstants(values) }, phase);
      };
      const step = (/** @type {number} */ value, /** @type {number} */ count) => stepped(value, count, scale);
      const typed = this.numberField(input, 'constants', {
        low,
        step,
        changed: () => turn(typed.value ?? 1, 'final'),
      });
      const slide = (/** @type {number} */ value, /** @type {Phase} */ phase) => {
        typed.set(value);
        turn(value, phase);
      };
      let before = 1;
      watchSlider(slider, {
        slid: (position, phase) => slide(fromSlider(position, scale), phase),
        begin: () => (before = typed.value ?? 1),
        back: (told) => told && slide(before, 'final'),
        step: (count) => {
          const value = typed.value ?? 1;
          const next = step(value, count);
          slider.value = String(toSlider(next, scale));
          if (next !== value) slide(next, 'final');
        },
      });
      const show = (/** @type {number} */ value, /** @type {boolean} */ pending) => {
        if (!pending) values[name] = value;
        typed.show(value, pending);
        if (!slider.matches(':active')) slider.value = String(toSlider(value, scale));
        slider.setAttribute('aria-valuetext', writeNumber(value));
      };
      const label = make('label', { htmlFor: input.id, textContent: signOf(name) });
      const row = make('div', { className: 'constant' }, [
        make('div', { className: 'row' }, [label, input]),
        make('div', { className: 'track' }, [slider]),
      ]);
      return { name, show, row };
    });
    this.show.set('constants', (wanted, pending) => {
      for (const { name, show } of rows) show(wanted.constants?.[name] ?? 1, pending);
    });
    const body = make(
      'div',
      { className: 'body' },
      rows.map(({ row }) => row),
    );
    const field = make('div', { className: 'field' }, [body]);
    field.dataset.key = 'constants';
    return field;
  }

  /** A line that says whether the step size is the optimizer's own on this landscape, with the way back to that one. */
  own() {
    const [line, back, text] = [make('p', { className: 'own' }), make('button', { type: 'button' }), make('span')];
    back.title = 'The one that was found for this optimizer on this landscape';
    back.addEventListener('click', () => {
      this.changed({ learning_rate: null }, 'final');
      // The button goes with its reason.
      find(this.form, '#key-learning_rate').focus({ preventScroll: true });
    });
    const show = (/** @type {Wanted} */ wanted) => {
      const { optimizer, landscape } = entriesOf(wanted, this.catalog);
      const usual = usualRate(optimizer, landscape);
      const named = wanted.rule ? 'this rule' : (optimizer?.title ?? '');
      const words = ownRateInWords(wanted.learning_rate, usual ?? null, named);
      setText(back, words.back);
      setText(text, words.text);
      back.hidden = !words.back;
    };
    line.append(back, text);
    return { line, show };
  }

  /**
   * @param {HTMLInputElement} input
   * @param {string} key
   * @param {{low: number, whole?: boolean, step: (value: number, count: number) => number, changed?: () => void}} options
   *   `changed` where more than this one field makes the key's value
   */
  numberField(input, key, { low, whole, step, changed }) {
    /** @type {NumberField} */
    const field = new NumberField(input, {
      low,
      whole,
      step,
      changed:
        changed ?? (() => this.changed({ [key]: field.value === null ? null : writeNumber(field.value) }, 'final')),
      steadily: (change) => this.steadily(change),
    });
    return field;
  }

  /** @param {Parameter} parameter a number that is 0 or 1 */
  toggle(parameter) {
    const { key, title, symbol } = parameter;
    const box = make('input', { type: 'checkbox', id: `key-${key}` });
    const off = parameter.own ? '0' : null;
    box.addEventListener('change', () => this.changed(this.changeTo(parameter, box.checked ? '1' : off), 'final'));
    this.show.set(key, (wanted) => {
      box.checked = valueOf(parameter, wanted) === 1;
    });
    return this.field(key, this.label(key, title, symbol), [box], [this.explain(...linesOf(parameter))]);
  }

  /** @param {Choice} choice */
  choice({ key, title, table }) {
    const select = make(
      'select',
      { id: `key-${key}` },
      table.map((entry) => make('option', { value: entry.slug, textContent: entry.title })),
    );
    select.addEventListener('change', () => this.changed({ [key]: select.value }, 'final'));
    this.show.set(key, (wanted) => {
      select.value = wanted[key] ?? '';
    });
    return this.field(
      key,
      this.label(key, title, ''),
      key === 'optimizer' && !this.hides('rule') ? [this.rewriting(), select] : [select],
      [this.explain(''), make('div', { className: 'sources' })],
    );
  }

  /** The door to the editor of the rule. */
  rewriting() {
    const edit = make('button', { type: 'button', className: 'quiet rewrite', textContent: 'Edit' });
    edit.title = 'Type a rule of your own, beginning with this one';
    edit.setAttribute('aria-label', 'Edit the update rule');
    edit.addEventListener('click', () => this.rewrite());
    return edit;
  }

  /** @param {{axes: string[], explanation: string}} from */
  start({ axes, explanation }) {
    const inputs = axes.map((axis, index) => {
      const input = make('input', { id: index === 0 ? 'key-start' : 'key-start-y' });
      input.setAttribute('aria-label', `Start, ${axis}`);
      return input;
    });
    let { domain, start: usual } = /** @type {Pick<LandscapeEntry, 'domain' | 'start'>} */ ({ domain: [], start: [] });
    const changed = () =>
      this.changed(
        {
          start: typed.every(({ value }) => value === null)
            ? null
            : typed.map(({ value }, axis) => writeNumber(value ?? usual[axis])).join(','),
        },
        'final',
      );
    const typed = inputs.map((input, axis) =>
      this.numberField(input, 'start', {
        low: -Infinity,
        // As far as the ring on the map goes by a key.
        step: (value, count) => {
          const [low, high] = domain.slice(2 * axis);
          const next = roundPoint([value + 0.01 * count * (high - low)], [low, high])[0];
          return count > 0 ? Math.max(value, Math.min(high, next)) : Math.min(value, Math.max(low, next));
        },
        changed,
      }),
    );
    this.show.set('start', (wanted, pending) => {
      domain = wanted.domain;
      usual = this.landscape.start;
      typed.forEach((one, axis) => one.show(wanted.start[axis], pending));
    });
    const field = this.field(
      'start',
      make('span', { className: 'label', textContent: `Start ${axes.join(', ')}` }),
      inputs,
      [this.explain(explanation)],
    );
    field.classList.add('pair');
    return field;
  }

  /** @param {Parameter} parameter */
  seed(parameter) {
    const input = make('input', { id: 'key-seed' });
    const dice = make('button', { type: 'button', textContent: 'New' });
    dice.setAttribute('aria-label', 'A new seed');
    const typed = this.numberField(input, 'seed', {
      low: parameter.low,
      whole: true,
      step: (value, count) => Math.min(parameter.high ?? value, Math.max(parameter.low, value + count)),
    });
    const why = make('p', { className: 'explain', id: 'seed-note' });
    why.setAttribute('role', 'status');
    let drawn = false;
    dice.addEventListener('click', () => {
      this.changed({ seed: String(Math.floor(Math.random() * 1e6)) }, 'final');
      why.textContent = drawn ? '' : SAME_WALK;
    });
    this.show.set('seed', (wanted, pending) => {
      typed.show(wanted.seed, pending);
      drawn = isDrawn(wanted);
      if (drawn) why.textContent = '';
    });
    return this.field(
      'seed',
      this.label('seed', parameter.title, parameter.symbol),
      [dice, input],
      [this.explain(...linesOf(parameter)), why],
    );
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
    const path = this.form.querySelector('#sketch');
    if (!path) return;
    const place = (/** @type {number} */ index) =>
      `${((300 * step[index]) / wanted.steps).toFixed(1)} ${(51 - (49 * learning_rate[index]) / wanted.learning_rate).toFixed(1)}`;
    path.setAttribute('d', `M${step.map((_, index) => place(index)).join('L')}`);
  }
}
