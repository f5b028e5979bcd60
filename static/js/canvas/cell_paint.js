// What cells look like: the paint of each ending, its hatching, and the pixels of a map. Pure.

import { scaleColour, shade } from './shades.js';
import { rgbOf } from '../figures/palette.js';

/** Shades of one minimum's colour, by the steps that it took. */
const SHADES = 16;
/** Steps of the scale of evaluations. */
const SCALE = 256;

/** The shade of the lines across what is on its way to a minimum. */
export const DARKER = 0.8;

/** What an ending's hatching looks like. */
export const PATTERNS = { none: 0, rising: 1, falling: 2, dots: 3, level: 4 };

/** Each ending without a place that is known has a pattern of its own. @type {Record<string, number>} */
const PATTERN_OF = {
  diverged: PATTERNS.rising,
  out_of_steps: PATTERNS.falling,
  stalled: PATTERNS.dots,
  converged: PATTERNS.level,
};

/** As a canvas keeps it: red in the lowest byte. @param {Triple} rgb */
function pixel([red, green, blue]) {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** @typedef {{first: number[], levels: number[], near: number, colours: Uint32Array, hatches: Uint32Array, patterns: Uint8Array}} Paint */

/**
 * The paint of every cell a map may have: of each entry of its legend `levels` paints from `first` on, and from `near` on
 * one of each for what is on its way there.
 * @param {MapCells} cells
 * @param {Palette} colours
 * @returns {Paint}
 */
export function paintOf(cells, { outcomes, evaluations }) {
  const { legend } = cells;
  const scaled = legend.map((_, entry) => cells.scaled(entry));
  const levels = scaled.map((of_scale, entry) => (of_scale ? levelsOf(cells, legend[entry]) : 1));
  const first = levels.map((_, entry) => levels.slice(0, entry).reduce((sum, count) => sum + count, 0));
  const near = levels.reduce((sum, count) => sum + count, 0);
  const total = near + legend.length;
  const paint = {
    first,
    levels,
    near,
    colours: new Uint32Array(total),
    hatches: new Uint32Array(total),
    patterns: new Uint8Array(total),
  };
  legend.forEach(({ outcome, colour }, entry) => {
    // What has no place has a ground of the theme, and not the one colour that the legend has for both.
    const own = scaled[entry] && colour ? rgbOf(colour) : null;
    const [plain, hatch] = outcomes[outcome ?? 'converged'].map(rgbOf);
    for (let level = 0; level < levels[entry]; level += 1) {
      const part = levels[entry] > 1 ? level / (levels[entry] - 1) : 0.5;
      const place = first[entry] + level;
      paint.colours[place] = pixel(own ? shade(own, part) : scaled[entry] ? scaleColour(part, evaluations) : plain);
      paint.hatches[place] = pixel(hatch);
      paint.patterns[place] = scaled[entry] ? PATTERNS.none : PATTERN_OF[outcome ?? 'converged'];
    }
    if (!own) return;
    // The colour of where it is going, and the lines of what is out of steps.
    paint.colours[near + entry] = pixel(own);
    paint.hatches[near + entry] = pixel(shade(own, DARKER));
    paint.patterns[near + entry] = PATTERN_OF.out_of_steps;
  });
  return paint;
}

/** How many paints one colour has: a range of the loss has one place on a scale, and no shades. @param {MapCells} cells @param {MapEnding} ending */
function levelsOf({ kind }, ending) {
  if (kind === 'rates') return SCALE;
  return ending.kind === 'loss' ? 1 : SHADES;
}

/**
 * Which paint each cell has.
 * @param {MapCells} cells
 * @param {Paint} paint
 * @returns {Uint16Array}
 */
export function paints(cells, { first, levels, near: first_near }) {
  const { outcome, measure, near } = cells;
  const [low, high] = cells.range ?? [1, 1];
  const [base, width] = [cells.height(low), cells.height(high) - cells.height(low)];
  const found = new Uint16Array(outcome.length);
  for (let place = 0; place < outcome.length; place += 1) {
    if (near[place] >= 0) {
      found[place] = first_near + near[place];
      continue;
    }
    const entry = outcome[place];
    const most = levels[entry] - 1;
    const part =
      most === 0 || width === 0 || Number.isNaN(measure[place]) ? 0 : (cells.height(measure[place]) - base) / width;
    found[place] = first[entry] + Math.round(part * most);
  }
  return found;
}

/** What was painted last: the picture and the legend ask for the same. @type {Dressed | null} */
let dressed_last = null;

/** @typedef {{cells: MapCells, version: number, colours: Palette, paint: Paint, paints: Uint16Array}} Dressed */

/**
 * The paints of cells, found anew only where other cells have come, or other colours.
 * @param {MapCells} cells
 * @param {number} version of them, another one with every pass
 * @param {Palette} colours
 * @returns {Dressed}
 */
export function dressed(cells, version, colours) {
  const last = dressed_last;
  if (last?.cells === cells && last.version === version && last.colours === colours) return last;
  const paint = paintOf(cells, colours);
  dressed_last = { cells, version, colours, paint, paints: paints(cells, paint) };
  return dressed_last;
}

/** Distance of the hatching's lines and their width, in CSS pixels. */
const HATCH = { period: 7, width: 1.5 };

/**
 * Whether hatching covers a pixel.
 * @param {number} pattern
 * @param {number} x in pixels of the canvas
 * @param {number} y
 * @param {number} ratio of the canvas's pixels to CSS pixels
 */
export function hatched(pattern, x, y, ratio) {
  if (pattern === PATTERNS.none) return false;
  const [period, width] = [Math.round(HATCH.period * ratio), Math.max(1, Math.round(HATCH.width * ratio))];
  if (pattern === PATTERNS.rising) return (x + y) % period < width;
  if (pattern === PATTERNS.falling) return (x + period * y - y) % period < width;
  if (pattern === PATTERNS.level) return y % period < width;
  return x % period < width && (y + (Math.floor(x / period) % 2) * Math.floor(period / 2)) % period < width;
}

/**
 * Colours the pixels of a map: each as the cell it lies in, nothing between cells.
 * @param {Uint32Array} pixels row by row, from the top
 * @param {Int32Array} columns the cells' column of each column of pixels, -1 outside
 * @param {Int32Array} rows the cells' row of each row of pixels, -1 outside
 * @param {Uint16Array} cells which paint each has
 * @param {number} across how many columns of cells there are
 * @param {Paint} paint
 * @param {number} ratio of pixels to CSS pixels
 */
export function paintCells(pixels, columns, rows, cells, across, { colours, hatches, patterns }, ratio) {
  const width = columns.length;
  for (let y = 0; y < rows.length; y += 1) {
    const begin = rows[y] * across;
    if (rows[y] < 0) {
      pixels.fill(0, y * width, (y + 1) * width);
      continue;
    }
    for (let x = 0; x < width; x += 1) {
      if (columns[x] < 0) {
        pixels[y * width + x] = 0;
        continue;
      }
      const one = cells[begin + columns[x]];
      const pattern = patterns[one];
      pixels[y * width + x] = pattern && hatched(pattern, x, y, ratio) ? hatches[one] : colours[one];
    }
  }
}
