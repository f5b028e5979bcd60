// The door to the landscapes: a button with the picture of the one that is shown, and behind it all of them at once, grouped by
// what they teach, with a search by name and by formula.

import { getJson } from '../server/api.js';
import { landscapeNamed } from '../state/meaning.js';
import { lossInWords } from '../words/data.js';
import { find, make, setText } from './parts/elements.js';
import { writeTerms } from './parts/terms.js';
import { sourceNote } from './parts/source_note.js';
import { showWhole } from './parts/whole_formula.js';

/** @param {HTMLElement} form @param {Session} session @returns {Panel} */
export function mountLandscapes(form, session) {
  const door = find(form, '#landscape');
  const dialog = /** @type {HTMLDialogElement} */ (find(form, '#landscapes'));
  const cards = mountCards(dialog, session);
  const describe = mountDescription(form, session);
  door.addEventListener('click', () => {
    dialog.showModal();
    door.setAttribute('aria-expanded', 'true');
    cards.reveal();
  });
  dialog.addEventListener('close', () => {
    door.setAttribute('aria-expanded', 'false');
    cards.all();
    door.focus({ preventScroll: true });
  });
  find(dialog, '#close-landscapes').addEventListener('click', () => dialog.close());
  // Beside the panel is outside of it.
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  /** @param {string} slug */
  const show = (slug) => {
    cards.check(slug);
    const picture = cards.pictureOf(slug);
    if (picture) /** @type {SVGElement} */ (door.querySelector('svg')).replaceWith(picture);
    describe.listed(slug);
  };
  /** One that is in no table. @param {Walks} walks */
  const showOwn = ({ request, landscape }) => {
    if (!request || !landscape) return;
    cards.uncheck();
    const picture = find(dialog, request.data ? '.points-picture' : '.sheet-picture').cloneNode(true);
    /** @type {SVGElement} */ (door.querySelector('svg')).replaceWith(picture);
    describe.own(request, landscape);
  };
  const showShown = () => {
    const { walks } = session;
    if (walks?.request?.landscape) show(walks.request.landscape);
    else if (walks) showOwn(walks);
  };
  return {
    selected: () => void (session.pending || showShown()),
    thumbnails(pictures) {
      cards.illustrate(pictures);
      showShown();
    },
  };
}

/** @param {HTMLDialogElement} dialog @param {Session} session */
function mountCards(dialog, session) {
  const all = /** @type {HTMLElement[]} */ ([...dialog.querySelectorAll('.card')]);
  const search = /** @type {HTMLInputElement} */ (find(dialog, '#landscape-search'));
  const nothing = find(dialog, '#no-landscape');
  /** @param {HTMLElement} card */
  const inputOf = (card) => /** @type {HTMLInputElement} */ (card.querySelector('input'));
  /** @param {string} slug */
  const cardOf = (slug) => all.find((card) => inputOf(card).value === slug);
  const texts = new Map(all.map((card) => [card, plain(wordsOf(inputOf(card).value, session.catalog))]));

  const filter = () => {
    const wanted = plain(search.value);
    for (const card of all) card.hidden = !texts.get(card)?.includes(wanted);
    for (const family of /** @type {Iterable<HTMLElement>} */ (dialog.querySelectorAll('.family:has(.card)')))
      family.hidden = !family.querySelector('.card:not([hidden])');
    nothing.hidden = all.some(({ hidden }) => !hidden);
  };
  search.addEventListener('input', filter);
  search.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    const first = all.find(({ hidden }) => !hidden);
    if (first) take(first);
  });
  /** @param {HTMLElement} card */
  const take = (card) => {
    const input = inputOf(card);
    if (!input.checked) {
      input.checked = true;
      session.edit({ landscape: input.value });
    }
    dialog.close();
  };
  dialog.addEventListener('change', (event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    if (input.name === 'landscape') session.edit({ landscape: input.value });
  });
  for (const card of all) {
    // By the arrow keys one looks at one after the other; a click and Enter choose.
    inputOf(card).addEventListener('click', ({ detail }) => detail > 0 && dialog.close());
    card.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      take(card);
    });
  }
  return {
    /** @param {string} slug */
    check(slug) {
      const card = cardOf(slug);
      if (card) inputOf(card).checked = true;
    },
    /** What is shown is in no table. */
    uncheck() {
      for (const card of all) inputOf(card).checked = false;
    },
    reveal() {
      const card = all.find((one) => inputOf(one).checked);
      if (!card) return;
      card.scrollIntoView({ block: 'nearest' });
      inputOf(card).focus({ preventScroll: true });
    },
    all() {
      search.value = '';
      filter();
    },
    /** Puts the small pictures, which come drawn from the server, into the cards. @param {Record<string, string>} pictures */
    illustrate(pictures) {
      for (const card of all) {
        const picture = pictures[inputOf(card).value];
        if (picture) /** @type {SVGElement} */ (card.querySelector('svg')).outerHTML = picture;
      }
    },
    /** @param {string} slug @returns {Node | undefined} */
    pictureOf: (slug) => cardOf(slug)?.querySelector('svg')?.cloneNode(true),
  };
}

/** What the landscape that is shown is, beside the door. @param {HTMLElement} form @param {Session} session */
function mountDescription(form, session) {
  const [title, teaches, formula, source] = ['#landscape-title', '#teaches', '#formula', '#landscape-source'].map(
    (selector) => find(form, selector),
  );
  const measure = showWhole(formula);
  let described = '';
  /** @param {Pick<LandscapeEntry, 'title' | 'teaches' | 'source'>} entry */
  const describe = (entry) => {
    setText(title, entry.title);
    writeTerms(teaches, entry.teaches, session.catalog.glossary);
    teaches.title = entry.teaches;
    source.replaceChildren(sourceNote('landscape', entry.title, entry.source));
  };
  /** @param {string} mathml */
  const typeset = (mathml) => {
    // It comes typeset from the server's own tables, or of what its grammar has read, never from an address.
    formula.innerHTML = mathml;
    measure();
  };
  return {
    /** @param {string} slug */
    listed(slug) {
      const entry = landscapeNamed(slug, session.catalog);
      if (!entry || described === slug) return;
      described = slug;
      describe(entry);
      typeset(entry.mathml);
    },
    /** @param {Wanted} request @param {LandscapeRecord} record */
    async own({ formula: text, data, model }, record) {
      const key = JSON.stringify([text, data, model]);
      if (described === key) return;
      described = key;
      describe(record);
      if (!text) {
        formula.textContent = lossInWords(record);
        measure();
        return;
      }
      const told = await getJson(`/api/formula?${new URLSearchParams({ text })}`).catch(() => null);
      if (told && described === key) typeset(told.mathml);
    },
  };
}

/** What it is found by. @param {string} slug @param {Catalog} catalog */
function wordsOf(slug, catalog) {
  const entry = landscapeNamed(slug, catalog);
  if (!entry) return slug;
  const formula = make('div');
  formula.innerHTML = entry.mathml;
  return [slug, entry.title, entry.teaches, formula.textContent].join(' ');
}

/** @param {string} text @returns {string} without what nobody types alike */
function plain(text) {
  return text
    .toLowerCase()
    .replaceAll('−', '-')
    .replace(/[\s·*^/()\u2061-\u2064]+/g, '');
}
