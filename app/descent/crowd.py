"""Crowds: thousands of walkers that take the same steps side by side, of which only the ends are wanted.

Every walker ends as it does alone (``walk``), to the last bit, but nothing is kept of its way, and so much less is
computed: no loss where the gradient tells all, no norm where it is too steep to matter, and where neither coordinate
knows of the other, each coordinate once for all walkers that share it. See docs/decisions/0006-maps.md.
"""

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from itertools import chain
from typing import Any, NamedTuple, get_args

import numpy as np

from app.descent.formula import Array, Formula
from app.descent.landscape import Terrain
from app.descent.rules import InPlace, Rule, State
from app.descent.walk import STALL_RATE, STALL_STEPS, Criterion, Descent, unchanged_runs

CRITERIA: Sequence[Criterion] = get_args(Criterion)
GOING = -1
TOLERANCE, PATIENCE, UNCHANGED, STEPS, NOT_FINITE, TOO_FAR = (
    CRITERIA.index(criterion) for criterion in ("tolerance", "patience", "unchanged", "steps", "not_finite", "too_far")
)

# Measured: as many walkers as fit into a core's cache with all that a step needs.
SIDE_BY_SIDE = 4096
# A chunk is shorter than the run of unchanged losses that ends a walk.
LONGEST_CHUNK = STALL_STEPS - 1


class _Desk(threading.local):
    """Memory that is used again and again: asking the system for it anew costs more than what is computed in it."""

    def __init__(self) -> None:
        self._parts: dict[str, Array] = {}

    def array(self, name: str, shape: tuple[int, ...]) -> Array:
        """Return an array of this shape with anything in it, the same memory whenever the name is the same."""
        size = math.prod(shape)
        if name not in self._parts or len(self._parts[name]) < size:
            self._parts[name] = np.empty(size)
        return self._parts[name][:size].reshape(shape)


_DESK = _Desk()


@dataclass(frozen=True)
class Walkers:
    """Those that are side by side; the last axis of every array counts them, and a curve's points have one row.

    ``rate`` and ``value`` are None where all have the same, ``best`` and ``waited`` where nobody loses patience, and
    ``spent`` where every step costs the same. ``value`` is that of the hyperparameter which is not the same for all.
    """

    cell: Any
    point: Array
    before: Array
    loss: Array
    unchanged: Any
    best: Array | None
    waited: Any
    spent: Any
    rate: Any
    value: Any
    state: State

    @classmethod
    def at(cls, descent: Descent, point: Array, rate: Any = None, value: Any = None) -> "Walkers":
        """Return walkers before their first step; ``point`` has shape (dimensions, walkers)."""
        count, alone = point.shape[1], isinstance(descent.rule, Rule)
        whole = np.zeros(count, dtype=np.int32)
        return cls(
            cell=np.arange(count, dtype=np.int32),
            point=point,
            # A start where the gradient is zero is an end, unless chance may lead away from it.
            before=np.full_like(point, np.inf) if descent.is_random else point,
            loss=np.full(count, np.nan),
            unchanged=whole,
            best=np.full(count, np.inf) if descent.patience else None,
            waited=whole - 1 if descent.patience else None,
            spent=None if alone else whole.astype(np.int64),
            rate=rate,
            value=value,
            state=descent.rule.zeros(point.shape) if isinstance(descent.rule, Rule) else None,
        )

    def __len__(self) -> int:
        return len(self.cell)

    def take(self, which: Any) -> "Walkers":
        """Return a copy of some of the walkers: of a slice, or of those where the mask is true."""
        places = np.flatnonzero(which) if isinstance(which, np.ndarray) else np.arange(len(self))[which]
        everybody = len(places) == len(self)

        def taken(part: Any) -> Any:
            if isinstance(part, tuple):
                return tuple(map(taken, part))
            # What is the same for all is a number, or None.
            if not isinstance(part, np.ndarray):
                return part
            return part.copy() if everybody else part.take(places, axis=-1)

        return Walkers(*(taken(getattr(self, name)) for name in _FIELDS))

    @classmethod
    def join(cls, groups: Sequence["Walkers"]) -> "Walkers":
        """Return the walkers of all groups."""

        def joined(*parts: Any) -> Any:
            if isinstance(parts[0], tuple):
                return tuple(joined(*each) for each in zip(*parts, strict=True))
            return np.concatenate(parts, axis=-1) if isinstance(parts[0], np.ndarray) else parts[0]

        return cls(*(joined(*(getattr(group, name) for group in groups)) for name in _FIELDS))


