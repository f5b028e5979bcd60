// Light or dark: follows the system until it is switched, and remembers the choice.

const DARK = matchMedia('(prefers-color-scheme: dark)');

/** What may become of a walk that ends at no place that is known; each has a ground and a hatching. */
const OUTCOMES = /** @type {const} */ (['diverged', 'stalled', 'out_of_steps', 'converged']);

/** @returns {boolean} */
function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === 'dark' : DARK.matches;
}

/** @returns {Palette} the theme's colours as the style sheet has them, resolved */
export function palette() {
  const probe = document.createElement('i');
  probe.hidden = true;
  document.body.append(probe);
  /** @param {string} name */
  const read = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    size: 0.8 * parseFloat(getComputedStyle(document.documentElement).fontSize),
    ground: read('ground'),
    raised: read('raised'),
    line: read('line'),
    ink: read('ink'),
    soft: read('soft'),
    accent: read('accent'),
    contour: read('contour'),
    casing: read('casing'),
    casingOuter: read('casing-outer'),
    heights: Array.from({ length: 12 }, (_, level) => read(`h${level}`)),
    arrows: { gradient: read('arrow-gradient'), velocity: read('arrow-velocity'), step: read('ink') },
    theory: read('theory'),
    outcomes: Object.fromEntries(OUTCOMES.map((name) => [name, /** @type {[string, string]} */ ([read(`cell-${name}`), read(`hatch-${name}`)])])),
    walkers: Array.from({ length: 8 }, (_, index) => read(`c${index}`)),
  };
  probe.remove();
  return colours;
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
