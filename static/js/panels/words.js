// What happens, in words: where the walker is, how it ended, what failed.

import { curvatureInWords, failureInWords, stepInWords } from '../words/walk.js';
import { told } from './parts/captions.js';
import { find, setText } from './parts/elements.js';

/** @param {HTMLElement} section @param {Session} session @returns {Panel} */
export function mountWords(section, session) {
  const parts = ['moving', 'shares', 'message', 'curvature'].map((id) => find(section, `#${id}`));
  const [moving, shares, message, curvature] = parts;
  const [failure, failure_text] = [find(section, '#failure'), find(section, '#failure-text')];

  const showStep = () => {
    const { walks, walker, walk, landscape, player } = session;
    if (!walks || !walk || walk.length === 0) return;
    const unit = landscape?.data ? 'data points seen' : 'evaluations';
    setText(moving, stepInWords(walks, walker, player.shown, unit));
  };
  /** How it ends is told when it has ended, not before: a class should be able to guess. */
  const showEnd = () => {
    const { walks, walker, walk, player, stopped } = session;
    if (!walks || stopped === walks) return;
    const ended = player.position >= player.last && !player.growing;
    const summary = ended ? walk?.summary : null;
    const who = walks.who(walker);
    setText(message, summary ? `${who && `${who}: `}${summary.message}` : '');
    setText(curvature, summary ? curvatureInWords(summary, walks.request?.goal) : '');
    setText(shares, ended ? walks.shares : '');
  };

  find(section, '#retry').addEventListener('click', () => {
    failure.hidden = true;
    session.open();
  });
  return {
    walks: () => void (failure.hidden = true),
    selected: showEnd,
    begun: () => message.classList.remove('early'),
    grew: showEnd,
    completed: showEnd,
    stopped() {
      const { last } = /** @type {Walks} */ (session.walks);
      setText(message, `Stopped by you after ${last} computed steps; where the walk would end is not known.`);
    },
    frame() {
      showStep();
      showEnd();
    },
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
