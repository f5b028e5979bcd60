import assert from 'node:assert/strict';
import { test } from 'node:test';

import { aboutPlane, besidePlaneInWords, planeInWords } from '../../../static/js/words/plane.js';
import { plane, trained, walksOf } from '../tools.js';

/** @param {Walks} walks @param {number} step */
const beside = (walks, step) => besidePlaneInWords(walks.all[0], step).replaceAll('\u00a0', ' ');
/** @param {Walks} walks */
const what = (walks) => (planeInWords(walks, 0) ?? []).join(' ').replaceAll('\u00a0', ' ');

test('a plane says of how many dimensions it is one, and how much of its walk it holds', () => {
  assert.equal(what(trained()), 'This ground is one plane of 4 dimensions. It holds 94 % of the walk’s movement.');
});

test('what is not all is never 100 %, and what is something never 0 %', () => {
  assert.match(what(trained({ share: 0.9999 })), / 99 % /);
  assert.match(what(trained({ share: 1 })), / 100 % /);
  assert.match(what(trained({ share: 0.004 })), / under 1 % /);
});

test('who begins elsewhere is told that the plane is another walk’s', () => {
  assert.match(what(trained({}, { start: [0.5, 0] })), / 94 % of another walk’s movement\.$/);
  assert.match(what(trained({}, { plane_run: 1 })), / another walk’s movement\.$/);
});

test('a walk that leaves the plane which it defines is counted up to there', () => {
  const left = { through: [0, 1], share: 1, share_of_steps: 1 };
  assert.match(what(trained(left)), / 100 % of the walk’s movement up to step 1\.$/);
  assert.match(what(trained({ ...left, kind: 'steps' })), / steps, squared up to step 1\.$/);
  assert.match(what(trained(left, { start: [0.5, 0] })), / 100 % of another walk’s movement\.$/);
  assert.match(aboutPlane(plane), /A walk that blows up has no last weights/);
});

test('the other planes say what they are', () => {
  assert.match(
    what(trained({ kind: 'steps', share_of_steps: 0.87 })),
    / It holds 87 % of the walk’s steps, squared\.$/,
  );
  assert.match(what(trained({ kind: 'ends' })), / It goes through the ends of two runs\.$/);
});

test('a plane that no walk could turn says why', () => {
  const start = { kind: /** @type {const} */ ('start'), through: [0], share: null, share_of_steps: null };
  assert.match(what(trained(start)), / The walk is gone at once: it is laid at the start\.$/);
  const one = { x: [0], y: [0], loss: [0.25], off_plane: [0], plane_loss: [0.25], weights: [[0, 0, 0, 0]] };
  assert.match(what(trained(start, {}, one)), / Nothing moved: it is laid at the start\.$/);
  assert.match(what(trained(start, { start: [1, 0] })), / No walk says how it lies: it is laid at the start\.$/);
});

test('what rides with the step says how far off it is, and both losses', () => {
  const walks = trained();
  assert.equal(beside(walks, 0), 'The walker is on it now: its true loss 0.6 is the ground’s.');
  assert.equal(beside(walks, 1), 'The walker is 0.17 off it now; its true loss 0.031 is below the ground’s 0.060.');
  assert.equal(beside(walks, 2), 'The walker is on it now: its true loss 0.02 is the ground’s.');
});

test('between two steps it is told on the line between them', () => {
  const walks = trained({}, {}, { off_plane: [0, 0.5, 0], loss: [0.5, 0.25, 0.25], plane_loss: [0.5, 0.75, 0.25] });
  assert.equal(beside(walks, 0.5), 'The walker is 0.25 off it now; its true loss 0.38 is below the ground’s 0.63.');
});

test('losses that are nearly the same have one digit more, and what cannot be told apart is called so', () => {
  const near = trained({}, {}, { loss: [0.6, 0.0311, 0.02], plane_loss: [0.6, 0.0308, 0.02] });
  assert.equal(beside(near, 1), 'The walker is 0.17 off it now; its true loss 0.0311 is above the ground’s 0.0308.');
  const same = trained({}, {}, { plane_loss: [0.6, 0.031, 0.02] });
  assert.equal(beside(same, 1), 'The walker is 0.17 off it now; its true loss 0.0310 is about the ground’s.');
});

test('large and tiny losses are told, and what is gone is', () => {
  const far = trained(
    {},
    {},
    { off_plane: [0, 1.5e6, null], loss: [0.6, 4.855e15, null], plane_loss: [0.6, 1e15, null] },
  );
  assert.equal(beside(far, 1), 'The walker is 1.5e6 off it now; its true loss 4.9e15 is above the ground’s 1e15.');
  assert.equal(beside(far, 2), 'The walker has gone from every finite place.');
  const tiny = trained({}, {}, { loss: [0.6, 1.2e-9, 0], plane_loss: [0.6, 3.4e-9, 0] });
  assert.match(beside(tiny, 1), /true loss 1\.2e-9 is below the ground’s 3\.4e-9\.$/);
});

test('of what is no network nothing is said', () => {
  const walks = walksOf([{ x: [0, 1] }]);
  assert.equal(what(walks), '');
  assert.equal(beside(walks, 0), '');
});

test('on demand: what random steps would hold, and that machines part past the edge', () => {
  for (const kind of /** @type {const} */ (['walk', 'steps', 'ends'])) {
    assert.match(
      aboutPlane({ ...plane, kind }),
      /random steps has 75 to 81.% of its variance in its two main directions/,
    );
    assert.match(aboutPlane({ ...plane, kind }), /two roundings part within about 100 steps/);
  }
  assert.doesNotMatch(aboutPlane({ ...plane, kind: 'start' }), /random steps/);
});
