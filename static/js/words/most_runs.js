// How many runs there can be, in words. Pure.

import { MOST_RUNS } from '../state/race.js';

/** @param {number} count how many there are @returns {string} why there can be no more, empty where there can */
export function noRoomInWords(count) {
  return count < MOST_RUNS ? '' : `At most ${MOST_RUNS} runs at once.`;
}
