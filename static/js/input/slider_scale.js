// The scale of a slider: its thousand positions, linear or logarithmic, and the steps of a key along it. Pure.

/** @typedef {{low: number, high: number, log: boolean, whole?: boolean}} Scale */

/**
 * Where so many steps of the slider lead from a value: on its own scale, inside its range, each step to another value.
 * @param {number} value
 * @param {number} count negative for downwards
 * @param {Scale} scale
 * @returns {number} the value itself where there is nothing beyond
 */
export function stepped(value, count, scale) {
  const way = Math.sign(count);
  let at = value;
  for (let k = 0; k < Math.abs(count); k += 1) at = nextTo(at, way, scale);
  return at;
}

/** @param {number} value @param {number} way 1 or -1 @param {Scale} scale */
function nextTo(value, way, scale) {
  // Positions of the slider lie closer than whole numbers, or than the digits that it gives.
  for (let position = toSlider(value, scale) + way; position >= 0 && position <= 1000; position += way) {
    const next = fromSlider(position, scale);
    if (way * (next - value) > 0) return next;
  }
  const end = way > 0 ? scale.high : scale.low;
  return way * (end - value) > 0 ? end : value;
}

/**
 * The position of a slider is 0 to 1000.
 * @param {number} value
 * @param {Scale} scale
 */
export function toSlider(value, { low, high, log }) {
  const part = log
    ? Math.log(value / bottom(low, high)) / Math.log(high / bottom(low, high))
    : (value - low) / (high - low);
  return Math.round(1000 * Math.min(1, Math.max(0, part)));
}

/**
 * @param {number} position
 * @param {Scale} scale
 * @returns {number} a value with few digits, as a slider should give
 */
export function fromSlider(position, { low, high, log, whole }) {
  const part = position / 1000;
  const least = bottom(low, high);
  const value = log ? least * (high / least) ** part : low + (high - low) * part;
  if (position === 0) return low;
  if (position === 1000) return high;
  const rounded = log
    ? Number(value.toPrecision(3))
    : Number(value.toFixed(Math.max(0, 3 - Math.ceil(Math.log10(high - low)))));
  return whole ? Math.round(value) : rounded;
}

/** A logarithmic scale cannot begin at zero. @param {number} low @param {number} high */
function bottom(low, high) {
  return low > 0 ? low : high * 1e-9;
}
