"""How walks compare: the evaluations that each needs to come so near to the best place known, one or many starts."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.landscapes.landscape import FixedLandscape, Goal
from app.descent.walks.descent import Chunk, Descent, Ending, Settings
from app.descent.walks.weights import WeightsChunk

# Parts of the way from the start's loss to the best loss known that a comparison asks for: what is left of it.
PARTS = (0.01, 0.0001)
# The same, close enough together to be drawn as a curve; it holds the others.
LEVELS = tuple(10.0 ** (-step / 5) for step in range(41))
# What training is measured against: nobody knows the least error of a network, but none is below this.
LEAST_ERROR = 0.0


class Quartiles(NamedTuple):
    """What a quarter, half and three quarters of all walkers do not exceed; infinite where that never came."""

    lower: float
    median: float
    upper: float


def best_known(landscape: FixedLandscape, goal: Goal) -> float | None:
    """The loss of the best place for this goal, None where the landscape has none that is known.

    Of a network it is no error at all, for a minimum of one plane is none of all weights.
    """
    if landscape.entry.network is not None:
        return LEAST_ERROR
    if goal == "minimize":
        minima = landscape.known("global_minimum")
        return minima[0].value if minima else None
    maxima = landscape.known("maximum")
    highest = float(np.fmax.reduce(landscape.surface(landscape.entry.domain, 65)[2], axis=None, initial=-math.inf))
    return maxima[-1].value if maxima and maxima[-1].value >= highest else None


class Progress:
    """Follows the walkers of one descent and notes how many evaluations each had spent when so much was left.

    ``parts`` are falling numbers of at most 1: of the way from the walker's first loss to the best one known, which for
    settings without a landscape of their own is the least that an error can be.
    ``reached``, shape (walkers, parts), is when so little was left for the first time; ``stayed``, of the same shape,
    when that began which lasted to the walk's end, for a walk may pass by a good place. Both are infinite where that
    never came; what a walk stayed in is known when it has ended.
    """

    def __init__(self, settings: Settings, walkers: int, parts: Sequence[float] = PARTS) -> None:
        self.parts = np.array(parts)
        self.downhill = settings.downhill
        best: float | None = LEAST_ERROR
        if isinstance(settings, Descent):
            best = best_known(settings.landscape, settings.goal)
        self.best = None if best is None else self.downhill * best
        self.reached = np.full((walkers, len(parts)), np.inf)
        self.stayed = np.full((walkers, len(parts)), np.inf)
        self._targets = np.zeros((walkers, len(parts)))
        self._within = [0] * walkers

    def follow(self, event: Chunk | WeightsChunk | Ending) -> None:
        """Take the next part of some walker's walk."""
        if self.best is None or isinstance(event, Ending):
            return
        walker = event.walker
        # Upside down, as the parts fall: how deep a walker is, and how deep it is to be for each part.
        depths = -self.downhill * np.asarray(event.loss)
        # What is not finite is near to nothing.
        depths = np.where(np.isfinite(depths), depths, -np.inf)
        if event.first == 0:
            way = max(-self.best - depths[0], 0.0)
            # From a loss that is infinite every other is infinitely far away, itself included.
            self._targets[walker] = -self.best - self.parts * way if math.isfinite(way) else np.inf
        # Mostly a chunk has nothing new: all of it is within the same parts as the one before.
        within = np.searchsorted(self._targets[walker], (depths.min(), depths.max()), side="right").tolist()
        if within != [self._within[walker]] * 2:
            self._note(walker, depths, np.asarray(event.evaluations, dtype=float))
            self._within[walker] = int(np.isfinite(self.stayed[walker]).sum())

    def _note(self, walker: int, depths: Array, spent: Array) -> None:
        targets, reached, stayed = self._targets[walker], self.reached[walker], self.stayed[walker]
        # How many iterates go by until one is so deep, and how many at the end are all so deep.
        before = np.searchsorted(np.maximum.accumulate(depths), targets)
        after = np.searchsorted(-np.minimum.accumulate(depths[::-1]), -targets, side="right")
        came = (before < len(depths)) & np.isinf(reached)
        reached[came] = spent[before[came]]
        lasts = np.isfinite(stayed) & (after == len(depths))
        began = np.append(spent[::-1], np.inf)[after - 1]
        stayed[:] = np.where(lasts, stayed, began)


def share(spent: Array) -> float:
    """The share of finite values: of the walkers that came so near at all; shape of spent (walkers,)."""
    return float(np.isfinite(spent).mean())


def quartiles(values: Array) -> Quartiles:
    """The lower quartile, the median and the upper quartile, each one of the values, shape (walkers,)."""
    ranked = np.sort(np.where(np.isnan(values), np.inf, values))
    # Values that never come are infinite: none may be a mean of two.
    return Quartiles(*(float(ranked[-(-len(ranked) * quarter // 4) - 1]) for quarter in (1, 2, 3)))
