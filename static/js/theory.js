// What theory says of the point under the cursor: asked for when the walk stands still, drawn on the map, said beside it.

import { SingleFlight, getJson } from './api.js';
import { make } from './controls.js';
import { sharpnessFigure } from './figures_theory.js';
import { byId } from './page.js';
import { axesFrame, draw } from './plots.js';
import { drawParabola, drawQuadratic } from './quadratic.js';
import { bestChange, bestInWords, isSet, keyInWords, localInWords, sharpnessInWords } from './theory_words.js';
import { seenDomain } from './windows.js';

/** @typedef {import('./walks.js').Walks} Walks */
/** @typedef {{walks: Walks, walker: number, step: number, playing: boolean, dragging: boolean}} Scene */

/** So many points of a walk are remembered; each has some hundred numbers of level lines. */
const REMEMBERED = 64;

export class TheoryPanel {
  /**
   * @param {Catalog} catalog
   * @param {(change: Record<string, string | null>, phase: 'final') => void} changed
   * @param {(new_walk: boolean) => void} arrived called when something new is known, of another walk or of another step
   */
  constructor(catalog, changed, arrived) {
    this.catalog = catalog;
    this.changed = changed;
    this.arrived = arrived;
    this.flight = new SingleFlight(1000);
    /** @type {Scene | null} */
    this.scene = null;
    /** The walk that is known, by its query and number. */
    this.key = '';
    /** What is known of it at any of its steps. @type {Theory | null} */
    this.known = null;
    /** @type {Map<number, LocalQuadratic | null>} */
    this.locals = new Map();
    /** What was asked for last, whether or not it came. */
    this.asked = '';
    this.failure = '';
    this.written = '';
    /** The walk whose quadratic is told of. */
    this.told = '';
    this.offered = '';
    this.#forget();
    const box = /** @type {HTMLInputElement} */ (byId('theory-on'));
    box.addEventListener('change', () => changed({ theory: box.checked ? '1' : null }, 'final'));
    byId('theory-retry').addEventListener('click', () => {
      this.asked = '';
      if (this.scene) this.show(this.scene);
    });
  }

  /** Whether the page shows it. */
  get on() {
    return this.scene?.walks.request?.theory === 1;
  }

  /** Whether what is known is of the walk that is shown. */
  get current() {
    return this.scene !== null && this.known !== null && this.key === keyOf(this.scene);
  }

  /** Of the point under the cursor; undefined while it is not known. */
  get local() {
    return this.current && this.scene ? this.locals.get(this.scene.step) : undefined;
  }

  /** Called with every frame. @param {Scene} scene */
  show(scene) {
    const another = scene.walks !== this.scene?.walks;
    this.scene = { ...scene, step: Math.min(scene.step, scene.walks.all[scene.walker].length - 1) };
    byId('theory').hidden = byId('sharpness').hidden = !this.on;
    // Between a change and its answer the switch is ahead.
    if (another) /** @type {HTMLInputElement} */ (byId('theory-on')).checked = this.on;
    if (!this.on) return;
    this.#ask();
    this.#write();
  }

  /** The numbers of points that fly by are not asked for, those of a whole walk once. */
  #ask() {
    if (!this.scene) return;
    const { walks, walker, step, playing, dragging } = this.scene;
    if (!walks.done || dragging || (this.current && (playing || this.local !== undefined))) return;
    const key = keyOf(this.scene);
    // What is the same at all steps is asked for at the first, or a server that fails would be asked with every frame.
    const address = `/api/descent/theory?${walks.query}&walk=${walker}&step=${playing ? 0 : step}`;
    if (address === this.asked) return;
    this.asked = address;
    this.flight.ask((signal) => this.#fetch(address, key, signal));
  }

