import { test } from 'node:test';
import assert from 'node:assert/strict';

import {
  asName,
  changedRun,
  editedRun,
  ofTheRun,
  readRace,
  wantedOf,
  withAnother,
  withCopy,
  withEach,
  withName,
  withToggled,
  withoutRun,
  writeRace,
} from '../../../static/js/state/race.js';
import { catalog, chance, pick, wanted } from '../tools.js';

/** @param {string} query */
const read = (query) => readRace(query, catalog);
/** @param {Race} race */
const write = (race) => decodeURIComponent(writeRace(race, catalog));

// ---------------------------------------------------------------- reading

test('without further runs there is one, which has the plain keys that are not shared', () => {
  assert.deepEqual(read('landscape=saddle&start=1,2&steps=50&learning_rate=0.3&noise=0.1'), {
    shared: { landscape: 'saddle', start: '1,2', steps: '50' },
    runs: [{ learning_rate: '0.3', noise: '0.1' }],
  });
  assert.deepEqual(read(''), { shared: {}, runs: [{}] });
});

for (const [name, query, runs] of /** @type {[string, string, Given[]][]} */ ([
  ['a bare slug is the optimizer', 'run=adam', [{}, { optimizer: 'adam' }]],
  [
    'a further run takes over what the first one has',
    'learning_rate=0.3&noise=0.1&run=adam',
    [
      { learning_rate: '0.3', noise: '0.1' },
      { learning_rate: '0.3', noise: '0.1', optimizer: 'adam' },
    ],
  ],
  [
    'commas within the parentheses of a rule part nothing, and semicolons part its hyperparameters',
    'run=rule:p_next=min(p,max(b,c)),hyperparameters:b:1;c:2,learning_rate:0.1',
    [{}, { rule: 'p_next=min(p,max(b,c))', hyperparameters: 'b:1,c:2', learning_rate: '0.1' }],
  ],
  [
    'a rule takes the place of the first run’s optimizer, and an optimizer that of its rule',
    'optimizer=adam&beta1=0.5&run=rule:point_next=point-gradient',
    [{ optimizer: 'adam', beta1: '0.5' }, { rule: 'point_next=point-gradient' }],
  ],
  [
    'an optimizer takes the place of the first run’s rule',
    'rule=point_next=point-b*gradient&hyperparameters=b:0.9&run=adam',
    [{ rule: 'point_next=point-b*gradient', hyperparameters: 'b:0.9' }, { optimizer: 'adam' }],
  ],
  [
    'what it has otherwise beside the first run’s rule counts',
    'rule=point_next=point-b*gradient&hyperparameters=b:0.9&run=hyperparameters:b:0.5',
    [
      { rule: 'point_next=point-b*gradient', hyperparameters: 'b:0.9' },
      { rule: 'point_next=point-b*gradient', hyperparameters: 'b:0.5' },
    ],
  ],
  [
    'what it has otherwise counts',
    'learning_rate=0.3&run=learning_rate:0.5',
    [{ learning_rate: '0.3' }, { learning_rate: '0.5' }],
  ],
  [
    'each run has its own name, and may be hidden alone',
    'name=One&hidden=1&run=adam&run=adam,name:Three',
    [{ name: 'One', hidden: '1' }, { optimizer: 'adam' }, { optimizer: 'adam', name: 'Three' }],
  ],
  ['a name may hold what parts keys from values', 'run=name:a:b', [{}, { name: 'a:b' }]],
  [
    'hyperparameters that another optimizer does not use are not taken over',
    'momentum=0.5&run=gradient-descent&run=nesterov',
    [{ momentum: '0.5' }, { optimizer: 'gradient-descent' }, { momentum: '0.5', optimizer: 'nesterov' }],
  ],
  [
    'what is at the first one’s default is not taken over, for another optimizer’s may be otherwise',
    'optimizer=lion&beta2=0.99&run=adam',
    [{ optimizer: 'lion', beta2: '0.99' }, { optimizer: 'adam' }],
  ],
  [
    'a schedule’s hyperparameters go with it',
    'schedule=cosine&floor=0.1&run=schedule:constant&run=schedule:linear',
    [{ schedule: 'cosine', floor: '0.1' }, { schedule: 'constant' }, { schedule: 'linear', floor: '0.1' }],
  ],
  [
    'restarts decide the schedule where none is given',
    'restarts=2&floor=0.1&run=restarts:0',
    [{ restarts: '2', floor: '0.1' }, { restarts: '0' }],
  ],
  [
    'an optimizer that needs all data takes over no batch',
    'landscape=logistic&batch=8&run=newton&run=adam',
    [{ batch: '8' }, { optimizer: 'newton' }, { batch: '8', optimizer: 'adam' }],
  ],
  [
    'a schedule that warms up by itself takes over no warmup',
    'warmup=20&run=schedule:one-cycle&run=schedule:linear',
    [{ warmup: '20' }, { schedule: 'one-cycle' }, { warmup: '20', schedule: 'linear' }],
  ],
  [
    'a schedule that does not anneal takes over no restarts',
    'schedule=linear&restarts=2&growth=3&run=schedule:constant&run=schedule:cosine',
    [
      { schedule: 'linear', restarts: '2', growth: '3' },
      { schedule: 'constant' },
      { restarts: '2', growth: '3', schedule: 'cosine' },
    ],
  ],
  [
    'without restarts there is no growth to take over',
    'restarts=2&growth=3&run=restarts:0&run=restarts:1',
    [{ restarts: '2', growth: '3' }, { restarts: '0' }, { growth: '3', restarts: '1' }],
  ],
  [
    'without patience there is no least change to take over',
    'patience=5&min_change=0.1&run=patience:0&run=patience:9',
    [{ patience: '5', min_change: '0.1' }, { patience: '0' }, { min_change: '0.1', patience: '9' }],
  ],
  [
    'steps are shared, unless a run has its own',
    'steps=100&run=adam&run=adam,steps:50',
    [{}, { optimizer: 'adam' }, { optimizer: 'adam', steps: '50' }],
  ],
])) {
  test(name, () => assert.deepEqual(read(query).runs, runs));
}

