// Landscapes' loss on a grid, as it is drawn. What was had once is kept.

import { getJson } from './api.js';

const CURVE_POINTS = 201;
/** Points along each side of a grid: while a knob is turned, and when it stands still. */
const COARSE = 51;
const FINE = 101;
/** So many are kept. */
const MOST_KEPT = 60;

export class Surfaces {
  /** @type {Map<string, Surface>} */
  #kept = new Map();

  /**
   * @param {Wanted} request
   * @param {number[]} domain that is seen
   * @param {boolean} coarse whether fewer points will do
   * @param {AbortSignal} signal
   * @returns {Promise<Surface>} a fine one, where it is there already
   */
  async get(request, domain, coarse, signal) {
    const { landscape, shape, start } = request;
    // A curve costs next to nothing.
    const resolution = start.length === 1 ? CURVE_POINTS : coarse ? COARSE : FINE;
    const shaped = shape === null ? '' : `&shape=${shape}`;
    const key = [landscape, shaped, domain].join();
    const kept = this.#kept.get(`${key} ${FINE}`) ?? this.#kept.get(`${key} ${resolution}`);
    if (kept) return kept;
    const drawn = start.length === 1 ? '' : '&relief=1';
    const asked = `resolution=${resolution}&domain=${domain.join(',')}${shaped}${drawn}`;
    const grid = await getJson(`/api/landscapes/${landscape}/surface?${asked}`, signal);
    return this.#keep({ key: `${key} ${resolution}`, ground: domain, grid });
  }

  /** @param {Surface} surface */
  #keep(surface) {
    if (this.#kept.size > MOST_KEPT) this.#kept.clear();
    this.#kept.set(surface.key, surface);
    return surface;
  }
}

/** @param {Surface} surface @returns {boolean} whether it has fewer points than it could have */
export function isCoarse({ key }) {
  return key.endsWith(` ${COARSE}`);
}

/** @param {Surface} surface @returns {boolean} whether it has as many points as there are */
export function isFine({ key }) {
  return key.endsWith(` ${FINE}`);
}
