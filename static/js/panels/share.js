// What there is to share: the link to what is seen, or to the same from its start, its QR code, and what a link leaves out.

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
  const boxes = Object.entries(session.catalog.parts).map(([part, title]) => {
    const box = make('input', { type: 'checkbox', value: part, checked: session.hides(part) });
    parts.append(make('label', {}, [box, ` ${title}`]));
    return box;
  });
  /** @returns {HTMLInputElement} */
  const which = () => find(dialog, 'input[name="link"]:checked');

  const show = () => {
    const hide = boxes.filter(({ checked }) => checked).map(({ value }) => value);
    const from_start = which().value === 'start' ? /** @type {const} */ ({ at: null }) : {};
    const address = session.link({ hide, ...from_start });
    field.value = new URL(address, location.href).href;
    setText(find(dialog, '#sharing-seen'), seenInWords(session.at));
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
  return { addressed: () => void (dialog.open && show()) };
}

/** @param {View['at']} at @returns {string} where it stands, in words */
function seenInWords(at) {
  if (at === null) return 'it plays';
  return at === 'end' ? 'standing at its end' : `standing at step ${at.toLocaleString('en')}`;
}
