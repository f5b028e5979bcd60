// Numbers as people type them. Pure.

const DECIMAL = String.raw`[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?`;
const NUMBER = new RegExp(`^(${DECIMAL})(?:\\s*/\\s*(${DECIMAL}))?$`, 'i');
/** Thousands may be meant here, or thousandths. */
const GROUPED = /^[+-]?\d{1,3}([.,])\d{3}(?:\1\d{3})*$/;

/** What a field takes, for whoever typed something else. */
export const EXAMPLES = 'Write it like 0.05, 0,05, 1/3 or 1e-3.';

/**
 * Reads what was typed. Comma and point are both the decimal point, and a fraction is its value; nothing is guessed.
 * @param {string} typed
 * @param {boolean} [whole] whether a whole number is asked for, where `1,000` could be meant as a thousand
 * @returns {number} NaN where it is not understood, or no number that is finite and told from zero
 */
export function readNumber(typed, whole = false) {
  // A minus sign is copied from where numbers are set in print.
  const text = typed.trim().replaceAll('−', '-');
  const [, above, below] = NUMBER.exec(text) ?? [];
  if (above === undefined || (whole && GROUPED.test(text))) return NaN;
  const value = below === undefined ? decimal(above) : decimal(above) / decimal(below);
  const lost = value === 0 && /[1-9]/.test(above.replace(/e.*/i, ''));
  return Number.isFinite(value) && !lost ? value + 0 : NaN;
}

/** @param {string} text */
function decimal(text) {
  return Number(text.replace(',', '.'));
}
