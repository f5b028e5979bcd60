// Puts the page together. Data flows one way: control → request → (address, server) → walks → pictures and words.

import { CutOff, Refused, SingleFlight, getJson, streamDescent } from './api.js';
import { drawArrows, drawTangent } from './arrows.js';
import { Controls } from './controls.js';
import { curvesFigure, dataFigure, isStretched, lossRange, mapFigure, marksInWords, pathData, rootOf, surfaceFigure } from './figures.js';
import { Fit, predictions } from './fit.js';
import { Inspector, StepTable } from './inspector.js';
import { Overlay } from './overlay.js';
import { Player } from './player.js';
import { commitPath, curveFrames, draw, fit, hasWebGL, mapFrame, plotlyReady, saveImage, surfaceFrame, turn, watchCamera } from './plots.js';
import { changed, readQuery, say, writeQuery } from './request.js';
import { watchStart } from './start.js';
import { palette, watchTheme } from './theme.js';
import { MARKED_STEPS, MARKED_WALKERS, Walks } from './walks.js';

/** @template {HTMLElement} T @param {string} id @returns {T} */
const byId = (id) => /** @type {T} */ (document.getElementById(id));

const boot = JSON.parse(byId('boot').textContent ?? '');
const catalog = /** @type {Catalog} */ (boot.catalog);
const CURVE_POINTS = 201;
/** For so many milliseconds the first walk moves before plotly.js, whose compilation stops it for a while, is run. */
const HEAD_START = 120;
/** @param {number} milliseconds @returns {Promise<void>} */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const calm = matchMedia('(prefers-reduced-motion: reduce)');
const narrow = matchMedia('(max-width: 860px)');

/** The page's own path: a lesson has one of its own, and opens with its own settings where the address gives none. */
const home = /** @type {string} */ (boot.path ?? '/');
/** @param {string} search */
const fromAddress = (search) => readQuery(search || boot.lesson || '');

/** The keys of the address; the server fills in the rest. */
let given = readQuery(boot.query);
let good = given;
/** The walks that are shown. @type {Walks | null} */
let walks = null;
/** The landscape that is shown. @type {Ground | null} */
let ground = null;
/** The learning rates that are planned, for the request with this query. @type {{query: string, rates: Rates} | null} */
let planned = null;
let colours = palette();
/** Whether Plotly's map stands; until then the walk moves over the picture that came with the page. */
let map_drawn = false;
let scene_drawn = false;
let dragging = false;
/** The next address is a new entry of the history, not a change of the one there is. */
let push = false;
let walker = 0;

const flight = new SingleFlight();
const player = new Player();
const map_overlay = new Overlay(byId('map-over'), true);
const surface_overlay = new Overlay(byId('surface-over'), false);
const controls = new Controls(byId('controls'), catalog, change);
const fit_overlay = new Fit(byId('data-over'));
const inspector = new Inspector(catalog);
const table = new StepTable(() => player.shown);

// ---------------------------------------------------------------- asking

let last_change = { key: '', time: -Infinity };
let by_keys = false;
document.addEventListener('keydown', () => (by_keys = true), true);
document.addEventListener('pointerdown', () => (by_keys = false), true);

/** A control has changed. @param {Record<string, string | null>} what @param {'drag' | 'final'} phase */
function change(what, phase) {
  // A gesture is one entry of the history: a drag, or a key pressed again and again on one control.
  const key = Object.keys(what).join();
  const now = performance.now();
  const goes_on = by_keys && key === last_change.key && now - last_change.time < 1000;
  if (!dragging && !goes_on) push = true;
  last_change = { key, time: now };
  dragging = phase === 'drag';
  given = changed(given, what, catalog);
  ask();
}

/** Asks for the walk of the keys given now. */
function ask() {
  const query = writeQuery(given, catalog.order);
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
      fail(error);
    }
  });
}

/** @type {Map<string, Ground>} */
const grounds = new Map();

/** @param {Wanted} request @param {AbortSignal} signal @returns {Promise<Ground>} */
async function getGround({ landscape, shape, domain, start }, signal) {
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
  const { stationary_points: stationary, data, axes } = record;
  const fresh = { key: `${key} ${resolution}`, surface, stationary, data, axes };
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
  }
  if (new_ground && map_drawn) await drawMap(request);
  if (signal.aborted) return false;
  walks = next;
  walker = Math.min(walker, next.all.length - 1);
  good = readQuery(next.query);
  // What was changed meanwhile is on its way: an older answer must not take it back.
  if (!flight.pending) given = good;
  writeAddress();
  hideFailure();
  controls.sync(request);
  listWalkers();
  map_overlay.show(next);
  surface_overlay.show(next);
  if (first || elsewhere) begin();
  grow();
  if (!flight.pending) placeHandle();
  later();
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
  showProgress();
  showWords();
  later();
  wake();
}

