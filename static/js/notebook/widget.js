// The moving picture of walks in a notebook, by the protocol of anywidget: `render({ model, el })`. It asks nobody for
// anything: all that is shown comes with its model.

import { styleOf } from '../figures/walk_styles.js';
import { Player } from '../state/player.js';
import {
  brightnessOf,
  holdsSvg,
  indexOf,
  lowestAt,
  nearest,
  numbersAt,
  placeAt,
  placesOf,
  readoutAt,
  reelOf,
  trailTo,
} from './frames.js';

/**
 * @typedef {import('./frames.js').ShownPicture} ShownPicture
 * @typedef {{get(key: 'picture'): ShownPicture, get(key: 'step'): number, get(key: 'still'): string | undefined, set(key: string, value: unknown): void,
 *   save_changes(): void, on(event: string, heard: () => void): void, off(event: string, heard: () => void): void}} Model
 */

const SVG = 'http://www.w3.org/2000/svg';
/** Pixels from a place at which it is meant. */
const REACH = 16;

const STYLE = `
:host { all: initial; display: block; }
.walks { max-width: 600px; font: 14px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--ground);
  border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
p { margin: 0; padding: 0 12px; }
.message { padding-top: 10px; font-weight: 600; }
.more, .left-out { color: var(--soft); }
.more { padding-bottom: 10px; }
.left-out { padding-bottom: 10px; }
.map { position: relative; }
.map > svg { display: block; width: 100%; height: auto; forced-color-adjust: none; background: var(--raised); }
.band { stroke: var(--contour); stroke-width: .8; vector-effect: non-scaling-stroke; }
.band:is(.h0, .h1, .h2, .h3) { stroke: var(--contour-deep); }
${Array.from({ length: 12 }, (_, k) => `.h${k} { fill: var(--h${k}); }`).join(' ')}
.lit { fill: var(--lit); } .shadow { fill: var(--shadow); } .sky { fill: var(--raised); } .earth { fill: var(--wall); }
.numbered { fill: none; stroke: var(--contour); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.line { fill: none; stroke: var(--ink); stroke-width: 2; vector-effect: non-scaling-stroke; }
.casing, .trail, .whole, .dot { fill: none; stroke-linejoin: round; stroke-linecap: round; vector-effect: non-scaling-stroke; pointer-events: none; }
.casing { stroke: var(--casing); stroke-width: 4.5; }
.trail { stroke: var(--c); stroke-width: 2.5; }
.trail[stroke-dasharray] { stroke-linecap: butt; }
.whole { stroke: var(--c); stroke-width: 1.5; opacity: .4; }
.dot.casing { stroke-width: 15; } .dot.head { stroke: var(--c); stroke-width: 11; }
.dot.ring { stroke: var(--c); stroke-width: 15; } .dot.hollow { stroke: var(--casing); stroke-width: 8; }
.tip { position: absolute; max-width: 92%; padding: 3px 8px; border-radius: 6px; background: var(--ink); color: var(--ground);
  font-size: 13px; pointer-events: none; transform: translate(-50%, calc(-100% - 14px)); width: max-content; }
.tip.below { transform: translate(-50%, 18px); }
[hidden] { display: none; }
.transport { display: flex; align-items: center; gap: 12px; padding: 8px 12px 0; }
button { all: unset; box-sizing: border-box; min-width: 84px; min-height: 44px; padding: 0 14px; border-radius: 8px; text-align: center;
  font-weight: 600; background: var(--accent); color: var(--accent-ink); cursor: pointer; }
button:focus-visible, input:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
input { flex: 1; min-width: 0; height: 44px; margin: 0; accent-color: var(--accent); }
output { display: block; padding: 2px 12px 10px; min-height: 1.45em; font-variant-numeric: tabular-nums; color: var(--ink); }
ul { margin: 0; padding: 0 12px 10px; list-style: none; }
li { display: flex; align-items: center; gap: 10px; }
.loss { margin-left: auto; white-space: nowrap; font-variant-numeric: tabular-nums; color: var(--soft); }
li svg { flex: none; width: 36px; height: 12px; forced-color-adjust: none; }
`;

/**
 * @param {string} name
 * @param {Record<string, string | number>} [attributes]
 * @param {(Node | string)[]} [children]
 */
function element(name, attributes = {}, children = []) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

/** @param {string} name @param {Record<string, string | number>} [attributes] */
function drawn(name, attributes = {}) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/** @param {Element} made @param {number} style @returns {Element} with its colour, and its dash if it is a trail */
function styled(made, style) {
  const { colour, dash } = styleOf(style);
  /** @type {SVGElement} */ (made).style.setProperty('--c', `var(--c${colour})`);
  if (dash.length > 0 && made.classList.contains('trail')) made.setAttribute('stroke-dasharray', dash.join(' '));
  return made;
}

/** Whatever a colour is written in, a canvas has it in red, green and blue. @type {CanvasRenderingContext2D | null} */
let dot = null;

