"""Where a walk ended and why: the kind of place, the curvature, the stability limit, and what is said of it.

What the sentences claim is computed here. Where nothing can be claimed, nothing is.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.judging.crossings import Crossings
from app.descent.judging.headlines import LONGEST, Facts, headline
from app.descent.judging.limits import stability_limit
from app.descent.judging.manner import DOT, Manner, Part, Path
from app.descent.judging.places import Place, place_of
from app.descent.judging.sentences import Sentences
from app.descent.landscapes.curvature import Point, Scale, eigenvalues, in_plane
from app.descent.landscapes.landscape import Box
from app.descent.optimizers.table import TYPED, Optimizer
from app.descent.walks.descent import Column, Descent, Ending, Outcome

# Where a walk ends no further than this from a place that is wanted, in widths of the picture, it has nearly arrived.
_CLOSE = 0.03
# A place is in the middle of a cycle that is off by no more than this part of the cycle's extent.
_MIDDLE = 0.1
# With a smaller part of the full learning rate, what is drawn at random no longer keeps a walker moving.
RESTLESS_RATE = 0.01


@dataclass(frozen=True)
class Verdict:
    """What is known about the end of one walk; ``cycle`` is the period of one that repeats for ever.

    ``crossings`` are the ridges that it crossed on its way, None where that was not looked at.
    ``headline`` says in plain words what it means, ``numbers`` what ended it, where, and what lies nearest.
    """

    outcome: Outcome
    place: Place | None
    hessian_eigenvalues: list[float]
    stability_limit: float | None
    headline: str
    numbers: str
    cycle: int | None
    crossings: Crossings | None = None

    @property
    def message(self) -> str:
        """Both in two lines."""
        return f"{self.headline}\n{self.numbers}"


def judge(
    descent: Descent,
    optimizer: Optimizer,
    start: Point,
    ending: Ending,
    way: Sequence[tuple[Column, Column]] | None = None,
    box: Box | None = None,
    cycle: Sequence[Point] | None = None,
    path: Sequence[Part] = (),
    crossings: Crossings | None = None,
) -> Verdict:
    """The verdict on a walk.

    The curvature and the stability limit are those at the end, or, where the walk diverged, those at the start: the end
    of a diverged walk lies outside everything that the picture is about. ``way`` has all iterates of the walk, as parts
    of columns x and y, where they are still known; ``box`` is the part that is shown, where not the domain;
    ``cycle`` has the points that the walk goes round for ever, where it does; ``path`` has all iterates of the walk, as
    parts of columns x, y and loss, where what is seen of them is to be told; ``crossings`` are its ridges.
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
    first = _first_line(_facts(words, path, box or landscape.entry.domain), words.crossed_in_short())
    return Verdict(outcome, place, curvatures, limit, first, words.numbers(), len(cycle) if cycle else None, crossings)


def _first_line(facts: Facts, crossed: str) -> str:
    """The headline, and which ridge was crossed where there is room; that is more to tell than how it went."""
    whole = headline(facts)
    if crossed:
        for first in (whole, headline(facts._replace(manner=Manner()))):
            if len(first) + 1 + len(crossed) <= LONGEST:
                return f"{first} {crossed}"
    return whole


def _facts(words: Sentences, path: Sequence[Part], box: Box) -> Facts:
    """What the first line may tell; what is close and what is seen, by the picture."""
    descent, ending, outcome, place = words.descent, words.ending, words.outcome, words.place
    first = (outcome, ending.criterion, place, descent.goal, len(words.start), ending.steps)
    if outcome == "diverged":
        return Facts(
            *first,
            too_long=words.limit is not None and descent.rates.learning_rate > words.limit,
            endless=ending.criterion == "too_far" and words.monotone,
            singular=words.optimizer.needs_hessian and not math.isfinite(ending.x + ending.y),
            valueless=words.optimizer.slug == TYPED and not math.isfinite(ending.x + ending.y),
            manner=Path(path, box, descent.downhill).leaving() if path else Manner(),
        )
    picture, known = Scale(box.widths, 1.0), words.nearest_known
    near = known is not None and picture.distance(known.point, words.end) <= _CLOSE
    is_there = place in words.wanted_kinds()
    kind = place if is_there else known.kind if known is not None and near else None
    best = descent.landscape.nearest(words.end, "global_minimum") if kind == "local_minimum" else None
    return Facts(
        *first,
        patience=descent.patience,
        counts_any_change=descent.min_change == 0,
        deeper=descent.goal == "minimize" and best is not None and best.value < ending.loss,
        near=near,
        has_velocity=any(descent.values.get(key, 0.0) > 0 for key in words.optimizer.velocity),
        drawn=_drawn(words),
        too_fast=ending.steps > 0 and words.is_too_fast,
        higher=descent.downhill * ending.loss > descent.downhill * _loss_at(descent, words.start),
        manner=_manner(words, path, box, is_there or near),
        **_cycle_facts(words.cycle, picture, known.point if known else None),
    )


def _drawn(words: Sentences) -> str:
    """What keeps the walker moving that is drawn at random, if anything does to the end."""
    descent = words.descent
    if not descent.is_random or words.ending.steps == 0:
        return ""
    if words.last_rate <= RESTLESS_RATE * descent.rates.learning_rate:
        return ""
    return "the noise keeps" if descent.noise else "its mini-batches keep"


def _manner(words: Sentences, path: Sequence[Part], box: Box, arrived: bool) -> Manner:
    """How the walk went, as far as its sentence tells of it."""
    is_told = arrived or (words.place == "slope" and words.ending.criterion in ("steps", "budget"))
    if not path or not words.ending.steps or words.cycle or not is_told:
        return Manner()
    walked = Path(path, box, words.descent.downhill)
    return walked.settling(words.end) if arrived else walked.under_way()


def _cycle_facts(cycle: Sequence[Point] | None, picture: Scale, known: Point | None) -> dict[str, Any]:
    if not cycle:
        return {}
    low, high = (tuple(map(side, zip(*cycle, strict=True))) for side in (min, max))
    extent = picture.distance(low, high)
    middle = tuple((a + b) / 2 for a, b in zip(low, high, strict=True))
    around = known is not None and picture.distance(middle, known) <= _MIDDLE * extent
    return {"period": len(cycle), "narrow": extent <= DOT, "around": around}


def _loss_at(descent: Descent, point: Point) -> float:
    return float(descent.landscape.floats.loss(*in_plane(point)))


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
