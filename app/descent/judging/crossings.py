"""Crossings: the steps at which a walk comes from one basin of attraction into another.

The basin of a point is that of the minimum which the gradient flow, descent with infinitely small steps, leads to from
there; of an ascent, the maximum. A coarse grid of labels over the domain tells it for most points: a cell whose corners
all flow to one place lies in its basin. What is near a ridge is decided by its own flow.
"""

import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.formulas.formula import Formula
from app.descent.landscapes.curvature import Point
from app.descent.landscapes.landscape import FixedLandscape, Goal
from app.descent.walks.descent import Chunk, Column, Descent, Ending

# So many crossings are told one by one; the others are counted.
MOST_TOLD = 50
# Longer walks, and those that have more points near a ridge, are not looked at: an answer must not wait for it.
LONGEST = 20_000
_MOST_NEAR_A_RIDGE = 1_500

# Cells a side; on a curve there is but one side.
_CELLS, _CELLS_OF_A_CURVE = 41, 128
# One step of the flow, in domain widths: for the grid, and for a point near a ridge; and the most of them.
_STEP, _SHORT_STEP, _MOST_STEPS = 1 / 32, 1 / 160, 160
# The flow has arrived so near to a minimum, in domain widths, and in parts of the way to the next stationary point.
_ARRIVED, _OF_THE_WAY = 0.02, 0.25
# So far outside the domain, in its widths, the flow is gone.
_GONE = 0.5
# A step of the flow that is shorter leads nowhere.
_STANDS = 1e-9
# Labels: the flow comes to no known place, and what is not known yet.
_NOWHERE, _UNKNOWN = -2, -1
# The grid of a typed formula is found ahead where about so many steps from half of its corners are no more work than
# this, in millionths of a second; else with the first walk, in turns.
_FLOWS, _MOST_FLOWS, _AHEAD = 40, 70, 12_000.0
# How many grids are kept: one for each landscape, shape and goal.
_GRIDS = 64


class Crossing(NamedTuple):
    """The first iterate in another basin, and the minima of the basin that was left and of the new one."""

    step: int
    left: Point
    reached: Point


@dataclass(frozen=True)
class Crossings:
    """How often a walk came into another basin, the first of these crossings, and the step of the last one."""

    count: int
    told: list[Crossing]
    last: int


class Followed:
    """Follows the walkers of one descent and tells, of those that ended, which ridges they crossed."""

    def __init__(self, descent: Descent) -> None:
        self._descent = descent
        self._ways: dict[int, list[tuple[Column, Column]]] = {}

    def follow(self, chunk: Chunk) -> None:
        """Take the next part of some walker's walk."""
        if chunk.first <= LONGEST:
            self._ways.setdefault(chunk.walker, []).append((chunk.x, chunk.y))

    def of(self, ending: Ending) -> Generator[None, None, Crossings | None]:
        """Return the ridges that this walker crossed, None where that is not known; its iterates are forgotten now.

        It yields where others may have their turn: the flow of a long formula takes a while.
        """
        way = self._ways.pop(ending.walker, [])
        if ending.steps > LONGEST:
            return None
        basins = basins_of(self._descent.landscape, self._descent.goal)
        if basins is None:
            return Crossings(0, [], 0)
        x, y = (np.concatenate([np.asarray(part[axis], dtype=float) for part in way]) for axis in (0, 1))
        return (yield from basins.crossings(x, y))


