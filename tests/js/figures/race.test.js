// ---------------------------------------------------------------- curves of a race

import { test } from 'node:test';
import assert from 'node:assert/strict';

import { curvesFigure } from '../../../static/js/figures/curves.js';
import { bandTraces, sweepFigure } from '../../../static/js/figures/race.js';
import { DASHES } from '../../../static/js/figures/walk_styles.js';
import { colours, raceOf } from '../tools.js';

/** @param {Walks} walks @param {{unit?: string, bands?: any[] | null}} [race] @param {number} [walker] */
function figureOf(walks, race, walker = 0) {
  const { data, layout } = curvesFigure(walks, [], true, colours, 'row', [], walker, race);
  const on = (/** @type {string} */ axis) => data.filter(({ xaxis, mode }) => xaxis === axis && mode === 'lines');
  return { losses: on('x'), norms: on('x2'), rates: on('x3'), layout };
}

const path = (/** @type {number} */ rate, length = 3) => ({
  loss: Array(length)
    .fill(1)
    .map((one, k) => one / (k + 1)),
  learning_rate: Array(length).fill(rate),
  gradient_norm: Array(length).fill(2),
  evaluations: Array(length)
    .fill(0)
    .map((_, k) => 10 * k),
});

test('the walkers of a run have one style, and each run its learning rate', () => {
  const { losses, rates } = figureOf(
    raceOf([
      [path(0.1), path(0.1)],
      [path(0.2), path(0.2)],
    ]),
  );
  assert.deepEqual(
    losses.map(({ line }) => line.color),
    [colours.walkers[0], colours.walkers[0], colours.walkers[1], colours.walkers[1]],
  );
  assert.deepEqual(
    losses.map(({ line }) => line.dash),
    ['solid', 'solid', '9px,5px', '9px,5px'],
  );
  assert.deepEqual(DASHES[1], [9, 5]);
  assert.deepEqual(
    rates.map(({ y }) => y[0]),
    [0.1, 0.2],
  );
  assert.deepEqual(
    rates.map(({ line }) => line.color),
    colours.walkers.slice(0, 2),
  );
});

test('learning rates that are far apart are on a logarithmic axis, others begin at zero', () => {
  const near = figureOf(raceOf([[path(0.1)], [path(0.2)]])).layout.yaxis3;
  const far = figureOf(raceOf([[path(0.001)], [path(0.2)]])).layout.yaxis3;
  assert.deepEqual([near.type, near.rangemode, far.type, far.rangemode], ['linear', 'tozero', 'log', 'normal']);
  assert.equal(
    figureOf(raceOf([[{ ...path(0), learning_rate: [1, 0, 0] }], [path(0.001)]])).layout.yaxis3.type,
    'linear',
    'a rate of zero is shown',
  );
});

test('a run that is hidden has no curves, and its end squeezes nothing', () => {
  const { losses, norms, rates, layout } = figureOf(raceOf([[path(0.1)], [path(0.2, 50)]], {}, [{}, { hidden: 1 }]));
  assert.deepEqual([losses.length, norms.length, rates.length], [1, 1, 1]);
  assert.deepEqual(layout.xaxis.range, [0, 2]);
});

test('curves go by evaluations where that is asked for, and say what they count', () => {
  const walks = raceOf([[path(0.1)], [{ ...path(0.2), evaluations: [0, 1, 2] }]], { axis: 'evaluations' });
  const { losses, rates, layout } = figureOf(walks, { unit: 'data points seen' });
  assert.deepEqual(
    [losses[0].x, losses[1].x, rates[0].x],
    [
      [0, 10, 20],
      [0, 1, 2],
      [0, 10, 20],
    ],
  );
  assert.deepEqual(layout.xaxis.range, [0, 20]);
  assert.equal(layout.xaxis.title.text, 'data points seen');
  assert.deepEqual(figureOf(raceOf([[path(0.1)]])).losses[0].x, [0, 1, 2]);
});

test('very many walkers of a race are one line with gaps for each run', () => {
  const walks = raceOf(Array.from({ length: 9 }, () => Array.from({ length: 30 }, () => path(0.1))));
  const { losses, rates } = figureOf(walks);
  assert.equal(losses.length, 9);
  assert.equal(losses[8].line.color, colours.walkers[0]);
  for (const { x } of losses) assert.equal(x.filter((/** @type {number | null} */ one) => one === null).length, 30);
  assert.equal(rates.length, 9);
});

