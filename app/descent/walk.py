"""The walk: a generator of chunks and one ending for each walker, alone or many side by side.

A few walkers step on Python floats, 20 times faster than arrays of two numbers; many step as arrays. Both run the same
landscape functions and the same update rule, and agree to rounding.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import Any, Literal, NamedTuple

import numpy as np

from app.descent.formula import Functions
from app.descent.landscape import Array, Box, Goal, Point, Terrain, lift
from app.descent.optimizers import State, Update
from app.descent.schedules import LearningRates

Outcome = Literal["converged", "diverged", "stalled", "out_of_steps"]
Column = list[float] | Array

# Measured: with up to so many walkers floats are faster than arrays.
MOST_ALONE = 24
# A walk has stalled when this many steps in a row, at more than a hundredth of the full learning rate, left the loss
# the same to the last bit.
STALL_STEPS = 64
_STALL_RATE = 0.01
_FIRST_CHUNKS = (16, 64)
_CHUNK = 256
# Steps × walkers of one block's chunk: about 2 ms, so that other clients of the server get their turn.
_BLOCK = 16_384

# Each walker draws from its own generator, so that its noise does not depend on how many others there are.
_STARTS, _NOISE = 0, 1


@dataclass(frozen=True)
class Descent:
    """Everything that decides a walk but its start.

    ``tolerance`` 0 means never to stop early; ``noise`` is the standard deviation added to each gradient component.
    """

    terrain: Terrain
    update: Update
    rates: LearningRates
    steps: int
    tolerance: float = 1e-6
    noise: float = 0.0
    seed: int = 0
    goal: Goal = "minimize"

    def evaluate(self, functions: Functions) -> Callable[[Any, Any], tuple[Any, Any, Any]]:
        """Return the function that gives the loss and the gradient to descend, which for ascent is the negative one."""
        downhill = functions.loss_and_gradient
        if self.goal == "minimize":
            return downhill

        def uphill(x: Any, y: Any) -> tuple[Any, Any, Any]:
            loss, slope_x, slope_y = downhill(x, y)
            return loss, -slope_x, -slope_y

        return uphill

    def noise_rows(self, walker: int) -> Callable[[int], Array]:
        """Return a function that draws the next ``count`` rows of this walker's noise, shape (count, 2)."""
        generator = np.random.default_rng([self.seed, _NOISE, walker])
        # Numbers are drawn for y even where there is none, so that the noise in x does not depend on it.
        mask = np.array([1.0, 1.0 if self.terrain.landscape.dimensions == 2 else 0.0])
        scale = self.noise * mask

        def draw(count: int) -> Array:
            if self.noise == 0:
                return np.zeros((count, 2))
            with np.errstate(over="ignore"):  # noise beyond all floats ends in a walk that diverges
                return scale * generator.standard_normal((count, 2))

        return draw


class Chunk(NamedTuple):
    """Iterates ``first``, ``first + 1``, … of one walker, a column for each quantity."""

    walker: int
    first: int
    x: Column
    y: Column
    loss: Column
    gradient_norm: Column
    learning_rate: Column


class Ending(NamedTuple):
    """The last iterate of one walker and what ended the walk."""

    walker: int
    outcome: Outcome
    steps: int
    x: float
    y: float
    loss: float
    gradient_norm: float


class TracedStep(NamedTuple):
    """All numbers that one step was made of, as the walk used them; vectors are pairs.

    ``state`` has a vector for each name in ``Optimizer.state``; it is empty before the first step.
    """

    step: int
    learning_rate: float
    point: tuple[float, float]
    slope: tuple[float, float]
    noise: tuple[float, float]
    gradient: tuple[float, float]
    state: tuple[tuple[float, float], ...]
    state_next: tuple[tuple[float, float], ...]
    point_next: tuple[float, float]


def scatter(box: Box, start: Point, count: int, seed: int) -> list[Point]:
    """Return ``count`` starts: the given one, the rest uniform over the box; a larger count begins with the same."""
    generator = np.random.default_rng([seed, _STARTS])
    drawn = generator.uniform(box.low, box.high, (count - 1, len(start)))
    return [start, *(tuple(row) for row in drawn.tolist())]


def walk(descent: Descent, starts: Sequence[Point], only: int | None = None) -> Iterator[Chunk | Ending]:
    """Walk from every start, interleaved: first the first chunk of every walker, then the second of every one …

    ``only`` walks a single one of them, with the arithmetic that it has among all of them.
    """
    walkers = range(len(starts)) if only is None else [only]
    if len(starts) > MOST_ALONE:
        yield from _walk_block(descent, {walker: starts[walker] for walker in walkers})
    else:
        yield from _take_turns([_walk_alone(descent, walker, starts[walker]) for walker in walkers])


