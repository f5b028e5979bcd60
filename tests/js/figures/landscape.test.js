import { test } from 'node:test';
import assert from 'node:assert/strict';

import { curvesFigure, thin, thresholds } from '../../../static/js/figures/curves.js';
import { dataFigure } from '../../../static/js/figures/data.js';
import { lossRange, mapFigure, surfaceFigure } from '../../../static/js/figures/landscape.js';
import { tints } from '../../../static/js/figures/relief.js';
import { marks, marksInWords } from '../../../static/js/figures/stationary_points.js';
import { DASHES } from '../../../static/js/figures/walk_styles.js';
import { pathData } from '../../../static/js/figures/walked_path.js';
import { isStretched } from '../../../static/js/state/map_window.js';
import { Walks } from '../../../static/js/state/walks.js';
import { chance, colours, columns, ending, drawnLandscape, stationary, walksOf, wanted } from '../tools.js';

/** A ground on the domain -4 … 4, -3 … 3, higher to the right. @type {Grid} */
const grid = {
  x: [-4, 0, 4],
  y: [-3, 3],
  loss: [
    [1, 2, 5],
    [1, 10, 17],
  ],
  relief: { lowest: 1, highest: 17, root: 2, lines: [], shade: null },
};
const landscape = drawnLandscape(grid);
/** A curve on the domain -2 … 2. */
const curve = drawnLandscape({ x: [-2, 0, 2], loss: [8, -2, 3] });
const flat = { ...wanted, landscape: 'kink', domain: [-2, 2], start: [1.63] };

/** What is drawn as a plane. @param {Landscape} landscape @param {Wanted} [request] @returns {{data: any[], layout: any}} */
const mapOf = (landscape, request = wanted) => mapFigure(landscape, request, colours);

/** The parts between the gaps. @template T @param {(T | null)[]} list @returns {T[][]} */
function parts(list) {
  /** @type {T[][]} */
  const found = [[]];
  for (const value of list) {
    if (value === null) found.push([]);
    else found[found.length - 1].push(value);
  }
  return found.filter((some) => some.length > 0);
}

// ---------------------------------------------------------------- thin

test('few values are all kept, each at its step', () => {
  const values = Float64Array.from(columns(600, chance(32)).loss, Number);
  assert.deepEqual(thin(values, false, 600), { x: [...values.keys()], y: [...values] });
  assert.deepEqual(thin(values, true, 600), { x: [...values.keys()], y: [...values] });
  assert.deepEqual(thin(new Float64Array(0), false, 600), { x: [], y: [] });
});

test('a logarithm leaves a gap where a value is not positive, a line keeps it', () => {
  const values = Float64Array.from([3, 0, -2, 1e-300, NaN, Infinity, 5]);
  assert.deepEqual(thin(values, true, 600).y, [3, null, null, 1e-300, null, null, 5]);
  assert.deepEqual(thin(values, false, 600).y, [3, 0, -2, 1e-300, null, null, 5]);
  assert.deepEqual(thin(values, true, 600).x, [0, 1, 2, 3, 4, 5, 6]);
});

for (const [length, most] of [
  [601, 600],
  [1000, 600],
  [1201, 600],
  [100_001, 600],
  [121, 120],
  [5000, 120],
  [3, 2],
]) {
  test(`of ${length} values no more than ${most} are kept: the lowest and the highest of each stretch, in order`, () => {
    const values = Float64Array.from(columns(length, chance(length)).loss, Number);
    const { x, y } = thin(values, true, most);
    assert.equal(x.length, y.length);
    assert.ok(x.length <= most && x.length > most / 4, `${x.length}`);
    for (let k = 1; k < x.length; k += 1) assert.ok(x[k] > x[k - 1]);
    x.forEach((step, k) => assert.equal(y[k], values[step]));
    const stretch = Math.ceil((2 * length) / most);
    for (let first = 0; first < length; first += stretch) {
      const all = [...values.subarray(first, first + stretch)];
      const kept = y.filter((_, k) => x[k] >= first && x[k] < first + stretch).map(Number);
      assert.equal(Math.min(...kept), Math.min(...all));
      assert.equal(Math.max(...kept), Math.max(...all));
    }
  });
}

test('a single peak or pit is kept, wherever it is', () => {
  const random = chance(33);
  for (let round = 0; round < 200; round += 1) {
    const values = new Float64Array(1000 + Math.floor(random() * 5000)).fill(1);
    const [peak, pit] = [Math.floor(random() * values.length), Math.floor(random() * values.length)];
    values[peak] = 50;
    if (pit !== peak) values[pit] = 0.001;
    const { x, y } = thin(values, true, 120);
    assert.equal(y[x.indexOf(peak)], 50);
    if (pit !== peak) assert.equal(y[x.indexOf(pit)], 0.001);
  }
});

// ---------------------------------------------------------------- the path's numbers

test('the path of each walker is whole and parted from the next by a gap', () => {
  const random = chance(34);
  const paths = [3, 1, 5].map((length) => columns(length, random));
  const { x, y, customdata } = pathData(walksOf(paths));
  assert.deepEqual(
    x,
    paths.flatMap((path) => [...path.x, null]),
  );
  assert.deepEqual(
    y,
    paths.flatMap((path) => [...path.y, null]),
  );
  assert.deepEqual(
    customdata,
    paths.flatMap((path) => [...path.loss.map((loss, k) => [k, loss]), null]),
  );
});

test('on a curve the path’s height is the loss', () => {
  const { x, y } = pathData(walksOf([{ x: [1, 2], loss: [5, null] }], { start: [1] }));
  assert.deepEqual(x, [1, 2, null]);
  assert.deepEqual(y, [5, null, null]);
});

