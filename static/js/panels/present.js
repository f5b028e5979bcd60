// The stage alone, in the whole window, for the front of a room: large letters, and the QR code of this very link. The keys
// go on working.

import { isWritten } from '../input/written.js';
import { LinkCode } from './parts/link_code.js';
import { find, setText } from './parts/elements.js';

/** @param {HTMLElement} corner what is shown beside the stage @param {Session} session @returns {Panel} */
export function mountPresent(corner, session) {
  const root = document.documentElement;
  const stage = document.getElementById('stage');
  const settings = find(corner, '#presented-settings');
  const code = new LinkCode(find(corner, '#presented-code'));
  const large = find(corner, '#presented-large');
  /** What had the focus before. @type {HTMLElement | null} */
  let before = null;
  const presents = () => root.dataset.present !== undefined;

  const tell = () => {
    if (!presents()) return;
    const { walks, landscape } = session;
    if (walks && landscape) setText(settings, [landscape.title, ...walks.runs.map(({ label }) => label)].join(' · '));
    code.show(session.link());
  };
  /** Letters and pictures have another size: they are drawn anew. */
  const drawAnew = () => {
    session.changeTheme();
    void session.tellInTurn('resized');
  };
  const begin = () => {
    before = /** @type {HTMLElement | null} */ (document.activeElement);
    root.dataset.present = '';
    corner.hidden = false;
    stage?.setAttribute('role', 'region');
    stage?.setAttribute('aria-label', 'Presentation; Escape leaves it');
    stage?.focus({ preventScroll: true });
    // Where a browser or a frame does not allow it the window has to do.
    void root.requestFullscreen?.().catch(() => {});
    window.scrollTo(0, 0);
    tell();
    drawAnew();
  };
  const leave = () => {
    if (!presents()) return;
    delete root.dataset.present;
    corner.hidden = true;
    code.stop();
    enlarge(false);
    stage?.removeAttribute('role');
    stage?.removeAttribute('aria-label');
    if (document.fullscreenElement) void document.exitFullscreen().catch(() => {});
    before?.focus({ preventScroll: true });
    drawAnew();
  };
  /** @param {boolean} is_large whether the code fills the window, for the last row */
  const enlarge = (is_large) => {
    corner.classList.toggle('large', is_large);
    large.setAttribute('aria-pressed', String(is_large));
  };

  // On a phone it stands in a menu.
  for (const door of document.querySelectorAll('button[data-present]')) door.addEventListener('click', begin);
  find(corner, '#present-leave').addEventListener('click', leave);
  large.addEventListener('click', () => enlarge(!corner.classList.contains('large')));
  document.addEventListener('fullscreenchange', () => document.fullscreenElement || leave());
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog:modal')) return;
    if (event.key === 'Escape' && presents()) {
      if (corner.classList.contains('large')) enlarge(false);
      else leave();
    }
    if (event.key.toLowerCase() !== 'p' || isWritten(/** @type {HTMLElement} */ (event.target))) return;
    if (presents()) leave();
    else begin();
  });
  return { walks: tell, selected: tell, addressed: tell };
}
