import { test } from 'node:test';
import assert from 'node:assert/strict';

import { filled, isByCoordinates, typesetNumber } from '../../../static/js/words/rule.js';
import { chance } from '../tools.js';

for (const [value, text] of /** @type {[number | null | number[] | number[][], string][]} */ ([
  [0, '<mn>0</mn>'],
  [-0, '<mn>0</mn>'],
  [2.5, '<mn>2.5</mn>'],
  [-2.5, '<mrow><mo>(</mo><mn>−2.5</mn><mo>)</mo></mrow>'],
  [1 / 3, '<mn>0.333333</mn>'],
  [1.5e-7, '<mn>1.5e−7</mn>'],
  [-1.5e-7, '<mrow><mo>(</mo><mn>−1.5e−7</mn><mo>)</mo></mrow>'],
  [-2e9, '<mrow><mo>(</mo><mn>−2e9</mn><mo>)</mo></mrow>'],
  [NaN, '<mn>not finite</mn>'],
  [null, '<mn>not finite</mn>'],
  [
    [
      [2, -1],
      [-1, 0.5],
    ],
    '<mrow><mo>(</mo><mtable><mtr><mtd><mn>2</mn></mtd><mtd><mn>−1</mn></mtd></mtr><mtr><mtd><mn>−1</mn></mtd><mtd><mn>0.5</mn></mtd></mtr></mtable><mo>)</mo></mrow>',
  ],
  [[[-4]], '<mrow><mo>(</mo><mtable><mtr><mtd><mn>−4</mn></mtd></mtr></mtable><mo>)</mo></mrow>'],
  [[3], '<mrow><mo>(</mo><mn>3</mn><mo>)</mo></mrow>'],
  [[-3.2, 2.4], '<mrow><mo>(</mo><mn>−3.2</mn><mo separator="true">,</mo><mn>2.4</mn><mo>)</mo></mrow>'],
])) {
  test(`${JSON.stringify(value)} is typeset as ${text.replace(/<[^>]*>/g, '')}`, () => {
    assert.equal(typesetNumber(value), text);
  });
}

for (const [value, text] of /** @type {[number | null | number[], string][]} */ ([
  [0.1 + 0.2, '0.30000000000000004'],
  [1 / 3, '0.3333333333333333'],
  [123456789.12345679, '123456789.12345679'],
  [5e-324, '5e−324'],
  [1e21, '1e+21'],
  [0.1, '0.1'],
  [null, 'not finite'],
  [[-0.1 - 0.2, 2 / 3], '(−0.30000000000000004,0.6666666666666666)'],
])) {
  test(`with all its digits ${JSON.stringify(value)} is typeset as ${text}`, () => {
    assert.equal(typesetNumber(value, 17).replace(/<[^>]*>/g, ''), text);
  });
}

test('all digits, read again, are the same number to the last bit', () => {
  const random = chance(51);
  for (let round = 0; round < 1000; round += 1) {
    const value = (random() - 0.5) * 10 ** Math.floor(random() * 600 - 300);
    assert.equal(
      Number(
        typesetNumber([value], 17)
          .replace(/<[^>]*>|[()]/g, '')
          .replaceAll('−', '-'),
      ),
      value,
    );
  }
});

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
    assert.equal(
      filled(rule, () => assert.fail('nothing is to be filled')),
      rule,
    );
  }
});

test('what is filled in is taken as it is, with no signs of its own', () => {
  assert.equal(
    filled('<mtext>@gradient@</mtext>!', () => '$& $1 $$'),
    '$& $1 $$!',
  );
});

test('a rule filled twice is the same twice', () => {
  const fill = () => '<mn>1</mn>';
  assert.equal(filled(RULE, fill), filled(RULE, fill));
});

test('a rule with a matrix in one of its forms is not one by coordinates', () => {
  const ruled = (/** @type {Record<string, [string, string][]>} */ rules) => /** @type {any} */ ({ rules });
  assert.equal(isByCoordinates(ruled({ rule: [['<mtext>@velocity-next@</mtext>', '']] })), true);
  assert.equal(isByCoordinates(ruled({ rule: [['', '<mtext>@hessian@</mtext>']] })), false);
  assert.equal(isByCoordinates(ruled({ first: [['', '']], rule: [['<mtext>@inverse@</mtext>', '']] })), false);
});