test('places that are not finite are gaps of the path', () => {
  const { x, y } = pathData(walksOf([{ x: [1, null], y: [2, null], loss: [3, null] }]));
  assert.deepEqual(x, [1, null, null]);
  assert.deepEqual(y, [2, null, null]);
});

test('nothing walked is no path', () => {
  assert.deepEqual(pathData(new Walks()), { x: [], y: [], customdata: [] });
});

for (const [walkers, length, most] of [
  [1, 100_001, 20_000],
  [1, 20_000, 20_000],
  [64, 1001, 20_000],
  [512, 60, 20_000],
  [3, 10, 7],
]) {
  test(`of ${walkers} × ${length} points at most every n-th is taken, from the first to the last`, () => {
    const random = chance(35);
    const paths = Array.from({ length: walkers }, () => columns(length, random));
    const { x, y, customdata } = pathData(walksOf(paths), most);
    const every = Math.ceil((walkers * length) / most);
    const taken = parts(customdata);
    assert.equal(taken.length, walkers);
    taken.forEach((path, walker) => {
      const wanted = Array.from({ length: Math.ceil(length / every) }, (_, k) => k * every);
      if (wanted[wanted.length - 1] !== length - 1) wanted.push(length - 1);
      assert.deepEqual(
        path.map(([step]) => step),
        wanted,
      );
      for (const [step, loss] of path) assert.equal(loss, paths[walker].loss[step]);
    });
    assert.deepEqual(
      parts(x),
      taken.map((path, walker) => path.map(([step]) => paths[walker].x[step])),
    );
    assert.deepEqual(
      parts(y),
      taken.map((path, walker) => path.map(([step]) => paths[walker].y[step])),
    );
    assert.ok(x.length <= most + 2 * walkers);
    if (walkers * length <= most) assert.equal(every, 1);
  });
}

// ---------------------------------------------------------------- curves

/** @param {number} count @param {number} length @param {Partial<Wanted>} [request] */
function manyWalks(count, length, request) {
  const random = chance(count);
  const paths = Array.from({ length: count }, (_, walker) => columns(Math.max(1, length - walker), random));
  return { paths, walks: walksOf(paths, request) };
}

/** @param {Walks} walks @param {Partial<{stationary: StationaryPoint[], logarithmic: boolean, stacked: boolean, restarts: number[], walker: number}>} [options] */
function figureOf(walks, { stationary = [], logarithmic = false, stacked = false, restarts = [], walker = 0 } = {}) {
  const { data, layout } = curvesFigure(
    walks,
    stationary,
    logarithmic,
    colours,
    stacked ? 'column' : 'row',
    restarts,
    walker,
  );
  const on = (/** @type {string} */ axis) => data.filter(({ xaxis }) => xaxis === axis);
  return {
    data: data.filter(({ mode }) => mode === 'lines'),
    layout,
    losses: on('x'),
    norms: on('x2'),
    rates: on('x3'),
    wrong: data.filter(({ mode }) => mode === 'markers'),
  };
}

for (const count of [1, 8, 24]) {
  test(`${count === 1 ? 'one walker has' : `${count} walkers have`} a curve each, and one for the rate they share`, () => {
    const { paths, walks } = manyWalks(count, 50);
    const { data, losses, norms, rates } = figureOf(walks);
    assert.deepEqual([losses.length, norms.length, rates.length], [count, count, 1]);
    assert.equal(data.length, 2 * count + 1);
    paths.forEach((path, walker) => {
      assert.deepEqual(losses[walker].y, path.loss);
      assert.deepEqual(
        losses[walker].x,
        path.loss.map((_, k) => k),
      );
      assert.deepEqual(norms[walker].y, path.gradient_norm);
    });
    assert.deepEqual(rates[0].y, paths[0].learning_rate);
    for (const curve of data) assert.equal(curve.yaxis, curve.xaxis.replace('x', 'y'));
  });
}

test('eight walkers tell apart by colour and by dash, in both their curves alike', () => {
  const { losses, norms } = figureOf(manyWalks(8, 20).walks);
  assert.equal(new Set(losses.map(({ line }) => line.color)).size, 8);
  assert.equal(new Set(losses.map(({ line }) => line.dash)).size, 8);
  assert.deepEqual(
    losses.map(({ line }) => line),
    norms.map(({ line }) => line),
  );
  assert.deepEqual(
    losses.map(({ line }) => line.color),
    colours.walkers,
  );
});

test('a walker’s curve has the dashes of its trail', () => {
  const { losses } = figureOf(manyWalks(8, 20).walks);
  assert.equal(DASHES.length, 8);
  losses.forEach(({ line }, walker) => {
    assert.equal(
      line.dash,
      DASHES[walker].length === 0 ? 'solid' : DASHES[walker].map((pixels) => `${pixels}px`).join(),
    );
  });
});

/** The walkers' own curves among traces that hold several, in the walkers' order. @param {any[]} traces @param {'x' | 'y'} axis @returns {number[][]} */
function untangled(traces, axis) {
  const lists = traces.map((trace) => parts(/** @type {(number | null)[]} */ (trace[axis])));
  return Array.from(
    { length: lists.reduce((sum, list) => sum + list.length, 0) },
    (_, walker) => lists[walker % traces.length][Math.floor(walker / traces.length)],
  );
}

for (const [count, length] of [
  [25, 40],
  [64, 100],
  [512, 30],
]) {
  test(`${count} walkers are a line with gaps for each colour, every walker in the colour of its trail`, () => {
    const { paths, walks } = manyWalks(count, length);
    const { data, losses, norms, rates } = figureOf(walks);
    assert.equal(data.length, 8 + 8 + 1);
    for (const curves of [losses, norms])
      assert.deepEqual(
        curves.map(({ line }) => line.color),
        colours.walkers,
      );
    assert.deepEqual(
      untangled(losses, 'x'),
      paths.map(({ loss }) => [...loss.keys()]),
    );
    assert.deepEqual(
      untangled(losses, 'y'),
      paths.map(({ loss }) => loss),
    );
    assert.deepEqual(
      untangled(norms, 'y'),
      paths.map(({ gradient_norm }) => gradient_norm),
    );
    assert.deepEqual(rates[0].y, paths[0].learning_rate);
  });
}