test('typed rules in a race are written as they were read, whichever run has them', () => {
  const [one, other] = ['rule:v_next=b*v+where(v<0,0,gradient);point_next=point-v_next', 'hyperparameters:b:0.9'];
  for (const query of [
    `run=${one},${other},learning_rate:0.1`,
    `rule=point_next=point-b*gradient&hyperparameters=b:0.9&run=momentum,learning_rate:0.3`,
    `rule=point_next=point-b*gradient&hyperparameters=b:0.9&run=adam&run=${one},${other}`,
    `rule=point_next=point-b*gradient&hyperparameters=b:0.9&run=rule:point_next=point-b*gradient,hyperparameters:b:0.9`,
    `formula=a*x^2+y^2&constants=a:4&run=adam&run=${one},${other}`,
  ])
    assert.equal(write(read(query.replaceAll('+', '%2B'))), query);
  // Momentum is what a run is without a word of it: beside a rule the word is said.
  const [first, second] = read('rule=point_next=point-gradient&run=momentum,learning_rate:0.3').runs;
  assert.deepEqual([first.optimizer, second], [undefined, { optimizer: 'momentum', learning_rate: '0.3' }]);
});

test('a typed rule that becomes the first run has commas between its hyperparameters, as a first run has', () => {
  const race = read('run=rule:point_next=point-b*c*gradient,hyperparameters:b:1;c:2');
  const left = withoutRun(race, 0, [wanted, wanted]);
  assert.equal(write(left), `rule=point_next=point-b*c*gradient&hyperparameters=b:1,c:2&steps=${wanted.steps}`);
});

test('runs keep their learning rates on a typed landscape, whose own is not known yet', () => {
  const race = read('learning_rate=0.3&run=learning_rate:0.5');
  const { runs } = changedRun(race, 0, { formula: 'x^2' }, catalog);
  assert.deepEqual(runs, [{ learning_rate: '0.3' }, { learning_rate: '0.5' }]);
});

// ---------------------------------------------------------------- writing

for (const query of [
  '',
  'landscape=saddle&start=1,2&seed=3',
  'run=adam',
  'learning_rate=0.3&run=adam&run=adam,learning_rate:0.5&run=nesterov,momentum:0.5',
  'name=One&hidden=1&run=adam,name:Two',
  'restarts=2&run=restarts:0&run=schedule:linear',
  'steps=100&run=adam,steps:50',
  'tolerance=0&run=adam,tolerance:0.001',
  'landscape=logistic&batch=4&run=newton',
  'schedule=linear&restarts=2&growth=2&run=schedule:constant',
  'restarts=2&growth=2&run=restarts:0',
  'patience=5&min_change=0.1&run=patience:0',
  'warmup=20&run=schedule:one-cycle',
]) {
  test(`what was read is written again: ${query || 'nothing'}`, () => assert.equal(write(read(query)), query));
}

