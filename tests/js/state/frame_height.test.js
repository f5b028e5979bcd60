import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heightMessages, wantedHeight } from '../../../static/js/state/frame_height.js';

test('a frame asks for what stands around its pictures and for three quarters of its width', () => {
  assert.equal(wantedHeight(480, 100, 1), 460);
  assert.equal(wantedHeight(480, 100, 2), 280);
});

test('no picture is too low to be read, or higher than a screen', () => {
  assert.equal(wantedHeight(200, 0, 1), 180);
  assert.equal(wantedHeight(3000, 0, 1), 560);
});

test('it depends on the width alone: a page that follows has followed after once', () => {
  const heights = [1, 2, 3].map(() => wantedHeight(333.3, 91.4, 1));
  assert.equal(new Set(heights).size, 1);
  assert.equal(Number.isInteger(heights[0]), true);
});

test('learning systems are told in their own words, all others in ours', () => {
  assert.deepEqual(heightMessages(420), [
    { subject: 'lti.frameResize', height: 420 },
    { type: 'downhill:resize', height: 420 },
  ]);
});
