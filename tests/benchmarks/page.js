// What the benchmarks do inside the page; handed to it before its own scripts run.

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Where the walkers are on the screen, at the border where they have left. Where the view follows them it is drawn with
 * frames, each ten times as wide as the one within, the map being the innermost: also where the corner of the largest is
 * that the view holds.
 */
function placesNow() {
  const { walks, player, film, overlays } = window.downhill;
  const { box, project } = overlays.map.frame;
  const wide = film.scaleAt(Math.min(player.position, film.finite));
  const seen = (x, y) => [
    Math.max(0, Math.min(box.width, box.width / 2 + (x - box.width / 2) / wide)),
    Math.max(0, Math.min(box.height, box.height / 2 + (y - box.height / 2) / wide)),
  ];
  const heads = walks.visible.map((walk) => {
    const { x, y } = project(...walk.at(Math.min(player.position, film.finite)));
    return seen(x, y);
  });
  const frame = 10 ** Math.floor(Math.log10(wide)) / wide;
  return [[(box.width / 2) * (1 - frame), (box.height / 2) * (1 - frame)], ...heads];
}

window.benchmark = {
  violations: [],

  /** Notes when the picture has been read, and when the ball has moved by a pixel. */
  watch() {
    const seen = { picture: null, moving: null };
    let first = null;
    const look = (now) => {
      const { walks, film, overlays } = window.downhill ?? {};
      const head = walks && film && overlays.map?.frame ? placesNow()[1] : null;
      first ??= head;
      if (head && Math.hypot(head[0] - first[0], head[1] - first[1]) >= 1) seen.moving = now;
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    new MutationObserver((_, observer) => {
      // What stands behind the picture has been read, so the picture is whole.
      if (!document.querySelector('#map-plot')) return;
      if (document.querySelector('#first svg')) seen.picture = performance.now();
      observer.disconnect();
    }).observe(document, { childList: true, subtree: true });
    this.seen = seen;
  },

  /** The parts of the first screen that the map's axes and the surface's box hold, and the part of its box that the surface fills. */
  shares() {
    const inside = ({ left, top, right, bottom }) =>
      (Math.max(0, Math.min(right, innerWidth) - Math.max(0, left)) *
        Math.max(0, Math.min(bottom, innerHeight) - Math.max(0, top))) /
      (innerWidth * innerHeight);
    const plot = document.getElementById('map-plot');
    const { left, top } = plot.getBoundingClientRect();
    const { xaxis, yaxis } = plot._fullLayout;
    const map = inside({
      left: left + xaxis._offset,
      top: top + yaxis._offset,
      right: left + xaxis._offset + xaxis._length,
      bottom: top + yaxis._offset + yaxis._length,
    });
    const surface = document.getElementById('surface');
    const scene = document.querySelector('#surface-plot .gl-container canvas');
    if (!scene || surface.getClientRects().length === 0) return { map, surface: 0, filled: 0 };
    const copy = Object.assign(document.createElement('canvas'), { width: scene.width, height: scene.height });
    const pen = copy.getContext('2d');
    const { glplot } = document.getElementById('surface-plot')._fullLayout.scene._scene;
    glplot.redraw();
    pen.drawImage(scene, 0, 0);
    const { data } = pen.getImageData(0, 0, copy.width, copy.height);
    let filled = 0;
    for (let k = 3; k < data.length; k += 4) if (data[k] > 0) filled += 1;
    return { map, surface: inside(surface.getBoundingClientRect()), filled: filled / (data.length / 4) };
  },

  /** How many of the four dials are whole on the first screen: their sliders, or the buttons that bring them. */
  dials: () =>
    [...document.querySelectorAll('#dials .field:not([data-key="optimizer"], [data-key="shape"])')].filter((dial) =>
      [...dial.querySelectorAll('.pick, input')].some((part) => {
        const { width, bottom } = part.getBoundingClientRect();
        return width > 0 && bottom <= innerHeight;
      }),
    ).length,

  /**
   * Opens an address and watches its film to its end: in how many tenths of a second something moved by a pixel, in the
   * view that is shown, of a film of how many seconds.
   * @returns {Promise<{moving: number, tenths: number, seconds: number, end: number, last: number, why: string | null}>}
   */
  async film(address) {
    const { downhill } = window;
    const before = downhill.walks;
    history.pushState(null, '', address);
    dispatchEvent(new PopStateEvent('popstate'));
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    while (downhill.walks === before || !downhill.player.playing) await frame();
    const [tenths, since] = [[], performance.now()];
    let tenth = { since, places: placesNow(), moved: 0 };
    let now = since;
    while (downhill.player.playing) {
      now = await frame();
      const places = placesNow();
      const far = places.map(([x, y], k) => Math.hypot(x - tenth.places[k][0], y - tenth.places[k][1]));
      tenth.moved = Math.max(tenth.moved, ...far);
      if (now - tenth.since < 100) continue;
      tenths.push(tenth.moved);
      tenth = { since: now, places, moved: 0 };
    }
    const { end, last, why } = downhill.film;
    const moving = tenths.filter((moved) => moved >= 1).length;
    return { moving, tenths: tenths.length, seconds: (now - since) / 1000, end, last, why };
  },

  /** Milliseconds to the first paint of anything. */
  firstPaint: () => performance.getEntriesByType('paint').find(({ name }) => name === 'first-paint')?.startTime ?? null,

  /**
   * Makes changes one after the other, each of which tells by what its request is known.
   * @returns {Promise<number[]>} milliseconds from each change to the frame after its path, or a newer one, was drawn
   */
  async change({ changes, pace, done }) {
    const { map } = window.downhill.overlays;
    const waiting = [];
    const times = [];
    let newest = map.walks;
    map.paint = (position) => {
      Object.getPrototypeOf(map).paint.call(map, position);
      if (map.walks === newest) return;
      newest = map.walks;
      const index = waiting.findIndex(({ is }) => is(newest.request));
      const answered = waiting.splice(0, index + 1);
      requestAnimationFrame(() => times.push(...answered.map(({ since }) => performance.now() - since)));
    };
    for (const change of changes) {
      const since = performance.now();
      waiting.push({ since, is: change() });
      await pause(pace);
    }
    done?.();
    await pause(1000);
    delete map.paint;
    return times;
  },

  /** Moves the learning rate's slider from position to position. @returns {Promise<number[]>} as `change` does */
  drag({ positions, pace, moved }) {
    const slider = document.getElementById('slide-learning_rate');
    const typed = document.getElementById('key-learning_rate');
    slider.focus();
    const changes = positions.map((position) => () => {
      slider.value = String(position);
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      const rate = Number(typed.value);
      return (request) => request.learning_rate === rate;
    });
    const done = () => {
      moved?.();
      slider.dispatchEvent(new Event('change', { bubbles: true }));
    };
    return this.change({ changes, pace, done });
  },

  /** Types formulas that nobody has typed before, each a key away from the one before. @returns {Promise<number[]>} as `change` does */
  type({ formulas, pace }) {
    const area = document.getElementById('formula-text');
    const changes = formulas.map((formula) => () => {
      area.value = formula;
      area.dispatchEvent(new Event('input', { bubbles: true }));
      return (request) => request.formula === formula;
    });
    return this.change({ changes, pace });
  },

  /**
   * Moves the slider with the map of starts on.
   * @returns {Promise<{times: number[], pictures: number[], seconds: number}>} what `drag` returns, and of each painted map of
   *   another setting how many cells it had along an axis
   */
  async dragMap(drag) {
    const { maps } = window.downhill;
    const pen = document.querySelector('#basins-over canvas').getContext('2d');
    const [since, pictures] = [performance.now(), []];
    let last = maps.version;
    let until = since;
    pen.putImageData = (...given) => {
      Object.getPrototypeOf(pen).putImageData.apply(pen, given);
      if (maps.version === last || until !== since) return;
      last = maps.version;
      pictures.push(maps.shown.columns);
    };
    const times = await this.drag({ ...drag, moved: () => (until = performance.now()) });
    delete pen.putImageData;
    return { times, pictures, seconds: (until - since) / 1000 };
  },

  /** @returns {Promise<number[]>} the intervals between frames, in milliseconds */
  frames: (seconds) =>
    new Promise((resolve) => {
      const stamps = [];
      const tick = (now) => {
        stamps.push(now);
        if (now - stamps[0] < 1000 * seconds) requestAnimationFrame(tick);
        else resolve(stamps.slice(1).map((stamp, k) => stamp - stamps[k]));
      };
      requestAnimationFrame(tick);
    }),
};

document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  window.benchmark.violations.push(`${violatedDirective} ${blockedURI}`),
);