test('a run that is no other has its optimizer’s name, for a run of nothing would be refused', () => {
  assert.equal(write({ shared: {}, runs: [{ optimizer: 'adam' }, { optimizer: 'adam' }] }), 'optimizer=adam&run=adam');
  assert.equal(write({ shared: {}, runs: [{}, {}] }), 'run=momentum');
});

test('what the first run has and another has not is written as the default that it has, where it has a meaning there', () => {
  const first = {
    learning_rate: '0.3',
    noise: '0.1',
    batch: '4',
    restarts: '2',
    growth: '3',
    patience: '5',
    min_change: '0.1',
    warmup: '3',
  };
  assert.equal(
    write({ shared: { landscape: 'logistic' }, runs: [first, { optimizer: 'newton' }] }),
    'landscape=logistic&learning_rate=0.3&warmup=3&restarts=2&growth=3&patience=5&min_change=0.1&noise=0.1&batch=4&run=newton,learning_rate:0.5,warmup:0,restarts:0,patience:0,noise:0',
  );
});

test('numbers that are written otherwise are not other numbers', () => {
  assert.equal(
    write({ shared: {}, runs: [{ learning_rate: '0.30' }, { learning_rate: '3e-1' }] }),
    'learning_rate=0.30&run=momentum',
  );
});

/** A random race whose keys have a meaning together. @param {() => number} random @returns {Race} */
function anyRace(random) {
  const shared = {
    landscape: pick(random, catalog.landscapes).slug,
    ...(random() < 0.5 ? { seed: '5', steps: '300' } : {}),
  };
  const runs = Array.from({ length: 1 + Math.floor(9 * random()) }, () => {
    /** @type {Given} */
    const run = {};
    const { slug, hyperparameters } = pick(random, catalog.optimizers);
    if (slug !== 'momentum' || random() < 0.3) run.optimizer = slug;
    for (const { key, low, high } of hyperparameters)
      if (random() < 0.5)
        run[key] = String(random() < 0.3 ? low : Number((low + random() * ((high ?? 1) - low)).toFixed(3)));
    if (random() < 0.4) run.restarts = pick(random, ['0', '1', '3']);
    if (Number(run.restarts) > 0 && random() < 0.5) run.growth = '2';
    const annealed = catalog.schedules.filter((entry) => entry.slug !== 'constant');
    if (random() < 0.4) run.schedule = pick(random, annealed).slug;
    const schedule = run.schedule ?? (Number(run.restarts) > 0 ? 'cosine' : 'constant');
    for (const { key } of catalog.schedules.find((entry) => entry.slug === schedule)?.hyperparameters ?? [])
      if (random() < 0.5) run[key] = pick(random, ['0', '0.3', '4']);
    for (const key of ['learning_rate', 'noise', 'tolerance', 'patience', 'batch'])
      if (random() < 0.3) run[key] = pick(random, ['0', '0.1', '2']);
    if (random() < 0.3) run.name = pick(random, ['Fast', 'a: b', 'größer & "schneller"']);
    if (random() < 0.3) run.hidden = '1';
    return run;
  });
  return { shared, runs };
}

/** What is at its default is not there. @param {Given} run @param {Race['shared']} shared */
function meaning(run, shared) {
  const optimizer = run.optimizer ?? 'momentum';
  const schedule = run.schedule ?? (Number(run.restarts) > 0 ? 'cosine' : 'constant');
  const rows = [catalog.optimizers, catalog.schedules].flatMap((entries) =>
    /** @type {{slug: string, hyperparameters: Parameter[]}[]} */ (entries)
      .filter(({ slug }) => slug === optimizer || slug === schedule)
      .flatMap(({ hyperparameters }) => hyperparameters),
  );
  const landscape = catalog.landscapes.find(({ slug }) => slug === shared.landscape);
  const usual = catalog.optimizers.find(({ slug }) => slug === optimizer)?.learning_rates[landscape?.slug ?? ''];
  const ofGround = /** @type {Record<string, any>} */ (landscape ?? {});
  /** @type {Record<string, unknown>} */
  const defaults = {
    hidden: 0,
    learning_rate: usual,
    ...Object.fromEntries(
      [...catalog.keys.filter(({ key }) => key !== 'learning_rate'), ...rows].map((row) => [
        row.key,
        row.by_landscape ? ofGround[row.key] : row.default,
      ]),
    ),
  };
  const known = Object.entries(run).filter(
    ([key, value]) => !['optimizer', 'schedule'].includes(key) && (key === 'name' || Number(value) !== defaults[key]),
  );
  return {
    optimizer,
    schedule,
    ...Object.fromEntries(known.map(([key, value]) => [key, key === 'name' ? value : Number(value)])),
  };
}

