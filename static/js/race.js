// How the runs of a race compare: their table, the bands over many starts, and the sweep that tunes each run.

import { Refused, getJson } from './api.js';
import { make } from './controls.js';
import { bandTraces, sweepFigure } from './figures_race.js';
import { swatch } from './legend.js';
import { byId } from './page.js';
import { draw, fit } from './plots.js';
import { PERSONAL } from './runs.js';
import { standings, sweepInWords, tableText } from './standings.js';

/** @typedef {import('./walks.js').Walks} Walks */

/** @param {Walks} walks @returns {string} the same for the same numbers */
function numbersKey({ runs }) {
  return JSON.stringify(runs.map(({ request }) => Object.entries(request).filter(([key]) => !PERSONAL.includes(key))));
}

/** Why a sweep is given up. */
const CHANGED = 'The runs changed before they were all tuned, so the tuning was given up.';

/** @param {unknown} error @returns {string} */
function inWords(error) {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof Refused ? `${message} ${error.complaint.hint ?? ''}`.trim() : message;
}

export class RaceView {
  /**
   * @param {{
   *   shown: () => boolean,
   *   tuned: (rates: (number | null)[]) => void,
   *   compared: () => void,
   *   copy: (text: string) => void,
   *   colours: () => Palette,
   *   narrow: () => boolean,
   * }} page `shown` tells whether the runs that are given are those that are shown; `tuned`
   *   has null where no learning rate did well
   */
  constructor(page) {
    this.page = page;
    /** @type {Walks | null} */
    this.walks = null;
    /** The numbers that are shown. */
    this.key = '';
    /** What is shown, as words. @type {import('./standings.js').Table} */
    this.table = { head: [], rows: [], words: 0 };
    this.known = false;
    this.unit = 'evaluations';
    /** What a gradient of all data costs. */
    this.points = 1;
    /** How the runs did over all starts. @type {{key: string, runs: RaceRun[]} | null} */
    this.compared = null;
    /** @type {AbortController | null} */
    this.comparing = null;
    this.asked = '';
    /** Why it will not be known. @type {{key: string, message: string} | null} */
    this.refused = null;
    /** @type {AbortController | null} */
    this.tuning = null;
    this.tuned = '';
    /** The sweeps that are shown, of the landscape they were made on. @type {{landscape: string, starts: number, runs: {run: number, label: string, sweep: Sweep}[]} | null} */
    this.swept = null;
    byId('tune').addEventListener('click', () => void this.tune());
    byId('tune-cancel').addEventListener('click', () => this.tuning?.abort());
    byId('sweep-close').addEventListener('click', () => this.closeSweep());
    byId('copy-runs').addEventListener('click', () => page.copy(tableText(this.table)));
  }

  /** @param {Walks} walks @param {Ground} ground */
  show(walks, ground) {
    const elsewhere = this.swept && (this.swept.landscape !== walks.request?.landscape || this.swept.runs.length !== walks.runs.length);
    if (elsewhere) this.closeSweep();
    this.walks = walks;
    this.key = numbersKey(walks);
    this.known = walks.runs[0].best_known !== null;
    this.unit = ground.data ? 'data points' : 'evaluations';
    this.points = ground.data?.x.length ?? 1;
    // A sweep of other runs than those shown would tune what is not there.
    if (this.tuning && this.tuned !== this.key) {
      this.tuning.abort();
      this.#complain(CHANGED);
    }
    byId('race').hidden = !walks.several;
    if (this.asked !== this.key) {
      this.comparing?.abort();
      this.asked = '';
    }
    this.showTable();
  }

  /** Whether bands stand in the place of many walkers' curves: not before they are here. */
  get banded() {
    const { walks, compared, key } = this;
    return Boolean(walks?.several && walks.starts > 1 && this.known && compared?.key === key);
  }

  /** The bands, where there are any. @returns {any[] | null} */
  get bands() {
    const { walks, compared } = this;
    if (!walks || !compared || !this.banded) return null;
    const shown = compared.runs.filter(({ run }) => walks.runs[run].request.hidden !== 1);
    return bandTraces(shown, walks.mostEvaluations, this.unit, this.page.colours());
  }

  /** Asks how the runs did over all starts, where that is another question than the last; what is known stays meanwhile. */
  async compare() {
    const { walks } = this;
    if (!walks?.several || walks.starts < 2) return;
    const { key } = this;
    if (key === this.asked || key === this.compared?.key) return;
    this.asked = key;
    this.refused = null;
    this.comparing = new AbortController();
    const { signal } = this.comparing;
    let answer;
    try {
      answer = await getJson(`/api/descent/race?${walks.query}`, signal);
    } catch (error) {
      this.#miss(key, error, signal);
      return;
    }
    this.compared = { key, runs: answer.runs };
    this.showTable();
    this.page.compared();
  }

