// An update rule as it is edited: the lines that it begins with, and the hyperparameters that go with it. Pure.

import { differing, spelled } from './typed_text.js';

/** What is typed where the optimizer that is chosen is no lines. */
const PLAINEST = 'point_next = point - learning_rate*gradient';

/**
 * What the editor begins with: what was typed, or what the optimizer might have been typed as.
 * @param {Wanted} wanted
 * @param {Optimizer | undefined} entry of its optimizer
 * @param {string | null | undefined} listed the optimizer's rule as text, null where it is none
 * @returns {{text: string, values: Record<string, number>}}
 */
export function beginning({ rule, hyperparameters, ...wanted }, entry, listed) {
  if (rule) return { text: inLines(rule), values: hyperparameters ?? {} };
  const text = listed ?? PLAINEST;
  const values = (entry?.hyperparameters ?? []).map(({ key }) => [key, wanted[key] ?? 0]);
  return { text, values: namedIn(Object.fromEntries(values), text) };
}

/** @param {string} text as an address has it @returns {string} a line for each assignment */
export function inLines(text) {
  return text.replace(/;[ \t]*(?=\S)/g, '\n').replace(/;\s*$/, '');
}

/** @param {string} text in lines @returns {string} as an address has it, each character at its place */
export function inOneLine(text) {
  return text.replaceAll('\n', ';');
}

/**
 * A hyperparameter whose name is not typed any more, or is assigned by a line, has no value; the server would refuse it.
 * @param {Record<string, number>} values
 * @param {string} text
 * @returns {Record<string, number>} those that the text still names
 */
export function namedIn(values, text) {
  const plain = spelled(text.toLowerCase());
  /** @type {string[]} */
  const words = plain.match(/[a-z]\w*/g) ?? [];
  const assigned = [...plain.matchAll(/(?:^|[;\n])\s*([a-z]\w*?)(?:_next|_first)?\s*=/g)].map(([, name]) => name);
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => words.includes(name) && !assigned.includes(name)),
  );
}

/** @param {Record<string, number>} values @returns {string | null} as an address has them */
export function writeNamed(values) {
  const said = Object.entries(values).map(([name, value]) => `${name}:${value}`);
  return said.length > 0 ? said.join(',') : null;
}

/** @param {string} text as an address has them @returns {Record<string, number>} */
export function readNamed(text) {
  const parts = text.split(',').filter(Boolean);
  return Object.fromEntries(parts.map((part) => part.split(':')).map(([name, value]) => [name.trim(), Number(value)]));
}

/**
 * @param {Optimizer | undefined} optimizer
 * @returns {Parameter[]} the numbers of a typed rule, under keys of their own: they may be called as anything else
 */
export function ownNumbers(optimizer) {
  return (optimizer?.named ?? []).map((one) => ({ ...one, key: `own-${one.key}`, own: one.key }));
}

/** @param {Parameter} parameter @param {Record<string, any>} wanted @returns {number | undefined} its value there */
export function valueOf({ key, own }, wanted) {
  return own ? wanted.hyperparameters?.[own] : wanted[key];
}

/**
 * @param {Parameter} parameter
 * @param {string} value
 * @param {Record<string, any>} wanted what the others are
 * @returns {Record<string, string | null>} the keys with which it has this value
 */
export function changeTo({ key, own }, value, wanted) {
  return own ? { hyperparameters: writeNamed({ ...wanted.hyperparameters, [own]: Number(value) }) } : { [key]: value };
}

/**
 * What is offered for what cannot be read.
 * @param {string} text that was typed, in lines
 * @param {Record<string, number>} values of its hyperparameters
 * @param {Record<string, string>} correction of both, as far as they are others
 * @returns {{text: string, values: Record<string, number>, words: string}} what was likely meant, and in a few words what
 *   that changes; no words where it changes nothing
 */
export function meant(text, values, { rule, hyperparameters }) {
  const lines = rule === undefined ? text : inLines(rule);
  const named = hyperparameters === undefined ? values : readNamed(hyperparameters);
  const before = trimmed(text);
  const after = trimmed(lines);
  const others = after.filter((line) => !before.includes(line));
  const added = Object.entries(named).filter(([name]) => !(name in values));
  const gone = Object.keys(values).filter((name) => !(name in named));
  const words = [
    ...(others.length > 1
      ? [`${others[0]} …`]
      : others.map((line) => differing(before[after.indexOf(line)] ?? '', line))),
    ...(lines !== text && others.length === 0 ? ['Leave the line out'] : []),
    ...added.map(([name, value]) => `Add ${name} = ${value}`),
  ];
  if (words.length === 0 && gone.length > 0) words.push(`Leave out ${gone.join(', ')}`);
  return { text: lines, values: named, words: words.join(', ') };
}

/** @param {string} text @returns {string[]} */
function trimmed(text) {
  return text.split('\n').map((line) => line.trim());
}
