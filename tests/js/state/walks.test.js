import { test } from 'node:test';
import assert from 'node:assert/strict';

import { Walk, Walks } from '../../../static/js/state/walks.js';
import { COLUMNS, chance, columns, ending, near, raceOf, trained, twoWalkers, walksOf, wanted } from '../tools.js';

/** @typedef {import('../tools.js').Columns} Columns */

/** @param {Columns} whole @param {number} first @param {number} end */
function part(whole, first, end) {
  return /** @type {Columns} */ (Object.fromEntries(COLUMNS.map((name) => [name, whole[name].slice(first, end)])));
}

// ---------------------------------------------------------------- one walk

test('chunks joined are the whole, wherever they were cut', () => {
  const random = chance(11);
  for (const length of [1, 2, 63, 64, 65, 127, 128, 129, 500, 2000]) {
    const whole = columns(length, random);
    const walk = new Walk('joined');
    for (let first = 0; first < length;) {
      const end = Math.min(length, first + 1 + Math.floor(random() * random() * 300));
      walk.append(part(whole, first, end));
      assert.equal(walk.length, end);
      first = end;
    }
    for (const name of COLUMNS) assert.deepEqual([...walk[name].subarray(0, walk.length)], whole[name]);
  }
});

test('one chunk larger than all the room there is fits', () => {
  const whole = columns(100_001, chance(12));
  const walk = new Walk('long');
  walk.append(part(whole, 0, 10));
  walk.append(part(whole, 10, 100_001));
  assert.equal(walk.length, 100_001);
  for (const name of COLUMNS)
    assert.deepEqual(walk[name].subarray(0, walk.length), Float64Array.from(/** @type {number[]} */ (whole[name])));
});

test('columns grow a few times, not at every chunk', () => {
  const walk = new Walk('growing');
  const whole = columns(10, chance(13));
  let rooms = 0;
  for (let k = 0; k < 1000; k += 1) {
    const before = walk.x;
    walk.append(whole);
    if (walk.x !== before) rooms += 1;
  }
  assert.equal(walk.length, 10_000);
  assert.ok(rooms >= 1 && rooms <= 10, `${rooms} times`);
});

test('an empty chunk changes nothing', () => {
  const walk = new Walk('empty');
  walk.append(columns(3, chance(14)));
  const before = [...walk.x.subarray(0, 3)];
  walk.append({ x: [], y: [], loss: [], gradient_norm: [], learning_rate: [], evaluations: [] });
  assert.equal(walk.length, 3);
  assert.deepEqual([...walk.x.subarray(0, 3)], before);
});

test('what is not finite is null in the answer and NaN here, in its own place only', () => {
  for (const name of COLUMNS) {
    const walk = new Walk('diverged');
    const whole = columns(5, chance(15));
    whole[name][3] = null;
    walk.append(whole);
    for (const other of COLUMNS) {
      for (let k = 0; k < 5; k += 1) assert.equal(walk[other][k], other === name && k === 3 ? NaN : whole[other][k]);
    }
  }
});

test('a landscape along one line has no y; it is zero here, and zeros are not missing', () => {
  const { x, loss, gradient_norm, learning_rate } = columns(70, chance(16));
  loss[1] = 0;
  const walk = new Walk('curve');
  walk.append({ x, loss, gradient_norm, learning_rate });
  assert.equal(walk.length, 70);
  assert.ok(walk.y.subarray(0, 70).every((value) => value === 0));
  assert.equal(walk.loss[1], 0);
});

test('at a whole step the walker is where that iterate is', () => {
  const whole = columns(6, chance(17));
  const walk = new Walk('at');
  walk.append(whole);
  for (let k = 0; k < 6; k += 1) assert.deepEqual(walk.at(k), [whole.x[k], whole.y[k], whole.loss[k]]);
});

test('between two steps the walker is on the straight line between them', () => {
  const walk = new Walk('at');
  walk.append({ x: [0, 4, 8], y: [1, -1, 5], loss: [10, 6, 0], gradient_norm: [0, 0, 0], learning_rate: [0, 0, 0] });
  assert.deepEqual(walk.at(0.25), [1, 0.5, 9]);
  assert.deepEqual(walk.at(0.5), [2, 0, 8]);
  assert.deepEqual(walk.at(1.75), [7, 3.5, 1.5]);
});

