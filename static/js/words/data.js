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
