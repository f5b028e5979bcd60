// What a link says of what is shown: all of it, or, of more own points than an address holds, all but what goes with them. Pure.

import { fitsAnAddress, pointsIn } from '../server/room.js';
import { OF_THE_LANDSCAPE } from './request.js';

/** What means nothing without the points, or something else. */
const OF_THE_POINTS = ['data', 'model', 'window', ...OF_THE_LANDSCAPE];

/** @param {string} query @returns {string} of it what a link holds */
export function linkedPart(query) {
  if (fitsAnAddress(query) || pointsIn(query) === 0) return query;
  const parts = query.split('&').filter((part) => !OF_THE_POINTS.includes(part.split('=')[0]));
  return parts.join('&');
}

/** @param {string} query @returns {number} how many own points it has that are in no link */
export function unlinkedPoints(query) {
  return linkedPart(query) === query ? 0 : pointsIn(query);
}
