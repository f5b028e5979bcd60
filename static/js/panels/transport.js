// Playback: the buttons, the slider of steps, the keys, and how far the answer has come.

import { watchSlider } from '../input/slider.js';
import { restInWords, stepInWords } from '../words/walk.js';
import { told } from './parts/captions.js';
import { find, make, setText } from './parts/elements.js';

/** What is there after so many milliseconds needs no progress. */
const PATIENCE = 400;

const ACTIONS = /** @type {Record<string, (player: import('../state/player.js').Player) => void>} */ ({
  play: (player) => (player.playing ? player.pause() : player.play()),
  back: (player) => player.step(-1),
  forward: (player) => player.step(1),
  'to-start': (player) => player.seek(0),
  'to-end': (player) => player.seek(player.last),
});
const KEYS = /** @type {Record<string, string>} */ ({
  ' ': 'play',
  ArrowLeft: 'back',
  ArrowRight: 'forward',
  Home: 'to-start',
  End: 'to-end',
});

/** @param {HTMLElement} section @param {Session} session @returns {Panel} */
export function mountTransport(section, session) {
  const { player } = session;
  const scrub = /** @type {HTMLInputElement} */ (find(section, '#scrub'));
  const [count, play] = [find(section, '#count'), find(section, '#play')];
  const moving = find(section, '#moving');
  const [left_out, at] = [make('span', { className: 'left-out' }), make('span')];
  moving.replaceChildren(left_out, at);
  const progress = mountProgress(section, session);
  const beyond = find(section, '#beyond');
  /** The one line that changes with every frame. */
  const showStep = () => {
    const { walks, walker, walk, landscape, film, gesture } = session;
    if (!walks || !walk || walk.length === 0) return;
    const unit = landscape?.points ? 'data points seen' : 'evaluations';
    const said = stepInWords(walks, walker, player.shown, unit);
    // What the film left out is said where it has ended.
    const rest = player.position >= player.last && !player.playing && !gesture.on ? film?.rest : null;
    setText(left_out, rest ? `${restInWords(rest)} ` : '');
    setText(at, said);
  };
  for (const [id, action] of Object.entries(ACTIONS)) {
    find(section, `#${id}`).addEventListener('click', () => session.move(action));
  }
  mountDoor(section);
  listenToKeys(session);
  mountScrub(scrub, session);
  const speed = /** @type {HTMLSelectElement} */ (find(section, '#speed'));
  speed.addEventListener('change', () => (player.speed = Number(speed.value)));
  const loop = /** @type {HTMLInputElement} */ (find(section, '#loop'));
  loop.addEventListener('change', () => (player.loop = loop.checked));
  return {
    grew() {
      scrub.setAttribute('max', String(player.last));
      progress.show();
    },
    completed: progress.show,
    walks: () => void (beyond.hidden = true),
    beyond(wanted) {
      setText(beyond, `Step ${wanted} is asked for. The walk has ${player.last} steps: this is its end.`);
      beyond.hidden = false;
    },
    frame() {
      const step = player.shown;
      if (player.playing || step < player.last) beyond.hidden = true;
      if (Number(scrub.value) !== step) scrub.value = String(step);
      showStep();
      setText(count, `step ${step} of ${player.last}${player.growing ? ' …' : ''}`);
      play.classList.toggle('playing', player.playing);
      play.setAttribute('aria-label', player.playing ? 'Pause (space)' : 'Play (space)');
      scrub.setAttribute('aria-valuetext', `step ${step} of ${player.last}`);
    },
    unlinked: () => [
      ...(player.speed === 1 ? [] : [`the speed ${player.speed}×`]),
      ...(player.loop ? ['the loop'] : []),
    ],
    paragraphs: () => [{ entries: told([moving]), colour: session.colours.soft }],
  };
}

/** Where they have no room in its row, all buttons but one stand behind a door. @param {HTMLElement} section */
function mountDoor(section) {
  const door = find(section, '#pace-door');
  const open = (/** @type {boolean} */ is_open) => {
    section.classList.toggle('open', is_open);
    door.setAttribute('aria-expanded', String(is_open));
  };
  door.addEventListener('click', () => open(!section.classList.contains('open')));
  section.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape' || !section.classList.contains('open')) return;
    open(false);
    door.focus({ preventScroll: true });
  });
}

/** @param {HTMLInputElement} scrub @param {Session} session */
function mountScrub(scrub, session) {
  const { player } = session;
  /** What a press found. */
  let found = { position: 0, playing: false };
  watchSlider(scrub, {
    begin: () => (found = { position: player.position, playing: player.playing }),
    slid: (step, phase) => session.move(() => player.seek(step), phase),
    back: (told) =>
      told &&
      session.move(() => {
        player.seek(found.position);
        if (found.playing) player.play();
      }),
  });
}

/** @param {Session} session */
function listenToKeys(session) {
  document.addEventListener('keydown', (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest('input, select, textarea')) return;
    if (event.key === ' ' && target.closest('button, summary, a')) return;
    const action = KEYS[event.key];
    if (!action) return;
    event.preventDefault();
    session.move(ACTIONS[action]);
  });
}

/** @param {HTMLElement} section @param {Session} session */
function mountProgress(section, session) {
  const holder = find(section, '#progress');
  const bar = /** @type {HTMLProgressElement} */ (find(section, '#progress-bar'));
  const text = find(section, '#progress-text');
  let timer = 0;
  find(section, '#cancel').addEventListener('click', () => session.stop());
  return {
    show() {
      const { walks, player } = session;
      if (!walks?.request || walks.done || !player.growing) {
        clearTimeout(timer);
        timer = 0;
        holder.hidden = true;
        return;
      }
      const [points, expected] = [walks.points, walks.expected];
      bar.value = points / expected;
      setText(text, `${points.toLocaleString('en')} of at most ${expected.toLocaleString('en')} points`);
      timer ||= window.setTimeout(() => (holder.hidden = !player.growing), PATIENCE);
    },
  };
}
