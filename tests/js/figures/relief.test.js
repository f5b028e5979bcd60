import { test } from 'node:test';
import assert from 'node:assert/strict';

import {
  contrast,
  isBright,
  luminance,
  piecesOf,
  placeLabels,
  tintColours,
  tints,
} from '../../../static/js/figures/relief.js';
import { paletteOf, rgbOf } from '../../../static/js/figures/palette.js';
import { readFileSync } from 'node:fs';
import { chance } from '../tools.js';

const record = JSON.parse(readFileSync(new URL('../../../static/palette.json', import.meta.url), 'utf8'));

/** @param {number} lowest @param {number} highest @param {number} root @returns {Relief} */
const reliefOf = (lowest, highest, root) => ({ lowest, highest, root, lines: [], shade: null });

test('a tint is a root of how far up a loss lies', () => {
  assert.deepEqual(tints([[-9, 0, 16]], reliefOf(-9, 16, 2)), [[0, 0.6, 1]]);
  assert.deepEqual(tints([[2, 3, 4]], reliefOf(2, 4, 1)), [[0, 0.5, 1]]);
  assert.ok(Math.abs(Number(tints([[27]], reliefOf(0, 64, 3))[0][0]) - 0.75) < 1e-12);
});

test('what lies beyond the scale has the tint of its end, and what is missing has none', () => {
  assert.deepEqual(tints([[-1, null, 9]], reliefOf(0, 4, 2)), [[0, null, 1]]);
  assert.deepEqual(tints([[null]], { ...reliefOf(0, 0, 1), lowest: null, highest: null }), [[null]]);
  assert.deepEqual(tints([[5, 5]], reliefOf(5, 5, 1)), [[0, 0]], 'flat ground is low ground');
});

for (const dark of [false, true]) {
  const { heights, number, numberDeep, contour, contourDeep } = paletteOf(record, dark, 13);
  const name = dark ? 'dark' : 'light';

  test(`heights get brighter all the way in the ${name} theme`, () => {
    const bright = tintColours(heights).map(luminance);
    for (let k = 1; k < bright.length; k += 1) assert.ok(bright[k] >= bright[k - 1] - 1e-3, `${k}`);
    assert.ok(contrast(tintColours(heights)[0], tintColours(heights)[255]) > 6, 'with real range');
  });

  test(`a number is readable on every height in the ${name} theme`, () => {
    for (const tint of tintColours(heights)) {
      const found = contrast(rgbOf(isBright(tint) ? number : numberDeep), tint);
      assert.ok(found >= 4.5, `${tint} ${found}`);
    }
  });

  test(`contour lines are dark on bright ground and bright on deep in the ${name} theme`, () => {
    const [on_bright, on_deep] = [contour, contourDeep].map((colour) =>
      luminance(/** @type {any} */ (colour.match(/\d+/g)?.slice(0, 3).map(Number))),
    );
    assert.ok(on_bright < 0.1 && on_deep > 0.6);
    assert.ok(isBright(tintColours(heights)[255]) && !isBright(tintColours(heights)[0]));
  });
}

test('contrast is that of WCAG 2', () => {
  assert.ok(Math.abs(contrast([0, 0, 0], [255, 255, 255]) - 21) < 1e-9);
  // The grey that is the darkest to be read on white by that rule.
  assert.ok(contrast([118, 118, 118], [255, 255, 255]) > 4.5 && contrast([119, 119, 119], [255, 255, 255]) < 4.5);
});

test('pieces of a line end where there is a null, and a single point is none', () => {
  const twice = (/** @type {number} */ x, /** @type {number} */ y) => ({ x: 2 * x, y: 2 * y });
  assert.deepEqual(piecesOf([1, 2, null, 5, null, 7, 8, 9], [0, 1, null, 5, null, 2, 3, 4], twice), [
    [
      { x: 2, y: 0 },
      { x: 4, y: 2 },
    ],
    [
      { x: 14, y: 4 },
      { x: 16, y: 6 },
      { x: 18, y: 8 },
    ],
  ]);
});

const box = { width: 540, height: 540 };
/** @param {number} x @param {number} y @param {number} radius */
const ring = (x, y, radius) =>
  Array.from({ length: 181 }, (_, k) => ({
    x: x + radius * Math.cos((k * Math.PI) / 90),
    y: y + radius * Math.sin((k * Math.PI) / 90),
  }));

/** @param {() => number} random */
function randomLines(random) {
  return Array.from({ length: 4 }, (_, k) => ({
    text: String(10 ** k),
    loss: 10 ** k,
    width: 8 + 6 * k,
    pieces: Array.from({ length: 1 + Math.floor(3 * random()) }, () =>
      ring(540 * random(), 540 * random(), 20 + 240 * random()),
    ),
  }));
}

test('numbers stand on their lines, inside, upright, apart from each other and from all that is marked', () => {
  const random = chance(61);
  let count = 0;
  for (let round = 0; round < 60; round += 1) {
    const lines = randomLines(random);
    const taken = Array.from({ length: 5 }, () => ({ x: 540 * random(), y: 540 * random(), radius: 15 }));
    const labels = placeLabels(lines, box, taken);
    count += labels.length;
    labels.forEach((label, k) => {
      const { pieces = [] } = lines.find(({ loss }) => loss === label.loss) ?? {};
      const nearest = Math.min(...pieces.flat().map(({ x, y }) => Math.hypot(x - label.x, y - label.y)));
      assert.ok(nearest < 6, `${nearest}`);
      assert.ok(Math.abs(label.angle) <= Math.PI / 2 + 1e-9);
      assert.ok(label.x > label.width / 2 && label.x < 540 && label.y > 0 && label.y < 540);
      for (const spot of taken) assert.ok(Math.hypot(spot.x - label.x, spot.y - label.y) > spot.radius);
      for (const other of labels.slice(k + 1)) assert.ok(Math.hypot(other.x - label.x, other.y - label.y) >= 96);
    });
    for (const { loss } of lines) assert.ok(labels.filter((label) => label.loss === loss).length <= 2, 'few');
  }
  assert.ok(count > 150, `${count}`);
});

test('a line that is shorter than its number has none', () => {
  const line = {
    text: '1000',
    loss: 1000,
    width: 30,
    pieces: [
      ring(300, 200, 6),
      [
        { x: 100, y: 100 },
        { x: 120, y: 100 },
      ],
    ],
  };
  assert.deepEqual(placeLabels([line], box, []), []);
});
