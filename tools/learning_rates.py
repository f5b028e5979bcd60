"""``python -m tools.learning_rates``: find each optimizer's default learning rate for each landscape, by sweeps.

The walks are the defaults': from the landscape's start, 200 steps. Lengths are parts of the picture, each of whose
sides counts as 1. Of the round numbers that are tried, those count whose walk is to be seen: it moves, it stays about
inside the picture, and no step leaps over much of it. Of these is taken

- the smallest with which it is near a minimum by step 80, and for good; where none is so quick, the quickest;
- where none comes there at all, the smallest that falls nearly as far as the best.

A rate counts only where one twice as large does not diverge either, unless there is no such: a slider needs room.
Newton and BFGS take their full step wherever it leads to something that is seen, and else the longest part of it.

A network's picture is made by its walk, whatever that does. There the median loss after the walks from some first
weights counts: of the rates with which none blows up the smallest is taken that falls nearly as far as the best.

Momentum has no place in the table: its rate is chosen by hand with each landscape's start, and stands in its entry.
"""

import argparse
import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.answers.plans import plan
from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.landscape import Landscape
from app.descent.optimizers.table import OPTIMIZERS, Optimizer
from app.descent.walks.descent import Chunk
from app.descent.walks.training import Training, problem_of
from app.descent.walks.walk import walk
from app.descent.walks.weights import WeightsEnding, walk_weights
from app.request.making import make_request
from app.request.request import landscape_of

TABLE = Path(__file__).resolve().parent.parent / "app" / "descent" / "optimizers" / "learning_rates.json"
BY_HAND = "momentum"

STEPS = 200
IN_TIME = 80
NEAR = 0.01
NEARLY_AS_FAR = 0.98
LEAST_MOVED = 0.05
MOST_OUTSIDE = 0.1
LONGEST_STEP = 0.2
# A full step may leave the picture and come back.
FAR_OUTSIDE = 0.6
DIGITS = (1, 2, 3, 5)
DECADES = range(-9, 4)
SEEDS = range(5)


class Walked(NamedTuple):
    """What the walk with a learning rate was like.

    ``farthest`` is how far from its start it came, ``outside`` how far out of the picture, ``longest`` its longest
    step, all of them parts of the picture, and infinite where it diverged. ``arrived`` is the step from which on it is
    near a minimum, None where it is not at its end. ``loss`` is its last one, the lower the better.
    """

    rate: float
    farthest: float
    outside: float
    longest: float
    arrived: int | None
    loss: float

    def is_seen(self, full: bool) -> bool:
        """Whether the walk is a picture; of a full step more is borne."""
        if self.farthest < LEAST_MOVED:
            return False
        # Where it leaps about, what is seen is chance.
        return self.outside <= FAR_OUTSIDE if full else self.outside <= MOST_OUTSIDE and self.longest <= LONGEST_STEP


def able(optimizer: Optimizer, landscape: Landscape) -> bool:
    """Whether the optimizer can walk there."""
    return not optimizer.needs_hessian or (landscape.smooth and landscape.network is None)


def takes_full_steps(optimizer: Optimizer) -> bool:
    """Whether the optimizer knows from curvature how far to go."""
    return optimizer.needs_hessian or optimizer.keeps_inverse


@cache
def walked(optimizer: str, landscape: str, rate: float) -> Walked:
    """Walk as the defaults say, but with this learning rate."""
    request = make_request({"landscape": landscape, "optimizer": optimizer, "learning_rate": rate, "steps": STEPS})
    planned, box = plan(request), request.landscape.domain
    chunks = [event for event in walk(planned.descent, planned.starts) if isinstance(event, Chunk)]
    axes = ("x", "y")[: len(box.low)]
    points = np.stack([np.concatenate([getattr(chunk, axis) for chunk in chunks]) for axis in axes], axis=1)
    loss = float(chunks[-1].loss[-1]) * planned.descent.downhill
    if not (
        np.isfinite(points).all() and math.isfinite(loss) and request.landscape.domain.reach().contains(points[-1])
    ):
        return Walked(rate, math.inf, math.inf, math.inf, None, math.inf)
    places = (points - box.low) / box.widths
    best = ("global_minimum", "local_minimum") if request.goal == "minimize" else ("maximum",)
    ends = [(np.array(known.point) - box.low) / box.widths for known in landscape_of(request).known(*best)]
    return Walked(
        rate,
        farthest=float(np.linalg.norm(places - places[0], axis=1).max()),
        outside=float(np.maximum(-places, places - 1).max()),
        longest=float(np.linalg.norm(np.diff(places, axis=0), axis=1).max(initial=0.0)),
        arrived=_arrived(places, ends),
        loss=loss,
    )


def _arrived(places: NDArray[np.float64], ends: Sequence[NDArray[np.float64]]) -> int | None:
    """The first iterate from which on all are near the minimum that the last one is near."""
    if not ends:
        return None
    end = min(ends, key=lambda one: float(np.linalg.norm(one - places[-1])))
    away = np.flatnonzero(np.linalg.norm(places - end, axis=1) > NEAR)
    first = int(away[-1]) + 1 if len(away) else 0
    return first if first < len(places) else None