test('any race that is written and read again means the same, run by run', () => {
  const random = chance(61);
  for (let round = 0; round < 500; round += 1) {
    const race = anyRace(random);
    const again = readRace(writeRace(race, catalog), catalog);
    assert.deepEqual(again.shared, race.shared);
    assert.deepEqual(
      again.runs.map((run) => meaning(run, race.shared)),
      race.runs.map((run) => meaning(run, race.shared)),
      write(race),
    );
  }
});

// ---------------------------------------------------------------- changes

test('a change at one run’s controls is that run’s alone, the first one’s too', () => {
  const race = read('learning_rate=0.3&run=adam');
  assert.equal(
    write(changedRun(race, 1, { learning_rate: '0.5' }, catalog)),
    'learning_rate=0.3&run=adam,learning_rate:0.5',
  );
  assert.equal(
    write(changedRun(race, 0, { learning_rate: '0.5' }, catalog)),
    'learning_rate=0.5&run=adam,learning_rate:0.3',
  );
  assert.equal(write(changedRun(race, 0, { noise: '0.2' }, catalog)), 'learning_rate=0.3&noise=0.2&run=adam,noise:0');
});

test('the first run’s optimizer changes without the others’', () => {
  assert.equal(
    write(changedRun(read('run=learning_rate:0.3'), 0, { optimizer: 'adam' }, catalog)),
    'optimizer=adam&run=momentum,learning_rate:0.3',
  );
  assert.equal(
    write(changedRun(read('momentum=0.5&run=nesterov'), 0, { optimizer: 'adam' }, catalog)),
    'optimizer=adam&run=nesterov,momentum:0.5',
  );
});

test('another optimizer of a run drops what only the old one used', () => {
  assert.equal(
    write(changedRun(read('run=adam,beta1:0.5,epsilon:0.01'), 1, { optimizer: 'lion' }, catalog)),
    'run=lion,beta1:0.5',
  );
});

for (const key of ['start', 'starts', 'shape', 'seed', 'goal', 'steps', 'tolerance', 'axis', 'map', 'window']) {
  test(`${key} changes for all, whichever run is chosen`, () => {
    const race = read('map=basins&run=adam,name:Two&run=nesterov');
    for (const run of [0, 1, 2]) {
      const after = read(writeRace(changedRun(race, run, { [key]: '3' }, catalog), catalog));
      assert.equal({ ...after.shared, ...after.runs[0] }[key], '3');
      assert.equal(write(after).match(/run=.*/)?.[0], 'run=adam,name:Two&run=nesterov');
    }
  });
}

test('steps that a run had of its own go when the steps of all change, and stay otherwise', () => {
  const race = read('steps=100&run=adam,steps:50');
  assert.equal(write(changedRun(race, 0, { steps: '200' }, catalog)), 'steps=200&run=adam');
  assert.equal(write(changedRun(race, 0, { noise: '1' }, catalog)), 'steps=100&noise=1&run=adam,noise:0,steps:50');
});

