// Draws the figures of a map, a curve and its derivative without plotly.js: axes, lines and signs as SVG. It is asked as
// plotly.js is, and keeps what it has drawn with the plot's element as that does.

import { axesOf } from '../figures/plain_axes.js';

const SVG = 'http://www.w3.org/2000/svg';
/** An invisible line is there for whoever asks plotly.js about its places. */
const INVISIBLE = 'rgba(0,0,0,0)';
/** Pixels between an axis and its numbers, and how near to a corner none is written. */
const GAP = 6;
const CORNER = 22;

/** @typedef {import('../figures/plain_axes.js').Axis} Axis */
/** @typedef {{xaxis: Axis, yaxis: Axis, width: number, height: number}} Axes */

/** What of Plotly's functions a map needs. */
export const PLAIN_PLOTS = {
  react: make,
  newPlot: make,
  /** @param {any} plot @param {{width: number, height: number}} size */
  relayout: (plot, size) => make(plot, plot.drawn.data, { ...plot.drawn.layout, ...size }),
  restyle: () => {},
};

/** @param {any} plot @param {any[]} data @param {any} layout */
function make(plot, data, layout) {
  const axes = axesOf(layout, layout);
  plot.drawn = { data, layout };
  plot._fullLayout = { ...layout, ...axes };
  const { width, height } = layout;
  const children = [
    ...axisParts('x', layout.xaxis, axes, layout.font),
    ...axisParts('y', layout.yaxis, axes, layout.font),
    within(
      axes,
      data.flatMap((trace) => traceParts(trace, axes)),
    ),
    ...(layout.annotations ?? []).map((/** @type {any} */ one) => annotation(one, axes, layout.font)),
  ];
  const picture = draw('svg', { class: 'main-svg', width, height, 'font-family': layout.font.family }, children);
  plot.replaceChildren(picture);
}

/**
 * @param {string} name
 * @param {Record<string, any>} attributes
 * @param {(Element | string)[]} [children]
 */
function draw(name, attributes, children = []) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  node.append(...children);
  return node;
}

/** @param {Axes} axes @param {Element[]} parts @returns {Element} what lies in the axes' rectangle, and is cut off at its edges */
function within({ xaxis, yaxis }, parts) {
  const place = { x: xaxis._offset, y: yaxis._offset, width: xaxis._length, height: yaxis._length };
  const inner = { ...place, viewBox: `0 0 ${xaxis._length} ${yaxis._length}`, overflow: 'hidden' };
  return draw('svg', inner, parts);
}

/**
 * An axis's lines across the picture, its ticks with their numbers, inside or outside of it, and its name.
 * @param {'x' | 'y'} which
 * @param {any} look
 * @param {Axes} axes
 * @param {{size: number, color: string}} font
 * @returns {Element[]}
 */
function axisParts(which, look, axes, font) {
  const { xaxis, yaxis } = axes;
  const [left, top] = [xaxis._offset, yaxis._offset];
  const [right, bottom] = [left + xaxis._length, top + yaxis._length];
  const axis = which === 'x' ? xaxis : yaxis;
  const place = (/** @type {number} */ at) => axis._offset + at;
  const across = (/** @type {number} */ at, /** @type {number} */ from, /** @type {number} */ to) =>
    which === 'x' ? `M${place(at)} ${from}V${to}` : `M${from} ${place(at)}H${to}`;
  const [near, far] = which === 'x' ? [bottom, top] : [left, right];
  const way = which === 'x' ? 1 : -1;
  const parts = [];
  const lines = axis.ticks.map(({ at }) => across(at, near, far)).join('');
  if (look.showgrid !== false && look.gridcolor)
    parts.push(draw('path', { d: lines, stroke: look.gridcolor, fill: 'none' }));
  const zero = axis.d2p(0);
  if (look.zeroline && zero >= 0 && zero <= axis._length) {
    const line = { stroke: look.zerolinecolor, 'stroke-width': look.zerolinewidth };
    parts.push(draw('path', { d: across(zero, near, far), ...line, fill: 'none' }));
  }
  const is_inside = look.ticklabelposition === 'inside';
  if (look.ticks) {
    const end = near + (look.ticks === 'inside' ? -way : way) * look.ticklen;
    const marks = axis.ticks.map(({ at }) => across(at, near, end)).join('');
    parts.push(draw('path', { d: marks, stroke: look.tickcolor, fill: 'none' }));
  }
  const size = font.size;
  const colour = look.tickfont?.color ?? font.color;
  if (look.showticklabels !== false) {
    for (const { at, text } of axis.ticks) {
      // In the picture no number is written over an edge or the corner that both axes have.
      if (is_inside && !fits(which, at, axis._length)) continue;
      const away = (is_inside ? -way : way) * GAP;
      const spot =
        which === 'x'
          ? { x: place(at), y: near + away + (is_inside ? 0 : size), 'text-anchor': 'middle' }
          : { x: near + away, y: place(at) + size / 3, 'text-anchor': is_inside ? 'start' : 'end' };
      parts.push(
        draw('g', { class: `${which}tick` }, [draw('text', { ...spot, 'font-size': size, fill: colour }, [text])]),
      );
    }
  }
  const name = look.title?.text;
  if (name) {
    const spot =
      which === 'x'
        ? { x: (left + right) / 2, y: bottom + 2 * size + 2 * GAP }
        : { transform: `translate(${size} ${(top + bottom) / 2}) rotate(-90)` };
    parts.push(draw('text', { ...spot, 'text-anchor': 'middle', 'font-size': 1.17 * size, fill: font.color }, [name]));
  }
  return parts;
}

