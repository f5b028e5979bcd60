// Where a function on a grid has one value: a line in pieces. Pure.

/**
 * By marching squares: each square of four neighbours is crossed on the straight lines between them.
 * @param {Float64Array} values row by row
 * @param {number} columns
 * @param {number} level
 * @returns {number[]} the ends of one piece after the other, x, y, x, y, in columns and rows
 */
export function levelLine(values, columns, level) {
  /** @type {number[]} */
  const pieces = [];
  const rows = values.length / columns;
  for (let row = 0; row + 1 < rows; row += 1) {
    for (let column = 0; column + 1 < columns; column += 1) {
      const k = row * columns + column;
      const [a, b, c, d] = [values[k], values[k + 1], values[k + columns + 1], values[k + columns]];
      const sides = Number(a > level) + 2 * Number(b > level) + 4 * Number(c > level) + 8 * Number(d > level);
      if (sides === 0 || sides === 15) continue;
      cross(pieces, column, row, [a, b, c, d], level, sides);
    }
  }
  return pieces;
}

/** @param {number[]} pieces is written to @param {number} x @param {number} y @param {number[]} corners around the square @param {number} level @param {number} sides which of them are above it */
function cross(pieces, x, y, [a, b, c, d], level, sides) {
  const part = (/** @type {number} */ from, /** @type {number} */ to) => (level - from) / (to - from);
  const ends = [];
  if ((sides & 1) !== ((sides >> 1) & 1)) ends.push(x + part(a, b), y);
  if (((sides >> 1) & 1) !== ((sides >> 2) & 1)) ends.push(x + 1, y + part(b, c));
  if (((sides >> 2) & 1) !== ((sides >> 3) & 1)) ends.push(x + part(d, c), y + 1);
  if (((sides >> 3) & 1) !== (sides & 1)) ends.push(x, y + part(a, d));
  // At a saddle the middle says which corners belong together.
  const middle = (a + b + c + d) / 4;
  if (ends.length === 8 && a > level !== middle > level) ends.push(...ends.splice(0, 2));
  pieces.push(...ends);
}