_FIELDS = tuple(field.name for field in fields(Walkers))


@dataclass(frozen=True)
class Grid:
    """Walkers where neither coordinate knows of the other: from all starts with the same x, x goes the same way.

    ``tracks`` walk once for all: ``x`` and ``y`` tell for each walker whose x, and whose y, are its own. ``loss`` and
    ``unchanged`` are the walkers'.
    """

    tracks: Walkers
    cell: Any
    x: Any
    y: Any
    loss: Array
    unchanged: Any

    @classmethod
    def of(cls, descent: Descent, walkers: Walkers) -> "Grid | None":
        """Return these walkers, before their first step, as a grid; None where that is none or saves too little."""
        if not (is_light(descent) and descent.terrain.is_separable):
            return None
        (xs, x), (ys, y) = (np.unique(row, return_inverse=True) for row in walkers.point)
        count = max(len(xs), len(ys))
        if 4 * count > len(walkers):
            return None
        # The shorter is filled up, with what does no harm.
        point = np.stack([np.pad(values, (0, count - len(values)), mode="edge") for values in (xs, ys)])
        x, y = x.astype(np.int32), y.astype(np.int32)
        return cls(Walkers.at(descent, point), walkers.cell, x, y, walkers.loss, walkers.unchanged)

    def __len__(self) -> int:
        return len(self.cell)

    def take(self, which: Any) -> "Grid":
        """Return some of the walkers, with all tracks."""
        cell, x, y = self.cell[which], self.x[which], self.y[which]
        return Grid(self.tracks, cell, x, y, self.loss[which], self.unchanged[which])

    def apart(self) -> Walkers:
        """Return the walkers each by itself."""

        def own(part: Any) -> Any:
            return np.stack([part[0, self.x], part[1, self.y]]) if isinstance(part, np.ndarray) else part

        state = tuple(map(own, self.tracks.state or ()))
        return replace(
            self.tracks,
            cell=self.cell,
            point=own(self.tracks.point),
            before=own(self.tracks.before),
            loss=self.loss,
            unchanged=self.unchanged,
            state=state,
        )


class Ended(NamedTuple):
    """Which cells' walkers ended, by what, after how many steps, where, and what they had spent, None if steps tell."""

    cell: Any
    criterion: Any
    steps: Any
    point: Array
    spent: Any


def is_light(descent: Descent) -> bool:
    """Whether the gradient alone tells, step by step, all that must be known."""
    return isinstance(descent.rule, Rule) and descent.terrain.is_finite and not descent.patience


