// What is written about a picture on the page, as paragraphs for a picture that leaves the page.

import { byId } from './page.js';
import { canvasSample, lookSample, signSample } from './picture_file.js';

/** @typedef {import('./picture_file.js').Paragraph} Paragraph */
/** @typedef {import('./picture_file.js').Entry} Entry */
/** @typedef {import('./walks.js').Walks} Walks */

/** @param {Element} node */
const isSeen = (node) => node.getClientRects().length > 0;
/** @param {Element} node @returns {string} its words, without the page's own line breaks */
const wordsOf = (node) => (node.textContent ?? '').replace(/[ \n\t]+/g, ' ').trim();
/** @param {string[]} ids @returns {Entry[]} of those that are there and say something */
const told = (ids) => ids.map((id) => byId(id)).filter((node) => isSeen(node) && wordsOf(node)).map((node) => ({ text: wordsOf(node) }));

/** The marks of the map, and the arrows and lines that are switched on. @param {Palette} colours @returns {Paragraph[]} */
export function mapCaptions(colours) {
  const arrows = /** @type {HTMLLabelElement[]} */ ([...document.querySelectorAll('#arrows label:has(:checked)')].filter(isSeen));
  const theory = document.querySelector('.theory-switch:has(:checked)');
  const keys = [
    ...arrows.map((label) => ({ text: wordsOf(label), sample: signSample('➞', arrowColour(label, colours)) })),
    ...(theory ? [{ text: wordsOf(theory), sample: signSample('┅', colours.theory) }] : []),
  ];
  return [
    { entries: told(['map-caption', 'wrong-caption']), colour: colours.soft },
    { entries: keys, colour: colours.soft },
  ];
}

/** @param {HTMLLabelElement} label @param {Palette} colours */
function arrowColour(label, { arrows, ink }) {
  const { value } = /** @type {HTMLInputElement} */ (label.querySelector('input'));
  return /** @type {Record<string, string>} */ (arrows)[value] ?? ink;
}

/** The scale and the signs of the map of learning rates. @param {Palette} colours @param {string} own the colour of the run that is mapped @returns {Paragraph[]} */
export function ratesCaptions(colours, own) {
  const ends = [...document.querySelectorAll('#rates-ticks span')].map(wordsOf);
  const bar = /** @type {HTMLCanvasElement} */ (byId('rates-bar'));
  const scale = isSeen(bar) ? [{ text: `${ends.join(' … ')} evaluations to converge, logarithmic`, sample: canvasSample(bar) }] : [];
  const signs = /** @type {[string, string, string][]} */ ([['rates-here', '○', own], ['rates-best', '★', colours.ink], ['rates-limit', '╌', colours.ink]]);
  const shown = signs.filter(([id]) => isSeen(byId(id)));
  return [
    { entries: scale, colour: colours.soft },
    { entries: shown.map(([id, sign, colour]) => ({ text: wordsOf(byId(id)).replace(sign, '').trim(), sample: signSample(sign, colour) })), colour: colours.soft },
  ];
}

/** @param {Element} row of the legend of a map */
const share = (row) => /** @type {Element} */ (row.querySelector('span'));

/** The runs, what the colours of a map mean, and what happened. @param {Walks} walks @param {Palette} colours @returns {Paragraph[]} */
export function belowPictures(walks, colours) {
  const runs = walks.several ? walks.runs.filter(({ request }) => request.hidden !== 1).map(({ run, label }) => ({ text: label, sample: lookSample(run, colours) })) : [];
  const endings = [...document.querySelectorAll('#map-legend li')].filter(isSeen).map((row) => ({ text: `${wordsOf(row).slice(0, -wordsOf(share(row)).length).trim()}, ${wordsOf(share(row))}`, sample: canvasSample(/** @type {HTMLCanvasElement} */ (row.querySelector('canvas'))) }));
  return [
    { entries: runs, colour: colours.ink },
    { entries: endings, colour: colours.ink },
    { entries: told(['map-shades']), colour: colours.soft },
    { entries: told(['map-words']), colour: colours.ink },
    ...['moving', 'shares', 'message', 'curvature'].map((id) => ({ entries: told([id]), colour: id === 'message' ? colours.ink : colours.soft })),
  ];
}