test('another landscape keeps the runs, and learning rates that curvature limits in proportion to its own', () => {
  // Momentum’s is 0.2 in the bowl and 0.02 in the two valleys, Nesterov’s 0.05 and 0.005.
  assert.equal(
    write(
      changedRun(
        read('start=1,1&learning_rate=0.3&run=adam,learning_rate:0.05&run=nesterov,learning_rate:0.1'),
        2,
        { landscape: 'two-valley' },
        catalog,
      ),
    ),
    'landscape=two-valley&learning_rate=0.03&run=adam,learning_rate:0.05&run=nesterov,learning_rate:0.01',
  );
  assert.equal(
    write(changedRun(read('run=newton,learning_rate:0.8'), 0, { landscape: 'plateau' }, catalog)),
    'landscape=plateau&run=newton,learning_rate:0.8',
  );
  assert.equal(
    write(changedRun(read('run=newton,learning_rate:1'), 0, { landscape: 'saddle' }, catalog)),
    'landscape=saddle&run=newton',
    'its own default',
  );
  assert.equal(
    write(changedRun(read('learning_rate=0.3'), 0, { landscape: 'two-valley' }, catalog)),
    'landscape=two-valley',
    'alone it has the landscape’s own',
  );
});

test('an optimizer that cannot work elsewhere stays in a race, so that its refusal is said', () => {
  assert.equal(write(changedRun(read('run=newton'), 0, { landscape: 'kink' }, catalog)), 'landscape=kink&run=newton');
  assert.equal(
    write(changedRun(read('optimizer=newton&run=adam'), 1, { landscape: 'kink' }, catalog)),
    'landscape=kink&optimizer=newton&run=adam',
  );
  assert.equal(write(changedRun(read('optimizer=newton'), 0, { landscape: 'kink' }, catalog)), 'landscape=kink');
});

test('no change changes what the other runs mean', () => {
  const random = chance(62);
  for (let round = 0; round < 300; round += 1) {
    const race = anyRace(random);
    const run = Math.floor(random() * race.runs.length);
    const [key, value] = pick(random, [
      ['optimizer', pick(random, catalog.optimizers).slug],
      ['learning_rate', '0.7'],
      ['noise', '0.4'],
      ['schedule', 'linear'],
      ['restarts', '2'],
      ['name', 'Other'],
    ]);
    const after = readRace(writeRace(changedRun(race, run, { [key]: value }, catalog), catalog), catalog);
    race.runs.forEach((before, index) => {
      if (index === run) return;
      // What has no meaning together is put in order for all, whoever is changed.
      assert.deepEqual(
        meaning(after.runs[index], race.shared),
        meaning(changedRun({ shared: race.shared, runs: [before] }, 0, {}, catalog).runs[0], race.shared),
      );
    });
  }
});

test('what is set at a control of an older picture is set where it means the same', () => {
  const edited = (
    /** @type {string} */ now,
    /** @type {string} */ shown,
    /** @type {Record<string, string>} */ change,
  ) => write(editedRun(read(now), read(shown), 1, change, catalog));
  const moved = { start: '1,1', noise: '0.5' };
  assert.equal(edited('landscape=kink', '', moved), 'landscape=kink&noise=0.5', 'a start of another landscape');
  assert.equal(edited('landscape=bowl', '', moved), 'landscape=bowl&start=1,1&noise=0.5');
  assert.equal(edited('map=rates&optimizer=adam', 'map=rates', { window: '0.1,1,0,1' }), 'optimizer=adam&map=rates');
  assert.equal(edited('map=basins', 'map=basins&run=adam', { map_run: '1' }), 'map=basins', 'a run that is gone');
});

test('a run is hidden and seen again, and named and not', () => {
  const race = read('run=adam');
  assert.equal(write(withToggled(race, 1)), 'run=adam,hidden:1');
  assert.equal(write(withToggled(withToggled(race, 0), 0)), 'run=adam');
  assert.equal(write(withName(race, 1, ' a, b ')), 'run=adam,name:a%20b'.replace('%20', ' '));
  assert.equal(write(withName(withName(race, 1, 'a'), 1, ',')), 'run=adam');
});

// ---------------------------------------------------------------- the list of runs

const requests = /** @type {Wanted[]} */ ([200, 20, 30].map((steps) => ({ ...wanted, steps })));

test('another run is like the one that is chosen, with the first optimizer that none has', () => {
  assert.equal(
    write(withAnother(read('learning_rate=0.3&name=One'), 0, catalog)),
    'learning_rate=0.3&name=One&run=gradient-descent',
  );
  assert.equal(
    write(withAnother(read('run=gradient-descent&run=nesterov,noise:0.5'), 2, catalog)),
    'run=gradient-descent&run=nesterov,noise:0.5&run=adagrad,noise:0.5',
  );
});

