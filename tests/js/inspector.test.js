import assert from 'node:assert/strict';
import { test } from 'node:test';

import { filled, typesetNumber } from '../../static/js/inspector.js';

for (const [value, text] of /** @type {[number | number[], string][]} */ ([
  [0, '<mn>0</mn>'],
  [-0, '<mn>0</mn>'],
  [2.5, '<mn>2.5</mn>'],
  [-2.5, '<mn>−2.5</mn>'],
  [1 / 3, '<mn>0.333333</mn>'],
  [1.5e-7, '<mn>1.5e−7</mn>'],
  [-1.5e-7, '<mn>−1.5e−7</mn>'],
  [-2e9, '<mn>−2e9</mn>'],
  [NaN, '<mn>not finite</mn>'],
  [[3], '<mrow><mo>(</mo><mn>3</mn><mo>)</mo></mrow>'],
  [[-3.2, 2.4], '<mrow><mo>(</mo><mn>−3.2</mn><mo separator="true">,</mo><mn>2.4</mn><mo>)</mo></mrow>'],
])) {
  test(`${JSON.stringify(value)} is typeset as ${text.replace(/<[^>]*>/g, '')}`, () => {
    assert.equal(typesetNumber(value), text);
  });
}

/** Momentum's rule, as the server sent it. */
const RULE =
  '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline"><mrow><mtext>@velocity-next@</mtext><mo>&#x0003D;</mo><mtext>@momentum@</mtext><mspace width="0.167em" /><mtext>@velocity@</mtext><mo>&#x0002B;</mo><mo stretchy="false">&#x00028;</mo><mn>1</mn><mo>&#x02212;</mo><mtext>@dampening@</mtext><mo stretchy="false">&#x00029;</mo><mspace width="0.167em" /><mtext>@gradient@</mtext></mrow></math>';

test('every place of a rule is filled, in order, by the name the quantities have', () => {
  /** @type {string[]} */
  const names = [];
  const rule = filled(RULE, (name) => {
    names.push(name);
    return `<mi>${names.length}</mi>`;
  });
  assert.deepEqual(names, ['velocity_next', 'momentum', 'velocity', 'dampening', 'gradient']);
  const [before, ...after] = RULE.split(/<mtext>@[^@]*@<\/mtext>/);
  assert.equal(rule, before + after.map((text, k) => `<mi>${k + 1}</mi>${text}`).join(''));
});

test('what is not a place stays as it is', () => {
  for (const rule of ['', '<mrow><mn>1</mn></mrow>', '<mtext>gradient</mtext>', '<mtext>@</mtext>', 'a@b@c']) {
    assert.equal(filled(rule, () => assert.fail('nothing is to be filled')), rule);
  }
});

test('what is filled in is taken as it is, with no signs of its own', () => {
  assert.equal(filled('<mtext>@gradient@</mtext>!', () => '$& $1 $$'), '$& $1 $$!');
});

test('a rule filled twice is the same twice', () => {
  const fill = () => '<mn>1</mn>';
  assert.equal(filled(RULE, fill), filled(RULE, fill));
});
