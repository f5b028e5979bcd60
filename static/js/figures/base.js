// What all figures share. Pure.

import { ticks, titled } from './ticks.js';

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

/** What is climbed is no loss. @param {{goal: string} | null} request */
export function heightName(request) {
  return request?.goal === 'maximize' ? 'value' : 'loss';
}

/** @param {Palette} colours */
export function base(colours) {
  return {
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: { family: FONT, size: colours.size, color: colours.soft },
    showlegend: false,
    hoverlabel: { bgcolor: colours.raised, bordercolor: colours.line, font: { family: FONT, color: colours.ink } },
  };
}

/** The picture that came with the page has the same margins, in the style sheet, so that nothing jumps. @param {Palette} colours */
export function margins(colours) {
  return { l: (46 / 12) * colours.size, r: 12, t: 10, b: (40 / 12) * colours.size };
}

/**
 * The margins of a curve that has a figure to itself: its name is above it.
 * @param {Palette} colours
 * @param {boolean} bare whether nothing below it says what it goes by
 */
export function curveMargins(colours, bare) {
  return { l: (52 / 12) * colours.size, r: 16, t: 22, b: bare ? 20 : 36 };
}

/**
 * An axis's title, and its ticks where Plotly's own would have more digits than there is room for.
 * @param {string} name
 * @param {number} low
 * @param {number} high
 */
export function marked(name, low, high) {
  const found = ticks(low, high, false, 7);
  const counted = found.from ? { tickvals: found.values, ticktext: found.texts } : {};
  return { ...counted, title: { text: titled(name, found), standoff: 2 } };
}

/**
 * The same of an axis whose name stands in the picture.
 * @param {string} name
 * @param {number} low
 * @param {number} high
 * @returns {{axis: Record<string, any>, name: string}}
 */
export function inside(name, low, high) {
  const { title, ...axis } = marked(name, low, high);
  return { axis, name: title.text };
}

/** A name that anyone may have written into an address, without the marks that Plotly would follow. @param {string} name */
export function plain(name) {
  return name.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
