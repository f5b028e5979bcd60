import assert from 'node:assert/strict';
import { test } from 'node:test';

import { put, readPlaces, settle } from '../../../static/js/state/places.js';
import { chance } from '../chance.js';

const PARTS = ['surface', 'data', 'rule', 'theory', 'rates'];

test('an address names one place or two', () => {
  assert.deepEqual(readPlaces(null), { second: '', third: '' });
  assert.deepEqual(readPlaces('rule'), { second: 'rule', third: '' });
  assert.deepEqual(readPlaces('surface,rates'), { second: 'surface', third: 'rates' });
});

test('what is put where it stood in the other place changes places with what was there', () => {
  const shown = { second: 'surface', third: 'rule' };
  assert.deepEqual(put(shown, 'third', 'theory'), { second: 'surface', third: 'theory' });
  assert.deepEqual(put(shown, 'second', 'rule'), { second: 'rule', third: 'surface' });
  assert.deepEqual(put(shown, 'third', 'surface'), { second: 'rule', third: 'surface' });
  assert.deepEqual(put({ second: 'surface', third: '' }, 'second', 'rule'), { second: 'rule', third: '' });
});

test('where what is chosen cannot be shown the usual comes, and the third has what is left', () => {
  assert.deepEqual(settle({ second: '', third: 'rule' }, ['surface', 'rule'], 'surface'), {
    second: 'surface',
    third: 'rule',
  });
  // A curve: no surface, and its rule stands in the second place.
  assert.deepEqual(settle({ second: 'surface', third: 'rule' }, ['rule', 'theory'], 'rule'), {
    second: 'rule',
    third: 'theory',
  });
  assert.deepEqual(settle({ second: 'surface', third: 'data' }, [], 'none'), { second: 'none', third: '' });
});

test('no part is ever in both places, and the third stays open or closed', () => {
  const dice = chance(7);
  for (let round = 0; round < 2000; round += 1) {
    const pick = (/** @type {string[]} */ some) => some[Math.floor(dice() * some.length)];
    const possible = ['rule', 'theory', ...PARTS.filter(() => dice() < 0.5)].filter(
      (part, index, all) => all.indexOf(part) === index,
    );
    const chosen = { second: pick([...PARTS, '', 'map']), third: pick([...PARTS, '', 'map']) };
    const { second, third } = settle(chosen, possible, pick(possible));
    assert.ok(possible.includes(second));
    assert.equal(third !== '', chosen.third !== '');
    assert.ok(third === '' || (possible.includes(third) && third !== second));
    if (possible.includes(chosen.second)) assert.equal(second, chosen.second);
  }
});
