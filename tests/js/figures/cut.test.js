import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cutOff } from '../../../static/js/figures/cut.js';
import { drawnLandscape } from '../tools.js';

const grid = {
  x: [-1, 0, 1],
  y: [-1, 0, 1],
  loss: [
    [0.2, 0.1, 90],
    [0.7, 0.6, 0.5],
    [null, 1.1, 3],
  ],
};
const network = /** @type {NetworkRecord} */ ({ weights: 13 });

test('ground of a network is flat above twice what it is at the first weights', () => {
  const { grid: cut, cut: at } = cutOff(drawnLandscape(grid, { network }), grid);
  assert.equal(at, 1.2);
  assert.deepEqual(cut.loss, [
    [0.2, 0.1, 1.2],
    [0.7, 0.6, 0.5],
    [null, 1.1, 1.2],
  ]);
});

test('where nothing is as high nothing is cut, nor of what is no network', () => {
  const low = { ...grid, loss: grid.loss.map((row) => row.map((value) => Math.min(value ?? 0, 1))) };
  assert.equal(cutOff(drawnLandscape(low, { network }), low).cut, null);
  const whole = cutOff(drawnLandscape(grid), grid);
  assert.equal(whole.cut, null);
  assert.equal(whole.grid, grid);
});
