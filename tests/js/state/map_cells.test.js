import { test } from 'node:test';
import assert from 'node:assert/strict';

import { MapCells, fraction, legendOf, valueAt } from '../../../static/js/state/map_cells.js';
import { formatShare } from '../../../static/js/words/numbers.js';
import { basins, rates, startOf } from '../made.js';
import { chance } from '../tools.js';

test('the ends of an axis are 0 and 1, its middle is a half, also in the logarithm', () => {
  const plain = { key: 'x', title: 'x', low: -3, high: 5, log: false };
  const log = { key: 'learning_rate', title: 'learning rate', low: 1e-3, high: 10, log: true };
  assert.deepEqual(
    [-3, 1, 5].map((value) => fraction(plain, value)),
    [0, 0.5, 1],
  );
  [
    [1e-3, 0],
    [0.1, 0.5],
    [10, 1],
  ].forEach(([value, part]) => assert.ok(Math.abs(fraction(log, value) - part) < 1e-12));
});

test('a value at a fraction lies at this fraction, also in a window a millionth as wide', () => {
  const random = chance(41);
  for (let k = 0; k < 500; k += 1) {
    const low = 10 ** (6 * random() - 3);
    const axis = { key: 'x', title: 'x', low, high: low * (1 + 10 ** (-8 * random())), log: random() < 0.5 };
    const part = random();
    // A window of so few numbers leaves so few digits of a fraction.
    const digits = (1e-15 * axis.high) / (axis.high - low);
    assert.ok(Math.abs(fraction(axis, valueAt(axis, part)) - part) < 1e-12 + 10 * digits);
  }
});

test('far below the end of a logarithmic axis a value keeps its digits', () => {
  const axis = { key: 'x', title: 'x', low: 1e-15, high: 10, log: true };
  assert.ok(Math.abs(valueAt(axis, -1) / 1e-31 - 1) < 1e-12);
  assert.ok(Math.abs(valueAt(axis, -0.5) / 1e-23 - 1) < 1e-12);
  assert.ok(Math.abs(valueAt(axis, 2) / 1e17 - 1) < 1e-12);
});

