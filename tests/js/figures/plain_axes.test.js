import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axesOf } from '../../../static/js/figures/plain_axes.js';

const layout = (/** @type {any} */ more = {}) => ({
  xaxis: { range: [-4, 4] },
  yaxis: { range: [-3, 3], ...more },
  margin: { l: 0, r: 0, t: 0, b: 0 },
});

test('axes have what their margins leave', () => {
  const { xaxis, yaxis } = axesOf({ ...layout(), margin: { l: 40, r: 10, t: 5, b: 30 } }, { width: 450, height: 335 });
  assert.deepEqual([xaxis._offset, xaxis._length, yaxis._offset, yaxis._length], [40, 400, 5, 300]);
});

test('pixels and values lead to each other, upwards on the upright axis', () => {
  const { xaxis, yaxis } = axesOf(layout(), { width: 800, height: 600 });
  assert.equal(xaxis.d2p(0), 400);
  assert.equal(yaxis.d2p(3), 0);
  assert.equal(yaxis.d2p(-3), 600);
  for (const pixel of [0, 123, 600]) assert.ok(Math.abs(yaxis.d2p(yaxis.p2d(pixel)) - pixel) < 1e-9);
});

test('to scale a unit is as long across as upright, and what is left over lies on both sides', () => {
  const { xaxis, yaxis } = axesOf(layout({ scaleanchor: 'x' }), { width: 1000, height: 600 });
  assert.equal(xaxis.d2p(1) - xaxis.d2p(0), yaxis.d2p(0) - yaxis.d2p(1));
  assert.deepEqual([xaxis._offset, xaxis._length, yaxis._offset, yaxis._length], [100, 800, 0, 600]);
});

test('a small box has fewer ticks, and none outside of its range', () => {
  const ten = { ...layout(), xaxis: { range: [0, 10] } };
  const [wide, small] = [800, 150].map((width) => axesOf(ten, { width, height: width * 0.75 }).xaxis);
  assert.ok(small.ticks.length < wide.ticks.length);
  assert.ok(small.ticks.length >= 2);
  for (const { ticks, _length } of [wide, small])
    for (const { at } of ticks) assert.ok(at >= -1e-9 && at <= _length + 1e-9);
});

test('ticks that a figure names are taken as they are', () => {
  const named = { range: [0, 1], tickvals: [0.25, 0.75], ticktext: ['a', 'b'] };
  const { xaxis } = axesOf({ ...layout(), xaxis: named }, { width: 100, height: 100 });
  assert.deepEqual(xaxis.ticks, [
    { at: 25, text: 'a' },
    { at: 75, text: 'b' },
  ]);
});
