// What lies below the picture: one part at a time, or all of them one below the other.

import { watchWidth, isNarrow } from '../input/narrow_screen.js';

/** The part of the page that each tab shows. @type {Record<string, string>} */
const PARTS = {
  curves: 'walk-curves',
  rule: 'inspector',
  basins: 'maps',
  rates: 'maps',
  theory: 'theory',
  race: 'race',
  table: 'steps',
};

/** @param {HTMLElement} below @param {Session} session @returns {Panel} */
export function mountTabs(below, session) {
  const buttons = /** @type {HTMLButtonElement[]} */ ([...below.querySelectorAll('#tabs [data-tab]')]);
  const part = (/** @type {string} */ tab) => document.getElementById(PARTS[tab] ?? '');
  const notes = document.getElementById('map-notes');
  const home = notes?.parentElement;
  /** Whether the part that a tab shows is left out of the page. @param {string} tab */
  const hides = (tab) => session.hides(tab === 'basins' || tab === 'rates' ? 'maps' : tab);
  let kind = '';
  let count = 0;
  let theory = false;

  /** @param {string} tab */
  const show = (tab) => {
    below.dataset.tab = tab;
    for (const button of buttons) button.setAttribute('aria-pressed', String(button.dataset.tab === tab));
    for (const name of Object.keys(PARTS)) part(name)?.classList.remove('chosen');
    part(tab)?.classList.add('chosen');
    const table = /** @type {HTMLDetailsElement | null} */ (part('table'));
    if (table && tab === 'table') table.open = true;
  };
  /** @param {string} tab */
  const choose = (tab) => {
    if (tab === 'basins' || tab === 'rates') {
      if (tab === 'rates') session.tell('beside');
      if (session.cells.kind !== tab) session.edit({ map: tab });
    }
    if (tab === 'theory' && !session.theory.on) session.edit({ theory: '1' });
    session.tell('taken', tab);
    show(tab);
    // What was not seen was not drawn.
    void session.tellInTurn('resized');
    session.settleSoon();
  };
  for (const button of buttons) {
    button.hidden = hides(button.dataset.tab ?? '');
    button.addEventListener('click', () => choose(button.dataset.tab ?? ''));
  }
  /** On a phone what is written of the map stands below, so that the picture has the room. */
  const arrange = () => {
    if (!notes || !home) return;
    if (isNarrow()) below.prepend(notes);
    else home.append(notes);
  };
  /** What is shown where nothing else is asked for; what stands beside the map is not shown twice. */
  const usual = () => ['curves', 'rule', 'table'].find((tab) => !hides(tab) && below.contains(part(tab))) ?? 'all';
  watchWidth(arrange);
  arrange();
  // A lesson says which part it is about.
  const asked = below.dataset.tab;
  show(asked && below.contains(part(asked)) ? asked : usual());
  return {
    walks() {
      const { cells, walks } = session;
      const runs = walks?.runs.length ?? 1;
      const now = cells.kind ?? '';
      const told = walks?.request?.theory === 1;
      // What has just come is what is looked at.
      if (below.dataset.tab !== 'all') {
        if (now && now !== kind) show(now);
        else if (!now && ['basins', 'rates'].includes(below.dataset.tab ?? '') && kind) show(usual());
        else if (runs > 1 && (count === 1 || (count === 0 && !asked)) && below.contains(part('race')) && !hides('race'))
          show('race');
        else if (told && !theory && below.contains(part('theory'))) show('theory');
        else if (!told && theory && below.dataset.tab === 'theory') show(usual());
        else if (runs === 1 && below.dataset.tab === 'race') show(usual());
      }
      kind = now;
      count = runs;
      theory = told;
      for (const button of buttons) if (button.dataset.tab === 'race') button.hidden = runs < 2 || hides('race');
    },
    placed(place) {
      if (below.dataset.tab === place) show(usual());
    },
    unlinked() {
      const { cells, walks, theory: told } = session;
      const by_itself = cells.kind ?? ((walks?.runs.length ?? 1) > 1 ? 'race' : told.on ? 'theory' : usual());
      const opens = by_itself in PARTS && below.contains(part(by_itself)) ? by_itself : usual();
      const now = buttons.find((button) => button.dataset.tab === below.dataset.tab);
      return now && ![opens, asked].includes(below.dataset.tab) ? [`the tab “${now.textContent}” below`] : [];
    },
    unfold() {
      const { tab = 'curves' } = below.dataset;
      if (tab === 'all') return undefined;
      show('all');
      return () => show(tab);
    },
  };
}
