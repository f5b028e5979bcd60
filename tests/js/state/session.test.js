import { afterEach, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';

import { Address } from '../../../static/js/state/address.js';
import { Session } from '../../../static/js/state/session.js';
import { catalog, colours, drawnLandscape, twoWalkers } from '../tools.js';

/** A landscape that no table has, as the first record of a stream tells of it. */
const {
  key: _key,
  grid,
  ...typed
} = drawnLandscape(
  {
    x: [0, 1],
    y: [0, 1],
    loss: [
      [0, 1],
      [1, 2],
    ],
  },
  { slug: 'typed', title: 'My formula', axes: ['a', 'b'], expression: 'sin(a)*b', smooth: false },
);

/** A browser that stays where it is. */
const STILL = {
  history: { pushState() {}, replaceState() {} },
  location: { href: 'http://localhost/?landscape=typed' },
  now: () => 0,
  after: () => 0,
  forget() {},
};

/** @type {string[]} */
let asked = [];
const { fetch, requestAnimationFrame } = globalThis;

beforeEach(() => {
  asked = [];
  globalThis.requestAnimationFrame = () => 1;
  globalThis.fetch = /** @type {typeof fetch} */ (
    async (address) => {
      asked.push(String(address).split('?')[0]);
      return new Response(String(address).startsWith('/api/descent/stream') ? streamed() : JSON.stringify(grid));
    }
  );
});
afterEach(() => Object.assign(globalThis, { fetch, requestAnimationFrame }));

/** @returns {string} the answer to two walkers on that landscape */
function streamed() {
  const [start, ...chunks] = twoWalkers;
  const request = { ...start.request, landscape: 'typed', shape: null };
  const runs = start.runs?.map((run) => ({ ...run, request }));
  const records = [
    { ...start, request, runs, query: 'landscape=typed', landscape: typed },
    ...chunks,
    { kind: 'done' },
  ];
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

/** @returns {Promise<Session>} that shows what is asked for */
function shown() {
  const session = new Session({
    catalog,
    query: 'landscape=typed',
    home: '/',
    opening: '',
    palette: () => colours,
    address: new Address(STILL),
    calm: () => true,
    byKeys: () => false,
  });
  return new Promise((resolve, reject) => {
    session.panels = [{ walks: () => resolve(session), failed: reject }];
    session.ask();
  });
}

test('a landscape that no table has is shown by what its answer tells of it', async () => {
  const { landscape, walks } = await shown();
  assert.deepEqual(landscape, { ...typed, key: landscape?.key, ground: landscape?.ground, grid });
  assert.deepEqual(walks?.landscape, typed);
});

test('of a landscape only the walks and the surface are asked for', async () => {
  await shown();
  assert.deepEqual(asked, ['/api/descent/stream', '/api/landscapes/typed/surface']);
});
