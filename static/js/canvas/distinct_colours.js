// Colours that tell apart, for every eye, and their shades. Pure.

/** How reds and greens look to those who see them alike, in linear light (Machado, Oliveira and Fernandes 2009). */
const VISIONS = [
  [1, 0, 0, 0, 1, 0, 0, 0, 1],
  [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
];

/** @param {Triple} vector @param {number[]} matrix row by row @returns {Triple} */
function times(vector, matrix) {
  return /** @type {Triple} */ (
    [0, 3, 6].map((row) => matrix[row] * vector[0] + matrix[row + 1] * vector[1] + matrix[row + 2] * vector[2])
  );
}

/** @param {Triple} rgb 0 to 255 @returns {Triple} linear light, 0 to 1 */
function toLight(rgb) {
  return /** @type {Triple} */ (
    rgb.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4))
  );
}

/** @param {Triple} light @returns {Triple} Oklab (Ottosson 2020) */
function lightToLab(light) {
  const cones = times(
    light,
    [
      0.4122214708, 0.5363325363, 0.0514459929, 0.2119034982, 0.6806995451, 0.1073969566, 0.0883024619, 0.2817188376,
      0.6299787005,
    ],
  );
  return times(
    /** @type {Triple} */ (cones.map(Math.cbrt)),
    [
      0.2104542553, 0.793617785, -0.0040720468, 1.9779984951, -2.428592205, 0.4505937099, 0.0259040371, 0.7827717662,
      -0.808675766,
    ],
  );
}

/** @param {Triple} rgb @returns {Triple} */
export function toLab(rgb) {
  return lightToLab(toLight(rgb));
}

/** @param {Triple} lab @returns {Triple} linear light, outside 0 to 1 where no screen shows it */
function labToLight(lab) {
  const cones = times(
    lab,
    [1, 0.3963377774, 0.2158037573, 1, -0.1055613458, -0.0638541728, 1, -0.0894841775, -1.291485548],
  );
  return times(
    /** @type {Triple} */ (cones.map((part) => part ** 3)),
    [
      4.0767416621, -3.3077115913, 0.2309699292, -1.2684380046, 2.6097574011, -0.3413193965, -0.0041960863,
      -0.7034186147, 1.707614701,
    ],
  );
}

/** @param {Triple} lab @returns {Triple} 0 to 255, what no screen shows cut off */
export function fromLab(lab) {
  return /** @type {Triple} */ (
    labToLight(lab).map((part) => {
      const kept = Math.min(1, Math.max(0, part));
      return Math.round(255 * (kept <= 0.0031308 ? 12.92 * kept : 1.055 * kept ** (1 / 2.4) - 0.055));
    })
  );
}

/** @typedef {Triple[]} Seen a colour in Oklab, as each kind of eye sees it */

/** @param {Triple} rgb @returns {Seen} */
function seen(rgb) {
  const light = toLight(rgb);
  return VISIONS.map((matrix) =>
    lightToLab(/** @type {Triple} */ (times(light, matrix).map((part) => Math.max(0, part)))),
  );
}

/** @param {Seen} one @param {Seen} other @returns {number} the distance for whoever tells them apart least */
function apart(one, other) {
  return Math.min(...one.map(([l, a, b], eye) => Math.hypot(l - other[eye][0], a - other[eye][1], b - other[eye][2])));
}

/** @param {Triple} one @param {Triple} other @returns {number} how different two colours are, also without red or green */
export function difference(one, other) {
  return apart(seen(one), seen(other));
}

/** Every colour that a further minimum might have: no grey, which is what has no place. @returns {Triple[]} */
function candidates() {
  const found = [];
  for (const l of [0.45, 0.53, 0.61, 0.69, 0.77, 0.85]) {
    for (const chroma of [0.1, 0.14, 0.18]) {
      for (let hue = 0; hue < 360; hue += 15) {
        /** @type {Triple} */
        const lab = [l, chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180)];
        if (labToLight(lab).every((part) => part >= 0 && part <= 1)) found.push(fromLab(lab));
      }
    }
  }
  return found;
}

/**
 * Colours that tell apart: Okabe and Ito's, then each the one furthest from all before it.
 * @param {number} count
 * @param {Triple[]} few the palette's own
 * @returns {Triple[]} at most as many as there are
 */
