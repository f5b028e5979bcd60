// Whether a key or the pointer was used last.

let by_keys = false;
document.addEventListener('keydown', () => (by_keys = true), true);
document.addEventListener('pointerdown', () => (by_keys = false), true);

/** @returns {boolean} */
export const byKeys = () => by_keys;
