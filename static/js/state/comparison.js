// How the runs of a race did over all their starts, which the server is asked when the walks themselves are there.

import { getJson } from '../server/api.js';
import { PERSONAL } from './race.js';

export class Comparison {
  /** @param {(known: boolean) => void} changed called when it is known how they did, or why it will not be known */
  constructor(changed) {
    this.changed = changed;
    /** @type {Walks | null} */
    this.walks = null;
    /** The numbers that are shown. */
    this.key = '';
    /** Whether a best place is known. */
    this.known = false;
    /** What evaluations are called. */
    this.unit = 'evaluations';
    /** What a gradient of all data costs. */
    this.points = 1;
    /** How the runs did over all starts. @type {{key: string, runs: RaceRun[]} | null} */
    this.compared = null;
    /** @type {AbortController | null} */
    this.comparing = null;
    this.asked = '';
    /** Why it will not be known. @type {{key: string, error: unknown} | null} */
    this.refused = null;
  }

  /** Other walks are shown. @param {Walks} walks @param {Landscape} landscape */
  show(walks, landscape) {
    this.walks = walks;
    this.key = numbersKey(walks);
    this.known = walks.runs[0].best_known !== null;
    this.unit = landscape.points ? 'data points' : 'evaluations';
    this.points = landscape.points ?? 1;
    if (this.asked === this.key) return;
    this.comparing?.abort();
    this.asked = '';
  }

  /** How the runs that are shown did; null while it is not known. */
  get runs() {
    return this.compared?.key === this.key ? this.compared.runs : null;
  }

  /** Why the runs that are shown cannot be compared over all starts; null where they can. */
  get refusal() {
    return this.refused?.key === this.key ? this.refused.error : null;
  }

  /** The runs whose bands stand in the place of many walkers' curves: not before they are here. @returns {RaceRun[] | null} */
  get bands() {
    const { walks, runs } = this;
    if (!runs || !walks?.several || walks.starts < 2 || !this.known) return null;
    return runs.filter(({ run }) => walks.runs[run].request.hidden !== 1);
  }

  /** Asks how the runs did over all starts, where that is another question than the last; what is known stays meanwhile. */
  async ask() {
    const { walks, key } = this;
    if (!walks?.several || walks.starts < 2 || key === this.asked || key === this.compared?.key) return;
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
    this.changed(true);
  }

  /** It does not come. @param {string} key of which numbers @param {unknown} error @param {AbortSignal} signal */
  #miss(key, error, signal) {
    if (signal.aborted || error instanceof TypeError) {
      // The table keeps its dots; whether the server is there is said where it was asked for the walks.
      if (this.asked === key) this.asked = '';
      return;
    }
    this.refused = { key, error };
    this.changed(false);
  }
}

/** @param {Walks} walks @returns {string} the same for the same numbers */
function numbersKey({ runs }) {
  const own = (/** @type {Wanted} */ request) => Object.entries(request).filter(([key]) => !PERSONAL.includes(key));
  return JSON.stringify(runs.map(({ request }) => own(request)));
}
