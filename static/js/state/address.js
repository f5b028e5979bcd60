// The address of what is shown, written after it is shown. Browsers take only so many changes of it in a while (Safari
// 100 in 10 s) and throw beyond: the page does not wait for it, and it catches up.

/** At most three times in a second. */
const GAP = 334;
/** A browser that refused is asked again after so many milliseconds. */
const AGAIN = 2000;

export class Address {
  /** What is still to be written. @type {{address: string, push: boolean} | null} */
  #late = null;
  #written = -Infinity;
  #timer = 0;

  /**
   * @param {{
   *   history: Pick<History, 'pushState' | 'replaceState'>,
   *   location: Pick<Location, 'href'>,
   *   now: () => number,
   *   after: (milliseconds: number, what: () => void) => number,
   *   forget: (timer: number) => void,
   * }} browser whose address it is
   */
  constructor(browser) {
    this.browser = browser;
  }

  /** @returns {string} what the address is, or will be when it has caught up */
  get href() {
    const { href } = this.browser.location;
    return this.#late ? new URL(this.#late.address, href).href : href;
  }

  /**
   * @param {string} address path and query
   * @param {boolean} push whether it is a new entry of the history, not a change of the one there is
   * @returns {boolean} whether it is another address than the one there is
   */
  write(address, push) {
    if (this.#isAt(address)) {
      this.forget();
      return false;
    }
    this.#late = { address, push: this.#late?.push || push };
    const wait = this.#written + GAP - this.browser.now();
    if (wait <= 0) this.flush();
    else this.#wait(wait);
    return true;
  }

  /** @param {string} address */
  #isAt(address) {
    const { href } = this.browser.location;
    const [one, other] = [new URL(address, href), new URL(href)];
    return one.pathname + one.search === other.pathname + other.search;
  }

  /** Writes at once what is still to be written. */
  flush() {
    if (!this.#late) return;
    const { address, push } = this.#late;
    this.#written = this.browser.now();
    try {
      if (push) this.browser.history.pushState(null, '', address);
      else this.browser.history.replaceState(null, '', address);
    } catch {
      // It is asked again below.
    }
    // Chromium refuses without a word.
    if (this.#isAt(address)) this.forget();
    else this.#wait(AGAIN);
  }

  /** Another entry of the history was gone to: what was to be written is not wanted any more. */
  forget() {
    this.#late = null;
    this.browser.forget(this.#timer);
    this.#timer = 0;
  }

  /** @param {number} milliseconds */
  #wait(milliseconds) {
    this.browser.forget(this.#timer);
    this.#timer = this.browser.after(milliseconds, () => this.flush());
  }
}
