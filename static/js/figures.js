// Figures: functions from data to what Plotly draws. Pure.

import { dashText, lookOf } from './looks.js';
import { say } from './request.js';
import { superscript, ticks, titled } from './ticks.js';
import { MARKED_STEPS, MARKED_WALKERS } from './walks.js';

/** @typedef {import('./walks.js').Walks} Walks */
/** @typedef {import('./walks.js').Walk} Walk */

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const BANDS = 12;
const MOST_CURVES = 24;
const MOST_POINTS = 600;
/** By so large a factor. */
const FAR_APART = 20;

const MARKS = /** @type {Record<string, {symbol: string, name: string}>} */ ({
  global_minimum: { symbol: 'star', name: 'global minimum' },
  local_minimum: { symbol: 'circle', name: 'local minimum' },
  saddle: { symbol: 'x-thin', name: 'saddle' },
  maximum: { symbol: 'triangle-up', name: 'maximum' },
  shoulder: { symbol: 'diamond', name: 'shoulder' },
  plateau: { symbol: 'square', name: 'plateau' },
});

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
  const values = loss.flat().filter((value) => value !== null).sort((a, b) => a - b);
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

/** Of these signs there may be so many before they are drawn small, and only the minima. */
const MANY_MARKS = 40;
/** One axis more than so many times as long as the other is drawn at a scale of its own. */
const STRETCHED = 4;

