// Puts an embed of the map alone together: the panels that it has, and the few plots that they need without plotly.js, which
// is ten times as large as all else.

import { PLAIN_PLOTS } from './canvas/plain_plots.js';
import { openPage } from './opening.js';
import { mountBasins } from './panels/basins.js';
import { mountEmbedded } from './panels/embedded.js';
import { mountFarView } from './panels/far_view.js';
import { mountLossStrip } from './panels/loss_strip.js';
import { mountMap } from './panels/map.js';
import { mountNotices } from './panels/notices.js';
import { mountSlope } from './panels/slope.js';
import { mountTerms } from './panels/terms.js';
import { mountTransport } from './panels/transport.js';
import { mountViews } from './panels/views.js';
import { mountWords } from './panels/words.js';

window.Plotly = PLAIN_PLOTS;

await openPage(
  [
    ['views', mountViews],
    ['map-view', mountMap],
    ['map-view', mountFarView],
    ['slope', mountSlope],
    ['map-view', mountBasins, 'maps'],
    ['transport', mountTransport],
    ['scrubber', mountLossStrip],
    ['words', mountWords],
    ['embedded', mountEmbedded],
    ['notices', mountNotices],
    ['main', mountTerms],
  ],
  () => Promise.resolve(),
);