test('walkers beyond the eighth have the colours again, in turn, with other dashes', () => {
  const { losses } = figureOf(manyWalks(24, 20).walks);
  losses.forEach(({ line }, walker) => assert.equal(line.color, losses[walker % 8].line.color));
  assert.equal(new Set(losses.map(({ line }) => `${line.color} ${line.dash}`)).size, 24);
});

test('a gap parts the curve of a walker from the next, at the end too', () => {
  const { losses } = figureOf(manyWalks(64, 30).walks);
  for (const { x, y } of losses) {
    assert.equal(x.length, y.length);
    assert.equal(x[x.length - 1], null);
    assert.equal(y[y.length - 1], null);
  }
});

test('curves of long walks are thinned, their peaks kept, and the same for many walkers', () => {
  for (const [count, most] of [
    [2, 600],
    [64, 120],
  ]) {
    const { paths, walks } = manyWalks(count, 3000);
    const { losses, rates } = figureOf(walks);
    const curves = count === 2 ? losses.map(({ y }) => y) : untangled(losses, 'y');
    assert.equal(curves.length, count);
    curves.forEach((y, walker) => {
      assert.ok(y.length <= most && y.length > most / 4);
      assert.equal(Math.max(...y), Math.max(...paths[walker].loss.map(Number)));
      assert.equal(Math.min(...y), Math.min(...paths[walker].loss.map(Number)));
    });
    assert.ok(rates[0].y.length <= 600);
  }
});

test('a linear scale shows the loss itself', () => {
  const { layout, losses } = figureOf(walksOf([{ loss: [3, -1, 0] }]), { stationary: stationary['two-valley'] });
  assert.deepEqual(losses[0].y, [3, -1, 0]);
  assert.equal(layout.yaxis.type, 'linear');
  assert.equal(layout.yaxis2.type, 'linear');
  assert.equal(layout.annotations[0].text, 'loss');
});

test('a logarithmic scale counts from the lowest point known', () => {
  const { layout, losses } = figureOf(walksOf([{ loss: [3.75, 0.75, -0.25] }]), {
    stationary: stationary.saddle,
    logarithmic: true,
  });
  assert.deepEqual(losses[0].y, [4, 1, null], 'and leaves that point out');
  assert.equal(layout.yaxis.type, 'log');
  assert.equal(layout.yaxis2.type, 'log');
  assert.equal(layout.yaxis3.type, 'linear', 'a rate of zero is shown');
});

test('a walker that is lower than every known point sets the lowest point for all', () => {
  const { losses } = figureOf(walksOf([{ loss: [5, -3] }, { loss: [4, 1] }]), {
    stationary: stationary.saddle,
    logarithmic: true,
  });
  assert.deepEqual(losses[0].y, [8, null]);
  assert.deepEqual(losses[1].y, [7, 4]);
});

test('the lowest point may be a start', () => {
  assert.deepEqual(figureOf(walksOf([{ loss: [-3, 1] }]), { logarithmic: true }).losses[0].y, [null, 4]);
});

test('the learning rate has a colour of its own, the walkers have theirs', () => {
  const { losses, norms, rates } = figureOf(manyWalks(3, 20).walks);
  assert.equal(rates[0].line.color, colours.accent);
  for (const curves of [losses, norms])
    assert.deepEqual(
      curves.map(({ line }) => line.color),
      colours.walkers.slice(0, 3),
    );
});

test('values that are not finite are gaps and no lowest point', () => {
  const { losses, norms } = figureOf(walksOf([{ loss: [4, 2, null], gradient_norm: [1, 0, null] }]), {
    logarithmic: true,
  });
  assert.deepEqual(losses[0].y, [2, null, null]);
  assert.deepEqual(norms[0].y, [1, null, null]);
});

test('climbing has no lowest point, so its scale stays linear', () => {
  const { layout, losses } = figureOf(walksOf([{ loss: [-2, 1, 3] }], { goal: 'maximize' }), {
    stationary: stationary.saddle,
    logarithmic: true,
  });
  assert.deepEqual(losses[0].y, [-2, 1, 3]);
  assert.equal(layout.yaxis.type, 'linear');
  assert.equal(layout.annotations[0].text, 'value');
});

for (const [low, name] of /** @type {[number, string][]} */ ([
  [0, 'loss'],
  [0.25, 'loss − 0.25'],
  [1.23456, 'loss − 1.235'],
  [-0.25, 'loss + 0.25'],
])) {
  test(`counted from ${low} the curve is called “${name}”`, () => {
    const { layout } = figureOf(walksOf([{ loss: [low + 2, low + 1] }]), {
      stationary: [{ point: [0, 0], value: low, kind: 'global_minimum' }],
      logarithmic: true,
    });
    assert.equal(layout.annotations[0].text, name);
  });
}

test('every warm restart is marked on all three curves', () => {
  const { layout } = figureOf(walksOf([{ loss: [6, 5, 4, 3, 2, 1] }], { tolerance: 0 }), { restarts: [2, 5] });
  assert.deepEqual(
    layout.shapes.map((/** @type {any} */ { x0, x1, xref, yref }) => [x0, x1, xref, yref]),
    [2, 5].flatMap((step) => ['', '2', '3'].map((axis) => [step, step, `x${axis}`, `y${axis} domain`])),
  );
  for (const { y0, y1, label } of layout.shapes) assert.deepEqual([y0, y1, label.text], [0, 1, '↻']);
});

