// From where a surface is looked at: found for each landscape from its heights. Of all directions the one from which the low
// ground, where walks go, is seen whole, and from which the surface fills its box. Pure.

/** @typedef {[number, number, number]} Vector */
/** @typedef {{x: number, y: number, z: number}} Sides of the box of a scene, which stands around its origin */
/** @typedef {{eye: Vector, center: Vector, sides: Sides, seen: number, filled: number}} View `seen` of the low ground, `filled` of the box */

/** As far as a scene's rays open upwards: 45 degrees. */
const OPENING = Math.tan(Math.PI / 8);
/** Degrees around, from the lower edge of the map on, and up. A map is read from below: other sides come only where it hides. */
const AROUND = [-25, 25, -40, 40, -10, 10, -55, 55, -70, 70, -140, 140];
const UP = [40, 45, 50, 55, 60, 65];
/** Heights of the scene's box, the likeliest first. An oblong is drawn higher, to fill its box, and ground full of narrow pits flatter,
 * or none is seen into. */
const HEIGHTS = [0.6, 0.8, 0.48, 0.36, 0.26, 0.18];
/** What must be seen of the low ground, and what is enough to fill of the box. */
const WHOLE = 0.97;
const ENOUGH = 0.46;
const LEAST = 0.41;
/** Points along each side of the grid that a view is judged by, and cells along each side of the box. */
const POINTS = 25;
const CELLS = 32;
const SAMPLES = 24;
/** A wall that rises less than this part of the whole height above a sight line does not hide what lies there. */
const SLACK = 0.004;

/**
 * @param {Grid} grid
 * @param {{x: number, y: number}} floor the scene's sides
 * @param {{width: number, height: number}} box on the screen, in pixels
 * @param {{x: number, y: number}} margin of the box that is left free on each side, in pixels
 * @returns {View}
 */
export function viewOf(grid, floor, box, margin) {
  /** @type {View | null} */
  let best = null;
  for (const z of HEIGHTS) {
    const view = bestView(groundOf(grid, { ...floor, z }), box, margin);
    if (!best || worthOf(view) > worthOf(best)) best = view;
    if (best.seen >= WHOLE && best.filled >= LEAST) break;
  }
  return /** @type {View} */ (best);
}

/** What is not seen weighs more than what is not filled. @param {View} view */
function worthOf({ seen, filled }) {
  return 6 * Math.min(seen, WHOLE) + 2 * Math.min(filled, ENOUGH);
}

/**
 * @param {Ground} ground
 * @param {{width: number, height: number}} box
 * @param {{x: number, y: number}} margin
 * @returns {View}
 */
function bestView(ground, box, margin) {
  const { sides } = ground;
  /** @type {(View & {worth: number}) | null} */
  let best = null;
  for (const around of AROUND) {
    for (const up of UP) {
      const axes = axesOf(around, up);
      const { distance, center } = fit(ground, axes, box, margin);
      const eye = /** @type {Vector} */ (center.map((value, axis) => value + distance * axes.out[axis]));
      const filled = filledOf(ground, axes, distance, center, box);
      // Turned away from the map's own direction it is read less well, and from high above it is flat.
      const ease = 0.09 * Number(Math.abs(around) > 45) + 0.0015 * (up - 40) + 0.0004 * Math.abs(Math.abs(around) - 25);
      const most = worthOf({ eye, center, sides, seen: 1, filled }) - ease;
      // Where it could not be the best one nobody looks what is seen from there.
      if (best && most <= best.worth) continue;
      const seen = seenOf(ground, eye);
      const worth = worthOf({ eye, center, sides, seen, filled }) - ease;
      if (!best || worth > best.worth) best = { eye, center, sides, seen, filled, worth };
    }
  }
  return /** @type {View} */ (best);
}

/** @typedef {{points: {place: Vector, weight: number}[], corners: Vector[], height: (x: number, y: number) => number, sides: Sides, skin: Float64Array}} Ground in the scene's own lengths; `skin` has points all over it and its walls, three numbers each */

/**
 * The loss between the points of a grid.
 * @param {Grid} grid
 * @returns {(x: number, y: number) => number}
 */