def swept(optimizer: str, landscape: str) -> list[Walked]:
    """Return the walks with all round numbers of the decades in which something is to be seen, in rising order."""
    coarse = {decade: walked(optimizer, landscape, float(f"1e{decade}")) for decade in DECADES}
    seen = [decade for decade, one in coarse.items() if one.farthest > LEAST_MOVED / 20 and one.outside < FAR_OUTSIDE]
    if not seen:
        return list(coarse.values())
    rates = [float(f"{digit}e{decade}") for decade in range(seen[0] - 1, seen[-1] + 1) for digit in DIGITS]
    return [walked(optimizer, landscape, rate) for rate in rates]


@cache
def trained(optimizer: str, landscape: str, rate: float) -> float:
    """The median of the last losses over some first weights, infinite where it ends above where it began."""
    request = make_request({"landscape": landscape, "optimizer": optimizer, "learning_rate": rate, "steps": STEPS})
    training = plan(request).descent
    assert isinstance(training, Training)
    starts = np.stack([training.network.first_weights(seed, 1.0) for seed in SEEDS], axis=1)
    events = walk_weights(training, problem_of(training.network), starts)
    last = np.array([event.loss for event in events if isinstance(event, WeightsEnding)])
    with np.errstate(all="ignore"):
        return float(np.median(last)) if (last <= training.network.loss(starts).max()).all() else math.inf


def _found_by_training(optimizer: str, landscape: str) -> float:
    entry = OPTIMIZERS[optimizer]
    if takes_full_steps(entry):
        return entry.full_step or 1.0
    rates = [float(f"{digit}e{decade}") for decade in range(-4, 3) for digit in DIGITS]
    losses = {rate: trained(optimizer, landscape, rate) for rate in rates}
    with_room = [rate for rate in rates if max(losses[rate], trained(optimizer, landscape, 2 * rate)) < math.inf]
    first = trained(optimizer, landscape, 1e-300)
    least = first - NEARLY_AS_FAR * (first - min(losses[rate] for rate in with_room))
    return next(rate for rate in with_room if losses[rate] <= least)


def found(optimizer: str, landscape: str) -> float:
    """Return the learning rate that the sweep finds for the two."""
    if LANDSCAPES[landscape].network is not None:
        return _found_by_training(optimizer, landscape)
    if takes_full_steps(OPTIMIZERS[optimizer]):
        return _longest_part(optimizer, landscape)
    tried = [one for one in swept(optimizer, landscape) if one.is_seen(full=False)]
    if not tried:
        raise ValueError(f"{optimizer} is not seen on {landscape} with any of the learning rates that are tried")
    with_room = [one for one in tried if math.isfinite(walked(optimizer, landscape, 2 * one.rate).outside)]
    return _best(with_room or tried, walked(optimizer, landscape, 1e-300).loss).rate


def _longest_part(optimizer: str, landscape: str) -> float:
    full = OPTIMIZERS[optimizer].full_step or 1.0
    parts = (full * float(f"{digit}e-{decade}") for decade in range(3) for digit in (10, 5, 3, 2))
    parts = (part for part in parts if part <= full)
    # Where nothing is to be seen at all, it is the whole.
    return next((part for part in parts if walked(optimizer, landscape, part).is_seen(full=True)), full)


def _best(tried: Sequence[Walked], first: float) -> Walked:
    """The one that is taken of those that are seen, which are in rising order; ``first`` is the loss at the start."""
    if there := [(one.arrived, one) for one in tried if one.arrived is not None]:
        in_time = [one for step, one in there if step <= IN_TIME]
        return in_time[0] if in_time else min(there)[1]
    least = first - NEARLY_AS_FAR * (first - min(one.loss for one in tried))
    return next(one for one in tried if one.loss <= least)


def pairs() -> Iterator[tuple[str, str]]:
    """Yield each optimizer with each landscape that a rate is found for."""
    return (
        (optimizer, landscape)
        for optimizer, entry in OPTIMIZERS.items()
        if optimizer != BY_HAND
        for landscape, ground in LANDSCAPES.items()
        if able(entry, ground)
    )


def written(table: Mapping[str, Mapping[str, float]]) -> str:
    """Return the table as it is kept."""
    return json.dumps(table, indent=2) + "\n"


def main() -> int:
    """Find all, write the table, and say what has changed."""
    argparse.ArgumentParser(prog="python -m tools.learning_rates", description=__doc__).parse_args()
    before = json.loads(TABLE.read_text())
    table: dict[str, dict[str, float]] = {}
    for optimizer, landscape in pairs():
        rate = table.setdefault(optimizer, {})[landscape] = found(optimizer, landscape)
        was = before.get(optimizer, {}).get(landscape)
        if rate != was:
            print(f"{optimizer} on {landscape}: {was} → {rate:g}")
    TABLE.write_text(written(table))
    return 0


if __name__ == "__main__":
    sys.exit(main())
