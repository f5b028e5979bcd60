"""Which known place a walk ended at, for cells by the thousand."""

from typing import Any, NamedTuple

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.judging.places import AT_KNOWN, plateaus
from app.descent.landscapes.landscape import FixedLandscape, Goal

# Ends that are no further apart than this, in domain widths, are one.
_SAME = 1e-4


class Ends(NamedTuple):
    """Where walks may end: what takes long to find out, and is sent along with the cells.

    ``places`` are the known stationary points in domain widths, shape (known, dimensions); ``index`` is the place of
    each among the minima, best first (among the maxima for an ascent), -1 where it is none; ``lowest`` is the lowest
    loss that is known.
    """

    places: Array
    index: Any
    lowest: float

    def told(self, landscape: FixedLandscape, x: Array, y: Array) -> tuple[Any, Any]:
        """Which of the places are plateaus, and the index of each, -1 where it has none."""
        flat = plateaus(landscape, self.lowest, x, y)
        basin = np.full(len(x), -1)
        basin[~flat] = self._nearest(landscape, x[~flat], y[~flat])
        return flat, basin

    def _nearest(self, landscape: FixedLandscape, x: Array, y: Array) -> Any:
        if not len(self.places) or not len(x):
            return np.full(len(x), -1)
        points = np.stack([x, y], axis=1)[:, : self.places.shape[1]] / landscape.scale.widths
        # Cells by the thousand end at the same few places: what is found for one of them holds for all.
        rounded = np.round(points / _SAME)
        _, one, which = np.unique(rounded[:, 0] + 1j * rounded[:, -1], return_index=True, return_inverse=True)
        squares = ((points[one, None] - self.places) ** 2).sum(axis=2)
        nearest = squares.argmin(axis=1)
        index = np.where(squares[np.arange(len(one)), nearest] <= AT_KNOWN**2, self.index[nearest], -1)
        return index[which]


def ends_of(landscape: FixedLandscape, goal: Goal) -> Ends:
    """Where walks over this landscape may end."""
    known = landscape.stationary_points
    wanted = (
        landscape.known("global_minimum", "local_minimum") if goal == "minimize" else landscape.known("maximum")[::-1]
    )
    index = np.array([wanted.index(point) if point in wanted else -1 for point in known], dtype=np.int16)
    places = np.array([point.point for point in known]).reshape(len(known), landscape.entry.dimensions)
    return Ends(places / landscape.scale.widths, index, landscape.lowest)
