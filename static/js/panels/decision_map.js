// The data of a network of two classes, over what it says everywhere: of the walk that is told of, moving with it.

import { DecisionMap } from '../canvas/decision_map.js';
import { layersOf } from '../canvas/plot_layers.js';
import { classesFigure } from '../figures/network.js';
import { draw, resizePlot } from '../figures/plotly.js';
import { hasClasses } from '../state/network.js';
import { MOST_WEIGHED } from '../state/weights.js';
import { NO_NUMBERS, networkInWords, shareInWords, tooManyInWords } from '../words/network.js';
import { find, setText } from './parts/elements.js';

/** @param {HTMLElement} view @param {Session} session @returns {Panel} */
export function mountDecisionMap(view, session) {
  const [box, plot, caption, share] = ['#data', '#data-plot', '#data-caption', '#data-share'].map((selector) =>
    find(view, selector),
  );
  const map = new DecisionMap(find(view, '#data-under'), find(view, '#data-over'), plot);
  const place = () => {
    if (!networkOf(session)) return;
    map.place();
    session.wake();
  };
  const drawIt = async (/** @type {Wanted} */ request) => {
    const network = networkOf(session);
    share.hidden = !network;
    if (!network || plot.getBoundingClientRect().width === 0) return;
    await draw(plot, classesFigure(network, session.colours));
    caption.textContent = networkInWords(network, request.batch > 0);
    place();
  };
  return {
    elsewhere: () => map.clear(),
    landscape: drawIt,
    settled: () => drawIt(/** @type {Wanted} */ (session.walks?.request)),
    frame: () => paint(map, share, session, session.player.position),
    async resized() {
      if (networkOf(session)) await resizePlot(plot);
      place();
    },
    rescaled: place,
    drawNow() {
      const network = networkOf(session);
      if (!network) return;
      void draw(plot, classesFigure(network, session.colours));
      if (box.offsetWidth > 0) map.place();
    },
    copy({ ratio, position, paper }) {
      if (!paper || box.offsetWidth === 0 || !networkOf(session)) return null;
      paint(map, share, session, position);
      const layers = layersOf(box, session.colours, ratio);
      return { of: 'data', layers, width: box.offsetWidth, height: box.offsetHeight, seen: true, paragraphs: [] };
    },
  };
}

/** @param {Session} session @returns {NetworkRecord | null} null where no two classes are parted */
function networkOf({ landscape }) {
  const network = landscape?.network;
  return network && hasClasses(network) ? network : null;
}

/** @param {DecisionMap} map @param {HTMLElement} share @param {Session} session @param {number} position the step that is shown */
function paint(map, share, session, position) {
  const { walks, walker, walk, numbers, player, colours } = session;
  const network = networkOf(session);
  if (!network || !walks || !walk || map.over.canvas.getClientRects().length === 0) return;
  const weights = walk.weightsAt(position);
  if (!weights?.every(Number.isFinite)) {
    map.wipe();
    setText(share, weights ? NO_NUMBERS : tooManyInWords(MOST_WEIGHED));
    return;
  }
  const batch = numbers.here && numbers.shows(walks, walker, player.shown) ? numbers.here.batch : null;
  setText(share, shareInWords(map.paint(network, weights, { batch, style: walk.style }, colours)));
}
