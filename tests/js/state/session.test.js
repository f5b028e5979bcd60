import { afterEach, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';

import { Address } from '../../../static/js/state/address.js';
import { Session } from '../../../static/js/state/session.js';
import { Surfaces } from '../../../static/js/server/surfaces.js';
import { catalog, colours, drawnLandscape, trained, twoWalkers } from '../tools.js';

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
  history: { state: null, pushState() {}, replaceState() {} },
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

/** What of a query asks for the ground. @param {Walks} walks @param {Surfaces} [surfaces] */
async function groundOf(walks, surfaces = new Surfaces()) {
  /** @type {string[]} */
  const addresses = [];
  globalThis.fetch = /** @type {typeof fetch} */ (
    async (address) => {
      addresses.push(String(address));
      return new Response(JSON.stringify(grid));
    }
  );
  const { key } = await surfaces.get(walks, [-1, 1, -1, 1], false, new AbortController().signal);
  return { key, addresses };
}

test('a network’s ground is asked for by the request of the walk that it is the plane of', async () => {
  const walks = trained();
  walks.query = 'landscape=network-xor&seed=3&domain=0,1,0,1&map=basins&resolution=64&plane=steps&run=adam';
  const { addresses } = await groundOf(walks);
  assert.deepEqual(addresses, [
    '/api/descent/surface?landscape=network-xor&seed=3&plane=steps&run=adam&resolution=101&box=-1,1,-1,1&relief=1',
  ]);
});

test('of one plane the ground is asked for once, from wherever one starts on it', async () => {
  const surfaces = new Surfaces();
  const first = await groundOf(trained(), surfaces);
  const elsewhere = await groundOf(trained({}, { start: [0.5, 0.5] }), surfaces);
  const other = await groundOf(trained({ u: [0, 0, 1, 0] }), surfaces);
  assert.equal(elsewhere.key, first.key);
  assert.deepEqual(elsewhere.addresses, []);
  assert.notEqual(other.key, first.key);
  assert.equal(other.addresses.length, 1);
});
