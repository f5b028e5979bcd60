import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const SCRIPTS = new URL('../../static/js/', import.meta.url);

/** What each folder may import besides itself: one direction only, and nothing that is not used. */
const ROOMS = /** @type {Record<string, string[]>} */ ({
  server: [],
  state: ['server'],
  words: ['server', 'state'],
  figures: ['state', 'words'],
  canvas: ['figures', 'state', 'words'],
  input: ['figures', 'words'],
  notebook: ['figures', 'state', 'words'],
  'panels/parts': ['canvas', 'figures', 'input', 'server', 'words'],
  panels: ['canvas', 'figures', 'input', 'panels/parts', 'server', 'state', 'words'],
  taken: ['figures', 'words'],
  main: ['canvas', 'figures', 'input', 'panels', 'server', 'state'],
});
/** These know no page, so that they run anywhere. */
const WITHOUT_PAGE = ['state', 'words', 'figures', 'server', 'notebook'];
/** Plotly draws into the page; an address is asked for below the path that a proxy has put before the page's. */
const WITH_PAGE = ['figures/plotly.js', 'notebook/widget.js', 'server/api.js'];
const OF_THE_PAGE =
  /\b(document|getComputedStyle|localStorage|matchMedia|navigator|new HTML\w+|querySelector\w*)\b|\bwindow\./;

const files = readdirSync(SCRIPTS, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.js'));

/** @param {string} file */
const roomOf = (file) => file.split('/').slice(0, -1).join('/') || 'main';

/** @param {string} file @returns {string} */
const textOf = (file) => readFileSync(new URL(file, SCRIPTS), 'utf8');

/** @param {string} file @returns {string} its code without its comments */
const codeOf = (file) => textOf(file).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');

/** @param {string} file @returns {string[]} what it imports */
function importsOf(file) {
  const found = [...codeOf(file).matchAll(/(?:^import\b[^;]*?|\bimport\()'([^']+)'/gm)];
  return found.map(([, path]) => new URL(path, new URL(file, SCRIPTS)).href.slice(SCRIPTS.href.length));
}

test('every script stands in a room', () => {
  assert.deepEqual([...new Set(files.map(roomOf))].sort(), Object.keys(ROOMS).sort());
  assert.deepEqual(files.filter((file) => roomOf(file) === 'main').sort(), ['embed.js', 'main.js', 'opening.js']);
});

for (const [room, allowed] of Object.entries(ROOMS)) {
  test(`${room} imports from itself and from ${allowed.join(', ') || 'nothing else'}`, () => {
    const own = files.filter((file) => roomOf(file) === room);
    const used = new Set(own.flatMap(importsOf).map(roomOf));
    used.delete(room);
    assert.deepEqual([...used].sort(), [...allowed].sort());
  });
}

/** The panels themselves, without the table that lists them. */
const TABLE = 'panels/table.js';
const panels = files.filter((file) => roomOf(file) === 'panels' && file !== TABLE);

test('no panel imports another', () => {
  for (const file of panels) {
    assert.deepEqual(
      importsOf(file).filter((path) => roomOf(path) === 'panels'),
      [],
      file,
    );
  }
});

test('every panel is in the table, mounted on an element', () => {
  const table = codeOf(TABLE);
  for (const file of panels) {
    const [, mount] = /export function (mount\w+)/.exec(textOf(file)) ?? [];
    assert.match(table, new RegExp(`\\['[a-z-]+', ${mount}(, '[a-z]+')?\\]`), file);
  }
});

test('one file calls Plotly', () => {
  assert.deepEqual(
    files.filter((file) => /\bPlotly\./.test(codeOf(file))),
    ['figures/plotly.js'],
  );
});

for (const room of WITHOUT_PAGE) {
  test(`${room} knows no page`, () => {
    for (const file of files.filter((one) => roomOf(one) === room && !WITH_PAGE.includes(one))) {
      assert.doesNotMatch(codeOf(file), OF_THE_PAGE, file);
    }
  });
}
