// Shades of a colour, and a scale between colours, even to the eye. Pure.

/** @param {Triple} vector @param {number[]} matrix row by row @returns {Triple} */
function times(vector, matrix) {
  return /** @type {Triple} */ (
    [0, 3, 6].map((row) => matrix[row] * vector[0] + matrix[row + 1] * vector[1] + matrix[row + 2] * vector[2])
  );
}

/** @param {Triple} rgb 0 to 255 @returns {Triple} linear light, 0 to 1 */
function toLight(rgb) {
  return /** @type {Triple} */ (
    rgb.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4))
  );
}

/** @param {Triple} light @returns {Triple} Oklab (Ottosson 2020) */
function lightToLab(light) {
  const cones = times(
    light,
    [
      0.4122214708, 0.5363325363, 0.0514459929, 0.2119034982, 0.6806995451, 0.1073969566, 0.0883024619, 0.2817188376,
      0.6299787005,
    ],
  );
  return times(
    /** @type {Triple} */ (cones.map(Math.cbrt)),
    [
      0.2104542553, 0.793617785, -0.0040720468, 1.9779984951, -2.428592205, 0.4505937099, 0.0259040371, 0.7827717662,
      -0.808675766,
    ],
  );
}

/** @param {Triple} rgb @returns {Triple} */
export function toLab(rgb) {
  return lightToLab(toLight(rgb));
}

/** @param {Triple} lab @returns {Triple} linear light, outside 0 to 1 where no screen shows it */
function labToLight(lab) {
  const cones = times(
    lab,
    [1, 0.3963377774, 0.2158037573, 1, -0.1055613458, -0.0638541728, 1, -0.0894841775, -1.291485548],
  );
  return times(
    /** @type {Triple} */ (cones.map((part) => part ** 3)),
    [
      4.0767416621, -3.3077115913, 0.2309699292, -1.2684380046, 2.6097574011, -0.3413193965, -0.0041960863,
      -0.7034186147, 1.707614701,
    ],
  );
}

/** @param {Triple} lab @returns {Triple} 0 to 255, what no screen shows cut off */
export function fromLab(lab) {
  return /** @type {Triple} */ (
    labToLight(lab).map((part) => {
      const kept = Math.min(1, Math.max(0, part));
      return Math.round(255 * (kept <= 0.0031308 ? 12.92 * kept : 1.055 * kept ** (1 / 2.4) - 0.055));
    })
  );
}

/**
 * A colour lighter for few steps, darker for many.
 * @param {Triple} rgb
 * @param {number} part 0 for the fewest, 1 for the most
 * @returns {Triple}
 */
export function shade(rgb, part) {
  const [l, a, b] = toLab(rgb);
  const lighter = 0.45 * (1 - 2 * part);
  const fade = 1 - 0.35 * Math.abs(1 - 2 * part);
  return fromLab([lighter > 0 ? l + lighter * (1 - l) : l * (1 + lighter), a * fade, b * fade]);
}

/**
 * A colour of the scale of evaluations: bright for the fewest.
 * @param {number} part 0 for the fewest, 1 for the most
 * @param {Triple[]} anchors from the most to the fewest
 * @returns {Triple}
 */
export function scaleColour(part, anchors) {
  const place = (1 - part) * (anchors.length - 1);
  const below = Math.min(anchors.length - 2, Math.floor(place));
  const [one, other] = [toLab(anchors[below]), toLab(anchors[below + 1])];
  return fromLab(/** @type {Triple} */ (one.map((value, axis) => value + (place - below) * (other[axis] - value))));
}
