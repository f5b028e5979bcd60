// The pictures side by side: which of them are seen, and how much room each has.

import { isStretched } from '../figures/landscape.js';
import { seenDomain } from '../state/map_window.js';

/** Lower than this part of its width a map is wide. */
const WIDE = 0.85;

/** @param {HTMLElement} views @param {Session} session @returns {Panel} */
export function mountViews(views, session) {
  const buttons = /** @type {HTMLButtonElement[]} */ ([...views.querySelectorAll('.enlarge')]);
  const swap = /** @type {HTMLButtonElement | null} */ (views.querySelector('#swap'));
  const name = () => {
    for (const button of buttons) nameButton(button, views.dataset);
    if (swap) nameSwap(swap, views.dataset.second === 'surface');
  };
  /** @param {string | undefined} only the one that is enlarged */
  const enlarge = (only) => {
    if (only) views.dataset.only = only;
    else delete views.dataset.only;
    name();
    // What was hidden may be of another landscape.
    session.redraw();
  };
  for (const button of buttons) {
    const { only } = button.dataset;
    button.addEventListener('click', () => enlarge(views.dataset.only === only ? undefined : only));
  }
  swap?.addEventListener('click', () => {
    if (views.dataset.second) delete views.dataset.second;
    else views.dataset.second = 'surface';
    name();
    session.settleSoon();
  });
  return {
    landscape(request) {
      shape(views.dataset, request, session.landscape?.data !== null);
      name();
    },
    beside() {
      // What lies beside an enlarged picture would not be seen.
      if (views.dataset.only === 'map') enlarge(undefined);
    },
    walks: () => showKind(views.dataset, session.cells.kind),
    asked: () => views.classList.toggle('stale-map', session.cells.stale),
    cells() {
      views.classList.toggle('stale-map', session.cells.stale);
      showOpacity(views, session);
    },
    opacity: () => showOpacity(views, session),
    zooming: () => void views.classList.toggle('zooming', session.cells.zooming),
    unfold() {
      const { only } = views.dataset;
      // A surface that hides the map would leave the path out.
      delete views.dataset.only;
      return only ? () => void (views.dataset.only = only) : undefined;
    },
  };
}

/**
 * @param {DOMStringMap} dataset of the views, which is written to
 * @param {Wanted} request
 * @param {boolean} has_data whether the landscape is made from data
 */
function shape(dataset, request, has_data) {
  const domain = seenDomain(request);
  const [width, height] = [domain[1] - domain[0], domain[3] - domain[2]];
  const flat = domain.length === 2;
  dataset.aspect = flat || isStretched(domain) || height < WIDE * width ? 'wide' : 'square';
  dataset.kind = flat ? 'curve' : has_data ? 'data' : 'plane';
  if (!has_data) delete dataset.second;
  if (flat) delete dataset.only;
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
function nameButton(button, { only, second, kind }) {
  const beside = kind === 'data' && second !== 'surface' ? 'data' : 'surface';
  const pressed = button.dataset.only === only;
  button.setAttribute('aria-pressed', String(pressed));
  button.textContent = pressed ? 'Side by side' : 'Enlarge';
  const other = button.closest('#rates-view') ? 'map of learning rates' : beside;
  const enlarged = button.dataset.only === 'map' ? 'map' : other;
  button.setAttribute('aria-label', pressed ? `Map and ${other} side by side` : `Enlarge the ${enlarged}`);
}

/** @param {HTMLButtonElement} button @param {boolean} pressed */
function nameSwap(button, pressed) {
  button.textContent = pressed ? 'Data' : 'Surface';
  button.setAttribute('aria-pressed', String(pressed));
}
