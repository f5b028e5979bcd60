// The editor of a formula of one's own, in the place of the words about the landscape.

import { landscapeNamed } from '../state/meaning.js';
import { beginning, namedIn, writeConstants } from '../state/typed_formula.js';
import { differing } from '../state/typed_text.js';
import { find } from './parts/elements.js';
import { mountTypedEditor } from './parts/typed_editor.js';

const EMPTY = 'A formula in x and y, or in x alone, such as x^2 + 3*y^2.';

/** @param {HTMLElement} form @param {Session} session @returns {Panel} */
export function mountFormulaEditor(form, session) {
  const [place, box, mirror, line] = ['.choose', '#formula-editor', '#formula-mirror', '#formula-trouble'].map((name) =>
    find(form, name),
  );
  const area = /** @type {HTMLTextAreaElement} */ (find(form, '#formula-text'));
  const [edit, card] = [find(form, '#formula-edit'), find(form, '#own-formula')];
  const dialog = /** @type {HTMLDialogElement} */ (find(form, '#landscapes'));
  const begin = () => {
    const request = /** @type {Wanted} */ (session.walks?.request);
    return beginning(request, landscapeNamed(request.landscape ?? '', session.catalog));
  };
  /** @typedef {ReturnType<typeof beginning>} Begun */
  const editor = mountTypedEditor(
    { box, area, mirror, line },
    session,
    /** @type {import('./parts/typed_editor.js').Kind<Begun>} */ ({
      key: 'formula',
      named: 'constants',
      empty: EMPTY,
      requestOf: () => session.walks?.request ?? undefined,
      identity: ({ landscape, formula, data }) => [landscape, formula, data],
      changeOf(formula, { constants }) {
        const known = { ...constants, ...session.walks?.request?.constants };
        return { formula, constants: writeConstants(namedIn(known, formula)) };
      },
      meant: ({ formula = '' }, text) => ({ text: formula, words: differing(text, formula) }),
      show(open) {
        place.classList.toggle('editing', open);
        box.hidden = !open;
      },
      back: edit,
    }),
  );
  const open = () => session.walks?.request && editor.open(begin());
  edit.addEventListener('click', open);
  card.addEventListener('click', () => {
    dialog.addEventListener('close', open, { once: true });
    dialog.close();
  });
  return {
    opened: editor.close,
    selected() {
      if (!session.walks?.request || session.pending) return;
      edit.hidden = !begin().own;
      editor.follow();
    },
    refused: ({ inner }) => (session.walks?.request ? editor.refused(inner, begin()) : false),
  };
}
