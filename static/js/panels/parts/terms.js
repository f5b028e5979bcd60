// Terms on the page: words of the field that say what they mean, by pointer, tap and key.

import { inTerms } from '../../words/terms.js';
import { make } from './elements.js';

/** A group of terms is one stop of the Tab key; arrow keys go from one to the next. */
const GROUP = '[data-terms]';
const TERM = '.term';

/** What came with the page has no terms yet. @type {WeakMap<HTMLElement, string>} */
const written = new WeakMap();

/**
 * @param {string} text
 * @param {{term?: string, about?: string}} says a term of the glossary, or what it says itself
 */
export function makeTerm(text, { term, about }) {
  const node = make('span', { className: 'term', textContent: text, tabIndex: -1 });
  node.setAttribute('role', 'button');
  if (term) node.dataset.term = term;
  if (about) node.dataset.about = about;
  return node;
}

/**
 * Writes a text with its terms, if it is another one than stands there.
 * @param {HTMLElement} node
 * @param {string} text
 * @param {Term[]} glossary
 * @param {Set<string>} [known] what is explained elsewhere in the group
 */
export function writeTerms(node, text, glossary, known) {
  if (written.get(node) === text && node.textContent === text) return;
  written.set(node, text);
  node.replaceChildren(
    ...inTerms(text, glossary, known).map((part) => (part.term ? makeTerm(part.text, { term: part.term }) : part.text)),
  );
  rove(node);
}

/** Marks the terms in what stands in a part of the page already: formulas, links and buttons are left alone. @param {HTMLElement} root @param {Term[]} glossary */
export function markTerms(root, glossary) {
  /** @type {Set<string>} */
  const known = new Set();
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement?.closest(`math, a, button, summary, ${TERM}`)
      ? NodeFilter.FILTER_REJECT
      : NodeFilter.FILTER_ACCEPT,
  );
  const texts = [];
  while (walker.nextNode()) texts.push(/** @type {Text} */ (walker.currentNode));
  for (const text of texts) {
    const parts = inTerms(text.data, glossary, known);
    if (parts.some(({ term }) => term))
      text.replaceWith(...parts.map((part) => (part.term ? makeTerm(part.text, { term: part.term }) : part.text)));
  }
  root.dataset.terms ??= '';
  rove(root);
}

/** @param {Element} node @returns {HTMLElement[]} the terms that are reached with it */
export const groupOf = (node) =>
  [...(node.closest(GROUP) ?? node).querySelectorAll(TERM)].map((term) => /** @type {HTMLElement} */ (term));

/** One of a group is reached by the Tab key: the first, or the last where what the group explains comes before it. @param {Element} node in the group */
export function rove(node) {
  const group = groupOf(node);
  const is_last = /** @type {HTMLElement | null} */ (node.closest(GROUP))?.dataset.terms === 'last';
  for (const term of group) term.tabIndex = -1;
  const stop = group.at(is_last ? -1 : 0);
  if (stop) stop.tabIndex = 0;
}
