"""Names of a typed rule as LaTeX, and what a slider of its hyperparameters goes between."""

import math
from collections.abc import Iterable, Mapping

from app.descent.formulas.tokens import GREEK
from app.descent.optimizers.hyperparameters import Hyperparameter
from app.descent.optimizers.rules import Rule, names_in_lines
from app.descent.optimizers.table import OPTIMIZERS, SYMBOLS

_ACCENTS: Mapping[str, str] = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde"}
_GREEK = {*GREEK} - {"omicron"}

# What the table's rules call so is written as there.
_KNOWN: Mapping[str, str] = {
    name: SYMBOLS[name]
    for entry in OPTIMIZERS.values()
    if isinstance(entry.rule, Rule)
    for name in names_in_lines((*entry.rule.first, *entry.rule.lines))
    if name in SYMBOLS
}
_LISTED: Mapping[str, Hyperparameter] = {
    parameter.key: parameter for entry in reversed(tuple(OPTIMIZERS.values())) for parameter in entry.hyperparameters
}
# What is so small by default goes by its logarithm, between these.
_TINY, _LEAST, _MOST = 0.01, 1e-12, 1.0


def symbols_of(names: Iterable[str], states: Iterable[str], hyperparameters: Iterable[str]) -> dict[str, str]:
    """The symbol of each name, no two alike: the table's, or one made of the name; ``states`` count their steps."""
    own, steps = set(hyperparameters), {part: name for name in states for part in (name, f"{name}_next")}
    found: dict[str, str] = {}
    for name in sorted(names, key=lambda name: (name not in _KNOWN, name)):
        usual = _LISTED[name].symbol if name in own and name in _LISTED else _KNOWN.get(name)
        tries = [usual] if usual and (name in own or name in _KNOWN) else []
        base = steps.get(name)
        step = None if base is None else "k" if name == base else "k+1"
        tries += [symbol(base or name, step), symbol(base or name, step, verbatim=True)]
        found[name] = next((one for one in tries if one not in found.values()), tries[-1])
    return found


def symbol(name: str, step: str | None = None, *, verbatim: bool = False) -> str:
    r"""A name as LaTeX: beta1 is \beta_{1}, m_hat is \hat{m}, and v at ``step`` k is v_{k}."""
    if verbatim:
        return rf"\mathrm{{{name.replace('_', '-')}}}" + (f"_{{{step}}}" if step else "")
    first, *others = [part for part in name.split("_") if part]
    word = first.rstrip("0123456789")
    written = _letters(word)
    for accent in (part for part in others if part in _ACCENTS):
        written = rf"{_ACCENTS[accent]}{{{written}}}"
    digits = [first[len(word) :]] if word != first else []
    below = [*digits, *(_letters(part) for part in others if part not in _ACCENTS), *([step] if step else [])]
    return f"{written}_{{{','.join(below)}}}" if below else written


def _letters(word: str) -> str:
    if word in _GREEK:
        return rf"\{word}"
    return rf"\mathrm{{{word}}}" if len(word) > 1 and not word.isdigit() else word


def slider_of(name: str, value: float) -> Hyperparameter:
    """A typed rule's own hyperparameter, with the bounds that the table has for one of that name, where they do."""
    listed = _LISTED.get(name)
    if listed is not None and listed.low <= value <= listed.high and not (listed.whole and value % 1):
        low, high, log, whole = listed.low, listed.high, listed.log, listed.whole
    else:
        low, high, log, whole = *_bounds(value), 0 < value < _TINY, False
        log = log and low > 0
    return Hyperparameter(
        key=name,
        title=listed.title if listed else name.replace("_", " ").capitalize(),
        symbol=listed.symbol if listed else symbol(name),
        low=low,
        high=high,
        default=value,
        explanation="A number of your own rule.",
        log=log,
        whole=whole,
    )


def _bounds(value: float) -> tuple[float, float]:
    """From 0 to the next power of ten, the same for each value up to it; for a tiny one from far below."""
    if 0 < value < _TINY:
        return min(_LEAST, value), _MOST
    size = 10.0 ** max(0, math.ceil(math.log10(abs(value)))) if value else 1.0
    return (0.0, max(size, value)) if value >= 0 else (min(-size, value), size)
