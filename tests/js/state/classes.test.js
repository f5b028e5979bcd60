import { test } from 'node:test';
import assert from 'node:assert/strict';

import { classesOf } from '../../../static/js/state/classes.js';
import { columnsOf } from '../../../static/js/state/network.js';

const DATA = /** @type {any} */ ({
  x: [1, 3],
  y: [0, 1],
  x_name: 'x1',
  y_name: 'label',
  link: 'logistic',
  constant: -0.5,
  centre: 2,
  unit: 10,
  curve: null,
  second: { x: [10, 40], x_name: 'x2', centre: 20, unit: 5 },
});

test('a score of own points is that of their units, at points as on a grid', () => {
  const classes = classesOf({ data: DATA, network: null });
  assert.ok(classes);
  assert.deepEqual(classes.data, {
    inputs: [
      [1, 10],
      [3, 40],
    ],
    targets: [0, 1],
    input_names: ['x1', 'x2'],
  });
  // 2 (1 - 2) / 10 + 3 (10 - 20) / 5 - 1/2, and the same of the other point
  const scores = classes.scores([2, 3], columnsOf(classes.data.inputs));
  [-6.7, 11.7].forEach((wanted, index) => assert.ok(Math.abs(scores[index] - wanted) < 1e-12));
  const grid = new Float64Array(4);
  classes.onGrid([2, 3], Float64Array.of(1, 3), Float64Array.of(10, 40), grid);
  assert.deepEqual([grid[0], grid[3]], [...scores]);
  // A row is one place of the second input.
  assert.ok(Math.abs(grid[1] - (0.2 - 6 - 0.5)) < 1e-12);
  assert.equal(classesOf({ data: DATA, network: null }), classes);
});

test('what has one input, or is no data, tells no classes apart', () => {
  assert.equal(classesOf(null), null);
  assert.equal(classesOf({ data: null, network: null }), null);
  assert.equal(classesOf({ data: { ...DATA, second: null }, network: null }), null);
});
