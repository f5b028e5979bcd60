import assert from 'node:assert/strict';
import { test } from 'node:test';

import { DASHES, curvesFigure, heights, mapFigure, marksInWords, pathData, surfaceFigure, thin } from '../../static/js/figures.js';
import { Walks } from '../../static/js/walks.js';
import { catalog, chance, colours, columns, landscapeOf, walksOf, wanted } from './tools.js';

/** A ground on the domain -4 … 4, -3 … 3, higher to the right. @type {Surface} */
const surface = { x: [-4, 0, 4], y: [-3, 3], loss: [[1, 2, 5], [1, 10, 17]] };

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

// ---------------------------------------------------------------- heights

test('a height is the square root of what lies above the lowest point', () => {
  assert.deepEqual(heights(surface.loss), [[0, 1, 2], [0, 3, 4]]);
  assert.deepEqual(heights([[-9, 0, 16]]), [[0, 3, 5]]);
  assert.deepEqual(heights([[2, 2], [2, 2]]), [[0, 0], [0, 0]]);
});

test('on a bowl equal steps of height are evenly spaced rings', () => {
  const row = Array.from({ length: 41 }, (_, k) => 7 + 0.3 * (k - 20) ** 2);
  const [level] = heights([row]);
  for (let k = 21; k <= 40; k += 1) assert.ok(Math.abs(Number(level[k]) - Number(level[k - 1]) - Math.sqrt(0.3)) < 1e-12);
});

test('height and lowest point give the loss back, and what is missing stays missing', () => {
  const random = chance(31);
  const loss = Array.from({ length: 20 }, () => Array.from({ length: 30 }, () => (random() < 0.1 ? null : 100 * (random() - 0.5))));
  const low = Math.min(...loss.flat().map((value) => value ?? Infinity));
  const level = heights(/** @type {number[][]} */ (loss));
  loss.forEach((row, i) =>
    row.forEach((value, j) => {
      const height = level[i][j];
      if (value === null) assert.equal(height, null);
      else assert.ok(Math.abs(Number(height) ** 2 + low - value) < 1e-9);
    }),
  );
});

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
  assert.deepEqual(x, paths.flatMap((path) => [...path.x, null]));
  assert.deepEqual(y, paths.flatMap((path) => [...path.y, null]));
  assert.deepEqual(customdata, paths.flatMap((path) => [...path.loss.map((loss, k) => [k, loss]), null]));
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
      assert.deepEqual(path.map(([step]) => step), wanted);
      for (const [step, loss] of path) assert.equal(loss, paths[walker].loss[step]);
    });
    assert.deepEqual(parts(x), taken.map((path, walker) => path.map(([step]) => paths[walker].x[step])));
    assert.deepEqual(parts(y), taken.map((path, walker) => path.map(([step]) => paths[walker].y[step])));
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

/** @param {Walks} walks @param {Partial<{stationary: StationaryPoint[], logarithmic: boolean, stacked: boolean}>} [options] */
function figureOf(walks, { stationary = [], logarithmic = false, stacked = false } = {}) {
  const { data, layout } = curvesFigure(walks, stationary, logarithmic, colours, stacked);
  const on = (/** @type {string} */ axis) => data.filter(({ xaxis }) => xaxis === axis);
  return { data, layout, losses: on('x'), norms: on('x2'), rates: on('x3') };
}

