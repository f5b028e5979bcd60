// A walk in one file: what the file holds, and its theme, which follows the system until it is switched.

import { mount } from './player.js';

const root = document.documentElement;
const system = matchMedia('(prefers-color-scheme: dark)');
const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : system.matches);
const player = mount(
  /** @type {HTMLElement} */ (document.getElementById('player')),
  JSON.parse(/** @type {HTMLElement} */ (document.getElementById('walk')).textContent ?? ''),
  { isDark, keys: document.body },
);
system.addEventListener('change', () => player.paint());
document.getElementById('theme')?.addEventListener('click', () => {
  root.dataset.theme = isDark() ? 'light' : 'dark';
  player.paint();
});
