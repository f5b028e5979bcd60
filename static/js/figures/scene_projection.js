// Points of the 3-D scene as pixels: the scene's own camera matrices, which Plotly keeps private. A test holds that the
// result lies within a pixel of Plotly's own.

/**
 * @param {any} scene Plotly's scene object
 * @param {Grid} grid
 * @param {number} width of the canvas in CSS pixels
 * @param {number} height
 * @returns {Project}
 */
export function projector(scene, grid, width, height) {
  const { model, view, projection } = scene.glplot.cameraParams;
  const matrix = multiply(projection, multiply(view, model));
  const data_scale = scene.dataScale;
  const eye = eyeOf(multiply(view, model));
  const scaled = scaledGrid(grid, data_scale);
  const spot = { x: 0, y: 0, hidden: false };
  return (x, y, loss) => {
    const a = x * data_scale[0];
    const b = y * data_scale[1];
    const c = loss * data_scale[2];
    const w = matrix[3] * a + matrix[7] * b + matrix[11] * c + matrix[15];
    spot.x = (0.5 + (0.5 * (matrix[0] * a + matrix[4] * b + matrix[8] * c + matrix[12])) / w) * width;
    spot.y = (0.5 - (0.5 * (matrix[1] * a + matrix[5] * b + matrix[9] * c + matrix[13])) / w) * height;
    spot.hidden = behind(scaled, a, b, c, eye);
    return spot;
  };
}

/** Column-major 4 × 4 matrices, as WebGL has them. @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
export function multiply(a, b) {
  const product = new Float64Array(16);
  for (let column = 0; column < 4; column += 1) {
    for (let row = 0; row < 4; row += 1) {
      let sum = 0;
      for (let k = 0; k < 4; k += 1) sum += a[4 * k + row] * b[4 * column + k];
      product[4 * column + row] = sum;
    }
  }
  return product;
}

/**
 * The camera's place: the point that view × model sends to the origin. The model scales each axis on its own, so this
 * solves three equations rather than transposing a rotation.
 * @param {ArrayLike<number>} m
 * @returns {[number, number, number]}
 */
export function eyeOf(m) {
  const column = (/** @type {number} */ k) =>
    /** @type {[number, number, number]} */ ([m[4 * k], m[4 * k + 1], m[4 * k + 2]]);
  const [a, b, c, shift] = [column(0), column(1), column(2), column(3)];
  const whole = determinant(a, b, c) || 1;
  return [-determinant(shift, b, c) / whole, -determinant(a, shift, c) / whole, -determinant(a, b, shift) / whole];
}

/** @typedef {[number, number, number]} Vector */

/** @param {Vector} a @param {Vector} b @param {Vector} c */
function determinant(a, b, c) {
  return a[0] * (b[1] * c[2] - b[2] * c[1]) - b[0] * (a[1] * c[2] - a[2] * c[1]) + c[0] * (a[1] * b[2] - a[2] * b[1]);
}

/** @param {Grid} grid @param {number[]} data_scale */
function scaledGrid(grid, data_scale) {
  const { x, y = [], loss } = grid;
  let low = Infinity;
  let high = -Infinity;
  for (const row of loss) {
    for (const value of row) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return {
    x0: x[0] * data_scale[0],
    x1: x[x.length - 1] * data_scale[0],
    y0: y[0] * data_scale[1],
    y1: y[y.length - 1] * data_scale[1],
    columns: x.length,
    rows: y.length,
    loss,
    high: high * data_scale[2],
    scale: data_scale[2],
    slack: 0.02 * (high - low) * data_scale[2],
  };
}

/**
 * Whether the surface stands between a point and the eye: walks from the point towards the eye as long as it is under the
 * surface's highest place, and looks whether the surface is above the way.
 * @param {ReturnType<typeof scaledGrid>} scaled
 * @param {number} a
 * @param {number} b
 * @param {number} c
 * @param {[number, number, number]} eye
 */
function behind(scaled, a, b, c, eye) {
  const [dx, dy, dz] = [eye[0] - a, eye[1] - b, eye[2] - c];
  const reach = Math.hypot(scaled.x1 - scaled.x0, scaled.y1 - scaled.y0) / Math.hypot(dx, dy, dz);
  const most = Math.min(1, reach, dz > 0 ? (scaled.high - c) / dz : 1);
  const samples = 28;
  for (let k = 1; k <= samples; k += 1) {
    const part = (most * k) / samples;
    const height = heightAt(scaled, a + part * dx, b + part * dy);
    if (height !== null && height > c + part * dz + scaled.slack) return true;
  }
  return false;
}

/** @param {ReturnType<typeof scaledGrid>} scaled @param {number} a @param {number} b */
function heightAt(scaled, a, b) {
  const column = ((a - scaled.x0) / (scaled.x1 - scaled.x0)) * (scaled.columns - 1);
  const row = ((b - scaled.y0) / (scaled.y1 - scaled.y0)) * (scaled.rows - 1);
  if (!(column >= 0 && row >= 0 && column < scaled.columns - 1 && row < scaled.rows - 1)) return null;
  const i = Math.floor(row);
  const j = Math.floor(column);
  const u = column - j;
  const v = row - i;
  const { loss } = scaled;
  return (
    scaled.scale *
    ((1 - v) * ((1 - u) * loss[i][j] + u * loss[i][j + 1]) + v * ((1 - u) * loss[i + 1][j] + u * loss[i + 1][j + 1]))
  );
}
