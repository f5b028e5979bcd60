import { test } from 'node:test';
import assert from 'node:assert/strict';

import { fraction, valueAt } from '../../../static/js/state/map_cells.js';
import {
  covers,
  gridDomain,
  landscapeDomain,
  inProportion,
  mapKey,
  seenDomain,
  shownDomain,
  windowAbout,
  windowOf,
  withinDomain,
  written,
} from '../../../static/js/state/map_window.js';
import { formatOnAxis } from '../../../static/js/words/numbers.js';
import { chance, wanted } from '../tools.js';

const x = { key: 'x', title: 'x', low: -4, high: 4, log: false };
const y = { key: 'y', title: 'y', low: -3, high: 3, log: false };
const rate = { key: 'learning_rate', title: 'learning rate', low: 1e-3, high: 10, log: true };

test('a rectangle becomes the window that it covers, whichever way it is drawn', () => {
  const parts = /** @type {[number, number][]} */ ([
    [0.75, 0.25],
    [0, 0.5],
  ]);
  assert.deepEqual(windowOf([x, y], parts, [null, null]), [-2, 2, -3, 0]);
});

test('half a logarithmic axis is half its decades', () => {
  assert.deepEqual(windowOf([rate], [[0, 0.5]], [null]), [0.001, 0.1]);
});

test('a window stays within what its axis may be', () => {
  const momentum = { key: 'momentum', title: 'momentum', low: 0.5, high: 1, log: false };
  assert.deepEqual(windowOf([momentum], [[-2, 3]], [[0, 1]]), [0, 1]);
  assert.equal(windowOf([momentum], [[3, 4]], [[0, 1]]), null);
});

test('zooming keeps the place under the pointer where it is', () => {
  const random = chance(71);
  for (let k = 0; k < 200; k += 1) {
    const place = [valueAt(x, random()), valueAt(y, random())];
    const [low, high, bottom, top] = /** @type {number[]} */ (windowAbout([x, y], place, 0.5, [null, null]));
    assert.ok(Math.abs(high - low - 4) < 0.02 && Math.abs(top - bottom - 3) < 0.02);
    assert.ok(Math.abs(fraction({ ...x, low, high }, place[0]) - fraction(x, place[0])) < 0.005);
    assert.ok(Math.abs(fraction({ ...y, low: bottom, high: top }, place[1]) - fraction(y, place[1])) < 0.005);
  }
});

test('a window can be zoomed into a million million times, and every one is written to less than a percent', () => {
  for (const axis of [{ ...x, low: 0.1, high: 4 }, rate]) {
    let [low, high] = [axis.low, axis.high];
    for (let depth = 0; depth < 60 && high - low > 1e-12 * high; depth += 1) {
      const now = { ...axis, low, high };
      const [from, to] = [valueAt(now, 0.31), valueAt(now, 0.84)];
      const [next_low, next_high] = written(axis, from, to);
      assert.ok(
        Math.abs(next_low - from) < 0.01 * (to - from) && Math.abs(next_high - to) < 0.01 * (to - from),
        `${from} to ${to}`,
      );
      [low, high] = [next_low, next_high];
    }
    assert.ok(high - low < 1e-11 * high);
  }
});

test('a window of plain size is written with few digits', () => {
  assert.deepEqual(written(x, 0.123456789, 1.987654321), [0.123, 1.988]);
  assert.deepEqual(written(rate, 0.0123456789, 0.987654321), [0.01235, 0.9877]);
});

test('a window that holds the whole is the whole', () => {
  assert.equal(covers([-5, 4, -3, 3], [x, y]), true);
  assert.equal(covers([-3.999, 4, -3.001, 3], [x, y]), true, 'but for what rounding takes');
  assert.equal(covers([-3.9, 5, -3, 3], [x, y]), false);
  assert.equal(covers([1.5e-3, 10], [rate]), false);
});

