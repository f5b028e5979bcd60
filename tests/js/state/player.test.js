import { test } from 'node:test';
import assert from 'node:assert/strict';

import { Reel } from '../../../static/js/state/film.js';
import { Player } from '../../../static/js/state/player.js';
import { chance } from '../tools.js';

/** @param {number} last @param {Partial<Player>} [state] @returns {Player} */
function playerOf(last, state = {}) {
  const player = new Player();
  player.resize(last, false);
  return Object.assign(player, state);
}

/** As many steps a second, from first to last. @param {Player} player @param {number} [pace] @returns {Player} */
function steady(player, pace = 24) {
  player.film = () => new Reel(Float64Array.from({ length: player.last + 1 }, (_, k) => k / pace));
  return player;
}

/** Frames as a display gives them. @param {Player} player @param {number} seconds */
function run(player, seconds) {
  let passed = 0;
  while (passed < seconds && player.playing) {
    player.advance(1 / 64);
    passed += 1 / 64;
  }
  return passed;
}

/** @param {number} got @param {number} expected */
function about(got, expected) {
  assert.ok(Math.abs(got - expected) < 1e-9, `${got}, not ${expected}`);
}

test('at first nothing moves', () => {
  const player = new Player();
  assert.equal(player.advance(1), false);
  assert.equal(player.position, 0);
  assert.equal(player.shown, 0);
});

for (const last of [10, 200, 288, 576, 1200, 100_000]) {
  test(`a walk of ${last} steps is shown from its first step to its last, and takes no more than eight seconds`, () => {
    const player = playerOf(last);
    player.play();
    const seconds = run(player, 100);
    assert.ok(seconds >= 2 && seconds <= 8, `${seconds} seconds`);
    assert.equal(player.position, last);
    assert.equal(player.playing, false);
  });
}

test('what is played is what the film says', () => {
  const player = playerOf(20);
  // A second a step, but for the fourth, which takes none.
  const times = Float64Array.from({ length: 21 }, (_, k) => k - Number(k > 3));
  player.film = () => new Reel(times);
  player.play();
  for (let frame = 0; frame < 32; frame += 1) player.advance(1 / 16);
  about(player.position, 2);
  for (let frame = 0; frame < 16 * 8; frame += 1) player.advance(1 / 16);
  about(player.position, 11);
});

for (const speed of [0.1, 0.5, 2, 10]) {
  test(`at ${speed} times the speed it goes ${speed} times as far`, () => {
    const [plain, other] = [{}, { speed }].map((state) => steady(playerOf(1000, { position: 10, ...state })));
    plain.play();
    other.play();
    plain.advance(0.016);
    other.advance(0.016);
    about(plain.position - 10, 0.016 * 24);
    about(other.position - 10, speed * (plain.position - 10));
  });
}

test('a tab that slept does not leap over the walk', () => {
  const [awake, slept] = [playerOf(1000), playerOf(1000)];
  awake.play();
  slept.play();
  awake.advance(0.1);
  slept.advance(3600);
  assert.equal(slept.position, awake.position);
  assert.ok(slept.position > 0 && slept.position < 10);
});

test('a pause of a frame is not a pause of the walk', () => {
  const player = playerOf(1000);
  player.play();
  assert.equal(player.advance(0), false);
  assert.equal(player.playing, true);
});

test('paused, it stays at the step whose numbers are shown and goes on from there', () => {
  const player = steady(playerOf(100, { position: 10 }));
  player.play();
  player.advance(0.1);
  player.pause();
  assert.equal(player.position, 12);
  assert.equal(player.advance(0.1), false);
  assert.equal(player.position, 12);
  player.play();
  player.advance(0.1);
  about(player.position, 14.4);
});

test('the end is reached exactly, and then it stops', () => {
  const player = playerOf(3, { position: 2.9 });
  player.play();
  assert.equal(player.advance(0.1), true);
  assert.equal(player.position, 3);
  assert.equal(player.playing, false);
  assert.equal(player.advance(0.1), false);
});

test('played at its end, a walk begins again', () => {
  const player = playerOf(50);
  player.seek(50);
  player.play();
  assert.equal(player.position, 0);
  assert.equal(player.playing, true);
  assert.equal(player.following, false);
});

test('a walk without steps is over at once, looping or not', () => {
  for (const loop of [false, true]) {
    const player = playerOf(0, { loop });
    player.play();
    assert.equal(player.advance(0.1), false);
    assert.equal(player.playing, false);
    assert.equal(player.position, 0);
  }
});

// ---------------------------------------------------------------- loop

test('a loop shows the end and then the beginning, and does not stop', () => {
  const player = steady(playerOf(4, { loop: true }));
  player.play();
  let ends = 0;
  let starts = 0;
  for (let frame = 0; frame < 200; frame += 1) {
    const before = player.position;
    assert.equal(player.advance(1 / 60), true);
    assert.ok(player.position >= 0 && player.position <= 4);
    if (player.position === 4) ends += 1;
    if (player.position < before) {
      starts += 1;
      assert.equal(before, 4, 'it turns back at the end only');
      assert.equal(player.position, 0, 'and to the very beginning');
    }
    assert.equal(player.playing, true);
  }
  assert.ok(starts > 10);
  assert.ok(ends >= starts);
});

test('a walk of one step loops too', () => {
  const player = playerOf(1, { loop: true });
  player.play();
  for (let frame = 0; frame < 10; frame += 1) assert.equal(player.advance(0.1), true);
  assert.equal(player.playing, true);
});

