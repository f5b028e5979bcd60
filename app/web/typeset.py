"""Formulas as MathML, and rules with places for numbers."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from latex2mathml.converter import convert
from markupsafe import Markup, escape

from app.answers.registries import rule_symbols
from app.descent.optimizers.rules import Line
from app.descent.optimizers.table import OPTIMIZERS, BestRule, Optimizer


def converted(latex: str) -> Markup:
    """The formula as MathML, which every browser typesets by itself."""
    return Markup(convert(latex).replace("&", "&amp;").replace("&amp;#", "&#"))


# Of what people type there is no end: it is not kept.
mathml = lru_cache(maxsize=512)(converted)


_FORMULA = re.compile(r"\$([^$]+)\$([.,:;?!)%]*)")


@lru_cache(maxsize=512)
def typeset(text: str) -> Markup:
    """The text with the formulas between its dollar signs as MathML, each kept on the line of its full stop."""
    pieces = _FORMULA.split(text)
    done = escape(pieces[0])
    for latex, stop, after in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        formula = mathml(latex)
        done += Markup('<span class="kept">{}{}</span>').format(formula, stop) if stop else formula
        done += escape(after)
    return done


def typeset_best(best: BestRule | None) -> dict[str, Any] | None:
    """The formulas of the best settings and of their rate as MathML."""
    return best and {"settings": list(map(mathml, best.settings_latex)), "rate": mathml(best.rate_latex)}


def typeset_lines(lines: Sequence[Line]) -> list[list[str]]:
    """Each line's symbols and numbers with named places, as MathML."""
    names = {name for optimizer in OPTIMIZERS.values() for name in rule_symbols(optimizer)}
    return [[mathml(_places(line.symbols, names)), mathml(_places(line.numbers, names))] for line in lines]


def typeset_rule(optimizer: Optimizer) -> dict[str, list[list[str]]]:
    """The same of each variant of a typed rule."""
    names = [*rule_symbols(optimizer)]
    return {
        variant: [[converted(_places(text, names)) for text in (line.symbols, line.numbers)] for line in lines]
        for variant, lines in optimizer.rule.variants().items()
    }


def _places(line: str, names: Iterable[str]) -> str:
    """Turn the named places of a rule into texts that the browser fills with symbols or with numbers."""
    for name in names:
        line = line.replace(f"{{{name}}}", rf"\text{{@{name.replace('_', '-')}@}}")
    return line
