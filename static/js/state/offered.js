// The settings that the controls offer, with their bounds. Pure.

import { entriesOf, hasMeaning } from './meaning.js';
import { usualRate } from './request.js';
import { ownNumbers } from './typed_rule.js';

/**
 * @param {Record<string, any>} wanted
 * @param {Catalog} catalog
 * @returns {Record<string, Parameter>} by key, the numbers that mean something with these settings
 */
export function offeredNumbers(wanted, catalog) {
  const { landscape, optimizer, schedule } = entriesOf(wanted, catalog);
  const shape = landscape?.shape;
  const rows = [
    ...(shape ? [{ ...shape, key: 'shape', title: shape.name }] : []),
    ...[optimizer, schedule].flatMap((entry) => entry?.hyperparameters ?? []),
    ...catalog.keys,
  ];
  const offered = rows
    // Restarts that are set choose a schedule that they can work with.
    .filter(({ key }) => key === 'restarts' || hasMeaning(key, wanted, catalog))
    .map((row) => {
      if (row.key === 'batch') return { ...row, high: landscape?.points ?? row.high };
      return row.key === 'learning_rate' ? around(row, usualRate(optimizer, landscape) ?? 1) : row;
    });
  return Object.fromEntries([...offered, ...ownNumbers(optimizer)].map((row) => [row.key, row]));
}

/**
 * The slider of a learning rate reaches from far below the usual one to far above it.
 * @param {Parameter} parameter
 * @param {number} usual
 * @returns {Parameter}
 */
function around(parameter, usual) {
  return { ...parameter, low: Math.min(parameter.low, usual / 100), high: Math.max(parameter.high ?? 0, usual) };
}
