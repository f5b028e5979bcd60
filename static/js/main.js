// Puts the page together: the session, and a panel for each part that the page has.

import { plotlyReady } from './figures/plotly.js';
import { BROWSER } from './input/browser_address.js';
import { byKeys } from './input/last_input.js';
import { watchDensity } from './input/pixel_density.js';
import { palette, watchTheme } from './input/theme.js';
import { mountBasins } from './panels/basins.js';
import { mountCellMap } from './panels/cell_map.js';
import { mountControls } from './panels/controls.js';
import { mountCurves } from './panels/curves.js';
import { mountData } from './panels/data.js';
import { mountExport } from './panels/export.js';
import { mountInspector } from './panels/inspector.js';
import { mountKeys } from './panels/keys.js';
import { mountLandscapes } from './panels/landscapes.js';
import { mountLossStrip } from './panels/loss_strip.js';
import { mountMap } from './panels/map.js';
import { mountMapPath } from './panels/map_path.js';
import { mountNotices } from './panels/notices.js';
import { mountPageAddress } from './panels/page_address.js';
import { mountPaper } from './panels/paper.js';
import { mountRace } from './panels/race.js';
import { mountRates } from './panels/rates.js';
import { mountRuns } from './panels/runs.js';
import { mountSelectedRun } from './panels/selected_run.js';
import { mountSettingsSheet } from './panels/settings_sheet.js';
import { mountShare } from './panels/share.js';
import { mountSharpness } from './panels/sharpness.js';
import { mountSlope } from './panels/slope.js';
import { mountSteps } from './panels/steps.js';
import { mountSurface } from './panels/surface.js';
import { mountTabs } from './panels/tabs.js';
import { mountTheory } from './panels/theory.js';
import { mountTheorySwitch } from './panels/theory_switch.js';
import { mountTransport } from './panels/transport.js';
import { mountTuning } from './panels/tuning.js';
import { mountViews } from './panels/views.js';
import { mountWords } from './panels/words.js';
import { getJson } from './server/api.js';
import { Address } from './state/address.js';
import { Session } from './state/session.js';

/**
 * The panels, each with the element that it is mounted on, where the page has it. They are told of what happens, and draw,
 * in this order: what is looked at first comes first, and the surface, which takes longest, after the other pictures.
 * @type {[string, Mount][]}
 */
const PANELS = [
  ['main', mountPageAddress],
  ['views', mountViews],
  ['map-view', mountMap],
  ['slope', mountSlope],
  ['map-view', mountBasins],
  ['rates-view', mountRates],
  ['maps', mountCellMap],
  ['controls', mountControls],
  ['controls', mountLandscapes],
  ['whose', mountSelectedRun],
  ['runs', mountRuns],
  ['transport', mountTransport],
  ['scrubber', mountLossStrip],
  ['words', mountWords],
  ['theory-on', mountTheorySwitch],
  ['theory', mountTheory],
  ['walk-curves', mountCurves],
  ['sharpness', mountSharpness],
  ['surface-view', mountData],
  ['surface', mountSurface],
  ['map-view', mountMapPath],
  ['steps', mountSteps],
  ['race', mountRace],
  ['race', mountTuning],
  ['inspector', mountInspector],
  ['notices', mountNotices],
  ['share', mountShare],
  ['export', mountExport],
  ['main', mountPaper],
  ['below', mountTabs],
  ['more', mountSettingsSheet],
  ['keys', mountKeys],
];

/** For so many milliseconds the first walk moves before plotly.js, whose compilation stops it for a while, is run. */
const HEAD_START = 120;
/** @param {number} milliseconds @returns {Promise<void>} */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** @param {string} id @returns {HTMLElement | null} */
const byId = (id) => document.getElementById(id);

const boot = JSON.parse(byId('boot')?.textContent ?? '');
const calm = matchMedia('(prefers-reduced-motion: reduce)');
// A lesson has a path of its own, and opens with its own settings where the address gives none.
const session = new Session({
  catalog: boot.catalog,
  query: boot.query,
  home: boot.path ?? '/',
  opening: boot.lesson ?? '',
  palette: (dark) => palette(boot.palette, dark),
  address: new Address(BROWSER),
  calm: () => calm.matches,
  byKeys,
});

/** @type {Map<Mount, any>} */
const mounted = new Map();
for (const [id, mount] of PANELS) {
  const element = byId(id);
  if (element) mounted.set(mount, mount(element, session));
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
