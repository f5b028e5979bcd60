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
from typing import Any, NamedTuple

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.formulas.formula import Formula
from app.descent.landscapes.landscape import FixedLandscape
from app.descent.optimizers.rules import InPlace, State
from app.descent.walks.descent import Descent
from app.descent.walks.endings import (
    GOING,
    STALL_STEPS,
    STEPS,
    TOLERANCE,
    UNCHANGED,
    Memory,
    at_rest,
    criteria,
    criterion_of_gone,
    left,
    sizeable,
    unchanged_runs,
    within,
)

# Measured: as many walkers as fit into a core's cache with all that a step needs.
SIDE_BY_SIDE = 4096
# A chunk is shorter than the run of unchanged losses that ends a walk.
LONGEST_CHUNK = STALL_STEPS - 1


class _Buffers(threading.local):
    """Memory that is used again and again: asking the system for it anew costs more than what is computed in it."""

    def __init__(self) -> None:
        self._parts: dict[str, Array] = {}

    def array(self, name: str, shape: tuple[int, ...]) -> Array:
        """An array of this shape with anything in it, the same memory whenever the name is the same."""
        size = math.prod(shape)
        if name not in self._parts or len(self._parts[name]) < size:
            self._parts[name] = np.empty(size)
        return self._parts[name][:size].reshape(shape)


