// What several tests share: chance that repeats itself, a few real entries of the API's tables, colours, made-up walks.

import { readFileSync } from 'node:fs';

import { paletteOf } from '../../static/js/figures/palette.js';
import { Walks } from '../../static/js/state/walks.js';

/**
 * Chance with a seed (mulberry32), so that a law that fails, fails again.
 * @param {number} seed
 * @returns {() => number} from 0 up to 1
 */
export function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @template T @param {() => number} random @param {readonly T[]} list @returns {T} */
export function pick(random, list) {
  return list[Math.floor(random() * list.length)];
}

/** @param {Partial<Parameter> & {key: string}} row @returns {Parameter} */
function parameter(row) {
  return { title: row.key, symbol: '', low: 0, high: 1, default: 0, explanation: '', log: false, ...row };
}

const momentum = parameter({ key: 'momentum', title: 'Momentum', symbol: '\\beta', default: 0.9 });
const dampening = parameter({ key: 'dampening', title: 'Dampening', symbol: '\\tau' });
const beta1 = parameter({ key: 'beta1', title: 'First decay', symbol: '\\beta_1', high: 0.9999, default: 0.9 });
const beta2 = parameter({ key: 'beta2', title: 'Second decay', symbol: '\\beta_2', high: 0.9999, default: 0.999 });
const decay = parameter({ key: 'decay', title: 'Decay', symbol: '\\rho', high: 0.9999, default: 0.99 });
const epsilon = parameter({
  key: 'epsilon',
  title: 'Epsilon',
  symbol: '\\epsilon',
  low: 1e-12,
  default: 1e-8,
  log: true,
});
const weight_decay = parameter({ key: 'weight_decay', title: 'Weight decay', symbol: '\\lambda' });
const centred = parameter({ key: 'centred', title: 'Centred', symbol: 'c', whole: true });
const backtrack = parameter({
  key: 'backtrack',
  title: 'Backtracking factor',
  symbol: '\\rho',
  low: 0.1,
  high: 0.9,
  default: 0.5,
});
const sufficient = parameter({
  key: 'sufficient',
  title: 'Sufficient decrease',
  symbol: 'c',
  low: 1e-6,
  high: 0.9,
  default: 1e-4,
  log: true,
});
const floor = parameter({ key: 'floor', title: 'Floor', symbol: '\\rho' });
const drops = parameter({ key: 'drops', title: 'Drops', symbol: 'n', low: 1, high: 20, default: 4, whole: true });
const peak = parameter({ key: 'peak', title: 'Peak', symbol: 'p', low: 0.01, high: 0.99, default: 0.3 });

/** @type {Source} */
const source = { text: '', year: null, url: null };

/** @param {string} slug @param {Parameter[]} hyperparameters @param {Partial<Optimizer>} [needs] @returns {Optimizer} */
const optimizer = (slug, hyperparameters, needs = {}) => ({
  slug,
  title: slug,
  hyperparameters,
  convention: '',
  source,
  needs_hessian: false,
  needs_all_data: false,
  has_stability_limit: false,
  learning_rate: null,
  rules: { rule: [] },
  symbols: {},
  best: null,
  ...needs,
});

/** @param {string} slug @param {Parameter[]} hyperparameters @param {boolean} [warms_up] @returns {Schedule} */
const schedule = (slug, hyperparameters, warms_up = false) => ({
  slug,
  title: slug,
  hyperparameters,
  explanation: '',
  source,
  warms_up,
  anneals: hyperparameters.includes(floor),
});

/** @param {Pick<LandscapeEntry, 'slug' | 'domain' | 'start' | 'learning_rate'> & Partial<LandscapeEntry>} row @returns {LandscapeEntry} */
const landscape = (row) => ({
  title: row.slug,
  axes: ['x', 'y'].slice(0, row.start.length),
  goal: 'minimize',
  teaches: '',
  source,
  mathml: '',
  smooth: true,
  points: null,
  shape: null,
  ...row,
});

