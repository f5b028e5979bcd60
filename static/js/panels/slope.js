// The derivative under a curve, with a dot where each walker is.

import { SlopeDots } from '../canvas/slope_dots.js';
import { draw, resizePlot } from '../figures/plotly.js';
import { slopeFigure } from '../figures/slope.js';
import { seenDomain } from '../state/map_window.js';
import { find } from './parts/elements.js';

/** @param {HTMLElement} view @param {Session} session @returns {Panel} */
export function mountSlope(view, session) {
  const plot = find(view, '#slope-plot');
  const dots = new SlopeDots(find(view, '#slope-over'), plot);
  return {
    elsewhere: () => dots.clear(),
    async landscape(request) {
      const { landscape, colours } = session;
      if (request.start.length === 1 && landscape)
        await draw(plot, slopeFigure(landscape, seenDomain(request), colours));
      dots.place();
    },
    frame() {
      const { walks, landscape, colours } = session;
      if (walks?.flat && landscape?.grid.derivative) dots.paint(landscape.grid, dotsOf(session), colours);
    },
    async resized() {
      await resizePlot(plot);
      dots.place();
    },
  };
}

/** @param {Session} session */
function dotsOf({ walks, walk: selected, player: { position } }) {
  return /** @type {Walks} */ (walks).visible.map((walk) => ({
    x: walk.at(position)[0],
    size: Number.isInteger(position) ? walk.gradient_norm[Math.min(position, walk.length - 1)] : null,
    style: walk.style,
    selected: walk === selected,
  }));
}
