"""Walks in any number of weights: a runner beside the two engines, for a problem given by its loss and its gradient.

Points are arrays of shape (n, walkers), which a rule's in-place form takes as they are. NumPy adds up a lone column in
another order than several, so a single walker is computed as a pair of equal columns, from the start on or when it is
the last that is left: so it equals, to the last bit, the walker of a block.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.formulas.formula import Functions
from app.descent.optimizers.rules import InPlace, State
from app.descent.optimizers.steps import Coordinates, Steps
from app.descent.optimizers.steps import Problem as Asked
from app.descent.walks.descent import OUTCOME_OF, Criterion, Outcome, Settings, chunk_lengths
from app.descent.walks.endings import CRITERIA, GOING, NOT_FINITE, STEPS, TOO_FAR, Memory, criteria, sizeable

# Steps of one chunk at the most, by how much of them the arithmetic takes and how much its numbers: a few milliseconds,
# so that other clients of the server get their turn.
_LONGEST_CHUNK, _TRIES_AT_ONCE, _NUMBERS_AT_ONCE = 64, 256, 750_000


class Problem(NamedTuple):
    """A loss of n weights and its gradient.

    ``loss_and_gradient`` takes points of shape (n, walkers), two walkers at least, and gives losses of shape (walkers,)
    and gradients of that of the points; ``loss`` gives the losses alone, to the same bit, and where it is None the
    first of the two is asked. ``batch_gradient`` takes the rows of each walker's mini-batch as well, shape
    (walkers, batch), out of so many ``points`` of data; ``hessian_times`` takes points and vectors of their shape. A
    walker further than ``reach`` from the origin has diverged.
    """

    loss_and_gradient: Callable[[Array], tuple[Array, Array]]
    reach: float
    points: int = 1
    batch_gradient: Callable[[Array, Any], Array] | None = None
    hessian_times: Callable[[Array, Array], Array] | None = None
    loss: Callable[[Array], Array] | None = None


class WeightsChunk(NamedTuple):
    """Iterates ``first``, ``first + 1``, … of one walker: weights of shape (steps, n), and columns of shape (steps,).

    ``evaluations`` counts, in data points where there are any, what the steps before each iterate cost.
    """

    walker: int
    first: int
    weights: Array
    loss: Array
    gradient_norm: Array
    learning_rate: Array
    evaluations: Array


class WeightsEnding(NamedTuple):
    """The last iterate of one walker, its weights of shape (n,), and what ended the walk."""

    walker: int
    criterion: Criterion
    steps: int
    weights: Array
    loss: float
    gradient_norm: float
    evaluations: int

    @property
    def outcome(self) -> Outcome:
        """How the walk ended."""
        return OUTCOME_OF[self.criterion]


@dataclass(frozen=True)
class Block:
    """Walkers that are still under way, between two chunks; the last axis of every array counts them.

    A walker that is alone is there twice. ``rate`` and ``value``, that of the hyperparameter which is not the same for
    all, are None where all have the same.
    """

    walker: Any
    point: Array
    before: Array
    state: State
    memory: Memory
    spent: Array
    rate: Any = None
    value: Any = None

    @classmethod
    def at(cls, settings: Settings, walker: Any, starts: Array, rate: Any = None, value: Any = None) -> "Block":
        """Walkers before their first step; ``starts`` has shape (n, walkers)."""
        count = starts.shape[1]
        return cls(
            walker=walker,
            point=starts,
            # A start where the gradient is zero is an end, unless chance may lead away from it.
            before=np.full_like(starts, np.inf) if settings.is_random else starts,
            state=settings.rule.zeros(starts.shape) if settings.rule.by_itself is True else None,
            memory=Memory.at_start(settings, count),
            spent=np.zeros(count),
            rate=rate,
            value=value,
        ).keep(np.ones(count, dtype=bool))

    @property
    def count(self) -> int:
        """How many walkers there are."""
        return len(np.unique(self.walker))

    def keep(self, going: Any) -> "Block":
        """A copy of the block without those that have ended."""
        places = np.flatnonzero(going)
        if len(places) == 1:
            places = np.repeat(places, 2)

        def kept(part: Any) -> Any:
            # What is the same for all is a number, or None. The order in memory decides that of sums.
            return part.take(places, axis=-1) if isinstance(part, np.ndarray) else part

        return Block(
            walker=kept(self.walker),
            point=kept(self.point),
            before=kept(self.before),
            state=None if self.state is None else tuple(map(kept, self.state)),
            memory=self.memory.of(places),
            spent=kept(self.spent),
            rate=kept(self.rate),
            value=kept(self.value),
        )


class Drawn(NamedTuple):
    """What chance has in store for some steps: noise of shape (steps, n, walkers or 1), and the rows of mini-batches,
    of shape (steps, walkers, batch).
    """

    noise: Array | None
    rows: Any


class Draws:
    """What one walker draws: noise for each of n weights, and the rows of its mini-batches."""

    def __init__(self, settings: Settings, points: int, size: int, walker: int, first: int = 0) -> None:
        """Draw as this walker does from the step ``first`` on."""
        self._size, self._noise = size, settings.noise
        self._generator = settings.noise_of(walker) if settings.noise else None
        self._batches = settings.batches_of(points, walker) if settings.batch else None
        self.of(first)

    def of(self, steps: int) -> tuple[Array | None, Any]:
        """The noise of the next steps, shape (steps, n), and the rows of their mini-batches, shape (steps, batch)."""
        noise = rows = None
        if self._generator:
            with np.errstate(over="ignore"):  # noise beyond all floats ends in a walk that diverges
                noise = self._noise * self._generator.standard_normal((steps, self._size))
        if self._batches:
            rows = np.array([next(self._batches) for _ in range(steps)])
        return noise, rows


class Walked(NamedTuple):
    """What a block did in some steps: columns of shape (steps, walkers), and the weights, shape (steps, n, walkers).

    ``code`` is what ended each walk at each iterate, an index into ``CRITERIA`` or ``GOING``. Nothing stops when a
    walker has ended: what it did after is there too, and the block ``after`` still has all.
    """

    weights: Array
    loss: Array
    gradient_norm: Array
    learning_rate: Array
    evaluations: Array
    planned: Array
    code: Any
    after: Block


def walk_weights(
    settings: Settings, problem: Problem, starts: Array, only: int | None = None
) -> Iterator[WeightsChunk | WeightsEnding]:
    """Walk from all starts, shape (n, walkers), side by side; yield chunks and the ending of each walker.

    ``only`` walks a single one of them, as it does among all. Raises ``NotImplementedError`` at the first step of a
    method that needs a Hessian.
    """
    walkers = np.arange(starts.shape[1]) if only is None else np.array([only])
    block = Block.at(settings, walkers, starts[:, walkers])
    draws = {walker: Draws(settings, problem.points, len(starts), walker) for walker in walkers.tolist()}
    lengths, first = chunk_lengths(longest_chunk(settings, problem, block)), 0
    while block.count:
        last = min(first + next(lengths), settings.steps + 1)
        done = walked(settings, problem, block, first, last, _drawn(draws, block, last - first))
        yield from _told(block, done, first)
        block, first = done.after.keep((done.code == GOING).all(axis=0)), last


def longest_chunk(settings: Settings, problem: Problem, block: Block) -> int:
    """How many steps of a block take a few milliseconds."""
    numbers = block.point.size * problem.points * settings.tries
    return max(1, min(_LONGEST_CHUNK, _TRIES_AT_ONCE // settings.tries, _NUMBERS_AT_ONCE // numbers))


def _drawn(draws: dict[int, Draws], block: Block, steps: int) -> Drawn:
    """What each of the block's walkers draws for the next steps."""
    each = {walker: draws[walker].of(steps) for walker in dict.fromkeys(block.walker.tolist())}
    noise, rows = zip(*(each[walker] for walker in block.walker.tolist()), strict=True)
    return Drawn(
        None if noise[0] is None else np.stack(noise, axis=-1),
        None if rows[0] is None else np.stack(rows, axis=1),
    )