/** @param {number[]} domain */
export function isStretched([low_x, high_x, low_y, high_y]) {
  const [width, height] = [high_x - low_x, high_y - low_y];
  return Math.max(width, height) > STRETCHED * Math.min(width, height);
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

/** What is climbed is no loss. @param {{goal: string} | null} request */
function heightName(request) {
  return request?.goal === 'maximize' ? 'value' : 'loss';
}

/** @param {Palette} colours */
export function base(colours) {
  return {
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: { family: FONT, size: colours.size, color: colours.soft },
    showlegend: false,
    hoverlabel: { bgcolor: colours.raised, bordercolor: colours.line, font: { family: FONT, color: colours.ink } },
  };
}

/** The path's numbers for hover and for whoever asks; what is seen of it is drawn on the overlay. @param {string[]} axes */
function pathTrace(axes) {
  const places = axes.map((name, axis) => `${name} %{${'xy'[axis]}:.5g}`).join(', ');
  return { type: 'scatter', mode: 'lines', x: [], y: [], line: { color: 'rgba(0,0,0,0)', width: 6 }, customdata: [], hovertemplate: `step %{customdata[0]}<br>${places}<br>loss %{customdata[1]:.5g}<extra></extra>` };
}

/** The picture that came with the page has the same margins, in the style sheet, so that nothing jumps. @param {Palette} colours */
export function margins(colours) {
  return { l: (46 / 12) * colours.size, r: 12, t: 10, b: (40 / 12) * colours.size };
}

/**
 * An axis's title, and its ticks where Plotly's own would have more digits than there is room for.
 * @param {string} name
 * @param {number} low
 * @param {number} high
 */
export function marked(name, low, high) {
  const found = ticks(low, high, false, 7);
  const counted = found.from ? { tickvals: found.values, ticktext: found.texts } : {};
  return { ...counted, title: { text: titled(name, found), standoff: 2 } };
}

/**
 * The landscape as the walk is drawn on it: a map, or a curve where there is one parameter.
 * @param {Ground} ground
 * @param {Wanted} wanted
 * @param {Palette} colours
 */
export function mapFigure(ground, wanted, colours) {
  return wanted.start.length === 1 ? curveFigure(ground, wanted, colours) : planeFigure(ground, wanted, colours);
}

/**
 * @param {Ground} ground
 * @param {Wanted} wanted
 * @param {Palette} colours
 */
function curveFigure({ surface, stationary, axes }, wanted, colours) {
  const axis = { zeroline: false, gridcolor: colours.line, ticks: 'outside', ticklen: 4, tickcolor: colours.line, fixedrange: true };
  const range = lossRange(surface.loss);
  return {
    data: [
      { type: 'scatter', mode: 'lines', x: [surface.x[0], ...surface.x, surface.x[surface.x.length - 1]], y: [range[0], ...surface.loss, range[0]], line: { width: 0 }, fill: 'toself', fillcolor: colours.heights[2], hoverinfo: 'skip' },
      marks(stationary, ({ value }) => value, axes, colours),
      { ...pathTrace(axes.slice(0, 1)), hovertemplate: `step %{customdata[0]}<br>${axes[0]} %{x:.5g}<br>loss %{y:.5g}<extra></extra>` },
      { type: 'scatter', mode: 'lines', x: surface.x, y: surface.loss, line: { color: colours.ink, width: 2, simplify: false }, hovertemplate: `${axes[0]} %{x:.4g}<br>${heightName(wanted)} %{y:.5g}<extra></extra>` },
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
 * @param {Ground} ground
 * @param {Wanted} wanted
 * @param {Palette} colours
 */
function planeFigure({ surface, stationary, axes }, wanted, colours) {
  const level = heights(surface.loss);
  const top = highest(level);
  const [low_x, high_x, low_y, high_y] = wanted.domain;
  const axis = { zeroline: false, showgrid: false, ticks: 'outside', ticklen: 4, tickcolor: colours.line, fixedrange: true, constrain: 'domain' };
  return {
    data: [
      {
        type: 'contour',
        x: surface.x,
        y: surface.y,
        z: level,
        customdata: surface.loss,
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
      margin: margins(colours),
      xaxis: { ...axis, range: [low_x, high_x], ...marked(axes[0], low_x, high_x) },
      yaxis: { ...axis, range: [low_y, high_y], ...(isStretched(wanted.domain) ? {} : { scaleanchor: 'x' }), ...marked(axes[1], low_y, high_y) },
      dragmode: false,
      hovermode: 'closest',
    },
  };
}

/** Of hundreds only the minima are drawn. @param {StationaryPoint[]} stationary */
function drawn(stationary) {
  return stationary.length > MANY_MARKS ? stationary.filter(({ kind }) => kind.endsWith('minimum')) : stationary;
}

/**
 * @param {StationaryPoint[]} stationary
 * @param {(known: StationaryPoint) => number} height where a sign stands on the upright axis
 * @param {string[]} axes
 * @param {Palette} colours
 */
function marks(stationary, height, axes, colours) {
  const shown = drawn(stationary);
  const small = shown.length > MANY_MARKS;
  return {
    type: 'scatter',
    mode: 'markers',
    x: shown.map(({ point }) => point[0]),
    y: shown.map(height),
    text: shown.map(({ kind, value, point }) => `${MARKS[kind].name}, loss ${Number(value.toPrecision(5))}<br>${axes.map((name, axis) => `${name} ${Number(point[axis].toPrecision(5))}`).join(', ')}`),
    hovertemplate: '%{text}<extra></extra>',
    marker: {
      symbol: shown.map(({ kind }) => MARKS[kind].symbol),
      opacity: 1,
      size: shown.map(({ kind }) => (kind === 'global_minimum' ? 17 : small ? 5 : 12)),
      color: colours.ink,
      line: { color: shown.map(({ kind }) => (kind === 'saddle' ? colours.ink : colours.casing)), width: shown.map(({ kind }) => (kind === 'saddle' ? 2.5 : small && kind !== 'global_minimum' ? 0.8 : 1.5)) },
    },
  };
}

/**
 * @param {StationaryPoint[]} stationary
 * @returns {string} the key to the marks on the map
 */
export function marksInWords(stationary) {
  const hidden = stationary.length - drawn(stationary).length;
  const rest = hidden > 0 ? `; ${hidden} saddles and maxima are not drawn` : '';
  return signsInWords(drawn(stationary)) + rest;
}

/** @param {StationaryPoint[]} stationary */
function signsInWords(stationary) {
  const signs = /** @type {Record<string, string>} */ ({ global_minimum: '★', local_minimum: '●', saddle: '×', maximum: '▲', shoulder: '◆', plateau: '■' });
  const kinds = [...new Set(stationary.map(({ kind }) => kind))];
  return kinds.map((kind) => `${signs[kind]}\u00a0${MARKS[kind].name.replaceAll(' ', '\u00a0')}`).join(', ');
}

/**
 * @param {Ground} ground
 * @param {Wanted} wanted
 * @param {Palette} colours
 */
export function surfaceFigure({ surface, axes }, wanted, colours) {
  const [low_x, high_x, low_y, high_y] = wanted.domain;
  const [width, height] = isStretched(wanted.domain) ? [4, 3] : [high_x - low_x, high_y - low_y];
  const longer = Math.max(width, height);
  // A square domain is seen across its corners, and needs the eye further away than an oblong one.
  const away = 1.22 + 0.3 * (Math.min(width, height) / longer - 0.75);
  const axis = { showgrid: false, zeroline: false, showspikes: false, showbackground: false, color: colours.soft, tickfont: { size: 11 }, tickangle: 0, nticks: 4 };
  return {
    data: [
      {
        type: 'surface',
        x: surface.x,
        y: surface.y,
        z: surface.loss,
        surfacecolor: heights(surface.loss),
        colorscale: scale(colours.heights),
        showscale: false,
        hoverinfo: 'skip',
        contours: { x: { highlight: false }, y: { highlight: false }, z: { highlight: false } },
        lighting: { ambient: 0.72, diffuse: 0.5, specular: 0.04, roughness: 0.9, fresnel: 0.05 },
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
        aspectratio: { x: (1.25 * width) / longer, y: (1.25 * height) / longer, z: 0.6 },
        camera: { eye: { x: 0.9 * away, y: -1.4 * away, z: 1.05 * away }, center: { x: 0, y: 0, z: -0.16 } },
        dragmode: 'turntable',
      },
    },
  };
}

/**
 * The data that a landscape is made from, and the fit at the best weights known; the walker's fit moves on a canvas.
 * @param {Ground} ground
 * @param {number[] | null} best what the best weights known predict along the curve
 * @param {[number, number]} range of the upright axis
 * @param {Palette} colours
 */
export function dataFigure({ data }, best, range, colours) {
  const { x, y, x_name, y_name, curve } = /** @type {DataPoints} */ (data);
  const axis = { zeroline: false, gridcolor: colours.line, ticks: 'outside', ticklen: 4, tickcolor: colours.line, fixedrange: true, nticks: 6 };
  const margin = 0.04 * (curve.x[curve.x.length - 1] - curve.x[0]);
  return {
    data: [
      { type: 'scatter', mode: 'markers', x, y, marker: { size: 6, color: colours.ink, opacity: 0.6 }, hovertemplate: `${x_name} %{x:.4g}<br>${y_name} %{y:.4g}<extra></extra>` },
      ...(best ? [{ type: 'scatter', mode: 'lines', x: curve.x, y: best, line: { color: colours.ink, width: 1.6, dash: 'dash' }, hoverinfo: 'skip' }] : []),
    ],
    layout: {
      ...base(colours),
      margin: { ...margins(colours), l: (56 / 12) * colours.size },
      xaxis: { ...axis, range: [curve.x[0] - margin, curve.x[curve.x.length - 1] + margin], title: { text: x_name, standoff: 2 } },
      yaxis: { ...axis, range, title: { text: y_name, standoff: 2 } },
      dragmode: false,
      hovermode: 'closest',
    },
  };
}

/**
 * Loss, gradient norm and learning rate of all walks; of a race from many starts bands stand in the place of the losses.
 * @param {Walks} walks
 * @param {StationaryPoint[]} stationary
 * @param {boolean} logarithmic
 * @param {Palette} colours
 * @param {boolean} stacked one below the other, where there is no room side by side
 * @param {number[]} restarts the steps at which warm restarts begin
 * @param {number} walker whose end is explained
 * @param {{unit?: string, bands?: any[] | null}} [race] what evaluations are called, and the bands of a race
 */
export function curvesFigure(walks, stationary, logarithmic, colours, stacked, restarts, walker, { unit = 'evaluations', bands = null } = {}) {
  const lowest = lowestKnown(walks, stationary);
  // A logarithm needs positive numbers: heights are counted from the lowest point known. Climbing has no such point.
  const log = logarithmic && walks.request?.goal !== 'maximize';
  const heights = (/** @type {Walk} */ walk) => (log ? walk.loss.subarray(0, walk.length).map((value) => value - lowest) : walk.loss.subarray(0, walk.length));
  const across = walks.request?.axis === 'evaluations' ? unit : 'step';
  const furthest = walks.visible.reduce((most, walk) => Math.max(most, walks.across(walk, walk.length - 1)), 1);
  const columns = [
    { name: log && lowest !== 0 ? `loss ${lowest < 0 ? '+' : '−'} ${say(Math.abs(lowest))}` : heightName(walks.request), log, across, furthest, data: curves(walks, heights, log, 0, colours) },
    { name: 'gradient norm', log, across, furthest, data: curves(walks, (walk) => walk.gradient_norm.subarray(0, walk.length), log, 1, colours) },
    rateColumn(walks, across, furthest, colours),
  ];
  const marks = bands ? [] : wrongSteps(walks, heights, log, colours);
  if (bands) columns[0] = { name: 'part of the way left', log: true, across: unit, furthest: walks.mostEvaluations, data: bands };
  const data = [...columns.flatMap((column) => column.data), ...marks];
  const selected = walks.all[walker];
  const layout = /** @type {Record<string, any>} */ ({
    ...base(colours),
    margin: { l: 8, r: 8, t: 22, b: 36 },
    hovermode: 'closest',
    dragmode: false,
    annotations: [],
    shapes: [...restarts.filter((step) => step <= walks.last).map((step) => restartMark(walks.across(selected, step), colours)), ...thresholds(walks, walker, log ? lowest : 0, log, colours).filter(({ yref }) => !bands || yref !== 'y')],
  });
  columns.forEach(({ name, log: positive, across: title, furthest: end }, index) => {
    const left = stacked ? 0.13 : index * 0.345 + 0.045;
    const right = stacked ? 0.99 : left + 0.262;
    const bottom = stacked ? (2 - index) * 0.35 : 0;
    const top = stacked ? bottom + 0.24 : 1;
    const suffix = index === 0 ? '' : String(index + 1);
    const axis = { zeroline: false, fixedrange: true, gridcolor: colours.line, tickfont: { size: 11 }, automargin: false };
    // There is no room between two that stand one below the other.
    const told = stacked && title !== columns[2].across ? `${name}, by ${title}` : name;
    layout[`xaxis${suffix}`] = { ...axis, anchor: `y${suffix}`, domain: [left, right], showgrid: false, range: [0, end], nticks: 5, tickangle: 0, title: stacked && index < 2 ? undefined : { text: title, standoff: 4 } };
    layout[`yaxis${suffix}`] = { ...axis, anchor: `x${suffix}`, domain: [bottom, top], type: positive ? 'log' : 'linear', rangemode: index === 2 && !positive ? 'tozero' : 'normal', nticks: 5, ...(positive ? decades(data, index) : { tickformat: '~g' }) };
    layout.annotations.push({ text: told, xref: 'paper', yref: 'paper', x: left, y: top, xanchor: 'left', yanchor: 'bottom', yshift: 5, showarrow: false, font: { size: 12, color: colours.ink } });
  });
  return { data, layout };
}

/**
 * Ticks of a logarithmic axis: whole powers of ten where it spans some, else what Plotly finds.
 * @param {any[]} data
 * @param {number} index of the axes
 */
export function decades(data, index) {
  const axis = index === 0 ? 'y' : `y${index + 1}`;
  let [low, high] = [Infinity, -Infinity];
  for (const { y, yaxis } of data) {
    if (yaxis !== axis) continue;
    for (const value of y) {
      if (value === null) continue;
      low = Math.min(low, Math.log10(value));
      high = Math.max(high, Math.log10(value));
    }
  }
  if (!(high - low >= 2)) return { tickformat: '~g' };
  const step = Math.ceil((high - low) / 4);
  const powers = [];
  for (let power = step * Math.ceil(low / step); power <= high; power += step) powers.push(power);
  // Plotly's own powers of ten need inline styles, which the content security policy refuses.
  return { tickvals: powers.map((power) => 10 ** power), ticktext: powers.map((power) => `10${superscript(power)}`) };
}

/**
 * @param {Walks} walks
 * @param {StationaryPoint[]} stationary
 */
function lowestKnown(walks, stationary) {
  let low = Math.min(...stationary.map(({ value }) => value), Infinity);
  for (const walk of walks.all) for (let k = 0; k < walk.length; k += 1) if (walk.loss[k] < low) low = walk.loss[k];
  // What is left of zero by rounding is zero.
  return Number.isFinite(low) && Math.abs(low) > 1e-12 ? low : 0;
}

/**
 * @param {Walks} walks
 * @param {(walk: Walk) => Float64Array} of
 * @param {boolean} positive
 * @param {number} index of the axes
 * @param {Palette} colours
 * @returns {any[]}
 */
function curves(walks, of, positive, index, colours) {
  const few = walks.visible.length <= MOST_CURVES;
  const each = walks.visible.map((walk) => ({ walk, ...curve(walks, walk, of, positive, few ? MOST_POINTS : 120) }));
  if (few) return each.map(({ walk, x, y }) => ({ ...traceOf(walks, index), x, y, text: nameOf(walks, walk), line: lineOf(walk, colours) }));
  // Very many curves of one colour are one line with gaps: one trace costs what one trace costs.
  const lineage = (/** @type {Walk} */ { look }) => (walks.several ? look : lookOf(look).colour);
  const looks = [...new Set(each.map(({ walk }) => lineage(walk)))];
  return looks.map((look) => {
    const own = each.filter(({ walk }) => lineage(walk) === look);
    const x = own.flatMap((one) => [...one.x, null]);
    const y = own.flatMap((one) => [...one.y, null]);
    return { ...traceOf(walks, index), x, y, text: walks.several ? plain(own[0].walk.label) : '', line: { color: colours.walkers[lookOf(look).colour], width: 0.8 }, opacity: 0.7 };
  });
}

/**
 * Runs whose learning rates are far apart are seen on a logarithmic axis; one that comes to zero cannot be.
 * @param {Walks} walks
 * @param {string} across what the curve goes by
 * @param {number} furthest
 * @param {Palette} colours
 */
function rateColumn(walks, across, furthest, colours) {
  const data = rateCurves(walks, colours);
  const rates = data.flatMap(({ y }) => y).filter((rate) => rate !== null);
  const log = walks.several && Math.min(...rates) > 0 && Math.max(...rates) > FAR_APART * Math.min(...rates);
  return { name: 'learning rate', log, across, furthest, data };
}

/**
 * All walkers of a run have the same learning rate at the same step.
 * @param {Walks} walks
 * @param {Palette} colours
 * @returns {any[]}
 */
function rateCurves(walks, colours) {
  const each = walks.several ? walks.visible.filter(({ walker }) => walker === 0) : walks.visible.slice(0, 1);
  return each.map((walk) => {
    const { x, y } = curve(walks, walk, () => walk.learning_rate.subarray(0, walk.length), false, MOST_POINTS);
    const line = walks.several ? lineOf(walk, colours) : { ...lineOf(walk, colours), color: colours.accent };
    return { ...traceOf(walks, 2), x, y, text: walks.several ? plain(walk.label) : '', line };
  });
}

/**
 * @param {Walks} walks
 * @param {Walk} walk
 * @param {(walk: Walk) => Float64Array} of
 * @param {boolean} positive
 * @param {number} most
 */
function curve(walks, walk, of, positive, most) {
  const { x, y } = thin(of(walk), positive, most);
  return { x: x.map((step) => walks.across(walk, step)), y };
}

/** @param {Walks} walks @param {number} index of the axes */
function traceOf(walks, index) {
  const suffix = index === 0 ? '' : String(index + 1);
  const who = walks.several ? '%{text}<br>' : '';
  const across = walks.request?.axis === 'evaluations' ? 'evaluations' : 'step';
  return { type: 'scatter', mode: 'lines', hovertemplate: `${who}${across} %{x}<br>%{y:.5g}<extra></extra>`, xaxis: `x${suffix}`, yaxis: `y${suffix}` };
}

/** @param {Walks} walks @param {Walk} walk @returns {string} for whoever points at its curve */
function nameOf(walks, walk) {
  return walks.several ? plain(walks.who(walks.all.indexOf(walk))) : '';
}

/** @param {Walk} walk @param {Palette} colours */
function lineOf({ look }, colours) {
  const { colour, dash } = lookOf(look);
  return { color: colours.walkers[colour], dash: dashText(dash), width: 1.8 };
}

/** A name that anyone may have written into an address, without the marks that Plotly would follow. @param {string} name */
export function plain(name) {
  return name.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/**
 * Keeps the lowest and the highest of each stretch, so that no peak is lost. Exact where there are few points.
 * @param {Float64Array} values
 * @param {boolean} positive leave out what a logarithm cannot show
 * @param {number} most
 */
export function thin(values, positive, most) {
  /** @type {number[]} */
  const x = [];
  /** @type {(number | null)[]} */
  const y = [];
  /** @param {number} k */
  const push = (k) => {
    const value = values[k];
    x.push(k);
    y.push(!Number.isFinite(value) || (positive && value <= 0) ? null : value);
  };
  const stretch = values.length <= most ? 1 : Math.ceil((2 * values.length) / most);
  if (stretch === 1) {
    for (let k = 0; k < values.length; k += 1) push(k);
    return { x, y };
  }
  for (let first = 0; first < values.length; first += stretch) {
    let low = first;
    let high = first;
    for (let k = first; k < Math.min(first + stretch, values.length); k += 1) {
      if (values[k] < values[low]) low = k;
      if (values[k] > values[high]) high = k;
    }
    for (const k of low === high ? [low] : [Math.min(low, high), Math.max(low, high)]) push(k);
  }
  return { x, y };
}

/**
 * @param {Walks} walks
 * @param {(walk: Walk) => Float64Array} height
 * @param {boolean} log
 * @param {Palette} colours
 * @returns {any[]}
 */
function wrongSteps(walks, height, log, colours) {
  if (walks.visible.length > MARKED_WALKERS) return [];
  const downhill = walks.request?.goal === 'maximize' ? -1 : 1;
  return walks.visible.flatMap((walk) => {
    const steps = walk.wrongWay(MARKED_STEPS, downhill);
    const values = height(walk);
    if (steps.length === 0) return [];
    return [{ type: 'scatter', mode: 'markers', x: steps.map((step) => walks.across(walk, step)), customdata: steps, y: steps.map((step) => (!Number.isFinite(values[step]) || (log && values[step] <= 0) ? null : values[step])), marker: { symbol: downhill > 0 ? 'triangle-up-open' : 'triangle-down-open', size: 7, color: colours.ink, line: { width: 1.4 } }, hovertemplate: `step %{customdata} went ${downhill > 0 ? 'uphill' : 'downhill'}<br>%{y:.5g}<extra></extra>` }];
  });
}

/**
 * The lines that a walk's end is measured by: the tolerance under the gradient norm, and, where patience ended it, the
 * loss that it should have fallen below.
 * @param {Walks} walks
 * @param {number} walker
 * @param {number} lowest what the curve's heights are counted from
 * @param {boolean} log
 * @param {Palette} colours
 */
export function thresholds(walks, walker, lowest, log, colours) {
  const walk = walks.all[walker];
  if (!walk || walk.length === 0) return [];
  const request = walks.settings(walker);
  /** @type {any[]} */
  const lines = [];
  /** @param {string} axis @param {number} level @param {number} from @param {number} upto */
  const line = (axis, level, from, upto) => lines.push({ type: 'line', xref: `x${axis}`, yref: `y${axis}`, x0: walks.across(walk, from), x1: upto, y0: level, y1: level, line: { color: colours.accent, width: 1.4, dash: 'dash' } });
  // A curve far above its threshold need not be squeezed to show it.
  const norms = walk.gradient_norm.subarray(0, walk.length).filter((value) => value > 0);
  const least = norms.reduce((low, value) => Math.min(low, value), Infinity);
  if (request.tolerance > 0 && least <= (log ? 100 : 3) * request.tolerance) line('2', request.tolerance, 0, walks.visible.reduce((most, one) => Math.max(most, walks.across(one, one.length - 1)), 1));
  if (walk.summary?.stopped_by === 'patience') {
    const downhill = request.goal === 'maximize' ? -1 : 1;
    let best = Infinity;
    let from = 0;
    for (let k = 0; k < walk.length; k += 1) if (best - downhill * walk.loss[k] > request.min_change) [best, from] = [downhill * walk.loss[k], k];
    const level = downhill * (best - request.min_change) - lowest;
    if (!log || level > 0) line('', level, from, walks.across(walk, walk.length - 1));
  }
  return lines;
}

/**
 * @param {number} step
 * @param {Palette} colours
 */
function restartMark(step, colours) {
  return { type: 'line', xref: 'x3', yref: 'y3 domain', x0: step, x1: step, y0: 0, y1: 1, line: { color: colours.soft, width: 1, dash: 'dot' } };
}

/**
 * The path's numbers for Plotly, walks parted by gaps.
 * @param {Walks} walks
 * @param {number} most points in all, beyond which every n-th is taken, and the last
 */
export function pathData(walks, most = 20000) {
  /** @type {(number | null)[]} */
  const x = [];
  /** @type {(number | null)[]} */
  const y = [];
  /** @type {(number[] | null)[]} */
  const customdata = [];
  const every = Math.max(1, Math.ceil(walks.points / most));
  for (const walk of walks.visible) {
    for (let k = 0; k < walk.length + every - 1; k += every) {
      const step = Math.min(k, walk.length - 1);
      x.push(finite(walk.x[step]));
      y.push(finite(walks.flat ? walk.loss[step] : walk.y[step]));
      customdata.push([step, walk.loss[step]]);
    }
    x.push(null);
    y.push(null);
    customdata.push(null);
  }
  return { x, y, customdata };
}

/** @param {number} value */
function finite(value) {
  return Number.isFinite(value) ? value : null;
}
