import { test } from 'node:test';
import assert from 'node:assert/strict';

import { bars, heightOf } from '../../../static/js/canvas/local_quadratic.js';
import { sharpnessFigure, sharpnessRange } from '../../../static/js/figures/sharpness.js';
import { changedKeys } from '../../../static/js/state/request.js';
import {
  aboveEdge,
  beliefInWords,
  bestChange,
  bestInWords,
  isSet,
  keyInWords,
  quadraticsInWords,
  shapeOf,
  sharpnessInWords,
} from '../../../static/js/words/theory.js';
import { catalog, chance, colours, near, walksOf, wanted } from '../tools.js';

/** As the server tells of the bowl x²/8 + y²/2 at (-2, 1). @type {LocalQuadratic} */
const bowl = {
  point: [-2, 1],
  loss: 1,
  gradient: [-0.5, 1],
  hessian: [
    [0.25, 0],
    [0, 1],
  ],
  eigenvalues: [0.25, 1],
  eigenvectors: [
    [1, 0],
    [0, 1],
  ],
  condition_number: 4,
  centre: [0, 0],
  stability_limit: 3.8,
  curve: null,
  lines: [],
};

/** The domain -4 … 4, -3 … 3 on 800 × 300 pixels: one unit is 100 pixels wide and 50 high. */
const frame = {
  box: { left: 0, top: 0, width: 800, height: 300 },
  project: (/** @type {number} */ x, /** @type {number} */ y) => ({ x: 400 + 100 * x, y: 150 - 50 * y, hidden: false }),
};

/** @param {string} slug @returns {Optimizer} */
const optimizer = (slug) => /** @type {Optimizer} */ (catalog.optimizers.find((entry) => entry.slug === slug));

/** What is told where the optimizer has no quadratic of its own. @param {LocalQuadratic} local @param {[Wanted, number, Optimizer, boolean]} rest */
const localInWords = (local, ...rest) => quadraticsInWords({ local, believed: null }, ...rest);

/** @param {string} name @param {{name: string, text: string}[]} rows */
const textOf = (name, rows) => rows.find((row) => row.name === name)?.text;

// ---------------------------------------------------------------- the bars on the map

test('bars go through the point along the eigenvectors, the flat one twice as long where it is curved a quarter as much', () => {
  const [flat, sharp] = bars(bowl, frame);
  // The longest reaches a fifth of the shorter side, 60 pixels, to both sides: 0.6 units along x, so 0.3 along y.
  assert.deepEqual(flat, { from: { x: 140, y: 100 }, to: { x: 260, y: 100 }, curvature: 0.25, whole: true });
  assert.deepEqual(sharp, { from: { x: 200, y: 115 }, to: { x: 200, y: 85 }, curvature: 1, whole: true });
});

test('at the ends of all bars that are whole the bend has changed the loss equally much', () => {
  const random = chance(91);
  let whole = 0;
  for (let round = 0; round < 300; round += 1) {
    const angle = Math.PI * random();
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const eigenvalues = [10 ** (3 * random() - 1), 10 ** (3 * random() - 1)]
      .map((size) => (random() < 0.3 ? -size : size))
      .sort((a, b) => a - b);
    const both = bars(
      {
        ...bowl,
        eigenvalues,
        eigenvectors: [
          [c, s],
          [-s, c],
        ],
      },
      frame,
    );
    if (!both.every((bar) => bar.whole)) continue;
    whole += 1;
    const bends = both.map(({ to }) => {
      const [dx, dy] = [(to.x - 200) / 100, (100 - to.y) / 50];
      const along = [c * dx + s * dy, -s * dx + c * dy];
      return Math.abs(eigenvalues[0] * along[0] ** 2 + eigenvalues[1] * along[1] ** 2) / 2;
    });
    assert.ok(near(bends[0] / bends[1], 1, 1e-9));
  }
  assert.ok(whole > 100, 'most are whole');
});

