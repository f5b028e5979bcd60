import { test } from 'node:test';
import assert from 'node:assert/strict';

import { roundPoint } from '../../../static/js/input/start_drag.js';
import { catalog, chance } from '../tools.js';

for (const [width, rounded] of /** @type {[number, number][]} */ ([
  [0.001, 1.234568],
  [0.5, 1.2346],
  [0.9, 1.2346],
  [1, 1.235],
  [4, 1.235],
  [9.99, 1.235],
  [10, 1.23],
  [99, 1.23],
  [100, 1.2],
  [1000, 1],
  [1e6, 1],
])) {
  test(`on a domain ${width} wide, 1.23456789 is ${rounded}`, () => {
    assert.deepEqual(roundPoint([1.23456789, -1.23456789], [0, width, 0, width]), [rounded, -rounded]);
  });
}

test('each axis has the digits of its own width', () => {
  assert.deepEqual(roundPoint([1.23456789, 1.23456789], [-50, 50, 2, 2.5]), [1.2, 1.2346]);
});

test('rounding moves a start by less than half a pixel of a map 1000 pixels wide, with no digit too many', () => {
  const random = chance(61);
  for (let k = 0; k < 2000; k += 1) {
    const widths = [0, 1].map(() => 10 ** (8 * random() - 5));
    const low = [0, 1].map(() => 20 * (random() - 0.5));
    const point = [0, 1].map((axis) => low[axis] + widths[axis] * random());
    const rounded = roundPoint(point, [low[0], low[0] + widths[0], low[1], low[1] + widths[1]]);
    for (const axis of [0, 1]) {
      assert.ok(
        Math.abs(rounded[axis] - point[axis]) <= 0.000501 * widths[axis],
        `${point[axis]} became ${rounded[axis]}`,
      );
      const digits = String(rounded[axis]).split('.')[1]?.replace(/e.*/, '').length ?? 0;
      assert.ok(widths[axis] < 1e-3 || digits <= 7, `${rounded[axis]}`);
      assert.ok(widths[axis] < 1 || digits <= 3, `${rounded[axis]}`);
    }
  }
});

test('of a curve only x counts, whatever the height', () => {
  assert.deepEqual(roundPoint([1.23456, 77.7], [-2, 2]), [1.235]);
  assert.deepEqual(roundPoint([57.123], [0, 100]), [57.1]);
});

test('nothing is rounded to a zero with a sign', () => {
  for (const tiny of [-0, -1e-9, -0.0004, 1e-9]) {
    for (const value of roundPoint([tiny, tiny], [-4, 4, -3, 3])) assert.ok(Object.is(value, 0), `${tiny}`);
  }
});

test('what is rounded is rounded: a second time changes nothing', () => {
  const random = chance(62);
  for (let k = 0; k < 500; k += 1) {
    const once = roundPoint([8 * (random() - 0.5), 6 * (random() - 0.5)], [-4, 4, -3, 3]);
    assert.deepEqual(roundPoint(once, [-4, 4, -3, 3]), once);
  }
});

test('the starts and the corners of the catalog’s landscapes stay where they are', () => {
  for (const { start, domain } of catalog.landscapes) {
    const corners = [0, 1].map((end) => start.map((_, axis) => domain[2 * axis + end]));
    for (const point of [start, ...corners]) assert.deepEqual(roundPoint(point, domain), point);
  }
});
