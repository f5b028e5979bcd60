// The map of all starts or of all settings: asked for when a walk has been shown, kept as it arrives, with what is looked
// at in it. Panels draw it.

import { Refused, stream } from '../server/api.js';
import { LiveCells } from './live_cells.js';
import { MapCells, fraction } from './map_cells.js';
import { entriesOf, isOfTheMap } from './meaning.js';
import { covers, mapKey, windowAbout, windowOf } from './map_window.js';
import { changeTo, ownNumbers, valueOf } from './typed_rule.js';

/** A map is asked for when nothing has changed for so many milliseconds. */
const QUIET = 250;
/** A step of a network costs as much as so many of a formula. */
const A_NETWORK = 30;
/** Where the server does not say for how long it is busy. */
const BUSY_SECONDS = 2;
const ZOOM = 2;
/** How opaque the cells are, in per cent, until that is turned. */
export const USUAL_OPACITY = 80;
/** Further than so many widths of the landscape from its middle the server looks nowhere. */
const REACH = 999_999;
/** Beyond these no learning rate is looked at: their quotient must be a number. @type {[number, number]} */
const RATES = [1e-100, 1e100];

export class CellMap {
  /**
   * @param {{
   *   catalog: Catalog,
   *   change: (change: Record<string, string | null>, run: number | null) => void,
   *   dragging: () => boolean,
   *   ready: () => boolean,
   *   tell: (hook: 'asked' | 'progress' | 'hovered' | 'zooming' | 'missed', ...given: any[]) => void,
   *   tellInTurn: (hook: 'cells') => Promise<void>,
   * }} session `change` sets keys of one run, or with null of the picture; `dragging` tells whether something is being
   *   dragged, `ready` whether the walk is shown and nothing is
   */
  constructor({ catalog, change, dragging, ready, tell, tellInTurn }) {
    this.catalog = catalog;
    this.change = change;
    this.dragging = dragging;
    this.ready = ready;
    this.tell = tell;
    this.tellInTurn = tellInTurn;
    /** @type {Walks | null} */
    this.walks = null;
    /** What the cells that are wanted depend on; empty without a map. */
    this.key = '';
    /** What the cells that are shown depend on. */
    this.shown_key = '';
    /** @type {MapCells | null} */
    this.shown = null;
    /** Whose first pass is still to come. @type {MapCells | null} */
    this.coming = null;
    /** Whether what is shown is of another question than what is wanted. */
    this.stale = false;
    /** How often cells have come: what is painted by them is painted anew with each. */
    this.version = 0;
    /** @type {AbortController | null} */
    this.controller = null;
    /** What follows while something is dragged. */
    this.live = new LiveCells((cells, question) => this.#takeLive(cells, question));
    this.timer = 0;
    this.frame_asked = 0;
    this.live_asked = 0;
    /** Of what landscape and axes the cells that are shown are. */
    this.of = '';
    /** Whether a plain drag draws a rectangle. */
    this.zooming = false;
    /** How opaque the cells are, in percent. */
    this.opacity = USUAL_OPACITY;
    /** The cell under the pointer or the keys. @type {MapCell | null} */
    this.hovered = null;
    /** Where the pointer is, in the axes' units. @type {[number, number] | null} */
    this.pointed = null;
    /** The axes of the last map that was not zoomed. @type {{of: string, axes: MapAxis[]} | null} */
    this.whole = null;
  }

  /** The request of the picture that is shown. @returns {Wanted | null} */
  get wanted() {
    return this.walks?.request ?? null;
  }

  /** What is wanted. @returns {'basins' | 'rates' | null} */
  get kind() {
    return this.wanted?.map ?? null;
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
    const { optimizer } = entriesOf(this.settings, this.catalog);
    return optimizer?.hyperparameters[0] ?? ownNumbers(optimizer)[0] ?? null;
  }

  /** @returns {[number, number | null]} the settings of the walk that is shown */
  get current() {
    const { learning_rate: rate } = this.settings;
    return [rate, this.second ? (valueOf(this.second, this.settings) ?? null) : null];
  }

  /** Whether the walk that is shown has settings that lie in the window. */
  get currentIsInside() {
    const { shown, current } = this;
    const parts = shown?.axes.map((axis, index) => fraction(axis, /** @type {number} */ (current[index])));
    return parts !== undefined && parts.every((part) => part >= 0 && part <= 1);
  }

  /** The cells that are shown, where they are of the kind that is wanted. @returns {MapCells | null} */
  get cells() {
    return this.shown && this.shown.kind === this.kind ? this.shown : null;
  }

  /** The map that is shown, where it is whole and the one that is wanted. @returns {MapCells | null} */
  get complete() {
    const { kind, shown } = this;
    return kind && shown?.done && !shown.coarse && this.shown_key === this.key ? shown : null;
  }

  /** Whether a part of the map is shown: the address then has it. */
  get zoomed() {
    return new URLSearchParams(this.walks?.query).has('window');
  }

  /** The walks of another request are shown. @param {Walks} walks */
  update(walks) {
    this.walks = walks;
    const wanted = /** @type {Wanted} */ (walks.request);
    if (!wanted.map) this.zoomByDrag(false);
    const key = wanted.map ? mapKey(wanted, this.settings, this.second) : '';
    if (key !== this.key) this.#want(key);
    this.redraw();
  }

  /** @param {string} key what the cells that are wanted now depend on */
  #want(key) {
    const dragging = this.dragging();
    this.#stopRefining();
    if (!key || !dragging) this.live.cancel();
    this.key = key;
    this.hover(null);
    const of = this.#axesKey();
    const kept = this.shown !== null && this.shown.kind === this.kind && this.of === of;
    if (!kept) this.#clear();
    if (this.of !== of) this.zoomByDrag(false);
    this.of = of;
    // What follows is as old as its answer takes.
    this.stale = kept && !dragging;
    this.tell('asked');
    if (!key) return;
    if (dragging) this.#follow();
    this.#soon();
  }