test('a rectangle in proportion holds the pointer', () => {
  const random = chance(72);
  for (let k = 0; k < 100; k += 1) {
    const [from, to] = [0, 1].map(() => ({ x: 100 * random(), y: 100 * random() }));
    const corner = inProportion(from, to, 1.6);
    assert.ok(Math.abs(Math.abs(corner.x - from.x) - 1.6 * Math.abs(corner.y - from.y)) < 1e-9);
    assert.ok(
      Math.abs(corner.x - from.x) >= Math.abs(to.x - from.x) - 1e-9 &&
        Math.abs(corner.y - from.y) >= Math.abs(to.y - from.y) - 1e-9,
    );
    assert.ok((corner.x - from.x) * (to.x - from.x) >= 0 && (corner.y - from.y) * (to.y - from.y) >= 0);
  }
});

test('only a map of starts takes the picture along', () => {
  const window = [0, 1, 0, 1];
  assert.deepEqual(seenDomain({ ...wanted, map: 'basins', window }), window);
  assert.deepEqual(seenDomain({ ...wanted, map: 'rates', window: [0.1, 1, 0, 1] }), wanted.domain);
  assert.deepEqual(seenDomain({ ...wanted, map: null, window: null }), wanted.domain);
});

test('the ground of a window too narrow to be drawn lies around it', () => {
  assert.deepEqual(landscapeDomain([-4, 4, -3, 3]), [-4, 4, -3, 3]);
  const [low, high, bottom, top] = landscapeDomain([2, 2 + 1e-12, 5, 6]);
  assert.ok(low < 2 && high > 2 + 1e-12 && high - low >= 2e-9);
  assert.deepEqual([bottom, top], [5, 6]);
});

test('a value is told with as many digits as its window needs', () => {
  assert.equal(formatOnAxis(x, 1.23456789), '1.235');
  assert.equal(formatOnAxis({ ...x, low: 1.234567, high: 1.234568 }, 1.23456789), '1.23456789');
});

// ---------------------------------------------------------------- what a map depends on

const base = { ...wanted, map: 'basins', window: [-4, 4, -3, 3], resolution: 256, name: null, hidden: 0 };
/** @param {Partial<Wanted>} change @param {string | null} [second] */
const key = (change, second = 'momentum') =>
  mapKey({ ...base, ...change }, { ...base, ...change }, /** @type {Parameter} */ ({ key: second }));

test('a map of starts does not depend on the start, nor on what only the picture has', () => {
  for (const change of [
    { start: [1, 1] },
    { starts: 7 },
    { name: 'Fast' },
    { hidden: 1 },
    { axis: 'evaluations' },
    { theory: 1 },
  ])
    assert.equal(key(change), key({}));
});

test('a map depends on its kind, its window, its resolution and the settings of its run', () => {
  const changes = [
    { map: 'rates' },
    { window: [0, 4, 0, 3] },
    { resolution: 512 },
    { learning_rate: 0.7 },
    { steps: 77 },
    { optimizer: 'adam' },
    { landscape: 'peaks' },
    { shape: 9 },
  ];
  assert.equal(new Set([key({}), ...changes.map((change) => key(change))]).size, changes.length + 1);
});

test('a map of learning rates depends on the start and not on the settings along its axes', () => {
  const of_rates = { map: 'rates' };
  assert.equal(
    key({ ...of_rates, learning_rate: 0.7, momentum: 0.1 }),
    key({ ...of_rates, learning_rate: 0.2, momentum: 0.9 }),
  );
  assert.notEqual(key({ ...of_rates, start: [1, 1] }), key(of_rates));
  assert.notEqual(key({ ...of_rates, momentum: 0.1 }, null), key(of_rates, null));
});

test('chance matters only where there is some', () => {
  assert.equal(key({ seed: 3 }), key({ seed: 4 }));
  assert.notEqual(key({ noise: 0.1, seed: 3 }), key({ noise: 0.1, seed: 4 }));
  assert.notEqual(key({ map: 'rates', starts: 5, seed: 3 }), key({ map: 'rates', starts: 5, seed: 4 }));
});

test('only the run that is mapped counts', () => {
  const run = { ...base, optimizer: 'adam' };
  assert.equal(
    mapKey({ ...base, optimizer: 'momentum' }, run, /** @type {Parameter} */ ({ key: 'beta1' })),
    mapKey({ ...base, optimizer: 'newton' }, run, /** @type {Parameter} */ ({ key: 'beta1' })),
  );
});

