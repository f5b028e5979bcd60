// The part of a map that is shown: zoomed by a rectangle or about a place, written with the digits it needs. Pure.

import { fraction, valueAt } from './map_cells.js';

/** What a map of starts does not depend on, nor any map: what only the picture has. */
const NOT_OF_THE_MAP = [
  'runs',
  'name',
  'hidden',
  'axis',
  'theory',
  'map',
  'map_run',
  'window',
  'resolution',
  'domain',
  'plane',
  'plane_run',
  'weights',
];

/**
 * What of the request a map depends on, as one text. Where it is the same the cells are the same: playing, hiding a run or
 * moving the start over a map of all starts asks for nothing.
 * @param {Wanted} wanted the whole picture's request
 * @param {Wanted} run that of the run that is mapped
 * @param {Parameter | null} second what goes along the second axis of learning rates
 * @returns {string}
 */
export function mapKey(wanted, run, second) {
  const { map, window, resolution } = wanted;
  const moved = map === 'basins' ? ['start', 'starts'] : ['learning_rate', second?.key];
  const along = map === 'rates' ? second?.own : undefined;
  // The first weights of a network, which alone has a plane, are drawn.
  const chance = wanted.plane || run.noise > 0 || run.batch > 0 || (map === 'rates' && run.starts > 1);
  const without = [...NOT_OF_THE_MAP, ...moved, ...(chance ? [] : ['seed'])];
  const keys = Object.entries(run)
    .filter(([key, value]) => value !== null && !without.includes(key))
    .map(([key, value]) => (key === 'hyperparameters' && along ? [key, { ...value, [along]: null }] : [key, value]));
  // Further walkers are drawn over the domain.
  const drawn_over = map === 'rates' && run.starts > 1 ? run.domain : null;
  return JSON.stringify([map, window, resolution, drawn_over, keys, ...planeKey(wanted, run)]);
}

/**
 * What the plane of a network depends on, where starts lie on it: the settings of all runs. At the first weights, which lie on
 * every plane, settings are compared without it.
 * @param {Wanted} wanted
 * @param {Wanted} run
 * @returns {unknown[]}
 */
function planeKey(wanted, run) {
  const at_first = run.starts === 1 && run.start.every((/** @type {number} */ part) => part === 0);
  if (!wanted.plane || (wanted.map === 'rates' && at_first)) return [];
  const of_the_plane = ['runs', 'plane', 'plane_run'];
  const without = [...NOT_OF_THE_MAP.filter((key) => !of_the_plane.includes(key)), 'start', 'starts'];
  return Object.entries(wanted).filter(([key, value]) => value !== null && !without.includes(key));
}

/**
 * The part of the landscape that is seen: a map of starts takes the picture along where it zooms.
 * @param {Wanted} wanted
 * @returns {number[]}
 */
export function seenDomain({ map, window, domain }) {
  return map === 'basins' && window ? window : domain;
}

/** One axis more than so many times as long as the other is drawn at a scale of its own. */
const STRETCHED = 4;

/** @param {number[]} domain */
export function isStretched([low_x, high_x, low_y, high_y]) {
  const [width, height] = [high_x - low_x, high_y - low_y];
  return Math.max(width, height) > STRETCHED * Math.min(width, height);
}

/**
 * What a box of another shape shows of a landscape: the ground goes on around its domain and fills the box. Starts are drawn
 * from the domain all the same. A map of starts shows its own window and nothing else, and what is not drawn to scale fills
 * any box.
 * @param {Wanted} wanted
 * @param {number} aspect width to height of the box
 * @returns {number[]}
 */
export function shownDomain(wanted, aspect) {
  const seen = seenDomain(wanted);
  if (wanted.map === 'basins' || !hasGround(seen, aspect)) return seen;
  const [low_x, high_x, low_y, high_y] = seen;
  const [width, height] = [high_x - low_x, high_y - low_y];
  const [more_x, more_y] = [
    (Math.max(width, height * aspect) - width) / 2,
    (Math.max(height, width / aspect) - height) / 2,
  ];
  return [low_x - more_x, high_x + more_x, low_y - more_y, high_y + more_y];
}

/** @param {number[]} domain @param {number} aspect */
function hasGround(domain, aspect) {
  return domain.length === 4 && !isStretched(domain) && aspect > 0 && Number.isFinite(aspect);
}

/** Along each side of the grid there are a multiple of so many stretches between its points. */
const STRETCHES = 50;

/**
 * The rectangle whose grid is asked for: all that is shown and a little more, so that the borders of the domain are lines
 * of the grid, whatever its fineness.
 * @param {Wanted} wanted
 * @param {number} aspect width to height of the box
 * @returns {number[]}
 */
export function gridDomain(wanted, aspect) {
  const [seen, shown] = [seenDomain(wanted), shownDomain(wanted, aspect)];
  return seen.map((side, place) => {
    const axis = place - (place % 2);
    const [own, wide] = [seen, shown].map((one) => one[axis + 1] - one[axis]);
    const within = 2 * Math.floor((STRETCHES * own) / wide / 2 + 1e-9);
    if (within >= STRETCHES || within < 2) return side;
    const more = (own * (STRETCHES / within) - own) / 2;
    return place % 2 === 0 ? side - more : side + more;
  });
}

