// The editor of an update rule of one's own, over the rule that is typeset.

import { getJson } from '../server/api.js';
import { entriesOf } from '../state/meaning.js';
import { beginning, inOneLine, meant, namedIn, writeNamed } from '../state/typed_rule.js';
import { find, setText } from './parts/elements.js';
import { mountTypedEditor } from './parts/typed_editor.js';

const EMPTY = 'Lines such as point_next = point - learning_rate*gradient.';

/** @typedef {{text: string, values: Record<string, number>, run: number, rate: string | null}} Begun */

/** @param {HTMLElement} section @param {Session} session @returns {Panel} */
export function mountRuleEditor(section, session) {
  const [box, mirror, line, whose] = ['#rule-editor', '#rule-mirror', '#rule-trouble', '#rule-whose'].map((name) =>
    find(section, name),
  );
  const area = /** @type {HTMLTextAreaElement} */ (find(section, '#rule-text'));
  const [edit, done, cancel] = ['#rule-edit', '#rule-done', '#rule-cancel'].map((name) => find(section, name));
  const texts = mountTexts();
  /** In a race it is said whose rule it is. @param {number} run */
  const tellWhose = (run) => {
    const { runs = [] } = session.walks ?? {};
    setText(whose, runs.length > 1 ? `Of ${runs[run]?.label ?? 'a run'}` : '');
  };

  /** @param {number} run @returns {Wanted | undefined} */
  const requestOf = (run) => session.walks?.runs[run]?.request;
  /** @param {string | null} [listed] the chosen optimizer's rule as text @returns {Begun} */
  const begin = (listed) => {
    const run = session.walk?.run ?? 0;
    const request = /** @type {Wanted} */ (requestOf(run));
    const begun = beginning(request, entriesOf(request, session.catalog).optimizer, listed);
    const { learning_rate: rate } = request;
    return { ...begun, run, rate: rate === null ? null : String(rate) };
  };
  const editor = mountTypedEditor(
    { box, area, mirror, line },
    session,
    /** @type {import('./parts/typed_editor.js').Kind<Begun>} */ ({
      key: 'rule',
      named: 'hyperparameters',
      empty: EMPTY,
      many: true,
      sent: inOneLine,
      requestOf: ({ run }) => requestOf(run),
      identity: ({ optimizer, rule }) => [session.walk?.run, optimizer, rule],
      // The step size stays what it was, whatever the rule's own would be.
      changeOf: (rule, { values, run, rate }) => ({
        rule,
        hyperparameters: writeNamed(namedIn({ ...values, ...requestOf(run)?.hyperparameters }, rule)),
        learning_rate: rate,
      }),
      meant: (correction, text, { values, run }) =>
        meant(text, namedIn({ ...values, ...requestOf(run)?.hyperparameters }, text), correction),
      take(correction, text, begun) {
        Object.assign(begun.values, meant(text, begun.values, correction).values);
      },
      placeOf,
      show(open, { run }) {
        box.hidden = !open;
        section.classList.toggle('editing', open);
        tellWhose(run);
        edit.setAttribute('aria-expanded', String(open));
        if (open) box.scrollIntoView({ block: 'nearest' });
      },
      back: edit,
    }),
  );
  const open = async () => {
    const { walk } = session;
    if (!walk || editor.isOpen) return;
    try {
      const { optimizer, rule } = /** @type {Wanted} */ (requestOf(walk.run));
      const listed = rule ? null : await texts.of(optimizer);
      // What was chosen meanwhile is not what was to be changed.
      if (session.walk?.run === walk.run && requestOf(walk.run)?.optimizer === optimizer) editor.open(begin(listed));
    } catch (error) {
      session.tell('failed', error);
    }
  };

  edit.addEventListener('click', () => (editor.isOpen ? editor.done() : void open()));
  // Who is about to change it need not wait.
  edit.addEventListener('pointerenter', () => texts.prepare());
  for (const button of [done, cancel]) button.addEventListener('pointerdown', (event) => event.preventDefault());
  edit.addEventListener('pointerdown', (event) => editor.isOpen && event.preventDefault());
  done.addEventListener('click', editor.done);
  cancel.addEventListener('click', editor.giveUp);
  return {
    opened: editor.close,
    selected() {
      editor.follow();
      if (editor.isOpen) tellWhose(session.walk?.run ?? 0);
    },
    rewriting: () => void open(),
    refused({ inner, run }) {
      const own = session.walk?.run ?? 0;
      if (!session.walk || (run >= 0 && run !== own)) return false;
      return editor.refused(inner, begin());
    },
  };
}

/** The rules of the table as text, which come when they are asked for. */
function mountTexts() {
  /** @type {Promise<Map<string, string | null>> | null} */
  let asked = null;
  const ask = async () => {
    const optimizers = await getJson('/api/optimizers');
    return new Map(optimizers.map((/** @type {{slug: string, text: string | null}} */ one) => [one.slug, one.text]));
  };
  const all = () => {
    asked ??= ask();
    asked.catch(() => (asked = null));
    return asked;
  };
  return {
    prepare: () => void all().catch(() => {}),
    /** @param {string} slug @returns {Promise<string | null>} */
    of: async (slug) => (await all()).get(slug) ?? null,
  };
}

/** The line, and, for who does not see the mark, the character in it. @param {Complaint} complaint @param {string} text @returns {[string, string]} */
function placeOf({ column }, text) {
  if (column === null || column === undefined || !text.includes('\n')) return ['', ''];
  const lines = [...text].slice(0, column).join('').split('\n');
  return [`Line ${lines.length}`, `, character ${[...(lines.at(-1) ?? '')].length + 1}`];
}