@dataclass(frozen=True)
class Chunk:
    """Some steps, ``length`` from ``first`` on, that all walkers take.

    ``key`` is the hyperparameter of which each has its own value, if there is one. ``noise``, shape (steps, 2), and the
    rows of ``batches`` are the same for all.
    """

    descent: Descent
    key: str | None
    first: int
    length: int
    noise: Array | None
    batches: list[Any] | None

    def walked(self, crowd: Walkers | Grid) -> tuple[Walkers | Grid, list[Ended]]:
        """Return those that are still under way after the chunk, and those that ended in it."""
        if isinstance(crowd, Grid):
            return self._shared(crowd) or self.walked(crowd.apart())
        blocks = [crowd.take(slice(at, at + SIDE_BY_SIDE)) for at in range(0, len(crowd), SIDE_BY_SIDE)]
        walk = self._lightly if is_light(self.descent) else self._watched
        groups, ended = zip(*map(walk, blocks), strict=True)
        return Walkers.join(groups), list(chain.from_iterable(ended))

    # --- by the gradient alone

    def _lightly(self, block: Walkers) -> tuple[Walkers, list[Ended]]:
        """Return who is still under way, and who ended.

        Nothing stops here: a walker that has ended goes on to the end of the chunk.
        """
        stops, sizes = Stops.none(block.point), _DESK.array("sizes", block.point.shape)
        surely, most = _surely_inside(self.descent.terrain), np.full(len(block), self.descent.tolerance or -1.0)

        def look(step: int, before: Array, point: Array, gradient: Array, state: State) -> None:
            # NaN is not less than anything.
            if not np.vdot(point, point) < surely:
                self._leave(stops, step, point, (gradient, *(state or ())))
            np.absolute(gradient, sizes)
            small = np.maximum(sizes[0], sizes[-1], out=sizes[0]) <= most
            if small.any():
                near = np.flatnonzero(small)
                rests = near[_within(gradient[:, near], most[near]) & _within((point - before)[:, near], most[near])]
                stops.note(rests, TOLERANCE, step, point[:, rests])
                most[rests] = -1.0

        way, state = self._strolled(block, look)
        loss, unchanged = self._looked_back(block, stops, _Way(way, None))
        going = self._still_going(stops, way[-2])
        after = replace(block, point=way[-1], before=way[-2], loss=loss, unchanged=unchanged, state=state)
        # ``take`` copies, and the memory that this lies in will be used again.
        return after.take(going), [stops.ended(block)]

    def _shared(self, grid: Grid) -> tuple[Grid, list[Ended]] | None:
        """Return who is still under way, and who ended; None where some track leaves the reach of the map."""
        tracks, tolerance = grid.tracks, self.descent.tolerance
        slopes = _DESK.array("slopes", (self.length, *tracks.point.shape))

        def look(step: int, before: Array, point: Array, gradient: Array, state: State) -> None:
            slopes[step - self.first] = gradient

        way, state = self._strolled(tracks, look)
        if not np.vdot(way[1:-1], way[1:-1]) < _surely_inside(self.descent.terrain):
            return None
        stops = Stops.none(np.empty((2, len(grid))))
        points = _Way(way, (grid.x, grid.y))
        if tolerance:
            self._rest(grid, stops, points, _Way(slopes, points.whose))
        loss, unchanged = self._looked_back(grid, stops, points)
        going = self._still_going(stops, points.at(-2, slice(None)))
        tracks = replace(tracks, point=way[-1], before=way[-2], state=state).take(slice(None))
        ended = stops.ended(grid)
        return replace(grid, tracks=tracks, loss=loss, unchanged=unchanged).take(going), [ended]

    def _rest(self, grid: Grid, stops: "Stops", points: "_Way", slopes: "_Way") -> None:
        """Note who came to rest, and at which step first."""
        tolerance = self.descent.tolerance
        small: Any = (np.abs(slopes.steps) <= tolerance) & (np.abs(np.diff(points.steps[:-1], axis=0)) <= tolerance)
        ever = small.any(axis=0)
        near = np.flatnonzero(ever[0, grid.x] & ever[1, grid.y])
        both = small[:, 0, grid.x[near]] & small[:, 1, grid.y[near]]
        # Each goes from one step where both coordinates are at rest to the next, until the length of both is small too.
        while len(near):
            candidates = both.any(axis=0)
            near, both = near[candidates], both[:, candidates]
            row = both.argmax(axis=0)
            step = points.at(row + 1, near) - points.at(row, near)
            rests = _within(slopes.at(row, near), tolerance) & _within(step, tolerance)
            stops.note(near[rests], TOLERANCE, self.first + row[rests], points.at(row + 1, near)[:, rests])
            both[row, np.arange(len(near))] = False
            near, both = near[~rests], both[:, ~rests]

    def _strolled(self, block: Walkers, look: Callable[[int, Array, Array, Array, State], None]) -> tuple[Array, State]:
        """Take the steps and return where all have been, the place before the first step first, and the state.

        ``look`` is shown at each step its number, the points before and now, and the gradient and the state that the
        next step is made from. What is returned lies in memory that is used again.
        """
        rule, gradient_of, shape = self._bound(block), self._gradient(len(block)), block.point.shape
        state, spare = _copied(block.state), tuple(_DESK.array("spare", (rule.spare, *shape)))
        way = _DESK.array("way", (self.length + 2, *shape))
        way[0], way[1] = block.before, block.point
        for k, rate in enumerate(self._rates(block)):
            gradient = spare[0]
            gradient_of(way[k + 1], gradient)
            look(self.first + k, way[k], way[k + 1], gradient, state)
            if self.noise is not None:
                np.add(gradient, self.noise[k, : len(gradient), None], gradient)
            take_step = rule.update if self.first + k else rule.begin
            state, spare = take_step(spare, state, rate, way[k + 1], way[k + 2])
        return way, state

    def _gradient(self, walkers: int) -> Callable[[Array, Array], None]:
        """Return the function that writes the gradient to descend at each point into another array."""
        terrain, formula = self.descent.terrain, self.descent.terrain.landscape.loss
        assert isinstance(formula, Formula), "data have no gradient in place"
        slopes, scratch = formula.bind_slopes(terrain.shape), _DESK.array("scratch", (formula.scratch, walkers))
        tips, uphill = terrain.landscape.tips, self.descent.goal == "maximize"

        def gradient_of(point: Array, gradient: Array) -> None:
            slopes(point, gradient, scratch)
            for tip in tips:
                gradient[:, (point == np.array(tip)[:, None]).all(axis=0)] = 0.0
            if uphill:
                np.negative(gradient, gradient)

        return gradient_of

    def _leave(self, stops: "Stops", step: int, point: Array, parts: Sequence[Any]) -> None:
        """Note who is gone, and put all that are out of reach where they do no harm: the way on is not theirs."""
        terrain = self.descent.terrain
        (low, high), rows = terrain.reach, len(point)
        outside = ~((np.array(low[:rows])[:, None] <= point) & (point <= np.array(high[:rows])[:, None])).all(axis=0)
        gone = np.flatnonzero(outside & (stops.criterion == GOING))
        finite = np.isfinite(point[:, gone]).all(axis=0) & np.isfinite(self._loss(point[:, gone]))
        stops.note(gone, np.where(finite, TOO_FAR, NOT_FINITE), step, point[:, gone])
        point[:, outside] = np.array(terrain.landscape.start)[:, None]
        for part in parts:
            if isinstance(part, np.ndarray):
                part[..., outside] = 0.0

    def _still_going(self, stops: "Stops", last: Array) -> Any:
        """Return who is still under way; nobody, where this was the last chunk."""
        going = stops.criterion == GOING
        if self.first + self.length <= self.descent.steps:
            return going
        stops.note(np.flatnonzero(going), STEPS, self.descent.steps, last[:, going])
        return np.zeros(len(going), dtype=bool)

    def _looked_back(self, crowd: Walkers | Grid, stops: "Stops", way: "_Way") -> tuple[Array, Any]:
        """Return the loss and the run of unchanged losses of each, and note whose run came to be too long.

        A loss that the last step has changed makes the run 0, whatever it was before; and a run that begins in this
        chunk is not too long at its end. Only the others are asked for their loss at every step.
        """
        if not self.descent.tolerance:
            return crowd.loss, crowd.unchanged
        everybody = slice(None)
        loss, unchanged = self._loss(way.at(-2, everybody)), np.zeros_like(crowd.unchanged)
        same = loss == (self._loss(way.at(-3, everybody)) if self.length > 1 else crowd.loss)
        asked = np.flatnonzero((same & (stops.criterion == GOING)) | (crowd.unchanged > 0))
        if len(asked):
            losses = self._loss(way.at(slice(1, -1), asked))
            same = losses == np.concatenate([crowd.loss[None, asked], losses[:-1]])
            runs = unchanged_runs(same, self._sizeable(crowd, asked), crowd.unchanged[asked])
            unchanged[asked] = runs[-1]
            self._stall(stops, runs >= STALL_STEPS, asked, way)
        return loss, unchanged

    def _sizeable(self, crowd: Walkers | Grid, which: Any) -> Any:
        """Return which steps' learning rates are more than a small part of the full one, shape (steps, 1 or some)."""
        full = crowd.rate[which] if isinstance(crowd, Walkers) and crowd.rate is not None else None
        whole = self.descent.rates.learning_rate if full is None else full
        rates = self.descent.rates.between(self.first, self.first + self.length, full)
        return (rates > whole * STALL_RATE).reshape(self.length, -1)

    def _stall(self, stops: "Stops", stalled: Any, asked: Any, way: "_Way") -> None:
        """Note who of those that were asked had stalled at some step, unless something else had ended the walk."""
        ever = stalled.any(axis=0)
        row, which = stalled.argmax(axis=0)[ever], asked[ever]
        first = (stops.criterion[which] == GOING) | (stops.steps[which] > self.first + row)
        row, which = row[first], which[first]
        stops.note(which, UNCHANGED, self.first + row, way.at(row + 1, which))

    def _loss(self, points: Array) -> Any:
        return self.descent.terrain.arrays.loss(*plane(points))

    def _rates(self, walkers: Walkers) -> Any:
        """Return the learning rate of each step: a number, or an array with one for each walker."""
        rates = self.descent.rates.between(self.first, self.first + self.length, walkers.rate)
        return rates.tolist() if walkers.rate is None else rates

    def _values(self, walkers: Walkers) -> dict[str, Any]:
        return {**self.descent.values, **({self.key: walkers.value} if self.key else {})}

    def _bound(self, walkers: Walkers) -> InPlace:
        assert isinstance(self.descent.rule, Rule)
        return self.descent.rule.bind_in_place(**self._values(walkers))

    # --- with the loss at every step

    def _watched(self, walkers: Walkers) -> tuple[Walkers, list[Ended]]:
        """Return who is still under way, and who ended."""
        descent, ended = self.descent, []
        evaluate = descent.evaluate(descent.terrain.arrays)
        for step in range(self.first, self.first + self.length):
            rate = descent.rates.between(step, step + 1, walkers.rate)[0]
            loss, *slope = evaluate(*plane(walkers.point))
            walkers = self._remember(walkers, loss, rate)
            criterion = self._criteria(walkers, loss, np.stack(slope), step)
            over = criterion != GOING
            if over.any():
                stops = Stops(criterion, np.full(len(walkers), step), walkers.point)
                ended.append(stops.ended(walkers))
                walkers, slope, loss = walkers.take(~over), [part[~over] for part in slope], loss[~over]
                rate = rate[~over] if np.ndim(rate) else rate
            if not len(walkers):
                break
            walkers = self._moved(walkers, step, loss, slope, rate)
        return walkers, ended

    def _remember(self, walkers: Walkers, loss: Array, rate: Any) -> Walkers:
        """Return the walkers with what they remember of the loss."""
        descent = self.descent
        full = descent.rates.learning_rate if walkers.rate is None else walkers.rate
        sizeable = (rate > full * STALL_RATE) & (descent.tolerance > 0)
        unchanged = np.where(loss == walkers.loss, walkers.unchanged + sizeable, 0)
        walkers = replace(walkers, loss=loss, unchanged=unchanged)
        if walkers.best is None:
            return walkers
        height = descent.downhill * loss
        better = walkers.best - height > descent.min_change
        waited = np.where(better, 0, walkers.waited + 1)
        return replace(walkers, best=np.where(better, height, walkers.best), waited=waited)

    def _criteria(self, walkers: Walkers, loss: Array, slope: Array, step: int) -> Any:
        """Return what ends each walk at this step; of several, what is written here last."""
        descent, tolerance = self.descent, self.descent.tolerance or -1.0
        x, y = plane(walkers.point)
        (low_x, low_y), (high_x, high_y) = descent.terrain.reach
        finite = np.isfinite(x) & np.isfinite(y) & np.isfinite(loss)
        inside = finite & (low_x <= x) & (x <= high_x) & (low_y <= y) & (y <= high_y)
        near = np.flatnonzero((np.abs(slope) <= tolerance).all(axis=0))
        moved = walkers.point[:, near] - walkers.before[:, near]
        criterion = np.full(len(walkers), STEPS if step == descent.steps else GOING, dtype=np.int8)
        if walkers.best is not None:
            criterion[walkers.waited >= descent.patience] = PATIENCE
        criterion[walkers.unchanged >= STALL_STEPS] = UNCHANGED
        criterion[near[_within(slope[:, near], tolerance) & _within(moved, tolerance)]] = TOLERANCE
        criterion[~inside] = np.where(finite, TOO_FAR, NOT_FINITE)[~inside]
        return criterion

    def _moved(self, walkers: Walkers, step: int, loss: Array, slope: Sequence[Array], rate: Any) -> Walkers:
        """Return the walkers after their next step."""
        descent, point, k = self.descent, walkers.point, step - self.first
        x, y = plane(point)
        if self.batches is not None:
            sample = descent.sample(descent.terrain.arrays)
            assert sample is not None
            slope = sample(x, y, self.batches[k])
        if self.noise is not None:
            slope = [part + self.noise[k, axis] for axis, part in enumerate(slope)]
        if isinstance(descent.rule, Rule):
            rule, out = self._bound(walkers), np.empty_like(point)
            spare = (np.stack(slope[: len(point)]), *(np.empty_like(point) for _ in range(rule.spare - 1)))
            take_step = rule.update if step else rule.begin
            state, _ = take_step(spare, _copied(walkers.state), rate, point, out)
            return replace(walkers, point=out, before=point, state=state)
        move = replace(descent, values=self._values(walkers)).move(arrays=True)
        assert move is not None
        *following, _, probes = move(x, y, loss, slope[0], slope[1], rate)
        spent = walkers.spent + probes
        return replace(walkers, point=np.stack(following[: len(point)]), before=point, spent=spent)


