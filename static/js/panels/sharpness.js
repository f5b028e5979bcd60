// The sharpness along the walk, against the edge of stability: under the curves, with their own scale.

import { axesFrame, draw, resizePlot } from '../figures/plotly.js';
import { sharpnessFigure } from '../figures/sharpness.js';
import { sharpnessInWords } from '../words/theory.js';
import { find } from './parts/elements.js';
import { writeTerms } from './parts/terms.js';
import { placeCursor } from './parts/cursor.js';

/** @param {HTMLElement} section @param {Session} session @returns {Panel} */
export function mountSharpness(section, session) {
  const { theory } = session;
  const [plot, cursor, words] = ['plot', 'cursor', 'words'].map((name) => find(section, `#sharpness-${name}`));
  /** @type {Sharpness | null} */
  let told = null;

  /** @param {number} position the step shown, which may lie between two */
  const move = (position) => {
    const frame = theory.on && theory.scene ? axesFrame(plot) : null;
    if (!frame || !theory.scene) return;
    const { walks, walker } = theory.scene;
    placeCursor(cursor, frame.box, frame.project(walks.across(walks.all[walker], position), 1, 0).x);
  };
  const plotIt = async () => {
    if (!theory.on || !theory.current || !theory.scene || !theory.sharpness) return;
    const { walks, walker, step } = theory.scene;
    const { logarithmic, colours } = session;
    await draw(plot, sharpnessFigure(theory.sharpness, walks, walker, logarithmic, colours));
    move(step);
  };
  const show = () => {
    section.hidden = !theory.on;
    if (!theory.on) return;
    section.classList.toggle('stale', !theory.current);
    if (theory.current && told !== theory.sharpness) {
      told = theory.sharpness;
      explain(session, plot, words);
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

/** @param {Session} session @param {HTMLElement} plot @param {HTMLElement} words */
function explain({ theory, catalog }, plot, words) {
  const { quadratic } = /** @type {Theory} */ (theory.known);
  const sharpness = /** @type {Sharpness} */ (theory.sharpness);
  const { walks, walker } = /** @type {NonNullable<typeof theory.scene>} */ (theory.scene);
  const wanted = walks.settings(walker);
  const titleOf = (/** @type {string} */ slug) =>
    catalog.optimizers.find((entry) => entry.slug === slug)?.title ?? slug;
  const of = titleOf(sharpness.limit_of);
  const smooth = walks.landscape?.smooth ?? true;
  const { outcome } = walks.all[walker].summary ?? {};
  const lines = sharpnessInWords(sharpness, titleOf(wanted.optimizer), of, outcome, quadratic, smooth);
  writeTerms(words, lines.join(' '), catalog.glossary);
  const by = walks.request?.axis === 'evaluations' ? 'evaluations' : 'step';
  plot.setAttribute('aria-label', `Sharpness by ${by}, against the edge ${sharpness.limit_text} of ${of}`);
}