let written = -Infinity;

function writeAddress() {
  if (!walks) return;
  const address = walks.query === (boot.lesson ?? '') ? home : `${home}?${walks.query || `landscape=${walks.request?.landscape}`}`;
  const twin = `/api/descent${walks.query && `?${walks.query}`}`;
  byId('export-json').setAttribute('href', twin);
  document.querySelector('link[rel="alternate"]')?.setAttribute('href', twin);
  if (address === location.pathname + location.search) return;
  // A browser takes only so many changes of the address in a while, and each costs; the last one of a drag always counts.
  if (dragging && !push && performance.now() - written < 300) return;
  written = performance.now();
  if (push) history.pushState(null, '', address);
  else history.replaceState(null, '', address);
  push = false;
}

window.addEventListener('popstate', () => {
  push = dragging = false;
  last_change = { key: '', time: -Infinity };
  given = fromAddress(location.search);
  ask();
});

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
  await drawCurves();
  await drawData();
  await drawScene();
  if (!walks || !ground) return;
  if (!player.playing) commitPath(pathData(walks));
  showWrongWay();
  table.show(walks.all[walker], ground.axes);
  inspect();
}

/** Says what the hollow triangles mean, where there are any. */
function showWrongWay() {
  if (!walks) return;
  const climbs = walks.request?.goal === 'maximize';
  const any = walks.all.length <= MARKED_WALKERS && walks.all.some((walk) => walk.wrongWay(MARKED_STEPS, climbs ? -1 : 1).length > 0);
  setText('wrong-caption', any ? (climbs ? '▽\u00a0step\u00a0downhill.' : '△\u00a0step\u00a0uphill.') : '');
}

/** The keys that the planned learning rates depend on. */
const OF_THE_SCHEDULE = ['learning_rate', 'schedule', 'floor', 'drops', 'peak', 'warmup', 'restarts', 'growth', 'steps'];

/** Asks for the learning rates that are planned: the walk may end long before they do. */
async function plan() {
  const request = walks?.request;
  if (!request) return;
  const wanted = Object.fromEntries(OF_THE_SCHEDULE.filter((key) => request[key] !== null && request[key] !== undefined).map((key) => [key, String(request[key])]));
  const query = writeQuery(wanted, catalog.order);
  if (planned?.query !== query) {
    planned = null;
    const rates = await getJson(`/api/descent/learning-rates?${query}`, AbortSignal.timeout(5000)).catch(() => null);
    // A newer walk has asked for its own.
    if (!rates || walks?.request !== request) return;
    planned = { query, rates };
  }
  controls.drawSketch(planned.rates, request);
}

// ---------------------------------------------------------------- drawing

/** @param {Wanted} request */
async function drawMap(request) {
  if (!ground) return;
  const { domain } = request;
  const flat = domain.length === 2;
  const wide = flat || isStretched(domain) || domain[3] - domain[2] < 0.85 * (domain[1] - domain[0]);
  const views = byId('views');
  views.dataset.aspect = wide ? 'wide' : 'square';
  views.dataset.kind = flat ? 'curve' : ground.data ? 'data' : 'plane';
  if (!ground.data) delete views.dataset.second;
  if (flat) delete views.dataset.only;
  nameViews();
  await draw('map-plot', mapFigure(ground, request, colours));
  const signs = marksInWords(ground.stationary);
  byId('map-caption').textContent = signs && `${signs}.`;
  byId('map-caption').title = flat ? '' : `Contour lines lie at equal steps of the ${{ 2: 'square', 4: 'fourth', 8: 'eighth' }[rootOf(ground.surface.loss)]} root of loss − lowest.`;
  byId('surface').classList.add('stale');
  placeOverlays();
  await drawData();
}

async function drawCurves() {
  if (!walks || !ground) return;
  const logarithmic = byId('logarithmic');
  const figure = curvesFigure(walks, ground.stationary, /** @type {HTMLInputElement} */ (logarithmic).checked, colours, narrow.matches, planned?.rates.restarts ?? [], walker);
  await draw('curves-plot', figure);
  byId('cursors').replaceChildren(...curveFrames().map(() => document.createElement('i')));
  moveCursors();
}