def _told(block: Block, done: Walked, first: int) -> Iterator[WeightsChunk | WeightsEnding]:
    """Yield what the chunk was, walker by walker, and who ended in it."""
    weights, *columns = (np.ascontiguousarray(np.moveaxis(part, -1, 0)) for part in done[:5])
    ended = done.code != GOING
    for column, walker in enumerate(block.walker[: block.count].tolist()):
        over = bool(ended[:, column].any())
        n = int(ended[:, column].argmax()) + 1 if over else len(ended)
        loss, norm, rates, spent = (part[column, :n] for part in columns)
        if over:
            rates[-1] = done.planned[n - 1, column]  # from the last iterate no step is taken
        yield WeightsChunk(walker, first, weights[column, :n], loss, norm, rates, spent)
        if over:
            criterion = CRITERIA[done.code[n - 1, column]]
            numbers = float(loss[-1]), float(norm[-1]), int(spent[-1])
            yield WeightsEnding(walker, criterion, first + n - 1, weights[column, n - 1].copy(), *numbers)


def walked(
    settings: Settings, problem: Problem, block: Block, first: int, last: int, drawn: Drawn, key: str | None = None
) -> Walked:
    """The steps ``first`` to ``last - 1`` of all walkers, ``key`` being the hyperparameter that each has a value of.

    Where the steps are used up, that ends who is still going.
    """
    rates = settings.rates.between(first, last, block.rate)
    values = {**settings.values, **({key: block.value} if key else {})}
    mover = _mover(settings, problem, values, block, rates, first)
    path, losses, slopes = _advanced(problem, mover, block.point, drawn, last - first)
    point, path = path[-1].copy(), path[:-1]
    tolerance = settings.tolerance or -1.0
    with np.errstate(all="ignore"):
        norms = _lengths(slopes)
        rests = norms <= tolerance
        if rests.any():
            rests &= _lengths(np.diff(path, axis=0, prepend=block.before[None])) <= tolerance
        finite = np.isfinite(losses) & np.isfinite(path).all(axis=1)
        diverged = np.where(finite, np.where(_lengths(path) > problem.reach, TOO_FAR, GOING), NOT_FINITE)
        planned = np.broadcast_to(rates.reshape(len(rates), -1), losses.shape)
        counts = sizeable(settings, planned, block.rate)
        code, memory = criteria(settings, block.memory, losses, diverged, rests, counts, mover.spent[:-1])
    if last > settings.steps:
        code[-1, code[-1] == GOING] = STEPS
    after = replace(block, point=point, before=path[-1], state=mover.state, memory=memory, spent=mover.spent[-1])
    return Walked(path, losses, norms, mover.used, mover.spent[:-1], planned, code, after)


