// The one file that calls Plotly. What it draws comes from the figures beside it; what moves is drawn on canvases.

import { projector } from './scene_projection.js';

const CONFIG = {
  displayModeBar: false,
  displaylogo: false,
  showSendToCloud: false,
  responsive: false,
  scrollZoom: false,
  doubleClick: false,
};
const PATH_TRACE = 2;

/** @typedef {{data: any[], layout: any}} Figure */

/**
 * Runs plotly.js, which the page has asked for and not run: compiling it holds everything up for seconds.
 * @returns {Promise<void>} resolves when it has run, rejects when it could not be loaded
 */
export function plotlyReady() {
  if ('Plotly' in window) return Promise.resolve();
  const script = document.createElement('script');
  script.src = /** @type {HTMLLinkElement} */ (document.getElementById('plotly')).href;
  return new Promise((resolve, reject) => {
    script.addEventListener('load', () => resolve());
    script.addEventListener('error', () => reject(new Error('The drawing library could not be loaded.')));
    document.head.append(script);
  });
}

/** A plot's element, to which Plotly adds what it keeps. @typedef {any} Plot */

/** The ranges that plots to scale were drawn with. @type {WeakMap<Plot, string>} */
const ranges = new WeakMap();

/** @param {Plot} plot @param {Figure} figure */
export async function draw(plot, { data, layout }) {
  const { width, height } = plot.getBoundingClientRect();
  if (width === 0 || height === 0) return;
  // Plotly takes the first ranges of a plot to scale for the whole, and widens later, narrower ones until the box is
  // full: then a map would not show its window. A plot that is made anew keeps to its ranges.
  const range = layout.xaxis?.constrain === 'domain' ? `${layout.xaxis.range} ${layout.yaxis.range}` : '';
  const make = (ranges.get(plot) ?? range) === range ? Plotly.react : Plotly.newPlot;
  ranges.set(plot, range);
  await make(plot, data, { ...layout, width, height }, CONFIG);
}

/** The plot's own size follows its box. @param {Plot} plot */
export async function resizePlot(plot) {
  const { width, height } = plot.getBoundingClientRect();
  if (!plot._fullLayout || width === 0) return;
  if (Math.abs(plot._fullLayout.width - width) < 0.5 && Math.abs(plot._fullLayout.height - height) < 0.5) return;
  await Plotly.relayout(plot, { width, height });
}

/** Gives Plotly the path's numbers, for hover and for whoever reads the plot. @param {Plot} plot the map's @param {any} path */
export function commitPath(plot, path) {
  if (plot._fullLayout) Plotly.restyle(plot, { x: [path.x], y: [path.y], customdata: [path.customdata] }, [PATH_TRACE]);
}

/**
 * Where the map's axes lie, and how points become pixels of that rectangle. On a curve the loss is the height. There are
 * very many points: each is told in the same record.
 * @param {Plot} plot
 * @param {boolean} flat whether it is a curve
 * @returns {PlotFrame | null}
 */
export function mapFrame(plot, flat) {
  const frame = axesFrame(plot);
  if (!frame) return null;
  const { xaxis, yaxis } = plot._fullLayout;
  const spot = { x: 0, y: 0, hidden: false };
  frame.project = (x, y, loss) => {
    spot.x = xaxis.d2p(x);
    spot.y = yaxis.d2p(flat ? loss : y);
    return spot;
  };
  return frame;
}

/**
 * Where a plot's axes lie, and how its points become pixels of that rectangle.
 * @param {Plot} plot
 * @returns {PlotFrame | null}
 */
export function axesFrame(plot) {
  const layout = plot._fullLayout;
  if (!layout?.xaxis) return null;
  const { xaxis, yaxis } = layout;
  return {
    box: { left: xaxis._offset, top: yaxis._offset, width: xaxis._length, height: yaxis._length },
    project: (x, y) => ({ x: xaxis.d2p(x), y: yaxis.d2p(y), hidden: false }),
    invert: (px, py) => [xaxis.p2d(px), yaxis.p2d(py)],
  };
}

/** The left edge, the width and the height of each curve's axes. @param {Plot} plot the curves' */
export function curveFrames(plot) {
  const layout = plot._fullLayout;
  if (!layout?.xaxis) return [];
  return ['', '2', '3'].map((suffix) => {
    const xaxis = layout[`xaxis${suffix}`];
    const yaxis = layout[`yaxis${suffix}`];
    return {
      left: xaxis._offset,
      top: yaxis._offset,
      width: xaxis._length,
      height: yaxis._length,
      place: (/** @type {number} */ step) => xaxis.d2p(step),
    };
  });
}

