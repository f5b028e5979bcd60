// The path on the map when the walk stands still: its numbers for hover and export, and what its marks mean.

import { commitPath } from '../figures/plotly.js';
import { pathData } from '../figures/walked_path.js';
import { momentsInWords, wrongWayInWords } from '../words/walk.js';
import { find, setText } from './parts/elements.js';

/** @param {HTMLElement} view @param {Session} session @returns {Panel} */
export function mountMapPath(view, session) {
  const [plot, caption] = [find(view, '#map-plot'), find(view, '#wrong-caption')];
  const explain = () =>
    session.walks &&
    setText(caption, [momentsInWords(session), wrongWayInWords(session.walks)].filter(Boolean).join(' '));
  return {
    settled() {
      if (session.walks && !session.player.playing) commitPath(plot, pathData(session.walks));
      explain();
    },
    planned: () => void explain(),
    printing: () => void explain(),
  };
}
