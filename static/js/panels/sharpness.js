// The sharpness along the walk, against the edge of stability: under the curves, with their own scale.

import { axesFrame, draw, resizePlot } from '../figures/plotly.js';
import { sharpnessFigure } from '../figures/sharpness.js';
import { entriesOf, optimizerNamed } from '../state/meaning.js';
import { failureInWords, sharpnessInShort, sharpnessInWords } from '../words/theory.js';
import { isBeside } from './parts/beside.js';
import { placeCursor } from './parts/cursor.js';
import { find } from './parts/elements.js';
import { makeTerm, rove, writeTerms } from './parts/terms.js';

/** @param {HTMLElement} section @param {Session} session @returns {Panel} */
export function mountSharpness(section, session) {
  const { theory } = session;
  const [plot, cursor, words, short, note] = ['plot', 'cursor', 'words', 'short', 'note'].map((name) =>
    find(section, `#sharpness-${name}`),
  );
  const more = makeTerm('i', { about: '' });
  more.classList.add('about');
  more.setAttribute('aria-label', 'More about the sharpness');
  find(section, '#sharpness-more').append(more);
  rove(more);
  find(note, 'button').addEventListener('click', () => theory.retry());
  /** @type {Sharpness | null} */
  let told = null;

  /** @param {number} position the step shown, which may lie between two */
  const move = (position) => {
    const frame = theory.tells_sharpness && theory.scene ? axesFrame(plot) : null;
    if (!frame || !theory.scene) return;
    const { walks, walker } = theory.scene;
    placeCursor(cursor, frame.box, frame.project(walks.across(walks.all[walker], position), 1, 0).x);
  };
  const plotIt = async () => {
    if (!theory.tells_sharpness || !theory.is_sharp_current || !theory.scene || !theory.sharpness) return;
    const { walks, walker, step } = theory.scene;
    const { logarithmic, colours } = session;
    const bare = isBeside(section) && Boolean(walks.landscape?.network);
    await draw(plot, sharpnessFigure(theory.sharpness, walks, walker, logarithmic, colours, bare));
    move(step);
  };
  const show = () => {
    section.hidden = !theory.tells_sharpness;
    if (section.hidden) return;
    const { is_sharp_current: current, failure } = theory;
    section.classList.toggle('stale', !current);
    // With theory its own note says so.
    note.hidden = theory.on || current || !failure;
    if (!note.hidden) find(note, 'span').textContent = failureInWords(failure, 'The sharpness');
    if (current && told !== theory.sharpness) {
      told = theory.sharpness;
      explain(session, plot, { words, short, more });
    }
  };

  return {
    frame() {
      show();
      move(session.player.position);
    },
    theory(another) {
      show();
      if (another && session.map_drawn) void plotIt();
    },
    curves: plotIt,
    settled: plotIt,
    async resized() {
      await resizePlot(plot);
      move(session.player.position);
    },
  };
}

/** @param {Session} session @param {HTMLElement} plot @param {{words: HTMLElement, short: HTMLElement, more: HTMLElement}} told what is said, what of it there is room for beside the map, and what has all of it there */
function explain({ theory, catalog }, plot, { words, short, more }) {
  // No network's loss is one.
  const quadratic = theory.current && Boolean(theory.known?.quadratic);
  const sharpness = /** @type {Sharpness} */ (theory.sharpness);
  const { walks, walker } = /** @type {NonNullable<typeof theory.scene>} */ (theory.scene);
  const wanted = walks.settings(walker);
  const titleOf = (/** @type {string} */ slug) => optimizerNamed(slug, catalog)?.title ?? slug;
  const own = entriesOf(wanted, catalog).optimizer?.title ?? '';
  const of = titleOf(sharpness.limit_of);
  const smooth = walks.landscape?.smooth ?? true;
  const { outcome } = walks.all[walker].summary ?? {};
  const weights = walks.landscape?.network?.weights;
  const lines = sharpnessInWords(sharpness, own, of, outcome, quadratic, smooth, weights);
  writeTerms(words, lines.join(' '), catalog.glossary);
  more.dataset.about = lines.join(' ');
  writeTerms(short, sharpnessInShort(sharpness, own, of, outcome), catalog.glossary);
  const by = walks.request?.axis === 'evaluations' ? 'evaluations' : 'step';
  plot.setAttribute('aria-label', `Sharpness by ${by}, against the edge ${sharpness.limit_text} of ${of}`);
}
