// What is written under a picture that leaves the page: its formula, its settings, what its file is called. Pure.

import { entriesOf } from '../state/meaning.js';
import { formatNumber } from './numbers.js';

/** What the formula, the picture or the sentence about the run says already. */
const TOLD = [
  'landscape',
  'formula',
  'data',
  'model',
  'shape',
  'start',
  'domain',
  'optimizer',
  'learning_rate',
  'run',
  'name',
  'hidden',
  'axis',
  'theory',
  'map',
  'map_run',
  'window',
  'resolution',
];

/** What LaTeX has for the eye alone. */
const SPACING = /\\(left|right|quad|,)/g;

/** @param {LandscapeRecord} landscape @returns {string} its formula as it is typed, or, of what is made from data, as LaTeX */
export function formulaOf({ expression, latex }) {
  return (expression ?? latex).replace(SPACING, '');
}

/** @param {LandscapeRecord} landscape @returns {string} its name and its formula */
export function formulaInWords(landscape) {
  return `${landscape.title}: f(${landscape.axes.join(', ')}) = ${formulaOf(landscape)}`;
}

/**
 * @param {Walks} walks
 * @param {Catalog} catalog
 * @returns {string[]} what all runs share, then each run with all that it is asked with
 */
export function settingsInWords({ request, landscape, runs, several }, catalog) {
  const { shape, start, starts } = /** @type {Wanted} */ (request);
  const place =
    start.length === 1 ? formatNumber(start[0]) : `(${start.map((value) => formatNumber(value)).join(', ')})`;
  const given = new URLSearchParams(runs[0].query);
  const shared = [...given.keys()].filter(
    (key) => !catalog.run_keys.includes(key) && !TOLD.includes(key) && key !== 'starts',
  );
  const knob = landscape?.shape;
  const from = [
    `start ${place}`,
    ...(knob && shape !== null ? [`${knob.name.toLowerCase()} ${formatNumber(shape)}`] : []),
    ...(starts > 1 ? [`${starts} walkers`] : []),
    ...shared.map((key) => `${nameOf(key, catalog)} ${given.get(key)}`),
  ].join(', ');
  return [`${from[0].toUpperCase()}${from.slice(1)}`, ...runs.map((run) => runInWords(run, several, catalog))];
}

/** @param {Run} run @param {boolean} several @param {Catalog} catalog */
function runInWords({ request, query }, several, catalog) {
  const { optimizer } = entriesOf(request, catalog);
  const own = (optimizer?.hyperparameters ?? []).map(
    ({ key, title }) => `${title.toLowerCase()} ${formatNumber(request[key])}`,
  );
  const known = [...TOLD, 'steps', ...(optimizer?.hyperparameters ?? []).map(({ key }) => key)];
  const more = [...new URLSearchParams(query)].filter(
    ([key]) => catalog.run_keys.includes(key) && !known.includes(key),
  );
  const name = several && request.name ? `${request.name}: ` : '';
  return `${name}${[optimizer?.title ?? request.optimizer, `learning rate ${formatNumber(request.learning_rate)}`, ...own, `${request.steps.toLocaleString('en')} steps`, ...more.map(([key, value]) => `${nameOf(key, catalog)} ${value}`)].join(', ')}`;
}

/** @param {string} key @param {Catalog} catalog @returns {string} */
function nameOf(key, { keys }) {
  return (keys.find((row) => row.key === key)?.title ?? key.replaceAll('_', ' ')).toLowerCase();
}

/** So many optimizers are named. */
const MOST_NAMED = 3;

/** @param {Walks} walks @returns {string} what a picture's file is called, without its ending */
export function fileName({ request, runs }) {
  const { landscape, formula, map } = /** @type {Wanted} */ (request);
  const optimizers = [...new Set(runs.map(({ request: own }) => own.optimizer ?? 'own-rule'))];
  const named = optimizers.length > MOST_NAMED ? [`${optimizers.length}-optimizers`] : [optimizers.join('-vs-')];
  return ['downhill', landscape ?? (formula ? 'own-formula' : 'own-data'), ...named, ...(map ? [map] : [])].join('-');
}
