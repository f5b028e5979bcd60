// ---------------------------------------------------------------- the view that follows who leaves the map

import { test } from 'node:test';
import assert from 'node:assert/strict';

import { drawDot } from '../../../static/js/canvas/far_view.js';
import { colours } from '../tools.js';

/** What is written, and where, of a map of 400 pixels seen from so far away. @param {number} times */
function writtenFrom(times) {
  /** @type {[string, number, number][]} */
  const written = [];
  const pen = new Proxy(
    { fillText: (/** @type {any} */ ...what) => written.push(what) },
    { get: (target, key) => (key in target ? /** @type {any} */ (target)[key] : () => {}), set: () => true },
  );
  const frame = /** @type {any} */ ({ box: { left: 0, top: 0, width: 400, height: 400 } });
  drawDot(/** @type {any} */ (pen), frame, times, colours, 'the map');
  return written;
}

test('the dot that the map has become is named beside its ring, for walkers are dots too', () => {
  const [[text, x, y], ...others] = writtenFrom(1e6);
  assert.equal(text, 'the map');
  assert.ok(x > 212 && x < 220);
  assert.equal(y, 200);
  assert.deepEqual(others, []);
});

test('a map that is still a rectangle has no such name', () => assert.deepEqual(writtenFrom(10), []));
