// What the page shows, and what may be done with it. Data flows one way: a control edits the race, the server is asked, its
// walks are shown, and the panels are told; no panel knows another.

import { Refused, SingleFlight, streamDescent } from '../server/api.js';
import { Surfaces, isCoarse, isFine } from '../server/surfaces.js';
import { CellMap } from './cell_map.js';
import { Comparison } from './comparison.js';
import { Hooks } from './hooks.js';
import { gridDomain, landscapeDomain } from './map_window.js';
import { getRates, ratesQuery, restartsOf } from './planned_rates.js';
import { Player } from './player.js';
import { editedRun, ofTheRun, readRace, writeRace } from './race.js';
import { StepNumbers } from './step_numbers.js';
import { TheoryOfSteps } from './theory.js';
import { Walks } from './walks.js';

/** What costs many milliseconds waits until nothing has changed for so many. */
const QUIET = 180;
/** What is short is shown whole; after so many milliseconds what is there of a longer one is shown. */
const SHORT = 60;
/** For so many milliseconds curves wait for the bands that may take their place. */
const BANDS_PATIENCE = 400;
/** For so many milliseconds a finer landscape is waited for. */
const FINE_PATIENCE = 10000;
/** Within so many milliseconds a key that is pressed again goes on with what it did. */
const ONE_GESTURE = 1000;
/** The numbers of a walk that goes by more than so many steps in a while are not read. */
const TOO_FAST = 2000;

const NO_CHANGE = { key: '', time: -Infinity };

export class Session extends Hooks {
  /**
   * @param {{
   *   catalog: Catalog,
   *   query: string,
   *   home: string,
   *   opening: string,
   *   palette: (dark?: boolean) => Palette,
   *   address: import('./address.js').Address,
   *   calm: () => boolean,
   *   byKeys: () => boolean,
   * }} page `query` is the state that it opens with, `home` its own path, `opening` the query that it has where the address
   *   gives none; `palette` gives the colours of
   *   the theme, or of the light one; `calm` tells whether nothing should move by itself, `byKeys` whether a key was used last
   */
  constructor({ catalog, query, home, opening, palette, address, calm, byKeys }) {
    super();
    this.catalog = catalog;
    this.home = home;
    this.opening = opening;
    this.palette = palette;
    this.colours = palette();
    this.address = address;
    this.calm = calm;
    this.byKeys = byKeys;
    /** The keys as they are edited, run by run; the server fills in the rest. */
    this.edited = readRace(query, catalog);
    /** The keys whose walks are shown. */
    this.shown = this.edited;
    /** The run whose settings are shown. */
    this.selected = 0;
    /** The walk that is told of, one of the selected run's. */
    this.walker = 0;
    /** The walks that are shown. @type {Walks | null} */
    this.walks = null;
    /** The landscape that is shown. @type {Landscape | null} */
    this.landscape = null;
    /** The learning rates that are planned, for the request with this query. @type {{query: string, rates: Rates, request: Wanted} | null} */
    this.planned = null;
    /** The walks that were given up by hand. @type {Walks | null} */
    this.stopped = null;
    /** Whether Plotly's map stands; until then the walk moves over the picture that came with the page. */
    this.map_drawn = false;
    this.scene_drawn = false;
    /** Width to height of the map's box: where the domain has another shape, the ground around it is shown too. */
    this.aspect = 1;
    /** Whether the curves' heights are logarithmic. */
    this.logarithmic = true;
    /** Whether something is being dragged. */
    this.dragging = false;
    /** The next address is a new entry of the history, not a change of the one there is. */
    this.push = false;

    this.player = new Player();
    this.surfaces = new Surfaces();
    this.flight = new SingleFlight();
    this.last_change = NO_CHANGE;
    this.inspected = '';
    this.timer = 0;
    this.frame_asked = 0;
    this.clock = 0;

    this.numbers = new StepNumbers(
      (playing, another) => this.tell('numbers', playing, another),
      () => this.#arrive('numbers', false, false),
    );
    this.theory = new TheoryOfSteps((another) => this.#arrive('theory', another));
    this.comparison = new Comparison((known) => {
      this.tell('compared');
      if (known) this.tell('curves');
    });
    this.cells = new CellMap({
      catalog,
      change: (change, run) => this.#editCell(change, run),
      ready: () => this.map_drawn && !this.dragging && !this.player.growing,
      tell: (hook, ...given) => /** @type {any} */ (this).tell(hook, ...given),
      tellInTurn: (hook) => this.tellInTurn(hook),
    });
  }

  /** @param {'numbers' | 'theory'} hook @param {any[]} given */
  #arrive(hook, ...given) {
    /** @type {any} */ (this).tell(hook, ...given);
    this.wake();
  }