def _advanced(
    problem: Problem, mover: "_ByRule | _ByMethod", point: Array, drawn: Drawn, steps: int
) -> tuple[Array, Array, Array]:
    """Take so many steps; return the iterates, of which the last is without its loss, losses and exact gradients."""
    path, slopes = np.empty((steps + 1, *point.shape)), np.empty((steps, *point.shape))
    losses = np.empty((steps, point.shape[1]))
    path[0] = point
    evaluate, (noise, rows) = problem.loss_and_gradient, drawn
    with np.errstate(all="ignore"):
        for k in range(steps):
            losses[k], slopes[k] = evaluate(path[k])
            here = Drawn(None if noise is None else noise[k], None if rows is None else rows[k])
            slope = slopes[k] if rows is None else _sampled(problem, path[k], here.rows)
            mover.move(k, path[k], losses[k], slope, here, path[k + 1])
    return path, losses, slopes


def _sampled(problem: Problem, points: Array, rows: Any) -> Array:
    assert problem.batch_gradient is not None, "mini-batches need a problem made from data"
    return problem.batch_gradient(points, rows)


def _mover(
    settings: Settings, problem: Problem, values: dict[str, Any], block: Block, rates: Array, first: int
) -> "_ByRule | _ByMethod":
    """What takes the steps of a chunk."""
    if settings.rule.by_itself is True:
        return _ByRule(settings, problem, settings.rule.bind_in_place(**values), block, rates, first)
    return _ByMethod(settings, problem, settings.rule.bind(True, **values), block, rates)


