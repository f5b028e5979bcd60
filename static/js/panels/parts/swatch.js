// How a run is drawn, small: its colour, its dash and its sign.

import { dashText, signPath, styleOf } from '../../figures/walk_styles.js';

/**
 * @param {string} name
 * @param {Record<string, string>} attributes
 * @param {Element[]} [children]
 */
function draw(name, attributes, children = []) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** @param {number} style @returns {Element} how the walks of this style are drawn, small */
export function swatch(style) {
  const { colour, dash } = styleOf(style);
  const line = {
    d: 'M2 9H42',
    ...(dash.length > 0 ? { 'stroke-dasharray': dashText(dash).replaceAll('px', '') } : {}),
  };
  const sign = signPath(style, 5);
  return draw('svg', { class: `swatch c${colour}`, viewBox: '0 0 44 18', 'aria-hidden': 'true' }, [
    draw('path', { class: 'outer', d: 'M2 9H42' }),
    draw('path', { class: 'inner', d: 'M2 9H42' }),
    draw('path', { class: 'line', ...line }),
    draw('path', { class: 'head', d: sign, transform: 'translate(22 9)' }),
  ]);
}
