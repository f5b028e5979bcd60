// Made-up maps for tests: the first record of a stream, and cells of one pass.

import { MapCells } from '../../static/js/state/map_cells.js';

const OTHERS = [
  { label: 'diverged', outcome: 'diverged', kind: null, point: null, value: null, colour: '#b9b9b9' },
  { label: 'out of steps', outcome: 'out_of_steps', kind: null, point: null, value: null, colour: '#dcdcdc' },
  { label: 'converged elsewhere', outcome: 'converged', kind: null, point: null, value: null, colour: '#c6c6c6' },
];
/** Of the first places; further ones have them again. */
const COLOURS = ['#56b4e9', '#e69f00', '#009e73', '#f0e442', '#0072b2', '#cc79a7', '#d55e00'];

/**
 * @param {'basins' | 'rates'} map
 * @param {number} columns
 * @param {number} rows 0 for one axis
 * @param {number} [minima]
 */
export function startOf(map, columns, rows, minima = 3) {
  const rate = { key: 'learning_rate', title: 'learning rate', low: 0.01, high: 100, log: true };
  const momentum = { key: 'momentum', title: 'momentum', low: 0, high: 1, log: false };
  const [x, y] = ['x', 'y'].map((key) => ({ key, title: key, low: -2, high: 3, log: false }));
  const axes = (map === 'rates' ? [rate, momentum] : [x, y]).slice(0, rows > 0 ? 2 : 1);
  const centres = ({ low = 0, high = 1, log = false }, /** @type {number} */ count) =>
    Array.from({ length: count }, (_, k) =>
      log ? low * (high / low) ** ((k + 0.5) / count) : low + ((k + 0.5) / count) * (high - low),
    );
  const places = Array.from({ length: minima }, (_, k) => ({
    label: `local minimum at (${k}, 0)`,
    outcome: 'converged',
    kind: 'local_minimum',
    point: [k, 0],
    value: k,
    colour: COLOURS[k % COLOURS.length],
  }));
  const legend =
    map === 'rates'
      ? ['converged', 'diverged', 'stalled', 'out_of_steps'].map((outcome) => ({
          label: outcome.replaceAll('_', ' '),
          outcome,
          kind: null,
          colour: outcome === 'converged' ? null : '#b9b9b9',
        }))
      : [...places, ...OTHERS];
  return {
    kind: 'start',
    x: centres(axes[0], columns),
    ...(rows > 0 ? { y: centres(axes[1], rows) } : {}),
    axes,
    legend,
    theory: null,
    request: { map },
    query: '',
    resolution: [Math.max(1, rows), columns],
  };
}

/** @param {{outcome: number[][], near?: number[][], steps: number[][]}} pass @returns {MapCells} */
export function basins({ outcome, near, steps }) {
  const [rows, columns] = [outcome.length, outcome[0].length];
  const cells = new MapCells(startOf('basins', columns, rows));
  cells.take({ kind: 'pass', resolution: [rows, columns], stride: 1, outcome, near, steps, progress: 1 });
  return cells;
}

/** @param {{outcome: string[][], evaluations: number[][]}} pass @param {object} [start] what is otherwise in the first record @returns {MapCells} */
export function rates({ outcome, evaluations }, start = {}) {
  const [rows, columns] = [outcome.length, outcome[0].length];
  const cells = new MapCells({ ...startOf('rates', columns, rows), ...start });
  cells.take({
    kind: 'pass',
    resolution: [rows, columns],
    stride: 1,
    outcome,
    steps: evaluations,
    evaluations,
    progress: 1,
  });
  return cells;
}

/** The ranges of a loss, the lowest first. @type {[string, number | null, number | null, string][]} */
const RANGES = [
  ['loss below 0.01', null, 0.01, '#fde725'],
  ['loss 0.01 to 0.1', 0.01, 0.1, '#21918c'],
  ['loss 0.1 or more', 0.1, null, '#440154'],
];

/**
 * A map of a network, each cell of which is told by its loss.
 * @param {'basins' | 'rates'} map
 * @param {{outcome: (number | string)[][], loss: (number | null)[][]}} pass
 * @returns {MapCells}
 */
export function trained(map, { outcome, loss }) {
  const [rows, columns] = [outcome.length, outcome[0].length];
  const start = startOf(map, columns, rows);
  const ranges = RANGES.map(([label, ...range]) => ({
    label,
    outcome: null,
    kind: 'loss',
    point: null,
    value: null,
    range: range.slice(0, 2),
    colour: range[2],
  }));
  const legend =
    map === 'basins'
      ? [...ranges, OTHERS[0]]
      : start.legend.map((entry) => ({ ...entry, colour: entry.outcome === 'diverged' ? entry.colour : null }));
  const cells = new MapCells({ ...start, legend, plane: { kind: 'walk' } });
  const steps = outcome.map((row) => row.map(() => 200));
  const pass = { kind: 'pass', resolution: [rows, columns], stride: 1, progress: 1, outcome, steps, loss };
  cells.take(
    map === 'rates' ? { ...pass, evaluations: steps } : { ...pass, near: outcome.map((row) => row.map(() => -1)) },
  );
  return cells;
}