test('restarts that no walker has reached are not marked', () => {
  const { layout } = figureOf(walksOf([{ loss: [3, 2, 1] }, { loss: [3, 2, 1, 1] }], { tolerance: 0 }), {
    restarts: [2, 3, 4, 100],
  });
  assert.deepEqual(
    layout.shapes.map((/** @type {any} */ { x0 }) => x0),
    [2, 2, 2, 3, 3, 3],
  );
});

// ---------------------------------------------------------------- thresholds

/**
 * @param {Partial<import('../tools.js').Columns>} path
 * @param {Partial<Wanted>} request
 * @param {{log?: boolean, lowest?: number, stopped_by?: string}} [options]
 */
function thresholdsOf(path, request, { log = false, lowest = 0, stopped_by = 'steps' } = {}) {
  const walks = walksOf([path], { tolerance: 0, ...request });
  walks.take([{ kind: 'end', walk: 0, summary: ending({ stopped_by }) }]);
  return thresholds(walks, 0, lowest, log, colours).map(({ xref, yref, x0, x1, y0, y1 }) => ({
    axes: `${xref} ${yref}`,
    from: x0,
    upto: x1,
    level: y0,
    even: y0 === y1,
  }));
}

test('the tolerance is a line across the gradient norm, where the norm comes near it', () => {
  const line = { axes: 'x2 y2', from: 0, upto: 2, level: 0.1, even: true };
  assert.deepEqual(thresholdsOf({ gradient_norm: [5, 1, 0.2] }, { tolerance: 0.1 }), [line]);
  assert.deepEqual(thresholdsOf({ gradient_norm: [5, 1, 0.3] }, { tolerance: 0.1 }), [line]);
  assert.deepEqual(
    thresholdsOf({ gradient_norm: [5, 1, 0.31] }, { tolerance: 0.1 }),
    [],
    'else the curve would be squeezed',
  );
  assert.deepEqual(thresholdsOf({ gradient_norm: [500, 100, 10] }, { tolerance: 0.1 }, { log: true }), [line]);
  assert.deepEqual(thresholdsOf({ gradient_norm: [500, 100, 10.1] }, { tolerance: 0.1 }, { log: true }), []);
});

test('a gradient of zero or none at all does not count as near', () => {
  assert.deepEqual(thresholdsOf({ gradient_norm: [5, 0, null] }, { tolerance: 0.1 }), []);
  assert.deepEqual(thresholdsOf({ gradient_norm: [0] }, { tolerance: 0.1 }), []);
});

test('no tolerance has no line', () => {
  assert.deepEqual(thresholdsOf({ gradient_norm: [5, 1, 0.2] }, { tolerance: 0 }), []);
});

test('where patience was over, a line tells what the loss should have fallen below, from the best step on', () => {
  const path = { loss: [9, 5, 3, 2.75, 2.5, 2.75] };
  assert.deepEqual(thresholdsOf(path, { patience: 3, min_change: 1 }, { stopped_by: 'patience' }), [
    { axes: 'x y', from: 2, upto: 5, level: 2, even: true },
  ]);
  assert.deepEqual(thresholdsOf(path, { patience: 1, min_change: 0 }, { stopped_by: 'patience' }), [
    { axes: 'x y', from: 4, upto: 5, level: 2.5, even: true },
  ]);
  assert.deepEqual(thresholdsOf(path, { patience: 3, min_change: 1 }, { stopped_by: 'steps' }), [], 'and only there');
});

test('for an ascent that line lies above', () => {
  assert.deepEqual(
    thresholdsOf(
      { loss: [1, 4, 4.5, 4.25] },
      { patience: 2, min_change: 1, goal: 'maximize' },
      { stopped_by: 'patience' },
    ),
    [{ axes: 'x y', from: 1, upto: 3, level: 5, even: true }],
  );
});

test('on a logarithmic scale that line is counted from the lowest point as well, and left out where it is below', () => {
  const path = { loss: [9, 5, 3, 2.75, 2.5, 2.75] };
  const how = { log: true, stopped_by: 'patience' };
  assert.deepEqual(
    thresholdsOf(path, { patience: 3, min_change: 1 }, { ...how, lowest: -2 }).map(({ level }) => level),
    [4],
  );
  assert.deepEqual(thresholdsOf(path, { patience: 3, min_change: 1 }, { ...how, lowest: 2 }), []);
});

test('the lines are those of the walker that is explained', () => {
  const walks = walksOf([{ gradient_norm: [5, 4] }, { gradient_norm: [5, 0.01] }], { tolerance: 0.01 });
  assert.deepEqual(figureOf(walks, { walker: 0 }).layout.shapes, []);
  assert.equal(figureOf(walks, { walker: 1 }).layout.shapes.length, 1);
  assert.deepEqual(thresholds(new Walks(), 0, 0, false, colours), []);
});

// ---------------------------------------------------------------- steps that went the wrong way

test('steps that went the wrong way are marked on the loss curve', () => {
  const { wrong } = figureOf(walksOf([{ loss: [5, 7, 3, 4] }]));
  assert.equal(wrong.length, 1);
  assert.deepEqual([wrong[0].x, wrong[0].y, wrong[0].marker.symbol], [[1, 3], [7, 4], 'triangle-up-open']);
  assert.match(wrong[0].hovertemplate, /uphill/);
});

test('on a logarithmic scale the marks stand on the curve too', () => {
  const { wrong, losses } = figureOf(walksOf([{ loss: [3, 4, -1, 1] }]), { logarithmic: true });
  assert.deepEqual(wrong[0].y, [5, 2]);
  for (const [index, step] of wrong[0].x.entries()) assert.equal(losses[0].y[step], wrong[0].y[index]);
});

