// What the page shows, and what may be done with it. Data flows one way: a control edits the race, the server is asked, its
// walks are shown, and the panels are told; no panel knows another.

import { Refused, SingleFlight, fromRoot, streamDescent } from '../server/api.js';
import { Surfaces, isCoarse, isFine, isSameGround } from '../server/surfaces.js';
import { CellMap } from './cell_map.js';
import { Comparison } from './comparison.js';
import { Film, evenReel, sameScreen } from './film.js';
import { Gesture } from './gesture.js';
import { Hooks } from './hooks.js';
import { gridDomain, landscapeDomain } from './map_window.js';
import { linkedPart, unlinkedPoints } from './linked.js';
import { isOfTheMap } from './meaning.js';
import { readPlaces } from './places.js';
import { getRates, ratesQuery, restartsOf } from './planned_rates.js';
import { Player } from './player.js';
import { editedRun, landscapeOf, ofTheRun, readRace, withAnother, writeRace } from './race.js';
import { StepNumbers } from './step_numbers.js';
import { TheoryOfSteps } from './theory.js';
import { Told, isOwn } from './told.js';
import { readView, withoutView, writeView } from './view.js';
import { Walks } from './walks.js';
import { weightsWanted } from './weights.js';

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
/** The numbers of a walk that goes by more than so many steps a second are not read. */
const TOO_FAST = 160;

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
   *   autoplay?: boolean,
   * }} page `query` is the state that it opens with, `home` its own path, `opening` the query that it has where the address
   *   gives none; `palette` gives the colours of
   *   the theme, or of the light one; `calm` tells whether nothing should move by itself, `byKeys` whether a key was used last,
   *   `autoplay` whether the first walk plays by itself
   */
  constructor({ catalog, query, home, opening, palette, address, calm, byKeys, autoplay = true }) {
    super();
    this.catalog = catalog = { ...catalog, told: new Told() };
    this.home = home;
    this.opening = withoutView(opening, catalog);
    /** How it is shown where the address says no more than its path. */
    this.usual_view = readView(opening, catalog);
    /** How the page shows it; the step is told by `at`. */
    this.view = readView(query, catalog);
    /** The step that the address names, until it is there. */
    this.awaited = this.view.at;
    /** What stands still since somebody said so: a step, or the end of whatever walk is shown. @type {'step' | 'end' | null} */
    this.standing = null;
    /** The walks of another address are played anew. */
    this.replay = false;
    this.palette = palette;
    this.colours = palette();
    this.address = address;
    this.calm = calm;
    this.byKeys = byKeys;
    this.autoplay = autoplay;
    /** The keys as they are edited, run by run; the server fills in the rest. */
    this.edited = this.#read(query);
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
    /** Whether something is being dragged. */
    this.dragging = false;
    /** Whether something is being typed, which is one entry of the history until it is done. */
    this.typing = false;
    /** Whether the step is. */
    this.scrubbing = false;
    /** The next address is a new entry of the history, not a change of the one there is. */
    this.push = false;

    this.player = new Player();
    this.player.film = () => this.film?.whole.reel ?? evenReel(this.player.last);
    /** When which step of these walks is shown. @type {Film | null} */
    this.film = null;
    /** How points become pixels of the map, null where there is no map. @type {() => import('./film.js').Screen | null} */
    this.screen = () => null;
    this.gesture = new Gesture(this.player, {
      calm,
      ready: () => this.upToDate,
      begun: () => this.tell('held'),
    });
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
      dragging: () => this.dragging,
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
    const goes_on = key === last.key && (this.typing || (this.byKeys() && now - last.time < ONE_GESTURE));
    if (!this.dragging && !goes_on) this.push = true;
    this.last_change = { key, time: now };
    this.dragging = phase === 'drag';
    this.gesture.take(change, phase, this.byKeys(), () => this.wake());
    this.edited = editedRun(this.edited, this.shown, run, change, this.catalog);
    this.ask();
  }

  /** The walks that a query asks for, with what is shown beside them and without the map that is hidden. @param {string} query @returns {Race} */
  #read(query) {
    const { shared, runs } = readRace(withoutView(query, this.catalog), this.catalog);
    // The page asks for them by itself.
    delete shared.weights;
    const bare = Object.fromEntries(Object.entries(shared).filter(([key]) => !isOfTheMap(key, this.catalog)));
    const { view } = this.view;
    const shown = Object.values(readPlaces(view));
    if (view === 'rates') this.view.view = null;
    if (shown.includes('theory')) shared.theory = bare.theory = '1';
    if (this.hides('maps')) return { shared: bare, runs };
    // The map of learning rates comes with its cells, and what else is named stands in its place.
    if (shown.includes('rates') && shared.map !== 'rates') return { shared: { ...bare, map: 'rates' }, runs };
    if (view !== null && !shown.includes('rates') && shared.map === 'rates') return { shared: bare, runs };
    return { shared, runs };
  }

  /** @param {string} part of the page @returns {boolean} whether it is left out: it is not shown, and nothing is asked for it */
  hides(part) {
    return this.view.hide.includes(part);
  }

  /** A cell of a map sets its run's keys, which are then shown. @param {Record<string, string | null>} change @param {number | null} run */
  #editCell(change, run) {
    if (run !== null && run !== this.selected) this.selectRun(run);
    this.edit(change);
  }

  /** What was being dragged or typed is let go, and nothing newer is asked for. */
  letGo() {
    if (!this.dragging) return;
    this.dragging = false;
    this.gesture.give();
    this.settleSoon();
  }

  /** What was typed is given up: what was there before takes the place of its entry in the history. @param {Race} race */
  takeBack(race) {
    this.editRace(race);
    this.push = false;
  }

  /** The list of runs has changed. @param {Race} race @param {number} [run] which is selected then */
  editRace(race, run = this.selected) {
    this.push = true;
    this.dragging = false;
    // Who is added runs with the others.
    if (race.runs.length > this.edited.runs.length) this.gesture.take({ runs: '' }, 'final', false, () => this.wake());
    this.edited = race;
    this.selected = run;
    this.ask();
  }

  /** One more run is compared, which differs from the selected one in its optimizer. */
  addRun() {
    const { edited, walks, walk, catalog } = this;
    // What was clicked twice is meant once: while an answer is on its way the list is not that of the race any more.
    if (!walk || edited.runs.length !== walks?.runs.length) return;
    this.editRace(withAnother(edited, walk.run, catalog), edited.runs.length);
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
    const query = [writeRace(asked, this.catalog), ...weightsWanted(asked, this.catalog)].filter(Boolean).join('&');
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
    this.#foresee(asked, query, signal);
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
   * Asks for the ground of a formula that is being typed beside its walk: with most keys the domain stays what it is.
   * @param {Race} asked
   * @param {string} query
   * @param {AbortSignal} signal
   */
  #foresee(asked, query, signal) {
    const request = this.walks?.request;
    if (!this.dragging || !asked.shared.formula || !request?.formula || asked.shared.formula === request.formula)
      return;
    const walks = { request, query, plane: null };
    this.surfaces.get(walks, landscapeDomain(gridDomain(request, this.aspect)), true, signal).catch(() => {});
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
    const turned = before?.request?.goal !== request.goal;
    const other_ground = turned || !this.landscape || !isSameGround(this.landscape, landscape);
    const another = other_ground || this.landscape?.key !== landscape.key;
    if (another) this.landscape = landscape;
    if (other_ground) this.tell('elsewhere');
    if (another && this.map_drawn) await this.drawLandscape(request);
    // A plane that is drawn is that of its own walk: no other may lie on it.
    if (signal.aborted && !next.plane) return false;
    this.#replace(next);
    this.comparison.show(next, landscape);
    this.cells.update(next);
    this.tell('walks');
    this.showSelected();
    const elsewhere = !before?.request || landscapeOf({ shared: before.request }) !== landscapeOf({ shared: request });
    // While a formula is typed its landscape is another one with each key: what is walked is played when it is done.
    if ((elsewhere && !(this.dragging && isOwn(request))) || this.replay) this.#begin();
    this.#grow();
    this.gesture.show(before, next, this.pending || this.dragging);
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
    const surface = await this.surfaces.get(walks, landscapeDomain(gridDomain(request, this.aspect)), coarse, signal);
    return { .../** @type {LandscapeRecord} */ (walks.landscape), ...surface };
  }

  /** @param {Walks} next */
  #replace(next) {
    const { walks, walker } = this;
    const one = walks && walks.starts > 0 ? walker % walks.starts : 0;
    this.walks = next;
    this.film = null;
    this.refilm();
    this.catalog.told?.learn(next);
    this.shown = readRace(next.query, this.catalog);
    // What was changed meanwhile is on its way: an older answer must not take it back.
    if (!this.pending) {
      this.edited = this.shown;
      this.selected = Math.min(this.selected, next.runs.length - 1);
    }
    // A run that has just been added is selected before it is here.
    this.walker = Math.min(this.selected, next.runs.length - 1) * next.starts + Math.min(one, next.starts - 1);
  }

  /** The map has another size, or shows another part of the ground: what is seen of the walks is another film. */
  refilm() {
    const screen = this.screen();
    if (this.film?.walks === this.walks && sameScreen(this.film?.screen ?? null, screen)) return;
    this.film = this.walks && screen ? new Film(this.walks, screen) : null;
  }

  /** The first walk moves as soon as it is there; where nothing should move its end is shown. */
  #begin() {
    const { player, walks } = this;
    const calm = this.calm();
    this.gesture.forget();
    player.resize(walks?.last ?? 0, !walks?.done);
    player.seek(calm ? player.last : 0);
    if (!calm && this.awaited === null && this.autoplay) player.play();
    this.standing = null;
    this.replay = false;
    this.tell('begun');
  }

  /** More of the walks that are shown has arrived. */
  #grow() {
    if (!this.walks) return;
    this.player.resize(this.walks.last, !this.walks.done);
    this.#standStill();
    this.tell('grew');
    this.wake();
  }

  /** The answer is complete, or was given up. */
  #complete() {
    if (!this.walks) return;
    this.player.resize(this.walks.last, false);
    this.#standStill();
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
      this.gesture.give();
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
    const { run, inner } = ofTheRun(complaint, asked, this.catalog, this.selected);
    // A landscape that a run cannot work on is no fault of its controls.
    const here = landscapeOf(asked) === landscapeOf(this.shown);
    return this.panels.some((panel) => panel.refused?.({ complaint, inner, run, here }));
  }

  // ---------------------------------------------------------------- the address

  /** The query of the address of what is shown. */
  get query() {
    return this.walks?.query ?? '';
  }

  /** Whether the curves' heights are logarithmic. */
  get logarithmic() {
    return this.view.scale === 'log';
  }

  /** The step that stands still, as the address has it. @returns {View['at']} */
  get at() {
    if (this.awaited !== null) return this.awaited;
    if (this.player.playing || !this.standing) return null;
    return this.standing === 'end' ? 'end' : this.player.shown;
  }

  /** The picture that stands there, whoever has brought it to a stand; null while it plays. @returns {View['at']} */
  get seen() {
    const { at, player } = this;
    if (at !== null || player.playing || !this.walks) return at;
    return player.position >= player.last && !player.growing ? 'end' : player.shown;
  }

  /**
   * @param {Partial<View>} [otherwise] what is to be shown otherwise than it is
   * @returns {string} the address of what is shown, as far as an address holds it
   */
  link(otherwise = {}) {
    const linked = linkedPart(this.#whole(otherwise));
    return linked ? `${this.home}?${linked}` : this.home;
  }

  /**
   * @param {string} path of this server, which knows a page's keys
   * @param {Partial<View>} [otherwise] what is to be shown otherwise than it is
   * @param {boolean} [all] also of what no address holds
   * @returns {string} the address there of what is shown, as far as an address holds it
   */
  addressAt(path, otherwise = {}, all = false) {
    const query = writeView(
      all ? this.query : linkedPart(this.query),
      { ...this.view, at: this.at, ...otherwise },
      this.catalog,
    );
    return fromRoot(path) + (query && `?${query}`);
  }

  /** @param {Partial<View>} [otherwise] @returns {string} the query of all that is shown, and how */
  #whole(otherwise = {}) {
    const { query, walks, catalog } = this;
    const is_opening = query === this.opening;
    const said = is_opening ? '' : query || `landscape=${walks?.request?.landscape}`;
    const view = { ...this.view, at: this.at, ...otherwise };
    const usual = is_opening ? this.usual_view : undefined;
    // What is usual has to be named where a lesson shows something else.
    if (usual?.view && !view.view) view.view = walks?.landscape?.points ? 'data' : 'surface';
    return writeView(said, view, catalog, usual);
  }

  #writeAddress() {
    if (!this.walks) return;
    // What no address holds stays with this entry of the history: it is there again after a reload, and by the back button.
    const kept = unlinkedPoints(this.query) > 0 ? this.#whole() : null;
    if (this.address.write(this.link(), this.push, kept)) this.push = false;
    this.tell('addressed');
  }

  /**
   * The page shows it otherwise.
   * @param {Partial<View>} change
   * @param {boolean} [by_hand] whether that is a step that the back button takes back
   */
  look(change, by_hand = true) {
    const { guessing } = this;
    Object.assign(this.view, change);
    if (by_hand) this.push = true;
    this.#tellLook(guessing);
    this.#writeAddress();
  }

  /** @param {boolean} guessing whether the end was held back before */
  #tellLook(guessing) {
    this.tell('looked');
    if (guessing !== this.guessing) this.tell('guessing');
  }

  /** Shows the step that the address names, as soon as it is there. */
  #standStill() {
    const { player, awaited: at } = this;
    if (at === null) return;
    player.seek(at === 'end' ? player.last : at);
    if (at !== 'end' && at >= player.last && player.growing) return;
    const is_beyond = at !== 'end' && at > player.last;
    this.awaited = null;
    this.standing = at === 'end' || is_beyond ? 'end' : 'step';
    if (is_beyond) this.tell('beyond', at);
    if (is_beyond) this.#writeAddress();
  }

  /** Another entry of the history was gone to. */
  goBack() {
    this.address.forget();
    this.push = this.dragging = false;
    this.last_change = NO_CHANGE;
    this.gesture.give();
    this.open();
  }

  /** Asks for what the address says. */
  open() {
    const { search } = this.address;
    const [stood, guessing] = [this.at !== null, this.guessing];
    const says_nothing = withoutView(search, this.catalog) === '';
    const usual = says_nothing ? this.usual_view : undefined;
    // What is left out of a page is left out for as long as it is open.
    this.view = { ...readView(search, this.catalog, usual), hide: this.view.hide };
    this.awaited = this.view.at;
    this.edited = this.#read(says_nothing ? this.opening : search);
    // What stands still in no address moves.
    this.replay = stood && this.awaited === null;
    this.selected = Math.min(this.selected, this.edited.runs.length - 1);
    this.tell('opened');
    this.#tellLook(guessing);
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
    const compared = this.hides('race') ? Promise.resolve() : this.comparison.ask();
    await Promise.race([compared, new Promise((resolve) => setTimeout(resolve, BANDS_PATIENCE))]);
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

  /** The steps at which the warm restarts of the walk that is told of are to begin. */
  get planned_restarts() {
    const { walks, walker, planned } = this;
    return restartsOf(planned, walks?.all[walker] && walks.settings(walker));
  }

  /** Those as far as it came. */
  get restarts() {
    const { walk } = this;
    return this.planned_restarts.filter((step) => walk && step < walk.length);
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
    this.look({ scale: logarithmic ? 'log' : 'linear' });
    this.tell('curves');
  }

  /** Whether how it ends is held back until it has ended, for who guesses first. */
  get guessing() {
    return this.view.guess_first;
  }

  /** @param {boolean} guessing whether how it ends is held back until it has ended @param {boolean} [by_hand] */
  guess(guessing, by_hand = true) {
    if (guessing === this.guessing) this.tell('guessing');
    else this.look({ guess_first: guessing }, by_hand);
  }

  // ---------------------------------------------------------------- time

  /** Moves in time without a word of it in the address. @param {(player: Player) => void} what */
  moveUnsaid(what) {
    this.gesture.forget();
    what(this.player);
    this.awaited = this.standing = null;
    this.wake();
  }

  /** Moves in time, by hand. @param {(player: Player) => void} what @param {'drag' | 'final'} [phase] */
  move(what, phase = 'final') {
    const { player, last_change: last } = this;
    const before = this.at;
    this.gesture.forget();
    what(player);
    this.awaited = null;
    this.standing = player.playing ? null : player.following ? 'end' : 'step';
    if (this.at !== before) {
      const now = performance.now();
      const goes_on = last.key === 'at' && (this.scrubbing || now - last.time < ONE_GESTURE);
      if (this.standing && !goes_on) this.push = true;
      this.last_change = { key: 'at', time: now };
      this.#writeAddress();
    }
    this.scrubbing = phase === 'drag';
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
    const fast = player.playing && player.pace > TOO_FAST;
    const same = key === this.inspected || (fast && numbers.wanted?.walker === walker);
    if (numbers.wanted?.walks === walks && same) return;
    this.inspected = key;
    numbers.show(walks, walker, player.shown, player.playing);
  }

  /** The numbers of the step under the cursor, where they are here and stand for what is shown. @returns {StepRecord | null} */
  get stepNumbers() {
    const { walks, walker, walk, player, numbers } = this;
    // Two of a network's weights are no place on its plane.
    if (!walk || !numbers.here || this.dragging || walks?.landscape?.network) return null;
    return numbers.shows(walks, walker, Math.min(player.shown, walk.length - 2)) ? numbers.here : null;
  }
}
