// A formula that is longer than its place is cut there, and is read whole over the page: by pointer, tap and key.

import { watchBox } from '../../input/box_size.js';
import { make } from './elements.js';

/** Pixels between the whole formula and the edge of the window. */
const MARGIN = 8;

/** @param {HTMLElement} formula that is cut where its box ends @returns {() => void} to be called when it is another one */
export function showWhole(formula) {
  const whole = make('div', { className: 'term-note', id: 'formula-whole', hidden: true });
  if ('popover' in HTMLElement.prototype) whole.popover = 'manual';
  document.body.append(whole);
  const hide = () => {
    if (whole.hidden) return;
    if (whole.popover) whole.hidePopover();
    whole.hidden = true;
  };
  const show = () => {
    if (!formula.classList.contains('cut') || !whole.hidden) return;
    whole.replaceChildren(...[...formula.childNodes].map((node) => node.cloneNode(true)));
    whole.hidden = false;
    if (whole.popover) whole.showPopover();
    const { right, bottom } = formula.getBoundingClientRect();
    const left = Math.min(Math.max(MARGIN, right - whole.offsetWidth), innerWidth - whole.offsetWidth - MARGIN);
    Object.assign(whole.style, { left: `${left}px`, top: `${bottom}px` });
  };
  const measure = () => formula.classList.toggle('cut', formula.scrollWidth > formula.clientWidth + 1);
  formula.addEventListener('pointerenter', show);
  formula.addEventListener('focus', show);
  formula.addEventListener('pointerleave', () => document.activeElement === formula || hide());
  formula.addEventListener('blur', hide);
  formula.addEventListener('keydown', ({ key }) => key === 'Escape' && hide());
  addEventListener('scroll', ({ target }) => target !== formula && target !== whole && hide(), {
    capture: true,
    passive: true,
  });
  // What is measured changes what is watched: in a frame of its own, or WebKit complains of a loop.
  watchBox(formula, () => requestAnimationFrame(measure));
  return () => {
    hide();
    measure();
  };
}