  /** The comparison does not come. @param {string} key of which numbers @param {unknown} error @param {AbortSignal} signal */
  #miss(key, error, signal) {
    if (signal.aborted || error instanceof TypeError) {
      // The table keeps its dots; whether the server is there is said where it was asked for the walks.
      if (this.asked === key) this.asked = '';
      return;
    }
    this.refused = { key, message: inWords(error) };
    this.showTable();
  }

  /** Why the runs that are shown cannot be compared over all starts; empty where they can. */
  get refusal() {
    return this.refused?.key === this.key ? this.refused.message : '';
  }

  showTable() {
    const { walks } = this;
    if (!walks?.several) return;
    const compared = this.compared?.key === this.key ? this.compared.runs : null;
    const table = standings(walks, compared, this.known, this.unit, this.refusal);
    if (JSON.stringify(table) === JSON.stringify(this.table)) return;
    this.table = table;
    const kind = (/** @type {number} */ column) => (column >= table.head.length - table.words ? 'words' : '');
    const head = make('tr', {}, table.head.map((name, column) => make('th', { scope: 'col', textContent: name, className: kind(column) })));
    const rows = table.rows.map((cells, run) => {
      const [who, ...rest] = cells;
      const name = make('th', { scope: 'row' }, [/** @type {any} */ (swatch(run)), who.text]);
      return make('tr', {}, [name, ...rest.map(({ text, title = '', best }, column) => make('td', { textContent: text, title, className: best ? 'best' : kind(column + 1) }))]);
    });
    const caption = make('caption', { className: 'hidden', textContent: 'The runs compared' });
    byId('race-table').replaceChildren(caption, make('thead', {}, [head]), make('tbody', {}, rows));
    byId('race-terms').textContent = this.terms(walks);
  }

  /** @param {Walks} walks @returns {string} what the numbers mean, and what makes the comparison fair */
  terms(walks) {
    const { steps, batch } = walks.runs[0].request;
    const from = walks.starts > 1 ? `the same ${walks.starts} starts` : 'the same start';
    const spend = `${(steps * (batch || this.points)).toLocaleString('en')} ${this.points > 1 ? 'data points of gradients' : 'evaluations of the gradient'}`;
    const many = walks.starts > 1 ? ` The median over all ${walks.starts} walkers, in brackets the quartiles, with those that did not stay counted as never; success is to end at the best place or close to it.` : '';
    const refusal = this.refusal && `The runs could not be compared over all starts. ${this.refusal} `;
    return `${refusal}All from ${from}, each may spend ${spend}. “To stay within 1 %”: until no more than a hundredth of the way from the start’s ${walks.request?.goal === 'maximize' ? 'value' : 'loss'} to the best one known was left, and no more to the end of the walk.${many}`;
  }

  /** Finds each run's best learning rate, one run after the other, and shows how. */
  async tune() {
    const { walks } = this;
    if (!walks || this.tuning) return;
    this.tuning = new AbortController();
    this.tuned = this.key;
    const found = await this.#sweepEach(walks, this.tuning.signal);
    this.tuning = null;
    byId('tuning').hidden = true;
    /** @type {HTMLButtonElement} */ (byId('tune')).disabled = false;
    if (!found) return;
    if (!this.page.shown()) {
      this.#complain(CHANGED);
      return;
    }
    const rates = found.map(({ sweep }) => (sweep.part === null ? null : sweep.best.learning_rate));
    if (rates.some((rate) => rate !== null)) this.page.tuned(rates);
    this.swept = { landscape: /** @type {Wanted} */ (walks.request).landscape, starts: walks.starts, runs: found };
    byId('sweep').hidden = false;
    await this.drawSweep();
  }

  /**
   * @param {Walks} walks
   * @param {AbortSignal} signal
   * @returns {Promise<{run: number, label: string, sweep: Sweep}[] | null>} null where it was given up, or refused, which is said
   */
  async #sweepEach(walks, signal) {
    const found = [];
    for (const { run, label } of walks.runs) {
      this.#showTuning(run, label);
      const address = `/api/descent/sweep?${[walks.query, `of=${run}`].filter(Boolean).join('&')}`;
      try {
        found.push({ run, label, sweep: /** @type {Sweep} */ (await getJson(address, signal)) });
      } catch (error) {
        if (!signal.aborted) this.#complain(`${label} could not be tuned. ${inWords(error)}`);
        return null;
      }
      // Given up when the answer was there already.
      if (signal.aborted) return null;
    }
    return found;
  }

  /** @param {number} done @param {string} label whose turn it is */
  #showTuning(done, label) {
    const count = /** @type {Walks} */ (this.walks).runs.length;
    byId('tune-trouble').hidden = true;
    byId('tuning').hidden = false;
    /** @type {HTMLButtonElement} */ (byId('tune')).disabled = true;
    Object.assign(/** @type {HTMLProgressElement} */ (byId('tuning-bar')), { max: count, value: done });
    byId('tuning-text').textContent = `${done + 1} of ${count}: ${label}`;
  }

  /** @param {string} words */
  #complain(words) {
    byId('tune-trouble').textContent = words;
    byId('tune-trouble').hidden = false;
  }

  /** Draws the sweep that is shown, in the colours and the size of now. */
  async drawSweep() {
    if (!this.swept) return;
    const { runs, starts } = this.swept;
    await draw('sweep-plot', sweepFigure(runs, this.unit, this.page.colours(), this.page.narrow()));
    byId('sweep-words').replaceChildren(...runs.map(({ run, label, sweep }) => make('li', {}, [/** @type {any} */ (swatch(run)), make('span', {}, [make('strong', { textContent: label.split(',')[0] }), sweepInWords(sweep, starts, this.unit)])])));
  }

  /** The sweep's box has another size. */
  async fit() {
    if (this.swept) await fit('sweep-plot');
  }

  closeSweep() {
    this.swept = null;
    byId('sweep').hidden = true;
  }
}
