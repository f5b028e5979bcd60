// When a part of the page has another size.

/** @param {Element} element @param {() => void} changed */
export function watchBox(element, changed) {
  new ResizeObserver(changed).observe(element);
}