test('a direction much flatter than the other is cut, and says so; the sharp one stays long enough to be seen', () => {
  const [flat, sharp] = bars({ ...bowl, eigenvalues: [0.001, 1000] }, frame);
  assert.equal(flat.whole, false);
  assert.equal(sharp.whole, true);
  assert.ok(near(flat.to.x - flat.from.x, 120, 1e-9));
  assert.ok(near(sharp.from.y - sharp.to.y, 24, 1e-9));
});

test('a direction that is straight is cut, too, also where rounding left a rest of its zero', () => {
  for (const rest of [0, 1e-15, -1e-15]) {
    const [straight, sharp] = bars({ ...bowl, eigenvalues: [rest, 1] }, frame);
    assert.deepEqual([straight.whole, straight.curvature, straight.to.x], [false, 0, 260]);
    assert.equal(sharp.whole, true);
  }
});

test('where nothing is curved there are no bars', () => {
  assert.deepEqual(bars({ ...bowl, eigenvalues: [0, 0] }, frame), []);
});

test('a parabola has the height, the slope and the curvature of its point', () => {
  const parabola = { ...bowl, point: [2], loss: 5, gradient: [3], hessian: [[4]] };
  // 5 + 3(x - 2) + 2(x - 2)².
  assert.deepEqual(
    [2, 3, 1, 0].map((x) => heightOf(parabola, x)),
    [5, 10, 4, 7],
  );
});

// ---------------------------------------------------------------- the point in words

test('every combination of signs has its name', () => {
  const shapes = { 'curved upwards': [2], 'straight, not curved': [0], 'curved downwards': [-2] };
  for (const [name, values] of Object.entries(shapes)) assert.equal(shapeOf(values), name);
  assert.equal(shapeOf([1, 2]), 'a bowl');
  assert.equal(shapeOf([-1, 2]), 'a saddle');
  assert.equal(shapeOf([-2, -1]), 'a dome');
  assert.match(shapeOf([0, 2]), /trough/);
  assert.match(shapeOf([-2, 0]), /ridge/);
  assert.match(shapeOf([0, 0]), /plane/);
});

test('of a bowl everything is told', () => {
  const rows = localInWords(bowl, wanted, 0.1, optimizer('momentum'), true);
  assert.equal(textOf('Eigenvalues', rows), '0.25 and 1: a bowl');
  assert.equal(textOf('Condition number', rows), '4');
  assert.equal(textOf('Centre', rows), '(0, 0); Newton’s full step lands there');
  assert.equal(textOf('Stability limit', rows), '3.8 for Momentum; the learning rate 0.1 is below it');
});

test('a learning rate above the limit diverges on this quadratic, one at it is at it', () => {
  const limit = (/** @type {number} */ rate) =>
    textOf('Stability limit', localInWords(bowl, wanted, rate, optimizer('momentum'), true));
  assert.match(String(limit(4)), /4 is above it: on this quadratic it diverges$/);
  assert.match(String(limit(3.8)), /3\.8 is exactly at it$/);
});

test('with noise or mini-batches the limit is told to be that of exact gradients', () => {
  for (const more of [{ noise: 0.5 }, { batch: 4 }]) {
    assert.match(
      String(textOf('Stability limit', localInWords(bowl, { ...wanted, ...more }, 0.1, optimizer('momentum'), true))),
      /with exact gradients/,
    );
  }
});

test('of an optimizer without a known limit none is told', () => {
  const rows = localInWords({ ...bowl, stability_limit: null }, wanted, 0.1, optimizer('adam'), false);
  assert.equal(textOf('Stability limit', rows), 'none is known for Adam with these settings');
});

