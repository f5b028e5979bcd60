// The stationary points of a landscape: their signs in a figure, and in words. Pure.

const MARKS = /** @type {Record<string, {symbol: string, name: string}>} */ ({
  global_minimum: { symbol: 'star', name: 'global minimum' },
  local_minimum: { symbol: 'circle', name: 'local minimum' },
  saddle: { symbol: 'x-thin', name: 'saddle' },
  maximum: { symbol: 'triangle-up', name: 'maximum' },
  shoulder: { symbol: 'diamond', name: 'shoulder' },
  plateau: { symbol: 'square', name: 'plateau' },
});

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
 */
export function marks(stationary, height, axes, colours) {
  const shown = drawn(stationary);
  const small = shown.length > MANY_MARKS;
  return {
    type: 'scatter',
    mode: 'markers',
    x: shown.map(({ point }) => point[0]),
    y: shown.map(height),
    text: shown.map(
      ({ kind, value, point }) =>
        `${MARKS[kind].name}, loss ${Number(value.toPrecision(5))}<br>${axes.map((name, axis) => `${name} ${Number(point[axis].toPrecision(5))}`).join(', ')}`,
    ),
    hovertemplate: '%{text}<extra></extra>',
    marker: {
      symbol: shown.map(({ kind }) => MARKS[kind].symbol),
      opacity: 1,
      size: shown.map(({ kind }) => (kind === 'global_minimum' ? 17 : small ? 5 : 12)),
      color: colours.ink,
      line: {
        color: shown.map(({ kind }) => (kind === 'saddle' ? colours.ink : colours.casing)),
        width: shown.map(({ kind }) => (kind === 'saddle' ? 2.5 : small && kind !== 'global_minimum' ? 0.8 : 1.5)),
      },
    },
  };
}

/**
 * @param {StationaryPoint[]} stationary
 * @returns {string} the key to the marks on the map
 */
export function marksInWords(stationary) {
  const hidden = stationary.length - drawn(stationary).length;
  const rest = hidden > 0 ? `; ${hidden} saddles and maxima are not drawn` : '';
  return signsInWords(drawn(stationary)) + rest;
}

/** @param {StationaryPoint[]} stationary */
function signsInWords(stationary) {
  const signs = /** @type {Record<string, string>} */ ({
    global_minimum: '★',
    local_minimum: '●',
    saddle: '×',
    maximum: '▲',
    shoulder: '◆',
    plateau: '■',
  });
  const kinds = [...new Set(stationary.map(({ kind }) => kind))];
  return kinds.map((kind) => `${signs[kind]}\u00a0${MARKS[kind].name.replaceAll(' ', '\u00a0')}`).join(', ');
}
