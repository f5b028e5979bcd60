// A formula as it is edited: the text that it begins with, and the constants that go with it. Pure.

import { signOf } from './typed_text.js';

/** What is typed where the landscape that is shown is none that could have been. */
const EXAMPLE = 'x^2 + 3*y^2';

/**
 * @param {Wanted} wanted
 * @param {LandscapeEntry | undefined} entry of its landscape
 * @returns {{text: string, constants: Record<string, number>, own: boolean}} what the editor begins with: what was typed, or what
 *   a landscape of the table might have been typed as, its shape a constant; `own` where it is of what is shown
 */
export function beginning({ formula, constants, shape }, entry) {
  if (formula) return { text: formula, constants: constants ?? {}, own: true };
  if (!entry?.text) return { text: EXAMPLE, constants: {}, own: false };
  const name = entry.shape?.symbol.replace('\\', '');
  return {
    text: entry.text.replaceAll('**', '^'),
    constants: name && shape !== null ? { [name]: shape } : {},
    own: true,
  };
}

/** @param {Record<string, number>} constants @returns {string | null} as an address has them: those that are 1 are left out */
export function writeConstants(constants) {
  const said = Object.entries(constants).filter(([, value]) => value !== 1);
  return said.length > 0 ? said.map(([name, value]) => `${name}:${value}`).join(',') : null;
}

/**
 * A constant whose name is not typed any more has no value; the server would refuse it.
 * @param {Record<string, number>} constants
 * @param {string} text
 * @returns {Record<string, number>} those that the text still names
 */
export function namedIn(constants, text) {
  /** @type {string[]} */
  const words = text.match(/\p{L}+/gu) ?? [];
  return Object.fromEntries(
    Object.entries(constants).filter(([name]) => words.includes(name) || words.includes(signOf(name))),
  );
}
