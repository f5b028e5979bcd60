// The runs of a race, as the page keeps them, and as an address has them. An address gives the first run by plain keys
// and each further one by what is otherwise with it; here every run has all its own keys, so that a change of one, or its
// end, leaves the others what they were. Pure; the server checks.

import { readRun } from '../server/run_text.js';
import { FIRST, ableOptimizers, entriesOf, hasMeaning, same, usualSchedule } from './meaning.js';
import { changedKeys, readQuery, usualRate, writeQuery, written } from './request.js';

/** The most runs in one picture. */
export const MOST_RUNS = 9;

/** Never taken over from the first run: they are one run's own. */
export const PERSONAL = ['name', 'hidden'];

/** What a run walks by. */
const STEERING = ['optimizer', 'rule', 'hyperparameters'];

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
  const lines = others.map((run) => {
    const text = textOf(shared, first, run, catalog);
    return `run=${written('run', text, /rule:|hyperparameters:/.test(text) ? ',:;/=' : ',:')}`;
  });
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
  const own = otherwise(shared, first, run, catalog);
  return writeRun(own) || writeRun(steeredBy(run));
}

/** @param {Given} run @returns {Given} what it walks by: an optimizer, or a rule of its own with all that this names */
function steeredBy({ optimizer = FIRST.optimizer, rule, hyperparameters }) {
  if (!rule) return { optimizer };
  return hyperparameters ? { rule, hyperparameters } : { rule };
}

/** @param {Given} run @returns {string} */
function writeRun({ optimizer, ...rest }) {
  const parts = [
    ...(optimizer === undefined ? [] : [optimizer]),
    // Commas part the keys.
    ...Object.entries(rest).map(
      ([key, value]) => `${key}:${key === 'hyperparameters' ? value.replaceAll(',', ';') : value}`,
    ),
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
 * meaning here, and a learning rate that is given, whatever it is: here its default may be another.
 * @param {Given} shared
 * @param {Given} first
 * @param {Given} own the run's optimizer, schedule, restarts and patience count
 * @param {Catalog} catalog
 * @returns {Given}
 */
function inherited(shared, first, own, catalog) {
  const { learning_rate } = first;
  const usual = withoutDefaults(shared, first, catalog);
  // An optimizer takes the place of a rule, and the other way round.
  if (own.rule) delete usual.optimizer;
  if (own.optimizer || own.rule) for (const key of ['rule', 'hyperparameters']) delete usual[key];
  const given = { ...usual, ...(learning_rate === undefined ? {} : { learning_rate }) };
  const after = { ...shared, ...given, ...own };
  // A key that is taken over is there: restarts choose a schedule, where the run has none of its own.
  const means = (/** @type {[string, string]} */ [key, value]) => hasMeaning(key, { ...after, [key]: value }, catalog);
  return Object.fromEntries(Object.entries(given).filter((one) => !PERSONAL.includes(one[0]) && means(one)));
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
    { ...steeredBy(run), ...ownSchedule(first, run), patience: run.patience ?? '0' },
    catalog,
  );
  const usual = (/** @type {string} */ key) => defaultOf(key, { ...shared, ...run }, catalog);
  const alike = STEERING.every((key) => same(steeredBy(run)[key] ?? '', steeredBy(first)[key] ?? ''));
  if (!alike && (run.rule || first.rule)) Object.assign(own, steeredBy(run));
  const rest = run.rule || first.rule ? STEERING : [];
  for (const key of catalog.run_keys.filter((name) => name !== 'steps' && !rest.includes(name))) {
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
  return run.rule ?? run.optimizer ?? FIRST.optimizer;
}

/** @param {Given} run */
function scheduleOf(run) {
  return run.schedule ?? usualSchedule(run);
}

/**
 * @param {string} key
 * @param {Given} all the run's keys with what all share
 * @param {Catalog} catalog
 * @returns {string | undefined} what the key is where it is not given
 */
function defaultOf(key, all, catalog) {
  if (key === 'optimizer') return all.rule ? undefined : FIRST.optimizer;
  if (key === 'schedule') return usualSchedule(all);
  if (key === 'hidden') return '0';
  const { landscape, optimizer, schedule } = entriesOf(all, catalog);
  if (key === 'learning_rate') return text(usualRate(optimizer, landscape));
  const own = [optimizer, schedule].flatMap((entry) => entry?.hyperparameters ?? []);
  const row = [...own, ...catalog.keys].find((entry) => entry.key === key);
  const by_landscape = /** @type {Record<string, any> | undefined} */ (row?.by_landscape ? landscape : undefined);
  return text(by_landscape?.[key] ?? row?.default);
}

/** @param {number | null | undefined} value */
function text(value) {
  return value === null || value === undefined ? undefined : String(value);
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
    // Some keys mean something only where there are several.
    const counted = { ...before, runs: String(runs.length - 1) };
    const { runs: _, ...after } = changedKeys(counted, index === run ? change : common, catalog);
    if (runs.length > 1) keepApart(before, after, change, catalog);
    const [all, mine] = parted(after, catalog);
    return { all, mine: steps === undefined || 'steps' in common ? mine : { ...mine, steps } };
  });
  const after = { shared: each[run].all, runs: each.map(({ mine }) => mine) };
  if ('window' in change) return after;
  return shared.map_run === after.shared.map_run ? onSameAxes({ shared, runs }, after) : withoutWindow(after);
}

