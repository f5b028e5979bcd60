// The editor of own points, over the settings: pasted, typed, or out of a file. With each key a curve is fitted to what can be
// read, it is said which column is what, and where nothing can be fitted the last picture stays.

import { pastedPoints, writePoints } from '../input/pasted_points.js';
import { textOfFile } from '../input/text_file.js';
import { MOST_LINKED, MOST_POINTS } from '../server/room.js';
import { unlinkedPoints } from '../state/linked.js';
import { beginningPoints, exampleOf, isExample, ofTheLines } from '../state/own_points.js';
import { unlinkedInWords } from '../words/data.js';
import { find, setText } from './parts/elements.js';

/** @typedef {import('../input/pasted_points.js').Model} Model */

/** Who has not typed for so many milliseconds looks at the picture: it is drawn finely, and played. */
const QUIET = 500;
/** What is longer is read when nothing more is typed. */
const LONG = 50_000;
const STAYS = 'The last picture stays.';

/** @param {HTMLElement} form @param {Session} session @returns {Panel} */
export function mountOwnPoints(form, session) {
  const sheet = find(form, '#points');
  const area = /** @type {HTMLTextAreaElement} */ (find(sheet, '#points-text'));
  const file = /** @type {HTMLInputElement} */ (find(sheet, '#points-file'));
  const [edit, card, door] = ['#points-edit', '#own-points', '#landscape'].map((name) => find(form, name));
  const dialog = /** @type {HTMLDialogElement} */ (find(form, '#landscapes'));
  const said = mountWords(sheet, area);
  const radios = /** @type {HTMLInputElement[]} */ ([...sheet.querySelectorAll('[name="model"]')]);
  /** What is to be fitted; null for what suits the columns. @type {Model | null} */
  let model = null;
  /** Of how many columns that was chosen. */
  let columns = 0;
  /** What was asked for last, with the lines that its points stand in. */
  let asked = { data: '', lines: /** @type {number[]} */ ([]) };
  /** What was typed last, and what it was read as: it is there again when the editor is opened. */
  let typed = { text: '', data: '', model: /** @type {Model | null} */ (null) };
  let timer = 0;

  /** @param {'drag' | 'final'} phase */
  const ask = (phase) => {
    // Other columns may want another curve.
    if (model && columnsOf(area.value) !== columns) model = null;
    const pasted = pastedPoints(area.value, MOST_POINTS, model);
    for (const radio of radios) radio.checked = radio.value === pasted.model;
    const data = writePoints(pasted.points);
    if (!data) {
      said.refuse(pasted.said, '');
      session.letGo();
      return;
    }
    asked = { data, lines: pasted.lines };
    typed = { text: area.value, data, model };
    said.tell(pasted.said);
    session.edit({ data, model: pasted.model }, phase);
    session.typing = true;
  };
  const type = () => {
    clearTimeout(timer);
    // To read a long text takes as long as a few frames.
    if (area.value.length < LONG) ask('drag');
    else said.clear();
    timer = Number(setTimeout(() => said.refused || ask('final'), QUIET));
  };
  /** @param {Model | null} fitted */
  const choose = (fitted) => {
    model = fitted;
    columns = columnsOf(area.value);
  };
  /** @param {string} text @param {Model | null} fitted */
  const put = (text, fitted) => {
    area.value = text;
    choose(fitted);
    area.scrollTop = 0;
  };
  const open = () => {
    const { walks } = session;
    if (!sheet.hidden || !walks?.request || !walks.landscape) return;
    const begun = beginningPoints(walks.request, walks.landscape);
    const known = begun !== null && typed.text !== '' && typed.data === shownData(session);
    // A text that could not be read is gone on with, too.
    if (known) put(typed.text, typed.model);
    else if (begun) put(begun.text, begun.model);
    else put(typed.text || exampleOf('line'), typed.text ? typed.model : 'line');
    sheet.hidden = false;
    for (const other of form.children) if (other !== sheet && other !== dialog) other.toggleAttribute('inert', true);
    area.focus({ preventScroll: true });
    if (!begun) {
      ask('final');
      return;
    }
    const pasted = pastedPoints(area.value, MOST_POINTS, model);
    for (const radio of radios) radio.checked = radio.value === pasted.model;
    said.tell(pasted.said);
    tellMore();
  };
  const close = () => {
    clearTimeout(timer);
    if (sheet.hidden) return;
    if (session.dragging) {
      if (said.refused) session.letGo();
      else ask('final');
    }
    session.typing = false;
    sheet.hidden = true;
    for (const other of form.children) other.removeAttribute('inert');
  };
  const finish = () => {
    close();
    (edit.hidden ? door : edit).focus({ preventScroll: true });
  };
  const tellMore = () => {
    const { walks } = session;
    const own = walks?.request?.data ? (walks.landscape?.teaches ?? '') : '';
    said.more(own, unlinkedInWords(unlinkedPoints(session.query), MOST_LINKED));
  };
  /** @param {File | undefined} chosen */
  const take = async (chosen) => {
    if (!chosen) return;
    const { text, trouble } = await textOfFile(chosen);
    open();
    if (trouble) {
      said.refuse(`${chosen.name}: ${trouble}`, STAYS);
      return;
    }
    put(text, null);
    type();
  };

  edit.addEventListener('click', open);
  card.addEventListener('click', () => {
    dialog.addEventListener('close', open, { once: true });
    dialog.close();
  });
  area.addEventListener('input', () => {
    if (!area.value.trim() || isExample(typed.text)) model = null;
    type();
  });
  sheet.addEventListener('change', ({ target }) => {
    const { name, value } = /** @type {HTMLInputElement} */ (target);
    if (name !== 'model') return;
    const chosen = /** @type {Model} */ (value);
    if (isExample(area.value)) put(exampleOf(chosen), chosen);
    else choose(chosen);
    clearTimeout(timer);
    ask('final');
  });
  find(sheet, '#points-done').addEventListener('click', finish);
  sheet.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    finish();
  });
  find(sheet, '#points-choose').addEventListener('click', () => file.click());
  file.addEventListener('change', () => {
    void take(file.files?.[0]);
    file.value = '';
  });
  watchDrops((dropped) => void take(dropped));

  return {
    opened: close,
    selected() {
      const { walks, pending } = session;
      if (!walks?.landscape || pending) return;
      edit.hidden = !walks.landscape.data;
      if (sheet.hidden) return;
      // An answer that came late, to what can be read.
      if (asked.data && shownData(session) === asked.data) said.clear();
      tellMore();
    },
    refused({ inner }) {
      if (sheet.hidden || !['data', 'model'].includes(inner.key ?? '')) return false;
      if (!session.pending) said.refuse(ofTheLines(inner.message, asked.lines), `${inner.hint ?? ''} ${STAYS}`.trim());
      return true;
    },
    unlinked() {
      const points = unlinkedPoints(session.query);
      return points > 0
        ? [`your ${points} points (the link opens without them; this tab keeps them, also when it is reloaded)`]
        : [];
    },
  };
}

