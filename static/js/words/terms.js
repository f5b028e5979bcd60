// The words of the field in a text: where they stand, each of them once. Pure.

/** What stands before and after a whole word. */
const BEFORE = '(?<![\\p{L}\\d_])';
const AFTER = '(?![\\p{L}\\d_])';

/** The patterns of all terms as one, by glossary: the catalog has one, which stays the same. @type {WeakMap<Term[], RegExp>} */
const wholes = new WeakMap();

/** @param {Term[]} glossary */
function wholeOf(glossary) {
  const whole =
    wholes.get(glossary) ??
    new RegExp(`${BEFORE}(?:${glossary.map(({ pattern }) => `(${pattern})`).join('|')})${AFTER}`, 'giu');
  wholes.set(glossary, whole);
  return whole;
}

/**
 * @param {string} text
 * @param {Term[]} glossary
 * @param {Set<string>} [known] what has been explained already; what is found is added
 * @returns {{text: string, term: string | null}[]} the text in parts, whose first mention of each term has its name
 */
export function inTerms(text, glossary, known = new Set()) {
  /** @type {{text: string, term: string | null}[]} */
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(wholeOf(glossary))) {
    const { term } = glossary[match.slice(1).findIndex((group) => group !== undefined)];
    if (known.has(term)) continue;
    known.add(term);
    if (match.index > end) parts.push({ text: text.slice(end, match.index), term: null });
    parts.push({ text: match[0], term });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), term: null });
  return parts;
}
