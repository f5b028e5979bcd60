import { test } from 'node:test';
import assert from 'node:assert/strict';

import { DOT, FIRST, Film, Reel, evenReel, scheduleOf } from '../../../static/js/state/film.js';
import { Walks } from '../../../static/js/state/walks.js';
import { chance } from '../tools.js';

/** A map of 500 × 500 pixels over the square from -1 to 1: 250 pixels to one. */
const SCREEN = { width: 500, height: 500, left: -1, right: 1, top: 1, bottom: -1, flat: false };

/**
 * @param {[number, number][][]} paths one for each walker
 * @param {{cycle?: number | null, done?: boolean, steps?: number, hidden?: number[]}} [more]
 * @returns {Walks}
 */
function walksOf(paths, { cycle = null, done = true, steps = 0, hidden = [] } = {}) {
  const walks = new Walks();
  const request = { steps, starts: paths.length, hidden: 0 };
  walks.take([{ kind: 'start', request, query: '', landscape: null, walks: paths.map(() => ({ run: 0, label: '' })) }]);
  paths.forEach((path, walk) => {
    walks.all[walk].hidden = hidden.includes(walk);
    const column = (/** @type {number} */ axis) => path.map((point) => point[axis]);
    walks.take([{ kind: 'chunk', walk, x: column(0), y: column(1), loss: column(0) }]);
    if (done) walks.take([{ kind: 'end', walk, summary: { cycle } }]);
  });
  if (done) walks.take([{ kind: 'done' }]);
  return walks;
}

/** @param {Walks} walks @param {typeof SCREEN} [screen] */
const filmOf = (walks, screen = SCREEN) => new Film(walks, screen).whole;

/** Points that come nearer to the origin by the same factor. @param {number} steps @param {number} factor @returns {[number, number][]} */
const geometric = (steps, factor) => Array.from({ length: steps + 1 }, (_, k) => [0.8 * factor ** k, 0]);

/** What is seen at regular times. @param {Reel} reel @param {number} count */
const frames = (reel, count) => Array.from({ length: count + 1 }, (_, k) => reel.stepAt((k / count) * reel.duration));

// ---------------------------------------------------------------- the schedule

const random = chance(5);
/** @type {[string, number[]][]} */
const MOVES = [
  ['large steps', Array(300).fill(200)],
  ['steps that nobody sees', Array(400).fill(0.001)],
  ['steps that become smaller', Array.from({ length: 200 }, (_, k) => 90 * 0.9 ** k)],
  ['any steps', Array.from({ length: 500 }, () => random() ** 8 * 300)],
  ['no step', []],
  ['three steps', [5, 80, 0]],
  ['a hundred thousand', Array(100_000).fill(3)],
];
for (const [name, moves] of MOVES) {
  test(`of ${name} the film begins at the first step, only goes on, and ends at the last`, () => {
    const reel = new Reel(scheduleOf(moves, moves.length));
    const seen = frames(reel, 777);
    assert.equal(seen[0], 0);
    assert.equal(seen[777], moves.length);
    seen.forEach((step, k) => k === 0 || assert.ok(step >= seen[k - 1]));
    assert.ok(reel.duration <= 8, `${reel.duration} seconds`);
  });

  test(`of ${name} the time of a step is the time at which it is shown`, () => {
    const reel = new Reel(scheduleOf(moves, moves.length));
    for (const time of frames(reel, 50).map((_, k) => (k / 50) * reel.duration)) {
      const back = reel.timeAt(reel.stepAt(time));
      assert.ok(Math.abs(back - time) < 1e-6, `${time} became ${back}`);
    }
  });
}

test('the first five steps are held as long as each other, and longer than those that follow', () => {
  const times = scheduleOf(Array(200).fill(100), 200);
  const lasts = Array.from({ length: 199 }, (_, k) => times[k + 1] - times[k]);
  for (let k = 1; k < FIRST; k += 1) assert.ok(Math.abs(lasts[k] - lasts[0]) < 1e-12);
  assert.ok(lasts[0] >= 0.4);
  for (const last of lasts.slice(FIRST)) assert.ok(last < lasts[0] / 5);
});

test('a step shown as a step begins and ends slowly', () => {
  const reel = new Reel(scheduleOf(Array(5).fill(100), 5));
  const step = reel.duration / 5;
  assert.ok(reel.stepAt(2 * step + 0.1 * step) - 2 < 0.04);
  assert.ok(3 - reel.stepAt(2 * step + 0.9 * step) < 0.04);
  assert.ok(Math.abs(reel.stepAt(2.5 * step) - 2.5) < 1e-9);
});