test('before the first and after the last step the walker stands at them', () => {
  const walk = new Walk('at');
  walk.append({ x: [0, 4, 8], y: [1, -1, 5], loss: [10, 6, 0], gradient_norm: [0, 0, 0], learning_rate: [0, 0, 0] });
  for (const step of [-3, -0.5, 0]) assert.deepEqual(walk.at(step), [0, 1, 10]);
  for (const step of [2, 2.5, 3, 1000, Infinity]) assert.deepEqual(walk.at(step), [8, 5, 0]);
});

test('the room behind the last step is never a place', () => {
  const walk = new Walk('at');
  const whole = columns(64, chance(18));
  walk.append(whole);
  walk.append(part(whole, 0, 1));
  assert.deepEqual(walk.at(64.5), [whole.x[0], whole.y[0], whole.loss[0]]);
});

test('a step that leads out of every finite place is not drawn half-way', () => {
  const walk = new Walk('at');
  walk.append({ x: [0, null], y: [0, null], loss: [1, null], gradient_norm: [1, null], learning_rate: [1, 1] });
  assert.deepEqual(walk.at(0), [0, 0, 1]);
  assert.deepEqual(walk.at(0.5), [NaN, NaN, NaN]);
});

// ---------------------------------------------------------------- all walks of an answer

test('an answer is taken record by record or all at once', () => {
  const records = [
    ...twoWalkers,
    { kind: 'end', walk: 0, summary: ending() },
    { kind: 'end', walk: 1, summary: ending({ place: 'slope' }) },
    { kind: 'done' },
  ];
  const [slowly, at_once] = [new Walks(), new Walks()];
  for (const record of records) slowly.take([record]);
  at_once.take(records);
  for (const walks of [slowly, at_once]) {
    assert.equal(walks.query, 'starts=2&steps=3');
    assert.equal(walks.request?.starts, 2);
    assert.deepEqual(
      walks.all.map(({ label }) => label),
      ['Momentum 0.9, learning rate 0.1', 'Momentum 0.9, learning rate 0.1'],
    );
    assert.deepEqual([...walks.all[0].x.subarray(0, 4)], [-3.2, -3.12, -2.97, -2.7607500000000003]);
    assert.deepEqual(
      [...walks.all[1].loss.subarray(0, 4)],
      [1.1040348592250058, 0.9153715527404368, 0.6238074088661123, 0.337020375095478],
    );
    assert.equal(walks.all[1].summary?.place, 'slope');
    assert.equal(walks.done, true);
    assert.equal(walks.last, 3);
    assert.equal(walks.points, 8);
  }
});

test('chunks of many walkers may come in any turn, each walker’s own in order', () => {
  const random = chance(19);
  const lengths = [1, 300, 70, 64, 129];
  const whole = lengths.map((length) => columns(length, random));
  const walks = new Walks();
  walks.take([
    {
      kind: 'start',
      request: wanted,
      query: '',
      runs: [{ run: 0, label: '', query: '', request: wanted }],
      walks: lengths.map((_, walker) => ({ run: 0, walker, label: '' })),
    },
  ]);
  const sent = lengths.map(() => 0);
  while (sent.some((count, walk) => count < lengths[walk])) {
    const walk = Math.floor(random() * lengths.length);
    const end = Math.min(lengths[walk], sent[walk] + 1 + Math.floor(random() * 40));
    if (end > sent[walk]) walks.take([{ kind: 'chunk', walk, ...part(whole[walk], sent[walk], end) }]);
    sent[walk] = end;
    assert.deepEqual(
      walks.all.map(({ length }) => length),
      sent,
    );
    assert.equal(walks.last, Math.max(0, ...sent.map((count) => count - 1)));
    assert.equal(
      walks.points,
      sent.reduce((sum, count) => sum + count, 0),
    );
  }
  walks.all.forEach((walk, index) => assert.deepEqual([...walk.loss.subarray(0, walk.length)], whole[index].loss));
});

test('before the first record there is nothing, and nothing fails', () => {
  const walks = new Walks();
  assert.equal(walks.last, 0);
  assert.equal(walks.points, 0);
  assert.equal(walks.shares, '');
  assert.equal(walks.done, false);
  assert.equal(walks.toCsv(), 'walker,step,x,y,loss,gradient_norm,learning_rate,evaluations\n');
});

test('an answer is not done before its last record', () => {
  const walks = new Walks();
  walks.take([...twoWalkers, { kind: 'end', walk: 0, summary: ending() }, { kind: 'end', walk: 1, summary: ending() }]);
  assert.equal(walks.done, false);
  walks.take([{ kind: 'done' }]);
  assert.equal(walks.done, true);
});

