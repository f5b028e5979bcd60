// Figures of a race: bands over many starts, and the sweep over learning rates. Pure.

import { base, decades, plain } from './figures.js';
import { dashText, lookOf } from './looks.js';
import { superscript } from './ticks.js';

/** Where the panels of a sweep stand: across and upwards. */
const PLACES = { alone: [[[0, 1], [0, 1]]], beside: [[[0, 0.46], [0, 1]], [[0.54, 1], [0, 1]]], stacked: [[[0, 1], [0.6, 1]], [[0, 1], [0, 0.4]]] };
/** Values that differ by more than this factor are drawn on a logarithmic axis. */
const WIDE = 100;

/**
 * For each run a filled band between the quartiles and a line at the median: evaluations across, and upwards what part
 * of the way to the best place is left. Where the upper quartile never comes the band is open to the right.
 * @param {RaceRun[]} compared
 * @param {number} furthest how far the picture goes to the right
 * @param {string} unit what evaluations are called
 * @param {Palette} colours
 * @returns {any[]}
 */
export function bandTraces(compared, furthest, unit, colours) {
  const axes = { type: 'scatter', mode: 'lines', xaxis: 'x', yaxis: 'y' };
  const areas = compared.map(({ run, bands }) => {
    const reached = bands.part.map((_, level) => level).filter((level) => bands.lower[level] !== null);
    const back = [...reached].reverse();
    return {
      ...axes,
      x: [...reached.map((level) => bands.lower[level]), ...back.map((level) => bands.upper[level] ?? furthest)],
      y: [...reached, ...back].map((level) => bands.part[level]),
      fill: 'toself',
      fillcolor: colours.walkers[lookOf(run).colour],
      opacity: 0.22,
      line: { width: 0 },
      hoverinfo: 'skip',
    };
  });
  const medians = compared.map(({ run, label, bands }) => {
    return {
      ...axes,
      x: bands.median,
      y: bands.part,
      text: plain(label),
      line: lineOf(run, colours),
      hovertemplate: `%{text}<br>half of the walkers after %{x} ${unit}<br>part left %{y:.3g}<extra></extra>`,
    };
  });
  return [...areas, ...medians];
}

/**
 * How each run does at each learning rate: the evaluations it needs, and beside it the loss at the end of the runs that
 * never came near.
 * @param {{run: number, label: string, sweep: Sweep}[]} swept
 * @param {string} unit what evaluations are called
 * @param {Palette} colours
 * @param {boolean} stacked one below the other, where there is no room side by side
 */
export function sweepFigure(swept, unit, colours, stacked) {
  const near = swept.filter(({ sweep }) => sweep.part !== null);
  const far = swept.filter(({ sweep }) => sweep.part === null);
  const goals = new Set(near.map(({ sweep }) => sweep.part));
  const panels = [
    ...(near.length > 0 ? [{ runs: near, name: `${unit} needed${goals.size > 1 ? ' to its goal' : ''}`, value: (/** @type {Sweep} */ sweep) => sweep.evaluations, best: (/** @type {Sweep} */ { best }) => best.evaluations }] : []),
    ...(far.length > 0 ? [{ runs: far, name: near.length > 0 ? 'loss at the end, of those that never came near' : 'loss at the end', value: (/** @type {Sweep} */ sweep) => sweep.loss, best: (/** @type {Sweep} */ { best }) => best.loss }] : []),
  ];
  const layout = /** @type {Record<string, any>} */ ({ ...base(colours), margin: { l: 52, r: 12, t: 24, b: 40 }, hovermode: 'closest', dragmode: false, annotations: [] });
  const boxes = PLACES[panels.length === 1 ? 'alone' : stacked ? 'stacked' : 'beside'];
  const data = panels.flatMap(({ runs, name, value, best }, index) => {
    const suffix = index === 0 ? '' : String(index + 1);
    const traces = runs.flatMap(({ run, label, sweep }) => sweepTraces(run, label, sweep, value(sweep), best(sweep), suffix, colours));
    place(layout, suffix, name, boxes[index], rangeOf(traces), colours);
    const heights = traces.flatMap(({ y }) => y).filter((height) => height !== null);
    if (Math.min(...heights) > 0 && Math.max(...heights) > WIDE * Math.min(...heights)) Object.assign(layout[`yaxis${suffix}`], { type: 'log', rangemode: 'normal', tickformat: undefined }, decades(traces, index));
    return traces;
  });
  return { data, layout };
}