test('after them the same time is the same way on the screen', () => {
  const moves = Array.from({ length: 300 }, (_, k) => 1 + (k % 7));
  const times = scheduleOf(moves, 300);
  const pace = moves[FIRST] / (times[FIRST + 1] - times[FIRST]);
  for (let k = FIRST; k < 300; k += 1) assert.ok(Math.abs(moves[k] / (times[k + 1] - times[k]) - pace) < 1e-6);
});

test('a walk that is still coming is paced as if the rest were like what is here', () => {
  const [known, growing] = [scheduleOf(Array(1000).fill(10), 1000), scheduleOf(Array(100).fill(10), 100, 100, 1000)];
  const [one, other] = [known, growing].map((times) => times[50] - times[49]);
  assert.ok(Math.abs(one / other - 1) < 0.2, `${one} and ${other}`);
});

test('without a picture every step is like any other', () => {
  const reel = evenReel(30);
  assert.ok(Math.abs(reel.times[20] - reel.times[19] - (reel.times[10] - reel.times[9])) < 1e-12);
  assert.equal(evenReel(0).stepAt(3), 0);
});

// ---------------------------------------------------------------- where it ends

test('a film ends when all that is left stays within a dot, counted by hand', () => {
  // 0.8 · 0.9^k · 250 pixels are at most DOT from the end from k = 40 on.
  const first = Math.ceil(Math.log(DOT / (0.8 * 250)) / Math.log(0.9));
  const film = filmOf(walksOf([geometric(400, 0.9)]));
  assert.equal(film.end, first);
  assert.deepEqual(film.rest, { why: 'dot', steps: 400 - first, walks: 1 });
  assert.equal(film.reel.stepAt(film.reel.duration), 400);
});

test('of several walkers the one that comes to rest last decides', () => {
  const film = filmOf(walksOf([geometric(400, 0.5), geometric(400, 0.95), geometric(20, 0.9)]));
  assert.equal(film.end, filmOf(walksOf([geometric(400, 0.95)])).end);
  assert.equal(film.rest?.walks, 3);
});

test('a walk that is hidden is not waited for', () => {
  const film = filmOf(walksOf([geometric(400, 0.5), geometric(400, 0.95)], { hidden: [1] }));
  assert.equal(film.end, filmOf(walksOf([geometric(400, 0.5)])).end);
});

test('a walk that moves to its last step has no rest, and one that is still coming has none yet', () => {
  /** @type {[number, number][]} */
  const straight = Array.from({ length: 101 }, (_, k) => [k / 100, 0]);
  assert.equal(filmOf(walksOf([straight])).rest, null);
  assert.equal(filmOf(walksOf([geometric(400, 0.9)], { done: false })).end, 400);
});

for (const period of [2, 3, 7]) {
  test(`a cycle of ${period} is gone round four times`, () => {
    /** @type {[number, number][]} */
    const path = Array.from({ length: 500 }, (_, k) => [
      0.5 * Math.cos((2 * Math.PI * k) / period),
      0.3 * (k % period),
    ]);
    const film = filmOf(walksOf([[[0.9, 0.9], ...path]], { cycle: period }));
    assert.equal(film.why, 'cycle');
    assert.equal(film.end, 1 + 4 * period);
    assert.equal(filmOf(walksOf([path])).why, null, 'unless nobody says that it is one');
  });
}

test('what stands still all the time is over at once', () => {
  const film = filmOf(walksOf([Array(200).fill([0.3, 0.3])]));
  assert.deepEqual([film.end, film.rest?.steps], [0, 199]);
  assert.ok(film.reel.duration < 0.5);
});

// ---------------------------------------------------------------- something moves

/** The share of the tenths of a second in which someone moves by a pixel. @param {Film} film */
function movingShare(film) {
  const count = Math.max(1, Math.round(film.reel.duration * 10));
  const seen = frames(film.reel, count).map((step) =>
    film.walks.visible.map((walk) => walk.at(step).map((part) => 250 * part)),
  );
  const moves = seen
    .slice(1)
    .filter((walks, k) => walks.some(([x, y], w) => Math.hypot(x - seen[k][w][0], y - seen[k][w][1]) >= 1));
  return moves.length / count;
}

