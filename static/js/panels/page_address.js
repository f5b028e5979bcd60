// The address of the page and of its data twin, and the entries of the history.

import { fromRoot } from '../server/api.js';
import { linkedPart } from '../state/linked.js';
import { titleOf } from '../words/title.js';

/** @param {HTMLElement} _page @param {Session} session @returns {Panel} */
export function mountPageAddress(_page, session) {
  window.addEventListener('pagehide', () => {
    session.address.flush();
    session.cells.stop();
  });
  window.addEventListener('popstate', () => session.goBack());
  // Who skips stays on this entry of the history: another one is opened anew, and takes the focus from what is tabbed through.
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll('.skip')))
    link.addEventListener('click', (event) => skipTo(link.hash, event));
  // A class that was given a page without some of its parts goes on without them from lesson to lesson.
  const { hide } = session.view;
  const lessons = /** @type {NodeListOf<HTMLAnchorElement>} */ (
    document.querySelectorAll('#lesson a[href*="/lessons/"]')
  );
  for (const link of hide.length > 0 ? lessons : []) link.search += `${link.search ? '&' : '?'}hide=${hide.join(',')}`;
  const twin = document.head.querySelector('link[rel="alternate"][type="application/json"]');
  const titled = document.getElementById('lesson') === null;
  const opened = session.query;
  const nameIt = () => {
    const { walks } = session;
    // The server has named the address that was opened, and a lesson keeps its question.
    if (!titled || !walks?.request || session.query === opened) return;
    document.title = titleOf(walks, session.catalog, session.guessing || session.hides('sentence'));
  };
  return {
    completed: nameIt,
    guessing: nameIt,
    walks() {
      const query = linkedPart(session.query);
      twin?.setAttribute('href', fromRoot(`/api/descent${query && `?${query}`}`));
    },
  };
}

/** @param {string} selector @param {Event} event */
function skipTo(selector, event) {
  const target = /** @type {HTMLElement | null} */ (document.querySelector(selector));
  if (!target) return;
  event.preventDefault();
  target.tabIndex = -1;
  target.focus();
}
