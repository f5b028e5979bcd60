// The map of all starts and the map of all settings: asked for when a walk has been shown, drawn as they arrive.

import { Refused, fromRoot, stream } from './api.js';
import { Cells, fraction, legendOf, percent } from './cells.js';
import { cellInWords, failureInWords, mapInWords, moreSteps, mostAreUnfinished, passInWords, shadesInWords } from './maps_words.js';
import { byId, setText } from './page.js';
import { axesFrame, draw } from './plots.js';
import { ratesFigure } from './rates.js';
import { watchSlider } from './slider.js';
import { drawScale, drawSwatch } from './swatches.js';
import { paintCells, paintOf, paints } from './tints.js';
import { covers, inProportion, mapKey, windowAbout, windowOf } from './windows.js';
import { watchMap } from './zooming.js';

/** @typedef {import('./walks.js').Walks} Walks */
/** @typedef {import('./cells.js').Cell} Cell */
/** @typedef {import('./zooming.js').Frame} Frame */
/** @typedef {import('./zooming.js').Place} Place */

/** A map is asked for when nothing has changed for so many milliseconds. */
const QUIET = 250;
/** What is there after so many milliseconds needs no progress. */
const PATIENCE = 400;
/** Where the server does not say for how long it is busy. */
const BUSY_SECONDS = 2;
const ZOOM = 2;
/** Height of a map with one axis, in pixels. */
const STRIP = 24;
/** What a drag in a picture does. */
const HINTS = { starting: 'Drag the ring, or click where to start.', zooming: 'Drag a rectangle to zoom in; Esc ends it.' };

export class Maps {
  /**
   * @param {{
   *   catalog: Catalog,
   *   change: (change: Record<string, string | null>, run: number | null) => void,
   *   frame: () => (Frame & {project: Project}) | null,
   *   ready: () => boolean,
   * }} page `change` sets keys of one run, or with null of the picture; `ready` tells whether the walk is shown and
   *   nothing is being dragged
   */
  constructor({ catalog, change, frame, ready }) {
    this.catalog = catalog;
    this.change = change;
    this.mapFrame = frame;
    this.ready = ready;
    /** @type {Walks | null} */
    this.walks = null;
    /** @type {Palette | null} */
    this.colours = null;
    /** What the cells that are wanted depend on; empty without a map. */
    this.key = '';
    /** What the cells that are shown depend on. */
    this.shown_key = '';
    /** @type {Cells | null} */
    this.shown = null;
    /** Whose first pass is still to come. @type {Cells | null} */
    this.coming = null;
    /** @type {import('./tints.js').Paint | null} */
    this.paint = null;
    /** Which paint each cell has. @type {Uint16Array} */
    this.cells = new Uint16Array(0);
    /** @type {AbortController | null} */
    this.controller = null;
    this.timer = 0;
    this.progress_timer = 0;
    this.frame_asked = 0;
    /** Of what landscape and axes the cells that are shown are. */
    this.of = '';
    /** Whether a plain drag draws a rectangle. */
    this.zooming = false;
    /** The cell under the pointer or the keys. @type {Cell | null} */
    this.hovered = null;
    /** Where the pointer is, in the axes' units. @type {[number, number] | null} */
    this.pointed = null;
    /** The axes of the last map that was not zoomed. @type {{of: string, axes: import('./cells.js').MapAxis[]} | null} */
    this.whole = null;
    this.#listen();
  }

  /** The request of the picture that is shown. @returns {Wanted | null} */
  get wanted() {
    return this.walks?.request ?? null;
  }

  /** @returns {number} which run the map is of */
  get run() {
    return this.wanted?.map_run ?? 0;
  }

  /** @returns {Wanted} the settings of that run */
  get settings() {
    return /** @type {Walks} */ (this.walks).runs[this.run]?.request ?? /** @type {Wanted} */ (this.wanted);
  }

