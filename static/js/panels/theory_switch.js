// The switch that shows theory.

/** @param {HTMLElement} element @param {Session} session @returns {Panel} */
export function mountTheorySwitch(element, session) {
  const box = /** @type {HTMLInputElement} */ (element);
  /** @type {Walks | null} */
  let walks = null;
  box.addEventListener('change', () => session.edit({ theory: box.checked ? '1' : null }));
  return {
    frame() {
      // Between a change and its answer the switch is ahead.
      if (walks !== session.walks) box.checked = session.theory.on;
      walks = session.walks;
    },
  };
}
