// The view that follows who leaves the map: the map itself shrinks to a rectangle and to a dot, and around it lie frames, each
// ten times as wide as the one within. Drawn over the map, whose axes stay as they are.

import { drawLayer } from './picture_file.js';
import { layersOf } from './plot_layers.js';

/** Frames are drawn from so many pixels, and named from so many. */
const LEAST = 8;
const NAMED = 46;
/** The whole map is a dot of this radius when it is smaller. */
const DOT = 4;

/**
 * The map as it is seen, without walks.
 * @param {HTMLElement} map the box that it is drawn in
 * @param {Palette} colours
 * @param {number} ratio of pixels to CSS pixels
 * @returns {Promise<HTMLCanvasElement>}
 */
export async function pictureOf(map, colours, ratio) {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(map.clientWidth * ratio));
  canvas.height = Math.max(1, Math.round(map.clientHeight * ratio));
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  pen.scale(ratio, ratio);
  for (const layer of layersOf(map, colours, ratio, '.figure, .first, .cells'))
    await drawLayer(pen, layer, 0, 0, ratio);
  return canvas;
}

/**
 * A frame whose picture is so many times as wide, around the same middle, and fills the whole box.
 * @param {Frame} frame the map's
 * @param {{width: number, height: number}} size of the box
 * @param {number} times
 * @returns {Frame}
 */
export function widened({ box, project }, { width, height }, times) {
  const [middle_x, middle_y] = [box.left + box.width / 2, box.top + box.height / 2];
  const far = { x: 0, y: 0, hidden: false };
  return {
    box: { left: 0, top: 0, width, height },
    project(x, y, loss) {
      const spot = project(x, y, loss);
      far.x = middle_x + (box.left + spot.x - middle_x) / times;
      far.y = middle_y + (box.top + spot.y - middle_y) / times;
      return far;
    },
  };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{width: number, height: number}} size
 * @param {Frame} frame the map's
 * @param {number} times as wide as the map
 * @param {HTMLCanvasElement | null} picture of the map, where it is here
 * @param {Palette} colours
 * @param {(power: number) => string} name of a frame so many times as wide as the map
 */
export function drawFar(canvas, { width, height }, { box }, times, picture, colours, name) {
  const ratio = devicePixelRatio || 1;
  const size = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
  if (canvas.width !== size.width || canvas.height !== size.height) Object.assign(canvas, size);
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  const [middle_x, middle_y] = [box.left + box.width / 2, box.top + box.height / 2];
  /** @param {number} wide how many times as wide as the map */
  const around = (wide) => {
    const part = wide / times;
    const [w, h] = [box.width * part, box.height * part];
    return { x: middle_x - w / 2, y: middle_y - h / 2, w, h };
  };
  const inner = around(1);
  if (inner.w >= DOT) {
    if (picture) {
      const [w, h] = [width / times, height / times];
      pen.drawImage(picture, middle_x - middle_x / times, middle_y - middle_y / times, w, h);
    } else {
      pen.fillStyle = colours.heights[Math.floor(colours.heights.length / 2)];
      pen.fillRect(inner.x, inner.y, inner.w, inner.h);
    }
  }
  pen.font = `${colours.size}px system-ui, sans-serif`;
  pen.textBaseline = 'top';
  for (let power = 0; power < 310; power += 1) {
    const { x, y, w, h } = around(10 ** power);
    if (x < -width && y < -height) break;
    if (w < LEAST) continue;
    pen.strokeStyle = power === 0 ? colours.accent : colours.soft;
    pen.globalAlpha = power === 0 ? 1 : Math.min(1, (w - LEAST) / NAMED);
    pen.lineWidth = power === 0 ? 2 : 1;
    pen.strokeRect(x, y, w, h);
    if (w < NAMED || power === 0) continue;
    pen.fillStyle = colours.soft;
    pen.fillText(name(10 ** power), x + 5, y + 4);
  }
  pen.globalAlpha = 1;
}

/**
 * The whole map where it is smaller than a dot, over the path that leads away from it.
 * @param {CanvasRenderingContext2D} pen
 * @param {Frame} frame the map's
 * @param {number} times as wide as the map
 * @param {Palette} colours
 * @param {string} name what it is: there are other dots, of walkers
 */
export function drawDot(pen, { box }, times, colours, name) {
  if (box.width > 2 * DOT * times) return;
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  for (const [radius, width, colour] of /** @type {[number, number, string][]} */ ([
    [3 * DOT, 4, colours.casing],
    [3 * DOT, 2, colours.accent],
  ])) {
    pen.lineWidth = width;
    pen.strokeStyle = colour;
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.stroke();
  }
  for (const [radius, colour] of /** @type {[number, string][]} */ ([
    [DOT + 1.5, colours.casing],
    [DOT, colours.accent],
  ])) {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.fill();
  }
  pen.font = `600 ${colours.size}px system-ui, sans-serif`;
  pen.textBaseline = 'middle';
  pen.lineWidth = 4;
  pen.lineJoin = 'round';
  pen.strokeStyle = colours.casing;
  pen.strokeText(name, x + 4 * DOT, y);
  pen.fillStyle = colours.accent;
  pen.fillText(name, x + 4 * DOT, y);
}