export function lossOn({ x, y = [], loss }) {
  const sides = { x: x[x.length - 1] - x[0], y: y[y.length - 1] - y[0], z: 1 };
  const [low, high] = rangeOf(loss);
  const height = heightOn({ x, y, loss }, sides);
  return (right, up) => {
    const above = height(right - x[0] - sides.x / 2, up - y[0] - sides.y / 2);
    return low + (high - low) * (Math.max(-0.5, above) + 0.5);
  };
}

/**
 * @param {Grid} grid
 * @param {Sides} sides
 * @returns {(x: number, y: number) => number} the surface's height in a scene with these sides, -Infinity beside it
 */
function heightOn({ loss }, sides) {
  const [low, high] = rangeOf(loss);
  const [rows, columns] = [loss.length, loss[0].length];
  const raised = Float64Array.from(
    loss.flat(),
    (value) => (((value ?? low) - low) / (high - low || 1) - 0.5) * sides.z,
  );
  // Asked for hundreds of thousands of times: nothing is made on the way.
  return (x, y) => {
    const column = (x / sides.x + 0.5) * (columns - 1);
    const row = (y / sides.y + 0.5) * (rows - 1);
    if (!(column >= 0 && row >= 0 && column <= columns - 1 && row <= rows - 1)) return -Infinity;
    const j = Math.min(columns - 2, Math.floor(column));
    const i = Math.min(rows - 2, Math.floor(row));
    const u = column - j;
    const v = row - i;
    const at = i * columns + j;
    const below = (1 - u) * raised[at] + u * raised[at + 1];
    return (1 - v) * below + v * ((1 - u) * raised[at + columns] + u * raised[at + columns + 1]);
  };
}

/** @param {Grid} grid @param {Sides} sides @returns {Ground} */
function groundOf(grid, sides) {
  const height = heightOn(grid, sides);
  /** @type {Ground['points']} */
  const points = [];
  for (let i = 0; i < POINTS; i += 1) {
    for (let j = 0; j < POINTS; j += 1) {
      const [x, y] = [(j / (POINTS - 1) - 0.5) * sides.x, (i / (POINTS - 1) - 0.5) * sides.y];
      const z = height(x, y);
      points.push({ place: [x, y, z], weight: (0.5 - z / sides.z) ** 4 });
    }
  }
  const corners = [-0.5, 0.5].flatMap((x) =>
    [-0.5, 0.5].map((y) => /** @type {Vector} */ ([x * sides.x, y * sides.y, -0.5 * sides.z])),
  );
  return { points, corners, height, sides, skin: skinOf(height, sides) };
}

/** @param {Ground['height']} height @param {Sides} sides @returns {Float64Array} */
function skinOf(height, sides) {
  const fine = 2 * CELLS;
  const skin = [];
  for (let i = 0; i <= fine; i += 1) {
    for (let j = 0; j <= fine; j += 1) {
      const [x, y] = [(j / fine - 0.5) * sides.x, (i / fine - 0.5) * sides.y];
      const z = height(x, y);
      const steps = i % fine === 0 || j % fine === 0 ? CELLS / 2 : 0;
      for (let k = 0; k <= steps; k += 1) skin.push(x, y, z - (k / (steps || 1)) * (z + sides.z / 2));
    }
  }
  return Float64Array.from(skin);
}

