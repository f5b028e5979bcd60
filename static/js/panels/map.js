// The map, or the curve where there is one parameter: the landscape, the walks that move over it, and the handle at their
// start.

import { Ghosts } from '../canvas/ghosts.js';
import { Ground } from '../canvas/ground.js';
import { frameOfMap } from '../canvas/map_frame.js';
import { drawParabola, drawQuadratic } from '../canvas/local_quadratic.js';
import { interpolate } from '../canvas/slope_dots.js';
import { drawArrows, drawTangent } from '../canvas/step_arrows.js';
import { layersOf } from '../canvas/plot_layers.js';
import { signSample } from '../canvas/picture_file.js';
import { WalkOverlay } from '../canvas/walk_overlay.js';
import { lossRange, mapFigure } from '../figures/landscape.js';
import { draw, resizePlot } from '../figures/plotly.js';
import { marksInWords } from '../figures/stationary_points.js';
import { watchStart } from '../input/start_drag.js';
import { entriesOf } from '../state/meaning.js';
import { isStretched, seenDomain, shownDomain } from '../state/map_window.js';
import { formatNumber } from '../words/numbers.js';
import { arrowNames, keptBy } from '../words/step_arrows.js';
import { isSeen, told, wordsOf } from './parts/captions.js';
import { find } from './parts/elements.js';
import { writeTerms } from './parts/terms.js';

const ROOT_NAMES = /** @type {Record<number, string>} */ ({
  2: 'square root of loss − lowest',
  3: 'cube root of loss − lowest',
  4: 'fourth root of loss − lowest',
  6: 'sixth root of loss − lowest',
  8: 'eighth root of loss − lowest',
});

/** @param {HTMLElement} view @param {Session} session @returns {Panel & {overlay: WalkOverlay, ground: Ground}} */
export function mountMap(view, session) {
  const [box, plot, first] = ['#map', '#map-plot', '#first'].map((selector) => find(view, selector));
  const [caption, wrong] = [find(view, '#map-caption'), find(view, '#wrong-caption')];
  const overlay = new WalkOverlay(find(view, '#map-over'), true);
  const ground = new Ground(find(view, '#ground'), find(view, '#ground-lines'));
  const arrows = mountArrows(find(view, '#arrows'), session);
  const ghosts = new Ghosts(find(view, '#ghosts-over'));
  /** What was shown before, until its ghost is drawn. @type {Walks | null} */
  let left = null;
  const frame = () => frameOfMap(box, session);
  const handle = mountHandle(find(view, '#handle'), box, frame, session);
  overlay.more = (context, now) => drawStep(context, now, session, arrows);

  /** @param {number} [ratio] of pixels to those of the page */
  const drawGround = (ratio) => {
    // Until Plotly's map stands, the picture that came with the page shows the ground.
    if (session.map_drawn) ground.draw(frame(), session.landscape, startOf(session), session.colours, ratio);
  };
  const place = () => {
    drawGround();
    overlay.place(frame(), session.colours);
    ghosts.place(frame(), session.colours);
    handle.place();
    session.refilm();
    session.wake();
  };
  const size = { width: 540, height: 540 };
  const measure = () => {
    const { clientWidth, clientHeight } = box;
    if (clientWidth === 0 || clientHeight === 0) return;
    session.aspect = clientWidth / clientHeight;
    Object.assign(size, { width: clientWidth, height: clientHeight });
  };
  measure();
  // Also where the map itself is not to be seen, beside a surface on a phone.
  session.screen = () => screenOf(session, size);
  /** @param {Wanted} request */
  const figure = (request) => {
    const { landscape, colours } = session;
    return mapFigure(
      /** @type {Landscape} */ (landscape),
      { ...request, domain: shownDomain(request, session.aspect) },
      colours,
    );
  };

  return {
    overlay,
    ground,
    async landscape(request) {
      await draw(plot, figure(request));
      const { stationary_points: stationary, grid, network, found } = /** @type {Landscape} */ (session.landscape);
      const signs = marksInWords(stationary, network !== null);
      writeTerms(
        caption,
        signs && `${signs}${found ? ', found by looking: there may be others' : ''}.`,
        session.catalog.glossary,
      );
      const { root } = grid.relief ?? {};
      caption.title = root ? `Tints and contour lines lie at even steps of the ${ROOT_NAMES[root] ?? 'loss'}.` : '';
      place();
    },
    drawn() {
      first.hidden = true;
      place();
    },
    held: () => ghosts.clear(),
    elsewhere: () => ghosts.clear(),
    walks() {
      // What was walked on another plane lies nowhere on this one, nor does what was walked on another formula.
      const same = placeOf(overlay.walks) === placeOf(session.walks);
      if (session.gesture.on) left = same ? overlay.walks : null;
      overlay.show(/** @type {Walks} */ (session.walks));
      if (session.map_drawn && ground.isCovered(frame(), startOf(session))) drawGround();
      if (!session.pending) handle.place();
    },
    selected: () => arrows.name(),
    begun() {
      first.classList.add('alive');
      place();
    },
    frame() {
      const { player, gesture, selected } = session;
      overlay.restarts = { walker: session.walker, restarts: session.restarts };
      overlay.paint(player.position);
      if (left) {
        // When the new path has been seen.
        const ghost = left;
        setTimeout(() => session.gesture.on && ghosts.keep(ghost, selected));
        left = null;
      }
      // They stay until the walk has been played; where it is not, until something is turned again.
      if (!gesture.on && !session.calm() && !player.playing) ghosts.clear();
    },
    planned: () => session.wake(),
    async resized() {
      const before = session.aspect;
      measure();
      if (session.map_drawn) await resizePlot(plot);
      place();
      if (Math.abs(session.aspect - before) > 1e-3) session.settleSoon();
    },
    rescaled: place,
    theme() {
      if (!session.map_drawn) place();
    },
    drawNow: (request) => void draw(plot, figure(request)),
    copy({ ratio, position, paper }) {
      const { more } = overlay;
      // What is shown of a single step belongs to the screen.
      if (paper) overlay.more = null;
      drawGround(ratio);
      overlay.place(frame(), session.colours, ratio);
      overlay.paint(position);
      const layers = layersOf(box, session.colours, ratio);
      overlay.more = more;
      drawGround();
      overlay.place(frame(), session.colours);
      const paragraphs = [{ entries: told([caption, wrong]), colour: session.colours.soft }, arrows.key(view)];
      return { of: 'map', layers, width: box.offsetWidth, height: box.offsetHeight, seen: isSeen(box), paragraphs };
    },
    unlinked: () => arrows.off(),
    captions: () => ({ signs: `${caption.textContent} ${wrong.textContent}`.trim() }),
  };
}

