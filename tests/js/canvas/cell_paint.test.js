import { test } from 'node:test';
import assert from 'node:assert/strict';

import { DARKER, PATTERNS, hatched, paintCells, paintOf, paints } from '../../../static/js/canvas/cell_paint.js';
import { fromLab, scaleColour, shade, toLab } from '../../../static/js/canvas/shades.js';
import { rgbOf } from '../../../static/js/figures/palette.js';
import { basins, rates, trained } from '../made.js';
import { chance, colours } from '../tools.js';

/** @typedef {[number, number, number]} Triple */

test('what is on its way has the colour of where it goes, between darker lines', () => {
  const cells = basins({ outcome: [[4, 4, 0]], near: [[1, -1, -1]], steps: [[9, 9, 9]] });
  const paint = paintOf(cells, colours);
  const [near, apart, there] = paints(cells, paint);
  const own = rgbOf(/** @type {string} */ (cells.legend[1].colour));
  const pixelOf = (/** @type {Triple} */ [red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  assert.deepEqual([paint.colours[near], paint.hatches[near]], [own, shade(own, DARKER)].map(pixelOf)); // prettier-ignore
  assert.deepEqual([near, apart, there].map((at) => paint.patterns[at]), [PATTERNS.falling, PATTERNS.falling, PATTERNS.none]); // prettier-ignore
  assert.notEqual(paint.colours[apart], paint.colours[near]);
});

test('Oklab has the values that its author gives', () => {
  // https://bottosson.github.io/posts/oklab: white, and the sRGB primaries as other libraries have them.
  const known = /** @type {[Triple, Triple][]} */ ([
    [
      [255, 255, 255],
      [1, 0, 0],
    ],
    [
      [255, 0, 0],
      [0.627955, 0.224863, 0.125846],
    ],
    [
      [0, 255, 0],
      [0.86644, -0.233888, 0.179498],
    ],
    [
      [0, 0, 255],
      [0.452014, -0.032457, -0.311528],
    ],
  ]);
  for (const [rgb, lab] of known)
    toLab(rgb).forEach((part, axis) => assert.ok(Math.abs(part - lab[axis]) < 2e-4, `${rgb}`));
});

test('a colour goes to Oklab and back', () => {
  const random = chance(51);
  for (let k = 0; k < 200; k += 1) {
    const rgb = /** @type {Triple} */ ([0, 1, 2].map(() => Math.floor(256 * random())));
    assert.deepEqual(fromLab(toLab(rgb)), rgb);
  }
});

test('fewer steps are lighter, in one colour', () => {
  const random = chance(52);
  for (let k = 0; k < 100; k += 1) {
    const rgb = /** @type {Triple} */ ([0, 1, 2].map(() => Math.floor(256 * random())));
    const lightness = [0, 0.25, 0.5, 0.75, 1].map((part) => toLab(shade(rgb, part))[0]);
    lightness.slice(1).forEach((value, place) => assert.ok(value < lightness[place], `${rgb}`));
    assert.deepEqual(shade(rgb, 0.5), rgb);
  }
});

test('the scale of evaluations becomes darker in even steps', () => {
  const lightness = Array.from({ length: 33 }, (_, k) => toLab(scaleColour(k / 32, colours.evaluations))[0]);
  const steps = lightness.slice(1).map((value, k) => lightness[k] - value);
  const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
  for (const step of steps) assert.ok(step > 0.35 * mean && step < 1.8 * mean, `${step} of ${mean}`);
  assert.deepEqual(
    [0, 1].map((part) => scaleColour(part, colours.evaluations)),
    [
      [253, 231, 37],
      [68, 1, 84],
    ],
  );
});

test('each ending that has no place has a hatching of its own', () => {
  const cells = rates({ outcome: [['converged', 'diverged', 'stalled', 'out_of_steps']], evaluations: [[1, 2, 3, 4]] });
  const paint = paintOf(cells, colours);
  const patterns = paint.first.map((first) => paint.patterns[first]);
  assert.equal(patterns[0], PATTERNS.none);
  assert.equal(new Set(patterns).size, 4);
  const seen = [1, 2, 3].map((entry) =>
    Array.from({ length: 400 }, (_, k) => Number(hatched(patterns[entry], k % 20, Math.floor(k / 20), 1))).join(''),
  );
  assert.equal(new Set(seen).size, 3);
  for (const pixels of seen) assert.ok(pixels.includes('1') && pixels.includes('0'));
});

/** @param {number} pixel as a canvas keeps it @returns {Triple} */
const tripleOf = (pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];

test('a place has the shades of its colour in the legend, and what has no place the colours of the theme', () => {
  const cells = basins({ outcome: [[0, 1, 2, 3, 4, 5]], steps: [[10, 20, 30, 1, 2, 3]] });
  const paint = paintOf(cells, colours);
  cells.legend.forEach(({ kind, outcome, colour }, entry) => {
    const found = Array.from({ length: paint.levels[entry] }, (_, level) => paint.colours[paint.first[entry] + level]);
    const last = found.length - 1;
    const shades = found.map((_, level) => shade(rgbOf(/** @type {string} */ (colour)), level / last));
    const expected = kind ? shades : [rgbOf(colours.outcomes[String(outcome)][0])];
    assert.deepEqual(found.map(tripleOf), expected, String(outcome));
    assert.equal(found.length > 1, Boolean(kind));
  });
});

test('the fewest steps have the lightest look and the most the darkest', () => {
  const cells = basins({ outcome: [[0, 0, 0, 1]], steps: [[10, 100, 1000, 10]] });
  const paint = paintOf(cells, colours);
  const found = paints(cells, paint);
  assert.equal(found[0], paint.first[0]);
  assert.equal(found[2], paint.first[0] + paint.levels[0] - 1);
  assert.equal(found[3], paint.first[1]);
  assert.ok(found[0] < found[1] && found[1] < found[2]);
});

test('where all took as many steps one look will do', () => {
  const cells = basins({ outcome: [[0, 0]], steps: [[7, 7]] });
  const paint = paintOf(cells, colours);
  assert.deepEqual([...paints(cells, paint)], [paint.first[0], paint.first[0]]);
});

test('every pixel has the colour of the cell it lies in, and outside none', () => {
  const cells = basins({
    outcome: [
      [0, 1],
      [2, 0],
    ],
    steps: [
      [1, 1],
      [1, 1],
    ],
  });
  const paint = paintOf(cells, colours);
  const [columns, rows] = [Int32Array.from([-1, 0, 0, 1, 1]), Int32Array.from([1, 1, 0, -1])];
  const pixels = new Uint32Array(columns.length * rows.length).fill(7);
  paintCells(pixels, columns, rows, paints(cells, paint), 2, paint, 1);
  rows.forEach((row, y) =>
    columns.forEach((column, x) => {
      const expected =
        row < 0 || column < 0 ? 0 : paint.colours[paint.first[cells.cell(row, column).ending.point?.[0] ?? 0]];
      assert.equal(pixels[y * columns.length + x], expected);
    }),
  );
});

test('hatching lies over the ground of its own ending', () => {
  const cells = basins({ outcome: [[3]], steps: [[1]] });
  const paint = paintOf(cells, colours);
  const pixels = new Uint32Array(400);
  paintCells(pixels, new Int32Array(20), new Int32Array(20), paints(cells, paint), 1, paint, 1);
  const [ground, hatch] = colours.outcomes.diverged
    .map(rgbOf)
    .map(([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0);
  pixels.forEach((pixel, place) =>
    assert.equal(pixel, hatched(PATTERNS.rising, place % 20, Math.floor(place / 20), 1) ? hatch : ground),
  );
});

test('a range of the loss has one colour, and settings of a network are on a scale of it', () => {
  const starts = trained('basins', { outcome: [[0, 1, 2, 3]], loss: [[0.001, 0.02, 4, null]] });
  const paint = paintOf(starts, colours);
  assert.deepEqual(paint.levels, [1, 1, 1, 1]);
  const found = [...paints(starts, paint)].map((at) => tripleOf(paint.colours[at]));
  const own = starts.legend.map(({ colour }) => rgbOf(String(colour)));
  assert.deepEqual(found, [...own.slice(0, 3), rgbOf(colours.outcomes.diverged[0])]);

  const words = ['out_of_steps', 'converged', 'stalled', 'diverged'];
  const settings = trained('rates', { outcome: [words], loss: [[0.001, 0.01, 0.1, null]] });
  assert.deepEqual(settings.range, [0.001, 0.1]);
  const scale = paintOf(settings, colours);
  const levels = [...paints(settings, scale)].map((at, place) => at - scale.first[settings.outcome[place]]);
  // Equal factors are equally far apart, and what diverged is on no scale.
  assert.deepEqual(levels, [0, 128, 255, 0]);
});

test('the scale of losses ends where one is as good as none, and where it has blown up', () => {
  const settings = trained('rates', { outcome: [['out_of_steps', 'out_of_steps']], loss: [[0, 1e9]] });
  assert.deepEqual(settings.range, [1e-12, 10]);
});
