// How much wider than the map a view is, in words. Pure.

const DIGITS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
/** Below so many times the map is still seen as a rectangle. */
const RECTANGLE = 40;

/** @param {number} times @returns {string} how many times as wide, by two digits and a power of ten where it is many */
export function timesInWords(times) {
  const rounded = Number(times.toPrecision(2));
  if (rounded < 1e6) return `×${rounded.toLocaleString('en').replaceAll(',', '\u202f')}`;
  const power = Math.floor(Math.log10(rounded) + 1e-9);
  const front = Number((rounded / 10 ** power).toPrecision(2));
  const raised = [...String(power)].map((digit) => DIGITS[Number(digit)]).join('');
  return `×${front === 1 ? '' : `${front}\u202f·\u202f`}10${raised}`;
}

/** @param {number} times @returns {string} */
export function farInWords(times) {
  return `${timesInWords(times)}: the whole map is this ${times < RECTANGLE ? 'rectangle' : 'dot'}`;
}