test('for an ascent the steps down are marked, the other way round', () => {
  const { wrong } = figureOf(walksOf([{ loss: [1, 5, 4] }], { goal: 'maximize' }));
  assert.deepEqual([wrong[0].x, wrong[0].marker.symbol], [[2], 'triangle-down-open']);
  assert.match(wrong[0].hovertemplate, /downhill/);
});

test('up to four walkers have such marks, more have none, and who only falls has none', () => {
  const path = { loss: [5, 7, 3] };
  assert.equal(figureOf(walksOf([path, path, { loss: [3, 2, 1] }, path])).wrong.length, 3);
  assert.equal(figureOf(walksOf([path, path, path, path, path])).wrong.length, 0);
});

for (const stacked of [false, true]) {
  test(`the three curves stand ${stacked ? 'one below the other' : 'side by side'}, in order and apart`, () => {
    const { layout } = figureOf(manyWalks(1, 20).walks, { stacked });
    const boxes = ['', '2', '3'].map((suffix) => ({
      x: layout[`xaxis${suffix}`].domain,
      y: layout[`yaxis${suffix}`].domain,
      anchors: [layout[`xaxis${suffix}`].anchor, layout[`yaxis${suffix}`].anchor],
    }));
    boxes.forEach(({ x, y, anchors }, index) => {
      for (const [from, to] of [x, y]) assert.ok(from >= 0 && from < to && to <= 1);
      const suffix = index === 0 ? '' : String(index + 1);
      assert.deepEqual(anchors, [`y${suffix}`, `x${suffix}`]);
      const name = layout.annotations[index];
      assert.deepEqual([name.x, name.y], [x[0], y[1]], 'its name stands above it');
      if (index === 0) return;
      const before = boxes[index - 1];
      if (stacked) assert.ok(y[1] < before.y[0] && x[0] === before.x[0] && x[1] === before.x[1]);
      else assert.ok(x[0] > before.x[1] && y[0] === before.y[0] && y[1] === before.y[1]);
    });
    assert.deepEqual(
      layout.annotations.map((/** @type {any} */ { text }) => text),
      ['loss', 'gradient norm', 'learning rate'],
    );
    assert.equal(layout.xaxis3.title.text, 'step');
  });
}

test('the steps go up to the longest walk, and to one at least', () => {
  for (const suffix of ['', '2', '3']) {
    assert.deepEqual(
      figureOf(walksOf([{ loss: [1, 2] }, { loss: Array(31).fill(1) }])).layout[`xaxis${suffix}`].range,
      [0, 30],
    );
    assert.deepEqual(figureOf(walksOf([{ loss: [1] }])).layout[`xaxis${suffix}`].range, [0, 1]);
  }
});

for (const [name, norms, ticks] of /** @type {[string, number[], string[] | null][]} */ ([
  ['some powers of ten has ticks at each of them', [1000, 10, 1], ['10⁰', '10¹', '10²', '10³']],
  ['two powers of ten has ticks at each of them', [100, 1], ['10⁰', '10¹', '10²']],
  ['broken powers of ten has ticks at the whole ones within', [2e-3, 3], ['10⁻²', '10⁻¹', '10⁰']],
  ['many powers of ten has ticks at few of them', [1e5, 1, 1e-7], ['10⁻⁶', '10⁻³', '10⁰', '10³']],
  [
    'hundreds of powers of ten has ticks at few of them',
    [1e200, 1e-200],
    ['10⁻²⁰⁰', '10⁻¹⁰⁰', '10⁰', '10¹⁰⁰', '10²⁰⁰'],
  ],
  ['less than two powers of ten has plain ticks', [50, 1, 2], null],
  ['one value has plain ticks', [5], null],
  ['nothing that it can show has plain ticks', [0, 0], null],
])) {
  test(`a logarithmic axis over ${name}`, () => {
    const { layout } = figureOf(walksOf([{ gradient_norm: norms }]), { logarithmic: true });
    assert.equal(layout.yaxis2.type, 'log');
    assert.deepEqual(layout.yaxis2.ticktext ?? null, ticks);
    assert.equal(layout.yaxis2.tickformat, ticks ? undefined : '~g');
    assert.equal(layout.yaxis3.tickformat, '~g');
  });
}

