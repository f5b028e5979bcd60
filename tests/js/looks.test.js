import assert from 'node:assert/strict';
import { test } from 'node:test';

import { DASHES, dashText, lookOf, signPath } from '../../static/js/looks.js';

test('no two of nine runs look alike: not by colour and dash, nor by colour and sign', () => {
  const looks = Array.from({ length: 9 }, (_, index) => lookOf(index));
  assert.equal(new Set(looks.map(({ colour, dash }) => `${colour} ${dash}`)).size, 9);
  assert.equal(new Set(looks.map(({ colour, symbol }) => `${colour} ${symbol}`)).size, 9);
});

test('the first eight tell apart by each of the three alone', () => {
  const looks = Array.from({ length: 8 }, (_, index) => lookOf(index));
  for (const part of /** @type {const} */ (['colour', 'dash', 'sign', 'symbol'])) assert.equal(new Set(looks.map((look) => JSON.stringify(look[part]))).size, 8, part);
});

test('the ninth has the first one’s colour, with another dash and another sign', () => {
  const [first, ninth] = [lookOf(0), lookOf(8)];
  assert.equal(ninth.colour, first.colour);
  assert.notDeepEqual(ninth.dash, first.dash);
  assert.notEqual(ninth.symbol, first.symbol);
});

test('a look is the same everywhere: the dash as pixels, the sign as corners of a path', () => {
  assert.equal(dashText(DASHES[0]), 'solid');
  assert.equal(dashText([9, 5]), '9px,5px');
  assert.match(signPath(0, 5), /^M-5 0a5 5 /);
  assert.equal(signPath(1, 10), 'M-8.5 -8.5L8.5 -8.5L8.5 8.5L-8.5 8.5Z');
  for (let index = 1; index < 8; index += 1) assert.equal(signPath(index, 5).split('L').length, lookOf(index).sign.length);
});
