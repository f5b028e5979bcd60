// The figures of a landscape: a map or a curve, and a surface. Pure.

import { isStretched } from '../state/map_window.js';
import { base, heightName, inside, margins, marked } from './base.js';
import { tints } from './relief.js';
import { marks } from './stationary_points.js';

/** @param {string[]} colours */
function scale(colours) {
  return colours.map((colour, index) => [index / (colours.length - 1), colour]);
}

/**
 * The range of a curve's loss, with room above and below; the picture that comes with the page has the same.
 * @param {number[]} loss
 * @returns {[number, number]}
 */
export function lossRange(loss) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of loss) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const margin = 0.08 * (high - low || 1);
  return [low - margin, high + margin];
}

/** The path's numbers for hover and for whoever asks; what is seen of it is drawn on the overlay. @param {string[]} axes */
function pathTrace(axes) {
  const places = axes.map((name, axis) => `${name} %{${'xy'[axis]}:.5g}`).join(', ');
  return {
    type: 'scatter',
    mode: 'lines',
    x: [],
    y: [],
    line: { color: 'rgba(0,0,0,0)', width: 6 },
    customdata: [],
    hovertemplate: `step %{customdata[0]}<br>${places}<br>loss %{customdata[1]:.5g}<extra></extra>`,
  };
}

/**
 * The landscape as the walk is drawn on it: a map, or a curve where there is one parameter.
 * @param {Landscape} landscape
 * @param {Wanted} wanted
 * @param {Palette} colours
 */
export function mapFigure(landscape, wanted, colours) {
  return wanted.start.length === 1 ? curveFigure(landscape, wanted, colours) : planeFigure(landscape, wanted, colours);
}

/**
 * @param {Landscape} landscape
 * @param {Wanted} wanted
 * @param {Palette} colours
 */
function curveFigure({ grid, stationary_points: stationary, axes }, wanted, colours) {
  const axis = {
    zeroline: false,
    gridcolor: colours.line,
    ticks: 'outside',
    ticklen: 4,
    tickcolor: colours.line,
    fixedrange: true,
  };
  const range = lossRange(grid.loss);
  return {
    data: [
      {
        type: 'scatter',
        mode: 'lines',
        x: [grid.x[0], ...grid.x, grid.x[grid.x.length - 1]],
        y: [range[0], ...grid.loss, range[0]],
        line: { width: 0 },
        fill: 'toself',
        fillcolor: colours.heights[2],
        hoverinfo: 'skip',
      },
      marks(stationary, ({ value }) => value, axes, colours),
      {
        ...pathTrace(axes.slice(0, 1)),
        hovertemplate: `step %{customdata[0]}<br>${axes[0]} %{x:.5g}<br>loss %{y:.5g}<extra></extra>`,
      },
      {
        type: 'scatter',
        mode: 'lines',
        x: grid.x,
        y: grid.loss,
        line: { color: colours.ink, width: 2, simplify: false },
        hovertemplate: `${axes[0]} %{x:.4g}<br>${heightName(wanted)} %{y:.5g}<extra></extra>`,
      },
    ],
    layout: {
      ...base(colours),
      margin: margins(colours),
      xaxis: { ...axis, range: wanted.domain, ...marked(axes[0], wanted.domain[0], wanted.domain[1]) },
      yaxis: { ...axis, range, nticks: 6, title: { text: heightName(wanted), standoff: 2 } },
      dragmode: false,
      hovermode: 'closest',
    },
  };
}

/**
 * @param {Landscape} landscape
 * @param {Wanted} wanted
 * @param {Palette} colours
 */
