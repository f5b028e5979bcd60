// The walked path as numbers for Plotly, which hover and export read. Pure.

/**
 * The path's numbers for Plotly, walks parted by gaps.
 * @param {Walks} walks
 * @param {number} most points in all, beyond which every n-th is taken, and the last
 */
export function pathData(walks, most = 20000) {
  /** @type {(number | null)[]} */
  const x = [];
  /** @type {(number | null)[]} */
  const y = [];
  /** @type {(number[] | null)[]} */
  const customdata = [];
  const every = Math.max(1, Math.ceil(walks.points / most));
  for (const walk of walks.visible) {
    for (let k = 0; k < walk.length + every - 1; k += every) {
      const step = Math.min(k, walk.length - 1);
      x.push(finite(walk.x[step]));
      y.push(finite(walks.flat ? walk.loss[step] : walk.y[step]));
      customdata.push([step, walk.loss[step]]);
    }
    x.push(null);
    y.push(null);
    customdata.push(null);
  }
  return { x, y, customdata };
}

/** @param {number} value */
function finite(value) {
  return Number.isFinite(value) ? value : null;
}
