// What stands in the places beside the map. Pure.

/** @typedef {{second: string, third: string}} Places `third` is empty where it is closed */

/** @param {string | null} view as an address has it @returns {Places} what it names; empty where it says nothing */
export function readPlaces(view) {
  const [second = '', third = ''] = (view ?? '').split(',');
  return { second, third };
}

/**
 * Each part stands in one place; the third, once open, stays open, whatever can be shown there.
 * @param {Places} chosen
 * @param {string[]} possible what can be shown; where nothing that is chosen can be, the third has the first that is left
 * @param {string} usual what the second has then; `none` where nothing stands beside the map
 * @returns {Places}
 */
export function settle({ second, third }, possible, usual) {
  const here = possible.includes(second) ? second : usual;
  const left = possible.filter((part) => part !== here);
  const there = left.includes(third) ? third : (left[0] ?? '');
  return { second: here, third: third === '' || here === 'none' ? '' : there };
}

/**
 * @param {Places} shown
 * @param {'second' | 'third'} place
 * @param {string} part that is to stand there
 * @returns {Places} where the other place has that part, both change
 */
export function put(shown, place, part) {
  const other = place === 'second' ? 'third' : 'second';
  const changed = { ...shown, [place]: part };
  return shown[other] === part ? { ...changed, [other]: shown[place] } : changed;
}