class _ByRule:
    """Steps in which each weight goes by itself.

    ``used`` are the learning rates, shape (steps, walkers); ``spent`` is what had been spent before each step and after
    the last one.
    """

    def __init__(
        self, settings: Settings, problem: Problem, rule: InPlace, block: Block, rates: Array, first: int
    ) -> None:
        self._downhill, self._rule, self._first = settings.downhill, rule, first
        self._rates = rates.tolist() if rates.ndim == 1 else rates
        self._spare: tuple[Array, ...] = tuple(np.empty_like(block.point) for _ in range(rule.spare))
        # The arrays of the state are written into.
        self.state: State = None if block.state is None else tuple(map(np.copy, block.state))
        self.used = np.broadcast_to(rates.reshape(len(rates), -1), (len(rates), block.point.shape[1]))
        self.spent = block.spent + (settings.batch or problem.points) * np.arange(len(rates) + 1.0)[:, None]

    def move(self, k: int, point: Array, loss: Array, slope: Array, drawn: Drawn, out: Array) -> None:
        """Write into ``out`` where the step leads."""
        gradient = self._spare[0]
        np.multiply(slope, self._downhill, out=gradient)
        if drawn.noise is not None:
            gradient += drawn.noise
        take_step = self._rule.update if self._first + k else self._rule.begin
        self.state, self._spare = take_step(self._spare, self.state, self._rates[k], point, out)


class _ByMethod:
    """Steps of a method that looks at all weights, or at further points; ``used`` and ``spent`` as of a rule."""

    def __init__(self, settings: Settings, problem: Problem, steps: Steps, block: Block, rates: Array) -> None:
        size, count = block.point.shape
        self._problem, self._steps, self._cost = problem, steps, settings.batch or problem.points
        self._downhill, self._rates, self._zeros = settings.downhill, rates, np.zeros(count)
        functions = Functions(self._loss, self._loss_and_gradient, _no_hessian)
        self._whole = Asked(functions, size, settings.downhill, self._again, in_weights=True)
        self._step = steps.step(self._whole)
        self.state: State = block.state
        self.used, self.spent = np.empty((len(rates), count)), np.empty((len(rates) + 1, count))
        self.spent[0] = block.spent

    def move(self, k: int, point: Array, loss: Array, slope: Array, drawn: Drawn, out: Array) -> None:
        """Write into ``out`` where the step leads."""
        step, gradient = self._step, self._turned(slope, drawn)
        if drawn.noise is not None or drawn.rows is not None:

            def again(x: Any, y: Any) -> Coordinates:
                there = (
                    self._problem.loss_and_gradient(x)[1]
                    if drawn.rows is None
                    else _sampled(self._problem, x, drawn.rows)
                )
                return self._turned(there, drawn), y

            step = self._steps.step(self._whole._replace(again=again))
        (following, _), self.state, self.used[k], probes = step(
            (point, self._zeros), loss, (gradient, self._zeros), self.state, self._rates[k]
        )
        out[:] = following
        self.spent[k + 1] = self.spent[k] + self._cost * probes

    def _turned(self, slope: Array, drawn: Drawn) -> Array:
        gradient = self._downhill * slope
        return gradient if drawn.noise is None else gradient + drawn.noise

    def _again(self, x: Any, y: Any) -> Coordinates:
        return self._downhill * self._problem.loss_and_gradient(x)[1], y

    def _loss(self, x: Any, y: Any) -> Any:
        loss = self._problem.loss
        return self._loss_and_gradient(x, y)[0] if loss is None else loss(_in_pairs(x))[: len(y)]

    def _loss_and_gradient(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        loss, gradient = self._problem.loss_and_gradient(_in_pairs(x))
        return loss[: len(y)], gradient[:, : len(y)], y


def _in_pairs(points: Array) -> Array:
    """Points as they are asked for: a lone one twice, and in the order in memory in which they are added up."""
    return np.repeat(points, 2, axis=1) if points.shape[1] == 1 else np.ascontiguousarray(points)


def _no_hessian(x: Any, y: Any) -> Any:
    raise NotImplementedError("methods that need a Hessian do not walk in n weights")


def _lengths(vectors: Array) -> Array:
    """The lengths of vectors of shape (steps, n, walkers); overflow is none, whatever the order of the sum."""
    return np.asarray(np.sqrt((vectors * vectors).sum(axis=1)))
