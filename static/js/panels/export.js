// The menu of what can be taken away: numbers, and the maps as a picture.

import { composePicture, saveCanvas } from '../canvas/picture_file.js';
import { answerTo, fromRoot, refusal } from '../server/api.js';
import { linkedPart, unlinkedPoints } from '../state/linked.js';
import { fileName, formulaInWords, settingsInWords } from '../words/picture.js';
import { refusalInWords } from '../words/walk.js';
import { find } from './parts/elements.js';

/** A file has at least so many pixels for one of the screen. */
const FILE_RATIO = 2;
const NOT_SEEN = 'The map is not on the screen: “Side by side” brings it back.';

/** @param {HTMLElement} element @param {Session} session @returns {Panel} */
export function mountExport(element, session) {
  const menu = /** @type {HTMLDetailsElement} */ (element);
  const [json, map, trouble] = ['#export-json', '#export-map', '#export-trouble'].map((selector) =>
    find(menu, selector),
  );
  /** Says what could not be made where it was asked for. @param {string} text */
  const tell = (text) => {
    trouble.textContent = text;
    // The click that asked for it closes the menu.
    window.setTimeout(() => (menu.open = true));
  };
  find(menu, '#export-csv').addEventListener('click', () => session.walks && saveTable(session.walks));
  find(menu, '#export-png').addEventListener('click', () => {
    trouble.textContent = '';
    void savePicture(session, tell).catch(() => tell('The browser could not make the picture.'));
  });
  for (const link of [json, map])
    link.addEventListener('click', (event) => {
      const [path] = /** @type {HTMLAnchorElement} */ (link).href.split('?');
      if (unlinkedPoints(session.query) === 0) return;
      // What no address holds is asked for in a body, and saved.
      event.preventDefault();
      trouble.textContent = '';
      void saveAnswer(path, session).catch((error) => tell(refusalInWords(error)));
    });
  closeElsewhere(menu);
  return {
    walks() {
      const { cells } = session;
      const query = linkedPart(session.query);
      json.setAttribute('href', fromRoot(`/api/descent${query && `?${query}`}`));
      map.hidden = !cells.kind;
      map.setAttribute('href', fromRoot(`/api/maps/${cells.kind}?${query}`));
    },
  };
}

/** @param {HTMLDetailsElement} menu */
function closeElsewhere(menu) {
  document.addEventListener('click', ({ target }) => {
    const inside = menu.contains(/** @type {Node} */ (target));
    if (!inside || /** @type {Element} */ (target).closest('.list')) menu.open = false;
  });
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    menu.open = false;
    menu.querySelector('summary')?.focus();
  });
}

/** @param {Walks} walks */
function saveTable(walks) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([walks.toCsv()], { type: 'text/csv' }));
  link.download = 'downhill.csv';
  link.click();
  URL.revokeObjectURL(link.href);
}

/** @param {string} path of the API's, below this server's root @param {Session} session */
async function saveAnswer(path, { query, walks }) {
  const response = await answerTo(`${new URL(path, location.href).pathname.slice(fromRoot('').length)}?${query}`);
  if (!response.ok) throw await refusal(response);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = `${walks ? fileName(walks) : 'downhill'}.json${path.includes('/maps/') ? 'l' : ''}`;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** The maps that are on the screen as a file, with all that is written about them. @param {Session} session @param {(text: string) => void} tell */
async function savePicture(session, tell) {
  const { walks, landscape, catalog, colours, player } = session;
  if (!walks?.request || !landscape || !session.map_drawn) return;
  const ratio = Math.max(FILE_RATIO, devicePixelRatio || 1);
  const copies = session.copy({ ratio, position: player.position, paper: false });
  const panels = copies.filter(({ seen }) => seen);
  if (!panels.some(({ of }) => of === 'map')) return tell(NOT_SEEN);
  // An address without the points would lead to another picture.
  const address = unlinkedPoints(session.query) > 0 ? [] : [location.href];
  const words = [formulaInWords(landscape), ...settingsInWords(walks, catalog), ...address];
  const below = words.map((text) => ({ entries: [{ text }], colour: colours.soft }));
  const paragraphs = [...session.collect('paragraphs').flat(), ...below];
  await saveCanvas(await composePicture(panels, paragraphs, colours, ratio), fileName(walks));
}
