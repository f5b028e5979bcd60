// Own points as they are edited: the text that the editor begins with, and what is fitted. Pure.

/** @typedef {'line' | 'parabola' | 'logistic'} Model */

/** What is seen where nothing of one's own is there yet: a car's speed, and how far it goes when it brakes. */
const CARS =
  'speed, distance\n4, 2\n7, 13\n9, 10\n10, 26\n12, 20\n13, 34\n14, 36\n15, 54\n17, 40\n18, 56\n20, 48\n22, 66\n24, 93';
/** Hours of study, and whether the examination was passed. */
const STUDY =
  'hours, passed\n0.5, 0\n1, 0\n1.5, 0\n1.75, 1\n2.25, 1\n2.5, 0\n2.75, 1\n3, 0\n3.25, 1\n3.5, 0\n4, 1\n4.5, 1\n5, 1';

/** @param {Model} model @returns {string} an example of what it is fitted to */
export function exampleOf(model) {
  return model === 'logistic' ? STUDY : CARS;
}

/** @param {string} text @returns {boolean} whether it is an example as it was */
export function isExample(text) {
  return [CARS, STUDY].includes(text);
}

/**
 * @param {Wanted} request
 * @param {LandscapeRecord} landscape
 * @returns {{text: string, model: Model} | null} the points of what is shown as they may be typed, with what is fitted to them;
 *   null where it is not made from points
 */
export function beginningPoints({ model }, { data }) {
  if (!data) return null;
  const { x, y, second, x_name, y_name } = data;
  const names = (second ? [x_name, second.x_name, y_name] : [x_name, y_name]).map((name) =>
    name.replace(/[,;\s]+/g, ' '),
  );
  const rows = x.map((value, index) => (second ? [value, second.x[index], y[index]] : [value, y[index]]));
  return {
    text: [names, ...rows].map((row) => row.join(', ')).join('\n'),
    model: /** @type {Model} */ (model ?? modelOf(data)),
  };
}

/** What a landscape of the table fits. @param {DataPoints} data @returns {Model} */
function modelOf({ error, x, features }) {
  if (error === 'logistic') return 'logistic';
  const is_square = x.every((value, index) => Math.abs(features[0][index] - value ** 2) <= 1e-9 * (1 + value ** 2));
  return is_square && x.some((value) => value !== 0 && value !== 1) ? 'parabola' : 'line';
}

/**
 * @param {string} message of the server, which counts the points
 * @param {number[]} lines of the text that they stand in
 * @returns {string} the same, of the text's lines
 */
export function ofTheLines(message, lines) {
  const said = message.replace(/^data[:,] /, '').replace(/\brow (\d+)/g, (row, number) => {
    const line = lines[Number(number) - 1];
    return line === undefined ? row : `line ${line}`;
  });
  return `${said[0].toUpperCase()}${said.slice(1)}`;
}
