import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { lossOn, rangeOf, viewOf } from '../../../static/js/figures/camera.js';
import { cameraOf, surfaceFigure, surfaceView } from '../../../static/js/figures/landscape.js';
import { colours, drawnLandscape, wanted } from '../tools.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PYTHON = [`${ROOT}.venv/bin/python`].find((path) => existsSync(path)) ?? 'python3';
/** The grid and the default walk of every landscape of the plane. */
const PROGRAM = `
from app.answers.registries import surface_record
from app.answers.walks import answer
from app.descent.landscapes import LANDSCAPES
from app.request.making import make_request
from app.request.writing import to_json
import sys
planes = {}
for slug, entry in LANDSCAPES.items():
    if entry.dimensions == 2:
        walk = answer(make_request({"landscape": slug}))[0]
        path = {name: [float(value) for value in walk[name]] for name in ("x", "y", "loss")}
        planes[slug] = {"domain": entry.domain.sides, "grid": surface_record(entry.at(), entry.domain, 101), "path": path}
sys.stdout.buffer.write(to_json(planes))
`;

/** @typedef {{domain: number[], grid: Grid, path: {x: number[], y: number[], loss: number[]}}} Plane */
/** @returns {Record<string, Plane>} */
function planes() {
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', PROGRAM], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 2 ** 27,
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

const BOX = { width: 522, height: 540 };

/**
 * The part of a path, inside its domain, that is in sight: each point is lifted off the ground by a hair, and the ray to the
 * eye is cut with all triangles of the grid, by Möller and Trumbore's rule. No sampling, unlike the rule that is tested.
 * @param {Plane} plane
 * @param {import('../../../static/js/figures/camera.js').View} view
 */
function partInSight({ domain, grid, path }, { eye, sides }) {
  const [low_x, high_x, low_y, high_y] = domain;
  const [low, high] = rangeOf(grid.loss);
  /** @param {number} x @param {number} y @param {number} loss */
  const at = (x, y, loss) => [
    ((x - low_x) / (high_x - low_x) - 0.5) * sides.x,
    ((y - low_y) / (high_y - low_y) - 0.5) * sides.y,
    ((loss - low) / (high - low) - 0.5) * sides.z,
  ];
  const { x: right, y: up = [], loss } = grid;
  const ground = lossOn(grid);
  const corners = loss.map((row, i) =>
    row.map((/** @type {number} */ value, /** @type {number} */ j) => at(right[j], up[i], value)),
  );
  let [seen, all] = [0, 0];
  path.x.forEach((x, k) => {
    const y = path.y[k];
    // The ends of a walk lie close together.
    if (k % 2 > 0 || !(x > low_x && x < high_x && y > low_y && y < high_y)) return;
    all += 1;
    const from = at(x, y, ground(x, y));
    from[2] += 0.006 * sides.z;
    const ray = eye.map((value, axis) => value - from[axis]);
    for (let i = 0; i + 1 < up.length; i += 1)
      for (let j = 0; j + 1 < right.length; j += 1) {
        const [a, b, c, d] = [corners[i][j], corners[i][j + 1], corners[i + 1][j], corners[i + 1][j + 1]];
        // A ray that goes up is not cut by what lies lower than where it begins.
        if (ray[2] > 0 && Math.max(a[2], b[2], c[2], d[2]) < from[2]) continue;
        if (isCut(from, ray, a, b, d) || isCut(from, ray, a, d, c)) return;
      }
    seen += 1;
  });
  return { seen: seen / all, all };
}

/** @param {number[]} a @param {number[]} b */
const minus = (a, b) => a.map((value, axis) => value - b[axis]);
/** @param {number[]} a @param {number[]} b */
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
/** @param {number[]} a @param {number[]} b */
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** @param {number[]} from @param {number[]} ray @param {number[]} a @param {number[]} b @param {number[]} c */
function isCut(from, ray, a, b, c) {
  const [one, other] = [minus(b, a), minus(c, a)];
  const across = cross(ray, other);
  const whole = dot(one, across);
  if (Math.abs(whole) < 1e-14) return false;
  const off = minus(from, a);
  const u = dot(off, across) / whole;
  if (u < 0 || u > 1) return false;
  const around = cross(off, one);
  const v = dot(ray, around) / whole;
  return v >= 0 && u + v <= 1 && dot(other, around) / whole > 1e-6;
}

const all = planes();

for (const [slug, plane] of Object.entries(all)) {
  test(`from the camera of ${slug} its default path is in sight, and it fills its box`, () => {
    const landscape = drawnLandscape(plane.grid);
    const view = surfaceView(landscape, { ...wanted, domain: plane.domain }, BOX);
    const { seen, all: count } = partInSight(plane, view);
    assert.ok(count > 4);
    assert.ok(seen >= 0.95, `${seen}`);
    assert.ok(view.filled >= 0.4, `${view.filled}`);
  });
}

test('the whole surface and its floor lie within the box, clear of the border', () => {
  const margin = { x: 17, y: 17 };
  for (const box of [BOX, { width: 390, height: 330 }, { width: 900, height: 500 }])
    for (const { grid } of Object.values(all).slice(0, 6)) {
      const { eye, center, sides } = viewOf(grid, { x: 1.25, y: 1.25 }, box, margin);
      // A camera from its definition: what it looks at is in the middle, its rays open by 45 degrees upwards.
      const out = minus(eye, center);
      const away = Math.hypot(...out);
      const right = cross([0, 0, 1], out).map((value, _, all) => value / Math.hypot(...all));
      const above = cross(out, right).map((value) => value / away);
      for (const x of [-0.5, 0.5])
        for (const y of [-0.5, 0.5]) {
          const from = minus([x * sides.x, y * sides.y, -0.5 * sides.z], eye);
          const depth = -dot(from, out) / away;
          const scale = box.height / 2 / Math.tan(Math.PI / 8) / depth;
          const [px, py] = [dot(from, right) * scale, dot(from, above) * scale];
          assert.ok(Math.abs(px) <= box.width / 2 - margin.x + 0.5, `${px}`);
          assert.ok(Math.abs(py) <= box.height / 2 - margin.y + 0.5, `${py}`);
        }
    }
});

test('the scene has the camera and the sides of its view', () => {
  const { grid, domain } = all.himmelblau;
  const landscape = drawnLandscape(grid);
  const view = surfaceView(landscape, { ...wanted, domain }, BOX);
  const { scene } = surfaceFigure(landscape, { ...wanted, domain }, colours, view).layout;
  assert.deepEqual(surfaceView(landscape, { ...wanted, domain }, BOX), view, 'the same again');
  assert.deepEqual(scene.aspectratio, view.sides);
  assert.deepEqual(scene.camera, cameraOf(view));
  assert.deepEqual([scene.camera.eye.x, scene.camera.center.z], [view.eye[0], view.center[2]]);
});

test('between the points of a grid the loss is interpolated, at them it is theirs', () => {
  const loss = lossOn({
    x: [0, 2],
    y: [0, 1],
    loss: [
      [0, 4],
      [8, 12],
    ],
  });
  for (const [x, y, value] of [
    [0, 0, 0],
    [2, 0, 4],
    [0, 1, 8],
    [2, 1, 12],
    [1, 0.5, 6],
    [0.5, 0, 1],
  ])
    assert.ok(Math.abs(loss(x, y) - value) < 1e-9);
});
