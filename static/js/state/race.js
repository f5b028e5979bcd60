// The runs of a race, as the page keeps them, and as an address has them. An address gives the first run by plain keys
// and each further one by what is otherwise with it; here every run has all its own keys, so that a change of one, or its
// end, leaves the others what they were. Pure; the server checks.

import { FIRST, changedKeys, readQuery, usualRate, writeQuery } from './request.js';

/** The most runs in one picture. */
export const MOST_RUNS = 9;

/** Never taken over from the first run: they are one run's own. */
export const PERSONAL = ['name', 'hidden'];

/** Each run could have its own in an address; the page gives one to all. */
const TOGETHER = ['steps', 'tolerance'];

/**
 * @param {string} search the query of an address, with or without its question mark
 * @param {Catalog} catalog
 * @returns {Race}
 */
export function readRace(search, catalog) {
  const { run: _, ...plain } = readQuery(search);
  const [shared, first] = parted(plain, catalog);
  const others = new URLSearchParams(search).getAll('run').map(readRun);
  return { shared, runs: [first, ...others.map((own) => ({ ...inherited(shared, first, own, catalog), ...own }))] };
}

/**
 * @param {Race} race
 * @param {Catalog} catalog
 * @returns {string} the address's query
 */
export function writeRace({ shared, runs: [first, ...others] }, catalog) {
  // A line of runs is read by people, too.
  const lines = others.map(
    (run) =>
      `run=${encodeURIComponent(textOf(shared, first, run, catalog))
        .replaceAll('%2C', ',')
        .replaceAll('%3A', ':')}`,
  );
  return [writeQuery({ ...shared, ...first }, catalog.order), ...lines].filter(Boolean).join('&');
}

/**
 * @param {Given} shared
 * @param {Given} first
 * @param {Given} run
 * @param {Catalog} catalog
 * @returns {string} a further run as the address has it
 */
function textOf(shared, first, run, catalog) {
  // One that differs in nothing has its optimizer's name: nothing at all would be no run.
  return writeRun(otherwise(shared, first, run, catalog)) || optimizerOf(run);
}

/** @param {string} text such as `adam,learning_rate:0.05`: a bare slug is the optimizer @returns {Given} */
function readRun(text) {
  const parts = text.split(',').map((part) => part.trim());
  return Object.fromEntries(
    parts.map((part) =>
      part.includes(':') ? [part.slice(0, part.indexOf(':')), part.slice(part.indexOf(':') + 1)] : ['optimizer', part],
    ),
  );
}

/** @param {Given} run @returns {string} */
function writeRun({ optimizer, ...rest }) {
  const parts = [
    ...(optimizer === undefined ? [] : [optimizer]),
    ...Object.entries(rest).map(([key, value]) => `${key}:${value}`),
  ];
  return parts.join(',');
}

/** What all runs share, and what is the first one's own. @param {Given} plain @param {Catalog} catalog @returns {[Given, Given]} */
function parted(plain, { run_keys: keys }) {
  const own = (/** @type {string} */ key) => keys.includes(key) && key !== 'steps';
  const part = (/** @type {boolean} */ wanted) =>
    Object.fromEntries(Object.entries(plain).filter(([key]) => own(key) === wanted));
  return [part(false), part(true)];
}

/**
 * What a further run takes over from the first one, as the server does it: what is not at its default there and has a
 * meaning here.
 * @param {Given} shared
 * @param {Given} first
 * @param {Given} own the run's optimizer, schedule, restarts and patience count
 * @param {Catalog} catalog
 * @returns {Given}
 */
function inherited(shared, first, own, catalog) {
  const given = withoutDefaults(shared, first, catalog);
  const after = { ...given, ...own };
  const used = new Set(hyperparameters(after, catalog).map(({ key }) => key));
  const listed = new Set(
    [...catalog.optimizers, ...catalog.schedules].flatMap((entry) => entry.hyperparameters.map(({ key }) => key)),
  );
  const without = [...PERSONAL, ...meaningless(after, catalog)];
  return Object.fromEntries(
    Object.entries(given).filter(([key]) => !without.includes(key) && (!listed.has(key) || used.has(key))),
  );
}

/**
 * The keys that mean nothing beside a run's others, and would be refused.
 * @param {Given} run
 * @param {Catalog} catalog
 * @returns {string[]}
 */
function meaningless(run, { optimizers, schedules }) {
  const optimizer = optimizers.find(({ slug }) => slug === optimizerOf(run));
  const schedule = schedules.find(({ slug }) => slug === scheduleOf(run));
  const table = {
    batch: optimizer?.needs_all_data,
    warmup: schedule?.warms_up,
    // Where no schedule is given restarts choose one that they can work with.
    restarts: run.schedule !== undefined && !schedule?.anneals,
    growth: !(Number(run.restarts) > 0 && schedule?.anneals),
    min_change: !(Number(run.patience) > 0),
  };
  return Object.entries(table).flatMap(([key, is_so]) => (is_so ? [key] : []));
}

/**
 * The keys in which a further run differs in meaning from what it would take over.
 * @param {Given} shared
 * @param {Given} first
 * @param {Given} run
 * @param {Catalog} catalog
 * @returns {Given}
 */
