// The loss along the walks as small lines on a canvas: what the scrubber is laid over.

import { lowestKnown, thin } from '../figures/curves.js';
import { styleOf } from '../figures/walk_styles.js';
import { drawSign, momentsOf, thinned } from './moments.js';

/** More walkers than these are a cloud of thin lines. */
const FEW = 8;
const MOST = 32;
/** More rises than there are pixels are not looked for. */
const MOST_RISES = 1000;
/** So much lower than the highest a logarithm goes, in powers of ten: what is left below is rounding. */
const DEEP = 14;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{width: number, height: number, margin: number}} size
 * @param {Walks} walks
 * @param {{walker: number, restarts: number[], logarithmic: boolean, lowest: StationaryPoint[]}} what
 * @param {Palette} colours
 */
export function drawLoss(canvas, { width, height, margin }, walks, what, colours) {
  const ratio = devicePixelRatio || 1;
  Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  const pen = canvas.getContext('2d');
  if (!pen) return;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  const last = walks.last || 1;
  const across = (/** @type {number} */ step) => margin + (step / last) * (width - 2 * margin);
  pen.strokeStyle = colours.line;
  pen.lineWidth = 1;
  const told = walks.all[what.walker];
  const moments = told ? momentsOf(told, what.restarts) : [];
  for (const { step } of moments) {
    const x = Math.round(across(step)) + 0.5;
    pen.beginPath();
    pen.moveTo(x, 0);
    pen.lineTo(x, height);
    pen.stroke();
  }
  const log = what.logarithmic && walks.request?.goal !== 'maximize';
  const lines = linesOf(walks, log, what.lowest, Math.max(16, Math.round(2 * width)));
  const up = scaleOf(lines, log, height);
  const few = lines.length <= FEW;
  // The one that is told of lies over the others.
  const chosen = walks.all[what.walker];
  lines.sort((one, other) => Number(one.walk === chosen) - Number(other.walk === chosen));
  for (const { walk, x, y } of lines) {
    const { colour, dash } = styleOf(walk.style);
    pen.strokeStyle = colours.walkers[colour];
    pen.lineWidth = few ? 2 : 1;
    pen.setLineDash(few ? dash : []);
    pen.beginPath();
    let begun = false;
    x.forEach((step, k) => {
      const value = y[k];
      if (value === null) return void (begun = false);
      if (begun) pen.lineTo(across(step), up(value));
      else pen.moveTo(across(step), up(value));
      begun = true;
    });
    pen.stroke();
  }
  pen.setLineDash([]);
  markRises(pen, walks, told, across, height, colours);
  for (const { kind, step } of thinned(moments, ({ step: at }) => ({ x: across(at), y: 0 }), 14))
    drawSign(pen, kind, across(step), 8, colours);
}

/**
 * Short marks at the foot, at the steps that went the wrong way, where there is room between them.
 * @param {CanvasRenderingContext2D} pen
 * @param {Walks} walks
 * @param {Walk | undefined} walk
 * @param {(step: number) => number} across
 * @param {number} height
 * @param {Palette} colours
 */
function markRises(pen, walks, walk, across, height, colours) {
  if (!walk) return;
  const downhill = walks.request?.goal === 'maximize' ? -1 : 1;
  pen.fillStyle = colours.soft;
  let before = -Infinity;
  for (const step of walk.wrongWay(MOST_RISES, downhill)) {
    const x = across(step);
    if (x - before < 4) continue;
    before = x;
    pen.fillRect(x - 0.75, height - 4, 1.5, 4);
  }
}

/**
 * @param {Walks} walks
 * @param {boolean} log
 * @param {StationaryPoint[]} stationary
 * @param {number} most points of each
 */
function linesOf(walks, log, stationary, most) {
  const lowest = log ? lowestKnown(walks, stationary) : 0;
  return walks.visible.slice(0, MOST).map((walk) => {
    const loss = walk.loss.subarray(0, walk.length);
    return { walk, ...thin(log ? loss.map((value) => value - lowest) : loss, log, most) };
  });
}

/**
 * @param {{y: (number | null)[]}[]} lines
 * @param {boolean} log
 * @param {number} height
 * @returns {(value: number) => number}
 */
function scaleOf(lines, log, height) {
  let [low, high] = [Infinity, -Infinity];
  for (const { y } of lines)
    for (const value of y)
      if (value !== null) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
  const level = log ? Math.log10 : (/** @type {number} */ value) => value;
  const top = level(high);
  const bottom = log ? Math.max(level(low), top - DEEP) : low;
  const room = height - 12;
  return (value) => 6 + room * (1 - (Math.max(bottom, level(value)) - bottom) / (top - bottom || 1));
}
