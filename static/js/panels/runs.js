// The list of runs, each with the colour, the dash and the sign that it is drawn with. One is selected: its settings stand
// in the side panel, and the buttons above the list are about it.

import { disable, make } from './parts/elements.js';
import { swatch } from './parts/swatch.js';
import { styleSample } from '../canvas/picture_file.js';
import { withCopy, withName, withToggled, withoutRun } from '../state/race.js';
import { noRoomInWords } from '../words/most_runs.js';

/** @param {HTMLElement} holder @param {Session} session @returns {Panel} */
export function mountRuns(holder, session) {
  const list = new RunList(holder, session);
  return {
    selected: () => list.show(),
    refused({ inner, run }) {
      if (run < 0) return false;
      // What could not be shown is not what the controls should say.
      session.showSelected();
      list.complain(inner, run);
      return true;
    },
    paragraphs: () => [
      {
        entries: list.drawn.map(({ run, label }) => ({ text: label, sample: styleSample(run, session.colours) })),
        colour: session.colours.ink,
      },
    ],
    captions: () => ({ runs: list.drawn.map(({ run, label }) => make('li', {}, [swatch(run), label])) }),
  };
}

class RunList {
  /** @param {HTMLElement} holder @param {Session} session */
  constructor(holder, session) {
    this.session = session;
    this.list = make('ul', { className: 'legend' });
    this.trouble = make('p', { className: 'refused', role: 'alert', hidden: true });
    this.selected = 0;
    /** The run whose name is being written. */
    this.naming = -1;
    this.buttons = {
      add: this.#button(() => session.addRun()),
      hide: this.#button(() => this.#toggle(this.selected)),
      rename: this.#button(() => this.#rename()),
      copy: this.#button(() => session.editRace(withCopy(session.edited, this.selected), this.selected + 1)),
      remove: this.#button(() => this.#remove()),
    };
    this.buttons.add.classList.add('add');
    // The list comes below the button that makes it longer, which so stays under the pointer.
    holder.replaceChildren(make('div', { className: 'tools' }, Object.values(this.buttons)), this.list, this.trouble);
  }

  /** The runs that are compared and drawn. @returns {Run[]} */
  get drawn() {
    const { walks } = this.session;
    return walks?.several ? walks.runs.filter(({ request }) => request.hidden !== 1) : [];
  }

  /** @param {() => void} act */
  #button(act) {
    const button = make('button', { type: 'button', className: 'quiet' });
    // What was clicked twice is meant once: while an answer is on its way the list is not that of the race any more.
    button.addEventListener(
      'click',
      () => this.session.edited.runs.length === this.session.walks?.runs.length && act(),
    );
    return button;
  }

  show() {
    const { walks, walk } = this.session;
    if (!walks || !walk) return;
    // A run that has just been added is selected before it is here.
    const selected = walk.run;
    this.selected = selected;
    const { runs, several } = walks;
    const { hide, rename, copy, remove, add } = this.buttons;
    this.trouble.hidden = true;
    this.list.hidden = !several;
    this.#resize(several ? runs.length : 0);
    if (several) runs.forEach((run, index) => index === this.naming || this.#showRun(run, index));
    for (const button of [hide, rename, copy, remove]) button.hidden = !several;
    const { label, request } = runs[selected];
    name(hide, request.hidden === 1 ? 'Show' : 'Hide', label);
    name(rename, 'Rename', label);
    name(copy, 'Duplicate', label);
    name(remove, 'Remove', label);
    name(add, 'Compare with another run', '');
    for (const button of [copy, add]) disable(button, noRoomInWords(runs.length));
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
    text.addEventListener('click', () => this.session.selectRun(index));
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
    text.setAttribute('aria-pressed', String(index === this.selected));
    text.title = label;
    // The first words say who it is, the rest with what.
    const comma = request.name ? -1 : label.indexOf(',');
    text.children[0].textContent = comma < 0 ? label : label.slice(0, comma);
    text.children[1].textContent = (comma < 0 ? '' : label.slice(comma + 1)) + (hidden ? ' (hidden)' : '');
  }

  /** @param {number} run */
  #toggle(run) {
    this.session.editRace(withToggled(this.session.edited, run), this.selected);
  }

  #remove() {
    const { runs } = /** @type {Walks} */ (this.session.walks);
    const left = withoutRun(
      this.session.edited,
      this.selected,
      runs.map(({ request }) => request),
    );
    this.session.editRace(left, Math.min(this.selected, left.runs.length - 1));
    // The button is gone with the race.
    if (left.runs.length === 1) this.buttons.add.focus({ preventScroll: true });
  }

  /** The name is written in the place where it stands. */
  #rename() {
    const run = this.selected;
    const row = this.list.children[run];
    const text = /** @type {HTMLElement} */ (row.querySelector('.text'));
    const label = /** @type {Walks} */ (this.session.walks).runs[run].label;
    const input = make('input', { type: 'text', maxLength: 40, value: label.replaceAll(',', '').slice(0, 40) });
    input.setAttribute('aria-label', `Name of ${label}`);
    const end = (/** @type {boolean} */ keep) => {
      if (this.naming < 0) return;
      this.naming = -1;
      input.replaceWith(text);
      this.buttons.rename.focus({ preventScroll: true });
      if (!keep || input.value === input.defaultValue) return;
      this.session.editRace(withName(this.session.edited, run, input.value), this.selected);
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

  /**
   * Says what is wrong with a run.
   * @param {Complaint} complaint
   * @param {number} run
   */
  complain({ message, hint }, run) {
    const label = this.session.walks?.runs[run]?.label ?? 'The new run';
    this.trouble.textContent = `${label}: ${message} ${hint ?? ''} The last picture stays.`;
    this.trouble.hidden = false;
  }
}

/** @param {HTMLButtonElement} button @param {string} action @param {string} label whom it is about */
function name(button, action, label) {
  button.textContent = action;
  if (label) button.setAttribute('aria-label', `${action} ${label}`);
}
