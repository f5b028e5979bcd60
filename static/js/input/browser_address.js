// The browser's address, its history and its clock, as the page's address is written with them.

export const BROWSER = {
  history,
  location,
  now: () => performance.now(),
  after: (/** @type {number} */ milliseconds, /** @type {() => void} */ what) => window.setTimeout(what, milliseconds),
  forget: (/** @type {number} */ timer) => clearTimeout(timer),
};

/**
 * An address that nobody sees. What is turned in a frame is no step that the back button of the page around it takes back, and
 * a frame that is loaded anew shows what its author wrote.
 * @param {string} address that it begins with
 * @returns {typeof BROWSER}
 */
export function frameAddress(address) {
  const here = { href: new URL(address, window.location.href).href };
  const write = (/** @type {unknown} */ state, /** @type {string} */ _title, /** @type {string} */ next) => {
    entries.state = state;
    here.href = new URL(next, here.href).href;
  };
  const entries = { state: /** @type {unknown} */ (null), pushState: write, replaceState: write };
  return /** @type {any} */ ({ ...BROWSER, history: entries, location: here });
}
