// The menu of what can be taken away: the files that the server makes of a walk, and what the browser makes of what it shows.

import { composePicture, saveCanvas } from '../canvas/picture_file.js';
import { isDark } from '../input/theme.js';
import { answerTo, fromRoot, refusal, stream } from '../server/api.js';
import { linkedPart, unlinkedPoints } from '../state/linked.js';
import { nameIn, withOptions } from '../state/exports.js';
import { fileName, formulaInWords, settingsInWords } from '../words/picture.js';
import { refusalInWords } from '../words/walk.js';
import { find, setText } from './parts/elements.js';

/** A file has at least so many pixels for one of the screen. */
const FILE_RATIO = 2;
/** A file that is saved is kept for so many milliseconds. */
const SAVED = 10_000;
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
  const surface = find(menu, '#export-surface');
  surface.addEventListener('click', () => {
    trouble.textContent = '';
    void saveSurface(session).catch(() => tell('The browser could not make the picture.'));
  });
  const takes = mountTakes(menu, session, trouble);
  menu.addEventListener('toggle', () => {
    if (!menu.open) return;
    takes.address();
    surface.hidden = !session.scene_drawn || session.walks?.flat === true;
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
      takes.address();
    },
    addressed: takes.address,
    theme: takes.address,
  };
}

/** @param {HTMLDetailsElement} menu */
function closeElsewhere(menu) {
  document.addEventListener('click', ({ target }) => {
    const inside = menu.contains(/** @type {Node} */ (target));
    // A file that the server makes takes a while, and is chosen with its options.
    if (!inside || /** @type {Element} */ (target).closest('.list button, #export-json, #export-map'))
      menu.open = false;
  });
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    menu.open = false;
    menu.querySelector('summary')?.focus();
  });
}

/**
 * The files that the server makes: links to them with what is shown, which are fetched, so that what is refused is said beside
 * them, and what takes a while can be given up.
 * @param {HTMLElement} menu
 * @param {Session} session
 * @param {HTMLElement} trouble
 */
function mountTakes(menu, session, trouble) {
  const rows = /** @type {HTMLAnchorElement[]} */ ([...menu.querySelectorAll('.take')]);
  const fields = /** @type {(HTMLInputElement | HTMLSelectElement)[]} */ ([...menu.querySelectorAll('[data-option]')]);
  const said = find(menu, '#export-said');
  /** What is chosen for a file otherwise than it is usual. @param {HTMLElement} row @returns {string[][]} */
  const chosen = (row) => {
    const keys = row.dataset.options?.split(' ') ?? [];
    const pairs = fields
      .filter(({ dataset, value }) => keys.includes(dataset.option ?? '') && value.trim() && value !== dataset.usual)
      .map(({ dataset, value }) => [dataset.option ?? '', value.trim()]);
    return keys.includes('theme') && isDark() ? [...pairs, ['theme', 'dark']] : pairs;
  };
  const addressOf = (/** @type {HTMLElement} */ row, /** @type {boolean} */ all) =>
    withOptions(session.addressAt(`/api/export/${row.dataset.file}`, {}, all), chosen(row));
  const address = () => {
    if (!session.walks) return;
    for (const row of rows) {
      row.setAttribute('href', addressOf(row, false));
      row.hidden = row.dataset.ofData !== undefined && !session.landscape?.points;
    }
  };
  for (const field of fields) field.addEventListener('change', address);
  for (const row of rows) {
    const name = find(row, 'span');
    const title = name.textContent ?? '';
    /** @type {AbortController | null} */
    let making = null;
    row.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      trouble.textContent = '';
      // The same click again gives it up.
      if (making) return making.abort();
      making = new AbortController();
      setText(name, `${title}: being made … cancel`);
      row.setAttribute('aria-busy', 'true');
      setText(said, `${title} is being made.`);
      const tells = row.dataset.options?.split(' ').includes('progress');
      const address = addressOf(row, true).slice(fromRoot('').length);
      const taken = tells
        ? takeFilm(withOptions(address, [['progress', '1']]), making.signal, (made) =>
            setText(name, `${title}: ${Math.floor(100 * made)} % made … cancel`),
          )
        : take(address, making.signal);
      void taken
        .then(() => setText(said, `${title} is saved.`))
        .catch((error) => {
          setText(said, '');
          if (making?.signal.aborted) return;
          row.closest('.taken')?.append(trouble);
          trouble.textContent = refusalInWords(error);
          /** @type {HTMLDetailsElement} */ (menu).open = true;
        })
        .finally(() => {
          making = null;
          setText(name, title);
          row.removeAttribute('aria-busy');
        });
    });
  }
  return { address };
}

