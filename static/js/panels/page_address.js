// The address of the page and of its data twin, and the entries of the history.

import { fromRoot } from '../server/api.js';

/** @param {HTMLElement} _page @param {Session} session @returns {Panel} */
export function mountPageAddress(_page, session) {
  window.addEventListener('pagehide', () => {
    session.address.flush();
    session.cells.stop();
  });
  window.addEventListener('popstate', () => session.goBack());
  const twin = document.head.querySelector('link[rel="alternate"]');
  return {
    walks() {
      const { query } = session;
      twin?.setAttribute('href', fromRoot(`/api/descent${query && `?${query}`}`));
    },
  };
}
