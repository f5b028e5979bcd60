// What every panel does with its elements.

/**
 * @template {HTMLElement} T
 * @param {ParentNode} holder
 * @param {string} selector
 * @returns {T} a part that the holder is known to have
 */
export function find(holder, selector) {
  return /** @type {T} */ (holder.querySelector(selector));
}

/** Writes only what has changed: a text node that is set anew is laid out anew. @param {HTMLElement} node @param {string} text */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Brings a menu to these names, each standing for its number, and leaves it alone where it has them.
 * @param {HTMLSelectElement} select
 * @param {string[]} names
 */
export function listNames(select, names) {
  if (names.join('\n') === [...select.options].map(({ text }) => text).join('\n')) return;
  select.replaceChildren(...names.map((name, index) => new Option(name, String(index))));
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

/**
 * Disables a button for a reason, which it tells; without one it can be pressed.
 * @param {HTMLButtonElement} button
 * @param {string} why
 */
export function disable(button, why) {
  button.disabled = why !== '';
  button.title = why;
}
