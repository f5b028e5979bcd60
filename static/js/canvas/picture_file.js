// A picture as a file: what is on the screen with all that is written about it, drawn onto one canvas.

import { styleOf } from '../figures/walk_styles.js';

/** @typedef {(context: CanvasRenderingContext2D, x: number, y: number) => void} Sample draws what stands before some words, `SAMPLE.width` wide, around the height y */
/** @typedef {{text: string, sample?: Sample}} Entry */
/** @typedef {{entries: Entry[], colour: string}} Paragraph */
/** @typedef {{layers: Layer[], width: number, height: number, paragraphs: Paragraph[]}} Panel */

/** In CSS pixels. */
const MARGIN = 16;
const LINE = 19;
const BETWEEN = 5;
const FONT = '13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
export const SAMPLE = { width: 30, height: 14 };
/** Between two entries of a list. */
const APART = 14;
/** A narrow screen's picture is not written about in lines of three words. */
const LEAST_WIDTH = 480;

/** @typedef {{x: number, text: string, sample?: Sample}} Piece */

/**
 * Breaks paragraphs into lines that fit; a word longer than a line is broken where the line ends.
 * @param {CanvasRenderingContext2D} context
 * @param {Entry[]} entries
 * @param {number} width
 * @returns {Piece[][]}
 */
export function linesOf(context, entries, width) {
  /** @type {Piece[][]} */
  const lines = [[]];
  const space = context.measureText(' ').width;
  let x = 0;
  entries.forEach(({ text, sample }, index) => {
    // Only plain spaces are places to break at.
    text.split(' ').forEach((word, place) => {
      const before = place === 0 && sample ? SAMPLE.width + BETWEEN : 0;
      const gap = x === 0 ? 0 : place > 0 ? space : index > 0 ? APART : 0;
      if (x > 0 && x + gap + before + context.measureText(word).width > width) {
        lines.push([]);
        x = 0;
      } else x += gap;
      for (const part of partsOf(context, word, width - before)) {
        if (part !== word && x > 0 && x + context.measureText(part).width > width) {
          lines.push([]);
          x = 0;
        }
        lines[lines.length - 1].push({ x, text: part, ...(before ? { sample } : {}) });
        x += before + context.measureText(part).width;
      }
    });
  });
  return lines;
}

/** @param {CanvasRenderingContext2D} context @param {string} word @param {number} width @returns {string[]} */
function partsOf(context, word, width) {
  const parts = [];
  let rest = word;
  while (context.measureText(rest).width > width && rest.length > 1) {
    let count = rest.length - 1;
    while (count > 1 && context.measureText(rest.slice(0, count)).width > width) count -= 1;
    parts.push(rest.slice(0, count));
    rest = rest.slice(count);
  }
  return [...parts, rest];
}

/**
 * @param {Panel[]} panels side by side
 * @param {Paragraph[]} paragraphs under all of them
 * @param {Palette} colours
 * @param {number} ratio of the picture's pixels to those of the screen
 * @returns {Promise<HTMLCanvasElement>}
 */
export async function composePicture(panels, paragraphs, colours, ratio) {
  const canvas = document.createElement('canvas');
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  context.font = FONT;
  const inner = Math.max(
    LEAST_WIDTH,
    panels.reduce((sum, { width }) => sum + width + MARGIN, -MARGIN),
  );
  const broken = (/** @type {Paragraph[]} */ all, /** @type {number} */ width) =>
    all
      .filter(({ entries }) => entries.length > 0)
      .map(({ entries, colour }) => ({ lines: linesOf(context, entries, width), colour }));
  const tall = (/** @type {{lines: Piece[][]}[]} */ all) =>
    all.reduce((sum, { lines }) => sum + lines.length * LINE + BETWEEN, 0);
  const captions = panels.map((panel) => broken(panel.paragraphs, panels.length > 1 ? panel.width : inner));
  const below = broken(paragraphs, inner);
  const pictures = Math.max(...panels.map((panel, index) => panel.height + BETWEEN + tall(captions[index])));
  canvas.width = Math.round((inner + 2 * MARGIN) * ratio);
  canvas.height = Math.round((2 * MARGIN + pictures + BETWEEN + tall(below)) * ratio);
  context.scale(ratio, ratio);
  context.fillStyle = colours.ground;
  context.fillRect(0, 0, canvas.width, canvas.height);
  let left = MARGIN;
  for (const [index, panel] of panels.entries()) {
    context.save();
    context.beginPath();
    context.rect(left, MARGIN, panel.width, panel.height);
    context.clip();
    for (const layer of panel.layers) await drawLayer(context, layer, left, MARGIN, ratio);
    context.restore();
    write(context, captions[index], left, MARGIN + panel.height + BETWEEN);
    left += panel.width + MARGIN;
  }
  write(context, below, MARGIN, MARGIN + pictures + BETWEEN);
  return canvas;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Layer} layer
 * @param {number} x
 * @param {number} y
 * @param {number} ratio
 */
