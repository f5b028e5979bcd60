import { test } from 'node:test';
import assert from 'node:assert/strict';

import { toldOf } from '../../../static/js/words/walk.js';

for (const [who, told] of [
  ['', 'It settles at the bottom.'],
  ['at the edge', 'At the edge: it settles at the bottom.'],
  ['a quarter', 'A quarter: it settles at the bottom.'],
  ['größer', 'Größer: it settles at the bottom.'],
  ['Momentum 0.9, walker 2', 'Momentum 0.9, walker 2: it settles at the bottom.'],
  ['k = 3', 'k = 3: it settles at the bottom.'],
  ['η 0.1', 'η 0.1: it settles at the bottom.'],
  ['β half', 'β half: it settles at the bottom.'],
  ['0.1', '0.1: it settles at the bottom.'],
  ['iPhone', 'iPhone: it settles at the bottom.'],
])
  test(`the end of “${who}” is told in one sentence`, () => {
    assert.equal(toldOf(who, 'It settles at the bottom.'), told);
  });

test('where nothing is known nobody is named', () => {
  assert.equal(toldOf('at the edge', ''), '');
});