def trace(descent: Descent, starts: Sequence[Point], walker: int) -> Iterator[list[TracedStep]]:
    """Walk once more and yield, chunk by chunk, the numbers of every step that was taken.

    It is the same walk: the engine runs with an update rule that also takes notes.
    """
    notes: list[tuple[Any, State, State]] = []
    slopes: list[tuple[Any, Any]] = []

    def update(gradient: Any, state: State, learning_rate: float) -> tuple[Any, State]:
        step, after = descent.update(gradient, state, learning_rate)
        notes.append((gradient, state, after))
        return step, after

    def noted(functions: Functions) -> Functions:
        def loss_and_gradient(x: Any, y: Any) -> tuple[Any, Any, Any]:
            # A gradient that does not exist is a note as well: every iterate has its line.
            slopes.append((math.nan, math.nan))
            answer = functions.loss_and_gradient(x, y)
            slopes[-1] = (_number(answer[1]), _number(answer[2]))
            return answer

        return functions._replace(loss_and_gradient=loss_and_gradient)

    terrain = descent.terrain
    observed = replace(
        descent,
        update=update,
        terrain=replace(terrain, floats=noted(terrain.floats), arrays=noted(terrain.arrays)),
    )
    draw = descent.noise_rows(walker)
    rates: list[float] = []
    points: list[tuple[float, float]] = []
    done = 0
    for chunk in (event for event in walk(observed, starts, only=walker) if isinstance(event, Chunk)):
        points.extend(zip(map(float, chunk.x), map(float, chunk.y), strict=True))
        rates.extend(map(float, chunk.learning_rate))
        # The step from the last point so far is known when the next point is.
        count = len(points) - 1
        noise = draw(count).tolist()
        yield [
            TracedStep(
                done + k,
                rates[k],
                points[k],
                slopes[k],
                tuple(noise[k]),
                (_number(notes[2 * k][0]), _number(notes[2 * k + 1][0])),
                _vectors(notes[2 * k][1], notes[2 * k + 1][1]),
                _vectors(notes[2 * k][2], notes[2 * k + 1][2]),
                points[k + 1],
            )
            for k in range(count)
        ]
        done += count
        del points[:count], rates[:count], slopes[:count], notes[: 2 * count]


def _number(value: Any) -> float:
    return float(np.asarray(value).reshape(-1)[0])


def _vectors(state_x: State, state_y: State) -> tuple[tuple[float, float], ...]:
    return tuple((_number(x), _number(y)) for x, y in zip(state_x or (), state_y or (), strict=True))


def _take_turns(walks: list[Iterator[Chunk | Ending]]) -> Iterator[Chunk | Ending]:
    while walks:
        unfinished = []
        for one in walks:
            event = next(one)
            yield event
            if isinstance(event, Chunk):
                unfinished.append(one)
        walks = unfinished


def _chunk_lengths(longest: int) -> Iterator[int]:
    yield from (min(length, longest) for length in _FIRST_CHUNKS)
    yield from repeat(longest)


class _Alone(NamedTuple):
    """Where one walker on floats is between two chunks."""

    x: float
    y: float
    before_x: float
    before_y: float
    loss: float
    unchanged: int
    state_x: State
    state_y: State


def _walk_alone(descent: Descent, walker: int, start: Point) -> Iterator[Chunk | Ending]:
    x, y = lift(start)
    # Without noise a start where the gradient is zero is an end; with noise at least one step is tried.
    before = x if descent.noise == 0 else math.inf
    at = _Alone(x, y, before, y, math.nan, 0, None, None)
    draw = descent.noise_rows(walker) if descent.noise else None
    evaluate = descent.evaluate(descent.terrain.floats)
    outcome: Outcome | None = None
    first = 0
    lengths = _chunk_lengths(_CHUNK)
    while outcome is None:
        last = min(first + next(lengths), descent.steps + 1)
        rates = descent.rates.between(first, last).tolist()
        noise = draw(last - first).tolist() if draw else None
        columns, at, outcome = _advance(descent, evaluate, at, rates, noise)
        yield Chunk(walker, first, *columns, rates[: len(columns[0])])
        first += len(columns[0])
        if outcome is None and first > descent.steps:
            outcome = "out_of_steps"
    yield Ending(walker, outcome, first - 1, *(column[-1] for column in columns))


