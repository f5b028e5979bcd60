// ---------------------------------------------------------------- the vectors of a step

import { test } from 'node:test';
import assert from 'node:assert/strict';

import { arrowEnds, beyond, perturbedAt, tip, vectors } from '../../../static/js/canvas/step_arrows.js';
import { arrowNames, keptBy } from '../../../static/js/words/step_arrows.js';
import { chance, near } from '../tools.js';

test('of plain descent the gradient’s arrow is the step', () => {
  const { gradient, velocity, step } = vectors({
    gradient: [4, -8],
    learning_rate: 0.25,
    point: [1, 1],
    point_next: [0, 3],
  });
  assert.deepEqual(gradient, [-1, 2]);
  assert.deepEqual(step, [-1, 2]);
  assert.equal(velocity, null);
});

test('of momentum what is kept and the pull of the newest gradient make the step', () => {
  // v = 0.5·(2, 4) + (4, 0) = (5, 2), and the step is -0.5 of it
  const { gradient, velocity, step } = vectors({
    gradient: [4, 0],
    velocity: [2, 4],
    velocity_next: [5, 2],
    momentum: 0.5,
    dampening: 0,
    learning_rate: 0.5,
    point: [3, 3],
    point_next: [0.5, 2],
  });
  assert.deepEqual(gradient, [-2, -0]);
  assert.deepEqual(velocity, [-0.5, -1]);
  assert.deepEqual(step, [-2.5, -1]);
});

test('at the first step of momentum nothing is kept, and the gradient is whole whatever the dampening', () => {
  const { gradient, velocity } = vectors({
    gradient: [4, 2],
    velocity_next: [4, 2],
    momentum: 0.9,
    dampening: 0.9,
    learning_rate: 0.5,
    point: [3, 3],
    point_next: [1, 2],
  });
  assert.deepEqual([gradient, velocity], [[-2, -1], null]);
});

test('Nesterov’s gradient counts once more with the velocity that it looks ahead by', () => {
  // v = 0.5·4 + 2 = 4, x = 1 - 0.1·(2 + 0.5·4): pull -0.1·1.5·2, kept -0.1·0.5·0.5·4
  const { gradient, velocity } = vectors({
    gradient: [2, 0],
    velocity: [4, 0],
    velocity_next: [4, 0],
    momentum: 0.5,
    learning_rate: 0.1,
    point: [1, 0],
    point_next: [0.6, 0],
  });
  assert.ok(near(/** @type {number[]} */ (gradient)[0], -0.3, 1e-12));
  assert.ok(near(/** @type {number[]} */ (velocity)[0], -0.1, 1e-12));
});

test('of Adam the mean’s two parts and what weight decay takes make the step', () => {
  // β₁ = 0.9, second step: m = 0.9·2 + 0.1·10 = 2.8, divided by 0.19
  const mean_hat = [2.8 / 0.19, 0];
  const { gradient, velocity, step } = vectors({
    gradient: [10, 0],
    mean: [2, 0],
    mean_next: [2.8, 0],
    mean_hat,
    count_next: 2,
    beta1: 0.9,
    square_next: [1, 0],
    learning_rate: 0.1,
    shrunk: [4.9, 0],
    point: [5, 0],
    point_next: [4.9 - 0.14, 0],
  });
  const [pulled, kept, moved] = [gradient, velocity, step].map((vector) => /** @type {number[]} */ (vector)[0]);
  // 0.14 in the ratio of 1 to 1.8
  assert.ok(near(pulled, -0.05, 1e-12));
  assert.ok(near(kept, -0.09, 1e-12));
  assert.ok(near(moved, pulled + kept - 0.1, 1e-12));
});

test('where the step has the mean’s sign alone the mean is shown as it is', () => {
  const { velocity } = vectors({
    gradient: [1, 1],
    mean: [2, 2],
    mean_next: [4, 8],
    direction: [3, 5],
    learning_rate: 0.5,
    point: [0, 0],
    point_next: [1, 1],
  });
  assert.deepEqual(velocity, [-2, -4]);
});

test('a line search’s gradient is as long as the rate that was accepted, not the one that was tried first', () => {
  const { gradient, step } = vectors({
    gradient: [4, 8],
    learning_rate: 1,
    accepted: 0.25,
    point: [1, 1],
    point_next: [0, -1],
  });
  assert.deepEqual(gradient, [-1, -2]);
  assert.deepEqual(step, [-1, -2]);
  assert.deepEqual(
    vectors({ gradient: [4, 8], learning_rate: 1, accepted: 0, point: [1, 1], point_next: [1, 1] }).gradient,
    [-0, -0],
  );
});

test('where the direction is not the gradient’s, its arrow is as long as the length that was found along the direction', () => {
  const { gradient, step } = vectors({
    gradient: [4, 8],
    learning_rate: 1,
    search: [2, -2],
    length: 0.5,
    point: [1, 1],
    point_next: [2, 0],
  });
  assert.deepEqual(
    [gradient, step],
    [
      [-2, -4],
      [1, -1],
    ],
  );
});

