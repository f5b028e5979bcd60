// What answers have told of landscapes and optimizers that are in no table: of a typed formula, of own points, of a typed
// rule. It stands beside the catalog's entries, so that who asks for an entry gets it wherever it comes from. Pure.

/** So many of each are kept. */
const MOST_KEPT = 40;

export class Told {
  /** @type {Map<string, LandscapeRecord>} */
  #landscapes = new Map();
  /** @type {Map<string, OptimizerRecord>} */
  #optimizers = new Map();

  /**
   * An answer is here: what it tells is kept under what it was asked with, and under what it was asked with all told.
   * @param {Walks} walks
   */
  learn({ request, query, landscape, runs, rules }) {
    if (request && landscape && isOwn(request)) {
      keep(this.#landscapes, landscapeKey(request), landscape);
      keep(this.#landscapes, landscapeKey(Object.fromEntries(new URLSearchParams(query))), landscape);
    }
    for (const record of rules) {
      const { rule } = runs[record.run]?.request ?? {};
      if (rule) keep(this.#optimizers, rule, steady(record, this.#optimizers.get(rule)));
    }
  }

  /** @param {Record<string, any>} given @returns {LandscapeRecord | undefined} what is known of its landscape */
  landscape(given) {
    return this.#landscapes.get(landscapeKey(given));
  }

  /** @param {Record<string, any>} given @returns {OptimizerRecord | undefined} what is known of its rule */
  optimizer({ rule }) {
    return this.#optimizers.get(rule);
  }
}

/**
 * A slider whose ends moved with its value would run away from the hand: it keeps them, and what it goes back to, for as
 * long as they hold the value.
 * @param {OptimizerRecord} record
 * @param {OptimizerRecord | undefined} before of the same rule
 * @returns {OptimizerRecord}
 */
function steady(record, before) {
  const hyperparameters = record.hyperparameters.map((one) => {
    const known = before?.hyperparameters.find(({ key }) => key === one.key);
    const value = one.default ?? NaN;
    const holds = known && known.low <= value && value <= (known.high ?? value) && !(known.whole && value % 1);
    return holds ? known : one;
  });
  return { ...record, hyperparameters };
}

/** @param {Record<string, any>} given @returns {boolean} whether its landscape is in no table */
export function isOwn({ formula, data }) {
  return Boolean(formula) || Boolean(data);
}

/** Constants move nothing that is proposed; a domain does. @param {Record<string, any>} given @returns {string} */
function landscapeKey({ formula, data, model, domain }) {
  return JSON.stringify([formula, data, model].map((part) => String(part ?? '')).concat(String(domain ?? '')));
}

/**
 * @template T
 * @param {Map<string, T>} all
 * @param {string} key
 * @param {T} one
 */
function keep(all, key, one) {
  if (all.size >= MOST_KEPT && !all.has(key)) all.clear();
  all.set(key, one);
}
