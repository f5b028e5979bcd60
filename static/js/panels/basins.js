// The basins of attraction: each place of the map coloured by where a walk from there ends.

import { clearCells, drawCells } from '../canvas/cell_picture.js';
import { frameOfMap } from '../canvas/map_frame.js';
import { inProportion } from '../state/map_window.js';
import { ZOOM_HINT, showTip, watchCells } from './parts/cell_tip.js';
import { find, setText } from './parts/elements.js';

const START_HINT = 'Drag the ring, or click where to start.';

/** @param {HTMLElement} view @param {Session} session @returns {Panel} */
export function mountBasins(view, session) {
  const { cells } = session;
  const [box, tip, hint] = ['#map', '#basins-tip', '#map-hint'].map((selector) => find(view, selector));
  const canvas = /** @type {HTMLCanvasElement} */ (find(view, '#basins-over canvas'));
  const frame = () => frameOfMap(box, session);
  const paint = () => {
    if (cells.kind !== 'basins' || !cells.cells) clearCells(canvas);
    else drawCells(canvas, frame(), cells.cells, cells.version, session.colours);
  };
  watchCells({
    area: box,
    session,
    kind: 'basins',
    frame,
    // A plain drag moves the start; a finger scrolls the page.
    zooms: (event) => event.shiftKey,
    // The rectangle keeps the picture's proportions, so that the picture keeps its place.
    corner(from, to) {
      const { width, height } = /** @type {PlotFrame} */ (frame()).box;
      if (cells.shown?.axes.length === 1) return { x: to.x, y: to.y > from.y ? height : 0 };
      return inProportion(from, to, width / height);
    },
    clicked: () => {},
  });
  const redraw = () => cells.redraw();
  return {
    cells: paint,
    hovered: () => showTip(tip, cells.kind === 'rates' ? null : frame(), session),
    zooming: () => setText(hint, cells.zooming && cells.kind !== 'rates' ? ZOOM_HINT : START_HINT),
    landscape: redraw,
    drawn: redraw,
    begun: redraw,
    theme: redraw,
    resized: redraw,
    rescaled: redraw,
    printing: paint,
  };
}
