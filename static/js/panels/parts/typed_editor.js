// The editor of what somebody types, a formula or a rule: with each key the picture is that of what is typed, and what
// cannot be read is marked where it stands, while the last picture stays.

import { parted } from '../../words/parted.js';
import { find, make, setText } from './elements.js';

/** Who has not typed for so many milliseconds looks at the picture: it is drawn finely, and played. */
const QUIET = 500;

/**
 * What is edited, and what it begins with.
 * @typedef {{text: string, run?: number}} Begun
 */

/**
 * @template {Begun} T
 * @typedef {{
 *   key: string,
 *   named: string,
 *   empty: string,
 *   many?: boolean,
 *   sent?: (text: string) => string,
 *   requestOf: (begun: T) => Wanted | undefined,
 *   identity: (request: Wanted) => unknown,
 *   changeOf: (text: string, begun: T) => Record<string, string | null>,
 *   meant: (correction: Record<string, string>, text: string, begun: T) => {text: string, words: string},
 *   take?: (correction: Record<string, string>, text: string, begun: T) => void,
 *   placeOf?: (complaint: Complaint, text: string) => [string, string],
 *   show: (open: boolean, begun: T) => void,
 *   back: HTMLElement,
 * }} Kind what it is: the key of the text and that of the numbers that it names, what is said of no text at all, whether a
 *   line's end belongs to it, and how it is sent; `requestOf` is what is shown of it, `identity` what no other has,
 *   `changeOf` the keys that ask for it, `meant` what is offered of a correction, which `take` is told, `placeOf` where a
 *   complaint is, in words that are seen and in words that are only heard; `show` opens and closes it, and `back` has the keys afterwards
 */

/**
 * @template {Begun} T
 * @param {{box: HTMLElement, area: HTMLTextAreaElement, mirror: HTMLElement, line: HTMLElement}} parts `box` holds what is
 *   typed, `mirror` lies under it, in the same letters, and `line` tells what is wrong
 * @param {Session} session
 * @param {Kind<T>} kind
 */
