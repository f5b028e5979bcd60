import { test } from 'node:test';
import assert from 'node:assert/strict';

import { textOfFile } from '../../../static/js/input/text_file.js';

/** @param {(string | Uint8Array<ArrayBuffer>)[]} parts */
const read = (...parts) => textOfFile(new File(parts, 'points.csv'));

test('text is read however it is encoded', async () => {
  assert.deepEqual(await read('1,2\nä,3'), { text: '1,2\nä,3', trouble: '' });
  assert.equal((await read(Uint8Array.of(0xff, 0xfe, 0x31, 0, 0x2c, 0, 0x32, 0))).text, '1,2');
  assert.equal((await read(Uint8Array.of(0x31, 0x2c, 0xe4))).text, '1,ä', 'as older spreadsheets save it');
  assert.deepEqual(await read(), { text: '', trouble: '' });
});

test('what is no text, or too long, is refused with what would be right', async () => {
  const picture = await read(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0, 0, 0));
  assert.deepEqual([picture.text, /no text.*CSV/.test(picture.trouble)], ['', true]);
  const large = await read('1,2\n'.repeat(2_000_000));
  assert.deepEqual([large.text, large.trouble], ['', 'The file is too large: 8.0 MB, and up to 5 are read.']);
});
