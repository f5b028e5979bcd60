import { test } from 'node:test';
import assert from 'node:assert/strict';

import { standings, sweepInWords, tableText, winnerInWords } from '../../../static/js/words/standings.js';
import { ending, raceOf } from '../tools.js';

/** @param {(number | null)[]} stayed after how many evaluations within 1 % and 0.01 %, having been there before */
const reached = (...stayed) => [
  { part: 0.01, evaluations: 1, stayed: stayed[0] },
  { part: 0.0001, evaluations: 1, stayed: stayed[1] },
];

/** @param {Partial<Summary>[]} summaries of runs with one walker each */
function raced(summaries) {
  const walks = raceOf(summaries.map(() => [{ x: [0, 1] }]));
  summaries.forEach((summary, walk) => walks.take([{ kind: 'end', walk, summary: ending(summary) }]));
  return walks;
}

const texts = (/** @type {import('../../../static/js/words/standings.js').Table} */ { rows }) =>
  rows.map((row) => row.map(({ text }) => text));
const best = (/** @type {import('../../../static/js/words/standings.js').Table} */ { rows }) =>
  rows.map((row) => row.flatMap((cell, column) => (cell.best ? [column] : [])));

test('each run has a row: what it needed, and where it ended', () => {
  const table = standings(
    raced([
      { reached: reached(40, 12345), loss: 1e-9, outcome: 'out_of_steps', place: 'global_minimum' },
      { reached: reached(30, null), loss: null, outcome: 'diverged', place: null },
    ]),
    null,
    true,
    'evaluations',
  );
  assert.deepEqual(table.head, [
    'Run',
    'Evaluations to stay within 1 %',
    'Evaluations to stay within 0.01 %',
    'Final loss',
    'Outcome',
    'Place',
  ]);
  assert.deepEqual(texts(table), [
    ['run 0, learning rate 0.1', '40', '12,345', '1e-9', 'out of steps', 'global minimum'],
    ['run 1, learning rate 0.1', '30', 'never', 'not finite', 'diverged', '—'],
  ]);
  assert.equal(table.rows[0].length - table.words, 4);
});

test('the best of each column is marked, unless there is nothing to compare', () => {
  const walks = raced([
    { reached: reached(40, 50), loss: 3 },
    { reached: reached(30, null), loss: 2 },
    { reached: reached(30, null), loss: 5 },
  ]);
  assert.deepEqual(best(standings(walks, null, true, 'evaluations')), [[], [1, 3], [1]]);
  assert.deepEqual(
    best(
      standings(
        raced([
          { reached: reached(40, 50), loss: 3 },
          { reached: reached(40, 50), loss: 3 },
        ]),
        null,
        true,
        'evaluations',
      ),
    ),
    [[], []],
  );
});

test('who was near and went away again is counted from when it stayed, and its cell says when it was there first', () => {
  const passing = [
    { part: 0.01, evaluations: 3, stayed: 128 },
    { part: 0.0001, evaluations: 5, stayed: null },
  ];
  const straight = [
    { part: 0.01, evaluations: 40, stayed: 40 },
    { part: 0.0001, evaluations: null, stayed: null },
  ];
  const table = standings(raced([{ reached: passing }, { reached: straight }]), null, true, 'evaluations');
  assert.deepEqual(
    texts(table).map((row) => row.slice(1, 3)),
    [
      ['128', 'never'],
      ['40', 'never'],
    ],
  );
  assert.deepEqual(best(table), [[], [1]]);
  assert.deepEqual(
    table.rows[0].slice(1, 3).map(({ title }) => title),
    [
      'It was so near for the first time after 3 evaluations, and went away again.',
      'It was so near for the first time after 5 evaluations, and went away again.',
    ],
  );
  assert.deepEqual(
    table.rows[1].slice(1, 3).map(({ title }) => title),
    [undefined, undefined],
  );
});

test('for an ascent the highest value is the best', () => {
  const walks = raceOf([[{ x: [0] }], [{ x: [0] }]], { goal: 'maximize' });
  [2, 7].forEach((loss, walk) =>
    walks.take([{ kind: 'end', walk, summary: ending({ loss, reached: reached(1, 1) }) }]),
  );
  const table = standings(walks, null, true, 'evaluations');
  assert.equal(table.head[3], 'Final value');
  assert.deepEqual(best(table), [[], [3]]);
});