function otherwise(shared, first, run, catalog) {
  /** @type {Given} */
  const own = {};
  const base = inherited(
    shared,
    first,
    { optimizer: optimizerOf(run), ...ownSchedule(first, run), patience: run.patience ?? '0' },
    catalog,
  );
  const usual = (/** @type {string} */ key) => defaultOf(key, { ...shared, ...run }, catalog);
  for (const key of catalog.run_keys.filter((name) => name !== 'steps')) {
    const wanted = run[key] ?? usual(key);
    if (wanted !== undefined && !same(wanted, base[key] ?? usual(key))) own[key] = wanted;
  }
  // The steps of a run are what its budget allows, where it does not say otherwise.
  return run.steps === undefined ? own : { ...own, steps: run.steps };
}

/** What a further run has to say of its schedule and restarts: nothing where it has what restarts choose. @param {Given} first @param {Given} run @returns {Given} */
function ownSchedule(first, run) {
  const restarts = run.restarts ?? '0';
  const chosen_by_restarts = scheduleOf(run) === usualSchedule(run) && scheduleOf(first) === usualSchedule(first);
  return chosen_by_restarts ? { restarts } : { restarts, schedule: scheduleOf(run) };
}

/** @param {Given} shared @param {Given} run @param {Catalog} catalog @returns {Given} */
function withoutDefaults(shared, run, catalog) {
  const all = { ...shared, ...run };
  return Object.fromEntries(Object.entries(run).filter(([key, value]) => !same(value, defaultOf(key, all, catalog))));
}

/** @param {Given} run */
function optimizerOf(run) {
  return run.optimizer ?? FIRST.optimizer;
}

/** @param {Given} run */
function scheduleOf(run) {
  return run.schedule ?? usualSchedule(run);
}

/** @param {Given} run */
function usualSchedule({ restarts }) {
  return Number(restarts) > 0 ? 'cosine' : 'constant';
}

/** @param {Given} run @param {Catalog} catalog @returns {Parameter[]} that its optimizer and its schedule use */
function hyperparameters(run, { optimizers, schedules }) {
  const of = (/** @type {{slug: string, hyperparameters: Parameter[]}[]} */ table, /** @type {string} */ slug) =>
    table.find((entry) => entry.slug === slug)?.hyperparameters ?? [];
  return [...of(optimizers, optimizerOf(run)), ...of(schedules, scheduleOf(run))];
}

/**
 * @param {string} key
 * @param {Given} all the run's keys with what all share
 * @param {Catalog} catalog
 * @returns {string | undefined} what the key is where it is not given
 */
function defaultOf(key, all, catalog) {
  if (key === 'optimizer') return FIRST.optimizer;
  if (key === 'schedule') return usualSchedule(all);
  if (key === 'hidden') return '0';
  if (key === 'learning_rate')
    return text(
      usualRate(
        catalog.optimizers.find(({ slug }) => slug === optimizerOf(all)),
        catalog.landscapes.find(({ slug }) => slug === (all.landscape ?? FIRST.landscape)),
      ),
    );
  const row = [...hyperparameters(all, catalog), ...catalog.keys].find((entry) => entry.key === key);
  return text(row?.default);
}

/** @param {number | null | undefined} value */
function text(value) {
  return value === null || value === undefined ? undefined : String(value);
}

/** @param {string} one @param {string | undefined} other @returns {boolean} whether they mean the same */
function same(one, other) {
  if (one === other) return true;
  return other !== undefined && one.trim() !== '' && other.trim() !== '' && Number(one) === Number(other);
}

/**
 * The race after a change at the controls of one run. What all share changes for all. With another landscape the runs
 * keep their learning rates, or two that differ in nothing else would become one: in proportion to the landscape's own
 * where curvature limits them, and else as they are.
 * @param {Race} race
 * @param {number} run
 * @param {Record<string, string | null>} change null takes a key out
 * @param {Catalog} catalog
 * @returns {Race}
 */
export function changedRun({ shared, runs }, run, change, catalog) {
  const common = Object.fromEntries(
    Object.entries(change).filter(([key]) => !catalog.run_keys.includes(key) || TOGETHER.includes(key)),
  );
  const each = runs.map(({ steps, ...own }, index) => {
    const before = { ...shared, ...own };
    const after = changedKeys(before, index === run ? change : common, catalog);
    if (runs.length > 1) keepApart(before, after, change, catalog);
    const [all, mine] = parted(after, catalog);
    return { all, mine: steps === undefined || 'steps' in common ? mine : { ...mine, steps } };
  });
  return { shared: each[run].all, runs: each.map(({ mine }) => mine) };
}

/**
 * In a race an optimizer that cannot work on another landscape does not make way for another one, as it does alone:
 * that it is refused is said.
 * @param {Given} before
 * @param {Given} after which is written to
 * @param {Record<string, string | null>} change
 * @param {Catalog} catalog
 */
