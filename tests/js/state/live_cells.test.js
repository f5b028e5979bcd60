import { test } from 'node:test';
import assert from 'node:assert/strict';

import { LiveCells } from '../../../static/js/state/live_cells.js';
import { startOf } from '../made.js';

const question = {
  key: 'a',
  of: 'bowl',
  kind: 'basins',
  query: 'learning_rate=0.1&map=basins',
  resolution: 256,
  steps: 200,
};

test('there are fewer cells where each takes longer, and never more than were asked for', () => {
  const live = new LiveCells(() => {});
  assert.equal(live.side(question), 64);
  assert.equal(live.side({ ...question, resolution: 24 }), 24);
  // 16 · 16 · 100 000 steps are 25 million: more than there is time for, and the fewest cells there are.
  assert.equal(live.side({ ...question, steps: 100_000 }), 16);
  // Of two million steps that there is time for, 32² walks of 1 901 iterates take as many as 64² would of 475.
  assert.equal(live.side({ ...question, steps: 1900 }), 32);
});

test('one map is asked for at a time, the newest next, and each is told with its own question', async (context) => {
  /** @type {string[]} */
  const asked = [];
  /** @type {(() => void)[]} */
  const waiting = [];
  const pass = { kind: 'pass', resolution: [1, 2], stride: 1, outcome: [[0, 0]], steps: [[1, 1]], progress: 1 };
  const lines = [startOf('basins', 2, 1), pass, { kind: 'done', shares: {} }];
  context.mock.method(globalThis, 'fetch', async (/** @type {string} */ address) => {
    asked.push(address);
    await new Promise((resolve) => waiting.push(() => resolve(null)));
    return new Response(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  });
  /** @type {string[]} */
  const told = [];
  const live = new LiveCells((cells, { key }) => {
    assert.ok(cells.coarse);
    told.push(key);
  });
  const soon = () => new Promise((resolve) => setTimeout(resolve, 10));
  for (const key of ['a', 'b', 'c']) live.ask({ ...question, key, query: `learning_rate=0.${key}` });
  assert.equal(asked.length, 1);
  waiting[0]();
  await soon();
  assert.equal(asked.length, 2);
  waiting[1]();
  await soon();
  assert.deepEqual(told, ['a', 'c']);
  assert.deepEqual(
    asked.map((address) => new URL(address, 'http://here').searchParams.get('resolution')),
    ['64', '64'],
  );
  live.ask({ ...question, key: 'd' });
  live.cancel();
  waiting[2]();
  await soon();
  assert.deepEqual(told, ['a', 'c']);
});
