// The legend in words, which is the list of runs: each with the colour, the dash and the sign that it is drawn with. One
// is chosen: its settings stand in the side panel, and the buttons below the list are about it.

import { make } from './controls.js';
import { dashText, lookOf, signPath } from './looks.js';
import { MOST_RUNS, asName, withAnother, withCopy, withEach, withoutRun } from './runs.js';

/** @typedef {import('./walks.js').Walks} Walks */

/**
 * @param {string} name
 * @param {Record<string, string>} attributes
 * @param {Element[]} [children]
 */
function draw(name, attributes, children = []) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** @param {number} look @returns {Element} how the walks of this look are drawn, small */
export function swatch(look) {
  const { colour, dash } = lookOf(look);
  const line = { d: 'M2 9H42', ...(dash.length > 0 ? { 'stroke-dasharray': dashText(dash).replaceAll('px', '') } : {}) };
  const sign = signPath(look, 5);
  return draw('svg', { class: `swatch c${colour}`, viewBox: '0 0 44 18', 'aria-hidden': 'true' }, [
    draw('path', { class: 'outer', d: 'M2 9H42' }),
    draw('path', { class: 'inner', d: 'M2 9H42' }),
    draw('path', { class: 'line', ...line }),
    draw('path', { class: 'head', d: sign, transform: 'translate(22 9)' }),
  ]);
}

export class Legend {
  /**
   * @param {HTMLElement} holder
   * @param {HTMLElement} whose names, above the settings, the run that they belong to
   * @param {Catalog} catalog
   * @param {{race: () => Race, edit: (race: Race, run: number) => void, choose: (run: number) => void}} page
   */
  constructor(holder, whose, catalog, page) {
    this.catalog = catalog;
    this.page = page;
    this.whose = whose;
    this.select = /** @type {HTMLSelectElement} */ (whose.querySelector('select'));
    this.select.addEventListener('change', () => page.choose(Number(this.select.value)));
    this.list = make('ul', { className: 'legend' });
    this.trouble = make('p', { className: 'refused', role: 'alert', hidden: true });
    this.chosen = 0;
    /** @type {Walks | null} */
    this.walks = null;
    /** The run whose name is being written. */
    this.naming = -1;
    this.buttons = {
      add: this.#button(() => page.edit(withAnother(page.race(), this.chosen, catalog), page.race().runs.length)),
      hide: this.#button(() => this.#toggle(this.chosen)),
      rename: this.#button(() => this.#rename()),
      copy: this.#button(() => page.edit(withCopy(page.race(), this.chosen), this.chosen + 1)),
      remove: this.#button(() => this.#remove()),
    };
    this.buttons.add.classList.add('add');
    // The list comes below the button that makes it longer, which so stays under the pointer.
    holder.replaceChildren(make('div', { className: 'tools' }, Object.values(this.buttons)), this.list, this.trouble);
  }

