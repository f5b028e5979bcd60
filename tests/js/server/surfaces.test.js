import { test } from 'node:test';
import assert from 'node:assert/strict';

import { Surfaces, isCoarse, isFine, isSameGround } from '../../../static/js/server/surfaces.js';

/** @param {number} rate @returns {any} walks on a bowl */
const walksOf = (rate) => ({
  request: { landscape: 'bowl', shape: 4, start: [1, 2], learning_rate: rate },
  query: '',
  plane: null,
});

test('a ground in fewer points and in all of them is one, another part of it is not', async (context) => {
  context.mock.method(globalThis, 'fetch', async () => new Response('{}'));
  const surfaces = new Surfaces();
  const { signal } = new AbortController();
  const domain = [-4, 4, -4, 4];
  const coarse = await surfaces.get(walksOf(0.1), domain, true, signal);
  const fine = await surfaces.get(walksOf(0.2), domain, false, signal);
  const part = await surfaces.get(walksOf(0.2), [-4, 4, -3, 3], false, signal);
  assert.deepEqual([isCoarse(coarse), isFine(coarse), isCoarse(fine), isFine(fine)], [true, false, false, true]);
  assert.notEqual(coarse.key, fine.key);
  assert.equal(isSameGround(coarse, fine), true);
  assert.equal(isSameGround(fine, part), false);
});