/** @param {string} colour @returns {Uint8ClampedArray} */
function pixelOf(colour) {
  dot ??= /** @type {CanvasRenderingContext2D} */ (
    document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  );
  dot.clearRect(0, 0, 1, 1);
  dot.fillStyle = colour;
  dot.fillRect(0, 0, 1, 1);
  return dot.getImageData(0, 0, 1, 1).data;
}

/** @param {Element} from @returns {boolean} whether it stands on dark ground, whatever the notebook calls that */
function isDark(from) {
  for (let one = /** @type {Element | null} */ (from); one; one = parentOf(one)) {
    const brightness = brightnessOf(pixelOf(getComputedStyle(one).backgroundColor));
    if (brightness !== null) return brightness < 0.5;
  }
  return matchMedia('(prefers-color-scheme: dark)').matches;
}

/** @param {Element} one @returns {Element | null} */
function parentOf(one) {
  const root = one.getRootNode();
  return one.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
}

/**
 * Some notebooks put a picture into their page as it is, others as the address of an image.
 * @param {string | undefined} name
 * @returns {HTMLElement | SVGElement | null} the still picture of that name, whose place this one takes
 */
function stillOf(name) {
  if (!name) return null;
  const images = /** @type {HTMLImageElement[]} */ ([...document.querySelectorAll('img[src^="data:image/svg+xml"]')]);
  return document.querySelector(`svg[id="${name}"]`) ?? images.find(({ src }) => holdsSvg(src, name)) ?? null;
}

/** The picture: the ground, and of each walk its way, the part of it that is walked, where it began, and where it is. */
class WalkPicture {
  /** @param {ShownPicture} picture */
  constructor(picture) {
    const { width, height, ground, walks } = picture;
    const label = walks.map(({ message }) => message).join(' ');
    this.svg = drawn('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label });
    // Numbers and the names of classes alone, written by Downhill: nothing that anybody has typed.
    this.svg.innerHTML = ground;
    this.places = walks.map((walk) => placesOf(picture, walk));
    const made = walks.map(({ style }, index) => this.#walk(style, index));
    this.heads = made.map(({ head }) => head);
    this.trails = made.map(({ trail }) => trail);
    this.rings = [drawn('path', { class: 'dot ring' }), drawn('path', { class: 'dot hollow' })];
    this.svg.append(
      ...this.trails.flat(),
      ...made.map(({ begin }) => begin).flat(),
      ...this.heads.flat(),
      ...this.rings,
    );
  }

  /** @param {number} style @param {number} index */
  #walk(style, index) {
    const places = this.places[index];
    const whole = styled(drawn('path', { class: 'whole', d: trailTo(places, places.x.length) }), style);
    this.svg.append(whole);
    const begin = placeAt(places, 0);
    const at = begin ? `M${begin.join(' ')}h0` : '';
    /** @param {string} name */
    const part = (name, d = '') => styled(drawn('path', { class: name, d }), style);
    return {
      trail: [part('casing'), part('trail')],
      head: [part('dot casing'), part('dot head')],
      begin: [part('dot ring', at), part('dot hollow', at)],
    };
  }

  /** @param {number} position */
  show(position) {
    this.places.forEach((places, index) => {
      for (const trail of this.trails[index]) trail.setAttribute('d', trailTo(places, position));
      const place = placeAt(places, position);
      for (const head of this.heads[index]) head.setAttribute('d', place ? `M${place.join(' ')}h0` : '');
    });
  }

  /** @param {number} style @param {[number, number] | null} place which is pointed at, or none */
  point(style, place) {
    for (const ring of this.rings) styled(ring, style).setAttribute('d', place ? `M${place.join(' ')}h0` : '');
  }
}

/** What each style stands for, and how low its walks are at the step that is shown. */
class Legend {
  /** @param {ShownPicture} picture */
  constructor(picture) {
    this.picture = picture;
    this.losses = picture.legend.map(() => element('span', { class: 'loss' }));
    const items = picture.legend.map(({ style, text }, index) => {
      const swatch = drawn('svg', { viewBox: '0 0 36 12', 'aria-hidden': 'true' });
      swatch.append(styled(drawn('path', { class: 'trail', d: 'M1 6h34' }), style));
      return element('li', {}, [swatch, element('span', {}, [text]), this.losses[index]]);
    });
    /** Nothing where there is one walk. */
    this.elements = items.length > 0 ? [element('ul', {}, items)] : [];
  }

