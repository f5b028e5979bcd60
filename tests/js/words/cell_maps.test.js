import { test } from 'node:test';
import assert from 'node:assert/strict';

import { CutOff, Refused } from '../../../static/js/server/api.js';
import { MapCells } from '../../../static/js/state/map_cells.js';
import {
  cellInWords,
  failureInWords,
  mapInWords,
  moreSteps,
  mostAreUnfinished,
  passInWords,
  shadesInWords,
} from '../../../static/js/words/cell_maps.js';
import { basins, rates, startOf, trained } from '../made.js';

test('a map of starts says how many end where it is best', () => {
  const start = startOf('basins', 4, 1);
  const cells = new MapCells({
    ...start,
    legend: start.legend.map((entry, index) => (index === 1 ? { ...entry, kind: 'global_minimum' } : entry)),
  });
  cells.take({
    kind: 'pass',
    resolution: [1, 4],
    stride: 1,
    outcome: [[0, 1, 1, 3]],
    steps: [[1, 1, 1, 1]],
    progress: 1,
  });
  assert.equal(mapInWords(cells, 'minimize'), 'Of 4 starts 50\u00a0% end at a global minimum.');
});

test('who has arrived and who is on the way are told apart', () => {
  const start = startOf('basins', 4, 1);
  const legend = start.legend.map((entry, index) => (index === 1 ? { ...entry, kind: 'global_minimum' } : entry));
  const pass = { kind: 'pass', resolution: [1, 4], stride: 1, steps: [[1, 9, 9, 9]], progress: 1 };
  const one = new MapCells({ ...start, legend });
  one.take({ ...pass, outcome: [[1, 4, 0, 3]], near: [[-1, 1, -1, -1]] });
  const there = 'Of 4 starts 25\u00a0% have arrived at a global minimum, ';
  assert.equal(mapInWords(one, 'minimize'), `${there}25\u00a0% are on their way to one.`);
  const most = new MapCells({ ...start, legend });
  most.take({ ...pass, outcome: [[1, 4, 4, 4]], near: [[-1, 1, 1, 0]] });
  assert.equal(
    mapInWords(most, 'minimize'),
    `${there}50\u00a0% are on their way to one. With more steps they would arrive.`,
  );
  assert.deepEqual(cellInWords(most, most.cell(0, 3)).slice(1), ['out of steps', `near ${legend[0].label}`, '9 steps']);
});

test('where most run out of steps, that is said', () => {
  const cells = basins({ outcome: [[4, 4, 4, 0]], steps: [[9, 9, 9, 9]] });
  assert.match(
    mapInWords(cells, 'minimize'),
    /Most are out of steps: with more steps they would tell where they end\.$/,
  );
  assert.doesNotMatch(
    mapInWords(basins({ outcome: [[4, 4, 0, 0]], steps: [[9, 9, 9, 9]] }), 'minimize'),
    /out of steps/,
  );
});

test('of several runs the map is said to be of one', () => {
  const cells = basins({ outcome: [[0]], steps: [[1]] });
  assert.equal(
    mapInWords(cells, 'minimize', 'Adam, learning rate 0.3'),
    `Map of Adam, learning rate 0.3: ${mapInWords(cells, 'minimize')}`,
  );
});

test('more steps are offered as far as the server would take them', () => {
  const square = (/** @type {number} */ side) => ({ x: Array(side), y: Array(side) });
  assert.equal(mostAreUnfinished(basins({ outcome: [[4, 4, 4, 0]], steps: [[9, 9, 9, 9]] })), true);
  assert.equal(mostAreUnfinished(rates({ outcome: [['out_of_steps']], evaluations: [[9]] })), false);
  assert.deepEqual(
    [200, 500, 9999, 10000].map((steps) => moreSteps(steps, square(64))),
    [500, 1000, 10000, null],
  );
  assert.deepEqual([moreSteps(500, square(1024)), moreSteps(1000, square(1024))], [1000, null]);
  assert.equal(moreSteps(5000, { x: Array(1024), y: null }), 10000);
});

test('an ascent counts the maxima', () => {
  const start = startOf('basins', 2, 1);
  const cells = new MapCells({
    ...start,
    legend: start.legend.map((entry) => (entry.kind ? { ...entry, kind: 'maximum' } : entry)),
  });
  cells.take({ kind: 'pass', resolution: [1, 2], stride: 1, outcome: [[0, 2]], steps: [[1, 1]], progress: 1 });
  assert.equal(mapInWords(cells, 'maximize'), 'Of 2 starts 100\u00a0% end at a maximum.');
});

test('a map of settings says which converge and which is best', () => {
  const cells = rates({
    outcome: [['converged', 'diverged', 'out_of_steps', 'diverged']],
    evaluations: [[1200, 3, 400, 3]],
  });
  cells.take({
    kind: 'done',
    shares: {},
    best: { learning_rate: 0.0316227766, second: 0.5, evaluations: 1200, row: 0, column: 0 },
  });
  assert.equal(
    mapInWords(cells, 'minimize'),
    'Of 4 settings 25\u00a0% converge. Best: learning rate 0.03162, momentum 0.5, 1,200 evaluations.',
  );
});

