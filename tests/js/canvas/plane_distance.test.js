import assert from 'node:assert/strict';
import { test } from 'node:test';

import { stemsOf, strengthAt } from '../../../static/js/canvas/plane_distance.js';
import { trained, walksOf } from '../tools.js';

/** A hundred pixels to a unit, heights upwards, in one record as a frame has it. */
const spot = { x: 0, y: 0, hidden: false };
/** @type {Project} */
const project = (x, y, loss) => Object.assign(spot, { x: 100 * x, y: -100 * (y + loss) });

test('a trail on its plane is drawn as strongly as any, and the fainter the farther it is', () => {
  assert.equal(strengthAt(undefined), 1);
  assert.equal(strengthAt(0), 1);
  const strengths = [0, 0.1, 0.25, 0.5, 1, 100, NaN].map(strengthAt);
  for (let k = 1; k < strengths.length; k += 1) assert.ok(strengths[k] <= strengths[k - 1], String(strengths));
  assert.equal(strengths[2], 0.5);
  assert.ok(
    strengths.every((strength) => strength > 0.2),
    String(strengths),
  );
});

test('a stem leads from the true loss to the ground, where both can be told apart', () => {
  const [walk] = trained({}, {}, { loss: [0.6, 0.1, 0.02], plane_loss: [0.6, 0.4, 0.03] }).all;
  assert.deepEqual(
    stemsOf(walk, project).map(({ step, from, to }) => [step, from.y, to.y].map((value) => Math.round(value))),
    [[1, 15, -15]],
  );
});

test('what is no network has no stems', () => {
  assert.deepEqual(stemsOf(walksOf([{ x: [0, 1], loss: [0, 5] }]).all[0], project), []);
});

test('stems keep apart', () => {
  const count = 400;
  const along = Array.from({ length: count }, (_, k) => k / count);
  const columns = {
    x: along,
    y: along,
    loss: along.map(() => 1),
    plane_loss: along.map(() => 0),
    off_plane: along,
    weights: undefined,
  };
  const stems = stemsOf(trained({}, {}, columns).all[0], project);
  assert.ok(stems.length > 3 && stems.length < 12, String(stems.length));
});
