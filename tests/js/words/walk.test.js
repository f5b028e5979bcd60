import { test } from 'node:test';
import assert from 'node:assert/strict';

import { momentsInWords, stepInWords, toldOf } from '../../../static/js/words/walk.js';
import { trained, walksOf } from '../tools.js';

for (const [who, told] of [
  ['', 'It settles at the bottom.'],
  ['at the edge', 'At the edge: it settles at the bottom.'],
  ['a quarter', 'A quarter: it settles at the bottom.'],
  ['größer', 'Größer: it settles at the bottom.'],
  ['Momentum 0.9, walker 2', 'Momentum 0.9, walker 2: it settles at the bottom.'],
  ['k = 3', 'k = 3: it settles at the bottom.'],
  ['η 0.1', 'η 0.1: it settles at the bottom.'],
  ['β half', 'β half: it settles at the bottom.'],
  ['0.1', '0.1: it settles at the bottom.'],
  ['iPhone', 'iPhone: it settles at the bottom.'],
])
  test(`the end of “${who}” is told in one sentence`, () => {
    assert.equal(toldOf(who, 'It settles at the bottom.'), told);
  });

test('where nothing is known nobody is named', () => {
  assert.equal(toldOf('at the edge', ''), '');
});

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

test('on a plane the rounding of its projection is no place, elsewhere the least distance is one', () => {
  const onPlane = trained({}, {}, { x: [0, 0.5, 1], y: [0, -0.25, -1.179e-17] });
  assert.match(stepInWords(onPlane, 0, 1, 'data points'), /^Step 1: at \(0\.5, -0\.25\), /);
  assert.match(stepInWords(onPlane, 0, 2, 'data points'), /^Step 2: at \(1, 0\), /);
  const bowl = walksOf([{ x: [0, 1], y: [0, -1.179e-17] }]);
  assert.match(stepInWords(bowl, 0, 1, 'evaluations'), /at \(1, -1\.179e-17\), /);
});
