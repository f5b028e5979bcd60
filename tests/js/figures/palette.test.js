import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { paletteOf, rgbOf } from '../../../static/js/figures/palette.js';

const record = JSON.parse(readFileSync(new URL('../../../static/palette.json', import.meta.url), 'utf8'));

/** @param {any} value @returns {any[]} */
const leaves = (value) =>
  value !== null && typeof value === 'object' ? Object.values(value).flatMap(leaves) : [value];

test('a colour is its red, green and blue', () => {
  assert.deepEqual(rgbOf('#0cc807'), [12, 200, 7]);
});

for (const dark of [false, true]) {
  test(`every colour of the ${dark ? 'dark' : 'light'} theme is there, and is that theme's`, () => {
    const colours = paletteOf(record, dark, 13);
    for (const leaf of leaves(colours))
      assert.ok(
        typeof leaf === 'number' ? Number.isFinite(leaf) : /^(#[0-9a-f]{6}|rgba\(.*\))$/.test(leaf),
        String(leaf),
      );
    assert.equal(colours.ground, record.theme.ground[dark ? 1 : 0]);
    assert.deepEqual(colours.heights.at(-1), record.theme.h11[dark ? 1 : 0]);
    assert.deepEqual(
      colours.outcomes.stalled,
      ['cell-stalled', 'hatch-stalled'].map((name) => record.theme[name][dark ? 1 : 0]),
    );
  });
}
