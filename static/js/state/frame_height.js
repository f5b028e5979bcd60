// How high the frame of an embed would have to be, for pages that give it what it asks for. Pure: the width decides, never the
// height that it has, or a page that follows would follow for ever.

/** Height to width of a picture, and its limits in pixels. */
const SHAPE = 0.75;
const LEAST = 180;
const MOST = 560;

/**
 * @param {number} width of the frame
 * @param {number} around pixels of height that stand over and under the pictures
 * @param {number} pictures how many stand side by side
 * @returns {number} in whole pixels
 */
export function wantedHeight(width, around, pictures) {
  const picture = Math.min(MOST, Math.max(LEAST, (width / pictures) * SHAPE));
  return Math.round(around + picture);
}

/**
 * @param {number} height
 * @returns {object[]} what is said of it to the page around: as learning systems understand it, and for all others
 */
export function heightMessages(height) {
  return [
    { subject: 'lti.frameResize', height },
    { type: 'downhill:resize', height },
  ];
}