class Stops(NamedTuple):
    """What ended each walker, after how many steps and where, if anything did; criterion -1 where nothing has."""

    criterion: Any
    steps: Any
    point: Array

    @classmethod
    def none(cls, point: Array) -> "Stops":
        """Nothing has ended yet."""
        count = point.shape[1]
        return cls(np.full(count, GOING, dtype=np.int8), np.zeros(count, dtype=np.int64), np.empty_like(point))

    def note(self, which: Any, criterion: Any, steps: Any, point: Array) -> None:
        """Write down what ended some of the walkers, after how many steps, and where they are."""
        self.criterion[which], self.steps[which], self.point[:, which] = criterion, steps, point

    def ended(self, crowd: Walkers | Grid) -> Ended:
        """Return those that have ended."""
        over = np.flatnonzero(self.criterion != GOING)
        spent = crowd.spent[over] if isinstance(crowd, Walkers) and crowd.spent is not None else None
        return Ended(crowd.cell[over], self.criterion[over], self.steps[over], self.point[:, over], spent)


class _Way(NamedTuple):
    """Something of each step, shape (steps, dimensions, walkers); ``whose`` tells where walkers share coordinates."""

    steps: Array
    whose: tuple[Any, Any] | None

    def at(self, rows: Any, which: Any) -> Array:
        """Return what some walkers have at a step, or at each of a slice, or each at a step of its own."""
        rows_of_axis = range(self.steps.shape[1])
        places = [which] * len(rows_of_axis) if self.whose is None else [axis[which] for axis in self.whose]
        return np.stack([self.steps[rows, axis, places[axis]] for axis in rows_of_axis], axis=-2)