test('the place at which a gradient is taken is marked where it can be seen beside the walker', () => {
  const project = (/** @type {number} */ x, /** @type {number} */ y) => ({ x: 100 * x, y: -100 * y, hidden: false });
  const here = { x: 0, y: 0 };
  assert.deepEqual(perturbedAt({ perturbed: [0.3, 0.4] }, project, here), { x: 30, y: -40 });
  assert.equal(perturbedAt({ perturbed: [0.03, 0.04] }, project, here), null);
  assert.equal(perturbedAt({}, project, here), null, 'it is taken where the walker is');
  assert.equal(
    perturbedAt({ perturbed: [null, null] }, () => ({ x: NaN, y: NaN, hidden: false }), here),
    null,
  );
});

test('on a curve vectors have one part', () => {
  const { gradient, velocity, step } = vectors({
    gradient: [4],
    velocity: [2],
    velocity_next: [5],
    momentum: 0.5,
    dampening: 0,
    learning_rate: 0.5,
    point: [1],
    point_next: [-1.5],
  });
  assert.deepEqual([gradient, velocity, step], [[-2], [-0.5], [-2.5]]);
});

test('a step to nowhere points nowhere, not to the origin', () => {
  const { gradient, step } = vectors({
    gradient: [null, null],
    learning_rate: 0.5,
    point: [3, 2],
    point_next: [null, null],
  });
  assert.deepEqual(step, [NaN, NaN]);
  assert.deepEqual(gradient, [NaN, NaN]);
});

// ---------------------------------------------------------------- what they are called

/** @param {number[]} one @param {number[]} other */
const along = (one, other) => one.reduce((sum, part, axis) => sum + part * other[axis], 0);

test('what is called −gradient points against the gradient, what is called gradient along it', () => {
  const random = chance(17);
  const draw = () => [random() - 0.5, random() - 0.5];
  for (const goal of ['minimize', 'maximize']) {
    for (const kept of /** @type {const} */ (['velocity', 'sign', null])) {
      const { gradient } = arrowNames(false, goal, kept);
      const sign = { '−gradient': -1, gradient: 1 }[gradient.name] ?? 0;
      assert.notEqual(sign, 0);
      for (let round = 0; round < 50; round += 1) {
        const slope = draw();
        // What the rule takes for its gradient: of an ascent minus that of the value.
        const own = slope.map((part) => (goal === 'maximize' ? -part : part));
        const drawn = /** @type {number[]} */ (
          vectors({ gradient: own, learning_rate: 0.01 + random(), point: [0, 0], point_next: draw() }).gradient
        );
        assert.ok(sign * along(drawn, slope) > 0, `${goal}: ${gradient.name}`);
        assert.ok(
          goal === 'maximize' ? along(drawn, slope) > 0 : along(drawn, slope) < 0,
          'it points where the walk is to go',
        );
        assert.ok(gradient.means.startsWith(sign > 0 ? 'η·gradient' : '−η·gradient'));
      }
    }
  }
});

test('what is kept has its name, and a mean that is not added to the gradient points against it', () => {
  for (const goal of ['minimize', 'maximize']) {
    for (const kept of /** @type {const} */ (['velocity', 'mean']))
      assert.equal(arrowNames(false, goal, kept).velocity?.name, `kept ${kept}`);
    assert.equal(arrowNames(false, goal, 'sign').velocity?.name, '−mean');
    assert.match(arrowNames(false, goal, 'mean').gradient.name, goal === 'maximize' ? /^gradient, / : /^−gradient, /);
    assert.equal(arrowNames(false, goal, null).velocity, null, 'what is not drawn has no switch');
  }
});

test('on a curve the first switch draws the tangent and says so', () => {
  for (const goal of ['minimize', 'maximize']) {
    const names = arrowNames(true, goal, 'velocity');
    assert.deepEqual([names.gradient.name, names.velocity, names.step.name], ['tangent', null, 'step']);
    assert.match(names.gradient.means, /slope is the derivative/);
  }
});

/** @param {string[]} names @param {string[]} keys @returns {any} */
const ruled = (names, keys) => ({
  rules: { rule: names.map((name) => [`<math><mtext>@${name}@</mtext></math>`, '']) },
  hyperparameters: keys.map((key) => ({ key })),
});

test('an optimizer walks by the sum or by the mean that its rule keeps; a mean that only measures the spread is none', () => {
  assert.equal(keptBy(ruled(['velocity-next', 'point-next'], ['momentum'])), 'velocity');
  assert.equal(keptBy(ruled(['mean-next', 'square-next'], ['beta1'])), 'mean');
  assert.equal(keptBy(ruled(['mean-next', 'square-next'], ['decay', 'centred'])), null);
  assert.equal(keptBy(ruled(['direction', 'mean-next'], ['beta1'])), 'sign');
  assert.equal(keptBy(ruled(['total-next'], [])), null);
});

// ---------------------------------------------------------------- where they end

