// The stationary points of a landscape: their signs in a figure, and in words. Those of a network's plane are none of the
// network's, and hollow. Pure.

const MARKS = /** @type {Record<string, {symbol: string, name: string}>} */ ({
  global_minimum: { symbol: 'star', name: 'global minimum' },
  local_minimum: { symbol: 'circle', name: 'local minimum' },
  saddle: { symbol: 'x-thin', name: 'saddle' },
  maximum: { symbol: 'triangle-up', name: 'maximum' },
  shoulder: { symbol: 'diamond', name: 'shoulder' },
  plateau: { symbol: 'square', name: 'plateau' },
});

const SIGNS = /** @type {Record<string, string>} */ ({
  global_minimum: '★',
  local_minimum: '●',
  saddle: '×',
  maximum: '▲',
  shoulder: '◆',
  plateau: '■',
});
const HOLLOW = { ...SIGNS, global_minimum: '☆', local_minimum: '○', maximum: '△', shoulder: '◇', plateau: '□' };
/** The plane’s lowest place is not the least that there is. */
const LOWEST = { global_minimum: 'lowest', local_minimum: 'minimum' };
const OF_PLANE = ' of this plane only';

/** Of these signs there may be so many before they are drawn small, and only the minima. */
const MANY_MARKS = 40;

/** Of hundreds only the minima are drawn. @param {StationaryPoint[]} stationary */
function drawn(stationary) {
  return stationary.length > MANY_MARKS ? stationary.filter(({ kind }) => kind.endsWith('minimum')) : stationary;
}

/**
 * @param {StationaryPoint[]} stationary
 * @param {(known: StationaryPoint) => number} height where a sign stands on the upright axis
 * @param {string[]} axes
 * @param {Palette} colours
 * @param {boolean} [of_plane] whether they are those of a plane of more dimensions
 */
export function marks(stationary, height, axes, colours, of_plane = false) {
  const shown = drawn(stationary);
  const small = shown.length > MANY_MARKS;
  return {
    type: 'scatter',
    mode: 'markers',
    x: shown.map(({ point }) => point[0]),
    y: shown.map(height),
    text: shown.map(
      ({ kind, value, point }) =>
        `${MARKS[kind].name}${of_plane ? OF_PLANE : ''}, loss ${Number(value.toPrecision(5))}<br>${axes.map((name, axis) => `${name} ${Number(point[axis].toPrecision(5))}`).join(', ')}`,
    ),
    hovertemplate: '%{text}<extra></extra>',
    marker: {
      symbol: shown.map(({ kind }) => MARKS[kind].symbol + (of_plane ? '-open' : '')),
      opacity: 1,
      size: shown.map(({ kind }) => (kind === 'global_minimum' ? 17 : small ? 5 : 12)),
      color: colours.ink,
      line: {
        color: shown.map(({ kind }) => (kind === 'saddle' || of_plane ? colours.ink : colours.casing)),
        width: shown.map(({ kind }) =>
          kind === 'saddle' ? 2.5 : of_plane ? 2 : small && kind !== 'global_minimum' ? 0.8 : 1.5,
        ),
      },
    },
  };
}

/**
 * @param {StationaryPoint[]} stationary
 * @param {boolean} [of_plane] whether they are those of a plane of more dimensions
 * @returns {string} the key to the marks on the map
 */
export function marksInWords(stationary, of_plane = false) {
  const hidden = stationary.length - drawn(stationary).length;
  const rest = hidden > 0 ? `; ${hidden} saddles and maxima are not drawn` : '';
  const signs = of_plane ? signsInWords(drawn(stationary), HOLLOW, LOWEST) : signsInWords(drawn(stationary));
  return signs + (of_plane && signs ? OF_PLANE : '') + rest;
}

/** @param {StationaryPoint[]} stationary @param {Record<string, string>} [signs] by kind @param {Record<string, string>} [names] of those called otherwise */
function signsInWords(stationary, signs = SIGNS, names = {}) {
  const kinds = [...new Set(stationary.map(({ kind }) => kind))];
  return kinds
    .map((kind) => `${signs[kind]}\u00a0${(names[kind] ?? MARKS[kind].name).replaceAll(' ', '\u00a0')}`)
    .join(', ');
}