class Basins:
    """Which minimum, or maximum for an ascent, the gradient flow leads to, for any point in the domain and near it."""

    def __init__(self, landscape: FixedLandscape, downhill: float, ends: Sequence[Point]) -> None:
        self._landscape, self._downhill, self._ends = landscape, downhill, ends
        domain = landscape.entry.domain
        self._flat = len(domain.low) == 1
        self._low = np.array([*domain.low, 0.0][:2])
        self._widths = np.array([*domain.widths, 1.0][:2])
        self._sides = (_CELLS_OF_A_CURVE, 1) if self._flat else (_CELLS, _CELLS)
        self._places = (np.array([(*end, 0.0)[:2] for end in ends]) - self._low) / self._widths
        self._radii = self._arrived()
        self._cells: Any = None

    def crossings(self, x: Array, y: Array) -> Generator[None, None, Crossings | None]:
        """Return the crossings of a walk with these iterates, shape (steps + 1,); None if too many are near a ridge."""
        label = yield from self.labels(x, y)
        if label is None:
            return None
        known = np.flatnonzero(label >= 0)
        at = known[1:][label[known[1:]] != label[known[:-1]]]
        before = known[np.searchsorted(known, at) - 1]
        told = [
            Crossing(int(step), self._ends[label[earlier]], self._ends[label[step]])
            for step, earlier in zip(at[:MOST_TOLD], before[:MOST_TOLD], strict=True)
        ]
        return Crossings(len(at), told, int(at[-1]) if len(at) else 0)

    def labels(self, x: Array, y: Array) -> Generator[None, None, Any]:
        """Return the index of each point's minimum, shape (n,), negative where the flow comes to none.

        None where too many are near a ridge.
        """
        if self._cells is None:
            self._cells = yield from self.found_cells()
        place = self._inside(x, y)
        near = np.isfinite(place).all(axis=1) & (np.abs(place - 0.5) <= 0.5 + _GONE).all(axis=1)
        label = np.full(len(x), -1)
        label[near] = self._sure(place[near])
        # A walk that stays where it is asks but once.
        asked = np.flatnonzero(near & (label == _UNKNOWN))
        points, which = np.unique(np.stack([x, y], axis=1)[asked], axis=0, return_inverse=True)
        if len(points) > _MOST_NEAR_A_RIDGE:
            return None
        flows = yield from self._flow(points[:, 0], points[:, 1], self._sure)
        label[asked] = flows[which.reshape(-1)]
        return label

    # --- the grid

    @property
    def corners(self) -> int:
        """How many corners the cells have."""
        columns, rows = self._sides
        return (columns + 1) * (1 if self._flat else rows + 1)

    def keep_cells(self, cells: Array) -> None:
        """Keep what ``found_cells`` has found elsewhere, cell after cell."""
        columns, rows = self._sides
        self._cells = cells.reshape(rows + 2, columns + 2)

    def found_cells(self) -> Generator[None, None, Any]:
        """Return the label of each cell whose corners agree, -1 where they do not, with a border of cells outside."""
        columns, rows = self._sides
        x, y = np.meshgrid(np.linspace(0, 1, columns + 1), [0.0] if self._flat else np.linspace(0, 1, rows + 1))
        corners = np.stack([x.ravel(), y.ravel()], axis=1) * self._widths + self._low
        label = (yield from self._flow(corners[:, 0], corners[:, 1])).reshape(x.shape)
        if self._flat:
            label = np.repeat(label, 2, axis=0)
        each = np.stack([label[:-1, :-1], label[:-1, 1:], label[1:, :-1], label[1:, 1:]])
        agreed = np.where((each == each[0]).all(axis=0), each[0], -1)
        # A small basin may lie within a cell.
        column, row = self._cell(self._places)
        agreed[row, column] = np.where(agreed[row, column] == np.arange(len(self._places)), agreed[row, column], -1)
        return np.pad(agreed, 1, constant_values=-1)

    def _inside(self, x: Array, y: Array) -> Array:
        """Points in domain widths from the lower left corner, shape (n, 2)."""
        place: Array = (np.stack([x, y], axis=1) - self._low) / self._widths
        return place

    def _cell(self, place: Array) -> tuple[Any, Any]:
        """Column and row of the cell that each place lies in; what lies outside belongs to none."""
        sides = np.array(self._sides)
        column, row = np.clip(np.floor(place * sides), -1, sides).astype(int).T
        # The upper border belongs to the last cells.
        return np.where(place[:, 0] == 1, sides[0] - 1, column), np.where(place[:, 1] == 1, sides[1] - 1, row)

    def _sure(self, place: Array) -> Any:
        """The label that the grid gives, -1 where it does not tell."""
        column, row = self._cell(place)
        return self._cells[row + 1, column + 1]

    # --- the flow

    def _arrived(self) -> Array:
        """How near to each minimum the flow has arrived: no ridge is so near."""
        known = np.array([(*one.point, 0.0)[:2] for one in self._landscape.stationary_points])
        known = (known - self._low) / self._widths
        radii = []
        for place in self._places:
            away = np.hypot(*(known - place).T)
            radii.append(min(_ARRIVED, _OF_THE_WAY * float(away[away > 0].min(initial=np.inf))))
        return np.array(radii)

    def _flow(self, x: Array, y: Array, sure: Any = None) -> Generator[None, None, Any]:
        """Return the index of the minimum that the flow leads to from each point, shape (n,); below 0 where to none."""
        found = np.full(len(x), -1)
        left = np.arange(len(x))
        step = _SHORT_STEP if sure else _STEP
        for _ in range(_MOST_STEPS):
            if not len(left):
                break
            place = self._inside(x, y)
            label = self._at_an_end(place)
            if sure is not None:
                label = np.where(label == _UNKNOWN, sure(place), label)
            label = np.where((np.abs(place - 0.5) <= 0.5 + _GONE).all(axis=1), label, _NOWHERE)
            found[left] = label
            goes_on = label == _UNKNOWN
            left, x, y = left[goes_on], x[goes_on], y[goes_on]
            dx, dy = self._flow_step(x, y, step)
            # On a saddle, or a maximum, the flow stays for ever.
            moves = np.hypot(dx / self._widths[0], dy / self._widths[1]) > _STANDS
            left, x, y = left[moves], (x + dx)[moves], (y + dy)[moves]
            yield
        return found

    def _at_an_end(self, place: Array) -> Any:
        """The index of the minimum at which each place lies, -1 where it lies at none."""
        column, row = (np.clip(index, 0, side - 1) for index, side in zip(self._cell(place), self._sides, strict=True))
        nearest = self._nearest[row, column]
        away = np.hypot(*(place - self._places[nearest]).T)
        return np.where(away <= self._radii[nearest], nearest, -1)

    @cached_property
    def _nearest(self) -> Any:
        """The minimum that is nearest to the middle of each cell."""
        columns, rows = self._sides
        x, y = np.meshgrid((np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows)
        away = (x[..., None] - self._places[:, 0]) ** 2
        return (away if self._flat else away + (y[..., None] - self._places[:, 1]) ** 2).argmin(axis=-1)

    def _flow_step(self, x: Array, y: Array, step: float) -> tuple[Array, Array]:
        """Where the flow of the local quadratic leads to: exact on a quadratic, however narrow its valley is.

        x' = -g - H (x - x₀) is solved for so long that the way is about ``step`` domain widths.
        """
        functions, (wx, wy) = self._landscape.arrays, self._widths
        with np.errstate(all="ignore"):
            _, gx, gy = functions.loss_and_gradient(x, y)
            gx, gy = self._downhill * gx, self._downhill * (np.zeros_like(x) if self._flat else gy)
            time = step / np.hypot(gx / wx, gy / wy)
            xx, xy, yy = (self._downhill * part for part in functions.hessian(x, y))
            if self._flat:
                dx, dy = -_passed(xx, np.minimum(time, np.where(xx < 0, -1 / xx, np.inf))) * gx, np.zeros_like(x)
            else:
                middle, radius = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
                # Ground that bends away speeds up: for no longer than the step grows e-fold.
                least = middle - radius
                time = np.minimum(time, np.where(least < 0, -1 / least, np.inf))
                low, high = _passed(least, time), _passed(middle + radius, time)
                # A function of a symmetric matrix: a I + b H.
                b = np.where(radius > 0, (high - low) / (2 * radius), 0.0)
                a = (low + high) / 2 - b * middle
                dx, dy = -(a * gx + b * (xx * gx + xy * gy)), -(a * gy + b * (xy * gx + yy * gy))
            # Where there is no Hessian, straight on.
            bent = np.isfinite(dx + dy)
            dx, dy = np.where(bent, dx, -time * gx), np.where(bent, dy, -time * gy)
            long = np.maximum(1.0, np.hypot(dx / wx, dy / wy) / (2 * step))
            return np.nan_to_num(dx / long), np.nan_to_num(dy / long)


def _passed(curvature: Array, time: Array) -> Array:
    """Return (1 - exp(-λt))/λ."""
    exponent = curvature * time
    return np.where(np.abs(exponent) > 1e-12, -np.expm1(-exponent) / curvature, time)


_known: dict[tuple[FixedLandscape, Goal], Basins | None] = {}
_lock = threading.Lock()


def basins_of(landscape: FixedLandscape, goal: Goal) -> Basins | None:
    """The basins of a landscape, None where fewer than two minima, or maxima for an ascent, are known."""
    key = (landscape, goal)
    with _lock:
        if key not in _known:
            kinds = ("global_minimum", "local_minimum") if goal == "minimize" else ("maximum",)
            ends = [known.point for known in landscape.known(*kinds)]
            while len(_known) >= _GRIDS:
                del _known[next(iter(_known))]
            _known[key] = Basins(landscape, 1.0 if goal == "minimize" else -1.0, ends) if len(ends) > 1 else None
        return _known[key]


def cells_ahead(landscape: FixedLandscape, goal: Goal) -> bytes | None:
    """The grid of the basins of a typed formula, to be kept by another process, None where it is found later."""
    formula, basins = landscape.entry.loss, basins_of(landscape, goal)
    if basins is None or not isinstance(formula, Formula):
        return None
    work = _FLOWS * formula.costs.newton(basins.corners // 2)
    if work > _AHEAD * formula.patience:
        return None
    finding = basins.found_cells()
    # Where the flow takes longer than it mostly does, it goes on later.
    for _ in range(_MOST_FLOWS):
        try:
            next(finding)
        except StopIteration as found:
            return bytes(found.value.astype(np.int16).tobytes())
    return None


def keep_cells(landscape: FixedLandscape, goal: Goal, cells: bytes) -> None:
    """Keep the grid that another process has found."""
    basins = basins_of(landscape, goal)
    assert basins is not None, "there is a grid"
    basins.keep_cells(np.frombuffer(cells, dtype=np.int16).astype(int))
