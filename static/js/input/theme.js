// Light or dark: follows the system until it is switched, and remembers the choice.

import { paletteOf } from '../figures/palette.js';

const DARK = matchMedia('(prefers-color-scheme: dark)');

/** @returns {boolean} whether what is shown is dark */
export function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === 'dark' : DARK.matches;
}

/** @param {PaletteRecord} record @param {boolean} [dark] @returns {Palette} the theme's colours; only the size of letters is the page's */
export function palette(record, dark = isDark()) {
  return paletteOf(record, dark, 0.8 * parseFloat(getComputedStyle(document.documentElement).fontSize));
}

/** @param {() => void} changed called after every change of the theme */
export function watchTheme(changed) {
  DARK.addEventListener('change', changed);
  document.addEventListener('themechange', changed);
}

document.getElementById('theme')?.addEventListener('click', () => {
  const theme = isDark() ? 'light' : 'dark';
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem('theme', theme);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  document.dispatchEvent(new Event('themechange'));
});
