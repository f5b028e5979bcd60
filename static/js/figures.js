// Figures: functions from data to what Plotly draws. Pure.

/** @typedef {import('./walks.js').Walks} Walks */
/** @typedef {import('./walks.js').Walk} Walk */

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const BANDS = 12;
const MOST_CURVES = 24;
const MOST_POINTS = 600;

const MARKS = /** @type {Record<string, {symbol: string, name: string}>} */ ({
  global_minimum: { symbol: 'star', name: 'global minimum' },
  local_minimum: { symbol: 'circle', name: 'local minimum' },
  saddle: { symbol: 'x-thin', name: 'saddle' },
  maximum: { symbol: 'triangle-up', name: 'maximum' },
  shoulder: { symbol: 'diamond', name: 'shoulder' },
  plateau: { symbol: 'square', name: 'plateau' },
});

/** Trail dashes, so that walkers tell apart without colour. */
export const DASHES = [[], [9, 5], [2, 5], [12, 4, 2, 4], [5, 3], [16, 5], [2, 3], [9, 3, 2, 3, 2, 3]];
const PLOTLY_DASHES = ['solid', '9px,5px', '2px,5px', '12px,4px,2px,4px', '5px,3px', '16px,5px', '2px,3px', '9px,3px,2px,3px,2px,3px'];

/**
 * The square root of the height above the lowest point shown: equal steps of it are evenly spaced rings on a bowl,
 * where equal steps of the loss would crowd at the border.
 * @param {number[][]} loss
 */
export function heights(loss) {
  let low = Infinity;
  for (const row of loss) for (const value of row) if (value !== null && value < low) low = value;
  return loss.map((row) => row.map((value) => (value === null ? null : Math.sqrt(value - low))));
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

/** @param {Palette} colours */
function base(colours) {
  return {
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: { family: FONT, size: colours.size, color: colours.soft },
    showlegend: false,
    hoverlabel: { bgcolor: colours.raised, bordercolor: colours.line, font: { family: FONT, color: colours.ink } },
  };
}

/**
 * @param {Surface} surface
 * @param {StationaryPoint[]} stationary
 * @param {Wanted} wanted
 * @param {Palette} colours
 */
export function mapFigure(surface, stationary, wanted, colours) {
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
        hovertemplate: 'x %{x:.4g}, y %{y:.4g}<br>loss %{customdata:.5g}<extra></extra>',
        contours: { start: top / BANDS, end: top * (1 - 1 / BANDS), size: top / BANDS, coloring: 'fill' },
        line: { width: 0.8, color: colours.contour, smoothing: 0 },
        colorscale: scale(colours.heights),
        showscale: false,
      },
      marks(stationary, colours),
      // The path's numbers for hover and for whoever asks; what is seen of it is drawn on the overlay.
      { type: 'scatter', mode: 'lines', x: [], y: [], line: { color: 'rgba(0,0,0,0)', width: 6 }, customdata: [], hovertemplate: 'step %{customdata[0]}<br>x %{x:.5g}, y %{y:.5g}<br>loss %{customdata[1]:.5g}<extra></extra>' },
    ],
    layout: {
      ...base(colours),
      // The picture that came with the page has the same margins, in the style sheet, so that nothing jumps.
      margin: { l: (46 / 12) * colours.size, r: 12, t: 10, b: (34 / 12) * colours.size },
      xaxis: { ...axis, range: [low_x, high_x], title: { text: 'x', standoff: 2 } },
      yaxis: { ...axis, range: [low_y, high_y], scaleanchor: 'x', title: { text: 'y', standoff: 2 } },
      dragmode: false,
      hovermode: 'closest',
    },
  };
}

/**
 * @param {StationaryPoint[]} stationary
 * @param {Palette} colours
 */
function marks(stationary, colours) {
  return {
    type: 'scatter',
    mode: 'markers',
    x: stationary.map(({ point }) => point[0]),
    y: stationary.map(({ point }) => point[1]),
    text: stationary.map(({ kind, value }) => `${MARKS[kind].name}, loss ${Number(value.toPrecision(5))}`),
    hovertemplate: '%{text}<br>x %{x:.5g}, y %{y:.5g}<extra></extra>',
    marker: {
      symbol: stationary.map(({ kind }) => MARKS[kind].symbol),
      opacity: 1,
      size: stationary.map(({ kind }) => (kind === 'global_minimum' ? 17 : 12)),
      color: colours.ink,
      line: { color: stationary.map(({ kind }) => (kind === 'saddle' ? colours.ink : colours.casing)), width: stationary.map(({ kind }) => (kind === 'saddle' ? 2.5 : 1.5)) },
    },
  };
}

/**
 * @param {StationaryPoint[]} stationary
 * @returns {string} the key to the marks on the map
 */
export function marksInWords(stationary) {
  const signs = /** @type {Record<string, string>} */ ({ global_minimum: '★', local_minimum: '●', saddle: '×', maximum: '▲', shoulder: '◆', plateau: '■' });
  const kinds = [...new Set(stationary.map(({ kind }) => kind))];
  return kinds.map((kind) => `${signs[kind]}\u00a0${MARKS[kind].name.replaceAll(' ', '\u00a0')}`).join(', ');
}

/**
 * @param {Surface} surface
 * @param {Wanted} wanted
 * @param {Palette} colours
 */
