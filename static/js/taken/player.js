// Plays walks that were taken away: it knows no server and no other panel, and shows every digit of every number.

import { formatNumber } from '../words/numbers.js';
import { momentAt, placeAt, readWalk, thinFrom, timelineOf, wholeNumber } from './columns.js';
import { heightsOf } from './heights.js';
import { build, showPlaying } from './parts.js';
import { paintLoss, paintTrails } from './painting.js';

/**
 * @typedef {{axes: string[], low: number[], high: number[], width: number, height: number, colours: Record<string, string>[], walks: import('./columns.js').TakenWalk[]}} TakenWalks
 * `low` and `high` are the corners of the picture of the ground, of a curve the lowest and the highest loss among them;
 * `colours` are those of the light theme and of the dark one
 * @typedef {{paint(): void, go(moment: number): void, readonly moment: number}} Player
 */

/** A film takes so many seconds, and no more than so many steps of it go by in one. */
const [SHORTEST, LONGEST, A_SECOND] = [2, 12, 12];
const prefersDark = () => matchMedia('(prefers-color-scheme: dark)').matches;

/**
 * Put a player of the walks into the element, around the picture of the ground that is in it.
 * @param {HTMLElement} element
 * @param {TakenWalks} taken
 * @param {{isDark?: () => boolean, keys?: HTMLElement}} [around] which theme is shown, and within what the keys are the player's
 * @returns {Player}
 */
export function mount(element, taken, { isDark = prefersDark, keys: within = element } = {}) {
  const walks = taken.walks.map(readWalk);
  const timeline = timelineOf(walks);
  const last = timeline.length - 1;
  const moments = walks.map((walk) => Uint32Array.from(walk.step, (step) => placeAt(timeline, step)));
  const thin = thinFrom(timeline);
  const heights = heightsOf(walks.flatMap(({ columns }) => Array.from(columns.loss)));
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;

  const parts = build(element, taken, walks, heights, thin < last);
  let moment = 0;
  let selected = 0;
  let playing = false;
  let speed = 1;
  let since = 0;
  let rate = 0;

  /** The chosen walk is drawn over all others. */
  const ordered = () => {
    const order = walks.map((_, index) => index);
    order.push(...order.splice(selected, 1));
    return order;
  };

  /** The step that is shown, or a moment between two. */
  const shown = () => {
    const whole = Math.floor(moment);
    return timeline[whole] + (moment - whole) * ((timeline[whole + 1] ?? 0) - timeline[whole]);
  };

  const paint = () => {
    const colours = taken.colours[isDark() ? 1 : 0];
    const order = ordered();
    paintTrails(
      parts.trails,
      order.map((index) => ({ walk: walks[index], moment: momentAt(walks[index].step, shown()) })),
      taken,
      colours,
    );
    paintLoss(
      parts.curve,
      order.map((index) => ({ walk: walks[index], moments: moments[index] })),
      { last, thin },
      heights,
      colours,
    );
  };

  const tell = () => {
    const walk = walks[selected];
    const whole = Math.floor(moment);
    const place = placeAt(walk.step, timeline[whole]);
    const end = walk.step[walk.step.length - 1];
    const ended = timeline[whole] > end;
    parts.step.textContent = `${walk.step[place]} of ${end}`;
    for (const [name, cell] of parts.numbers) cell.textContent = wholeNumber(walk.columns[name][place]);
    parts.where.textContent = ended
      ? 'This walk is over.'
      : isOutside(walk, place, taken)
        ? 'It is outside of the map here.'
        : '';
    parts.range.value = String(whole);
    if (!playing)
      parts.range.setAttribute(
        'aria-valuetext',
        `Step ${walk.step[place]} of ${end}, loss ${formatNumber(walk.columns.loss[place])}`,
      );
  };

  /** @param {number} to */
  const go = (to) => {
    moment = Math.max(0, Math.min(last, to));
    tell();
    paint();
  };

  /** @param {number} now */
  const frame = (now) => {
    if (!playing) return;
    const passed = Math.min(0.1, (now - since) / 1000);
    since = now;
    go(moment + passed * rate * speed);
    if (moment >= last) setPlaying(false);
    else requestAnimationFrame(frame);
  };

  /** @param {boolean} wanted */
  function setPlaying(wanted) {
    playing = wanted && last > 0;
    showPlaying(parts.play, playing);
    if (!playing) return tell();
    if (moment >= last) go(0);
    rate = last / Math.max(SHORTEST, Math.min(LONGEST, last / A_SECOND));
    since = performance.now();
    requestAnimationFrame(frame);
  }

  /** @param {number} index */
  const select = (index) => {
    selected = index;
    for (const [other, said] of parts.said.entries()) said.classList.toggle('told', other === index);
    tell();
    paint();
  };

  /** @param {number} by */
  const stepBy = (by) => {
    setPlaying(false);
    go(by > 0 ? Math.floor(moment) + by : Math.ceil(moment) + by);
  };

  parts.play.addEventListener('click', () => setPlaying(!playing));
  parts.range.max = String(last);
  parts.range.addEventListener('input', () => {
    // Standing still tells where it was until now.
    const wanted = Number(parts.range.value);
    setPlaying(false);
    go(wanted);
  });
  parts.speed.addEventListener('change', () => (speed = Number(parts.speed.value)));
  parts.chosen.addEventListener('change', ({ target }) =>
    select(Number(/** @type {HTMLInputElement | HTMLSelectElement} */ (target).value)),
  );
  const keys = /** @type {Record<string, () => void>} */ ({
    ' ': () => setPlaying(!playing),
    ArrowLeft: () => stepBy(-1),
    ArrowRight: () => stepBy(1),
    Home: () => (setPlaying(false), go(0)),
    End: () => (setPlaying(false), go(last)),
  });
  within.addEventListener('keydown', (event) => {
    const { key, target, altKey, ctrlKey, metaKey } = /** @type {KeyboardEvent} */ (event);
    const at = /** @type {Element} */ (target);
    const act = keys[key];
    // What has the focus has its own keys first; the scrubber's are the same.
    const own =
      key === ' '
        ? at.closest('button, a, select, input:not([type="range"])')
        : at.closest('select, input[type="radio"]');
    if (!act || own || altKey || ctrlKey || metaKey) return;
    event.preventDefault();
    act();
  });
  new ResizeObserver(paint).observe(parts.trails);
  new ResizeObserver(paint).observe(parts.curve);

  moment = still ? last : 0;
  select(0);
  setPlaying(!still);
  return {
    paint,
    go(to) {
      setPlaying(false);
      go(to);
    },
    get moment() {
      return moment;
    },
  };
}

/** @param {import('./columns.js').ReadWalk} walk @param {number} place @param {TakenWalks} taken */
function isOutside({ columns }, place, { axes, low, high }) {
  const up = axes.length === 1 ? columns.loss : columns.y;
  const inside = [columns.x[place], up[place]].every((value, axis) => value >= low[axis] && value <= high[axis]);
  return !inside;
}
