// What is printed: the light picture with the whole path, whatever theme and step are shown. What is printed must stand when
// the browser asks for it: nothing here waits.

import { entriesOf, landscapeNamed } from '../state/meaning.js';
import { formulaOf, settingsInWords } from '../words/picture.js';
import { linesOf, toldOf } from '../words/walk.js';
import { make } from './parts/elements.js';
import { layPaper, lessonWords, paragraph } from './parts/paper_sheet.js';

/** Paper shows as many pixels as a file. */
const PAPER_RATIO = 3;

/** @param {HTMLElement} page @param {Session} session @returns {Panel} */
export function mountPaper(page, session) {
  const code = /** @type {HTMLImageElement | null} */ (page.querySelector('#lesson-code'));
  /** Brings the screen back when all is printed. */
  let takeAway = () => {};
  window.addEventListener('beforeprint', () => {
    takeAway();
    if (!session.walks?.request || !session.landscape) return;
    const bringBack = layOnPaper(page, session);
    takeAway = () => {
      takeAway = () => {};
      bringBack();
    };
  });
  window.addEventListener('afterprint', () => takeAway());
  return {
    settled() {
      // It has to be here before the browser asks for what is printed.
      const address = codeOf(session.address.href);
      if (code && code.src !== address) code.src = address;
    },
  };
}

/** @param {string} href of a page @returns {string} where the QR code of its address is drawn */
function codeOf(href) {
  const url = new URL(href);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/qr.svg`;
  return url.href;
}

/** @param {HTMLElement} page @param {Session} session @returns {() => void} */
function layOnPaper(page, session) {
  const request = /** @type {Wanted} */ (session.walks?.request);
  const { ground } = session.colours;
  session.colours = session.palette(false);
  // What is one beside the other is printed so.
  const fold = session.collect('unfold');
  const redrawn = session.map_drawn && (ground !== session.colours.ground || fold.length > 0);
  if (redrawn) session.tell('drawNow', request);
  session.tell('printing');
  const copies = session.copy({ ratio: PAPER_RATIO, position: session.player.last, paper: true });
  const takeAway = layPaper({
    head: headOf(page, session),
    drawings: copies.filter(({ of }) => of !== 'curves'),
    captions: captionsOf(session),
    curves: copies.find(({ of }) => of === 'curves') ?? null,
    foot: footOf(session),
    code: codeImage(page),
  });
  for (const back of fold) back();
  return () => {
    takeAway();
    session.colours = session.palette();
    // What was measured while the page was laid out for paper is measured once more on the screen.
    requestAnimationFrame(() => requestAnimationFrame(() => void session.tellInTurn('resized')));
    if (!redrawn) return;
    session.redraw();
    session.tell('theme');
  };
}

/** @param {HTMLElement} page @param {Session} session @returns {HTMLElement[]} */
function headOf(page, { walks, landscape, catalog }) {
  const words = lessonWords(page);
  if (words.length > 0 || !walks || !landscape) return words;
  const optimizers = new Set(walks.runs.map(({ request }) => entriesOf(request, catalog).optimizer?.title));
  const title = `${landscape.title}: ${[...optimizers].join(', ')}`;
  return [
    paragraph('Downhill', 'small'),
    make('h1', { textContent: title }),
    make('div', { textContent: landscape.teaches }),
  ];
}

/** The QR code of the link, where there is one and it is here. @param {HTMLElement} page @returns {HTMLImageElement | null} */
function codeImage(page) {
  const code = /** @type {HTMLImageElement | null} */ (page.querySelector('#lesson-code'));
  if (!code?.complete || code.naturalWidth === 0) return null;
  return make('img', { className: 'code', src: code.src, alt: code.alt });
}

/** What the signs and colours mean. @param {Session} session @returns {HTMLElement[]} */
function captionsOf(session) {
  const captions = session.collect('captions');
  const { runs = [], keys = [], signs, scale, shades } = Object.assign({}, ...captions);
  const list = (/** @type {HTMLElement[]} */ rows) =>
    rows.length > 0 ? [make('ul', { className: 'keys' }, rows)] : [];
  const rest = [signs, scale, shades].filter(Boolean).join(' ');
  return [...list(runs), ...list(keys), paragraph(rest, 'small')];
}

/** How it ended, how it was made, and where it is. @param {Session} session @returns {HTMLElement[]} */
function footOf({ walks, walker, walk, landscape, catalog }) {
  if (!walks || !landscape) return [];
  const who = walks.who(walker);
  const formula = make('p', { textContent: `f(${landscape.axes.join(', ')}) = ` });
  const typeset = landscapeNamed(landscape.slug, catalog)?.mathml;
  // It comes typeset from the server's own tables, never from an address.
  if (typeset) formula.insertAdjacentHTML('beforeend', typeset);
  else formula.append(formulaOf(landscape));
  return [
    ...(walk?.summary ? linesOf(walk.summary) : ['']).map((line, index) =>
      paragraph(index === 0 ? toldOf(who, line) : line, index === 0 ? '' : 'small'),
    ),
    formula,
    ...settingsInWords(walks, catalog).map((text) => paragraph(text, 'small')),
    make('p', { className: 'small' }, [make('a', { href: location.href, textContent: location.href })]),
  ];
}
