import { test } from 'node:test';
import assert from 'node:assert/strict';

import { DASHES, dashText, signPath, styleOf } from '../../../static/js/figures/walk_styles.js';

test('no two of nine runs look alike: not by colour and dash, nor by colour and sign', () => {
  const styles = Array.from({ length: 9 }, (_, index) => styleOf(index));
  assert.equal(new Set(styles.map(({ colour, dash }) => `${colour} ${dash}`)).size, 9);
  assert.equal(new Set(styles.map(({ colour, symbol }) => `${colour} ${symbol}`)).size, 9);
});

test('the first eight tell apart by each of the three alone', () => {
  const styles = Array.from({ length: 8 }, (_, index) => styleOf(index));
  for (const part of /** @type {const} */ (['colour', 'dash', 'sign', 'symbol']))
    assert.equal(new Set(styles.map((style) => JSON.stringify(style[part]))).size, 8, part);
});

test('the ninth has the first one’s colour, with another dash and another sign', () => {
  const [first, ninth] = [styleOf(0), styleOf(8)];
  assert.equal(ninth.colour, first.colour);
  assert.notDeepEqual(ninth.dash, first.dash);
  assert.notEqual(ninth.symbol, first.symbol);
});

test('a style is the same everywhere: the dash as pixels, the sign as corners of a path', () => {
  assert.equal(dashText(DASHES[0]), 'solid');
  assert.equal(dashText([9, 5]), '9px,5px');
  assert.match(signPath(0, 5), /^M-5 0a5 5 /);
  assert.equal(signPath(1, 10), 'M-8.5 -8.5L8.5 -8.5L8.5 8.5L-8.5 8.5Z');
  for (let index = 1; index < 8; index += 1)
    assert.equal(signPath(index, 5).split('L').length, styleOf(index).sign.length);
});
