import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heightsOf } from '../../../static/js/taken/heights.js';

test('losses that span many times stand in powers of ten, the lowest at the floor', () => {
  const heights = heightsOf([100, 1, 0.01, NaN, Infinity]);
  assert.deepEqual([heights.log, heights.low, heights.high], [true, 0.01, 100]);
  assert.deepEqual([0.01, 1, 100].map(heights.part), [0, 0.5, 1]);
  assert.ok(Number.isNaN(heights.part(Infinity)));
});

test('a loss of 0 stands at the floor of the others', () => {
  assert.equal(heightsOf([100, 0.01, 0]).part(0), 0);
});

test('losses below 0, or that span little, stand evenly', () => {
  const below = heightsOf([-6, 0, 6]);
  assert.deepEqual([below.log, ...[-6, 0, 6].map(below.part)], [false, 0, 0.5, 1]);
  assert.equal(heightsOf([1, 2, 3]).log, false);
});

test('one loss alone, or none, has a place or none, and the widest span has no hole', () => {
  assert.equal(heightsOf([3, 3]).part(3), 0.5);
  assert.ok(Number.isNaN(heightsOf([NaN]).part(NaN)));
  const widest = heightsOf([-1.7e308, 1.7e308]);
  assert.deepEqual([-1.7e308, 0, 1.7e308].map(widest.part), [0, 0.5, 1]);
});
