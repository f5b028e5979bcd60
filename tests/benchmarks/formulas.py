"""Typed formulas: hostile texts, each refused or compiled for all worlds; and how fast a typed landscape is."""

import random
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from app.answers.plans import plan
from app.descent.formulas import formula as formulas
from app.descent.formulas.formula import compile_typed
from app.descent.formulas.notation import FormulaError
from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.curvature import Point
from app.descent.landscapes.typed import typed_landscape
from app.descent.walks.descent import Descent
from app.descent.walks.walk import walk
from app.request.making import make_request
from tests.benchmarks.table import Row, against, fastest
from tests.descent.formulas.hostile import typed

# How many of the slowest are shown.
SLOWEST = 5


def accepted(text: str) -> bool:
    """Derive the formula and compile it for all worlds, as its first walk does."""
    try:
        formula = compile_typed(text)
    except FormulaError:
        return False
    values = (1.0,) * len(formula.parameters)
    try:
        formula.bind(values)
        formula.bind(values, arrays=True)
        formula.bind_slopes(values)
        formulas._bound(formula.intervals, "intervals")
    except (ArithmeticError, ValueError):
        # A part that the constants alone decide has no value: the landscape says so.
        pass
    return True


def hostile(count: int = 1_000_000, seed: int = 0) -> Iterator[Row]:
    """The CPU time of each of so many texts: the slowest, how many are accepted, and how memory grows."""
    dice, slowest, taken, before = random.Random(seed), [], 0, 0
    for index in range(count):
        text = typed(dice)
        began = time.process_time()
        taken += accepted(text)
        seconds = time.process_time() - began
        if len(slowest) < SLOWEST or seconds > slowest[-1][0]:
            slowest = sorted([*slowest, (seconds, text)], reverse=True)[:SLOWEST]
        if index == count // 10:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    yield Row(f"slowest of {count} hostile texts", slowest[0][0] * 1000, "ms", 100)
    for seconds, text in slowest:
        print(f"  {seconds * 1000:.1f} ms: {ascii(text)[:100]}", file=sys.stderr)
    yield Row("  accepted", taken / count * 100, "%", None, False)
    yield Row("  memory after the first tenth", grown / 1024, "MB", 50)


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