test('where no best place is known nothing can be measured against it, and the table says so', () => {
  const [row] = standings(
    raced([{ reached: reached(null, null) }, { reached: reached(null, null) }]),
    null,
    false,
    'evaluations',
  ).rows;
  assert.deepEqual([row[1].text, row[2].text], ['—', '—']);
  assert.match(row[1].title ?? '', /No best place is known/);
});

test('what is not known yet has dots', () => {
  const walks = raceOf([[{ x: [0] }], [{ x: [0] }]]);
  assert.deepEqual(texts(standings(walks, null, true, 'evaluations'))[0].slice(1), ['…', '…', '…', '…', '…']);
  const many = raceOf([
    [{ x: [0] }, { x: [0] }],
    [{ x: [0] }, { x: [0] }],
  ]);
  assert.deepEqual(texts(standings(many, null, true, 'evaluations'))[1].slice(1), ['…', '…', '…', '…', '…']);
});

test('where it will not be known how the runs did over all starts, the cells say why', () => {
  const many = raceOf([
    [{ x: [0] }, { x: [0] }],
    [{ x: [0] }, { x: [0] }],
  ]);
  for (const row of standings(many, null, true, 'evaluations', 'Too many points.').rows) {
    assert.deepEqual(row.slice(1), Array(5).fill({ text: '—', title: 'Too many points.' }));
  }
});

/** @param {Partial<RaceRun>} run @returns {RaceRun} */
const compared = (run) => ({
  run: 0,
  label: '',
  walkers: 30,
  success: 1,
  outcomes: { converged: 1 },
  places: {},
  stayed: [],
  loss: { lower: 0, median: 0, upper: 0 },
  bands: { part: [], lower: [], median: [], upper: [] },
  ...run,
});

test('over many starts there are shares, medians and quartiles', () => {
  const walks = raceOf([
    [{ x: [0] }, { x: [0] }],
    [{ x: [0] }, { x: [0] }],
  ]);
  const table = standings(
    walks,
    [
      compared({
        success: 2 / 3,
        stayed: [
          { part: 0.01, share: 1, lower: 15, median: 31, upper: 1032 },
          { part: 0.0001, share: 0.7, lower: 53, median: 54, upper: null },
        ],
        loss: { lower: 0.1, median: 0.25, upper: 9 },
        outcomes: { diverged: 0.2, converged: 0.8 },
      }),
      compared({
        success: 0,
        stayed: [
          { part: 0.01, share: 0.3, lower: 20, median: null, upper: null },
          { part: 0.0001, share: 0.1, lower: null, median: null, upper: null },
        ],
        loss: { lower: null, median: 0.5, upper: null },
      }),
    ],
    true,
    'data points',
  );
  assert.deepEqual(table.head, [
    'Run',
    'Success',
    'Data points to stay within 1 %',
    'Data points to stay within 0.01 %',
    'Final loss',
    'Outcomes',
  ]);
  assert.deepEqual(texts(table), [
    [
      'run 0, learning rate 0.1',
      '66.7\u00a0%',
      '31 (15 to 1,032)',
      '54 (53 to never)',
      '0.25',
      'converged 80\u00a0%, diverged 20\u00a0%',
    ],
    ['run 1, learning rate 0.1', '0\u00a0%', 'never (20 to never)', 'never', '0.5', 'converged 100\u00a0%'],
  ]);
  assert.deepEqual(best(table), [[1, 4], []]);
  assert.equal(
    table.rows[0][2].title,
    'Of all 30 walkers 100\u00a0% came so near and stayed. A quarter of all had done so after 15.',
  );
  assert.equal(table.rows[1][3].title, 'Of all 30 walkers 10\u00a0% came so near and stayed.');
});

test('what is not all is never said to be all, and what occurs never to be nothing', () => {
  const walks = raceOf([
    [{ x: [0] }, { x: [0] }],
    [{ x: [0] }, { x: [0] }],
  ]);
  const outcomes = { converged: 0.9996, diverged: 0.0004 };
  const never = [0.01, 0.0001].map((part) => ({ part, share: 0, lower: null, median: null, upper: null }));
  const [row] = standings(
    walks,
    [compared({ success: 0.9996, outcomes, stayed: never }), compared({ stayed: never })],
    true,
    'evaluations',
  ).rows;
  assert.deepEqual(
    [row[1].text, row[5].text],
    ['over 99.9\u00a0%', 'converged over 99.9\u00a0%, diverged under 0.1\u00a0%'],
  );
});

test('the table as text has a line for each run, parted by tabs', () => {
  assert.equal(
    tableText({ head: ['Run', 'Loss'], rows: [[{ text: 'One' }, { text: '3' }]], words: 0 }),
    'Run\tLoss\nOne\t3\n',
  );
});

