// The view that follows who leaves the map by far, over the map, and the ways there and back.

import { drawDot, drawFar, pictureOf, widened } from '../canvas/far_view.js';
import { frameOfMap } from '../canvas/map_frame.js';
import { WalkOverlay } from '../canvas/walk_overlay.js';
import { farInWords, timesInWords } from '../words/far_view.js';
import { find, setText } from './parts/elements.js';

/** What the dot is called that the map has become. */
const MAP = 'the map';
/** So little wider is still the map. */
const WIDER = 1.02;

/** @param {HTMLElement} view @param {Session} session @returns {Panel} */
export function mountFarView(view, session) {
  const far = new FarView(view, session);
  return {
    walks: () => far.renew(),
    elsewhere: () => far.renew(),
    landscape: () => far.forget(),
    frame: () => far.paint(),
    resized: () => far.place(),
    drawn: () => far.place(),
    theme: () => far.paint(),
  };
}

class FarView {
  /** @param {HTMLElement} view @param {Session} session */
  constructor(view, session) {
    this.session = session;
    this.map = find(view, '#map');
    this.holder = find(view, '#far');
    this.ground = /** @type {HTMLCanvasElement} */ (find(view, '#far-ground'));
    this.words = find(view, '#far-words').appendChild(document.createElement('span'));
    this.see = find(view, '#far-see');
    this.overlay = new WalkOverlay(find(this.holder, '.over'), false);
    /** What was chosen by hand, null where the walk itself leads there. @type {'map' | 'far' | null} */
    this.chosen = null;
    /** The map as it was seen last, by what it showed. @type {{key: string, picture: HTMLCanvasElement | null}} */
    this.known = { key: '', picture: null };
    find(view, '#far-back').addEventListener('click', () => this.#goBack());
    this.see.addEventListener('click', () => {
      session.move((player) => player.seek(player.last));
      this.#choose('far');
      find(view, '#far-back').focus({ preventScroll: true });
    });
    document.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || this.holder.hidden || document.querySelector('dialog:modal')) return;
      this.#goBack();
    });
  }

  #goBack() {
    const focused = this.holder.contains(document.activeElement);
    this.#choose('map');
    if (focused) this.see.focus({ preventScroll: true });
  }

  /** @param {'map' | 'far'} where */
  #choose(where) {
    this.chosen = where;
    this.paint();
  }

  /** Other walks are shown. */
  renew() {
    this.chosen = null;
  }

  /** The map is drawn anew: its picture is another one. */
  forget() {
    this.known = { key: '', picture: null };
  }

  /** It lies over the map and is as large. */
  place() {
    const { offsetLeft, offsetTop, clientWidth, clientHeight } = this.map;
    Object.assign(this.holder.style, {
      left: `${offsetLeft}px`,
      top: `${offsetTop}px`,
      width: `${clientWidth}px`,
      height: `${clientHeight}px`,
    });
    const { style } = this.see;
    style.right = `calc(100% - ${offsetLeft + clientWidth}px + var(--3))`;
    style.top = `calc(${offsetTop + clientHeight}px - var(--3))`;
    style.transform = 'translateY(-100%)';
    this.paint();
  }

  /** How many times as wide as the map the view is to be, 1 for the map itself. */
  get #wanted() {
    const { film, player, gesture, calm } = this.session;
    // While something is turned nothing is counted that is not drawn.
    if (gesture.on || this.chosen === 'map' || !film?.whole.leaves) return 1;
    return calm() && this.chosen !== 'far' ? 1 : film.scaleAt(Math.min(player.position, film.finite));
  }

  paint() {
    const { session, holder, map } = this;
    const { film, player, gesture } = session;
    // From the beginning it goes there again.
    if (player.position === 0) this.chosen = null;
    const times = this.#wanted;
    const shown = times > WIDER;
    const frame = shown ? frameOfMap(map, session) : null;
    const may_see = !shown && !player.playing && !gesture.on && Boolean(film?.whole.leaves);
    if (this.see.hidden === may_see) {
      this.see.hidden = !may_see;
      if (may_see) return this.place();
    }
    if (holder.hidden === shown) {
      holder.hidden = !shown;
      if (shown) return this.place();
    }
    if (!shown || !frame || !film) return;
    const size = { width: map.clientWidth, height: map.clientHeight };
    const { colours, walks } = session;
    drawFar(this.ground, size, frame, times, this.#picture(), colours, timesInWords);
    if (walks && this.overlay.walks !== walks) this.overlay.show(walks);
    this.overlay.more = (pen) => drawDot(pen, frame, times, colours, MAP);
    this.overlay.place(widened(frame, size, times), colours);
    this.overlay.paint(Math.min(player.position, film.finite));
    setText(this.words, farInWords(times));
  }

  /** The map as it is seen now, null until it is here. */
  #picture() {
    const { session, map, known } = this;
    const { landscape, colours, cells, map_drawn } = session;
    const key = [landscape?.key, colours.ground, cells.kind, map_drawn, map.clientWidth, map.clientHeight].join();
    if (known.key === key) return known.picture;
    const next = (this.known = { key, picture: /** @type {HTMLCanvasElement | null} */ (null) });
    pictureOf(map, colours, devicePixelRatio || 1)
      .then((picture) => {
        next.picture = picture;
        this.paint();
      })
      .catch(() => {});
    return null;
  }
}
