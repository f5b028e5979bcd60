import { test } from 'node:test';
import assert from 'node:assert/strict';

import { levelLine } from '../../../static/js/figures/level_line.js';
import { near } from '../tools.js';

/** @param {number} columns @param {number} rows @param {(x: number, y: number) => number} of */
const grid = (columns, rows, of) =>
  Float64Array.from({ length: columns * rows }, (_, k) => of(k % columns, Math.floor(k / columns)));

/** @param {number[]} pieces @returns {number[][]} their ends */
const ends = (pieces) => Array.from({ length: pieces.length / 2 }, (_, k) => [pieces[2 * k], pieces[2 * k + 1]]);

test('of a plane it is the straight line, exactly, in as many pieces as squares are crossed', () => {
  const pieces = levelLine(
    grid(6, 4, (x, y) => x + 0.25 * y),
    6,
    2.1,
  );
  // It comes from 2.1 in the lowest row to 1.35 in the highest, and to 2 within the first of three.
  assert.equal(pieces.length, 4 * (3 + 1));
  for (const [x, y] of ends(pieces)) assert.ok(near(x + 0.25 * y, 2.1, 1e-14));
});

test('around a hill it is a closed line', () => {
  const pieces = levelLine(
    grid(21, 21, (x, y) => Math.hypot(x - 10, y - 10)),
    21,
    6.3,
  );
  const points = ends(pieces);
  for (const [x, y] of points) assert.ok(near(Math.hypot(x - 10, y - 10), 6.3, 0.02));
  const key = (/** @type {number[]} */ [x, y]) => `${x.toFixed(9)} ${y.toFixed(9)}`;
  const counts = new Map();
  for (const point of points) counts.set(key(point), (counts.get(key(point)) ?? 0) + 1);
  assert.ok([...counts.values()].every((count) => count === 2));
});

test('where all is above or below there is none', () => {
  for (const level of [-1, 100])
    assert.deepEqual(
      levelLine(
        grid(5, 5, (x, y) => x + y),
        5,
        level,
      ),
      [],
    );
});

test('at a saddle the middle says which corners belong together', () => {
  // Corners: 1 and 1 above, 0 and 0 below; the level is below the middle, so that those above are one.
  const low = ends(levelLine(Float64Array.of(1, 0, 0, 1), 2, 0.25));
  const high = ends(levelLine(Float64Array.of(1, 0, 0, 1), 2, 0.75));
  /** @param {number[][]} line */
  const pieces = (line) => [line.slice(0, 2), line.slice(2)].map((piece) => piece.map(String).sort().join(' ')).sort();
  assert.deepEqual(pieces(low), ['0,0.75 0.25,1', '0.75,0 1,0.25'].sort());
  assert.deepEqual(pieces(high), ['0,0.25 0.25,0', '0.75,1 1,0.75'].sort());
});