  /** @returns {Parameter | null} what goes along the second axis of learning rates */
  get second() {
    return this.catalog.optimizers.find(({ slug }) => slug === this.settings.optimizer)?.hyperparameters[0] ?? null;
  }

  /** The walks of another request are shown. @param {Walks} walks */
  update(walks) {
    this.walks = walks;
    const wanted = /** @type {Wanted} */ (walks.request);
    this.#sync(wanted);
    const key = wanted.map ? mapKey(wanted, this.settings, this.second?.key ?? null) : '';
    if (key === this.key) {
      this.#redraw();
      return;
    }
    this.#stop();
    this.#hideFailure();
    this.key = key;
    this.hovered = null;
    this.#tip(null);
    const kept = this.shown && this.shown.kind === wanted.map && this.of === this.#ground(wanted);
    if (!kept) this.#clear();
    if (this.of !== this.#ground(wanted)) this.#toggleZoom(false);
    this.of = this.#ground(wanted);
    byId('views').classList.toggle('stale-map', Boolean(kept));
    this.#redraw();
    if (key) this.#soon();
  }

  /** Over another landscape, or along other axes, the old picture would lie. @param {Wanted} wanted */
  #ground(wanted) {
    return [wanted.landscape, wanted.map, wanted.map === 'rates' ? this.second?.key : ''].join();
  }

  /** The axes have moved, or the colours have changed. @param {Palette} colours */
  place(colours) {
    const other = this.colours !== colours;
    this.colours = colours;
    if (other && this.shown) this.#dress(this.shown);
    this.#redraw();
  }

  /** Paints at once, in these colours: what comes with the next frame comes too late for paper. @param {Palette} colours */
  paintNow(colours) {
    this.colours = colours;
    if (!this.shown) return;
    this.#dress(this.shown);
    this.#describe();
    const rates = this.shown.kind === 'rates';
    if (rates) void this.#paintRates();
    this.#paintCanvas(/** @type {HTMLCanvasElement} */ (byId(rates ? 'rates-under' : 'basins-over').firstElementChild), this.#frame());
  }

  /**
   * What is wrong with the map is said beside its controls.
   * @param {Complaint} complaint
   * @returns {boolean} whether it is about the map
   */
  complain({ key, message, hint }) {
    if (!key || !['map', 'map_run', 'window', 'resolution'].includes(key)) return false;
    this.#fail(`${message} ${hint ?? ''} The last picture stays.`, false);
    if (this.wanted) this.#sync(this.wanted);
    return true;
  }

  /**
   * A click takes the start that the cell stands for: what is told of the cell is then what the walk does.
   * @param {number[]} start
   * @returns {number[] | null} null without a cell
   */
  snap(start) {
    const cells = this.shown;
    if (this.wanted?.map !== 'basins' || cells?.kind !== 'basins') return null;
    const cell = cells.at(start[0], start[1] ?? 0);
    return cell && (cell.y === null ? [cell.x] : [cell.x, cell.y]);
  }

  // -------------------------------------------------------------- asking

