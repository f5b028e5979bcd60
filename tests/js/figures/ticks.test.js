import { test } from 'node:test';
import assert from 'node:assert/strict';

import { ticks, titled } from '../../../static/js/figures/ticks.js';
import { chance } from '../tools.js';

test('decades are powers of ten, not more than there is room for', () => {
  assert.deepEqual(ticks(1e-3, 10, true, 6), {
    values: [1e-3, 1e-2, 0.1, 1, 10],
    texts: ['10⁻³', '10⁻²', '10⁻¹', '10⁰', '10¹'],
    from: '',
  });
  assert.ok(ticks(1e-12, 1, true, 5).values.length <= 5);
});

test('a few factors are told by one, two and five', () => {
  assert.deepEqual(ticks(0.08, 1.2, true, 6).texts, ['0.1', '0.2', '0.5', '1']);
});

test('a plain axis has round numbers', () => {
  assert.deepEqual(ticks(0, 1, false, 5).texts, ['0', '0.2', '0.4', '0.6', '0.8', '1']);
  assert.deepEqual(ticks(-4, 4, false, 5).texts, ['−4', '−2', '0', '2', '4']);
});

test('a deep window is counted from a number nearby', () => {
  const found = ticks(0.8371231, 0.8371235, false, 5);
  assert.equal(titled('momentum', found), 'momentum − 0.837123, in 10⁻⁷');
  assert.deepEqual(found.texts, ['1', '2', '3', '4', '5']);
  found.values.forEach((value, k) => assert.ok(Math.abs(value - (0.837123 + (k + 1) * 1e-7)) < 1e-12));
});

test('what is below zero is counted up to', () => {
  assert.match(titled('x', ticks(-2.0000003, -2.0000001, false, 4)), /^x \+ 2/);
});

test('at any depth ticks are few, short, different, inside and where they say', () => {
  const random = chance(61);
  for (let k = 0; k < 2000; k += 1) {
    const low = (random() < 0.5 ? -1 : 1) * 10 ** (8 * random() - 4);
    const width = Math.abs(low) * 10 ** (1 - 13 * random());
    const log = low > 0 && random() < 0.5;
    const high = low + width;
    const { values, texts, from } = ticks(low, high, log, 5);
    const about = `${low} to ${high}${log ? ', log' : ''}`;
    assert.ok(values.length >= 2 && values.length <= 10, `${values.length} ticks at ${about}`);
    assert.equal(new Set(texts).size, texts.length, about);
    for (const text of texts) assert.ok(text.length <= 9, `${text} at ${about}`);
    for (const value of values)
      assert.ok(value >= low - 1e-5 * width && value <= high + 1e-5 * width, `${value} at ${about}`);
    if (!from) continue;
    const [, sign, base, power] = /** @type {RegExpMatchArray} */ (from.match(/^(?: ([−+]) (\S+))?, in 10(\S+)$/));
    const exponent = Number([...power].map((digit) => (digit === '⁻' ? '-' : '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(digit))).join(''));
    values.forEach((value, index) => {
      const told =
        (sign === '−' ? 1 : -1) * Number(base ?? 0) + Number(texts[index].replace('−', '-')) * 10 ** exponent;
      assert.ok(Math.abs(told - value) < 0.02 * width, `${told} for ${value} at ${about}`);
    });
  }
});
