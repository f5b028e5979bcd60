// A map of cells under the pointer: what is told of the cell there, and the rectangle that is drawn to zoom into.

import { placeTip } from '../../canvas/cell_picture.js';
import { watchZoom } from '../../input/zoom_rectangle.js';
import { cellInWords } from '../../words/cell_maps.js';
import { make } from './elements.js';

/** What a drag in a picture does, where it draws a rectangle. */
export const ZOOM_HINT = 'Drag a rectangle to zoom in; Esc ends it.';

/**
 * @param {HTMLElement} tip
 * @param {PlotFrame | null} frame of the picture, null where it is not seen
 * @param {Session} session
 */
export function showTip(tip, frame, { cells: { shown, hovered } }) {
  tip.hidden = !hovered || !frame || !shown;
  if (!hovered || !frame || !shown) return;
  const line = (/** @type {string} */ text) =>
    make(text === hovered.ending.label ? 'strong' : 'span', { textContent: text });
  tip.replaceChildren(...cellInWords(shown, hovered).map(line));
  placeTip(tip, frame, hovered);
}

/**
 * @param {{
 *   area: HTMLElement,
 *   session: Session,
 *   kind: 'basins' | 'rates',
 *   frame: () => PlotFrame | null,
 *   zooms: (event: PointerEvent) => boolean,
 *   corner: (from: Place, to: Place) => Place,
 *   clicked: (cell: MapCell | null) => void,
 * }} options `zooms` tells whether a press begins a rectangle, `corner` where it ends
 * @returns {(place: Place) => MapCell | null} finds the cell at a place
 */
export function watchCells({ area, session, kind, frame, zooms, corner, clicked }) {
  const { cells } = session;
  const here = () => (cells.kind === kind ? frame() : null);
  const cellAt = (/** @type {Place} */ { x, y }) => {
    const now = here();
    return now && cells.cells ? cells.cells.at(...now.invert(x, y)) : null;
  };
  watchZoom({
    area,
    frame: here,
    zooms: (event) => cells.kind === kind && (cells.zooming || zooms(event)),
    corner,
    hovered(place) {
      if (cells.kind !== kind) return;
      cells.pointed = place && (here()?.invert(place.x, place.y) ?? null);
      cells.hover(place && cellAt(place));
    },
    clicked: (place) => clicked(cellAt(place)),
    zoomed(from, to) {
      cells.zoomByDrag(false);
      const now = here();
      if (now) cells.zoomInto(now.invert(from.x, from.y), now.invert(to.x, to.y));
    },
  });
  return cellAt;
}
