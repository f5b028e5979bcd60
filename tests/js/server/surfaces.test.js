import { afterEach, test } from 'node:test';
import assert from 'node:assert/strict';

import { Surfaces, isCoarse, isFine, isSameGround } from '../../../static/js/server/surfaces.js';
import { wanted } from '../tools.js';

const { fetch } = globalThis;
afterEach(() => void (globalThis.fetch = fetch));

const DOMAIN = [-1, 1, -2, 2];

/** @param {Record<string, any>} request @param {string} query @param {Surfaces} surfaces @returns {Promise<{asked: string, key: string}>} */
async function groundOf(request, query, surfaces) {
  let asked = '';
  globalThis.fetch = async (address) => {
    asked = String(address);
    return new Response('{"x": [], "y": [], "loss": []}', { headers: { 'content-type': 'application/json' } });
  };
  const walks = { request: /** @type {Wanted} */ ({ ...wanted, shape: null, ...request }), query, plane: null };
  const { key } = await surfaces.get(walks, DOMAIN, false, new AbortController().signal);
  return { asked, key };
}

test('a landscape of the table is asked for by its slug', async () => {
  const { asked } = await groundOf({ landscape: 'saddle' }, 'landscape=saddle&steps=7', new Surfaces());
  assert.match(asked, /\/api\/landscapes\/saddle\/surface\?resolution=101&domain=-1,1,-2,2&relief=1$/);
});

test('one that is in no table is asked for by what it is made of, and by nothing else', async () => {
  const { asked } = await groundOf({ landscape: null }, 'data=1,2;2,3&model=parabola&steps=7', new Surfaces());
  assert.match(asked, /\/api\/descent\/surface\?data=1,2;2,3&model=parabola&resolution=101&box=-1,1,-2,2&relief=1$/);
});

test('a typed formula is asked for with its constants', async () => {
  const { asked } = await groundOf({ landscape: null }, 'formula=a*x%5E2&constants=a:4&steps=7', new Surfaces());
  assert.match(asked, /\/api\/descent\/surface\?formula=a\*x%5E2&constants=a:4&resolution=101&box=-1,1,-2,2/);
});

test('other points and another model are another ground; other settings are not', async () => {
  const surfaces = new Surfaces();
  const own = (/** @type {string} */ query) => groundOf({ landscape: null }, query, surfaces);
  const first = await own('data=1,2;2,3&steps=7');
  assert.notEqual((await own('data=1,2;2,4&steps=7')).key, first.key);
  assert.notEqual((await own('data=1,2;2,3&model=parabola')).key, first.key);
  assert.deepEqual(await own('data=1,2;2,3&steps=9'), { asked: '', key: first.key });
});

test('a ground in fewer points and in all of them is one, another part of it is not', async () => {
  globalThis.fetch = async () => new Response('{}');
  const surfaces = new Surfaces();
  const { signal } = new AbortController();
  const walks = {
    request: /** @type {Wanted} */ ({ ...wanted, shape: null, landscape: 'saddle' }),
    query: '',
    plane: null,
  };
  const coarse = await surfaces.get(walks, DOMAIN, true, signal);
  const fine = await surfaces.get(walks, DOMAIN, false, signal);
  const part = await surfaces.get(walks, [-1, 1, -1, 1], false, signal);
  assert.deepEqual([isCoarse(coarse), isFine(coarse), isCoarse(fine), isFine(fine)], [true, false, false, true]);
  assert.notEqual(coarse.key, fine.key);
  assert.equal(isSameGround(coarse, fine), true);
  assert.equal(isSameGround(fine, part), false);
});

test('a ground that is on its way is not asked for again, however its query is written; one that was given up is', async () => {
  /** @type {string[]} */
  const asked = [];
  globalThis.fetch = async (address, { signal } = {}) => {
    asked.push(String(address));
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (signal?.aborted) throw signal.reason;
    return new Response('{}');
  };
  const surfaces = new Surfaces();
  const request = /** @type {Wanted} */ ({ ...wanted, shape: null, landscape: null });
  const of = (/** @type {string} */ query, signal = new AbortController().signal) =>
    surfaces.get({ request, query, plane: null }, DOMAIN, true, signal);
  const [one, other] = await Promise.all([of('formula=x%20%2B%20y'), of('formula=x+%2B+y&steps=3')]);
  assert.equal(one.key, other.key);
  assert.equal(asked.length, 1);
  const controller = new AbortController();
  const given_up = of('formula=x*y', controller.signal);
  const wanted_still = of('formula=x*y');
  controller.abort();
  await assert.rejects(given_up);
  await wanted_still;
  assert.equal(asked.length, 3);
});
