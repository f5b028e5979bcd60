import { test } from 'node:test';
import assert from 'node:assert/strict';

import { fromSlider, toSlider } from '../../../static/js/input/slider_scale.js';
import { changedKeys, readQuery, writeQuery } from '../../../static/js/state/request.js';
import { formatNumber, shortNumber, writeNumber } from '../../../static/js/words/numbers.js';
import { catalog, chance, pick } from '../tools.js';

const { order } = catalog;

// ---------------------------------------------------------------- the address

const GIVEN = /** @type {Given[]} */ ([
  {},
  { landscape: 'two-valley' },
  { start: '-1.25,0.5', domain: '-4,4,-3,3', landscape: 'bowl' },
  { seed: '7', tolerance: '1e-12', starts: '512', noise: '0.5', learning_rate: '0.30000000000000004' },
  { steps: '' },
  { landscape: 'a b&c=d#e%f+g?h/i' },
  { landscape: '"><script>alert(1)</script>' },
  { landscape: 'größer 上 🏔 \u0000' },
  { landscape: 'a%2Cb' },
]);

for (const given of GIVEN) {
  test(`what was written is read again: ${JSON.stringify(given)}`, () => {
    assert.deepEqual(readQuery(writeQuery(given, order)), given);
  });
}

test('what was written is read again, whatever the values are', () => {
  const random = chance(1);
  const signs = [...'abz019 .,;:&=+%#?/\\"\'<>[]{}|^~`!@$*()-_\n\täλ√🏔'];
  for (let round = 0; round < 500; round += 1) {
    /** @type {Given} */
    const given = {};
    for (const key of order) {
      if (random() < 0.4)
        given[key] = Array.from({ length: Math.floor(random() * 12) }, () => pick(random, signs)).join('');
    }
    assert.deepEqual(readQuery(writeQuery(given, order)), given);
  }
});

test('own points take the place of a named landscape, and a named one that of own points', () => {
  const own = { data: '1,2;2,3', model: 'parabola' };
  const named = { landscape: 'straight-line', start: '1,2', learning_rate: '0.3', steps: '50' };
  assert.deepEqual(changedKeys(named, own, catalog), { ...own, steps: '50' });
  assert.deepEqual(changedKeys({ ...own, start: '1,2', steps: '50' }, { landscape: 'bowl' }, catalog), {
    landscape: 'bowl',
    steps: '50',
  });
  assert.deepEqual(changedKeys({ ...own, start: '1,2' }, { landscape: null }, catalog), {});
});

test('another model is another landscape, and so are other points', () => {
  const given = { data: '1,2;2,3', start: '1,2', batch: '2', steps: '50' };
  assert.deepEqual(changedKeys(given, { model: 'parabola' }, catalog), {
    data: '1,2;2,3',
    model: 'parabola',
    steps: '50',
  });
  assert.deepEqual(changedKeys(given, { data: '1,2;2,4' }, catalog), { data: '1,2;2,4', steps: '50' });
  assert.deepEqual(changedKeys(given, { steps: '60' }, catalog), { ...given, steps: '60' });
});

const FORMULA = { formula: 'a*x^2+y^2', constants: 'a:4' };

test('a typed formula, own points and a named landscape take each other’s place', () => {
  const placed = { start: '1,2', domain: '-1,1,-1,1', learning_rate: '0.3', steps: '50' };
  const own = { data: '1,2;2,3', model: 'parabola' };
  assert.deepEqual(changedKeys({ landscape: 'bowl', shape: '9', ...placed }, FORMULA, catalog), {
    ...FORMULA,
    steps: '50',
  });
  assert.deepEqual(changedKeys({ ...own, ...placed }, FORMULA, catalog), { ...FORMULA, steps: '50' });
  assert.deepEqual(changedKeys({ ...FORMULA, ...placed }, own, catalog), { ...own, steps: '50' });
  assert.deepEqual(changedKeys({ ...FORMULA, ...placed }, { landscape: 'saddle' }, catalog), {
    landscape: 'saddle',
    steps: '50',
  });
});

test('a constant’s slider moves the ground and nothing else', () => {
  const given = { ...FORMULA, start: '1,2', domain: '-1,1,-1,1', learning_rate: '0.3' };
  assert.deepEqual(changedKeys(given, { constants: 'a:5' }, catalog), { ...given, constants: 'a:5' });
  assert.deepEqual(changedKeys(given, { constants: null }, catalog), {
    formula: FORMULA.formula,
    start: '1,2',
    domain: '-1,1,-1,1',
    learning_rate: '0.3',
  });
});