def plane(points: Array) -> tuple[Array, Array]:
    """Return x and y of points whose last axis but one has the coordinates; y is 0 on a curve."""
    x = points[..., 0, :]
    return x, points[..., 1, :] if points.shape[-2] == 2 else np.zeros_like(x)


def _copied(state: State) -> State:
    return None if state is None else tuple(part.copy() if isinstance(part, np.ndarray) else part for part in state)


def _within(vectors: Array, most: Any) -> Any:
    """Whether vectors, the columns, are at most so long: by the last digit of ``math.hypot``, as for a walk alone."""
    x, y = plane(vectors)
    length, most = np.hypot(x, y), np.broadcast_to(most, x.shape)
    # The last digit of the two differs at times, which matters here only.
    for place in np.flatnonzero(np.abs(length - most) <= 1e-15 * most):
        length[place] = math.hypot(x[place], y[place])
    return length <= most


def _surely_inside(terrain: Terrain) -> float:
    """Return a number of which this is sure: points whose coordinates' squares have a smaller sum are within reach."""
    (low, high), size = terrain.reach, terrain.landscape.dimensions
    # Half of it is for what rounding may do to a long sum.
    return 0.5 * max(0.0, min(min(-least, most) for least, most in zip(low[:size], high[:size], strict=True))) ** 2
