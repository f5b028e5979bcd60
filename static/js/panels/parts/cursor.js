// The upright line that marks the step that is shown, over a plot.

/**
 * @param {HTMLElement} line
 * @param {Pick<Box, 'left' | 'top' | 'height'>} box of the plot's axes
 * @param {number} x in pixels of the axes
 */
export function placeCursor(line, { left, top, height }, x) {
  line.style.top = `${top}px`;
  line.style.height = `${height}px`;
  line.style.transform = `translateX(${left + x}px)`;
}
