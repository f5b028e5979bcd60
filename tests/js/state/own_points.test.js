import { test } from 'node:test';
import assert from 'node:assert/strict';

import { pastedPoints } from '../../../static/js/input/pasted_points.js';
import { beginningPoints, exampleOf, isExample, ofTheLines } from '../../../static/js/state/own_points.js';

/** @param {object} data @param {object} [request] */
const begun = (data, request = {}) =>
  beginningPoints(/** @type {Wanted} */ (request), /** @type {LandscapeRecord} */ ({ data }));

test('each example is read as what it is an example of', () => {
  for (const model of /** @type {const} */ (['line', 'parabola', 'logistic'])) {
    const pasted = pastedPoints(exampleOf(model), 500, model);
    assert.equal(pasted.points.length, 13);
    assert.equal(pasted.names.length, 2);
    assert.equal(pasted.has_labels, model === 'logistic');
    assert.equal(isExample(exampleOf(model)), true);
  }
  assert.equal(isExample('4, 2'), false);
});

test('the editor begins with the points that are shown, as they may be typed', () => {
  const line = { x: [1, 2], y: [3, 4.5], x_name: 'x', y_name: 'y, in m', second: null, error: 'squared' };
  const features = [
    [1, 2],
    [1, 1],
  ];
  assert.deepEqual(begun({ ...line, features }), { text: 'x, y in m\n1, 3\n2, 4.5', model: 'line' });
  const squares = [
    [1, 4],
    [1, 2],
  ];
  assert.equal(begun({ ...line, features: squares })?.model, 'parabola');
  assert.equal(begun({ ...line, features: squares }, { model: 'line' })?.model, 'line');
  assert.equal(begun({ ...line, features, error: 'logistic' })?.model, 'logistic');
  const second = { x: [7, 8], x_name: 'x2', centre: 0, unit: 1 };
  assert.equal(
    begun({ ...line, y: [0, 1], y_name: 'label', features, second, error: 'logistic' })?.text,
    'x, x2, label\n1, 7, 0\n2, 8, 1',
  );
  assert.equal(beginningPoints(/** @type {any} */ ({}), /** @type {any} */ ({ data: null })), null);
});

test('what the server says of a point is said of its line', () => {
  const lines = [2, 3, 7];
  assert.equal(
    ofTheLines('data: row 3: the label 5, its last number, is neither 0 nor 1.', lines),
    'Line 7: the label 5, its last number, is neither 0 nor 1.',
  );
  assert.equal(
    ofTheLines('data, row 2, column 1: x is not a finite number.', lines),
    'Line 3, column 1: x is not a finite number.',
  );
  assert.equal(ofTheLines('data has 9 points.', lines), 'Data has 9 points.');
  assert.equal(ofTheLines('data: row 9: wrong.', lines), 'Row 9: wrong.');
});
