// The pictures side by side: what stands beside the map, in one place or in two, and which of them is enlarged.

import { isNarrow, watchWidth } from '../input/narrow_screen.js';
import { isWide, watchRoom } from '../input/wide_screen.js';
import { put, readPlaces, settle } from '../state/places.js';

/** @typedef {import('../state/places.js').Places} Places */
/** @typedef {keyof Places} Place */

/** What a part is called where it is enlarged. */
const NAMES = /** @type {Record<string, string>} */ ({
  map: 'map',
  surface: 'surface',
  data: 'data',
  rates: 'map of learning rates',
  theory: 'theory',
  rule: 'update rule',
  curves: 'curves',
  race: 'table of runs',
});
/** What is always at home in a place, and what is lent to it by another part of the page; with their elements. */
const OWN = { surface: 'surface-view', data: 'data-view', rates: 'rates-view' };
const LENT = { theory: 'theory', rule: 'inspector', curves: 'walk-curves', race: 'race' };
/** What stands beside the map only beside a lesson's text: no address names it. */
const ONLY_OF_LESSONS = ['curves', 'race'];

/** @param {HTMLElement} views @param {Session} session @returns {Panel} */
export function mountViews(views, session) {
  const { dataset } = views;
  const buttons = /** @type {HTMLButtonElement[]} */ ([...views.querySelectorAll('.enlarge')]);
  // Beside a lesson there is one place alone.
  const places = /** @type {Place[]} */ (['second', 'third']).filter((place) => views.querySelector(`#${place}`));
  const tabs = places.flatMap((place) =>
    /** @type {HTMLButtonElement[]} */ ([...views.querySelectorAll(`.places [data-${place}]`)]).map((button) => {
      const part = button.dataset[place] ?? '';
      return { place, button, part, left_out: session.hides(part === 'rates' ? 'maps' : part) };
    }),
  );
  const [opens, closes] = /** @type {(HTMLElement | null)[]} */ (
    ['#third-open', '#third-close'].map((door) => views.querySelector(door))
  );
  const lent = lentParts((part) => tabs.some((tab) => tab.part === part));

  /** What was chosen by hand or by the address, also where it cannot be shown now. */
  let chosen = readPlaces(session.view.view);
  /** What an address has just named stands, whatever kind of landscape comes with it. */
  let named = false;
  /** A map that has just been asked for is about to be one. */
  const asked = () => session.edited.shared.map === 'rates';
  /** What can be shown, in the order in which a place takes it that has no choice. */
  const possible = () => {
    const { kind } = dataset;
    const race = (session.walks?.runs.length ?? 2) > 1;
    const not = { surface: kind === 'curve', data: kind !== 'data', rule: false, theory: false, rates: !asked() };
    const shut = /** @type {Record<string, boolean>} */ ({ ...not, curves: false, race: !race });
    const open = (/** @type {string} */ part) => tabs.some((tab) => tab.part === part && !tab.left_out);
    return Object.keys(shut).filter((part) => !shut[part] && open(part));
  };
  /** What is usual here: what a lesson is about, or what goes with the kind of the landscape. */
  const usual = () => {
    const own = dataset.lesson ?? '';
    // An embed has nothing beside its map where nothing is asked for.
    return possible().includes(own) ? own : (dataset.usual ?? usualOf(dataset.kind ?? '', session));
  };
  /** @param {Places} of with the map of learning rates, which is there by its own key @returns {Places} */
  const withRates = (of) => (asked() && of.third !== 'rates' ? { ...of, second: 'rates' } : of);
  /** What stands where, or, where there is room for one picture, in its place. @returns {Places} */
  const settled = () => {
    if (isNarrow() && chosen.second === 'map') return { second: 'map', third: '' };
    const { second, third } = withRates(chosen);
    const room = isWide() && places.length > 1;
    return settle({ second, third: room ? third : '' }, possible(), isNarrow() ? 'map' : usual());
  };
  /** What an address says of it. @returns {string | null} */
  const written = () => {
    const { second } = chosen;
    // The map of learning rates is there by its own key; what is usual needs no word, and what stands there only beside a
    // lesson has none.
    if (!chosen.third)
      return ['', 'map', 'rates', ...ONLY_OF_LESSONS, isNarrow() ? 'map' : usual()].includes(second) ? null : second;
    return Object.values(settle(withRates(chosen), possible(), usual()))
      .filter((part) => part !== 'none')
      .join();
  };
  /** @param {Places} next @param {boolean} [by_hand] */
  const choose = (next, by_hand = false) => {
    chosen = next;
    const view = written();
    if (view !== session.view.view) session.look({ view }, by_hand);
  };

  const name = () => {
    const { second, third } = dataset;
    for (const button of buttons) nameButton(button, dataset);
    for (const { place, button, part, left_out } of tabs) {
      const alone = part === 'race' && !possible().includes(part);
      button.hidden = left_out || alone || (place === 'third' && part === second);
      button.setAttribute('aria-pressed', String(dataset[place] === part));
    }
    if (opens) opens.hidden = Boolean(third) || !isWide() || second === 'none';
  };
  /** @returns {Places} what stands where now */
  const shown = () => ({ second: dataset.second ?? '', third: dataset.third ?? '' });
  /** @param {Places} next */
  const show = (next) => {
    const before = Object.values(shown());
    dataset.second = next.second;
    if (next.third) dataset.third = next.third;
    else delete dataset.third;
    if (dataset.only === 'third' && !next.third) delete dataset.only;
    const placeOf = (/** @type {string} */ part) => places.find((place) => dataset[place] === part);
    for (const [part, id] of Object.entries(OWN)) {
      const own = /** @type {HTMLElement | null} */ (views.querySelector(`#${id}`))?.dataset;
      const place = placeOf(part);
      if (own && place) own.place = place;
      else if (own) delete own.place;
    }
    for (const [part, { element, home }] of Object.entries(lent)) {
      const place = placeOf(part);
      const other = place && views.querySelector(`.other[data-place=${place}]`);
      if (other && element.parentElement !== other) other.append(element);
      else if (!other && element.parentElement?.matches('.other')) home.after(element);
    }
    name();
    for (const part of Object.values(next)) if (part && !before.includes(part)) session.tell('placed', part);
  };
  const arrange = () => show(settled());
  /** What is shown otherwise than it was chosen is in the address, too. */
  const follow = () => {
    arrange();
    if (chosen.third) choose(chosen);
  };
  /** Asks for what is to be seen, and shows it. @param {Places} next */
  const turn = (next) => {
    const before = shown();
    const parts = Object.values(next);
    const rates = parts.includes('rates');
    /** @type {Record<string, string | null>} */
    const change = {};
    if (rates !== asked() && (rates || next.second !== 'map')) change.map = rates ? 'rates' : null;
    if (parts.includes('theory') && !session.theory.on) change.theory = '1';
    // First, so that all of it is one entry of the history.
    if (Object.keys(change).length > 0) session.edit(change);
    // What is usual is what comes by itself, with every landscape and every width.
    choose(!isNarrow() && next.second === usual() ? { ...next, second: '' } : next, true);
    arrange();
    const now = shown();
    if (now.second === before.second && now.third === before.third) return;
    session.redraw();
    const moved = [...Object.values(now), ...Object.values(before)];
    // What is lent to a place has another size there.
    if (moved.some((part) => part in lent)) void session.tellInTurn('resized');
  };
  /** @param {Place} place @param {string} part */
  const pick = (place, part) => turn(put({ ...shown(), third: dataset.third ?? chosen.third }, place, part));
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
  for (const { place, button, part } of tabs) button.addEventListener('click', () => pick(place, part));
  opens?.addEventListener('click', () => {
    const [first] = possible().filter((part) => part !== dataset.second);
    if (first) pick('third', first);
    closes?.focus();
  });
  closes?.addEventListener('click', () => {
    turn({ ...shown(), third: '' });
    opens?.focus();
  });
  watchWidth(arrange);
  watchRoom(arrange);
  // What a lesson is about stands there from the beginning.
  if (dataset.lesson) arrange();
  name();
  return {
    opened() {
      chosen = readPlaces(session.view.view);
      named = true;
    },
    looked() {
      if (written() === session.view.view) return;
      chosen = readPlaces(session.view.view);
      arrange();
    },
    landscape(request) {
      const { kind } = dataset;
      shape(dataset, request, session.landscape?.points !== null);
      views.toggleAttribute('data-network', Boolean(session.landscape?.network));
      // Of another kind of landscape another picture is the usual one.
      if (kind !== dataset.kind && !named && ['surface', 'data'].includes(chosen.second))
        choose({ ...chosen, second: '' });
      arrange();
    },
    beside() {
      // What lies beside an enlarged picture would not be seen, and what has no place has to have one.
      if (dataset.only === 'map' || (dataset.only && dataset.third === 'rates')) enlarge(undefined);
      if (!dataset.third && chosen.third === 'rates') pick('second', 'rates');
    },
    rewriting() {
      if (dataset.only) enlarge(undefined);
      if (!Object.values(shown()).includes('rule')) pick('second', 'rule');
    },
    walks() {
      showKind(dataset, session.cells.kind);
      named = false;
      follow();
    },
    asked: () => views.classList.toggle('stale-map', session.cells.stale),
    cells() {
      views.classList.toggle('stale-map', session.cells.stale);
      showOpacity(views, session);
    },
    opacity: () => showOpacity(views, session),
    zooming: () => void views.classList.toggle('zooming', session.cells.zooming),
    taken(part) {
      if (!(part in lent)) return;
      const left = possible().filter((other) => other !== part && other !== dataset.second);
      if (chosen.second === part) choose({ ...chosen, second: '' }, true);
      else if (dataset.third === part) choose({ ...chosen, third: left[0] ?? '' }, true);
      arrange();
    },
    unlinked: () => [
      ...(dataset.only ? [`that the ${NAMES[dataset[dataset.only] ?? dataset.only]} is enlarged`] : []),
      ...(ONLY_OF_LESSONS.includes(chosen.second) && chosen.second !== usual()
        ? [`that the ${NAMES[chosen.second]} stand${chosen.second === 'race' ? 's' : ''} beside the map`]
        : []),
    ],
    unfold() {
      const { only } = dataset;
      const before = shown();
      // A surface that hides the map would leave the path out.
      delete dataset.only;
      // What is lent is printed at its own place.
      const beside = before.second in lent ? usualOf(dataset.kind ?? '', session) : before.second;
      const printed = { second: isNarrow() ? 'map' : beside, third: '' };
      show(printed);
      if (!only && printed.second === before.second && !before.third) return undefined;
      return () => {
        if (only) dataset.only = only;
        show(before);
      };
    },
  };
}