/**
 * The part of a grid that lies in a domain.
 * @param {Grid} grid
 * @param {number[]} domain
 * @returns {Grid}
 */
export function withinDomain(grid, domain) {
  if (!grid.y || domain.length < 4) return grid;
  const [columns, rows] = [grid.x, grid.y].map((values, axis) => {
    const [low, high] = domain.slice(2 * axis);
    const rounding = 1e-6 * (high - low);
    const first = values.findIndex((value) => value >= low - rounding);
    return {
      first,
      last: first + values.filter((value) => value >= low - rounding && value <= high + rounding).length,
    };
  });
  if (columns.last - columns.first < 2 || rows.last - rows.first < 2) return grid;
  return {
    ...grid,
    x: grid.x.slice(columns.first, columns.last),
    y: grid.y.slice(rows.first, rows.last),
    loss: grid.loss.slice(rows.first, rows.last).map((row) => row.slice(columns.first, columns.last)),
  };
}

/** Narrower than this part of its distance from zero the server draws no landscape. */
const NARROWEST = 2e-9;

/**
 * The domain to ask the landscape for: a window that is narrower than the server draws lies in the middle of it.
 * @param {number[]} domain
 * @returns {number[]}
 */
export function landscapeDomain(domain) {
  return domain.map((side, place) => {
    const [low, high] = place % 2 === 0 ? [side, domain[place + 1]] : [domain[place - 1], side];
    const least = NARROWEST * Math.max(1e-6, Math.abs(low), Math.abs(high));
    return high - low >= least ? side : (low + high) / 2 + (place % 2 === 0 ? -least : least);
  });
}

/**
 * As many digits as tell a thousandth of the window, so that an address stays short and any window can be written.
 * @param {MapAxis} axis
 * @param {number} low
 * @param {number} high
 * @returns {[number, number]}
 */
export function written({ log }, low, high) {
  const digits = 3 - Math.floor(Math.log10(high - low));
  const relative = Math.floor(Math.log10(Math.abs(high) / (high - low))) + 4;
  const round = (/** @type {number} */ value) =>
    log
      ? Number(value.toPrecision(Math.min(17, Math.max(4, relative))))
      : Number(value.toFixed(Math.min(100, Math.max(0, digits)))) + 0;
  const [one, other] = [round(low), round(high)];
  // At the end of what float64 tells apart every digit counts.
  return one < other && (!log || one > 0) ? [one, other] : [low, high];
}

/**
 * @param {MapAxis[]} axes what is shown
 * @param {[number, number][]} parts of each axis, from 0 to 1 or beyond
 * @param {([number, number] | null)[]} limits of what each may be
 * @returns {number[] | null} the window, null where nothing would be left
 */
export function windowOf(axes, parts, limits) {
  /** @type {number[]} */
  const sides = [];
  axes.forEach((axis, place) => {
    const [from, to] = [...parts[place]].sort((one, other) => one - other);
    const [low, high] = written(axis, valueAt(axis, from), valueAt(axis, to));
    const [least, most] = limits[place] ?? [-Infinity, Infinity];
    sides.push(Math.max(low, least), Math.min(high, most));
  });
  return sides.every((side, place) => place % 2 === 0 || side > sides[place - 1]) ? sides : null;
}

/**
 * The window about a place that stays where it is on the screen.
 * @param {MapAxis[]} axes
 * @param {number[]} place
 * @param {number} factor below 1 to zoom in, above to zoom out
 * @param {([number, number] | null)[]} limits
 * @returns {number[] | null}
 */
export function windowAbout(axes, place, factor, limits) {
  const parts = axes.map((axis, index) => {
    const here = Math.min(1, Math.max(0, fraction(axis, place[index])));
    return /** @type {[number, number]} */ ([here - here * factor, here + (1 - here) * factor]);
  });
  return windowOf(axes, parts, limits);
}

/** So little of the whole may be left out: a window is written with no more digits than it needs. */
const MISSING = 0.01;

/**
 * @param {number[]} window
 * @param {MapAxis[]} whole
 * @returns {boolean} whether next to nothing of the whole is left out
 */
export function covers(window, whole) {
  return whole.every(
    (axis, place) =>
      fraction(axis, window[2 * place]) <= MISSING && fraction(axis, window[2 * place + 1]) >= 1 - MISSING,
  );
}

/**
 * The corner that makes a rectangle as wide to its height as the picture is.
 * @param {{x: number, y: number}} from
 * @param {{x: number, y: number}} to
 * @param {number} aspect width to height
 */
export function inProportion(from, to, aspect) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const width = Math.max(Math.abs(dx), Math.abs(dy) * aspect);
  return { x: from.x + (dx < 0 ? -width : width), y: from.y + (dy < 0 ? -width : width) / aspect };
}