export function distinctColours(count, few) {
  const chosen = few.slice(0, count);
  const left = candidates().map((colour) => ({ colour, eyes: seen(colour), room: Infinity }));
  const reach = (/** @type {Triple} */ colour) => {
    const eyes = seen(colour);
    for (const one of left) one.room = Math.min(one.room, apart(one.eyes, eyes));
  };
  chosen.forEach(reach);
  while (chosen.length < count && left.length > 0) {
    left.sort((one, other) => other.room - one.room);
    const { colour } = /** @type {typeof left[0]} */ (left.shift());
    chosen.push(colour);
    reach(colour);
  }
  return chosen;
}

/** So many of the nearest minima must not look alike. */
const NEIGHBOURS = 8;
/** Neighbours that differ by so much need no other colours. */
const PLAIN = 0.12;

/**
 * A colour for each minimum. A few have Okabe and Ito's in order; of very many each has the colour that is furthest from
 * those of its nearest neighbours, for these are what lies side by side.
 * @param {number[][]} points
 * @param {Triple[]} few the palette's own
 * @returns {Triple[]}
 */
export function colourMinima(points, few) {
  const free = distinctColours(points.length, few).map((colour) => ({ colour, eyes: seen(colour) }));
  if (points.length <= few.length) return free.map(({ colour }) => colour);
  // Where there are more minima than colours, one that is not a neighbour's may come again.
  const enough = free.length >= points.length;
  const near = neighbours(points);
  /** @type {(typeof free[0])[]} */
  const given = [];
  for (const around of near) {
    const taken = around.filter((place) => place < given.length).map((place) => given[place].eyes);
    const best = free
      .map((one) => ({ one, room: Math.min(1, ...taken.map((eyes) => apart(one.eyes, eyes))) }))
      .reduce((most, next) => (next.room > most.room ? next : most));
    given.push(best.one);
    if (enough) free.splice(free.indexOf(best.one), 1);
  }
  exchange(given, near);
  return given.map(({ colour }) => colour);
}

/** @param {number[][]} points @returns {number[][]} the nearest others of each, either way */
function neighbours(points) {
  const nearest = points.map((point, index) =>
    points
      .map((other, place) => ({ place, distance: Math.hypot(...point.map((value, axis) => value - other[axis])) }))
      .filter(({ place }) => place !== index)
      .sort((one, other) => one.distance - other.distance)
      .slice(0, NEIGHBOURS)
      .map(({ place }) => place),
  );
  return nearest.map((places, index) => [
    ...new Set([...places, ...nearest.flatMap((others, place) => (others.includes(index) ? [place] : []))]),
  ]);
}

/**
 * Lets those that came last, for which few colours were left, exchange theirs with any other where both gain by it.
 * @param {{eyes: Seen}[]} given
 * @param {number[][]} near
 */
function exchange(given, near) {
  const room = (/** @type {number} */ one) =>
    Math.min(...near[one].map((other) => apart(given[one].eyes, given[other].eyes)));
  const swap = (/** @type {number} */ one, /** @type {number} */ other) =>
    ([given[one], given[other]] = [given[other], given[one]]);
  for (let one = given.length - 1; one >= 0; one -= 1) {
    for (let other = 0; other < given.length && room(one) < PLAIN; other += 1) {
      const before = Math.min(room(one), room(other));
      swap(one, other);
      if (Math.min(room(one), room(other)) <= before) swap(one, other);
    }
  }
}

/**
 * A colour lighter for few steps, darker for many.
 * @param {Triple} rgb
 * @param {number} part 0 for the fewest, 1 for the most
 * @returns {Triple}
 */
export function shade(rgb, part) {
  const [l, a, b] = toLab(rgb);
  const lighter = 0.45 * (1 - 2 * part);
  const fade = 1 - 0.35 * Math.abs(1 - 2 * part);
  return fromLab([lighter > 0 ? l + lighter * (1 - l) : l * (1 + lighter), a * fade, b * fade]);
}

/**
 * A colour of the scale of evaluations: bright for the fewest.
 * @param {number} part 0 for the fewest, 1 for the most
 * @param {Triple[]} anchors from the most to the fewest
 * @returns {Triple}
 */
export function scaleColour(part, anchors) {
  const place = (1 - part) * (anchors.length - 1);
  const below = Math.min(anchors.length - 2, Math.floor(place));
  const [one, other] = [toLab(anchors[below]), toLab(anchors[below + 1])];
  return fromLab(/** @type {Triple} */ (one.map((value, axis) => value + (place - below) * (other[axis] - value))));
}
