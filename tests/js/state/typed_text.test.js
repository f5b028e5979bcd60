import { test } from 'node:test';
import assert from 'node:assert/strict';

import { differing, signOf, spelled } from '../../../static/js/state/typed_text.js';

test('a Greek letter is read as its sign', () => {
  assert.deepEqual(['a', 'kappa', 'omega'].map(signOf), ['a', 'κ', 'ω']);
});

test('a Greek letter is its name, wherever it stands', () => {
  assert.equal(spelled('β1*v + κ'), 'beta1*v + kappa');
});

test('of what was meant the words that differ are told, where all of it is long', () => {
  assert.equal(differing('sinx + y', 'sin(x) + y'), 'sin(x) + y');
  const long = '(1 - a*x)^2 + 5*(y - x^2)^2';
  assert.equal(differing(`${long} + sinx`, `${long} + sin(x)`), '… sin(x)');
  assert.equal(differing(`${long} + sinx + y`, `${long} + sin(x) + y`), '… sin(x) …');
  assert.equal(differing(`sinx + ${long}`, `sin(x) + ${long}`), 'sin(x) …');
  assert.equal(differing(`${long} + (x`, `${long} + (x)`), '… (x)');
});