/** @param {string} address of the API's, below this server's root @param {AbortSignal} signal */
async function take(address, signal) {
  const response = await answerTo(address, signal);
  if (!response.ok) throw await refusal(response);
  save(await response.blob(), nameIn(response.headers.get('Content-Disposition')) ?? 'downhill');
}

/**
 * What takes seconds is told of while it is made.
 * @param {string} address of the API's, below this server's root
 * @param {AbortSignal} signal
 * @param {(made: number) => void} tell which part of it is made
 */
async function takeFilm(address, signal, tell) {
  /** @type {{name: string, media_type: string, content: string} | null} */
  let file = null;
  await stream(
    address,
    (records) => {
      for (const record of records) {
        if (record.kind === 'progress') tell(record.progress);
        if (record.kind === 'file') file = record;
      }
    },
    signal,
  );
  const { name, media_type: type, content } = /** @type {NonNullable<typeof file>} */ (/** @type {unknown} */ (file));
  save(new Blob([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], { type }), name);
}

/** @param {Blob} content @param {string} name of the file */
function save(content, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // Some browsers read it a moment later.
  window.setTimeout(() => URL.revokeObjectURL(link.href), SAVED);
}

/** @param {Walks} walks */
function saveTable(walks) {
  save(new Blob([walks.toCsv()], { type: 'text/csv' }), 'downhill.csv');
}

/** @param {string} path of the API's, below this server's root @param {Session} session */
async function saveAnswer(path, { query, walks }) {
  const response = await answerTo(`${new URL(path, location.href).pathname.slice(fromRoot('').length)}?${query}`);
  if (!response.ok) throw await refusal(response);
  const name = `${walks ? fileName(walks) : 'downhill'}.json${path.includes('/maps/') ? 'l' : ''}`;
  save(await response.blob(), name);
}

/** The maps that are on the screen as a file, with all that is written about them. @param {Session} session @param {(text: string) => void} tell */
async function savePicture(session, tell) {
  const { walks, landscape, player } = session;
  if (!walks?.request || !landscape || !session.map_drawn) return;
  const ratio = Math.max(FILE_RATIO, devicePixelRatio || 1);
  const copies = session.copy({ ratio, position: player.position, paper: false });
  const panels = copies.filter(({ seen }) => seen);
  if (!panels.some(({ of }) => of === 'map')) return tell(NOT_SEEN);
  await saveCopies(session, panels, ratio, fileName(walks));
}

/** The surface, as it is turned now, as a file. @param {Session} session */
async function saveSurface(session) {
  const { walks, player } = session;
  if (!walks?.request) return;
  const ratio = Math.max(FILE_RATIO, devicePixelRatio || 1);
  const copies = session.copy({ ratio, position: player.position, paper: true });
  const panels = copies.filter(({ of }) => of === 'surface');
  await saveCopies(session, panels, ratio, `${fileName(walks)}-surface`);
}

/** @param {Session} session @param {Copy[]} panels @param {number} ratio @param {string} name */
async function saveCopies(session, panels, ratio, name) {
  const { walks, landscape, catalog, colours } = session;
  if (!walks || !landscape) return;
  // An address without the points would lead to another picture.
  const address = unlinkedPoints(session.query) > 0 ? [] : [location.href];
  const words = [formulaInWords(landscape), ...settingsInWords(walks, catalog), ...address];
  const below = words.map((text) => ({ entries: [{ text }], colour: colours.soft }));
  const paragraphs = [...session.collect('paragraphs').flat(), ...below];
  await saveCanvas(await composePicture(panels, paragraphs, colours, ratio), name);
}
