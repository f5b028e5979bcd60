// The distance of a network's walks from the plane that they are drawn on: under the curves, with their cursor.

import { offPlaneFigure } from '../figures/off_plane.js';
import { axesFrame, draw, resizePlot } from '../figures/plotly.js';
import { isBeside } from './parts/beside.js';
import { placeCursor } from './parts/cursor.js';
import { find } from './parts/elements.js';

/** @param {HTMLElement} section @param {Session} session @returns {Panel} */
export function mountOffPlane(section, session) {
  const [plot, cursor] = ['plot', 'cursor'].map((name) => find(section, `#off-plane-${name}`));
  const move = () => {
    const { walks, walk, player } = session;
    const frame = section.hidden || !walk ? null : axesFrame(plot);
    if (frame && walks && walk)
      placeCursor(cursor, frame.box, frame.project(walks.across(walk, player.position), 0, 0).x);
  };
  const drawIt = async () => {
    const { walks, colours } = session;
    section.hidden = !walks?.landscape?.network;
    if (!walks || section.hidden) return;
    await draw(plot, offPlaneFigure(walks, colours, isBeside(section)));
    move();
  };
  return {
    walks: () => void (section.hidden = !session.walks?.landscape?.network),
    curves: drawIt,
    settled: drawIt,
    frame: move,
    async resized() {
      await resizePlot(plot);
      move();
    },
  };
}
