// The figure of a map of learning rates: axes over its cells, the stability limit, the best cell, the current setting. Pure.

import { base, margins } from './base.js';
import { ticks, titled } from './ticks.js';
import { formatNumber } from '../words/numbers.js';

/** How many ticks there is room for, from below upwards. */
const UPRIGHT = 8;

/** Height of the strip of cells below the curve of a map with one axis, as a part of the picture. */
const STRIP = 0.1;

/**
 * @param {MapCells} cells
 * @param {[number, number | null]} current the learning rate and second hyperparameter of the walk that is shown
 * @param {Palette} colours
 * @param {number} across how many ticks there is room for
 * @param {string} own the colour of the run that is mapped
 * @returns {{data: any[], layout: any}}
 */
export function ratesFigure(cells, current, colours, across, own) {
  const [rate, second] = cells.axes;
  const [low, high] = second ? [second.low, second.high] : heightsOf(cells);
  const log_up = second?.log ?? true;
  const [along, upright] = [ticks(rate.low, rate.high, rate.log, across), ticks(low, high, log_up, UPRIGHT)];
  const axis = {
    zeroline: false,
    showgrid: false,
    ticks: 'outside',
    ticklen: 4,
    tickcolor: colours.line,
    fixedrange: true,
    linecolor: colours.line,
    tickangle: 0,
  };
  const at = (/** @type {[number, number | null]} */ [x, y]) => ({ x: [x], y: [y] });
  const here = second ? at(current) : { x: [], y: [] };
  const best = second && cells.best ? at([cells.best.learning_rate, cells.best.second]) : { x: [], y: [] };
  return {
    data: [
      ...(second ? [] : [curve(cells, colours)]),
      ...limits(cells, colours, [low, high]),
      mark(here, 'circle-open', colours.casing, { width: 6.5, color: colours.casing }),
      mark(here, 'circle-open', own, { width: 2.6, color: own }),
      mark(best, 'star', colours.ink, { width: 1.5, color: colours.casing }),
    ],
    layout: {
      ...base(colours),
      margin: margins(colours),
      xaxis: {
        ...axis,
        type: rate.log ? 'log' : 'linear',
        range: range(rate.low, rate.high, rate.log),
        tickvals: along.values,
        ticktext: along.texts,
        title: { text: titled(rate.title, along), standoff: 2 },
      },
      yaxis: {
        ...axis,
        type: log_up ? 'log' : 'linear',
        range: range(low, high, log_up),
        tickvals: upright.values,
        ticktext: upright.texts,
        title: { text: second ? titled(second.title, upright) : measureInWords(cells), standoff: 2 },
      },
      shapes: second ? [] : [upLine(current[0], own)],
      dragmode: false,
      hovermode: false,
    },
  };
}

/**
 * @param {{x: number[], y: (number | null)[]}} place
 * @param {string} symbol
 * @param {string} color
 * @param {{width: number, color: string}} line
 */
function mark(place, symbol, color, line) {
  return { type: 'scatter', mode: 'markers', ...place, marker: { symbol, size: 15, color, line }, hoverinfo: 'skip' };
}

/** A logarithmic axis of Plotly's takes its ends as logarithms. @param {number} low @param {number} high @param {boolean} log */
function range(low, high, log) {
  return log ? [Math.log10(low), Math.log10(high)] : [low, high];
}

/** The evaluations that a curve shows, with room above, and below for the strip of cells. @param {MapCells} cells @returns {[number, number]} */
function heightsOf(cells) {
  const [least, most] = cells.range ?? [1, 100];
  const [low, high] = cells.trained
    ? [Math.log(least), Math.log(most)]
    : [Math.log(Math.max(least, 1)), Math.log(Math.max(most, 2))];
  const room = Math.max(high - low, 0.5);
  return [Math.exp(low - (STRIP + 0.08) * 1.4 * room), Math.exp(high + 0.15 * room)];
}

/** Where there is one axis: what the scale goes by, by learning rate, with gaps where nothing converged. @param {MapCells} cells @param {Palette} colours */
function curve(cells, colours) {
  const shown = Array.from({ length: cells.columns }, (_, column) => cells.cell(0, column));
  return {
    type: 'scatter',
    mode: 'lines',
    x: shown.map(({ x }) => x),
    y: shown.map(({ ending, evaluations, loss }) => {
      if (cells.trained) return loss;
      return ending.outcome === 'converged' ? evaluations : null;
    }),
    line: { color: colours.ink, width: 1.8 },
    hoverinfo: 'skip',
  };
}

/**
 * The stability limit, on a casing, because no single colour is seen on every cell.
 * @param {MapCells} cells
 * @param {Palette} colours
 * @param {[number, number]} sides of a picture with one axis
 */
function limits({ limit, axes }, colours, [low, high]) {
  if (!limit || limit.length === 0) return [];
  const line =
    axes.length > 1
      ? { x: limit.map(([rate]) => rate), y: limit.map(([, second]) => second) }
      : { x: [limit[0][0], limit[0][0]], y: [low, high] };
  return [
    { type: 'scatter', mode: 'lines', ...line, line: { color: colours.casing, width: 5 }, hoverinfo: 'skip' },
    {
      type: 'scatter',
      mode: 'lines',
      ...line,
      line: { color: colours.ink, width: 2.2, dash: '7px,4px' },
      hoverinfo: 'skip',
    },
  ];
}

/** @param {number} rate @param {string} color */
function upLine(rate, color) {
  return { type: 'line', x0: rate, x1: rate, y0: 0, y1: 1, yref: 'paper', line: { color, width: 2 } };
}

/** @param {MapCells} cells @returns {string} what the scale goes by */
export function measureInWords({ trained }) {
  return trained ? 'loss at the end' : 'evaluations to converge';
}

/**
 * The ticks of the scale of evaluations, or of losses.
 * @param {[number, number]} range
 * @param {boolean} [losses] which may be as small as one likes
 * @returns {{part: number, text: string}[]} each where it lies between the fewest and the most
 */
export function scaleTicks([low, high], losses = false) {
  if (low === high) return [{ part: 0, text: formatNumber(low) }];
  const one = losses ? 0 : 1;
  const place = (/** @type {number} */ value) =>
    Math.log((value + one) / (low + one)) / Math.log((high + one) / (low + one));
  const least = Math.max(low, one);
  const between = ticks(least, high, high / least >= 3, 5).values.filter((value) => value >= low && value <= high);
  const all = [low, ...between, high].map((value) => ({
    part: place(value),
    text: losses ? formatNumber(value, 2) : value.toLocaleString('en'),
  }));
  // The ends are told; between them what does not run into its neighbours.
  const [first, last] = [all[0], all[all.length - 1]];
  const kept = [first];
  for (const tick of all.slice(1, -1)) if (clear(kept[kept.length - 1], tick) && clear(tick, last)) kept.push(tick);
  return [...kept, last];
}

/** So large a part of the narrowest scale is a letter, and what is to be free between two numbers. */
const ROOM = { letter: 0.035, between: 0.02 };

/** @param {{part: number, text: string}} one @param {{part: number, text: string}} next @returns {boolean} whether both have room, each around its place */
function clear(one, next) {
  return next.part - one.part > ROOM.between + (ROOM.letter * (one.text.length + next.text.length)) / 2;
}
