import { test } from 'node:test';
import assert from 'node:assert/strict';

import { titleOf } from '../../../static/js/words/title.js';
import { catalog, walksOf } from '../tools.js';

/**
 * @param {Partial<Wanted>[]} runs
 * @param {{outcome: string, steps: number} | null} end
 * @param {boolean} [held]
 * @param {Partial<Wanted>} [request]
 */
function titled(runs, end, held = false, request = {}) {
  const walks = walksOf(
    runs.map(() => ({ x: [0, 1] })),
    { starts: 1, landscape: 'himmelblau', ...request },
  );
  walks.runs = runs.map((own, run) => ({
    run,
    label: '',
    query: '',
    request: /** @type {any} */ (own),
    best_known: null,
  }));
  walks.landscape = /** @type {any} */ ({ title: 'Himmelblau', points: null });
  for (const walk of walks.all) walk.summary = /** @type {any} */ (end);
  return titleOf(walks, catalog, held);
}

test('a page is called by who walks where, and how it ended', () => {
  const end = { outcome: 'out_of_steps', steps: 12000 };
  assert.equal(
    titled([{ optimizer: 'adam' }], end),
    'Adam on Himmelblau: out of steps after 12\u202f000 steps – Downhill',
  );
  assert.equal(
    titled([{ optimizer: 'adam' }], { outcome: 'diverged', steps: 1 }),
    'Adam on Himmelblau: diverged after 1 step – Downhill',
  );
});

test('while the end is held back, or not known, nothing is said of it', () => {
  assert.equal(
    titled([{ optimizer: 'adam' }], { outcome: 'converged', steps: 5 }, true),
    'Adam on Himmelblau – Downhill',
  );
  assert.equal(titled([{ optimizer: 'adam' }], null), 'Adam on Himmelblau – Downhill');
});

test('of several runs so many are named as there is room for', () => {
  const end = { outcome: 'converged', steps: 5 };
  const named = ['momentum', 'adam', 'rmsprop', 'lion'].map((optimizer) => ({ optimizer }));
  assert.equal(titled(named.slice(0, 3), end), 'Momentum, Adam and RMSProp on Himmelblau – Downhill');
  assert.equal(titled(named, end), 'A race of 4 runs on Himmelblau – Downhill');
  assert.equal(titled([named[1], named[1]], end), '2 runs of Adam on Himmelblau – Downhill');
});

test('what somebody typed is not named by what stands there', () => {
  const typed = titled([{ optimizer: 'adam' }], null, false, { formula: '<b>' });
  assert.equal(typed, 'Adam on a typed formula – Downhill');
});
