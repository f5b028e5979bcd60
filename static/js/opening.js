// Opens a page: its session, and a panel for each part that the page has. Which panels there are, and what draws their plots,
// is the page's.

import { BROWSER, frameAddress } from './input/browser_address.js';
import { byKeys } from './input/last_input.js';
import { watchDensity } from './input/pixel_density.js';
import { palette, watchTheme } from './input/theme.js';
import { mountMap } from './panels/map.js';
import { getJson } from './server/api.js';
import { Address } from './state/address.js';
import { Session } from './state/session.js';

/** @param {number} milliseconds @returns {Promise<void>} */
export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** @param {string} id @returns {HTMLElement | null} */
const byId = (id) => document.getElementById(id);

/**
 * @param {[string, Mount, string?][]} panels
 * @param {() => Promise<void>} plotterReady resolves when plots can be drawn: the first walk moves before that
 * @param {Mount} [surface] which of the panels draws the surface
 */
export async function openPage(panels, plotterReady, surface) {
  const boot = JSON.parse(byId('boot')?.textContent ?? '');
  const session = sessionOf(boot);
  /** @type {Map<Mount, any>} */
  const mounted = new Map();
  for (const [id, mount, part = ''] of panels) {
    const element = byId(id);
    if (element && !session.hides(part)) mounted.set(mount, mount(element, session));
  }
  session.panels = [...mounted.values()];

  watchTheme(() => session.changeTheme());
  watchDensity(() => session.tell('rescaled'));
  // A map of learning rates takes room from the landscape's picture, though all views together keep theirs.
  const sizes = new ResizeObserver(() => void session.tellInTurn('resized'));
  for (const element of ['views', 'map', 'surface'].map(byId)) if (element) sizes.observe(element);
  window.downhill = told(session, mounted.get(mountMap), surface && mounted.get(surface));

  session.ask();
  if (boot.thumbnails)
    void getJson(boot.thumbnails)
      .then((pictures) => session.tell('thumbnails', pictures))
      .catch(() => {});
  try {
    // The first walk moves over the picture that came with the page.
    while (!session.walks) await pause(10);
    await plotterReady();
    await session.drawFirst();
  } catch (error) {
    session.fail(error);
  }
}

/** @param {any} boot what the page came with @returns {Session} */
function sessionOf(boot) {
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  // A lesson has a path of its own, and opens with its own settings where the address gives none; an embed's address is its
  // own affair.
  const is_embed = boot.autoplay !== null;
  const address = new Address(is_embed ? frameAddress(`${boot.path}?${boot.query}`) : BROWSER);
  return new Session({
    catalog: boot.catalog,
    // Own points that no address holds are with the entry of the history.
    query: address.kept ?? boot.query,
    home: boot.path ?? '/',
    opening: boot.lesson ?? '',
    palette: (dark) => palette(boot.palette, dark),
    address,
    calm: () => calm.matches,
    byKeys,
    // An embed plays when it is seen, or when it is asked to.
    autoplay: !is_embed,
  });
}

/** For tests: what is shown, as numbers. @param {Session} session @param {any} map @param {any} surface the panels that draw them */
function told(session, map, surface) {
  return {
    player: session.player,
    get walks() {
      return session.walks;
    },
    get ready() {
      const no_surface = !surface?.possible || byId('surface')?.getClientRects().length === 0;
      return session.map_drawn && session.walks?.done === true && (session.scene_drawn || no_surface);
    },
    get film() {
      return session.film?.whole ?? null;
    },
    gesture: session.gesture,
    get map_drawn() {
      return session.map_drawn;
    },
    get scene_drawn() {
      return session.scene_drawn;
    },
    get numbers() {
      return session.numbers.here;
    },
    overlays: { map: map?.overlay, surface: surface?.overlay },
    /** Which landscape the map's ground is of, as it is painted. */
    get ground() {
      return map?.ground.drawn ?? '';
    },
    maps: session.cells,
    theory: session.theory,
  };
}