test('where every optimizer is there already, another run is one more like the chosen', () => {
  const few = { ...catalog, optimizers: catalog.optimizers.filter(({ needs_hessian }) => !needs_hessian).slice(0, 8) };
  const all = few.optimizers.map(({ slug }) => ({ optimizer: slug }));
  const { runs } = withAnother({ shared: { landscape: 'kink' }, runs: all }, 4, few);
  assert.equal(runs.length, 9);
  assert.deepEqual(runs[8], { optimizer: 'rmsprop' });
});

test('a copy stands behind its run, without its name, and is seen', () => {
  assert.deepEqual(withCopy(read('run=adam,learning_rate:0.5,name:Two,hidden:1&run=nesterov'), 1).runs.slice(1), [
    { optimizer: 'adam', learning_rate: '0.5', name: 'Two', hidden: '1' },
    { optimizer: 'adam', learning_rate: '0.5' },
    { optimizer: 'nesterov' },
  ]);
});

const trained = 'landscape=network-curve&steps=20';

test('a plane through two ends is chosen where there are two runs, and gone with the second', () => {
  const alone = changedRun(read(trained), 0, { plane: 'ends' }, catalog);
  assert.equal(write(alone), trained);
  const both = changedRun(read(`${trained}&run=adam`), 0, { plane: 'ends' }, catalog);
  assert.equal(write(both), `${trained}&plane=ends&run=adam`);
  // What has nothing to do with it leaves it.
  assert.equal(write(changedRun(both, 1, { seed: '3' }, catalog)), `${trained}&seed=3&plane=ends&run=adam`);
  for (const run of [0, 1]) assert.doesNotMatch(write(withoutRun(both, run, requests)), /plane/);
  const steps = read(`${trained}&plane=steps&run=adam`);
  assert.match(write(withoutRun(steps, 1, requests)), /plane=steps/);
});

test('a plane stays that of its run, whichever number it has', () => {
  const race = read(`${trained}&plane_run=1&run=adam&run=lion`);
  assert.equal(withCopy(race, 0).shared.plane_run, '2');
  assert.equal(withCopy(race, 1).shared.plane_run, '1');
  assert.equal(withoutRun(race, 0, requests).shared.plane_run, '0');
  assert.equal(withoutRun(race, 1, requests).shared.plane_run, '0');
  assert.equal(withoutRun(race, 2, requests).shared.plane_run, '1');
});

test('what is no network has no plane', () => {
  const race = read(`${trained}&plane=steps&plane_run=1&run=adam`);
  assert.doesNotMatch(write(changedRun(race, 0, { landscape: 'bowl' }, catalog)), /plane/);
  assert.match(write(changedRun(race, 0, { landscape: 'network-xor' }, catalog)), /plane=steps&plane_run=1/);
});

test('without the first run the next one has the plain keys, and the others stay what they were', () => {
  const race = read('learning_rate=0.3&noise=0.1&run=adam,beta1:0.5&run=nesterov,noise:0');
  assert.equal(
    write(withoutRun(race, 0, requests)),
    'optimizer=adam&learning_rate=0.3&beta1=0.5&steps=20&noise=0.1&run=nesterov,noise:0',
  );
  assert.equal(write(withoutRun(race, 1, requests)), 'learning_rate=0.3&noise=0.1&run=nesterov,noise:0');
});

test('a run that becomes the first has nothing that only the first one could use', () => {
  const after = (/** @type {string} */ query) => write(withoutRun(read(query), 0, requests));
  assert.equal(
    after('landscape=straight-line&optimizer=adam&batch=8&run=newton'),
    'landscape=straight-line&optimizer=newton&steps=20',
  );
  assert.equal(after('warmup=20&run=momentum,schedule:one-cycle'), 'optimizer=momentum&schedule=one-cycle&steps=20');
  assert.equal(after('schedule=linear&restarts=2&growth=3&run=schedule:constant'), 'schedule=constant&steps=20');
  assert.equal(after('patience=5&min_change=0.1&run=patience:0'), 'steps=20&patience=0');
});

test('steps of its own are the budget of all when a run becomes the first', () => {
  assert.deepEqual(withoutRun(read('steps=200&run=adam,steps:20&run=nesterov'), 0, requests), {
    shared: { steps: '20' },
    runs: [{ optimizer: 'adam' }, { optimizer: 'nesterov' }],
  });
});