/** Copied from /api/optimizers, /api/schedules, /api/keys and /api/landscapes. @type {Catalog} */
export const catalog = {
  order: [
    'landscape',
    'shape',
    'domain',
    'goal',
    'start',
    'starts',
    'optimizer',
    'learning_rate',
    'momentum',
    'dampening',
    'beta1',
    'beta2',
    'decay',
    'epsilon',
    'weight_decay',
    'centred',
    'backtrack',
    'sufficient',
    'schedule',
    'floor',
    'drops',
    'peak',
    'warmup',
    'restarts',
    'growth',
    'steps',
    'tolerance',
    'patience',
    'min_change',
    'noise',
    'batch',
    'seed',
    'run',
    'name',
    'hidden',
    'axis',
    'theory',
    'map',
    'map_run',
    'window',
    'resolution',
  ],
  run_keys: [
    'optimizer',
    'learning_rate',
    'momentum',
    'dampening',
    'beta1',
    'beta2',
    'decay',
    'epsilon',
    'weight_decay',
    'centred',
    'backtrack',
    'sufficient',
    'schedule',
    'floor',
    'drops',
    'peak',
    'warmup',
    'restarts',
    'growth',
    'steps',
    'tolerance',
    'patience',
    'min_change',
    'noise',
    'batch',
    'name',
    'hidden',
  ],
  keys: [
    parameter({ key: 'starts', low: 1, high: 512, default: 1, log: true, whole: true }),
    parameter({ key: 'learning_rate', low: 0.0001, high: 10, default: null, log: true, whole: false }),
    parameter({ key: 'warmup', low: 0, high: 100, default: 0, log: false, whole: true }),
    parameter({ key: 'restarts', low: 0, high: 50, default: 0, log: false, whole: true }),
    parameter({ key: 'growth', low: 1, high: 4, default: 1, log: false, whole: false }),
    parameter({ key: 'steps', low: 1, high: 100000, default: 200, log: true, whole: true }),
    parameter({ key: 'tolerance', low: 1e-12, high: 0.1, default: 1e-6, log: true, whole: false }),
    parameter({ key: 'patience', low: 0, high: 200, default: 0, log: false, whole: true }),
    parameter({ key: 'min_change', low: 1e-12, high: 1, default: 0, log: true, whole: false }),
    parameter({ key: 'noise', low: 0, high: 2, default: 0, log: false, whole: false }),
    parameter({ key: 'batch', low: 0, high: null, default: 0, log: false, whole: true }),
    parameter({ key: 'seed', low: 0, high: 4294967295, default: 0, log: false, whole: true }),
  ],
  landscapes: [
    landscape({
      slug: 'bowl',
      domain: [-4, 4, -3, 3],
      start: [-3.2, 2.4],
      learning_rate: 0.1,
      shape: {
        name: 'Condition number',
        symbol: '\\kappa',
        low: 1,
        high: 1000,
        default: 4,
        explanation: '',
        log: true,
      },
    }),
    landscape({
      slug: 'two-valley',
      domain: [-2, 2, -1.5, 1.5],
      start: [1.7, 1.1],
      learning_rate: 0.02,
      shape: { name: 'Tilt', symbol: '\\delta', low: 0, high: 1.2, default: 0.3, explanation: '', log: false },
    }),
    landscape({ slug: 'saddle', domain: [-2, 2, -2, 2], start: [-1.6, 0.01], learning_rate: 0.1 }),
    landscape({
      slug: 'plateau',
      domain: [-4, 4, -4, 4],
      start: [2.4, 1.6],
      learning_rate: 0.5,
      shape: { name: 'Flatness', symbol: '\\phi', low: 0.25, high: 4, default: 1, explanation: '', log: true },
    }),
    landscape({ slug: 'two-minima', domain: [-2, 3], start: [-1.8], learning_rate: 0.05 }),
    landscape({ slug: 'kink', domain: [-2, 2], start: [1.63], learning_rate: 0.1, smooth: false }),
    landscape({
      slug: 'straight-line',
      axes: ['a', 'b'],
      domain: [0, 80, 0, 80],
      start: [8, 70],
      learning_rate: 0.1,
      points: 50,
    }),
    landscape({
      slug: 'logistic',
      axes: ['a', 'b'],
      domain: [-1, 5, -3, 3],
      start: [-0.5, -2],
      learning_rate: 1,
      points: 20,
    }),
  ],
  optimizers: [
    optimizer('gradient-descent', [], { has_stability_limit: true }),
    optimizer('momentum', [momentum, dampening], { has_stability_limit: true }),
    optimizer('nesterov', [momentum], { has_stability_limit: true }),
    optimizer('rmsprop', [decay, epsilon, centred]),
    optimizer('adam', [beta1, beta2, epsilon]),
    optimizer('adamw', [beta1, beta2, epsilon, weight_decay]),
    optimizer('lion', [beta1, beta2, weight_decay]),
    optimizer('newton', [], { needs_hessian: true, needs_all_data: true, learning_rate: 1 }),
    optimizer('line-search', [backtrack, sufficient], { needs_all_data: true }),
  ],
  schedules: [
    schedule('constant', []),
    schedule('step', [floor, drops]),
    schedule('exponential', [floor]),
    schedule('linear', [floor]),
    schedule('cosine', [floor]),
    schedule('one-cycle', [floor, peak], true),
  ],
  gradient_rules: {},
  rule_symbols: {},
  symbols: {},
};

