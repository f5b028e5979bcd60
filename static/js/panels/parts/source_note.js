// Where a landscape's formula, an optimizer's rule or a schedule was published, behind an (i).

import { make } from './elements.js';

/** @param {Source} source @returns {string} text and year, the year once */
export function sourceText({ text, year }) {
  return year === null || text.includes(String(year)) ? text : `${text}, ${year}`;
}

/**
 * @param {string} key whose source it is
 * @param {string} title
 * @param {Source} source
 */
export function sourceNote(key, title, source) {
  const text = sourceText(source);
  const cite = make('cite', {}, [
    source.url ? make('a', { href: source.url, rel: 'noreferrer', textContent: text }) : text,
  ]);
  const sign = make('i', { textContent: 'i' });
  sign.setAttribute('aria-hidden', 'true');
  const summary = make('summary', { id: `source-${key}` }, [
    sign,
    'Source',
    make('span', { className: 'hidden', textContent: ` of ${title}` }),
  ]);
  return make('details', { className: 'source' }, [summary, make('p', {}, [cite, '.'])]);
}