export function mountTypedEditor({ box, area, mirror, line }, session, kind) {
  const { key, sent = (/** @type {string} */ text) => text } = kind;
  /** What was there before, while it is edited. @type {(T & {race: Race, first: string, last: string}) | null} */
  let before = null;
  /** What was typed last, and can still be refused. @type {{begun: T, text: string} | null} */
  let left = null;
  /** What was asked for last, empty where nothing was. */
  let asked = '';
  let timer = 0;
  const identityOf = (/** @type {Wanted | undefined} */ request) =>
    JSON.stringify(request ? kind.identity(request) : null);
  const trouble = mountTrouble({ area, mirror, line }, kind, (correction) => {
    if (!before) return;
    const { text } = kind.meant(correction, area.value, before);
    kind.take?.(correction, area.value, before);
    area.value = text;
    type();
  });

  /** @param {T} begun @param {boolean} [focused] */
  const open = (begun, focused = true) => {
    if (before) return;
    const now = identityOf(kind.requestOf(begun));
    before = { ...begun, race: session.edited, first: now, last: now };
    asked = '';
    area.value = begun.text;
    kind.show(true, begun);
    trouble.clear(begun.text);
    if (focused) area.focus({ preventScroll: true });
  };
  const close = () => {
    clearTimeout(timer);
    if (!before) return;
    session.typing = false;
    kind.show(false, before);
    before = null;
    trouble.clear('');
  };
  /** @param {'drag' | 'final'} phase */
  const ask = (phase) => {
    if (!before) return;
    asked = sent(area.value);
    session.edit(kind.changeOf(asked, before), phase, before.run);
    session.typing = true;
  };
  const wait = () => {
    clearTimeout(timer);
    timer = Number(setTimeout(() => (trouble.told ? session.letGo() : ask('final')), QUIET));
  };
  const type = () => {
    clearTimeout(timer);
    trouble.follow(area.value);
    if (!area.value.trim()) {
      trouble.tell({ status: 422, key, message: kind.empty, hint: null, column: null, correction: {} }, '', before);
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
    left = asked && before ? { begun: before, text: area.value } : null;
    return true;
  };
  const done = () => {
    if (!finish()) return area.focus({ preventScroll: true });
    close();
    kind.back.focus({ preventScroll: true });
  };
  const giveUp = () => {
    if (before && asked) session.takeBack(before.race);
    left = null;
    close();
    kind.back.focus({ preventScroll: true });
  };
  /** @param {EventTarget | null} target */
  const isWithin = (target) => [box, line].some((part) => part.contains(/** @type {Node | null} */ (target)));

  area.addEventListener('input', type);
  area.addEventListener('scroll', () => (mirror.scrollTop = area.scrollTop));
  box.addEventListener('keydown', (event) => {
    const ends = event.key === 'Enter' && event.target === area && (!kind.many || event.ctrlKey || event.metaKey);
    if (event.isComposing || !(ends || event.key === 'Escape')) return;
    event.preventDefault();
    event.stopPropagation();
    if (ends) done();
    else giveUp();
  });
  for (const part of [box, line])
    part.addEventListener('focusout', ({ relatedTarget }) => {
      // Another window has the keys; or nothing is lost of what cannot be read.
      if (before && document.activeElement !== area && !isWithin(relatedTarget) && finish()) close();
    });

  return {
    open,
    close: () => {
      left = null;
      close();
    },
    done,
    giveUp,
    /** Whether it is open. */
    get isOpen() {
      return before !== null;
    },
    /** What is shown may be another thing now. */
    follow() {
      if (session.pending || !before) return;
      const request = kind.requestOf(before);
      const now = identityOf(request);
      const is_typed = request?.[key] === sent(area.value);
      // An answer that came late.
      if (is_typed && trouble.told) wait();
      if (is_typed) trouble.clear(area.value);
      if (is_typed || document.activeElement === area) before.last = now;
      // Something else was chosen meanwhile.
      else if (now !== before.first && now !== before.last) close();
    },
    /** @param {Complaint} complaint @param {T} begun what it would begin with now @returns {boolean} whether it is about what was typed */
    refused(complaint, begun) {
      const own = complaint.key === key || complaint.key === kind.named;
      // What is too long is refused before anybody looks at its keys.
      if (!(own || (complaint.key === null && before && asked))) return false;
      if (!before && left) {
        open(left.begun, false);
        area.value = left.text;
      } else if (!before && complaint.key === key) open(begun);
      else if (!before) return false;
      // What was typed since then is on its way.
      const message = own ? complaint.message : `That is too long. ${complaint.message}`;
      if (!session.pending) trouble.tell({ ...complaint, message }, area.value, before);
      return true;
    },
  };
}

/**
 * What cannot be read, where it stands, and what was likely meant.
 * @template {Begun} T
 * @param {{area: HTMLElement, mirror: HTMLElement, line: HTMLElement}} parts
 * @param {Kind<T>} kind
 * @param {(correction: Record<string, string>) => void} take what was likely meant
 */
function mountTrouble({ area, mirror, line }, kind, take) {
  const [words, button] = [find(line, 'span'), find(line, 'button')];
  /** @type {Record<string, string>} */
  let correction = {};
  let at = -1;
  /** @param {string} text */
  const mark = (text) => {
    const [left, sign, rest] = parted(text, at);
    // A line that is empty at the end has its room.
    const end = /\n$/.test(rest || text) ? ' ' : '';
    if (at < 0) setText(mirror, text + end);
    else mirror.replaceChildren(left, make('mark', { textContent: sign }), rest + end);
  };
  // The text keeps the keys.
  button.addEventListener('pointerdown', (event) => event.preventDefault());
  button.addEventListener('click', () => {
    area.focus({ preventScroll: true });
    take(correction);
  });
  return {
    /** Whether something is wrong. */
    get told() {
      return !line.hidden;
    },
    /** The text is another one, of which nothing is known yet. */
    follow: mark,
    /** @param {string} text */
    clear(text) {
      at = -1;
      line.hidden = true;
      mark(text);
      area.removeAttribute('aria-invalid');
    },
    /** @param {Complaint} complaint @param {string} text @param {T | null} begun */
    tell(complaint, text, begun) {
      const { message, hint, column } = complaint;
      correction = complaint.correction ?? {};
      const offered = begun && Object.keys(correction).length > 0 ? kind.meant(correction, text, begun).words : '';
      const plain = message.replace(/^[a-z]+(, character \d+)?: /, '');
      const said = `${plain[0].toUpperCase()}${plain.slice(1)}`;
      const [seen, heard] = kind.placeOf?.(complaint, text) ?? ['', ''];
      // What was likely meant tells the rest.
      const rest = offered ? said.replace(/[;:] .*$/, '.') : [said, hint].filter(Boolean).join(' ');
      words.replaceChildren(
        ...(seen ? [seen, make('span', { className: 'hidden', textContent: heard }), ': '] : []),
        rest,
      );
      line.title = `${seen}${heard}${seen ? ': ' : ''}${said}`;
      button.hidden = !offered;
      setText(button, offered);
      button.title = `Take ${offered}`;
      at = column ?? -1;
      mark(text);
      line.hidden = false;
      area.setAttribute('aria-invalid', 'true');
    },
  };
}
