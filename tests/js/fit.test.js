import assert from 'node:assert/strict';
import { test } from 'node:test';

import { predictions } from '../../static/js/fit.js';
import { near } from './tools.js';

/** @param {string} link @param {number[]} first @param {number[]} second @returns {DataPoints} */
const model = (link, first, second) => ({ x: [], y: [], x_name: 'x', y_name: 'y', caption: '', error: '', link, curve: { x: first, features: [first, second] } });

test('a straight line predicts a x + b', () => {
  const line = model('identity', [-1, 0, 0.5, 4], [1, 1, 1, 1]);
  assert.deepEqual(predictions(line, 3, -2), [-5, -2, -0.5, 10]);
  assert.deepEqual(predictions(line, 0, 0), [0, 0, 0, 0]);
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
  for (const link of ['identity', 'logistic']) assert.ok(predictions(model(link, [1], [1]), NaN, 0).every(Number.isNaN));
});
