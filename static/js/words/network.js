// What is drawn of a network and its data, in words. Pure.

import { hasClasses } from '../state/network.js';
import { LOSS_OF_LENGTHS } from './data.js';
import { formatNumber } from './numbers.js';

/** @param {NetworkRecord} network @param {boolean} batches whether each step sees some of the points only @returns {string} what is drawn of it and of its data */
export function networkInWords(network, batches) {
  const { error, data } = network;
  const ringed = batches ? ' Ringed: the mini-batch of the step.' : '';
  // What is longer than its place is cut at the end: what the marks mean comes first.
  const caption = `${data.caption[0].toUpperCase()}${data.caption.slice(1)}.`;
  if (!hasClasses(network))
    return `Line: what the network says now. Upright: each point’s error; the loss is ${LOSS_OF_LENGTHS[error]}, over all points.${ringed} ${caption}`;
  return `Round: class 0, angular: 1, strokes around: wrong. Tint: how sure the network is; line: where it is undecided.${ringed} ${caption}`;
}

/** @param {boolean[] | null} right which data points are classified right; null where none is on any side @param {string} [who] classifies them @returns {string} whose words stay where they are, whatever the share */
export function shareInWords(right, who = 'The network') {
  if (!right) return `${who} says the same for every point.`;
  const count = right.filter(Boolean).length;
  return `${formatNumber((100 * count) / right.length, 3)} % of the points right: ${count} of ${right.length}`;
}

export const NO_NUMBERS = 'Some weight is no number any more.';

/** @param {number} most iterates whose weights are sent @returns {string} why nothing can be drawn of a walk */
export function tooManyInWords(most) {
  return `Drawn of up to ${most} iterates in all: of more no weights are sent.`;
}
