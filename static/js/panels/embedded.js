// What only an embed has: it plays when it is seen, says which run is which and how high it would like to be, and has a link to
// the whole page.

import { watchBox } from '../input/box_size.js';
import { isNarrow } from '../input/narrow_screen.js';
import { heightMessages, wantedHeight } from '../state/frame_height.js';
import { find, make } from './parts/elements.js';
import { swatch } from './parts/swatch.js';

/** So much of the pictures is to be seen before it plays. */
const SEEN = 0.25;
/** What stands around the pictures where there is room for it, in letters of the page. */
const SENTENCE = 3.6;
const LOSS = 5.4;

/** @param {HTMLElement} holder @param {Session} session @returns {Panel} */
export function mountEmbedded(holder, session) {
  const link = find(holder, '#whole-page');
  const runs = find(document, '#of-runs');
  const first = mountFirstPlay(session, holder.dataset.autoplay === '1');
  const grow = mountHeight();
  return {
    walks: () => nameRuns(runs, session),
    begun: first.begun,
    frame: first.frame,
    addressed() {
      link.setAttribute('href', session.link());
      grow();
    },
  };
}

/**
 * The first walk plays when the map is seen, or when it is asked to, by a large button on the map.
 * @param {Session} session
 * @param {boolean} by_itself
 */
function mountFirstPlay(session, by_itself) {
  const button = find(document, '#play-first');
  const { player } = session;
  let [seen, stands] = [false, false];
  const stood = () => session.awaited !== null || session.at !== null || session.calm();
  const play = () => {
    if (by_itself && seen && stands && !stood()) session.moveUnsaid(() => player.play());
    if (by_itself && seen) stands = false;
  };
  button.addEventListener('click', () => {
    session.move(() => player.play());
    // The button goes; keys go on from where it led.
    document.getElementById('play')?.focus({ preventScroll: true });
  });
  const watch = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      seen = true;
      watch.disconnect();
      play();
    },
    { threshold: SEEN },
  );
  watch.observe(find(document, '#views'));
  return {
    begun() {
      stands = true;
      button.hidden = by_itself || stood();
      play();
    },
    frame() {
      if (player.playing || player.position > 0) button.hidden = true;
    },
  };
}

/** Which run is drawn how, where there are several. @param {HTMLElement} list @param {Session} session */
function nameRuns(list, session) {
  const { walks } = session;
  const drawn = walks?.several ? walks.runs.filter(({ request }) => request.hidden !== 1) : [];
  list.hidden = drawn.length === 0;
  list.replaceChildren(
    ...drawn.map(({ run, label }) => make('li', { title: label }, [swatch(run), make('span', { textContent: label })])),
  );
}

/** Tells the page around, if there is one, how high the frame would have to be, as often as that changes. @returns {() => void} */
function mountHeight() {
  const [views, words, runs] = ['#views', '#words', '#of-runs'].map((selector) => find(document, selector));
  let told = 0;
  const tell = () => {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const sentence = words.offsetHeight > 0 ? SENTENCE : 0;
    const beside = [...views.querySelectorAll('.view[data-place]')].filter((one) => one.clientWidth > 0).length;
    const pictures = isNarrow() ? 1 : 1 + beside;
    const height = wantedHeight(window.innerWidth, rem * (sentence + LOSS) + runs.offsetHeight, pictures);
    if (height === told) return;
    told = height;
    // It says nothing but a height: any page may know it.
    for (const message of heightMessages(height)) window.parent.postMessage(message, '*');
  };
  if (window.parent === window) return () => {};
  for (const element of [views, runs]) watchBox(element, tell);
  return tell;
}
