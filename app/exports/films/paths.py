"""Where all walkers are on a map, in pixels, at whatever step."""

from collections.abc import Sequence

import numpy as np

from app.descent.formulas.arithmetic import Array


class Paths:
    """The places of all walkers, shape (walkers, steps + 1, 2): who has come to an end stays where it was last."""

    def __init__(self, spots: Sequence[Array]) -> None:
        """Take the places of each, shape (steps + 1, 2), NaN where it is nowhere."""
        longest = max(map(len, spots))
        self.spots = np.stack([_held(one, longest) for one in spots])

    def heads(self, step: float) -> Array:
        """Where each is at a step that may lie between two, shape (walkers, 2)."""
        last = self.spots.shape[1] - 1
        k = min(int(step), last)
        here, there = self.spots[:, k], self.spots[:, min(k + 1, last)]
        with np.errstate(all="ignore"):
            between = here + (step - k) * (there - here)
        return np.asarray(np.where(np.isfinite(between), between, here))


def _held(spots: Array, longest: int) -> Array:
    """As many places, the last one with a number for all that come after it."""
    known = np.flatnonzero(np.isfinite(spots).all(axis=1))
    if not known.size:
        return np.full((longest, 2), np.nan)
    steps = np.zeros(longest, dtype=int)
    steps[known] = known
    return np.asarray(spots[np.maximum.accumulate(steps)])
