// Puts the page together. Data flows one way: control → request → (address, server) → walks → pictures and words.

import { Address } from './address.js';
import { CutOff, Refused, SingleFlight, fromRoot, getJson, streamDescent } from './api.js';
import { arrowNames, drawArrows, drawTangent, keptBy } from './arrows.js';
import { belowPictures, mapCaptions, ratesCaptions } from './captions.js';
import { Controls, make } from './controls.js';
import { copyText, offerText } from './copying.js';
import { watchDensity } from './density.js';
import { curvesFigure, dataFigure, isStretched, lossRange, mapFigure, marksInWords, pathData, rootOf, surfaceFigure } from './figures.js';
import { slopeFigure } from './figures_slope.js';
import { Fit, LOSS_OF_LENGTHS, fitRange, predictions } from './fit.js';
import { Inspector, StepTable } from './inspector.js';
import { Maps } from './maps.js';
import { Overlay } from './overlay.js';
import { byId, setText } from './page.js';
import { copyOf, layPaper, lessonWords, paragraph } from './paper.js';
import { Player } from './player.js';
import { cameraKey, commitPath, curveFrames, discardScene, draw, fit, hasScene, hasWebGL, mapFrame, plotlyReady, surfaceFrame, turn, watchCamera, watchContext } from './plots.js';
import { layersOf } from './layers.js';
import { Legend, swatch } from './legend.js';
import { composePicture, saveCanvas } from './picture_file.js';
import { fileName, formulaInWords, settingsInWords } from './picture_words.js';
import { RaceView } from './race.js';
import { say, writeQuery } from './request.js';
import { changedRun, ofTheRun, readRace, wantedOf, withEach, writeRace } from './runs.js';
import { watchSlider } from './slider.js';
import { SlopeCanvas, between } from './slope.js';
import { watchStart } from './start.js';
import { watchSwipes } from './swipes.js';
import { palette, watchTheme } from './theme.js';
import { TheoryPanel } from './theory.js';
import { MARKED_STEPS, MARKED_WALKERS, Walks } from './walks.js';
import { groundDomain, seenDomain } from './windows.js';

const boot = JSON.parse(byId('boot').textContent ?? '');
const catalog = /** @type {Catalog} */ (boot.catalog);
const CURVE_POINTS = 201;
/** For so many milliseconds the first walk moves before plotly.js, whose compilation stops it for a while, is run. */
const HEAD_START = 120;
/** For so many milliseconds after the surface was drawn its camera may still be set. */
const FOLLOWED = 5000;
/** For so many milliseconds curves wait for the bands that may take their place. */
const BANDS_PATIENCE = 400;
/** @param {number} milliseconds @returns {Promise<void>} */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const calm = matchMedia('(prefers-reduced-motion: reduce)');
const narrow = matchMedia('(max-width: 860px)');

/** The page's own path: a lesson has one of its own, and opens with its own settings where the address gives none. */
const home = /** @type {string} */ (boot.path ?? '/');
/** @param {string} search */
const fromAddress = (search) => readRace(search || boot.lesson || '', catalog);

/** The keys of the address, run by run; the server fills in the rest. */
let given = readRace(boot.query, catalog);
let good = given;
/** The run whose settings are shown. */
let chosen = 0;
/** The walks that are shown. @type {Walks | null} */
let walks = null;
/** The landscape that is shown. @type {Ground | null} */
let ground = null;
/** The learning rates that are planned, for the request with this query. @type {{query: string, rates: Rates} | null} */
let planned = null;
let colours = palette(boot.palette);
/** Whether Plotly's map stands; until then the walk moves over the picture that came with the page. */
let map_drawn = false;
let scene_drawn = false;
let dragging = false;
/** The next address is a new entry of the history, not a change of the one there is. */
let push = false;
/** The walk that is told of, one of the chosen run's. */
let walker = 0;

const flight = new SingleFlight();
const address = new Address();
const player = new Player();
const map_overlay = new Overlay(byId('map-over'), true);
const surface_overlay = new Overlay(byId('surface-over'), false);
const controls = new Controls(byId('controls'), catalog, change);
const fit_overlay = new Fit(byId('data-over'));
const slope_overlay = new SlopeCanvas(byId('slope-over'));
const inspector = new Inspector(catalog);
const table = new StepTable(() => player.shown);
const legend = new Legend(byId('runs'), byId('whose'), catalog, { race: () => given, edit: setRuns, choose: (run) => choose(run * (walks?.starts ?? 1)) });
const race = new RaceView({
  shown: () => given === good,
  tuned: (rates) => setRuns(withEach(given, (own, run) => (rates[run] === null ? own : { ...own, learning_rate: String(rates[run]) }))),
  compared: () => void drawCurves(),
  copy: (text) => void copy(text, 'The table is copied.'),
  colours: () => colours,
  narrow: () => narrow.matches,
});
const maps = new Maps({ catalog, change: changeByMap, frame, ready: () => map_drawn && !dragging && !player.growing });
const theory = new TheoryPanel(catalog, change, (new_walk) => {
  wake();
  if (new_walk && map_drawn) void plotTheory();
});

// ---------------------------------------------------------------- asking

let last_change = { key: '', time: -Infinity };
let by_keys = false;
document.addEventListener('keydown', () => (by_keys = true), true);
document.addEventListener('pointerdown', () => (by_keys = false), true);

/**
 * A control has changed.
 * @param {Record<string, string | null>} what
 * @param {'drag' | 'final'} phase
 * @param {number} [run] whose control it is
 */
function change(what, phase, run = chosen) {
  // A gesture is one entry of the history: a drag, or a key pressed again and again on one control.
  const key = Object.keys(what).join();
  const now = performance.now();
  const goes_on = by_keys && key === last_change.key && now - last_change.time < 1000;
  if (!dragging && !goes_on) push = true;
  last_change = { key, time: now };
  dragging = phase === 'drag';
  given = changedRun(given, run, what, catalog);
  ask();
}

/** A cell of a map sets its run's keys, which are then shown. @param {Record<string, string | null>} what @param {number | null} run */
function changeByMap(what, run) {
  if (run !== null && run !== chosen) choose(run * (walks?.starts ?? 1));
  change(what, 'final');
}

/** The list of runs has changed. @param {Race} runs @param {number} [run] which is chosen then */
function setRuns(runs, run = chosen) {
  push = true;
  dragging = false;
  given = runs;
  chosen = run;
  ask();
}

