// The request as the browser keeps it: the keys that are given. Pure; the server fills in the rest and checks it.

/** What is shown where an address does not say. */
export const FIRST = { landscape: 'bowl', optimizer: 'momentum' };

/**
 * @param {Optimizer | undefined} optimizer
 * @param {LandscapeEntry | undefined} landscape
 * @returns {number | undefined} the learning rate where none is given: the optimizer's own, or else the landscape's
 */
export function usualRate(optimizer, landscape) {
  return optimizer?.learning_rate ?? landscape?.learning_rate;
}

/** Keys whose default is the landscape's: another landscape means other values, so they go with the old one. */
const OF_THE_LANDSCAPE = ['shape', 'domain', 'goal', 'start', 'learning_rate', 'batch'];

/**
 * @param {string} search the query of an address, with or without its question mark
 * @returns {Given}
 */
export function readQuery(search) {
  return Object.fromEntries(new URLSearchParams(search));
}

/**
 * @param {Given} given
 * @param {string[]} order the keys in the contract's order
 * @returns {string}
 */
export function writeQuery(given, order) {
  const keys = [...order.filter((key) => key in given), ...Object.keys(given).filter((key) => !order.includes(key))];
  return keys
    .map((key) => `${encodeURIComponent(key)}=${encodeURIComponent(given[key]).replaceAll('%2C', ',')}`)
    .join('&');
}

/**
 * Returns the keys after a change, without those that have no meaning any more, which the server would refuse.
 * @param {Given} given
 * @param {Record<string, string | null>} change null takes a key out
 * @param {Catalog} catalog
 * @returns {Given}
 */
export function changedKeys(given, change, catalog) {
  /** @type {Given} */
  const next = { ...given };
  if ('landscape' in change && change.landscape !== given.landscape) {
    for (const key of OF_THE_LANDSCAPE) delete next[key];
  }
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete next[key];
    else next[key] = value;
  }
  const landscape = catalog.landscapes.find(({ slug }) => slug === (next.landscape ?? FIRST.landscape));
  const optimizerOf = (/** @type {Given} */ run) =>
    catalog.optimizers.find(({ slug }) => slug === (run.optimizer ?? FIRST.optimizer));
  const optimizer = () => optimizerOf(next);
  if (landscape && !landscape.smooth && optimizer()?.needs_hessian) delete next.optimizer;
  if (optimizer()?.needs_all_data) delete next.batch;
  // A learning rate that suits one that scales its steps by itself means nothing to the others, and the other way round.
  if (
    (optimizer()?.learning_rate ?? null) !== (optimizerOf(given)?.learning_rate ?? null) &&
    !('learning_rate' in change)
  )
    delete next.learning_rate;
  if (change.schedule === 'constant') delete next.restarts;
  if (Number(change.restarts) > 0 && next.schedule === 'constant') delete next.schedule;
  if (!(Number(next.restarts) > 0)) delete next.growth;
  if (!(Number(next.patience) > 0)) delete next.min_change;
  const schedule = next.schedule ?? (Number(next.restarts) > 0 ? 'cosine' : 'constant');
  if (catalog.schedules.find(({ slug }) => slug === schedule)?.warms_up) delete next.warmup;
  dropUnused(next, catalog.optimizers, next.optimizer ?? FIRST.optimizer);
  dropUnused(next, catalog.schedules, schedule);
  dropMapKeys(given, change, next);
  return next;
}

/**
 * Of a map: a window on other axes than those of before, and what has no meaning without a map.
 * @param {Given} given
 * @param {Record<string, string | null>} change
 * @param {Given} next which is written to
 */
function dropMapKeys(given, change, next) {
  const axes = ['map', 'landscape', ...(next.map === 'rates' ? ['optimizer', 'map_run'] : [])];
  if (axes.some((key) => next[key] !== given[key]) && !('window' in change)) delete next.window;
  if (next.map) return;
  for (const key of ['map_run', 'window', 'resolution']) delete next[key];
}

/**
 * @param {Given} given
 * @param {{slug: string, hyperparameters: Parameter[]}[]} table
 * @param {string} chosen
 */
function dropUnused(given, table, chosen) {
  const used = table.find((entry) => entry.slug === chosen)?.hyperparameters.map((parameter) => parameter.key) ?? [];
  for (const entry of table) {
    for (const { key } of entry.hyperparameters) if (!used.includes(key)) delete given[key];
  }
}
