"""When a walk ends, written once, on columns of shape (steps, walkers); of one row where steps come one by one.

The engine on floats (``alone``) stops at the first criterion by the same comparisons in the same order, and is held to
these by the tests.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple, get_args

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.walks.descent import Criterion, Descent, Settings

# A walk has stalled when this many steps in a row, at more than a hundredth of the full learning rate, left the loss
# the same to the last bit.
STALL_STEPS = 64
STALL_RATE = 0.01

CRITERIA: Sequence[Criterion] = get_args(Criterion)
GOING = -1
TOLERANCE, PATIENCE, UNCHANGED, STEPS, BUDGET, NOT_FINITE, TOO_FAR = range(len(CRITERIA))


class Memory(NamedTuple):
    """What the criteria remember of each walker from one chunk to the next; arrays of shape (walkers,).

    ``loss`` is the last one and ``unchanged`` for how many steps it has been the same; ``best`` is the best height so
    far and ``waited`` for how many steps it has been, both None where nobody loses patience.
    """

    loss: Array
    unchanged: Any
    best: Array | None
    waited: Any

    @classmethod
    def at_start(cls, settings: Settings, count: int) -> "Memory":
        """Nothing is remembered before the first step."""
        whole = np.zeros(count, dtype=np.int32)
        best, waited = (np.full(count, np.inf), whole - 1) if settings.patience else (None, None)
        return cls(np.full(count, np.nan), whole, best, waited)

    def of(self, which: Any) -> "Memory":
        """What is remembered of some of the walkers."""
        best, waited = (None, None) if self.best is None else (self.best[which], self.waited[which])
        return Memory(self.loss[which], self.unchanged[which], best, waited)


def left(descent: Descent, x: Array, y: Array, loss: Array) -> Any:
    """What has ended walkers that diverged, ``GOING`` where they did not; shape as that of the columns.

    A value is not finite, or the place is out of reach.
    """
    code = np.full(x.shape, GOING, dtype=np.int8)
    (low_x, low_y), (high_x, high_y) = descent.landscape.reach
    # Endings are rare: a look at the whole block tells when there is nothing to be looked for in it.
    inside = low_x <= x.min() and x.max() <= high_x and low_y <= y.min() and y.max() <= high_y
    if not (inside and math.isfinite(loss.sum())):
        gone = ~((low_x <= x) & (x <= high_x) & (low_y <= y) & (y <= high_y) & np.isfinite(loss))
        code[gone] = criterion_of_gone(x[gone], y[gone], loss[gone])
    return code


def criterion_of_gone(x: Any, y: Any, loss: Any) -> Any:
    """What has ended a walker that is gone: a value that is not finite, or a place too far away."""
    return np.where(np.isfinite(x) & np.isfinite(y) & np.isfinite(loss), TOO_FAR, NOT_FINITE)


def within(x: Array, y: Array, most: Any) -> Any:
    """Whether vectors are at most so long, by the last digit of ``math.hypot``, as for a walk alone; any one shape."""
    length, most = np.hypot(x, y), np.broadcast_to(most, x.shape)
    # The last digit of the two differs at times, which matters here only.
    for place in zip(*np.nonzero(np.abs(length - most) <= 1e-15 * most), strict=True):
        length[place] = math.hypot(x[place], y[place])
    return length <= most


def at_rest(tolerance: float, slope: tuple[Array, Array], step: tuple[Array, Array]) -> Any:
    """Whether gradient and last step are both within the tolerance; 0 means never."""
    small: Any = (np.abs(slope[0]) <= (tolerance or -1.0)) & (np.abs(slope[1]) <= (tolerance or -1.0))
    if not small.any():
        return small
    near = np.nonzero(small)
    small[near] = within(slope[0][near], slope[1][near], tolerance) & within(step[0][near], step[1][near], tolerance)
    return small


def sizeable(settings: Settings, rates: Any, full: Any = None) -> Any:
    """Whether learning rates are more than a small part of the full ones; never where walks are not to end early."""
    whole = settings.rates.learning_rate if full is None else full
    return (rates > whole * STALL_RATE) & (settings.tolerance > 0)


def unchanged_runs(same: Any, counts: Any, before: Any) -> Any:
    """The length of the run of unchanged losses at each step, shape (steps, walkers).

    ``same`` tells where the loss is that of the step before, ``counts`` which steps count, and ``before``, of shape
    (walkers,), is the run that the first of the steps may go on with.
    """
    counted = np.cumsum(same & counts, axis=0)
    # The count at the last change is subtracted; until the first change the old run goes on.
    at_change = np.maximum.accumulate(np.where(same, -1, counted), axis=0)
    return np.where(at_change < 0, counted + before, counted - at_change)


def _waited(settings: Settings, memory: Memory, loss: Array) -> tuple[Any, Array | None, Any]:
    """Where patience has ended, and the best height and how long it has been so after the last step."""
    best, waited = memory.best, memory.waited
    lost = np.zeros(loss.shape, dtype=bool)
    if best is None:
        return lost, best, waited
    for k, height in enumerate(settings.downhill * loss):
        better = best - height > settings.min_change
        best, waited = np.where(better, height, best), np.where(better, 0, waited + 1)
        lost[k] = waited >= settings.patience
    return lost, best, waited


def criteria(
    settings: Settings, memory: Memory, loss: Array, diverged: Any, rests: Any, counts: Any, spent: Any = None
) -> tuple[Any, Memory]:
    """What ends each walk at each iterate, as an index into ``CRITERIA`` or ``GOING``, and what is remembered.

    All columns have shape (steps, walkers): the losses, what ``left`` says of them, and where gradient and step are
    within the tolerance. ``counts`` tells at which of them an unchanged loss counts, ``spent`` the evaluations, where
    there is a budget. Of several criteria the one that is written last here counts. That the steps are used up is not
    looked at.
    """
    code = np.full(loss.shape, GOING, dtype=np.int8)
    if spent is not None and math.isfinite(settings.budget):
        code[spent >= settings.budget] = BUDGET
    lost, best, waited = _waited(settings, memory, loss)
    code[lost] = PATIENCE
    same = loss == np.concatenate([memory.loss[None], loss[:-1]])
    runs = unchanged_runs(same, counts, memory.unchanged) if same.any() else np.zeros(loss.shape, dtype=np.int32)
    code[runs >= STALL_STEPS] = UNCHANGED
    code[rests] = TOLERANCE
    return np.where(diverged == GOING, code, diverged), Memory(loss[-1], runs[-1], best, waited)