/** Another walk is told of, and its run's settings are shown. @param {number} walk */
function choose(walk) {
  if (!walks || !ground || walk >= walks.all.length) return;
  walker = walk;
  chosen = walks.all[walk].run;
  showChosen();
  void plan().then(drawCurves);
  showWords();
  wake();
}

/** Shows whose settings and whose steps these are. */
function showChosen() {
  if (!walks || !ground) return;
  // A run that has just been added is chosen before it is here.
  const { run } = walks.all[walker];
  legend.show(walks, run);
  nameArrows();
  controls.sync(wantedOf(walks, run, catalog), flight.pending !== null);
  table.list(walks, walker);
  table.show(walks.all[walker], ground.axes);
}

/** Asks for the walk of the keys given now. */
function ask() {
  const asked = given;
  const query = writeRace(asked, catalog);
  flight.ask(async (signal) => {
    const next = new Walks();
    const since = performance.now();
    /** @type {Promise<void> | null} */
    let showing = null;
    let shown = false;
    const show = () =>
      (showing ??= (async () => {
        const fresh = await getGround(/** @type {Wanted} */ (next.request), signal);
        shown = await present(next, fresh, signal);
      })());
    try {
      await streamDescent(
        query,
        (records) => {
          next.take(records);
          // What is short is shown whole; what is long is shown from its first chunks on.
          if (shown) grow();
          else if (next.points > 0 && (next.done || performance.now() - since > 60)) void show().catch(() => {});
        },
        signal,
      );
      await show();
      settle();
    } catch (error) {
      if (signal.aborted) {
        if (shown) settle();
        return;
      }
      fail(error, asked);
    }
  });
}

/** @type {Map<string, Ground>} */
const grounds = new Map();

/** @param {Wanted} request @param {AbortSignal} signal @returns {Promise<Ground>} */
async function getGround(request, signal) {
  const { landscape, shape, start } = request;
  const domain = groundDomain(seenDomain(request));
  // A curve costs next to nothing.
  const resolution = start.length === 1 ? CURVE_POINTS : dragging ? 51 : 101;
  const shaped = shape === null ? '' : `shape=${shape}`;
  const key = [landscape, shaped, domain].join();
  // While a knob is turned a coarser picture of the same ground will do, and one that is there already is better.
  const known = grounds.get(`${key} 101`) ?? grounds.get(`${key} ${resolution}`);
  if (known) return known;
  const path = `/api/landscapes/${landscape}`;
  const [surface, record] = await Promise.all([
    getJson(`${path}/surface?resolution=${resolution}&domain=${domain.join(',')}${shaped && `&${shaped}`}`, signal),
    getJson(`${path}${shaped && `?${shaped}`}`, signal),
  ]);
  const { stationary_points: stationary, data, axes, expression, latex } = record;
  const fresh = { key: `${key} ${resolution}`, surface, stationary, data, axes, formula: expression ?? latex };
  if (grounds.size > 60) grounds.clear();
  grounds.set(fresh.key, fresh);
  return fresh;
}

// ---------------------------------------------------------------- showing

/**
 * Shows another answer in place of the one shown.
 * @param {Walks} next
 * @param {NonNullable<typeof ground>} fresh
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>} whether it is shown: what was given up meanwhile is not
 */
async function present(next, fresh, signal) {
  if (signal.aborted) return false;
  const request = /** @type {Wanted} */ (next.request);
  // What is climbed is called otherwise.
  const new_ground = ground?.key !== fresh.key || walks?.request?.goal !== request.goal;
  const first = walks === null;
  const elsewhere = !first && walks?.request?.landscape !== request.landscape;
  if (new_ground) {
    ground = fresh;
    fit_overlay.clear();
    slope_overlay.clear();
  }
  if (new_ground && map_drawn) await drawMap(request);
  if (signal.aborted) return false;
  const one = walks && walks.starts > 0 ? walker % walks.starts : 0;
  walks = next;
  good = readRace(next.query, catalog);
  // What was changed meanwhile is on its way: an older answer must not take it back.
  if (!flight.pending) {
    given = good;
    chosen = Math.min(chosen, next.runs.length - 1);
  }
  walker = Math.min(chosen, next.runs.length - 1) * next.starts + Math.min(one, next.starts - 1);
  hideFailure();
  race.show(next, fresh);
  showChosen();
  maps.update(next);
  map_overlay.show(next);
  surface_overlay.show(next);
  if (first || elsewhere) begin();
  grow();
  if (!flight.pending) placeHandle();
  later();
  writeAddress();
  return true;
}

/** The first walk moves as soon as it is there; with reduced motion its end is shown. */
function begin() {
  player.resize(walks?.last ?? 0, !walks?.done);
  player.seek(calm.matches ? player.last : 0);
  if (!calm.matches) player.play();
  byId('first').classList.add('alive');
  byId('message').classList.remove('early');
  placeOverlays();
}

/** More of the walk that is shown has arrived. */
function grow() {
  if (!walks) return;
  player.resize(walks.last, !walks.done);
  byId('scrub').setAttribute('max', String(player.last));
  showProgress();
  showWords();
  wake();
}

/** The answer is complete, or was given up. */
function settle() {
  if (!walks) return;
  player.resize(walks.last, false);
  race.showTable();
  showProgress();
  showWords();
  later();
  wake();
}

function writeAddress() {
  if (!walks) return;
  const twin = fromRoot(`/api/descent${walks.query && `?${walks.query}`}`);
  byId('export-json').setAttribute('href', twin);
  document.querySelector('link[rel="alternate"]')?.setAttribute('href', twin);
  if (address.write(walks.query === (boot.lesson ?? '') ? home : `${home}?${walks.query || `landscape=${walks.request?.landscape}`}`, push)) push = false;
}

window.addEventListener('pagehide', () => address.flush());
window.addEventListener('popstate', () => {
  address.forget();
  push = dragging = false;
  last_change = { key: '', time: -Infinity };
  openAddress();
});

/** Asks for what the address says. */
function openAddress() {
  given = fromAddress(new URL(address.href).search);
  chosen = Math.min(chosen, given.runs.length - 1);
  controls.renew();
  ask();
}

/** What costs many milliseconds waits until nothing has changed for a moment. */
let timer = 0;
function later() {
  clearTimeout(timer);
  timer = window.setTimeout(() => void finish(), 180);
}