test('a map of a network depends on its first weights, and where starts lie on a plane, on whose walk that is of', () => {
  const network = { plane: 'walk', plane_run: 0, noise: 0, batch: 0, starts: 1, start: [0, 0] };
  assert.notEqual(key({ ...network, seed: 3 }), key({ ...network, seed: 4 }));
  assert.notEqual(key({ ...network, plane: 'steps' }), key(network));
  assert.equal(key({ ...network, start: [1, 1] }), key(network));
  const of_rates = { ...network, map: 'rates' };
  // At the first weights settings are compared without a plane.
  assert.equal(key({ ...of_rates, learning_rate: 0.7, plane: 'steps' }), key({ ...of_rates, learning_rate: 0.2 }));
  const elsewhere = { ...of_rates, start: [1, 1] };
  assert.notEqual(key({ ...elsewhere, learning_rate: 0.7 }), key({ ...elsewhere, learning_rate: 0.2 }));
});

// ---------------------------------------------------------------- a box of another shape

const oblong = { ...wanted, map: null, window: null, domain: [-4, 4, -3, 3] };

for (const aspect of [0.5, 0.81, 0.95, 1, 4 / 3, 2, 3]) {
  test(`a box ${aspect} times as wide as high shows the whole domain in its middle, to scale`, () => {
    const [low_x, high_x, low_y, high_y] = shownDomain(oblong, aspect);
    assert.ok(Math.abs((high_x - low_x) / (high_y - low_y) - aspect) < 1e-12);
    assert.ok(low_x <= -4 && high_x >= 4 && low_y <= -3 && high_y >= 3);
    assert.ok(Math.abs(low_x + high_x) < 1e-12 && Math.abs(low_y + high_y) < 1e-12);
    // No more of it than fills the box.
    assert.ok(Math.abs(high_x - 4) < 1e-12 || Math.abs(high_y - 3) < 1e-12);
  });

  test(`its grid, ${aspect}, has lines at the borders of the domain, and no hole at its own`, () => {
    const [shown, whole] = [shownDomain(oblong, aspect), gridDomain(oblong, aspect)];
    shown.forEach((side, place) => {
      const outwards = place % 2 === 0 ? side - whole[place] : whole[place] - side;
      assert.ok(outwards >= -1e-9);
    });
    for (const points of [51, 101]) {
      const [x, y] = [0, 2].map((at) =>
        Array.from({ length: points }, (_, k) => whole[at] + ((whole[at + 1] - whole[at]) * k) / (points - 1)),
      );
      const loss = y.map((b) => x.map((a) => a + 10 * b));
      const part = withinDomain(/** @type {Grid} */ ({ x, y, loss }), oblong.domain);
      const [across, up] = [part.x, /** @type {number[]} */ (part.y)];
      assert.deepEqual(
        [across[0], across[across.length - 1], up[0], up[up.length - 1]].map((value) => Number(value.toFixed(9))),
        oblong.domain,
      );
      assert.equal(part.loss.length, up.length);
      assert.equal(/** @type {any} */ (part.loss)[0].length, across.length);
      assert.ok(Math.abs(/** @type {any} */ (part.loss)[0][0] - (across[0] + 10 * up[0])) < 1e-12);
    }
  });
}

test('maps of starts, curves and what is not to scale show what they are of and no more', () => {
  for (const request of [
    { ...oblong, map: 'basins', window: [0, 1, 0, 1] },
    { ...oblong, domain: [-2, 3] },
    { ...oblong, domain: [-3, 1, 0, 150] },
  ]) {
    assert.deepEqual(shownDomain(request, 2), seenDomain(request));
    assert.deepEqual(gridDomain(request, 2), seenDomain(request));
  }
});

test('a map of learning rates does not depend on what goes along its second axis, of a typed rule either', () => {
  const rates = (/** @type {Record<string, number>} */ hyperparameters) => {
    const run = { ...base, map: 'rates', rule: 'point_next = …', hyperparameters };
    return mapKey(run, run, /** @type {Parameter} */ ({ key: 'own-b', own: 'b' }));
  };
  assert.equal(rates({ b: 0.9, c: 1 }), rates({ b: 0.5, c: 1 }));
  assert.notEqual(rates({ b: 0.9, c: 1 }), rates({ b: 0.9, c: 2 }));
});