test('what a sweep has found is said in a line', () => {
  const found = {
    part: 0.0001,
    best: { learning_rate: 0.03593813663804626, share: 0.8, evaluations: 26, loss: 0.1 },
    learning_rate: [],
    share: [],
    evaluations: [],
    loss: [],
  };
  assert.equal(
    sweepInWords(found, 1, 'evaluations'),
    ', learning rate 0.03594: 26 evaluations to come within 0.01 % and stay',
  );
  assert.equal(
    sweepInWords(found, 30, 'evaluations'),
    ', learning rate 0.03594: 26 evaluations to come within 0.01 % and stay (median over all 30 walkers, of whom 80\u00a0% did)',
  );
  const few = { ...found, best: { ...found.best, share: 0.4, evaluations: null } };
  assert.equal(
    sweepInWords(few, 30, 'evaluations'),
    ', learning rate 0.03594: 40\u00a0% of all 30 walkers come within 0.01 % and stay, too few for a median over all',
  );
  assert.equal(
    sweepInWords({ ...found, part: null, best: { ...found.best, evaluations: null } }, 1, 'evaluations'),
    ': none of the learning rates tried came and stayed within 1 %, the best ends at 0.1; left as it was',
  );
});

test('a walk that goes round for ever is told as what it is', () => {
  const table = standings(
    raced([
      {
        outcome: 'stalled',
        cycle: 2,
        reached: reached(1, 1),
        message: 'It jumps for ever between two points.\nStalled.',
      },
      { outcome: 'out_of_steps', cycle: 6, reached: reached(1, 1) },
      { outcome: 'out_of_steps', cycle: null, reached: reached(1, 1) },
    ]),
    null,
    true,
    'evaluations',
  );
  assert.deepEqual(
    table.rows.map((row) => row.at(-2)?.text),
    ['goes round two points', 'goes round 6 points', 'out of steps'],
  );
});

test('where nobody comes near, who ends best is told, and nobody where all end alike or one alone ends', () => {
  const told = (/** @type {(number | null)[]} */ ...losses) =>
    winnerInWords(
      standings(raced(losses.map((loss) => ({ loss, reached: reached(null, null) }))), null, true, 'evaluations'),
      'evaluations',
      true,
    );
  const none = 'None of them comes near the best place and stays';
  assert.equal(told(0.045, 0.0052), `${none}; run 1 ends lowest, at loss 0.0052.`);
  assert.equal(told(0.045, 0.0052, null), `${none}; run 1 ends lowest, at loss 0.0052.`);
  assert.equal(told(0.5, 0.5), `${none}.`);
  assert.equal(told(0.2, 0.2, 0.5), `${none}.`);
  assert.equal(told(0.2, null), `${none}.`);
});

test('who was faster is said in a sentence', () => {
  const won = (/** @type {(number | null)[]} */ ...counts) =>
    winnerInWords(
      standings(raced(counts.map((one) => ({ reached: reached(one, null) }))), null, true, 'evaluations'),
      'evaluations',
    );
  const name = (/** @type {number} */ run) => `run ${run}, learning rate 0.1`;
  assert.equal(
    won(34, 21),
    `${name(1)} is faster: 21 evaluations until it is near the best place and stays, against 34`,
  );
  const short = (/** @type {(number | null)[]} */ ...counts) =>
    winnerInWords(
      standings(raced(counts.map((one) => ({ reached: reached(one, null) }))), null, true, 'evaluations'),
      'evaluations',
      true,
    );
  assert.equal(short(34, 21), 'run 1 was faster: 21 evaluations against 34.');
  assert.equal(short(34, 21, 1200), 'run 1 was fastest: 21 evaluations against 34.');
  assert.equal(short(34, null), 'Only run 0 gets there: 34 evaluations.');
  assert.equal(short(34, 34), 'run 0 and run 1 were equally fast: 34 evaluations.');
  assert.equal(short(null, null), 'None of them comes near the best place and stays.');
  assert.match(won(34, 21, 1200), /is fastest: 21 .* against 34$/);
  assert.equal(won(34, null), `Only ${name(0)} gets there: 34 evaluations until it is near the best place and stays`);
  assert.match(won(34, 34), /equally fast: 34/);
  assert.equal(won(null, null), 'None of them comes near the best place and stays');
  assert.equal(
    winnerInWords(
      standings(raced([{ reached: reached(3, 4) }, { reached: reached(5, 6) }]), null, false, 'evaluations'),
      'evaluations',
    ),
    '',
  );
});