test('a pass is kept row by row', () => {
  const cells = basins({
    outcome: [
      [0, 1, 2],
      [3, 0, 0],
    ],
    steps: [
      [1, 2, 3],
      [4, 5, 6],
    ],
  });
  assert.deepEqual([...cells.outcome], [0, 1, 2, 3, 0, 0]);
  assert.deepEqual([...cells.steps], [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(cells.cell(1, 2), {
    row: 1,
    column: 2,
    x: cells.x[2],
    y: /** @type {Float64Array} */ (cells.y)[1],
    ending: cells.legend[0],
    near: null,
    steps: 6,
    evaluations: null,
    loss: null,
  });
});

test('outcomes in words are entries of the legend', () => {
  const cells = rates({
    outcome: [
      ['diverged', 'converged'],
      ['out_of_steps', 'stalled'],
    ],
    evaluations: [
      [3, 7],
      [9, 11],
    ],
  });
  assert.deepEqual(
    [...cells.outcome].map((entry) => cells.legend[entry].outcome),
    ['diverged', 'converged', 'out_of_steps', 'stalled'],
  );
  assert.equal(cells.cell(0, 1).evaluations, 7);
});

test('what does not converge counts for no scale', () => {
  const cells = rates({ outcome: [['diverged', 'converged', 'converged']], evaluations: [[1, 20, 7]] });
  assert.deepEqual(cells.range, [7, 20]);
  assert.equal(rates({ outcome: [['diverged']], evaluations: [[1]] }).range, null);
  const elsewhere = basins({ outcome: [[0, 5, 3]], steps: [[30, 4, 900]] });
  assert.deepEqual(elsewhere.range, [30, 30]);
});

test('a coarse cell stands for the places that are nearest to its own start', () => {
  const random = chance(42);
  for (const [finest, stride] of [
    [32, 1],
    [64, 2],
    [100, 4],
    [256, 8],
    [1000, 32],
  ]) {
    const count = Math.ceil(finest / stride);
    const cells = new MapCells(startOf('basins', finest, 1));
    cells.take({
      kind: 'pass',
      resolution: [1, count],
      stride,
      outcome: [Array(count).fill(0)],
      steps: [Array.from({ length: count }, (_, j) => j)],
      progress: 0,
    });
    for (let k = 0; k < 100; k += 1) {
      const part = random();
      const x = valueAt(cells.axes[0], part);
      const found = cells.nearest(part, 0);
      const gap = (/** @type {number} */ column) =>
        Math.abs(cells.x[Math.floor(part * finest)] - cells.x[column * stride]);
      const least = Math.min(...Array.from({ length: count }, (_, column) => gap(column)));
      assert.ok(Math.abs(gap(found) - least) < 1e-9, `${finest} cells by ${stride} at ${x}`);
    }
  }
});

test('a complete pass has each place in the very cell that it lies in', () => {
  const cells = new MapCells(startOf('basins', 10, 4));
  cells.take({
    kind: 'pass',
    resolution: [4, 10],
    stride: 1,
    outcome: Array.from({ length: 4 }, () => Array(10).fill(0)),
    steps: Array.from({ length: 4 }, (_, i) => Array.from({ length: 10 }, (_, j) => 10 * i + j)),
    progress: 1,
  });
  const [{ low, high }] = cells.axes;
  const at = (/** @type {number} */ j) => low + ((j + 0.02) / 10) * (high - low);
  for (let j = 0; j < 10; j += 1) assert.equal(cells.at(at(j), cells.axes[1].high)?.steps, 30 + j);
  assert.equal(cells.at(low, cells.axes[1].low)?.steps, 0);
  assert.equal(cells.at(high, cells.axes[1].low)?.steps, 9);
});

test('the end of an axis lies in its last cell, what is beyond in none', () => {
  const cells = basins({ outcome: [[0, 1, 2]], steps: [[1, 2, 3]] });
  assert.deepEqual(
    [0, 0.5, 1, -1e-9, 1 + 1e-9, NaN].map((part) => cells.nearest(part, 0)),
    [0, 1, 2, -1, -1, -1],
  );
});

test('outside the window and before the first pass there is no cell', () => {
  const cells = basins({ outcome: [[0, 1]], steps: [[1, 2]] });
  const { low, high } = cells.axes[0];
  assert.equal(cells.at(low - 1e-3, 0), null);
  assert.equal(cells.at(high + 1e-3, 0), null);
  assert.equal(new MapCells(startOf('basins', 4, 4)).at(0, 0), null);
});

test('one axis is one row', () => {
  const cells = new MapCells(startOf('basins', 4, 0));
  cells.take({
    kind: 'pass',
    resolution: [1, 4],
    stride: 1,
    outcome: [[0, 0, 1, 2]],
    steps: [[1, 2, 3, 4]],
    progress: 1,
  });
  assert.equal(cells.at(cells.x[2], 17)?.steps, 3);
  assert.equal(cells.cell(0, 1).y, null);
});

test('the shares are those of the pass that is shown', () => {
  const cells = basins({ outcome: [[0, 0, 0, 3]], steps: [[1, 1, 1, 1]] });
  assert.deepEqual(cells.shares, [0.75, 0, 0, 0.25, 0, 0]);
  cells.take({
    kind: 'pass',
    resolution: [1, 4],
    stride: 1,
    outcome: [[1, 1, 1, 1]],
    steps: [[1, 1, 1, 1]],
    progress: 1,
  });
  assert.deepEqual(cells.shares, [0, 1, 0, 0, 0, 0]);
});

test('the legend tells the largest shares first and what has no place last', () => {
  const cells = basins({ outcome: [[2, 1, 1, 1, 2, 2, 2, 3]], steps: [Array(8).fill(1)] });
  assert.deepEqual(legendOf(cells), [
    { entry: 2, near: false, label: cells.legend[2].label, share: 0.5 },
    { entry: 1, near: false, label: cells.legend[1].label, share: 0.375 },
    { entry: 3, near: false, label: 'diverged', share: 0.125 },
  ]);
});

test('what is near a minimum is told with it, and not again with what is out of steps', () => {
  const outcome = [[0, 4, 4, 4, 4, 4, 5, 3]];
  const cells = basins({ outcome, near: [[-1, 0, 1, 1, 1, -1, 0, -1]], steps: [Array(8).fill(9)] });
  const { legend } = cells;
  assert.deepEqual(legend.slice(3, 6).map(({ outcome: ending }) => ending), ['diverged', 'out_of_steps', 'converged']); // prettier-ignore
  assert.deepEqual(
    legendOf(cells).map(({ entry, near, label, share }) => [entry, near, label, share]),
    [
      [0, false, legend[0].label, 1 / 8],
      [1, true, `on its way to ${legend[1].label}`, 3 / 8],
      [0, true, `on its way to ${legend[0].label}`, 2 / 8],
      [3, false, 'diverged', 1 / 8],
      [4, false, legend[4].label, 1 / 8],
    ],
  );
  assert.deepEqual(cells.shares.slice(0, 6), [1, 0, 0, 1, 5, 1].map((count) => count / 8)); // prettier-ignore
  assert.deepEqual([cells.cell(0, 2).near, cells.cell(0, 5).near], [legend[1], null]);
});

test('of very many minima the smaller ones are summed', () => {
  const start = startOf('basins', 30, 1, 20);
  const cells = new MapCells(start);
  // Minimum k has k + 1 of 210 cells.
  const outcome = Array.from({ length: 20 }, (_, k) => Array(k + 1).fill(k)).flat();
  cells.take({ kind: 'pass', resolution: [1, 210], stride: 1, outcome: [outcome], steps: [outcome], progress: 1 });
  const told = legendOf(cells);
  assert.deepEqual(
    told.map(({ entry }) => entry),
    [19, 18, 17, 16, 15, 14, 13, 12, -1],
  );
  assert.equal(told[8].label, '12 further minima');
  assert.ok(Math.abs(told[8].share - (12 * 13) / 2 / 210) < 1e-12);
});

test('what occurs has never a share of nothing, and what is not all never one of all', () => {
  assert.equal(formatShare(0), '0\u00a0%');
  assert.equal(formatShare(1), '100\u00a0%');
  assert.equal(formatShare(0.3125), '31.3\u00a0%');
  assert.equal(formatShare(1 / 65536), 'under 0.1\u00a0%');
  assert.equal(formatShare(1 - 1 / 65536), 'over 99.9\u00a0%');
});

test('the end brings the best cell', () => {
  const cells = rates({ outcome: [['converged']], evaluations: [[5]] });
  assert.equal(cells.done, false);
  cells.take({ kind: 'progress', progress: 0.4 });
  assert.equal(cells.progress, 0.4);
  const best = { learning_rate: 0.1, second: 0.5, evaluations: 5, row: 0, column: 0 };
  cells.take({ kind: 'done', shares: {}, best });
  assert.deepEqual([cells.done, cells.best], [true, best]);
});
