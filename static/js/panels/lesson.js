// The lesson's words: their numbers show the settings as they are and turn them, and what they offer to do is done in place.

import { visit } from '../input/visits.js';
import { watchTurns } from '../input/turned_number.js';
import { offeredNumbers } from '../state/offered.js';
import { readRace, wantedOf } from '../state/race.js';
import { writeConstants } from '../state/typed_formula.js';
import { signOf } from '../state/typed_text.js';
import { inSentence, resultInWords } from '../words/lesson.js';
import { writeNumber } from '../words/numbers.js';
import { setText } from './parts/elements.js';

/** What a lesson tells of is its first run. */
const RUN = 0;

/** @param {HTMLElement} article @param {Session} session @returns {Panel} */
export function mountLesson(article, session) {
  visit(article.dataset.slug ?? '');
  const all = (/** @type {string} */ selector) =>
    /** @type {HTMLElement[]} */ ([...article.querySelectorAll(selector)]);
  const numbers = all('.live').map((node) => new LiveNumber(node, session));
  const results = all('.told');
  const doings = all('.do');
  /** What was asked for by a button, until it is here. @type {{at: string | undefined} | null} */
  let wanted = null;

  /** @param {HTMLElement} button */
  const press = ({ dataset }) => {
    wanted = { at: dataset.at };
    session.editRace(readRace(dataset.query ?? '', session.catalog), RUN);
  };
  article.addEventListener('click', (event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest('.do'));
    // Another tab opens by its address.
    if (!button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    press(button);
  });
  article.addEventListener('keydown', (event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest('.do'));
    if (!button || event.key !== ' ') return;
    event.preventDefault();
    event.stopPropagation();
    press(button);
  });
  let { at } = article.dataset;
  return {
    begun() {
      // Once, where the address names no other step: what is gone to from here plays.
      if (at !== undefined && session.view.at === null) session.moveUnsaid((player) => player.seek(Number(at)));
      at = undefined;
    },
    walks() {
      for (const button of doings) {
        if (!button.dataset.at && !button.classList.contains('back'))
          button.setAttribute('aria-pressed', String(button.dataset.query === session.query));
      }
      if (!wanted || session.pending) return;
      play(session, wanted.at);
      wanted = null;
      session.tell('replayed');
    },
    selected() {
      for (const number of numbers) number.show();
    },
    completed() {
      const walk = session.walks?.all[0];
      if (walk?.summary) for (const node of results) setText(node, resultInWords(node.dataset.of ?? '', walk));
    },
  };
}

/** Shows a walk anew: from its start, whole where nothing should move, or standing at a step. @param {Session} session @param {string | undefined} at */
function play({ player, calm }, at) {
  player.seek(0);
  if (at !== undefined) player.position = Number(at);
  else if (calm()) player.following = true;
  else player.playing = true;
}

/** A number of the words that is one of the settings. */
class LiveNumber {
  /** @param {HTMLElement} node @param {Session} session */
  constructor(node, session) {
    this.node = node;
    this.session = session;
    // After a point stands which coordinate of the start it is, or which constant of a typed formula.
    const [key, part] = (node.dataset.of ?? '').split('.');
    this.key = key;
    this.part = part ?? null;
    /** Those of a typed formula as they are. @type {Record<string, number>} */
    this.constants = {};
    /** @type {{title: string, scale: import('../input/slider_scale.js').Scale} | null} */
    this.row = null;
    this.value = NaN;
    watchTurns(node, {
      scale: () => this.row?.scale ?? null,
      value: () => this.value,
      turned: (value, phase) => this.turn(value, phase),
    });
  }

  /** The setting is shown as it is, and can be turned where it means something. */
  show() {
    const { session, key, part, node } = this;
    const { walks, catalog, pending, dragging } = session;
    if (!walks?.request || (dragging && pending)) return;
    const wanted = wantedOf(walks, RUN, catalog);
    const value = part === null ? wanted[key] : wanted[key]?.[part];
    this.constants = wanted.constants ?? {};
    this.row = this.#row(wanted);
    const is_slider = this.row !== null && typeof value === 'number';
    for (const name of ['role', 'tabindex', 'aria-label', 'aria-valuemin', 'aria-valuemax'])
      if (!is_slider) node.removeAttribute(name);
    if (typeof value !== 'number') return;
    if (this.row && is_slider) {
      const { title, scale } = this.row;
      node.setAttribute('role', 'slider');
      node.tabIndex = 0;
      node.setAttribute('aria-label', title);
      node.setAttribute('aria-valuemin', writeNumber(scale.low));
      node.setAttribute('aria-valuemax', writeNumber(scale.high));
      node.title = 'Drag sideways, or use the arrow keys';
    }
    this.#write(value);
  }

  /** @param {Wanted} wanted */
  #row(wanted) {
    const { key, part, session } = this;
    const { walks, landscape, catalog } = session;
    if (key === 'constants') {
      const constant = landscape?.constants?.find(({ name }) => name === part);
      if (!constant) return null;
      const { name, low, high } = constant;
      return { title: `Constant ${signOf(name)}`, scale: { low, high, log: false } };
    }
    if (part !== null) {
      const name = landscape?.axes[Number(part)];
      if (name === undefined) return null;
      const [low, high] = wanted.domain.slice(2 * Number(part));
      return { title: `Start, ${name}`, scale: { low, high, log: false } };
    }
    const row = walks && offeredNumbers(wanted, catalog)[key];
    if (!row) return null;
    const { title, low, high, log, whole } = row;
    return { title, scale: { low, high: high ?? low, log, whole: whole ?? false } };
  }

  /** @param {number} value */
  #write(value) {
    this.value = value;
    setText(this.node, inSentence(value));
    if (!this.row) return;
    this.node.setAttribute('aria-valuenow', writeNumber(value));
    this.node.setAttribute('aria-valuetext', inSentence(value));
  }

  /** @param {number} value @param {'drag' | 'final'} phase */
  turn(value, phase) {
    this.#write(value);
    this.session.edit(this.#change(value), phase, RUN);
  }

  /** What is asked for with this value. @param {number} value @returns {Record<string, string | null>} */
  #change(value) {
    const { session, key, part } = this;
    if (part === null) return { [key]: writeNumber(value) };
    if (key === 'constants') return { constants: writeConstants({ ...this.constants, [part]: value }) };
    const start = session.edited.shared.start?.split(',').map(Number) ?? session.walks?.request?.start ?? [];
    return { start: start.map((one, at) => (at === Number(part) ? value : one)).join(',') };
  }
}