_BUFFERS = _Buffers()


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
        """Walkers before their first step; ``point`` has shape (dimensions, walkers)."""
        count = point.shape[1]
        return cls(
            cell=np.arange(count, dtype=np.int32),
            point=point,
            # A start where the gradient is zero is an end, unless chance may lead away from it.
            before=np.full_like(point, np.inf) if descent.is_random else point,
            **Memory.at_start(descent, count)._asdict(),
            spent=None if descent.rule.by_itself else np.zeros(count, dtype=np.int64),
            rate=rate,
            value=value,
            state=descent.rule.zeros(point.shape) if descent.rule.by_itself is True else None,
        )

    def __len__(self) -> int:
        return len(self.cell)

    def take(self, which: Any) -> "Walkers":
        """A copy of some of the walkers: of a slice, or of those where the mask is true."""
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
        """The walkers of all groups."""

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
        """These walkers, before their first step, as a grid; None where that is none or saves too little."""
        if not (is_light(descent) and descent.landscape.is_separable):
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
        """Some of the walkers, with all tracks."""
        cell, x, y = self.cell[which], self.x[which], self.y[which]
        return Grid(self.tracks, cell, x, y, self.loss[which], self.unchanged[which])

    def apart(self) -> Walkers:
        """The walkers each by itself."""

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
    return descent.rule.by_itself and descent.landscape.is_finite and not descent.patience


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
        """Those that are still under way after the chunk, and those that ended in it."""
        if isinstance(crowd, Grid):
            return self._shared(crowd) or self.walked(crowd.apart())
        blocks = [crowd.take(slice(at, at + SIDE_BY_SIDE)) for at in range(0, len(crowd), SIDE_BY_SIDE)]
        walk = self._lightly if is_light(self.descent) else self._watched
        groups, ended = zip(*map(walk, blocks), strict=True)
        return Walkers.join(groups), list(chain.from_iterable(ended))

    # --- by the gradient alone

    def _lightly(self, block: Walkers) -> tuple[Walkers, list[Ended]]:
        """Those that have not stopped, and those that have.

        Nothing stops here: a walker that has ended goes on to the end of the chunk.
        """
        stops, sizes = Stops.none(block.point), _BUFFERS.array("sizes", block.point.shape)
        surely, most = _surely_inside(self.descent.landscape), np.full(len(block), self.descent.tolerance or -1.0)

        def look(step: int, before: Array, point: Array, gradient: Array, state: State) -> None:
            # NaN is not less than anything.
            if not np.vdot(point, point) < surely:
                self._leave(stops, step, point, (gradient, *(state or ())))
            np.absolute(gradient, sizes)
            small = np.maximum(sizes[0], sizes[-1], out=sizes[0]) <= most
            if small.any():
                near = np.flatnonzero(small)
                rests = near[
                    (stops.criterion[near] == GOING)  # who is gone stands where he was put
                    & within(*plane(gradient[:, near]), most[near])
                    & within(*plane((point - before)[:, near]), most[near])
                ]
                stops.note(rests, TOLERANCE, step, point[:, rests])
                most[rests] = -1.0

        way, state = self._strolled(block, look)
        loss, unchanged = self._looked_back(block, stops, _Columns(way, None))
        going = self._still_going(stops, way[-2])
        after = replace(block, point=way[-1], before=way[-2], loss=loss, unchanged=unchanged, state=state)
        # ``take`` copies, and the memory that this lies in will be used again.
        return after.take(going), [stops.ended(block)]

    def _shared(self, grid: Grid) -> tuple[Grid, list[Ended]] | None:
        """Those that have not stopped, and those that have; None where some track leaves the reach of the map."""
        tracks, tolerance = grid.tracks, self.descent.tolerance
        slopes = _BUFFERS.array("slopes", (self.length, *tracks.point.shape))

        def look(step: int, before: Array, point: Array, gradient: Array, state: State) -> None:
            slopes[step - self.first] = gradient

        way, state = self._strolled(tracks, look)
        if not np.vdot(way[1:-1], way[1:-1]) < _surely_inside(self.descent.landscape):
            return None
        stops = Stops.none(np.empty((2, len(grid))))
        points = _Columns(way, (grid.x, grid.y))
        if tolerance:
            self._rest(grid, stops, points, _Columns(slopes, points.whose))
        loss, unchanged = self._looked_back(grid, stops, points)
        going = self._still_going(stops, points.at(-2, slice(None)))
        tracks = replace(tracks, point=way[-1], before=way[-2], state=state).take(slice(None))
        ended = stops.ended(grid)
        return replace(grid, tracks=tracks, loss=loss, unchanged=unchanged).take(going), [ended]

    def _rest(self, grid: Grid, stops: "Stops", points: "_Columns", slopes: "_Columns") -> None:
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
            rests = within(*plane(slopes.at(row, near)), tolerance) & within(*plane(step), tolerance)
            stops.note(near[rests], TOLERANCE, self.first + row[rests], points.at(row + 1, near)[:, rests])
            both[row, np.arange(len(near))] = False
            near, both = near[~rests], both[:, ~rests]

    def _strolled(self, block: Walkers, look: Callable[[int, Array, Array, Array, State], None]) -> tuple[Array, State]:
        """Take the steps and return where all have been, the place before the first step first, and the state.

        ``look`` is shown at each step its number, the points before and now, and the gradient and the state that the
        next step is made from. What is returned lies in memory that is used again.
        """
        rule, gradient_of, shape = self._bound(block), self._gradient(len(block)), block.point.shape
        state, spare = _copied(block.state), tuple(_BUFFERS.array("spare", (rule.spare, *shape)))
        way = _BUFFERS.array("way", (self.length + 2, *shape))
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
        """The function that writes the gradient to descend at each point into another array."""
        landscape, formula = self.descent.landscape, self.descent.landscape.entry.loss
        assert isinstance(formula, Formula), "data have no gradient in place"
        slopes, scratch = formula.bind_slopes(landscape.values), _BUFFERS.array("scratch", (formula.scratch, walkers))
        tips, uphill = landscape.entry.tips, self.descent.goal == "maximize"

        def gradient_of(point: Array, gradient: Array) -> None:
            slopes(point, gradient, scratch)
            for tip in tips:
                gradient[:, (point == np.array(tip)[:, None]).all(axis=0)] = 0.0
            if uphill:
                np.negative(gradient, gradient)

        return gradient_of

    def _leave(self, stops: "Stops", step: int, point: Array, parts: Sequence[Any]) -> None:
        """Note who is gone, and put all that are out of reach where they do no harm: the way on is not theirs."""
        landscape = self.descent.landscape
        (low, high), rows = landscape.reach, len(point)
        outside = ~((np.array(low[:rows])[:, None] <= point) & (point <= np.array(high[:rows])[:, None])).all(axis=0)
        gone = np.flatnonzero(outside & (stops.criterion == GOING))
        where = point[:, gone]
        stops.note(gone, criterion_of_gone(*plane(where), self._loss(where)), step, where)
        point[:, outside] = np.array(landscape.entry.start)[:, None]
        for part in parts:
            if isinstance(part, np.ndarray):
                part[..., outside] = 0.0

    def _still_going(self, stops: "Stops", last: Array) -> Any:
        """Walkers that have not stopped; empty after the last chunk."""
        going = stops.criterion == GOING
        if self.first + self.length <= self.descent.steps:
            return going
        stops.note(np.flatnonzero(going), STEPS, self.descent.steps, last[:, going])
        return np.zeros(len(going), dtype=bool)

    def _looked_back(self, crowd: Walkers | Grid, stops: "Stops", way: "_Columns") -> tuple[Array, Any]:
        """The loss and the run of unchanged losses of each, and note whose run came to be too long.

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
        """Which steps count where the loss stays the same, shape (steps, 1 or some)."""
        full = crowd.rate[which] if isinstance(crowd, Walkers) and crowd.rate is not None else None
        rates = self.descent.rates.between(self.first, self.first + self.length, full)
        return sizeable(self.descent, rates, full).reshape(self.length, -1)

    def _stall(self, stops: "Stops", stalled: Any, asked: Any, way: "_Columns") -> None:
        """Note who of those that were asked had stalled at some step, unless something else had ended the walk."""
        ever = stalled.any(axis=0)
        row, which = stalled.argmax(axis=0)[ever], asked[ever]
        first = (stops.criterion[which] == GOING) | (stops.steps[which] > self.first + row)
        row, which = row[first], which[first]
        stops.note(which, UNCHANGED, self.first + row, way.at(row + 1, which))

    def _loss(self, points: Array) -> Any:
        return self.descent.landscape.arrays.loss(*plane(points))

    def _rates(self, walkers: Walkers) -> Any:
        """The learning rate of each step: a number, or an array with one for each walker."""
        rates = self.descent.rates.between(self.first, self.first + self.length, walkers.rate)
        return rates.tolist() if walkers.rate is None else rates

    def _values(self, walkers: Walkers) -> dict[str, Any]:
        return {**self.descent.values, **({self.key: walkers.value} if self.key else {})}

    def _bound(self, walkers: Walkers) -> InPlace:
        assert self.descent.rule.by_itself is True
        return self.descent.rule.bind_in_place(**self._values(walkers))

    # --- with the loss at every step

    def _watched(self, walkers: Walkers) -> tuple[Walkers, list[Ended]]:
        """Those that have not stopped, and those that have."""
        descent, ended = self.descent, []
        evaluate = descent.evaluate(descent.landscape.arrays)
        for step in range(self.first, self.first + self.length):
            rate = descent.rates.between(step, step + 1, walkers.rate)[0]
            loss, *slope = evaluate(*plane(walkers.point))
            criterion, walkers = self._criteria(walkers, loss, slope, step, rate)
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

    def _criteria(
        self, walkers: Walkers, loss: Array, slope: Sequence[Array], step: int, rate: Any
    ) -> tuple[Any, Walkers]:
        """What ends each walk at this step, and the walkers with what they remember of the loss."""
        descent, memory = self.descent, Memory(walkers.loss, walkers.unchanged, walkers.best, walkers.waited)
        x, y = (part[None] for part in plane(walkers.point))
        moved_x, moved_y = (part[None] for part in plane(walkers.point - walkers.before))
        rests = at_rest(descent.tolerance, (slope[0][None], slope[1][None]), (moved_x, moved_y))
        counts = np.atleast_1d(sizeable(descent, rate, walkers.rate))[None]
        code, memory = criteria(descent, memory, loss[None], left(descent, x, y, loss[None]), rests, counts)
        if step == descent.steps:
            code[code == GOING] = STEPS
        return code[0], replace(walkers, **memory._asdict())

    def _moved(self, walkers: Walkers, step: int, loss: Array, slope: Sequence[Array], rate: Any) -> Walkers:
        """The walkers after their next step."""
        descent, point, k = self.descent, walkers.point, step - self.first
        x, y = plane(point)
        if self.batches is not None:
            sample = descent.sample(descent.landscape.arrays)
            assert sample is not None
            slope = sample(x, y, self.batches[k])
        if self.noise is not None:
            slope = [part + self.noise[k, axis] for axis, part in enumerate(slope)]
        if descent.rule.by_itself is True:
            rule, out = self._bound(walkers), np.empty_like(point)
            spare = (np.stack(slope[: len(point)]), *(np.empty_like(point) for _ in range(rule.spare - 1)))
            take_step = rule.update if step else rule.begin
            state, _ = take_step(spare, _copied(walkers.state), rate, point, out)
            return replace(walkers, point=out, before=point, state=state)
        steps = replace(descent, values=self._values(walkers)).steps_of_method(arrays=True)
        assert steps is not None
        state = walkers.state if step else steps.init((x, y))
        here = descent.drawn(
            descent.problem(arrays=True),
            None if self.batches is None else self.batches[k],
            None if self.noise is None else self.noise[k],
        )
        following, state, _, probes = steps.step(here)((x, y), loss, (slope[0], slope[1]), state, rate)
        spent = walkers.spent + probes
        return replace(walkers, point=np.stack(following[: len(point)]), before=point, state=state, spent=spent)


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
        """Those that have ended."""
        over = np.flatnonzero(self.criterion != GOING)
        spent = crowd.spent[over] if isinstance(crowd, Walkers) and crowd.spent is not None else None
        return Ended(crowd.cell[over], self.criterion[over], self.steps[over], self.point[:, over], spent)


class _Columns(NamedTuple):
    """Something of each step, shape (steps, dimensions, walkers); ``whose`` tells where walkers share coordinates."""

    steps: Array
    whose: tuple[Any, Any] | None

    def at(self, rows: Any, which: Any) -> Array:
        """What some walkers have at a step, or at each of a slice, or each at a step of its own."""
        rows_of_axis = range(self.steps.shape[1])
        places = [which] * len(rows_of_axis) if self.whose is None else [axis[which] for axis in self.whose]
        return np.stack([self.steps[rows, axis, places[axis]] for axis in rows_of_axis], axis=-2)


def plane(points: Array) -> tuple[Array, Array]:
    """Return x and y of points whose last axis but one has the coordinates; y is 0 on a curve."""
    x = points[..., 0, :]
    return x, points[..., 1, :] if points.shape[-2] == 2 else np.zeros_like(x)


def _copied(state: State) -> State:
    return None if state is None else tuple(part.copy() if isinstance(part, np.ndarray) else part for part in state)


def _surely_inside(landscape: FixedLandscape) -> float:
    """A number of which this is sure: points whose coordinates' squares have a smaller sum are within reach."""
    (low, high), size = landscape.reach, landscape.entry.dimensions
    # Half of it is for what rounding may do to a long sum.
    return 0.5 * max(0.0, min(min(-least, most) for least, most in zip(low[:size], high[:size], strict=True))) ** 2