test('a typed rule takes the place of an optimizer with its hyperparameters, and the other way round', () => {
  const typed = { rule: 'v_next=b*v+gradient; point_next=point-learning_rate*v_next', hyperparameters: 'b:0.9' };
  assert.deepEqual(changedKeys({ optimizer: 'nesterov', momentum: '0.5', steps: '50' }, typed, catalog), {
    ...typed,
    steps: '50',
  });
  assert.deepEqual(changedKeys({ ...typed, steps: '50' }, { optimizer: 'adam' }, catalog), {
    optimizer: 'adam',
    steps: '50',
  });
});

test('what was typed is written as people read it, a plus as %2B', () => {
  assert.equal(writeQuery(FORMULA, order), 'formula=a*x%5E2%2By%5E2&constants=a:4');
  assert.equal(
    writeQuery({ rule: 'point_next=point/2;p=1', hyperparameters: 'b:1,c:2' }, order),
    'rule=point_next=point/2;p=1&hyperparameters=b:1,c:2',
  );
  for (const formula of ['x & y#?%', 'a+b', '50%', '</script>', 'x²·√y'])
    assert.deepEqual(readQuery(writeQuery({ formula }, order)), { formula });
});

test('points are written as people read them', () => {
  assert.equal(writeQuery({ data: '1,2;2,3.5', name: 'a;b' }, order), 'data=1,2;2,3.5&name=a%3Bb');
});

test('the question mark before a query may be there or not', () => {
  assert.deepEqual(readQuery('?landscape=bowl&start=1,2'), { landscape: 'bowl', start: '1,2' });
  assert.deepEqual(readQuery('landscape=bowl&start=1,2'), { landscape: 'bowl', start: '1,2' });
  assert.deepEqual(readQuery(''), {});
  assert.deepEqual(readQuery('?'), {});
});

test('keys are written in the contract’s order, whichever came first, and unknown ones after them', () => {
  assert.equal(
    writeQuery({ other: '1', seed: '2', start: '0,1', landscape: 'bowl' }, order),
    'landscape=bowl&start=0,1&seed=2&other=1',
  );
  const all = Object.fromEntries([...order].reverse().map((key) => [key, '1']));
  assert.equal(writeQuery(all, order), order.map((key) => `${key}=1`).join('&'));
});

test('a comma stays a comma', () => {
  assert.equal(writeQuery({ domain: '-4,4,-3,3' }, order), 'domain=-4,4,-3,3');
});

test('a value cannot bring in another key, a fragment or markup', () => {
  const hostile = writeQuery({ landscape: 'bowl&steps=100000#x=1+1;"<\u0000' }, order);
  assert.equal(hostile, 'landscape=bowl%26steps%3D100000%23x%3D1%2B1%3B%22%3C%00');
});

test('a key cannot bring in another key either', () => {
  const given = { 'other&steps': '5' };
  assert.deepEqual(readQuery(writeQuery(given, order)), given);
});

test('a number is written with every digit and read as the same number', () => {
  const random = chance(2);
  for (let round = 0; round < 500; round += 1) {
    const number = (random() - 0.5) * 10 ** Math.floor(random() * 60 - 30);
    const { seed } = readQuery(writeQuery({ seed: writeNumber(number) }, order));
    assert.equal(Number(seed), number);
  }
});

// ---------------------------------------------------------------- changes

