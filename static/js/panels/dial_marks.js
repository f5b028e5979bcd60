// The values on the tracks of the dials that mean something for the walk that is told of, and what they are, in a line.

import { toSlider } from '../input/slider_scale.js';
import { offeredNumbers } from '../state/offered.js';
import { wantedOf } from '../state/race.js';
import { marksInWords } from '../words/marks.js';
import { make, setText } from './parts/elements.js';

/** @param {HTMLElement} form @param {Session} session @returns {Panel} */
export function mountDialMarks(form, session) {
  const show = () => {
    const { walks, walk, catalog } = session;
    if (!walks || !walk) return;
    const numbers = offeredNumbers(wantedOf(walks, walk.run, catalog), catalog);
    // Other walkers of a run have the same settings: its first one's marks stand for all.
    const marks = walks.all[walk.run * walks.starts].summary?.marks;
    // The last ones stay until the new ones are known, or they would flicker under a slider that is dragged.
    if (!marks) return;
    for (const track of /** @type {Iterable<HTMLElement>} */ (form.querySelectorAll('#dials .track'))) {
      const key = /** @type {HTMLElement} */ (track.closest('.field')).dataset.key ?? '';
      if (numbers[key]) mark(track, numbers[key], marksOf(key, marks), walks.plane !== null);
    }
    tellRestarts(form, session);
  };
  return { selected: show, grew: show, completed: show, planned: show };
}

/** A walk that came to rest before its last restart can be let go on to it. @param {HTMLElement} form @param {Session} session */
function tellRestarts(form, session) {
  const track = /** @type {HTMLElement | null} */ (form.querySelector('#dials [data-key="restarts"] .track'));
  const { walk, planned_restarts: restarts } = session;
  const summary = walk?.summary;
  if (!track || !summary) return;
  const line = track.querySelector('.mark-words') ?? addLine(track, 'restarts');
  const left = summary.stopped_by === 'tolerance' ? restarts.filter((step) => step >= summary.steps).length : 0;
  const words = left > 0 ? `${left} did not come: it had settled.` : '';
  if (line.firstChild?.textContent === words || (!words && !line.firstChild)) return;
  const go = make('button', {
    type: 'button',
    className: 'let',
    textContent: left > 1 ? 'Let them come' : 'Let it come',
  });
  go.addEventListener('click', () => session.edit({ tolerance: '0' }));
  line.replaceChildren(...(words ? [make('span', { textContent: words }), ' ', go] : []));
}

/** @param {string} key @param {Mark[]} marks */
function marksOf(key, marks) {
  return marks.filter((one) => one.key === key);
}

/** @param {HTMLElement} track @param {Parameter} parameter @param {Mark[]} marks @param {boolean} changes whether the curvature does on the way */
function mark(track, { key, low, high, log }, marks, changes) {
  const words = marksInWords(marks, changes);
  const line = track.querySelector('.mark-words') ?? addLine(track, key);
  if (line.textContent === words && track.querySelectorAll('i').length > 0 === (words !== '')) return;
  setText(/** @type {HTMLElement} */ (line), words);
  for (const old of track.querySelectorAll('i')) old.remove();
  const top = high ?? low;
  for (const { value, kind, blows_up } of marks.filter((one) => low <= one.value && one.value <= top)) {
    const tick = make('i', { className: `mark ${kind} ${blows_up ? `blows-${blows_up}` : ''}` });
    tick.style.setProperty('--at', String(toSlider(value, { low, high: top, log }) / 1000));
    track.append(tick);
  }
}

/** @param {HTMLElement} track @param {string} key */
function addLine(track, key) {
  const line = make('p', { className: 'mark-words', id: `marks-${key}` });
  track.append(line);
  track.querySelector('input')?.setAttribute('aria-describedby', line.id);
  return line;
}
