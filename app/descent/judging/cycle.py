"""Cycles: whether the last iterates of a walk repeat, and so will for ever.

A step is decided by where the walker is and by what its optimizer remembers. Where both come back, everything after
repeats, as long as nothing is drawn at random and the learning rate stays. What an optimizer remembers shows in the
steps that it takes, and so two rounds that are equal to the last one are enough, with three exceptions. What is too
small to be seen may grow. A rule that divides by what it remembers (``Optimizer.adapts``) shows nothing of it in a
coordinate that rests, and a rule that takes a sign or a maximum (``Optimizer.remembers``) in none.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.landscapes.curvature import Point
from app.descent.optimizers.rules import Updates
from app.descent.optimizers.table import Optimizer
from app.descent.walks.descent import Chunk, Column, Descent, Ending

# The longest period that is looked for, how many rounds are compared, and so how many iterates have to be known.
LONGEST = 64
_ROUNDS = 3
LAST = _ROUNDS * LONGEST

# Rounding: so small a part of the cycle's width, and of the coordinates, which have their own last digits.
_ALIKE = 1e-12
_LAST_DIGITS = 4 * float(np.finfo(float).eps)
# What is narrower than this, in domain widths or in parts of the coordinates, is one place.
_NARROW = 1e-8
# Points that are closer than this part of the cycle's width may still become one: the walk has not come to its cycle.
_MERGING = 1e-6


class Cycles:
    """Follows the walkers of one descent and tells of those that ended whether they go round for ever.

    Of each walker the last iterates are kept, which it needs for that.
    """

    def __init__(self, descent: Descent, optimizer: Optimizer) -> None:
        self._descent, self._optimizer = descent, optimizer
        self._is_random = descent.is_random
        self._parts: dict[int, list[tuple[Column, Column]]] = {}
        self._widths = (*descent.landscape.scale.widths, 1.0)[:2]

    def follow(self, chunk: Chunk) -> None:
        """Take the next part of some walker's walk."""
        if self._is_random:
            return
        walker, _, x, y, *_ = chunk
        parts = self._parts.get(walker)
        if parts is None:
            parts = self._parts[walker] = []
        parts.append((x, y))
        # All chunks but the first two and the last are equally long: with one more than needed, a short last one is
        # made good.
        if len(parts) > (needed := LAST // len(x) + 3):
            del parts[:-needed]

    def of(self, ending: Ending) -> list[Point] | None:
        """The points that a walk goes round for ever, in its order, its last one last; None where there are none.

        A point at rest is no cycle, nor is what a walk does by chance, with a learning rate that changes, or on its way
        to a minimum or to a cycle. Its iterates are forgotten now.
        """
        parts = self._parts.pop(ending.walker, [])
        if not parts or ending.outcome in ("converged", "diverged") or not self._comes_back(parts):
            return None
        points = _joined(parts, LAST)
        period = period_of(points / self._widths)
        if period is None:
            return None
        rounds = points[-_ROUNDS * period :]
        rates = self._descent.rates.between(ending.steps - len(rounds) + 1, ending.steps)
        cycle = rounds[-period:]
        stays = (rates == rates[0]).all() and self._is_seen(rounds, period) and self._goes_on(cycle, float(rates[0]))
        if not stays:
            return None
        return [tuple(point[: self._descent.landscape.entry.dimensions]) for point in cycle.tolist()]

    def _comes_back(self, parts: Sequence[tuple[Column, Column]]) -> bool:
        """Whether the walk was at its last point before, which nearly all were not: a quick look."""
        points = _joined(parts, LONGEST + 1) / self._widths
        away = np.abs(points[:-1] - points[-1]).max(axis=1)
        furthest = float(away.max(initial=0.0))
        # The width is at most twice as much, and no coordinate is further from 0 than the last one and this.
        return bool(
            away.min(initial=np.inf)
            <= 2 * _ALIKE * furthest + _LAST_DIGITS * (furthest + float(np.abs(points[-1]).max()))
        )

    @cached_property
    def _updates(self) -> Updates | None:
        return self._descent.updates()

    def _slopes(self, cycle: Array) -> Array:
        """The gradient at each point, shape (period, 2)."""
        with np.errstate(all="ignore"):
            _, *gradient = self._descent.evaluate(self._descent.landscape.arrays)(*cycle.T)
        return np.stack([np.broadcast_to(part, len(cycle)) for part in gradient], axis=1)

    def _is_seen(self, rounds: Array, period: int) -> bool:
        """Whether each coordinate repeats by its own measure, or rests where it has no slope.

        Elsewhere a small rest is divided by less and less, until it is none.
        """
        if not self._optimizer.adapts:
            return True
        cycle = rounds[-period:]
        each = zip(rounds.T, self._widths, self._slopes(cycle).T, strict=True)
        return all(
            not (slope.any() or np.ptp(along)) or period_of(along[:, None] / width) is not None
            for along, width, slope in each
        )

    def _goes_on(self, cycle: Array, rate: float) -> bool:
        """Whether each point leads to the next one also with what is remembered when the cycle has long gone on.

        Averages go from what they are to what they will be without turning back: a sign that is the same now, when the
        walk took these steps, and then, stays the same.
        """
        if self._optimizer.remembers is None or self._updates is None:
            return True
        slopes = self._slopes(cycle).T
        state = self._optimizer.remembers(slopes, **self._descent.values)
        if state is None:
            return False
        after = np.stack(self._updates.arrays(slopes[0], slopes[1], state, rate, *cycle.T)[:2], axis=1)
        return _is_same(after / self._widths, np.roll(cycle, -1, axis=0) / self._widths)


def _joined(parts: Sequence[tuple[Column, Column]], most: int) -> Array:
    """The last iterates, shape (at most ``most``, 2)."""
    taken, count = 0, 0
    while count < most and taken < len(parts):
        taken += 1
        count += len(parts[-taken][0])
    if taken == 1:
        return np.array([axis[-most:] for axis in parts[-1]]).T
    columns = zip(*parts[-taken:], strict=True)
    return np.stack([np.concatenate(axis)[-most:] for axis in columns], axis=1)


def period_of(points: Array) -> int | None:
    """The smallest period, 2 to ``LONGEST``, with which points of shape (n, dimensions) repeat at their end, or None.

    The unit of both coordinates is the domain's width. The last three rounds are compared.
    """
    most = min(LONGEST, len(points) // _ROUNDS)
    if most < 2:
        return None
    recent = points[-_ROUNDS * most :]
    away = np.abs(recent[-most - 1 : -1] - recent[-1]).max(axis=1)[::-1]
    for lag in np.flatnonzero(away <= _rounding(recent)).tolist():
        period = lag + 1
        rounds = recent[-_ROUNDS * period :]
        cycle = rounds[-period:]
        if _is_same(rounds[:-period].reshape(_ROUNDS - 1, period, -1), cycle):
            width, size = _extent(cycle)
            wide = width > _NARROW * max(1.0, size)
            return period if wide and _is_apart(cycle, _MERGING * width) and not _grows(points, period) else None
    return None


def _extent(points: Array) -> tuple[float, float]:
    """The larger of the points' widths, and their largest coordinate."""
    return float(np.ptp(points, axis=0).max()), float(np.abs(points).max())


def _rounding(cycle: Array) -> float:
    """How far a point may be off that is the same as one of the cycle."""
    width, size = _extent(cycle)
    return _ALIKE * width + _LAST_DIGITS * size


def _is_same(points: Array, cycle: Array) -> bool:
    """Whether points equal those of the cycle up to rounding; further axes of them come first."""
    return bool(np.abs(points - cycle).max() <= _rounding(cycle))


def _grows(points: Array, period: int) -> bool:
    """Whether a coordinate changes more and more from round to round, below what is rounding for the other one."""
    rounds = points[-(len(points) // period) * period :].reshape(-1, period, points.shape[1])
    off = np.flatnonzero(np.abs(rounds - rounds[-1]).max(axis=(1, 2)) > _rounding(rounds[-1]))
    changes = np.abs(np.diff(rounds[off[-1] + 1 if len(off) else 0 :], axis=0)).max(axis=1)
    before, lately = (part.max(axis=0) for part in np.array_split(changes, [len(changes) // 2]))
    return bool((lately > np.maximum(2 * before, _LAST_DIGITS * np.abs(rounds[-1]).max(axis=0))).any())


def _is_apart(cycle: Array, distance: float) -> bool:
    """Whether no shorter period is one but for so short a distance, and so may become one."""
    divisors = (shorter for shorter in range(1, len(cycle) // 2 + 1) if len(cycle) % shorter == 0)
    return all(np.abs(cycle - np.roll(cycle, shorter, axis=0)).max() > distance for shorter in divisors)