  /** @param {number} k which of the picture's steps */
  show(k) {
    this.picture.legend.forEach(({ style }, index) => {
      this.losses[index].textContent = lowestAt(this.picture, style, k);
    });
  }
}

/** @param {ShownPicture} picture @returns {Element[]} what is said above the map: how a walk ended, or what each of several is */
function wordsOf({ walks, legend }) {
  if (legend.length > 0) return [];
  const [message, more = ''] = walks[0].message.split('\n');
  return [element('p', { class: 'message' }, [message]), element('p', { class: 'more' }, [more])];
}

/**
 * Shows a model's picture in an element, as anywidget asks for it.
 * @param {{model: Model, el: HTMLElement}} given
 * @returns {() => void} which ends it
 */
export function render({ model, el }) {
  const picture = model.get('picture');
  const { steps, walks, left_out, colours } = picture;
  const legend = new Legend(picture);
  const map = new WalkPicture(picture);
  const player = new Player();
  const reel = reelOf(picture, map.places);
  player.film = () => reel;
  player.resize(steps.length - 1, false);

  const button = element('button', { type: 'button' });
  const scrubber = /** @type {HTMLInputElement} */ (
    element('input', { type: 'range', min: 0, max: player.last, step: 1, 'aria-label': 'Step' })
  );
  const readout = element('output');
  const tip = element('div', { class: 'tip', hidden: '' });
  const box = element('div', { class: 'walks' }, [
    ...wordsOf(picture),
    element('div', { class: 'map' }, [map.svg, tip]),
    element('div', { class: 'transport' }, [button, scrubber]),
    readout,
    ...legend.elements,
    ...(left_out ? [element('p', { class: 'left-out' }, [left_out])] : []),
  ]);
  const host = element('div');
  host.attachShadow({ mode: 'open' }).append(element('style', {}, [STYLE]), box);
  el.append(host);

  function paint() {
    const said = readoutAt(picture, player.shown);
    map.show(player.position);
    scrubber.value = String(player.shown);
    scrubber.setAttribute('aria-valuetext', said);
    readout.textContent = said;
    legend.show(player.shown);
    button.textContent = player.playing ? 'Pause' : 'Play';
  }

  function tell() {
    if (model.get('step') === steps[player.shown]) return;
    model.set('step', steps[player.shown]);
    model.save_changes();
  }

  /** @param {number} k */
  function seek(k) {
    player.seek(k);
    paint();
    tell();
  }

  let frame = 0;
  /** @param {number} before in milliseconds */
  function play(before) {
    frame = requestAnimationFrame((now) => {
      player.advance((now - before) / 1000);
      paint();
      if (player.playing) play(now);
      else tell();
    });
  }

  button.addEventListener('click', () => {
    cancelAnimationFrame(frame);
    if (player.playing) {
      player.pause();
      tell();
    } else {
      player.play();
      play(performance.now());
    }
    paint();
  });
  scrubber.addEventListener('input', () => seek(Number(scrubber.value)));

  /** @param {PointerEvent | MouseEvent} event */
  function pointedAt(event) {
    const { left, top, width } = map.svg.getBoundingClientRect();
    const unit = picture.width / width;
    return nearest(map.places, (event.clientX - left) * unit, (event.clientY - top) * unit, REACH * unit);
  }

  map.svg.addEventListener('pointermove', (event) => {
    const found = pointedAt(/** @type {PointerEvent} */ (event));
    /** @type {HTMLElement} */ (map.svg.parentElement).style.cursor = found ? 'pointer' : '';
    tip.hidden = !found;
    map.point(found ? walks[found.walk].style : 0, found && placeAt(map.places[found.walk], found.k));
    if (!found) return;
    const [x, y] = /** @type {[number, number]} */ (placeAt(map.places[found.walk], found.k));
    tip.textContent = `Step ${steps[found.k]} · ${numbersAt(walks[found.walk], found.k)}`;
    tip.style.left = `${Math.max(30, Math.min((100 * x) / picture.width, 70))}%`;
    tip.style.top = `${(100 * y) / picture.height}%`;
    tip.classList.toggle('below', y < picture.height / 4);
  });
  map.svg.addEventListener('pointerleave', () => {
    tip.hidden = true;
    map.point(0, null);
  });
  map.svg.addEventListener('click', (event) => {
    const found = pointedAt(/** @type {MouseEvent} */ (event));
    if (found) seek(found.k);
  });

  const onStep = () => {
    if (!player.playing && model.get('step') !== steps[player.shown]) seek(indexOf(steps, model.get('step')));
  };
  model.on('change:step', onStep);

  function dress() {
    const dark = isDark(el);
    for (const [name, pair] of Object.entries(colours)) box.style.setProperty(`--${name}`, pair[Number(dark)]);
    box.style.colorScheme = dark ? 'dark' : 'light';
  }
  // Notebooks change their theme by a class or an attribute of the page, systems by their setting.
  const watched = new MutationObserver(dress);
  for (const one of [document.documentElement, document.body]) watched.observe(one, { attributes: true });
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', dress);

  const still = stillOf(model.get('still'));
  if (still) still.style.display = 'none';
  dress();
  player.seek(indexOf(steps, model.get('step')));
  paint();
  return () => {
    cancelAnimationFrame(frame);
    watched.disconnect();
    system.removeEventListener('change', dress);
    model.off('change:step', onStep);
    host.remove();
    if (still) still.style.display = '';
  };
}