async function finish() {
  if (!walks || !map_drawn || !ground) return;
  if (ground.key.endsWith(' 51') && !dragging) {
    const request = /** @type {Wanted} */ (walks.request);
    const fine = await getGround(request, AbortSignal.timeout(10000)).catch(() => null);
    if (fine && walks.request === request && fine.key.endsWith(' 101')) {
      ground = fine;
      await drawMap(request);
    }
  }
  await plan();
  // Bands that come in a moment are waited for, so that they do not take the place of curves that have just been drawn.
  await Promise.race([race.compare(), pause(BANDS_PATIENCE)]);
  await drawCurves();
  await drawData(/** @type {Wanted} */ (walks.request));
  await drawScene();
  if (!walks || !ground) return;
  if (!player.playing) commitPath(pathData(walks));
  showWrongWay();
  table.show(walks.all[walker], ground.axes);
  await race.drawSweep();
  inspect();
}

/** Says what the hollow triangles mean, where there are any. */
function showWrongWay() {
  if (!walks) return;
  const climbs = walks.request?.goal === 'maximize';
  const any = walks.visible.length <= MARKED_WALKERS && walks.visible.some((walk) => walk.wrongWay(MARKED_STEPS, climbs ? -1 : 1).length > 0);
  setText('wrong-caption', any ? (climbs ? '▽\u00a0step\u00a0downhill.' : '△\u00a0step\u00a0uphill.') : '');
}

/** The keys that the planned learning rates depend on. */
const OF_THE_SCHEDULE = ['learning_rate', 'schedule', 'floor', 'drops', 'peak', 'warmup', 'restarts', 'growth', 'steps'];

/** Asks for the learning rates that are planned: the walk may end long before they do. */
async function plan() {
  const request = walks?.settings(walker);
  if (!request) return;
  const wanted = Object.fromEntries(OF_THE_SCHEDULE.filter((key) => request[key] !== null && request[key] !== undefined).map((key) => [key, String(request[key])]));
  const query = writeQuery(wanted, catalog.order);
  if (planned?.query !== query) {
    planned = null;
    const rates = await getJson(`/api/descent/learning-rates?${query}`, AbortSignal.timeout(5000)).catch(() => null);
    // A newer walk has asked for its own.
    if (!rates || walks?.settings(walker) !== request) return;
    planned = { query, rates };
  }
  controls.drawSketch(planned.rates, request);
}

// ---------------------------------------------------------------- drawing

/** @param {Wanted} request */
async function drawMap(request) {
  if (!ground) return;
  const domain = seenDomain(request);
  const flat = domain.length === 2;
  const wide = flat || isStretched(domain) || domain[3] - domain[2] < 0.85 * (domain[1] - domain[0]);
  const views = byId('views');
  views.dataset.aspect = wide ? 'wide' : 'square';
  views.dataset.kind = flat ? 'curve' : ground.data ? 'data' : 'plane';
  if (!ground.data) delete views.dataset.second;
  if (flat) delete views.dataset.only;
  nameViews();
  await draw('map-plot', mapFigure(ground, { ...request, domain }, colours));
  if (flat) await draw('slope-plot', slopeFigure(ground, domain, colours));
  slope_overlay.place();
  const signs = marksInWords(ground.stationary);
  byId('map-caption').textContent = signs && `${signs}.`;
  byId('map-caption').title = flat ? '' : `Contour lines lie at equal steps of the ${{ 2: 'square', 4: 'fourth', 8: 'eighth' }[rootOf(ground.surface.loss)]} root of loss − lowest.`;
  byId('surface').classList.add('stale');
  placeOverlays();
  await drawData(request);
}

/** The curves as they are asked for now. */
function plotCurves() {
  if (!walks || !ground) return Promise.resolve();
  const logarithmic = byId('logarithmic');
  const figure = curvesFigure(walks, ground.stationary, /** @type {HTMLInputElement} */ (logarithmic).checked, colours, narrow.matches, planned?.rates.restarts ?? [], walker, { unit: ground.data ? 'data points seen' : 'evaluations', bands: race.bands });
  return draw('curves-plot', figure);
}

async function drawCurves() {
  if (!walks || !ground) return;
  nameCurves(race.bands !== null);
  await plotCurves();
  await plotTheory();
  byId('cursors').replaceChildren(...curveFrames().map(() => document.createElement('i')));
  moveCursors();
}

/** Under the curves, with their own scale. */
function plotTheory() {
  return theory.plot(/** @type {HTMLInputElement} */ (byId('logarithmic')).checked, colours);
}

/** Says what the curves go by, and what bands are. @param {boolean} banded */
function nameCurves(banded) {
  const axis = walks?.request?.axis ?? 'step';
  setText('curves-title', axis === 'step' ? 'By step' : ground?.data ? 'By data points seen' : 'By evaluations');
  setText('bands-note', banded ? `Line: when half of all ${walks?.starts} walkers had come so near to the best place for good; band: from the first quarter of them to the third.` : '');
  /** @type {HTMLInputElement} */ (document.querySelector(`#axis input[value="${axis}"]`)).checked = true;
}

/** The walks whose fits are drawn beside their landscape. */
function fitted() {
  if (!walks) return [];
  return walks.several ? walks.visible.filter((walk) => walk.walker === 0) : walks.all.slice(0, 8);
}

/** The data and the fit of the best weights known, beside a landscape that is made from them. @param {Wanted} request */
function plotData(request) {
  if (!ground?.data) return Promise.resolve();
  const best = ground.stationary.find(({ kind }) => kind === 'global_minimum')?.point;
  // Of the next request only the first walker's start is known.
  const starts = walks?.request === request ? fitted().map((walk) => [walk.x[0], walk.y[0]]) : [request.start];
  const range = fitRange(ground.data, starts, request.domain);
  return draw('data-plot', dataFigure(ground, best ? predictions(ground.data, best[0], best[1]) : null, range, colours));
}

/** @param {Wanted} request */
async function drawData(request) {
  if (!ground?.data || byId('data-plot').getBoundingClientRect().width === 0) return;
  await plotData(request);
  const { caption, error } = ground.data;
  byId('data-caption').textContent = `${caption} Line: the walker’s fit. Dashed: ${error === 'squared' ? 'the exact least-squares answer' : 'the best fit there is'}. Upright: each point’s error; the loss is ${LOSS_OF_LENGTHS[error]}, over all points.`;
  fit_overlay.place();
  wake();
}

/** The surface in the place that it has. */
function plotSurface() {
  if (!ground || !walks?.request) return Promise.resolve();
  return draw('surface-plot', surfaceFigure(ground, { ...walks.request, domain: seenDomain(walks.request) }, colours));
}

let scene_key = '';

