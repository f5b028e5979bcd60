// A further run of a race as an address has it. Pure.

/** @param {string} text such as `adam,learning_rate:0.05`: a bare slug is the optimizer @returns {Record<string, string>} */
export function readRun(text) {
  return Object.fromEntries(
    partsOf(text).map((part) => {
      const colon = part.indexOf(':');
      if (colon < 0) return ['optimizer', part];
      const [key, value] = [part.slice(0, colon), part.slice(colon + 1)];
      return [key, key === 'hyperparameters' ? value.replaceAll(';', ',') : value];
    }),
  );
}

/** @param {string} text of a run @returns {string[]} what commas part in it; those within the parentheses of a rule part nothing */
function partsOf(text) {
  const parts = [];
  const rest = text.split(',');
  while (rest.length > 0) {
    let part = /** @type {string} */ (rest.shift());
    const is_rule = part.trim().startsWith('rule:');
    while (is_rule && rest.length > 0 && part.split('(').length > part.split(')').length) part += `,${rest.shift()}`;
    parts.push(part.trim());
  }
  return parts;
}
