import { test } from 'node:test';
import assert from 'node:assert/strict';

import { pastedPoints, writePoints } from '../../../static/js/input/pasted_points.js';
import { chance } from '../tools.js';

const MOST = 500;
/** @param {string} text */
const read = (text) => pastedPoints(text, MOST);
/** @param {string} text */
const pointsOf = (text) => read(text).points;

const THREE = [
  [1, 2.5],
  [-2, 0.125],
  [3e5, 4],
];

test('the same three points are read however cells are parted and numbers are written', () => {
  for (const text of [
    '1,2.5\n-2,.125\n3e5,4',
    '1;2.5\r\n-2;0.125\r\n3E5;4\r\n',
    '1\t2.5\r-2\t0.125\r3e5\t4',
    '1\t2,5\n-2\t0,125\n300000\t4',
    '1;2,5\n−2;0,125\n300000;4,0',
    '1 2.5\n -2   0.125\n+3e5 4',
    '1 2,5\n-2 0,125\n300000 4',
    '1 | 2.5\n-2 | 0.125\n300000 | 4',
    '"1","2.5"\n"-2","0.125"\n"300000","4"',
    '\uFEFF1,2.5\n\n-2,0.125\n\n\n300000,4\n\n',
    '1,2.5;-2,0.125;300000,4',
    '1, 2.5; -2, 0.125; 300000, 4;',
    '1\t2.5\n-2\t0.125\n"300,000.0"\t4',
    '1;2,5\n-2;0,125\n300.000,0;4',
  ])
    assert.deepEqual(pointsOf(text), THREE, JSON.stringify(text));
});

test('a line that names the columns is no point, and says what was taken', () => {
  const { points, names, said } = read('hours,passed\n0.5,0\n2,1');
  assert.deepEqual(points, [
    [0.5, 0],
    [2, 1],
  ]);
  assert.deepEqual(names, ['hours', 'passed']);
  assert.equal(said, 'x is column 1, hours; the label is column 2, passed: 2 points.');
});

test('a title above the names is left out', () => {
  const { names, said } = read('Cars of the 1920s\n\nspeed;distance\n4;2\n7;22');
  assert.deepEqual(names, ['speed', 'distance']);
  assert.equal(said, 'x is column 1, speed; y is column 2, distance: 2 points. Left out: 1 line without numbers (1).');
});

test('without names the places of the columns are said', () => {
  assert.equal(read('1,2\n3,4').said, 'x is column 1; y is column 2: 2 points.');
  assert.equal(read('4,7').said, 'x is column 1; y is column 2: 1 point.');
});

test('what is left out is counted, and named by its lines', () => {
  const { points, lines, said } = read('\n\nx;y\n1;2\n;;\nnot measured;n/a\n3;\n4;5\nfoot note\n5;NaN\n1,5');
  assert.deepEqual(lines, [4, 8]);
  assert.deepEqual(points, [
    [1, 2],
    [4, 5],
  ]);
  assert.equal(
    said,
    'x is column 1, x; y is column 2, y: 2 points. Left out: 2 lines without numbers (6, 9); 1 line without a number in these columns (11); 2 lines with a gap (7, 10).',
  );
  assert.match(read('x,y\n1,2\n-,-').said, /: 1 point\. Left out: 1 line without numbers \(3\)\.$/);
  const gaps = Array.from({ length: 8 }, (_, index) => `${index},`).join('\n');
  assert.match(
    read(`1,2\n3,4\n5,6\n7,8\n9,1\n1,1\n2,2\n3,3\n${gaps}`).said,
    /8 lines with a gap \(9, 10, 11, 12, 13, 14, …\)\.$/,
  );
});

test('that commas are decimal signs is said, where there are any', () => {
  assert.match(read('a;b\n1,5;2\n2,5;3').said, /: 2 points\. Commas were read as decimal points\.$/);
  assert.doesNotMatch(read('a;b\n1;2\n2;3').said, /commas/);
});

test('of more columns the first two of numbers are taken, and a last one of labels, and the others are named', () => {
  const { points, said } = read('name,height,weight,age\nAnn,1.7,60,30\nBob,1.8,80,40');
  assert.deepEqual(points, [
    [1.7, 60],
    [1.8, 80],
  ]);
  assert.equal(said, 'x is column 2, height; y is column 3, weight: 2 points. Left out: columns 1 (name) and 4 (age).');
  const labelled = read('a,b,c,label\n1,2,9,0\n3,4,9,1');
  assert.deepEqual(labelled.points, [
    [1, 2, 0],
    [3, 4, 1],
  ]);
  assert.equal(labelled.has_labels, true);
  assert.equal(
    labelled.said,
    'x1 is column 1, a; x2 is column 2, b; the label is column 4, label: 2 points. Left out: column 3 (c).',
  );
});

test('a third column is taken where it holds labels, and only there', () => {
  assert.deepEqual(pointsOf('1 2 0\n3 4 1'), [
    [1, 2, 0],
    [3, 4, 1],
  ]);
  assert.deepEqual(pointsOf('1 2 7\n3 4 1'), [
    [1, 2],
    [3, 4],
  ]);
});

test('labels are told from other numbers', () => {
  assert.equal(read('0.5,0\n2,1').has_labels, true);
  assert.equal(read('0.5,0\n2,2').has_labels, false);
});