export function surfaceFigure(surface, wanted, colours) {
  const [low_x, high_x, low_y, high_y] = wanted.domain;
  const longer = Math.max(high_x - low_x, high_y - low_y);
  // A square domain is seen across its corners, and needs the eye further away than an oblong one.
  const away = 1.22 + 0.3 * (Math.min(high_x - low_x, high_y - low_y) / longer - 0.75);
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
        xaxis: { ...axis, title: { text: 'x' } },
        yaxis: { ...axis, title: { text: 'y' } },
        zaxis: { ...axis, title: { text: 'loss' } },
        aspectmode: 'manual',
        aspectratio: { x: (1.25 * (high_x - low_x)) / longer, y: (1.25 * (high_y - low_y)) / longer, z: 0.6 },
        camera: { eye: { x: 0.9 * away, y: -1.4 * away, z: 1.05 * away }, center: { x: 0, y: 0, z: -0.16 } },
        dragmode: 'turntable',
      },
    },
  };
}

/**
 * @param {Walks} walks
 * @param {StationaryPoint[]} stationary
 * @param {boolean} logarithmic
 * @param {Palette} colours
 * @param {boolean} stacked one below the other, where there is no room side by side
 */
export function curvesFigure(walks, stationary, logarithmic, colours, stacked) {
  const shown = walks.all;
  const lowest = lowestKnown(walks, stationary);
  // A logarithm needs positive numbers: heights are counted from the lowest point known. Climbing has no such point.
  const log = logarithmic && walks.request?.goal !== 'maximize';
  const columns = [
    { name: log && lowest !== 0 ? `loss ${lowest < 0 ? '+' : '−'} ${Math.abs(Number(lowest.toPrecision(4)))}` : 'loss', of: (/** @type {Walk} */ walk) => (log ? walk.loss.subarray(0, walk.length).map((value) => value - lowest) : walk.loss.subarray(0, walk.length)), log },
    { name: 'gradient norm', of: (/** @type {Walk} */ walk) => walk.gradient_norm.subarray(0, walk.length), log },
    { name: 'learning rate', of: (/** @type {Walk} */ walk) => walk.learning_rate.subarray(0, walk.length), log: false },
  ];
  const data = columns.flatMap(({ of, log: positive }, index) => curves(shown, of, positive, index, colours));
  const layout = /** @type {Record<string, any>} */ ({
    ...base(colours),
    margin: { l: 8, r: 8, t: 22, b: 36 },
    hovermode: 'closest',
    dragmode: false,
    annotations: [],
    shapes: walks.all.length > 0 ? walks.restarts.slice(0, 50).map((step) => restartMark(step, colours)) : [],
  });
  columns.forEach(({ name, log: positive }, index) => {
    const left = stacked ? 0.13 : index * 0.345 + 0.045;
    const right = stacked ? 0.99 : left + 0.262;
    const bottom = stacked ? (2 - index) * 0.35 : 0;
    const top = stacked ? bottom + 0.24 : 1;
    const suffix = index === 0 ? '' : String(index + 1);
    const axis = { zeroline: false, fixedrange: true, gridcolor: colours.line, tickfont: { size: 11 }, automargin: false };
    layout[`xaxis${suffix}`] = { ...axis, anchor: `y${suffix}`, domain: [left, right], showgrid: false, range: [0, Math.max(1, walks.last)], nticks: 5, tickangle: 0, title: stacked ? (index === 2 ? { text: 'step', standoff: 4 } : undefined) : { text: 'step', standoff: 4 } };
    layout[`yaxis${suffix}`] = { ...axis, anchor: `x${suffix}`, domain: [bottom, top], type: positive ? 'log' : 'linear', rangemode: index === 2 ? 'tozero' : 'normal', nticks: 5, ...(positive ? decades(data, index) : { tickformat: '~g' }) };
    layout.annotations.push({ text: name, xref: 'paper', yref: 'paper', x: left, y: top, xanchor: 'left', yanchor: 'bottom', yshift: 5, showarrow: false, font: { size: 12, color: colours.ink } });
  });
  return { data, layout };
}

/** @param {number} power */
function superscript(power) {
  return [...String(power)].map((sign) => (sign === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(sign)])).join('');
}

/**
 * Ticks of a logarithmic axis: whole powers of ten where it spans some, else what Plotly finds.
 * @param {any[]} data
 * @param {number} index
 */
function decades(data, index) {
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
  return Number.isFinite(low) ? low : 0;
}

/**
 * @param {Walk[]} shown
 * @param {(walk: Walk) => Float64Array} of
 * @param {boolean} positive
 * @param {number} index
 * @param {Palette} colours
 * @returns {any[]}
 */
function curves(shown, of, positive, index, colours) {
  const axes = index === 0 ? { xaxis: 'x', yaxis: 'y' } : { xaxis: `x${index + 1}`, yaxis: `y${index + 1}` };
  const few = shown.length <= MOST_CURVES;
  const each = shown.slice(0, index === 2 ? 1 : 512).map((walk) => thin(of(walk), positive, few ? MOST_POINTS : 120));
  const look = { type: 'scatter', mode: 'lines', hovertemplate: 'step %{x}<br>%{y:.5g}<extra></extra>', ...axes };
  if (few || index === 2) {
    return each.map(({ x, y }, walker) => ({ ...look, x, y, line: { color: index === 2 ? colours.accent : colours.walkers[walker % 8], dash: PLOTLY_DASHES[walker % 8], width: 1.8 } }));
  }
  // Very many curves of one colour are one line with gaps: one trace costs what one trace costs.
  return colours.walkers.map((color, colour) => {
    const own = each.filter((_, walker) => walker % colours.walkers.length === colour);
    const x = own.flatMap((one) => [...one.x, null]);
    const y = own.flatMap((one) => [...one.y, null]);
    return { ...look, x, y, line: { color, width: 0.8 }, opacity: 0.7 };
  });
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
  for (const walk of walks.all) {
    for (let k = 0; k < walk.length + every - 1; k += every) {
      const step = Math.min(k, walk.length - 1);
      x.push(finite(walk.x[step]));
      y.push(finite(walk.y[step]));
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