  // ---------------------------------------------------------------- editing

  /**
   * A control has changed.
   * @param {Record<string, string | null>} change null takes a key out
   * @param {'drag' | 'final'} [phase]
   * @param {number} [run] whose control it is
   */
  edit(change, phase = 'final', run = this.selected) {
    // A gesture is one entry of the history: a drag, or a key pressed again and again on one control.
    const key = Object.keys(change).join();
    const now = performance.now();
    const { last_change: last } = this;
    const goes_on = this.byKeys() && key === last.key && now - last.time < ONE_GESTURE;
    if (!this.dragging && !goes_on) this.push = true;
    this.last_change = { key, time: now };
    this.dragging = phase === 'drag';
    this.edited = editedRun(this.edited, this.shown, run, change, this.catalog);
    this.ask();
  }

  /** A cell of a map sets its run's keys, which are then shown. @param {Record<string, string | null>} change @param {number | null} run */
  #editCell(change, run) {
    if (run !== null && run !== this.selected) this.selectRun(run);
    this.edit(change);
  }

  /** The list of runs has changed. @param {Race} race @param {number} [run] which is selected then */
  editRace(race, run = this.selected) {
    this.push = true;
    this.dragging = false;
    this.edited = race;
    this.selected = run;
    this.ask();
  }

  /** Whether the walks of the keys as they are edited are shown. */
  get upToDate() {
    return this.edited === this.shown;
  }

  /** Whether something newer than what comes next was asked for. */
  get pending() {
    return this.flight.pending !== null;
  }

  /** Another walk is told of, and its run's settings are shown. @param {number} walker */
  select(walker) {
    if (!this.walks || walker >= this.walks.all.length) return;
    this.walker = walker;
    this.selected = this.walks.all[walker].run;
    this.showSelected();
    void this.plan().then(() => this.tell('curves'));
    this.wake();
  }

  /** Shows whose settings and whose steps these are. */
  showSelected() {
    if (this.walks) this.tell('selected');
  }

  /** The first walk of a run is told of. @param {number} run */
  selectRun(run) {
    this.select(run * (this.walks?.starts ?? 1));
  }

  /** The walk that is told of. @returns {Walk | undefined} */
  get walk() {
    return this.walks?.all[this.walker];
  }

  // ---------------------------------------------------------------- asking

  /** Asks for the walks of the keys as they are edited now. */
  ask() {
    const asked = this.edited;
    const query = writeRace(asked, this.catalog);
    this.flight.ask((signal) => this.#answer(asked, query, signal));
  }

  /** @param {Race} asked @param {string} query @param {AbortSignal} signal */
  async #answer(asked, query, signal) {
    const next = new Walks();
    const since = performance.now();
    let shown = false;
    /** @type {Promise<void> | null} */
    let showing = null;
    const show = () => (showing ??= this.#present(next, signal).then((is_shown) => void (shown = is_shown)));
    try {
      await streamDescent(
        query,
        (records) => {
          next.take(records);
          if (shown) this.#grow();
          else if (next.points > 0 && (next.done || performance.now() - since > SHORT)) void show().catch(() => {});
        },
        signal,
      );
      await show();
      this.#complete();
    } catch (error) {
      if (!signal.aborted) this.fail(error, asked);
      else if (shown) this.#complete();
    }
  }

  /**
   * Shows another answer in place of the one shown.
   * @param {Walks} next
   * @param {AbortSignal} signal
   * @returns {Promise<boolean>} whether it is shown: what was given up meanwhile is not
   */
  async #present(next, signal) {
    const request = /** @type {Wanted} */ (next.request);
    const landscape = await this.#getLandscape(next, this.dragging, signal);
    if (signal.aborted) return false;
    const before = this.walks;
    // What is climbed is called otherwise.
    const another = this.landscape?.key !== landscape.key || before?.request?.goal !== request.goal;
    if (another) {
      this.landscape = landscape;
      this.tell('elsewhere');
    }
    if (another && this.map_drawn) await this.drawLandscape(request);
    if (signal.aborted) return false;
    this.#replace(next);
    this.comparison.show(next, landscape);
    this.cells.update(next);
    this.tell('walks');
    this.showSelected();
    if (before?.request?.landscape !== request.landscape) this.#begin();
    this.#grow();
    this.settleSoon();
    this.#writeAddress();
    return true;
  }

  /**
   * What an answer tells of its landscape, with the surface that it is drawn by.
   * @param {Walks} walks
   * @param {boolean} coarse whether fewer points will do
   * @param {AbortSignal} signal
   * @returns {Promise<Landscape>}
   */
  async #getLandscape(walks, coarse, signal) {
    const request = /** @type {Wanted} */ (walks.request);
    const surface = await this.surfaces.get(request, landscapeDomain(gridDomain(request, this.aspect)), coarse, signal);
    return { .../** @type {LandscapeRecord} */ (walks.landscape), ...surface };
  }

  /** @param {Walks} next */
  #replace(next) {
    const { walks, walker } = this;
    const one = walks && walks.starts > 0 ? walker % walks.starts : 0;
    this.walks = next;
    this.shown = readRace(next.query, this.catalog);
    // What was changed meanwhile is on its way: an older answer must not take it back.
    if (!this.pending) {
      this.edited = this.shown;
      this.selected = Math.min(this.selected, next.runs.length - 1);
    }
    // A run that has just been added is selected before it is here.
    this.walker = Math.min(this.selected, next.runs.length - 1) * next.starts + Math.min(one, next.starts - 1);
  }

  /** The first walk moves as soon as it is there; where nothing should move its end is shown. */
  #begin() {
    const { player, walks } = this;
    const calm = this.calm();
    player.resize(walks?.last ?? 0, !walks?.done);
    player.seek(calm ? player.last : 0);
    if (!calm) player.play();
    this.tell('begun');
  }

  /** More of the walks that are shown has arrived. */
  #grow() {
    if (!this.walks) return;
    this.player.resize(this.walks.last, !this.walks.done);
    this.tell('grew');
    this.wake();
  }

  /** The answer is complete, or was given up. */
  #complete() {
    if (!this.walks) return;
    this.player.resize(this.walks.last, false);
    this.tell('completed');
    this.settleSoon();
    this.wake();
  }

  /** Gives up what is under way, by hand. */
  stop() {
    this.flight.cancel();
    if (!this.walks) return;
    this.stopped = this.walks;
    this.tell('stopped');
  }

  /**
   * Says what failed, beside the control that caused it, and keeps the last good picture.
   * @param {unknown} error
   * @param {Race} [asked] for what
   */
  fail(error, asked = this.edited) {
    if (!this.pending) {
      this.edited = this.shown;
      this.selected = Math.min(this.selected, this.shown.runs.length - 1);
    }
    if (error instanceof Refused && this.#refuse(error.complaint, asked)) return;
    this.tell('failed', error);
    if (this.walks && !this.walks.done) this.#complete();
  }

  /**
   * Says what was refused beside what caused it: a control, or, of a race, the list of runs.
   * @param {Complaint} complaint
   * @param {Race} asked
   * @returns {boolean} whether there is such a place
   */
  #refuse(complaint, asked) {
    const { run, inner } = ofTheRun(complaint, asked, this.catalog);
    // A landscape that a run cannot work on is no fault of its controls.
    const here = asked.shared.landscape === this.shown.shared.landscape;
    return this.panels.some((panel) => panel.refused?.({ complaint, inner, run, here }));
  }

  // ---------------------------------------------------------------- the address

  /** The query of the address of what is shown. */
  get query() {
    return this.walks?.query ?? '';
  }

  #writeAddress() {
    const { query, home, walks } = this;
    const address = query === this.opening ? home : `${home}?${query || `landscape=${walks?.request?.landscape}`}`;
    if (this.address.write(address, this.push)) this.push = false;
  }

  /** Another entry of the history was gone to. */
  goBack() {
    this.address.forget();
    this.push = this.dragging = false;
    this.last_change = NO_CHANGE;
    this.open();
  }

  /** Asks for what the address says. */
  open() {
    this.edited = readRace(new URL(this.address.href).search || this.opening, this.catalog);
    this.selected = Math.min(this.selected, this.edited.runs.length - 1);
    this.tell('opened');
    this.ask();
  }

  // ---------------------------------------------------------------- drawing

  /** Plotly is there: the landscape is drawn by it, and the walk moves over its map. */
  async drawFirst() {
    await this.drawLandscape();
    this.map_drawn = true;
    this.tell('drawn');
    this.settleSoon();
  }

  /** Draws the landscape anew. @param {Wanted | null} [request] that it is drawn for */
  async drawLandscape(request = this.walks?.request ?? null) {
    if (request && this.landscape) await this.tellInTurn('landscape', request);
  }

  /** Draws the landscape anew, where there is a map, and all that follows from it. */
  redraw() {
    if (this.map_drawn) void this.drawLandscape().then(() => this.settleSoon());
  }

  /** What costs many milliseconds waits until nothing has changed for a moment. */
  settleSoon() {
    clearTimeout(this.timer);
    this.timer = Number(setTimeout(() => void this.#settle(), QUIET));
  }

  async #settle() {
    if (!this.walks || !this.map_drawn || !this.landscape) return;
    if (!this.dragging && (isCoarse(this.landscape) || !this.#fits)) await this.#refine();
    await this.plan();
    // Bands that come in a moment are waited for, so that they do not take the place of curves that have just been drawn.
    await Promise.race([this.comparison.ask(), new Promise((resolve) => setTimeout(resolve, BANDS_PATIENCE))]);
    await this.tellInTurn('settled');
    this.#inspect();
  }

  /** Whether the ground that is here is that of the box as it is now. */
  get #fits() {
    const request = this.walks?.request;
    const domain = request && landscapeDomain(gridDomain(request, this.aspect));
    return !domain || String(this.landscape?.ground) === String(domain);
  }

  async #refine() {
    const walks = /** @type {Walks} */ (this.walks);
    const fine = await this.#getLandscape(walks, false, AbortSignal.timeout(FINE_PATIENCE)).catch(() => null);
    if (!fine || this.walks !== walks || !isFine(fine)) return;
    this.landscape = fine;
    await this.drawLandscape();
  }

  /** Asks for the learning rates that are planned, where they are not known. */
  async plan() {
    const request = this.walks?.settings(this.walker);
    if (!request) return;
    const query = ratesQuery(request, this.catalog.order);
    if (this.planned?.query !== query) {
      const rates = await getRates(query);
      // A newer walk has asked for its own.
      if (!rates || this.walks?.settings(this.walker) !== request) return;
      this.planned = { query, rates, request };
    }
    this.tell('planned', this.planned.rates, request);
  }

  /** The steps at which the warm restarts of the walk that is told of begin, as far as it came. */
  get restarts() {
    const { walks, walker, walk, planned } = this;
    const all = restartsOf(planned, walks?.all[walker] && walks.settings(walker));
    return all.filter((step) => walk && step < walk.length);
  }

  /** The theme is another one. */
  changeTheme() {
    this.colours = this.palette();
    if (!this.walks?.request) return;
    this.redraw();
    this.tell('theme');
  }

  /** @param {boolean} logarithmic whether the curves' heights are */
  scaleCurves(logarithmic) {
    this.logarithmic = logarithmic;
    this.tell('curves');
  }

  // ---------------------------------------------------------------- time

  /** Moves in time. @param {(player: Player) => void} what */
  move(what) {
    what(this.player);
    if (!this.player.playing && this.walks && this.map_drawn) this.settleSoon();
    this.wake();
  }

  /** Draws the next frame; goes on by itself while the walk moves. */
  wake() {
    this.frame_asked ||= requestAnimationFrame((now) => this.#step(now));
  }

  /** @param {number} now */
  #step(now) {
    const { player } = this;
    this.frame_asked = 0;
    const moved = player.advance(this.clock ? (now - this.clock) / 1000 : 0);
    this.clock = player.playing ? now : 0;
    this.paint();
    if (player.playing) this.wake();
    else if (moved) this.settleSoon();
  }

  /** Paints what moves, as it is now. */
  paint() {
    const { walks, walker, player, dragging } = this;
    if (!walks?.request) return;
    // First, so that what is drawn of a step is drawn with this step's numbers.
    this.#inspect();
    this.theory.show({ walks, walker, step: player.shown, playing: player.playing, dragging });
    this.tell('frame');
  }

  /**
   * Copies of all pictures, for a file or for paper.
   * @param {{ratio: number, position: number, paper: boolean}} how `ratio` of pixels to those of the page, `position` the
   *   step that they show
   * @returns {Copy[]}
   */
  copy(how) {
    const copies = this.collect('copy', how);
    this.paint();
    return copies;
  }

  #inspect() {
    const { walks, walker, player, numbers } = this;
    if (!walks?.request || this.dragging) return;
    const key = `${walks.query} ${walker} ${player.shown} ${walks.done} ${player.playing}`;
    // The numbers of a walk that runs too fast to be read are not asked for, except the first of another walk.
    const fast = player.playing && player.speed * player.last > TOO_FAST;
    const same = key === this.inspected || (fast && numbers.wanted?.walker === walker);
    if (numbers.wanted?.walks === walks && same) return;
    this.inspected = key;
    numbers.show(walks, walker, player.shown, player.playing);
  }

  /** The numbers of the step under the cursor, where they are here and stand for what is shown. @returns {StepRecord | null} */
  get stepNumbers() {
    const { walks, walker, walk, player, numbers } = this;
    if (!walk || !numbers.here || this.dragging) return null;
    return numbers.shows(walks, walker, Math.min(player.shown, walk.length - 2)) ? numbers.here : null;
  }
}
