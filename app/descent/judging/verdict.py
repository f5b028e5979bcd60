"""Where a walk ended and why: the kind of place, the curvature, the stability limit, and the sentences.

What the sentences claim is computed here. Where nothing can be claimed, nothing is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.judging.crossings import Crossings
from app.descent.judging.limits import stability_limit
from app.descent.judging.places import Place, place_of
from app.descent.judging.sentences import Sentences
from app.descent.landscapes.curvature import Point, eigenvalues
from app.descent.landscapes.landscape import Box
from app.descent.optimizers.table import Optimizer
from app.descent.walks.descent import Column, Descent, Ending, Outcome


@dataclass(frozen=True)
class Verdict:
    """What is known about the end of one walk; ``cycle`` is the period of one that repeats for ever.

    ``crossings`` are the ridges that it crossed on its way, None where that was not looked at.
    """

    outcome: Outcome
    place: Place | None
    hessian_eigenvalues: list[float]
    stability_limit: float | None
    message: str
    cycle: int | None
    crossings: Crossings | None = None


def judge(
    descent: Descent,
    optimizer: Optimizer,
    start: Point,
    ending: Ending,
    way: Sequence[tuple[Column, Column]] | None = None,
    box: Box | None = None,
    cycle: Sequence[Point] | None = None,
    crossings: Crossings | None = None,
) -> Verdict:
    """The verdict on a walk.

    The curvature and the stability limit are those at the end, or, where the walk diverged, those at the start: the end
    of a diverged walk lies outside everything that the picture is about. ``way`` has all iterates of the walk, as parts
    of columns x and y, where they are still known; ``box`` is the part that is shown, where not the domain;
    ``cycle`` has the points that the walk goes round for ever, where it does; ``crossings`` are its ridges.
    """
    landscape = descent.landscape
    end = (ending.x, ending.y)[: len(start)]
    diverged = ending.outcome == "diverged"
    curvatures = eigenvalues(landscape.floats, start if diverged else end)
    limit = stability_limit(descent, optimizer, curvatures)
    place = None if diverged else place_of(landscape, end)
    outcome: Outcome = "stalled" if ending.outcome == "converged" and place == "plateau" else ending.outcome
    met = _sharpest(descent, way, box or landscape.entry.domain) if diverged and way else None
    monotone = diverged and bool(way) and _is_monotone(descent, way or ())
    words = Sentences(
        descent, optimizer, start, ending, end, outcome, place, curvatures, limit, met, monotone, cycle, crossings
    )
    return Verdict(outcome, place, curvatures, limit, words.text(), len(cycle) if cycle else None, crossings)


def _columns(way: Sequence[tuple[Column, Column]]) -> tuple[Array, Array]:
    x, y = (np.concatenate([np.asarray(part[axis], dtype=float) for part in way]) for axis in (0, 1))
    return x, y


def _sharpest(descent: Descent, way: Sequence[tuple[Column, Column]], box: Box) -> tuple[float, Point] | None:
    """The largest curvature, towards the goal, at the iterates inside the box, and where it was met."""
    x, y = _columns(way)
    functions = descent.landscape.arrays
    inside = np.logical_and.reduce(
        [(low <= at) & (at <= high) for low, at, high in zip(box.low, (x, y), box.high, strict=False)]
    )
    x, y = x[inside], y[inside]
    with np.errstate(all="ignore"):
        xx, xy, yy = (descent.downhill * part for part in functions.hessian(x, y))
        largest = xx if len(box.low) == 1 else (xx + yy) / 2 + np.hypot((xx - yy) / 2, xy)
        largest = largest[exists := np.isfinite(largest) & np.isfinite(functions.loss(x, y))]
    if not len(largest):
        return None
    index = int(largest.argmax())
    return float(largest[index]), (float(x[exists][index]), float(y[exists][index]))[: len(box.low)]


def _is_monotone(descent: Descent, way: Sequence[tuple[Column, Column]]) -> bool:
    """Whether the loss went towards the goal at every step, and goes on doing so for a while beyond the end."""
    x, y = _columns(way)
    further = 2.0 ** np.arange(1, 11)
    with np.errstate(all="ignore"):
        beyond = [np.concatenate([at, at[-1] + further * (at[-1] - at[0])]) for at in (x, y)]
        return bool((descent.downhill * np.diff(descent.landscape.arrays.loss(*beyond)) < 0).all())