test('ticks of a logarithmic axis are whole powers of ten within the curve, evenly spaced, two to five, and say what they are', () => {
  const random = chance(36);
  for (let round = 0; round < 300; round += 1) {
    const low = 10 ** (120 * (random() - 0.5));
    const high = low * 10 ** (2 + 60 * random() ** 3);
    const { tickvals, ticktext } = figureOf(walksOf([{ gradient_norm: [high, low] }]), { logarithmic: true }).layout
      .yaxis2;
    assert.ok(tickvals.length >= 2 && tickvals.length <= 5, `${tickvals.length} from ${low} to ${high}`);
    const powers = ticktext.map((/** @type {string} */ text) =>
      Number([...text.replace(/^10/, '')].map((sign) => (sign === '⁻' ? '-' : '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(sign))).join('')),
    );
    powers.forEach((/** @type {number} */ power, /** @type {number} */ k) => {
      assert.ok(Math.abs(tickvals[k] / 10 ** power - 1) < 1e-9);
      assert.ok(tickvals[k] >= low * 0.999999 && tickvals[k] <= high * 1.000001);
      if (k > 1) assert.equal(power - powers[k - 1], powers[1] - powers[0]);
    });
    assert.ok(powers[1] > powers[0]);
  }
});

test('the ticks of a logarithmic axis are those of its own curves, of all of them', () => {
  const { layout } = figureOf(
    walksOf([
      { loss: [1, 2, 3], gradient_norm: [1e8, 1e4] },
      { loss: [2, 3, 4], gradient_norm: [1, 1] },
    ]),
    { stationary: [{ point: [0, 0], value: 0, kind: 'global_minimum' }], logarithmic: true },
  );
  assert.equal(layout.yaxis.tickformat, '~g');
  assert.deepEqual(layout.yaxis2.ticktext, ['10⁰', '10²', '10⁴', '10⁶', '10⁸']);
});

test('letters have the size of the page', () => {
  for (const { layout } of [mapOf(landscape), surfaceFigure(landscape, wanted, colours), figureOf(new Walks())])
    assert.equal(layout.font.size, colours.size);
});

test('the learning rate is seen from zero on, the others where they are', () => {
  const { layout } = figureOf(manyWalks(1, 20).walks);
  assert.deepEqual(
    [layout.yaxis.rangemode, layout.yaxis2.rangemode, layout.yaxis3.rangemode],
    ['normal', 'normal', 'tozero'],
  );
});

test('nothing of Plotly’s own stands in a picture: no legend, no scale of colours', () => {
  for (const { data, layout } of [
    mapOf(landscape),
    surfaceFigure(landscape, wanted, colours),
    figureOf(manyWalks(2, 20).walks),
  ]) {
    assert.equal(layout.showlegend, false);
    for (const trace of data) assert.notEqual(/** @type {any} */ (trace).showscale ?? false, true);
    for (const landscape of data.filter(({ type }) => type === 'contour' || type === 'surface'))
      assert.equal(/** @type {any} */ (landscape).showscale, false);
  }
});

test('before the first record there are no curves, and nothing fails', () => {
  const { data, layout } = figureOf(new Walks(), { logarithmic: true });
  assert.deepEqual(data, []);
  assert.deepEqual(layout.shapes, []);
});

// ---------------------------------------------------------------- map and surface

test('the map shows its domain, undistorted, and says the loss itself', () => {
  const { data, layout } = mapOf(landscape);
  assert.deepEqual(layout.xaxis.range, [-4, 4]);
  assert.deepEqual(layout.yaxis.range, [-3, 3]);
  assert.equal(layout.yaxis.scaleanchor, 'x');
  assert.deepEqual(data[0].z, grid.loss);
  assert.match(/** @type {string} */ (data[0].hovertemplate), /loss %\{z/);
});

test('the surface has the map’s tints, through all colours of the scale of heights', () => {
  const { data } = surfaceFigure(landscape, wanted, colours);
  const ground = /** @type {any} */ (data[0]);
  assert.deepEqual(
    ground.colorscale.map((/** @type {any} */ [, colour]) => colour),
    colours.heights,
  );
  ground.colorscale.forEach((/** @type {any} */ [part], /** @type {number} */ k) =>
    assert.ok(Math.abs(part - k / (ground.colorscale.length - 1)) < 1e-12),
  );
  assert.deepEqual(ground.surfacecolor, [
    [0, 0.25, 0.5],
    [0, 0.75, 1],
  ]);
  assert.deepEqual([ground.cmin, ground.cmax], [0, 1]);
});

test('walls stand under the borders of the surface, from its lowest place up to it', () => {
  const walls = /** @type {any} */ (surfaceFigure(landscape, wanted, colours).data.at(-1));
  assert.equal(walls.type, 'mesh3d');
  const tops = new Map();
  walls.x.forEach((/** @type {number} */ x, /** @type {number} */ k) => {
    // To within the inset, which keeps them inside the scene's box.
    const at = `${Math.round(x)} ${Math.round(walls.y[k])}`;
    tops.set(at, [...(tops.get(at) ?? []), walls.z[k]]);
    assert.ok(Math.abs(x) < 4 && Math.abs(walls.y[k]) < 3);
  });
  grid.x.forEach((x, column) =>
    [-3, 3].forEach((y, row) => {
      const told = tops.get(`${x} ${y}`);
      assert.deepEqual([Math.min(...told), Math.max(...told)], [1, grid.loss[row][column]]);
    }),
  );
  for (const corner of [...walls.i, ...walls.j, ...walls.k]) assert.ok(corner < walls.x.length);
});

test('every stationary point is on the map, with its name and its loss', () => {
  const { data } = mapOf({ ...landscape, stationary_points: stationary['two-valley'] });
  const marks = /** @type {any} */ (data[1]);
  assert.deepEqual(marks.x, [-1.0355787140888537, 0.9601495555191055, 0.07542915856974822]);
  assert.deepEqual(marks.y, [0, 0, 0]);
  assert.deepEqual(marks.text, [
    'global minimum, loss -0.30543<br>x -1.0356, y 0',
    'local minimum, loss 0.29415<br>x 0.96015, y 0',
    'saddle, loss 1.0113<br>x 0.075429, y 0',
  ]);
  assert.equal(new Set(marks.marker.symbol).size, 3, 'kinds tell apart by shape');
  assert.ok(marks.marker.size[0] > marks.marker.size[1]);
});

test('the path is the third of the map’s traces, empty at first', () => {
  const { data } = mapOf(landscape);
  assert.equal(data.length, 3);
  assert.deepEqual([data[2].type, data[2].mode, data[2].x, data[2].y], ['scatter', 'lines', [], []]);
});

test('the surface is the same ground, its x and y to one scale', () => {
  for (const domain of [
    [-4, 4, -3, 3],
    [-1, 1, -2, 2],
    [0, 1, 0, 1],
  ]) {
    const { data, layout } = surfaceFigure(landscape, { ...wanted, domain }, colours);
    assert.deepEqual(data[0].z, grid.loss);
    assert.deepEqual(/** @type {any} */ (data[0]).surfacecolor, tints(grid.loss, /** @type {Relief} */ (grid.relief)));
    const { x, y } = layout.scene.aspectratio;
    assert.ok(Math.abs(x / y - (domain[1] - domain[0]) / (domain[3] - domain[2])) < 1e-12);
    assert.equal(Math.max(x, y), 1.25);
  }
});

for (const [kinds, text] of /** @type {[string[], string][]} */ ([
  [[], ''],
  [['global_minimum'], '★ global minimum'],
  [['global_minimum', 'global_minimum', 'saddle'], '★ global minimum, × saddle'],
  [['saddle', 'local_minimum', 'saddle', 'maximum'], '× saddle, ● local minimum, ▲ maximum'],
  [['shoulder', 'plateau'], '◆ shoulder, ■ plateau'],
])) {
  test(`the key to ${kinds.join(', ') || 'no marks'} is “${text}”`, () => {
    // A sign and its name are never on two lines: spaces within them do not break.
    assert.equal(
      marksInWords(kinds.map((kind) => ({ point: [0, 0], value: 0, kind }))),
      text.replace(/(?<!,) /g, '\u00a0'),
    );
  });
}

test('every kind of point has a sign and a mark of its own', () => {
  const kinds = ['global_minimum', 'local_minimum', 'saddle', 'maximum', 'shoulder', 'plateau'];
  const all = kinds.map((kind) => ({ point: [0, 0], value: 0, kind }));
  const { symbol } = mapOf({ ...landscape, stationary_points: all }).data[1].marker;
  assert.equal(new Set(symbol).size, kinds.length);
  assert.ok(symbol.every(Boolean));
  const words = marksInWords(all);
  assert.doesNotMatch(words, /undefined/);
  assert.equal(new Set(words.split(', ').map((part) => part[0])).size, kinds.length);
});

/** @param {number} minima @param {number} rest @returns {StationaryPoint[]} */
const many = (minima, rest) => [
  { point: [0, 0], value: 0, kind: 'global_minimum' },
  ...Array.from({ length: minima - 1 }, (_, k) => ({ point: [k + 1, 0], value: 1, kind: 'local_minimum' })),
  ...Array.from({ length: rest }, (_, k) => ({ point: [0, k + 1], value: 2, kind: k % 2 ? 'saddle' : 'maximum' })),
];

test('of forty points all are drawn at full size, of more only the minima', () => {
  const few = mapOf({ ...landscape, stationary_points: many(20, 20) }).data[1];
  assert.equal(few.x.length, 40);
  assert.deepEqual([...new Set(few.marker.size)], [17, 12]);
  const more = mapOf({ ...landscape, stationary_points: many(20, 21) }).data[1];
  assert.equal(more.x.length, 20);
  assert.deepEqual([...new Set(more.marker.size)], [17, 12]);
  assert.ok(more.text.every((/** @type {string} */ text) => text.includes('minimum')));
});

test('of hundreds of points the minima are drawn small, but for the lowest', () => {
  const { x, marker } = mapOf({ ...landscape, stationary_points: many(121, 320) }).data[1];
  assert.equal(x.length, 121);
  assert.deepEqual([marker.size[0], ...new Set(marker.size.slice(1))], [17, 5]);
});

test('what is not drawn is said', () => {
  assert.match(marksInWords(many(121, 320)), /; 320 saddles and maxima are not drawn$/);
  assert.doesNotMatch(marksInWords(many(20, 20)), /not drawn/);
});

// ---------------------------------------------------------------- curves of one parameter

for (const [loss, low, high] of /** @type {[number[], number, number][]} */ ([
  [[0, 100, 50], -8, 108],
  [[-2, 8, 3], -2.8, 8.8],
  [[5, 5], 4.92, 5.08],
])) {
  test('the stationary points of a plane are hollow and said to be of this plane only', () => {
    const known = [
      { point: [0, 0], value: 1, kind: 'global_minimum' },
      { point: [1, 0], value: 2, kind: 'saddle' },
    ];
    assert.equal(marksInWords(known, true).replaceAll('\u00a0', ' '), '☆ lowest, × saddle of this plane only');
    assert.equal(marksInWords([], true), '');
    const drawn = marks(known, ({ value }) => value, ['x', 'y'], colours, true);
    assert.deepEqual(drawn.marker.symbol, ['star-open', 'x-thin-open']);
    assert.match(drawn.text[0], /^global minimum of this plane only, loss 1/);
  });

  test(`the range of the losses ${loss.join(', ')} is ${low} to ${high}`, () => {
    const range = lossRange(loss);
    assert.ok(Math.abs(range[0] - low) < 1e-12 && Math.abs(range[1] - high) < 1e-12, `${range}`);
  });
}

test('what is missing of a curve does not count for its range', () => {
  const holes = /** @type {number[]} */ (/** @type {unknown} */ ([null, 0, 100, null]));
  assert.deepEqual(lossRange(holes), [-8, 108]);
});

for (const [domain, stretched] of /** @type {[number[], boolean][]} */ ([
  [[-4, 4, -3, 3], false],
  [[0, 4, 0, 1], false],
  [[0, 4.01, 0, 1], true],
  [[0, 1, 0, 4.01], true],
  [[-5, 5, 0, 100], true],
])) {
  test(`the domain ${domain.join(', ')} is ${stretched ? '' : 'not '}stretched`, () => {
    assert.equal(isStretched(domain), stretched);
  });
}

test('a stretched map has a scale for each axis, and so has its surface', () => {
  const request = { ...wanted, domain: [-5, 5, 0, 100] };
  const { layout } = mapOf(landscape, request);
  assert.equal(layout.yaxis.scaleanchor, undefined);
  assert.deepEqual(
    [layout.xaxis.range, layout.yaxis.range],
    [
      [-5, 5],
      [0, 100],
    ],
  );
  const { x, y } = surfaceFigure(landscape, request, colours).layout.scene.aspectratio;
  assert.ok(Math.max(x, y) < 2 * Math.min(x, y));
});

test('one parameter is drawn as the curve of its loss, over its domain', () => {
  const { data, layout } = mapOf(curve, flat);
  const drawn = data.filter(({ mode, x, line }) => mode === 'lines' && x.length > 0 && line.width > 0);
  assert.deepEqual(
    drawn.map(({ type, x, y }) => [type, x, y]),
    [['scatter', [-2, 0, 2], [8, -2, 3]]],
  );
  assert.deepEqual(layout.xaxis.range, [-2, 2]);
  assert.deepEqual(layout.yaxis.range, lossRange(curve.grid.loss));
  assert.equal(layout.yaxis.scaleanchor, undefined, 'its loss has a scale of its own');
  assert.deepEqual([layout.xaxis.title.text, layout.yaxis.title.text], ['x', 'loss']);
});

test('a curve’s stationary points stand on it, at their loss', () => {
  const known = [
    { point: [0.5], value: -2, kind: 'global_minimum' },
    { point: [-1.25], value: 3, kind: 'local_minimum' },
  ];
  const marks = mapOf({ ...curve, stationary_points: known }, flat).data[1];
  assert.deepEqual(
    [marks.x, marks.y],
    [
      [0.5, -1.25],
      [-2, 3],
    ],
  );
  assert.deepEqual(marks.text, ['global minimum, loss -2<br>x 0.5', 'local minimum, loss 3<br>x -1.25']);
});

test('the ground under a curve is filled down to the lower border', () => {
  const { data, layout } = mapOf(curve, flat);
  const [low] = layout.yaxis.range;
  assert.deepEqual([data[0].fill, data[0].x, data[0].y], ['toself', [-2, -2, 0, 2, 2], [low, 8, -2, 3, low]]);
});

test('the path is the third trace of a curve as well, empty at first', () => {
  const { data } = mapOf(curve, flat);
  assert.deepEqual([data[2].type, data[2].mode, data[2].x, data[2].y], ['scatter', 'lines', [], []]);
});

test('axes have the landscape’s own names', () => {
  const fence = mapOf({ ...curve, axes: ['l'] }, { ...flat, goal: 'maximize' });
  assert.deepEqual([fence.layout.xaxis.title.text, fence.layout.yaxis.title.text], ['l', 'value']);
  assert.match(fence.data[2].hovertemplate, /<br>l %\{x/);
  const weights = { ...landscape, axes: ['a', 'b'] };
  const { data, layout } = mapOf(weights);
  // On a map they stand in the picture.
  assert.deepEqual([layout.xaxis.title, layout.yaxis.title], [undefined, undefined]);
  assert.deepEqual(
    layout.annotations.map((/** @type {any} */ { text }) => text),
    ['a', 'b'],
  );
  assert.match(data[0].hovertemplate, /^a %\{x:.4g\}, b %\{y/);
  const { scene } = surfaceFigure(weights, wanted, colours).layout;
  assert.deepEqual([scene.xaxis.title.text, scene.yaxis.title.text], ['a', 'b']);
});

// ---------------------------------------------------------------- data

const data_points = {
  x: [1, 2, 4],
  y: [10, 30, 60],
  x_name: 'speed',
  y_name: 'distance',
  caption: '3 cars.',
  error: 'squared',
  link: 'identity',
  features: [
    [1, 2, 4],
    [1, 1, 1],
  ],
  curve: {
    x: [0, 2.5, 5],
    features: [
      [0, 2.5, 5],
      [1, 1, 1],
    ],
  },
  constant: 0,
  centre: 0,
  unit: 1,
  second: null,
};

test('the data’s own points are drawn, with the names of what was measured', () => {
  const { data, layout } = dataFigure(data_points, null, [-20, 90], colours);
  assert.equal(data.length, 1, 'no best fit is known');
  assert.deepEqual([data[0].x, data[0].y, data[0].mode], [[1, 2, 4], [10, 30, 60], 'markers']);
  assert.deepEqual([layout.xaxis.title.text, layout.yaxis.title.text], ['speed', 'distance']);
  assert.match(/** @type {string} */ (data[0].hovertemplate), /^speed %\{x:.4g\}<br>distance /);
});

test('the whole curve lies within the picture, upright as far as it is told to', () => {
  const { layout } = dataFigure(data_points, null, [-20, 90], colours);
  const [left, right] = layout.xaxis.range;
  assert.ok(left < 0 && right > 5);
  assert.deepEqual(layout.yaxis.range, [-20, 90]);
});

test('the best fit known is drawn dashed beside them', () => {
  const { data } = dataFigure(data_points, [5, 30, 70], [-20, 90], colours);
  assert.equal(data.length, 2);
  assert.deepEqual(
    [data[1].x, data[1].y, data[1].mode, /** @type {any} */ (data[1].line).dash],
    [[0, 2.5, 5], [5, 30, 70], 'lines', 'dash'],
  );
});

test('where other figures follow the loss has all the width and more than half of the height, and no axis a title', () => {
  const { layout } = curvesFigure(manyWalks(1, 20).walks, [], false, colours, 'first', [], 0);
  const [loss, norm, rate] = ['', '2', '3'].map((axis) => [layout[`xaxis${axis}`], layout[`yaxis${axis}`]]);
  assert.deepEqual(loss[0].domain, [0, 1]);
  assert.ok(loss[1].domain[1] - loss[1].domain[0] > 0.55);
  assert.ok(norm[1].domain[1] < loss[1].domain[0] && norm[0].domain[1] < rate[0].domain[0]);
  for (const [x] of [loss, norm, rate]) assert.equal(x.title, undefined);
});
