import assert from 'node:assert/strict';
import { test } from 'node:test';

import { watchTurns } from '../../../static/js/input/turned_number.js';

/** A node that hears what is told to it. @returns {any} */
function listener() {
  /** @type {Record<string, (event: any) => void>} */
  const heard = {};
  return {
    addEventListener: (/** @type {string} */ kind, /** @type {any} */ hear) => (heard[kind] = hear),
    setPointerCapture() {},
    tell: (/** @type {string} */ kind, event = {}) =>
      heard[kind]({ button: 0, pointerId: 1, preventDefault() {}, stopPropagation() {}, ...event }),
  };
}

/** @param {{low: number, high: number, log: boolean} | null} scale */
function turning(scale, value = 5) {
  const node = listener();
  /** @type {[number, string][]} */
  const told = [];
  watchTurns(node, { scale: () => scale, value: () => value, turned: (...one) => void told.push(one) });
  return { node, told };
}

const LINEAR = { low: 0, high: 10, log: false };

test('dragged sideways by a pixel it goes two of a slider’s thousand positions', () => {
  const { node, told } = turning(LINEAR);
  node.tell('pointerdown', { clientX: 100 });
  node.tell('pointermove', { clientX: 150 });
  node.tell('pointermove', { clientX: 50 });
  node.tell('pointerup');
  assert.deepEqual(told, [
    [6, 'drag'],
    [4, 'drag'],
    [4, 'final'],
  ]);
});

test('a press that hardly moves turns nothing', () => {
  const { node, told } = turning(LINEAR);
  node.tell('pointerdown', { clientX: 100 });
  node.tell('pointermove', { clientX: 102 });
  node.tell('pointerup');
  assert.deepEqual(told, []);
});

test('it stays within its scale', () => {
  const { node, told } = turning(LINEAR);
  node.tell('pointerdown', { clientX: 0 });
  node.tell('pointermove', { clientX: 5000 });
  assert.deepEqual(told, [[10, 'drag']]);
});

test('what the browser takes for scrolling brings the value from before back', () => {
  const { node, told } = turning(LINEAR);
  node.tell('pointerdown', { clientX: 100 });
  node.tell('pointermove', { clientX: 130 });
  node.tell('pointercancel');
  assert.deepEqual(told.at(-1), [5, 'final']);
  node.tell('pointermove', { clientX: 200 });
  assert.equal(told.length, 2);
});

test('arrow keys go by a step of the slider, and with a modifier are left to others', () => {
  const { node, told } = turning(LINEAR);
  node.tell('keydown', { key: 'ArrowRight' });
  node.tell('keydown', { key: 'ArrowDown' });
  node.tell('keydown', { key: 'ArrowRight', altKey: true });
  node.tell('keydown', { key: 'x' });
  assert.deepEqual(told, [
    [5.01, 'final'],
    [4.99, 'final'],
  ]);
});

test('what means nothing now is not turned', () => {
  const { node, told } = turning(null);
  node.tell('pointerdown', { clientX: 100 });
  node.tell('pointermove', { clientX: 200 });
  node.tell('keydown', { key: 'ArrowRight' });
  assert.deepEqual(told, []);
});