/** The data and the fit of the best weights known, beside a landscape that is made from them. */
async function drawData() {
  if (!ground?.data || byId('data-plot').getBoundingClientRect().width === 0) return;
  const best = ground.stationary.find(({ kind }) => kind === 'global_minimum')?.point;
  await draw('data-plot', dataFigure(ground, best ? predictions(ground.data, best[0], best[1]) : null, colours));
  byId('data-caption').textContent = `${ground.data.caption} Line: the walker’s fit. Dashed: ${ground.data.error === 'squared' ? 'the exact least-squares answer' : 'the best fit there is'}. The loss is that of all points.`;
  fit_overlay.place();
  wake();
}

let scene_key = '';

async function drawScene() {
  if (!walks || !ground || walks.flat || !has_scene || byId('surface-plot').getBoundingClientRect().width === 0) return;
  const key = `${ground.key} ${colours.ground} ${walks.request?.goal}`;
  if (key === scene_key) byId('surface').classList.remove('stale');
  if (key === scene_key || dragging) return;
  scene_key = key;
  await draw('surface-plot', surfaceFigure(ground, /** @type {Wanted} */ (walks.request), colours));
  if (!scene_drawn) watchCamera(placeScene);
  scene_drawn = true;
  byId('surface-note').hidden = true;
  byId('surface').classList.remove('stale');
  // The scene sets its camera in the frame after it was drawn.
  requestAnimationFrame(() => requestAnimationFrame(placeScene));
}