async function drawScene() {
  if (!walks || !ground || walks.flat || !has_scene || byId('surface-plot').getBoundingClientRect().width === 0) return;
  if (scene_gone) clearScene();
  const key = `${ground.key} ${colours.ground} ${walks.request?.goal}`;
  if (key === scene_key) byId('surface').classList.remove('stale');
  if (key === scene_key || dragging) return;
  scene_key = key;
  if (!scene_drawn && !hasWebGL()) return loseScene('The browser gives nothing to draw a surface with (WebGL) now. The map works alone.');
  // Where Plotly could draw nothing it does not always say so.
  await plotSurface().catch(() => {});
  if (!hasScene()) return loseScene('The browser could not draw the surface (WebGL). The map works alone.');
  if (!scene_drawn) watchCamera(followScene);
  scene_drawn = true;
  byId('surface-note').hidden = true;
  byId('surface').classList.remove('stale');
  followScene();
}

/** Whether what stands in the surface's place cannot be drawn any more. */
let scene_gone = false;

/** Says beside the map why there is no surface. The next landscape tries again, and so does the button. @param {string} why */
function loseScene(why) {
  scene_gone = true;
  scene_drawn = false;
  scene_key = '';
  setText('surface-note-text', why);
  byId('surface-note').hidden = byId('surface-again').hidden = false;
  byId('surface').classList.add('gone');
}

function clearScene() {
  discardScene();
  scene_gone = false;
  setText('surface-note-text', 'The surface follows in a moment.');
  byId('surface-again').hidden = true;
  byId('surface').classList.remove('gone');
}

watchContext(() => loseScene('The browser took away what the surface is drawn with (WebGL). The map works alone.'), () => void drawScene());
byId('surface-again').addEventListener('click', () => void drawScene());

/** The camera that the overlay on the surface was placed by. */
let placed_by = '';
let follow_until = 0;

/** Places the overlay whenever the scene has moved, for a while: a slow renderer sets its camera many frames late. */
function followScene() {
  const waits = follow_until > performance.now();
  follow_until = performance.now() + FOLLOWED;
  placeScene();
  if (waits) return;
  const look = () => {
    if (cameraKey() !== placed_by) placeScene();
    if (performance.now() < follow_until) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

function placeScene() {
  if (!ground || !scene_drawn || walks?.flat || !ground.surface.y) return;
  placed_by = cameraKey();
  surface_overlay.place(surfaceFrame(ground.surface), colours);
  wake();
}

/** The map's axes: Plotly's, or, before it is there, those of the picture that came with the page. */
function frame() {
  const request = walks?.request;
  if (map_drawn) return mapFrame(request?.start.length === 1);
  const picture = document.querySelector('#first svg');
  if (!picture || !request || !ground) return null;
  const outer = byId('map').getBoundingClientRect();
  const around = picture.getBoundingClientRect();
  const [, , view_width, view_height] = (picture.getAttribute('viewBox') ?? '').split(' ').map(Number);
  const flat = request.start.length === 1;
  const zoom = Math.min(around.width / view_width, around.height / view_height);
  const [width, height] = flat || isStretched(request.domain) ? [around.width, around.height] : [view_width * zoom, view_height * zoom];
  const box = { left: around.left - outer.left + (around.width - width) / 2, top: around.top - outer.top + (around.height - height) / 2, width, height };
  const [low_x, high_x] = request.domain;
  const [low_y, high_y] = flat ? lossRange(ground.surface.loss) : request.domain.slice(2);
  const spot = { x: 0, y: 0, hidden: false };
  return {
    box,
    project: (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ loss) => {
      spot.x = ((x - low_x) / (high_x - low_x)) * width;
      spot.y = ((high_y - (flat ? loss : y)) / (high_y - low_y)) * height;
      return spot;
    },
    invert: /** @returns {[number, number]} */ (/** @type {number} */ px, /** @type {number} */ py) => [low_x + (px / width) * (high_x - low_x), high_y - (py / height) * (high_y - low_y)],
  };
}

function placeOverlays() {
  map_overlay.place(frame(), colours);
  maps.place(colours);
  placeHandle();
  wake();
}

/** @param {number[]} [start] where it is being moved to, before the walk from there is here */
function placeHandle(start = walks?.request?.start) {
  const now = frame();
  const handle = byId('handle');
  if (!now || !start) return;
  const [x, y] = start;
  const spot = now.project(x, y, heightAt(x));
  const inside = spot.x >= -1 && spot.y >= -1 && spot.x <= now.box.width + 1 && spot.y <= now.box.height + 1;
  handle.hidden = !inside;
  handle.style.left = `${now.box.left + spot.x}px`;
  handle.style.top = `${now.box.top + spot.y}px`;
  const axes = ground?.axes ?? ['x', 'y'];
  handle.setAttribute('aria-label', `Start at ${start.map((value, axis) => `${axes[axis]} ${say(value)}`).join(', ')}`);
}

/** The height of a curve. @param {number} x */
function heightAt(x) {
  return !ground || ground.surface.y ? 0 : between(ground.surface.x, ground.surface.loss, x);
}

/** What is shown of the single step under the cursor, over the heads. */
map_overlay.more = (context, now) => {
  theory.drawOver(context, now, walks, colours);
  const walk = walks?.all[walker];
  const { numbers } = inspector;
  if (!walk || !numbers || dragging || !inspector.shows(walks, walker, Math.min(player.shown, walk.length - 2))) return;
  if (walks?.flat) drawTangent(context, now, numbers, walk.loss[numbers.step + 1], switches, colours);
  else if (!player.playing) drawArrows(context, now, numbers, switches, arrow_names, colours);
};

const switches = { gradient: true, velocity: true, step: true };
let arrow_names = arrowNames(false, 'minimize', null);

/** The switches, the arrows and what is told of them have one name, by what is drawn and which way it points. */
function nameArrows() {
  const { goal, optimizer } = /** @type {Walks} */ (walks).settings(walker);
  const entry = /** @type {Optimizer} */ (catalog.optimizers.find(({ slug }) => slug === optimizer));
  arrow_names = arrowNames(/** @type {Walks} */ (walks).flat, goal, keptBy(entry));
  for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('#arrows input'))) {
    const label = /** @type {HTMLElement} */ (box.parentElement);
    const named = arrow_names[/** @type {keyof typeof arrow_names} */ (box.value)];
    label.hidden = named === null;
    if (!named) continue;
    label.title = box.title = named.means;
    /** @type {HTMLElement} */ (label.querySelector('span')).textContent = named.name;
  }
}

