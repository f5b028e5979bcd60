import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { networkInWords, shareInWords } from '../../../static/js/words/network.js';
import { sharpnessInShort, sharpnessInWords } from '../../../static/js/words/theory.js';

/** @type {{slug: string, network: NetworkRecord}[]} */
const records = JSON.parse(readFileSync(new URL('../state/data/networks.json', import.meta.url), 'utf8'));

test('the share of points right is told as it is, and all of them only where it is all', () => {
  const right = (/** @type {number} */ count, /** @type {number} */ of) =>
    Array.from({ length: of }, (_, k) => k < count);
  assert.equal(shareInWords(right(34, 40)), '85 % of the points right: 34 of 40');
  assert.equal(shareInWords(right(27, 40)), '67.5 % of the points right: 27 of 40');
  assert.equal(shareInWords(right(4, 4)), '100 % of the points right: 4 of 4');
  assert.equal(shareInWords(right(0, 4)), '0 % of the points right: 0 of 4');
  assert.equal(shareInWords(null), 'The network says the same for every point.');
});

test('rings are told of where there are mini-batches', () => {
  for (const { network } of records) {
    assert.match(networkInWords(network, true), /Ringed: the mini-batch/);
    assert.doesNotMatch(networkInWords(network, false), /Ringed/);
  }
});

/** @param {number[]} values @param {number} edge */
const along = (values, edge) => ({
  step: values.map((_, k) => k),
  sharpness: values,
  limit: values.map(() => edge),
  limit_of: 'gradient-descent',
  limit_text: '2/η',
});
/** @param {number[]} values @param {string} [outcome] */
const told = (values, outcome = 'out_of_steps') =>
  sharpnessInWords(along(values, 10), 'Gradient descent', 'Gradient descent', outcome, false, true, 13).join(' ');

test('training that goes up and down about its edge is at the edge of stability, however many steps are above it', () => {
  const words = told([3, 6, 9, 11, 9.5, 10.2, 9.4, 10.5]);
  assert.match(words, /all 13 weights/);
  // (9.5 + 10.2 + 9.4 + 10.5) / 4, of 10.
  assert.match(words, /Edge of stability: .* 99 % of it on average/);
});

test('below the edge all along is no promise', () => {
  assert.match(told([3, 4, 5, 6, 7, 8]), /stays below the edge\. That is no promise for later steps\./);
});

test('far below the edge in the end, or thrown out, is no edge of stability', () => {
  assert.doesNotMatch(told([3, 12, 5, 5, 5, 5]), /Edge of stability/);
  assert.match(told([9, 11, 30, 90], 'diverged'), /the walk diverged/);
});

test('beside the map the sharpness is told in two lines: against whose edge, and how it ended', () => {
  const short = (/** @type {number[]} */ values, own = 'Gradient descent') =>
    sharpnessInShort(along(values, 10), own, 'Gradient descent', 'out_of_steps');
  assert.equal(
    short([3, 6, 9, 11, 9.5, 10.2, 9.4, 10.5]),
    'Edge of stability: over the second half it goes up and down about the edge, at 99 % of it on average.',
  );
  assert.equal(short([1, 2, 3]), 'The sharpness stays below the edge. That is no promise for later steps.');
  assert.equal(
    short([1, 2, 3], 'Adam'),
    'Dashed, for comparison: the edge of Gradient descent. The sharpness stays below the edge.',
  );
});
