// The palette's colours in one theme, as figures and canvases take them. They come from the server, as the style sheet's
// do: what a browser computes from a style sheet is another colour where the reader's own are forced. Pure.

/** What may become of a walk that ends at no place that is known; each has a ground and a hatching. */
const OUTCOMES = /** @type {const} */ (['diverged', 'stalled', 'out_of_steps', 'converged']);

/** @param {string} colour #rrggbb @returns {Triple} */
export function rgbOf(colour) {
  return /** @type {Triple} */ ([1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16)));
}

/**
 * @param {PaletteRecord} record
 * @param {boolean} dark
 * @param {number} size of the letters in a picture, in pixels
 * @returns {Palette}
 */
export function paletteOf({ theme, shading, evaluations }, dark, size) {
  /** @param {string} name */
  const of = (name) => theme[name][dark ? 1 : 0];
  return {
    size,
    ground: of('ground'),
    raised: of('raised'),
    line: of('line'),
    ink: of('ink'),
    soft: of('soft'),
    accent: of('accent'),
    contour: of('contour'),
    contourDeep: of('contour-deep'),
    casing: of('casing'),
    casingOuter: of('casing-outer'),
    number: of('number'),
    numberDeep: of('number-deep'),
    wall: of('wall'),
    lit: rgbOf(of('lit')),
    shadow: rgbOf(of('shadow')),
    shading,
    heights: Array.from({ length: 12 }, (_, level) => of(`h${level}`)),
    walkers: Array.from({ length: 8 }, (_, index) => of(`c${index}`)),
    arrows: { gradient: of('arrow-gradient'), velocity: of('arrow-velocity'), step: of('ink') },
    theory: of('theory'),
    classes: [of('class0'), of('class1')],
    outcomes: Object.fromEntries(
      OUTCOMES.map((name) => [name, /** @type {[string, string]} */ ([of(`cell-${name}`), of(`hatch-${name}`)])]),
    ),
    evaluations: evaluations.map(rgbOf),
  };
}