byId('arrows').addEventListener('change', (event) => {
  const box = /** @type {HTMLInputElement} */ (event.target);
  switches[/** @type {keyof typeof switches} */ (box.value)] = box.checked;
  wake();
});
inspector.arrived = () => wake();

/** @param {number} [position] the step that is shown */
function paintFit(position = player.position) {
  if (!walks || !ground?.data) return;
  const { numbers } = inspector;
  const batch = numbers && inspector.shows(walks, walker, player.shown) ? numbers.batch : null;
  const shown = fitted();
  // Of one that is not drawn the first stands for it.
  const told = shown.includes(walks.all[walker]) ? walks.all[walker] : shown[0];
  const fits = shown.map((walk) => ({ weights: /** @type {[number, number]} */ (walk.at(position).slice(0, 2)), look: walk.look, told: walk === told }));
  fit_overlay.paint(ground.data, fits, batch, colours);
}

function paintSlope() {
  if (!walks?.flat || !ground?.surface.derivative) return;
  const { position } = player;
  const dots = walks.visible.map((walk) => ({
    x: walk.at(position)[0],
    size: Number.isInteger(position) ? walk.gradient_norm[Math.min(position, walk.length - 1)] : null,
    look: walk.look,
    chosen: walk === walks?.all[walker],
  }));
  slope_overlay.paint(ground.surface, dots, colours);
}

let clock = 0;
let frame_asked = 0;

/** Draws the next frame; goes on by itself while the walk moves. */
function wake() {
  if (frame_asked) return;
  frame_asked = requestAnimationFrame((now) => {
    frame_asked = 0;
    const moved = player.advance(clock ? (now - clock) / 1000 : 0);
    const ended = moved && !player.playing;
    clock = player.playing ? now : 0;
    paint();
    if (player.playing) wake();
    else if (ended) later();
  });
}

function paint() {
  // First, so that what is drawn of a step is drawn with this step's numbers.
  inspect();
  if (walks?.request) theory.show({ walks, walker, step: player.shown, playing: player.playing, dragging });
  map_overlay.paint(player.position);
  if (scene_drawn && !walks?.flat) surface_overlay.paint(player.position);
  paintFit();
  paintSlope();
  moveCursors();
  const step = player.shown;
  const scrub = /** @type {HTMLInputElement} */ (byId('scrub'));
  if (Number(scrub.value) !== step) scrub.value = String(step);
  setText('count', `step ${step} of ${player.last}${player.growing ? ' …' : ''}`);
  const play = byId('play');
  play.classList.toggle('playing', player.playing);
  play.setAttribute('aria-label', player.playing ? 'Pause (space)' : 'Play (space)');
  scrub.setAttribute('aria-valuetext', `step ${step} of ${player.last}`);
  showMoving(step);
  showWords();
  table.follow();
}

function moveCursors() {
  theory.moveCursor(player.position);
  const lines = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('#cursors i'));
  const walk = walks?.all[walker];
  if (lines.length === 0 || !walks || !walk) return;
  const across = walks.across(walk, player.position);
  const under_bands = race.banded ? walk.spent(player.position) : across;
  curveFrames().forEach(({ left, top, height, place }, index) => {
    const line = lines[index];
    line.style.top = `${top}px`;
    line.style.height = `${height}px`;
    line.style.transform = `translateX(${left + place(index === 0 ? under_bands : across)}px)`;
  });
}

/** @param {number} step */
function showMoving(step) {
  const walk = walks?.all[walker];
  if (!walk || walk.length === 0) return;
  const k = Math.min(step, walk.length - 1);
  const name = walks?.who(walker);
  const who = name ? `${name}, step` : 'Step';
  const where = walks?.flat ? `at ${say(walk.x[k])}` : `at (${say(walk.x[k])}, ${say(walk.y[k])})`;
  const place = Number.isFinite(walk.x[k] + walk.y[k]) ? where : 'gone from every finite place';
  // One evaluation a step is nothing to count aloud.
  const spent = walk.evaluations[k];
  const cost = spent === k ? '' : `, ${spent.toLocaleString('en')} ${ground?.data ? 'data points seen' : 'evaluations'}`;
  setText('moving', `${who} ${k}: ${place}, ${walks?.request?.goal === 'maximize' ? 'value' : 'loss'} ${say(walk.loss[k])}, gradient norm ${say(walk.gradient_norm[k])}, learning rate ${say(walk.learning_rate[k])}${cost}.`);
}

/** @param {Summary} summary @returns {string} the curvature at the end, for whoever compares it with theory */
function curvatureInWords({ hessian_eigenvalues: values, outcome, place, stability_limit: limit }) {
  if (values.length === 0) return '';
  const where = outcome === 'diverged' ? 'at the start' : 'at the end';
  const list = values.map((value) => say(value)).join(' and ');
  const condition = values.length === 2 && values[0] > 0 ? `; condition number ${say(values[1] / values[0])}` : '';
  const stable = walks?.request?.goal === 'maximize' ? place === 'maximum' : place?.endsWith('minimum');
  const most = limit === null ? '' : `; ${stable ? 'stable below learning rate' : 'along the sharpest direction the limit of the learning rate is'} ${say(limit)}`;
  return `Hessian ${values.length === 1 ? 'eigenvalue' : 'eigenvalues'} ${where}: ${list}${condition}${most}.`;
}

/** How it ends is told when it has ended, not before: a class should be able to guess. */
function showWords() {
  if (!walks || stopped === walks) return;
  const summary = walks.all[walker]?.summary;
  const ended = player.position >= player.last && !player.growing;
  const who = walks.who(walker);
  setText('message', ended && summary ? `${who && `${who}: `}${summary.message}` : '');
  setText('curvature', ended && summary ? curvatureInWords(summary) : '');
  setText('shares', ended ? walks.shares : '');
}

/** The walk that was given up by hand. @type {Walks | null} */
let stopped = null;

let inspected = '';

function inspect() {
  if (!walks?.request || dragging) return;
  const key = `${walks.query} ${walker} ${player.shown} ${walks.done} ${player.playing}`;
  // The numbers of a walk that runs too fast to be read are not asked for, except the first of another walk.
  const fast = player.playing && player.speed * player.last > 2000;
  if (inspector.wanted?.walks === walks && (key === inspected || (fast && inspector.wanted.walker === walker))) return;
  inspected = key;
  void inspector.show(walks, walker, player.shown, player.playing);
}

// ---------------------------------------------------------------- progress and failure

let progress_timer = 0;