for (const count of [1, 8, 24]) {
  test(`${count === 1 ? 'one walker has' : `${count} walkers have`} a curve each, and one for the rate they share`, () => {
    const { paths, walks } = manyWalks(count, 50);
    const { data, losses, norms, rates } = figureOf(walks);
    assert.deepEqual([losses.length, norms.length, rates.length], [count, count, 1]);
    assert.equal(data.length, 2 * count + 1);
    paths.forEach((path, walker) => {
      assert.deepEqual(losses[walker].y, path.loss);
      assert.deepEqual(losses[walker].x, path.loss.map((_, k) => k));
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
  assert.deepEqual(losses.map(({ line }) => line), norms.map(({ line }) => line));
  assert.deepEqual(losses.map(({ line }) => line.color), colours.walkers);
});

test('a walker’s curve has the dashes of its trail', () => {
  const { losses } = figureOf(manyWalks(8, 20).walks);
  assert.equal(DASHES.length, 8);
  losses.forEach(({ line }, walker) => {
    assert.equal(line.dash, DASHES[walker].length === 0 ? 'solid' : DASHES[walker].map((pixels) => `${pixels}px`).join());
  });
});

/** The walkers' own curves among traces that hold several, in the walkers' order. @param {any[]} traces @param {'x' | 'y'} axis @returns {number[][]} */
function untangled(traces, axis) {
  const lists = traces.map((trace) => parts(/** @type {(number | null)[]} */ (trace[axis])));
  return Array.from({ length: lists.reduce((sum, list) => sum + list.length, 0) }, (_, walker) => lists[walker % traces.length][Math.floor(walker / traces.length)]);
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
    for (const curves of [losses, norms]) assert.deepEqual(curves.map(({ line }) => line.color), colours.walkers);
    assert.deepEqual(untangled(losses, 'x'), paths.map(({ loss }) => [...loss.keys()]));
    assert.deepEqual(untangled(losses, 'y'), paths.map(({ loss }) => loss));
    assert.deepEqual(untangled(norms, 'y'), paths.map(({ gradient_norm }) => gradient_norm));
    assert.deepEqual(rates[0].y, paths[0].learning_rate);
  });
}

test('walkers beyond the eighth have the colours and the dashes again, in turn', () => {
  const { losses } = figureOf(manyWalks(24, 20).walks);
  losses.forEach(({ line }, walker) => assert.deepEqual(line, losses[walker % 8].line));
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
  const { layout, losses } = figureOf(walksOf([{ loss: [3, -1, 0] }]), { stationary: landscapeOf('two-valley').stationary_points });
  assert.deepEqual(losses[0].y, [3, -1, 0]);
  assert.equal(layout.yaxis.type, 'linear');
  assert.equal(layout.yaxis2.type, 'linear');
  assert.equal(layout.annotations[0].text, 'loss');
});

test('a logarithmic scale counts from the lowest point known', () => {
  const { layout, losses } = figureOf(walksOf([{ loss: [3.75, 0.75, -0.25] }]), { stationary: landscapeOf('saddle').stationary_points, logarithmic: true });
  assert.deepEqual(losses[0].y, [4, 1, null], 'and leaves that point out');
  assert.equal(layout.yaxis.type, 'log');
  assert.equal(layout.yaxis2.type, 'log');
  assert.equal(layout.yaxis3.type, 'linear', 'a rate of zero is shown');
});

test('a walker that is lower than every known point sets the lowest point for all', () => {
  const { losses } = figureOf(walksOf([{ loss: [5, -3] }, { loss: [4, 1] }]), { stationary: landscapeOf('saddle').stationary_points, logarithmic: true });
  assert.deepEqual(losses[0].y, [8, null]);
  assert.deepEqual(losses[1].y, [7, 4]);
});

test('the lowest point may be a start', () => {
  assert.deepEqual(figureOf(walksOf([{ loss: [-3, 1] }]), { logarithmic: true }).losses[0].y, [null, 4]);
});

test('the learning rate has a colour of its own, the walkers have theirs', () => {
  const { losses, norms, rates } = figureOf(manyWalks(3, 20).walks);
  assert.equal(rates[0].line.color, colours.accent);
  for (const curves of [losses, norms]) assert.deepEqual(curves.map(({ line }) => line.color), colours.walkers.slice(0, 3));
});

test('values that are not finite are gaps and no lowest point', () => {
  const { losses, norms } = figureOf(walksOf([{ loss: [4, 2, null], gradient_norm: [1, 0, null] }]), { logarithmic: true });
  assert.deepEqual(losses[0].y, [2, null, null]);
  assert.deepEqual(norms[0].y, [1, null, null]);
});

test('climbing has no lowest point, so its scale stays linear', () => {
  const { layout, losses } = figureOf(walksOf([{ loss: [-2, 1, 3] }], { goal: 'maximize' }), { stationary: landscapeOf('saddle').stationary_points, logarithmic: true });
  assert.deepEqual(losses[0].y, [-2, 1, 3]);
  assert.equal(layout.yaxis.type, 'linear');
  assert.equal(layout.annotations[0].text, 'loss');
});

for (const [low, name] of /** @type {[number, string][]} */ ([
  [0, 'loss'],
  [0.25, 'loss − 0.25'],
  [1.23456, 'loss − 1.235'],
  [-0.25, 'loss + 0.25'],
])) {
  test(`counted from ${low} the curve is called “${name}”`, () => {
    const { layout } = figureOf(walksOf([{ loss: [low + 2, low + 1] }]), { stationary: [{ point: [0, 0], value: low, kind: 'global_minimum' }], logarithmic: true });
    assert.equal(layout.annotations[0].text, name);
  });
}

test('every warm restart is marked below the learning rate', () => {
  const { layout } = figureOf(walksOf([{ learning_rate: [0.1, 0.05, 0.1, 0.05, 0.02, 0.1] }]));
  assert.deepEqual(layout.shapes.map((/** @type {any} */ { x0, x1 }) => [x0, x1]), [[2, 2], [5, 5]]);
  for (const shape of layout.shapes) assert.deepEqual([shape.xref, shape.yref, shape.y0, shape.y1], ['x3', 'y3 domain', 0, 1]);
  assert.deepEqual(figureOf(walksOf([{ learning_rate: [0.1, 0.1] }])).layout.shapes, []);
});

test('no more than fifty restarts are marked, as many as can be asked for', () => {
  const rates = Array.from({ length: 400 }, (_, k) => (k % 2 ? 0.05 : 0.1));
  assert.equal(figureOf(walksOf([{ learning_rate: rates }])).layout.shapes.length, 50);
});

for (const stacked of [false, true]) {
  test(`the three curves stand ${stacked ? 'one below the other' : 'side by side'}, in order and apart`, () => {
    const { layout } = figureOf(manyWalks(1, 20).walks, { stacked });
    const boxes = ['', '2', '3'].map((suffix) => ({ x: layout[`xaxis${suffix}`].domain, y: layout[`yaxis${suffix}`].domain, anchors: [layout[`xaxis${suffix}`].anchor, layout[`yaxis${suffix}`].anchor] }));
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
    assert.deepEqual(layout.annotations.map((/** @type {any} */ { text }) => text), ['loss', 'gradient norm', 'learning rate']);
    assert.equal(layout.xaxis3.title.text, 'step');
  });
}

test('the steps go up to the longest walk, and to one at least', () => {
  for (const suffix of ['', '2', '3']) {
    assert.deepEqual(figureOf(walksOf([{ loss: [1, 2] }, { loss: Array(31).fill(1) }])).layout[`xaxis${suffix}`].range, [0, 30]);
    assert.deepEqual(figureOf(walksOf([{ loss: [1] }])).layout[`xaxis${suffix}`].range, [0, 1]);
  }
});

for (const [name, norms, ticks] of /** @type {[string, number[], string[] | null][]} */ ([
  ['some powers of ten has ticks at each of them', [1000, 10, 1], ['10⁰', '10¹', '10²', '10³']],
  ['two powers of ten has ticks at each of them', [100, 1], ['10⁰', '10¹', '10²']],
  ['broken powers of ten has ticks at the whole ones within', [2e-3, 3], ['10⁻²', '10⁻¹', '10⁰']],
  ['many powers of ten has ticks at few of them', [1e5, 1, 1e-7], ['10⁻⁶', '10⁻³', '10⁰', '10³']],
  ['hundreds of powers of ten has ticks at few of them', [1e200, 1e-200], ['10⁻²⁰⁰', '10⁻¹⁰⁰', '10⁰', '10¹⁰⁰', '10²⁰⁰']],
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
    const { tickvals, ticktext } = figureOf(walksOf([{ gradient_norm: [high, low] }]), { logarithmic: true }).layout.yaxis2;
    assert.ok(tickvals.length >= 2 && tickvals.length <= 5, `${tickvals.length} from ${low} to ${high}`);
    const powers = ticktext.map((/** @type {string} */ text) => Number([...text.replace(/^10/, '')].map((sign) => (sign === '⁻' ? '-' : '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(sign))).join('')));
    powers.forEach((/** @type {number} */ power, /** @type {number} */ k) => {
      assert.ok(Math.abs(tickvals[k] / 10 ** power - 1) < 1e-9);
      assert.ok(tickvals[k] >= low * 0.999999 && tickvals[k] <= high * 1.000001);
      if (k > 1) assert.equal(power - powers[k - 1], powers[1] - powers[0]);
    });
    assert.ok(powers[1] > powers[0]);
  }
});

test('the ticks of a logarithmic axis are those of its own curves, of all of them', () => {
  const { layout } = figureOf(walksOf([{ loss: [1, 2, 3], gradient_norm: [1e8, 1e4] }, { loss: [2, 3, 4], gradient_norm: [1, 1] }]), { stationary: [{ point: [0, 0], value: 0, kind: 'global_minimum' }], logarithmic: true });
  assert.equal(layout.yaxis.tickformat, '~g');
  assert.deepEqual(layout.yaxis2.ticktext, ['10⁰', '10²', '10⁴', '10⁶', '10⁸']);
});

test('letters have the size of the page', () => {
  for (const { layout } of [mapFigure(surface, [], wanted, colours), surfaceFigure(surface, wanted, colours), figureOf(new Walks())]) assert.equal(layout.font.size, colours.size);
});

test('the learning rate is seen from zero on, the others where they are', () => {
  const { layout } = figureOf(manyWalks(1, 20).walks);
  assert.deepEqual([layout.yaxis.rangemode, layout.yaxis2.rangemode, layout.yaxis3.rangemode], ['normal', 'normal', 'tozero']);
});

test('nothing of Plotly’s own stands in a picture: no legend, no scale of colours', () => {
  for (const { data, layout } of [mapFigure(surface, [], wanted, colours), surfaceFigure(surface, wanted, colours), figureOf(manyWalks(2, 20).walks)]) {
    assert.equal(layout.showlegend, false);
    for (const trace of data) assert.notEqual(/** @type {any} */ (trace).showscale ?? false, true);
    for (const ground of data.filter(({ type }) => type === 'contour' || type === 'surface')) assert.equal(/** @type {any} */ (ground).showscale, false);
  }
});

test('before the first record there are no curves, and nothing fails', () => {
  const { data, layout } = figureOf(new Walks(), { logarithmic: true });
  assert.deepEqual(data, []);
  assert.deepEqual(layout.shapes, []);
});

// ---------------------------------------------------------------- map and surface

test('the map shows its domain, undistorted, in twelve even bands', () => {
  const { data, layout } = mapFigure(surface, [], wanted, colours);
  const ground = /** @type {any} */ (data[0]);
  assert.deepEqual(layout.xaxis.range, [-4, 4]);
  assert.deepEqual(layout.yaxis.range, [-3, 3]);
  assert.equal(layout.yaxis.scaleanchor, 'x');
  assert.deepEqual(ground.z, [[0, 1, 2], [0, 3, 4]]);
  assert.deepEqual(ground.customdata, surface.loss, 'and says the loss itself');
  const { start, end, size } = ground.contours;
  assert.ok(Math.abs(start - 4 / 12) < 1e-12 && Math.abs(size - 4 / 12) < 1e-12 && Math.abs(end - (4 * 11) / 12) < 1e-12);
});

test('the bands fit a low ground, and one with holes', () => {
  const holes = /** @type {number[][]} */ (/** @type {unknown} */ ([[null, 0.01], [0.05, null]]));
  for (const [loss, top] of /** @type {[number[][], number][]} */ ([
    [[[0, 0.01], [0.04, 0.0025]], 0.2],
    [holes, 0.2],
  ])) {
    const { size } = /** @type {any} */ (mapFigure({ x: [0, 1], y: [0, 1], loss }, [], wanted, colours).data[0]).contours;
    assert.ok(Math.abs(size - top / 12) < 1e-12, `${size}`);
  }
});

test('a ground without any slope has bands all the same', () => {
  const { data } = mapFigure({ x: [0, 1], y: [0, 1], loss: [[3, 3], [3, 3]] }, [], wanted, colours);
  assert.ok(/** @type {any} */ (data[0]).contours.size > 0);
});

test('the scale of heights goes from 0 to 1 through all its colours', () => {
  for (const { data } of [mapFigure(surface, [], wanted, colours), surfaceFigure(surface, wanted, colours)]) {
    const steps = /** @type {any} */ (data[0]).colorscale;
    assert.deepEqual(steps.map((/** @type {any} */ [, colour]) => colour), colours.heights);
    steps.forEach((/** @type {any} */ [part], /** @type {number} */ k) => assert.ok(Math.abs(part - k / 11) < 1e-12));
  }
});

test('every stationary point is on the map, with its name and its loss', () => {
  const { data } = mapFigure(surface, landscapeOf('two-valley').stationary_points, wanted, colours);
  const marks = /** @type {any} */ (data[1]);
  assert.deepEqual(marks.x, [-1.0355787140888537, 0.9601495555191055, 0.07542915856974822]);
  assert.deepEqual(marks.y, [0, 0, 0]);
  assert.deepEqual(marks.text, ['global minimum, loss -0.30543', 'local minimum, loss 0.29415', 'saddle, loss 1.0113']);
  assert.equal(new Set(marks.marker.symbol).size, 3, 'kinds tell apart by shape');
  assert.ok(marks.marker.size[0] > marks.marker.size[1]);
});

test('the path is the third of the map’s traces, empty at first', () => {
  const { data } = mapFigure(surface, [], wanted, colours);
  assert.equal(data.length, 3);
  assert.deepEqual([data[2].type, data[2].mode, data[2].x, data[2].y], ['scatter', 'lines', [], []]);
});

test('the surface is the same ground, its x and y to one scale', () => {
  for (const domain of [[-4, 4, -3, 3], [-1, 1, -2, 2], [0, 1, 0, 1]]) {
    const { data, layout } = surfaceFigure(surface, { ...wanted, domain }, colours);
    assert.deepEqual(data[0].z, surface.loss);
    assert.deepEqual(data[0].surfacecolor, heights(surface.loss));
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
    assert.equal(marksInWords(kinds.map((kind) => ({ point: [0, 0], value: 0, kind }))), text.replace(/(?<!,) /g, '\u00a0'));
  });
}

test('every kind that a landscape of the catalog has, has a sign and a mark', () => {
  for (const { stationary_points } of catalog.landscapes) {
    const { data } = mapFigure(surface, stationary_points, wanted, colours);
    assert.ok(/** @type {any} */ (data[1]).marker.symbol.every(Boolean));
    assert.doesNotMatch(marksInWords(stationary_points), /undefined/);
  }
});
