// The update rule with this step's numbers.

import { getJson } from '../server/api.js';
import { entriesOf } from '../state/meaning.js';
import { writeNamed } from '../state/typed_rule.js';
import { ALL_DIGITS, FEW_DIGITS, filled, inner, isByCoordinates, typesetNumber } from '../words/rule.js';
import { find, listNames, make, setText } from './parts/elements.js';
import { writeTerms } from './parts/terms.js';

/** Nobody reads numbers that change faster than this, in milliseconds. */
const READABLE = 80;

/** @param {HTMLElement} section @param {Session} session @returns {Panel} */
export function mountInspector(section, session) {
  const [title, rule, convention, pairs] = ['#rule-step', '#rule', '#convention', '.pairs'].map((selector) =>
    find(section, selector),
  );
  const [batch, refused] = [find(section, '#batch-rows'), find(section, '#rule-refused')];
  const names = mountWeights(find(section, '#two-weights'), session);
  const all_digits = /** @type {HTMLInputElement} */ (find(section, '#all-digits'));
  let written = -Infinity;
  const typed = mountTyped(() => write());
  const write = () => {
    const { wanted } = session.numbers;
    if (!wanted) return;
    written = performance.now();
    // While something is turned no step is looked at; a rule that is typed is typeset all the same.
    const turned = session.typing && session.walks !== wanted.walks ? session.walks : null;
    const { walks, walker, step } = turned ? { ...wanted, walks: turned, walker: session.walker } : wanted;
    const here = turned ? undefined : session.numbers.here;
    const request = walks.settings(walker);
    const optimizer = typed.typeset(/** @type {Optimizer} */ (entriesOf(request, session.catalog).optimizer), request);
    // The lines of the rule before stand until it is typeset.
    if (!optimizer) return;
    title.textContent = step < 0 ? ' (no step was taken)' : `, step ${step} → ${step + 1}`;
    writeTerms(convention, optimizer.convention, session.catalog.glossary);
    names.list(walks.landscape?.network);
    const { refused: complaint } = session.numbers;
    refused.hidden = !complaint;
    if (complaint) setText(refused, [complaint.message, complaint.hint].filter(Boolean).join(' '));
    pairs.hidden = !isByCoordinates(optimizer);
    const digits = all_digits.checked ? ALL_DIGITS : FEW_DIGITS;
    const lines = linesOf(session.catalog, optimizer, request, step, here);
    rule.replaceChildren(
      ...lines.map((line) => lineOf(line, session.catalog, optimizer, complaint ? -1 : step, here, digits)),
    );
    batch.hidden = !here?.batch;
    if (here?.batch) batch.textContent = batchInWords(here.batch);
  };
  all_digits.addEventListener('change', write);
  find(section, '#rule-back').addEventListener('click', () => session.move((player) => player.step(-1)));
  find(section, '#rule-forward').addEventListener('click', () => session.move((player) => player.step(1)));
  return {
    unlinked: () => (all_digits.checked ? ['all digits'] : []),
    selected: () => void (session.typing && write()),
    numbers(playing, another) {
      // While the steps fly by, not each of them is written out.
      if (!playing || another || performance.now() - written > READABLE) write();
    },
  };
}

/**
 * Typed rules, which are typeset by the server when they are looked at.
 * @param {() => void} arrived
 */
function mountTyped(arrived) {
  let asked = '';
  /** @type {{query: string, rules: Optimizer['rules'], symbols: Optimizer['symbols']} | null} */
  let here = null;
  /** @param {string} query */
  const ask = async (query) => {
    asked = query;
    const record = await getJson(`/api/rule?${query}`).catch(() => null);
    if (asked !== query) return;
    // Where it cannot be had, it is asked for again with the next step.
    if (!record) asked = '';
    else here = { query, rules: record.rules, symbols: record.symbols };
    if (record) arrived();
  };
  return {
    /** @param {Optimizer} optimizer @param {Wanted} request @returns {Optimizer | null} typeset, as soon as that is here */
    typeset(optimizer, { rule, hyperparameters }) {
      if (!rule) return optimizer;
      // Their values are in no line of it.
      const named = writeNamed(Object.fromEntries(Object.keys(hyperparameters ?? {}).map((name) => [name, 1])));
      const query = String(new URLSearchParams({ text: rule, ...(named ? { hyperparameters: named } : {}) }));
      if (asked !== query) void ask(query);
      return here?.query === query ? { ...optimizer, ...here } : null;
    },
  };
}

/**
 * The choice of two of a network's weights.
 * @param {HTMLElement} holder
 * @param {Session} session
 */
function mountWeights(holder, session) {
  const selects = /** @type {HTMLSelectElement[]} */ ([...holder.querySelectorAll('select')]);
  for (const [index, select] of selects.entries()) {
    select.addEventListener('change', () => {
      const { weights: before } = session.numbers;
      const [first, second] = selects.map(({ value }) => Number(value));
      // Who is chosen twice changes places.
      session.numbers.choose(
        first !== second ? [first, second] : index === 0 ? [first, before[0]] : [before[1], second],
      );
    });
  }
  return {
    /** @param {NetworkRecord | null | undefined} network */
    list(network) {
      holder.hidden = !network;
      if (!network) return;
      for (const [index, select] of selects.entries()) {
        listNames(select, network.weight_names);
        select.value = String(session.numbers.weights[index]);
      }
    },
  };
}

/**
 * @param {Catalog} catalog
 * @param {Optimizer} optimizer
 * @param {Wanted} request
 * @param {number} step
 * @param {StepRecord | undefined} numbers
 * @returns {[string, string][]} each line in symbols and in numbers
 */
function linesOf({ gradient_rules: gradients }, { rules }, { goal, noise, batch }, step, numbers) {
  const variant = numbers?.rule ?? (step <= 0 ? 'first' : goal === 'maximize' ? 'uphill' : 'rule');
  const gradient = gradients[`${goal} ${noise > 0 ? 'noisy' : 'exact'} ${batch > 0 ? 'batch' : 'all'}`];
  return [gradient, ...(rules[variant] ?? rules.rule)];
}

/**
 * @param {[string, string]} line
 * @param {Catalog} catalog
 * @param {Optimizer} optimizer
 * @param {number} step
 * @param {StepRecord | undefined} numbers
 * @param {number} digits
 */
function lineOf([rule, calculation], catalog, optimizer, step, numbers, digits) {
  const symbol = (/** @type {string} */ name) => inner(optimizer.symbols[name] ?? catalog.rule_symbols[name] ?? '');
  const line = make('div', { className: 'line' });
  line.insertAdjacentHTML('beforeend', filled(rule, symbol));
  const below = make('div', { className: 'numbers' });
  // Before the numbers are there the line keeps their room.
  const number = (/** @type {string} */ name) =>
    numbers ? typesetNumber(numbers.quantities[name], digits) : symbol(name);
  below.innerHTML = filled(calculation, number);
  if (!numbers) below.style.visibility = 'hidden';
  if (step >= 0) line.append(below);
  return line;
}

/** @param {number[]} batch @returns {string} */
function batchInWords(batch) {
  const rows = batch.map((row) => row + 1).sort((a, b) => a - b);
  return `Mini-batch of this step: data points ${rows.join(', ')}.`;
}
