import { test } from 'node:test';
import assert from 'node:assert/strict';

import { ableOptimizers, hasMeaning, isOfTheMap, same, unmet, withMeaning } from '../../../static/js/state/meaning.js';
import { offeredNumbers } from '../../../static/js/state/offered.js';
import { catalog } from '../tools.js';

for (const [key, given, means] of /** @type {[string, Given, boolean][]} */ ([
  ['shape', {}, true],
  ['shape', { landscape: 'saddle' }, false],
  ['batch', { landscape: 'logistic' }, true],
  ['batch', {}, false],
  ['batch', { landscape: 'logistic', optimizer: 'newton' }, false],
  ['batch', { data: '1,2;2,3' }, true],
  ['shape', { data: '1,2;2,3' }, false],
  ['shape', { formula: 'x^2' }, false],
  ['batch', { formula: 'x^2' }, false],
  ['constants', {}, false],
  ['constants', { formula: 'a*x^2' }, true],
  ['hyperparameters', {}, false],
  ['hyperparameters', { rule: 'point_next=point' }, true],
  ['momentum', { rule: 'point_next=point' }, false],
  ['model', {}, false],
  ['model', { data: '1,2;2,3' }, true],
  ['warmup', {}, true],
  ['warmup', { schedule: 'one-cycle' }, false],
  ['restarts', {}, false],
  ['restarts', { restarts: '2' }, true],
  ['restarts', { restarts: '2', schedule: 'constant' }, false],
  ['growth', {}, false],
  ['growth', { restarts: '0', schedule: 'cosine' }, false],
  ['growth', { restarts: '2' }, true],
  ['growth', { restarts: '2', schedule: 'constant' }, false],
  ['min_change', { patience: '0' }, false],
  ['min_change', { patience: '5' }, true],
  ['optimizer', { optimizer: 'newton', landscape: 'kink' }, false],
  ['optimizer', { optimizer: 'bfgs', landscape: 'kink' }, true],
  ['optimizer', { optimizer: 'newton' }, true],
  ['window', {}, false],
  ['window', { map: 'rates' }, true],
  ['momentum', {}, true],
  ['momentum', { optimizer: 'adam' }, false],
  ['floor', { restarts: '1' }, true],
  ['floor', {}, false],
  ['seed', {}, true],
])) {
  test(`${key} means ${means ? 'something' : 'nothing'} with ${JSON.stringify(given)}`, () =>
    assert.equal(hasMeaning(key, given, catalog), means));
}

test('numbers of a request say the same as texts of an address', () => {
  for (const patience of [0, '0', 3, '3', null, undefined])
    assert.equal(hasMeaning('min_change', { patience }, catalog), Number(patience) > 0);
});

test('what is needed must mean something itself, however deep that lies', () => {
  const need = (/** @type {string} */ key) => [{ key, trait: null, wanted: true }];
  const needs = { one: need('two'), two: need('three'), three: [{ key: 'landscape', trait: 'smooth', wanted: true }] };
  const keys = { one: '1', two: '2', three: '3', landscape: { smooth: true } };
  assert.equal(unmet('one', keys, needs), null);
  assert.equal(unmet('one', { ...keys, landscape: { smooth: false } }, needs), needs.three[0]);
  assert.equal(unmet('one', { ...keys, three: '0' }, needs), needs.two[0]);
});

test('nothing is known of a landscape that is not in the catalog', () => {
  assert.equal(hasMeaning('shape', { landscape: 'elsewhere' }, catalog), false);
  assert.equal(hasMeaning('steps', { landscape: 'elsewhere' }, catalog), true);
});

test('what means nothing is left out, unless it is at a default that says nothing', () => {
  assert.deepEqual(withMeaning({ batch: '4', restarts: '0', warmup: '0', growth: '2', steps: '5' }, catalog), {
    restarts: '0',
    warmup: '0',
    steps: '5',
  });
  assert.deepEqual(withMeaning({ optimizer: 'adam', momentum: '0.9' }, catalog), { optimizer: 'adam' });
});

test('what another key needs is left out first', () => {
  assert.deepEqual(withMeaning({ growth: '2', restarts: '3', schedule: 'constant' }, catalog), {
    schedule: 'constant',
  });
});

test('optimizers that need a Hessian are not able where there is none', () => {
  const slugs = (/** @type {Given} */ given) => ableOptimizers(given, catalog).map(({ slug }) => slug);
  assert.deepEqual(
    slugs({}),
    catalog.optimizers.map(({ slug }) => slug),
  );
  assert.deepEqual(
    slugs({ landscape: 'kink', optimizer: 'adam' }),
    slugs({}).filter((slug) => slug !== 'newton'),
  );
});

test('a map’s keys are those that there are not without it', () => {
  assert.deepEqual(
    catalog.order.filter((key) => isOfTheMap(key, catalog)),
    ['map', 'map_run', 'window', 'resolution'],
  );
});

test('numbers mean the same however they are written, and nothing is like nothing', () => {
  assert.ok(same('0.30', '3e-1') && same('0', 0) && same('bowl', 'bowl'));
  assert.ok(!same('', 0) && !same(' ', '') && !same('0', null) && !same('bowl', undefined));
});

for (const [what, wanted, seen, gone] of /** @type {[string, Record<string, any>, string[], string[]][]} */ ([
  ['a plain visit', {}, ['shape', 'restarts', 'momentum', 'warmup'], ['batch', 'growth', 'min_change', 'floor']],
  ['restarts', { restarts: 2, schedule: 'cosine' }, ['growth', 'floor'], []],
  ['patience', { patience: 3 }, ['min_change'], []],
  ['a schedule that rises by itself', { schedule: 'one-cycle' }, ['peak', 'restarts'], ['warmup', 'drops']],
  ['data', { landscape: 'logistic' }, ['batch'], ['shape']],
  [
    'data with an optimizer that needs all',
    { landscape: 'logistic', optimizer: 'line-search' },
    ['backtrack'],
    ['batch'],
  ],
])) {
  test(`with ${what} the controls offer what means something`, () => {
    const offered = Object.keys(offeredNumbers(wanted, catalog));
    for (const key of seen) assert.ok(offered.includes(key), key);
    for (const key of gone) assert.ok(!offered.includes(key), key);
  });
}

test('a mini-batch has as many points as there are, and a learning rate reaches from far below the usual one', () => {
  assert.equal(offeredNumbers({ landscape: 'straight-line' }, catalog).batch.high, 50);
  assert.equal(offeredNumbers({ landscape: 'logistic' }, catalog).batch.high, 20);
  const usual = catalog.optimizers.find(({ slug }) => slug === 'adam')?.learning_rates ?? {};
  const rates = catalog.landscapes.map(({ slug }) => {
    const learning_rate = usual[slug];
    const { low, high } = offeredNumbers({ landscape: slug, optimizer: 'adam' }, catalog).learning_rate;
    return low <= learning_rate / 100 && Number(high) >= learning_rate;
  });
  assert.ok(rates.every(Boolean));
});
