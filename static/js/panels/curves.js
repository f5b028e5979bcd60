// The curves below the map: loss, gradient norm and learning rate along the walks.

import { layersOf } from '../canvas/plot_layers.js';
import { curvesFigure } from '../figures/curves.js';
import { curveFrames, draw, resizePlot } from '../figures/plotly.js';
import { bandTraces } from '../figures/race.js';
import { isNarrow } from '../input/narrow_screen.js';
import { isBeside } from './parts/beside.js';
import { placeCursor } from './parts/cursor.js';
import { find, setText } from './parts/elements.js';

/** @param {HTMLElement} section @param {Session} session @returns {Panel} */
export function mountCurves(section, session) {
  const curves = new Curves(section, session);
  return {
    curves: () => curves.draw(),
    looked: () => curves.look(),
    settled: () => curves.draw(),
    frame: () => curves.moveCursors(),
    async resized() {
      if (session.map_drawn) await resizePlot(curves.plot);
      curves.moveCursors();
    },
    drawNow: () => void curves.drawPlot(),
    copy: ({ ratio, paper }) => (paper ? curves.copy(ratio) : null),
  };
}

class Curves {
  /** @param {HTMLElement} section @param {Session} session */
  constructor(section, session) {
    this.session = session;
    this.box = find(section, '#curves');
    this.plot = find(section, '#curves-plot');
    this.cursors = find(section, '#cursors');
    this.title = find(section, '#curves-title');
    this.axis = find(section, '#axis');
    this.note = find(section, '#bands-note');
    const logarithmic = /** @type {HTMLInputElement} */ (find(section, '#logarithmic'));
    this.logarithmic = logarithmic;
    logarithmic.addEventListener('change', () => session.scaleCurves(logarithmic.checked));
    this.axis.addEventListener('change', (event) => {
      const { value } = /** @type {HTMLInputElement} */ (event.target);
      session.edit({ axis: value === 'step' ? null : 'evaluations' });
    });
  }

  /** The address may ask for another scale. */
  look() {
    if (this.logarithmic.checked === this.session.logarithmic) return;
    this.logarithmic.checked = this.session.logarithmic;
    this.session.tell('curves');
  }

  async draw() {
    if (!this.session.walks) return;
    this.#name();
    await this.drawPlot();
    this.cursors.replaceChildren(...curveFrames(this.plot).map(() => document.createElement('i')));
    this.moveCursors();
  }

  /** The curves as they are asked for now. */
  drawPlot() {
    const { walks, walker, landscape, comparison, restarts, logarithmic, colours } = this.session;
    if (!walks || !landscape) return Promise.resolve();
    const unit = landscape.data ? 'data points seen' : 'evaluations';
    const { bands: compared } = comparison;
    const bands = compared && bandTraces(compared, walks.mostEvaluations, comparison.unit, colours);
    const race = { unit, bands };
    return draw(
      this.plot,
      curvesFigure(walks, landscape.stationary_points, logarithmic, colours, this.#arrangement, restarts, walker, race),
    );
  }

  /** One below the other on a phone, and beside the map; there a network's sharpness needs as much room as its loss. */
  get #arrangement() {
    const narrow = isNarrow();
    if ((narrow || isBeside(this.box)) && this.session.landscape?.network) return 'first';
    return narrow || this.box.clientHeight > this.box.clientWidth ? 'column' : 'row';
  }

  /** Says what the curves go by, and what bands are. */
  #name() {
    const { walks, landscape, comparison } = this.session;
    const axis = walks?.request?.axis ?? 'step';
    const by_cost = landscape?.data ? 'By data points seen' : 'By evaluations';
    setText(this.title, axis === 'step' ? 'By step' : by_cost);
    const bands = `Line: when half of all ${walks?.starts} walkers had come so near to the best place for good; band: from the first quarter of them to the third.`;
    setText(this.note, comparison.bands ? bands : '');
    /** @type {HTMLInputElement} */ (find(this.axis, `input[value="${axis}"]`)).checked = true;
  }

  moveCursors() {
    const { walks, walk, player, comparison } = this.session;
    const lines = /** @type {HTMLCollectionOf<HTMLElement>} */ (this.cursors.children);
    if (lines.length === 0 || !walks || !walk) return;
    const across = walks.across(walk, player.position);
    const under_bands = comparison.bands ? walk.spent(player.position) : across;
    curveFrames(this.plot).forEach((frame, index) => {
      placeCursor(lines[index], frame, frame.place(index === 0 ? under_bands : across));
    });
  }

  /** @param {number} ratio @returns {Copy | null} */
  copy(ratio) {
    const { box, session } = this;
    if (!session.map_drawn || !this.plot.querySelector('.main-svg')) return null;
    const layers = layersOf(box, session.colours, ratio);
    return { of: 'curves', layers, width: box.offsetWidth, height: box.offsetHeight, seen: true, paragraphs: [] };
  }
}
