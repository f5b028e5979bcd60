// Where the map's axes lie: Plotly's, or, before it is there, those of the picture that came with the page.

import { lossRange } from '../figures/landscape.js';
import { mapFrame } from '../figures/plotly.js';
import { isStretched } from '../state/map_window.js';

/**
 * @param {HTMLElement} map the box that holds the picture and the plot
 * @param {Session} session
 * @returns {PlotFrame | null}
 */
export function frameOfMap(map, { walks, landscape, map_drawn }) {
  const request = walks?.request;
  const plot = map.querySelector('#map-plot');
  if (map_drawn && plot) return mapFrame(plot, request?.start.length === 1);
  const picture = map.querySelector('#first svg');
  return picture && request && landscape
    ? pictureFrame(picture, map.getBoundingClientRect(), request, landscape)
    : null;
}

/**
 * @param {Element} picture
 * @param {Box} outer
 * @param {Wanted} request
 * @param {Landscape} landscape
 * @returns {PlotFrame}
 */
function pictureFrame(picture, outer, { domain, start }, { grid }) {
  const around = picture.getBoundingClientRect();
  const [, , view_width, view_height] = (picture.getAttribute('viewBox') ?? '').split(' ').map(Number);
  const flat = start.length === 1;
  const zoom = Math.min(around.width / view_width, around.height / view_height);
  const fills = flat || isStretched(domain);
  const [width, height] = fills ? [around.width, around.height] : [view_width * zoom, view_height * zoom];
  const [low_x, high_x] = domain;
  const [low_y, high_y] = flat ? lossRange(grid.loss) : domain.slice(2);
  const spot = { x: 0, y: 0, hidden: false };
  return {
    box: {
      left: around.left - outer.left + (around.width - width) / 2,
      top: around.top - outer.top + (around.height - height) / 2,
      width,
      height,
    },
    project: (x, y, loss) => {
      spot.x = ((x - low_x) / (high_x - low_x)) * width;
      spot.y = ((high_y - (flat ? loss : y)) / (high_y - low_y)) * height;
      return spot;
    },
    invert: (px, py) => [low_x + (px / width) * (high_x - low_x), high_y - (py / height) * (high_y - low_y)],
  };
}
