// What is pasted elsewhere to show a picture: a frame in HTML, an image that is a link in Markdown. Pure.

const SIGNS = /** @type {Record<string, string>} */ ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' });

/** @param {string} text @returns {string} as an attribute between double quotes holds it */
function attribute(text) {
  return text.replace(/[&<>"]/g, (sign) => SIGNS[sign]);
}

/**
 * @param {string} title of the landscape
 * @param {string[]} labels of the runs
 * @returns {string} what is seen, in a few words
 */
export function titleOf(title, labels) {
  return labels.length > 0 ? `${title}: ${labels.join('; ')}` : title;
}

/**
 * @param {{address: string, title: string, width: number, height: number}} frame
 * @returns {string} as HTML
 */
export function frameAsHtml({ address, title, width, height }) {
  const [src, name] = [address, title].map(attribute);
  return `<iframe src="${src}" width="${width}" height="${height}" title="${name}" frameborder="0" loading="lazy" allowfullscreen></iframe>`;
}

/** @param {string} address @returns {string} as Markdown has it between parentheses, where its own would end it */
function target(address) {
  return address.replace(/[()<>\s]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/**
 * @param {{title: string, picture: string, address: string}} shown
 * @returns {string} the picture as a link, in Markdown
 */
export function pictureAsMarkdown({ title, picture, address }) {
  const name = title.replace(/[\\\x60*_[\]<>]/g, '\\$&').replace(/\s+/g, ' ');
  return `[![${name}](${target(picture)})](${target(address)})`;
}
