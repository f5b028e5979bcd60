"""Typed formulas: hostile texts, each refused or compiled for all worlds; and how fast a typed landscape is."""

import random
import resource
import sys
import time
from collections.abc import Iterator

from app.descent.formulas import formula as formulas
from app.descent.formulas.formula import compile_typed
from app.descent.formulas.notation import FormulaError
from tests.benchmarks.table import Row
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


BENCHMARKS = {"hostile": hostile}


if __name__ == "__main__":
    for row in hostile(*map(int, sys.argv[1:])):
        print(row)
