// Puts the page together: a panel for each part that it has, and plotly.js for their plots.

import { plotlyReady } from './figures/plotly.js';
import { openPage, pause } from './opening.js';
import { mountSurface } from './panels/surface.js';
import { PANELS } from './panels/table.js';

/** For so many milliseconds the first walk moves before plotly.js, whose compilation stops it for a while, is run. */
const HEAD_START = 120;

async function plotterReady() {
  await pause(HEAD_START);
  await plotlyReady();
}

await openPage(PANELS, plotterReady, mountSurface);
