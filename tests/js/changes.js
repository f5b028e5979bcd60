// Plays the page without a browser: visits with random changes at its controls, made by the functions that make them there.
// tests/request/test_changes.py runs it. Lines of JSON: the first one read says what is to be played, each one written is
// what is asked after a change, and is answered by what the server makes of it.

import { readSync, writeSync } from 'node:fs';

import { fromSlider } from '../../static/js/input/slider_scale.js';
import { roundPoint } from '../../static/js/input/start_drag.js';
import { CellMap } from '../../static/js/state/cell_map.js';
import { MapCells } from '../../static/js/state/map_cells.js';
import { seenDomain } from '../../static/js/state/map_window.js';
import { ableOptimizers, hasMeaning } from '../../static/js/state/meaning.js';
import { offeredNumbers } from '../../static/js/state/offered.js';
import {
  MOST_RUNS,
  editedRun,
  readRace,
  wantedOf,
  withAnother,
  withCopy,
  withEach,
  withName,
  withToggled,
  withoutRun,
  writeRace,
} from '../../static/js/state/race.js';
import { writeNumber } from '../../static/js/words/numbers.js';
import { bestChange } from '../../static/js/words/theory.js';
import { chance, pick } from './chance.js';

/** @typedef {{query: string, request: Wanted, runs: {request: Wanted}[], axes: MapAxis[]}} Answer */
/** @typedef {Record<string, string | null>} Change */

/** Amounts of which several together are too much: within these every one goes with every other. @type {Record<string, [number, number]>} */
const MODEST = {
  steps: [400, 600],
  starts: [1, 4],
  warmup: [0, 10],
  restarts: [0, 2],
  growth: [1, 2],
  batch: [16, 20],
};
const RESOLUTIONS = ['64', '128', '256', '512', '1024'];
const NAMES = [
  '',
  'Fast',
  'a: b',
  'größer & "schneller"',
  'x'.repeat(50),
  'rate 0,05, fast',
  'run=adam',
  '%2C?#',
  '⛰️ 上',
];
/** So often an answer has come before the next change. */
const ANSWERED = 0.7;
/** So often a zoom goes on: far out and deep in. */
const ZOOMED_AGAIN = 0.95;
const COARSE = 8;

// A map that is drawn anew waits for a frame; here there is none.
globalThis.requestAnimationFrame = () => 0;

/** What has been read and is no line yet. */
let waiting = Buffer.alloc(0);
const buffer = Buffer.alloc(2 ** 16);

/** @returns {any} the next line */
function read() {
  while (!waiting.includes(10)) {
    const count = readSync(0, buffer);
    if (count === 0) process.exit(1);
    waiting = Buffer.concat([waiting, buffer.subarray(0, count)]);
  }
  const end = waiting.indexOf(10);
  const line = waiting.toString('utf8', 0, end);
  waiting = waiting.subarray(end + 1);
  return JSON.parse(line);
}

/** @param {object} record */
function write(record) {
  writeSync(1, `${JSON.stringify(record)}\n`);
}

const { catalog, seed, visits, changes, modest, openings } = read();
const random = chance(seed);
const maybe = (/** @type {number} */ part) => random() < part;

class Page {
  /** @param {string} query that it is opened with */
  constructor(query) {
    this.selected = 0;
    this.edited = readRace(query, catalog);
    this.shown = this.edited;
    /** @type {Answer | null} */
    this.walks = null;
    /** Whether the walks are those of the keys as they are edited. */
    this.settled = false;
    /** What was shown. @type {string[]} */
    this.history = [];
    /** What zooms, again and again. @type {(() => void) | null} */
    this.zoom = null;
    this.cells = new CellMap({
      catalog,
      change: (change, run) => {
        if (run !== null) this.selected = run;
        this.edit(change);
      },
      dragging: () => false,
      ready: () => false,
      tell: () => {},
      tellInTurn: async () => {},
    });
  }

  /** @param {Change} change */
  edit(change) {
    this.edited = editedRun(this.edited, this.shown, this.selected, change, catalog);
  }

  /** @param {Race} race @param {number} [run] */
  editRace(race, run = this.selected) {
    this.edited = race;
    this.selected = run;
  }

  /** What the controls show. @returns {Wanted} */
  get wanted() {
    const walks = /** @type {any} */ (this.walks);
    return wantedOf(walks, Math.min(this.selected, walks.runs.length - 1), catalog);
  }

  /** @param {Answer} answer */
  take(answer) {
    this.walks = answer;
    this.settled = true;
    this.history.push(answer.query);
    this.shown = this.edited = readRace(answer.query, catalog);
    this.selected = Math.min(this.selected, answer.runs.length - 1);
    const before = this.cells.key;
    this.cells.update(/** @type {any} */ (answer));
    if (this.cells.key !== before && answer.request.map) this.cells.shown = cellsOf(answer);
  }

