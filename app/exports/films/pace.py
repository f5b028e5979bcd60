"""When which step is shown: the first few as steps, then by what is seen, by pixels of the map.

The rule of the page's own film (``static/js/state/film.js``), whose numbers these are; a film has the time that it was
given, so only the parts that steps have of it are the page's.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.descent.formulas.arithmetic import Array

# So many steps are shown as steps, each for so many seconds where it is seen at all: where it moves so many pixels.
_FIRST, _HOLD, _SEEN = 5, 0.42, 5.0
# Pixels a second of what moves most. A short way is shown more slowly, but never slower than so many pixels a second,
# and all that follows the first steps takes so many seconds at the most.
_PACE, _SHORT, _SLOWEST, _LONGEST = 200.0, 1.5, 60.0, 5.0
# So many seconds, or so large a part of what came before, the rest that nobody would see takes.
_REST, _REST_PART = 0.25, 0.04
# What moves by fewer pixels does not seem to move; what stays within so many of its end stays within its dot.
_NEAR, _DOT = 1.0, 3.0
# A cycle is gone round so often; points of a cycle repeat within so many pixels.
_ROUNDS, _SAME = 4, 1.5
# Half widths of the picture from its middle: who goes farther is followed by the view. So much room is left around the
# farthest, and of how far it was each step keeps this part.
_FAR, _ROOM, _KEPT = 3.0, 1.25, 0.75
# As many pixels as a view ten times as wide is worth.
_DECADE = 170.0
_MOST = 1e300
# Nobody follows more walkers than so many, by which a crowd is paced.
_PACED = 32


@dataclass(frozen=True)
class Seen:
    """One walk as the map shows it: pixels from its upper left corner, shape (steps + 1, 2), and its cycle's period."""

    spots: Array
    period: int


class Pace:
    """The steps by the time, and how many times as wide as the map the view is, where most of the walkers leave it."""

    def __init__(self, walks: Sequence[Seen], width: float, height: float, unit: float) -> None:
        """Look at the walks, of which there is at least one; ``unit`` is how many pixels one of the page's is here."""
        size = np.array([width, height]) / unit
        shown = [Seen(one.spots / unit, one.period) for one in walks]
        self.last = max(len(one.spots) for one in shown) - 1
        extents = [_extents(one.spots, size) for one in shown]
        self.finite = max(
            (int(np.flatnonzero(extent >= 0)[-1]) for extent in extents if (extent >= 0).any()), default=0
        )
        self.leaves = 2 * sum(float(extent.max()) > _FAR for extent in extents) > len(extents)
        self._scales = self._found_scales(extents)
        near = _DOT * float(self._scales[-1])
        self.end = self._found_end(shown, near)
        moves = np.zeros(self.last)
        for one in shown[:_PACED]:
            _add_moves(moves, one.spots, size)
        if self.leaves:
            moves = np.maximum(moves, _DECADE * np.abs(np.diff(np.log10(self._scales))))
        self.times = schedule(moves, self.end)

    def steps(self, count: int) -> Array:
        """The steps shown in so many frames, two at the least, from the first to the last; they may lie between two."""
        times, first = self.times, _FIRST
        at = np.linspace(0.0, times[-1], count)
        k = np.clip(np.searchsorted(times, at, side="right") - 1, 0, max(0, self.last - 1))
        if self.last == 0 or times[-1] == 0:
            return np.full(count, float(self.last))
        lasts = times[k + 1] - times[k]
        part = np.clip((at - times[k]) / np.where(lasts > 0, lasts, 1.0), 0.0, 1.0)
        # A step shown as a step begins and ends slowly.
        part = np.where(k < first, part * part * (3 - 2 * part), part)
        steps = np.asarray(k + part)
        steps[-1] = self.last
        return steps

    def scale(self, step: float) -> float:
        """How many times as wide as the map the view is at a step, which may lie between two."""
        return float(np.interp(min(step, self.finite), np.arange(self.last + 1), self._scales))

    def _found_scales(self, extents: Sequence[Array]) -> Array:
        scales = np.ones(self.last + 1)
        if not self.leaves:
            return scales
        farthest = np.full(self.last + 1, -1.0)
        for extent in extents:
            farthest[: len(extent)] = np.maximum(farthest[: len(extent)], extent)
        far = 0.0
        for k, extent in enumerate(farthest.tolist()):
            far = max(extent, _KEPT * far) if k <= self.finite else far
            scales[k] = max(1.0, 1 + _ROOM * (far - 1))
        return scales

    def _found_end(self, walks: Sequence[Seen], near: float) -> int:
        """The step after which nothing more is to be seen."""
        end = 0
        for one in walks:
            still = _since(one.spots, 1, near)
            if one.period and still > end:
                still = min(still, _since(one.spots, one.period, _SAME) + _ROUNDS * one.period)
            end = max(end, still)
        return end if self.last - end >= _ROUNDS - 1 else self.last


def schedule(moves: Array, end: int) -> Array:
    """Seconds from the beginning at which each step is reached, shape (steps + 1,), ascending from 0.

    ``moves`` are the pixels that each step moves what moves most; after ``end`` nothing more is to be seen.
    """
    left = float(moves[_FIRST:end].sum())
    pace = max(min(_PACE, max(_SLOWEST, left / _SHORT)), left / _LONGEST)
    lasts = np.minimum(_HOLD, moves / pace)
    lasts[:_FIRST] = _HOLD * np.minimum(1.0, moves[:_FIRST] / _SEEN)
    before = float(lasts[:end].sum())
    rest = min(_REST, _REST_PART * before) if before > 0 else _REST
    lasts[end:] = rest / max(1, len(moves) - end)
    return np.concatenate([[0.0], np.cumsum(lasts)])


def _extents(spots: Array, size: Array) -> Array:
    """How far from the middle each spot lies, in half widths of the picture; -1 where there is none."""
    with np.errstate(all="ignore"):
        extent = np.minimum(_MOST, np.abs(2 * spots / size - 1).max(axis=1))
    return np.asarray(np.where(np.isfinite(spots).all(axis=1), extent, -1.0))


def _add_moves(moves: Array, spots: Array, size: Array) -> None:
    """Raise each step's move to that of this walk, within the picture: steps too small to be seen share one."""
    places = np.clip(spots[np.isfinite(spots).all(axis=1)], 0.0, size).tolist()
    if not places:
        return
    (x, y), since = places[0], 0
    for k, (right, down) in enumerate(places):
        moved = math.hypot(right - x, down - y)
        if moved >= _NEAR:
            moves[since:k] = np.maximum(moves[since:k], moved / (k - since))
            x, y, since = right, down, k


def _since(spots: Array, period: int, near: float) -> int:
    """The step from which on all lie near the final one, or of a cycle near that of the final round."""
    final = len(spots) - 1
    steps = np.arange(len(spots))
    with np.errstate(all="ignore"):
        away = spots - spots[final - (final - steps) % period]
        far = np.flatnonzero(~(np.hypot(away[:, 0], away[:, 1]) <= near))
    return int(far[-1]) + 1 if far.size else 0