test('where nothing is curved towards the goal there is no limit, no condition number and maybe no centre', () => {
  const ridge = { ...bowl, eigenvalues: [-2, 0], condition_number: null, centre: null, stability_limit: null };
  const down = localInWords(ridge, wanted, 0.1, optimizer('momentum'), true);
  assert.equal(textOf('Stability limit', down), 'none: nothing is curved upwards here');
  assert.equal(textOf('Condition number', down), 'none: not a bowl');
  assert.match(String(textOf('Centre', down)), /^nowhere/);
  const up = localInWords(
    { ...ridge, eigenvalues: [0, 2] },
    { ...wanted, goal: 'maximize' },
    0.1,
    optimizer('momentum'),
    true,
  );
  assert.equal(textOf('Stability limit', up), 'none: nothing is curved downwards here');
  assert.equal(textOf('Condition number', up), 'none: not a dome');
});

test('a centre outside the picture is said to be there, and what rounding left of zero is zero', () => {
  const centreAt = (/** @type {number[]} */ centre) =>
    textOf('Centre', localInWords({ ...bowl, centre }, wanted, 0.1, optimizer('momentum'), true));
  assert.equal(centreAt([5, 0]), '(5, 0), outside the picture; Newton’s full step lands there');
  assert.equal(centreAt([1e-15, -2e-16]), '(0, 0); Newton’s full step lands there');
  assert.equal(centreAt([1e-9, 0]), '(1e-9, 0); Newton’s full step lands there');
});

test('on a curve there is one eigenvalue and no condition number', () => {
  const rows = localInWords(
    { ...bowl, point: [1], eigenvalues: [3], centre: [0] },
    { ...wanted, domain: [-2, 2] },
    0.1,
    optimizer('momentum'),
    true,
  );
  assert.equal(textOf('Eigenvalue', rows), '3: curved upwards');
  assert.equal(textOf('Condition number', rows), undefined);
  assert.match(String(textOf('Centre', rows)), /^0;/);
});

// ---------------------------------------------------------------- sharpness

/** @param {(number | null)[]} sharpness @param {(number | null)[]} [limit] @returns {Sharpness} */
const along = (sharpness, limit = sharpness.map(() => 2)) => ({
  step: sharpness.map((_, k) => k),
  sharpness,
  limit,
  limit_of: 'gradient-descent',
  limit_text: '2/η',
});

test('steps above the edge are counted where the sharpness is known; at the edge is not above it', () => {
  assert.deepEqual(aboveEdge(along([3, null, 2, 1, 5, 1])), { known: 5, above: 2, stays: false });
  assert.deepEqual(aboveEdge(along([null, null])), { known: 0, above: 0, stays: false });
});

test('an edge that is not finite is above everything', () => {
  assert.deepEqual(aboveEdge(along([3, 3], [2, null])), { known: 2, above: 1, stays: false });
});

test('sharpness stays above the edge where it is so for half of the second half', () => {
  assert.equal(aboveEdge(along([1, 1, 1, 1, 3, 1, 3, 1])).stays, true);
  assert.equal(aboveEdge(along([3, 3, 3, 3, 3, 1, 1, 1])).stays, false);
});

/** @param {(number | null)[]} values @param {string} outcome @param {boolean} [quadratic] @param {string} [own] @param {boolean} [smooth] */
const said = (values, outcome, quadratic = false, own = 'Gradient descent', smooth = true) =>
  sharpnessInWords(along(values), own, 'Gradient descent', outcome, quadratic, smooth).join(' ');

test('edge of stability is said of a walk that stays above the edge and is held', () => {
  assert.match(said([3, 3, 3, 3], 'out_of_steps'), /Edge of stability: .*above the edge everywhere, up to the end/);
  assert.match(
    said([1, 3, 3, 3], 'out_of_steps'),
    /Edge of stability: .*above the edge at 3 of 4 steps, up to the end/,
  );
});

test('edge of stability is not said of a walk that diverged, that fell below it, that never was above, or of a quadratic', () => {
  assert.match(said([3, 3, 3, 3], 'diverged'), /above the edge everywhere, and the walk diverged/);
  assert.match(said([3, 1, 1, 1], 'converged'), /above the edge at 1 of 4 steps, and below it most of the second half/);
  assert.match(said([1, 1, 1, 1], 'converged'), /stays below the edge/);
  for (const words of [
    said([3, 3], 'diverged'),
    said([3, 1, 1, 1], 'converged'),
    said([1, 1], 'converged'),
    said([3, 3], 'out_of_steps', true),
  ])
    assert.doesNotMatch(words, /Edge of stability/);
});

