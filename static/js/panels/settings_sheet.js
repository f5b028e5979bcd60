// On a phone the settings are a sheet that is opened and closed, and what is needed less often than the buttons of playback
// moves into it, so that the map keeps its room.

import { isNarrow, watchWidth } from '../input/narrow_screen.js';

/** @param {HTMLElement} page that holds the sheet and the button that opens it @returns {Panel} */
export function mountSettingsSheet(page) {
  const [side, settings, close, pace] = ['#side', '#settings', '#close-settings', '#pace'].map(
    (selector) => /** @type {HTMLElement | null} */ (page.querySelector(selector)),
  );
  if (!side || !settings || !close || !pace) return {};
  const paces = [...page.querySelectorAll('.speed, .loop')];
  const arrange = () => (isNarrow() ? pace.append(...paces) : settings.before(...paces));
  const isOpen = () => side.classList.contains('open');
  /** @param {boolean} open */
  const show = (open) => {
    side.classList.toggle('open', open);
    settings.setAttribute('aria-expanded', String(open));
    (open ? close : settings).focus({ preventScroll: true });
  };
  watchWidth(arrange);
  arrange();
  settings.addEventListener('click', () => show(!isOpen()));
  close.addEventListener('click', () => show(false));
  side.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && isOpen()) show(false);
  });
  return {};
}
