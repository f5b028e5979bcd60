// x²/2, whose derivative is x.

import { test } from 'node:test';
import assert from 'node:assert/strict';

import { interpolate, slopeAt } from '../../../static/js/canvas/slope_dots.js';
import { lossRange, mapFigure } from '../../../static/js/figures/landscape.js';
import { slopeFigure } from '../../../static/js/figures/slope.js';
import { colours, drawnLandscape, wanted } from '../tools.js';
const landscape = drawnLandscape({ x: [-3, -1, 1, 3], loss: [4.5, 0.5, 0.5, 4.5], derivative: [-3, -1, 1, 3] });
const flat = { ...wanted, landscape: 'parabola', domain: [-3, 3], start: [-2.4] };

test('the derivative is drawn as the server sent it, over the curve’s own x axis', () => {
  const { data, layout } = slopeFigure(landscape, flat.domain, colours);
  assert.deepEqual([data[0].x, data[0].y], [landscape.grid.x, landscape.grid.derivative]);
  const above = mapFigure(landscape, flat, colours).layout;
  assert.deepEqual(layout.xaxis.range, above.xaxis.range);
  assert.deepEqual([layout.margin.l, layout.margin.r], [above.margin.l, above.margin.r], 'one x lies below the other');
  assert.equal(layout.yaxis.title.text, 'f′(x)');
  assert.match(data[0].hovertemplate, /^x %\{x:.4g\}<br>f′\(x\) /);
});

test('its name is that of the curve’s own coordinate', () => {
  assert.equal(slopeFigure({ ...landscape, axes: ['l'] }, flat.domain, colours).layout.yaxis.title.text, 'f′(l)');
});

test('the zero line is always in the picture', () => {
  for (const derivative of [
    [-3, -1, 1, 3],
    [5, 6, 7, 8],
    [-8, -7, -6, -5],
    [0, 0, 0, 0],
    [null, 2, 3, null],
  ]) {
    const { yaxis } = slopeFigure(drawnLandscape({ ...landscape.grid, derivative }), flat.domain, colours).layout;
    assert.ok(yaxis.zeroline && yaxis.range[0] < 0 && yaxis.range[1] > 0, String(derivative));
    const finite = derivative.filter((value) => value !== null);
    assert.ok(yaxis.range[0] < Math.min(...finite) && yaxis.range[1] > Math.max(...finite));
  }
  assert.deepEqual(slopeFigure(landscape, flat.domain, colours).layout.yaxis.range, lossRange([-3, 3]));
});

test('between two points of a grid a value lies on the straight line, as it is drawn', () => {
  const grid = [0, 1, 2];
  assert.equal(interpolate(grid, [10, 20, 0], 0), 10);
  assert.equal(interpolate(grid, [10, 20, 0], 0.25), 12.5);
  assert.equal(interpolate(grid, [10, 20, 0], 2), 0);
  assert.equal(interpolate(grid, [10, 20, 0], 2.5), -10, 'beyond the last the last line goes on');
  assert.ok(Number.isNaN(interpolate(grid, [10, null, 0], 0.5)));
});

test('at an iterate the dot stands at the slope itself, also beside a kink between two points of the grid', () => {
  // |x|: its derivative is −1 left of 0 and 1 right of it.
  const grid = { x: [-1, 0, 1], loss: [1, 0, 1], derivative: [-1, 0, 1] };
  assert.equal(slopeAt(grid, -0.01, 1), -1);
  assert.equal(slopeAt(grid, 0.01, 1), 1);
  assert.equal(slopeAt(grid, 0, 0), 0);
  assert.equal(slopeAt(grid, 0.5, null), 0.5, 'between two iterates it moves along the line that is drawn');
});
