// The pictures side by side: what stands beside the map, and which of both is enlarged.

import { isNarrow, watchWidth } from '../input/narrow_screen.js';

/** What the second place is called where it is enlarged. */
const NAMES = /** @type {Record<string, string>} */ ({
  surface: 'surface',
  data: 'data',
  rates: 'map of learning rates',
  theory: 'theory',
  rule: 'update rule',
});

/** @param {HTMLElement} views @param {Session} session @returns {Panel} */
export function mountViews(views, session) {
  const { dataset } = views;
  const buttons = /** @type {HTMLButtonElement[]} */ ([...views.querySelectorAll('.enlarge')]);
  const places = /** @type {HTMLButtonElement[]} */ ([...views.querySelectorAll('.places [data-second]')]);
  const other = /** @type {HTMLElement | null} */ (views.querySelector('#other-view'));
  /** What was chosen by hand or by the address, until it is nothing to be chosen any more. */
  let chosen = session.view.view ?? '';
  /** @param {string} place @param {boolean} [by_hand] */
  const choose = (place, by_hand = false) => {
    chosen = place;
    // The map of learning rates is there by its own key; and what is usual needs no word.
    const view = ['', 'map', 'rates', usualOf(dataset.kind ?? '', session)].includes(place) ? null : place;
    if (view !== session.view.view) session.look({ view }, by_hand);
  };
  /** The parts of the page that may stand beside the map, and where they come from. @type {Record<string, {part: HTMLElement, home: Comment}>} */
  const lent = {};
  for (const [place, id] of [
    ['theory', 'theory'],
    ['rule', 'inspector'],
  ]) {
    const part = document.getElementById(id);
    if (!part) continue;
    const home = document.createComment('');
    part.before(home);
    lent[place] = { part, home };
  }

  const name = () => {
    for (const button of buttons) nameButton(button, dataset);
    for (const button of places) button.setAttribute('aria-pressed', String(button.dataset.second === dataset.second));
  };
  /** @param {string} place */
  const show = (place) => {
    const { second } = dataset;
    dataset.second = place;
    for (const [of, { part, home }] of Object.entries(lent)) {
      const here = part.parentElement === other;
      if (of === place && !here) other?.append(part);
      else if (of !== place && here) home.after(part);
    }
    name();
    if (second !== place) session.tell('placed', place);
  };
  const arrange = () => show(placeOf(chosen, dataset.kind ?? '', session));
  /** @param {string | undefined} only the one that is enlarged */
  const enlarge = (only) => {
    if (only) dataset.only = only;
    else delete dataset.only;
    name();
    // What was hidden may be of another landscape.
    session.redraw();
  };
  for (const button of buttons) {
    const { only } = button.dataset;
    button.addEventListener('click', () => enlarge(dataset.only === only ? undefined : only));
  }
  for (const button of places) {
    button.hidden = session.hides(partOf(button.dataset.second ?? ''));
    button.addEventListener('click', () => {
      const place = button.dataset.second ?? '';
      const { second } = dataset;
      // What is usual is what comes by itself, with every landscape and every width.
      choose(!isNarrow() && place === usualOf(dataset.kind ?? '', session) ? '' : place, true);
      show(place);
      if (place === 'rates') session.edit({ map: 'rates' });
      else if (session.cells.kind === 'rates' && place !== 'map') session.edit({ map: null });
      if (place === 'theory' && !session.theory.on) session.edit({ theory: '1' });
      if (second !== place) session.redraw();
    });
  }
  watchWidth(arrange);
  name();
  return {
    looked() {
      const { view } = session.view;
      if (view === null ? ['', 'map', 'rates'].includes(chosen) : view === chosen) return;
      chosen = view ?? '';
      arrange();
    },
    landscape(request) {
      const { kind } = dataset;
      shape(dataset, request, session.landscape?.data !== null);
      // Of another kind of landscape another picture is the usual one.
      if (kind !== dataset.kind && (chosen === 'surface' || chosen === 'data')) choose('');
      arrange();
    },
    beside() {
      // What lies beside an enlarged picture would not be seen.
      if (dataset.only === 'map') enlarge(undefined);
    },
    walks() {
      showKind(dataset, session.cells.kind);
      // A map that has just been asked for is about to be one.
      if (chosen !== 'rates' || session.upToDate) arrange();
    },
    asked: () => views.classList.toggle('stale-map', session.cells.stale),
    cells() {
      views.classList.toggle('stale-map', session.cells.stale);
      showOpacity(views, session);
    },
    opacity: () => showOpacity(views, session),
    zooming: () => void views.classList.toggle('zooming', session.cells.zooming),
    taken(part) {
      if (chosen !== part) return;
      choose('', true);
      arrange();
    },
    unfold() {
      const { only, second = '' } = dataset;
      // A surface that hides the map would leave the path out.
      delete dataset.only;
      const narrow = isNarrow();
      if (narrow) show(placeOf('map', dataset.kind ?? '', session));
      if (!only && !narrow) return undefined;
      return () => {
        if (only) dataset.only = only;
        if (narrow) show(second);
      };
    },
  };
}

/** @param {string} place beside the map @returns {string} the part of the page that it is */
function partOf(place) {
  return place === 'rates' ? 'maps' : place;
}

/** @param {string} kind of a landscape @param {Session} session @returns {string} `none` where that is left out of the page */
function usualOf(kind, session) {
  const usual = { curve: 'rule', data: 'data' }[kind] ?? 'surface';
  return session.hides(usual) ? 'none' : usual;
}

/**
 * What stands beside the map, or, where there is room for one picture, in its place.
 * @param {string} chosen
 * @param {string} kind of the landscape
 * @param {Session} session
 * @returns {string}
 */
function placeOf(chosen, kind, session) {
  const { cells } = session;
  if (isNarrow() && (chosen === '' || chosen === 'map')) return 'map';
  if (cells.kind === 'rates') return 'rates';
  const usual = usualOf(kind, session);
  const there = { surface: kind !== 'curve', data: kind === 'data', theory: true, rule: true }[chosen];
  const possible = there && !session.hides(chosen);
  return possible ? chosen : isNarrow() ? 'map' : usual;
}

/**
 * @param {DOMStringMap} dataset of the views, which is written to
 * @param {Wanted} request
 * @param {boolean} has_data whether the landscape is made from data
 */
function shape(dataset, request, has_data) {
  const flat = request.start.length === 1;
  dataset.kind = flat ? 'curve' : has_data ? 'data' : 'plane';
}

/** @param {DOMStringMap} dataset @param {string | null} kind of the map of cells */
function showKind(dataset, kind) {
  if (kind) dataset.map = kind;
  else delete dataset.map;
}

/** The cells lie under the contour lines and the marks, and the tint of the heights over them fades: that is the same as cells over it. @param {HTMLElement} views @param {Session} session */
function showOpacity(views, { cells }) {
  const shown = cells.kind === 'basins' && cells.cells !== null && cells.cells.stride > 0;
  views.style.setProperty('--cells', String(shown ? cells.opacity / 100 : 0));
}

/** It says what it would change; another landscape may have done so too. @param {HTMLButtonElement} button @param {DOMStringMap} dataset */
function nameButton(button, { only, second = '' }) {
  const pressed = button.dataset.only === only;
  const other = NAMES[second] ?? 'picture';
  button.setAttribute('aria-pressed', String(pressed));
  button.textContent = pressed ? 'Side by side' : 'Enlarge';
  const enlarged = button.dataset.only === 'map' ? 'map' : other;
  button.setAttribute('aria-label', pressed ? `Map and ${other} side by side` : `Enlarge the ${enlarged}`);
}
