// The figure of the curves below the map: loss, gradient norm and learning rate along the walks. Pure.

import { base, curveMargins, heightName, plain } from './base.js';
import { superscript } from './ticks.js';
import { dashText, styleOf } from './walk_styles.js';
import { MARKED_STEPS, MARKED_WALKERS } from '../state/walks.js';
import { formatNumber } from '../words/numbers.js';

const MOST_CURVES = 24;
const MOST_POINTS = 600;
const MOST_CROSSED = 12;
/** By so large a factor. */
const FAR_APART = 20;

/**
 * Loss, gradient norm and learning rate of all walks; of a race from many starts bands stand in the place of the losses.
 * @param {Walks} walks
 * @param {StationaryPoint[]} stationary
 * @param {boolean} logarithmic
 * @param {Palette} colours
 * @param {'row' | 'column' | 'first'} arrangement side by side; one below the other, where there is no room for that; or
 *   the loss large, and the others small below it, where more figures follow that go by the same
 * @param {number[]} restarts the steps at which warm restarts begin
 * @param {number} walker whose end is explained
 * @param {{unit?: string, bands?: any[] | null}} [race] what evaluations are called, and the bands of a race
 */
export function curvesFigure(
  walks,
  stationary,
  logarithmic,
  colours,
  arrangement,
  restarts,
  walker,
  { unit = 'evaluations', bands = null } = {},
) {
  const lowest = lowestKnown(walks, stationary);
  // A logarithm needs positive numbers: heights are counted from the lowest point known. Climbing has no such point.
  const log = logarithmic && walks.request?.goal !== 'maximize';
  const heights = (/** @type {Walk} */ walk) =>
    log ? walk.loss.subarray(0, walk.length).map((value) => value - lowest) : walk.loss.subarray(0, walk.length);
  const across = walks.request?.axis === 'evaluations' ? unit : 'step';
  const furthest = walks.visible.reduce((most, walk) => Math.max(most, walks.across(walk, walk.length - 1)), 1);
  const columns = [
    {
      name:
        log && lowest !== 0
          ? `loss ${lowest < 0 ? '+' : '−'} ${formatNumber(Math.abs(lowest))}`
          : heightName(walks.request),
      log,
      across,
      furthest,
      data: curves(walks, heights, log, 0, colours),
    },
    {
      name: 'gradient norm',
      log,
      across,
      furthest,
      data: curves(walks, (walk) => walk.gradient_norm.subarray(0, walk.length), log, 1, colours),
    },
    rateColumn(walks, across, furthest, colours),
  ];
  const marks = bands ? [] : wrongSteps(walks, heights, log, colours);
  if (bands)
    columns[0] = {
      name: 'part of the way left',
      log: true,
      across: unit,
      furthest: walks.mostEvaluations,
      data: bands,
    };
  const data = [...columns.flatMap((column) => column.data), ...marks];
  const selected = walks.all[walker];
  const layout = /** @type {Record<string, any>} */ ({
    ...base(colours),
    margin: arrangement === 'first' ? curveMargins(colours, true) : { l: 8, r: 8, t: 22, b: 36 },
    hovermode: 'closest',
    dragmode: false,
    annotations: [],
    shapes: [
      ...restarts
        .filter((step) => step <= walks.last)
        .flatMap((step) => momentMarks(walks, selected, step, '↻', colours)),
      ...crossedAt(selected).flatMap((step) => momentMarks(walks, selected, step, '∧', colours)),
      ...thresholds(walks, walker, log ? lowest : 0, log, colours).filter(({ yref }) => !bands || yref !== 'y'),
    ],
  });
  columns.forEach(({ name, log: positive, across: title, furthest: end }, index) => {
    const [left, right, bottom, top] = placeOf(arrangement, index);
    const suffix = index === 0 ? '' : String(index + 1);
    const axis = {
      zeroline: false,
      fixedrange: true,
      gridcolor: colours.line,
      tickfont: { size: 11 },
      automargin: false,
    };
    // There is no room between two that stand one below the other.
    const told = arrangement !== 'row' && title !== columns[2].across ? `${name}, by ${title}` : name;
    layout[`xaxis${suffix}`] = {
      ...axis,
      anchor: `y${suffix}`,
      domain: [left, right],
      showgrid: false,
      range: [0, end],
      nticks: 5,
      tickangle: 0,
      title: titled(arrangement, index) ? { text: title, standoff: 4 } : undefined,
    };
    layout[`yaxis${suffix}`] = {
      ...axis,
      anchor: `x${suffix}`,
      domain: [bottom, top],
      type: positive ? 'log' : 'linear',
      rangemode: index === 2 && !positive ? 'tozero' : 'normal',
      nticks: 5,
      ...(positive ? powersOfTen(data, index) : { tickformat: '~g' }),
    };
    layout.annotations.push({
      text: told,
      xref: 'paper',
      yref: 'paper',
      x: left,
      y: top,
      xanchor: 'left',
      yanchor: 'bottom',
      yshift: 5,
      showarrow: false,
      font: { size: 12, color: colours.ink },
    });
  });
  return { data, layout };
}

/**
 * @param {'row' | 'column' | 'first'} arrangement
 * @param {number} index of the curve
 * @returns {number[]} left, right, bottom and top, as parts of the figure
 */
