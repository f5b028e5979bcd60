// Tunes each run of a race: tries many learning rates, takes the best, and shows how each run did with all of them.

import { draw, resizePlot } from '../figures/plotly.js';
import { sweepFigure } from '../figures/race.js';
import { isNarrow } from '../input/narrow_screen.js';
import { getJson } from '../server/api.js';
import { landscapeOf, withEach } from '../state/race.js';
import { sweepInWords } from '../words/standings.js';
import { refusalInWords } from '../words/walk.js';
import { find, make } from './parts/elements.js';
import { swatch } from './parts/swatch.js';

/** @typedef {{run: number, label: string, sweep: Sweep}} Swept */

/** Why a sweep is given up. */
const CHANGED = 'The runs changed before they were all tuned, so the tuning was given up.';

/** @param {HTMLElement} section @param {Session} session @returns {Panel} */
export function mountTuning(section, session) {
  const tuning = new Tuning(section, session);
  return {
    walks: () => tuning.show(),
    settled: () => tuning.draw(),
    resized: () => tuning.resize(),
  };
}

class Tuning {
  /** @param {HTMLElement} section @param {Session} session */
  constructor(section, session) {
    this.session = session;
    this.button = /** @type {HTMLButtonElement} */ (find(section, '#tune'));
    this.progress = find(section, '#tuning');
    this.bar = /** @type {HTMLProgressElement} */ (find(section, '#tuning-bar'));
    this.text = find(section, '#tuning-text');
    this.trouble = find(section, '#tune-trouble');
    this.holder = find(section, '#sweep');
    this.plot = find(section, '#sweep-plot');
    this.words = find(section, '#sweep-words');
    /** @type {AbortController | null} */
    this.tuning = null;
    /** Of which numbers the runs are tuned. */
    this.tuned = '';
    /** The sweeps that are shown, of the landscape they were made on. @type {{landscape: string, starts: number, runs: Swept[]} | null} */
    this.swept = null;
    this.button.addEventListener('click', () => void this.tune());
    find(section, '#tune-cancel').addEventListener('click', () => this.tuning?.abort());
    find(section, '#sweep-close').addEventListener('click', () => this.close());
  }

  /** Other walks are shown. */
  show() {
    const { walks, comparison } = this.session;
    const { swept } = this;
    const here = walks?.request && landscapeOf({ shared: walks.request });
    if (swept && (swept.landscape !== here || swept.runs.length !== walks?.runs.length)) this.close();
    // A sweep of other runs than those shown would tune what is not there.
    if (!this.tuning || this.tuned === comparison.key) return;
    this.tuning.abort();
    this.#complain(CHANGED);
  }

  /** Finds each run's best learning rate, one run after the other, and shows how. */
  async tune() {
    const { session } = this;
    const { walks } = session;
    if (!walks || this.tuning) return;
    this.tuning = new AbortController();
    this.tuned = session.comparison.key;
    const found = await this.#sweepEach(walks, this.tuning.signal);
    this.tuning = null;
    this.progress.hidden = true;
    this.button.disabled = false;
    if (!found) return;
    if (!session.upToDate) return this.#complain(CHANGED);
    const rates = found.map(({ sweep }) => (sweep.part === null ? null : sweep.best.learning_rate));
    if (rates.some((rate) => rate !== null)) session.editRace(withRates(session.edited, rates));
    const landscape = landscapeOf({ shared: /** @type {Wanted} */ (walks.request) });
    this.swept = { landscape, starts: walks.starts, runs: found };
    this.holder.hidden = false;
    await this.draw();
  }

  /**
   * @param {Walks} walks
   * @param {AbortSignal} signal
   * @returns {Promise<Swept[] | null>} null where it was given up, or refused, which is said
   */
  async #sweepEach(walks, signal) {
    const found = [];
    for (const { run, label } of walks.runs) {
      this.#showProgress(run, walks.runs.length, label);
      const address = `/api/descent/sweep?${[walks.query, `of=${run}`].filter(Boolean).join('&')}`;
      try {
        found.push({ run, label, sweep: /** @type {Sweep} */ (await getJson(address, signal)) });
      } catch (error) {
        if (!signal.aborted) this.#complain(`${label} could not be tuned. ${refusalInWords(error)}`);
        return null;
      }
      // Given up when the answer was there already.
      if (signal.aborted) return null;
    }
    return found;
  }

  /** @param {number} done @param {number} count @param {string} label whose turn it is */
  #showProgress(done, count, label) {
    this.trouble.hidden = true;
    this.progress.hidden = false;
    this.button.disabled = true;
    Object.assign(this.bar, { max: count, value: done });
    this.text.textContent = `${done + 1} of ${count}: ${label}`;
  }

  /** @param {string} words */
  #complain(words) {
    this.trouble.textContent = words;
    this.trouble.hidden = false;
  }

  /** Draws the sweep that is shown, in the colours and the size of now. */
  async draw() {
    if (!this.swept) return;
    const { runs, starts } = this.swept;
    const { unit } = this.session.comparison;
    await draw(this.plot, sweepFigure(runs, unit, this.session.colours, isNarrow()));
    this.words.replaceChildren(...runs.map((one) => lineOf(one, starts, unit)));
  }

  /** Its box has another size. */
  async resize() {
    if (this.swept) await resizePlot(this.plot);
  }

  close() {
    this.swept = null;
    this.holder.hidden = true;
  }
}

/** @param {Race} race @param {(number | null)[]} rates null where no learning rate did well @returns {Race} */
function withRates(race, rates) {
  return withEach(race, (own, run) => (rates[run] === null ? own : { ...own, learning_rate: String(rates[run]) }));
}

/** @param {Swept} swept @param {number} starts @param {string} unit what evaluations are called */
function lineOf({ run, label, sweep }, starts, unit) {
  const name = make('strong', { textContent: label.split(',')[0] });
  return make('li', {}, [swatch(run), make('span', {}, [name, sweepInWords(sweep, starts, unit)])]);
}