test('two words are labels, and it is said which is 1', () => {
  const { points, has_labels, said } = read('hours,passed\n1,no\n2,no\n5,yes');
  assert.deepEqual(points, [
    [1, 0],
    [2, 0],
    [5, 1],
  ]);
  assert.equal(has_labels, true);
  assert.equal(said, 'x is column 1, hours; the label is column 2, passed (no is 0, yes is 1): 3 points.');
  assert.match(read('x,kind\n1,true\n2,false').said, /false is 0, true is 1/);
  assert.match(read('x,kind\n1,setosa\n2,virginica').said, /setosa is 0, virginica is 1/);
  assert.deepEqual(pointsOf('x,kind\n1,a\n2,b\n3,c'), [], 'three words are no labels');
});

test('what stands in quotes is one cell, whatever it holds', () => {
  const { points, names } = read('"speed, ""mph""";"distance\nin ft"\n"4";"2"\n"7";"22"');
  assert.deepEqual(names, ['speed, "mph"', 'distance in ft']);
  assert.deepEqual(points, [
    [4, 2],
    [7, 22],
  ]);
});

test('where there are no two columns of numbers that is said', () => {
  const none = { points: [], lines: [], model: 'line', names: [], has_labels: false };
  for (const text of ['Hello, world', 'a,b\nc,d', ';;;\nx'])
    assert.deepEqual(read(text), {
      ...none,
      said: 'No column of numbers was found: a fit needs two, such as x and y.',
    });
  for (const text of ['', '   \n\n', '"'])
    assert.deepEqual(read(text), { ...none, said: 'There is nothing yet: a fit needs two, such as x and y.' });
  assert.equal(
    read('y\n1\n2\n3').said,
    'There is one column of numbers, column 1, y: a fit needs two, such as x and y.',
  );
});

test('what is fitted says which columns are taken', () => {
  const table = 'kind,a,b,c\nno,1,2,0\nyes,3,4,1';
  /** @param {import('../../../static/js/input/pasted_points.js').Model | null} model */
  const fitted = (model) => pastedPoints(table, MOST, model);
  const three = [
    [1, 2, 0],
    [3, 4, 1],
  ];
  assert.deepEqual([fitted(null).model, fitted(null).points], ['logistic', three]);
  assert.deepEqual(fitted('logistic').points, three);
  const two = [
    [1, 2],
    [3, 4],
  ];
  assert.deepEqual([fitted('line').points, fitted('parabola').points], [two, two]);
  assert.match(fitted('line').said, /^x is column 2, a; y is column 3, b: 2 points\./);
  const words = pastedPoints('x1,x2,kind\n1,2,no\n3,4,yes', MOST, 'logistic');
  assert.deepEqual(words.points, three);
  assert.match(words.said, /the label is column 3, kind \(no is 0, yes is 1\): 2 points\.$/);
  assert.deepEqual(pastedPoints('passed,hours\n0,2.5\n1,4', MOST, 'logistic').points, [
    [2.5, 0],
    [4, 1],
  ]);
});

test('a comma with a space after it parts cells', () => {
  assert.deepEqual(pointsOf('speed, distance\n4, 2\n7, 13'), [
    [4, 2],
    [7, 13],
  ]);
  assert.doesNotMatch(read('4, 2\n7, 13').said, /decimal/);
});

test('a name is said in one line, and no longer than may be', () => {
  const { said } = read(`"a\nb\u0007",${'y'.repeat(300)}\n1,2`);
  assert.match(said, /^x is column 1, a b; y is column 2, y{31}…: 1 point\.$/);
});

test('no more points are taken than may be, and it is said of how many', () => {
  const text = Array.from({ length: 30 }, (_, index) => `${index},${index ** 2}`).join('\n');
  const { points, said } = pastedPoints(text, 20);
  assert.equal(points.length, 20);
  assert.equal(said, 'x is column 1; y is column 2: 20 points, the first of 30.');
});

test('numbers that are not finite are gaps', () => {
  assert.deepEqual(pointsOf('1,2\n1e999,3\nInfinity,4\nNaN,1\n0x10,1\n2,3\n3,4\n4,5\n5,6'), [
    [1, 2],
    [2, 3],
    [3, 4],
    [4, 5],
    [5, 6],
  ]);
});

test('points that are written are read back, whatever they are', () => {
  const dice = chance(5);
  for (let round = 0; round < 200; round += 1) {
    const width = dice() < 0.5 ? 2 : 3;
    const points = Array.from({ length: 2 + Math.floor(8 * dice()) }, () =>
      Array.from({ length: width }, (_, column) =>
        column === 2 ? Math.round(dice()) : (dice() - 0.5) * 10 ** Math.round(40 * dice() - 20),
      ),
    );
    assert.deepEqual(pointsOf(writePoints(points)), points);
  }
});

test('whatever is pasted gives rows of two or three finite numbers, and a sentence', () => {
  const dice = chance(11);
  const signs = ['1', '2', '.', ',', ';', '\t', '\n', ' ', '"', '-', 'e', 'x', '|', '\r', "'", '<', 'é', '\u2212'];
  for (let round = 0; round < 3000; round += 1) {
    const text = Array.from({ length: Math.floor(60 * dice()) }, () => signs[Math.floor(signs.length * dice())]).join(
      '',
    );
    const { points, said } = read(text);
    assert.ok(
      points.every((point) => [2, 3].includes(point.length) && point.every(Number.isFinite)),
      text,
    );
    assert.equal(new Set(points.map((point) => point.length)).size < 2, true, text);
    assert.match(said, /^[TNx].*\.$/s);
  }
});
