// Where something is wrong in what was typed. Pure.

/**
 * @param {string} text
 * @param {number} column in characters
 * @returns {[string, string, string]} what is before, the character there, and what follows; a space stands for the end, and
 *   for that of a line
 */
export function parted(text, column) {
  const signs = [...text];
  const at = signs[column] ?? ' ';
  const rest = signs.slice(column + 1).join('');
  return [signs.slice(0, column).join(''), at === '\n' ? ' ' : at, at === '\n' ? `\n${rest}` : rest];
}
