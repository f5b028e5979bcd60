// What lies over each other in a view, copied, so that a file or a sheet of paper can have it: Plotly's drawings, the
// canvases over and under them, the ring at the start.

import { copyScene } from '../figures/plotly.js';

/** The diameter of the ring with its border, in CSS pixels. */
const RING = 22;

/**
 * @param {HTMLElement} plot the box that a view is drawn in
 * @param {Palette} colours
 * @param {number} ratio of pixels to CSS pixels, for what is drawn anew
 * @param {string} [wanted] selects which of them
 * @returns {Layer[]} from the lowest
 */
export function layersOf(plot, colours, ratio, wanted = '*') {
  const box = plot.getBoundingClientRect();
  const around = (/** @type {Element} */ part) => {
    const { left, top, width, height } = part.getBoundingClientRect();
    return { left: left - box.left, top: top - box.top, width, height };
  };
  const depth = (/** @type {Element} */ part) => Number(getComputedStyle(part).zIndex) || 0;
  const parts = [...plot.children]
    .filter((part) => part.getClientRects().length > 0 && part.matches(wanted))
    .sort((one, other) => depth(one) - depth(other));
  return parts.flatMap((part) => {
    if (part.matches('.handle')) return [ringAt(around(part), colours, ratio)];
    if (part.matches('.first'))
      return [...part.querySelectorAll(':scope > svg')].map((svg) => ({
        node: /** @type {SVGSVGElement} */ (svg.cloneNode(true)),
        ...around(svg),
        sharp: false,
      }));
    if (part.matches('.over'))
      return [...part.querySelectorAll('canvas')]
        .filter(({ width }) => width > 1)
        .map((canvas) => ({ node: copyAsSeen(canvas), ...around(canvas), sharp: part.matches('.cells') }));
    if (!part.matches('.figure')) return [];
    const scene = part.querySelector('.gl-container canvas');
    if (scene) return [{ node: copyCanvas(copyScene(part)), ...around(scene), sharp: false }];
    return [...part.querySelectorAll('.main-svg')].map((svg) => ({
      node: copyDrawing(/** @type {SVGSVGElement} */ (svg)),
      ...around(svg),
      sharp: false,
    }));
  });
}

/**
 * As pixels, on the way through another canvas: Chromium prints what it has recorded of a canvas, and too small where its
 * pixels are not one, two or four to one of the page's; and whose pixels were read it draws slowly from then on.
 * @param {HTMLCanvasElement} canvas
 * @returns {HTMLCanvasElement} with the same pixels
 */
export function copyCanvas(canvas) {
  const { width, height } = canvas;
  const [read, copy] = [0, 1].map(() => Object.assign(document.createElement('canvas'), { width, height }));
  const pixels = read.getContext('2d', { willReadFrequently: true });
  pixels?.drawImage(canvas, 0, 0);
  if (pixels) copy.getContext('2d')?.putImageData(pixels.getImageData(0, 0, width, height), 0, 0);
  return copy;
}

/** @param {HTMLCanvasElement} canvas @returns {HTMLCanvasElement} a copy as it is seen: fainter where the style sheet makes it so */
function copyAsSeen(canvas) {
  const copy = copyCanvas(canvas);
  const opacity = [canvas, canvas.parentElement].reduce(
    (part, node) => part * (node ? Number(getComputedStyle(node).opacity) : 1),
    1,
  );
  copy.style.opacity = String(opacity);
  return copy;
}

/** What has a border around its letters there. */
const WRITTEN = '.xtick text, .ytick text, .annotation text';
let copies = 0;

/** @param {SVGSVGElement} drawing Plotly's @returns {SVGSVGElement} with its own size, and names that nothing else has */
function copyDrawing(drawing) {
  const copy = /** @type {SVGSVGElement} */ (drawing.cloneNode(true));
  const { width, height } = drawing.getBoundingClientRect();
  copy.setAttribute('viewBox', `0 0 ${width} ${height}`);
  const written = copy.querySelectorAll(WRITTEN);
  drawing.querySelectorAll(WRITTEN).forEach((part, index) => {
    const { paintOrder, stroke, strokeWidth } = getComputedStyle(part);
    Object.assign(/** @type {SVGElement} */ (written[index]).style, { paintOrder, stroke, strokeWidth });
  });
  for (const part of copy.querySelectorAll('.hoverlayer, .draglayer')) part.remove();
  copies += 1;
  for (const part of copy.querySelectorAll('[id]')) part.id = `copy${copies}-${part.id}`;
  for (const part of copy.querySelectorAll('[clip-path]'))
    part.setAttribute('clip-path', String(part.getAttribute('clip-path')).replace('#', `#copy${copies}-`));
  return copy;
}

/** @param {{left: number, top: number, width: number, height: number}} place of the handle @param {Palette} colours @param {number} ratio @returns {Layer} */
function ringAt({ left, top, width, height }, { walkers, casing, casingOuter }, ratio) {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.ceil(RING * ratio);
  const context = canvas.getContext('2d');
  const middle = RING / 2;
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  // As the style sheet has it: a shadow of 1.5 pixels around a border of 3.
  for (const [radius, colour] of /** @type {[number, string][]} */ ([
    [10.5, casingOuter],
    [9, walkers[0]],
    [6, casing],
  ])) {
    if (!context) break;
    context.beginPath();
    context.arc(middle, middle, radius, 0, 2 * Math.PI);
    context.fillStyle = colour;
    context.fill();
  }
  return {
    node: copyCanvas(canvas),
    left: left + width / 2 - middle,
    top: top + height / 2 - middle,
    width: RING,
    height: RING,
    sharp: false,
  };
}
