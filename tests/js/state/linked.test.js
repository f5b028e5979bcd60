import { test } from 'node:test';
import assert from 'node:assert/strict';

import { linkedPart, unlinkedPoints } from '../../../static/js/state/linked.js';

const MANY = `data=${Array.from({ length: 350 }, (_, index) => `${index},1`).join(';')}`;

test('a link holds all of what an address holds', () => {
  for (const query of ['', 'steps=5', 'data=1,2;3,4&model=line&start=1,2', `formula=${'x'.repeat(9000)}`]) {
    assert.equal(linkedPart(query), query);
    assert.equal(unlinkedPoints(query), 0);
  }
});

test('of more points a link holds neither them nor what goes with them', () => {
  const query = `${MANY}&model=line&start=1,2&domain=0,1,0,1&optimizer=adam&learning_rate=0.3&steps=9&window=0,1,0,1&scale=linear&run=newton`;
  assert.equal(linkedPart(query), 'optimizer=adam&steps=9&scale=linear&run=newton');
  assert.equal(unlinkedPoints(query), 350);
  assert.equal(linkedPart(MANY), '');
});