def _advance(
    descent: Descent,
    evaluate: Callable[[float, float], tuple[float, float, float]],
    at: _Alone,
    rates: list[float],
    noise: list[list[float]] | None,
) -> tuple[tuple[list[float], list[float], list[float], list[float]], _Alone, Outcome | None]:
    """Take a step for each learning rate on floats, until something ends the walk. This is the hot loop."""
    x, y, before_x, before_y, last_loss, unchanged, state_x, state_y = at
    (low_x, low_y), (high_x, high_y) = descent.terrain.reach
    tolerance = descent.tolerance or -1.0
    stall_rate = descent.rates.learning_rate * _STALL_RATE if descent.tolerance else math.inf
    update, hypot, nan = descent.update, math.hypot, math.nan
    xs: list[float] = []
    ys: list[float] = []
    losses: list[float] = []
    norms: list[float] = []
    outcome: Outcome | None = None
    for learning_rate in rates:
        try:
            loss, gradient_x, gradient_y = evaluate(x, y)
        except (ArithmeticError, ValueError):
            loss = _loss_alone(descent.terrain, x, y)
            gradient_x = gradient_y = nan
        norm = hypot(gradient_x, gradient_y)
        xs.append(x)
        ys.append(y)
        losses.append(loss)
        norms.append(norm)
        # A difference with itself is zero for finite numbers only.
        if not (low_x <= x <= high_x and low_y <= y <= high_y and loss - loss == 0.0):
            outcome = "diverged"
            break
        if norm <= tolerance and hypot(x - before_x, y - before_y) <= tolerance:
            outcome = "converged"
            break
        if loss != last_loss:
            last_loss = loss
            unchanged = 0
        elif learning_rate > stall_rate:
            unchanged += 1
            if unchanged >= STALL_STEPS:
                outcome = "stalled"
                break
        if noise is not None:
            noise_x, noise_y = noise[len(xs) - 1]
            gradient_x += noise_x
            gradient_y += noise_y
        before_x, before_y = x, y
        step_x, state_x = update(gradient_x, state_x, learning_rate)
        step_y, state_y = update(gradient_y, state_y, learning_rate)
        x += step_x
        y += step_y
    return (xs, ys, losses, norms), _Alone(x, y, before_x, before_y, last_loss, unchanged, state_x, state_y), outcome


def _loss_alone(terrain: Terrain, x: float, y: float) -> float:
    """Return the loss where it exists without its gradient, as at the tip of a cone; NaN where it does not either."""
    try:
        return float(terrain.floats.loss(x, y))
    except (ArithmeticError, ValueError):
        return math.nan


@dataclass(frozen=True)
class _Block:
    """Where the walkers that are still under way are between two chunks; every array has shape (walkers,)."""

    walkers: list[int]
    x: Array
    y: Array
    before_x: Array
    before_y: Array
    loss: Array
    unchanged: Any
    state_x: State
    state_y: State

    def keep(self, mask: Any) -> "_Block":
        """Return the block without the walkers that have finished."""

        def kept(state: State) -> State:
            return None if state is None else tuple(part[mask] for part in state)

        return replace(
            self,
            walkers=[walker for walker, stays in zip(self.walkers, mask, strict=True) if stays],
            x=self.x[mask],
            y=self.y[mask],
            before_x=self.before_x[mask],
            before_y=self.before_y[mask],
            loss=self.loss[mask],
            unchanged=self.unchanged[mask],
            state_x=kept(self.state_x),
            state_y=kept(self.state_y),
        )


