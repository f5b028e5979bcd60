import { test } from 'node:test';
import assert from 'node:assert/strict';

import { linesOf } from '../../../static/js/canvas/picture_file.js';
import { Walks } from '../../../static/js/state/walks.js';
import { fileName, formulaInWords, settingsInWords } from '../../../static/js/words/picture.js';
import { catalog, drawnLandscape, wanted } from '../tools.js';

const landscape = drawnLandscape({
  x: [0, 1],
  y: [0, 1],
  loss: [
    [0, 1],
    [1, 2],
  ],
});

/** @param {Partial<Wanted>[]} requests @param {string[]} [queries] */
function walksOf(requests, queries = []) {
  const walks = new Walks();
  walks.request = { ...wanted, ...requests[0] };
  walks.landscape = landscape;
  walks.runs = requests.map((request, run) => ({
    run,
    label: `run ${run}`,
    query: queries[run] ?? '',
    request: /** @type {Wanted} */ ({ ...wanted, ...request }),
    best_known: null,
  }));
  return walks;
}

test('the formula is told as it is typed, with the landscape’s name', () => {
  assert.equal(formulaInWords({ ...landscape, expression: 'x**2/8 + y**2/2' }), 'Bowl: f(x, y) = x**2/8 + y**2/2');
  assert.equal(
    formulaInWords({ ...landscape, expression: null, latex: '\\left(a\\,x\\right)^2,\\quad b' }),
    'Bowl: f(x, y) = (ax)^2, b',
  );
});

const shape = /** @type {NonNullable<LandscapeRecord['shape']>} */ (landscape.shape);

test('a landscape that no table has is told by its own record', () => {
  const own = { ...landscape, slug: 'typed', title: 'My formula', expression: 'sin(x)*y' };
  assert.equal(formulaInWords(own), 'My formula: f(x, y) = sin(x)*y');
  const walks = walksOf([{ landscape: 'typed' }]);
  const knob = { ...shape, name: 'Steepness' };
  assert.match(
    settingsInWords(Object.assign(walks, { landscape: { ...own, shape: knob } }), catalog)[0],
    /, steepness 4$/,
  );
  assert.doesNotMatch(settingsInWords(Object.assign(walks, { landscape: { ...own, shape: null } }), catalog)[0], /4$/);
});

test('the settings are all that the picture was asked with, once', () => {
  const walks = walksOf(
    [{ learning_rate: 0.05, momentum: 0.8, steps: 400, noise: 0.1, starts: 3 }],
    ['starts=3&learning_rate=0.05&momentum=0.8&steps=400&noise=0.1&seed=7&map=basins'],
  );
  assert.deepEqual(settingsInWords(walks, catalog), [
    'Start (-3.2, 2.4), condition number 4, 3 walkers, seed 7',
    'Momentum, learning rate 0.05, momentum 0.8, dampening 0, 400 steps, gradient noise 0.1',
  ]);
});

test('each run of a race is told, by its name where it has one', () => {
  const walks = walksOf([{}, { optimizer: 'adam', name: 'mine', beta1: 0.9, beta2: 0.99, epsilon: 1e-8 }]);
  const [, one, other] = settingsInWords(walks, catalog);
  assert.match(one, /^Momentum, learning rate 0\.1/);
  assert.match(other, /^mine: Adam, learning rate 0\.1/);
});

test('a file is named after the landscape, the optimizers and the map', () => {
  assert.equal(fileName(walksOf([{ map: 'basins' }])), 'downhill-bowl-momentum-basins');
  assert.equal(fileName(walksOf([{}, { optimizer: 'adam' }, { optimizer: 'adam' }])), 'downhill-bowl-momentum-vs-adam');
  assert.equal(
    fileName(walksOf(['a', 'b', 'c', 'd'].map((optimizer) => ({ optimizer })))),
    'downhill-bowl-4-optimizers',
  );
});

/** Every letter is ten wide. */
const context = /** @type {any} */ ({ measureText: (/** @type {string} */ text) => ({ width: 10 * text.length }) });

test('no line is longer than there is room, and nothing is lost', () => {
  for (const width of [60, 100, 250, 1000]) {
    for (const text of [
      'a few plain words',
      'http://127.0.0.1:8000/?landscape=himmelblau&learning_rate=0.01&map=basins',
      'short averyveryverylongword short',
    ]) {
      const lines = linesOf(context, [{ text }], width);
      for (const line of lines)
        for (const piece of line)
          assert.ok(piece.x + 10 * piece.text.length <= width, `${piece.text} at ${piece.x} of ${width}`);
      assert.equal(
        lines
          .flat()
          .map((piece) => piece.text)
          .join(''),
        text.replaceAll(' ', ''),
      );
    }
  }
});

test('a sample stays with the words that it is of', () => {
  const sample = () => {};
  const lines = linesOf(
    context,
    [
      { text: 'one', sample },
      { text: 'two', sample },
      { text: 'three', sample },
    ],
    140,
  );
  assert.deepEqual(
    lines.map((line) => line.map(({ text }) => text)),
    [['one'], ['two'], ['three']],
  );
  assert.ok(lines.flat().every((piece) => piece.sample === sample));
});
