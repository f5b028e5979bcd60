// The browser's address, its history and its clock, as the page's address is written with them.

export const BROWSER = {
  history,
  location,
  now: () => performance.now(),
  after: (/** @type {number} */ milliseconds, /** @type {() => void} */ what) => window.setTimeout(what, milliseconds),
  forget: (/** @type {number} */ timer) => clearTimeout(timer),
};
