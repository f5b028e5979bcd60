import { test } from 'node:test';
import assert from 'node:assert/strict';

import { signOf, spelled } from '../../../static/js/state/typed_text.js';

test('a Greek letter is read as its sign', () => {
  assert.deepEqual(['a', 'kappa', 'omega'].map(signOf), ['a', 'κ', 'ω']);
});

test('a Greek letter is its name, wherever it stands', () => {
  assert.equal(spelled('β1*v + κ'), 'beta1*v + kappa');
});
