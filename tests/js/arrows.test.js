import assert from 'node:assert/strict';
import { test } from 'node:test';

import { tip, vectors } from '../../static/js/arrows.js';
import { chance, near } from './tools.js';

// ---------------------------------------------------------------- the vectors of a step

test('of plain descent the gradient’s arrow is the step', () => {
  const { gradient, velocity, step } = vectors({ gradient: [4, -8], learning_rate: 0.25, point: [1, 1], point_next: [0, 3] });
  assert.deepEqual(gradient, [-1, 2]);
  assert.deepEqual(step, [-1, 2]);
  assert.equal(velocity, null);
});

test('of momentum the velocity’s arrow is the step, the gradient’s is its newest part', () => {
  const { gradient, velocity, step } = vectors({ gradient: [4, 0], velocity: [2, 4], velocity_next: [5, 2], learning_rate: 0.5, point: [3, 3], point_next: [0.5, 2] });
  assert.deepEqual(gradient, [-2, -0]);
  assert.deepEqual(velocity, [-2.5, -1]);
  assert.deepEqual(step, velocity);
});

test('where there is no velocity the running mean of the gradient stands for one', () => {
  const { velocity } = vectors({ gradient: [1, 1], mean_next: [4, 8], learning_rate: 0.5, point: [0, 0], point_next: [1, 1] });
  assert.deepEqual(velocity, [-2, -4]);
});

test('a line search’s gradient is as long as the rate that was accepted, not the one that was tried first', () => {
  const { gradient, step } = vectors({ gradient: [4, 8], learning_rate: 1, accepted: 0.25, point: [1, 1], point_next: [0, -1] });
  assert.deepEqual(gradient, [-1, -2]);
  assert.deepEqual(step, [-1, -2]);
  assert.deepEqual(vectors({ gradient: [4, 8], learning_rate: 1, accepted: 0, point: [1, 1], point_next: [1, 1] }).gradient, [-0, -0]);
});

test('on a curve vectors have one part', () => {
  const { gradient, velocity, step } = vectors({ gradient: [4], velocity_next: [2], learning_rate: 0.5, point: [1], point_next: [0] });
  assert.deepEqual([gradient, velocity, step], [[-2], [-1], [-1]]);
});

test('a step to nowhere points nowhere, not to the origin', () => {
  const { gradient, step } = vectors({ gradient: [null, null], learning_rate: 0.5, point: [3, 2], point_next: [null, null] });
  assert.deepEqual(step, [NaN, NaN]);
  assert.deepEqual(gradient, [NaN, NaN]);
});

// ---------------------------------------------------------------- how long an arrow is

test('an arrow ends where its vector does', () => {
  assert.deepEqual(tip({ x: 10, y: 10 }, { x: 40, y: 50 }, 100), { x: 40, y: 50 });
});

test('a long arrow is cut and keeps its direction', () => {
  assert.deepEqual(tip({ x: 10, y: 10 }, { x: 310, y: 410 }, 100), { x: 70, y: 90 });
});

test('an arrow of a few pixels is none', () => {
  assert.equal(tip({ x: 0, y: 0 }, { x: 5.9, y: 0 }, 100), null);
  assert.equal(tip({ x: 0, y: 0 }, { x: 0, y: 0 }, 100), null);
  assert.deepEqual(tip({ x: 0, y: 0 }, { x: 6, y: 0 }, 100), { x: 6, y: 0 });
});

test('an arrow to nowhere is none', () => {
  for (const there of [NaN, Infinity]) assert.equal(tip({ x: 0, y: 0 }, { x: there, y: 0 }, 100), null);
});

test('however long, an arrow points to its end and is no longer than it may be', () => {
  const random = chance(71);
  for (let round = 0; round < 500; round += 1) {
    const from = { x: 500 * random(), y: 500 * random() };
    const size = 10 ** (12 * random());
    const to = { x: from.x + size * (random() - 0.5), y: from.y + size * (random() - 0.5) };
    const end = tip(from, to, 80);
    const whole = Math.hypot(to.x - from.x, to.y - from.y);
    if (!end) assert.ok(whole < 6);
    else {
      const [dx, dy] = [end.x - from.x, end.y - from.y];
      assert.ok(near(Math.hypot(dx, dy), Math.min(80, whole), 1e-6));
      assert.ok(near((dx * (to.y - from.y) - dy * (to.x - from.x)) / whole, 0, 1e-6), 'same direction');
      assert.ok(dx * (to.x - from.x) + dy * (to.y - from.y) > 0, 'same way');
    }
  }
});
