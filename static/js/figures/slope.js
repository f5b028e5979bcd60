// The figure of a curve's derivative, which stands under the curve with the same x axis. Pure.

import { base, margins, marked } from './base.js';
import { lossRange } from './landscape.js';

/**
 * @param {Landscape} landscape of a curve
 * @param {number[]} domain
 * @param {Palette} colours
 */
export function slopeFigure({ grid, axes }, [low, high], colours) {
  const derivative = /** @type {(number | null)[]} */ (grid.derivative);
  const axis = { gridcolor: colours.line, ticks: 'outside', ticklen: 4, tickcolor: colours.line, fixedrange: true };
  const name = `f′(${axes[0]})`;
  return {
    data: [
      {
        type: 'scatter',
        mode: 'lines',
        x: grid.x,
        y: derivative,
        line: { color: colours.arrows.gradient, width: 2, simplify: false },
        hovertemplate: `${axes[0]} %{x:.4g}<br>${name} %{y:.5g}<extra></extra>`,
      },
    ],
    layout: {
      ...base(colours),
      // As wide as the curve above it, whose x axis is read for both.
      margin: { ...margins(colours), t: 4, b: 8 },
      xaxis: {
        ...axis,
        ...marked(axes[0], low, high),
        range: [low, high],
        title: undefined,
        showticklabels: false,
        zeroline: false,
      },
      // The zero line is what the derivative is read against: it is in the picture wherever the curve may be.
      yaxis: {
        ...axis,
        range: lossRange([0, ...derivative.map((value) => value ?? 0)]),
        nticks: 4,
        zeroline: true,
        zerolinecolor: colours.ink,
        zerolinewidth: 1.4,
        title: { text: name, standoff: 2 },
      },
      dragmode: false,
      hovermode: 'closest',
    },
  };
}
