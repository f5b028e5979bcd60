// Figures of a race: bands over many starts, and the sweep over learning rates. Pure.

import { base, plain } from './base.js';
import { powersOfTen } from './curves.js';
import { superscript } from './ticks.js';
import { dashText, styleOf } from './walk_styles.js';

/** What is left free between two panels of a sweep, as a part of the whole: beside each other, and one below the other. */
const GAPS = { across: 0.08, up: 0.2 };
/** Values that differ by more than this factor are drawn on a logarithmic axis. */
const WIDE = 100;

/**
 * For each run a filled band between the quartiles and a line at the median over all walkers: evaluations across, and
 * upwards what part of the way to the best place is left from there on. Where the upper quartile never comes the band is open to the right.
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
      fillcolor: colours.walkers[styleOf(run).colour],
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
      hovertemplate: `%{text}<br>half of all walkers for good after %{x} ${unit}<br>part left %{y:.3g}<extra></extra>`,
    };
  });
  return [...areas, ...medians];
}

/**
 * How each run does at each learning rate: the evaluations that half of its walkers need to come near and stay, or
 * where fewer do how many they are, and beside it the loss at the end of the runs of which nobody stayed near.
 * @param {{run: number, label: string, sweep: Sweep}[]} swept
 * @param {string} unit what evaluations are called
 * @param {Palette} colours
 * @param {boolean} stacked one below the other, where there is no room side by side
 */
export function sweepFigure(swept, unit, colours, stacked) {
  const near = swept.filter(({ sweep }) => sweep.best.evaluations !== null);
  const few = swept.filter(({ sweep }) => sweep.part !== null && sweep.best.evaluations === null);
  const far = swept.filter(({ sweep }) => sweep.part === null);
  const goals = new Set(near.map(({ sweep }) => sweep.part));
  const each = /** @type {const} */ ([
    { runs: near, name: `${unit} needed${goals.size > 1 ? ' to its goal' : ''}`, key: 'evaluations' },
    { runs: few, name: `share that stays near${near.length > 0 ? ', where fewer than half do' : ''}`, key: 'share' },
    {
      runs: far,
      name: near.length + few.length > 0 ? 'loss at the end, where nobody stays near' : 'loss at the end',
      key: 'loss',
    },
  ]);
  const panels = each.filter(({ runs }) => runs.length > 0);
  const layout = /** @type {Record<string, any>} */ ({
    ...base(colours),
    margin: { l: 52, r: 12, t: 24, b: 40 },
    hovermode: 'closest',
    dragmode: false,
    annotations: [],
  });
  const data = panels.flatMap(({ runs, name, key }, index) => {
    const suffix = index === 0 ? '' : String(index + 1);
    const traces = runs.flatMap(({ run, label, sweep }) =>
      sweepTraces(run, label, sweep, sweep[key], sweep.best[key], suffix, colours),
    );
    place(layout, suffix, name, boxOf(index, panels.length, stacked), rangeOf(traces), colours);
    const heights = traces.flatMap(({ y }) => y).filter((height) => height !== null);
    if (Math.min(...heights) > 0 && Math.max(...heights) > WIDE * Math.min(...heights))
      Object.assign(
        layout[`yaxis${suffix}`],
        { type: 'log', rangemode: 'normal', tickformat: undefined },
        powersOfTen(traces, index),
      );
    return traces;
  });
  return { data, layout };
}

/** Where a panel of a sweep stands: across and upwards. @param {number} index @param {number} count @param {boolean} stacked @returns {number[][]} */
function boxOf(index, count, stacked) {
  const gap = stacked ? GAPS.up : GAPS.across;
  const size = (1 - gap * (count - 1)) / count;
  const low = index * (size + gap);
  return stacked
    ? [
        [0, 1],
        [1 - low - size, 1 - low],
      ]
    : [
        [low, low + size],
        [0, 1],
      ];
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
  const powers = Array.from(
    { length: Math.floor(high) - Math.ceil(low) + 1 },
    (_, index) => Math.ceil(low) + index,
  ).filter((power) => power % every === 0);
  // Plotly's own powers of ten need inline styles, which the content security policy refuses.
  layout[`xaxis${suffix}`] = {
    ...axis,
    anchor: `y${suffix}`,
    domain: across,
    type: 'log',
    range,
    tickvals: powers.map((power) => 10 ** power),
    ticktext: powers.map((power) => `10${superscript(power)}`),
    title: { text: 'learning rate', standoff: 4 },
  };
  layout[`yaxis${suffix}`] = {
    ...axis,
    anchor: `x${suffix}`,
    domain: up,
    rangemode: suffix ? 'normal' : 'tozero',
    nticks: 5,
    tickformat: '~g',
  };
  layout.annotations.push({
    text: name,
    xref: 'paper',
    yref: 'paper',
    x: across[0],
    y: up[1],
    xanchor: 'left',
    yanchor: 'bottom',
    yshift: 5,
    showarrow: false,
    font: { size: 12, color: colours.ink },
  });
}

/**
 * Where there is something to see, with the better part of a decade to both sides.
 * @param {any[]} traces
 * @returns {[number, number]}
 */
function rangeOf(traces) {
  const rates = traces
    .flatMap(({ x, y }) => x.filter((/** @type {number} */ _, /** @type {number} */ k) => y[k] !== null))
    .map(Math.log10);
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
  const style = { type: 'scatter', xaxis: `x${suffix}`, yaxis: `y${suffix}`, text: plain(label) };
  const share = sweep.share.some((part) => part > 0 && part < 1)
    ? '<br>%{customdata:.0%} of all walkers stay near'
    : '';
  return [
    {
      ...style,
      mode: 'lines',
      x: sweep.learning_rate,
      y: values,
      customdata: sweep.share,
      line: lineOf(run, colours),
      hovertemplate: `%{text}<br>learning rate %{x:.4g}<br>%{y:.5g}${share}<extra></extra>`,
    },
    {
      ...style,
      mode: 'markers',
      x: [sweep.best.learning_rate],
      y: [best],
      marker: {
        symbol: styleOf(run).symbol,
        size: 12,
        color: colours.walkers[styleOf(run).colour],
        line: { color: colours.ink, width: 1.5 },
      },
      hovertemplate: '%{text}<br>best: learning rate %{x:.4g}<br>%{y:.5g}<extra></extra>',
    },
  ];
}

/** @param {number} run @param {Palette} colours */
function lineOf(run, colours) {
  const { colour, dash } = styleOf(run);
  return { color: colours.walkers[colour], dash: dashText(dash), width: 2 };
}