export async function drawLayer(context, { node, left, top, width, height, sharp }, x, y, ratio) {
  context.imageSmoothingEnabled = !sharp;
  context.globalAlpha = Number(node.style.opacity || 1);
  context.drawImage(
    node instanceof SVGSVGElement ? await imageOf(node, width * ratio, height * ratio) : node,
    x + left,
    y + top,
    width,
    height,
  );
  context.globalAlpha = 1;
}

/** @param {SVGSVGElement} drawing @param {number} width @param {number} height @returns {Promise<HTMLImageElement>} */
async function imageOf(drawing, width, height) {
  drawing.setAttribute('width', String(width));
  drawing.setAttribute('height', String(height));
  const address = URL.createObjectURL(
    new Blob([new XMLSerializer().serializeToString(drawing)], { type: 'image/svg+xml' }),
  );
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(address);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{lines: Piece[][], colour: string}[]} paragraphs
 * @param {number} left
 * @param {number} top
 */
function write(context, paragraphs, left, top) {
  context.font = FONT;
  context.textBaseline = 'middle';
  let y = top;
  for (const { lines, colour } of paragraphs) {
    for (const line of lines) {
      for (const { x, text, sample } of line) {
        context.save();
        sample?.(context, left + x, y + LINE / 2);
        context.restore();
        context.fillStyle = colour;
        context.fillText(text, left + x + (sample ? SAMPLE.width + BETWEEN : 0), y + LINE / 2);
      }
      y += LINE;
    }
    y += BETWEEN;
  }
}

/** @param {number} style @param {Palette} colours @returns {Sample} how the walks of this style are drawn */
export function styleSample(style, { walkers, casing, casingOuter }) {
  const { colour, dash, sign } = styleOf(style);
  return (context, x, y) => {
    const line = (/** @type {string} */ stroke, /** @type {number} */ width, /** @type {number[]} */ dashes) => {
      context.strokeStyle = stroke;
      context.lineWidth = width;
      context.setLineDash(dashes);
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(x + SAMPLE.width, y);
      context.stroke();
    };
    line(casingOuter, 5, []);
    line(casing, 3.8, []);
    line(walkers[colour], 2.2, dash);
    for (const [radius, fill] of /** @type {[number, string][]} */ ([
      [6, casing],
      [5, walkers[colour]],
    ])) {
      context.beginPath();
      if (sign.length === 0) context.arc(x + SAMPLE.width / 2, y, radius, 0, 2 * Math.PI);
      for (const [cx, cy] of sign) context.lineTo(x + SAMPLE.width / 2 + radius * cx, y + radius * cy);
      context.fillStyle = fill;
      context.fill();
    }
  };
}

/** @param {HTMLCanvasElement} canvas a swatch @returns {Sample} */
export function canvasSample(canvas) {
  return (context, x, y) => {
    context.imageSmoothingEnabled = false;
    context.drawImage(canvas, x, y - SAMPLE.height / 2, SAMPLE.width, SAMPLE.height);
  };
}

/** @param {string} sign @param {string} colour @returns {Sample} */
export function signSample(sign, colour) {
  return (context, x, y) => {
    context.fillStyle = colour;
    context.font = '16px system-ui, sans-serif';
    context.textBaseline = 'middle';
    context.fillText(sign, x + 6, y);
  };
}

/** Gives the picture to the reader as a file. @param {HTMLCanvasElement} canvas @param {string} name */
export async function saveCanvas(canvas, name) {
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error('The picture could not be made.');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = `${name}.png`;
  link.click();
  // The browser may still be reading it.
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
