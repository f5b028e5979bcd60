// Whose settings these are, above the settings, where there are several runs.

import { find, listNames } from './parts/elements.js';
import { swatch } from './parts/swatch.js';

/** @param {HTMLElement} holder @param {Session} session @returns {Panel} */
export function mountSelectedRun(holder, session) {
  const select = /** @type {HTMLSelectElement} */ (find(holder, 'select'));
  select.addEventListener('change', () => session.selectRun(Number(select.value)));
  return {
    selected() {
      const { walks, walk } = session;
      if (!walks || !walk) return;
      holder.hidden = !walks.several;
      listNames(
        select,
        walks.runs.map(({ label }) => label),
      );
      select.value = String(walk.run);
      holder.querySelector('svg')?.replaceWith(swatch(walk.run));
    },
  };
}