def _walk_block(descent: Descent, starts: Mapping[int, Point]) -> Iterator[Chunk | Ending]:
    points = np.array([lift(start) for start in starts.values()])
    x, y = points[:, 0].copy(), points[:, 1].copy()
    before = x if descent.noise == 0 else np.full_like(x, np.inf)
    count = np.zeros(len(x), dtype=int)
    block = _Block(list(starts), x, y, before, y, np.full_like(x, np.nan), count, None, None)
    draws = {walker: descent.noise_rows(walker) for walker in starts} if descent.noise else {}
    evaluate = descent.evaluate(descent.terrain.arrays)
    first = 0
    lengths = _chunk_lengths(max(8, min(_CHUNK, _BLOCK // len(starts))))
    while block.walkers:
        last = min(first + next(lengths), descent.steps + 1)
        rates = descent.rates.between(first, last)
        noise = np.stack([draws[walker](last - first) for walker in block.walkers], axis=1) if draws else None
        columns, after = _advance_block(descent, evaluate, block, rates, noise)
        taken, outcomes, unchanged = _endings(descent, block, columns, rates)
        if last > descent.steps:
            outcomes = [outcome or "out_of_steps" for outcome in outcomes]
        # Measured: going through rows is four times cheaper than indexing, and there are thousands of them.
        rows = zip(*(np.ascontiguousarray(column.T) for column in columns), strict=True)
        for walker, n, outcome, (x, y, loss, norm) in zip(block.walkers, taken, outcomes, rows, strict=True):
            if n == len(rates):
                yield Chunk(walker, first, x, y, loss, norm, rates)
            else:
                yield Chunk(walker, first, x[:n], y[:n], loss[:n], norm[:n], rates[:n])
            if outcome is not None:
                yield Ending(walker, outcome, first + n - 1, *(float(column[n - 1]) for column in (x, y, loss, norm)))
        going = np.array([outcome is None for outcome in outcomes])
        block = replace(after, unchanged=unchanged)
        if not going.all():
            block = block.keep(going)
        first = last


def _advance_block(
    descent: Descent,
    evaluate: Callable[[Array, Array], tuple[Array, Array, Array]],
    block: _Block,
    rates: Array,
    noise: Array | None,
) -> tuple[list[Array], _Block]:
    """Take a step for each learning rate with all walkers; columns have shape (steps, walkers).

    Nothing stops here: a walker that has ended goes on to the end of the chunk, and what it did after is cut off.
    """
    x, y, state_x, state_y = block.x, block.y, block.state_x, block.state_y
    before_x, before_y = block.before_x, block.before_y
    xs, ys, losses, norms = (np.empty((len(rates), len(x))) for _ in range(4))
    update = descent.update
    # Not held across a yield: context variables would leak into whatever else the server does meanwhile.
    with np.errstate(all="ignore"):
        for k, learning_rate in enumerate(rates.tolist()):
            losses[k], gradient_x, gradient_y = evaluate(x, y)
            xs[k], ys[k] = x, y
            np.hypot(gradient_x, gradient_y, out=norms[k])
            if noise is not None:
                gradient_x = gradient_x + noise[k, :, 0]
                gradient_y = gradient_y + noise[k, :, 1]
            step_x, state_x = update(gradient_x, state_x, learning_rate)
            step_y, state_y = update(gradient_y, state_y, learning_rate)
            before_x, before_y = x, y
            x = x + step_x
            y = y + step_y
    after = replace(
        block, x=x, y=y, before_x=before_x, before_y=before_y, loss=losses[-1], state_x=state_x, state_y=state_y
    )
    return [xs, ys, losses, norms], after


def _endings(
    descent: Descent, block: _Block, columns: list[Array], rates: Array
) -> tuple[list[int], list[Outcome | None], Any]:
    """Return for each walker how many rows count, what ended it if anything did, and its run of unchanged losses."""
    x, y, loss, norm = columns
    (low_x, low_y), (high_x, high_y) = descent.terrain.reach
    tolerance = descent.tolerance or -1.0
    # Endings are rare: a look at the whole block tells when there is nothing to be looked for in it.
    with np.errstate(all="ignore"):
        converged = norm <= tolerance
        if converged.any():
            before_x, before_y = block.before_x[None], block.before_y[None]
            length = np.hypot(np.diff(x, axis=0, prepend=before_x), np.diff(y, axis=0, prepend=before_y))
            converged &= length <= tolerance
        inside = low_x <= x.min() and x.max() <= high_x and low_y <= y.min() and y.max() <= high_y
        diverged = np.zeros(x.shape, dtype=bool)
        if not (inside and math.isfinite(loss.sum())):
            diverged = ~((low_x <= x) & (x <= high_x) & (low_y <= y) & (y <= high_y) & np.isfinite(loss))
    run = _unchanged_run(descent, block, loss, rates)
    stalled = run >= STALL_STEPS
    ended = converged | diverged | stalled
    over = ended.any(axis=0)
    row = np.where(over, ended.argmax(axis=0), len(rates) - 1)
    each = np.arange(x.shape[1])
    outcomes: list[Outcome | None] = [
        None if not ends else "diverged" if gone else "converged" if at_rest else "stalled"
        for ends, gone, at_rest in zip(over, diverged[row, each], converged[row, each], strict=True)
    ]
    return (row + 1).tolist(), outcomes, run[-1]


def _unchanged_run(descent: Descent, block: _Block, loss: Array, rates: Array) -> Any:
    """Return, shape (steps, walkers), for how many steps at a sizeable learning rate the loss has been the same."""
    same = loss == np.concatenate([block.loss[None], loss[:-1]])
    if descent.tolerance == 0 or not same.any():
        return np.zeros(loss.shape, dtype=int)
    sizeable = rates > descent.rates.learning_rate * _STALL_RATE
    counted = np.cumsum(same & sizeable[:, None], axis=0)
    # The count at the last change is subtracted; before the first change of this chunk the old run goes on.
    at_change = np.maximum.accumulate(np.where(same, -1, counted), axis=0)
    return np.where(at_change < 0, counted + block.unchanged, counted - at_change)
