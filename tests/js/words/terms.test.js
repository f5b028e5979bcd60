import assert from 'node:assert/strict';
import { test } from 'node:test';

import { inTerms } from '../../../static/js/words/terms.js';
import { catalog } from '../sent.js';

const { glossary } = catalog;

/** @param {string} text @returns {string[]} what is explained in it, as it is written there */
const explained = (text) =>
  inTerms(text, glossary)
    .filter(({ term }) => term)
    .map((part) => part.text);

test('the parts of a text are the text', () => {
  for (const text of ['', 'No word.', 'The gradient norm is 1e-5, above the tolerance 1e-6: λ = 4.', 'saddle'])
    assert.equal(
      inTerms(text, glossary)
        .map((part) => part.text)
        .join(''),
      text,
    );
});

test('terms are found as whole words, the longest first, each once', () => {
  assert.deepEqual(explained('The gradient norm and the gradient, then the gradient norm.'), [
    'gradient norm',
    'gradient',
  ]);
  assert.deepEqual(explained('Saddles and a saddle'), ['Saddles']);
  assert.deepEqual(explained('floorboards, lossless'), []);
  assert.deepEqual(explained('the limit 2(1+β)/λ = 3.8 at the start'), ['limit 2(1+β)/λ']);
  assert.deepEqual(explained('One Hessian eigenvalue is negative.'), ['Hessian eigenvalue']);
});

test('what is known already is not explained again', () => {
  const known = new Set(['Saddle']);
  assert.deepEqual(
    inTerms('a saddle', glossary, known).map(({ term }) => term),
    [null],
  );
});