test('where nothing converges there is no best', () => {
  const cells = rates({ outcome: [['diverged']], evaluations: [[3]] });
  cells.take({ kind: 'done', shares: {}, best: null });
  assert.equal(mapInWords(cells, 'minimize'), 'None of 1 settings converges.');
});

test('a cell says where it is, what becomes of it and how soon', () => {
  const start = basins({ outcome: [[3, 1]], steps: [[1, 1234]] });
  assert.deepEqual(cellInWords(start, start.cell(0, 0)), ['Start x -0.75, y 0.5', 'diverged', '1 step']);
  assert.deepEqual(cellInWords(start, start.cell(0, 1)), [
    'Start x 1.75, y 0.5',
    'local minimum at (1, 0)',
    '1,234 steps',
  ]);
  const setting = rates({ outcome: [['converged']], evaluations: [[7]] });
  assert.deepEqual(cellInWords(setting, setting.cell(0, 0)), [
    'learning rate 1',
    'momentum 0.5',
    'converged',
    '7 steps, 7 evaluations',
  ]);
});

test('the shades are told where there are several', () => {
  assert.equal(
    shadesInWords(basins({ outcome: [[0, 1]], steps: [[12, 3400]] })),
    'Lighter: fewer steps (from 12), darker: more (to 3,400).',
  );
  assert.equal(shadesInWords(basins({ outcome: [[0, 1]], steps: [[12, 12]] })), '');
  assert.equal(shadesInWords(rates({ outcome: [['converged', 'converged']], evaluations: [[1, 2]] })), '');
});

test('how far a map has come is told in cells', () => {
  const cells = new MapCells(startOf('basins', 100, 100));
  cells.take({
    kind: 'pass',
    resolution: [25, 25],
    stride: 4,
    outcome: Array(25).fill(Array(25).fill(0)),
    steps: Array(25).fill(Array(25).fill(1)),
    progress: 0.1,
  });
  assert.equal(passInWords(cells), '25 × 25 of 100 × 100 cells');
  const strip = new MapCells(startOf('basins', 100, 0));
  strip.take({
    kind: 'pass',
    resolution: [1, 25],
    stride: 4,
    outcome: [Array(25).fill(0)],
    steps: [Array(25).fill(1)],
    progress: 0.1,
  });
  assert.equal(passInWords(strip), '25 of 100 cells');
});

test('a failure is told in the words that help', () => {
  assert.match(failureInWords(new CutOff('x')), /cut off before its end/);
  assert.equal(
    failureInWords(new Refused({ status: 422, message: 'Too small.', key: 'window', hint: 'Give a wider one.' })),
    'Too small. Give a wider one.',
  );
  assert.match(failureInWords(new TypeError('fetch failed')), /cannot be reached/);
  assert.equal(
    failureInWords(new Error('The server failed while computing this map.')),
    'The server failed while computing this map.',
  );
});

test('of a network it is said how many starts end lowest, and never that they end at a minimum', () => {
  const cells = trained('basins', { outcome: [[1, 1, 2, 3]], loss: [[0.05, 0.06, 0.3, null]] });
  const words = mapInWords(cells, 'minimize');
  assert.match(words, /^Of 4 starts on this plane 50\u00a0% end lowest, loss 0\.01 to 0\.1, 25\u00a0% diverge\. /);
  assert.doesNotMatch(words, /minimum/);
  assert.equal(mostAreUnfinished(cells), false);
  assert.equal(shadesInWords(cells), '');
  assert.deepEqual(cellInWords(cells, cells.cell(0, 0)).slice(1), ['loss 0.05', '200 steps']);
  assert.deepEqual(cellInWords(cells, cells.cell(0, 3)).slice(1), ['diverged', '200 steps']);
  const none = trained('basins', { outcome: [[3, 3]], loss: [[null, null]] });
  assert.equal(mapInWords(none, 'minimize'), 'All of 2 starts diverge.');
});

test('the best settings of a network end with the lowest loss', () => {
  const cells = trained('rates', { outcome: [['out_of_steps', 'diverged']], loss: [[0.0123, null]] });
  assert.equal(mapInWords(cells, ''), 'Of 2 settings 50\u00a0% diverge.');
  cells.take({ kind: 'done', best: { learning_rate: 0.1, second: 0.9, evaluations: 200, loss: 0.0123 } });
  assert.match(
    mapInWords(cells, ''),
    /diverge\. Best: learning rate 0\.1, momentum 0\.9, which ends with loss 0\.0123\.$/,
  );
  assert.deepEqual(cellInWords(cells, cells.cell(0, 0)).slice(-2), ['out of steps, loss 0.0123', '200 steps']);
});
