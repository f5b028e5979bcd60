// What there is to share: the link to what is seen, or to the same from its start, its QR code, and what a link leaves out.

import { USUAL_OPACITY } from '../state/cell_map.js';
import { LinkCode } from './parts/link_code.js';
import { find, make, setText } from './parts/elements.js';
import { copy } from './parts/toast.js';

/** @param {HTMLElement} element the dialog @param {Session} session @returns {Panel} */
export function mountShare(element, session) {
  const dialog = /** @type {HTMLDialogElement} */ (element);
  const door = document.getElementById('share');
  const field = /** @type {HTMLInputElement} */ (find(dialog, '#sharing-link'));
  const parts = find(dialog, '#sharing-parts');
  const code = new LinkCode(find(dialog, '#sharing-code'));
  /** What the link was made for. */
  let seen = session.seen;
  const boxes = Object.entries(session.catalog.parts).map(([part, title]) => {
    const box = make('input', { type: 'checkbox', value: part, checked: session.hides(part) });
    parts.append(make('label', {}, [box, ` ${title}`]));
    return box;
  });
  /** @returns {HTMLInputElement} */
  const which = () => find(dialog, 'input[name="link"]:checked');

  const show = () => {
    const hide = boxes.filter(({ checked }) => checked).map(({ value }) => value);
    seen = session.seen;
    const address = session.link({ hide, at: which().value === 'start' ? null : seen });
    field.value = new URL(address, location.href).href;
    setText(find(dialog, '#sharing-seen'), seenInWords(seen));
    setText(find(dialog, '#sharing-unlinked'), unlinkedInWords(session));
    code.show(address);
  };
  door?.addEventListener('click', () => {
    dialog.showModal();
    show();
    find(dialog, '#sharing-copy').focus();
  });
  dialog.addEventListener('change', show);
  // Beside the dialog is outside of it.
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  dialog.addEventListener('close', () => code.stop());
  find(dialog, '#sharing-close').addEventListener('click', () => dialog.close());
  field.addEventListener('focus', () => field.select());
  find(dialog, '#sharing-copy').addEventListener(
    'click',
    () => void copy(field.value, 'The link to this picture is copied.'),
  );
  return {
    addressed: () => void (dialog.open && show()),
    // Behind the dialog a film may come to its end.
    frame: () => void (dialog.open && session.seen !== seen && show()),
  };
}

/** What is seen here otherwise than a link opens it. @param {Session} session @returns {string} */
function unlinkedInWords(session) {
  const { walks, walker, cells } = session;
  const { theme } = document.documentElement.dataset;
  const own = [walker > 0 && walks ? `that ${walks.who(walker)} is told of` : '', theme ? `the ${theme} colours` : ''];
  if (cells.kind === 'basins' && cells.opacity !== USUAL_OPACITY) own.push('how opaque the map of starts is');
  const all = [...session.collect('unlinked').flat(), ...own].filter(Boolean);
  return all.length > 0 ? `In no link: ${all.join(', ')}.` : '';
}

/** @param {View['at']} at @returns {string} where it stands, in words */
function seenInWords(at) {
  if (at === null) return 'it plays';
  return at === 'end' ? 'standing at its end' : `standing at step ${at.toLocaleString('en')}`;
}
