import assert from 'node:assert/strict';
import { test } from 'node:test';

import { marksInWords } from '../../../static/js/words/marks.js';

/** @param {number} value @param {'start' | 'minimum' | 'end'} at @param {'above' | 'below'} [blows_up] @returns {Mark} */
const limit = (value, at, blows_up = 'above') => ({ key: 'learning_rate', value, kind: 'limit', at, blows_up });
/** @param {number} value @returns {Mark} */
const best = (value) => ({ key: 'learning_rate', value, kind: 'best', at: null, blows_up: null });

test('one limit at both places is told once', () => {
  assert.equal(
    marksInWords([limit(3.8, 'start'), limit(3.8, 'minimum'), best(1.7777777)]),
    'Best 1.778 · blows up above 3.8',
  );
});

test('limits that differ are told with their places', () => {
  assert.equal(marksInWords([limit(0.5, 'start'), limit(0.02, 'minimum')]), 'Blows up above 0.5 (start), 0.02 (end)');
});

test('a limit at one place alone says where it holds', () => {
  assert.equal(marksInWords([limit(0.02, 'minimum')]), 'Blows up above 0.02 (end)');
});

test('what blows up below is told apart', () => {
  assert.equal(marksInWords([limit(0.5, 'start', 'below'), limit(0.5, 'minimum', 'below')]), 'Blows up below 0.5');
});

test('where nothing is known nothing is said', () => {
  assert.equal(marksInWords([]), '');
});

test('where the curvature changes on the way no limit is a promise', () => {
  assert.equal(
    marksInWords([limit(1.104, 'start'), limit(0.1289, 'end')], true),
    'Limit 1.1 (start), 0.129 (end): no promise later',
  );
  assert.equal(marksInWords([limit(0.4735, 'end', 'below')], true), 'Limit from 0.473 (end): no promise later');
  assert.equal(marksInWords([], true), '');
});