test('the map stays that of its run', () => {
  const race = read('map=rates&map_run=2&run=adam&run=nesterov');
  assert.equal(withoutRun(race, 0, requests).shared.map_run, '1');
  assert.equal(withoutRun(race, 2, requests).shared.map_run, '0');
  assert.equal(withCopy(race, 1).shared.map_run, '3');
  assert.equal(withCopy(race, 2).shared.map_run, '2');
});

for (const [name, before, change, after] of /** @type {[string, string, Record<string, string | null>, string][]} */ ([
  [
    'another map has other axes',
    'map=basins&window=0,1,0,1&resolution=64',
    { map: 'rates' },
    'map=rates&resolution=64',
  ],
  [
    'another landscape is seen whole',
    'map=basins&window=0,1,0,1',
    { landscape: 'saddle' },
    'landscape=saddle&map=basins',
  ],
  [
    'another optimizer has another second hyperparameter',
    'map=rates&window=0.1,1,0,1',
    { optimizer: 'adam' },
    'optimizer=adam&map=rates',
  ],
  [
    'the starts’ map keeps its window with another optimizer',
    'map=basins&window=0,1,0,1',
    { optimizer: 'adam' },
    'optimizer=adam&map=basins&window=0,1,0,1',
  ],
  [
    'another run may have other hyperparameters',
    'map=rates&window=0.1,1,0,1&run=adam',
    { map_run: '1' },
    'map=rates&map_run=1&run=adam',
  ],
  [
    'the window stays while a setting changes',
    'map=rates&window=0.1,1,0,1',
    { learning_rate: '0.3' },
    'learning_rate=0.3&map=rates&window=0.1,1,0,1',
  ],
  [
    'the window stays while the optimizer of another run changes',
    'map=rates&map_run=1&window=0.1,1,0,1&run=nesterov',
    { optimizer: 'adam' },
    'optimizer=adam&map=rates&map_run=1&window=0.1,1,0,1&run=nesterov',
  ],
])) {
  test(name, () => assert.equal(write(changedRun(read(before), 0, change, catalog)), after));
}

test('without the run that the map was of it is of the first one, whose axes may be others', () => {
  const race = read('optimizer=gradient-descent&map=rates&window=0.1,1&run=adam&run=gradient-descent');
  assert.equal(withoutRun(race, 0, requests).shared.window, undefined);
  assert.equal(withoutRun(race, 1, requests).shared.window, '0.1,1');
  const last = { ...race, shared: { ...race.shared, map_run: '2' } };
  assert.equal(withoutRun(last, 2, requests).shared.window, '0.1,1');
  assert.equal(withCopy(last, 0).shared.window, '0.1,1');
});

test('each run can be changed at once', () => {
  assert.equal(
    write(withEach(read('run=adam'), (own, run) => ({ ...own, learning_rate: String(run + 1) }))),
    'learning_rate=1&run=adam,learning_rate:2',
  );
});

for (const [typed, name] of [
  ['Fast', 'Fast'],
  ['  a,  b,c ', 'a b c'],
  ['rate 0,05, fast', 'rate 0.05 fast'],
  ['', ''],
  [' , ', ''],
  ['x'.repeat(50), 'x'.repeat(40)],
  [`${'x'.repeat(39)}🏔️🏔️`, `${'x'.repeat(39)}🏔`],
  ['👩\u200d💻 fast\u200b\u0007', '👩💻 fast'],
  ['half \ud83c', 'half'],
]) {
  test(`typed “${typed}” the name is “${name}”`, () => assert.equal(asName(typed), name));
}

// ---------------------------------------------------------------- what is refused

/** @param {string} message @param {string | null} key @param {string} query */
function blamed(message, key, query) {
  const { run, inner } = ofTheRun({ status: 422, message, key, hint: 'So.' }, read(query), catalog);
  return [run, inner.key, inner.message];
}

