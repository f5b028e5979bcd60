// What is drawn of a network and its data, in words. Pure.

import { hasClasses } from '../state/network.js';
import { LOSS_OF_LENGTHS } from './data.js';

/** As wide as a digit. */
const FIGURE_SPACE = '\u2007';

/** @param {NetworkRecord} network @param {boolean} batches whether each step sees some of the points only @returns {string} what is drawn of it and of its data */
export function networkInWords(network, batches) {
  const { error, data, weights } = network;
  const ringed = batches ? ' Ringed: the mini-batch of the step.' : '';
  const caption = `${data.caption[0].toUpperCase()}${data.caption.slice(1)}.`;
  if (!hasClasses(network))
    return `${caption} Line: what the network says now, with the ${weights} weights of the walker’s step. Upright: each point’s error; the loss is ${LOSS_OF_LENGTHS[error]}, over all points.${ringed}`;
  return `${caption} Tint: how sure the network is now, of class 0 (round) or 1 (angular); line: where it is undecided. Crossed out: wrong.${ringed}`;
}

/** @param {boolean[]} right which data points are classified right @returns {string} of one width, whatever the share */
export function shareInWords(right) {
  const count = right.filter(Boolean).length;
  const padded = (/** @type {number} */ number, /** @type {number} */ width) =>
    String(number).padStart(width, FIGURE_SPACE);
  // Only all of them are 100 %.
  const percent = Math.floor((100 * count) / right.length);
  return `${padded(percent, 3)} % of the points right: ${padded(count, String(right.length).length)} of ${right.length}`;
}