  /** @param {() => void} act */
  #button(act) {
    const button = make('button', { type: 'button', className: 'quiet' });
    // What was clicked twice is meant once: while an answer is on its way the list is not that of the race any more.
    button.addEventListener('click', () => this.walks && this.page.race().runs.length === this.walks.runs.length && act());
    return button;
  }

  /** @param {Walks} walks @param {number} chosen */
  show(walks, chosen) {
    this.walks = walks;
    this.chosen = chosen;
    const { runs, several } = walks;
    const { hide, rename, copy, remove, add } = this.buttons;
    this.trouble.hidden = true;
    this.whose.hidden = !several;
    this.list.hidden = !several;
    this.#resize(several ? runs.length : 0);
    if (several) runs.forEach((run, index) => index === this.naming || this.#showRun(run, index));
    for (const button of [hide, rename, copy, remove]) button.hidden = !several;
    const { label, request } = runs[chosen];
    name(hide, request.hidden === 1 ? 'Show' : 'Hide', label);
    name(rename, 'Rename', label);
    name(copy, 'Duplicate', label);
    name(remove, 'Remove', label);
    name(add, several ? 'Add a run' : 'Compare with another run', '');
    for (const button of [copy, add]) {
      button.disabled = runs.length >= MOST_RUNS;
      button.title = button.disabled ? `At most ${MOST_RUNS} runs at once.` : '';
    }
    this.#showWhose(runs);
  }

  /** @param {number} count */
  #resize(count) {
    while (this.list.children.length > count) this.list.lastElementChild?.remove();
    while (this.list.children.length < count) this.list.append(this.#row(this.list.children.length));
  }

  /** @param {number} index */
  #row(index) {
    const eye = make('button', { type: 'button', className: 'quiet look' }, [swatch(index)]);
    eye.addEventListener('click', () => this.#toggle(index));
    const text = make('button', { type: 'button', className: 'quiet text' }, [make('strong'), make('span')]);
    text.addEventListener('click', () => this.page.choose(index));
    text.addEventListener('dblclick', () => this.#rename());
    return make('li', {}, [eye, text]);
  }

  /** @param {Run} run @param {number} index */
  #showRun({ label, request }, index) {
    const [eye, text] = /** @type {HTMLButtonElement[]} */ ([...this.list.children[index].children]);
    const hidden = request.hidden === 1;
    this.list.children[index].classList.toggle('gone', hidden);
    eye.setAttribute('aria-label', `${hidden ? 'Show' : 'Hide'} ${label}`);
    eye.title = hidden ? 'Hidden: show it' : 'Hide it';
    text.setAttribute('aria-pressed', String(index === this.chosen));
    text.title = label;
    // The first words say who it is, the rest with what.
    const comma = request.name ? -1 : label.indexOf(',');
    text.children[0].textContent = comma < 0 ? label : label.slice(0, comma);
    text.children[1].textContent = (comma < 0 ? '' : label.slice(comma + 1)) + (hidden ? ' (hidden)' : '');
  }

  /** @param {Run[]} runs */
  #showWhose(runs) {
    const texts = runs.map(({ label }) => label);
    if (texts.join('\n') !== [...this.select.options].map(({ text }) => text).join('\n')) this.select.replaceChildren(...texts.map((text, index) => new Option(text, String(index))));
    this.select.value = String(this.chosen);
    this.whose.querySelector('svg')?.replaceWith(swatch(this.chosen));
  }

  /** @param {number} run */
  #toggle(run) {
    const { page } = this;
    page.edit(withEach(page.race(), ({ hidden, ...own }, index) => (index === run ? (hidden === '1' ? own : { ...own, hidden: '1' }) : { ...own, ...(hidden && { hidden }) })), this.chosen);
  }

  #remove() {
    const { runs } = /** @type {Walks} */ (this.walks);
    const left = withoutRun(this.page.race(), this.chosen, runs.map(({ request }) => request));
    this.page.edit(left, Math.min(this.chosen, left.runs.length - 1));
    // The button is gone with the race.
    if (left.runs.length === 1) this.buttons.add.focus({ preventScroll: true });
  }

  /** The name is written in the place where it stands. */
  #rename() {
    const run = this.chosen;
    const row = this.list.children[run];
    const text = /** @type {HTMLElement} */ (row.querySelector('.text'));
    const label = /** @type {Walks} */ (this.walks).runs[run].label;
    const input = make('input', { type: 'text', maxLength: 40, value: label.replaceAll(',', '').slice(0, 40) });
    input.setAttribute('aria-label', `Name of ${label}`);
    const end = (/** @type {boolean} */ keep) => {
      if (this.naming < 0) return;
      this.naming = -1;
      input.replaceWith(text);
      this.buttons.rename.focus({ preventScroll: true });
      if (keep && input.value !== input.defaultValue) this.#name(run, asName(input.value));
    };
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || event.key === 'Escape') event.preventDefault();
      if (event.key === 'Enter') end(true);
      if (event.key === 'Escape') end(false);
    });
    input.addEventListener('blur', () => end(true));
    this.naming = run;
    text.replaceWith(input);
    input.select();
  }

  /** @param {number} run @param {string} name empty for none */
  #name(run, name) {
    const { page } = this;
    page.edit(withEach(page.race(), (own, index) => {
      if (index !== run) return own;
      const { name: _, ...rest } = own;
      return name ? { ...rest, name } : rest;
    }), this.chosen);
  }

  /**
   * Says what is wrong with a run.
   * @param {Complaint} complaint
   * @param {number} run
   */
  complain({ message, hint }, run) {
    const label = this.walks?.runs[run]?.label ?? 'The new run';
    this.trouble.textContent = `${label}: ${message} ${hint ?? ''} The last picture stays.`;
    this.trouble.hidden = false;
  }
}

/** @param {HTMLButtonElement} button @param {string} action @param {string} label whom it is about */
function name(button, action, label) {
  button.textContent = action;
  if (label) button.setAttribute('aria-label', `${action} ${label}`);
}
