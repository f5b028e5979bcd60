import { test } from 'node:test';
import assert from 'node:assert/strict';

import { farInWords, timesInWords } from '../../../static/js/words/far_view.js';

for (const [times, text] of /** @type {[number, string][]} */ ([
  [1.04, '×1'],
  [3.14, '×3.1'],
  [10, '×10'],
  [87.6, '×88'],
  [1000, '×1\u202f000'],
  [437_000, '×440\u202f000'],
  [1e6, '×10⁶'],
  [999_999, '×10⁶'],
  [2.61e6, '×2.6\u202f·\u202f10⁶'],
  [1e150, '×10¹⁵⁰'],
]))
  test(`${times} times as wide is ${text}`, () => assert.equal(timesInWords(times), text));

test('a map that is still seen is a rectangle, then it is a dot', () => {
  assert.equal(farInWords(12), '×12: the whole map is this rectangle');
  assert.equal(farInWords(1000), '×1\u202f000: the whole map is this dot');
});
