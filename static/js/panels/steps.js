// The table of steps.

import { find, listNames, make } from './parts/elements.js';
import { copy } from './parts/toast.js';
import { formatNumber } from '../words/numbers.js';

const ROWS = 50;

/** @param {HTMLElement} details @param {Session} session @returns {Panel} */
export function mountSteps(details, session) {
  const table = new StepTable(/** @type {HTMLDetailsElement} */ (details), session);
  return {
    selected() {
      table.list();
      table.show();
    },
    frame: () => table.follow(),
    settled: () => table.show(),
  };
}

class StepTable {
  /** @param {HTMLDetailsElement} details @param {Session} session */
  constructor(details, session) {
    this.session = session;
    this.details = details;
    this.table = /** @type {HTMLTableElement} */ (find(details, '#table'));
    this.choice = find(details, '#walker-choice');
    this.select = /** @type {HTMLSelectElement} */ (find(details, '#walker'));
    this.first = 0;
    /** @type {Walk | null} */
    this.walk = null;
    details.addEventListener('toggle', () => this.show());
    find(details, '#rows-before').addEventListener('click', () => this.turnTo(this.first - ROWS));
    find(details, '#rows-after').addEventListener('click', () => this.turnTo(this.first + ROWS));
    find(details, '#copy-steps').addEventListener('click', () => {
      if (session.walks) void copy(session.walks.toCsv('\t'), 'All steps are copied.');
    });
    this.select.addEventListener('change', () => session.select(Number(this.select.value)));
  }

  /** Lets one of the walks be selected, where there are several. */
  list() {
    const walks = /** @type {Walks} */ (this.session.walks);
    const names = walks.all.map((_, index) => walks.who(index));
    this.choice.hidden = names.length < 2;
    listNames(this.select, names);
    this.select.value = String(this.session.walker);
  }

  /** What the coordinates are called. */
  get axes() {
    return this.session.landscape?.axes ?? ['x', 'y'];
  }

  show() {
    this.walk = this.session.walk ?? null;
    this.turnTo(this.session.player.shown);
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
    const step = Math.min(this.session.player.shown, this.walk.length - 1);
    if (step < this.first || step >= this.first + ROWS) this.turnTo(step);
    this.table.querySelector('tr.now')?.classList.remove('now');
    this.table.tBodies[0]?.rows[step - this.first]?.classList.add('now');
  }

  render() {
    if (!this.details.open || !this.walk) return;
    const { walk } = this;
    const head = make('thead', {}, [
      make(
        'tr',
        {},
        ['Step', ...this.axes, 'Loss', 'Gradient norm', 'Learning rate', 'Evaluations'].map((name) =>
          make('th', { scope: 'col', textContent: name }),
        ),
      ),
    ]);
    const body = make('tbody');
    for (let k = this.first; k < Math.min(this.first + ROWS, walk.length); k += 1) {
      const place = [walk.x[k], walk.y[k]].slice(0, this.axes.length);
      const cells = [...place, walk.loss[k], walk.gradient_norm[k], walk.learning_rate[k], walk.evaluations[k]].map(
        (value) => make('td', { textContent: formatNumber(value, 7) }),
      );
      body.append(make('tr', {}, [make('th', { scope: 'row', textContent: String(k) }), ...cells]));
    }
    this.table.replaceChildren(
      make('caption', { className: 'hidden', textContent: 'The steps of the walk' }),
      head,
      body,
    );
    this.follow();
  }
}