/** What /api/landscapes/… tells of them, by slug. @type {Record<string, StationaryPoint[]>} */
export const stationary = {
  bowl: [{ point: [0, 0], value: 0, kind: 'global_minimum' }],
  'two-valley': [
    { point: [-1.0355787140888537, 0], value: -0.305428483743916, kind: 'global_minimum' },
    { point: [0.9601495555191055, 0], value: 0.29414648102826285, kind: 'local_minimum' },
    { point: [0.07542915856974822, 0], value: 1.011282002715653, kind: 'saddle' },
  ],
  saddle: [
    { point: [0, -1], value: -0.25, kind: 'global_minimum' },
    { point: [0, 1], value: -0.25, kind: 'global_minimum' },
    { point: [0, 0], value: 0, kind: 'saddle' },
  ],
};

/**
 * A landscape as it is drawn.
 * @param {Grid} grid
 * @param {Partial<Landscape>} [more]
 * @returns {Landscape}
 */
export function drawnLandscape(grid, more = {}) {
  return {
    key: '',
    grid,
    stationary: [],
    data: null,
    axes: grid.y ? ['x', 'y'] : ['x'],
    formula: 'x**2',
    ...more,
  };
}

/** @param {string} slug @returns {LandscapeEntry} */
export function landscapeEntry(slug) {
  const found = catalog.landscapes.find((entry) => entry.slug === slug);
  if (!found) throw new Error(`${slug} is not in the copied catalog.`);
  return found;
}

/** What maps are coloured with is the palette's own. */
const { minima, evaluations } = paletteOf(
  JSON.parse(readFileSync(new URL('../../static/palette.json', import.meta.url), 'utf8')),
  false,
  13,
);

/** Every colour another one, so that a mix-up shows. @type {Palette} */
export const colours = {
  size: 13,
  ground: 'rgb(0, 0, 1)',
  raised: 'rgb(0, 0, 2)',
  line: 'rgb(0, 0, 3)',
  ink: 'rgb(0, 0, 4)',
  soft: 'rgb(0, 0, 5)',
  accent: 'rgb(0, 0, 6)',
  contour: 'rgb(0, 0, 7)',
  casing: 'rgb(0, 0, 8)',
  casingOuter: 'rgb(0, 0, 9)',
  heights: Array.from({ length: 12 }, (_, level) => `rgb(1, 0, ${level})`),
  walkers: Array.from({ length: 8 }, (_, index) => `rgb(2, 0, ${index})`),
  arrows: { gradient: 'rgb(3, 0, 0)', velocity: 'rgb(3, 0, 1)', step: 'rgb(3, 0, 2)' },
  theory: 'rgb(4, 0, 0)',
  outcomes: {
    diverged: ['#040000', '#040001'],
    stalled: ['#040100', '#040101'],
    out_of_steps: ['#040200', '#040201'],
    converged: ['#040300', '#040301'],
  },
  minima,
  evaluations,
};

/** The request of a plain visit, as the server fills it in. @type {Wanted} */
export const wanted = {
  landscape: 'bowl',
  shape: 4,
  domain: [-4, 4, -3, 3],
  goal: 'minimize',
  start: [-3.2, 2.4],
  starts: 1,
  optimizer: 'momentum',
  learning_rate: 0.1,
  momentum: 0.9,
  dampening: 0,
  beta1: null,
  beta2: null,
  decay: null,
  epsilon: null,
  weight_decay: null,
  centred: null,
  backtrack: null,
  sufficient: null,
  schedule: 'constant',
  floor: null,
  drops: null,
  peak: null,
  warmup: 0,
  restarts: 0,
  growth: 1,
  steps: 200,
  tolerance: 1e-6,
  patience: 0,
  min_change: 0,
  noise: 0,
  batch: 0,
  seed: 0,
};

