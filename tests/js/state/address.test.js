import { test } from 'node:test';
import assert from 'node:assert/strict';

import { Address } from '../../../static/js/state/address.js';

/** A browser whose time is told, and whose history may refuse: with an error, as Safari, or without a word, as Chromium. */
function browserOf() {
  const state = {
    time: 1000,
    refuses: /** @type {'' | 'throws' | 'silently'} */ (''),
    entries: ['http://host/'],
    states: /** @type {unknown[]} */ ([null]),
    writes: /** @type {{time: number, push: boolean, address: string}[]} */ ([]),
    asked: 0,
    timers: /** @type {{id: number, at: number, what: () => void}[]} */ ([]),
  };
  const write =
    (/** @type {boolean} */ push) =>
    (/** @type {unknown} */ own, /** @type {string} */ __, /** @type {string | URL | null | undefined} */ address) => {
      state.asked += 1;
      if (state.refuses === 'throws') throw new DOMException('more than 100 times per 10 seconds', 'SecurityError');
      if (state.refuses === 'silently') return;
      const href = new URL(String(address), state.entries[state.entries.length - 1]).href;
      if (!push) for (const all of [state.entries, state.states]) all.pop();
      state.entries.push(href);
      state.states.push(own);
      state.writes.push({ time: state.time, push, address: String(address) });
    };
  const browser = {
    history: {
      pushState: write(true),
      replaceState: write(false),
      get state() {
        return state.states[state.states.length - 1];
      },
    },
    location: {
      get href() {
        return state.entries[state.entries.length - 1];
      },
    },
    now: () => state.time,
    after: (/** @type {number} */ milliseconds, /** @type {() => void} */ what) => {
      state.timers.push({ id: state.timers.length + 1, at: state.time + milliseconds, what });
      return state.timers.length;
    },
    forget: (/** @type {number} */ timer) => {
      const found = state.timers.find(({ id }) => id === timer);
      if (found) found.at = Infinity;
    },
  };
  const pass = (/** @type {number} */ milliseconds) => {
    const until = state.time + milliseconds;
    for (;;) {
      const [next] = state.timers.filter(({ at }) => at <= until).sort((one, other) => one.at - other.at);
      if (!next) break;
      state.time = next.at;
      next.at = Infinity;
      next.what();
    }
    state.time = until;
  };
  return { state, browser, pass };
}

test('what comes after a rest is written at once', () => {
  const { state, browser } = browserOf();
  const address = new Address(browser);
  assert.equal(address.write('/?steps=5', true), true);
  assert.deepEqual(state.entries, ['http://host/', 'http://host/?steps=5']);
});

test('a key held for four seconds writes at most three times in any second, and the last one always', () => {
  const { state, browser, pass } = browserOf();
  const address = new Address(browser);
  for (let k = 1; k <= 120; k += 1) {
    address.write(`/?steps=${k}`, k === 1);
    pass(33);
  }
  pass(1000);
  assert.equal(browser.location.href, 'http://host/?steps=120');
  const times = state.writes.map(({ time }) => time);
  for (const begin of times) assert.ok(times.filter((time) => time >= begin && time < begin + 1000).length <= 3);
  assert.ok(times.length >= 9, 'it follows meanwhile');
  assert.equal(state.entries.length, 2, 'one entry for the whole gesture');
});

for (const refuses of /** @type {const} */ (['throws', 'silently'])) {
  test(`a history that refuses (${refuses}) holds nothing up, and the address catches up`, () => {
    const { state, browser, pass } = browserOf();
    const address = new Address(browser);
    state.refuses = refuses;
    address.write('/?steps=1', true);
    address.write('/?steps=2', false);
    assert.equal(browser.location.href, 'http://host/');
    assert.equal(address.href, 'http://host/?steps=2', 'what is shared is what is shown');
    pass(30000);
    assert.ok(state.asked >= 3 && state.asked <= 90, 'it is asked again, and not too often');
    state.refuses = '';
    pass(5000);
    assert.deepEqual(
      state.entries,
      ['http://host/', 'http://host/?steps=2'],
      'and it is the new entry that it was to be',
    );
    const { asked } = state;
    pass(60000);
    assert.equal(state.asked, asked, 'then there is nothing more to do');
  });
}

test('a new entry that was put off stays one, whatever changes it meanwhile', () => {
  const { state, browser, pass } = browserOf();
  const address = new Address(browser);
  address.write('/?steps=1', true);
  pass(50);
  address.write('/?steps=2', true);
  pass(50);
  address.write('/?steps=3', false);
  pass(1000);
  assert.deepEqual(state.entries, ['http://host/', 'http://host/?steps=1', 'http://host/?steps=3']);
});

test('the address that there is already is not written, and what was put off before it neither', () => {
  const { state, browser, pass } = browserOf();
  const address = new Address(browser);
  address.write('/?steps=1', true);
  address.write('/?steps=2', false);
  assert.equal(address.write('/?steps=1', false), false);
  pass(5000);
  assert.deepEqual(
    state.writes.map(({ address: written }) => written),
    ['/?steps=1'],
  );
});

test('an entry that was gone to is not overwritten by what was put off; a page that is left writes it at once', () => {
  const { state, browser, pass } = browserOf();
  const address = new Address(browser);
  address.write('/?steps=1', true);
  address.write('/?steps=2', true);
  address.forget();
  state.entries.pop();
  pass(5000);
  assert.equal(browser.location.href, 'http://host/');
  address.write('/?steps=3', true);
  address.write('/?steps=4', false);
  address.flush();
  assert.equal(browser.location.href, 'http://host/?steps=4');
});

test('what no address holds is kept with the entry of the history', () => {
  const { state, browser, pass } = browserOf();
  const address = new Address(browser);
  assert.deepEqual([address.kept, address.search], [null, '']);
  assert.equal(address.write('/?steps=5', true, 'data=1,2;3,4&steps=5'), true);
  assert.deepEqual([address.href, address.search], ['http://host/?steps=5', 'data=1,2;3,4&steps=5']);
  assert.equal(address.write('/?steps=5', false, 'data=1,2;3,4&steps=5'), false);
  pass(1000);
  // The same address with other points is another entry.
  assert.equal(address.write('/?steps=5', true, 'data=9,9;3,4&steps=5'), true);
  assert.equal(state.entries.length, 3);
  pass(1000);
  assert.equal(address.write('/?steps=6', true), true);
  assert.deepEqual([address.kept, address.search], [null, '?steps=6']);
});

test('an entry that is left is first written as it was last', () => {
  const { state, browser, pass } = browserOf();
  const address = new Address(browser);
  address.write('/?steps=5', true);
  pass(100);
  address.write('/?steps=6', false);
  pass(100);
  address.write('/?optimizer=adam', true);
  pass(1000);
  assert.deepEqual(state.entries, ['http://host/', 'http://host/?steps=6', 'http://host/?optimizer=adam']);
});
