// What every part of the page does with its elements.

/** @template {HTMLElement} T @param {string} id @returns {T} an element that the page is known to have */
export const byId = (id) => /** @type {T} */ (document.getElementById(id));

/** Writes only what has changed: a text node that is set anew is laid out anew. @param {string} id @param {string} text */
export function setText(id, text) {
  const node = byId(id);
  if (node.textContent !== text) node.textContent = text;
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, any>} [properties]
 * @param {(Node | string)[]} [children]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(name, properties = {}, children = []) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
}