  /** The last picture stays. */
  refuse() {
    this.zoom = null;
    this.edited = this.shown;
    this.selected = Math.min(this.selected, this.shown.runs.length - 1);
    this.settled = true;
  }
}

/** @param {Answer} answer @returns {MapCells} a map of few cells */
function cellsOf({ axes, request }) {
  const [x, y] = axes.map(({ low, high }) =>
    Array.from({ length: COARSE }, (_, place) => low + ((place + 0.5) / COARSE) * (high - low)),
  );
  const cells = new MapCells({ axes, x, y, legend: [{ outcome: 'converged' }], request });
  const rows = Array.from({ length: y ? COARSE : 1 }, () => Array.from({ length: COARSE }, () => 0));
  cells.take({ kind: 'pass', resolution: [rows.length, COARSE], stride: 1, outcome: rows, steps: rows, progress: 1 });
  const best = { learning_rate: pick(random, x), second: y ? pick(random, y) : null };
  cells.take({ kind: 'done', ...(request.map === 'rates' && { best }) });
  return cells;
}

/** @param {[number, number]} bounds @returns {number} */
const between = ([low, high]) => low + random() * (high - low);

/** @param {[number, number]} bounds @param {number | null | undefined} most there is, such as few data points @returns {[number, number]} */
const within = ([low, high], most) =>
  most === null || most === undefined || most > low ? [low, Math.min(high, most ?? high)] : [most / 2, most];

/**
 * A value that the control of a number gives.
 * @param {Parameter} parameter
 * @returns {string | null} null where its field was emptied
 */
function valueOf({ key, low: least, high: most, log, whole }) {
  if (whole && least === 0 && most === 1) return maybe(0.5) ? '1' : null;
  const [low, high] = modest && MODEST[key] ? within(MODEST[key], most) : [least, most ?? least];
  if (maybe(0.1)) return null;
  // No mini-batch is all data, which is too much beside a small one.
  if (maybe(0.15) && [0, least].includes(low)) return writeNumber(least);
  if (maybe(0.2)) return writeNumber(whole ? Math.round(between([low, high])) : between([low, high]));
  const position = maybe(0.2) ? pick(random, [0, 1, 999, 1000]) : Math.floor(1001 * random());
  return writeNumber(fromSlider(position, { low, high, log, whole }));
}

/** @param {Page} page @returns {Change} at the controls of the selected run */
function turned(page) {
  const { wanted } = page;
  const numbers = Object.values(offeredNumbers(wanted, catalog));
  const choice = random();
  if (choice < 0.55) {
    const parameter = pick(random, numbers);
    return { [parameter.key]: valueOf(parameter) };
  }
  if (choice < 0.7) return { landscape: pick(random, /** @type {LandscapeEntry[]} */ (catalog.landscapes)).slug };
  if (choice < 0.83) return { optimizer: pick(random, ableOptimizers(wanted, catalog)).slug };
  if (choice < 0.93) return { schedule: pick(random, /** @type {Schedule[]} */ (catalog.schedules)).slug };
  if (wanted.plane && maybe(0.5)) return planeOf(page);
  const goals = ['minimize', 'maximize'].filter((goal) => hasMeaning('goal', { ...wanted, goal }, catalog));
  return { goal: pick(random, goals) };
}

/** @param {Page} page @returns {Change} of the plane that a network's walks are drawn on, or of its first weights */
function planeOf({ wanted, walks }) {
  const runs = (walks?.runs.length ?? 1) - 1;
  const kinds = ['walk', 'steps', 'ends'].filter((plane) => hasMeaning('plane', { ...wanted, plane, runs }, catalog));
  const changes = /** @type {Change[]} */ ([
    { plane: pick(random, kinds) },
    { plane_run: String(Math.floor(random() * (runs + 1))) },
    { seed: String(wanted.seed + 1) },
  ]);
  return pick(random, changes);
}

/** @param {Page} page @returns {Change} of the start, in the picture or in its fields */
function moved({ wanted, cells }) {
  if (maybe(0.1)) return { start: null };
  const domain = seenDomain(wanted);
  const anywhere = wanted.start.map((_, axis) => between([domain[2 * axis], domain[2 * axis + 1]]));
  if (maybe(0.3)) return { start: anywhere.map(writeNumber).join(',') };
  return { start: (cells.snap(anywhere) ?? roundPoint(anywhere, domain)).join(',') };
}