/** What a control of another landscape says may be none of what is asked for: another count of numbers, or out of bounds. */
const OF_THE_PICTURE = ['shape', 'domain', 'start', 'batch', 'window'];

/**
 * The race after a change at a control of the picture that is shown, which is an older one where something newer is on its
 * way: what was said of another landscape, of another map or of another list of runs is not said of this one.
 * @param {Race} edited
 * @param {Race} shown
 * @param {number} run
 * @param {Record<string, string | null>} change null takes a key out
 * @param {Catalog} catalog
 * @returns {Race}
 */
export function editedRun(edited, shown, run, change, catalog) {
  const without = [
    ...(landscapeOf(edited) === landscapeOf(shown) ? [] : OF_THE_PICTURE),
    ...(axesOf(edited) === axesOf(shown) ? [] : ['window']),
    ...(edited.runs.length === shown.runs.length ? [] : ['map_run', 'plane_run']),
  ];
  const said = Object.fromEntries(Object.entries(change).filter(([key]) => !without.includes(key)));
  return changedRun(edited, Math.min(run, edited.runs.length - 1), said, catalog);
}

/** @param {Race} race @returns {Race} with its map seen whole */
function withoutWindow({ shared: { window: _, ...shared }, runs }) {
  return { shared, runs };
}

/**
 * A part of a map is none of another map: of another landscape, or along an axis of another optimizer.
 * @param {Race} before
 * @param {Race} after
 * @returns {Race} with its map seen whole where that has other axes than before
 */
function onSameAxes(before, after) {
  return axesOf(before) === axesOf(after) ? after : withoutWindow(after);
}

/** @param {Race} race @returns {string} what the axes of its map depend on */
function axesOf({ shared, runs }) {
  const { map, map_run } = shared;
  return [map, landscapeOf({ shared }), map === 'rates' && optimizerOf(runs[Number(map_run ?? 0)] ?? {})].join();
}

/** @param {{shared: Record<string, any>}} race @returns {string} that no other landscape has */
export function landscapeOf({ shared }) {
  if (shared.formula) return `formula ${shared.formula}`;
  return shared.data ? [shared.data, shared.model].join() : (shared.landscape ?? FIRST.landscape);
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
  if (!['landscape', 'formula', 'data', 'model'].some((key) => key in change)) return;
  if ('optimizer' in change || 'rule' in change) return;
  if (before.optimizer) after.optimizer = before.optimizer;
  if (!before.learning_rate || after.learning_rate) return;
  const limited = entriesOf(after, catalog).optimizer?.has_stability_limit;
  const [here, there] = [before, after].map((run) => Number(defaultOf('learning_rate', run, catalog)));
  const scaled = Number(((Number(before.learning_rate) * there) / here).toPrecision(3));
  // What suits a landscape that nothing is known of yet is not known either.
  after.learning_rate = limited && Number.isFinite(scaled) ? String(scaled) : before.learning_rate;
}

/**
 * @param {Race} race
 * @param {number} like the run whose settings the new one takes over, with another optimizer than any has
 * @param {Catalog} catalog
 * @returns {Race} with one more run at its end
 */
export function withAnother({ shared, runs }, like, catalog) {
  const taken = runs.map(optimizerOf);
  const free = ableOptimizers(shared, catalog).find(({ slug }) => !taken.includes(slug));
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
    shared: withRunsOf(shared, (one) => (one > run ? one + 1 : one)),
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
  const moved = withRunsOf(shared, (one) => (one === run ? 0 : one > run ? one - 1 : one));
  const all = left.length > 1 ? moved : withoutEnds(moved);
  const race = run > 0 ? { shared: all, runs: left } : withBudget(all, left, requests[1].steps);
  return onSameAxes({ shared, runs }, race);
}

