import { test } from 'node:test';
import assert from 'node:assert/strict';

import { eyeOf, multiply, projector } from '../../../static/js/figures/scene_projection.js';
import { chance, near } from '../tools.js';

/** @typedef {[number, number, number]} Vector */

/** @param {Vector} a @param {Vector} b */
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
/** @param {Vector} a @param {Vector} b @returns {Vector} */
const less = (a, b) => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
/** @param {Vector} a @param {Vector} b @returns {Vector} */
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
/** @param {Vector} a @returns {Vector} */
const unit = (a) => /** @type {Vector} */ (a.map((value) => value / Math.hypot(...a)));

/**
 * A camera as WebGL has it, and its own axes, from which a test reckons without matrices.
 * @param {{eye: Vector, target?: Vector, above?: Vector, scale?: Vector, shift?: Vector, data_scale?: Vector, focus?: number, width?: number, height?: number}} options
 */
function camera({
  eye,
  target = [0, 0, 0],
  above = [0, 0, 1],
  scale = [1, 1, 1],
  shift = [0, 0, 0],
  data_scale = [1, 1, 1],
  focus = 1.8,
  width = 640,
  height = 480,
}) {
  const ahead = unit(less(target, eye));
  const right = unit(cross(ahead, above));
  const up = cross(right, ahead);
  const [close, far] = [0.01, 1000];
  const model = [scale[0], 0, 0, 0, 0, scale[1], 0, 0, 0, 0, scale[2], 0, ...shift, 1];
  const view = [
    right[0],
    up[0],
    -ahead[0],
    0,
    right[1],
    up[1],
    -ahead[1],
    0,
    right[2],
    up[2],
    -ahead[2],
    0,
    -dot(right, eye),
    -dot(up, eye),
    dot(ahead, eye),
    1,
  ];
  const projection = [
    (focus * height) / width,
    0,
    0,
    0,
    0,
    focus,
    0,
    0,
    0,
    0,
    (far + close) / (close - far),
    -1,
    0,
    0,
    (2 * far * close) / (close - far),
    0,
  ];
  return {
    model,
    view,
    scene: { dataScale: data_scale, glplot: { cameraParams: { model, view, projection } } },
    width,
    height,
    /** The eye among the points of the model. */
    place: /** @type {Vector} */ (eye.map((value, k) => (value - shift[k]) / scale[k])),
    /** @param {Vector} point @returns {[number, number]} */
    pixel(point) {
      const world = /** @type {Vector} */ (point.map((value, k) => scale[k] * data_scale[k] * value + shift[k]));
      const off = less(world, eye);
      const pixels = (focus * height) / 2 / dot(off, ahead);
      return [width / 2 + pixels * dot(off, right), height / 2 - pixels * dot(off, up)];
    },
  };
}

/** @param {(x: number, y: number) => number} loss @param {number} [count] @returns {Grid} on -3 … 3, -2 … 2 */
function gridOf(loss, count = 101) {
  const x = Array.from({ length: count }, (_, k) => -3 + (6 * k) / (count - 1));
  const y = Array.from({ length: count }, (_, k) => -2 + (4 * k) / (count - 1));
  return { x, y, loss: y.map((b) => x.map((a) => loss(a, b))) };
}

const hill = (/** @type {number} */ x, /** @type {number} */ y) => 2 * Math.exp(-(x * x + y * y) / 0.5);

// ---------------------------------------------------------------- matrices

test('a product of matrices is the plain sum of products', () => {
  const random = chance(41);
  for (let round = 0; round < 50; round += 1) {
    const [a, b] = [1, 2].map(() => Array.from({ length: 16 }, () => random() - 0.5));
    const product = multiply(a, b);
    assert.equal(product.length, 16);
    // Column-major: row r, column c stands at 4c + r.
    for (const r of [0, 1, 2, 3]) {
      for (const c of [0, 1, 2, 3]) {
        const sum = a[r] * b[4 * c] + a[4 + r] * b[4 * c + 1] + a[8 + r] * b[4 * c + 2] + a[12 + r] * b[4 * c + 3];
        assert.ok(near(product[4 * c + r], sum, 1e-15));
      }
    }
  }
});

test('the order of a product matters: the right one is done first', () => {
  const double = [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1];
  const shift = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 5, 6, 7, 1];
  assert.deepEqual([...multiply(shift, double)].slice(12), [5, 6, 7, 1]);
  assert.deepEqual([...multiply(double, shift)].slice(12), [10, 12, 14, 1]);
});

test('the inputs of a product are left as they were', () => {
  const a = Array.from({ length: 16 }, (_, k) => k);
  const b = [...a].reverse();
  multiply(a, b);
  assert.deepEqual(
    a,
    Array.from({ length: 16 }, (_, k) => k),
  );
  assert.deepEqual(b, [...a].reverse());
});

