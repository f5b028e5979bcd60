// The one file that calls Plotly. Everything it draws comes from figures.js; what moves is drawn by overlay.js.

import { projector } from './scene.js';

const CONFIG = { displayModeBar: false, displaylogo: false, showSendToCloud: false, responsive: false, scrollZoom: false, doubleClick: false };
const PATH_TRACE = 2;

/** @typedef {{data: any[], layout: any}} Figure */

/** @param {string} id @returns {any} */
const element = (id) => document.getElementById(id);

/**
 * Runs plotly.js, which the page has asked for and not run: compiling it holds everything up for seconds.
 * @returns {Promise<void>} resolves when it has run, rejects when it could not be loaded
 */
export function plotlyReady() {
  if ('Plotly' in window) return Promise.resolve();
  const script = document.createElement('script');
  script.src = element('plotly').href;
  return new Promise((resolve, reject) => {
    script.addEventListener('load', () => resolve());
    script.addEventListener('error', () => reject(new Error('The drawing library could not be loaded.')));
    document.head.append(script);
  });
}

/** The ranges that plots to scale were drawn with. @type {Map<string, string>} */
const ranges = new Map();

/** @param {string} id @param {Figure} figure */
export async function draw(id, { data, layout }) {
  const plot = element(id);
  const { width, height } = plot.getBoundingClientRect();
  if (width === 0 || height === 0) return;
  // Plotly takes the first ranges of a plot to scale for the whole, and widens later, narrower ones until the box is
  // full: then a map would not show its window. A plot that is made anew keeps to its ranges.
  const range = layout.xaxis?.constrain === 'domain' ? `${layout.xaxis.range} ${layout.yaxis.range}` : '';
  const make = (ranges.get(id) ?? range) === range ? Plotly.react : Plotly.newPlot;
  ranges.set(id, range);
  await make(plot, data, { ...layout, width, height }, CONFIG);
}

/** The plot's own size follows its box. @param {string} id */
export async function fit(id) {
  const plot = element(id);
  const { width, height } = plot.getBoundingClientRect();
  if (!plot._fullLayout || width === 0) return;
  if (Math.abs(plot._fullLayout.width - width) < 0.5 && Math.abs(plot._fullLayout.height - height) < 0.5) return;
  await Plotly.relayout(plot, { width, height });
}

/** Give Plotly the path's numbers, for hover and for whoever reads the plot. @param {any} path */
export function commitPath(path) {
  const plot = element('map-plot');
  if (plot._fullLayout) Plotly.restyle(plot, { x: [path.x], y: [path.y], customdata: [path.customdata] }, [PATH_TRACE]);
}

/**
 * Where the map's axes lie, and how points become pixels of that rectangle. On a curve the loss is the height.
 * @param {boolean} flat whether it is a curve
 * @returns {{box: {left: number, top: number, width: number, height: number}, project: Project, invert: (px: number, py: number) => [number, number]} | null}
 */
export function mapFrame(flat) {
  const layout = element('map-plot')._fullLayout;
  if (!layout?.xaxis) return null;
  const { xaxis, yaxis } = layout;
  const spot = { x: 0, y: 0, hidden: false };
  return {
    box: { left: xaxis._offset, top: yaxis._offset, width: xaxis._length, height: yaxis._length },
    project: (x, y, loss) => {
      spot.x = xaxis.d2p(x);
      spot.y = yaxis.d2p(flat ? loss : y);
      return spot;
    },
    invert: (px, py) => [xaxis.p2d(px), yaxis.p2d(py)],
  };
}

/**
 * Where a plot's axes lie, and how its points become pixels of that rectangle.
 * @param {string} id
 * @returns {{box: {left: number, top: number, width: number, height: number}, project: (x: number, y: number) => {x: number, y: number}, invert: (px: number, py: number) => [number, number]} | null}
 */
export function axesFrame(id) {
  const layout = element(id)._fullLayout;
  if (!layout?.xaxis) return null;
  const { xaxis, yaxis } = layout;
  return {
    box: { left: xaxis._offset, top: yaxis._offset, width: xaxis._length, height: yaxis._length },
    project: (x, y) => ({ x: xaxis.d2p(x), y: yaxis.d2p(y) }),
    invert: (px, py) => [xaxis.p2d(px), yaxis.p2d(py)],
  };
}

