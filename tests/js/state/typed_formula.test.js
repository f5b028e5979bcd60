import { test } from 'node:test';
import assert from 'node:assert/strict';

import { beginning, namedIn, writeConstants } from '../../../static/js/state/typed_formula.js';
import { landscapeEntry, wanted } from '../tools.js';

test('the editor begins with the landscape’s own expression, its shape a constant of the same name', () => {
  const { text, constants } = beginning({ ...wanted, shape: 9 }, landscapeEntry('bowl'));
  assert.equal(text, 'x^2/(2*kappa) + y^2/2');
  assert.deepEqual(constants, { kappa: 9 });
  assert.deepEqual(beginning({ ...wanted, shape: null }, landscapeEntry('kink')).constants, {});
});

test('the editor begins with what was typed, to the letter', () => {
  const typed = { ...wanted, landscape: null, formula: ' a*x^2', constants: { a: 4 } };
  assert.deepEqual(beginning(typed, undefined), { text: ' a*x^2', constants: { a: 4 }, own: true });
});

test('where the landscape is no formula the editor begins with an example, and says so', () => {
  assert.equal(beginning({ ...wanted, shape: null }, landscapeEntry('logistic')).own, false);
  assert.equal(beginning({ ...wanted, landscape: null, data: [[1, 2]] }, undefined).own, false);
});

test('constants are written as an address has them, and those that are 1 are left out', () => {
  assert.equal(writeConstants({ a: 4, b: 1, kappa: -0.5 }), 'a:4,kappa:-0.5');
  assert.equal(writeConstants({ a: 1 }), null);
  assert.equal(writeConstants({}), null);
});

for (const [text, names] of /** @type {[string, string[]][]} */ ([
  ['a*x^2', ['a']],
  ['2a+x', ['a']],
  ['tan(x)+max(x, y)', []],
  ['kappa*x^2', ['kappa']],
  ['κ*x^2 + b', ['b', 'kappa']],
  ['', []],
])) {
  test(`of the constants “${text}” names ${names.join() || 'none'}`, () =>
    assert.deepEqual(Object.keys(namedIn({ a: 4, b: 2, kappa: 3 }, text)).sort(), names));
}
