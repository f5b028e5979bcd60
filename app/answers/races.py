"""Races: the runs of one picture compared over all starts, and the sweep that finds a run's best learning rate."""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from app.answers.plans import Plan, prepared
from app.answers.records import QuartilesRecord, RaceRun, ReachedRecord, Sweep, SweepPoint
from app.descent.formulas.arithmetic import Array
from app.descent.judging.judged_walk import Judged
from app.descent.judging.race import LEVELS, PARTS, Progress, Quartiles, quartiles, share
from app.descent.walks.descent import Ending
from app.descent.walks.walk import walk
from app.request.errors import ApiError
from app.request.request import MAX_POINTS, MAX_WORK, WalkRequest

# A sweep tries so many learning rates in each decade, and so many more beside the best of them.
_COARSE, _FINE = 6, 20
# Decades below and above the run's default learning rate, rounded down to a power of ten, that it looks through; above
# it goes as far as 10 at least, for some optimizers' steps do not grow with the gradient.
_BELOW, _ABOVE, _LEAST = 3, 2, 1.0


def race(request: WalkRequest) -> Iterator[RaceRun | None]:
    """Yield None while walkers are under way, and each run when all of its have ended.

    One run after the other: what a run holds of its walkers while they are under way is then held once.
    """
    each = yield from prepared(request)
    for run, planned in enumerate(each):
        yield from _race_of_run(run, planned)


def _race_of_run(run: int, planned: Plan) -> Iterator[RaceRun | None]:
    ended: list[Judged] = []
    # Nobody is told why a walk diverged: no iterates need be kept.
    for event in planned.judged(LEVELS, longest=-1):
        if isinstance(event, Judged):
            ended.append(event)
        yield None
    outcomes: list[str] = [judged.verdict.outcome for judged in ended]
    places: list[str | None] = [judged.verdict.place for judged in ended]
    reached, stayed = (np.array([getattr(judged, name) for judged in ended]) for name in ("reached", "stayed"))
    wanted = "global_minimum" if planned.request.goal == "minimize" else "maximum"
    bands = [quartiles(spent) for spent in stayed.T]
    yield RaceRun(
        run=run,
        label=planned.label,
        walkers=len(outcomes),
        success=places.count(wanted) / len(places),
        outcomes=_shares(outcomes),
        places=_shares([place or "unknown" for place in places]),
        reached=_parts(reached),
        stayed=_parts(stayed),
        loss=_record(quartiles(np.array([judged.ending.loss for judged in ended]))),
        bands={
            "part": list(LEVELS),
            "lower": [band.lower for band in bands],
            "median": [band.median for band in bands],
            "upper": [band.upper for band in bands],
        },
    )


def _parts(spent: Array) -> list[ReachedRecord]:
    """What is told of the evaluations, shape (walkers, levels)."""
    columns = [(part, spent[:, LEVELS.index(part)]) for part in PARTS]
    return [{"part": part, "share": share(column), **_record(quartiles(column))} for part, column in columns]


def _record(values: Quartiles) -> QuartilesRecord:
    return {"lower": values.lower, "median": values.median, "upper": values.upper}


def _shares(names: list[str]) -> dict[str, float]:
    return {name: names.count(name) / len(names) for name in sorted(set(names))}


class _Try(NamedTuple):
    """How one learning rate of a sweep did: for each of ``PARTS`` the share of walkers that stayed so near, and the
    median over all of the evaluations after which they did.
    """

    learning_rate: float
    shares: tuple[float, ...]
    evaluations: tuple[float, ...]
    height: float

    @property
    def rank(self) -> tuple[float, ...]:
        """Less is better: most walkers that stayed nearest, then fewest evaluations, then the lowest end."""
        ranks = [*zip(self.shares, self.evaluations, strict=True)]
        return (*(value for share, spent in reversed(ranks) for value in (-share, spent)), self.height)


def sweep_tries(request: WalkRequest) -> int:
    """How many learning rates a sweep tries: it depends on the landscape."""
    low, high = _decades(request)
    return round(_COARSE * (high - low)) + 1 + _FINE


def _decades(request: WalkRequest) -> tuple[float, float]:
    usual = math.floor(math.log10(request.usual_learning_rate))
    return usual - _BELOW, max(usual + _ABOVE, _LEAST)


def sweep(request: WalkRequest, of: int = 0) -> Iterator[Sweep | None]:
    """Yield None while learning rates are tried, far apart and then close to the best, and at last how each did.

    ``of`` is the number of the run whose learning rate it is, with the budget that it has in its race. Raises
    ``ApiError`` where that are too many points.
    """
    each = yield from prepared(request)
    planned = each[of]
    request = planned.request
    low, high = _decades(request)
    tries = sweep_tries(request)
    count = tries - _FINE
    # At the most 512 walkers and the dearest of steps, a few steps are always left.
    most = min(MAX_POINTS, MAX_WORK // request.step_work) // (tries * request.starts) - 1
    if request.steps > most:
        raise ApiError(
            f"{tries} learning rates × {request.starts} walkers × {request.steps} steps are too many points.",
            "steps",
            f"At most {most} steps with {request.starts} walkers.",
        )
    coarse = np.logspace(low, high, count)
    found: list[_Try] = []
    yield from _try_each(planned, coarse, found)
    best = min(range(count), key=lambda index: found[index].rank)
    beside = coarse[max(best - 1, 0)], coarse[min(best + 1, count - 1)]
    yield from _try_each(planned, np.geomspace(*beside, _FINE + 2)[1:-1], found)
    yield _sweep_record(planned, found)


def _try_each(planned: Plan, rates: Any, found: list[_Try]) -> Iterator[None]:
    for rate in rates.tolist():
        tried = planned.at_learning_rate(rate)
        progress = Progress(tried.descent, len(tried.starts))
        heights: list[float] = []
        for event in walk(tried.descent, tried.starts):
            progress.follow(event)
            if isinstance(event, Ending):
                heights.append(tried.descent.downhill * event.loss if event.outcome != "diverged" else np.inf)
            yield None
        # Counted as in a race: over all walkers, and who passed by the best place and left it again never was there.
        stayed = progress.stayed.T
        shares, medians = tuple(map(share, stayed)), tuple(quartiles(column).median for column in stayed)
        found.append(_Try(rate, shares, medians, quartiles(np.array(heights)).median))


def _sweep_record(planned: Plan, found: list[_Try]) -> Sweep:
    found = sorted(found)
    best = min(found, key=lambda one: one.rank)
    # What is shown is what decided: the smallest part that anyone stayed in, or the loss at the end.
    part = next((index for index in reversed(range(len(PARTS))) if best.shares[index] > 0), None)
    downhill = planned.descent.downhill
    rows: list[SweepPoint] = [
        {
            "learning_rate": one.learning_rate,
            "share": 0.0 if part is None else one.shares[part],
            "evaluations": None if part is None else one.evaluations[part],
            "loss": downhill * one.height,
        }
        for one in found
    ]
    return {
        "part": None if part is None else PARTS[part],
        "best": rows[found.index(best)],
        "learning_rate": [row["learning_rate"] for row in rows],
        "share": [row["share"] for row in rows],
        "evaluations": [row["evaluations"] for row in rows],
        "loss": [row["loss"] for row in rows],
    }
