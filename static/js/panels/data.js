// The data beside a landscape that is made from them, with the fits of the walkers' weights.

import { DataFit } from '../canvas/data_fit.js';
import { layersOf } from '../canvas/plot_layers.js';
import { dataFigure, fitRange, predictions } from '../figures/data.js';
import { draw, resizePlot } from '../figures/plotly.js';
import { dataInWords } from '../words/data.js';
import { find } from './parts/elements.js';

/** So many fits are drawn of one run's walkers. */
const MOST_FITS = 8;

/** @param {HTMLElement} view @param {Session} session @returns {Panel} */
export function mountData(view, session) {
  const [box, plot, caption] = ['#data', '#data-plot', '#data-caption'].map((selector) => find(view, selector));
  const fit = new DataFit(find(view, '#data-over'), plot);
  const place = () => {
    fit.place();
    session.wake();
  };
  const drawIt = async (/** @type {Wanted} */ request) => {
    const data = session.landscape?.data;
    if (!data || plot.getBoundingClientRect().width === 0) return;
    await draw(plot, figureOf(session, request));
    caption.textContent = dataInWords(data);
    place();
  };
  return {
    elsewhere: () => fit.clear(),
    landscape: drawIt,
    settled: () => drawIt(/** @type {Wanted} */ (session.walks?.request)),
    frame: () => paintFits(fit, session, session.player.position),
    async resized() {
      await resizePlot(plot);
      place();
    },
    rescaled: place,
    drawNow(request) {
      if (session.landscape?.data) void draw(plot, figureOf(session, request));
      if (box.offsetWidth > 0) fit.place();
    },
    copy({ ratio, position, paper }) {
      if (!paper || box.offsetWidth === 0) return null;
      paintFits(fit, session, position);
      const layers = layersOf(box, session.colours, ratio);
      return { of: 'data', layers, width: box.offsetWidth, height: box.offsetHeight, seen: true, paragraphs: [] };
    },
  };
}

/** The walks whose fits are drawn. @param {Session} session @returns {Walk[]} */
function fitted({ walks }) {
  if (!walks) return [];
  return walks.several ? walks.visible.filter(({ walker }) => walker === 0) : walks.all.slice(0, MOST_FITS);
}

/** @param {Session} session @param {Wanted} request */
function figureOf(session, request) {
  const landscape = /** @type {Landscape} */ (session.landscape);
  const data = /** @type {DataPoints} */ (landscape.data);
  const best = landscape.stationary_points.find(({ kind }) => kind === 'global_minimum')?.point;
  // Of the next request only the first walker's start is known.
  const shown = session.walks?.request === request;
  const starts = shown ? fitted(session).map(({ x, y }) => [x[0], y[0]]) : [request.start];
  const predicted = best ? predictions(data, best[0], best[1]) : null;
  return dataFigure(landscape, predicted, fitRange(data, starts, request.domain), session.colours);
}

/** @param {DataFit} fit @param {Session} session @param {number} position the step that is shown */
function paintFits(fit, session, position) {
  const { walks, walker, walk: selected, numbers, player, landscape, colours } = session;
  if (!walks || !landscape?.data) return;
  const batch = numbers.here && numbers.shows(walks, walker, player.shown) ? numbers.here.batch : null;
  const shown = fitted(session);
  // Of one that is not drawn the first stands for it.
  const told = selected && shown.includes(selected) ? selected : shown[0];
  const fits = shown.map((walk) => ({
    weights: /** @type {[number, number]} */ (walk.at(position).slice(0, 2)),
    style: walk.style,
    told: walk === told,
  }));
  fit.paint(landscape.data, fits, batch, colours);
}