const CHANGES = /** @type {[string, Given, Record<string, string | null>, Given][]} */ ([
  ['a key is set', {}, { steps: '50' }, { steps: '50' }],
  ['a key is replaced', { steps: '10' }, { steps: '50' }, { steps: '50' }],
  ['null takes a key out', { steps: '50', seed: '1' }, { steps: null }, { seed: '1' }],
  ['null for a key that is not there changes nothing', { seed: '1' }, { steps: null }, { seed: '1' }],
  [
    'an empty change changes nothing',
    { landscape: 'bowl', shape: '10', momentum: '0.5' },
    {},
    { landscape: 'bowl', shape: '10', momentum: '0.5' },
  ],
  [
    'another landscape drops what belonged to the old one, and only that',
    {
      landscape: 'bowl',
      shape: '10',
      domain: '-1,1,-1,1',
      goal: 'maximize',
      start: '1,1',
      learning_rate: '0.3',
      starts: '8',
      optimizer: 'nesterov',
      momentum: '0.5',
      steps: '50',
      seed: '3',
      noise: '0.1',
      tolerance: '0',
    },
    { landscape: 'saddle' },
    {
      landscape: 'saddle',
      starts: '8',
      optimizer: 'nesterov',
      momentum: '0.5',
      steps: '50',
      seed: '3',
      noise: '0.1',
      tolerance: '0',
    },
  ],
  [
    'the same landscape drops nothing',
    { landscape: 'bowl', shape: '10', start: '1,1' },
    { landscape: 'bowl' },
    { landscape: 'bowl', shape: '10', start: '1,1' },
  ],
  [
    'what comes with a new landscape stays',
    { landscape: 'bowl', start: '1,1', shape: '2' },
    { landscape: 'saddle', start: '0,0.5' },
    { landscape: 'saddle', start: '0,0.5' },
  ],
  ['no landscape is the default one again', { landscape: 'saddle', start: '1,1' }, { landscape: null }, {}],
  [
    'a landscape’s own keys stay while something else changes',
    { landscape: 'bowl', shape: '10', start: '1,1' },
    { steps: '5' },
    { landscape: 'bowl', shape: '10', start: '1,1', steps: '5' },
  ],
  [
    'an optimizer without hyperparameters drops them all',
    { momentum: '0.5', dampening: '0.1' },
    { optimizer: 'gradient-descent' },
    { optimizer: 'gradient-descent' },
  ],
  [
    'an optimizer drops only what it does not use',
    { optimizer: 'momentum', momentum: '0.5', dampening: '0.1' },
    { optimizer: 'nesterov' },
    { optimizer: 'nesterov', momentum: '0.5' },
  ],
  [
    'no optimizer is the default one',
    { optimizer: 'nesterov', momentum: '0.5' },
    { optimizer: null, dampening: '0.2' },
    { momentum: '0.5', dampening: '0.2' },
  ],
  [
    'the default optimizer keeps its hyperparameters',
    { momentum: '0.5', dampening: '0.1' },
    { steps: '5' },
    { momentum: '0.5', dampening: '0.1', steps: '5' },
  ],
  [
    'another annealing keeps the floor',
    { schedule: 'linear', floor: '0.1' },
    { schedule: 'cosine' },
    { schedule: 'cosine', floor: '0.1' },
  ],
  [
    'a constant rate drops floor, restarts and growth',
    { schedule: 'cosine', floor: '0.1', restarts: '3', growth: '2' },
    { schedule: 'constant' },
    { schedule: 'constant' },
  ],
  ['no schedule and no restarts is constant', { schedule: 'linear', floor: '0.1' }, { schedule: null }, {}],
  [
    'no schedule with restarts is cosine',
    { schedule: 'linear', floor: '0.1', restarts: '2', growth: '2' },
    { schedule: null },
    { floor: '0.1', restarts: '2', growth: '2' },
  ],
  [
    'no restarts drop growth',
    { schedule: 'linear', floor: '0.1', restarts: '3', growth: '2' },
    { restarts: '0' },
    { schedule: 'linear', floor: '0.1', restarts: '0' },
  ],
  [
    'restarts taken out drop growth',
    { schedule: 'linear', restarts: '3', growth: '2' },
    { restarts: null },
    { schedule: 'linear' },
  ],
  [
    'no restarts drop the floor of the cosine they stood for',
    { restarts: '3', floor: '0.1', growth: '2' },
    { restarts: '0' },
    { restarts: '0' },
  ],
  ['other restarts keep growth', { restarts: '3', growth: '2' }, { restarts: '5' }, { restarts: '5', growth: '2' }],
  ['growth alone means nothing', {}, { growth: '2' }, {}],
  [
    'a landscape without a Hessian takes the optimizer away that needs one',
    { optimizer: 'newton', steps: '50' },
    { landscape: 'kink' },
    { landscape: 'kink', steps: '50' },
  ],
  [
    'a landscape with a Hessian leaves it',
    { landscape: 'saddle', optimizer: 'newton' },
    { landscape: 'two-minima' },
    { landscape: 'two-minima', optimizer: 'newton' },
  ],
  [
    'a landscape without a Hessian leaves every other optimizer',
    { optimizer: 'line-search', sufficient: '0.01' },
    { landscape: 'kink' },
    { landscape: 'kink', optimizer: 'line-search', sufficient: '0.01' },
  ],
  [
    'an optimizer that brings its own learning rate drops that of the one before',
    { learning_rate: '0.3', steps: '5' },
    { optimizer: 'newton' },
    { optimizer: 'newton', steps: '5' },
  ],
  [
    'and takes its own with it where another comes',
    { optimizer: 'newton', learning_rate: '0.5' },
    { optimizer: 'adam' },
    { optimizer: 'adam' },
  ],
  [
    'a learning rate that comes with an optimizer stays',
    { learning_rate: '0.3' },
    { optimizer: 'newton', learning_rate: '0.8' },
    { optimizer: 'newton', learning_rate: '0.8' },
  ],
  [
    'an optimizer’s own learning rate can be changed',
    { optimizer: 'newton', learning_rate: '0.5' },
    { steps: '5' },
    { optimizer: 'newton', learning_rate: '0.5', steps: '5' },
  ],
  [
    'between optimizers that take the landscape’s a learning rate is kept',
    { learning_rate: '0.3' },
    { optimizer: 'adam' },
    { optimizer: 'adam', learning_rate: '0.3' },
  ],
  [
    'Newton’s method drops the mini-batch',
    { landscape: 'logistic', batch: '4' },
    { optimizer: 'newton' },
    { landscape: 'logistic', optimizer: 'newton' },
  ],
  [
    'a line search drops the mini-batch',
    { landscape: 'logistic', batch: '4', optimizer: 'adam' },
    { optimizer: 'line-search' },
    { landscape: 'logistic', optimizer: 'line-search' },
  ],
  [
    'any other optimizer keeps the mini-batch',
    { landscape: 'logistic', batch: '4' },
    { optimizer: 'adam' },
    { landscape: 'logistic', batch: '4', optimizer: 'adam' },
  ],
  [
    'a landscape that is not made from data drops the mini-batch',
    { landscape: 'logistic', batch: '4', seed: '2' },
    { landscape: 'bowl' },
    { landscape: 'bowl', seed: '2' },
  ],
  [
    'other data drop the mini-batch too, which may be more than they are',
    { landscape: 'straight-line', batch: '30' },
    { landscape: 'logistic' },
    { landscape: 'logistic' },
  ],
  [
    'the same data keep the mini-batch',
    { landscape: 'logistic', batch: '4' },
    { steps: '5' },
    { landscape: 'logistic', batch: '4', steps: '5' },
  ],
  ['no patience drops the least change', { patience: '5', min_change: '0.1' }, { patience: '0' }, { patience: '0' }],
  ['patience taken out drops the least change', { patience: '5', min_change: '0.1' }, { patience: null }, {}],
  [
    'another patience keeps the least change',
    { patience: '5', min_change: '0.1' },
    { patience: '9' },
    { patience: '9', min_change: '0.1' },
  ],
  ['a least change alone means nothing', {}, { min_change: '0.1' }, {}],
  [
    'a schedule that rises by itself drops the warm-up',
    { warmup: '20', schedule: 'cosine', floor: '0.1' },
    { schedule: 'one-cycle' },
    { schedule: 'one-cycle', floor: '0.1' },
  ],
  [
    'any other schedule keeps the warm-up',
    { warmup: '20', schedule: 'cosine' },
    { schedule: 'constant' },
    { warmup: '20', schedule: 'constant' },
  ],
  [
    'the peak and the drops belong to their schedules',
    { schedule: 'one-cycle', peak: '0.5', floor: '0.1' },
    { schedule: 'step' },
    { schedule: 'step', floor: '0.1' },
  ],
  [
    'the drops go where there are none',
    { schedule: 'step', drops: '3', floor: '0.1' },
    { schedule: 'linear' },
    { schedule: 'linear', floor: '0.1' },
  ],
  [
    'Lion keeps of Adam’s what it uses too',
    { optimizer: 'adam', beta1: '0.5', beta2: '0.9', epsilon: '0.001' },
    { optimizer: 'lion' },
    { optimizer: 'lion', beta1: '0.5', beta2: '0.9' },
  ],
  [
    'AdamW keeps all that Adam has',
    { optimizer: 'adam', beta1: '0.5', beta2: '0.9', epsilon: '0.001' },
    { optimizer: 'adamw' },
    { optimizer: 'adamw', beta1: '0.5', beta2: '0.9', epsilon: '0.001' },
  ],
  [
    'a switch is dropped with its optimizer',
    { optimizer: 'rmsprop', centred: '1', decay: '0.5' },
    { optimizer: 'momentum' },
    { optimizer: 'momentum' },
  ],
  [
    'without a map its keys mean nothing',
    { map: 'basins', map_run: '1', window: '0,1,0,1', resolution: '64', seed: '1' },
    { map: null },
    { seed: '1' },
  ],
  [
    'restarts take a constant rate away, which would be refused with them',
    { schedule: 'constant' },
    { restarts: '3' },
    { restarts: '3' },
  ],
]);

