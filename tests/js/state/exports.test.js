import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameIn, withOptions } from '../../../static/js/state/exports.js';

test('options stand after the query, or make one', () => {
  const options = [
    ['theme', 'dark'],
    ['separator', 'a&b'],
  ];
  assert.equal(withOptions('/x?steps=60', options), '/x?steps=60&theme=dark&separator=a%26b');
  assert.equal(withOptions('/x', options.slice(0, 1)), '/x?theme=dark');
  assert.equal(withOptions('/x?steps=60', []), '/x?steps=60');
});

test('a file has the name that the server gives it, and no path', () => {
  assert.equal(nameIn('attachment; filename="downhill-bowl-adam-walk.mp4"'), 'downhill-bowl-adam-walk.mp4');
  for (const wrong of [null, 'inline', 'attachment; filename="../x"']) assert.equal(nameIn(wrong), null);
});