function showProgress() {
  const holder = byId('progress');
  if (!walks?.request || walks.done || !player.growing) {
    window.clearTimeout(progress_timer);
    progress_timer = 0;
    holder.hidden = true;
    return;
  }
  const { expected } = walks;
  /** @type {HTMLProgressElement} */ (byId('progress-bar')).value = walks.points / expected;
  setText('progress-text', `${walks.points.toLocaleString('en')} of at most ${expected.toLocaleString('en')} points`);
  // What is there in a moment needs no progress.
  progress_timer ||= window.setTimeout(() => {
    holder.hidden = !player.growing;
  }, 400);
}

byId('cancel').addEventListener('click', () => {
  flight.cancel();
  if (!walks) return;
  stopped = walks;
  setText('message', `Stopped by you after ${walks.last} computed steps; where the walk would end is not known.`);
});

/**
 * Says what failed, beside the control that caused it, and keeps the last good picture.
 * @param {unknown} error
 * @param {Race} [asked] for what
 */
function fail(error, asked = given) {
  if (!flight.pending) {
    given = good;
    chosen = Math.min(chosen, good.runs.length - 1);
  }
  if (error instanceof Refused && (maps.complain(error.complaint) || complain(error.complaint, asked))) return;
  const message =
    error instanceof CutOff
      ? 'The answer was cut off before its end: the server stopped or the connection was lost. What is shown may be incomplete.'
      : error instanceof Refused
        ? `${error.message} ${error.complaint.hint ?? ''}`
        : error instanceof TypeError
          ? 'The server cannot be reached. The last picture stays.'
          : error instanceof Error
            ? error.message
            : String(error);
  byId('failure-text').textContent = message;
  byId('failure').hidden = false;
  if (walks && !walks.done) settle();
}

/**
 * Says what was refused beside what caused it: a control, or, of a race, the list of runs.
 * @param {Complaint} complaint
 * @param {Race} asked
 * @returns {boolean} whether there is such a place
 */
function complain(complaint, asked) {
  const { run, inner } = ofTheRun(complaint, asked, catalog);
  if (run < 0) return controls.complain(complaint);
  // A landscape that a run cannot work on is no fault of its controls.
  const here = asked.shared.landscape === good.shared.landscape;
  if (run === chosen && here && controls.complain(inner)) return true;
  // What could not be shown is not what the controls should say.
  showChosen();
  legend.complain(inner, run);
  return true;
}

function hideFailure() {
  byId('failure').hidden = true;
}

byId('retry').addEventListener('click', () => {
  hideFailure();
  openAddress();
});

for (const button of document.querySelectorAll('.notice .dismiss')) button.addEventListener('click', () => button.parentElement?.remove());

// ---------------------------------------------------------------- transport

/** @param {() => void} what */
function transport(what) {
  what();
  if (!player.playing && walks && map_drawn) later();
  wake();
}

const toggle = () => transport(() => (player.playing ? player.pause() : player.play()));
const actions = /** @type {Record<string, () => void>} */ ({
  play: toggle,
  back: () => transport(() => player.step(-1)),
  forward: () => transport(() => player.step(1)),
  'to-start': () => transport(() => player.seek(0)),
  'to-end': () => transport(() => player.seek(player.last)),
});
for (const [id, action] of Object.entries(actions)) byId(id).addEventListener('click', action);
byId('rule-back').addEventListener('click', actions.back);
byId('rule-forward').addEventListener('click', actions.forward);
/** What a press on the scrubber found. */
let found = { position: 0, playing: false };
watchSlider(byId('scrub'), {
  begin: () => (found = { position: player.position, playing: player.playing }),
  slid: (step) => transport(() => player.seek(step)),
  back: (told) =>
    told &&
    transport(() => {
      player.seek(found.position);
      if (found.playing) player.play();
    }),
});
byId('speed').addEventListener('change', (event) => {
  player.speed = Number(/** @type {HTMLSelectElement} */ (event.target).value);
});
byId('loop').addEventListener('change', (event) => {
  player.loop = /** @type {HTMLInputElement} */ (event.target).checked;
});

document.addEventListener('keydown', (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || target.closest('input, select, textarea')) return;
  if (event.key === ' ' && target.closest('button, summary, a')) return;
  const action = { ' ': 'play', ArrowLeft: 'back', ArrowRight: 'forward', Home: 'to-start', End: 'to-end' }[event.key];
  if (!action) return;
  event.preventDefault();
  actions[action]();
});

// ---------------------------------------------------------------- everything else on the page

watchStart({
  map: byId('map'),
  handle: byId('handle'),
  frame,
  domain: () => (walks?.request ? seenDomain(walks.request) : [0, 1, 0, 1]),
  start: () => (given.shared.start ? given.shared.start.split(',').map(Number) : (walks?.request?.start ?? [0, 0])),
  snap: (start) => maps.snap(start),
  moved: (start, phase) => {
    // The handle follows the pointer at once, the path when it is there.
    change({ start: start.join(',') }, phase);
    placeHandle(start);
  },
});

byId('walker').addEventListener('change', (event) => choose(Number(/** @type {HTMLSelectElement} */ (event.target).value)));
byId('axis').addEventListener('change', (event) => change({ axis: /** @type {HTMLInputElement} */ (event.target).value === 'step' ? null : 'evaluations' }, 'final'));

byId('logarithmic').addEventListener('change', () => void drawCurves());

/** The buttons that change what is seen side by side say what they would change; another landscape may have done so too. */
function nameViews() {
  const { only, second, kind } = byId('views').dataset;
  const beside = kind === 'data' && second !== 'surface' ? 'data' : 'surface';
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('.enlarge'))) {
    const pressed = button.dataset.only === only;
    button.setAttribute('aria-pressed', String(pressed));
    button.textContent = pressed ? 'Side by side' : 'Enlarge';
    const second_one = button.closest('#rates-view') ? 'map of learning rates' : beside;
    button.setAttribute('aria-label', pressed ? `Map and ${second_one} side by side` : `Enlarge the ${button.dataset.only === 'map' ? 'map' : second_one}`);
  }
  byId('swap').textContent = second === 'surface' ? 'Data' : 'Surface';
  byId('swap').setAttribute('aria-pressed', String(second === 'surface'));
}

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('.enlarge'))) {
  button.addEventListener('click', () => {
    const views = byId('views');
    const only = views.dataset.only === button.dataset.only ? undefined : button.dataset.only;
    if (only) views.dataset.only = only;
    else delete views.dataset.only;
    nameViews();
    // What was hidden may be of another landscape.
    if (map_drawn && walks?.request) void drawMap(walks.request).then(later);
  });
}