for (const [name, given, change, expected] of CHANGES) {
  test(name, () => {
    const before = structuredClone(given);
    assert.deepEqual(changedKeys(given, change, catalog), expected);
    assert.deepEqual(given, before, 'the keys before the change are left as they were');
  });
}

// ---------------------------------------------------------------- sliders

const OWN = new Map(
  [...catalog.optimizers, ...catalog.schedules].flatMap(({ hyperparameters }) =>
    hyperparameters.map((row) => [row.key, row]),
  ),
);
// A mini-batch has as many points as there are data; what is 0 or 1 is a switch.
const LISTED = [
  ...catalog.keys.map((row) => (row.key === 'batch' ? { ...row, high: 50 } : row)),
  ...OWN.values(),
].filter(({ key }) => key !== 'centred');
const SCALES = [
  ...LISTED,
  ...catalog.landscapes.flatMap(({ slug, shape }) =>
    shape ? [{ ...shape, key: `the shape of ${slug}`, whole: false }] : [],
  ),
].map(({ key, low, high, log, whole }) => ({
  key,
  low,
  high: high ?? low,
  log,
  whole: whole ?? false,
}));

for (const scale of SCALES) {
  const { key, low, high, log, whole } = scale;
  const values = Array.from({ length: 1001 }, (_, position) => fromSlider(position, scale));

  test(`the slider of ${key} ends exactly at its limits`, () => {
    assert.equal(values[0], low);
    assert.equal(values[1000], high);
    assert.equal(toSlider(low, scale), 0);
    assert.equal(toSlider(high, scale), 1000);
  });

  test(`the slider of ${key} never turns back and stays within its limits`, () => {
    for (let k = 1; k <= 1000; k += 1)
      assert.ok(values[k] >= values[k - 1], `${values[k - 1]} at ${k - 1}, ${values[k]} at ${k}`);
    assert.ok(new Set(values).size > Math.min(40, high - low), 'and it moves at all');
    for (const value of values) assert.ok(value >= low && value <= high);
  });

  test(`the slider of ${key} is even ${log ? 'in factors' : 'in steps'}`, () => {
    for (let position = 0; position <= 1000; position += 1) {
      const exact = log ? low * (high / low) ** (position / 1000) : low + ((high - low) * position) / 1000;
      const most = whole ? 0.5 + 0.005 * (log ? exact : 0) : 0.005 * (log ? exact : high - low);
      assert.ok(
        Math.abs(values[position] - exact) <= most * 1.0001,
        `${values[position]} at ${position}, not ${exact}`,
      );
    }
  });

  test(`the slider of ${key} gives few digits${whole ? ', and whole numbers' : ''}`, () => {
    for (const value of values.slice(1, -1)) {
      if (whole) assert.ok(Number.isInteger(value), `${value}`);
      else assert.ok(value === Number(value.toPrecision(4)), `${value}`);
    }
  });

  test(`the slider of ${key} stands where its value is`, () => {
    for (const position of [0, 1, 2, 3, 100, 250, 333, 500, 777, 998, 999, 1000]) {
      const back = fromSlider(toSlider(values[position], scale), scale);
      // One position more and the rounding to few digits, no more.
      const step = log ? values[position] * ((high / low) ** 0.001 - 1) : (high - low) / 1000;
      const digits = whole ? 1 : 0.01 * (log ? values[position] : high - low);
      assert.ok(Math.abs(back - values[position]) <= step + digits, `${values[position]} came back as ${back}`);
    }
    for (let position = 0; position <= 1000; position += 1) {
      const exact = log ? low * (high / low) ** (position / 1000) : low + ((high - low) * position) / 1000;
      assert.equal(toSlider(exact, scale), position, `of ${exact}`);
    }
  });

  test(`the slider of ${key} stays at its ends for values beyond them`, () => {
    assert.equal(toSlider(high * 10 + 1, scale), 1000);
    assert.equal(toSlider(log ? low / 10 : low - 1, scale), 0);
    assert.equal(toSlider(Math.min(0, low), scale), 0);
  });
}