for (const [name, path] of /** @type {[string, [number, number][]][]} */ ([
  ['converges fast', geometric(300, 0.5)],
  ['converges slowly', geometric(3000, 0.998)],
  ['creeps and then runs', Array.from({ length: 900 }, (_, k) => [-0.9 + 1e-3 * Math.exp(k / 140), 0.001 * k])],
  ['goes to and fro', geometric(300, -0.97)],
])) {
  test(`a walk that ${name} moves in nine of ten moments of its film`, () => {
    const film = filmOf(walksOf([path]));
    assert.ok(movingShare(film) >= 0.9, `${movingShare(film)} of ${film.reel.duration} seconds`);
    assert.ok(film.reel.duration > 0.9);
  });
}

test('what trembles by less than a pixel does not hold the film up', () => {
  const trembles = chance(3);
  /** @type {[number, number][]} */
  const path = Array.from({ length: 5000 }, (_, k) => [(k < 20 ? 0.04 * k : 0.8) + 0.001 * trembles(), 0]);
  const without = filmOf(walksOf([path.slice(0, 22)])).reel.duration;
  assert.ok(Math.abs(filmOf(walksOf([path])).reel.duration - without) < 0.3);
});

// ---------------------------------------------------------------- who leaves the map

/** @param {number} steps @param {number} factor @returns {[number, number][]} */
const leaving = (steps, factor) => Array.from({ length: steps + 1 }, (_, k) => [0, 0.5 * factor ** k]);

test('the view follows who goes farther than one and a half widths of the map, and nobody else', () => {
  assert.equal(
    filmOf(
      walksOf([
        [
          [0, 0],
          [2.9, 0],
        ],
      ]),
    ).leaves,
    false,
  );
  assert.equal(
    filmOf(
      walksOf([
        [
          [0, 0],
          [3.1, 0],
        ],
      ]),
    ).leaves,
    true,
  );
  assert.equal(
    filmOf(
      walksOf([
        [
          [0, 0],
          [2.9, 0],
        ],
      ]),
    ).scaleAt(1),
    1,
  );
});

test('of several walkers most must leave', () => {
  const [stays, leaves] = [geometric(20, 0.5), leaving(20, -3)];
  assert.equal(filmOf(walksOf([stays, leaves])).leaves, false);
  assert.equal(filmOf(walksOf([leaves, stays, leaves])).leaves, true);
});

for (const factor of [3, -3, -1.2]) {
  test(`a ball that goes ${factor} times as far with each step is always in the view that follows it`, () => {
    const walks = walksOf([leaving(60, factor)]);
    const film = filmOf(walks);
    assert.equal(film.scaleAt(0), 1);
    for (let position = 0; position <= 60; position += 0.05) {
      const [x, y] = walks.all[0].at(position);
      const scale = film.scaleAt(position);
      assert.ok(Math.max(Math.abs(x), Math.abs(y)) <= scale * (1 + 1e-9), `${y} at ${position} in ${scale}`);
    }
  });
}

test('a view that followed a walk out comes back with it', () => {
  const film = filmOf(walksOf([[...leaving(6, 3), ...geometric(60, 0.7)]]));
  assert.ok(film.scaleAt(6) > 300);
  assert.equal(film.scaleAt(film.last), 1);
});

test('places that are no numbers are not gone to', () => {
  const film = filmOf(walksOf([[...leaving(300, -20), [NaN, NaN], [Infinity, NaN]]]));
  assert.ok(film.finite < 302 && Number.isFinite(film.scaleAt(film.finite)));
  assert.equal(film.scaleAt(film.last), film.scaleAt(film.finite));
  assert.ok(film.reel.duration <= 8);
});

test('on a curve the loss is the height', () => {
  const flat = { ...SCREEN, flat: true };
  const walks = walksOf([
    [
      [0, 0],
      [0.5, 9],
    ],
  ]);
  assert.equal(filmOf(walks, flat).leaves, false);
  assert.equal(filmOf(walks).leaves, true);
});

test('read as it comes, a walk has the film that it has when it is whole', () => {
  const path = geometric(700, -0.99);
  const walks = walksOf([path.slice(0, 10)], { done: false, steps: 700 });
  const film = new Film(walks, SCREEN);
  for (let k = 10; k <= 700; k += 100) {
    assert.equal(film.whole.last, walks.last);
    const part = path.slice(k, k + 100);
    walks.take([{ kind: 'chunk', walk: 0, x: part.map(([x]) => x), y: part.map(([, y]) => y), loss: [] }]);
  }
  walks.take([{ kind: 'end', walk: 0, summary: { cycle: null } }, { kind: 'done' }]);
  assert.deepEqual(film.whole.reel.times, filmOf(walksOf([path])).reel.times);
});
