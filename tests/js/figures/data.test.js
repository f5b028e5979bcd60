import { test } from 'node:test';
import assert from 'node:assert/strict';

import { fitRange, predictions, predictionsAtPoints } from '../../../static/js/figures/data.js';
import { LOSS_OF_LENGTHS } from '../../../static/js/words/data.js';
import { chance, near } from '../tools.js';

/** @param {string} link @param {number[]} first @param {number[]} second @returns {DataPoints} */
const model = (link, first, second) => ({
  x: [],
  y: [],
  x_name: 'x',
  y_name: 'y',
  caption: '',
  error: '',
  link,
  features: [],
  curve: { x: first, features: [first, second] },
  constant: 0,
  centre: 0,
  unit: 1,
  second: null,
});

test('a straight line predicts a x + b', () => {
  const line = model('identity', [-1, 0, 0.5, 4], [1, 1, 1, 1]);
  assert.deepEqual(predictions(line, 3, -2), [-5, -2, -0.5, 10]);
  assert.deepEqual(predictions(line, 0, 0), [0, 0, 0, 0]);
});

test('what is added to every score is added to what is predicted, at the points as along the curve', () => {
  const raised = { ...model('identity', [1, 2], [10, 100]), features: [[1], [1]], constant: -3 };
  assert.deepEqual(predictions(raised, 2, 0.5), [4, 51]);
  assert.deepEqual(predictionsAtPoints(raised, 2, 0.5), [-0.5]);
});

test('a model of two inputs has no curve along one of them', () => {
  assert.deepEqual(predictions({ ...model('logistic', [], []), curve: null }, 2, 0.5), []);
});

test('each feature is weighed by its own weight', () => {
  assert.deepEqual(predictions(model('identity', [1, 2], [10, 100]), 2, 0.5), [7, 54]);
});

test('a logistic model predicts chances: one half where the score is zero, 1/(1 + e⁻ˢ) elsewhere', () => {
  const [half, high, low] = predictions(model('logistic', [1, 2, 0], [1, 1, 1]), 2, -2);
  assert.equal(half, 0.5);
  // 1/(1 + e⁻²) and 1/(1 + e²), by hand.
  assert.ok(near(high, 0.8807970779778823, 1e-15));
  assert.ok(near(low, 0.11920292202211755, 1e-15));
  assert.ok(near(high + low, 1, 1e-15));
});

test('scores far from zero are certainties, not overflows', () => {
  assert.deepEqual(predictions(model('logistic', [-1, 1], [0, 0]), 1e6, 0), [0, 1]);
});

test('weights that are not finite predict nothing', () => {
  for (const link of ['identity', 'logistic'])
    assert.ok(predictions(model(link, [1], [1]), NaN, 0).every(Number.isNaN));
});

// ---------------------------------------------------------------- the errors

/** Four points, seen over two features: the input and 1. @param {string} link @param {number[]} y @returns {DataPoints} */
const points = (link, y) => ({
  ...model(link, [-3, 3], [1, 1]),
  x: [-2, -1, 1, 2],
  y,
  features: [
    [-2, -1, 1, 2],
    [1, 1, 1, 1],
  ],
  curve: {
    x: [-3, 3],
    features: [
      [-3, 3],
      [1, 1],
    ],
  },
});

test('the lines between points and fit have the lengths that the loss is made of', () => {
  const random = chance(5);
  const mean = (/** @type {number[]} */ values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const told = {
    'the mean of their lengths': (/** @type {number} */ length) => length,
    'the mean of their squares': (/** @type {number} */ length) => length ** 2,
    'the mean of −log(1 − length)': (/** @type {number} */ length) => -Math.log(1 - length),
  };
  // Each loss as its definition has it, from the score and the target.
  const losses = {
    absolute: (/** @type {number} */ score, /** @type {number} */ y) => Math.abs(score - y),
    squared: (/** @type {number} */ score, /** @type {number} */ y) => (score - y) ** 2,
    logistic: (/** @type {number} */ score, /** @type {number} */ y) => Math.log(1 + Math.exp(score)) - y * score,
  };
  for (const [error, loss] of Object.entries(losses)) {
    const data = points(
      error === 'logistic' ? 'logistic' : 'identity',
      error === 'logistic' ? [0, 1, 0, 1] : [3, 1, -2, 4],
    );
    const of_length = told[/** @type {keyof typeof told} */ (LOSS_OF_LENGTHS[error])];
    for (let round = 0; round < 20; round += 1) {
      const [a, b] = [4 * random() - 2, 4 * random() - 2];
      const lengths = predictionsAtPoints(data, a, b).map((value, index) => Math.abs(value - data.y[index]));
      const wanted = mean(data.x.map((x, index) => loss(a * x + b, data.y[index])));
      assert.ok(near(mean(lengths.map(of_length)), wanted, 1e-12 * (1 + Math.abs(wanted))), error);
    }
  }
});

// ---------------------------------------------------------------- the upright axis

const straight = points('identity', [3, 1, -2, 4]);
const domain = [-5, 5, -10, 10];

test('the whole first curve lies within the picture, and so do all data', () => {
  const random = chance(29);
  for (let round = 0; round < 100; round += 1) {
    const start = [10 * random() - 5, 20 * random() - 10];
    const [low, high] = fitRange(straight, [start], domain);
    for (const value of [...predictions(straight, start[0], start[1]), ...straight.y])
      assert.ok(low < value && value < high, `${start}`);
  }
});

test('of several walkers all first curves do', () => {
  const [low, high] = fitRange(
    straight,
    [
      [0, 9],
      [5, -10],
    ],
    domain,
  );
  assert.ok(low < -25 && high > 9);
});

test('where the first curve lies among the data the picture is no larger than they are', () => {
  assert.deepEqual(fitRange(straight, [[0, 0]], domain), [-2 - 0.48, 4 + 0.48]);
});

test('a start far outside leaves room for the data: the axis goes no further than the fits of the domain', () => {
  // From −5 · 3 − 10 to 5 · 3 + 10.
  for (const crazy of [
    [1e6, 0],
    [-1e300, 1e300],
    [0, 1e9],
  ]) {
    const [low, high] = fitRange(straight, [crazy], domain);
    assert.ok(low >= -25 - 0.08 * 50 - 1e-9 && high <= 25 + 0.08 * 50 + 1e-9, `${crazy}: ${low} ${high}`);
  }
  assert.ok(fitRange(straight, [[NaN, NaN]], domain).every(Number.isFinite));
});

test('chances need no more than from 0 to 1', () => {
  const [low, high] = fitRange(points('logistic', [0, 1, 0, 1]), [[1e6, 0]], domain);
  assert.ok(low === -0.08 && high === 1.08);
});
