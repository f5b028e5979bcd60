// The QR code of a link, which the server draws: asked for when the link is another one, a few times a second at the most.

import { getText } from '../../server/api.js';
import { refusalInWords } from '../../words/walk.js';
import { find, setText } from './elements.js';

/** Between two codes at least so many milliseconds pass. */
const GAP = 500;

export class LinkCode {
  /** @param {HTMLElement} figure with an image and a caption */
  constructor(figure) {
    this.image = /** @type {HTMLImageElement} */ (find(figure, 'img'));
    this.caption = find(figure, '.said');
    /** The address that the code is wanted of; empty for none. */
    this.wanted = '';
    /** That which it is of. */
    this.shown = '';
    this.timer = 0;
    this.asked = -Infinity;
  }

  /** @param {string} address path and query of a page of this server, with what a proxy has put before it */
  show(address) {
    this.wanted = address;
    if (address === this.shown || this.timer) return;
    const wait = Math.max(0, this.asked + GAP - performance.now());
    this.timer = window.setTimeout(() => void this.#ask(), wait);
  }

  /** No code is wanted any more. */
  stop() {
    this.wanted = '';
    clearTimeout(this.timer);
    this.timer = 0;
  }

  async #ask() {
    const address = this.wanted;
    this.asked = performance.now();
    try {
      const drawing = await getText(codeAddress(address));
      this.image.src = `data:image/svg+xml,${encodeURIComponent(drawing)}`;
      this.image.alt = 'QR code of this link';
      this.image.hidden = false;
      setText(this.caption, '');
    } catch (error) {
      // A code of another link would lead elsewhere.
      this.image.hidden = true;
      setText(this.caption, `There is no QR code of this link. ${refusalInWords(error)}`);
    }
    this.shown = address;
    this.timer = 0;
    if (this.wanted && this.wanted !== address) this.show(this.wanted);
  }
}

/** @param {string} address of a page @returns {string} that of its code */
export function codeAddress(address) {
  const [path, query] = address.split('?');
  return `${path.replace(/\/$/, '')}/qr.svg${query === undefined ? '' : `?${query}`}`;
}