function planeFigure({ grid, stationary_points: stationary, axes }, wanted, colours) {
  const [low_x, high_x, low_y, high_y] = wanted.domain;
  // The picture goes to the edges of its box: what is written of its axes stands on it.
  const [right, up] = [inside(axes[0], low_x, high_x), inside(axes[1], low_y, high_y)];
  const name = { xref: 'paper', yref: 'paper', showarrow: false, font: { color: colours.ink } };
  const axis = {
    zeroline: false,
    showgrid: false,
    ticks: 'inside',
    ticklen: 4,
    tickcolor: colours.ink,
    tickfont: { color: colours.ink },
    ticklabelposition: 'inside',
    ticklabeloverflow: 'hide past domain',
    fixedrange: true,
    constrain: 'domain',
  };
  return {
    data: [
      {
        // The ground's losses, for hover and for whoever asks; what is seen of it lies on canvases under the plot.
        type: 'contour',
        x: grid.x,
        y: grid.y,
        z: grid.loss,
        contours: { start: 0, end: 0, size: 1, coloring: 'none', showlines: false },
        line: { width: 0 },
        hovertemplate: `${axes[0]} %{x:.4g}, ${axes[1]} %{y:.4g}<br>${heightName(wanted)} %{z:.5g}<extra></extra>`,
        hoverongaps: false,
        showscale: false,
      },
      marks(stationary, ({ point }) => point[1], axes, colours),
      pathTrace(axes),
    ],
    layout: {
      ...base(colours),
      margin: { l: 0, r: 0, t: 0, b: 0 },
      xaxis: { ...axis, range: [low_x, high_x], ...right.axis },
      yaxis: {
        ...axis,
        range: [low_y, high_y],
        // A line before a number would be read as a minus.
        ticks: '',
        ...(isStretched(wanted.domain) ? {} : { scaleanchor: 'x' }),
        ...up.axis,
      },
      annotations: [
        { ...name, text: right.name, x: 1, y: 0, xanchor: 'right', yanchor: 'bottom', xshift: -6, yshift: 16 },
        { ...name, text: up.name, x: 0, y: 1, xanchor: 'left', yanchor: 'top', xshift: 46, yshift: -2 },
      ],
      dragmode: false,
      hovermode: 'closest',
    },
  };
}

/** So far the eye is from a surface that fills its box, so high that it looks into the valley and not at the wall before it. */
const EYE = { x: 0.41, y: -1.1, z: 1.72 };
/** In a box narrower than this, width to height, the eye steps back: what it sees is as wide as the box is. */
const NARROW = 0.95;

/**
 * @param {Landscape} landscape
 * @param {Wanted} wanted
 * @param {Palette} colours
 * @param {number} [aspect] width to height of the box
 */
export function surfaceFigure({ grid, axes }, wanted, colours, aspect = 1) {
  const [low_x, high_x, low_y, high_y] = wanted.domain;
  const [width, height] = isStretched(wanted.domain) ? [4, 3] : [high_x - low_x, high_y - low_y];
  const longer = Math.max(width, height);
  const away = Math.max(1, NARROW / (aspect || 1));
  const axis = {
    showgrid: false,
    zeroline: false,
    showspikes: false,
    showbackground: false,
    color: colours.soft,
    tickfont: { size: 11 },
    tickangle: 0,
    nticks: 4,
  };
  return {
    data: [
      {
        type: 'surface',
        x: grid.x,
        y: grid.y,
        z: grid.loss,
        surfacecolor: grid.relief ? tints(grid.loss, grid.relief) : grid.loss,
        cmin: 0,
        cmax: 1,
        colorscale: scale(colours.heights),
        showscale: false,
        hoverinfo: 'skip',
        contours: { x: { highlight: false }, y: { highlight: false }, z: { highlight: false } },
        lighting: { ambient: 0.82, diffuse: 0.4, specular: 0.04, roughness: 0.9, fresnel: 0.05 },
      },
    ],
    layout: {
      ...base(colours),
      margin: { l: 0, r: 0, t: 0, b: 0 },
      scene: {
        xaxis: { ...axis, range: [low_x, high_x], title: { text: axes[0] } },
        yaxis: { ...axis, range: [low_y, high_y], title: { text: axes[1] } },
        zaxis: { ...axis, title: { text: heightName(wanted) } },
        aspectmode: 'manual',
        aspectratio: { x: (1.25 * width) / longer, y: (1.25 * height) / longer, z: 0.86 },
        camera: { eye: { x: EYE.x * away, y: EYE.y * away, z: EYE.z * away }, center: { x: 0, y: 0, z: -0.04 } },
        dragmode: 'turntable',
      },
    },
  };
}