/**
 * How points become pixels of the map, told without it.
 * @param {Session} session
 * @param {{width: number, height: number}} size
 * @returns {import('../state/film.js').Screen | null}
 */
function screenOf({ walks, landscape, aspect }, { width, height }) {
  const request = walks?.request;
  if (!request || !landscape) return null;
  const [low_x, high_x, low_y, high_y] = shownDomain(request, aspect);
  const flat = request.start.length === 1;
  if (flat) {
    const [bottom, top] = lossRange(landscape.grid.loss);
    return { width, height, left: low_x, right: high_x, top, bottom, flat };
  }
  const scale = Math.min(width / (high_x - low_x), height / (high_y - low_y));
  const stretched = isStretched([low_x, high_x, low_y, high_y]);
  const more_x = stretched ? 0 : (width / scale - (high_x - low_x)) / 2;
  const more_y = stretched ? 0 : (height / scale - (high_y - low_y)) / 2;
  const [left, right, bottom, top] = [low_x - more_x, high_x + more_x, low_y - more_y, high_y + more_y];
  return { width, height, left, right, top, bottom, flat };
}

/** The start that the walks begin at. @param {Session} session */
function startOf({ walks }) {
  return walks?.request?.start ?? [];
}

/** @typedef {ReturnType<typeof mountArrows>} Arrows */

/**
 * What is shown of the single step under the cursor, over the heads.
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {Session} session
 * @param {Arrows} arrows
 */
function drawStep(context, frame, { walks, walk, theory, player, colours, stepNumbers: numbers }, arrows) {
  const { scene, drawn } = theory;
  if (theory.on && drawn && scene?.walks === walks && !scene?.playing && !scene?.dragging) {
    if (walks?.flat) drawParabola(context, frame, drawn, colours);
    else drawQuadratic(context, frame, drawn, colours);
  }
  if (!walk || !numbers) return;
  // A network's step is none of two coordinates.
  if (walks?.plane) return;
  if (walks?.flat) drawTangent(context, frame, numbers, walk.loss[numbers.step + 1], arrows.switches, colours);
  else if (!player.playing) drawArrows(context, frame, numbers, arrows.switches, arrows.names, colours);
}

