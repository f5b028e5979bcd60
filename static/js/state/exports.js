// The addresses of files that the server makes, and what they are called. Pure.

/**
 * @param {string} address
 * @param {string[][]} options each a key and its value
 * @returns {string} with the options after its query
 */
export function withOptions(address, options) {
  const said = options.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&');
  if (!said) return address;
  return `${address}${address.includes('?') ? '&' : '?'}${said}`;
}

/** @param {string | null} disposition the header of an answer @returns {string | null} the name of the file in it */
export function nameIn(disposition) {
  return /filename="([\w.-]+)"/.exec(disposition ?? '')?.[1] ?? null;
}
