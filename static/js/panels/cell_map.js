// The controls of the map of all starts or settings, its progress, and what is told of it as a whole.

import { dressed } from '../canvas/cell_paint.js';
import { drawSwatch } from '../canvas/legend_swatches.js';
import { canvasSample } from '../canvas/picture_file.js';
import { watchSlider } from '../input/slider.js';
import { legendOf } from '../state/map_cells.js';
import {
  failureInWords,
  mapInWords,
  moreSteps,
  mostAreUnfinished,
  passInWords,
  shadesInWords,
} from '../words/cell_maps.js';
import { formatShare } from '../words/numbers.js';
import { isSeen, told, wordsOf } from './parts/captions.js';
import { find, listNames, make, setText } from './parts/elements.js';
import { writeTerms } from './parts/terms.js';
import { copyOf } from './parts/paper_sheet.js';

/** What is there after so many milliseconds needs no progress. */
const PATIENCE = 400;
const USUAL_RESOLUTION = '256';

/** @param {HTMLElement} section @param {Session} session @returns {Panel} */
export function mountCellMap(section, session) {
  const { cells } = session;
  const controls = mountControls(section, session);
  const progress = mountProgress(section, session);
  const words = mountWords(section, session);
  return {
    walks: () => controls.show(),
    zooming: () => controls.showZooming(),
    asked: () => progress.hideFailure(),
    progress: (busy) => progress.show(busy),
    missed: (error) => progress.fail(failureInWords(error)),
    cells: () => words.show(),
    printing: () => words.show(),
    refused({ complaint }) {
      if (!cells.isAbout(complaint)) return false;
      progress.fail(`${complaint.message} ${complaint.hint ?? ''} The last picture stays.`, '');
      if (session.walks) controls.show();
      return true;
    },
    paragraphs: () => words.paragraphs(),
    captions: () => words.captions(),
  };
}

/** @param {HTMLElement} section @param {Session} session */
function mountControls(section, session) {
  const { cells } = session;
  const kind = find(section, '#map-kind');
  const [rates_name, run_choice] = [find(section, '#rates-name'), find(section, '#map-run-choice')];
  const [run, resolution] = ['#map-run', '#map-resolution'].map(
    (selector) => /** @type {HTMLSelectElement} */ (find(section, selector)),
  );
  const [by_drag, out, whole] = ['#map-zoom', '#map-out', '#map-whole'].map((selector) => find(section, selector));

  kind.addEventListener('change', (event) => {
    const { value } = /** @type {HTMLInputElement} */ (event.target);
    if (value === 'rates') session.tell('beside');
    session.edit({ map: value || null });
  });
  run.addEventListener('change', () => session.edit({ map_run: run.value === '0' ? null : run.value }));
  resolution.addEventListener('change', () => {
    session.edit({ resolution: resolution.value === USUAL_RESOLUTION ? null : resolution.value });
  });
  by_drag.addEventListener('click', () => cells.zoomByDrag());
  out.addEventListener('click', () => cells.zoomFarOut());
  whole.addEventListener('click', () => session.edit({ window: null }));
  mountOpacity(find(section, '#map-opacity'), session);
  listenToKeys(session);

  return {
    /** They say what the request says. */
    show() {
      const { wanted, second, walks } = cells;
      section.dataset.map = cells.kind ?? '';
      /** @type {HTMLInputElement} */ (find(kind, `input[value="${cells.kind ?? ''}"]`)).checked = true;
      setText(rates_name, `learning rate${second ? ` × ${second.title.toLowerCase()}` : ''}`);
      const of = String(wanted?.resolution ?? USUAL_RESOLUTION);
      if (![...resolution.options].some(({ value }) => value === of)) resolution.add(new Option(of, of));
      resolution.value = of;
      const runs = walks?.runs ?? [];
      run_choice.hidden = runs.length < 2 || !cells.kind;
      listNames(run, runs.map(({ label }) => label)); // prettier-ignore
      run.value = String(cells.run);
      out.hidden = whole.hidden = !cells.zoomed;
    },
    showZooming: () => by_drag.setAttribute('aria-pressed', String(cells.zooming)),
  };
}

/** @param {HTMLInputElement} slider @param {Session} session */
function mountOpacity(slider, session) {
  const show = () => {
    session.cells.opacity = slider.valueAsNumber;
    slider.setAttribute('aria-valuetext', `${slider.value} %`);
    session.tell('opacity');
  };
  show();
  watchSlider(slider, { begin: () => {}, slid: show, back: show });
}

/** @param {Session} session */
function listenToKeys({ cells }) {
  document.addEventListener('keydown', (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (!cells.kind || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!['+', '=', '-'].includes(event.key) || target.closest('input:not([type="radio"]), select, textarea')) return;
    event.preventDefault();
    if (event.key === '-') cells.zoomOut();
    else cells.zoomIn();
  });
  // Before whatever else Escape ends there: the mode is the page's, wherever the focus is.
  window.addEventListener('keydown', (event) => event.key === 'Escape' && cells.zoomByDrag(false), true);
}

