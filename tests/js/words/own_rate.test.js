import assert from 'node:assert/strict';
import { test } from 'node:test';

import { usualRate } from '../../../static/js/state/request.js';
import { ownRateInWords } from '../../../static/js/words/own_rate.js';
import { catalog } from '../sent.js';

test('the step size that an optimizer takes by itself is called its own', () => {
  assert.deepEqual(ownRateInWords(0.05, 0.05, 'Adam'), { back: '', text: '0.05 is Adam’s own here.' });
});

test('of another one it is said what the own one is, which can be taken', () => {
  assert.deepEqual(ownRateInWords(0.3, 0.05, 'Adam'), { back: 'Back to 0.05', text: ', Adam’s own here.' });
});

test('one that differs in digits that are not written is another one', () => {
  assert.equal(ownRateInWords(0.05000001, 0.05, 'Adam').back, 'Back to 0.05');
});

test('where none is known nothing is said', () => {
  assert.deepEqual(ownRateInWords(0.3, null, 'Adam'), { back: '', text: '' });
});

test('each optimizer has one on each landscape', () => {
  for (const landscape of catalog.landscapes)
    for (const optimizer of catalog.optimizers)
      assert.ok(Number(usualRate(optimizer, landscape)) > 0, `${optimizer.slug} on ${landscape.slug}`);
});
