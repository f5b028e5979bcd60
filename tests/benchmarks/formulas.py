"""Typed formulas: hostile texts, each refused or read, some derived whole; and how fast a typed landscape is."""

import ast
import random
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from app.answers.plans import plan
from app.descent.formulas.notation import FormulaError, read
from app.descent.formulas.vocabulary import FUNCTIONS, MAX_CONSTANTS, NUMBERS, TYPED_FORMULA
from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.curvature import Point
from app.descent.landscapes.typed import typed_landscape
from app.descent.walks.descent import Descent
from app.descent.walks.walk import walk
from app.request.making import make_request
from app.request.typed import TypedFormula, derive
from tests.benchmarks.table import Row, against, fastest
from tests.descent.formulas.hostile import typed

# How many of the slowest are shown, and of how many texts one is derived whole, which takes a hundred times as long.
SLOWEST, WHOLE = 5, 500
_NAMED = {"x", "y", *NUMBERS, *FUNCTIONS}


def is_read(text: str) -> bool:
    """Whether the grammar takes the text. Raises ``AssertionError`` where it takes what it does not name."""
    try:
        tree = read(text, TYPED_FORMULA)
    except FormulaError:
        return False
    others = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - _NAMED
    assert len(others) <= MAX_CONSTANTS, text
    assert all(map(TYPED_FORMULA.is_constant, others)), text
    return True


def hostile(count: int = 1_000_000, seed: int = 0) -> Iterator[Row]:
    """The CPU time in which each text is refused or read, and some are derived whole; and how memory grows."""
    dice, taken, before = random.Random(seed), 0, 0
    slowest: dict[str, list[tuple[float, str]]] = {"read": [(0.0, "")], "derived": [(0.0, "")]}
    for index in range(count):
        text = typed(dice)
        began = time.process_time()
        taken += is_read(text)
        slowest["read"] = _with(slowest["read"], time.process_time() - began, text)
        if index % WHOLE == 0:
            began = time.process_time()
            derive(TypedFormula(text))
            slowest["derived"] = _with(slowest["derived"], time.process_time() - began, text)
        if index == count // 10:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    for what, found in slowest.items():
        number = count if what == "read" else -(-count // WHOLE)
        yield Row(f"slowest of {number:,} hostile formulas, {what}", found[0][0] * 1000, "ms", 100)
        for seconds, text in found:
            print(f"  {what} in {seconds * 1000:.1f} ms: {ascii(text)[:100]}", file=sys.stderr)
    yield Row("  accepted", taken / count * 100, "%", None, False)
    yield Row("  memory after the first tenth", grown / 1024, "MB", 50)


def _with(slowest: list[tuple[float, str]], seconds: float, text: str) -> list[tuple[float, str]]:
    if len(slowest) == SLOWEST and seconds <= slowest[-1][0]:
        return slowest
    return sorted([*slowest, (seconds, text)], reverse=True)[:SLOWEST]


def typed_speed() -> Iterator[Row]:
    """Walks, a block of them and a surface of built-in landscapes, typed as they are typeset, against the built-in."""
    for slug in ("bowl", "rosenbrock", "peaks"):
        built_in = LANDSCAPES[slug]
        own = typed_landscape(built_in.expression_at(None) or "", domain=built_in.domain)
        request = {"landscape": slug, "steps": 5_000, "tolerance": 0.0, "learning_rate": built_in.learning_rate}
        for starts, name in ((1, "walk"), (256, "block of 256")):
            planned = plan(make_request(request | {"starts": starts, "steps": 5_000 if starts == 1 else 200}))
            other = replace(planned.descent, landscape=own.at())
            jobs = (partial(_walked, descent, planned.starts) for descent in (other, planned.descent))
            mine, theirs = fastest(*jobs)
            yield Row(f"typed {slug}: {name}", mine / theirs, "×", 1.5, False, against(mine, theirs, "built-in s"))
        mine, theirs = fastest(*(partial(one.at().surface, built_in.domain, 201) for one in (own, built_in)))
        yield Row(f"typed {slug}: surface", mine / theirs, "×", 1.5, False, against(mine, theirs, "built-in s"))


def _walked(descent: Descent, starts: Sequence[Point]) -> None:
    list(walk(descent, starts))


BENCHMARKS = {"hostile": hostile, "typed": typed_speed}


if __name__ == "__main__":
    for row in hostile(*map(int, sys.argv[1:])):
        print(row)
