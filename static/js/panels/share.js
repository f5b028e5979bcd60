// What there is to share: the link to what is seen, or to the same from its start, as a link, as a frame for another page or as a
// picture in Markdown; its QR code; and what a link leaves out.

import { USUAL_OPACITY } from '../state/cell_map.js';
import { frameAsHtml, pictureAsMarkdown, titleOf } from '../words/shared.js';
import { LinkCode } from './parts/link_code.js';
import { find, make, setText } from './parts/elements.js';
import { copy } from './parts/toast.js';

/** What each form is called on the button that copies it, and when it is copied. */
const FORMS = /** @type {Record<string, {button: string, copied: string}>} */ ({
  link: { button: 'Copy link', copied: 'The link to this picture is copied.' },
  frame: { button: 'Copy HTML', copied: 'The HTML of a frame with this picture is copied.' },
  markdown: { button: 'Copy Markdown', copied: 'This picture as Markdown is copied.' },
});

/** @param {HTMLElement} element the dialog @param {Session} session @returns {Panel} */
export function mountShare(element, session) {
  const dialog = /** @type {HTMLDialogElement} */ (element);
  const door = document.getElementById('share');
  const field = /** @type {HTMLTextAreaElement} */ (find(dialog, '#sharing-link'));
  const parts = find(dialog, '#sharing-parts');
  const button = find(dialog, '#sharing-copy');
  const code = new LinkCode(find(dialog, '#sharing-code'));
  /** What the link was made for. */
  let seen = session.seen;
  const boxes = Object.entries(session.catalog.parts).map(([part, title]) => {
    const box = make('input', { type: 'checkbox', value: part, checked: session.hides(part) });
    parts.append(make('label', {}, [box, ` ${title}`]));
    return box;
  });
  /** @param {string} name @returns {string} */
  const chosen = (name) => /** @type {HTMLInputElement} */ (find(dialog, `input[name="${name}"]:checked`)).value;

  const show = () => {
    const hide = boxes.filter(({ checked }) => checked).map(({ value }) => value);
    seen = session.seen;
    const view = { hide, at: chosen('link') === 'start' ? null : seen };
    const form = chosen('form');
    dialog.dataset.form = form;
    field.value = textOf(form, session, view, dialog);
    field.setAttribute('aria-label', form === 'link' ? 'The link' : `What is copied, as ${form}`);
    // A button that says that it has copied says so for as long as it was to.
    if (!button.classList.contains('done')) setText(button, FORMS[form].button);
    setText(find(dialog, '#sharing-seen'), seenInWords(seen));
    setText(find(dialog, '#sharing-unlinked'), unlinkedInWords(session));
    code.show(session.link(view));
  };
  door?.addEventListener('click', () => {
    dialog.showModal();
    show();
    button.focus();
  });
  dialog.addEventListener('change', show);
  // Beside the dialog is outside of it.
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  dialog.addEventListener('close', () => code.stop());
  find(dialog, '#sharing-close').addEventListener('click', () => dialog.close());
  field.addEventListener('focus', () => field.select());
  button.addEventListener('click', () => void copy(field.value, FORMS[chosen('form')].copied));
  return {
    addressed: () => void (dialog.open && show()),
    // Behind the dialog a film may come to its end.
    frame: () => void (dialog.open && session.seen !== seen && show()),
  };
}

/**
 * @param {string} form
 * @param {Session} session
 * @param {Partial<View>} view
 * @param {HTMLElement} dialog where the frame's size stands
 * @returns {string} what is copied
 */
function textOf(form, session, view, dialog) {
  const whole = (/** @type {string} */ address) => new URL(address, location.href).href;
  const address = whole(session.link(view));
  if (form === 'link') return address;
  const { walks, landscape } = session;
  const title = titleOf(landscape?.title ?? '', walks?.runs.map(({ label }) => label) ?? []);
  if (form === 'markdown')
    return pictureAsMarkdown({ title, picture: whole(session.addressAt('/preview.png', view)), address });
  const [width, height] = ['#frame-width', '#frame-height'].map((selector) => sizeIn(find(dialog, selector)));
  const frame = new URL(whole(session.addressAt('/embed', view)));
  const plays = /** @type {HTMLInputElement} */ (find(dialog, '#frame-plays')).checked;
  const own = plays ? '' : `${frame.search ? '&' : '?'}autoplay=0`;
  return frameAsHtml({ address: frame.href + own, title, width, height });
}

/** @param {HTMLInputElement} field @returns {number} pixels within its limits; what is no number is the usual one */
function sizeIn(field) {
  const [low, high, usual] = [field.min, field.max, field.defaultValue].map(Number);
  const size = Math.round(Number(field.value));
  const taken = field.value.trim() !== '' && Number.isFinite(size) ? Math.min(high, Math.max(low, size)) : usual;
  if (field.value !== String(taken)) field.value = String(taken);
  return taken;
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
