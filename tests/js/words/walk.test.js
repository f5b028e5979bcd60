import { test } from 'node:test';
import assert from 'node:assert/strict';

import { momentsInWords } from '../../../static/js/words/walk.js';
import { walksOf } from '../tools.js';

/** @param {Partial<Wanted>} request @returns {string} what is said of a walk that comes into another basin at step 2 */
function crossingOf(request) {
  const walks = walksOf([{ x: [0, 1, 2] }], request);
  const [walk] = walks.all;
  walk.summary = /** @type {any} */ ({ crossings: [{ step: 2, from: [0], to: [1] }] });
  return momentsInWords({ walks, walk, restarts: [] });
}

test('on a plane a ridge is crossed, on a curve a bump, and what is climbed has valleys and dips between', () => {
  assert.equal(crossingOf({ start: [1, 2] }), '∧\u00a0ridge: step 2.');
  assert.equal(crossingOf({ start: [1, 2], goal: 'maximize' }), '∧\u00a0valley: step 2.');
  assert.equal(crossingOf({ start: [1] }), '∧\u00a0bump: step 2.');
  assert.equal(crossingOf({ start: [1], goal: 'maximize' }), '∧\u00a0dip: step 2.');
});
