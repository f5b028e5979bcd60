// Guess first: before a lesson's walk plays, the reader says where it will end; then it plays, and how far off that was is told.

import { frameOfMap } from '../canvas/map_frame.js';
import { interpolate } from '../canvas/slope_dots.js';
import { recall, remember } from '../input/memory.js';
import { roundPoint } from '../input/start_drag.js';
import { guessInWords, pointInWords } from '../words/lesson.js';
import { find, make, setText } from './parts/elements.js';

/** More places than this are no choice any more. */
const MOST_PLACES = 6;

/** @param {HTMLElement} holder @param {Session} session @returns {Panel} */
export function mountGuess(holder, session) {
  const guess = new Guess(holder, session);
  return {
    begun() {
      // Who has guessed once is asked in every lesson.
      if (session.guessing || recall('guess') === '1') session.guess(true, false);
    },
    guessing() {
      remember('guess', session.guessing ? '1' : null);
      if (session.guessing) guess.ask();
      else guess.close();
    },
    replayed() {
      if (session.guessing) guess.ask();
    },
    elsewhere: () => guess.close(),
    frame() {
      guess.place();
      guess.judge();
    },
    drawn: () => guess.place(),
  };
}

class Guess {
  /** @param {HTMLElement} holder @param {Session} session */
  constructor(holder, session) {
    this.session = session;
    this.map = /** @type {HTMLElement} */ (document.getElementById('map'));
    this.over = /** @type {HTMLElement} */ (document.getElementById('guess-over'));
    this.mark = find(this.over, '#guess-mark');
    this.button = find(holder, '#guess-ask');
    this.how = find(holder, '#guess-how');
    this.choices = find(holder, '#guess-choices');
    this.who = find(holder, '#guess-who');
    this.told = find(holder, '#guess-told');
    /** Where it was guessed to end, null for nowhere, while that is still to be judged. @type {{point: number[] | null} | null} */
    this.made = null;
    /** Where the mark stands. @type {number[] | null} */
    this.point = null;
    this.button.addEventListener('click', () => {
      if (session.guessing) this.ask();
      else session.guess(true);
      this.mark.focus({ preventScroll: true });
    });
    this.over.addEventListener('click', (event) => {
      // A key that presses the mark takes it where it stands.
      this.make(event.detail === 0 ? this.point : this.#under(event));
    });
    this.mark.addEventListener('keydown', (event) => this.#move(event));
  }

  get #domain() {
    return this.session.walks?.request?.domain ?? [0, 1];
  }

  /** The film stands at its start until there is a guess. */
  ask() {
    const { session, over, how, choices, told, button } = this;
    this.made = null;
    session.moveUnsaid((player) => player.seek(0));
    const start = session.walks?.request?.start ?? [0];
    this.point = start.map((_, axis) => (this.#domain[2 * axis] + this.#domain[2 * axis + 1]) / 2);
    over.hidden = false;
    over.classList.remove('made');
    how.hidden = false;
    button.hidden = true;
    setText(told, '');
    const { walks, walk } = session;
    setText(this.who, walks && walk && walks.runs.length > 1 ? `“${walks.runs[walk.run].label}”` : 'it');
    choices.replaceChildren(...this.#places());
    this.place();
  }

  /** The places that the landscape is known to have, and none of them. @returns {HTMLElement[]} */
  #places() {
    const { stationary_points: known = [] } = this.session.landscape ?? {};
    const choice = (/** @type {string} */ text, /** @type {number[] | null} */ point) => {
      const button = make('button', { type: 'button', textContent: text });
      button.addEventListener('click', () => this.make(point));
      return button;
    };
    const places = known.length <= MOST_PLACES ? known : [];
    return [
      ...places.map(({ kind, point }) =>
        choice(`${kind.replaceAll('_', ' ')} at ${pointInWords(roundPoint(point, this.#domain))}`, point),
      ),
      choice('it leaves the picture', null),
    ];
  }

  /** Gives up the guess, and shows what it showed before. */
  close() {
    this.made = null;
    this.over.hidden = true;
    this.how.hidden = true;
    this.button.hidden = false;
    setText(this.told, '');
  }

  /** @param {number[] | null} point where it will end */
  make(point) {
    const { session } = this;
    this.made = { point };
    this.point = point;
    this.over.classList.add('made');
    this.how.hidden = true;
    this.button.hidden = false;
    setText(this.button, 'Guess again');
    this.place();
    session.moveUnsaid((player) => (session.calm() ? player.seek(player.last) : player.play()));
  }

  /** Tells how good the guess was, when the walk has ended. */
  judge() {
    const { session, made } = this;
    const { walk, player } = session;
    if (!made || !walk?.summary || player.growing || player.position < player.last) return;
    const { outcome, x, y } = walk.summary;
    const end = outcome === 'diverged' || x === null ? null : y === null || y === undefined ? [x] : [x, y];
    // What is less than a pixel is nothing.
    setText(this.told, guessInWords(made.point, end && roundPoint(end, this.#domain), this.#domain));
    this.made = null;
  }

  /** The mark stands where the guess is. */
  place() {
    const { over, mark, point, session, map } = this;
    if (over.hidden) return;
    const frame = frameOfMap(map, session);
    mark.hidden = !frame || !point;
    if (!frame || !point || !session.landscape) return;
    const { grid, axes } = session.landscape;
    const height = point.length > 1 ? 0 : interpolate(grid.x, grid.loss, point[0]);
    const spot = frame.project(point[0], point[1] ?? 0, height);
    mark.style.left = `${frame.box.left + spot.x}px`;
    mark.style.top = `${frame.box.top + spot.y}px`;
    const named = point.map((value, axis) => `${axes[axis]} ${pointInWords([value])}`);
    mark.setAttribute('aria-label', `Your guess: ${named.join(', ')}`);
  }

  /** @param {MouseEvent} event @returns {number[] | null} the place under it */
  #under(event) {
    const frame = frameOfMap(this.map, this.session);
    if (!frame || !this.point) return this.point;
    const { left, top } = this.map.getBoundingClientRect();
    const { box } = frame;
    const inside = (/** @type {number} */ at, /** @type {number} */ size) => Math.max(0, Math.min(size, at));
    const [px, py] = [event.clientX - left - box.left, event.clientY - top - box.top];
    const place = frame.invert(inside(px, box.width), inside(py, box.height));
    return roundPoint(place.slice(0, this.point.length), this.#domain);
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[event.key];
    if (!way || !this.point) return;
    event.preventDefault();
    event.stopPropagation();
    const domain = this.#domain;
    const part = event.shiftKey ? 0.1 : 0.01;
    this.point = roundPoint(
      this.point.map((value, axis) => value + way[axis] * part * (domain[2 * axis + 1] - domain[2 * axis])),
      domain,
    );
    this.place();
  }
}
