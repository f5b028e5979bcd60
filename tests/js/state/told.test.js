import { test } from 'node:test';
import assert from 'node:assert/strict';

import { entriesOf, hasMeaning } from '../../../static/js/state/meaning.js';
import { usualRate } from '../../../static/js/state/request.js';
import { Told } from '../../../static/js/state/told.js';
import { Walks } from '../../../static/js/state/walks.js';
import { keptBy } from '../../../static/js/words/step_arrows.js';
import { catalog, landscapeEntry, wanted } from '../tools.js';

/** @param {Record<string, any>} request @param {string} query @param {Record<string, any>} landscape @param {any[]} [optimizers] */
function answer(request, query, landscape, optimizers) {
  const walks = new Walks();
  const asked = { ...wanted, landscape: null, ...request };
  const record = { ...landscapeEntry('bowl'), slug: 'formula', data: null, network: null, shape: null, ...landscape };
  const start = { kind: 'start', request: asked, query, landscape: record, walks: [{ run: 0, walker: 0, label: '' }] };
  walks.take([{ ...start, optimizers }]);
  return walks;
}

/** @returns {Catalog & {told: Told}} */
const known = () => ({ ...catalog, told: new Told() });

test('before an answer is here no more is known of a typed landscape than what it can have', () => {
  const { landscape, optimizer } = entriesOf({ formula: 'x^2', optimizer: 'adam' }, known());
  assert.equal(landscape?.smooth, true);
  assert.equal(usualRate(optimizer, landscape), undefined);
});

test('what an answer tells of a typed landscape is its entry, with or without a word of its domain, whatever its constants', () => {
  const all = known();
  const domain = [-2, 2, -2, 2];
  const told = { smooth: false, learning_rates: { adam: 0.07 }, domain, start: [1, 1] };
  all.told.learn(answer({ formula: 'abs(x)+a*y^2', domain }, 'formula=abs(x)%2Ba*y%5E2&constants=a:4', told));
  for (const given of [{}, { constants: 'a:2' }, { domain: '-2,2,-2,2' }, { domain }]) {
    const { landscape, optimizer } = entriesOf({ formula: 'abs(x)+a*y^2', optimizer: 'adam', ...given }, all);
    assert.equal(usualRate(optimizer, landscape), 0.07);
    assert.deepEqual(landscape?.start, [1, 1]);
  }
  assert.equal(hasMeaning('optimizer', { formula: 'abs(x)+a*y^2', optimizer: 'newton' }, all), false);
  // In another domain another start is proposed.
  assert.equal(entriesOf({ formula: 'abs(x)+a*y^2', domain: '0,1,0,1' }, all).landscape?.start, undefined);
  assert.equal(entriesOf({ formula: 'x^2' }, all).landscape?.start, undefined);
});

test('a typed rule is called as the answer calls it, and has no hyperparameters that are keys of their own', () => {
  const all = known();
  const rule = 'v_next=momentum*v+gradient;point_next=point-v_next';
  const record = {
    run: 0,
    slug: 'rule',
    title: 'Own rule',
    hyperparameters: [{ key: 'momentum' }],
    source: { text: 'You' },
  };
  all.told.learn(answer({ rule, optimizer: null }, `rule=${rule}`, {}, [record]));
  const { optimizer } = entriesOf({ rule }, all);
  assert.deepEqual([optimizer?.title, optimizer?.source.text], ['Own rule', 'You']);
  assert.equal(hasMeaning('momentum', { rule }, all), false);
  // It is typeset when it is looked at: until then it has no lines, and nothing is known of what it keeps.
  assert.equal(keptBy(/** @type {Optimizer} */ (optimizer)), null);
});

test('a slider of a typed rule keeps its ends, and what it goes back to, while they hold its value', () => {
  const all = known();
  const rule = 'v_next=b*v+gradient;point_next=point-v_next';
  const learn = (/** @type {number} */ value, /** @type {number} */ high) => {
    const b = { key: 'b', low: 0, high, default: value };
    all.told.learn(answer({ rule, optimizer: null }, `rule=${rule}`, {}, [{ run: 0, hyperparameters: [b] }]));
    const [{ high: top, default: usual }] = entriesOf({ rule }, all).optimizer?.named ?? [];
    return [top, usual];
  };
  assert.deepEqual(learn(5, 10), [10, 5]);
  assert.deepEqual(learn(0.5, 1), [10, 5]);
  assert.deepEqual(learn(50, 100), [100, 50]);
});

test('what is kept is bounded', () => {
  const all = known();
  for (let index = 0; index < 200; index += 1)
    all.told.learn(answer({ formula: `x^${index}` }, `formula=x%5E${index}`, { start: [index] }));
  assert.equal(entriesOf({ formula: 'x^0' }, all).landscape?.start, undefined);
  assert.deepEqual(entriesOf({ formula: 'x^199' }, all).landscape?.start, [199]);
});