// ---------------------------------------------------------------- the eye

for (const [name, scale] of /** @type {[string, Vector][]} */ ([
  ['one scale for all axes', [1, 1, 1]],
  ['another scale for all axes', [0.4, 0.4, 0.4]],
  ['a scale of its own for each axis', [0.2, 3, 0.01]],
  ['an axis that is turned round', [1, -2, 0.5]],
])) {
  test(`the eye is found again with ${name}`, () => {
    const random = chance(42);
    for (let round = 0; round < 50; round += 1) {
      const one = () => 4 * (random() - 0.5);
      const { view, model, place } = camera({
        eye: [one(), one(), 1 + random()],
        target: [one() / 9, one() / 9, 0],
        scale,
        shift: [one(), one(), one()],
      });
      const eye = eyeOf(multiply(view, model));
      eye.forEach((value, k) =>
        assert.ok(near(value, place[k], 1e-9 * (1 + Math.abs(place[k]))), `${eye}, not ${place}`),
      );
    }
  });
}

test('the eye is the point that any matrix sends to the origin', () => {
  const random = chance(43);
  for (let round = 0; round < 200; round += 1) {
    const m = Array.from({ length: 16 }, (_, k) =>
      k % 4 === 3 ? Number(k === 15) : random() - 0.5 + (k % 5 === 0 ? 1.5 : 0),
    );
    const [x, y, z] = eyeOf(m);
    for (const row of [0, 1, 2]) assert.ok(near(m[row] * x + m[4 + row] * y + m[8 + row] * z + m[12 + row], 0, 1e-9));
  }
});

// ---------------------------------------------------------------- pixels

test('a point is where the camera sees it', () => {
  const random = chance(44);
  for (let round = 0; round < 100; round += 1) {
    const one = () => 2 * (random() - 0.5);
    const size = () => 0.1 + random();
    const watched = camera({
      eye: [6 * one(), 6 * one(), 8 + one()],
      target: [one(), one(), one()],
      above: [one(), one(), one()],
      scale: [size(), size(), size()],
      shift: [one(), one(), one()],
      data_scale: [size(), size(), 0.01 * size()],
      focus: 1 + random(),
      width: 200 + Math.floor(900 * random()),
      height: 200 + Math.floor(500 * random()),
    });
    const project = projector(watched.scene, gridOf(hill, 5), watched.width, watched.height);
    for (let k = 0; k < 20; k += 1) {
      const point = /** @type {Vector} */ ([3 * one(), 2 * one(), 100 * one()]);
      const { x, y } = project(...point);
      const [px, py] = watched.pixel(point);
      assert.ok(near(x, px, 1e-6) && near(y, py, 1e-6), `(${x}, ${y}), not (${px}, ${py})`);
    }
  }
});

test('what the camera looks at is in the middle, higher is further up, right is further right', () => {
  const { scene, width, height } = camera({ eye: [0, -8, 4] });
  const project = projector(
    scene,
    gridOf(() => 0, 5),
    width,
    height,
  );
  const middle = { ...project(0, 0, 0) };
  assert.ok(near(middle.x, 320, 1e-9) && near(middle.y, 240, 1e-9));
  assert.ok(project(0, 0, 1).y < 240);
  assert.ok(project(1, 0, 0).x > 320);
  assert.ok(project(0, 1, 0).y < 240, 'and further away is further up, seen from above');
});

// ---------------------------------------------------------------- hidden

const SCALES = /** @type {{scale: Vector, shift: Vector, data_scale: Vector}[]} */ ([
  { scale: [1, 1, 1], shift: [0, 0, 0], data_scale: [1, 1, 1] },
  { scale: [0.5, 2, 3], shift: [0.1, -0.2, -1], data_scale: [1, 1, 1] },
  { scale: [1, 1, 1], shift: [0, 0, 0], data_scale: [0.3, 0.5, 1.2] },
  { scale: [2, 0.7, 30], shift: [0.4, 0, -0.6], data_scale: [0.25, 0.5, 0.01] },
]);

/**
 * A projector whose eye is at a place given in the landscape's own numbers.
 * @param {Grid} grid @param {Vector} from @param {typeof SCALES[number]} scales
 */
function seenFrom(grid, from, { scale, shift, data_scale }) {
  const eye = /** @type {Vector} */ (from.map((value, k) => scale[k] * data_scale[k] * value + shift[k]));
  const { scene, width, height } = camera({ eye, target: shift, scale, shift, data_scale });
  const project = projector(scene, grid, width, height);
  return (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ loss) => project(x, y, loss).hidden;
}