/**
 * @param {Record<string, any>} layout which is written to
 * @param {string} suffix
 * @param {string} name
 * @param {number[][]} domain across and upwards
 * @param {[number, number]} range of the learning rates, as powers of ten
 * @param {Palette} colours
 */
function place(layout, suffix, name, [across, up], range, colours) {
  const axis = { zeroline: false, fixedrange: true, gridcolor: colours.line, tickfont: { size: 11 } };
  const [low, high] = range;
  const every = Math.ceil((high - low) / 6);
  const powers = Array.from({ length: Math.floor(high) - Math.ceil(low) + 1 }, (_, index) => Math.ceil(low) + index).filter((power) => power % every === 0);
  // Plotly's own powers of ten need inline styles, which the content security policy refuses.
  layout[`xaxis${suffix}`] = { ...axis, anchor: `y${suffix}`, domain: across, type: 'log', range, tickvals: powers.map((power) => 10 ** power), ticktext: powers.map((power) => `10${superscript(power)}`), title: { text: 'learning rate', standoff: 4 } };
  layout[`yaxis${suffix}`] = { ...axis, anchor: `x${suffix}`, domain: up, rangemode: suffix ? 'normal' : 'tozero', nticks: 5, tickformat: '~g' };
  layout.annotations.push({ text: name, xref: 'paper', yref: 'paper', x: across[0], y: up[1], xanchor: 'left', yanchor: 'bottom', yshift: 5, showarrow: false, font: { size: 12, color: colours.ink } });
}

/**
 * Where there is something to see, with the better part of a decade to both sides.
 * @param {any[]} traces
 * @returns {[number, number]}
 */
function rangeOf(traces) {
  const rates = traces.flatMap(({ x, y }) => x.filter((/** @type {number} */ _, /** @type {number} */ k) => y[k] !== null)).map(Math.log10);
  return [Math.min(...rates) - 0.7, Math.max(...rates) + 0.7];
}

/**
 * @param {number} run
 * @param {string} label
 * @param {Sweep} sweep
 * @param {(number | null)[]} values
 * @param {number | null} best
 * @param {string} suffix
 * @param {Palette} colours
 * @returns {any[]}
 */
function sweepTraces(run, label, sweep, values, best, suffix, colours) {
  const look = { type: 'scatter', xaxis: `x${suffix}`, yaxis: `y${suffix}`, text: plain(label) };
  const share = sweep.share.some((part) => part > 0 && part < 1) ? '<br>reached by %{customdata:.0%}' : '';
  return [
    { ...look, mode: 'lines', x: sweep.learning_rate, y: values, customdata: sweep.share, line: lineOf(run, colours), hovertemplate: `%{text}<br>learning rate %{x:.4g}<br>%{y:.5g}${share}<extra></extra>` },
    { ...look, mode: 'markers', x: [sweep.best.learning_rate], y: [best], marker: { symbol: lookOf(run).symbol, size: 12, color: colours.walkers[lookOf(run).colour], line: { color: colours.ink, width: 1.5 } }, hovertemplate: '%{text}<br>best: learning rate %{x:.4g}<br>%{y:.5g}<extra></extra>' },
  ];
}

/** @param {number} run @param {Palette} colours */
function lineOf(run, colours) {
  const { colour, dash } = lookOf(run);
  return { color: colours.walkers[colour], dash: dashText(dash), width: 2 };
}
