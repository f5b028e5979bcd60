// A map that follows a control while it is dragged: few cells at a time, each what the walk at its middle does, one request
// in flight, the newest pending next.

import { Refused, SingleFlight, stream } from '../server/api.js';
import { MapCells } from './map_cells.js';

/** So many cells along each axis at the most, and at the least. */
const FINEST = 64;
const COARSEST = 16;
/** About so many steps of walks are taken in a few hundredths of a second. */
const WORK = 2e6;
/** A map that takes more milliseconds is followed by a coarser one, one that takes fewer by a finer one. */
const SLOW = 120;
const QUICK = 50;
/** For so many milliseconds a map is waited for when a newer one is wanted: given up at once, none would ever be seen. */
const PATIENCE = 1500;
/** Where the server does not say for how long it is busy. */
const BUSY_SECONDS = 1;

/**
 * @typedef {{key: string, of: string, kind: string, query: string, resolution: number, steps: number}} Question `key` is what
 *   the cells depend on, `of` of what landscape and axes they are, `steps` those of all walks of a cell
 */

export class LiveCells {
  /** @param {(cells: MapCells, question: Question) => void} take is given the cells of each pass, and what was asked for */
  constructor(take) {
    this.take = take;
    this.flight = new SingleFlight(PATIENCE);
    this.finest = FINEST;
  }

  /** @param {Question} question */
  ask(question) {
    this.flight.ask((signal) => this.#answer(question, signal));
  }

  /** Gives up what is under way. */
  cancel() {
    this.flight.cancel();
  }

  /** How many cells along each axis there is time for. @param {Question} question @returns {number} */
  side({ resolution, steps }) {
    const most = Math.min(this.finest, 2 ** Math.floor(Math.log2(Math.sqrt(WORK / (steps + 1)))));
    return Math.min(resolution, Math.max(COARSEST, most));
  }

  /** @param {Question} question @param {AbortSignal} signal */
  async #answer(question, signal) {
    const { kind, query } = question;
    const keys = new URLSearchParams(query);
    keys.set('resolution', String(this.side(question)));
    const since = performance.now();
    /** @type {MapCells | null} */
    let cells = null;
    try {
      await stream(
        `/api/maps/${kind}?${keys}`,
        (records) => {
          if (signal.aborted) return;
          const before = cells?.stride;
          for (const record of records) {
            if (record.kind === 'start') cells = new MapCells(record, true);
            else cells?.take(record);
          }
          if (cells && cells.stride !== before && cells.stride > 0) this.take(cells, question);
        },
        signal,
      );
      this.#learn(performance.now() - since);
    } catch (error) {
      // What failed is told of when the control is let go, and the whole map is asked for.
      if (signal.aborted) this.#learn(PATIENCE);
      else if (error instanceof Refused && error.complaint.status === 503)
        await wait(error.wait ?? BUSY_SECONDS, signal);
    }
  }

  /** @param {number} taken milliseconds */
  #learn(taken) {
    if (taken > SLOW) this.finest = Math.max(COARSEST, this.finest / 2);
    else if (taken < QUICK) this.finest = Math.min(FINEST, this.finest * 2);
  }
}

/** @param {number} seconds @param {AbortSignal} signal ends it @returns {Promise<void>} */
function wait(seconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 1000 * seconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
