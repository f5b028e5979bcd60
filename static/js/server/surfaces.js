// Landscapes' loss on a grid, as it is drawn. What was had once is kept. A network's ground is the plane of one of its walks,
// so it is asked for by the whole request, and known again by the plane itself: another start has the same.

import { getJson } from './api.js';

const CURVE_POINTS = 201;
/** Points along each side of a grid: while a knob is turned, and when it stands still. */
const COARSE = 51;
const FINE = 101;
/** So many are kept. */
const MOST_KEPT = 60;

/** What a landscape is made of that is in no table: it takes the place of the one that is named, and the other way round. */
export const OF_ITS_OWN = ['formula', 'constants', 'data', 'model'];
/** A formula's start and learning rates are those that are proposed for its domain: with another it is another landscape. */
const OF_ITS_GROUND = [...OF_ITS_OWN, 'domain'];

/** What a request says of the picture and not of its ground. */
const NOT_OF_THE_GROUND = ['domain', 'map', 'map_run', 'window', 'resolution', 'theory', 'axis'];

export class Surfaces {
  /** @type {Map<string, Surface>} */
  #kept = new Map();
  /** Those that are on their way. @type {Map<string, Promise<Grid>>} */
  #coming = new Map();
  /** The planes that were seen, each with a number for a name. @type {Map<string, number>} */
  #planes = new Map();

  /**
   * @param {{request: Wanted | null, query: string, plane: PlaneRecord | null}} walks that are walked on it
   * @param {number[]} domain that is seen
   * @param {boolean} coarse whether fewer points will do
   * @param {AbortSignal} signal
   * @returns {Promise<Surface>} a fine one, where it is there already
   */
  async get({ request, query, plane }, domain, coarse, signal) {
    const { landscape, shape, start } = /** @type {Wanted} */ (request);
    // A curve costs next to nothing.
    const resolution = start.length === 1 ? CURVE_POINTS : coarse ? COARSE : FINE;
    const shaped = shape === null ? '' : `&shape=${shape}`;
    // One that is in no table is asked for by what it is made of.
    const own = landscape === null ? partsOf(query, (name) => OF_ITS_GROUND.includes(name)) : [];
    const key = [landscape, plane ? this.#nameOf(plane) : shaped, ...own, domain].join();
    const kept = this.#kept.get(`${key} ${FINE}`) ?? this.#kept.get(`${key} ${resolution}`);
    if (kept) return kept;
    const drawn = start.length === 1 ? '' : '&relief=1';
    const fine = `resolution=${resolution}`;
    const parts = plane ? partsOf(query, (name) => !NOT_OF_THE_GROUND.includes(name)) : own;
    const asked = parts.length
      ? `/api/descent/surface?${[...parts, fine].join('&')}&box=${domain.join(',')}${drawn}`
      : `/api/landscapes/${landscape}/surface?${fine}&domain=${domain.join(',')}${shaped}${drawn}`;
    const grid = await this.#asked(asked, signal);
    return this.#keep({ key: `${key} ${resolution}`, ground: domain, grid });
  }

  /** What is on its way is not asked for again, unless it was given up. @param {string} address @param {AbortSignal} signal */
  async #asked(address, signal) {
    const expected = this.#coming.get(address);
    const grid = expected && (await expected.catch(() => null));
    if (grid) return grid;
    const coming = getJson(address, signal);
    this.#coming.set(address, coming);
    const forget = () => this.#coming.get(address) === coming && this.#coming.delete(address);
    coming.then(forget, forget);
    return coming;
  }

  /** @param {PlaneRecord} plane @returns {string} that no other plane has */
  #nameOf({ origin, u, v, unit }) {
    const numbers = [unit, origin, u, v].join();
    const name = this.#planes.get(numbers) ?? this.#planes.size;
    this.#planes.set(numbers, name);
    return `plane ${name}`;
  }

  /** @param {Surface} surface */
  #keep(surface) {
    if (this.#kept.size > MOST_KEPT) this.#kept.clear();
    this.#kept.set(surface.key, surface);
    return surface;
  }
}

/**
 * The parts of a query that have such keys, with blanks as a browser writes them.
 * @param {string} query
 * @param {(key: string) => boolean} wanted
 */
function partsOf(query, wanted) {
  return query
    .replaceAll('+', '%20')
    .split('&')
    .filter((part) => part && wanted(part.split('=')[0]));
}

/** @param {Surface} one @param {Surface} other @returns {boolean} whether they are of one ground, in as many points or not */
export function isSameGround(one, other) {
  const of = (/** @type {Surface} */ { key }) => key.slice(0, key.lastIndexOf(' '));
  return of(one) === of(other);
}

/** @param {Surface} surface @returns {boolean} whether it has fewer points than it could have */
export function isCoarse({ key }) {
  return key.endsWith(` ${COARSE}`);
}

/** @param {Surface} surface @returns {boolean} whether it has as many points as there are */
export function isFine({ key }) {
  return key.endsWith(` ${FINE}`);
}
