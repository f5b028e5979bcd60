import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readRace } from '../../../static/js/state/race.js';
import { MOST_WEIGHED, weightsWanted } from '../../../static/js/state/weights.js';
import { catalog } from '../tools.js';

/** @param {string} query */
const asked = (query) => weightsWanted(readRace(query, catalog), catalog);

test('of a network all weights are asked for, and of nothing else', () => {
  assert.deepEqual(asked('landscape=network-curve'), ['weights=1']);
  assert.deepEqual(asked('landscape=bowl'), []);
  assert.deepEqual(asked(''), []);
});

test('of more iterates than there is room for they are left out, all runs and walkers counted', () => {
  assert.deepEqual(asked(`landscape=network-curve&steps=${MOST_WEIGHED}`), ['weights=1']);
  assert.deepEqual(asked(`landscape=network-curve&steps=${MOST_WEIGHED + 1}`), []);
  assert.deepEqual(asked(`landscape=network-curve&steps=${MOST_WEIGHED}&run=adam`), []);
  assert.deepEqual(asked('landscape=network-curve&steps=2000&starts=2'), ['weights=1']);
  assert.deepEqual(asked('landscape=network-curve&steps=2000&starts=3'), []);
});
