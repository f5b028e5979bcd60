// What a player of walks consists of: the map, the numbers, the scrubber over the loss, and which walk is told of.

import { signPath, styleOf } from '../figures/walk_styles.js';
import { formatNumber } from '../words/numbers.js';

const SPEEDS = [0.25, 0.5, 1, 2, 4];
/** As many walks can be told apart in a list. */
const LISTED = 9;
const PLAY = 'M7 4v16l13-8z';
const PAUSE = 'M6 4h4v16H6zm8 0h4v16h-4z';
const SVG = 'http://www.w3.org/2000/svg';

/**
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElement}
 */
function made(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** @param {string} path @param {string} box @param {string} [name] */
function drawn(path, box, name = '') {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', box);
  svg.setAttribute('aria-hidden', 'true');
  if (name) svg.setAttribute('class', name);
  const line = document.createElementNS(SVG, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

/** @param {HTMLElement} button @param {boolean} playing */
export function showPlaying(button, playing) {
  button.replaceChildren(drawn(playing ? PAUSE : PLAY, '0 0 24 24'));
  button.setAttribute('aria-label', playing ? 'Pause' : 'Play');
}

/**
 * Put all that is seen of a player into the element; `thinned` where not every step is there.
 * @param {HTMLElement} element
 * @param {import('./player.js').TakenWalks} taken
 * @param {import('./columns.js').ReadWalk[]} walks
 * @param {import('./heights.js').Heights} heights
 * @param {boolean} thinned
 */
export function build(element, taken, walks, heights, thinned) {
  const { map, trails } = mapOf(element, taken, walks.length);
  const step = made('dd', { class: 'step' });
  const names = ['x', ...(taken.axes.length > 1 ? ['y'] : []), 'loss', 'gradient_norm', 'learning_rate'];
  const titles = [...taken.axes, 'loss', 'gradient norm', 'learning rate'];
  const numbers = /** @type {[string, HTMLElement][]} */ (names.map((name) => [name, made('dd', { 'data-of': name })]));
  const where = made('p', { class: 'where' });
  const table = made(
    'dl',
    { class: 'numbers' },
    made('div', {}, made('dt', {}, 'step'), step),
    ...numbers.map(([, cell], index) => made('div', {}, made('dt', {}, titles[index]), cell)),
  );
  const chosen = choices(walks);

  const play = made('button', { type: 'button', class: 'play' });
  const { scrub, curve, range } = scrubber(heights);
  const speed = /** @type {HTMLSelectElement} */ (
    made(
      'select',
      { 'aria-label': 'Speed' },
      ...SPEEDS.map((one) => made('option', { value: String(one), ...(one === 1 ? { selected: '' } : {}) }, `${one}×`)),
    )
  );
  const caption = made('p', { class: 'caption' }, captionOf(heights, thinned));
  // All lie over one another, so that the largest has its room and choosing another moves nothing.
  const said = walks.map(({ message }) => {
    const [meaning, ...numbers] = message.split('\n');
    return made('div', {}, made('p', { class: 'meaning' }, meaning), ...numbers.map((line) => made('p', {}, line)));
  });
  element.append(
    made('div', { class: 'sentence' }, ...said),
    map,
    made('div', { class: 'transport' }, play, scrub, speed, caption),
    made('div', { class: 'side' }, table, where, chosen),
  );
  return { trails, step, numbers, where, chosen, play, curve, range, speed, said };
}

/** @param {HTMLElement} element with the picture of the ground @param {import('./player.js').TakenWalks} taken @param {number} count of walks */
function mapOf(element, taken, count) {
  const ground = element.querySelector('svg');
  const trails = /** @type {HTMLCanvasElement} */ (made('canvas'));
  const words = count > 1 ? `the paths of ${count} walks` : 'the path of the walk';
  const map = made('div', { class: 'map', role: 'img', 'aria-label': `Map of the loss with ${words}` });
  if (ground) map.append(ground);
  map.append(trails);
  element.style.setProperty('--aspect', String(taken.width / taken.height));
  return { map, trails };
}

/** @param {import('./heights.js').Heights} heights */
function scrubber(heights) {
  const curve = /** @type {HTMLCanvasElement} */ (made('canvas', { 'aria-hidden': 'true' }));
  const range = /** @type {HTMLInputElement} */ (
    made('input', { type: 'range', min: '0', step: '1', value: '0', 'aria-label': 'Step' })
  );
  const ends = made(
    'div',
    { class: 'ends', 'aria-hidden': 'true' },
    made('span', {}, formatNumber(heights.high)),
    made('span', {}, formatNumber(heights.low)),
  );
  return { scrub: made('div', { class: 'scrub' }, curve, range, ends), curve, range };
}

/** @param {import('./heights.js').Heights} heights @param {boolean} thinned */
function captionOf({ log }, thinned) {
  const steps = `Loss over the steps${log ? ', in powers of ten' : ''}`;
  return `${steps}${thinned ? '; shaded: not every step is in this file' : ''}`;
}

/** @param {import('./columns.js').ReadWalk[]} walks @returns {HTMLElement} which walk's numbers are told */
function choices(walks) {
  const runs = new Set(walks.map(({ label }) => label)).size;
  const walkers = new Set(walks.map(({ walker }) => walker)).size;
  const names = walks.map(({ label, walker }) => {
    if (walkers === 1) return label;
    return runs === 1 ? `Walker ${walker + 1}` : `${label}, walker ${walker + 1}`;
  });
  if (walks.length === 1) return made('p', { class: 'one' }, swatch(walks[0].style), names[0]);
  if (walks.length > LISTED) {
    const options = names.map((name, index) => made('option', { value: String(index) }, name));
    return made('label', { class: 'many' }, 'Numbers of ', made('select', {}, ...options));
  }
  const rows = names.map((name, index) =>
    made(
      'label',
      {},
      made('input', { type: 'radio', name: 'walk', value: String(index), ...(index === 0 ? { checked: '' } : {}) }),
      swatch(walks[index].style),
      made('span', {}, name),
    ),
  );
  return made('fieldset', {}, made('legend', {}, 'Numbers of'), ...rows);
}

/** @param {number} index */
function swatch(index) {
  const svg = drawn('M1 8H31', '0 0 32 16', `swatch c${styleOf(index).colour}`);
  svg.querySelector('path')?.setAttribute('stroke-dasharray', styleOf(index).dash.join(' '));
  const sign = document.createElementNS(SVG, 'path');
  sign.setAttribute('d', signPath(index, 4.5));
  sign.setAttribute('transform', 'translate(16 8)');
  sign.setAttribute('class', 'sign');
  svg.append(sign);
  return svg;
}