const ALL = { gradient: true, velocity: true, step: true };
/** A hundred pixels to one. @param {number} x @param {number} y */
const hundred = (x, y) => ({ x: 100 * x, y: -100 * y, hidden: false });

test('arrows that are too long are drawn shorter alike, and still make a parallelogram', () => {
  const quantities = {
    gradient: [4, 0],
    velocity: [2, 4],
    velocity_next: [5, 2],
    momentum: 0.5,
    dampening: 0,
    learning_rate: 0.5,
    point: [0, 0],
    point_next: [-2.5, -1],
  };
  const { ends, part } = arrowEnds(quantities, hundred, { x: 0, y: 0 }, ALL);
  assert.ok(near(part, 90 / (100 * Math.hypot(2.5, 1)), 1e-12));
  assert.ok(near(Math.hypot(ends.step.x, ends.step.y), 90, 1e-9));
  assert.ok(near(ends.both.x, ends.step.x, 1e-9));
  assert.ok(near(ends.both.y, ends.step.y, 1e-9));
  assert.ok(near(ends.gradient.x, -200 * part, 1e-9));
});

test('an arrow ends where its vector does where there is room, and none is drawn that is switched off', () => {
  const quantities = { gradient: [1, 0], learning_rate: 0.5, point: [0, 0], point_next: [-0.5, 0] };
  const { ends, part } = arrowEnds(quantities, hundred, { x: 0, y: 0 }, { ...ALL, gradient: false });
  assert.deepEqual([ends, part], [{ step: { x: -50, y: 0 } }, 1]);
});

test('of a gradient that the rule divides only the direction is shown, no longer than the step', () => {
  const quantities = {
    gradient: [30, 40],
    total_next: [900, 1600],
    learning_rate: 0.5,
    point: [0, 0],
    point_next: [-0.5, -0.5],
  };
  const { ends } = arrowEnds(quantities, hundred, { x: 0, y: 0 }, ALL);
  assert.ok(near(Math.hypot(ends.gradient.x, ends.gradient.y), Math.hypot(ends.step.x, ends.step.y), 1e-9));
  assert.ok(near(ends.gradient.x / ends.gradient.y, -30 / 40, 1e-9));
});

// ---------------------------------------------------------------- where a name stands

test('a name stands beyond the tip, clear of the arrow', () => {
  const box = { width: 1000, height: 1000 };
  for (let angle = 0; angle < 2 * Math.PI; angle += 0.1) {
    const to = { x: 500 + 100 * Math.cos(angle), y: 500 + 100 * Math.sin(angle) };
    const { left, top, width, height } = beyond({ x: 500, y: 500 }, to, 60, box);
    assert.deepEqual([width, height], [60, 14]);
    assert.ok(to.x < left || to.x > left + width || to.y < top || to.y > top + height);
    assert.ok(Math.hypot(left + width / 2 - to.x, top + height / 2 - to.y) < 45);
  }
});

test('at the border a name stays inside the picture', () => {
  const { left, top } = beyond({ x: 50, y: 50 }, { x: 99, y: 1 }, 60, { width: 100, height: 100 });
  assert.deepEqual([left, top], [38, 2]);
});

// ---------------------------------------------------------------- how long an arrow is

test('an arrow ends where its vector does', () => {
  assert.deepEqual(tip({ x: 10, y: 10 }, { x: 40, y: 50 }, 100), { x: 40, y: 50 });
});

test('a long arrow is cut and keeps its direction', () => {
  assert.deepEqual(tip({ x: 10, y: 10 }, { x: 310, y: 410 }, 100), { x: 70, y: 90 });
});

test('an arrow of a few pixels is none', () => {
  assert.equal(tip({ x: 0, y: 0 }, { x: 5.9, y: 0 }, 100), null);
  assert.equal(tip({ x: 0, y: 0 }, { x: 0, y: 0 }, 100), null);
  assert.deepEqual(tip({ x: 0, y: 0 }, { x: 6, y: 0 }, 100), { x: 6, y: 0 });
});

test('an arrow to nowhere is none', () => {
  for (const there of [NaN, Infinity]) assert.equal(tip({ x: 0, y: 0 }, { x: there, y: 0 }, 100), null);
});

test('however long, an arrow points to its end and is no longer than it may be', () => {
  const random = chance(71);
  for (let round = 0; round < 500; round += 1) {
    const from = { x: 500 * random(), y: 500 * random() };
    const size = 10 ** (12 * random());
    const to = { x: from.x + size * (random() - 0.5), y: from.y + size * (random() - 0.5) };
    const end = tip(from, to, 80);
    const whole = Math.hypot(to.x - from.x, to.y - from.y);
    if (!end) assert.ok(whole < 6);
    else {
      const [dx, dy] = [end.x - from.x, end.y - from.y];
      assert.ok(near(Math.hypot(dx, dy), Math.min(80, whole), 1e-6));
      assert.ok(near((dx * (to.y - from.y) - dy * (to.x - from.x)) / whole, 0, 1e-6), 'same direction');
      assert.ok(dx * (to.x - from.x) + dy * (to.y - from.y) > 0, 'same way');
    }
  }
});