test('of a long walk it is said of how many steps the sharpness is known, and nothing of the others', () => {
  const some = (/** @type {number[]} */ values) =>
    sharpnessInWords(
      { ...along(values), step: values.map((_, k) => 3 * k) },
      'Gradient descent',
      'Gradient descent',
      'out_of_steps',
      false,
      true,
    ).join(' ');
  assert.match(some([1, 1, 1]), /stays below the edge at the 3 steps looked at\./);
  assert.match(some([3, 3, 3]), /Edge of stability: .*above the edge at 3 of the 3 steps looked at, up to the end/);
  assert.match(some([3, 1, 1]), /above the edge at 1 of the 3 steps looked at, and below it most/);
  assert.doesNotMatch(said([1, 3, 3], 'out_of_steps') + said([1, 1], 'converged'), /looked at/);
});

test('whose limit the edge is, is said; of an optimizer without one it is another’s', () => {
  assert.match(said([1], 'converged'), /Dashed: the edge 2\/η of Gradient descent\./);
  const foreign = said([3, 3, 3], 'converged', false, 'Adam');
  assert.match(
    foreign,
    /No limit is known for Adam with these settings; dashed, for comparison: the edge 2\/η of Gradient descent\./,
  );
  assert.doesNotMatch(foreign, /Edge of stability/);
});

test('where no Hessian exists along a walk that is said, and gaps of a logarithm are explained only where there are some', () => {
  assert.match(said([null, null], 'converged'), /No Hessian exists anywhere along this walk\./);
  assert.match(said([-1, 1], 'converged'), /gaps/);
  assert.doesNotMatch(said([1, null], 'converged'), /gaps/);
});

test('beside kinks, to stay below the edge is no reassurance', () => {
  const kinked = (/** @type {(number | null)[]} */ ...values) =>
    said(values, 'converged', false, 'Gradient descent', false);
  assert.match(kinked(0, null, 0), /Sharpness is 0 wherever it exists; it says nothing at a kink\.$/);
  assert.doesNotMatch(kinked(0, null, 0), /stays below|gaps/);
  assert.match(kinked(1, null, 0), /It says nothing at a kink\.$/);
  assert.doesNotMatch(said([0, 0], 'converged'), /kink/);
});

/** @param {number[]} eigenvalues @param {number[] | null} centre */
const quadratic = (eigenvalues, centre) => ({ ...bowl, eigenvalues, centre });

test('only the marks that are drawn are explained', () => {
  const key = (/** @type {LocalQuadratic | null} */ local, /** @type {number[]} */ domain) =>
    keyInWords({ local, believed: null }, domain, 'not to be told');
  assert.match(
    key(quadratic([1, 2], [0, 0]), [-1, 1, -1, 1]),
    /with this point’s gradient and Hessian\. Dashed: .*Bars: the Hessian’s .*Ring with ticks: its centre\.$/,
  );
  assert.doesNotMatch(key(quadratic([1, 2], [0, 2]), [-1, 1, -1, 1]), /Ring/);
  assert.match(key(quadratic([3], [0.5]), [-1, 1]), /parabola with this point’s slope and curvature.*Ring/);
  assert.equal(
    key(quadratic([0], null), [-1, 1]),
    'Dashed in the picture: the straight line with this point’s slope, for nothing is curved here.',
  );
  assert.match(key(null, [-1, 1]), /There is no Hessian at this point/);
  assert.match(keyInWords(undefined, [-1, 1], ''), /when the walk stands still/);
});

// ---------------------------------------------------------------- an optimizer's own quadratic

const bfgs = { ...optimizer('newton'), slug: 'bfgs', title: 'BFGS' };
const both = { local: bowl, believed: quadratic([1, 1], [-1.5, 0]) };

