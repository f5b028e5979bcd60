import assert from 'node:assert/strict';
import { test } from 'node:test';

import { guessInWords, inSentence, pointInWords, resultInWords } from '../../../static/js/words/lesson.js';

/** @param {number[]} loss @param {string} outcome @returns {any} a walk of so many losses */
const walkOf = (loss, outcome) => ({
  loss: Float64Array.from([...loss, 0, 0]),
  length: loss.length,
  summary: { outcome, steps: loss.length - 1 },
});

test('a number in a sentence has a minus, not a hyphen', () => {
  assert.equal(inSentence(-1.5), '−1.5');
  assert.equal(inSentence(3.3058), '3.3058');
  assert.equal(pointInWords([-1, 2]), '(−1, 2)');
  assert.equal(pointInWords([50]), '50');
});

test('steps are told of a walk that has converged, and how many were not enough of one that has not', () => {
  assert.equal(resultInWords('steps', walkOf([4, 2, 1], 'converged')), '2');
  assert.equal(resultInWords('steps', walkOf([4, 2, 1], 'out_of_steps')), 'more than 2');
  assert.equal(resultInWords('steps', walkOf([4, 8], 'diverged')), '–');
});

test('the loss is below one per cent at the first step where it is, and not at its very per cent', () => {
  assert.equal(resultInWords('below', walkOf([100, 30, 1, 0.99, 0.5], 'out_of_steps')), '3');
  // What lies behind the end of the column is none of the walk.
  assert.equal(resultInWords('below', walkOf([100, 30], 'out_of_steps')), 'more than 1');
});

test('a guess is judged by how far off it is for the size of the map', () => {
  const domain = [-4, 4, -4, 4];
  // 0.5 of 8 is 6.25 %.
  assert.equal(
    guessInWords([0.5, 0], [0, 0], domain),
    'Near: it ends at (0, 0), 0.5 from your guess, 6.3\u00a0% of the map.',
  );
  assert.match(guessInWords([0.3, 0], [0, 0], domain), /^Well guessed: /);
  assert.match(guessInWords([3, -3], [0, 0], domain), /^Not there: /);
  // Each side by its own width.
  assert.match(guessInWords([0, 40], [0, 0], [-1, 1, -500, 500]), /^Well guessed: .* 40 from your guess, 4\u00a0% /);
});

test('that it leaves the picture can be guessed, rightly and wrongly', () => {
  const domain = [-4, 4];
  assert.match(guessInWords(null, null, domain), /^Well guessed/);
  assert.match(guessInWords(null, [1], domain), /^Not so: it stays, and ends at 1\.$/);
  assert.match(guessInWords([1], null, domain), /^Not so: it leaves/);
});
