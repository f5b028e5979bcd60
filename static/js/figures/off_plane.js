// How far a network's walks are off the plane that they are drawn on, as Plotly draws it. Pure.

import { base, curveMargins, plain } from './base.js';
import { thin } from './curves.js';
import { dashText, styleOf } from './walk_styles.js';

const MOST_CURVES = 24;
const MOST_POINTS = 600;
const NOTHING = new Float64Array(0);

/**
 * @param {Walks} walks
 * @param {Palette} colours
 * @param {boolean} [bare] among figures of which it is said together what they go by
 */
export function offPlaneFigure(walks, colours, bare = false) {
  const by = walks.request?.axis === 'evaluations' ? 'evaluations' : 'step';
  const axis = { zeroline: false, fixedrange: true, gridcolor: colours.line, tickfont: { size: 11 } };
  const shown = walks.visible.slice(0, MOST_CURVES);
  const furthest = walks.visible.reduce((most, walk) => Math.max(most, walks.across(walk, walk.length - 1)), 1);
  return {
    data: shown.map((walk) => {
      const { x, y } = thin((walk.off_plane ?? NOTHING).subarray(0, walk.length), false, MOST_POINTS);
      const { colour, dash } = styleOf(walk.style);
      return {
        type: 'scatter',
        mode: 'lines',
        x: x.map((step) => walks.across(walk, step)),
        y,
        text: plain(walks.who(walks.all.indexOf(walk))),
        line: { color: colours.walkers[colour], dash: dashText(dash), width: 1.8 },
        hovertemplate: `${walks.all.length > 1 ? '%{text}<br>' : ''}${by} %{x}<br>%{y:.4g} off the plane<extra></extra>`,
      };
    }),
    layout: {
      ...base(colours),
      margin: curveMargins(colours, bare),
      hovermode: 'closest',
      dragmode: false,
      xaxis: {
        ...axis,
        showgrid: false,
        range: [0, furthest],
        nticks: 7,
        tickangle: 0,
        title: bare ? undefined : { text: by, standoff: 4 },
      },
      yaxis: { ...axis, rangemode: 'tozero', nticks: 4, tickformat: '~g' },
      annotations: [
        {
          text: 'distance from the plane',
          xref: 'paper',
          yref: 'paper',
          x: 0,
          y: 1,
          xanchor: 'left',
          yanchor: 'bottom',
          yshift: 5,
          showarrow: false,
          font: { size: 12, color: colours.ink },
        },
      ],
    },
  };
}
