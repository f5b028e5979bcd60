"""Which known place a walk ended at, or is near, for cells by the thousand."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.descent.formulas.arithmetic import Array
from app.descent.judging.places import AT_KNOWN, ON_ITS_WAY, plateaus
from app.descent.landscapes.landscape import FixedLandscape, Goal


class Squares(NamedTuple):
    """The places by the squares of a grid that they lie in, for who looks for those within a radius.

    ``table[column, row]`` has the places of a square, or -1; ``low`` is the grid's lower corner, in domain widths.
    Squares are as wide as what is near a point, which lies in four of them; along the border they hold nothing.
    """

    radius: float
    low: Array
    table: NDArray[np.int16]

    @classmethod
    def of(cls, places: Array, radius: float) -> "Squares":
        """The grid that holds all places, shape (known, 2)."""
        if not len(places):
            return cls(radius, np.zeros(2), np.full((2, 2, 1), -1, dtype=np.int16))
        low = places.min(axis=0) - 4 * radius
        square = np.floor((places - low) / (2 * radius)).astype(int)
        _, which, counts = np.unique(square, axis=0, return_inverse=True, return_counts=True)
        table = np.full((*(square.max(axis=0) + 3), counts.max()), -1, dtype=np.int16)
        filled = np.zeros(len(counts), dtype=int)
        for place, ((column, row), group) in enumerate(zip(square, which.ravel(), strict=True)):
            table[column, row, filled[group]] = place
            filled[group] += 1
        return cls(radius, low, table)

    def around(self, x: Array, y: Array) -> Iterator[NDArray[np.int16]]:
        """All places that may be near each of the points, shape (n,), one after the other; -1 where there are fewer."""
        columns, rows, slots = self.table.shape
        square = ((part - self.radius - low) / (2 * self.radius) for part, low in zip((x, y), self.low, strict=True))
        # What is no number is as far away as anything.
        column, row = (
            np.clip(np.nan_to_num(part, nan=0.0), 0, most - 2).astype(np.intp)
            for part, most in zip(square, (columns, rows), strict=True)
        )
        corner, flat = column * rows + row, self.table.reshape(-1, slots)
        for step in (0, 1, rows, rows + 1):
            for slot in range(slots):
                yield flat[:, slot].take(corner + step)


class Ends(NamedTuple):
    """Where walks may end: what takes long to find out, and is sent along with the cells.

    ``x`` and ``y`` are the known stationary points in domain widths, and ``index`` is the place of each among the
    minima, best first (among the maxima for an ascent), -1 where it is none; all have shape (known + 1,), and the last
    stands for no point. ``lowest`` is the lowest loss that is known; ``close`` and ``wide`` find points by where
    they lie.
    """

    x: Array
    y: Array
    index: Any
    lowest: float
    close: Squares
    wide: Squares

    def told(self, landscape: FixedLandscape, x: Array, y: Array) -> tuple[Any, Any]:
        """Which of the places are plateaus, and the index of each, -1 where it has none."""
        flat = plateaus(landscape, self.lowest, x, y)
        return flat, np.where(flat, -1, self.index.take(self._nearest(self.close, *_in_widths(landscape, x, y))))

    def near(self, landscape: FixedLandscape, x: Array, y: Array) -> Any:
        """The index of the minimum that each point, shape (n,), is near, -1 where it is near none.

        Near is what is no further than ``ON_ITS_WAY`` from the nearest of all known stationary points, where that is a
        minimum: whoever ends beside a saddle is near no minimum, however close by one lies.
        """
        x, y = _in_widths(landscape, x, y)
        found = self._nearest(self.close, x, y)
        # Most are close, and few places are as close to a point.
        rest = np.flatnonzero(found < 0)
        found[rest] = self._nearest(self.wide, x[rest], y[rest])
        return self.index.take(found)

    def _nearest(self, squares: Squares, x: Array, y: Array) -> NDArray[np.int16]:
        """Which known point is the nearest to each place, -1 where none is within the radius."""
        found, least = np.full(len(x), -1, dtype=np.int16), np.full(len(x), squares.radius**2)
        for place in squares.around(x, y):
            with np.errstate(all="ignore"):
                square = (x - self.x.take(place)) ** 2 + (y - self.y.take(place)) ** 2
            nearer = square <= least
            np.copyto(found, place, where=nearer)
            np.copyto(least, square, where=nearer)
        return found


def ends_of(landscape: FixedLandscape, goal: Goal) -> Ends:
    """Where walks over this landscape may end."""
    known = landscape.stationary_points
    wanted = (
        landscape.known("global_minimum", "local_minimum") if goal == "minimize" else landscape.known("maximum")[::-1]
    )
    index = np.array([wanted.index(point) if point in wanted else -1 for point in known] + [-1], dtype=np.int16)
    x, y = _in_widths(landscape, *np.array([(*point.point, 0.0)[:2] for point in known]).reshape(-1, 2).T)
    points = np.stack([x, y], axis=1)
    squares = (Squares.of(points, radius) for radius in (AT_KNOWN, ON_ITS_WAY))
    return Ends(np.append(x, np.inf), np.append(y, np.inf), index, landscape.lowest, *squares)


def _in_widths(landscape: FixedLandscape, x: Array, y: Array) -> tuple[Array, Array]:
    """Points in domain widths; on a curve y is 0, whatever it was."""
    wide, *high = landscape.scale.widths
    return x / wide, y / high[0] if high else np.zeros_like(x)