  /** Over another landscape, or along other axes, the old picture would lie. */
  #axesKey() {
    const { landscape, map } = /** @type {Wanted} */ (this.wanted);
    return [landscape, map, map === 'rates' ? this.second?.key : ''].join();
  }

  /** @param {Complaint} complaint @returns {boolean} whether it is about the map */
  isAbout({ key }) {
    return key !== null && isOfTheMap(key, this.catalog);
  }

  /**
   * A click takes the start that the cell stands for: what is told of the cell is then what the walk does.
   * @param {number[]} start
   * @returns {number[] | null} null without a cell
   */
  snap(start) {
    const cell = this.kind === 'basins' && this.cells?.at(start[0], start[1] ?? 0);
    if (!cell) return null;
    return cell.y === null ? [cell.x] : [cell.x, cell.y];
  }

  // -------------------------------------------------------------- asking

  /** Asks when nothing has changed for a moment. */
  #soon() {
    clearTimeout(this.timer);
    this.timer = Number(setTimeout(() => (this.ready() ? void this.ask() : this.#soon()), QUIET));
  }

  async ask() {
    const { query } = /** @type {Walks} */ (this.walks);
    this.stop();
    const controller = new AbortController();
    const { signal } = controller;
    this.controller = controller;
    this.tell('asked');
    this.tell('progress');
    try {
      await stream(`/api/maps/${this.kind}?${query}`, (records) => !signal.aborted && this.#take(records), signal);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Refused && error.complaint.status === 503) {
        await this.#wait(error.wait ?? BUSY_SECONDS, controller);
        return;
      }
      this.tell('missed', error);
    } finally {
      if (this.controller === controller) {
        this.controller = null;
        this.tell('progress');
      }
    }
  }

  /** The server has too many maps under way: asks again when it may. @param {number} seconds @param {AbortController} controller */
  async #wait(seconds, controller) {
    for (let left = Math.ceil(seconds); left > 0; left -= 1) {
      this.tell('progress', left);
      await new Promise((resolve) => setTimeout(resolve, 1000 * Math.min(1, seconds)));
      if (controller.signal.aborted) return;
    }
    void this.ask();
  }

  /** Asks for few cells, once the walk that has just come has been painted. */
  #follow() {
    this.live_asked ||= requestAnimationFrame(() =>
      setTimeout(() => {
        this.live_asked = 0;
        if (!this.key || !this.dragging()) return;
        const { key, of, settings, walks } = this;
        const { map, resolution } = /** @type {Wanted} */ (this.wanted);
        const { network } = entriesOf(this.wanted ?? {}, this.catalog).landscape ?? {};
        const steps = (map === 'rates' ? settings.starts : 1) * settings.steps * (network ? A_NETWORK : 1);
        this.live.ask({
          key,
          of,
          kind: map ?? '',
          query: walks?.query ?? '',
          resolution: resolution ?? Infinity,
          steps,
        });
      }),
    );
  }

  /** @param {MapCells} cells @param {import('./live_cells.js').Question} question */
  #takeLive(cells, { key, of }) {
    // Of another landscape, or along other axes, they come too late.
    if (!this.key || of !== this.of) return;
    this.shown = cells;
    this.shown_key = key;
    this.stale = false;
    this.version += 1;
    this.tell('progress');
    this.redraw();
  }

  /** Gives up what is under way; the server hears of it at once. */
  stop() {
    this.live.cancel();
    this.#stopRefining();
  }

  #stopRefining() {
    clearTimeout(this.timer);
    this.controller?.abort();
    this.controller = null;
    this.coming = null;
    this.tell('progress');
  }

  /** @param {any[]} records */
  #take(records) {
    const fresh = records.map((record) => this.#takeOne(record)).includes(true);
    if (fresh) this.version += 1;
    this.tell('progress');
    // The end brings the best cell and the sentence.
    if (fresh || this.shown?.done) this.redraw();
  }

  /** @param {any} record @returns {boolean} whether other cells are shown now */
  #takeOne(record) {
    if (record.kind === 'start') this.coming = new MapCells(record);
    const cells = this.coming ?? this.shown;
    cells?.take(record);
    // A map that goes on after it was stopped begins anew; what is there already is finer than its first passes.
    const finer = cells && (this.shown_key !== this.key || cells.columns >= (this.shown?.columns ?? 0));
    if (record.kind !== 'pass' || !cells || !finer) return false;
    this.shown = cells;
    this.shown_key = this.key;
    this.coming = null;
    this.stale = false;
    if (!this.zoomed) this.whole = { of: this.#axesKey(), axes: cells.axes };
    return true;
  }

  #clear() {
    this.shown = null;
    this.shown_key = '';
    this.coming = null;
  }

  // -------------------------------------------------------------- drawing

  /** Draws with the next frame, however often it is asked for. */
  redraw() {
    this.frame_asked ||= requestAnimationFrame(() => {
      this.frame_asked = 0;
      void this.tellInTurn('cells').then(() => this.retell());
    });
  }

  /** Tells the hovered cell anew, where it lies now. */
  retell() {
    const { shown, hovered } = this;
    if (hovered && shown && shown.stride > 0) this.hover(shown.at(hovered.x, hovered.y ?? 0));
  }

  /** @param {MapCell | null} cell @param {boolean} [by_keys] what is found by keys is read out */
  hover(cell, by_keys = false) {
    this.hovered = cell;
    this.tell('hovered', by_keys);
  }

  // -------------------------------------------------------------- what is done with it

  /** Gives up the map by hand. @returns {MapCells | null} what is there of it */
  cancel() {
    this.stop();
    return this.shown_key === this.key ? this.shown : null;
  }

  /** @param {boolean} [on] */
  zoomByDrag(on = !this.zooming) {
    this.zooming = on;
    this.tell('zooming');
  }

  /** The settings of a cell become those of the walk. @param {MapCell | null} cell */
  takeCell(cell) {
    if (cell) this.#takeSettings(cell.x, cell.y);
  }

  takeBest() {
    if (this.shown?.best) this.#takeSettings(this.shown.best.learning_rate, this.shown.best.second);
  }

  /** @param {number} rate @param {number | null} second */
  #takeSettings(rate, second) {
    const of_second = this.second && second !== null ? changeTo(this.second, String(second), this.settings) : {};
    this.change({ learning_rate: String(rate), ...of_second }, this.run);
  }

  /** What is shown, or will be in a moment. */
  get #nearest() {
    return this.coming ?? this.shown;
  }

  /** What each axis may be. @returns {([number, number] | null)[]} */
  get #limits() {
    const { second } = this;
    if (this.kind === 'rates') return [RATES, second ? [second.low, second.high ?? Infinity] : null];
    const { domain = [] } = entriesOf(this.wanted ?? {}, this.catalog).landscape ?? {};
    return [domain.slice(0, 2), domain.slice(2)].map(([low, high]) => {
      const far = REACH * (high - low);
      return low === undefined ? null : [(low + high) / 2 - far, (low + high) / 2 + far];
    });
  }

  /** @param {[number, number]} one corner, in the axes' units @param {[number, number]} other */
  zoomInto(one, other) {
    const axes = this.#nearest?.axes;
    if (!axes) return;
    const parts = axes.map((axis, index) => [one, other].map((corner) => fraction(axis, corner[index])));
    this.#showWindow(windowOf(axes, /** @type {[number, number][]} */ (parts), this.#limits));
  }

  /** Sees less, where the pointer is, or else at the start or the settings. */
  zoomIn() {
    this.#zoom(1 / ZOOM, this.#place);
  }

  /** Sees more, there. */
  zoomOut() {
    this.#zoom(ZOOM, this.#place);
  }

  /** Sees much more, about the middle of what is shown. */
  zoomFarOut() {
    this.#zoom(ZOOM * ZOOM, this.#middle);
  }

  /** @returns {number[] | null} */
  get #place() {
    const here = this.kind === 'rates' ? /** @type {number[]} */ (this.current) : this.wanted?.start;
    return this.pointed ?? here ?? null;
  }

  /** @param {number} factor above 1 to see more @param {number[] | null} about */
  #zoom(factor, about) {
    const axes = this.#nearest?.axes;
    if (axes && about) this.#showWindow(windowAbout(axes, about, factor, this.#limits));
  }

  /** @param {number[] | null} sides of the window; null where nothing would be left */
  #showWindow(sides) {
    if (!sides || !this.wanted) return;
    const whole = this.whole?.of === this.#axesKey() ? this.whole.axes : null;
    this.change({ window: whole && covers(sides, whole) ? null : sides.join(',') }, null);
  }

  /** The middle of what is shown. @returns {number[] | null} */
  get #middle() {
    const cells = this.#nearest;
    if (!cells) return null;
    return cells.axes.map((_, index) => {
      const places = index === 0 ? cells.x : /** @type {Float64Array} */ (cells.y);
      return places[Math.floor(places.length / 2)];
    });
  }
}
