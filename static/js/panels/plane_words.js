// What the plane is that a network's walks are drawn on, in two lines below the map: the second rides with the step.

import { aboutPlane, besidePlaneInWords, planeInWords } from '../words/plane.js';
import { told } from './parts/captions.js';
import { find, setText } from './parts/elements.js';
import { makeTerm, rove } from './parts/terms.js';

/** @param {HTMLElement} words @param {Session} session @returns {Panel} */
export function mountPlaneWords(words, session) {
  const [what, now] = ['#plane-what', '#plane-now'].map((selector) => find(words, selector));
  const more = makeTerm('i', { about: '' });
  more.classList.add('about');
  more.setAttribute('aria-label', 'More about this plane');
  find(words, '#plane-more').append(more);
  rove(words);
  const show = () => {
    const { walks, walker, walk, player } = session;
    const text = walks ? planeInWords(walks, walker) : '';
    words.hidden = text === '';
    if (!walks?.plane || !walk || text === '') return;
    setText(what, text);
    what.title = text;
    more.dataset.about = aboutPlane(walks.plane);
    setText(now, besidePlaneInWords(walk, player.position));
  };
  return {
    walks: show,
    selected: show,
    frame: show,
    paragraphs: () => (words.hidden ? [] : [{ entries: told([what, now]), colour: session.colours.soft }]),
  };
}
