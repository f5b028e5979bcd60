import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  momentAt,
  placeAt,
  readColumn,
  readWalk,
  thinFrom,
  timelineOf,
  wholeNumber,
} from '../../../static/js/taken/columns.js';

const NUMBERS = [0.1, -1e-320, 1e300, NaN, Infinity, 1 / 3];

/** @param {Float64Array | Uint32Array} numbers */
const encoded = (numbers) => Buffer.from(numbers.buffer).toString('base64');

/** @param {number[] | null} step @param {number} count */
const walk = (step, count) => ({
  run: 0,
  walker: 2,
  label: 'Adam',
  style: 2,
  message: 'It arrives.',
  count,
  step: step && encoded(Uint32Array.from(step)),
  columns: { x: encoded(Float64Array.from({ length: count }, (_, k) => k / 3)), learning_rate: 0.1 },
});

test('numbers come out of a file as they went in, to the last bit', () => {
  assert.deepEqual(Array.from(readColumn(encoded(Float64Array.from(NUMBERS)), 6)), NUMBERS);
  assert.deepEqual(Array.from(readColumn(0.3, 3)), [0.3, 0.3, 0.3]);
});

test('a walk that is whole has every step, and one that is not says which', () => {
  assert.deepEqual(Array.from(readWalk(walk(null, 4)).step), [0, 1, 2, 3]);
  const some = readWalk(walk([0, 1, 5, 7], 4));
  assert.deepEqual(Array.from(some.step), [0, 1, 5, 7]);
  assert.deepEqual(Array.from(some.columns.x), [0, 1 / 3, 2 / 3, 1]);
  assert.deepEqual([some.label, some.walker, some.style, some.message], ['Adam', 2, 2, 'It arrives.']);
});

test('the timeline has every step that any walk has, and knows where some are missing', () => {
  const timeline = timelineOf([readWalk(walk([0, 1, 5, 7], 4)), readWalk(walk(null, 3))]);
  assert.deepEqual(timeline, [0, 1, 2, 5, 7]);
  assert.equal(thinFrom(timeline), 2);
  assert.equal(thinFrom([0, 1, 2]), 2);
  assert.equal(thinFrom([0]), 0);
});

test('a walk is at its last step that is not after the one that is shown', () => {
  const steps = [0, 1, 5, 7];
  assert.deepEqual(
    [0, 1, 4, 5, 6, 7, 99].map((step) => placeAt(steps, step)),
    [0, 1, 1, 2, 2, 3, 3],
  );
  assert.deepEqual(momentAt(steps, 4), { place: 1, part: 0.75 });
  assert.deepEqual(momentAt(steps, 5), { place: 2, part: 0 });
  assert.deepEqual(momentAt(steps, 99), { place: 3, part: 0 });
});

test('a number is written with all its digits, and read back it is the same', () => {
  for (const value of [0, 1 / 3, -1e-7 / 3, 5e-324, 123456789.125, 2 ** 70]) {
    assert.equal(Number(wholeNumber(value)), value);
    assert.ok(wholeNumber(value).length < 25);
  }
  assert.equal(wholeNumber(NaN), 'not finite');
  assert.equal(wholeNumber(-Infinity), 'not finite');
});