for (const [name, places, text] of /** @type {[string, (string | null)[], string][]} */ ([
  ['one walker has no shares', ['global_minimum'], ''],
  ['none of two is none', ['slope', 'local_minimum'], '0 of 2 walkers (0 %) ended at a global minimum or close to it.'],
  [
    'all of two is all',
    ['global_minimum', 'global_minimum'],
    '2 of 2 walkers (100 %) ended at a global minimum or close to it.',
  ],
  [
    'a third is said to a tenth of a percent',
    ['global_minimum', 'saddle', null],
    '1 of 3 walkers (33.3 %) ended at a global minimum or close to it.',
  ],
  [
    'two thirds are rounded',
    ['global_minimum', null, 'global_minimum'],
    '2 of 3 walkers (66.7 %) ended at a global minimum or close to it.',
  ],
  [
    'a whole percent has no decimals',
    ['global_minimum', null, null, null],
    '1 of 4 walkers (25 %) ended at a global minimum or close to it.',
  ],
])) {
  test(name, () => {
    const walks = walksOf(places.map(() => ({ x: [0, 1] })));
    places.forEach((place, walk) => {
      if (walk > 0) assert.equal(walks.shares, '', 'not before the last has ended');
      walks.take([{ kind: 'end', walk, summary: ending({ place }) }]);
    });
    assert.equal(walks.shares, text);
  });
}

test('a landscape of one parameter is flat, one of two is not, and before the first record none is', () => {
  assert.equal(walksOf([{ x: [1] }], { start: [1.63] }).flat, true);
  assert.equal(walksOf([{ x: [1] }]).flat, false);
  assert.equal(new Walks().flat, false);
});

// ---------------------------------------------------------------- the wrong way

for (const [name, loss, downhill, steps] of /** @type {[string, (number | null)[], number, number[]][]} */ ([
  ['a walk that only falls has no step that went the wrong way', [5, 4, 3, 2], 1, []],
  ['a walk without steps has none', [5], 1, []],
  ['a walk on level ground has none', [5, 5, 5], 1, []],
  ['each rise is a step that went the wrong way', [5, 6, 3, 4, 1], 1, [1, 3]],
  ['for an ascent each fall is', [1, 3, 2, 5, 4], -1, [2, 4]],
  ['a rise by a fiftieth of all that the loss falls by is not worth a mark', [100, 0, 2, 4], 1, []],
  ['a rise by a little more is', [100, 0, 2.1, 4], 1, [2]],
  ['a loss that is not finite is no rise, and does not hide the others', [5, 6, null, 7, 1], 1, [1]],
])) {
  test(name, () => {
    assert.deepEqual(walksOf([{ loss }]).all[0].wrongWay(10, downhill), steps);
  });
}

test('of many steps that went the wrong way the first are marked', () => {
  const random = chance(21);
  for (let round = 0; round < 100; round += 1) {
    const loss = Array.from({ length: 2 + Math.floor(100 * random()) }, () => 100 * random());
    const least = 0.02 * (loss[0] - Math.min(...loss));
    const expected = [...loss.keys()].filter((k) => k > 0 && loss[k] - loss[k - 1] > least);
    assert.deepEqual(walksOf([{ loss }]).all[0].wrongWay(5, 1), expected.slice(0, 5));
    assert.deepEqual(walksOf([{ loss: loss.map((value) => -value) }]).all[0].wrongWay(5, -1), expected.slice(0, 5));
  }
});

test('a walk that has grown is looked through anew, and one that has not is not', () => {
  const walk = new Walk('growing');
  const zeros = [0, 0, 0];
  const chunk = (/** @type {number[]} */ loss) => ({
    x: zeros,
    y: zeros,
    loss,
    gradient_norm: zeros,
    learning_rate: zeros,
    evaluations: zeros,
  });
  walk.append(chunk([3, 4, 1]));
  assert.deepEqual(walk.wrongWay(10, 1), [1]);
  assert.equal(walk.wrongWay(10, 1), walk.wrongWay(10, 1));
  assert.deepEqual(walk.wrongWay(10, -1), [2]);
  walk.append(chunk([2, 1, 3]));
  assert.deepEqual(walk.wrongWay(10, 1), [1, 3, 5]);
});

// ---------------------------------------------------------------- as a table

