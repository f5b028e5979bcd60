// The figures of a landscape: a map or a curve, and a surface. Pure.

import { isStretched } from '../state/map_window.js';
import { base, heightName, inside, margins, marked } from './base.js';
import { rangeOf, viewOf } from './camera.js';
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
        fillcolor: colours.wall,
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
function planeFigure({ grid, stationary_points: stationary, axes, network }, wanted, colours) {
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
      marks(stationary, ({ point }) => point[1], axes, colours, network !== null),
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

/** Beside a surface that fills its box there is so much room for what is written along its edges, in pixels. */
const MARGIN = { x: 17, y: 17 };
/** Walls stand by so much of their width inside, or rounding leaves out what lies on the border of a scene. */
const INSET = 1e-4;
const CLEAR = 0.005;
/** The light comes from where it comes from on the map: the upper left. */
const LIGHT = {
  lighting: { ambient: 0.68, diffuse: 0.62, specular: 0.06, roughness: 0.85, fresnel: 0.05 },
  lightposition: { x: -8000, y: 8000, z: 12000 },
};

/**
 * From where the surface of this landscape is looked at in a box of this size.
 * @param {Landscape} landscape
 * @param {Wanted} wanted
 * @param {{width: number, height: number}} [box] on the screen, in pixels
 * @returns {import('./camera.js').View}
 */
export function surfaceView({ grid }, wanted, box = { width: 544, height: 544 }) {
  const [low_x, high_x, low_y, high_y] = wanted.domain;
  const [width, height] = isStretched(wanted.domain) ? [4, 3] : [high_x - low_x, high_y - low_y];
  const longer = Math.max(width, height);
  return viewOf(grid, { x: (1.25 * width) / longer, y: (1.25 * height) / longer }, box, MARGIN);
}

/** @param {number[]} place */
function vector([x, y, z]) {
  return { x, y, z };
}

/** @param {import('./camera.js').View} view @returns what Plotly calls a camera */
export function cameraOf({ eye, center }) {
  return { eye: vector(eye), center: vector(center), up: { x: 0, y: 0, z: 1 } };
}

/**
 * @param {Landscape} landscape
 * @param {Wanted} wanted
 * @param {Palette} colours
 * @param {import('./camera.js').View} [view] from where it is looked at
 */
export function surfaceFigure(landscape, wanted, colours, view = surfaceView(landscape, wanted)) {
  const { grid, axes, network } = landscape;
  const [low_x, high_x, low_y, high_y] = wanted.domain;
  const [low, highest] = rangeOf(grid.loss);
  // Ground that is cut off is flat at the top of its box, where rounding would leave out some of it.
  const high = network ? highest + CLEAR * (highest - low) : highest;
  // What is written along the edges is drawn over the scene.
  const axis = { visible: false, showspikes: false };
  return {
    data: [
      {
        type: 'surface',
        x: grid.x,
        y: grid.y,
        z: grid.loss,
        surfacecolor: grid.relief ? tints(grid.loss, grid.relief) : grid.loss,
        ...(grid.relief ? { cmin: 0, cmax: 1 } : {}),
        colorscale: scale(colours.heights),
        showscale: false,
        hoverinfo: 'skip',
        contours: { x: { highlight: false }, y: { highlight: false }, z: { highlight: false } },
        ...LIGHT,
      },
      walls(grid, low, colours),
    ],
    layout: {
      ...base(colours),
      margin: { l: 0, r: 0, t: 0, b: 0 },
      scene: {
        xaxis: { ...axis, range: [low_x, high_x], title: { text: axes[0] } },
        yaxis: { ...axis, range: [low_y, high_y], title: { text: axes[1] } },
        zaxis: { ...axis, range: low < high ? [low, high] : [low - 1, high + 1], title: { text: heightName(wanted) } },
        aspectmode: 'manual',
        aspectratio: view.sides,
        camera: cameraOf(view),
        dragmode: 'turntable',
      },
    },
  };
}

/** @param {number[]} values @param {number} index */
function inset(values, index) {
  const [low, high] = [values[0], values[values.length - 1]];
  const margin = INSET * (high - low);
  return Math.min(high - margin, Math.max(low + margin, values[index]));
}

/**
 * What stands under the borders of the surface, so that it is a block that is looked at and no sheet that hovers.
 * @param {Grid} grid
 * @param {number} low where its floor is
 * @param {Palette} colours
 */
function walls({ x, y = [], loss }, low, colours) {
  const [right, up] = [x.length - 1, y.length - 1];
  const rims = [
    x.map((_, j) => [j, 0]),
    x.map((_, j) => [j, up]),
    y.map((_, i) => [0, i]),
    y.map((_, i) => [right, i]),
  ];
  const places = /** @type {{x: number[], y: number[], z: number[], i: number[], j: number[], k: number[]}} */ ({
    ...{ x: [], y: [], z: [], i: [], j: [], k: [] },
  });
  for (const rim of rims) {
    rim.forEach(([column, row], k) => {
      const top = loss[row][column] ?? low;
      const first = places.x.length;
      const [across, along] = [inset(x, column), inset(y, row)];
      places.x.push(across, across);
      places.y.push(along, along);
      places.z.push(low, top);
      if (k === 0) return;
      places.i.push(first - 2, first - 2);
      places.j.push(first - 1, first + 1);
      places.k.push(first + 1, first);
    });
  }
  return {
    type: 'mesh3d',
    ...places,
    color: colours.wall,
    flatshading: true,
    lighting: { ambient: 0.9, diffuse: 0.25, specular: 0, facenormalsepsilon: 0, vertexnormalsepsilon: 0 },
    hoverinfo: 'skip',
  };
}
