// The ground of a network without its heights: far from where training went the loss is hundreds of times that of the first
// weights, and a surface of it would show that corner and nothing else. What is cut off is flat, and said. Pure.

import { lossOn } from './camera.js';

/** The cut is so many times as high as the ground at the first weights. */
const TIMES = 2;

/**
 * @param {Landscape} landscape
 * @param {Grid} grid its own, or a part of it
 * @returns {{grid: Grid, cut: number | null}} the grid as its surface is drawn, and above which loss it is flat; null for nowhere
 */
export function cutOff({ network, grid: whole }, grid) {
  if (!network || !grid.y) return { grid, cut: null };
  const cut = rounded(TIMES * lossOn(whole)(0, 0));
  const is_above = (/** @type {number | null} */ loss) => loss !== null && loss > cut;
  if (!(cut > 0) || !grid.loss.some((row) => row.some(is_above))) return { grid, cut: null };
  const loss = grid.loss.map((row) => row.map((/** @type {number | null} */ value) => (is_above(value) ? cut : value)));
  const lines = grid.relief?.lines.filter((line) => line.loss < cut) ?? [];
  return { grid: { ...grid, loss, ...(grid.relief && { relief: { ...grid.relief, lines } }) }, cut };
}

/** @param {number} loss @returns {number} with two digits, so that it can be said */
function rounded(loss) {
  return Number(loss.toPrecision(2));
}
