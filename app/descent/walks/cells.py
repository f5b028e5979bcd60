"""Maps: how the walks from all starts, or with all settings, end.

Each cell stands for one walk by itself, and its outcome, steps, evaluations and end are those of that walk. Some cells
walk on for a moment wherever there is a processor, and come back (``advance``): they go over in pickled form.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Protocol, get_args

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.landscapes.curvature import Point
from app.descent.landscapes.landscape import FixedLandscape
from app.descent.walks.descent import OUTCOME_OF, Descent, Outcome
from app.descent.walks.endings import BUDGET, CRITERIA, GOING, PATIENCE, STEPS, TOLERANCE, UNCHANGED
from app.descent.walks.ends_only import (
    LONGEST_CHUNK,
    Chunk,
    Ended,
    Grid,
    Walkers,
    is_light,
    plane,
)

OUTCOMES: Sequence[Outcome] = get_args(Outcome)
OUTCOME_OF_CRITERION = np.array([OUTCOMES.index(OUTCOME_OF[criterion]) for criterion in CRITERIA], dtype=np.int8)
# By their numbers: what ends a walk that came to rest, and what one that neither did nor left, but may be near a place.
_AT_REST = np.arange(len(CRITERIA)) == TOLERANCE
_UNFINISHED = np.isin(np.arange(len(CRITERIA)), (PATIENCE, UNCHANGED, STEPS, BUDGET))

# Whoever ends goes on to the end of the chunk for nothing: where in one chunk more than this part has ended, the next
# is shorter, but not shorter than this.
_MANY = 0.05
_SHORT_CHUNK = 15
# Evaluations of a formula in one chunk, of all walkers together: a twentieth of a second at most, by the gradient alone
# or with the loss at every step.
_LIGHT_WORK, _WATCHED_WORK = 1 << 20, 1 << 17


class Ends(Protocol):
    """What tells, of the places where walks over a landscape converged, which are plateaus and which known ones."""

    def told(self, landscape: FixedLandscape, x: Array, y: Array) -> tuple[Any, Any]:
        """Which are plateaus, and the index of each in the legend, -1 where it is at no known place."""
        ...

    def near(self, landscape: FixedLandscape, x: Array, y: Array) -> Any:
        """The index in the legend of the place that each is near, -1 where it is near none."""
        ...


@dataclass(frozen=True)
class Cells:
    """Some cells of a map, under way or ended. All arrays that tell of the ended have shape (cells,).

    ``criterion`` and ``outcome`` are indices into ``CRITERIA`` and ``OUTCOMES``, ``criterion`` -1 while the cell is
    under way; ``basin`` is the index that ``Ends`` gives to the place where the walk converged, -1 where it did
    not come to one, and ``near`` that of the place which a walk is near that ended for another reason, as for want of
    steps. A walk that left for no finite place ended at NaN.
    """

    descent: Descent
    ends: Ends
    walker: int
    key: str | None
    step: int
    under_way: Walkers | Grid
    criterion: Any
    outcome: Any
    basin: Any
    near: Any
    steps: Any
    evaluations: Any
    x: Array
    y: Array

    @property
    def done(self) -> bool:
        """Whether all have ended."""
        return not len(self.under_way)

    @property
    def fraction(self) -> float:
        """About how much of the work is done."""
        left = len(self.under_way) / max(1, len(self.criterion))
        return 1 - left * (1 - self.step / (self.descent.steps + 1))


def at_starts(descent: Descent, x: Array, y: Array, ends: Ends) -> Cells:
    """A cell for the first walker from each start; arrays of shape (cells,), ``y`` anything for a curve."""
    walkers = Walkers.at(descent, np.array([x, y][: descent.landscape.entry.dimensions], dtype=float))
    return _cells(descent, ends, 0, None, Grid.of(descent, walkers) or walkers)


def at_settings(
    descent: Descent,
    start: Point,
    learning_rate: Array,
    key: str | None,
    values: Array | None,
    ends: Ends,
    walker: int = 0,
) -> Cells:
    """A cell for each learning rate, with the value of the hyperparameter ``key`` where there is one.

    Arrays have shape (cells,). All walk from one start, with the noise and the mini-batches of one walker.
    """
    point = np.repeat(np.array(start, dtype=float)[:, None], len(learning_rate), axis=1)
    return _cells(descent, ends, walker, key, Walkers.at(descent, point, learning_rate, values))


def _cells(descent: Descent, ends: Ends, walker: int, key: str | None, under_way: Walkers | Grid) -> Cells:
    count = len(under_way)
    return Cells(
        descent=descent,
        ends=ends,
        walker=walker,
        key=key,
        step=0,
        under_way=under_way,
        criterion=np.full(count, GOING, dtype=np.int8),
        outcome=np.zeros(count, dtype=np.int8),
        basin=np.full(count, -1, dtype=np.int16),
        near=np.full(count, -1, dtype=np.int16),
        steps=np.zeros(count, dtype=np.int32),
        evaluations=np.zeros(count, dtype=np.int64),
        x=np.full(count, np.nan),
        y=np.full(count, np.nan),
    )


def advance(cells: Cells, seconds: float) -> Cells:
    """Walk on for about so many seconds, a chunk at least, and return the cells as they are then.

    However the time is sliced, the cells come out the same.
    """
    until = time.perf_counter() + seconds
    descent, crowd, first, longest = cells.descent, cells.under_way, cells.step, LONGEST_CHUNK
    chance = _Draws(descent, cells.walker, first)
    work = _LIGHT_WORK if is_light(descent) else _WATCHED_WORK
    ended: list[Ended] = []
    with np.errstate(all="ignore"):
        while len(crowd):
            count = len(crowd)
            length = min(longest, max(1, work // (count * descent.step_work)), descent.steps + 1 - first)
            crowd, over = Chunk(descent, cells.key, first, length, *chance.of(length)).walked(crowd)
            first, ended = first + length, ended + over
            longest = longest // 2 if len(crowd) < (1 - _MANY) * count else 2 * longest + 1
            longest = max(_SHORT_CHUNK, min(longest, LONGEST_CHUNK))
            if time.perf_counter() >= until:
                break
        return _with_ended(replace(cells, under_way=crowd, step=first), ended)


def _with_ended(cells: Cells, ended: list[Ended]) -> Cells:
    """The cells with what is now known of those that ended."""
    descent, landscape = cells.descent, cells.descent.landscape
    known = {name: getattr(cells, name).copy() for name in _RESULTS}
    for cell, criterion, steps, point, spent in ended:
        x, y = plane(point)
        nowhere = ~np.isfinite(x + y)
        known["criterion"][cell], known["outcome"][cell], known["steps"][cell] = (
            criterion,
            OUTCOME_OF_CRITERION[criterion],
            steps,
        )
        known["evaluations"][cell] = descent.cost * (steps if spent is None else spent)
        known["x"][cell], known["y"][cell] = np.where(nowhere, np.nan, x), np.where(nowhere, np.nan, y)
    if len(cell := _which(ended, _AT_REST)):
        flat, known["basin"][cell] = cells.ends.told(landscape, known["x"][cell], known["y"][cell])
        known["outcome"][cell[flat]] = OUTCOMES.index("stalled")
    if len(cell := _which(ended, _UNFINISHED)):
        known["near"][cell] = cells.ends.near(landscape, known["x"][cell], known["y"][cell])
    return replace(cells, **known)


def _which(ended: list[Ended], criteria: Any) -> Any:
    """The cells that ended by one of these criteria."""
    return np.concatenate([group.cell[criteria[group.criterion]] for group in ended] or [np.zeros(0, dtype=int)])


_RESULTS = ("criterion", "outcome", "basin", "near", "steps", "evaluations", "x", "y")


class _Draws:
    """What one walker draws: the same for all cells, each of which is the walk of this walker by itself."""

    def __init__(self, descent: Descent, walker: int, first: int) -> None:
        self._draw = descent.noise_rows(walker) if descent.noise else None
        self._batches = islice(descent.batches(walker), first, None) if descent.batch else None
        if self._draw:
            self._draw(first)

    def of(self, steps: int) -> tuple[Array | None, list[Any] | None]:
        """The noise of the next steps, shape (steps, 2), and the rows of their mini-batches."""
        noise = self._draw(steps) if self._draw else None
        return noise, list(islice(self._batches, steps)) if self._batches else None
