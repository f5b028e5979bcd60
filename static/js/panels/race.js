// How the runs of a race compare, in a table.

import { standings, tableText, termsInWords, winnerInWords } from '../words/standings.js';
import { refusalInWords } from '../words/walk.js';
import { find, make, setText } from './parts/elements.js';
import { writeTerms } from './parts/terms.js';
import { swatch } from './parts/swatch.js';
import { copy } from './parts/toast.js';

/** @param {HTMLElement} section @param {Session} session @returns {Panel} */
export function mountRace(section, session) {
  const [holder, terms, title] = ['#race-table', '#race-terms', '#race-title'].map((id) => find(section, id));
  /** @type {import('../words/standings.js').Table} */
  let shown = { head: [], rows: [], words: 0 };
  const show = () => {
    const { walks, comparison } = session;
    if (!walks?.several) return;
    const { runs, known, unit, points } = comparison;
    const refusal = comparison.refusal ? refusalInWords(comparison.refusal) : '';
    const table = standings(walks, runs, known, unit, refusal);
    if (JSON.stringify(table) === JSON.stringify(shown)) return;
    shown = table;
    holder.replaceChildren(...rowsOf(table));
    setText(title, winnerInWords(table, unit) || 'The runs compared');
    writeTerms(terms, termsInWords(walks, points, refusal), session.catalog.glossary);
  };
  find(section, '#copy-runs').addEventListener('click', () => void copy(tableText(shown), 'The table is copied.'));
  return {
    walks() {
      section.hidden = !session.walks?.several;
      show();
    },
    completed: show,
    compared: show,
  };
}

/** @param {import('../words/standings.js').Table} table @returns {HTMLElement[]} */
function rowsOf({ head, rows, words }) {
  const kind = (/** @type {number} */ column) => (column >= head.length - words ? 'worded' : '');
  const names = head.map((name, column) => make('th', { scope: 'col', textContent: name, className: kind(column) }));
  const body = rows.map(([who, ...rest], run) => {
    const name = make('th', { scope: 'row' }, [swatch(run), who.text]);
    const cells = rest.map(({ text, title = '', best }, column) =>
      make('td', { textContent: text, title, className: best ? 'best' : kind(column + 1) }),
    );
    return make('tr', {}, [name, ...cells]);
  });
  const caption = make('caption', { className: 'hidden', textContent: 'The runs compared' });
  return [caption, make('thead', {}, [make('tr', {}, names)]), make('tbody', {}, body)];
}