/** @param {Walks | null} walks @returns {string} of what their paths lie on, what may be another while something is turned */
function placeOf(walks) {
  return [walks?.request?.formula, walks?.plane?.u].join();
}

/**
 * The switches of what is drawn of a step.
 * @param {HTMLElement} holder
 * @param {Session} session
 */
function mountArrows(holder, session) {
  const boxes = /** @type {HTMLInputElement[]} */ ([...holder.querySelectorAll('input')]);
  const arrows = {
    switches: { gradient: true, velocity: true, step: true },
    names: arrowNames(false, 'minimize', null),
    /** The switches, the arrows and what is told of them have one name, by what is drawn and which way it points. */
    name() {
      const walks = /** @type {Walks} */ (session.walks);
      const { goal } = walks.settings(session.walker);
      const entry = entriesOf(walks.settings(session.walker), session.catalog).optimizer;
      arrows.names = arrowNames(walks.flat, goal, keptBy(/** @type {Optimizer} */ (entry)));
      for (const box of boxes) nameSwitch(box, arrows.names[/** @type {keyof Switches} */ (box.value)]);
    },
    /** What is switched off, of what there is. */
    off: () =>
      boxes
        .filter(({ checked, parentElement: label }) => !checked && label && !label.hidden)
        .map(({ value }) => `that “${arrows.names[/** @type {keyof Switches} */ (value)]?.name}” is not drawn`),
    /** What is switched on, for a picture. @param {HTMLElement} view @returns {import('../canvas/picture_file.js').Paragraph} */
    key(view) {
      const { arrows: colours, theory, soft } = session.colours;
      const on = boxes.filter((box) => box.checked && isSeen(/** @type {Element} */ (box.parentElement)));
      const entries = on.map((box) => ({
        text: wordsOf(/** @type {Element} */ (box.parentElement)),
        sample: signSample('➞', colours[/** @type {keyof Switches} */ (box.value)]),
      }));
      const quadratic = view.querySelector('.theory-switch:has(:checked)');
      if (quadratic) entries.push({ text: wordsOf(quadratic), sample: signSample('┅', theory) });
      return { entries, colour: soft };
    },
  };
  holder.addEventListener('change', (event) => {
    const box = /** @type {HTMLInputElement} */ (event.target);
    arrows.switches[/** @type {keyof Switches} */ (box.value)] = box.checked;
    session.wake();
  });
  return arrows;
}

/** @param {HTMLInputElement} box @param {import('../words/step_arrows.js').ArrowName | null} named */
function nameSwitch(box, named) {
  const label = /** @type {HTMLElement} */ (box.parentElement);
  label.hidden = named === null;
  if (!named) return;
  label.title = box.title = named.means;
  find(label, 'span').textContent = named.name;
}

/**
 * The ring at the start, which is dragged.
 * @param {HTMLElement} handle
 * @param {HTMLElement} map
 * @param {() => PlotFrame | null} frame
 * @param {Session} session
 */
function mountHandle(handle, map, frame, session) {
  /** @param {number[]} [start] where it is being moved to, before the walk from there is here */
  const place = (start = session.walks?.request?.start) => {
    const now = frame();
    if (!now || !start) return;
    const spot = now.project(start[0], start[1], heightAt(session, start[0]));
    const { left, top, width, height } = now.box;
    handle.hidden = !(spot.x >= -1 && spot.y >= -1 && spot.x <= width + 1 && spot.y <= height + 1);
    handle.style.left = `${left + spot.x}px`;
    handle.style.top = `${top + spot.y}px`;
    const axes = session.landscape?.axes ?? ['x', 'y'];
    const named = start.map((value, axis) => `${axes[axis]} ${formatNumber(value)}`);
    handle.setAttribute('aria-label', `Start at ${named.join(', ')}`);
  };
  watchStart({
    map,
    handle,
    frame,
    domain: () => (session.walks?.request ? seenDomain(session.walks.request) : [0, 1, 0, 1]),
    start() {
      const { start } = session.edited.shared;
      return start ? start.split(',').map(Number) : (session.walks?.request?.start ?? [0, 0]);
    },
    snap: (start) => session.cells.snap(start),
    moved: (start, phase) => {
      // The handle follows the pointer at once, the path when it is there.
      session.edit({ start: start.join(',') }, phase);
      place(start);
    },
  });
  return { place };
}

/** The height of a curve. @param {Session} session @param {number} x */
function heightAt({ landscape }, x) {
  return !landscape || landscape.grid.y ? 0 : interpolate(landscape.grid.x, landscape.grid.loss, x);
}
