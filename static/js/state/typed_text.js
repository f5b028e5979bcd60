// Names in texts that are typed, formulas and rules alike. Pure.

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
