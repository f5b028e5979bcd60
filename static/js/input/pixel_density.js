// How many pixels a screen has to one of the page's: canvases are drawn with all of them.

/** @param {() => void} changed called when they are more or fewer, which may be without another size of anything */
export function watchDensity(changed) {
  let density = devicePixelRatio;
  const look = () => {
    if (devicePixelRatio === density) return;
    density = devicePixelRatio;
    listen();
    changed();
  };
  // A query tells only of leaving one density.
  const listen = () => matchMedia(`(resolution: ${density}dppx)`).addEventListener('change', look, { once: true });
  listen();
  // A window that is not being drawn is told nothing.
  setInterval(look, 1000);
}
