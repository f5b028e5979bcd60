import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { classesFigure, curvePoints, curveRange, placesAround } from '../../../static/js/figures/network.js';
import { offPlaneFigure } from '../../../static/js/figures/off_plane.js';
import { colours, raceOf } from '../tools.js';

/** @type {{slug: string, network: NetworkRecord}[]} */
const records = JSON.parse(readFileSync(new URL('../state/data/networks.json', import.meta.url), 'utf8'));
const networkOf = (/** @type {string} */ name) =>
  /** @type {NetworkRecord} */ (records.find(({ slug }) => slug === name)?.network);

test('the curve is drawn over all points and a little beyond, in a picture that holds them all', () => {
  const network = networkOf('network-curve');
  const { x, y, curve } = curvePoints(network);
  assert.deepEqual([x.length, y], [20, network.data.targets]);
  assert.ok(curve.x[0] < -2 && curve.x[0] > -2.5 && /** @type {number} */ (curve.x.at(-1)) > 2);
  // A curve that bends sharply shows its corners where its points are farther apart than this.
  assert.ok(
    curve.x.slice(1).every((place, k) => place - curve.x[k] <= ((curve.x[curve.x.length - 1] - curve.x[0]) * 2) / 700),
  );
  const [low, high] = curveRange(network);
  assert.ok(low < Math.min(...y) && high > Math.max(...y));
});

for (const slug of ['network-moons', 'network-xor']) {
  test(`the classes of ${slug} differ in colour and in shape, and each has its points`, () => {
    const network = networkOf(slug);
    const { data, layout } = classesFigure(network, colours);
    assert.equal(data.length, 2);
    assert.notEqual(data[0].marker.color, data[1].marker.color);
    assert.notEqual(data[0].marker.symbol, data[1].marker.symbol);
    const drawn = data.flatMap((trace, one) => trace.x.map((x, k) => [x, trace.y[k], one]));
    const wanted = network.data.inputs.map((row, index) => [...row, network.data.targets[index]]);
    assert.deepEqual(drawn.map(String).sort(), wanted.map(String).sort());
    // What is said everywhere is asked for from edge to edge.
    const { x, y } = placesAround(network, 100);
    assert.deepEqual(
      [layout.xaxis.range, layout.yaxis.range],
      [
        [x[0], x[99]],
        [y[0], y[99]],
      ],
    );
    for (const [across, up] of network.data.inputs)
      assert.ok(across > x[0] && across < x[99] && up > y[0] && up < y[99]);
  });
}

test('each walk that is drawn has its distance from the plane, by what the curves go by', () => {
  const columns = { x: [0, 1, 2], evaluations: [0, 20, 40], off_plane: [0, 0.5, 0.125] };
  const paths = /** @type {any[][]} */ ([[columns], [{ ...columns, off_plane: [0, 0.25, 0] }], [columns]]);
  const walks = raceOf(paths, { axis: 'evaluations' }, [{}, {}, { hidden: 1 }]);
  const { data, layout } = offPlaneFigure(walks, colours);
  assert.deepEqual(
    data.map(({ x, y }) => [x, y]),
    [
      [
        [0, 20, 40],
        [0, 0.5, 0.125],
      ],
      [
        [0, 20, 40],
        [0, 0.25, 0],
      ],
    ],
  );
  assert.notEqual(data[0].line.color, data[1].line.color);
  assert.deepEqual(layout.xaxis.range, [0, 40]);
});
