// Where letters are written they are no commands.

/** @param {HTMLElement} target @returns {boolean} whether letters are written there */
export function isWritten(target) {
  return target.closest('input:not([type="range"], [type="checkbox"], [type="radio"]), select, textarea') !== null;
}