test('of an optimizer’s own quadratic it is said what it is made from, and that a full step leads to its centre', () => {
  const belief = beliefInWords(bfgs, wanted, 3);
  assert.equal(belief, 'that BFGS has built from the gradients so far: a full step leads to its centre.');
  assert.match(beliefInWords(bfgs, wanted, 0), /^that BFGS begins with, curved by 1 .*: a full step leads/);
  assert.match(beliefInWords(bfgs, { ...wanted, noise: 0.1 }, 3), /: without noise a full step leads/);
  const plane = keyInWords(both, wanted.domain, belief);
  assert.match(plane, /^On the map: the quadratic that BFGS has built .* centre\. Dashed: .* Bars: its eigenvectors/);
  assert.match(plane, /Ring with ticks: its centre\.$/);
  assert.doesNotMatch(plane, /Hessian/);
  const curve = keyInWords({ local: quadratic([0], null), believed: quadratic([2], [0]) }, [-1, 1], belief);
  assert.match(curve, /^Dashed in the picture: the parabola that BFGS has built .* Ring with ticks: its centre\.$/);
});

test('its eigenvalues are told beside those of the Hessian, and its centre in the place of Newton’s', () => {
  const rows = quadraticsInWords(both, wanted, 1, bfgs, false);
  assert.deepEqual(
    rows.map(({ name }) => name),
    ['Hessian’s eigenvalues', 'Condition number', 'BFGS’s eigenvalues', 'Centre', 'Stability limit'],
  );
  assert.equal(textOf('Hessian’s eigenvalues', rows), '0.25 and 1: a bowl');
  assert.equal(textOf('BFGS’s eigenvalues', rows), '1 and 1: a bowl');
  assert.equal(textOf('Centre', rows), '(-1.5, 0); BFGS’s full step lands there');
  const noisy = quadraticsInWords(both, { ...wanted, noise: 0.1 }, 1, bfgs, false);
  assert.equal(textOf('Centre', noisy), '(-1.5, 0); without noise BFGS’s full step lands there');
});

test('where there is no Hessian an optimizer’s own quadratic is told all the same, and without both nothing', () => {
  const rows = quadraticsInWords({ ...both, local: null }, wanted, 1, bfgs, false);
  assert.deepEqual(
    rows.map(({ name }) => name),
    ['BFGS’s eigenvalues', 'Centre'],
  );
  assert.deepEqual(quadraticsInWords({ local: null, believed: null }, wanted, 1, bfgs, false), []);
});

test('the range holds all sharpness and the nearest edge, but no edge that goes to infinity', () => {
  const [low, high] = sharpnessRange([1, 4], [10, 50, 1e17], true);
  assert.ok(low < 1 && low > 0.5);
  assert.ok(high > 50 && high < 100);
  const linear = sharpnessRange([1, 4], [10, 50, 1e17], false);
  assert.ok(linear[0] === 0 && linear[1] > 10 && linear[1] < 12);
  const far = sharpnessRange([1, 1], [1e6, 1e6], true);
  assert.ok(far[0] < 1 && far[1] > 1e6, 'the nearest edge is there however far');
});

test('negative sharpness is in the linear range and not in the logarithmic one', () => {
  assert.ok(sharpnessRange([-3, 1], [2, 2], false)[0] < -3);
  assert.ok(sharpnessRange([-3, 1], [2, 2], true)[0] > 0);
  for (const log of [true, false]) assert.ok(sharpnessRange([null], [null], log).every(Number.isFinite));
});

/** @param {Sharpness} sharpness @param {boolean} log @param {Partial<Wanted>} [request] @returns {{data: any[], layout: any}} */
const figureOf = (sharpness, log, request = {}) =>
  sharpnessFigure(sharpness, walksOf([{ loss: [4, 3, 2, 1], evaluations: [0, 2, 4, 6] }], request), 0, log, colours);

