// Where a part of the page stands that may be lent to a place beside the map.

/** @param {HTMLElement} part @returns {boolean} whether it, or what it is in, stands beside the map */
export function isBeside(part) {
  return part.closest('.other') !== null;
}
