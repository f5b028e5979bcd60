"""The numbers that each step of a walk was made of."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from app.descent.landscapes.curvature import Point
from app.descent.optimizers.rules import State, Updates
from app.descent.walks.descent import Chunk, Descent, Note, Variant
from app.descent.walks.walk import walk


class TracedStep(NamedTuple):
    """All numbers that one step was made of, as the walk used them, by the names of ``optimizers.SYMBOLS``.

    Vectors are pairs, of which a curve has only the first. ``batch`` has the rows of the mini-batch, where one was
    drawn; ``rule`` names the variant of the rule's lines that led on from here.
    """

    step: int
    rule: Variant
    quantities: dict[str, Any]
    batch: list[int] | None


def trace(descent: Descent, starts: Sequence[Point], walker: int, first: int = 0) -> Iterator[list[TracedStep]]:
    """Walk once more and yield, chunk by chunk, the numbers of every step that was taken from ``first`` on."""
    notes: list[Note] = []
    draw, batches = descent.noise_rows(walker), descent.batches(walker) if descent.batch else None
    updates = descent.updates()
    rates: list[float] = []
    points: list[tuple[float, float]] = []
    done = 0
    for chunk in (event for event in walk(descent, starts, walker, notes) if isinstance(event, Chunk)):
        points.extend(zip(map(float, chunk.x), map(float, chunk.y), strict=True))
        rates.extend(map(float, chunk.learning_rate))
        # The step from the last point so far is known when the next point is.
        count = len(points) - 1
        noise = draw(count).tolist()
        rows = [row.tolist() for row in islice(batches, count)] if batches else [None] * count
        yield [
            TracedStep(
                done + k,
                _variant(descent, notes[k], rates[k]),
                _quantities(descent, updates, notes[k], noise[k], rates[k], points[k + 1]),
                rows[k],
            )
            for k in range(max(0, first - done), count)
        ]
        done += count
        del points[:count], rates[:count], notes[:count]


def _variant(descent: Descent, note: Note, rate: float) -> Variant:
    """Which of the rule's lines were used, among those that it has."""
    known = descent.rule.variants()
    if "refused" in known and rate == 0 < note.tried:
        return "refused"
    if "first" in known and note.state is None:
        return "first"
    return "uphill" if "uphill" in known and descent.goal == "maximize" else "rule"


def _quantities(
    descent: Descent,
    updates: Updates | None,
    note: Note,
    noise: list[float],
    rate: float,
    following: tuple[float, float],
) -> dict[str, Any]:
    size = descent.landscape.entry.dimensions
    pairs = {
        "point": (note.x, note.y),
        "slope": [descent.downhill * _number(part) for part in note.slope],
        "batch_slope": [descent.downhill * _number(part) for part in note.batch_slope],
        "noise": noise,
        "gradient": note.gradient,
        "point_next": following,
    }
    known: dict[str, Any] = {name: [_number(part) for part in pair][:size] for name, pair in pairs.items()}
    known |= {"loss": _number(note.loss), "learning_rate": rate, **descent.values}
    if updates is None:
        known["tried"] = note.tried
        return known | descent.rule.explain(descent.problem(arrays=False), known, note.state)  # type: ignore[union-attr]
    x, y = map(_number, note.gradient)
    explained = updates.explain(x, y, _numbers(note.state), rate, _number(note.x), _number(note.y))
    for name, value in explained.items():
        if name.endswith("_x"):
            known.setdefault(name[:-2], [value, explained[f"{name[:-2]}_y"]][:size])
        elif not name.endswith("_y") and name != "state":
            known.setdefault(name, value)
    return known


def _number(value: Any) -> float:
    return float(np.asarray(value).reshape(-1)[0])


def _numbers(state: State) -> State:
    return None if state is None else tuple(map(_number, state))