test('the table of all steps has every walker’s steps in order', () => {
  const walks = new Walks();
  walks.take(twoWalkers);
  assert.equal(
    walks.toCsv(),
    [
      'walker,step,x,y,loss,gradient_norm,learning_rate,evaluations',
      '0,0,-3.2,2.4,4.16,2.5298221281347035,0.1,0',
      '0,1,-3.12,2.16,3.5496000000000003,2.2965191050805567,0.1,1',
      '0,2,-2.97,1.7280000000000002,2.5956045000000003,1.8807685264274285,0.1,2',
      '0,3,-2.7607500000000003,1.1664,1.6329620503125004,1.355303561994969,0.1,3',
      '1,0,1.0956934985716344,-1.3812797174167781,1.1040348592250058,1.4081788497640255,0.1,0',
      '1,1,1.0683011611073436,-1.2431517456751002,0.9153715527404368,1.2715169969180535,0.1,1',
      '1,2,1.0169405283617983,-0.9945213965400801,0.6238074088661123,1.026502952048887,0.1,2',
      '1,3,0.9452924456817625,-0.6713019426645539,0.337020375095478,0.7116845587875587,0.1,3',
      '',
    ].join('\n'),
  );
});

test('the table keeps every digit, and what is missing is left empty', () => {
  const random = chance(20);
  const paths = [1, 70, 200].map((length) => {
    const path = columns(length, random);
    for (const name of COLUMNS)
      path[name] = path[name].map((value) =>
        random() < 0.1 ? null : Number(value) * 10 ** Math.floor(random() * 600 - 300),
      );
    return path;
  });
  const lines = walksOf(paths).toCsv().split('\n');
  assert.equal(lines.pop(), '');
  assert.equal(lines.length, 1 + 1 + 70 + 200);
  let row = 1;
  paths.forEach((path, walker) => {
    for (let k = 0; k < path.x.length; k += 1) {
      const cells = lines[row].split(',');
      row += 1;
      assert.equal(cells.length, 8);
      assert.deepEqual(cells.slice(0, 2), [String(walker), String(k)]);
      COLUMNS.forEach((name, column) => {
        const cell = cells[2 + column];
        assert.equal(cell === '' ? null : Number(cell), path[name][k]);
      });
    }
  });
});

test('walks made for the tests are what they say', () => {
  const walks = walksOf([{ loss: [3, 2, 1] }, { loss: [5] }], { goal: 'maximize' });
  assert.equal(walks.request?.goal, 'maximize');
  assert.equal(walks.done, true);
  assert.deepEqual(
    walks.all.map(({ length }) => length),
    [3, 1],
  );
  assert.ok(near(walks.all[0].loss[2], 1, 0) && !near(1, 1.1, 0.05));
});

// ---------------------------------------------------------------- runs

const two_runs = () =>
  raceOf(
    [
      [{ x: [0, 1] }, { x: [2] }],
      [{ x: [3] }, { x: [4] }],
    ],
    {},
    [{}, { name: 'Fast "one"', hidden: 1 }],
  );

test('with several runs each walker has the style of its run, alone its own', () => {
  assert.deepEqual(
    two_runs().all.map(({ run, walker, style }) => [run, walker, style]),
    [
      [0, 0, 0],
      [0, 1, 0],
      [1, 0, 1],
      [1, 1, 1],
    ],
  );
  assert.deepEqual(
    walksOf([{ x: [0] }, { x: [0] }, { x: [0] }]).all.map(({ style }) => style),
    [0, 1, 2],
  );
});

test('the walks of a run that is hidden are there and not visible', () => {
  const walks = two_runs();
  assert.deepEqual(
    walks.visible.map(({ run }) => run),
    [0, 0],
  );
  assert.equal(walks.points, 5);
});

test('who a walk is, is said as far as there are others', () => {
  assert.deepEqual(
    two_runs().all.map((_, index) => two_runs().who(index)),
    [
      'run 0, learning rate 0.1, walker 1',
      'run 0, learning rate 0.1, walker 2',
      'Fast "one", walker 1',
      'Fast "one", walker 2',
    ],
  );
  const races = raceOf([[{ x: [0] }], [{ x: [0] }]]);
  assert.deepEqual([races.who(0), races.who(1)], ['run 0, learning rate 0.1', 'run 1, learning rate 0.1']);
  assert.deepEqual([walksOf([{ x: [0] }, { x: [1] }]).who(1), walksOf([{ x: [0] }]).who(0)], ['Walker 2', '']);
});

