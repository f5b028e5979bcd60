import { test } from 'node:test';
import assert from 'node:assert/strict';

import { ratesFigure, scaleTicks } from '../../../static/js/figures/rates_map.js';
import { rates, startOf } from '../made.js';
import { colours } from '../tools.js';

const pass = {
  outcome: [
    ['converged', 'diverged'],
    ['converged', 'converged'],
  ],
  evaluations: [
    [10, 3],
    [40, 20],
  ],
};
/** @param {object} [start] */
const figure = (start) => ratesFigure(rates(pass, start), [1, 0.5], colours, 6, 'rgb(9, 9, 9)');

test('the axes are those of the window, the learning rate in the logarithm', () => {
  const { layout } = figure();
  assert.deepEqual(
    [layout.xaxis.type, layout.xaxis.range, layout.yaxis.type, layout.yaxis.range],
    ['log', [-2, 2], 'linear', [0, 1]],
  );
  assert.deepEqual([layout.xaxis.title.text, layout.yaxis.title.text], ['learning rate', 'momentum']);
  assert.deepEqual(layout.xaxis.ticktext, ['10⁻²', '10⁻¹', '10⁰', '10¹', '10²']);
});

test('a second hyperparameter that goes by factors is drawn so', () => {
  const [rate] = startOf('rates', 2, 2).axes;
  const { layout } = figure({ axes: [rate, { key: 'epsilon', title: 'epsilon', low: 1e-12, high: 1, log: true }] });
  assert.deepEqual([layout.yaxis.type, layout.yaxis.range], ['log', [-12, 0]]);
});

test('the current setting and the best cell are marked where they are', () => {
  const cells = rates(pass);
  cells.take({
    kind: 'done',
    shares: {},
    best: { learning_rate: 0.1, second: 0.25, evaluations: 10, row: 0, column: 0 },
  });
  const { data } = ratesFigure(cells, [1, 0.5], colours, 6, 'rgb(9, 9, 9)');
  const star = data.filter((/** @type {any} */ trace) => trace.marker?.symbol === 'star')[0];
  const rings = data.filter((/** @type {any} */ trace) => trace.marker?.symbol === 'circle-open');
  assert.deepEqual([star.x, star.y], [[0.1], [0.25]]);
  for (const ring of rings) assert.deepEqual([ring.x, ring.y], [[1], [0.5]]);
  assert.equal(rings[1].marker.color, 'rgb(9, 9, 9)', 'in the colour of its run');
});

test('the stability limit is the line that theory gives', () => {
  const lines = figure({
    theory: {
      limit: [
        [0.5, 0],
        [1, 0.5],
        [1.5, 1],
      ],
    },
  }).data.filter((/** @type {any} */ trace) => trace.mode === 'lines');
  assert.equal(lines.length, 2);
  for (const line of lines)
    assert.deepEqual(
      [line.x, line.y],
      [
        [0.5, 1, 1.5],
        [0, 0.5, 1],
      ],
    );
  assert.equal(figure().data.filter((/** @type {any} */ trace) => trace.mode === 'lines').length, 0);
});

test('with one axis the evaluations are a curve with gaps, and the limit stands upright', () => {
  const start = { ...startOf('rates', 3, 0), y: undefined, theory: { limit: [[0.5]] } };
  const cells = rates({ outcome: [['converged', 'diverged', 'converged']], evaluations: [[9, 4, 30]] }, start);
  const { data, layout } = ratesFigure(cells, [1, null], colours, 6, 'rgb(9, 9, 9)');
  assert.deepEqual(data[0].y, [9, null, 30]);
  assert.deepEqual(data[0].x, [...cells.x]);
  assert.deepEqual(data[1].x, [0.5, 0.5]);
  assert.equal(layout.shapes[0].x0, 1);
  assert.ok(10 ** layout.yaxis.range[0] < 9 && 10 ** layout.yaxis.range[1] > 30);
});

test('the scale of evaluations begins at the fewest and ends at the most, and its numbers stand apart', () => {
  for (const range of /** @type {[number, number][]} */ ([
    [12, 480],
    [1, 100000],
    [30, 33],
    [5, 5],
  ])) {
    const found = scaleTicks(range);
    assert.equal(found[0].text, String(range[0]));
    assert.equal(found[found.length - 1].text, range[1].toLocaleString('en'));
    found.slice(1).forEach(({ part }, k) => assert.ok(part - found[k].part > 0.1));
    assert.equal(found[0].part, 0);
    assert.ok(range[0] === range[1] || found[found.length - 1].part === 1);
  }
});

test('the scale of losses has ticks far below one', () => {
  const found = scaleTicks([0.001, 0.1], true);
  assert.deepEqual(
    found.map(({ text }) => text),
    ['0.001', '0.01', '0.1'],
  );
  assert.ok(Math.abs(found[1].part - 0.5) < 1e-12);
});

test('however long the numbers of a scale are, none runs into its neighbour where the scale is 200 pixels wide', () => {
  const letter = 7 / 200;
  for (const [low, high] of /** @type {[number, number][]} */ ([
    [0.0034, 10],
    [0.00034, 0.9],
    [0.012, 12],
    [0.00123, 1234],
  ])) {
    const found = scaleTicks([low, high], true);
    assert.ok(found.length > 2, `${low} to ${high}`);
    found.slice(1).forEach(({ part, text }, k) => {
      const before = found[k];
      assert.ok(part - before.part > (letter * (text.length + before.text.length)) / 2, `${before.text} and ${text}`);
    });
  }
});