test('the figure has the edge, dashed, and the sharpness, with gaps where a logarithm has none', () => {
  const sharpness = along([3, -1, null, 2], [2, 4, 8, null]);
  const [edge, curve] = figureOf(sharpness, true).data;
  assert.deepEqual(curve.y, [3, null, null, 2]);
  assert.deepEqual(edge.y, [2, 4, 8, null]);
  assert.equal(edge.line.dash, 'dash');
  assert.deepEqual(figureOf(sharpness, false).data[1].y, [3, -1, null, 2]);
});

test('the figure goes by evaluations where the curves do', () => {
  const told = { ...along([3, 1]), step: [0, 3] };
  const by_step = figureOf(told, true);
  assert.deepEqual(
    [by_step.data[1].x, by_step.layout.xaxis.range],
    [
      [0, 3],
      [0, 3],
    ],
  );
  const by_evaluations = figureOf(told, true, { axis: 'evaluations' });
  assert.deepEqual(
    [by_evaluations.data[1].x, by_evaluations.layout.xaxis.range],
    [
      [0, 6],
      [0, 6],
    ],
  );
});

test('the edge’s name stands where the edge comes nearest', () => {
  const name = (/** @type {number[]} */ edge) =>
    figureOf({ ...along([1, 1, 1, 1]), limit: edge }, true).layout.annotations.find(
      (/** @type {{text: string}} */ { text }) => text.startsWith('edge'),
    );
  assert.deepEqual([name([2, 4, 8, 16]).x, name([16, 8, 4, 2]).x, name([2, 2, 2, 2]).x], [0, 3, 3]);
  assert.ok(near(name([2, 4, 8, 16]).y, Math.log10(2), 1e-12), 'a logarithmic axis counts in powers of ten');
});

// ---------------------------------------------------------------- best settings

/** As the server tells them of the bowl with condition number 4. @type {BestSettings[]} */
const best = [
  {
    optimizer: 'gradient-descent',
    title: 'Gradient descent',
    settings: { learning_rate: 1.6 },
    rate: 0.6,
    source: { text: 'Nesterov', year: 2004, url: null },
  },
  {
    optimizer: 'momentum',
    title: 'Momentum',
    settings: { learning_rate: 1.7777777777777777, momentum: 0.1111111111111111, dampening: 0 },
    rate: 0.3333333333333333,
    source: { text: 'Polyak', year: 1964, url: null },
  },
  {
    optimizer: 'newton',
    title: 'Newton',
    settings: { learning_rate: 1 },
    rate: 0,
    source: { text: 'Nocedal', year: 2006, url: null },
  },
];

test('best settings in words: what is at its default is not told', () => {
  assert.deepEqual(
    best.map((one) => bestInWords(one, optimizer(one.optimizer))),
    [
      'Gradient descent: learning rate 1.6, each step keeps 0.6 of the distance',
      'Momentum: learning rate 1.78, momentum 0.111, each step keeps 0.333 of the distance',
      'Newton: learning rate 1, one step is enough',
    ],
  );
});

test('best settings are set with every digit, all at once, and keep the learning rate constant', () => {
  const before = {
    landscape: 'bowl',
    optimizer: 'adam',
    learning_rate: '0.3',
    beta1: '0.5',
    schedule: 'cosine',
    restarts: '2',
    warmup: '5',
    seed: '7',
  };
  assert.deepEqual(changedKeys(before, bestChange(best[1]), catalog), {
    landscape: 'bowl',
    optimizer: 'momentum',
    learning_rate: '1.7777777777777777',
    momentum: '0.1111111111111111',
    dampening: '0',
    seed: '7',
  });
});

test('settings are told to be set where all of them are, and the learning rate is constant', () => {
  const set = { ...wanted, optimizer: 'momentum', ...best[1].settings };
  assert.equal(isSet(best[1], set), true);
  for (const other of [
    { momentum: 0.9 },
    { optimizer: 'nesterov' },
    { schedule: 'cosine' },
    { warmup: 3 },
    { learning_rate: 1.78 },
  ])
    assert.equal(isSet(best[1], { ...set, ...other }), false);
  assert.equal(isSet(best[0], set), false);
});
