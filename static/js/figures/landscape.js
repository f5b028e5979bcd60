// The figures of a landscape: a map or a curve, and a surface. Pure.

import { isStretched } from '../state/map_window.js';
import { base, heightName, inside, margins, marked } from './base.js';
import { marks } from './stationary_points.js';

const BANDS = 12;

/** Roots of the height, the first of which is taken that does not leave most of the picture in the lowest bands. */
const ROOTS = [2, 4, 8];
const MIDDLE = 0.2;

/**
 * Which root of the height above the lowest point shown is drawn. Equal steps of the square root are evenly spaced rings
 * on a bowl, where equal steps of the loss would crowd at the border; ground with walls at its border needs a higher one.
 * The picture that comes with the page follows the same rule.
 * @param {number[][]} loss
 * @returns {number}
 */
export function rootOf(loss) {
  const values = loss
    .flat()
    .filter((value) => value !== null)
    .sort((a, b) => a - b);
  const [low, middle, high] = [values[0], values[Math.floor(values.length / 2)], values[values.length - 1]];
  return ROOTS.find((root) => ((middle - low) / (high - low || 1)) ** (1 / root) >= MIDDLE) ?? ROOTS[ROOTS.length - 1];
}

/** @param {number[][]} loss */
export function heights(loss) {
  let low = Infinity;
  for (const row of loss) for (const value of row) if (value !== null && value < low) low = value;
  const root = rootOf(loss);
  // The square root is exact where a power may not be.
  const level = root === 2 ? Math.sqrt : (/** @type {number} */ height) => height ** (1 / root);
  return loss.map((row) => row.map((value) => (value === null ? null : level(value - low))));
}

/** @param {(number | null)[][]} level */
function highest(level) {
  let high = 0;
  for (const row of level) for (const value of row) if (value !== null && value > high) high = value;
  return high || 1;
}

/** Bands of even colour: each is drawn as the colour at its middle. @param {string[]} colours */
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
  const level = heights(grid.loss);
  const top = highest(level);
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
        type: 'contour',
        x: grid.x,
        y: grid.y,
        z: level,
        customdata: grid.loss,
        hovertemplate: `${axes[0]} %{x:.4g}, ${axes[1]} %{y:.4g}<br>${heightName(wanted)} %{customdata:.5g}<extra></extra>`,
        // The first level lies just below all there is, so that the lowest band is one of the bands and no backdrop of all
        // the others: cells under them are then seen through every band alike. Its own colour below it is not seen.
        contours: { start: -1e-9 * top, end: top * (1 - 1 / BANDS), size: top / BANDS, coloring: 'fill' },
        line: { width: 0.8, color: colours.contour, smoothing: 0 },
        colorscale: scale([colours.heights[0], ...colours.heights]),
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
    tickfont: { size: (11 / 12) * colours.size },
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
        surfacecolor: heights(grid.loss),
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
