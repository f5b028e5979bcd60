// Data of two classes over two inputs, over what a network, or a logistic curve, says everywhere: of the walk that is told of,
// moving with it.

import { DecisionMap } from '../canvas/decision_map.js';
import { layersOf } from '../canvas/plot_layers.js';
import { classesFigure } from '../figures/network.js';
import { draw, resizePlot } from '../figures/plotly.js';
import { classesOf } from '../state/classes.js';
import { MOST_WEIGHED } from '../state/weights.js';
import { classesInWords } from '../words/data.js';
import { NO_NUMBERS, networkInWords, shareInWords, tooManyInWords } from '../words/network.js';
import { find, setText } from './parts/elements.js';

/** @param {HTMLElement} view @param {Session} session @returns {Panel} */
export function mountDecisionMap(view, session) {
  const [box, plot, caption, share] = ['#data', '#data-plot', '#data-caption', '#data-share'].map((selector) =>
    find(view, selector),
  );
  const map = new DecisionMap(find(view, '#data-under'), find(view, '#data-over'), plot);
  const place = () => {
    if (!classesOf(session.landscape)) return;
    map.place();
    session.wake();
  };
  const drawIt = async (/** @type {Wanted} */ request) => {
    const classes = classesOf(session.landscape);
    share.hidden = !classes;
    if (!classes || plot.getBoundingClientRect().width === 0) return;
    await draw(plot, classesFigure(classes, session.colours));
    caption.textContent = captionOf(session, request);
    place();
  };
  return {
    elsewhere: () => map.clear(),
    landscape: drawIt,
    settled: () => drawIt(/** @type {Wanted} */ (session.walks?.request)),
    frame: () => paint(map, share, session, session.player.position),
    async resized() {
      if (classesOf(session.landscape)) await resizePlot(plot);
      place();
    },
    rescaled: place,
    drawNow() {
      const classes = classesOf(session.landscape);
      if (!classes) return;
      void draw(plot, classesFigure(classes, session.colours));
      if (box.offsetWidth > 0) map.place();
    },
    copy({ ratio, position, paper }) {
      if (!paper || box.offsetWidth === 0 || !classesOf(session.landscape)) return null;
      paint(map, share, session, position);
      const layers = layersOf(box, session.colours, ratio);
      return { of: 'data', layers, width: box.offsetWidth, height: box.offsetHeight, seen: true, paragraphs: [] };
    },
  };
}

/** @param {Session} session @param {Wanted} request @returns {string} */
function captionOf({ landscape }, { batch }) {
  if (landscape?.network) return networkInWords(landscape.network, batch > 0);
  return classesInWords(/** @type {DataPoints} */ (landscape?.data), batch > 0);
}

/** @param {DecisionMap} map @param {HTMLElement} share @param {Session} session @param {number} position the step that is shown */
function paint(map, share, session, position) {
  const { walks, walker, walk, numbers, player, colours, landscape } = session;
  const classes = classesOf(landscape);
  if (!classes || !walks || !walk || map.over.canvas.getClientRects().length === 0) return;
  const weights = classes.weights(walk, position);
  if (!weights?.every(Number.isFinite)) {
    map.wipe();
    setText(share, weights ? NO_NUMBERS : tooManyInWords(MOST_WEIGHED));
    return;
  }
  const batch = numbers.here && numbers.shows(walks, walker, player.shown) ? numbers.here.batch : null;
  setText(
    share,
    shareInWords(
      map.paint(classes, weights, { batch, style: walk.style }, colours),
      landscape?.network ? 'The network' : 'The fit',
    ),
  );
}
