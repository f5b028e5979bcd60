// ---------------------------------------------------------------- moments of a walk: where their signs stand

import { test } from 'node:test';
import assert from 'node:assert/strict';

import { insideOf, momentsOf, passages, thinned } from '../../../static/js/canvas/moments.js';
import { restartsOf } from '../../../static/js/state/planned_rates.js';
import { Walk } from '../../../static/js/state/walks.js';

/** @param {number[]} x @param {number[]} y */
function walkOf(x, y) {
  const walk = new Walk('one');
  const zero = x.map(() => 0);
  walk.append({ x, y, loss: zero, gradient_norm: zero, learning_rate: zero, evaluations: zero });
  return walk;
}
/** @param {number} x @param {number} y */
const project = (x, y) => ({ x, y, hidden: false });
const box = { width: 100, height: 50 };

test('restarts happen at their iterate, crossings before the first iterate beyond, in order and as far as the walk came', () => {
  const walk = walkOf([0, 1, 2, 3, 4], [0, 0, 0, 0, 0]);
  walk.summary = /** @type {any} */ ({ crossings: [{ step: 2, from: [0], to: [1] }] });
  assert.deepEqual(momentsOf(walk, [3, 9]), [
    { kind: 'crossing', step: 1.5 },
    { kind: 'restart', step: 3 },
  ]);
  walk.summary = /** @type {any} */ ({ crossings: null });
  assert.deepEqual(momentsOf(walk, []), []);
});

test('signs are apart from each other, and few', () => {
  const all = Array.from({ length: 100 }, (_, k) => ({ x: 3 * k, y: 0 }));
  const kept = thinned(all, (one) => one);
  assert.equal(kept.length, 12);
  for (let k = 1; k < kept.length; k += 1) assert.ok(kept[k].x - kept[k - 1].x >= 18);
  assert.deepEqual(
    thinned([{ x: NaN, y: 0 }], (one) => one),
    [],
  );
});

test('a trail leaves where it passes the border, and comes back where it passes it again', () => {
  const walk = walkOf([50, 150, 150, 50], [25, 25, 5, 5]);
  assert.deepEqual(passages(walk, project, box), [
    { step: 1, x: 100, y: 25, leaves: true },
    { step: 3, x: 100, y: 5, leaves: false },
  ]);
});

test('a step from outside to outside may pass through the picture', () => {
  assert.deepEqual(passages(walkOf([-100, 200], [25, 25]), project, box), [
    { step: 1, x: 0, y: 25, leaves: false },
    { step: 1, x: 100, y: 25, leaves: true },
  ]);
  assert.equal(insideOf({ x: -10, y: -10 }, { x: 200, y: -10 }, box), null);
  assert.deepEqual(insideOf({ x: 1, y: 1 }, { x: 2, y: 2 }, box), [0, 1]);
});

test('what stays inside, and what has no finite place, passes nothing', () => {
  assert.deepEqual(passages(walkOf([1, 2, 3], [1, 2, 3]), project, box), []);
  assert.deepEqual(passages(walkOf([1, NaN], [1, 2]), project, box), []);
});

test('a plan tells the restarts of every request with its cycles, and of no other', () => {
  const request = /** @type {any} */ ({ restarts: 3, growth: 1, steps: 200, warmup: 0, learning_rate: 0.7 });
  const planned = { request, rates: { step: [], learning_rate: [], restarts: [50, 100, 150] } };
  assert.deepEqual(restartsOf(planned, { ...request, learning_rate: 0.2 }), [50, 100, 150]);
  assert.deepEqual(restartsOf(planned, { ...request, steps: 100 }), []);
  assert.deepEqual(restartsOf(null, request), []);
});