  /** Asks when nothing has changed for a moment. */
  #soon() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => (this.ready() ? void this.#ask() : this.#soon()), QUIET);
  }

  async #ask() {
    const { map } = /** @type {Wanted} */ (this.wanted);
    const query = /** @type {Walks} */ (this.walks).query;
    this.#stop();
    this.#hideFailure();
    const controller = new AbortController();
    this.controller = controller;
    this.#showProgress();
    try {
      await stream(`/api/maps/${map}?${query}`, (records) => !controller.signal.aborted && this.#take(records), controller.signal);
    } catch (error) {
      if (controller.signal.aborted) return;
      if (error instanceof Refused && error.complaint.status === 503) {
        await this.#wait(error.wait ?? BUSY_SECONDS, controller);
        return;
      }
      this.#fail(failureInWords(error), true);
    } finally {
      if (this.controller === controller) {
        this.controller = null;
        this.#showProgress();
      }
    }
  }

  /** The server has too many maps under way: says so, and asks again when it may. @param {number} seconds @param {AbortController} controller */
  async #wait(seconds, controller) {
    for (let left = Math.ceil(seconds); left > 0; left -= 1) {
      setText('map-progress-text', `The server is busy with other maps. Asking again in ${left} s.`);
      byId('map-progress').hidden = false;
      await new Promise((resolve) => setTimeout(resolve, 1000 * Math.min(1, seconds)));
      if (controller.signal.aborted) return;
    }
    void this.#ask();
  }

  /** Gives up what is under way; the server hears of it at once. */
  #stop() {
    clearTimeout(this.timer);
    this.controller?.abort();
    this.controller = null;
    this.coming = null;
    this.#showProgress();
  }

  /** @param {any[]} records */
  #take(records) {
    let fresh = false;
    for (const record of records) {
      if (record.kind === 'start') this.coming = new Cells(record);
      const cells = this.coming ?? this.shown;
      cells?.take(record);
      // A map that goes on after it was stopped begins anew; what is there already is finer than its first passes.
      const finer = cells && (this.shown_key !== this.key || cells.columns >= (this.shown?.columns ?? 0));
      if (record.kind === 'pass' && cells && finer) {
        this.#show(cells);
        fresh = true;
      }
    }
    if (fresh && this.shown) this.#dress(this.shown);
    this.#showProgress();
    // The end brings the best cell and the sentence.
    if (fresh || this.shown?.done) this.#redraw();
  }

  /** @param {Cells} cells */
  #show(cells) {
    this.shown = cells;
    this.shown_key = this.key;
    this.coming = null;
    if (!this.zoomed) this.whole = { of: this.#ground(/** @type {Wanted} */ (this.wanted)), axes: cells.axes };
    byId('views').classList.remove('stale-map');
  }

  #clear() {
    this.shown = null;
    this.shown_key = '';
    this.coming = null;
    this.cells = new Uint16Array(0);
  }

  // -------------------------------------------------------------- drawing

  /** Which paint each cell has, in the colours of the theme. @param {Cells} cells */
  #dress(cells) {
    if (!this.colours) return;
    this.paint = paintOf(cells, this.colours);
    this.cells = paints(cells, this.paint);
  }

  /** Draws with the next frame, however often it is asked for. */
  #redraw() {
    this.frame_asked ||= requestAnimationFrame(() => {
      this.frame_asked = 0;
      void this.#drawCells();
    });
  }

  async #drawCells() {
    const { map } = this.wanted ?? { map: null };
    const basins = /** @type {HTMLCanvasElement} */ (byId('basins-over').firstElementChild);
    this.#describe();
    this.#showOpacity();
    if (map !== 'basins' || !this.shown) clear(basins);
    if (map === 'rates') await this.#paintRates();
    else if (map === 'basins' && this.shown?.kind === 'basins') this.#paintCanvas(basins, this.mapFrame());
    this.#retell();
  }

  async #paintRates() {
    const canvas = /** @type {HTMLCanvasElement} */ (byId('rates-under').firstElementChild);
    const cells = this.coming ?? this.shown;
    byId('rates-note').hidden = Boolean(cells);
    if (!cells || !this.colours || byId('rates').getBoundingClientRect().width === 0) {
      clear(canvas);
      return;
    }
    const across = byId('rates').getBoundingClientRect().width < 460 ? 4 : 6;
    await draw('rates-plot', ratesFigure(cells, this.#current(), this.colours, across, this.#own()));
    if (this.shown?.kind === 'rates') this.#paintCanvas(canvas, this.#ratesFrame());
    else clear(canvas);
  }

  /** @returns {ReturnType<typeof axesFrame>} */
  #ratesFrame() {
    return this.wanted?.map === 'rates' ? axesFrame('rates-plot') : null;
  }

  /** The frame of the map that is shown. @returns {Frame | null} */
  #frame() {
    return this.wanted?.map === 'rates' ? this.#ratesFrame() : this.mapFrame();
  }

  /** @returns {[number, number | null]} the settings of the walk that is shown */
  #current() {
    const { learning_rate: rate, ...settings } = this.settings;
    return [rate, this.second ? settings[this.second.key] : null];
  }

  /** @returns {string} the colour of the run that is mapped */
  #own() {
    const { walkers } = /** @type {Palette} */ (this.colours);
    return walkers[this.run % walkers.length];
  }

  /** @param {Cells} cells @returns {boolean} whether the walk that is shown has settings that lie in the window */
  #currentIsInside({ axes }) {
    const current = this.#current();
    return axes.every((axis, index) => {
      const part = fraction(axis, /** @type {number} */ (current[index]));
      return part >= 0 && part <= 1;
    });
  }

  /**
   * Colours each pixel as the cell that lies there, by the axes of the picture: cells of another window lie where they belong.
   * @param {HTMLCanvasElement} canvas
   * @param {Frame | null} frame
   */
  #paintCanvas(canvas, frame) {
    const [cells, paint] = [this.shown, this.paint];
    if (!frame || !cells || !paint || cells.stride === 0) return;
    const ratio = devicePixelRatio || 1;
    const { left, top, width, height } = frame.box;
    [canvas.width, canvas.height] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
    Object.assign(canvas.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
    const across = Int32Array.from({ length: canvas.width }, (_, x) => cells.nearest(fraction(cells.axes[0], frame.invert((x + 0.5) / ratio, 0)[0]), 0));
    const up = Int32Array.from({ length: canvas.height }, (_, y) => {
      const at = (y + 0.5) / ratio;
      if (cells.axes.length === 1) return at >= height - STRIP ? 0 : -1;
      return cells.nearest(fraction(cells.axes[1], frame.invert(0, at)[1]), 1);
    });
    const context = canvas.getContext('2d');
    if (!context) return;
    const picture = context.createImageData(canvas.width, canvas.height);
    paintCells(new Uint32Array(picture.data.buffer), across, up, this.cells, cells.columns, paint, ratio);
    context.putImageData(picture, 0, 0);
  }

  // -------------------------------------------------------------- words

  /** The legend, the shares and the best cell. */
  #describe() {
    const cells = this.wanted?.map ? this.shown : null;
    byId('map-legend').replaceChildren(...(cells ? this.#entries(cells) : []));
    setText('map-shades', cells ? shadesInWords(cells) : '');
    byId('rates-scale').hidden = cells?.kind !== 'rates' || !cells.range;
    if (cells?.kind === 'rates' && cells.range && this.colours) drawScale(cells.range, this.colours, byId('rates-bar'), byId('rates-ticks'));
    byId('rates-here').hidden = !cells || !this.#currentIsInside(cells);
    const sign = /** @type {HTMLElement} */ (byId('rates-here').firstElementChild);
    sign.classList.toggle('upright', cells?.axes.length === 1);
    if (this.colours) sign.style.borderColor = this.#own();
    byId('rates-limit').hidden = !(cells?.kind === 'rates' && cells.limit);
    byId('rates-best').hidden = !cells?.best || cells.axes.length === 1;
    // What changes with every pass is not read out; the end is.
    const ended = cells?.done && this.shown_key === this.key;
    setText('map-words', ended ? mapInWords(/** @type {Cells} */ (cells), this.wanted?.goal ?? '', this.#whose()) : '');
    byId('map-best').hidden = !(ended && cells?.best);
    this.#offerSteps(ended ? cells : null);
  }

  /** Whose map it is, where there are several runs. */
  #whose() {
    const runs = this.walks?.runs ?? [];
    return runs.length > 1 ? runs[this.run].label : '';
  }

  /** @param {Cells | null | undefined} cells of a complete map */
  #offerSteps(cells) {
    const more = cells && mostAreUnfinished(cells) ? moreSteps(/** @type {Wanted} */ (this.wanted).steps, cells) : null;
    byId('map-steps').hidden = more === null;
    if (more !== null) setText('map-steps', `Take ${more.toLocaleString('en')} steps`);
    byId('map-steps').dataset.steps = String(more ?? '');
  }

  /** @param {Cells} cells @returns {HTMLElement[]} */
  #entries(cells) {
    return legendOf(cells).map(({ entry, label, share }) => {
      const row = document.createElement('li');
      const swatch = document.createElement('canvas');
      row.append(swatch, `${label} `, Object.assign(document.createElement('span'), { textContent: percent(share) }));
      if (this.paint) drawSwatch(swatch, this.paint, entry, cells);
      return row;
    });
  }

  /** Tells the hovered cell anew, where it lies now. */
  #retell() {
    const cells = this.shown;
    if (!this.hovered || !cells || cells.stride === 0) return;
    this.#hover(cells.at(this.hovered.x, this.hovered.y ?? 0), false);
  }

  /** @param {Cell | null} cell @param {boolean} by_keys what is found by keys is read out */
  #hover(cell, by_keys) {
    this.hovered = cell;
    this.#tip(cell);
    if (by_keys && cell) setText('map-cell', cellInWords(/** @type {Cells} */ (this.shown), cell).join('; '));
  }

  /** @param {Place | null} place */
  #point(place) {
    this.pointed = place && (this.#frame()?.invert(place.x, place.y) ?? null);
    this.#hover(place && this.#cellAt(place), false);
  }

  /** Shows beside a cell what is told of it. @param {Cell | null} cell */
  #tip(cell) {
    const rates = this.wanted?.map === 'rates';
    byId(rates ? 'basins-tip' : 'rates-tip').hidden = true;
    const tip = byId(rates ? 'rates-tip' : 'basins-tip');
    const frame = this.#frame();
    tip.hidden = !cell || !frame;
    if (!cell || !frame) return;
    tip.replaceChildren(...cellInWords(/** @type {Cells} */ (this.shown), cell).map((text) => Object.assign(document.createElement(text === cell.ending.label ? 'strong' : 'span'), { textContent: text })));
    const spot = this.#spot(cell);
    const { left, top, width } = frame.box;
    const to_the_left = spot.x > width / 2;
    tip.classList.toggle('left', to_the_left);
    tip.style.left = `${left + spot.x + (to_the_left ? -14 : 14)}px`;
    tip.style.top = `${top + Math.max(spot.y, 40)}px`;
  }

  /** Where the middle of a cell lies, in pixels of the axes. @param {Cell} cell @returns {Place} */
  #spot({ x, y }) {
    const rates = this.wanted?.map === 'rates';
    const frame = rates ? this.#ratesFrame() : this.mapFrame();
    if (!frame) return { x: 0, y: 0 };
    if (y === null) return { x: frame.project(x, 0, 0).x, y: frame.box.height - 2 * STRIP };
    const spot = frame.project(x, y, 0);
    return { x: spot.x, y: spot.y };
  }

  // -------------------------------------------------------------- controls

  /** The controls say what the request says. @param {Wanted} wanted */
  #sync(wanted) {
    const views = byId('views');
    if (wanted.map) views.dataset.map = wanted.map;
    else delete views.dataset.map;
    byId('maps').dataset.map = wanted.map ?? '';
    const kind = /** @type {HTMLInputElement} */ (document.querySelector(`#map-kind input[value="${wanted.map ?? ''}"]`));
    kind.checked = true;
    setText('rates-name', `learning rate${this.second ? ` × ${this.second.title.toLowerCase()}` : ''}`);
    const resolution = /** @type {HTMLSelectElement} */ (byId('map-resolution'));
    const of = String(wanted.resolution ?? 256);
    if (![...resolution.options].some(({ value }) => value === of)) resolution.add(new Option(`${of}`, of));
    resolution.value = of;
    this.#listRuns();
    byId('map-out').hidden = byId('map-whole').hidden = !this.zoomed;
    const twin = byId('export-map');
    twin.hidden = !wanted.map;
    twin.setAttribute('href', fromRoot(`/api/maps/${wanted.map}?${this.walks?.query}`));
    if (!wanted.map) this.#toggleZoom(false);
  }

  #listRuns() {
    const runs = this.walks?.runs ?? [];
    byId('map-run-choice').hidden = runs.length < 2 || !this.wanted?.map;
    const select = /** @type {HTMLSelectElement} */ (byId('map-run'));
    const names = runs.map(({ label }) => label);
    if ([...select.options].map(({ text }) => text).join('\n') !== names.join('\n')) select.replaceChildren(...names.map((name, run) => new Option(name, String(run))));
    select.value = String(this.run);
  }

  /** Whether a part of the map is shown: the address then has it. */
  get zoomed() {
    return new URLSearchParams(this.walks?.query).has('window');
  }

  #listen() {
    byId('map-kind').addEventListener('change', (event) => {
      const { value } = /** @type {HTMLInputElement} */ (event.target);
      // What lies beside an enlarged picture would not be seen.
      if (value === 'rates') /** @type {HTMLElement | null} */ (document.querySelector('.enlarge[data-only="map"][aria-pressed="true"]'))?.click();
      this.change({ map: value || null }, null);
    });
    byId('map-run').addEventListener('change', (event) => {
      const { value } = /** @type {HTMLSelectElement} */ (event.target);
      this.change({ map_run: value === '0' ? null : value }, null);
    });
    byId('map-resolution').addEventListener('change', (event) => {
      const { value } = /** @type {HTMLSelectElement} */ (event.target);
      this.change({ resolution: value === '256' ? null : value }, null);
    });
    const show = () => this.#showOpacity();
    watchSlider(byId('map-opacity'), { begin: () => {}, slid: show, back: show });
    byId('map-zoom').addEventListener('click', () => this.#toggleZoom());
    byId('map-out').addEventListener('click', () => this.#zoom(ZOOM * ZOOM, this.#middle()));
    byId('map-whole').addEventListener('click', () => this.change({ window: null }, null));
    byId('map-cancel').addEventListener('click', () => this.#cancel());
    byId('map-again').addEventListener('click', () => void this.#ask());
    byId('map-best').addEventListener('click', () => this.#takeSettings(this.shown?.best?.learning_rate, this.shown?.best?.second));
    byId('map-steps').addEventListener('click', () => this.change({ steps: byId('map-steps').dataset.steps ?? null }, null));
    document.addEventListener('keydown', (event) => this.#key(event));
    // Before whatever else Escape ends there: the mode is the page's, wherever the focus is.
    window.addEventListener('keydown', (event) => event.key === 'Escape' && this.#toggleZoom(false), true);
    byId('rates-plot').addEventListener('keydown', (event) => this.#steer(event));
    byId('rates-plot').addEventListener('blur', () => this.#hover(null, false));
    window.addEventListener('pagehide', () => this.#stop());
    new ResizeObserver(() => this.#redraw()).observe(byId('rates'));
    this.#watch('map', 'basins');
    this.#watch('rates', 'rates');
  }

  /** @param {string} area @param {'basins' | 'rates'} kind */
  #watch(area, kind) {
    const here = () => this.wanted?.map === kind;
    watchMap({
      area: byId(area),
      frame: () => (here() ? this.#frame() : null),
      // On the map of starts a plain drag moves the start; a finger scrolls the page.
      zooms: (event) => here() && (this.zooming || (kind === 'basins' ? event.shiftKey : event.pointerType !== 'touch')),
      corner: (from, to) => this.#corner(from, to),
      hovered: (place) => here() && this.#point(place),
      clicked: (place) => kind === 'rates' && this.#takeCell(this.#cellAt(place)),
      zoomed: (from, to) => {
        this.#toggleZoom(false);
        this.#zoomInto(from, to);
      },
    });
    // With a finger, where a press scrolls, a tap is a click.
    byId(area).addEventListener('click', (event) => {
      if (!here() || kind !== 'rates' || this.zooming || /** @type {PointerEvent} */ (event).pointerType !== 'touch') return;
      const [holder, frame] = [byId(area).getBoundingClientRect(), this.#frame()];
      if (frame) this.#takeCell(this.#cellAt({ x: event.clientX - holder.left - frame.box.left, y: event.clientY - holder.top - frame.box.top }));
    });
  }

  /** @param {Place} place @returns {Cell | null} */
  #cellAt({ x, y }) {
    const frame = this.#frame();
    if (!frame || !this.shown || this.shown.kind !== this.wanted?.map) return null;
    return this.shown.at(...frame.invert(x, y));
  }

  /** The settings of a cell become those of the walk. @param {Cell | null} cell */
  #takeCell(cell) {
    if (cell) this.#takeSettings(cell.x, cell.y);
  }

  /** @param {number | undefined} rate @param {number | null | undefined} second */
  #takeSettings(rate, second) {
    if (rate === undefined) return;
    const of_second = this.second && second !== null && second !== undefined ? { [this.second.key]: String(second) } : {};
    this.change({ learning_rate: String(rate), ...of_second }, this.run);
  }

  /** The cells lie under the contour lines and the marks, and the tint of the heights over them fades: that is the same as cells over it. */
  #showOpacity() {
    const { value } = /** @type {HTMLInputElement} */ (byId('map-opacity'));
    byId('map-opacity').setAttribute('aria-valuetext', `${value} %`);
    const shown = this.wanted?.map === 'basins' && this.shown?.kind === 'basins' && this.shown.stride > 0;
    byId('views').style.setProperty('--cells', String(shown ? Number(value) / 100 : 0));
  }

  /** @param {boolean} [on] */
  #toggleZoom(on = !this.zooming) {
    this.zooming = on;
    byId('map-zoom').setAttribute('aria-pressed', String(on));
    byId('views').classList.toggle('zooming', on);
    const rates = this.wanted?.map === 'rates';
    setText('map-hint', HINTS[on && !rates ? 'zooming' : 'starting']);
    setText('rates-hint', on && rates ? HINTS.zooming : '');
  }

  /** On the map of starts the rectangle keeps the picture's proportions, so that the picture keeps its place. @param {Place} from @param {Place} to */
  #corner(from, to) {
    const box = this.#frame()?.box;
    if (!box || this.wanted?.map !== 'basins') return to;
    if (this.shown?.axes.length === 1) return { x: to.x, y: to.y > from.y ? box.height : 0 };
    return inProportion(from, to, box.width / box.height);
  }

  /** What each axis may be. @returns {([number, number] | null)[]} */
  #limits() {
    return this.wanted?.map === 'rates' && this.second ? [null, [this.second.low, this.second.high ?? Infinity]] : [null, null];
  }

  /** What is shown, as axes. */
  #axes() {
    return (this.coming ?? this.shown)?.axes ?? null;
  }

  /** @param {Place} from @param {Place} to */
  #zoomInto(from, to) {
    const [axes, frame] = [this.#axes(), this.#frame()];
    if (!axes || !frame) return;
    const [one, other] = [frame.invert(from.x, from.y), frame.invert(to.x, to.y)];
    const parts = axes.map((axis, index) => /** @type {[number, number]} */ ([fraction(axis, one[index]), fraction(axis, other[index])]));
    this.#showWindow(windowOf(axes, parts, this.#limits()));
  }

  /** @param {number} factor above 1 to see more @param {number[] | null} about */
  #zoom(factor, about) {
    const axes = this.#axes();
    if (axes && about) this.#showWindow(windowAbout(axes, about, factor, this.#limits()));
  }

  /** @param {number[] | null} window */
  #showWindow(window) {
    if (!window || !this.wanted) return;
    const whole = this.whole?.of === this.#ground(this.wanted) ? this.whole.axes : null;
    this.change({ window: whole && covers(window, whole) ? null : window.join(',') }, null);
  }

  /** The middle of what is shown. @returns {number[] | null} */
  #middle() {
    const cells = this.coming ?? this.shown;
    if (!cells) return null;
    return cells.axes.map((_, index) => {
      const places = index === 0 ? cells.x : /** @type {Float64Array} */ (cells.y);
      return places[Math.floor(places.length / 2)];
    });
  }

  /** Plus and minus zoom where the pointer is, or else at the start or the settings. @param {KeyboardEvent} event */
  #key(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (!this.wanted?.map || event.ctrlKey || event.metaKey || event.altKey || target.closest('input:not([type="radio"]), select, textarea')) return;
    const factor = { '+': 1 / ZOOM, '=': 1 / ZOOM, '-': ZOOM }[event.key];
    if (!factor) return;
    event.preventDefault();
    this.#zoom(factor, this.pointed ?? (this.wanted.map === 'rates' ? /** @type {number[]} */ (this.#current()) : this.wanted.start));
  }

  /** Arrow keys go from cell to cell of the learning rates; Enter takes the cell's settings. @param {KeyboardEvent} event */
  #steer(event) {
    const cells = this.shown;
    if (!cells || cells.kind !== 'rates' || cells.stride === 0) return;
    if (event.key === 'Enter') this.#takeCell(this.hovered);
    const way = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [1, 0], ArrowDown: [-1, 0] }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const far = event.shiftKey ? 10 : 1;
    const current = this.#current();
    const from = this.hovered ?? (current && cells.at(current[0], current[1] ?? 0)) ?? cells.cell(cells.rows >> 1, cells.columns >> 1);
    const row = Math.min(cells.rows - 1, Math.max(0, from.row + far * way[0]));
    const column = Math.min(cells.columns - 1, Math.max(0, from.column + far * way[1]));
    this.#hover(cells.cell(row, column), true);
  }

  // -------------------------------------------------------------- progress and failure

  #showProgress() {
    const holder = byId('map-progress');
    const cells = this.coming ?? this.shown;
    if (!this.controller) {
      clearTimeout(this.progress_timer);
      this.progress_timer = 0;
      holder.hidden = true;
      return;
    }
    const known = this.coming || this.shown_key !== this.key ? (this.coming?.progress ?? 0) : (this.shown?.progress ?? 0);
    /** @type {HTMLProgressElement} */ (byId('map-progress-bar')).value = known;
    setText('map-progress-text', cells && this.shown_key === this.key && this.shown ? `${passInWords(this.shown)}, ${Math.round(100 * known)} %` : 'Computing the map.');
    this.progress_timer ||= window.setTimeout(() => {
      holder.hidden = !this.controller;
    }, PATIENCE);
  }

  #cancel() {
    this.#stop();
    const there = this.shown && this.shown_key === this.key;
    const far = there && this.shown ? `Stopped by you at ${passInWords(this.shown)}.` : 'Stopped by you before the first cells were there.';
    this.#fail(far, true, 'Continue');
  }

  /** @param {string} message @param {boolean} again whether asking again may help @param {string} [button] */
  #fail(message, again, button = 'Try again') {
    setText('map-failure-text', message);
    byId('map-failure').hidden = false;
    byId('map-again').hidden = !again;
    setText('map-again', button);
  }

  #hideFailure() {
    byId('map-failure').hidden = true;
  }
}

/** @param {HTMLCanvasElement} canvas */
function clear(canvas) {
  canvas.getContext('2d')?.clearRect(0, 0, canvas.width, canvas.height);
}
