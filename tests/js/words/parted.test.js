import { test } from 'node:test';
import assert from 'node:assert/strict';

import { parted } from '../../../static/js/words/parted.js';

test('what is wrong is marked by characters, whatever they are made of, and at the end by a space', () => {
  assert.deepEqual(parted('𝑥+sinx', 2), ['𝑥+', 's', 'inx']);
  assert.deepEqual(parted('x+', 2), ['x+', ' ', '']);
  assert.deepEqual(parted('x+\n2', 2), ['x+', ' ', '\n2'], 'a line’s end stays one');
});
