// The address of what is shown, written after it is shown. Browsers take only so many changes of it in a while (Safari
// 100 in 10 s) and throw beyond: the page does not wait for it, and it catches up.

/** At most three times in a second. */
const GAP = 334;
/** A browser that refused is asked again after so many milliseconds. */
const AGAIN = 2000;

export class Address {
  /** What is still to be written. @type {{address: string, push: boolean, kept: string | null} | null} */
  #late = null;
  #written = -Infinity;
  #timer = 0;

  /**
   * @param {{
   *   history: Pick<History, 'pushState' | 'replaceState' | 'state'>,
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

  /** @returns {string | null} the query that this entry of the history keeps, where its address holds less */
  get kept() {
    if (this.#late) return this.#late.kept;
    const query = this.browser.history.state?.query;
    return typeof query === 'string' ? query : null;
  }

  /** @returns {string} the query of what is shown: the one that is kept, or else the address's */
  get search() {
    return this.kept ?? new URL(this.href).search;
  }

  /**
   * @param {string} address path and query
   * @param {boolean} push whether it is a new entry of the history, not a change of the one there is
   * @param {string | null} [kept] the query that is shown, where the address holds less
   * @returns {boolean} whether it is another address than the one there is
   */
  write(address, push, kept = null) {
    if (this.#isAt(address, kept)) {
      this.forget();
      return false;
    }
    // What the entry that is left was last at is written into it: the back button leads there.
    if (push && this.#late && !this.#late.push) this.flush();
    this.#late = { address, push: this.#late?.push || push, kept };
    const wait = this.#written + GAP - this.browser.now();
    if (wait <= 0) this.flush();
    else this.#wait(wait);
    return true;
  }

  /** @param {string} address @param {string | null} kept */
  #isAt(address, kept) {
    const { history, location } = this.browser;
    const [one, other] = [new URL(address, location.href), new URL(location.href)];
    return one.pathname + one.search === other.pathname + other.search && (history.state?.query ?? null) === kept;
  }

  /** Writes at once what is still to be written. */
  flush() {
    if (!this.#late) return;
    const { address, push, kept } = this.#late;
    const state = kept === null ? null : { query: kept };
    this.#written = this.browser.now();
    try {
      if (push) this.browser.history.pushState(state, '', address);
      else this.browser.history.replaceState(state, '', address);
    } catch {
      // It is asked again below.
    }
    // Chromium refuses without a word.
    if (this.#isAt(address, kept)) this.forget();
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