/**
 * @param {Plot} plot of the surface
 * @param {Grid} grid
 * @returns {Frame | null}
 */
export function surfaceFrame(plot, grid) {
  const scene = plot._fullLayout?.scene?._scene;
  if (!scene?.glplot?.cameraParams) return null;
  // The scene's own canvas has whole pixels, its box has not.
  const { width, height } = scene.glplot.canvas.getBoundingClientRect();
  return { box: { left: 0, top: 0, width, height }, project: projector(scene, grid, width, height) };
}

/** @param {Plot} plot @returns {string} how the scene is seen now, a text that changes with every move */
export function cameraKey(plot) {
  const scene = plot._fullLayout?.scene?._scene;
  const { model, view, projection } = scene?.glplot?.cameraParams ?? {};
  return model ? [model, view, projection, scene.dataScale].map((part) => part.join()).join() : '';
}

/** @param {Plot} plot @param {() => void} moved called when the camera has moved */
export function watchCamera(plot, moved) {
  plot.on('plotly_relayouting', moved);
  plot.on('plotly_relayout', moved);
}

/**
 * Turns the surface, as dragging does.
 * @param {Plot} plot
 * @param {number} around radians
 * @param {number} up radians
 */
export async function turnCamera(plot, around, up) {
  const camera = plot._fullLayout?.scene?._scene?.getCamera();
  if (!camera) return;
  const { center } = camera;
  const [x, y, z] = [camera.eye.x - center.x, camera.eye.y - center.y, camera.eye.z - center.z];
  const distance = Math.hypot(x, y, z);
  const angle = Math.atan2(y, x) + around;
  const height = Math.min(1.5, Math.max(-1.5, Math.asin(z / distance) + up));
  const eye = {
    x: center.x + distance * Math.cos(height) * Math.cos(angle),
    y: center.y + distance * Math.cos(height) * Math.sin(angle),
    z: center.z + distance * Math.sin(height),
  };
  await Plotly.relayout(plot, { 'scene.camera': { ...camera, eye } });
}

/** @param {Plot} plot @returns {any} from where the scene is seen now, null where there is none */
export function cameraNow(plot) {
  return plot._fullLayout?.scene?._scene?.getCamera() ?? null;
}

/**
 * @param {Plot} plot
 * @param {any} camera
 * @param {{x: number, y: number, z: number}} [sides] of the scene's box, where they are others
 */
export async function setCamera(plot, camera, sides) {
  if (!cameraNow(plot)) return;
  await Plotly.relayout(plot, { 'scene.camera': camera, ...(sides ? { 'scene.aspectratio': sides } : {}) });
}

/**
 * @param {Plot} plot
 * @param {() => void} lost called when the browser has taken the scene's drawing context away
 * @param {() => void} restored called when it gives one again
 */
export function watchContext(plot, lost, restored) {
  // These events do not rise to the plot; on their way down they pass it.
  plot.addEventListener(
    'webglcontextlost',
    (/** @type {Event} */ event) => {
      // Without this no browser ever gives it back.
      event.preventDefault();
      lost();
    },
    true,
  );
  plot.addEventListener('webglcontextrestored', restored, true);
}

/** @param {Plot} plot @returns {boolean} whether there is a scene with a drawing context */
export function hasScene(plot) {
  const glplot = plot._fullLayout?.scene?._scene?.glplot;
  if (!glplot) return false;
  // Plotly's own way asks at every frame whether the context is back; the page rebuilds the scene instead.
  glplot.oncontextloss = null;
  return !glplot.gl.isContextLost();
}

/** Takes down a scene that cannot be drawn any more, so that the next one is built anew. @param {Plot} plot */
export function discardScene(plot) {
  Plotly.purge(plot);
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

/**
 * @param {Plot} plot
 * @returns {HTMLCanvasElement} what the scene shows; its own canvas can only be read in the moment in which it is drawn
 */
export function copyScene(plot) {
  const { glplot } = plot._fullLayout.scene._scene;
  const copy = document.createElement('canvas');
  [copy.width, copy.height] = [glplot.canvas.width, glplot.canvas.height];
  glplot.redraw();
  copy.getContext('2d')?.drawImage(glplot.canvas, 0, 0);
  return copy;
}