/** @param {(number | null)[][]} loss @returns {[number, number]} the lowest and the highest */
export function rangeOf(loss) {
  let [low, high] = [Infinity, -Infinity];
  for (const row of loss)
    for (const value of row) {
      if (value === null) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  return low <= high ? [low, high] : [0, 0];
}

/** @typedef {{out: Vector, right: Vector, above: Vector}} Axes of the screen: towards the eye, to the right, upwards */

/** @param {number} around @param {number} up @returns {Axes} */
function axesOf(around, up) {
  const [a, b] = [around, up].map((degrees) => (degrees * Math.PI) / 180);
  return {
    out: [Math.cos(b) * Math.sin(a), -Math.cos(b) * Math.cos(a), Math.sin(b)],
    right: [Math.cos(a), Math.sin(a), 0],
    above: [-Math.sin(b) * Math.sin(a), Math.sin(b) * Math.cos(a), Math.cos(b)],
  };
}

/** @param {Vector} one @param {Vector} other */
function dot(one, other) {
  return one[0] * other[0] + one[1] * other[1] + one[2] * other[2];
}

/**
 * So near that the surface and its floor just fit, and what is then looked at: their middle on the screen.
 * @param {Ground} ground
 * @param {Axes} axes
 * @param {{width: number, height: number}} box
 * @param {{x: number, y: number}} margin
 * @returns {{distance: number, center: Vector}}
 */
function fit({ points, corners }, { out, right, above }, { width, height }, margin) {
  const all = [...points.map(({ place }) => place), ...corners].map((place) => [
    dot(place, right),
    dot(place, above),
    dot(place, out),
  ]);
  // From the middle of the box to its border, as tangents.
  const [most_x, most_y] = [
    (OPENING * width * (1 - (2 * margin.x) / width)) / height,
    OPENING * (1 - (2 * margin.y) / height),
  ];
  /** @param {number} distance @param {number} axis @param {number} most @returns {number | null} the shift with which all of it fits */
  const shift = (distance, axis, most) => {
    let [least, largest] = [-Infinity, Infinity];
    for (const place of all) {
      const reach = most * (distance - place[2]);
      if (reach <= 0) return null;
      least = Math.max(least, place[axis] - reach);
      largest = Math.min(largest, place[axis] + reach);
    }
    return least <= largest ? (least + largest) / 2 : null;
  };
  let [near, far] = [0.5, 8];
  for (let round = 0; round < 18; round += 1) {
    const middle = (near + far) / 2;
    if (shift(middle, 0, most_x) === null || shift(middle, 1, most_y) === null) near = middle;
    else far = middle;
  }
  const [across, upwards] = [shift(far, 0, most_x) ?? 0, shift(far, 1, most_y) ?? 0];
  const center = /** @type {Vector} */ (right.map((part, axis) => across * part + upwards * above[axis]));
  return { distance: far, center };
}

/** @param {Ground} ground @param {Vector} eye @returns {number} how much of the low ground is seen from there, from 0 to 1 */
function seenOf({ points, height, sides }, eye) {
  let [seen, all] = [0, 0];
  for (const { place, weight } of points) {
    all += weight;
    if (!isHidden(place, eye, height, sides)) seen += weight;
  }
  return all > 0 ? seen / all : 1;
}

/** @param {Vector} place @param {Vector} eye @param {Ground['height']} height @param {Sides} sides */
function isHidden([x, y, z], eye, height, sides) {
  const [dx, dy, dz] = [eye[0] - x, eye[1] - y, eye[2] - z];
  // Above the highest place nothing hides.
  const part = dz > 0 ? Math.min(1, (sides.z / 2 - z) / dz) : 1;
  for (let k = 1; k <= SAMPLES; k += 1) {
    const along = (part * k) / SAMPLES;
    if (height(x + along * dx, y + along * dy) > z + along * dz + SLACK * sides.z) return true;
  }
  return false;
}

/**
 * How much of its box the surface fills with its walls, from 0 to 1: cells of the box in which a point of it lies.
 * @param {Ground} ground
 * @param {Axes} axes
 * @param {number} distance
 * @param {Vector} center
 * @param {{width: number, height: number}} box
 */
function filledOf({ skin }, { out, right, above }, distance, center, { width, height }) {
  const cells = new Uint8Array(CELLS * CELLS);
  const across = (OPENING * width) / height;
  for (let k = 0; k < skin.length; k += 3) {
    const x = skin[k] - center[0];
    const y = skin[k + 1] - center[1];
    const z = skin[k + 2] - center[2];
    const away = 2 * (distance - x * out[0] - y * out[1] - z * out[2]);
    const column = Math.floor((0.5 + (x * right[0] + y * right[1] + z * right[2]) / (across * away)) * CELLS);
    const row = Math.floor((0.5 + (x * above[0] + y * above[1] + z * above[2]) / (OPENING * away)) * CELLS);
    if (column >= 0 && row >= 0 && column < CELLS && row < CELLS) cells[row * CELLS + column] = 1;
  }
  // Of the cells along its border about half is filled.
  let count = 0;
  for (let k = 0; k < cells.length; k += 1) {
    if (cells[k] === 0) continue;
    count += cells[k - 1] && cells[k + 1] && cells[k - CELLS] && cells[k + CELLS] ? 1 : 0.5;
  }
  return count / cells.length;
}
