// The samples of a map's legend: a swatch of each ending, and the scale of evaluations.

import { hatched } from './cell_paint.js';
import { scaleColour } from './shades.js';
import { scaleTicks } from '../figures/rates_map.js';

/** In CSS pixels. */
const SWATCH = { width: 26, height: 16 };

/**
 * A sample of an ending: of a minimum all its shades, of what has no place its hatching.
 * @param {HTMLCanvasElement} canvas
 * @param {import('./cell_paint.js').Paint} paint
 * @param {{entry: number, near: boolean}} told an entry of -1 for many minima; what is on its way there has hatching too
 * @param {MapCells} cells
 */
export function drawSwatch(canvas, paint, { entry, near }, cells) {
  const ratio = devicePixelRatio || 1;
  [canvas.width, canvas.height] = [Math.round(SWATCH.width * ratio), Math.round(SWATCH.height * ratio)];
  canvas.setAttribute('aria-hidden', 'true');
  const context = canvas.getContext('2d');
  if (!context) return;
  const picture = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(picture.data.buffer);
  const several = 5;
  const minima = cells.legend.map((_, index) => index).filter((index) => cells.scaled(index));
  for (let y = 0; y < canvas.height; y += 1) {
    for (let x = 0; x < canvas.width; x += 1) {
      const part = x / canvas.width;
      const of =
        entry >= 0
          ? entry
          : minima[Math.floor(part * Math.min(several, minima.length)) + Math.max(0, minima.length - several)];
      const level = entry >= 0 ? part : 0.5;
      const at = near ? paint.near + of : paint.first[of] + Math.round(level * (paint.levels[of] - 1));
      pixels[y * canvas.width + x] = hatched(paint.patterns[at], x, y, ratio) ? paint.hatches[at] : paint.colours[at];
    }
  }
  context.putImageData(picture, 0, 0);
}

/**
 * The scale of evaluations, or of losses, with its numbers.
 * @param {[number, number]} range
 * @param {boolean} losses
 * @param {Palette} colours
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLElement} ticks
 */
export function drawScale(range, losses, { evaluations }, canvas, ticks) {
  const context = canvas.getContext('2d');
  if (!context) return;
  canvas.width = 256;
  canvas.height = 1;
  for (let x = 0; x < canvas.width; x += 1) {
    context.fillStyle = `rgb(${scaleColour(x / (canvas.width - 1), evaluations).join(',')})`;
    context.fillRect(x, 0, 1, 1);
  }
  ticks.replaceChildren(
    ...scaleTicks(range, losses).map(({ part, text }) => {
      const tick = Object.assign(document.createElement('span'), { textContent: text });
      tick.style.left = `${100 * part}%`;
      return tick;
    }),
  );
}
