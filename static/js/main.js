// Puts the page together: the session, and a panel for each part that the page has.

import { plotlyReady } from './figures/plotly.js';
import { BROWSER } from './input/browser_address.js';
import { byKeys } from './input/last_input.js';
import { watchDensity } from './input/pixel_density.js';
import { palette, watchTheme } from './input/theme.js';
import { mountMap } from './panels/map.js';
import { mountSurface } from './panels/surface.js';
import { PANELS } from './panels/table.js';
import { getJson } from './server/api.js';
import { Address } from './state/address.js';
import { Session } from './state/session.js';

/** For so many milliseconds the first walk moves before plotly.js, whose compilation stops it for a while, is run. */
const HEAD_START = 120;
/** @param {number} milliseconds @returns {Promise<void>} */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** @param {string} id @returns {HTMLElement | null} */
const byId = (id) => document.getElementById(id);

const boot = JSON.parse(byId('boot')?.textContent ?? '');
const calm = matchMedia('(prefers-reduced-motion: reduce)');
// A lesson has a path of its own, and opens with its own settings where the address gives none.
const address = new Address(BROWSER);
const session = new Session({
  catalog: boot.catalog,
  // Own points that no address holds are with the entry of the history.
  query: address.kept ?? boot.query,
  home: boot.path ?? '/',
  opening: boot.lesson ?? '',
  palette: (dark) => palette(boot.palette, dark),
  address,
  calm: () => calm.matches,
  byKeys,
});

/** @type {Map<Mount, any>} */
const mounted = new Map();
for (const [id, mount, part = ''] of PANELS) {
  const element = byId(id);
  if (element && !session.hides(part)) mounted.set(mount, mount(element, session));
}
session.panels = [...mounted.values()];

watchTheme(() => session.changeTheme());
watchDensity(() => session.tell('rescaled'));
// A map of learning rates takes room from the landscape's picture, though all views together keep theirs.
const sizes = new ResizeObserver(() => void session.tellInTurn('resized'));
for (const element of ['views', 'map', 'surface'].map(byId)) if (element) sizes.observe(element);

/** For tests: what is shown, as numbers. */
window.downhill = {
  player: session.player,
  get walks() {
    return session.walks;
  },
  get ready() {
    const surface = byId('surface');
    const no_surface = !mounted.get(mountSurface)?.possible || surface?.getClientRects().length === 0;
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
  overlays: { map: mounted.get(mountMap)?.overlay, surface: mounted.get(mountSurface)?.overlay },
  /** Which landscape the map's ground is of, as it is painted. */
  get ground() {
    return mounted.get(mountMap)?.ground.drawn ?? '';
  },
  maps: session.cells,
  theory: session.theory,
};

session.ask();
void getJson(boot.thumbnails)
  .then((pictures) => session.tell('thumbnails', pictures))
  .catch(() => {});
try {
  // The first walk moves over the picture that came with the page; then there is time for plotly.js.
  while (!session.walks) await pause(10);
  await pause(HEAD_START);
  await plotlyReady();
  await session.drawFirst();
} catch (error) {
  session.fail(error);
}