/** The left edge, the width and the height of each curve's axes. */
export function curveFrames() {
  const layout = element('curves-plot')._fullLayout;
  if (!layout?.xaxis) return [];
  return ['', '2', '3'].map((suffix) => {
    const xaxis = layout[`xaxis${suffix}`];
    const yaxis = layout[`yaxis${suffix}`];
    return { left: xaxis._offset, top: yaxis._offset, width: xaxis._length, height: yaxis._length, place: (/** @type {number} */ step) => xaxis.d2p(step) };
  });
}

/**
 * @param {Surface} surface
 * @returns {{box: {left: number, top: number, width: number, height: number}, project: Project} | null}
 */
export function surfaceFrame(surface) {
  const plot = element('surface-plot');
  const scene = plot._fullLayout?.scene?._scene;
  if (!scene?.glplot?.cameraParams) return null;
  // The scene's own canvas has whole pixels, its box has not.
  const { width, height } = scene.glplot.canvas.getBoundingClientRect();
  return { box: { left: 0, top: 0, width, height }, project: projector(scene, surface, width, height) };
}

/** @returns {string} how the scene is seen now, a text that changes with every move */
export function cameraKey() {
  const scene = element('surface-plot')._fullLayout?.scene?._scene;
  const { model, view, projection } = scene?.glplot?.cameraParams ?? {};
  return model ? [model, view, projection, scene.dataScale].map((part) => part.join()).join() : '';
}

/** @param {() => void} moved called when the camera has moved */
export function watchCamera(moved) {
  const plot = element('surface-plot');
  plot.on('plotly_relayouting', moved);
  plot.on('plotly_relayout', moved);
}

/**
 * Turn the surface, as dragging does.
 * @param {number} around radians
 * @param {number} up radians
 */
export async function turn(around, up) {
  const plot = element('surface-plot');
  const camera = plot._fullLayout?.scene?._scene?.getCamera();
  if (!camera) return;
  const { x, y, z } = camera.eye;
  const distance = Math.hypot(x, y, z);
  const angle = Math.atan2(y, x) + around;
  const height = Math.min(1.5, Math.max(-1.5, Math.asin(z / distance) + up));
  const eye = { x: distance * Math.cos(height) * Math.cos(angle), y: distance * Math.cos(height) * Math.sin(angle), z: distance * Math.sin(height) };
  await Plotly.relayout(plot, { 'scene.camera': { ...camera, eye } });
}

/**
 * @param {() => void} lost called when the browser has taken the scene's drawing context away
 * @param {() => void} restored called when it gives one again
 */
export function watchContext(lost, restored) {
  const plot = element('surface-plot');
  // These events do not rise to the plot; on their way down they pass it.
  plot.addEventListener('webglcontextlost', (/** @type {Event} */ event) => {
    // Without this no browser ever gives it back.
    event.preventDefault();
    lost();
  }, true);
  plot.addEventListener('webglcontextrestored', restored, true);
}

/** @returns {boolean} whether there is a scene with a drawing context */
export function hasScene() {
  const plot = element('surface-plot')._fullLayout?.scene?._scene?.glplot;
  if (!plot) return false;
  // Plotly's own way asks at every frame whether the context is back; the page rebuilds the scene instead.
  plot.oncontextloss = null;
  return !plot.gl.isContextLost();
}

/** Takes down a scene that cannot be drawn any more, so that the next one is built anew. */
export function discardScene() {
  Plotly.purge(element('surface-plot'));
}

/** @returns {boolean} whether a 3-D scene can be drawn here at all */
export function hasWebGL() {
  try {
    const canvas = document.createElement('canvas');
    const context = canvas.getContext('webgl2') ?? canvas.getContext('webgl');
    context?.getExtension('WEBGL_lose_context')?.loseContext();
    return Boolean(context);
  } catch {
    return false;
  }
}

/** @returns {HTMLCanvasElement} what the scene shows; its own canvas can only be read in the moment in which it is drawn */
export function copyScene() {
  const { glplot } = element('surface-plot')._fullLayout.scene._scene;
  const copy = document.createElement('canvas');
  [copy.width, copy.height] = [glplot.canvas.width, glplot.canvas.height];
  glplot.redraw();
  copy.getContext('2d')?.drawImage(glplot.canvas, 0, 0);
  return copy;
}
