// How the page shows what is shown: the keys of an address that change no number. They are written into it and read from it,
// and not asked of the server with the walk. Pure.

/** @type {View} */
const USUAL = { at: null, view: null, scale: 'log', hide: [], guess_first: false };

/** @param {string} query @returns {string[]} */
function parts(query) {
  return query.replace(/^\?/, '').split('&').filter(Boolean);
}

/** @param {string} part @returns {string} */
function keyOf(part) {
  return decodeURIComponent(part.split('=')[0]);
}

/**
 * @param {string} query of an address, with or without its question mark
 * @param {Catalog} catalog
 * @returns {string} what it says of the walks themselves
 */
export function withoutView(query, { view_keys: keys }) {
  return parts(query)
    .filter((part) => !keys.includes(keyOf(part)))
    .join('&');
}

/**
 * What a query says of the view; what this version does not know is as usual, and the server has said so.
 * @param {string} query
 * @param {Catalog} catalog
 * @param {View} [usual] what the page shows where the query does not say
 * @returns {View}
 */
export function readView(query, { parts: known }, usual = USUAL) {
  const given = new URLSearchParams(query);
  const hidden = given.get('hide')?.split(',');
  return {
    at: given.has('at') ? readStep(given.get('at')) : usual.at,
    view: given.get('view') ?? usual.view,
    scale: given.has('scale') ? (given.get('scale') === 'linear' ? 'linear' : 'log') : usual.scale,
    hide: hidden ? Object.keys(known).filter((part) => hidden.includes(part)) : usual.hide,
    guess_first: given.has('guess_first') ? given.get('guess_first') === '1' : usual.guess_first,
  };
}

/** @param {string | null} text @returns {number | 'end' | null} */
function readStep(text) {
  if (text === null || text === 'end') return text;
  return /^\d+$/.test(text) ? Number(text) : null;
}

/** @param {View} view @returns {Record<string, string>} its keys as an address has them */
function written({ at, view, scale, hide, guess_first }) {
  return {
    at: String(at ?? ''),
    view: view ?? '',
    scale,
    hide: hide.join(','),
    guess_first: guess_first ? '1' : '0',
  };
}

/**
 * @param {string} query what the address says of the walks
 * @param {View} view
 * @param {Catalog} catalog
 * @param {View} [usual] what the page shows where the address does not say
 * @returns {string} the query of the whole address, its keys in the contract's order; what is usual is left out
 */
export function writeView(query, view, { view_keys: keys }, usual = USUAL) {
  const [now, before] = [written(view), written(usual)];
  const said = keys.filter((key) => now[key] !== before[key] && now[key] !== '').map((key) => `${key}=${now[key]}`);
  const all = parts(query);
  const is_run = (/** @type {string} */ part) => part.startsWith('run=');
  return [...all.filter((part) => !is_run(part)), ...said, ...all.filter(is_run)].join('&');
}
