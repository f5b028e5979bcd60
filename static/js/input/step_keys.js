// The keys that step a number up and down. Pure.

/**
 * How many steps a key asks for: one by an arrow, ten by a page.
 * @param {KeyboardEvent} event
 * @returns {number} 0 for any other key, and with a modifier, which makes another command of it
 */
export function stepsOf({ key, shiftKey, ctrlKey, altKey, metaKey }) {
  if (shiftKey || ctrlKey || altKey || metaKey) return 0;
  return { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[key] ?? 0;
}

/** @param {KeyboardEvent} event @returns {number} the step that an arrow key to a side asks a slider for */
export function sidewaysOf({ key, shiftKey, ctrlKey, altKey, metaKey }) {
  if (shiftKey || ctrlKey || altKey || metaKey) return 0;
  return { ArrowRight: 1, ArrowLeft: -1 }[key] ?? 0;
}