/**
 * The parts of the page that may stand beside the map, and where they come from.
 * @param {(part: string) => boolean} wanted
 * @returns {Record<string, {element: HTMLElement, home: Comment}>}
 */
function lentParts(wanted) {
  const lent = /** @type {ReturnType<typeof lentParts>} */ ({});
  for (const [part, id] of Object.entries(LENT)) {
    const element = document.getElementById(id);
    if (!element || !wanted(part)) continue;
    const home = document.createComment('');
    element.before(home);
    lent[part] = { element, home };
  }
  return lent;
}

/** @param {string} kind of a landscape @param {Session} session @returns {string} `none` where that is left out of the page */
function usualOf(kind, session) {
  const usual = { curve: 'rule', data: 'data' }[kind] ?? 'surface';
  return session.hides(usual) ? 'none' : usual;
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
function nameButton(button, dataset) {
  const of = button.dataset.only ?? '';
  const pressed = dataset.only === of;
  const [part, beside] = [of, of === 'map' ? 'second' : of].map((place) => NAMES[dataset[place] ?? place] ?? 'picture');
  button.setAttribute('aria-pressed', String(pressed));
  button.textContent = pressed ? 'Side by side' : 'Enlarge';
  button.setAttribute('aria-label', pressed ? `Map and ${beside} side by side` : `Enlarge the ${part}`);
}
