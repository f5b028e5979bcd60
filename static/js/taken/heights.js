// The loss along the walks as a curve fits into a strip: from the lowest loss to the highest, in tens where it spans many. Pure.

/** A span of so many times is shown in tens. */
const WIDE = 10;

/**
 * @typedef {{log: boolean, low: number, high: number, part(loss: number): number}} Heights
 * `part` is how far up a loss stands, from 0 to 1; NaN where it has no place.
 */

/**
 * @param {Iterable<number>} losses
 * @returns {Heights}
 */
export function heightsOf(losses) {
  let [low, high, least] = [Infinity, -Infinity, Infinity];
  for (const loss of losses) {
    if (!Number.isFinite(loss)) continue;
    low = Math.min(low, loss);
    high = Math.max(high, loss);
    if (loss > 0) least = Math.min(least, loss);
  }
  // A loss of exactly 0 has no place among tens: it stands at the floor.
  const log = low >= 0 && least < Infinity && high > WIDE * least;
  const [bottom, top] = log ? [Math.log10(least), Math.log10(high)] : [low, high];
  const span = top - bottom;
  return {
    log,
    low: log ? least : low,
    high,
    part(loss) {
      if (!Number.isFinite(loss)) return NaN;
      if (!(span > 0)) return 0.5;
      const at = log ? Math.log10(Math.max(loss, least)) : loss;
      // The difference of two large numbers may be none.
      return Number.isFinite(span) ? (at - bottom) / span : at / 2 / top + 0.5;
    },
  };
}
