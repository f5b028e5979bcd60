import { test } from 'node:test';
import assert from 'node:assert/strict';

import { optimizerNamed } from '../../../static/js/state/meaning.js';
import {
  beginning,
  changeTo,
  inLines,
  inOneLine,
  meant,
  namedIn,
  ownNumbers,
  readNamed,
  valueOf,
  writeNamed,
} from '../../../static/js/state/typed_rule.js';
import { catalog, wanted } from '../tools.js';

const RULE = 'v_next = b*v + gradient\npoint_next = point - learning_rate*v_next';

test('the editor begins with the optimizer’s own lines, and the values of those numbers that they name', () => {
  const momentum = optimizerNamed('momentum', catalog);
  const request = { ...wanted, momentum: 0.7, dampening: 0.1 };
  assert.deepEqual(beginning(request, momentum, 'v_next = momentum*v + gradient').values, { momentum: 0.7 });
});

test('the editor begins with what was typed, a line for each assignment', () => {
  const typed = { ...wanted, rule: 'v_next=b*v+gradient; point_next=point-v_next;', hyperparameters: { b: 0.5 } };
  const begun = beginning(typed, undefined, undefined);
  assert.deepEqual(begun, { text: 'v_next=b*v+gradient\npoint_next=point-v_next', values: { b: 0.5 } });
});

test('a method of the whole point is no lines: the editor begins with the plainest rule', () => {
  const { text, values } = beginning(wanted, optimizerNamed('newton', catalog), null);
  assert.deepEqual([text, values], ['point_next = point - learning_rate*gradient', {}]);
});

test('lines are sent with semicolons between, so that each character keeps its place', () => {
  assert.equal(inOneLine(RULE).length, RULE.length);
  assert.equal(inLines(inOneLine(RULE)), RULE);
});

for (const [text, names] of /** @type {[string, string[]][]} */ ([
  ['v_next = b*v; point_next = point - BETA1*v_next', ['b', 'beta1']],
  ['point_next = point - β1*gradient', ['beta1']],
  ['point_next = point - beta2*gradient', []],
  ['b_next = b + gradient\npoint_next = point - b_next', []],
  ['b = gradient; point_next = point - b', []],
])) {
  test(`of the numbers “${text}” names ${names.join() || 'none'}`, () =>
    assert.deepEqual(Object.keys(namedIn({ b: 0.9, beta1: 0.8 }, text)).sort(), names));
}

test('numbers are read as they are written', () => {
  const values = { b: 0.9, epsilon: 1e-8, c: -2 };
  assert.deepEqual(readNamed(writeNamed(values) ?? ''), values);
  assert.equal(writeNamed({}), null);
});

test('a number of a typed rule is turned with the others, and may be called as another key', () => {
  const [steps] = ownNumbers(/** @type {Optimizer} */ ({ named: [{ key: 'steps' }] }));
  const request = { steps: 200, hyperparameters: { steps: 3, b: 0.5 } };
  assert.equal(valueOf(steps, request), 3);
  assert.deepEqual(changeTo(steps, '4', request), { hyperparameters: 'steps:4,b:0.5' });
  const [plain] = catalog.keys.filter(({ key }) => key === 'steps');
  assert.equal(valueOf(plain, request), 200);
  assert.deepEqual(changeTo(plain, '4', request), { steps: '4' });
});

test('a correction is told by the line that it changes, or by the number that it adds or leaves out', () => {
  const corrected = { rule: inOneLine(RULE) };
  assert.deepEqual(meant(RULE.replace('*v_next', '*vnext'), { b: 0.9 }, corrected), {
    text: RULE,
    values: { b: 0.9 },
    words: '… learning_rate*v_next',
  });
  assert.equal(meant(RULE, {}, { hyperparameters: 'b:0.9' }).words, 'Add b = 0.9');
  assert.equal(meant(RULE, { b: 0.9, c: 1 }, { hyperparameters: 'b:0.9' }).words, 'Leave out c');
  assert.equal(meant(`a = gradient\n${RULE}`, { b: 0.9 }, corrected).words, 'Leave the line out');
  assert.equal(meant('v = gradient\npoint = v', { b: 0.9 }, corrected).words, 'v_next = b*v + gradient …');
});
