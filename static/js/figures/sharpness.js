// The sharpness along a walk against the edge of stability, as Plotly draws it. Pure.

import { base, curveMargins } from './base.js';
import { ticks } from './ticks.js';
import { styleOf } from './walk_styles.js';

/** An edge more than so many times above all sharpness leaves the picture, except where it comes nearest. */
const BEYOND = { log: 100, linear: 3 };

/**
 * @param {Sharpness} sharpness
 * @param {Walks} walks
 * @param {number} index which walk it is of
 * @param {boolean} log
 * @param {Palette} colours
 * @param {boolean} [bare] among figures of which it is said together what they go by
 */
export function sharpnessFigure({ step, sharpness, limit, limit_text }, walks, index, log, colours, bare = false) {
  const walk = walks.all[index];
  const by = walks.request?.axis === 'evaluations' ? 'evaluations' : 'step';
  const x = step.map((one) => walks.across(walk, one));
  const seen = (/** @type {(number | null)[]} */ values) =>
    values.map((value) => (log && !(Number(value) > 0) ? null : value));
  const curve = { type: 'scatter', mode: 'lines', x };
  const range = sharpnessRange(sharpness, limit, log);
  const [low, high] = range;
  const marks = ticks(low, high, log, 4);
  const axis = { zeroline: false, fixedrange: true, gridcolor: colours.line, tickfont: { size: 11 } };
  return {
    data: [
      {
        ...curve,
        y: seen(limit),
        line: { color: colours.ink, width: 1.4, dash: 'dash' },
        hovertemplate: `${by} %{x}<br>edge ${limit_text} = %{y:.5g}<extra></extra>`,
      },
      {
        ...curve,
        y: seen(sharpness),
        line: { color: colours.walkers[styleOf(walk.style).colour], width: 1.8 },
        hovertemplate: `${by} %{x}<br>sharpness %{y:.5g}<extra></extra>`,
      },
    ],
    layout: {
      ...base(colours),
      margin: curveMargins(colours, bare),
      hovermode: 'closest',
      dragmode: false,
      xaxis: {
        ...axis,
        showgrid: false,
        range: [0, Math.max(1, walks.across(walk, walk.length - 1))],
        nticks: 7,
        tickangle: 0,
        title: bare ? undefined : { text: by, standoff: 4 },
      },
      yaxis: {
        ...axis,
        type: log ? 'log' : 'linear',
        range: log ? range.map(Math.log10) : range,
        tickvals: marks.values,
        ticktext: marks.texts,
      },
      annotations: [
        {
          text: 'sharpness',
          xref: 'paper',
          yref: 'paper',
          x: 0,
          y: 1,
          xanchor: 'left',
          yanchor: 'bottom',
          yshift: 5,
          showarrow: false,
          font: { size: 12, color: colours.ink },
        },
        ...edgeName(limit_text, x, limit, log, colours),
      ],
    },
  };
}

/**
 * The edge's name, on the line where it comes nearest, or at its end where it is level.
 * @param {string} text
 * @param {number[]} x
 * @param {(number | null)[]} edge
 * @param {boolean} log
 * @param {Palette} colours
 */
function edgeName(text, x, edge, log, colours) {
  let nearest = -1;
  edge.forEach((value, index) => {
    if (value !== null && value <= (edge[nearest] ?? Infinity)) nearest = index;
  });
  if (nearest < 0) return [];
  const level = Number(edge[nearest]);
  const right = nearest > edge.length / 2;
  return [
    {
      text: `edge ${text}`,
      x: x[nearest],
      y: log ? Math.log10(level) : level,
      xanchor: right ? 'right' : 'left',
      yanchor: right ? 'bottom' : 'top',
      showarrow: false,
      bgcolor: colours.ground,
      opacity: 0.85,
      font: { size: 12, color: colours.ink },
    },
  ];
}

/**
 * The range that holds all of the sharpness, and of the edge what is near it: annealed to nothing, a learning rate has
 * its edge at infinity.
 * @param {(number | null)[]} sharpness
 * @param {(number | null)[]} edge
 * @param {boolean} log
 * @returns {[number, number]}
 */
export function sharpnessRange(sharpness, edge, log) {
  const known = (/** @type {(number | null)[]} */ values) =>
    /** @type {number[]} */ (values.filter((value) => value !== null && (!log || value > 0)));
  const edges = known(edge);
  const top = known(sharpness).reduce((most, value) => Math.max(most, value), 0) * BEYOND[log ? 'log' : 'linear'];
  const nearest = edges.reduce((least, value) => Math.min(least, value), Infinity);
  const all = [...known(sharpness), ...edges.filter((value) => value === nearest || value <= top)];
  if (all.length === 0) return log ? [0.1, 10] : [0, 1];
  let [low, high] = [Infinity, -Infinity];
  for (const value of all) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (log) {
    const room = Math.max(1.3, (high / low) ** 0.08);
    return [low / room, high * room];
  }
  const margin = 0.08 * (high - Math.min(0, low) || 1);
  return [low < 0 ? low - margin : 0, high + margin];
}