function placeScene() {
  if (!ground || !scene_drawn || walks?.flat || !ground.surface.y) return;
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

/** The height of a curve, on the straight line between two of its points. @param {number} x */
function heightAt(x) {
  if (!ground || ground.surface.y) return 0;
  const { x: grid, loss } = ground.surface;
  const place = ((x - grid[0]) / (grid[grid.length - 1] - grid[0])) * (grid.length - 1);
  const k = Math.max(0, Math.min(Math.floor(place), grid.length - 2));
  return loss[k] + (place - k) * (loss[k + 1] - loss[k]);
}

/** What is shown of the single step under the cursor, over the heads. */
map_overlay.more = (context, now) => {
  const walk = walks?.all[walker];
  const { numbers } = inspector;
  if (!walk || !numbers || dragging || !inspector.shows(walks, walker, Math.min(player.shown, walk.length - 2))) return;
  if (walks?.flat) drawTangent(context, now, numbers, walk.loss[numbers.step + 1], switches, colours);
  else if (!player.playing) drawArrows(context, now, numbers, switches, colours);
};

const switches = { gradient: true, velocity: true, step: true };
byId('arrows').addEventListener('change', (event) => {
  const box = /** @type {HTMLInputElement} */ (event.target);
  switches[/** @type {keyof typeof switches} */ (box.value)] = box.checked;
  wake();
});
inspector.arrived = () => wake();

function paintFit() {
  if (!walks || !ground?.data) return;
  const { numbers } = inspector;
  const batch = numbers && inspector.shows(walks, 0, player.shown) ? numbers.batch : null;
  const weights = walks.all.slice(0, 8).map((walk) => /** @type {[number, number]} */ (walk.at(player.position).slice(0, 2)));
  fit_overlay.paint(ground.data, weights, batch, colours);
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
  map_overlay.paint(player.position);
  if (scene_drawn && !walks?.flat) surface_overlay.paint(player.position);
  paintFit();
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

/** Writes only what has changed: a text node that is set anew is laid out anew. @param {string} id @param {string} text */
function setText(id, text) {
  const node = byId(id);
  if (node.textContent !== text) node.textContent = text;
}

function moveCursors() {
  const lines = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('#cursors i'));
  if (lines.length === 0) return;
  curveFrames().forEach(({ left, top, height, place }, index) => {
    const line = lines[index];
    line.style.top = `${top}px`;
    line.style.height = `${height}px`;
    line.style.transform = `translateX(${left + place(player.position)}px)`;
  });
}

/** @param {number} step */
function showMoving(step) {
  const walk = walks?.all[walker];
  if (!walk || walk.length === 0) return;
  const k = Math.min(step, walk.length - 1);
  const who = walks && walks.all.length > 1 ? `Walker ${walker + 1}, step` : 'Step';
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
  const who = walks.all.length > 1 ? `Walker ${walker + 1}: ` : '';
  setText('message', ended && summary ? who + summary.message : '');
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
  if (key === inspected || (fast && inspector.wanted?.walks === walks && inspector.wanted.walker === walker)) return;
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
  const expected = walks.request.starts * (walks.request.steps + 1);
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

/** Says what failed, beside the control that caused it, and keeps the last good picture. @param {unknown} error */
function fail(error) {
  if (!flight.pending) given = good;
  if (error instanceof Refused && controls.complain(error.complaint)) return;
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

function hideFailure() {
  byId('failure').hidden = true;
}

byId('retry').addEventListener('click', () => {
  hideFailure();
  given = fromAddress(location.search);
  ask();
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
byId('scrub').addEventListener('input', (event) => transport(() => player.seek(/** @type {HTMLInputElement} */ (event.target).valueAsNumber)));
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
  domain: () => walks?.request?.domain ?? [0, 1, 0, 1],
  start: () => (given.start ? given.start.split(',').map(Number) : (walks?.request?.start ?? [0, 0])),
  moved: (start, phase) => {
    // The handle follows the pointer at once, the path when it is there.
    change({ start: start.join(',') }, phase);
    placeHandle(start);
  },
});

function listWalkers() {
  const count = walks?.all.length ?? 0;
  const select = /** @type {HTMLSelectElement} */ (byId('walker'));
  byId('walker-choice').hidden = count < 2;
  if (select.options.length === count) return;
  select.replaceChildren(...Array.from({ length: count }, (_, index) => new Option(String(index + 1), String(index))));
  select.value = String(walker);
}

byId('walker').addEventListener('change', (event) => {
  walker = Number(/** @type {HTMLSelectElement} */ (event.target).value);
  if (walks && ground) table.show(walks.all[walker], ground.axes);
  void drawCurves();
  showWords();
  wake();
});

byId('logarithmic').addEventListener('change', () => void drawCurves());

/** The buttons that change what is seen side by side say what they would change; another landscape may have done so too. */
function nameViews() {
  const { only, second, kind } = byId('views').dataset;
  const beside = kind === 'data' && second !== 'surface' ? 'data' : 'surface';
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('.enlarge'))) {
    const pressed = button.dataset.only === only;
    button.setAttribute('aria-pressed', String(pressed));
    button.textContent = pressed ? 'Side by side' : 'Enlarge';
    button.setAttribute('aria-label', pressed ? `Map and ${beside} side by side` : `Enlarge the ${button.dataset.only === 'map' ? 'map' : beside}`);
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

/** @param {string} text */
function toast(text) {
  byId('toast').textContent = text;
  window.setTimeout(() => (byId('toast').textContent = ''), 2500);
}

/** @param {string} text @param {string} done */
async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch {
    // Without the right to the clipboard, as on plain http, the text is offered to be copied by hand.
    window.prompt('Copy this:', text.slice(0, 2000));
  }
}

byId('share').addEventListener('click', () => void copy(location.href, 'The link to this picture is copied.'));
byId('copy-steps').addEventListener('click', () => {
  if (walks) void copy(walks.toCsv().replaceAll(',', '\t'), 'All steps are copied.');
});
byId('export-csv').addEventListener('click', () => {
  if (!walks) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([walks.toCsv()], { type: 'text/csv' }));
  link.download = 'downhill.csv';
  link.click();
  URL.revokeObjectURL(link.href);
});
byId('export-png').addEventListener('click', () => {
  if (!walks?.request || !ground || !map_drawn) return;
  const figure = mapFigure(ground, walks.request, colours);
  const path = pathData(walks);
  Object.assign(figure.data[2], { x: path.x, y: path.y, customdata: path.customdata, line: { color: colours.walkers[0], width: 3 } });
  void saveImage({ data: figure.data, layout: { ...figure.layout, paper_bgcolor: colours.ground } }, 'downhill');
});
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
byId('surface-plot').addEventListener('keydown', (event) => {
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
  if (!way || !scene_drawn) return;
  event.preventDefault();
  event.stopPropagation();
  void turn(way[0] * 0.12, way[1] * 0.12).then(() => requestAnimationFrame(placeScene));
});

watchTheme(() => {
  colours = palette();
  if (!walks?.request) return;
  if (map_drawn) void drawMap(walks.request).then(later);
  else placeOverlays();
  placeScene();
});

new ResizeObserver(() => {
  void (async () => {
    if (map_drawn) await fit('map-plot');
    placeOverlays();
    if (map_drawn) await fit('curves-plot');
    moveCursors();
    await fit('data-plot');
    fit_overlay.place();
    if (scene_drawn) await fit('surface-plot');
    placeScene();
    if (map_drawn && !scene_drawn) later();
  })();
}).observe(byId('views'));

// ---------------------------------------------------------------- the beginning

const has_scene = hasWebGL();
if (!has_scene) {
  byId('surface-note').textContent = 'This browser shows no 3-D pictures (WebGL is missing). The map works alone.';
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
