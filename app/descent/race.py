"""How walks compare: the evaluations that each needs to come so near to the best place known, one or many starts."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from app.descent.formula import Array
from app.descent.landscape import Goal, Terrain
from app.descent.walk import Chunk, Descent, Ending

# Parts of the way from the start's loss to the best loss known that a comparison asks for: what is left of it.
PARTS = (0.01, 0.0001)
# The same, close enough together to be drawn as a curve; it holds the others.
LEVELS = tuple(10.0 ** (-step / 5) for step in range(41))


class Quartiles(NamedTuple):
    """By how many evaluations a quarter, half and three quarters of the walkers were there; infinite where never."""

    lower: float
    median: float
    upper: float


def best_known(terrain: Terrain, goal: Goal) -> float | None:
    """Return the loss of the best place for this goal, None where the landscape has none that is known."""
    if goal == "minimize":
        minima = terrain.known("global_minimum")
        return minima[0].value if minima else None
    maxima = terrain.known("maximum")
    highest = float(np.fmax.reduce(terrain.surface(terrain.landscape.domain, 65)[2], axis=None, initial=-math.inf))
    return maxima[-1].value if maxima and maxima[-1].value >= highest else None


class Progress:
    """Follows the walkers of one descent and notes how many evaluations each had spent when so much was left.

    ``parts`` are falling numbers of at most 1: of the way from the walker's first loss to the best one known.
    ``evaluations``, shape (walkers, parts), are infinite where so little was never left; ``kept`` tells, in the same
    shape, whether no more was left at the end: a walk may pass by a good place.
    """

    def __init__(self, descent: Descent, walkers: int, parts: Sequence[float] = PARTS) -> None:
        self.parts = np.array(parts)
        self.downhill = descent.downhill
        best = best_known(descent.terrain, descent.goal)
        self.best = None if best is None else self.downhill * best
        self.evaluations = np.full((walkers, len(parts)), np.inf)
        self.kept = np.zeros((walkers, len(parts)), dtype=bool)
        self._targets = np.zeros((walkers, len(parts)))
        self._next = [0] * walkers

    def follow(self, event: Chunk | Ending) -> None:
        """Take the next part of some walker's walk."""
        walker = event.walker
        if self.best is None:
            return
        if isinstance(event, Ending):
            self.kept[walker] = self.downhill * event.loss <= self._targets[walker]
            return
        if self._next[walker] == len(self.parts):
            return
        heights = self.downhill * np.asarray(event.loss)
        if event.first == 0:
            way = max(heights[0] - self.best, 0.0)
            # From a loss that is infinite every other is infinitely far away, itself included.
            self._targets[walker] = self.best + self.parts * way if math.isfinite(way) else math.nan
        while self._next[walker] < len(self.parts):
            there = heights <= self._targets[walker, self._next[walker]]
            if not there.any():
                return
            self.evaluations[walker, self._next[walker]] = event.evaluations[int(there.argmax())]
            self._next[walker] += 1

    def share(self, part: int) -> float:
        """Return the share of the walkers of which so much, by the part's number, was left at some time."""
        return float(np.isfinite(self.evaluations[:, part]).mean())

    def quartiles(self, part: int) -> Quartiles:
        """Return by how many evaluations so much was left, for a quarter, half and three quarters of all walkers."""
        return quartiles(self.evaluations[:, part])


def quartiles(values: Array) -> Quartiles:
    """Return the lower quartile, the median and the upper quartile, each one of the values; shape of values (n,)."""
    ranked = np.sort(np.where(np.isnan(values), np.inf, values))
    # Values that never come are infinite: none may be a mean of two.
    return Quartiles(*(float(ranked[-(-len(ranked) * quarter // 4) - 1]) for quarter in (1, 2, 3)))
