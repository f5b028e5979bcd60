// Numbers as they are shown, and as an address and a field have them. Pure.

/**
 * @param {number} share
 * @returns {string} a share as it is shown; what occurs is never 0 %, and what is not all never 100 %
 */
export function formatShare(share) {
  const rounded = Math.round(1000 * share) / 10;
  if (share > 0 && rounded === 0) return 'under 0.1\u00a0%';
  if (share < 1 && rounded === 100) return 'over 99.9\u00a0%';
  return `${rounded}\u00a0%`;
}

/**
 * @param {number} value
 * @returns {string} the number as the address has it, every digit kept
 */
export function writeNumber(value) {
  return String(value);
}

/**
 * @param {number} value
 * @returns {string} the number as a field has room for it, in a form that a field takes
 */
export function shortNumber(value) {
  return String(Number(value.toPrecision(6)));
}

/**
 * @param {number} value
 * @param {number} [digits]
 * @returns {string} the number as it is shown
 */
export function formatNumber(value, digits = 4) {
  if (!Number.isFinite(value)) return 'not finite';
  const text = Number(value.toPrecision(digits));
  const size = Math.abs(text);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) return text.toExponential().replace('e+', 'e');
  return String(text);
}

/**
 * @param {MapAxis} axis
 * @param {number} value
 * @returns {string} the value with as many digits as tell the window's cells apart
 */
export function formatOnAxis({ low, high }, value) {
  const most = Math.max(Math.abs(low), Math.abs(high));
  return formatNumber(value, Math.min(17, 4 + Math.max(0, Math.floor(Math.log10(most / (high - low))))));
}