test('a long run, which is quoted cut, is known by how it begins, and what was likely meant is its own', () => {
  const rule = (/** @type {string} */ end) =>
    `rule:m_next = b*m + (1 - b)*gradient; point_next = point - learning_rate*${end}`;
  const race = read(`run=${encodeURIComponent(rule('m_next'))}&run=${encodeURIComponent(rule('m_nex'))}`);
  const message = 'run=rule:m_next = b*m + (1 - b)*gradient; point_next = point …: rule, character 80: no.';
  const complaint = { status: 422, message, key: 'run', hint: null, column: 79 };
  const corrected = { ...complaint, correction: { run: `${rule('m_next')},hyperparameters:b:0.9;c:1` } };
  const { run, inner } = ofTheRun(corrected, race, catalog, 2);
  assert.deepEqual([run, inner.key, inner.message, inner.column], [2, 'rule', 'rule, character 80: no.', 79]);
  assert.deepEqual(inner.correction, { rule: rule('m_next').slice(5), hyperparameters: 'b:0.9,c:1' });
  assert.equal(ofTheRun(complaint, race, catalog).run, 1);
});

test('what is refused of a run is known with its key', () => {
  const query = 'learning_rate=0.3&run=adam&run=adam,learning_rate:-3,name:a:%20b';
  assert.deepEqual(blamed('run=adam,learning_rate:-3.0,name:a: b: learning_rate=-3.0 is out of range.', 'run', query), [
    2,
    'learning_rate',
    'learning_rate=-3.0 is out of range.',
  ]);
  assert.deepEqual(blamed('run=adam: optimizer=adam needs rest.', 'run', query), [
    1,
    'optimizer',
    'optimizer=adam needs rest.',
  ]);
  assert.deepEqual(blamed('learning_rate=-3.0 is out of range.', 'learning_rate', query), [
    0,
    'learning_rate',
    'learning_rate=-3.0 is out of range.',
  ]);
});

test('what is refused of all runs, of no run that is known, or of the only one, is no run’s', () => {
  assert.deepEqual(blamed('steps=0 is out of range.', 'steps', 'run=adam'), [-1, 'steps', 'steps=0 is out of range.']);
  assert.deepEqual(blamed('start has 1 numbers.', 'start', 'run=adam'), [-1, 'start', 'start has 1 numbers.']);
  assert.deepEqual(blamed('run is given 9 times.', 'run', 'run=adam'), [-1, 'run', 'run is given 9 times.']);
  assert.deepEqual(blamed('run=nesterov: no.', 'run', 'run=adam'), [-1, 'run', 'run=nesterov: no.']);
  assert.deepEqual(blamed('learning_rate=-3.0 is out of range.', 'learning_rate', ''), [
    -1,
    'learning_rate',
    'learning_rate=-3.0 is out of range.',
  ]);
});

test('a learning rate that is given is taken over by all runs, also where it is the first one’s default', () => {
  const rates = (/** @type {string} */ query) => read(query).runs.map((run) => run.learning_rate);
  assert.deepEqual(
    rates('landscape=two-valley&learning_rate=0.02&run=newton'),
    ['0.02', '0.02'],
    'that is the landscape’s own',
  );
  assert.deepEqual(rates('optimizer=newton&learning_rate=1&run=momentum'), ['1', '1']);
  assert.deepEqual(rates('optimizer=newton&run=momentum,learning_rate:0.2'), [undefined, '0.2']);
  assert.deepEqual(rates('learning_rate=0.3&run=newton'), ['0.3', '0.3'], 'what is given is given for all');
  // Written, a run says where it differs: here that it does not have what is given for all.
  assert.equal(
    write({ shared: {}, runs: [{ learning_rate: '0.3' }, { optimizer: 'newton' }] }),
    'learning_rate=0.3&run=newton,learning_rate:1',
  );
  assert.equal(
    write(changedRun(read('learning_rate=0.3&run=adam'), 1, { optimizer: 'newton' }, catalog)),
    'learning_rate=0.3&run=newton,learning_rate:1',
  );
  assert.equal(write(changedRun(read('run=adam'), 1, { optimizer: 'newton' }, catalog)), 'run=newton');
});

test('the controls show what all share, and the chosen run’s own', () => {
  const own = { ...wanted, optimizer: 'adam', learning_rate: 0.5, steps: 20 };
  const walks = /** @type {any} */ ({
    request: { ...wanted, steps: 200, starts: 3, axis: 'evaluations' },
    runs: [{ request: wanted }, { request: own }],
  });
  const { optimizer, learning_rate, steps, starts, axis } = wantedOf(walks, 1, catalog);
  assert.deepEqual(
    { optimizer, learning_rate, steps, starts, axis },
    { optimizer: 'adam', learning_rate: 0.5, steps: 200, starts: 3, axis: 'evaluations' },
  );
});
