// What theory says of the point under the cursor, said beside its pictures.

import { seenDomain } from '../state/map_window.js';
import { entriesOf, optimizerNamed } from '../state/meaning.js';
import {
  beliefInWords,
  bestChange,
  bestInWords,
  failureInWords,
  isSet,
  keyInWords,
  planeQuadraticInWords,
  quadraticsInWords,
} from '../words/theory.js';
import { find, make } from './parts/elements.js';
import { rove, writeTerms } from './parts/terms.js';

/** @param {HTMLElement} section @param {Session} session @returns {Panel} */
export function mountTheory(section, session) {
  const words = new TheoryWords(section, session);
  return { frame: () => words.show(), theory: () => words.show() };
}

class TheoryWords {
  /** @param {HTMLElement} section @param {Session} session */
  constructor(section, session) {
    this.section = section;
    this.session = session;
    this.written = '';
    /** The walk whose quadratic is told of. */
    this.told = '';
    this.offered = '';
    this.#forget();
    this.#find('retry').addEventListener('click', () => session.theory.retry());
  }

  /** @param {string} name of a part @returns {HTMLElement} */
  #find(name) {
    return find(this.section, `#theory-${name}`);
  }

  /** The page shows theory, or it does not; writes what has changed since it was written last. */
  show() {
    const { theory } = this.session;
    this.section.hidden = !theory.on;
    if (!theory.on || !theory.scene) return;
    const { walks, walker, step, playing } = theory.scene;
    const failure = theory.failure ? failureInWords(theory.failure, 'What theory says') : '';
    const waiting = failure || (walks.done || theory.known ? '' : 'Theory follows when the whole walk is there.');
    const { walk, here, current } = theory;
    const version = [walk, step, playing, current, here !== undefined, waiting].join('\n');
    if (version === this.written) return;
    this.written = version;
    this.#find('note').hidden = !waiting;
    this.#find('note-text').textContent = waiting;
    this.#find('retry').hidden = !failure;
    this.section.classList.toggle('stale', !here || playing);
    if (current) this.#writeWalk(walks, walker);
    // Of a walk that runs on, nothing is told of another one.
    if (playing && this.told !== walk) this.#forget();
    if (playing || !here) return;
    this.told = walk;
    const who = walks.who(walker);
    this.#find('step').textContent = who ? `: ${who}, step ${step}` : ` at step ${step}`;
    this.#writeQuadratics(here, walks, walker, step);
  }

  #forget() {
    this.#find('step').textContent = '';
    this.#find('rows').replaceChildren();
    this.#find('key').textContent = keyInWords(undefined, [], '');
  }

  /** @param {Quadratics} here @param {Walks} walks @param {number} walker @param {number} step */
  #writeQuadratics(here, walks, walker, step) {
    const wanted = walks.settings(walker);
    const domain = seenDomain(/** @type {Wanted} */ (walks.request));
    const optimizer = /** @type {Optimizer} */ (entriesOf(wanted, this.session.catalog).optimizer);
    this.#find('key').textContent = keyInWords(here, domain, beliefInWords(optimizer, wanted, step));
    const limited = this.session.theory.known?.sharpness.edge_of === wanted.optimizer;
    const rate = walks.all[walker].learning_rate[step];
    const network = walks.landscape?.network;
    const rows = quadraticsInWords(here, { ...wanted, domain }, rate, optimizer, limited, Boolean(network));
    const { glossary } = this.session.catalog;
    /** @type {Set<string>} */
    const known = new Set();
    this.#find('rows').replaceChildren(
      ...rows.flatMap(({ name, symbol, text }) => {
        const term = make('dt');
        writeTerms(term, name, glossary, known);
        // Formulas come typeset from the server's own tables.
        if (symbol) term.insertAdjacentHTML('beforeend', ` ${this.session.catalog.symbols[symbol]}`);
        return [term, make('dd', { textContent: text.replaceAll('-', '−') })];
      }),
    );
    rove(this.#find('rows'));
  }

  /** What is the same at all steps. @param {Walks} walks @param {number} walker */
  #writeWalk(walks, walker) {
    const { quadratic, best } = /** @type {Theory} */ (this.session.theory.known);
    const wanted = walks.settings(walker);
    this.#find('kinks').hidden = walks.landscape?.smooth ?? true;
    const network = walks.landscape?.network;
    this.#find('plane').hidden = !network;
    if (network) this.#find('plane').textContent = planeQuadraticInWords(network.weights);
    this.#offer(quadratic, best, wanted);
  }

  /** @param {boolean} quadratic @param {BestSettings[]} best @param {Wanted} wanted */
  #offer(quadratic, best, wanted) {
    const holder = this.#find('best');
    holder.hidden = !quadratic;
    this.#find('exact').hidden = best.length === 0 || !(wanted.noise > 0 || wanted.batch > 0);
    const offered = JSON.stringify(best);
    // Buttons that stay the same stay where they are, and keep the focus.
    if (offered !== this.offered) this.#build(best, wanted);
    this.offered = offered;
    this.#find('settings')
      .querySelectorAll('button')
      .forEach((button, index) => button.setAttribute('aria-pressed', String(isSet(best[index], wanted))));
  }

  /** @param {BestSettings[]} best @param {Wanted} wanted */
  #build(best, wanted) {
    const none = `This landscape is a quadratic without a ${wanted.goal === 'maximize' ? 'highest' : 'lowest'} point: no settings are best.`;
    this.#find('settings-head').textContent =
      best.length > 0 ? 'This landscape is a quadratic: the best settings are known.' : none;
    this.#find('settings').replaceChildren(
      ...best.map((one) => {
        const button = make('button', {
          type: 'button',
          textContent: bestInWords(one, this.#optimizer(one.optimizer)),
        });
        button.addEventListener('click', () => this.session.edit(bestChange(one)));
        return make('li', {}, [button]);
      }),
    );
    this.#find('formulas').hidden = best.length === 0;
    this.#find('sources').replaceChildren(...best.map((one) => this.#source(one)));
  }

  /** @param {BestSettings} best @returns {HTMLElement} its formulas, and where they are proved */
  #source({ optimizer, title, source }) {
    const formulas = this.#optimizer(optimizer).best;
    const line = make('li', {}, [make('strong', { textContent: title }), ' ']);
    for (const formula of formulas?.settings ?? []) line.insertAdjacentHTML('beforeend', `${formula} `);
    line.append(' keeps ');
    line.insertAdjacentHTML('beforeend', formulas?.rate ?? '');
    const text = `${source.text}, ${source.year}`;
    line.append(' ', make('cite', {}, [source.url ? make('a', { href: source.url, textContent: text }) : text]));
    return line;
  }

  /** @param {string} slug @returns {Optimizer} */
  #optimizer(slug) {
    return /** @type {Optimizer} */ (optimizerNamed(slug, this.session.catalog));
  }
}
