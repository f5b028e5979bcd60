"""Walks in any number of weights: a runner beside the two engines, for a problem given by its loss and its gradient.

It tells the same chunks as they do, with x and y the coordinates on a plane. Points are arrays of shape (n, walkers),
which a rule's in-place form takes as they are. NumPy adds up a lone column in another order than several, so a single
walker is computed as a pair of equal columns: so it equals, to the last bit, the walker of a block.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.landscapes.planes import Plane
from app.descent.optimizers.rules import InPlace, State
from app.descent.walks.descent import CHUNK, Chunk, Criterion, Ending, Settings, chunk_lengths
from app.descent.walks.endings import CRITERIA, GOING, NOT_FINITE, TOO_FAR, Memory, criteria, sizeable


class Problem(NamedTuple):
    """A loss of n weights and its gradient.

    ``loss_and_gradient`` takes points of shape (n, walkers) and gives losses of shape (walkers,) and gradients of that
    of the points. ``batch_gradient`` takes the rows of each walker's mini-batch as well, shape (walkers, batch), out of
    so many ``points`` of data; ``hessian_times`` takes points and vectors of their shape. A walker further than
    ``reach`` from the origin has diverged.
    """

    loss_and_gradient: Callable[[Array], tuple[Array, Array]]
    reach: float
    points: int = 1
    batch_gradient: Callable[[Array, Any], Array] | None = None
    hessian_times: Callable[[Array, Array], Array] | None = None


@dataclass(frozen=True)
class _Block:
    """Walkers that are still under way, between two chunks; the last axis of every array counts them."""

    walkers: list[int]
    point: Array
    before: Array
    state: State
    memory: Memory

    def keep(self, going: Any) -> "_Block":
        """The block without those that have ended."""

        def kept(part: Any) -> Any:
            return part[..., going] if isinstance(part, np.ndarray) else part

        return _Block(
            [walker for walker, stays in zip(self.walkers, going, strict=True) if stays],
            kept(self.point),
            kept(self.before),
            None if self.state is None else tuple(map(kept, self.state)),
            self.memory.of(going),
        )


def walk_weights(settings: Settings, problem: Problem, starts: Array, plane: Plane) -> Iterator[Chunk | Ending]:
    """Walk from all starts, shape (n, walkers), side by side; yield chunks and the ending of each walker.

    ``settings`` have a rule that each coordinate follows by itself.
    """
    assert settings.rule.by_itself is True
    alone = starts.shape[1] == 1
    point = np.repeat(starts, 2, axis=1) if alone else starts.copy()
    walkers = [0, 0] if alone else list(range(starts.shape[1]))
    before = np.full_like(point, np.inf) if settings.is_random else point
    rule = settings.rule.bind_in_place(**settings.values)
    zeros = settings.rule.zeros(point.shape)
    block = _Block(walkers, point, before, zeros, Memory.at_start(settings, len(walkers)))
    chances = {walker: _Draws(settings, problem.points, len(starts), walker) for walker in walkers}
    cost, first = settings.batch or problem.points, 0
    lengths = chunk_lengths(CHUNK)
    while block.walkers:
        last = min(first + next(lengths), settings.steps + 1)
        drawn = {walker: chance.of(last - first) for walker, chance in chances.items() if walker in block.walkers}
        path, losses, slopes, after = _advance(settings, problem, rule, block, first, last, drawn)
        rates = settings.rates.between(first, last)
        with np.errstate(all="ignore"):
            norms, steps = _lengths(slopes), _lengths(np.diff(path, axis=0, prepend=block.before[None]))
            far = _lengths(path) > problem.reach
            finite = np.isfinite(losses) & np.isfinite(path).all(axis=1)
            tolerance = settings.tolerance or -1.0
            rests = (norms <= tolerance) & (steps <= tolerance)
            diverged = np.where(finite, np.where(far, TOO_FAR, GOING), NOT_FINITE)
            code, memory = criteria(settings, block.memory, losses, diverged, rests, sizeable(settings, rates)[:, None])
        yield from _told(block, plane, path, losses, norms, rates, code, cost, first, alone, last > settings.steps)
        going = (code == GOING).all(axis=0) & (last <= settings.steps)
        block = replace(after, memory=memory).keep(going)
        first = last


class _Draws:
    """What one walker draws: noise for each of n weights, and the rows of its mini-batches."""

    def __init__(self, settings: Settings, points: int, size: int, walker: int) -> None:
        self._size, self._noise = size, settings.noise
        self._generator = settings.noise_of(walker) if settings.noise else None
        self._batches = settings.batches_of(points, walker) if settings.batch else None

    def of(self, steps: int) -> tuple[Array | None, list[Any] | None]:
        """The noise of the next steps, shape (steps, n), and the rows of their mini-batches."""
        noise = self._noise * self._generator.standard_normal((steps, self._size)) if self._generator else None
        rows = [next(self._batches) for _ in range(steps)] if self._batches else None
        return noise, rows


def _advance(
    settings: Settings,
    problem: Problem,
    rule: InPlace,
    block: _Block,
    first: int,
    last: int,
    drawn: dict[int, tuple[Array | None, list[Any] | None]],
) -> tuple[Array, Array, Array, _Block]:
    """Take a step for each iterate; return iterates and exact gradients, shape (steps, n, walkers), and losses.

    Nothing stops here: a walker that has ended goes on to the end of the chunk, and what it did after is cut off.
    """
    size, walkers = block.point.shape
    path, slopes = np.empty((last - first, size, walkers)), np.empty((last - first, size, walkers))
    losses = np.empty((last - first, walkers))
    point, before = block.point, block.before
    state = None if block.state is None else tuple(np.copy(part) if np.ndim(part) else part for part in block.state)
    spare = tuple(np.empty_like(point) for _ in range(rule.spare))
    with np.errstate(all="ignore"):
        for k, rate in enumerate(settings.rates.between(first, last).tolist()):
            losses[k], slope = problem.loss_and_gradient(point)
            path[k], slopes[k] = point, slope
            if settings.batch:
                assert problem.batch_gradient is not None, "mini-batches need a problem made from data"
                slope = problem.batch_gradient(point, np.stack([drawn[walker][1][k] for walker in block.walkers]))  # type: ignore[index]
            gradient = spare[0]
            np.multiply(slope, settings.downhill, out=gradient)
            if settings.noise:
                gradient += np.stack([drawn[walker][0][k] for walker in block.walkers], axis=1)  # type: ignore[index]
            following = np.empty_like(point)
            take_step = rule.update if first + k else rule.begin
            state, spare = take_step((gradient, *spare[1:]), state, rate, point, following)
            before, point = point, following
    return path, losses, slopes, replace(block, point=point, before=before, state=state)


def _lengths(vectors: Array) -> Array:
    """The lengths of vectors of shape (steps, n, walkers); overflow is none, whatever the order of the sum."""
    return np.asarray(np.sqrt((vectors * vectors).sum(axis=1)))


def _told(
    block: _Block,
    plane: Plane,
    path: Array,
    losses: Array,
    norms: Array,
    rates: Array,
    code: Any,
    cost: int,
    first: int,
    alone: bool,
    over: bool,
) -> Iterator[Chunk | Ending]:
    """Yield what the chunk was, walker by walker, and who ended in it."""
    x, y = np.empty_like(losses), np.empty_like(losses)
    with np.errstate(all="ignore"):
        for k, points in enumerate(path):
            x[k], y[k] = plane.coordinates(points)
    spent = cost * np.arange(first, first + len(rates), dtype=float)
    for column, walker in enumerate(block.walkers[: 1 if alone else None]):
        ended = code[:, column] != GOING
        n = int(ended.argmax()) + 1 if ended.any() else len(rates)
        at_x, at_y, loss, norm = (part[:n, column].copy() for part in (x, y, losses, norms))
        yield Chunk(walker, first, at_x, at_y, loss, norm, rates[:n].copy(), spent[:n].copy())
        if ended.any() or over:
            criterion: Criterion = CRITERIA[code[n - 1, column]] if ended.any() else "steps"
            end = {"x": at_x, "y": at_y, "loss": loss, "gradient_norm": norm}
            last = {name: float(part[-1]) for name, part in end.items()}
            yield Ending(walker, criterion, first + n - 1, evaluations=int(spent[n - 1]), **last)