test('a name from an address cannot bring in marks that Plotly would follow', () => {
  const { losses } = figureOf(raceOf([[path(0.1)], [path(0.2)]], {}, [{}, { name: '<a href="x">&' }]));
  assert.equal(losses[1].text, '&lt;a href="x">&amp;');
  assert.match(losses[1].hovertemplate, /^%\{text\}<br>/);
});

// ---------------------------------------------------------------- bands

/** @param {number} run @param {Partial<RaceRun['bands']>} bands @returns {RaceRun} */
const compared = (run, bands) => ({
  run,
  label: `run ${run}`,
  walkers: 4,
  success: 1,
  outcomes: {},
  places: {},
  stayed: [],
  loss: { lower: 0, median: 0, upper: 0 },
  bands: { part: [1, 0.1, 0.01], lower: [0, 5, 20], median: [0, 9, 30], upper: [0, 12, 40], ...bands },
});

test('a band lies between its quartiles, its line at the median', () => {
  const [area, line] = bandTraces([compared(3, {})], 100, 'evaluations', colours);
  assert.deepEqual([area.x, area.y, area.fill], [[0, 5, 20, 40, 12, 0], [1, 0.1, 0.01, 0.01, 0.1, 1], 'toself']);
  assert.deepEqual(
    [line.x, line.y],
    [
      [0, 9, 30],
      [1, 0.1, 0.01],
    ],
  );
  assert.deepEqual(
    [area.fillcolor, line.line.color, line.line.dash],
    [colours.walkers[3], colours.walkers[3], '12px,4px,2px,4px'],
  );
});

test('where a quarter never came so near, the band is open to the right; where three quarters did not, it ends', () => {
  const [area, line] = bandTraces(
    [compared(0, { lower: [0, 5, null], median: [0, null, null], upper: [0, null, null] })],
    100,
    'evaluations',
    colours,
  );
  assert.deepEqual(
    [area.x, area.y],
    [
      [0, 5, 100, 0],
      [1, 0.1, 0.1, 1],
    ],
  );
  assert.deepEqual(line.x, [0, null, null]);
});

test('bands stand in the place of the losses, by evaluations whatever the others go by', () => {
  const walks = raceOf([
    [path(0.1), path(0.1)],
    [path(0.2), path(0.2)],
  ]);
  const bands = bandTraces([compared(0, {}), compared(1, {})], walks.mostEvaluations, 'evaluations', colours);
  const { losses, norms, layout } = figureOf(walks, { bands });
  assert.deepEqual(losses, bands);
  assert.equal(norms.length, 4);
  assert.deepEqual(
    [layout.xaxis.range, layout.xaxis.title.text, layout.xaxis2.range, layout.xaxis2.title.text],
    [[0, 20], 'evaluations', [0, 2], 'step'],
  );
  assert.deepEqual([layout.yaxis.type, layout.annotations[0].text], ['log', 'part of the way left']);
  const stacked = curvesFigure(walks, [], true, colours, 'column', [], 0, { bands }).layout;
  assert.deepEqual(
    [stacked.annotations[0].text, stacked.annotations[1].text, stacked.xaxis.title, stacked.xaxis3.title.text],
    ['part of the way left, by evaluations', 'gradient norm', undefined, 'step'],
  );
});

// ---------------------------------------------------------------- the sweep

/** @param {Partial<Sweep>} [sweep] @returns {Sweep} */
const sweep = (sweep = {}) => ({
  part: 0.01,
  best: { learning_rate: 0.1, share: 1, evaluations: 20, loss: 1 },
  learning_rate: [0.01, 0.1, 1],
  share: [0, 1, 1],
  evaluations: [null, 20, 50],
  loss: [9, 1, 3],
  ...sweep,
});
const far = sweep({
  part: null,
  best: { learning_rate: 1, share: 0, evaluations: null, loss: 0.5 },
  evaluations: [null, null, null],
  share: [0, 0, 0],
  loss: [4, 2, 0.5],
});

