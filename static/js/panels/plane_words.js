// What the plane is that a network's walks are drawn on, in two lines below the map: the second rides with the step.

import { aboutPlane, besidePlaneInWords, planeInWords } from '../words/plane.js';
import { told } from './parts/captions.js';
import { find, setText } from './parts/elements.js';
import { makeTerm, rove } from './parts/terms.js';

/** @param {HTMLElement} words @param {Session} session @returns {Panel} */
export function mountPlaneWords(words, session) {
  const [what, held, now] = ['#plane-what', '#plane-held', '#plane-now'].map((selector) => find(words, selector));
  const more = makeTerm('i', { about: '' });
  more.classList.add('about');
  more.setAttribute('aria-label', 'More about this plane');
  find(words, '#plane-more').append(more);
  rove(words);
  const show = () => {
    const { walks, walker, walk, player } = session;
    const lines = walks ? planeInWords(walks, walker) : null;
    words.hidden = lines === null;
    if (!walks?.plane || !walk || lines === null) return;
    setText(what, lines[0]);
    setText(held, lines[1]);
    what.title = held.title = lines.join(' ');
    more.dataset.about = aboutPlane(walks.plane);
    setText(now, besidePlaneInWords(walk, player.position));
  };
  return {
    walks: show,
    selected: show,
    frame: show,
    paragraphs: () => (words.hidden ? [] : [{ entries: told([what, held, now]), colour: session.colours.soft }]),
  };
}
