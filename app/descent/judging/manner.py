"""How a walk went, as it is seen: whether it rolled past the bottom, zigzagged, leapt ever further or hardly moved.

Everything is told of iterates in widths of the picture, and nothing of what nobody sees there.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.landscapes.curvature import Point, in_plane
from app.descent.landscapes.landscape import Box
from app.descent.walks.descent import Column

# The columns x, y and loss of some iterates.
Part = tuple[Column, Column, Column]

# What is shorter than this part of the picture's width is not seen: about the size of the walker's dot.
DOT = 0.01
# A zigzag turns back so many times in a row.
_TURNS = 3
# A walk of fewer steps is too short to crawl.
_LONG = 100
# So many times at most that the loss stops rising are looked at: what comes later is rounding, or nothing is told.
MOST_PASSES = 256


class Manner(NamedTuple):
    """How a walk went; what is not known is as if it had not been.

    ``passes`` counts how often it went uphill on the other side of the place where it ended, further than a dot.
    ``zigzags``: early on it turned back, by more than a right angle, at three steps in a row, all longer than a dot.
    ``leaps``: so it did to its end, each leap longer than the one before. ``still`` is whether it ended within a dot of
    its start, ``crawls`` whether the last tenth of a long walk led no further; in that tenth the loss went the wrong
    way at times (``rises``) or never (``falls``). ``moving`` is whether its last step is longer than a dot.
    """

    passes: int = 0
    zigzags: bool = False
    leaps: bool = False
    still: bool = False
    crawls: bool = False
    rises: bool = False
    falls: bool = False
    moving: bool = False


class Path:
    """All iterates of one walk. Only those points are looked at that tell something: reading all of them takes long."""

    def __init__(self, parts: Sequence[Part], box: Box, downhill: float) -> None:
        """Take the columns x, y and loss, in parts, and the part of the plane that is shown."""
        self._parts = parts
        self._widths = (*box.widths, 1.0)[:2]
        losses = [np.asarray(loss, dtype=float) for *_, loss in parts]
        self._heights = downhill * (np.concatenate(losses) if len(losses) > 1 else losses[0])
        self._firsts = list(accumulate((len(loss) for loss in losses), initial=0))
        self._last = self._firsts.pop() - 1

    def _points(self, steps: Sequence[int]) -> Array:
        """Where the walker was at these steps, in their order, in widths of the picture.

        They are complex numbers: a plane's arithmetic in one.
        """
        x: list[float] = []
        y: list[float] = []
        part = 0
        for step in steps:
            while part + 1 < len(self._firsts) and step >= self._firsts[part + 1]:
                part += 1
            x.append(self._parts[part][0][step - self._firsts[part]])
            y.append(self._parts[part][1][step - self._firsts[part]])
        return self._scaled(np.array(x), np.array(y))

    def _scaled(self, x: Array, y: Array) -> Array:
        # Not as a sum with the imaginary unit, which makes NaN of an infinite part.
        scaled = np.empty(x.shape, dtype=complex)
        scaled.real, scaled.imag = x / self._widths[0], y / self._widths[1]
        return scaled

    def settling(self, place: Point) -> Manner:
        """How it came to this place."""
        before, end = self._points([max(0, self._last - 1), self._last])
        x, y = map(np.array, in_plane(place))
        moving = bool(abs(end - before) > DOT)
        return Manner(passes=self._passes(complex(self._scaled(x, y))), zigzags=self._zigzags(), moving=moving)

    def under_way(self) -> Manner:
        """How it is on its way when it ends on a slope."""
        tenth = min(self._last, max(_TURNS, self._last // 10))
        start, tenth_before, end = self._points([0, self._last - tenth, self._last])
        lately = self._heights[-tenth - 1 :]
        rises = bool((lately[1:] > lately[:-1]).any())
        return Manner(
            zigzags=self._zigzags(),
            still=bool(abs(end - start) <= DOT),
            crawls=self._last >= _LONG and bool(abs(end - tenth_before) <= DOT),
            rises=rises,
            falls=not rises,
        )

    def leaving(self) -> Manner:
        """How it went out of every finite place."""
        with np.errstate(all="ignore"):
            points = self._points(range(max(0, self._last - _TURNS - 2), self._last + 1))
            points = points[np.isfinite(points)][-_TURNS - 2 :]
            if len(points) < _TURNS + 2:
                return Manner()
            lengths = np.abs(points[1:] - points[:-1])
            return Manner(leaps=bool(_turns(points).all() and (lengths[1:] > lengths[:-1]).all()))

    def _passes(self, place: complex) -> int:
        """How often it came from one side of the place to the other and went uphill there, further than a dot.

        Its sides are told at the start and wherever the loss stops rising: from one of them to the next the walker has
        gone round the place by more than a right angle, as seen from there.
        """
        rises = self._heights[1:] > self._heights[:-1]
        tops = np.flatnonzero(rises[:-1] & ~rises[1:]) + 1
        if not len(tops) and not (len(rises) and rises[-1]):
            return 0
        if rises[-1]:
            tops = np.append(tops, self._last)
        sides = self._points([0, *tops[:MOST_PASSES].tolist()]) - place
        before, sides = sides[:-1], sides[1:]
        passed = ((sides * before.conj()).real < 0) & (np.abs(sides) > DOT)
        is_over = len(tops) <= MOST_PASSES or not passed[MOST_PASSES // 2 :].any()
        return int(np.count_nonzero(passed)) if is_over else 0

    def _zigzags(self) -> bool:
        """Whether it turned back for the third time in a row, at steps that are all longer than a dot, early on."""
        x, y = (np.concatenate([part[axis] for part in self._parts[:2]]) for axis in (0, 1))
        points = self._scaled(x, y)
        turns = _turns(points, DOT)
        return len(turns) >= _TURNS and bool((turns[2:] & turns[1:-1] & turns[:-2]).any())


def _turns(points: Array, least: float = 0.0) -> Any:
    """Where two steps that are both longer than ``least`` make an angle of more than a right one."""
    steps = points[1:] - points[:-1]
    # Of one times the other's conjugate, the real part is the scalar product.
    long = np.abs(steps) > least
    return ((steps[1:] * steps[:-1].conj()).real < 0) & long[1:] & long[:-1]
