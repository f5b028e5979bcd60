import { afterEach, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';

import { Gesture } from '../../../static/js/state/gesture.js';
import { Player } from '../../../static/js/state/player.js';
import { Walks } from '../../../static/js/state/walks.js';

/** A clock that stands until it is told how much time has passed. */
const clock = {
  now: 0,
  /** @type {Map<number, {at: number, then: () => void}>} */
  waiting: new Map(),
  /** @param {number} milliseconds */
  pass(milliseconds) {
    this.now += milliseconds;
    for (const [id, { at, then }] of [...this.waiting]) if (at <= this.now && this.waiting.delete(id)) then();
  },
};
const { setTimeout, clearTimeout } = globalThis;
beforeEach(() => {
  let count = 0;
  const after = (/** @type {() => void} */ then, /** @type {number} */ wait) => {
    clock.waiting.set((count += 1), { at: clock.now + wait, then });
    return count;
  };
  const forget = (/** @type {number} */ id) => void clock.waiting.delete(id);
  Object.assign(globalThis, { setTimeout: after, clearTimeout: forget });
});
afterEach(() => Object.assign(globalThis, { setTimeout, clearTimeout }));

/** @param {number[]} xs @returns {Walks} */
function walksOf(xs) {
  const walks = new Walks();
  walks.take([
    { kind: 'start', request: { starts: 1 }, query: '', walks: [{ run: 0, walker: 0, label: '' }] },
    { kind: 'chunk', walk: 0, x: xs, y: xs, loss: xs },
    { kind: 'done' },
  ]);
  return walks;
}
const [ONE, OTHER] = [walksOf([0, 1, 2]), walksOf([0, 2, 3])];

/** @param {{position?: number, following?: boolean, calm?: boolean, ready?: boolean}} [state] */
function held({ position = 2, following = position === 2, calm = false, ready = true } = {}) {
  const player = Object.assign(new Player(), { last: 2, position, following });
  const told = { begun: 0, woken: 0 };
  const gesture = new Gesture(player, { calm: () => calm, ready: () => ready, begun: () => (told.begun += 1) });
  return {
    player,
    gesture,
    told,
    /** @param {'drag' | 'final'} phase */
    turn: (phase, keys = false, key = 'momentum') => gesture.take({ [key]: '1' }, phase, keys, () => (told.woken += 1)),
  };
}

test('while something is dragged the whole path is shown, and let go it plays once', () => {
  const { player, gesture, told, turn } = held();
  turn('drag');
  turn('drag');
  assert.deepEqual([told.begun, gesture.on, player.position, player.playing], [1, true, 2, false]);
  gesture.show(ONE, OTHER, true);
  assert.equal(player.playing, false);
  turn('final');
  assert.equal(player.playing, false, 'not before the walk is here');
  gesture.show(OTHER, OTHER, false);
  assert.deepEqual([gesture.on, player.position, player.playing], [false, 0, true]);
  gesture.show(OTHER, ONE, false);
  assert.equal(player.position, 0);
});

test('a film that runs is stopped by a drag, and begins again', () => {
  const { player, gesture, turn } = held({ position: 1, following: false });
  player.play();
  turn('drag');
  assert.deepEqual([player.position, player.playing], [2, false]);
  turn('final');
  gesture.show(ONE, OTHER, false);
  assert.deepEqual([player.position, player.playing], [0, true]);
});

test('who stands at a step sees the whole path while dragging, and stands there again', () => {
  const { player, gesture, turn } = held({ position: 1 });
  turn('drag');
  assert.equal(player.position, 2);
  turn('final');
  gesture.show(ONE, OTHER, false);
  assert.deepEqual([player.position, player.playing], [1, false]);
});

test('where nothing should move the whole path stays', () => {
  const { player, gesture, turn } = held({ calm: true });
  turn('drag');
  turn('final');
  gesture.show(ONE, OTHER, false);
  assert.deepEqual([player.position, player.playing, gesture.on], [2, false, false]);
});

test('what is chosen plays where the path is another, and only there', () => {
  for (const [before, next, plays] of /** @type {[Walks | null, Walks, boolean][]} */ ([
    [ONE, OTHER, true],
    [null, OTHER, true],
    [ONE, walksOf([0, 1, 2]), false],
    [ONE, walksOf([0, 1]), true],
  ])) {
    const { player, gesture, turn } = held();
    turn('final');
    gesture.show(before, next, false);
    assert.equal(player.playing, plays);
  }
});

test('what changes no path, and another landscape, are no gestures', () => {
  for (const key of ['map', 'theory', 'axis', 'landscape']) {
    const { player, gesture, turn } = held();
    turn('final', true, key);
    assert.equal(gesture.on, false);
    gesture.show(ONE, OTHER, false);
    assert.equal(player.playing, false, key);
  }
});

test('keys are one gesture until they are quiet', () => {
  const { player, gesture, told, turn } = held();
  for (let k = 0; k < 3; k += 1) {
    turn('final', true);
    gesture.show(ONE, OTHER, false);
    clock.pass(400);
    assert.deepEqual([gesture.on, player.playing, player.position], [true, false, 2]);
  }
  clock.pass(400);
  assert.deepEqual([gesture.on, player.playing, player.position, told.begun, told.woken], [false, true, 0, 1, 1]);
});

test('another picture of the same walk, asked for meanwhile, changes nothing', () => {
  const { player, turn } = held();
  turn('final', true);
  turn('final', true, 'theory');
  clock.pass(800);
  assert.equal(player.playing, true);
});

test('after the last key the walk that is still on its way is waited for', () => {
  const { player, gesture, turn } = held({ ready: false });
  turn('final', true);
  clock.pass(2000);
  assert.equal(player.playing, false);
  gesture.show(ONE, OTHER, false);
  assert.equal(player.playing, true);
});

test('who looks at a step and turns something by keys goes on looking at it', () => {
  const { player, gesture, turn } = held({ position: 1 });
  turn('final', true);
  assert.deepEqual([gesture.on, player.position], [false, 1]);
  gesture.show(ONE, OTHER, false);
  assert.deepEqual([player.position, player.playing], [1, false]);
});

test('what was refused leaves the walk where it stood', () => {
  const { player, gesture, turn } = held({ position: 1 });
  turn('drag');
  turn('final');
  gesture.give();
  assert.deepEqual([player.position, player.playing, gesture.on], [1, false, false]);
});
