// The landscape as a surface, drawn last, with the walks over it.

import { drawStems, stemsOf } from '../canvas/plane_distance.js';
import { layersOf } from '../canvas/plot_layers.js';
import { drawScene } from '../canvas/scene_marks.js';
import { SurfaceLines } from '../canvas/surface_lines.js';
import { WalkOverlay } from '../canvas/walk_overlay.js';
import { heightName } from '../figures/base.js';
import { lossOn, rangeOf } from '../figures/camera.js';
import { cutOff } from '../figures/cut.js';
import { cameraOf, surfaceFigure, surfaceView } from '../figures/landscape.js';
import {
  cameraKey,
  cameraNow,
  discardScene,
  draw,
  hasScene,
  hasWebGL,
  resizePlot,
  setCamera,
  surfaceFrame,
  turnCamera,
  watchCamera,
  watchContext,
} from '../figures/plotly.js';
import { watchSwipes } from '../input/swipes.js';
import { seenDomain, withinDomain } from '../state/map_window.js';
import { formatNumber } from '../words/numbers.js';
import { find, setText } from './parts/elements.js';

/** For so many milliseconds after the surface was drawn its camera may still be set. */
const FOLLOWED = 5000;
/** Of more walkers than this none has a line to the floor. */
const MOST_DROPS = 9;
/** A camera that lies so far from where it was set has been turned. */
const TURNED = 0.02;
/** By so many radians a key turns it. */
const TURN = 0.12;
const TURNS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
});

/** @param {HTMLElement} view @param {Session} session @returns {Panel & {overlay: WalkOverlay, possible: boolean}} */
export function mountSurface(view, session) {
  const surface = new Surface(view, session);
  return {
    overlay: surface.overlay,
    possible: surface.possible,
    landscape: () => view.classList.add('stale'),
    walks: () => surface.overlay.show(/** @type {Walks} */ (session.walks)),
    frame: () => surface.paint(session.player.position),
    settled: () => surface.draw(),
    theme: () => surface.place(),
    rescaled: () => surface.place(),
    async resized() {
      if (session.scene_drawn) await surface.resize();
      surface.follow();
      if (session.map_drawn && !session.scene_drawn) session.settleSoon();
    },
    drawNow: () => surface.drawNow(),
    unlinked: () => (surface.isTurned ? ['how the surface is turned'] : []),
    copy: ({ ratio, position, paper }) => (paper ? surface.copy(ratio, position) : null),
  };
}

class Surface {
  /** @param {HTMLElement} view @param {Session} session */
  constructor(view, session) {
    this.view = view;
    this.session = session;
    this.plot = find(view, '#surface-plot');
    this.note = find(view, '#surface-note');
    this.note_text = find(view, '#surface-note-text');
    this.again = find(view, '#surface-again');
    this.overlay = new WalkOverlay(find(view, '#surface-over'), false);
    this.home = find(view, '#surface-home');
    this.cut = find(view, '#surface-cut');
    /** What is drawn. */
    this.key = '';
    /** From where its landscape is looked at, in a box of this size. @type {{of: string, box: {width: number, height: number}, view: import('../figures/camera.js').View} | null} */
    this.seen_from = null;
    /** The scene's box, of what is drawn. @type {import('../canvas/scene_marks.js').Scene | null} */
    this.scene = null;
    /** Whether what stands here cannot be drawn any more. */
    this.gone = false;
    /** The camera that the overlay was placed by. */
    this.placed_by = '';
    this.follow_until = 0;
    /** Whether a surface can be drawn here at all. */
    this.possible = hasWebGL();
    if (!this.possible)
      this.note_text.textContent = 'This browser shows no 3-D pictures (WebGL is missing). The map works alone.';
    this.lines = new SurfaceLines(find(view, '#surface-lines'));
    /** The stems of the walks that are drawn, as long as they are so long and looked at from there. @type {{of: unknown[], stems: import('../canvas/plane_distance.js').Stem[][]}} */
    this.stood = { of: [], stems: [] };
    this.overlay.more = (context, frame) => this.#mark(context, frame);
    this.#listen();
  }

