import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { columnsOf, hasClasses, rightOf, scoresAt, scoresOnGrid } from '../../../static/js/state/network.js';
import { near } from '../tools.js';

/** What the server's networks say, as record_networks.py recorded it. @type {{slug: string, network: NetworkRecord, weights: number[], scores: number[], right: number | null}[]} */
const records = JSON.parse(readFileSync(new URL('data/networks.json', import.meta.url), 'utf8'));

for (const [index, { slug, network, weights, scores, right }] of records.entries()) {
  const said = scoresAt(network.sizes, weights, columnsOf(network.data.inputs));

  test(`${slug} says at its data what the server says, weights ${index}`, () => {
    assert.equal(said.length, network.data.inputs.length);
    const size = Math.max(...scores.map(Math.abs));
    scores.forEach((score, k) => assert.ok(near(said[k], score, 1e-13 * size), `${said[k]}, not ${score}`));
  });

  test(`${slug} classifies as many points right as the server says, weights ${index}`, () => {
    assert.equal(hasClasses(network), right !== null);
    if (right === null) return;
    assert.equal(rightOf(network, said).filter(Boolean).length / said.length, right);
  });

  if (network.sizes[0] === 2) {
    test(`${slug} says over a grid what it says at each of its places, weights ${index}`, () => {
      const [x, y] = [Float64Array.from([-2, -0.3, 0, 1.7]), Float64Array.from([-1.5, 0.2, 2])];
      const rows = [...y].flatMap((up) => [...x].map((across) => [across, up]));
      const each = scoresAt(network.sizes, weights, columnsOf(rows));
      const grid = new Float64Array(12);
      scoresOnGrid(network.sizes, weights, x, y, grid);
      const size = Math.max(...each.map(Math.abs), 1);
      each.forEach((score, k) => assert.ok(near(grid[k], score, 1e-11 * size), `${grid[k]}, not ${score}`));
    });
  }
}

test('weights beyond what exponentials can hold say over a grid what they say', () => {
  // Sums of 400 - 399.5: tanh of one half, and the score is that and the bias.
  const grid = new Float64Array(4);
  scoresOnGrid([2, 1, 1], [400, -399.5, 0, 1, 3], Float64Array.of(-1, 1), Float64Array.of(-1, 1), grid);
  const half = 3 + 0.4621171572600098;
  [3 - (half - 3), 4, 2, half].forEach((wanted, k) => assert.ok(near(grid[k], wanted, 1e-12), `${grid[k]}`));
});

test('on the border no point is right', () => {
  const network = /** @type {NetworkRecord} */ ({ link: 'logistic', data: { targets: [0, 1, 0, 1] } });
  assert.deepEqual(rightOf(network, Float64Array.of(0, 0, -1e-9, 1e-9)), [false, false, true, true]);
  const squared = /** @type {NetworkRecord} */ ({ link: 'identity', data: { targets: [0, 1, 0, 1] } });
  assert.deepEqual(rightOf(squared, Float64Array.of(0.5, 0.5, 0.4, 0.6)), [false, false, true, true]);
});
