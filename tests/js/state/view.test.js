import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readView, withoutView, writeView } from '../../../static/js/state/view.js';
import { chance } from '../chance.js';
import { catalog } from '../sent.js';

const USUAL = readView('', catalog);

test('what an address does not say is as usual', () => {
  assert.deepEqual(USUAL, { at: null, view: null, scale: 'log', hide: [], guess_first: false });
  assert.equal(writeView('landscape=peaks', USUAL, catalog), 'landscape=peaks');
  assert.equal(writeView('', USUAL, catalog), '');
});

test('the keys of the view stand in the order of the contract, before the runs', () => {
  const view = readView('?hide=table,surface&guess_first=1&scale=linear&view=rule&at=7', catalog);
  assert.equal(
    writeView('steps=60&run=adam&run=nesterov', view, catalog),
    'steps=60&at=7&view=rule&scale=linear&hide=surface,table&guess_first=1&run=adam&run=nesterov',
  );
});

test('what is written is read back, and taken out again it leaves what was there', () => {
  const dice = chance(5);
  const parts = Object.keys(catalog.parts);
  for (let round = 0; round < 500; round += 1) {
    const pick = (/** @type {any[]} */ some) => some[Math.floor(dice() * some.length)];
    /** @type {View} */
    const view = {
      at: pick([null, 0, 7, 99_999, 'end']),
      view: pick([null, 'surface', 'data', 'rates', 'theory', 'rule', 'surface,rates', 'rule,data']),
      scale: pick(['log', 'linear']),
      hide: parts.filter(() => dice() < 0.2),
      guess_first: dice() < 0.5,
    };
    const query = pick(['', 'landscape=peaks', 'start=1,2&run=adam,name:a%20b', 'run=lion']);
    const whole = writeView(query, view, catalog);
    assert.deepEqual(readView(whole, catalog), view);
    assert.equal(withoutView(whole, catalog), query);
  }
});

test('what a later version has written is read as far as it is known', () => {
  const view = readView('at=soon&scale=cubic&hide=walls,curves,doors&guess_first=yes', catalog);
  assert.deepEqual(view, { at: null, view: null, scale: 'log', hide: ['curves'], guess_first: false });
});

test('what a lesson shows needs no word, and what is otherwise has one', () => {
  const lesson = readView('view=rule&scale=linear', catalog);
  assert.equal(writeView('', lesson, catalog, lesson), '');
  assert.equal(writeView('', { ...lesson, scale: 'log', at: 3 }, catalog, lesson), 'at=3&scale=log');
  assert.deepEqual(readView('scale=log&at=3', catalog, lesson), { ...lesson, scale: 'log', at: 3 });
});
