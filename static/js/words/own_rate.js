// Whether a step size is the one that an optimizer would take by itself on a landscape, in words. Pure.

import { formatNumber } from './numbers.js';

/**
 * @param {number} rate that is set
 * @param {number | null} usual the optimizer's on this landscape
 * @param {string} title of the optimizer
 * @returns {{back: string, text: string}} what stands on the button that takes the usual one, empty where it is taken already
 */
export function ownRateInWords(rate, usual, title) {
  if (usual === null) return { back: '', text: '' };
  const whose = `${title}’s own`;
  if (rate === usual) return { back: '', text: `${formatNumber(usual)} is ${whose} here.` };
  return { back: `Back to ${formatNumber(usual)}`, text: `, ${whose} here.` };
}
