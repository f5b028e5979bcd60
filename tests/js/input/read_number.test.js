// ---------------------------------------------------------------- reading

import { test } from 'node:test';
import assert from 'node:assert/strict';

import { readNumber } from '../../../static/js/input/read_number.js';
import { fromSlider, stepped, toSlider } from '../../../static/js/input/slider_scale.js';
import { stepsOf } from '../../../static/js/input/step_keys.js';
import { catalog, chance, pick } from '../tools.js';

const TYPED = /** @type {[string, number][]} */ ([
  ['0,05', 0.05],
  ['0.05', 0.05],
  [',5', 0.5],
  ['.5', 0.5],
  ['5,', 5],
  ['5.', 5],
  ['1', 1],
  ['007', 7],
  ['-1,5', -1.5],
  ['−1,5', -1.5],
  ['+2', 2],
  [' 0,1 ', 0.1],
  ['\t3\n', 3],
  ['-0', 0],
  ['1e-3', 0.001],
  ['1E-3', 0.001],
  ['1e−3', 0.001],
  ['1,5e2', 150],
  ['1e+2', 100],
  ['-2.5e-7', -2.5e-7],
  ['1/3', 1 / 3],
  ['-1/3', -1 / 3],
  ['1 / 4', 0.25],
  ['1,5/3', 0.5],
  ['1/-8', -0.125],
  ['1e-3/2', 0.0005],
  ['0/7', 0],
  ['0.30000000000000004', 0.30000000000000004],
  ['5e-324', 5e-324],
  ['0e5', 0],
  ['1,000', 1],
  ['0,000', 0],
]);
for (const [text, value] of TYPED) {
  test(`“${text}” is ${value}`, () => assert.ok(Object.is(readNumber(text), value), String(readNumber(text))));
}

const NOT_UNDERSTOOD = [
  '',
  ' ',
  'abc',
  '1,2,3',
  '1.000,5',
  '1,000.5',
  '1.2.3',
  '1 000',
  '1 2',
  '0, 5',
  '1/',
  '/3',
  '1/0',
  '0/0',
  '1/2/3',
  '1e',
  'e3',
  '1e1.5',
  '--1',
  '1-',
  '5%',
  '0x10',
  '1_000',
  'Infinity',
  'NaN',
  '1e400',
  '-1e999',
  '1e-400',
  '1/1e400',
  '0,1;0,2',
  '(1)',
  '½',
  '１',
  '.',
  ',',
  '-',
  'true',
];
for (const text of NOT_UNDERSTOOD) {
  test(`“${text}” is not understood`, () => assert.ok(Number.isNaN(readNumber(text)), String(readNumber(text))));
}

test('where a whole number is asked for, what may be a thousand is not taken for one', () => {
  for (const text of ['1,000', '1.000', '-12,345', '1,000,000', '1.000.000', '100.000'])
    assert.ok(Number.isNaN(readNumber(text, true)), text);
  for (const [text, value] of /** @type {[string, number][]} */ ([
    ['1000', 1000],
    ['1e3', 1000],
    ['200,0', 200],
    ['10/2', 5],
    ['2,5', 2.5],
  ]))
    assert.equal(readNumber(text, true), value);
});

test('every number is read again as it is written, with either decimal point', () => {
  const random = chance(7);
  for (let round = 0; round < 2000; round += 1) {
    const value = (random() - 0.5) * 10 ** Math.floor(random() * 40 - 20);
    for (const text of [String(value), String(value).replace('.', ',')]) assert.equal(readNumber(text), value);
  }
});

test('no text is taken for a number that is none', () => {
  const random = chance(8);
  const signs = [...'0123456789.,/eE+-− x'];
  for (let round = 0; round < 5000; round += 1) {
    const text = Array.from({ length: 1 + Math.floor(random() * 6) }, () => pick(random, signs)).join('');
    const value = readNumber(text);
    // Judged by the language's own reading, of both sides of a fraction.
    const parts = text
      .trim()
      .replaceAll('−', '-')
      .replaceAll(',', '.')
      .split('/')
      .map((part) => (part.trim() === '' ? NaN : Number(part)));
    const meant = parts.length === 1 ? parts[0] : parts.length === 2 ? parts[0] / parts[1] : NaN;
    if (!Number.isNaN(value)) assert.equal(value, meant + 0, text);
  }
});

// ---------------------------------------------------------------- stepping

const SCALES = catalog.keys
  .filter(({ high }) => high !== null && high <= 1e6)
  .map((row) => ({
    name: row.key,
    low: row.low,
    high: /** @type {number} */ (row.high),
    log: row.log,
    whole: row.whole ?? false,
  }));

test('the examples of the issue: one step of the slider, not 1', () => {
  const rate = { low: 0.0001, high: 10, log: true };
  assert.equal(stepped(0.1, 1, rate), fromSlider(toSlider(0.1, rate) + 1, rate));
  assert.equal(stepped(0.1, 1, rate), 0.101);
  const momentum = { low: 0, high: 0.999, log: false };
  assert.equal(stepped(0.9, 1, momentum), 0.901);
  const tolerance = { low: 1e-12, high: 0.1, log: true };
  assert.equal(stepped(1e-6, 1, tolerance), 0.00000101);
});

for (const scale of SCALES) {
  test(`the steps of ${scale.name} lead up and down its whole range, each to another value inside it`, () => {
    for (const way of [1, -1]) {
      let value = way > 0 ? scale.low : scale.high;
      let count = 0;
      for (let next = stepped(value, way, scale); next !== value; next = stepped(value, way, scale)) {
        assert.ok(way * (next - value) > 0 && next >= scale.low && next <= scale.high);
        if (scale.whole) assert.ok(Number.isInteger(next));
        value = next;
        count += 1;
      }
      assert.equal(value, way > 0 ? scale.high : scale.low);
      assert.ok(count <= 1000, `${count}`);
    }
  });

  test(`ten steps of ${scale.name} are ten times one`, () => {
    const middle = fromSlider(500, scale);
    for (const way of [1, -1]) {
      let value = middle;
      for (let k = 0; k < 10; k += 1) value = stepped(value, way, scale);
      assert.equal(stepped(middle, 10 * way, scale), value);
    }
  });
}

test('from outside the range a step leads into it, and none leads further out', () => {
  const scale = { low: 0.1, high: 1, log: false };
  assert.equal(stepped(5, 1, scale), 5);
  assert.ok(stepped(5, -1, scale) <= 1);
  assert.equal(stepped(0, -1, scale), 0);
  assert.ok(stepped(0, 1, scale) >= 0.1);
});

test('arrows are one step, pages ten, and with a modifier they are another command', () => {
  const plain = { shiftKey: false, ctrlKey: false, altKey: false, metaKey: false };
  const of = (/** @type {string} */ key, more = {}) =>
    stepsOf(/** @type {KeyboardEvent} */ ({ key, ...plain, ...more }));
  assert.deepEqual(
    ['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'ArrowLeft', 'Home', '5'].map((key) => of(key)),
    [1, -1, 10, -10, 0, 0, 0],
  );
  for (const modifier of Object.keys(plain)) assert.equal(of('ArrowUp', { [modifier]: true }), 0);
});