test('a sweep has a line for each run and a sign at its best', () => {
  const { data, layout } = sweepFigure(
    [
      { run: 0, label: 'One', sweep: sweep() },
      { run: 1, label: 'Two', sweep: sweep() },
    ],
    'evaluations',
    colours,
    false,
  );
  assert.deepEqual(
    data.map(({ mode }) => mode),
    ['lines', 'markers', 'lines', 'markers'],
  );
  assert.deepEqual([data[0].x, data[0].y, data[1].x, data[1].y], [[0.01, 0.1, 1], [null, 20, 50], [0.1], [20]]);
  assert.deepEqual(
    [data[2].line.color, data[2].line.dash, data[3].marker.symbol],
    [colours.walkers[1], '9px,5px', 'square'],
  );
  assert.equal(layout.xaxis.type, 'log');
  assert.deepEqual(
    layout.annotations.map((/** @type {any} */ { text }) => text),
    ['evaluations needed'],
  );
  const [low, high] = layout.xaxis.range;
  assert.ok(low < -1 && low > -2 && high > 0 && high < 1, 'it shows where there is something to see');
});

test('where the runs of a sweep have different goals, the axis is of each one’s own', () => {
  const { layout } = sweepFigure(
    [
      { run: 0, label: 'One', sweep: sweep() },
      { run: 1, label: 'Two', sweep: sweep({ part: 0.0001 }) },
    ],
    'evaluations',
    colours,
    false,
  );
  assert.equal(layout.annotations[0].text, 'evaluations needed to its goal');
});

for (const stacked of [false, true]) {
  test(`runs that never came near have a panel for the loss at the end, ${stacked ? 'below' : 'beside'}`, () => {
    const { data, layout } = sweepFigure(
      [
        { run: 0, label: 'One', sweep: far },
        { run: 1, label: 'Two', sweep: sweep() },
      ],
      'evaluations',
      colours,
      stacked,
    );
    const loss = data.filter(({ xaxis }) => xaxis === 'x2');
    assert.deepEqual(
      [loss[0].y, loss[0].line.color, loss[1].x, loss[1].y],
      [[4, 2, 0.5], colours.walkers[0], [1], [0.5]],
    );
    assert.equal(layout.annotations.length, 2);
    if (stacked) assert.ok(layout.yaxis2.domain[1] < layout.yaxis.domain[0]);
    else assert.ok(layout.xaxis2.domain[0] > layout.xaxis.domain[1]);
  });
}

test('runs of which fewer than half stayed near are shown by their share, between the others', () => {
  const few = sweep({
    best: { learning_rate: 0.1, share: 0.4, evaluations: null, loss: 1 },
    share: [0, 0.4, 0.2],
    evaluations: [null, null, null],
  });
  const runs = [far, few, sweep()].map((one, run) => ({ run, label: `run ${run}`, sweep: one }));
  const { data, layout } = sweepFigure(runs, 'evaluations', colours, false);
  const share = data.filter(({ xaxis }) => xaxis === 'x2');
  assert.deepEqual([share[0].y, share[0].line.color, share[1].y], [[0, 0.4, 0.2], colours.walkers[1], [0.4]]);
  assert.deepEqual(
    layout.annotations.map((/** @type {any} */ { text }) => text),
    [
      'evaluations needed',
      'share that stays near, where fewer than half do',
      'loss at the end, where nobody stays near',
    ],
  );
  const across = [layout.xaxis, layout.xaxis2, layout.xaxis3].flatMap(({ domain }) => domain);
  assert.deepEqual([across[0], across.at(-1)?.toFixed(12)], [0, '1.000000000000']);
  assert.ok(across.every((at, k) => k === 0 || at > across[k - 1]));
  const alone = sweepFigure([{ run: 1, label: 'One', sweep: few }], 'evaluations', colours, true);
  assert.deepEqual(
    alone.layout.annotations.map((/** @type {any} */ { text }) => text),
    ['share that stays near'],
  );
});

test('where nobody came near there is the loss alone, on a logarithmic axis if it is far apart', () => {
  const { data, layout } = sweepFigure(
    [{ run: 0, label: 'One', sweep: { ...far, loss: [400, 2, 0.5] } }],
    'evaluations',
    colours,
    false,
  );
  assert.deepEqual(data[0].y, [400, 2, 0.5]);
  assert.deepEqual(
    [layout.yaxis.type, layout.annotations[0].text, layout.xaxis2],
    ['log', 'loss at the end', undefined],
  );
});