/** The first records of the answer to `starts=2&steps=3`, as the server sent them. */
export const twoWalkers = [
  {
    kind: 'start',
    request: { ...wanted, starts: 2, steps: 3 },
    query: 'starts=2&steps=3',
    runs: [
      {
        run: 0,
        label: 'Momentum 0.9, learning rate 0.1',
        query: 'starts=2&steps=3',
        request: { ...wanted, starts: 2, steps: 3 },
      },
    ],
    walks: [
      { run: 0, walker: 0, label: 'Momentum 0.9, learning rate 0.1' },
      { run: 0, walker: 1, label: 'Momentum 0.9, learning rate 0.1' },
    ],
  },
  {
    kind: 'chunk',
    walk: 0,
    step: [0, 1, 2, 3],
    x: [-3.2, -3.12, -2.97, -2.7607500000000003],
    y: [2.4, 2.16, 1.7280000000000002, 1.1664],
    loss: [4.16, 3.5496000000000003, 2.5956045000000003, 1.6329620503125004],
    gradient_norm: [2.5298221281347035, 2.2965191050805567, 1.8807685264274285, 1.355303561994969],
    learning_rate: [0.1, 0.1, 0.1, 0.1],
    evaluations: [0, 1, 2, 3],
  },
  {
    kind: 'chunk',
    walk: 1,
    step: [0, 1, 2, 3],
    x: [1.0956934985716344, 1.0683011611073436, 1.0169405283617983, 0.9452924456817625],
    y: [-1.3812797174167781, -1.2431517456751002, -0.9945213965400801, -0.6713019426645539],
    loss: [1.1040348592250058, 0.9153715527404368, 0.6238074088661123, 0.337020375095478],
    gradient_norm: [1.4081788497640255, 1.2715169969180535, 1.026502952048887, 0.7116845587875587],
    learning_rate: [0.1, 0.1, 0.1, 0.1],
    evaluations: [0, 1, 2, 3],
  },
];

/** @param {Partial<Summary>} [summary] @returns {Summary} */
export function ending(summary = {}) {
  return {
    outcome: 'converged',
    stopped_by: 'tolerance',
    evaluations: 3,
    steps: 3,
    x: 0,
    y: 0,
    loss: 0,
    gradient_norm: 0,
    place: 'global_minimum',
    hessian_eigenvalues: [],
    stability_limit: null,
    message: '',
    reached: [],
    ...summary,
  };
}

/** The columns that a chunk brings. */
export const COLUMNS = /** @type {const} */ (['x', 'y', 'loss', 'gradient_norm', 'learning_rate', 'evaluations']);

/** @typedef {Record<typeof COLUMNS[number], (number | null)[]>} Columns */

/**
 * @param {number} length
 * @param {() => number} random
 * @returns {Columns} of positive numbers
 */
export function columns(length, random) {
  const column = () => Array.from({ length }, () => 0.001 + random());
  return {
    x: column(),
    y: column(),
    loss: column(),
    gradient_norm: column(),
    learning_rate: column(),
    evaluations: Array.from({ length }, (_, k) => k),
  };
}

/**
 * @param {Partial<Columns>[]} paths one for each walker; a column left out is zero
 * @param {Partial<Wanted>} [request]
 * @returns {Walks}
 */
export function walksOf(paths, request = {}) {
  const walks = new Walks();
  const all = { ...wanted, starts: paths.length, ...request };
  walks.take([
    {
      kind: 'start',
      request: all,
      query: '',
      runs: [{ run: 0, label: '', query: '', request: all }],
      walks: paths.map((_, walker) => ({ run: 0, walker, label: `walker ${walker}` })),
    },
    ...paths.map((path, walk) => {
      const zeros = Object.values(path)[0].map(() => 0);
      return { kind: 'chunk', walk, ...Object.fromEntries(COLUMNS.map((name) => [name, zeros])), ...path };
    }),
    { kind: 'done' },
  ]);
  return walks;
}

/**
 * A race: the paths of each run's walkers.
 * @param {Partial<Columns>[][]} runs
 * @param {Partial<Wanted>} [request] of all
 * @param {Partial<Wanted>[]} [own] of each run
 * @returns {Walks}
 */
export function raceOf(runs, request = {}, own = []) {
  const walks = new Walks();
  const all = { ...wanted, starts: runs[0].length, tolerance: 0, ...request };
  const label = (/** @type {number} */ run) => own[run]?.name ?? `run ${run}, learning rate 0.1`;
  const names = runs.flatMap((paths, run) => paths.map((_, walker) => ({ run, walker, label: label(run) })));
  walks.take([
    {
      kind: 'start',
      request: all,
      query: '',
      runs: runs.map((_, run) => ({
        run,
        label: label(run),
        query: '',
        best_known: 0,
        request: { ...all, hidden: 0, ...own[run] },
      })),
      walks: names,
    },
    ...runs.flat().map((path, walk) => {
      const zeros = Object.values(path)[0].map(() => 0);
      return {
        kind: 'chunk',
        walk,
        ...Object.fromEntries(COLUMNS.map((name) => [name, zeros])),
        evaluations: zeros.map((_, k) => k),
        ...path,
      };
    }),
    { kind: 'done' },
  ]);
  return walks;
}

/** @param {number} got @param {number} expected @param {number} most @returns {boolean} */
export function near(got, expected, most) {
  return Math.abs(got - expected) <= most;
}
