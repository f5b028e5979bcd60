// Names in texts that are typed, formulas and rules alike, and what was likely meant by them. Pure.

/** What was meant is told whole where it is not longer. */
const SHORT = 32;

/** The letters that a name may be, spelled out, and as they are read. @type {Record<string, string>} */
const GREEK = Object.fromEntries(
  (
    'alpha α beta β gamma γ delta δ epsilon ε zeta ζ eta η theta θ iota ι kappa κ lambda λ mu μ nu ν xi ξ rho ρ ' +
    'sigma σ tau τ upsilon υ phi φ chi χ psi ψ omega ω'
  )
    .match(/\S+ \S/g)
    ?.map((pair) => pair.split(' ')) ?? [],
);

/** @param {string} name @returns {string} the sign that it is read as */
export function signOf(name) {
  return GREEK[name] ?? name;
}

/** @param {string} text @returns {string} with Greek letters as their names */
export function spelled(text) {
  return Object.entries(GREEK).reduce((rest, [name, sign]) => rest.replaceAll(sign, name), text);
}

/**
 * @param {string} text that was typed
 * @param {string} meant in its place
 * @returns {string} of what was meant the words that differ, the whole of it where it is short
 */
export function differing(text, meant) {
  if (meant.length <= SHORT) return meant;
  const least = Math.min(text.length, meant.length);
  let same = 0;
  while (same < least && text[same] === meant[same]) same += 1;
  let after = 0;
  while (after < least - same && text.at(-1 - after) === meant.at(-1 - after)) after += 1;
  const begin = meant.lastIndexOf(' ', same - 1) + 1;
  const next = meant.indexOf(' ', meant.length - after);
  const end = next < 0 ? meant.length : next;
  return `${begin > 0 ? '… ' : ''}${meant.slice(begin, end)}${end < meant.length ? ' …' : ''}`;
}
