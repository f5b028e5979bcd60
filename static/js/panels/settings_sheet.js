// The door to everything that is turned less often than the dials. On a phone it opens a sheet under the picture.

/** @param {HTMLElement} element @returns {Panel} */
export function mountSettingsSheet(element) {
  const door = /** @type {HTMLDetailsElement} */ (element);
  const close = () => {
    door.open = false;
    door.querySelector('summary')?.focus({ preventScroll: true });
  };
  door.querySelector('#close-settings')?.addEventListener('click', () => door.open && close());
  door.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && door.open) close();
  });
  return {};
}