byId('swap').addEventListener('click', () => {
  const views = byId('views');
  if (views.dataset.second) delete views.dataset.second;
  else views.dataset.second = 'surface';
  nameViews();
  later();
});

/** On a phone what is needed less often than the buttons moves into the sheet, so that the map keeps its room. */
function arrange() {
  const pace = document.querySelectorAll('.speed, .loop');
  if (narrow.matches) byId('pace').append(...pace);
  else byId('settings').before(...pace);
}
narrow.addEventListener('change', arrange);
arrange();

const side = byId('side');
/** @param {boolean} open */
function openSettings(open) {
  side.classList.toggle('open', open);
  byId('settings').setAttribute('aria-expanded', String(open));
  (open ? byId('close-settings') : byId('settings')).focus({ preventScroll: true });
}
byId('settings').addEventListener('click', () => openSettings(!side.classList.contains('open')));
byId('close-settings').addEventListener('click', () => openSettings(false));
side.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && side.classList.contains('open')) openSettings(false);
});

const COPIED = 'Copied';
/** The button that was clicked last. @type {HTMLElement | null} */
let pressed = null;
document.addEventListener('click', ({ target }) => (pressed = /** @type {Element} */ (target).closest('button')), true);

/** Says that something was copied: in its own button, where it covers nothing, and aloud. @param {string} text */
function toast(text) {
  byId('toast').textContent = text;
  const button = pressed;
  // One that says it already says it for as long as it was to.
  const said = button?.textContent === COPIED;
  if (button && !said) {
    const name = button.textContent;
    button.style.width = `${button.getBoundingClientRect().width}px`;
    button.classList.add('done');
    button.textContent = COPIED;
    window.setTimeout(() => {
      button.textContent = name;
      button.classList.remove('done');
      button.style.width = '';
    }, 2500);
  }
  window.setTimeout(() => (byId('toast').textContent = ''), 2500);
}

/** @param {string} text @param {string} done */
async function copy(text, done) {
  if (await copyText(text)) toast(done);
  else offerText(text);
}

byId('share').addEventListener('click', () => void copy(address.href, 'The link to this picture is copied.'));
byId('copy-steps').addEventListener('click', () => {
  if (walks) void copy(walks.toCsv('\t'), 'All steps are copied.');
});
byId('export-csv').addEventListener('click', () => {
  if (!walks) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([walks.toCsv()], { type: 'text/csv' }));
  link.download = 'downhill.csv';
  link.click();
  URL.revokeObjectURL(link.href);
});
/** Says what could not be made where it was asked for. @param {string} text */
function tellOfExport(text) {
  byId('export-trouble').textContent = text;
  // The click that asked for it closes the menu.
  window.setTimeout(() => (/** @type {HTMLDetailsElement} */ (byId('export')).open = true));
}

/** A file has at least so many pixels for one of the screen. */
const FILE_RATIO = 2;

/** The maps that are on the screen as a file, with all that is written about them. */
async function savePicture() {
  byId('export-trouble').textContent = '';
  if (!walks?.request || !ground || !map_drawn) return;
  const plots = ['map', 'rates'].map((id) => byId(id)).filter((plot) => plot.getClientRects().length > 0);
  if (!plots.includes(byId('map'))) {
    return tellOfExport('The map is not on the screen: “Side by side” brings it back.');
  }
  const ratio = Math.max(FILE_RATIO, devicePixelRatio || 1);
  const own = colours.walkers[(walks.request.map_run ?? 0) % colours.walkers.length];
  const layers = finely(ratio, player.position, () => plots.map((plot) => layersOf(plot, colours, ratio)));
  const panels = plots.map((plot, index) => ({ layers: layers[index], width: plot.offsetWidth, height: plot.offsetHeight, paragraphs: plot.id === 'map' ? mapCaptions(colours) : ratesCaptions(colours, own) }));
  const told = [formulaInWords(ground, walks.request, catalog), ...settingsInWords(walks, catalog), location.href];
  const paragraphs = [...belowPictures(walks, colours), ...told.map((text) => ({ entries: [{ text }], colour: colours.soft }))];
  await saveCanvas(await composePicture(panels, paragraphs, colours, ratio), fileName(walks));
}

/**
 * Draws what moves finer than the screen needs it, for a copy; then as it was.
 * @template T
 * @param {number} ratio of pixels to those of the page
 * @param {number} position which step is shown
 * @param {() => T} copied
 * @returns {T}
 */
function finely(ratio, position, copied) {
  map_overlay.place(frame(), colours, ratio);
  map_overlay.paint(position);
  if (ground && scene_drawn && !walks?.flat) {
    surface_overlay.place(surfaceFrame(ground.surface), colours, ratio);
    surface_overlay.paint(position);
  }
  try {
    return copied();
  } finally {
    map_overlay.place(frame(), colours);
    placeScene();
    paint();
  }
}

/** Paper shows as many pixels as a file. */
const PAPER_RATIO = 3;
/** Brings the screen back when all is printed. */
let offPaper = () => {};

/** Lays what is printed: the light picture with the whole path, whatever theme and step are shown. */
function layOnPaper() {
  if (!walks?.request || !ground) return;
  offPaper();
  const { request } = walks;
  const [views, { more }] = [byId('views'), map_overlay];
  const { only } = views.dataset;
  const shown = colours;
  colours = palette(boot.palette, false);
  // What is one beside the other is printed so; a surface that hides the map would leave the path out.
  delete views.dataset.only;
  if (map_drawn && (shown.ground !== colours.ground || only)) replot(request);
  maps.paintNow(colours);
  map_overlay.more = null;
  showWrongWay();
  const drawing = (/** @type {HTMLElement} */ plot) => ({ layers: layersOf(plot, colours, PAPER_RATIO), width: plot.offsetWidth, height: plot.offsetHeight });
  const seconds = ['surface', 'data', 'rates'].map((id) => byId(id)).filter((plot) => plot.offsetWidth > 0 && (plot.id !== 'surface' || scene_drawn));
  const drawings = finely(PAPER_RATIO, player.last, () => {
    paintFit(player.last);
    return [byId('map'), ...seconds].map(drawing);
  });
  const curves = map_drawn && byId('curves-plot').querySelector('.main-svg') ? drawing(byId('curves')) : null;
  const takeAway = layPaper({ head: headOfPaper(request), drawings, captions: captionsOfPaper(), curves, foot: footOfPaper() });
  map_overlay.more = more;
  if (only) views.dataset.only = only;
  offPaper = () => {
    takeAway();
    offPaper = () => {};
    colours = palette(boot.palette);
    if (!map_drawn || (shown.ground === palette(boot.palette, false).ground && !only)) return;
    scene_key = '';
    void drawMap(request).then(later);
    maps.place(colours);
  };
}