/** @param {HTMLElement} section @param {Session} session */
function mountProgress(section, { cells }) {
  const holder = find(section, '#map-progress');
  const bar = /** @type {HTMLProgressElement} */ (find(section, '#map-progress-bar'));
  const [text, failure] = [find(section, '#map-progress-text'), find(section, '#map-failure')];
  const [failure_text, again] = [find(section, '#map-failure-text'), find(section, '#map-again')];
  let timer = 0;

  /** @param {string} message @param {string} [button] what asking again is called; empty where it does not help */
  const fail = (message, button = 'Try again') => {
    setText(failure_text, message);
    failure.hidden = false;
    again.hidden = !button;
    if (button) setText(again, button);
  };
  const hide = () => {
    clearTimeout(timer);
    timer = 0;
    holder.hidden = true;
  };
  find(section, '#map-cancel').addEventListener('click', () => {
    const there = cells.cancel();
    const far = there ? `at ${passInWords(there)}` : 'before the first cells were there';
    fail(`Stopped by you ${far}.`, 'Continue');
  });
  again.addEventListener('click', () => void cells.ask());

  return {
    fail,
    hideFailure: () => (failure.hidden = true),
    /** @param {number} [busy] for how many seconds the server will be */
    show(busy) {
      if (busy) {
        setText(text, `The server is busy with other maps. Asking again in ${busy} s.`);
        holder.hidden = false;
        return;
      }
      if (!cells.controller) return hide();
      const { coming } = cells;
      const shown = cells.shown?.coarse ? null : cells.shown;
      const is_shown = cells.shown_key === cells.key;
      const known = (coming || !is_shown ? coming : shown)?.progress ?? 0;
      bar.value = known;
      setText(text, is_shown && shown ? `${passInWords(shown)}, ${Math.round(100 * known)} %` : 'Computing the map.');
      timer ||= window.setTimeout(() => (holder.hidden = !cells.controller), PATIENCE);
    },
  };
}

/** @param {HTMLElement} section @param {Session} session */
function mountWords(section, session) {
  const { cells } = session;
  const [legend, shades, words] = ['#map-legend', '#map-shades', '#map-words'].map((selector) =>
    find(section, selector),
  );
  const [best, more] = [find(section, '#map-best'), find(section, '#map-steps')];
  best.addEventListener('click', () => cells.takeBest());
  more.addEventListener('click', () => session.edit({ steps: more.dataset.steps ?? null }));

  /** @param {MapCells | null} complete */
  const offerSteps = (complete) => {
    const steps = complete && mostAreUnfinished(complete) ? moreSteps(cells.wanted?.steps ?? 0, complete) : null;
    more.hidden = steps === null;
    if (steps !== null) setText(more, `Take ${steps.toLocaleString('en')} steps`);
    more.dataset.steps = String(steps ?? '');
  };

  return {
    show() {
      const shown = cells.kind ? cells.shown : null;
      const { complete } = cells;
      legend.replaceChildren(...(shown ? entriesOf(shown, session) : []));
      setText(shades, shown ? shadesInWords(shown) : '');
      // What changes with every pass is not read out; the end is.
      const runs = cells.walks?.runs ?? [];
      const whose = runs.length > 1 ? runs[cells.run].label : '';
      writeTerms(
        words,
        complete ? mapInWords(complete, cells.wanted?.goal ?? '', whose) : '',
        session.catalog.glossary,
      );
      best.hidden = !complete?.best;
      offerSteps(complete);
    },
    paragraphs() {
      const { ink, soft } = session.colours;
      return [
        { entries: [...legend.children].filter(isSeen).map(entryInWords), colour: ink },
        { entries: told([shades]), colour: soft },
        { entries: told([words]), colour: ink },
      ];
    },
    captions: () => ({
      keys: [...legend.children].map((row) => make('li', {}, [...copyOf(/** @type {HTMLElement} */ (row)).childNodes])),
      shades: shades.textContent ?? '',
    }),
  };
}

/** @param {MapCells} shown @param {Session} session @returns {HTMLElement[]} */
function entriesOf(shown, { cells, colours }) {
  const { paint } = dressed(shown, cells.version, colours);
  return legendOf(shown).map((told) => {
    const { label, share } = told;
    const swatch = document.createElement('canvas');
    drawSwatch(swatch, paint, told, shown);
    return make('li', {}, [swatch, `${label} `, make('span', { textContent: formatShare(share) })]);
  });
}

/** @param {Element} row of the legend */
function entryInWords(row) {
  const share = wordsOf(find(row, 'span'));
  const text = `${wordsOf(row).slice(0, -share.length).trim()}, ${share}`;
  return { text, sample: canvasSample(/** @type {HTMLCanvasElement} */ (find(row, 'canvas'))) };
}
