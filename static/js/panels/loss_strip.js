// The loss along the walks, small, under the slider of steps: it is the scrubber.

import { drawLoss } from '../canvas/loss_strip.js';
import { watchBox } from '../input/box_size.js';
import { find, make } from './parts/elements.js';

/** Half of the slider's thumb: so far from its ends the first step and the last one lie. */
const MARGIN = 8;

/** @param {HTMLElement} holder @param {Session} session @returns {Panel} */
export function mountLossStrip(holder, session) {
  const canvas = /** @type {HTMLCanvasElement} */ (find(holder, 'canvas'));
  const head = make('i', { className: 'head' });
  holder.append(head);
  let width = 0;
  let asked = 0;
  const draw = () => {
    asked = 0;
    width = holder.clientWidth;
    const { walks, landscape, restarts, walker, colours, logarithmic } = session;
    if (!walks || !landscape || width === 0) return;
    const size = { width, height: holder.clientHeight, margin: MARGIN };
    drawLoss(canvas, size, walks, { walker, restarts, logarithmic, lowest: landscape.stationary_points }, colours);
    move();
  };
  // However often more of a walk arrives, it is drawn once a frame.
  const drawSoon = () => void (asked ||= requestAnimationFrame(draw));
  const move = () => {
    const { player } = session;
    const part = player.last > 0 ? player.position / player.last : 0;
    head.style.transform = `translateX(${MARGIN + part * (width - 2 * MARGIN)}px)`;
  };
  watchBox(holder, drawSoon);
  return {
    walks: drawSoon,
    selected: drawSoon,
    grew: drawSoon,
    completed: drawSoon,
    planned: drawSoon,
    curves: drawSoon,
    theme: drawSoon,
    rescaled: drawSoon,
    frame: move,
  };
}
