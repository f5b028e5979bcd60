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
  assert.equal(said, 'Took the columns hours and passed: 2 points.');
});

test('a title above the names is left out', () => {
  const { names, said } = read('Cars of the 1920s\n\nspeed;distance\n4;2\n7;22');
  assert.deepEqual(names, ['speed', 'distance']);
  assert.equal(said, 'Took the columns speed and distance: 2 points; 1 line without numbers left out.');
});

test('without names the places of the columns are said', () => {
  assert.equal(read('1,2\n3,4').said, 'Took the first and second columns: 2 points.');
  assert.equal(read('4,7').said, 'Took the first and second columns: 1 point.');
});

test('what is left out is counted: lines without numbers, and lines with a gap', () => {
  const { points, said } = read('x;y\n1;2\n;;\nnot measured;n/a\n3;\n4;5\nfoot note\n5;NaN');
  assert.deepEqual(points, [
    [1, 2],
    [4, 5],
  ]);
  assert.equal(
    said,
    'Took the columns x and y: 2 points; 2 lines without numbers left out; 2 lines with a gap left out.',
  );
  assert.equal(read('x,y\n1,2\n-,-').said, 'Took the columns x and y: 1 point; 1 line without numbers left out.');
});

test('that commas are decimal signs is said, where there are any', () => {
  assert.match(read('a;b\n1,5;2\n2,5;3').said, /: 2 points; commas were read as decimal points\.$/);
  assert.doesNotMatch(read('a;b\n1;2\n2;3').said, /commas/);
});

test('of more columns the first two of numbers are taken, and a last one of labels, and the others are named', () => {
  const { points, said } = read('name,height,weight,age\nAnn,1.7,60,30\nBob,1.8,80,40');
  assert.deepEqual(points, [
    [1.7, 60],
    [1.8, 80],
  ]);
  assert.equal(said, 'Took the columns height and weight: 2 points; the columns name and age left out.');
  const labelled = read('a,b,c,label\n1,2,9,0\n3,4,9,1');
  assert.deepEqual(labelled.points, [
    [1, 2, 0],
    [3, 4, 1],
  ]);
  assert.equal(labelled.has_labels, true);
  assert.equal(labelled.said, 'Took the columns a, b and label: 2 points; the column c left out.');
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
  assert.equal(said, 'Took the columns hours and passed: 3 points; no is 0 and yes is 1.');
  assert.match(read('x,kind\n1,true\n2,false').said, /false is 0 and true is 1/);
  assert.match(read('x,kind\n1,setosa\n2,virginica').said, /setosa is 0 and virginica is 1/);
  assert.deepEqual(pointsOf('x,kind\n1,a\n2,b\n3,c'), [], 'three words are no labels');
});

test('what stands in quotes is one cell, whatever it holds', () => {
  const { points, names } = read('"speed, ""mph""";"distance\nin ft"\n"4";"2"\n"7";"22"');
  assert.deepEqual(names, ['speed, "mph"', 'distance\nin ft']);
  assert.deepEqual(points, [
    [4, 2],
    [7, 22],
  ]);
});

test('where there are no two columns of numbers that is said', () => {
  for (const text of ['', '   \n\n', 'Hello, world', '"', 'a,b\nc,d', ';;;\n;;;'])
    assert.deepEqual(read(text), {
      points: [],
      names: [],
      has_labels: false,
      said: 'No column of numbers was found; a fit needs two, such as x and y.',
    });
  assert.equal(read('y\n1\n2\n3').said, 'There is one column of numbers; a fit needs two, such as x and y.');
});

test('no more points are taken than may be, and it is said of how many', () => {
  const text = Array.from({ length: 30 }, (_, index) => `${index},${index ** 2}`).join('\n');
  const { points, said } = pastedPoints(text, 20);
  assert.equal(points.length, 20);
  assert.equal(said, 'Took the first and second columns: 20 points, the first of 30.');
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
    assert.match(said, /^[TN].*\.$/s);
  }
});
