// What is written on the page, to be written under a picture that leaves it.

/** @param {Element} node */
export const isSeen = (node) => node.getClientRects().length > 0;

/** @param {Element} node @returns {string} its words, without the page's own line breaks */
export const wordsOf = (node) => (node.textContent ?? '').replace(/[ \n\t]+/g, ' ').trim();

/** @param {Element[]} nodes @returns {{text: string}[]} of those that are seen and say something */
export function told(nodes) {
  return nodes.filter((node) => isSeen(node) && wordsOf(node)).map((node) => ({ text: wordsOf(node) }));
}