  /** @param {string} address @param {string} key @param {AbortSignal} signal */
  async #fetch(address, key, signal) {
    try {
      const known = /** @type {Theory} */ (await getJson(address, signal));
      if (!this.scene || keyOf(this.scene) !== key) return;
      const another = this.key !== key;
      if (another || this.locals.size >= REMEMBERED) this.locals.clear();
      this.key = key;
      this.known = known;
      this.locals.set(known.step, known.local);
      this.failure = '';
      this.arrived(another);
    } catch (error) {
      if (signal.aborted) return;
      this.failure = `What theory says could not be had: ${error instanceof TypeError ? 'the server cannot be reached.' : error instanceof Error ? error.message : String(error)}`;
    }
    this.#write();
  }

  // ---------------------------------------------------------------- words

  /** Writes what has changed since it was written last. */
  #write() {
    if (!this.scene || !this.on) return;
    const { walks, walker, step, playing } = this.scene;
    const waiting = this.failure || (walks.done || this.known ? '' : 'Theory follows when the whole walk is there.');
    const version = [keyOf(this.scene), step, playing, this.current, this.local !== undefined, waiting].join('\n');
    if (version === this.written) return;
    this.written = version;
    byId('theory-note').hidden = !waiting;
    byId('theory-note-text').textContent = waiting;
    byId('theory-retry').hidden = !this.failure;
    const stale = this.local === undefined || playing;
    byId('theory').classList.toggle('stale', stale);
    byId('sharpness').classList.toggle('stale', !this.current);
    if (this.current) this.#writeWalk(walks, walker);
    // Of a walk that runs on, nothing is told of another one.
    if (playing && this.told !== keyOf(this.scene)) this.#forget();
    if (stale || this.local === undefined) return;
    this.told = keyOf(this.scene);
    const who = walks.who(walker);
    byId('theory-step').textContent = who ? `: ${who}, step ${step}` : ` at step ${step}`;
    this.#writeLocal(this.local, walks, walker, step);
  }

  #forget() {
    byId('theory-step').textContent = '';
    byId('theory-rows').replaceChildren();
    byId('theory-key').textContent = keyInWords(undefined, []);
  }

  /** @param {LocalQuadratic | null} local @param {Walks} walks @param {number} walker @param {number} step */
  #writeLocal(local, walks, walker, step) {
    const wanted = walks.settings(walker);
    const domain = seenDomain(/** @type {Wanted} */ (walks.request));
    byId('theory-key').textContent = keyInWords(local, domain);
    const optimizer = this.#optimizer(wanted.optimizer);
    const limited = this.known?.sharpness.edge_of === wanted.optimizer;
    const rows = local ? localInWords(local, { ...wanted, domain }, walks.all[walker].learning_rate[step], optimizer, limited) : [];
    byId('theory-rows').replaceChildren(
      ...rows.flatMap(({ name, symbol, text }) => {
        const term = make('dt', { textContent: name });
        // Formulas come typeset from the server's own tables.
        if (symbol) term.insertAdjacentHTML('beforeend', ` ${this.catalog.symbols[symbol]}`);
        return [term, make('dd', { textContent: text.replaceAll('-', '−') })];
      }),
    );
  }

  /** What is the same at all steps. @param {Walks} walks @param {number} walker */
  #writeWalk(walks, walker) {
    const { sharpness, quadratic, best } = /** @type {Theory} */ (this.known);
    const wanted = walks.settings(walker);
    const [own, of] = [wanted.optimizer, sharpness.edge_of].map((slug) => this.#optimizer(slug).title);
    const { smooth } = /** @type {Landscape} */ (this.catalog.landscapes.find(({ slug }) => slug === wanted.landscape));
    const words = sharpnessInWords(sharpness, own, of, walks.all[walker].summary?.outcome, quadratic, smooth);
    byId('sharpness-words').textContent = words.join(' ');
    byId('sharpness-plot').setAttribute('aria-label', `Sharpness by ${walks.request?.axis === 'evaluations' ? 'evaluations' : 'step'}, against the edge ${sharpness.edge_text} of ${of}`);
    byId('theory-kinks').hidden = smooth;
    this.#offer(quadratic, best, wanted);
  }

  /** @param {boolean} quadratic @param {BestSettings[]} best @param {Wanted} wanted */
  #offer(quadratic, best, wanted) {
    const holder = byId('theory-best');
    holder.hidden = !quadratic;
    byId('theory-exact').hidden = best.length === 0 || !(wanted.noise > 0 || wanted.batch > 0);
    const offered = JSON.stringify(best);
    // Buttons that stay the same stay where they are, and keep the focus.
    if (offered !== this.offered) this.#build(best, wanted);
    this.offered = offered;
    byId('theory-settings').querySelectorAll('button').forEach((button, index) => button.setAttribute('aria-pressed', String(isSet(best[index], wanted))));
  }

  /** @param {BestSettings[]} best @param {Wanted} wanted */
  #build(best, wanted) {
    const none = `This landscape is a quadratic without a ${wanted.goal === 'maximize' ? 'highest' : 'lowest'} point: no settings are best.`;
    byId('theory-settings-head').textContent = best.length > 0 ? 'This landscape is a quadratic: the best settings are known.' : none;
    byId('theory-settings').replaceChildren(
      ...best.map((one) => {
        const button = make('button', { type: 'button', textContent: bestInWords(one, this.#optimizer(one.optimizer)) });
        button.addEventListener('click', () => this.changed(bestChange(one), 'final'));
        return make('li', {}, [button]);
      }),
    );
    byId('theory-formulas').hidden = best.length === 0;
    byId('theory-sources').replaceChildren(...best.map((one) => this.#source(one)));
  }

  /** @param {BestSettings} best @returns {HTMLElement} its formulas, and where they are proved */
  #source({ optimizer, title, source }) {
    const formulas = this.#optimizer(optimizer).best;
    const line = make('li', {}, [make('strong', { textContent: title }), ' ']);
    for (const formula of formulas?.settings ?? []) line.insertAdjacentHTML('beforeend', `${formula} `);
    line.append(' keeps ');
    line.insertAdjacentHTML('beforeend', formulas?.rate ?? '');
    const text = `${source.text}, ${source.year}`;
    line.append(' ', make('cite', {}, [source.url ? make('a', { href: source.url, textContent: text }) : text]));
    return line;
  }

  /** @param {string} slug @returns {Optimizer} */
  #optimizer(slug) {
    return /** @type {Optimizer} */ (this.catalog.optimizers.find((entry) => entry.slug === slug));
  }

  // ---------------------------------------------------------------- pictures

  /**
   * Over the map, while the walk stands still.
   * @param {CanvasRenderingContext2D} context
   * @param {import('./arrows.js').Frame} frame
   * @param {Walks | null} walks that are shown now
   * @param {Palette} colours
   */
  drawOver(context, frame, walks, colours) {
    if (!this.on || !this.local || !this.scene || this.scene.walks !== walks || this.scene.playing || this.scene.dragging) return;
    if (walks.flat) drawParabola(context, frame, this.local, colours);
    else drawQuadratic(context, frame, this.local, colours);
  }

  /** @param {boolean} logarithmic @param {Palette} colours */
  async plot(logarithmic, colours) {
    if (!this.on || !this.current || !this.scene) return;
    const { walks, walker } = this.scene;
    await draw('sharpness-plot', sharpnessFigure(/** @type {Theory} */ (this.known).sharpness, walks, walker, logarithmic, colours));
    this.moveCursor(this.scene.step);
  }

  /** @param {number} position the step shown, which may lie between two */
  moveCursor(position) {
    const frame = this.on ? axesFrame('sharpness-plot') : null;
    if (!frame || !this.scene) return;
    const { walks, walker } = this.scene;
    const line = byId('sharpness-cursor');
    const { left, top, height } = frame.box;
    line.style.top = `${top}px`;
    line.style.height = `${height}px`;
    line.style.transform = `translateX(${left + frame.project(walks.across(walks.all[walker], position), 1).x}px)`;
  }
}

/** @param {Scene} scene */
function keyOf({ walks, walker }) {
  return `${walks.query} ${walker}`;
}
