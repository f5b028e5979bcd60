// What the page has to say of its address; each notice can be dismissed.

/** @param {HTMLElement} holder @returns {Panel} */
export function mountNotices(holder) {
  for (const button of holder.querySelectorAll('.notice .dismiss')) {
    button.addEventListener('click', () => button.parentElement?.remove());
  }
  return {};
}
