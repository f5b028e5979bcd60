// A number in a text that is turned where it stands: dragged sideways, or by the keys of a slider.

import { fromSlider, stepped, toSlider } from './slider_scale.js';
import { sidewaysOf, stepsOf } from './step_keys.js';

/** @typedef {import('./slider_scale.js').Scale} Scale */

/** Positions of a slider's thousand for each pixel. */
const GAIN = 2;
/** A press that has moved by fewer pixels has not turned anything. */
const MEANT = 4;

/**
 * A finger that goes up or down scrolls the page, which the browser tells by a cancelled pointer.
 * @param {HTMLElement} node
 * @param {{
 *   scale: () => Scale | null,
 *   value: () => number,
 *   turned: (value: number, phase: 'drag' | 'final') => void,
 * }} options `scale` is null where there is nothing to turn
 */
export function watchTurns(node, { scale, value, turned }) {
  /** @type {{x: number, before: number, at: number, going: boolean} | null} */
  let press = null;

  node.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || !scale()) return;
    press = { x: event.clientX, before: value(), at: value(), going: false };
    node.setPointerCapture(event.pointerId);
  });
  node.addEventListener('pointermove', (event) => {
    const on = scale();
    if (!press || !on) return;
    const by = event.clientX - press.x;
    if (Math.abs(by) >= MEANT) press.going = true;
    if (!press.going) return;
    const position = toSlider(press.before, on) + Math.round(GAIN * by);
    const next = fromSlider(Math.max(0, Math.min(1000, position)), on);
    if (next === press.at) return;
    press.at = next;
    turned(next, 'drag');
  });
  node.addEventListener('pointerup', () => {
    if (press?.going) turned(press.at, 'final');
    press = null;
  });
  node.addEventListener('pointercancel', () => {
    if (press?.going) turned(press.before, 'final');
    press = null;
  });
  node.addEventListener('keydown', (event) => {
    const on = scale();
    const count = stepsOf(event) || sidewaysOf(event);
    if (!on || count === 0) return;
    // Else the keys of the playback would take it.
    event.preventDefault();
    event.stopPropagation();
    const next = stepped(value(), count, on);
    if (next !== value()) turned(next, 'final');
  });
}