/** Draws all plots anew before anything else happens. @param {Wanted} request */
function replot(request) {
  if (!ground) return;
  void draw('map-plot', mapFigure(ground, { ...request, domain: seenDomain(request) }, colours));
  void plotCurves();
  void plotData(request);
  if (byId('data').offsetWidth > 0) fit_overlay.place();
  if (scene_drawn && byId('surface').offsetWidth > 0) void plotSurface();
}

/** @param {Wanted} request @returns {HTMLElement[]} */
function headOfPaper({ landscape }) {
  const words = lessonWords();
  if (words.length > 0) return words;
  const title = catalog.landscapes.find(({ slug }) => slug === landscape)?.title ?? landscape;
  const optimizers = [...new Set(walks?.runs.map(({ request }) => catalog.optimizers.find(({ slug }) => slug === request.optimizer)?.title ?? request.optimizer))];
  return [paragraph('Downhill', 'small'), make('h1', { textContent: `${title}: ${optimizers.join(', ')}` }), copyOf(byId('teaches'))];
}

/** What the signs and colours mean. @returns {HTMLElement[]} */
function captionsOfPaper() {
  if (!walks) return [];
  const runs = walks.several ? walks.runs.filter(({ request }) => request.hidden !== 1).map(({ run, label }) => make('li', {}, [swatch(run), label])) : [];
  const signs = ['map-caption', 'wrong-caption'].map((id) => byId(id).textContent).join(' ').trim();
  const endings = [...byId('map-legend').children].map((row) => make('li', {}, [...copyOf(/** @type {HTMLElement} */ (row)).childNodes]));
  const scale = walks.request?.map === 'rates' ? ratesCaptions(colours, '').flatMap(({ entries }) => entries.map(({ text }) => text)) : [];
  return [
    ...(runs.length > 0 ? [make('ul', { className: 'keys' }, runs)] : []),
    ...(endings.length > 0 ? [make('ul', { className: 'keys' }, endings)] : []),
    paragraph([signs, scale.slice(0, 1).join(''), byId('map-shades').textContent].filter(Boolean).join(' '), 'small'),
  ];
}

/** How it ended, how it was made, and where it is. @returns {HTMLElement[]} */
function footOfPaper() {
  if (!walks || !ground) return [];
  const summary = walks.all[walker]?.summary;
  const who = walks.who(walker);
  const formula = make('p', {}, [`f(${ground.axes.join(', ')}) = `, ...copyOf(byId('formula')).childNodes]);
  return [
    paragraph(summary ? `${who && `${who}: `}${summary.message}` : ''),
    formula,
    ...settingsInWords(walks, catalog).map((text) => paragraph(text, 'small')),
    make('p', { className: 'small' }, [make('a', { href: location.href, textContent: location.href })]),
  ];
}

window.addEventListener('beforeprint', layOnPaper);
window.addEventListener('afterprint', () => offPaper());

byId('export-png').addEventListener('click', () => void savePicture().catch(() => tellOfExport('The browser could not make the picture.')));
document.addEventListener('click', (event) => {
  const menu = /** @type {HTMLDetailsElement} */ (byId('export'));
  if (!menu.contains(/** @type {Node} */ (event.target)) || /** @type {Element} */ (event.target).closest('.list')) menu.open = false;
});

byId('export').addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  /** @type {HTMLDetailsElement} */ (byId('export')).open = false;
  byId('export').querySelector('summary')?.focus();
});

// The wheel scrolls the page, as it does over the map; the surface is turned by dragging and by keys.
byId('surface').addEventListener('wheel', (event) => event.stopPropagation(), { capture: true, passive: true });
watchSwipes(byId('surface-plot'), followScene);
byId('surface-plot').addEventListener('keydown', (event) => {
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
  if (!way || !scene_drawn) return;
  event.preventDefault();
  event.stopPropagation();
  void turn(way[0] * 0.12, way[1] * 0.12).then(followScene);
});

watchTheme(() => {
  colours = palette(boot.palette);
  if (!walks?.request) return;
  if (map_drawn) void drawMap(walks.request).then(later);
  else placeOverlays();
  placeScene();
});

const resizing = new ResizeObserver(() => {
  void (async () => {
    if (map_drawn) await fit('map-plot');
    await fit('slope-plot');
    slope_overlay.place();
    placeOverlays();
    if (map_drawn) await fit('curves-plot');
    await fit('sharpness-plot');
    moveCursors();
    await race.fit();
    await fit('data-plot');
    fit_overlay.place();
    wake();
    if (scene_drawn) await fit('surface-plot');
    followScene();
    if (map_drawn && !scene_drawn) later();
  })();
});
watchDensity(() => {
  placeOverlays();
  placeScene();
  fit_overlay.place();
  wake();
});

// A map of learning rates takes room from the landscape's picture, though all views together keep theirs.
for (const id of ['views', 'map', 'surface']) resizing.observe(byId(id));

// ---------------------------------------------------------------- the beginning

const has_scene = hasWebGL();
if (!has_scene) {
  byId('surface-note-text').textContent = 'This browser shows no 3-D pictures (WebGL is missing). The map works alone.';
}

/** For tests: what is shown, as numbers. */
window.downhill = {
  player,
  get walks() {
    return walks;
  },
  get ready() {
    return map_drawn && walks?.done === true && (scene_drawn || !has_scene || byId('surface').getClientRects().length === 0);
  },
  get map_drawn() {
    return map_drawn;
  },
  get scene_drawn() {
    return scene_drawn;
  },
  get numbers() {
    return inspector.numbers;
  },
  overlays: { map: map_overlay, surface: surface_overlay },
  maps,
  theory,
};

ask();
void getJson(boot.thumbnails).then((pictures) => controls.illustrate(pictures)).catch(() => {});
try {
  // The first walk moves over the picture that came with the page; then there is time for plotly.js.
  while (!walks || !ground) await pause(10);
  await pause(HEAD_START);
  await plotlyReady();
  await drawMap(/** @type {Wanted} */ (/** @type {Walks} */ (walks).request));
  map_drawn = true;
  byId('first').hidden = true;
  placeOverlays();
  later();
} catch (error) {
  fail(error);
}