test('the table of a race has the name of each run, in quotes', () => {
  const lines = two_runs().toCsv().split('\n');
  assert.match(lines[0], /^run,walker,step,x,y,/);
  assert.deepEqual(
    lines.slice(1, 6).map((line) => line.split(/,(?=\d)/).slice(0, 3)),
    [
      ['"run 0, learning rate 0.1"', '0', '0'],
      ['"run 0, learning rate 0.1"', '0', '1'],
      ['"run 0, learning rate 0.1"', '1', '0'],
      ['"Fast ""one"""', '0', '0'],
      ['"Fast ""one"""', '1', '0'],
    ],
  );
  assert.equal(two_runs().toCsv('\t').split('\n')[1].split('\t').length, 9);
});

test('shares are of the only run; those of a race stand in its table', () => {
  const walks = two_runs();
  walks.take([0, 1, 2, 3].map((walk) => ({ kind: 'end', walk, summary: ending() })));
  assert.equal(walks.shares, '');
});

test('each run has its own settings, and its own share of the points that are expected', () => {
  const walks = raceOf([[{ x: [0] }], [{ x: [0] }]], { steps: 10 }, [{}, { steps: 40, optimizer: 'adam' }]);
  assert.deepEqual([walks.settings(0).optimizer, walks.settings(1).optimizer], ['momentum', 'adam']);
  assert.equal(walks.expected, 11 + 41);
});

test('curves go by steps, or by the evaluations that each had cost', () => {
  const path = { x: [0, 0, 0], evaluations: [0, 4, 10] };
  for (const [axis, expected] of /** @type {[string, number[]][]} */ ([
    ['step', [0, 0.5, 1, 2, 7]],
    ['evaluations', [0, 2, 4, 10, 10]],
  ])) {
    const walks = walksOf([path], { axis });
    assert.deepEqual(
      [0, 0.5, 1, 2, 7].map((step) => walks.across(walks.all[0], step)),
      expected,
    );
  }
  assert.equal(walksOf([path, { x: [0], evaluations: [0] }]).mostEvaluations, 10);
  assert.equal(new Walks().mostEvaluations, 1);
});

// ---------------------------------------------------------------- networks

test('a network’s walk has its distance from the plane, the ground there and all weights, between two steps too', () => {
  const [walk] = trained().all;
  assert.deepEqual(walk.onPlane(1), { off: 0.17, ground: 0.06 });
  const { off = NaN, ground = NaN } = walk.onPlane(0.5) ?? {};
  assert.ok(near(off, 0.085, 1e-15) && near(ground, 0.33, 1e-15), `${off} ${ground}`);
  assert.deepEqual(walk.weightsAt(1), [0.5, -0.25, 0.15, 0.08]);
  assert.deepEqual(walk.weightsAt(1.5), [0.75, -0.125, 0.075, 0.04]);
  assert.deepEqual(walk.weightsAt(9), [1, 0, 0, 0]);
  const [other] = walksOf([{ x: [0, 1] }]).all;
  assert.equal(other.onPlane(0), null);
  assert.equal(other.weightsAt(0), null);
});

test('however its chunks are cut, the columns of the plane are whole', () => {
  const count = 300;
  const off_plane = Array.from({ length: count }, (_, k) => (k === 150 ? null : k / 7));
  const walk = new Walk('trained');
  for (let first = 0; first < count; first += 50)
    walk.append({
      ...part(columns(count, chance(13)), first, first + 50),
      off_plane: off_plane.slice(first, first + 50),
      plane_loss: off_plane.slice(first, first + 50),
    });
  assert.deepEqual(
    [...(walk.off_plane ?? []).slice(0, count)],
    off_plane.map((value) => value ?? NaN),
  );
});

test('that all weights were asked for is in no address', () => {
  const walks = trained();
  assert.equal(walks.query, 'landscape=network-xor');
  assert.equal(walks.runs[0].query, 'landscape=network-xor');
});

test('a network’s table has its two columns more, and no other’s', () => {
  assert.match(
    trained().toCsv(),
    /^walker,step,x,y,loss,gradient_norm,learning_rate,evaluations,off_plane,plane_loss\n/,
  );
  assert.match(trained().toCsv(), /\n0,1,0\.5,-0\.25,0\.031,1,1,4,0\.17,0\.06\n/);
  assert.doesNotMatch(walksOf([{ x: [0, 1] }]).toCsv(), /plane/);
});

test('the plane is laid through the first walker of its run, from the first weights', () => {
  const own = trained();
  assert.equal(own.defines(own.all[0]), true);
  for (const request of [{ plane_run: 1 }, { start: [0.5, 0] }]) {
    const other = trained({}, request);
    assert.equal(other.defines(other.all[0]), false);
  }
});
