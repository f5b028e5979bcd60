// A slider that a swipe which scrolls does not change, and whose keys go by one step of it in every browser.

import { sidewaysOf, stepsOf } from './step_keys.js';

/** @typedef {'drag' | 'final'} Phase */

/** A finger that has moved by so many pixels and was left to the slider means the slider. */
const MEANT = 6;

/**
 * A finger's first touch moves the thumb before it is known whether it scrolls, so nothing is told until then; what the
 * browser takes for scrolling, it cancels, and the value from before is there again.
 * @param {HTMLInputElement} slider
 * @param {{
 *   slid: (position: number, phase: Phase) => void,
 *   begin: () => void,
 *   back: (told: boolean) => void,
 *   step?: (count: number) => void,
 * }} options `begin` is called with a press, `back` when it was cancelled, with whether a drag was told meanwhile;
 *   `step` is told how many steps a key asks for, where the browser's own are not those that are wanted
 */
export function watchSlider(slider, { slid, begin, back, step }) {
  /** @type {{x: number, before: number, at: number, held: boolean, told: boolean} | null} */
  let press = null;
  // What a browser still tells of a drag that it has cancelled.
  let cancelled = false;

  slider.addEventListener('pointerdown', (event) => {
    const before = slider.valueAsNumber;
    press = { x: event.clientX, before, at: before, held: event.pointerType === 'touch', told: false };
    cancelled = false;
    begin();
  });
  slider.addEventListener('pointermove', (event) => {
    if (!press?.held || Math.abs(event.clientX - press.x) < MEANT) return;
    press.held = false;
    if (press.at !== press.before) tell('drag');
  });
  slider.addEventListener('input', () => {
    if (cancelled) return;
    if (press) press.at = slider.valueAsNumber;
    if (!press?.held) tell('drag');
  });
  slider.addEventListener('change', () => {
    if (!cancelled) tell('final');
    press = null;
  });
  slider.addEventListener('pointercancel', () => {
    if (!press) return;
    const { before, told } = press;
    press = null;
    cancelled = true;
    slider.value = String(before);
    back(told);
  });
  slider.addEventListener('keydown', (event) => {
    cancelled = false;
    press = null;
    const count = stepsOf(event) || sidewaysOf(event);
    if (!step || count === 0) return;
    event.preventDefault();
    step(count);
  });

  /** @param {Phase} phase */
  function tell(phase) {
    if (press) press.told = true;
    slid(press?.at ?? slider.valueAsNumber, phase);
  }
}