/** @param {string} text @returns {number} how many columns of it would be taken if nothing were chosen, 0 of none */
function columnsOf(text) {
  return pastedPoints(text, 1).points[0]?.length ?? 0;
}

/** @param {Session} session @returns {string} the own points that are shown, as an address has them */
function shownData({ walks }) {
  return walks?.request?.data ? writePoints(walks.request.data) : '';
}

/** What is said of what was typed. @param {HTMLElement} sheet @param {HTMLElement} area */
function mountWords(sheet, area) {
  const [said, trouble, told, unlinked] = ['#points-said', '#points-trouble', '#points-told', '#points-unlinked'].map(
    (name) => find(sheet, name),
  );
  const clear = () => {
    trouble.hidden = true;
    setText(trouble, '');
    area.removeAttribute('aria-invalid');
  };
  return {
    get refused() {
      return !trouble.hidden;
    },
    clear,
    /** @param {string} text */
    tell(text) {
      clear();
      setText(said, text);
    },
    /** @param {string} what @param {string} then what would be right */
    refuse(what, then) {
      if (!then) setText(said, '');
      setText(trouble, [what, then].filter(Boolean).join(' '));
      trouble.hidden = false;
      area.setAttribute('aria-invalid', 'true');
    },
    /** @param {string} of_the_fit @param {string} of_the_link */
    more(of_the_fit, of_the_link) {
      setText(told, of_the_fit);
      setText(unlinked, of_the_link);
      unlinked.hidden = of_the_link === '';
    },
  };
}

/** A file may be dropped anywhere on the page. @param {(file: File) => void} take */
function watchDrops(take) {
  const sign = /** @type {HTMLElement} */ (document.getElementById('drop-here'));
  const hasFile = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes('Files') ?? false;
  document.addEventListener('dragover', (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    sign.hidden = false;
  });
  document.addEventListener('dragleave', ({ relatedTarget }) => {
    if (!relatedTarget) sign.hidden = true;
  });
  document.addEventListener('drop', (event) => {
    sign.hidden = true;
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return;
    event.preventDefault();
    take(file);
  });
}
