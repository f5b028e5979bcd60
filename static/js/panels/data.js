// The data beside a landscape that is made from them, with the fits of the walkers' weights: of a model of two weights, or
// the curves of a network of one input.

import { DataFit } from '../canvas/data_fit.js';
import { layersOf } from '../canvas/plot_layers.js';
import { dataFigure, fitRange, predictions, predictionsAtPoints } from '../figures/data.js';
import { curvePoints, curveRange } from '../figures/network.js';
import { draw, resizePlot } from '../figures/plotly.js';
import { columnsOf, hasClasses, scoresAt } from '../state/network.js';
import { MOST_WEIGHED } from '../state/weights.js';
import { dataInWords } from '../words/data.js';
import { NO_NUMBERS, networkInWords, tooManyInWords } from '../words/network.js';
import { find, setText } from './parts/elements.js';

/** So many fits are drawn of one run's walkers. */
const MOST_FITS = 8;

/**
 * What is fitted to the data.
 * @typedef {object} Model
 * @property {{x: number[], y: number[], x_name: string, y_name: string, curve: {x: number[]}}} points
 * @property {(session: Session, request: Wanted) => [number, number]} range of the upright axis
 * @property {number[] | null} best what the best weights known predict
 * @property {(walk: Walk, position: number) => {along: number[], at_points: number[]} | null} fit null where a weight is no number
 * @property {(request: Wanted) => string} words
 */

/** @param {HTMLElement} view @param {Session} session @returns {Panel} */
export function mountData(view, session) {
  const [box, plot, caption, note] = ['#data', '#data-plot', '#data-caption', '#data-share'].map((selector) =>
    find(view, selector),
  );
  const fit = new DataFit(find(view, '#data-over'), plot);
  const place = () => {
    if (!modelOf(session)) return;
    fit.place();
    session.wake();
  };
  const drawIt = async (/** @type {Wanted} */ request) => {
    const model = modelOf(session);
    if (!model || plot.getBoundingClientRect().width === 0) return;
    await draw(plot, figureOf(model, session, request));
    caption.textContent = model.words(request);
    place();
  };
  return {
    elsewhere: () => fit.clear(),
    landscape: drawIt,
    settled: () => drawIt(/** @type {Wanted} */ (session.walks?.request)),
    frame() {
      paintFits(fit, session, session.player.position);
      tellOfNothing(note, session);
    },
    async resized() {
      if (modelOf(session)) await resizePlot(plot);
      place();
    },
    rescaled: place,
    drawNow(request) {
      const model = modelOf(session);
      if (!model) return;
      void draw(plot, figureOf(model, session, request));
      if (box.offsetWidth > 0) fit.place();
    },
    copy({ ratio, position, paper }) {
      if (!paper || box.offsetWidth === 0 || !modelOf(session)) return null;
      paintFits(fit, session, position);
      const layers = layersOf(box, session.colours, ratio);
      return { of: 'data', layers, width: box.offsetWidth, height: box.offsetHeight, seen: true, paragraphs: [] };
    },
  };
}

/** @type {WeakMap<NetworkRecord, Model>} */
const networks = new WeakMap();

/** @param {Session} session @returns {Model | null} null where no curve is fitted to points */
function modelOf({ landscape }) {
  const data = landscape?.data;
  if (landscape && data?.curve) return modelOfTwo(landscape, { ...data, curve: data.curve });
  const network = landscape?.network;
  if (!network || hasClasses(network)) return null;
  const model = networks.get(network) ?? modelOfNetwork(network);
  networks.set(network, model);
  return model;
}

/** @param {Landscape} landscape @param {DataPoints & {curve: Curve}} data @returns {Model} whose two weights are the coordinates */
function modelOfTwo(landscape, data) {
  const best = landscape.stationary_points.find(({ kind }) => kind === 'global_minimum')?.point;
  return {
    points: data,
    best: best ? predictions(data, best[0], best[1]) : null,
    range(session, request) {
      // Of the next request only the first walker's start is known.
      const shown = session.walks?.request === request;
      const starts = shown ? fitted(session).map(({ x, y }) => [x[0], y[0]]) : [request.start];
      return fitRange(data, starts, request.domain);
    },
    fit(walk, position) {
      const [a, b] = walk.at(position);
      if (!Number.isFinite(a + b)) return null;
      return { along: predictions(data, a, b), at_points: predictionsAtPoints(data, a, b) };
    },
    words: () => dataInWords(data),
  };
}

/** @param {NetworkRecord} network of one input @returns {Model} */
function modelOfNetwork(network) {
  const points = curvePoints(network);
  const [along, at_points] = [points.curve.x, points.x].map((x) => columnsOf(x.map((one) => [one])));
  return {
    points,
    best: null,
    range: () => curveRange(network),
    fit(walk, position) {
      const weights = walk.weightsAt(position);
      if (!weights?.every(Number.isFinite)) return null;
      const said = (/** @type {Float64Array[]} */ columns) => [...scoresAt(network.sizes, weights, columns)];
      return { along: said(along), at_points: said(at_points) };
    },
    words: ({ batch }) => networkInWords(network, batch > 0),
  };
}

/** Says why no curve of a network is drawn. @param {HTMLElement} note @param {Session} session */
function tellOfNothing(note, { landscape, walk, player }) {
  const network = landscape?.network;
  if (network && hasClasses(network)) return;
  const weights = network && walk ? walk.weightsAt(player.position) : [];
  const said = weights === null ? tooManyInWords(MOST_WEIGHED) : weights.every(Number.isFinite) ? '' : NO_NUMBERS;
  note.hidden = said === '';
  setText(note, said);
}

/** The walks whose fits are drawn. @param {Session} session @returns {Walk[]} */
function fitted({ walks }) {
  if (!walks) return [];
  return walks.several ? walks.visible.filter(({ walker }) => walker === 0) : walks.all.slice(0, MOST_FITS);
}

/** @param {Model} model @param {Session} session @param {Wanted} request */
function figureOf(model, session, request) {
  return dataFigure(model.points, model.best, model.range(session, request), session.colours);
}

/** @param {DataFit} fit @param {Session} session @param {number} position the step that is shown */
function paintFits(fit, session, position) {
  const { walks, walker, walk: selected, numbers, player, colours } = session;
  const model = modelOf(session);
  if (!walks || !model) return;
  const batch = numbers.here && numbers.shows(walks, walker, player.shown) ? numbers.here.batch : null;
  const shown = fitted(session);
  // Of one that is not drawn the first stands for it.
  const told = selected && shown.includes(selected) ? selected : shown[0];
  const fits = shown.flatMap((walk) => {
    const fitting = model.fit(walk, position);
    return fitting ? [{ ...fitting, style: walk.style, told: walk === told }] : [];
  });
  fit.paint(model.points, fits, batch, colours);
}