  #listen() {
    const { plot } = this;
    watchContext(
      plot,
      () => this.#lose('The browser took away what the surface is drawn with (WebGL). The map works alone.'),
      () => void this.draw(),
    );
    this.again.addEventListener('click', () => void this.draw());
    // The wheel scrolls the page, as it does over the map; the surface is turned by dragging and by keys.
    this.view.addEventListener('wheel', (event) => event.stopPropagation(), { capture: true, passive: true });
    watchSwipes(plot, () => this.follow());
    this.home.addEventListener('click', () => {
      // The button goes, and what it was about stays.
      plot.focus({ preventScroll: true });
      void this.turnBack();
    });
    plot.addEventListener('dblclick', () => void this.turnBack());
    plot.addEventListener('keydown', (event) => {
      const turn = TURNS[event.key];
      if (!(turn || event.key === 'Home') || !this.session.scene_drawn) return;
      event.preventDefault();
      event.stopPropagation();
      const turned = turn ? turnCamera(plot, turn[0] * TURN, turn[1] * TURN) : this.turnBack();
      void turned.then(() => this.follow());
    });
  }

  /** Draws it, where there is something new to draw and room for it. */
  async draw() {
    const { session, view, plot } = this;
    const { walks, landscape, colours } = session;
    if (!walks || !landscape || walks.flat || !this.possible || plot.getBoundingClientRect().width === 0) return;
    if (this.gone) this.#clear();
    const key = `${landscape.key} ${colours.ground} ${walks.request?.goal}`;
    if (key === this.key) view.classList.remove('stale');
    if (key === this.key || session.dragging) return;
    this.key = key;
    if (!session.scene_drawn && !hasWebGL())
      return this.#lose('The browser gives nothing to draw a surface with (WebGL) now. The map works alone.');
    // Where Plotly could draw nothing it does not always say so.
    await this.#plot().catch(() => {});
    if (!hasScene(plot)) return this.#lose('The browser could not draw the surface (WebGL). The map works alone.');
    if (!session.scene_drawn) watchCamera(plot, () => this.follow());
    session.scene_drawn = true;
    this.note.hidden = true;
    view.classList.remove('stale');
    this.follow();
  }

  /** What there is to be drawn: the ground of the domain that is seen, and what tells it from another landscape's. */
  get #wanted() {
    const { walks, landscape } = this.session;
    const request = walks?.request;
    if (!landscape || !request) return null;
    const domain = seenDomain(request);
    const { grid, cut } = cutOff(landscape, withinDomain(landscape.grid, domain));
    const ground = { ...landscape, grid };
    return { of: [landscape.slug, domain, request.goal].join(), ground, cut, seen: { ...request, domain } };
  }

  /** In the place that it has. */
  #plot() {
    const wanted = this.#wanted;
    if (!wanted) return Promise.resolve();
    const { of, ground, cut, seen } = wanted;
    setText(this.cut, cut === null ? '' : `Ground above ${formatNumber(cut)} is cut off.`);
    const [low, high] = rangeOf(ground.grid.loss);
    const { axes } = ground;
    this.scene = { domain: seen.domain, low, high, axes, height: heightName(seen), rim: lossOn(ground.grid) };
    // Who has turned it goes on looking from there, until it is another landscape.
    const kept = this.seen_from?.of === of && this.isTurned ? cameraNow(this.plot) : null;
    const figure = surfaceFigure(ground, seen, this.session.colours, this.#viewOf(of, ground, seen));
    if (kept) figure.layout.scene.camera = kept;
    return draw(this.plot, figure);
  }

  /**
   * From where it is looked at, found once for a landscape in a box of this size: a shape that is turned on does not turn it.
   * @param {string} of
   * @param {Landscape} ground
   * @param {Wanted} seen
   */
  #viewOf(of, ground, seen) {
    const box = { width: this.plot.clientWidth, height: this.plot.clientHeight };
    const same =
      this.seen_from?.of === of && this.seen_from.box.width === box.width && this.seen_from.box.height === box.height;
    if (!same) this.seen_from = { of, box, view: surfaceView(ground, seen, box) };
    return /** @type {NonNullable<typeof this.seen_from>} */ (this.seen_from).view;
  }

  /** Whether it is looked at from elsewhere than its landscape is. */
  get isTurned() {
    const eye = cameraNow(this.plot)?.eye;
    if (!eye || !this.seen_from) return false;
    const [x, y, z] = this.seen_from.view.eye;
    return Math.hypot(eye.x - x, eye.y - y, eye.z - z) > TURNED;
  }

  /** Back to where its landscape is looked at from. */
  async turnBack() {
    if (!this.session.scene_drawn || !this.seen_from) return;
    await setCamera(this.plot, cameraOf(this.seen_from.view));
    this.follow();
  }

  /** Its box has another size: what has not been turned fills it. */
  async resize() {
    const turned = this.isTurned;
    await resizePlot(this.plot);
    const wanted = this.#wanted;
    if (turned || !wanted?.ground.grid.y || this.plot.clientWidth === 0 || !this.seen_from) return;
    const view = this.#viewOf(wanted.of, wanted.ground, wanted.seen);
    await setCamera(this.plot, cameraOf(view), view.sides);
  }

  /**
   * What is written along its edges, and the line from each walker to its floor.
   * @param {CanvasRenderingContext2D} context
   * @param {Frame} frame
   */
  #mark(context, frame) {
    const { walks, player, colours } = this.session;
    if (!this.scene || !walks) return;
    const { visible } = walks;
    const dropped = visible.length > MOST_DROPS ? [] : visible;
    const { position } = player;
    for (const stems of this.#stems(dropped, frame)) drawStems(context, stems, position, colours.ink);
    const walkers = dropped.map((walk) => ({ place: walk.at(position), foot: walk.onPlane(position)?.ground ?? null }));
    drawScene(context, frame, this.scene, walkers, colours);
  }

  /** @param {Walk[]} walks @param {Frame} frame */
  #stems(walks, frame) {
    const of = [frame, ...walks, ...walks.map(({ length }) => length)];
    const same = of.length === this.stood.of.length && of.every((one, index) => one === this.stood.of[index]);
    if (!same) this.stood = { of, stems: walks.map((walk) => stemsOf(walk, frame.project)) };
    return this.stood.stems;
  }

  drawNow() {
    if (!this.session.scene_drawn || this.view.offsetWidth === 0) return;
    // It is drawn in other colours, in another size: what it is to be next is drawn again.
    this.key = '';
    void this.#plot();
  }

  /** Says beside the map why there is no surface. The next landscape tries again, and so does the button. @param {string} why */
  #lose(why) {
    this.gone = true;
    this.session.scene_drawn = false;
    this.key = '';
    setText(this.note_text, why);
    this.note.hidden = this.again.hidden = false;
    this.view.classList.add('gone');
  }

  #clear() {
    discardScene(this.plot);
    this.gone = false;
    setText(this.note_text, 'The surface follows in a moment.');
    this.again.hidden = true;
    this.view.classList.remove('gone');
  }

  /** Places the overlay whenever the scene has moved, for a while: a slow renderer sets its camera many frames late. */
  follow() {
    const waits = this.follow_until > performance.now();
    this.follow_until = performance.now() + FOLLOWED;
    this.place();
    if (waits) return;
    const look = () => {
      if (cameraKey(this.plot) !== this.placed_by) this.place();
      if (performance.now() < this.follow_until) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }

  /** Whether there is a scene to draw on. */
  get #there() {
    const { walks, landscape, scene_drawn } = this.session;
    return scene_drawn && !walks?.flat && landscape?.grid.y !== undefined;
  }

  /** @param {number} [ratio] of the canvases' pixels to those of the page */
  place(ratio) {
    if (!this.#there) return;
    const { landscape, walks, colours } = this.session;
    const whole = /** @type {Landscape} */ (landscape);
    const seen = walks?.request ? withinDomain(whole.grid, seenDomain(walks.request)) : whole.grid;
    const { grid: ground } = cutOff(whole, seen);
    this.placed_by = cameraKey(this.plot);
    this.home.hidden = !this.isTurned;
    const frame = surfaceFrame(this.plot, ground);
    this.lines.draw(frame, ground.relief, this.scene?.domain ?? [], colours, ratio);
    this.overlay.place(frame, colours, ratio);
    this.session.wake();
  }

  /** @param {number} position */
  paint(position) {
    if (this.session.scene_drawn && !this.session.walks?.flat) this.overlay.paint(position);
  }

  /** @param {number} ratio @param {number} position @returns {Copy | null} */
  copy(ratio, position) {
    const { view, session } = this;
    if (!session.scene_drawn || view.offsetWidth === 0) return null;
    this.place(ratio);
    this.paint(position);
    const layers = layersOf(view, session.colours, ratio);
    this.place();
    return { of: 'surface', layers, width: view.offsetWidth, height: view.offsetHeight, seen: true, paragraphs: [] };
  }
}
