// The pictures side by side: what stands beside the map, and which of both is enlarged.

import { isNarrow, watchWidth } from '../input/narrow_screen.js';

/** What the second place is called where it is enlarged. */
const NAMES = /** @type {Record<string, string>} */ ({
  surface: 'surface',
  data: 'data',
  rates: 'map of learning rates',
  theory: 'theory',
  rule: 'update rule',
  curves: 'curves',
  race: 'table of runs',
});

/** @param {HTMLElement} views @param {Session} session @returns {Panel} */
export function mountViews(views, session) {
  const { dataset } = views;
  const buttons = /** @type {HTMLButtonElement[]} */ ([...views.querySelectorAll('.enlarge')]);
  const places = /** @type {HTMLButtonElement[]} */ ([...views.querySelectorAll('.places [data-second]')]);
  const other = /** @type {HTMLElement | null} */ (views.querySelector('#other-view'));
  /** What is usual here: what a lesson is about, or what goes with the kind of the landscape. */
  const usual = () => dataset.lesson || usualOf(dataset.kind ?? '', session);
  /** What was chosen by hand or by the address, until it is nothing to be chosen any more. */
  let chosen = session.view.view ?? '';
  /** What an address has just named stands, whatever kind of landscape comes with it. */
  let named = false;
  /** @param {string} place @param {boolean} [by_hand] */
  const choose = (place, by_hand = false) => {
    chosen = place;
    // The map of learning rates is there by its own key; and what is usual needs no word.
    const here = isNarrow() ? 'map' : usual();
    const view = ['', 'map', 'rates', here].includes(place) ? null : place;
    if (view !== session.view.view) session.look({ view }, by_hand);
  };
  /** The parts of the page that may stand beside the map, and where they come from. @type {Record<string, {part: HTMLElement, home: Comment}>} */
  const lent = {};
  for (const [place, id] of [
    ['theory', 'theory'],
    ['rule', 'inspector'],
    ['curves', 'walk-curves'],
    ['race', 'race'],
  ]) {
    const part = document.getElementById(id);
    if (!part || !places.some((button) => button.dataset.second === place)) continue;
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
  const arrange = () => show(placeOf(chosen, usual(), dataset.kind ?? '', session));
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
      choose(!isNarrow() && place === usual() ? '' : place, true);
      show(place);
      if (place === 'rates') session.edit({ map: 'rates' });
      else if (session.cells.kind === 'rates' && place !== 'map') session.edit({ map: null });
      if (place === 'theory' && !session.theory.on) session.edit({ theory: '1' });
      if (second !== place) session.redraw();
      // What stands there now has another size.
      if (place in lent || (second ?? '') in lent) void session.tellInTurn('resized');
    });
  }
  watchWidth(arrange);
  // What a lesson is about stands there from the beginning.
  if (dataset.lesson) arrange();
  name();
  return {
    opened() {
      chosen = session.view.view ?? '';
      named = true;
    },
    looked() {
      const { view } = session.view;
      if (view === null ? ['', 'map', 'rates'].includes(chosen) : view === chosen) return;
      chosen = view ?? '';
      arrange();
    },
    landscape(request) {
      const { kind } = dataset;
      shape(dataset, request, session.landscape?.points !== null);
      views.toggleAttribute('data-network', Boolean(session.landscape?.network));
      // Of another kind of landscape another picture is the usual one.
      if (kind !== dataset.kind && !named && (chosen === 'surface' || chosen === 'data')) choose('');
      arrange();
    },
    beside() {
      // What lies beside an enlarged picture would not be seen.
      if (dataset.only === 'map') enlarge(undefined);
    },
    walks() {
      showKind(dataset, session.cells.kind);
      for (const button of places)
        if (button.dataset.second === 'race') button.hidden = (session.walks?.runs.length ?? 1) < 2;
      named = false;
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
    unlinked: () =>
      dataset.only ? [`that the ${dataset.only === 'map' ? 'map' : NAMES[dataset.second ?? '']} is enlarged`] : [],
    unfold() {
      const { only, second = '' } = dataset;
      // A surface that hides the map would leave the path out.
      delete dataset.only;
      const narrow = isNarrow();
      // Curves are printed at their own place.
      const other = narrow ? 'map' : second in lent ? usualOf(dataset.kind ?? '', session) : second;
      show(other);
      if (!only && other === second) return undefined;
      return () => {
        if (only) dataset.only = only;
        show(second);
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
 * @param {string} usual where nothing is chosen that can be shown
 * @param {string} kind of the landscape
 * @param {Session} session
 * @returns {string}
 */
function placeOf(chosen, usual, kind, session) {
  const { cells, walks } = session;
  if (isNarrow() && chosen === 'map') return 'map';
  if (cells.kind === 'rates') return 'rates';
  if (isNarrow() && chosen === '') return 'map';
  const race = (walks?.runs.length ?? 2) > 1;
  const there = { surface: kind !== 'curve', data: kind === 'data', theory: true, rule: true, curves: true, race };
  /** @param {string} place */
  const possible = (place) => there[/** @type {keyof typeof there} */ (place)] && !session.hides(place);
  if (possible(chosen)) return chosen;
  if (isNarrow()) return 'map';
  return possible(usual) ? usual : usualOf(kind, session);
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
