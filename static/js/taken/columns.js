// The numbers of a walk as its file holds them: a column is one number, or base64 of floats of eight bytes. Pure.

/**
 * What a file says of one walk. `step` has the numbers of those steps that it holds, where it does not hold all.
 * @typedef {{run: number, walker: number, label: string, style: number, message: string, count: number, step: string | null, columns: Record<string, number | string>}} TakenWalk
 */

/**
 * The same with its numbers read. `step[k]` is the step that the k-th number of each column is of.
 * @typedef {{label: string, walker: number, style: number, message: string, step: ArrayLike<number>, columns: Record<string, ArrayLike<number>>}} ReadWalk
 */

/** @param {string} text @returns {ArrayBuffer} */
function bytesOf(text) {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let index = 0; index < letters.length; index += 1) bytes[index] = letters.charCodeAt(index);
  return bytes.buffer;
}

/**
 * @param {number | string} column
 * @param {number} count
 * @returns {ArrayLike<number>} so many numbers, to the last bit
 */
export function readColumn(column, count) {
  return typeof column === 'number' ? new Float64Array(count).fill(column) : new Float64Array(bytesOf(column));
}

/** @param {TakenWalk} walk @returns {ReadWalk} */
export function readWalk({ label, walker, style, message, count, step, columns }) {
  const read = Object.entries(columns).map(([name, column]) => [name, readColumn(column, count)]);
  return {
    label,
    walker,
    style,
    message,
    step: step === null ? Uint32Array.from({ length: count }, (_, k) => k) : new Uint32Array(bytesOf(step)),
    columns: Object.fromEntries(read),
  };
}

/**
 * @param {ReadWalk[]} walks
 * @returns {number[]} every step that any of the walks has, in order
 */
export function timelineOf(walks) {
  return [...new Set(walks.flatMap(({ step }) => Array.from(step)))].sort((one, other) => one - other);
}

/**
 * @param {ArrayLike<number>} steps in order
 * @param {number} shown a step, or a moment between two
 * @returns {number} the place of the last step that is not after it
 */
export function placeAt(steps, shown) {
  let [low, high] = [0, steps.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (steps[middle] <= shown) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * @param {ArrayLike<number>} steps in order
 * @param {number} shown a step, or a moment between two
 * @returns {{place: number, part: number}} the place of the last step that is not after it, and how far on to the next it is
 */
export function momentAt(steps, shown) {
  const place = placeAt(steps, shown);
  const ahead = place + 1 < steps.length ? steps[place + 1] - steps[place] : Infinity;
  return { place, part: Math.max(0, (shown - steps[place]) / ahead) };
}

/** @param {number[]} timeline @returns {number} from which of its places on steps are missing; the last one where none are */
export function thinFrom(timeline) {
  const first = timeline.findIndex((step, place) => place > 0 && step > timeline[place - 1] + 1);
  return first < 0 ? timeline.length - 1 : first - 1;
}

/** Below, digits would begin behind many zeros. */
const SMALL = 1e-4;

/** @param {number} value @returns {string} every digit of it */
export function wholeNumber(value) {
  if (!Number.isFinite(value)) return 'not finite';
  return value !== 0 && Math.abs(value) < SMALL ? value.toExponential() : String(value);
}