function placeOf(arrangement, index) {
  if (arrangement === 'row') return [index * 0.345 + 0.045, index * 0.345 + 0.307, 0, 1];
  if (arrangement === 'column') return [0.13, 0.99, (2 - index) * 0.35, (2 - index) * 0.35 + 0.24];
  return [
    [0, 1, 0.41, 1],
    [0, 0.41, 0, 0.24],
    [0.59, 1, 0, 0.24],
  ][index];
}

/** @param {'row' | 'column' | 'first'} arrangement @param {number} index of the curve @returns {boolean} whether there is room for what it goes by, and need to say it */
function titled(arrangement, index) {
  return arrangement === 'row' || (arrangement === 'column' && index === 2);
}

/**
 * Ticks of a logarithmic axis: whole powers of ten where it spans some, else what Plotly finds.
 * @param {any[]} data
 * @param {number} index of the axes
 */
export function powersOfTen(data, index) {
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
export function lowestKnown(walks, stationary) {
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
  if (few)
    return each.map(({ walk, x, y }) => ({
      ...traceOf(walks, index),
      x,
      y,
      text: nameOf(walks, walk),
      line: lineOf(walk, colours),
    }));
  // Very many curves of one colour are one line with gaps: one trace costs what one trace costs.
  const lineage = (/** @type {Walk} */ { style }) => (walks.several ? style : styleOf(style).colour);
  const styles = [...new Set(each.map(({ walk }) => lineage(walk)))];
  return styles.map((style) => {
    const own = each.filter(({ walk }) => lineage(walk) === style);
    const x = own.flatMap((one) => [...one.x, null]);
    const y = own.flatMap((one) => [...one.y, null]);
    return {
      ...traceOf(walks, index),
      x,
      y,
      text: walks.several ? plain(own[0].walk.label) : '',
      line: { color: colours.walkers[styleOf(style).colour], width: 0.8 },
      opacity: 0.7,
    };
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
  return {
    type: 'scatter',
    mode: 'lines',
    hovertemplate: `${who}${across} %{x}<br>%{y:.5g}<extra></extra>`,
    xaxis: `x${suffix}`,
    yaxis: `y${suffix}`,
  };
}

/** @param {Walks} walks @param {Walk} walk @returns {string} for whoever points at its curve */
function nameOf(walks, walk) {
  return walks.several ? plain(walks.who(walks.all.indexOf(walk))) : '';
}

/** @param {Walk} walk @param {Palette} colours */
function lineOf({ style }, colours) {
  const { colour, dash } = styleOf(style);
  return { color: colours.walkers[colour], dash: dashText(dash), width: 1.8 };
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
    return [
      {
        type: 'scatter',
        mode: 'markers',
        x: steps.map((step) => walks.across(walk, step)),
        customdata: steps,
        y: steps.map((step) => (!Number.isFinite(values[step]) || (log && values[step] <= 0) ? null : values[step])),
        marker: {
          symbol: downhill > 0 ? 'triangle-up-open' : 'triangle-down-open',
          size: 7,
          color: colours.ink,
          line: { width: 1.4 },
        },
        hovertemplate: `step %{customdata} went ${downhill > 0 ? 'uphill' : 'downhill'}<br>%{y:.5g}<extra></extra>`,
      },
    ];
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
  const line = (axis, level, from, upto) =>
    lines.push({
      type: 'line',
      xref: `x${axis}`,
      yref: `y${axis}`,
      x0: walks.across(walk, from),
      x1: upto,
      y0: level,
      y1: level,
      line: { color: colours.accent, width: 1.4, dash: 'dash' },
    });
  // A curve far above its threshold need not be squeezed to show it.
  const norms = walk.gradient_norm.subarray(0, walk.length).filter((value) => value > 0);
  const least = norms.reduce((low, value) => Math.min(low, value), Infinity);
  if (request.tolerance > 0 && least <= (log ? 100 : 3) * request.tolerance)
    line(
      '2',
      request.tolerance,
      0,
      walks.visible.reduce((most, one) => Math.max(most, walks.across(one, one.length - 1)), 1),
    );
  if (walk.summary?.stopped_by === 'patience') {
    const downhill = request.goal === 'maximize' ? -1 : 1;
    let best = Infinity;
    let from = 0;
    for (let k = 0; k < walk.length; k += 1)
      if (best - downhill * walk.loss[k] > request.min_change) [best, from] = [downhill * walk.loss[k], k];
    const level = downhill * (best - request.min_change) - lowest;
    if (!log || level > 0) line('', level, from, walks.across(walk, walk.length - 1));
  }
  return lines;
}

/** The steps at which a ridge was crossed, as many as can be told apart. @param {Walk | undefined} walk */
function crossedAt(walk) {
  return (walk?.summary?.crossings ?? []).slice(0, MOST_CROSSED).map(({ step }) => step - 0.5);
}

/**
 * A moment of the walk, on all three curves: a line, with its sign above the first one.
 * @param {Walks} walks
 * @param {Walk} walk
 * @param {number} step may lie between two
 * @param {string} sign
 * @param {Palette} colours
 */
function momentMarks(walks, walk, step, sign, colours) {
  const x = walks.across(walk, step);
  return ['', '2', '3'].map((axis) => ({
    type: 'line',
    xref: `x${axis}`,
    yref: `y${axis} domain`,
    x0: x,
    x1: x,
    y0: 0,
    y1: 1,
    line: { color: colours.soft, width: 1, dash: sign === '↻' ? 'dot' : 'dash' },
    label: { text: sign, textposition: 'end', textangle: 0, font: { size: 11, color: colours.soft } },
  }));
}