/** @param {Given} shared @param {Given[]} runs @param {number} steps of the first one @returns {Race} in which these are the budget of all */
function withBudget(shared, [{ steps: _, ...first }, ...others], steps) {
  return { shared: { ...shared, steps: String(steps) }, runs: [first, ...others] };
}

/** Keys that name a run by its number. */
const OF_A_RUN = ['map_run', 'plane_run'];

/**
 * @param {Given} shared
 * @param {(run: number) => number} after which number a run has then
 * @returns {Given} with the runs that the map and the plane are of
 */
function withRunsOf(shared, after) {
  const named = OF_A_RUN.filter((key) => shared[key] !== undefined);
  return { ...shared, ...Object.fromEntries(named.map((key) => [key, String(after(Number(shared[key])))])) };
}

/** @param {Given} shared @returns {Given} of a run alone: no plane goes through the ends of two */
function withoutEnds({ plane, ...shared }) {
  return plane === undefined || plane === 'ends' ? shared : { ...shared, plane };
}

/** @param {Race} race @param {(own: Given, run: number) => Given} change @returns {Race} with each run's own keys changed */
export function withEach({ shared, runs }, change) {
  return { shared, runs: runs.map(change) };
}

/** @param {Race} race @param {number} run @returns {Race} with this run hidden, or seen again */
export function withToggled(race, run) {
  return withEach(race, (own, index) => {
    if (index !== run) return own;
    const { hidden, ...seen } = own;
    return hidden === '1' ? seen : { ...seen, hidden: '1' };
  });
}

/** @param {Race} race @param {number} run @param {string} text as it was typed; without a name the run is called by its settings @returns {Race} */
export function withName(race, run, text) {
  const name = asName(text);
  return withEach(race, (own, index) => {
    if (index !== run) return own;
    const { name: _, ...rest } = own;
    return name ? { ...rest, name } : rest;
  });
}

/**
 * @param {string} text as it was typed
 * @returns {string} what the server takes for a name; empty for none
 */
export function asName(text) {
  // A name has no comma: a decimal one becomes a point.
  const plain = text
    .replace(/(?<=\d),(?=\d)/g, '.')
    .replaceAll(',', ' ')
    .replace(/\s+/g, ' ')
    // What is not seen: joiners between signs, halves of signs, what steers.
    .replace(/\p{C}/gu, '')
    .trim();
  // A sign may be two of the browser's units.
  return [...plain].slice(0, 40).join('').trim();
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

/** A run that is quoted ends so where it was cut. */
const CUT = '…';

/**
 * Which run is complained of. The server quotes a further run as it has read it, so numbers may be written otherwise, and
 * cuts what is long.
 * @param {Complaint} complaint
 * @param {Race} asked
 * @param {Catalog} catalog
 * @param {number} [likely] the run of those that begin alike
 * @returns {{run: number, inner: Complaint}} the run, -1 for none, and the complaint as if that run were alone
 */
export function ofTheRun(complaint, { shared, runs }, catalog, likely = -1) {
  const { key, message } = complaint;
  if (runs.length > 1 && key && key !== 'steps' && catalog.run_keys.includes(key)) return { run: 0, inner: complaint };
  const [first, ...others] = runs;
  const quoted = message.startsWith('run=') ? message.slice(4) : '';
  const texts = others.map((own) => textOf(shared, first, own, catalog));
  for (let end = quoted.indexOf(': '); end >= 0; end = quoted.indexOf(': ', end + 1)) {
    const text = quoted.slice(0, end);
    const means = text.endsWith(CUT)
      ? texts.map((one) => one.startsWith(text.slice(0, -CUT.length)))
      : texts.map((one) => alike(readRun(text), readRun(one)));
    const run = (means[likely - 1] ? likely - 1 : means.indexOf(true)) + 1;
    if (run > 0) return { run, inner: alone(complaint, quoted.slice(end + 2)) };
  }
  return { run: -1, inner: complaint };
}

/** @param {Complaint} complaint of a further run @param {string} message without the run @returns {Complaint} as if that run were alone */
function alone(complaint, message) {
  const { run, ...correction } = complaint.correction ?? {};
  const own = run === undefined ? correction : readRun(run);
  return { ...complaint, message, key: /^\w+/.exec(message)?.[0] ?? null, correction: own };
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
