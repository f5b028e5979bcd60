// Which panel is mounted on which element.

import { mountBasins } from './basins.js';
import { mountCellMap } from './cell_map.js';
import { mountCompare } from './compare.js';
import { mountControls } from './controls.js';
import { mountCurves } from './curves.js';
import { mountData } from './data.js';
import { mountDecisionMap } from './decision_map.js';
import { mountDialMarks } from './dial_marks.js';
import { mountEmbedded } from './embedded.js';
import { mountExport } from './export.js';
import { mountFarView } from './far_view.js';
import { mountInspector } from './inspector.js';
import { mountKeys } from './keys.js';
import { mountFormulaEditor } from './formula_editor.js';
import { mountGuess } from './guess.js';
import { mountLandscapes } from './landscapes.js';
import { mountLesson } from './lesson.js';
import { mountLossStrip } from './loss_strip.js';
import { mountMap } from './map.js';
import { mountMapPath } from './map_path.js';
import { mountNotices } from './notices.js';
import { mountOffPlane } from './off_plane.js';
import { mountPageAddress } from './page_address.js';
import { mountOwnPoints } from './own_points.js';
import { mountPaper } from './paper.js';
import { mountPlaneWords } from './plane_words.js';
import { mountPlanes } from './planes.js';
import { mountPresent } from './present.js';
import { mountRace } from './race.js';
import { mountRates } from './rates.js';
import { mountRuleEditor } from './rule_editor.js';
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
 * The third is the part of the page that it belongs to: where that is left out, it is not mounted.
 * @type {[string, Mount, string?][]}
 */
export const PANELS = [
  ['main', mountPageAddress],
  ['views', mountViews],
  ['map-view', mountMap],
  ['map-view', mountFarView],
  ['plane-words', mountPlaneWords],
  ['slope', mountSlope],
  ['map-view', mountBasins, 'maps'],
  ['rates-view', mountRates, 'maps'],
  ['maps', mountCellMap, 'maps'],
  ['controls', mountControls],
  ['controls', mountDialMarks],
  ['controls', mountLandscapes],
  ['controls', mountFormulaEditor],
  ['inspector', mountRuleEditor, 'rule'],
  ['controls', mountOwnPoints],
  ['planes', mountPlanes],
  ['whose', mountSelectedRun, 'race'],
  ['runs', mountRuns, 'race'],
  ['compare', mountCompare, 'race'],
  ['transport', mountTransport],
  ['scrubber', mountLossStrip],
  ['words', mountWords],
  ['embedded', mountEmbedded],
  ['lesson', mountLesson],
  ['lesson-guess', mountGuess],
  ['theory-on', mountTheorySwitch],
  ['theory', mountTheory],
  ['walk-curves', mountCurves, 'curves'],
  ['sharpness', mountSharpness, 'curves'],
  ['off-plane', mountOffPlane, 'curves'],
  ['data-view', mountData],
  ['data-view', mountDecisionMap],
  ['surface', mountSurface, 'surface'],
  ['map-view', mountMapPath],
  ['steps', mountSteps, 'table'],
  ['race', mountRace, 'race'],
  ['race', mountTuning, 'race'],
  ['inspector', mountInspector, 'rule'],
  ['notices', mountNotices],
  ['sharing', mountShare, 'share'],
  ['presented', mountPresent],
  ['export', mountExport],
  ['main', mountPaper],
  ['below', mountTabs],
  ['more', mountSettingsSheet, 'more'],
  ['keys', mountKeys],
  ['main', mountTerms],
];