function keepApart(before, after, change, catalog) {
  if (!('landscape' in change) || 'optimizer' in change) return;
  if (before.optimizer) after.optimizer = before.optimizer;
  if (!before.learning_rate || after.learning_rate) return;
  const limited = catalog.optimizers.find(({ slug }) => slug === optimizerOf(after))?.has_stability_limit;
  const [here, there] = [before, after].map((run) => Number(defaultOf('learning_rate', run, catalog)));
  after.learning_rate = limited
    ? String(Number(((Number(before.learning_rate) * there) / here).toPrecision(3)))
    : before.learning_rate;
}

/**
 * @param {Race} race
 * @param {number} like the run whose settings the new one takes over, with another optimizer than any has
 * @param {Catalog} catalog
 * @returns {Race} with one more run at its end
 */
export function withAnother({ shared, runs }, like, catalog) {
  const landscape = catalog.landscapes.find(({ slug }) => slug === (shared.landscape ?? FIRST.landscape));
  const taken = runs.map(optimizerOf);
  const free = catalog.optimizers.find(
    ({ slug, needs_hessian }) => !taken.includes(slug) && (landscape?.smooth || !needs_hessian),
  );
  const copy = impersonal(runs[like]);
  if (!free) return { shared, runs: [...runs, copy] };
  return {
    shared,
    runs: [...runs, parted(changedKeys({ ...shared, ...copy }, { optimizer: free.slug }, catalog), catalog)[1]],
  };
}

/** @param {Race} race @param {number} run @returns {Race} with the same run once more, behind it */
export function withCopy({ shared, runs }, run) {
  return {
    shared: withMapOf(shared, (mapped) => (mapped > run ? mapped + 1 : mapped)),
    runs: [...runs.slice(0, run + 1), impersonal(runs[run]), ...runs.slice(run + 1)],
  };
}

/**
 * @param {Race} race of two runs or more
 * @param {number} run
 * @param {Wanted[]} requests what the server made of each run: the next one's steps become the budget of all
 * @returns {Race} without this run
 */
export function withoutRun({ shared, runs }, run, requests) {
  const left = runs.filter((_, index) => index !== run);
  const all = withMapOf(shared, (mapped) => (mapped === run ? 0 : mapped > run ? mapped - 1 : mapped));
  if (run > 0) return { shared: all, runs: left };
  const { steps: _, ...first } = left[0];
  return { shared: { ...all, steps: String(requests[1].steps) }, runs: [first, ...left.slice(1)] };
}

/**
 * @param {Given} shared
 * @param {(run: number) => number} after which number the run has that the map is of
 * @returns {Given}
 */
function withMapOf(shared, after) {
  return shared.map_run === undefined ? shared : { ...shared, map_run: String(after(Number(shared.map_run))) };
}

/** @param {Race} race @param {(own: Given, run: number) => Given} change @returns {Race} with each run's own keys changed */
export function withEach({ shared, runs }, change) {
  return { shared, runs: runs.map(change) };
}

/**
 * @param {string} text as it was typed
 * @returns {string} what the server takes for a name; empty for none
 */
export function asName(text) {
  // A name has no comma: a decimal one becomes a point.
  return text
    .replace(/(?<=\d),(?=\d)/g, '.')
    .replaceAll(',', ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 40)
    .trim();
}

/**
 * @param {Walks} walks
 * @param {number} run
 * @param {Catalog} catalog
 * @returns {Wanted} what the controls show: what all share, and this run's own
 */
export function wantedOf({ request, runs }, run, { run_keys: keys }) {
  const own = keys.filter((key) => key !== 'steps').map((key) => [key, runs[run].request[key]]);
  return { .../** @type {Wanted} */ (request), ...Object.fromEntries(own) };
}

/**
 * Which run is complained of. The server quotes a further run as it has read it, so numbers may be written otherwise.
 * @param {Complaint} complaint
 * @param {Race} asked
 * @param {Catalog} catalog
 * @returns {{run: number, inner: Complaint}} the run, -1 for none, and the complaint as if that run were alone
 */
export function ofTheRun(complaint, { shared, runs }, catalog) {
  const { key, message } = complaint;
  if (runs.length > 1 && key && key !== 'steps' && catalog.run_keys.includes(key)) return { run: 0, inner: complaint };
  const [first, ...others] = runs;
  const quoted = message.startsWith('run=') ? message.slice(4) : '';
  for (let end = quoted.indexOf(': '); end >= 0; end = quoted.indexOf(': ', end + 1)) {
    const read = readRun(quoted.slice(0, end));
    const run = others.findIndex((own) => alike(read, readRun(textOf(shared, first, own, catalog))));
    const inner = quoted.slice(end + 2);
    if (run >= 0)
      return { run: run + 1, inner: { ...complaint, message: inner, key: /^\w+/.exec(inner)?.[0] ?? null } };
  }
  return { run: -1, inner: complaint };
}

/** @param {Given} one @param {Given} other @returns {boolean} whether both mean the same */
function alike(one, other) {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => same(one[key], other[key]));
}

/** @param {Given} run @returns {Given} */
function impersonal(run) {
  return Object.fromEntries(Object.entries(run).filter(([key]) => !PERSONAL.includes(key)));
}