for (const [position, low, high, value] of [
  [123, 0, 1, 0.123],
  [333, 0, 1.2, 0.4],
  [123, 1, 4, 1.37],
  [333, 0, 2, 0.67],
  [123, 0, 60, 7.4],
  [123, 0, 4321, 531],
]) {
  test(`a slider from ${low} to ${high} gives ${value} at ${position}, with no more digits than it can tell`, () => {
    assert.equal(fromSlider(position, { low, high, log: false }), value);
  });
}

test('a logarithmic slider may begin at zero', () => {
  const scale = { low: 0, high: 10, log: true };
  assert.equal(fromSlider(0, scale), 0);
  assert.equal(toSlider(0, scale), 0);
  assert.equal(fromSlider(1000, scale), 10);
  for (let position = 1; position <= 1000; position += 1) {
    const value = fromSlider(position, scale);
    assert.ok(value > fromSlider(position - 1, scale));
    assert.ok(Math.abs(toSlider(value, scale) - position) <= 1);
  }
});

test('the middle of a slider is the mean, of a logarithmic one the geometric mean', () => {
  assert.equal(fromSlider(500, { low: 0, high: 1, log: false }), 0.5);
  assert.equal(fromSlider(500, { low: -3, high: 5, log: false }), 1);
  assert.equal(fromSlider(500, { low: 1, high: 10000, log: true }), 100);
  assert.equal(fromSlider(250, { low: 1e-4, high: 1, log: true }), 1e-3);
});

