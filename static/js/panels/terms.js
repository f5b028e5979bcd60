// What terms mean: one note, shown over the page beside the term that is pointed at, tapped or focused.

import { find, make } from './parts/elements.js';
import { groupOf, markTerms } from './parts/terms.js';

/** Milliseconds until a note comes that nobody clicked for, and until it goes: time to reach it with the pointer. */
const HOVER = 150;
/** Pixels between the note and the edge of the window, or the term. */
const MARGIN = 8;

/** @typedef {HTMLElement} TermNode */

/** @param {HTMLElement} page @param {Session} session @returns {Panel} */
export function mountTerms(page, session) {
  const note = new Note(session.catalog.glossary);
  document.body.append(note.node);
  const termAt = (/** @type {Event} */ { target }) =>
    /** @type {TermNode | null} */ (target instanceof Element ? target.closest('.term') : null);
  document.addEventListener('pointerover', (event) => {
    if (event.pointerType === 'touch') return;
    const term = termAt(event);
    if (term) note.soon(() => note.show(term));
    else if (event.target instanceof Node && note.node.contains(event.target)) note.soon(() => {});
    else if (note.term && !note.pinned) note.soon(() => note.hide());
    else note.soon(() => {});
  });
  document.addEventListener('click', (event) => {
    const term = termAt(event);
    if (term) {
      // A label would pass the click on.
      event.preventDefault();
      if (note.term === term && note.pinned) note.hide();
      else note.show(term, true);
    } else if (!note.node.contains(/** @type {Node} */ (event.target))) note.hide();
  });
  document.addEventListener('focusin', (event) => {
    const term = termAt(event);
    if (term?.matches(':focus-visible')) note.show(term);
    else if (!term) note.hide();
  });
  // Before the keys that play the walk.
  document.addEventListener(
    'keydown',
    (event) => note.term && event.key === 'Escape' && (note.hide(), event.stopPropagation()),
    true,
  );
  document.addEventListener(
    'keydown',
    (event) => {
      const term = termAt(event);
      if (!term || event.ctrlKey || event.metaKey || event.altKey) return;
      const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (way) step(term, way);
      else if (event.key === 'Enter' || event.key === ' ') term.click();
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
  addEventListener('scroll', () => note.hide(), { capture: true, passive: true });
  addEventListener('resize', () => note.hide());
  for (const text of page.querySelectorAll('.lesson .teaching, .lesson .tasks, .convention:not([id])'))
    markTerms(/** @type {HTMLElement} */ (text), session.catalog.glossary);
  return {};
}

/** Goes to the next term of the group. @param {TermNode} term @param {number} way */
function step(term, way) {
  const group = groupOf(term);
  const next = group[(group.indexOf(term) + way + group.length) % group.length];
  for (const one of group) one.tabIndex = one === next ? 0 : -1;
  next.focus();
}

class Note {
  /** @param {Term[]} glossary */
  constructor(glossary) {
    this.glossary = glossary;
    this.node = make('div', { className: 'term-note', id: 'term-note', hidden: true }, [
      make('strong'),
      ' ',
      make('span'),
    ]);
    this.node.setAttribute('role', 'tooltip');
    // Over everything else, whatever cuts off what it holds.
    if ('popover' in HTMLElement.prototype) this.node.popover = 'manual';
    /** The term that is told of. @type {TermNode | null} */
    this.term = null;
    /** Whether it was clicked for, and stays. */
    this.pinned = false;
    this.waiting = 0;
  }

  /** @param {() => void} change */
  soon(change) {
    clearTimeout(this.waiting);
    this.waiting = window.setTimeout(change, HOVER);
  }

  /** @param {TermNode} term @param {boolean} [pinned] */
  show(term, pinned = false) {
    clearTimeout(this.waiting);
    if (!term.isConnected) return;
    if (this.term === term) {
      this.pinned ||= pinned;
      return;
    }
    this.hide();
    const entry = this.glossary.find((one) => one.term === term.dataset.term);
    find(this.node, 'strong').textContent = entry?.term ?? '';
    find(this.node, 'span').textContent = entry?.explanation ?? term.dataset.about ?? '';
    this.node.hidden = false;
    if (this.node.popover) this.node.showPopover();
    this.#place(term.getClientRects()[0] ?? term.getBoundingClientRect());
    term.setAttribute('aria-describedby', this.node.id);
    this.term = term;
    this.pinned = pinned;
  }

  hide() {
    clearTimeout(this.waiting);
    if (!this.term) return;
    this.term.removeAttribute('aria-describedby');
    this.term = null;
    this.pinned = false;
    if (this.node.popover) this.node.hidePopover();
    this.node.hidden = true;
  }

  /** Below the term, or above it where there is no room. @param {DOMRect} rectangle */
  #place({ left, top, bottom }) {
    const { offsetWidth: width, offsetHeight: height } = this.node;
    const below = bottom + MARGIN / 2;
    const y = below + height + MARGIN <= innerHeight ? below : Math.max(MARGIN, top - height - MARGIN / 2);
    this.node.style.left = `${Math.max(MARGIN, Math.min(left, innerWidth - width - MARGIN))}px`;
    this.node.style.top = `${y}px`;
  }
}