/** @param {'x' | 'y'} which @param {number} at @param {number} length */
function fits(which, at, length) {
  return which === 'x' ? at > CORNER && at < length - CORNER : at > CORNER / 2 && at < length - CORNER;
}

/** @param {any} trace @param {Axes} axes @returns {Element[]} */
function traceParts(trace, { xaxis, yaxis }) {
  if (trace.type !== 'scatter') return [];
  const spots = trace.x.map((/** @type {number} */ x, /** @type {number} */ k) =>
    trace.y[k] === null ? null : [xaxis.d2p(x), yaxis.d2p(trace.y[k])],
  );
  if (trace.mode === 'markers')
    return spots.map((/** @type {number[]} */ spot, /** @type {number} */ k) => sign(trace, spot, k));
  if (trace.line.color === INVISIBLE || spots.length === 0) return [];
  const line = trace.line.width ? { stroke: trace.line.color, 'stroke-width': trace.line.width } : {};
  const fill = trace.fill ? trace.fillcolor : 'none';
  return [draw('path', { d: pathOf(spots), ...line, fill, 'stroke-linejoin': 'round' })];
}

/** @param {(number[] | null)[]} spots @returns {string} broken where there is none */
function pathOf(spots) {
  return spots
    .map((spot, k) => (spot ? `${k > 0 && spots[k - 1] ? 'L' : 'M'}${spot[0].toFixed(2)} ${spot[1].toFixed(2)}` : ''))
    .join('');
}

/** The signs of stationary points, of radius 1. @type {Record<string, string>} */
const SHAPES = {
  star: starOf(5, 1.4, 0.53),
  circle: 'M1 0A1 1 0 1 1-1 0A1 1 0 1 1 1 0Z',
  'x-thin': 'M-1-1L1 1M1-1L-1 1',
  'triangle-up': 'M-1.15.67H1.15L0-1.33Z',
  diamond: 'M0-1.3L1.3 0L0 1.3L-1.3 0Z',
  square: 'M-1-1H1V1H-1Z',
};

/** @param {number} points @param {number} outer @param {number} inner radius @returns {string} */
function starOf(points, outer, inner) {
  const corner = (/** @type {number} */ k) => {
    const [angle, radius] = [(Math.PI * k) / points, k % 2 ? inner : outer];
    return `${(radius * Math.sin(angle)).toFixed(3)} ${(-radius * Math.cos(angle)).toFixed(3)}`;
  };
  return `M${Array.from({ length: 2 * points }, (_, k) => corner(k)).join('L')}Z`;
}

/** @param {any} trace @param {number[]} spot @param {number} k @returns {Element} a sign that says what it is when it is pointed at */
function sign({ marker, text }, [x, y], k) {
  const symbol = marker.symbol[k];
  const radius = marker.size[k] / 2;
  return draw(
    'path',
    {
      d: SHAPES[symbol.replace('-open', '')],
      transform: `translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${radius})`,
      fill: symbol.endsWith('-open') || symbol === 'x-thin' ? 'none' : marker.color,
      stroke: marker.line.color[k],
      'stroke-width': marker.line.width[k],
      'vector-effect': 'non-scaling-stroke',
    },
    [draw('title', {}, [text[k].replaceAll('<br>', '\n')])],
  );
}

const ANCHORS = /** @type {Record<string, string>} */ ({ left: 'start', center: 'middle', right: 'end' });

/** @param {any} of @param {Axes} axes @param {{size: number}} font @returns {Element} */
function annotation(of, { xaxis, yaxis }, { size }) {
  const x = xaxis._offset + of.x * xaxis._length + of.xshift;
  const y = yaxis._offset + (1 - of.y) * yaxis._length - of.yshift + (of.yanchor === 'top' ? size : -GAP / 2);
  const look = { 'text-anchor': ANCHORS[of.xanchor], 'font-size': size, fill: of.font.color };
  return draw('g', { class: 'annotation' }, [draw('text', { x, y, ...look }, [of.text])]);
}
