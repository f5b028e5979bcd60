import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  brightnessOf,
  holdsSvg,
  indexOf,
  lowestAt,
  nearest,
  numbersAt,
  placeAt,
  placesOf,
  readoutAt,
  reelOf,
  trailTo,
} from '../../../static/js/notebook/frames.js';

/**
 * @param {Partial<import('../../../static/js/notebook/frames.js').ShownWalk>} own
 * @returns {import('../../../static/js/notebook/frames.js').ShownWalk}
 */
const walk = (own) => ({
  label: 'Adam',
  style: 0,
  message: 'It settles.',
  x: [0, 5, 10],
  y: [0, 5, 0],
  loss: [4, 1, 0.25],
  gradient_norm: [3, 2, 1],
  ...own,
});

/**
 * @param {Partial<import('../../../static/js/notebook/frames.js').ShownPicture>} own
 * @returns {import('../../../static/js/notebook/frames.js').ShownPicture}
 */
const picture = (own = {}) => ({
  width: 600,
  height: 300,
  box: [0, 10, 0, 5],
  ground: '',
  curve: false,
  steps: [0, 50, 100],
  walks: [walk({})],
  legend: [],
  left_out: '',
  colours: {},
  ...own,
});

test('a place of the plane is one of the picture, with y upwards', () => {
  const { x, y } = placesOf(picture(), walk({}));
  assert.deepEqual([...x], [0, 300, 600]);
  assert.deepEqual([...y], [300, 0, 300]);
});

test('the height of a curve is its loss', () => {
  const { y } = placesOf(picture({ curve: true }), walk({ y: undefined, loss: [0, 5, 2.5] }));
  assert.deepEqual([...y], [300, 0, 150]);
});

test('who leaves goes on in the same direction, as far as browsers draw', () => {
  const { x, y } = placesOf(picture(), walk({ x: [5, 5e9, null], y: [2.5, 2.5e9, 1] }));
  assert.ok(x[1] > 3000 && x[1] < 20_000);
  assert.ok(Math.abs((x[1] - 300) / 600 - (150 - y[1]) / 300) < 1e-6);
  assert.ok(Number.isNaN(x[2]));
});

test('a walk is between two steps while it moves, and stays at its end', () => {
  const places = placesOf(picture(), walk({}));
  assert.deepEqual(placeAt(places, 0.5), [150, 150]);
  assert.deepEqual(placeAt(places, 2), [600, 300]);
  assert.deepEqual(placeAt(places, 7), [600, 300]);
});

test('where there is no finite number it stays at the last place that is known', () => {
  const places = placesOf(picture(), walk({ x: [0, 5, null], y: [0, 5, null] }));
  assert.deepEqual(placeAt(places, 1.5), [300, 0]);
  assert.deepEqual(placeAt(places, 2), [300, 0]);
  assert.equal(placeAt(placesOf(picture(), walk({ x: [null], y: [0] })), 0), null);
});

test('the trail ends where the walk is', () => {
  const places = placesOf(picture(), walk({}));
  assert.equal(trailTo(places, 0), 'M0 300h0');
  assert.equal(trailTo(places, 0.5), 'M0 300L150 150');
  assert.equal(trailTo(places, 9), 'M0 300L300 0L600 300L600 300');
  assert.equal(trailTo(placesOf(picture(), walk({ x: [null], y: [0] })), 0), '');
});

test('the film goes by what moves within the picture', () => {
  const still = walk({ x: [0, 5, 5], y: [0, 5, 5] });
  const shown = picture({ walks: [still] });
  const reel = reelOf(shown, [placesOf(shown, still)]);
  assert.ok(reel.timeAt(1) > 0);
  assert.equal(reel.timeAt(2), reel.timeAt(1));
  const moving = walk({});
  const both = reelOf(shown, [placesOf(shown, still), placesOf(shown, moving)]);
  assert.ok(both.timeAt(2) > both.timeAt(1));
});

test('a walk of its start alone has a film of no length', () => {
  const only = walk({ x: [1], y: [1], loss: [1], gradient_norm: [0] });
  const shown = picture({ steps: [0], walks: [only] });
  assert.equal(reelOf(shown, [placesOf(shown, only)]).duration, 0);
  assert.match(readoutAt(shown, 0), /^Step 0 of 0 ·/);
});

test('the nearest place within reach is the one that is pointed at', () => {
  const all = [walk({}), walk({ x: [1], y: [1] })].map((one) => placesOf(picture(), one));
  assert.deepEqual(nearest(all, 298, 4, 16), { walk: 0, k: 1 });
  assert.deepEqual(nearest(all, 62, 238, 16), { walk: 1, k: 0 });
  assert.equal(nearest(all, 450, 20, 16), null);
});

test('numbers are said with what they are, and what is not finite as that', () => {
  assert.equal(numbersAt(walk({}), 1), '(5, 5) · loss 1 · gradient 2');
  assert.equal(numbersAt(walk({ y: undefined, loss: [null], x: [2] }), 0), 'x = 2 · loss not finite · gradient 3');
});

test('the readout names the step of the walk, and of several leaves their losses to the legend', () => {
  const two = picture({ walks: [walk({}), walk({ style: 1, loss: [9, 8] }), walk({ style: 1, loss: [7, null] })] });
  assert.equal(readoutAt(picture(), 1), 'Step 50 of 100 · (5, 5) · loss 1 · gradient 2');
  assert.equal(readoutAt(two, 1), 'Step 50 of 100');
  assert.equal(lowestAt(two, 0, 2), 'loss 0.25');
  assert.equal(lowestAt(two, 1, 0), 'lowest loss 7');
  assert.equal(lowestAt(two, 1, 2), 'lowest loss 8');
});

test('a step that is not shown is the last before it', () => {
  assert.deepEqual(
    [-1, 0, 49, 50, 99, 100, 7000].map((step) => indexOf([0, 50, 100], step)),
    [0, 0, 0, 1, 1, 2, 2],
  );
});

test('a ground is bright, dark, or none', () => {
  assert.ok(Number(brightnessOf([255, 255, 255, 255])) > 0.99);
  assert.ok(Number(brightnessOf([20, 30, 40, 230])) < 0.2);
  assert.equal(brightnessOf([0, 0, 0, 0]), null);
});

test('an image holds a picture whichever way its address is written', () => {
  const svg = '<svg id="downhill-1"><path d="M0,0"/></svg>';
  assert.ok(holdsSvg(`data:image/svg+xml;base64,${btoa(svg)}`, 'downhill-1'));
  assert.ok(holdsSvg(`data:image/svg+xml,${encodeURIComponent(svg)}`, 'downhill-1'));
  assert.ok(holdsSvg(`data:image/svg+xml;charset=utf-8,${svg}\n`, 'downhill-1'));
  assert.ok(!holdsSvg(`data:image/svg+xml;base64,${btoa(svg)}`, 'downhill-2'));
  assert.ok(!holdsSvg('https://example.org/downhill-1.svg', 'downhill-1'));
});