// ---------------------------------------------------------------- numbers to be read

for (const [value, digits, text] of /** @type {[number, number | undefined, string][]} */ ([
  [0, undefined, '0'],
  [-0, undefined, '0'],
  [1, undefined, '1'],
  [-2.5, undefined, '-2.5'],
  [1 / 3, undefined, '0.3333'],
  [2 / 3, 7, '0.6666667'],
  [123456, undefined, '123500'],
  [123456, 6, '123456'],
  [0.0001, undefined, '0.0001'],
  [0.000099, undefined, '9.9e-5'],
  [-1.23456e-7, undefined, '-1.235e-7'],
  [999999, 6, '999999'],
  [999999, 4, '1e6'],
  [1e6, undefined, '1e6'],
  [-1.5e300, undefined, '-1.5e300'],
  [0.1 + 0.2, undefined, '0.3'],
  [NaN, undefined, 'not finite'],
  [Infinity, undefined, 'not finite'],
  [-Infinity, 7, 'not finite'],
])) {
  test(`${Object.is(value, -0) ? '-0' : value}${digits ? ` with ${digits} digits` : ''} is said as “${text}”`, () => {
    assert.equal(digits === undefined ? formatNumber(value) : formatNumber(value, digits), text);
  });
}

test('a number that is said differs from the number by no more than its digits allow', () => {
  const random = chance(4);
  for (let round = 0; round < 500; round += 1) {
    const value = (random() - 0.5) * 10 ** Math.floor(random() * 40 - 20);
    for (const digits of [3, 4, 7]) {
      const said = Number(formatNumber(value, digits));
      assert.ok(
        Math.abs(said - value) <= 0.5001 * 10 ** (1 - digits) * Math.abs(value),
        `${value} was said as ${said}`,
      );
    }
  }
});

test('a field has room for six digits, and takes no other form of a number than its own', () => {
  assert.deepEqual([0.005139123, 2.7777777, -1.5, 100000, 1.23456789e-9, 0].map(shortNumber), [
    '0.00513912',
    '2.77778',
    '-1.5',
    '100000',
    '1.23457e-9',
    '0',
  ]);
});
