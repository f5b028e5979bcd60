import { test } from 'node:test';
import assert from 'node:assert/strict';

import { sourceText } from '../../../../static/js/panels/parts/source_note.js';

test('a source is told with its year, once', () => {
  assert.equal(
    sourceText({ text: 'Cauchy, Méthode générale', year: 1847, url: null }),
    'Cauchy, Méthode générale, 1847',
  );
  assert.equal(sourceText({ text: 'R-2011, A paper of 1990', year: 1990, url: null }), 'R-2011, A paper of 1990');
  assert.equal(
    sourceText({ text: 'A textbook problem since Euclid', year: null, url: null }),
    'A textbook problem since Euclid',
  );
});
