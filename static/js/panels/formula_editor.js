// The editor of a formula of one's own, in the place of the words about the landscape: with each key the picture is that of
// what is typed, and what cannot be read is marked where it stands, while the last picture stays.

import { landscapeNamed } from '../state/meaning.js';
import { beginning, namedIn, parted, writeConstants } from '../state/typed_formula.js';
import { find, make, setText } from './parts/elements.js';

/** Who has not typed for so many milliseconds looks at the picture: it is drawn finely, and played. */
const QUIET = 500;
const EMPTY = 'A formula in x and y, or in x alone, such as x^2 + 3*y^2.';

/** @param {HTMLElement} form @param {Session} session @returns {Panel} */
export function mountFormulaEditor(form, session) {
  const [place, box, mirror] = ['.choose', '#formula-editor', '#formula-mirror'].map((name) => find(form, name));
  const area = /** @type {HTMLTextAreaElement} */ (find(form, '#formula-text'));
  const [edit, card] = [find(form, '#formula-edit'), find(form, '#own-formula')];
  const dialog = /** @type {HTMLDialogElement} */ (find(form, '#landscapes'));
  const trouble = mountTrouble(find(form, '#formula-trouble'), mirror, (text) => {
    area.value = text;
    type();
  });
  /** What was there before, while it is edited. @type {{race: Race, constants: Record<string, number>, text: string} | null} */
  let before = null;
  /** What was asked for last, empty where nothing was. */
  let asked = '';
  let timer = 0;

  const open = () => {
    const { walks, catalog } = session;
    const request = walks?.request;
    if (!request || before) return;
    const begun = beginning(request, landscapeNamed(request.landscape ?? '', catalog));
    before = { race: session.edited, ...begun };
    asked = '';
    area.value = begun.text;
    trouble.clear(begun.text);
    place.classList.add('editing');
    box.hidden = false;
    area.focus({ preventScroll: true });
  };
  const close = () => {
    clearTimeout(timer);
    before = null;
    session.typing = false;
    place.classList.remove('editing');
    box.hidden = true;
    trouble.clear('');
  };
  /** @param {'drag' | 'final'} phase */
  const ask = (phase) => {
    asked = area.value;
    const known = { ...before?.constants, ...session.walks?.request?.constants };
    session.edit({ formula: asked, constants: writeConstants(namedIn(known, asked)) }, phase);
    session.typing = true;
  };
  const wait = () => {
    clearTimeout(timer);
    timer = Number(setTimeout(() => trouble.told || ask('final'), QUIET));
  };
  const type = () => {
    clearTimeout(timer);
    if (!area.value.trim()) {
      trouble.tell({ message: EMPTY, hint: null, column: null, correction: {} }, '');
      return;
    }
    ask('drag');
    wait();
  };
  /** What was typed is done. @returns {boolean} whether it can be read */
  const finish = () => {
    clearTimeout(timer);
    session.typing = false;
    if (trouble.told) {
      session.letGo();
      return false;
    }
    if (asked && session.dragging) ask('final');
    session.typing = false;
    return true;
  };

  edit.addEventListener('click', open);
  card.addEventListener('click', () => {
    dialog.addEventListener('close', open, { once: true });
    dialog.close();
  });
  area.addEventListener('input', type);
  area.addEventListener('scroll', () => (mirror.scrollTop = area.scrollTop));
  area.addEventListener('keydown', (event) => {
    if (event.isComposing || !['Enter', 'Escape'].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Enter' && !finish()) return;
    if (event.key === 'Escape' && before && asked) session.takeBack(before.race);
    close();
    edit.focus({ preventScroll: true });
  });
  area.addEventListener('blur', () => {
    // Another window has the keys; or nothing is lost of what cannot be read.
    if (before && document.activeElement !== area && finish()) close();
  });

  return {
    opened: close,
    selected() {
      const { walks, pending, catalog } = session;
      const request = walks?.request;
      if (!request || pending) return;
      edit.hidden = !beginning(request, landscapeNamed(request.landscape ?? '', catalog)).own;
      if (!before) return;
      if (request.formula === area.value) {
        // An answer that came late.
        if (trouble.told) wait();
        trouble.clear(area.value);
      }
      // Another landscape was chosen meanwhile.
      else if (asked && !request.formula && document.activeElement !== area) close();
    },
    refused({ inner }) {
      if (inner.key !== 'formula' && !(before && inner.key === 'constants')) return false;
      if (!before) open();
      // What was typed since then is on its way.
      if (!session.pending) trouble.tell(inner, area.value);
      return true;
    },
  };
}

/**
 * What cannot be read, where it stands, and what was likely meant.
 * @param {HTMLElement} line
 * @param {HTMLElement} mirror lies under the text, in the same letters
 * @param {(text: string) => void} take the text that was likely meant
 */
function mountTrouble(line, mirror, take) {
  const [words, button] = [find(line, 'span'), find(line, 'button')];
  const place = /** @type {HTMLElement} */ (line.closest('.choose'));
  const area = find(place, '#formula-text');
  let meant = '';
  // The text keeps the keys.
  button.addEventListener('pointerdown', (event) => event.preventDefault());
  button.addEventListener('click', () => take(meant));
  return {
    /** Whether something is wrong. */
    get told() {
      return !line.hidden;
    },
    /** @param {string} text */
    clear(text) {
      line.hidden = true;
      setText(mirror, text);
      area.removeAttribute('aria-invalid');
    },
    /** @param {Pick<Complaint, 'message' | 'hint' | 'column' | 'correction'>} complaint @param {string} text */
    tell({ message, hint, column, correction }, text) {
      meant = correction?.formula ?? '';
      const plain = message.replace(/^formula(, character \d+)?: /, '');
      const said = `${plain[0].toUpperCase()}${plain.slice(1)}`;
      // What was likely meant tells the rest.
      setText(words, meant ? said.replace(/; .*$/, '.') : [said, hint].filter(Boolean).join(' '));
      line.title = said;
      button.hidden = !meant;
      setText(button, meant);
      button.title = `Take ${meant}`;
      const at = column ?? -1;
      const [left, sign, rest] = parted(text, at);
      if (at < 0) setText(mirror, text);
      else mirror.replaceChildren(left, make('mark', { textContent: sign }), rest);
      line.hidden = false;
      area.setAttribute('aria-invalid', 'true');
    },
  };
}
