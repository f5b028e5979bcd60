// Which plane a network's walks are drawn on, and other first weights for them.

import { hasMeaning } from '../state/meaning.js';
import { find, listNames, setText } from './parts/elements.js';

/** What each plane is for, in one line. */
const PLAIN = /** @type {Record<string, string>} */ ({
  walk: 'Through the first and the last weights, nearest to all between.',
  steps: 'Through the first and the last weights, turned to the steps: it shows their zigzag.',
  ends: 'Through the first weights and both ends: is there a ridge between them?',
  start: 'No walk says how it lies: through the first weights, downhill and along the sharpest direction.',
});

/** @param {HTMLElement} holder @param {Session} session @returns {Panel} */
export function mountPlanes(holder, session) {
  const kinds = /** @type {HTMLInputElement[]} */ ([...holder.querySelectorAll('[name="plane"]')]);
  const whose = find(holder, '#plane-whose');
  const run = /** @type {HTMLSelectElement} */ (find(holder, '#plane-run'));
  const plain = find(holder, '#plane-plain');
  const seed = session.catalog.keys.find(({ key }) => key === 'seed');
  holder.addEventListener('change', (event) => {
    const { name, value } = /** @type {HTMLInputElement} */ (event.target);
    if (name === 'plane') session.edit({ plane: value === 'walk' ? null : value });
    else session.edit({ plane_run: value === '0' ? null : value });
  });
  find(holder, '#other-weights').addEventListener('click', () => {
    const next = Number(session.edited.shared.seed ?? session.walks?.request?.seed ?? 0) + 1;
    session.edit({ seed: next > (seed?.high ?? next) ? null : String(next) });
  });
  return {
    selected() {
      const { walks, catalog } = session;
      const request = walks?.request;
      holder.hidden = !walks?.plane;
      if (!walks?.plane || !request) return;
      const runs = walks.runs.length - 1;
      for (const kind of kinds) {
        const means = hasMeaning('plane', { ...request, plane: kind.value, runs }, catalog);
        /** @type {HTMLElement} */ (kind.parentElement).hidden = !means;
        kind.checked = kind.value === request.plane;
      }
      whose.hidden = !walks.several;
      listNames(
        run,
        walks.runs.map(({ label }) => label),
      );
      run.value = String(request.plane_run);
      setText(plain, PLAIN[walks.plane.kind] ?? '');
    },
  };
}
