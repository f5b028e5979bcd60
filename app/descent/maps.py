"""Maps: how the walks from all starts, or with all settings, end.

Each cell stands for one walk by itself, and its outcome, steps, evaluations and end are those of that walk. Some cells
walk on for a moment wherever there is a processor, and come back (``advance``): they go over in pickled form.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, NamedTuple, get_args

import numpy as np

from app.descent.crowd import CRITERIA, GOING, LONGEST_CHUNK, TOLERANCE, Chunk, Ended, Grid, Walkers, is_light, plane
from app.descent.curvature import Point
from app.descent.formula import Array
from app.descent.landscape import Goal, Terrain
from app.descent.verdict import AT_KNOWN, plateaus
from app.descent.walk import OUTCOME_OF, Descent, Outcome

OUTCOMES: Sequence[Outcome] = get_args(Outcome)
_OUTCOME = np.array([OUTCOMES.index(OUTCOME_OF[criterion]) for criterion in CRITERIA], dtype=np.int8)

# Whoever ends goes on to the end of the chunk for nothing: where in one chunk more than this part has ended, the next
# is shorter, but not shorter than this.
_MANY = 0.05
_SHORT_CHUNK = 15
# Evaluations of a formula in one chunk, of all walkers together: a twentieth of a second at most, by the gradient alone
# or with the loss at every step.
_LIGHT_WORK, _WATCHED_WORK = 1 << 20, 1 << 17
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


def ends_of(terrain: Terrain, goal: Goal) -> Ends:
    """Return where walks over this terrain may end."""
    known = terrain.stationary_points
    wanted = terrain.known("global_minimum", "local_minimum") if goal == "minimize" else terrain.known("maximum")[::-1]
    index = np.array([wanted.index(point) if point in wanted else -1 for point in known], dtype=np.int16)
    places = np.array([point.point for point in known]).reshape(len(known), terrain.landscape.dimensions)
    return Ends(places / terrain.scale.widths, index, terrain.lowest)


@dataclass(frozen=True)
class Cells:
    """Some cells of a map, under way or ended. All arrays that tell of the ended have shape (cells,).

    ``criterion`` and ``outcome`` are indices into ``CRITERIA`` and ``OUTCOMES``, ``criterion`` -1 while the cell is
    under way; ``basin`` is the index that ``Ends`` gives to the place where the walk converged, -1 where it did
    not come to one. A walk that left for no finite place ended at NaN.
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
    """Return a cell for the first walker from each start; arrays of shape (cells,), ``y`` anything for a curve."""
    walkers = Walkers.at(descent, np.array([x, y][: descent.terrain.landscape.dimensions], dtype=float))
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
    """Return a cell for each learning rate, with the value of the hyperparameter ``key`` where there is one.

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
    chance = _Chance(descent, cells.walker, first)
    work = _LIGHT_WORK if is_light(descent) else _WATCHED_WORK
    ended: list[Ended] = []
    with np.errstate(all="ignore"):
        while len(crowd):
            count = len(crowd)
            length = min(longest, max(1, work // (count * descent.weight)), descent.steps + 1 - first)
            crowd, over = Chunk(descent, cells.key, first, length, *chance.of(length)).walked(crowd)
            first, ended = first + length, ended + over
            longest = longest // 2 if len(crowd) < (1 - _MANY) * count else 2 * longest + 1
            longest = max(_SHORT_CHUNK, min(longest, LONGEST_CHUNK))
            if time.perf_counter() >= until:
                break
        return _with_ended(replace(cells, under_way=crowd, step=first), ended)


def _with_ended(cells: Cells, ended: list[Ended]) -> Cells:
    """Return the cells with what is now known of those that ended."""
    descent, terrain = cells.descent, cells.descent.terrain
    known = {name: getattr(cells, name).copy() for name in _RESULTS}
    for cell, criterion, steps, point, spent in ended:
        x, y = plane(point)
        nowhere = ~np.isfinite(x + y)
        known["criterion"][cell], known["outcome"][cell], known["steps"][cell] = criterion, _OUTCOME[criterion], steps
        known["evaluations"][cell] = descent.cost * (steps if spent is None else spent)
        known["x"][cell], known["y"][cell] = np.where(nowhere, np.nan, x), np.where(nowhere, np.nan, y)
    cell = np.concatenate([group.cell[group.criterion == TOLERANCE] for group in ended] or [np.zeros(0, dtype=int)])
    x, y = known["x"][cell], known["y"][cell]
    flat = plateaus(terrain, cells.ends.lowest, x, y)
    known["outcome"][cell[flat]] = OUTCOMES.index("stalled")
    known["basin"][cell[~flat]] = _basin(terrain, cells.ends, x[~flat], y[~flat])
    return replace(cells, **known)


_RESULTS = ("criterion", "outcome", "basin", "steps", "evaluations", "x", "y")


def _basin(terrain: Terrain, ends: Ends, x: Array, y: Array) -> Any:
    """Return which known place each point is at, by the index in ``Ends``; -1 where it is at none."""
    if not len(ends.places) or not len(x):
        return np.full(len(x), -1)
    points = np.stack([x, y], axis=1)[:, : ends.places.shape[1]] / terrain.scale.widths
    # Cells by the thousand end at the same few places: what is found for one of them holds for all.
    rounded = np.round(points / _SAME)
    _, one, which = np.unique(rounded[:, 0] + 1j * rounded[:, -1], return_index=True, return_inverse=True)
    squares = ((points[one, None] - ends.places) ** 2).sum(axis=2)
    nearest = squares.argmin(axis=1)
    index = np.where(squares[np.arange(len(one)), nearest] <= AT_KNOWN**2, ends.index[nearest], -1)
    return index[which]


class _Chance:
    """What one walker draws: the same for all cells, each of which is the walk of this walker by itself."""

    def __init__(self, descent: Descent, walker: int, first: int) -> None:
        self._draw = descent.noise_rows(walker) if descent.noise else None
        self._batches = islice(descent.batches(walker), first, None) if descent.batch else None
        if self._draw:
            self._draw(first)

    def of(self, steps: int) -> tuple[Array | None, list[Any] | None]:
        """Return the noise of the next steps, shape (steps, 2), and the rows of their mini-batches."""
        noise = self._draw(steps) if self._draw else None
        return noise, list(islice(self._batches, steps)) if self._batches else None