test('a loop that is switched off ends at the end', () => {
  const player = playerOf(4, { loop: true });
  player.play();
  run(player, 1);
  player.loop = false;
  run(player, 1);
  assert.equal(player.playing, false);
  assert.equal(player.position, 4);
});

test('a loop waits for a walk that is still growing', () => {
  const player = playerOf(4, { loop: true });
  player.resize(4, true);
  player.play();
  for (let frame = 0; frame < 30; frame += 1) player.advance(0.1);
  assert.equal(player.position, 4);
});

// ---------------------------------------------------------------- growing walks

test('at the end of what is there of a growing walk it waits, and goes on with what comes', () => {
  const player = steady(new Player());
  player.resize(2, true);
  player.play();
  player.advance(0.1);
  assert.equal(player.position, 2);
  assert.equal(player.advance(0.1), false);
  assert.equal(player.playing, true, 'it waits');
  assert.equal(player.following, false);
  player.resize(1000, true);
  assert.equal(player.position, 2, 'it does not leap');
  assert.equal(player.advance(0.016), true);
  assert.ok(player.position > 2);
  player.resize(3, false);
  player.advance(0.1);
  assert.equal(player.position, 3);
  assert.equal(player.playing, false);
});

test('however a walk grows, the picture moves forward, within what is there', () => {
  const random = chance(21);
  for (let walk = 0; walk < 50; walk += 1) {
    const player = new Player();
    player.resize(0, true);
    player.play();
    const whole = Math.floor(random() * 3000);
    let last = 0;
    for (let frame = 0; frame < 400; frame += 1) {
      last = Math.min(whole, last + Math.floor(random() * 60));
      player.resize(last, last < whole);
      const before = player.position;
      player.advance(random() * 0.05);
      assert.ok(player.position >= before && player.position <= last);
      assert.ok(player.shown <= last);
    }
    while (player.playing) {
      player.resize(whole, false);
      player.advance(0.1);
    }
    assert.equal(player.position, whole);
  }
});

test('a shorter walk takes the place shown back to its end', () => {
  const player = playerOf(100);
  player.seek(80);
  player.resize(30, false);
  assert.equal(player.position, 30);
  player.resize(100, false);
  assert.equal(player.position, 30, 'and a longer one leaves it there: the end was not asked for');
});

test('who stands at the end stands at the end of the next walk, and of what comes', () => {
  const player = playerOf(100);
  player.seek(100);
  assert.equal(player.following, true);
  for (const last of [101, 5000, 7]) {
    player.resize(last, true);
    assert.equal(player.position, last);
  }
});

test('who has seen a walk to its end stands at the end of the next', () => {
  const player = playerOf(5);
  player.play();
  run(player, 10);
  player.resize(60, false);
  assert.equal(player.position, 60);
  assert.equal(player.playing, false);
});

test('who has left the end does not follow it', () => {
  const player = playerOf(100);
  player.seek(100);
  player.seek(99);
  player.resize(500, false);
  assert.equal(player.position, 99);
});

test('while a walk is played, another one does not move what is shown', () => {
  const player = playerOf(100);
  player.play();
  player.advance(0.1);
  const { position } = player;
  player.resize(200, false);
  assert.equal(player.position, position);
  assert.equal(player.playing, true);
});

// ---------------------------------------------------------------- seek and step

for (const [to, position, following] of /** @type {[number, number, boolean][]} */ ([
  [0, 0, false],
  [12, 12, false],
  [12.5, 12.5, false],
  [-4, 0, false],
  [99, 99, false],
  [100, 100, true],
  [5000, 100, true],
])) {
  test(`sought at ${to} of 100 steps it stops at ${position}${following ? ' and follows the end' : ''}`, () => {
    const player = playerOf(100);
    player.play();
    player.seek(to);
    assert.equal(player.position, position);
    assert.equal(player.playing, false);
    assert.equal(player.following, following);
  });
}

for (const [from, by, to] of /** @type {[number, number, number][]} */ ([
  [3, 1, 4],
  [3, -1, 2],
  [3.4, 1, 4],
  [3.4, -1, 3],
  [3.99, 1, 4],
  [3.01, -1, 3],
  [3.5, 10, 13],
  [3.5, -2, 2],
  [0, -1, 0],
  [0.5, -1, 0],
  [20, 1, 20],
  [19.5, 1, 20],
  [19.5, 5, 20],
])) {
  test(`${by > 0 ? `${by} forward` : `${-by} back`} from ${from} of 20 is ${to}, a whole step`, () => {
    const player = playerOf(20);
    player.play();
    player.position = from;
    player.step(by);
    assert.equal(player.position, to);
    assert.equal(player.playing, false);
  });
}

test('a step forward and a step back lead to the same step again', () => {
  const player = playerOf(20);
  for (let k = 1; k < 19; k += 1) {
    player.seek(k);
    player.step(1);
    player.step(-1);
    assert.equal(player.position, k);
  }
});

for (const [position, shown] of /** @type {[number, number][]} */ ([
  [0, 0],
  [0.999, 0],
  [1, 1],
  [2.9999999999, 3],
  [3.5, 3],
])) {
  test(`at ${position} the step shown is ${shown}`, () => {
    assert.equal(playerOf(20, { position }).shown, shown);
  });
}
