"""Typed rules: the table's text against the table, and hostile texts without end."""

import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from app.descent.judging.basins import ends_of
from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.reading import RuleError, read_rule
from app.descent.optimizers.schedules import SCHEDULES, LearningRates
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.optimizers.typed import text_of, typed_optimizer
from app.descent.walks.cells import advance, at_starts
from app.descent.walks.descent import Descent
from app.descent.walks.walk import walk
from tests.benchmarks.table import Row, against
from tests.descent.optimizers.rules_at_random import HYPERPARAMETERS, texts

SLUGS = ("gradient-descent", "momentum", "rmsprop", "adam", "nadam", "amsgrad", "lion")
GROUND = LANDSCAPES["rosenbrock"]
STEPS, SHORT, CROWD, CELLS = 5_000, 1_000, 64, 64
STRINGS, SLOWEST = 1_000_000, 100.0
# So many accepted texts are made an optimizer, with all its functions, one of so many.
MADE = 20


def speed() -> Iterator[Row]:
    """Walks of rules that are typed as the table has them, alone, in a block and on a map, against the table's."""
    for slug in SLUGS:
        entry = OPTIMIZERS[slug]
        values = entry.values({})
        table = Descent(
            landscape=GROUND.at(),
            rule=entry.rule,
            values=values,
            rates=LearningRates(SCHEDULES["constant"], 1e-4, (STEPS,)),
            steps=STEPS,
            tolerance=0.0,
        )
        typed = replace(table, rule=typed_optimizer(text_of(entry) or "", values).rule)
        for name, run in (("one walk", alone), (f"{CROWD} walkers", together), (f"a map of {CELLS} × {CELLS}", mapped)):
            mine, theirs = cheapest(partial(run, typed), partial(run, table))
            yield Row(
                f"typed {slug}, {name}", mine / theirs, "×", 1.1, False, against(mine, theirs, "s of the table's")
            )


def cheapest(*jobs: Callable[[], None], rounds: int = 25) -> list[float]:
    """Return the shortest processor time of each job in seconds, which take turns: a busy machine does not count."""
    times: list[list[float]] = [[] for _ in jobs]
    for _ in range(rounds):
        for job, taken in zip(jobs, times, strict=True):
            since = time.process_time()
            job()
            taken.append(time.process_time() - since)
    return [min(taken) for taken in times]


def alone(settings: Descent) -> None:
    """Walk from one start."""
    list(walk(settings, [GROUND.start]))


def together(settings: Descent) -> None:
    """Walk with many walkers side by side."""
    list(walk(shorter(settings), [GROUND.start] * CROWD))


def shorter(settings: Descent) -> Descent:
    """Return the same settings with fewer steps."""
    return replace(settings, steps=SHORT, rates=replace(settings.rates, ends=(SHORT,)))


def mapped(settings: Descent) -> None:
    """Walk from every cell of a map."""
    settings, domain = shorter(settings), GROUND.domain
    axes = [np.linspace(low, high, CELLS) for low, high in zip(*domain, strict=True)]
    x, y = (part.ravel() for part in np.meshgrid(*axes))
    cells = at_starts(settings, x, y, ends_of(settings.landscape, settings.goal))
    while not cells.done:
        cells = advance(cells, 60.0)


def hostile() -> Iterator[Row]:
    """A million texts, noise and rules and what lies between: none takes long, and memory stays flat."""
    slowest, slowest_made, accepted, worst = 0.0, 0.0, 0, ""
    early = 0
    for number, text in enumerate(texts(99, STRINGS)):
        since = time.process_time()
        try:
            read_rule(text, HYPERPARAMETERS)
        except RuleError:
            taken = time.process_time() - since
        else:
            taken = time.process_time() - since
            accepted += 1
            if accepted % MADE == 0:
                typed_optimizer(text, HYPERPARAMETERS)
                slowest_made = max(slowest_made, time.process_time() - since)
        if taken > slowest:
            slowest, worst = taken, text
        if number == STRINGS // 5:
            early = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    late = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told = f"{accepted} accepted; the slowest: {worst[:40]!r}"
    yield Row(f"{STRINGS:,} texts as rules, the slowest read", slowest * 1e3, "ms", SLOWEST, False, told)
    yield Row("  the slowest made an optimizer", slowest_made * 1e3, "ms", SLOWEST)
    yield Row("  memory after all, against after a fifth", late / early, "×", 1.05)


BENCHMARKS = {"typed-rules": speed, "hostile-rules": hostile}
