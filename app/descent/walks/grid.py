"""Where the cells of a map lie: evenly along each axis, plain or logarithmic, in passes nested from coarse to fine."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.descent.formulas.arithmetic import Array

# A map's first pass has at most so many cells along each axis.
COARSE = 32
# Neighbouring cells are at least so many of float64's own steps apart.
_STEPS_APART = 4


class Axis(NamedTuple):
    """One axis of a window, from ``low`` to ``high``; ``log`` spaces the cells evenly in the logarithm."""

    low: float
    high: float
    log: bool = False

    def centres(self, count: int) -> Array:
        """The middles of ``count`` cells that divide the axis, ascending, shape (count,)."""
        part = (np.arange(count) + 0.5) / count
        if self.log:
            return self.low * (self.high / self.low) ** part
        return self.low + (self.high - self.low) * part

    def resolves(self, count: int) -> bool:
        """Whether float64 can tell the neighbours among two cells or more apart, with room to spare."""
        places = self.centres(count)
        larger = np.maximum(np.abs(places[1:]), np.abs(places[:-1]))
        return bool((np.diff(places) >= _STEPS_APART * np.spacing(larger)).all())


def strides(resolution: int) -> Sequence[int]:
    """The strides of the passes in cells of the finest one, coarse to fine: powers of two, the last one 1.

    Cell (i, j) of a pass with stride s is cell (s·i, s·j) of the finest: each pass holds all cells of the one before.
    """
    stride = 1
    while -(-resolution // stride) > COARSE:
        stride *= 2
    return [stride >> halving for halving in range(stride.bit_length())]


def passes(rows: int, columns: int) -> list[tuple[int, NDArray[np.intp]]]:
    """Each pass's stride and the places, in the finest grid laid out row by row, that are new in it."""
    known = np.zeros((rows, columns), dtype=bool)
    found = []
    for stride in strides(max(rows, columns)):
        new = np.zeros_like(known)
        new[::stride, ::stride] = True
        new &= ~known
        known |= new
        found.append((stride, np.flatnonzero(new)))
    return found
