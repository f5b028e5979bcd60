// What happens, in words: how it ends, as soon as that is known, and what failed.

import { watchBox } from '../input/box_size.js';
import { isNarrow, watchWidth } from '../input/narrow_screen.js';
import { standings, winnerInWords } from '../words/standings.js';
import { curvatureInWords, failureInWords, isLong, linesOf, toldOf } from '../words/walk.js';
import { told } from './parts/captions.js';
import { find, setText } from './parts/elements.js';
import { writeTerms } from './parts/terms.js';

/** @param {HTMLElement} section @param {Session} session @returns {Panel} */
export function mountWords(section, session) {
  const parts = ['message', 'numbers', 'shares', 'curvature'].map((id) => find(section, `#${id}`));
  const [message, numbers, shares, curvature] = parts;
  const { glossary } = session.catalog;
  const [failure, failure_text] = [find(section, '#failure'), find(section, '#failure-text')];
  const guess = /** @type {HTMLInputElement} */ (find(section, '#guess'));
  const whole = mountWhole(section);

  /** The whole walk is known long before the film of it has ended; who wants others to guess has it held back until then. */
  const showEnd = () => {
    const { walks, walker, walk, player, stopped } = session;
    if (!walks || stopped === walks) return;
    const shown = !session.guessing || (player.position >= player.last && !player.growing);
    const summary = shown ? walk?.summary : null;
    const who = walks.who(walker);
    let [meaning, figures] = summary ? linesOf(summary) : ['', ''];
    const several = Boolean(walks.several && !session.hides('race'));
    section.classList.toggle('compared', several);
    if (several && shown) figures = `${comparedInShort(session)} ${figures}`.trim();
    say(toldOf(who, meaning), figures);
    writeTerms(curvature, summary ? curvatureInWords(summary, walks.request?.goal) : '', glossary);
    setText(shares, shown && !player.growing ? walks.shares : '');
    whole.said();
  };
  /** @param {string} meaning @param {string} [figures] */
  const say = (meaning, figures = '') => {
    writeTerms(message, meaning, glossary);
    message.classList.toggle('long', isLong(meaning));
    writeTerms(numbers, figures, glossary);
  };

  guess.checked = session.guessing;
  guess.addEventListener('change', () => session.guess(guess.checked));
  find(section, '#retry').addEventListener('click', () => {
    failure.hidden = true;
    session.open();
  });
  return {
    walks: () => void (failure.hidden = true),
    guessing() {
      guess.checked = session.guessing;
      showEnd();
    },
    selected: showEnd,
    grew: showEnd,
    compared: showEnd,
    completed: showEnd,
    stopped() {
      const { last } = /** @type {Walks} */ (session.walks);
      say(`Stopped by you after ${last} computed steps; where the walk would end is not known.`);
    },
    frame: showEnd,
    failed(error) {
      failure_text.textContent = failureInWords(error);
      failure.hidden = false;
    },
    paragraphs() {
      const { ink, soft } = session.colours;
      return parts.map((part) => ({ entries: told([part]), colour: part === message ? ink : soft }));
    },
  };
}

/** Who of several runs was faster, where that is known. @param {Session} session @returns {string} */
function comparedInShort({ walks, comparison: { runs, known, unit } }) {
  return winnerInWords(standings(/** @type {Walks} */ (walks), runs, known, unit), unit, true);
}

/** What is longer than its two lines is read over the picture, and moves nothing. @param {HTMLElement} section */
function mountWhole(section) {
  const sentence = find(section, '#sentence');
  const [message, second] = [find(section, '#message'), find(section, '.numbers')];
  const button = find(section, '#whole-sentence');
  let measured = '';
  let asked = 0;
  const measure = () => {
    asked = 0;
    if (sentence.classList.contains('open')) return;
    measured = sentence.textContent;
    button.hidden = [sentence, message, second].every(
      ({ scrollWidth, clientWidth, scrollHeight, clientHeight }) =>
        scrollWidth <= clientWidth && scrollHeight <= clientHeight + 2,
    );
  };
  const name = () => {
    const open = sentence.classList.contains('open');
    button.setAttribute('aria-label', open ? 'Close' : 'All of it');
    setText(button, open ? 'Close' : isNarrow() ? '…' : 'All of it');
  };
  /** Measured with the next picture: in between, all that has changed would be laid out once more for it. */
  const said = () => {
    if (sentence.textContent !== measured) asked ||= requestAnimationFrame(measure);
  };
  watchWidth(name);
  name();
  /** @param {boolean} open */
  const show = (open) => {
    sentence.classList.toggle('open', open);
    button.setAttribute('aria-expanded', String(open));
    name();
  };
  button.addEventListener('click', () => show(!sentence.classList.contains('open')));
  // What a key has reached is seen.
  second.addEventListener('focusin', ({ target }) => {
    if (!button.hidden && /** @type {Element} */ (target).matches(':focus-visible')) show(true);
  });
  section.addEventListener('keydown', (event) => event.key === 'Escape' && show(false));
  watchBox(section, measure);
  return { said };
}
