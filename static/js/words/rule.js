// The update rule with its numbers as MathML. Pure.

import { formatNumber } from './numbers.js';

const PLACE = /<mtext>@([a-z0-9-]+)@<\/mtext>/g;
export const FEW_DIGITS = 6;
export const ALL_DIGITS = 17;

/**
 * @param {number | null | number[] | number[][]} value a number, a vector or a matrix by rows; null is not finite
 * @param {number} [digits]
 * @returns {string} MathML
 */
export function typesetNumber(value, digits = FEW_DIGITS) {
  const number = (/** @type {number | null} */ one) => `<mn>${written(one, digits)}</mn>`;
  if (!Array.isArray(value))
    return (value ?? 0) < 0 ? `<mrow><mo>(</mo>${number(value)}<mo>)</mo></mrow>` : number(value);
  if (Array.isArray(value[0])) {
    const rows = /** @type {number[][]} */ (value).map(
      (row) => `<mtr>${row.map((one) => `<mtd>${number(one)}</mtd>`).join('')}</mtr>`,
    );
    return `<mrow><mo>(</mo><mtable>${rows.join('')}</mtable><mo>)</mo></mrow>`;
  }
  return `<mrow><mo>(</mo>${/** @type {number[]} */ (value).map(number).join('<mo separator="true">,</mo>')}<mo>)</mo></mrow>`;
}

/** @param {number | null} value @param {number} digits */
function written(value, digits) {
  const text = digits === ALL_DIGITS && value !== null ? String(value) : formatNumber(value ?? NaN, digits);
  return text.replaceAll('-', '−');
}

/** Fills a rule's named places. @param {string} rule @param {(name: string) => string} fill */
export function filled(rule, fill) {
  return rule.replace(PLACE, (_, name) => fill(name.replaceAll('-', '_')));
}

/** @param {Optimizer} optimizer @returns {boolean} whether no matrix is in its rule, so that what stands beside each other is multiplied by coordinates */
export function isByCoordinates({ rules }) {
  return !/@(hessian|inverse)@/.test(Object.values(rules).flat(2).join());
}

/** The inside of a math element, to stand within another. @param {string} mathml */
export function inner(mathml) {
  return mathml.replace(/^<math[^>]*>|<\/math>$/g, '');
}
