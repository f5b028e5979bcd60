// Which lessons were opened, and which last: remembered by the browser alone, and marked in the course.

import { recall, remember } from './memory.js';

/** @returns {{opened: string[], last: string}} */
function visits() {
  try {
    const { opened, last } = JSON.parse(recall('lessons') ?? '');
    return { opened: opened.map(String), last: String(last) };
  } catch {
    // Nothing is remembered yet, or nothing that makes sense.
    return { opened: [], last: '' };
  }
}

/** @param {string} slug of the lesson that is open */
export function visit(slug) {
  const { opened } = visits();
  remember('lessons', JSON.stringify({ opened: [...new Set([...opened, slug])], last: slug }));
}

const course = document.getElementById('course');
if (course) mark(course);

/** Marks what was opened, and leads on from where one was. @param {HTMLElement} list */
function mark(list) {
  const { opened, last } = visits();
  const links = /** @type {HTMLAnchorElement[]} */ ([...list.querySelectorAll('a.open')]);
  const seen = links.filter(({ id }) => opened.includes(id));
  for (const { parentElement } of seen) parentElement?.classList.add('seen');
  for (const { lastElementChild } of seen) lastElementChild?.append(readOnly(' Opened.'));
  for (const chapter of list.querySelectorAll('.chapter')) {
    const count = chapter.querySelectorAll('.seen').length;
    if (count > 0)
      chapter.querySelector('.long')?.append(` · ${count} of ${chapter.querySelectorAll('li').length} opened`);
  }
  const at = links.findIndex(({ id }) => id === last);
  const next = links[at + 1];
  if (at < 0) return;
  const line = /** @type {HTMLElement} */ (document.getElementById('go-on'));
  line.append('You were at ', linkTo(links[at]), ...(next ? [' · go on with ', linkTo(next)] : []));
  line.hidden = false;
}

/** @param {HTMLAnchorElement} link of a lesson */
function linkTo(link) {
  const name = link.querySelector('strong')?.textContent ?? '';
  return Object.assign(document.createElement('a'), { href: link.href, textContent: name.trim() });
}

/** @param {string} text for who hears the page; others see a sign */
function readOnly(text) {
  return Object.assign(document.createElement('span'), { className: 'hidden', textContent: text });
}
