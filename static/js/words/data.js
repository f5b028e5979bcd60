// The data that a landscape is made from, in words. Pure.

/** What the loss makes of the lengths of the lines between points and fit. @type {Record<string, string>} */
export const LOSS_OF_LENGTHS = {
  absolute: 'the mean of their lengths',
  squared: 'the mean of their squares',
  logistic: 'the mean of −log(1 − length)',
};

/** @param {DataPoints} data @returns {string} what is drawn of data and fit, and what the loss makes of them */
export function dataInWords({ caption, error }) {
  const dashed = error === 'squared' ? 'the exact least-squares answer' : 'the best fit there is';
  return `${caption} Line: the walker’s fit. Dashed: ${dashed}. Upright: each point’s error; the loss is ${LOSS_OF_LENGTHS[error]}, over all points.`;
}

/** @param {LandscapeRecord} landscape that is made from own points @returns {string} what its loss is */
export function lossInWords({ data }) {
  return data?.error === 'logistic' ? 'mean of −log(chance of label)' : 'mean of (fit − y)²';
}

/** @param {number} points that are in no link @param {number} most that a link holds @returns {string} where they are, and what becomes of them */
export function unlinkedInWords(points, most) {
  if (points === 0) return '';
  const why = points > most ? `holds up to ${most}` : 'has no room for so many digits';
  return `In no link: your ${points} points. A link ${why}. This tab keeps them, also when it is reloaded; elsewhere the page opens without them.`;
}

/** @param {DataPoints} data of two classes @param {boolean} batches whether each step sees some of the points only @returns {string} what is drawn of the walker's fit to them */
export function classesInWords({ caption }, batches) {
  const ringed = batches ? ' Ringed: the mini-batch of the step.' : '';
  return `Round: label 0, angular: 1, strokes around: wrong. Tint: how sure the walker’s fit is; line: where it is undecided.${ringed} ${caption}`;
}
