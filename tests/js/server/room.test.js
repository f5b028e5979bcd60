import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import {
  LONGEST_QUERY,
  MOST_LINKED,
  MOST_POINTS,
  bodyOf,
  fitsAnAddress,
  pointsIn,
} from '../../../static/js/server/room.js';

/** @param {number} count */
const pointsOf = (count) => Array.from({ length: count }, (_, index) => `${index},${index % 7}`).join(';');

test('the bounds are those of the server', () => {
  const text = (/** @type {string} */ file) =>
    readFileSync(new URL(`../../../app/request/${file}`, import.meta.url), 'utf8');
  const bound = (/** @type {string} */ file, /** @type {string} */ name) =>
    Number(new RegExp(`^${name} = ([\\d_]+)$`, 'm').exec(text(file))?.[1].replaceAll('_', ''));
  assert.equal(MOST_LINKED, bound('keys.py', 'MAX_LINKED_POINTS'));
  assert.equal(MOST_POINTS, bound('keys.py', 'MAX_OWN_POINTS'));
  assert.ok(LONGEST_QUERY < bound('reading.py', 'MAX_QUERY'));
});

test('an address holds so many points, and so many characters', () => {
  assert.equal(pointsIn('steps=5'), 0);
  assert.equal(pointsIn(`data=${pointsOf(3)};&steps=5`), 3);
  assert.equal(pointsIn(`data=${encodeURIComponent(pointsOf(3))}`), 3);
  assert.equal(fitsAnAddress(`data=${pointsOf(MOST_LINKED)}`), true);
  assert.equal(fitsAnAddress(`data=${pointsOf(MOST_LINKED + 1)}`), false);
  const long = Array.from({ length: MOST_LINKED }, () => '0.12345678901234567,0.98765432109876543').join(';');
  assert.equal(fitsAnAddress(`data=${long}&run=adam&run=newton`), long.length + 25 <= LONGEST_QUERY);
  assert.equal(fitsAnAddress(`data=1,2&name=${'x'.repeat(LONGEST_QUERY)}`), false);
});

test('a body asks for what the query asks for', () => {
  const query =
    'data=1,2.5;-3e-05,4&model=parabola&start=2,-1&domain=-1,1,0,2&optimizer=adam&learning_rate=0.05&name=7' +
    '&rule=v_next%3D2&hyperparameters=b:0.9,c:2&map=rates&window=0.1,1,0,0.9&theory=1&walk=0' +
    '&run=newton&run=momentum,momentum:0.5,hidden:1,name:2%20x&run=rule:p_next=max(a,b),hyperparameters:b:1;c:2';
  assert.deepEqual(bodyOf(query), {
    data: [
      [1, 2.5],
      [-3e-5, 4],
    ],
    model: 'parabola',
    start: [2, -1],
    domain: [-1, 1, 0, 2],
    optimizer: 'adam',
    learning_rate: 0.05,
    name: '7',
    rule: 'v_next=2',
    hyperparameters: { b: 0.9, c: 2 },
    map: 'rates',
    window: [0.1, 1, 0, 0.9],
    theory: 1,
    walk: 0,
    runs: [
      { optimizer: 'newton' },
      { optimizer: 'momentum', momentum: 0.5, hidden: 1, name: '2 x' },
      { rule: 'p_next=max(a,b)', hyperparameters: { b: 1, c: 2 } },
    ],
  });
  assert.deepEqual(bodyOf(''), {});
});
