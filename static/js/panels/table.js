// Which panel is mounted on which element.

import { mountBasins } from './basins.js';
import { mountCellMap } from './cell_map.js';
import { mountControls } from './controls.js';
import { mountCurves } from './curves.js';
import { mountData } from './data.js';
import { mountExport } from './export.js';
import { mountInspector } from './inspector.js';
import { mountKeys } from './keys.js';
import { mountLandscapes } from './landscapes.js';
import { mountLossStrip } from './loss_strip.js';
import { mountMap } from './map.js';
import { mountMapPath } from './map_path.js';
import { mountNotices } from './notices.js';
import { mountPageAddress } from './page_address.js';
import { mountPaper } from './paper.js';
import { mountRace } from './race.js';
import { mountRates } from './rates.js';
import { mountRuns } from './runs.js';
import { mountSelectedRun } from './selected_run.js';
import { mountSettingsSheet } from './settings_sheet.js';
import { mountShare } from './share.js';
import { mountSharpness } from './sharpness.js';
import { mountSlope } from './slope.js';
import { mountSteps } from './steps.js';
import { mountSurface } from './surface.js';
import { mountTabs } from './tabs.js';
import { mountTerms } from './terms.js';
import { mountTheory } from './theory.js';
import { mountTheorySwitch } from './theory_switch.js';
import { mountTransport } from './transport.js';
import { mountTuning } from './tuning.js';
import { mountViews } from './views.js';
import { mountWords } from './words.js';

/**
 * The panels, each with the element that it is mounted on, where the page has it. They are told of what happens, and draw,
 * in this order: what is looked at first comes first, and the surface, which takes longest, after the other pictures.
 * @type {[string, Mount][]}
 */
export const PANELS = [
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
  ['main', mountTerms],
];