for (const scales of SCALES) {
  const how = `drawn at ${scales.scale.map((value, k) => value * scales.data_scale[k])}`;

  test(`behind a hill a point is hidden, before it and beside it not, ${how}`, () => {
    const hidden = seenFrom(gridOf(hill), [0, -9, 1.5], scales);
    assert.equal(hidden(0, 1.2, hill(0, 1.2)), true);
    assert.equal(hidden(0, 1.9, hill(0, 1.9)), true);
    assert.equal(hidden(0, -1.2, hill(0, -1.2)), false);
    assert.equal(hidden(0, -0.5, hill(0, -0.5)), false);
    assert.equal(hidden(2.5, 1.2, hill(2.5, 1.2)), false);
    assert.equal(hidden(-2.5, 1.2, hill(-2.5, 1.2)), false);
  });

  test(`seen from the other side it is the other way round, ${how}`, () => {
    const hidden = seenFrom(gridOf(hill), [0, 9, 1.5], scales);
    assert.equal(hidden(0, 1.2, hill(0, 1.2)), false);
    assert.equal(hidden(0, -1.2, hill(0, -1.2)), true);
  });

  test(`on the top and in the air above the valley behind nothing is hidden, ${how}`, () => {
    const hidden = seenFrom(gridOf(hill), [0, -9, 1.5], scales);
    assert.equal(hidden(0, 0, 2), false);
    assert.equal(hidden(0, 1.2, 2.2), false);
    assert.equal(hidden(0, 1.2, 50), false);
  });

  test(`from straight above nothing is hidden, ${how}`, () => {
    const hidden = seenFrom(gridOf(hill), [0.01, -0.02, 40], scales);
    for (const x of [-2.9, -1, -0.3, 0, 0.3, 1, 2.9])
      for (const y of [-1.9, -0.4, 0, 0.4, 1.9]) assert.equal(hidden(x, y, hill(x, y)), false);
  });

  test(`below the ground everything is hidden from above, ${how}`, () => {
    const hidden = seenFrom(gridOf(hill), [3, -6, 12], scales);
    for (const x of [-2, 0, 2]) assert.equal(hidden(x, 0, hill(x, 0) - 1), true);
  });

  test(`what is hidden agrees with a close look along each line of sight, ${how}`, () => {
    const random = chance(45);
    const wavy = (/** @type {number} */ x, /** @type {number} */ y) =>
      Math.sin(1.6 * x) * Math.cos(1.9 * y) + 0.1 * x * x;
    const grid = gridOf(wavy);
    const all = grid.loss.flat();
    const slack = 0.02 * (Math.max(...all) - Math.min(...all));
    const count = { hidden: 0, seen: 0 };
    for (let round = 0; round < 60; round += 1) {
      const turn = 2 * Math.PI * random();
      const from = /** @type {Vector} */ ([9 * Math.cos(turn), 9 * Math.sin(turn), 1.5 + 8 * random()]);
      const hidden = seenFrom(grid, from, scales);
      for (let k = 0; k < 20; k += 1) {
        const [x, y] = [5.8 * (random() - 0.5), 3.8 * (random() - 0.5)];
        const loss = wavy(x, y);
        // By how much the ground stands above the line of sight, at most; scales of the axes do not change this.
        let above = -Infinity;
        for (let part = 0.0005; part < 1; part += 0.0005) {
          const [a, b] = [x + part * (from[0] - x), y + part * (from[1] - y)];
          if (Math.abs(a) > 3 || Math.abs(b) > 2) break;
          above = Math.max(above, wavy(a, b) - loss - part * (from[2] - loss));
        }
        // What is between is a matter of taste.
        if (above > 3 * slack) {
          count.hidden += 1;
          assert.equal(hidden(x, y, loss), true, `(${x}, ${y}) from ${from}`);
        } else if (above < 0.5 * slack) {
          count.seen += 1;
          assert.equal(hidden(x, y, loss), false, `(${x}, ${y}) from ${from}`);
        }
      }
    }
    assert.ok(count.hidden > 100 && count.seen > 100, JSON.stringify(count));
  });
}

test('a plain hides nothing that lies on it', () => {
  const random = chance(46);
  for (let round = 0; round < 50; round += 1) {
    const turn = 2 * Math.PI * random();
    const hidden = seenFrom(
      gridOf((x, y) => 0.5 * x - 0.3 * y, 5),
      [9 * Math.cos(turn), 9 * Math.sin(turn), 9],
      SCALES[0],
    );
    for (let k = 0; k < 20; k += 1) {
      const [x, y] = [6 * (random() - 0.5), 4 * (random() - 0.5)];
      assert.equal(hidden(x, y, 0.5 * x - 0.3 * y), false);
    }
  }
});

test('every answer of a projector is its own: what was hidden before does not stay so', () => {
  const hidden = seenFrom(gridOf(hill), [0, -9, 1.5], SCALES[0]);
  assert.deepEqual([hidden(0, 1.2, 0), hidden(0, -1.2, 0), hidden(0, 1.2, 0)], [true, false, true]);
});
