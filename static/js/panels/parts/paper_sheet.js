// The sheet of paper: one page of A4 with the lesson's words, the pictures and how they were made, always on white. What is
// printed must stand when the browser asks for it: nothing here waits.

import { copyCanvas } from '../../canvas/plot_layers.js';
import { make } from './elements.js';

/** @typedef {{layers: Layer[], width: number, height: number}} Drawing in CSS pixels of the page */
/**
 * @typedef {{
 *   head: HTMLElement[],
 *   drawings: Drawing[],
 *   captions: HTMLElement[],
 *   curves: Drawing | null,
 *   foot: HTMLElement[],
 *   code: HTMLImageElement | null,
 * }} Sheet
 */

const MILLIMETRE = 96 / 25.4;
/** Of A4 what is left by margins of 15 mm at the sides and of 20 mm above and below. */
const PAGE = { width: 180 * MILLIMETRE, height: 257 * MILLIMETRE };
const BETWEEN = 5 * MILLIMETRE;
/** Alone a picture need not fill the page, and curves that stand one below the other even less. */
const TALLEST = { drawings: 115 * MILLIMETRE, curves: 60 * MILLIMETRE };
/** Drawings become smaller than this only with all the rest. */
const LEAST = 0.55;

/** @param {Sheet} sheet @returns {() => void} takes the paper away again */
export function layPaper({ head, drawings, captions, curves, foot, code }) {
  const side_by_side = make('div', { className: 'drawings' });
  const under = make('div', { className: 'drawings' });
  const sheet = make('div', { className: 'sheet' }, [
    ...head,
    side_by_side,
    ...captions,
    under,
    make('div', { className: 'foot' }, [make('div', {}, foot), ...(code ? [code] : [])]),
  ]);
  const paper = make('div', { className: 'paper' }, [sheet]);
  document.body.append(paper);
  document.documentElement.classList.add('on-paper');
  const room = PAGE.height - sheet.offsetHeight;
  const wide = drawings.reduce((sum, { width, height }) => sum + width / height, 0);
  const tall = wide > 0 ? Math.min(TALLEST.drawings, (PAGE.width - BETWEEN * (drawings.length - 1)) / wide) : 0;
  const low = curves ? Math.min(TALLEST.curves, (PAGE.width * curves.height) / curves.width) : 0;
  const part = Math.min(1, Math.max(LEAST, room / (tall + low)));
  side_by_side.append(...drawings.map((drawing) => drawn(drawing, tall * part)));
  if (curves) under.append(drawn(curves, low * part));
  // Very many words make everything smaller: nothing is cut, and it stays one page.
  const fitting = Math.min(1, PAGE.height / sheet.offsetHeight);
  if (fitting < 1) sheet.style.transform = `scale(${fitting})`;
  return () => {
    paper.remove();
    document.documentElement.classList.remove('on-paper');
  };
}

/** @param {Drawing} drawing @param {number} height on the paper */
function drawn({ layers, width, height: of }, height) {
  const holder = make('div', { className: 'drawing' });
  Object.assign(holder.style, { width: `${(height * width) / of}px`, height: `${height}px` });
  for (const { node, left, top, width: across, height: down, sharp } of layers) {
    Object.assign(node.style, {
      left: `${(100 * left) / width}%`,
      top: `${(100 * top) / of}%`,
      width: `${(100 * across) / width}%`,
      height: `${(100 * down) / of}%`,
    });
    node.classList.toggle('cells', sharp);
    holder.append(node);
  }
  return holder;
}

/** @param {string} text @param {string} [className] */
export const paragraph = (text, className = '') => make('p', { textContent: text, className });

/**
 * A copy of words with their formulas and, as pictures are not copied with them, their canvases.
 * @param {HTMLElement} node
 * @param {string} [className]
 */
export function copyOf(node, className = '') {
  const copy = make(
    'div',
    { className },
    [...node.childNodes].map((child) => child.cloneNode(true)),
  );
  for (const named of copy.querySelectorAll('[id]')) named.removeAttribute('id');
  const canvases = node.querySelectorAll('canvas');
  copy.querySelectorAll('canvas').forEach((canvas, index) => canvas.replaceWith(copyCanvas(canvases[index])));
  return copy;
}

/** The lesson's words, if there is one; the answer where the reader has opened it. @param {HTMLElement} page @returns {HTMLElement[]} */
export function lessonWords(page) {
  const lesson = page.querySelector('#lesson');
  if (!lesson) return [];
  const part = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (lesson.querySelector(selector));
  const question = /** @type {HTMLDetailsElement} */ (part('.question'));
  return [
    paragraph(`Downhill · ${(part('.chapter').lastChild?.textContent ?? '').replace(/^[\s·]+/, '').trim()}`, 'small'),
    make('h1', { textContent: part('h2').textContent }),
    copyOf(part('.teaching')),
    copyOf(part('.tasks > p')),
    make('div', {}, [
      make('strong', {}, [copyOf(part('.question summary'))]),
      ...(question.open ? [copyOf(part('.question p'))] : []),
    ]),
  ];
}