/** @param {Page} page does something with the map, where there is one */
function map(page) {
  const { cells } = page;
  const { shown } = cells;
  const point = () =>
    /** @type {[number, number]} */ ((shown?.axes ?? []).map(({ low, high }) => between([low, high])));
  const anywhere = () => shown?.at(point()[0], point()[1] ?? 0) ?? null;
  page.zoom = null;
  pick(random, [
    () => page.edit({ map: pick(random, ['basins', 'rates']) }),
    () => page.edit({ map: maybe(0.3) ? null : pick(random, ['basins', 'rates']) }),
    () => {
      const run = Math.floor(random() * (page.walks?.runs.length ?? 1));
      if (cells.kind) page.edit({ map_run: run === 0 ? null : String(run) });
    },
    () => {
      const resolution = pick(random, modest ? RESOLUTIONS.slice(0, 2) : RESOLUTIONS);
      page.edit({ resolution: resolution === '256' ? null : resolution });
    },
    () => page.edit({ window: null }),
    () => cells.zoomInto(point(), point()),
    () => cells.zoomIn(),
    () => cells.zoomOut(),
    () => cells.zoomFarOut(),
    () => (page.zoom = pick(random, [() => cells.zoomIn(), () => cells.zoomFarOut(), () => cells.zoomOut()])),
    () => cells.kind === 'rates' && cells.takeCell(anywhere()),
    () => cells.takeBest(),
  ])();
}

/** @param {Page} page changes the list of its runs */
function list(page) {
  const { edited, selected, walks } = page;
  if (maybe(0.2)) page.selected = Math.floor(random() * (walks?.runs.length ?? 1));
  if (edited.runs.length !== walks?.runs.length) return;
  const several = edited.runs.length > 1;
  const full = edited.runs.length >= MOST_RUNS;
  // The budget of all is what the next run took; a little is too little for others.
  const removable = several && (!modest || Number(walks.runs[1].request.steps) >= MODEST.steps[0]);
  pick(random, [
    () => full || page.editRace(withAnother(edited, selected, catalog), edited.runs.length),
    () => full || page.editRace(withCopy(edited, selected), selected + 1),
    () => several && page.editRace(withToggled(edited, selected)),
    () => several && page.editRace(withName(edited, selected, pick(random, NAMES))),
    () => {
      if (!removable) return;
      const left = withoutRun(
        edited,
        selected,
        walks.runs.map(({ request }) => request),
      );
      page.editRace(left, Math.min(selected, left.runs.length - 1));
    },
    () =>
      page.editRace(
        withEach(edited, (own) => (maybe(0.2) ? own : { ...own, learning_rate: String(between([1e-4, 1])) })),
      ),
  ])();
}

/** The settings that theory names best for a quadratic. @returns {Change} */
function best() {
  const { slug, hyperparameters } = pick(
    random,
    /** @type {Optimizer[]} */ (catalog.optimizers).filter((optimizer) => optimizer.best),
  );
  const own = hyperparameters.map(({ key, low, high }) => [key, between([low, high ?? low])]);
  return bestChange(
    /** @type {any} */ ({ optimizer: slug, settings: { learning_rate: random(), ...Object.fromEntries(own) } }),
  );
}

/**
 * One change.
 * @param {Page} page
 * @returns {Change | null} what a control of the selected run was set to
 */
function change(page) {
  const { cells } = page;
  const choice = random();
  if (page.zoom && cells.kind && maybe(ZOOMED_AGAIN)) page.zoom();
  else if (choice < 0.2) list(page);
  else if (choice < 0.35) map(page);
  else if (choice < 0.37) page.edit(best());
  else if (choice < 0.39) page.edit({ theory: maybe(0.5) ? '1' : null });
  else if (choice < 0.41) page.edit({ axis: maybe(0.5) ? 'evaluations' : null });
  else if (choice < 0.43) page.editRace(readRace(pick(random, page.history), catalog), 0);
  else {
    const made = choice < 0.48 ? moved(page) : turned(page);
    page.edit(made);
    return made;
  }
  return null;
}

/** @param {Page} page @param {Change} made @returns {string[]} what was set and is not what the controls show */
function lost(page, made) {
  const alike = (/** @type {any} */ shown, /** @type {string} */ set) =>
    String(shown) === set || [shown].flat().every((part, place) => part === Number(set.split(',')[place]));
  return Object.entries(made)
    .filter(([key, set]) => set !== null && !alike(page.wanted[key], set))
    .map(([key, set]) => `${key}=${set} became ${page.wanted[key]}`);
}

for (let visit = 0; visit < visits; visit += 1) {
  const page = new Page(openings[visit % openings.length]);
  /** @type {Change | null} */
  let made = null;
  let was_settled = false;
  for (let turn = 0; turn <= changes; turn += 1) {
    const asked = writeRace(page.edited, catalog);
    const several = page.edited.runs.length > 1;
    write({ query: asked, change: made, several });
    const answer = read();
    if (answer.refused) page.refuse();
    else if (turn === 0 || maybe(ANSWERED)) {
      page.take(answer);
      const gone = made && was_settled ? lost(page, made) : [];
      if (gone.length > 0) write({ lost: `${asked}: ${gone.join(', ')}` });
      if (maybe(0.2)) write({ query: answer.query, again: writeRace(page.shown, catalog) });
    } else page.settled = false;
    if (!page.walks) break;
    was_settled = page.settled;
    made = change(page);
  }
}
write({ done: true });
process.exit(0);
