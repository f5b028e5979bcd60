// What several tests share: chance that repeats itself, the catalog that the server sends, colours, made-up walks.

import { readFileSync } from 'node:fs';

import { paletteOf } from '../../static/js/figures/palette.js';
import { Walks } from '../../static/js/state/walks.js';
import { catalog } from './sent.js';

export { chance, pick } from './chance.js';
export { catalog };

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
    ...landscapeEntry('bowl'),
    key: '',
    ground: [],
    grid,
    stationary_points: [],
    data: null,
    network: null,
    axes: grid.y ? ['x', 'y'] : ['x'],
    expression: 'x**2',
    latex: 'x^2',
    ...more,
  };
}

/** @param {string} slug @returns {LandscapeEntry} */
export function landscapeEntry(slug) {
  const found = catalog.landscapes.find((entry) => entry.slug === slug);
  if (!found) throw new Error(`${slug} is not in the catalog.`);
  return found;
}

/** What maps are coloured with is the palette's own. */
const { evaluations } = paletteOf(
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
  contourDeep: 'rgb(0, 0, 10)',
  number: 'rgb(0, 0, 13)',
  numberDeep: 'rgb(0, 0, 14)',
  wall: 'rgb(0, 0, 12)',
  lit: [255, 255, 254],
  shadow: [0, 0, 11],
  shading: { lit: 0.3, shadow: 0.34 },
  casing: 'rgb(0, 0, 8)',
  casingOuter: 'rgb(0, 0, 9)',
  heights: Array.from({ length: 12 }, (_, level) => `rgb(1, 0, ${level})`),
  walkers: Array.from({ length: 8 }, (_, index) => `rgb(2, 0, ${index})`),
  arrows: { gradient: 'rgb(3, 0, 0)', velocity: 'rgb(3, 0, 1)', step: 'rgb(3, 0, 2)' },
  theory: 'rgb(4, 0, 0)',
  classes: ['#050000', '#050001'],
  outcomes: {
    diverged: ['#040000', '#040001'],
    stalled: ['#040100', '#040101'],
    out_of_steps: ['#040200', '#040201'],
    converged: ['#040300', '#040301'],
  },
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
    marks: [],
    cycle: null,
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

/** A plane of four weights, of which the first two are its axes. @type {PlaneRecord} */
export const plane = {
  kind: 'walk',
  through: [0, 2],
  origin: [0, 0, 0, 0],
  u: [1, 0, 0, 0],
  v: [0, 1, 0, 0],
  unit: 1,
  share: 0.94,
  share_of_steps: 0.1,
};

/**
 * Three iterates of a network with four weights, drawn on a plane.
 * @param {Partial<PlaneRecord>} [of]
 * @param {Partial<Wanted>} [request]
 * @param {Record<string, any>} [columns] of the walk
 * @returns {Walks}
 */
export function trained(of = {}, request = {}, columns = {}) {
  const walks = new Walks();
  const all = {
    ...wanted,
    landscape: 'network-xor',
    start: [0, 0],
    plane: of.kind ?? 'walk',
    plane_run: 0,
    ...request,
  };
  walks.take([
    {
      kind: 'start',
      request: all,
      query: 'landscape=network-xor&weights=1',
      landscape: { ...landscapeEntry('network-xor'), network: { weights: 4 } },
      plane: { ...plane, ...of },
      walks: [{ run: 0, walker: 0, label: 'Adam' }],
    },
    {
      kind: 'chunk',
      walk: 0,
      x: [0, 0.5, 1],
      y: [0, -0.25, 0],
      loss: [0.6, 0.031, 0.02],
      gradient_norm: [1, 1, 1],
      learning_rate: [1, 1, 1],
      evaluations: [0, 4, 8],
      off_plane: [0, 0.17, 0],
      plane_loss: [0.6, 0.06, 0.02],
      weights: [
        [0, 0, 0, 0],
        [0.5, -0.25, 0.15, 0.08],
        [1, 0, 0, 0],
      ],
      ...columns,
    },
    { kind: 'done' },
  ]);
  return walks;
}

/** @param {number} got @param {number} expected @param {number} most @returns {boolean} */
export function near(got, expected, most) {
  return Math.abs(got - expected) <= most;
}
