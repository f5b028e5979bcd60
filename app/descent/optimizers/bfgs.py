"""BFGS: a quasi-Newton method, whose picture of the curvature is made from the gradients that it has met."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.optimizers.rules import Line
from app.descent.optimizers.steps import Coordinates, Problem, Quantities, State, Steps, Taken

# Nocedal & Wright's constants: the fall that a step must deliver, and how much of the slope may be left at its end.
SUFFICIENT, CURVATURE = 1e-4, 0.9
MOST_PROBES = 40
# An update needs s·y above this part of |s| |y|: below it the inverse would no longer be positive definite.
_CLEARLY_POSITIVE = 1e-10
# Within this part of the loss a fall cannot be told from its rounding; there a small enough slope decides.
_ROUNDING = 4e-16
# A cubic's minimum so close to an end of the bracket is none to rely on.
_MARGIN = 0.1


class Remembered(NamedTuple):
    """What BFGS carries from step to step; the last axis of each array counts the walkers.

    ``inverse`` is its inverse Hessian, shape (n, n, walkers); ``point`` and ``gradient``, shape (n, walkers), are those
    of the step before; ``updates`` counts what has been learnt.
    """

    inverse: Array
    point: Array
    gradient: Array
    updates: Array


@dataclass(frozen=True)
class Bfgs:
    """p = -H g and x ← x + t p, where t meets the strong Wolfe conditions; H learns from s = Δx and y = Δg.

    H begins as the identity, is scaled by s·y/y·y before its first update, and stays as it is where s·y is not clearly
    positive (Nocedal & Wright, Numerical Optimization, 2nd edition 2006, algorithms 6.1, 3.5 and 3.6). The learning
    rate is the first t that is tried. Written for arrays alone: one walker is an array of one.
    """

    lines: Sequence[Line]
    first: Sequence[Line]
    refused: Sequence[Line]
    by_itself: ClassVar[Literal[False]] = False
    on_arrays: ClassVar[bool] = True

    def variants(self) -> Mapping[str, Sequence[Line]]:
        """The typeset lines, those of the first step, and those of a step that was not taken."""
        return {"rule": self.lines, "first": self.first, "refused": self.refused}

    def bind(self, arrays: bool) -> Steps:
        """The steps."""

        def step(problem: Problem) -> Callable[[Coordinates, Any, Coordinates, State, Any], Taken]:
            def take(point: Coordinates, loss: Any, gradient: Coordinates, state: State, rate: Any) -> Taken:
                with np.errstate(all="ignore"):
                    here, slope = columns(problem, point), columns(problem, gradient)
                    known = learnt(None if state is None else Remembered(*state), here, slope)
                    direction = downhill_direction(known.inverse, slope)
                    height = problem.downhill * np.atleast_1d(loss)
                    search = LineSearch(_along(problem, here, direction), height, _dot(slope, direction))
                    length, probes = search.found(np.broadcast_to(rate, height.shape))
                    following = here + length * direction
                # The gradient at the start is the walk's first evaluation; that of each later point was the last probe.
                # Where there is nothing to search for, to see that costs one as well.
                spent = np.maximum(probes + (1 if state is None else 0), 1)
                place = _coordinates(problem, following)
                if arrays:
                    return place, tuple(known), length, spent
                return (float(place[0][0]), float(place[1][0])), tuple(known), float(length[0]), int(spent[0])

            return take

        return Steps(lambda point: None, step)

    def explain(self, problem: Problem, at: Quantities, state: State) -> Quantities:
        """The further numbers of a step, given its point and gradient and the state before it."""
        point, gradient = (np.array(at[name], dtype=float)[:, None] for name in ("point", "gradient"))
        before = None if state is None else Remembered(*(np.asarray(part)[..., :1] for part in state))
        with np.errstate(all="ignore"):
            known = learnt(before, point, gradient)
            direction = downhill_direction(known.inverse, gradient)
        numbers = {
            "inverse": known.inverse[..., 0].tolist(),
            "search": direction[:, 0].tolist(),
            "length": at["learning_rate"],
            "learning_rate": at["tried"],
        }
        if before is not None:
            moved, change = point - before.point, gradient - before.gradient
            numbers |= {"displacement": moved[:, 0].tolist(), "gradient_change": change[:, 0].tolist()}
        return numbers


def columns(problem: Problem, point: Coordinates) -> Array:
    """Coordinates as an array of shape (dimensions, walkers)."""
    if problem.in_weights:
        return np.asarray(point[0])
    return np.stack([np.atleast_1d(np.asarray(part, dtype=float)) for part in point[: problem.dimensions]])


def _coordinates(problem: Problem, points: Array) -> Coordinates:
    """Columns as coordinates: x and y, or all weights and zeros."""
    if problem.in_weights:
        return points, np.zeros(points.shape[1])
    return points[0], points[1] if len(points) == 2 else np.zeros_like(points[0])


def learnt(before: Remembered | None, point: Array, gradient: Array) -> Remembered:
    """What is known when the walk has come to these points, shape (n, walkers), with these gradients."""
    size, count = point.shape
    identity = np.broadcast_to(np.eye(size)[..., None], (size, size, count))
    if before is None:
        return Remembered(identity.copy(), point, gradient, np.zeros(count))
    s, y = point - before.point, gradient - before.gradient
    product = _dot(s, y)
    clear = product > _CLEARLY_POSITIVE * np.sqrt(_dot(s, s) * _dot(y, y))
    # Before the first update H is given the size that the last step has shown.
    scaled = np.where(before.updates == 0, product / _dot(y, y), 1.0) * before.inverse
    mapped = _times(scaled, y)  # H y
    factor = (1 + _dot(y, mapped) / product) / product
    crossed = mapped[:, None] * s + s[:, None] * mapped
    updated = scaled + (factor * s)[:, None] * s - crossed / product
    return Remembered(np.where(clear, updated, before.inverse), point, gradient, before.updates + clear)


def downhill_direction(inverse: Array, gradient: Array) -> Array:
    """Return -H g, shape (n, walkers); -g where that does not lead downhill, as with noise in the gradient."""
    direction = -_times(inverse, gradient)
    return np.where(_dot(direction, gradient) < 0, direction, -gradient)


def _dot(a: Array, b: Array) -> Array:
    """A·b, shape (walkers,); added up in the order of the coordinates, however many walkers there are."""
    total = a[0] * b[0]
    for one, other in zip(a[1:], b[1:], strict=True):
        total = total + one * other
    return np.asarray(total)


def _times(matrix: Array, vector: Array) -> Array:
    """The product of a matrix, shape (n, n, walkers), and a vector, each row added up as ``_dot`` does."""
    return _dot(matrix.swapaxes(0, 1), vector)


# (lengths t, which walkers) → the height at t along the direction, and its slope there.
Along = Callable[[Array, Any], tuple[Array, Array]]


def _along(problem: Problem, point: Array, direction: Array) -> Along:
    def along(length: Array, which: Any) -> tuple[Array, Array]:
        way = direction[:, which]
        place = _coordinates(problem, point[:, which] + length * way)
        loss, *slope = problem.functions.loss_and_gradient(*place)
        return problem.downhill * loss, problem.downhill * _dot(columns(problem, (slope[0], slope[1])), way)

    return along


class LineSearch:
    """A search for a length that meets the strong Wolfe conditions, for many walkers at once.

    Lengths grow until they bracket such a length, then the bracket shrinks by cubic interpolation (Nocedal & Wright,
    algorithms 3.5 and 3.6). Each probe is one evaluation of loss and gradient. ``low`` is the end of the bracket with
    the smaller height, ``high`` the other one, infinite while there is none.
    """

    def __init__(self, along: Along, height: Array, slope: Array) -> None:
        count = len(height)
        self.along, self.height, self.slope = along, height, slope
        # Length, height and slope at both ends of each bracket; the low end is the start until something is lower.
        self.low = np.stack([np.zeros(count), height, slope])
        self.high = np.full((3, count), np.inf)

    def found(self, first: Array) -> tuple[Array, Array]:
        """The lengths, 0 where none was found, and how many probes each took; shape (walkers,)."""
        count = len(self.height)
        length, found, probes = first.astype(float).copy(), np.zeros(count), np.zeros(count)
        under_way = np.flatnonzero(self.slope < 0)
        for _ in range(MOST_PROBES):
            if not len(under_way):
                break
            tried = length[under_way]
            height, slope = self.along(tried, under_way)
            probes[under_way] += 1
            done = self._is_good(under_way, tried, height, slope)
            found[under_way[done]] = tried[done]
            self._narrow(under_way, np.stack([tried, height, slope]))
            under_way = under_way[~done]
            length[under_way] = self._next(under_way)
        # Short of the second condition, what lowers the loss enough is better than to stand still.
        found[under_way] = np.where(self.low[1, under_way] < self.height[under_way], self.low[0, under_way], 0.0)
        return found, probes

    def _falls(self, which: Any, length: Array, height: Array) -> Any:
        here = self.height[which]
        most = here + _ROUNDING * np.abs(here) + SUFFICIENT * length * self.slope[which]
        return np.isfinite(height) & (height <= most)

    def _is_good(self, which: Any, length: Array, height: Array, slope: Array) -> Any:
        return self._falls(which, length, height) & (np.abs(slope) <= CURVATURE * np.abs(self.slope[which]))

    def _narrow(self, which: Any, probe: Array) -> None:
        """Put the probe, shape (3, some), where it belongs: it is the new high end, or the new low one."""
        length, height, slope = probe
        low, high = self.low[:, which], self.high[:, which]
        is_high = ~self._falls(which, length, height) | (height >= low[1]) & (low[0] > 0) | ~np.isfinite(slope)
        # A low end whose slope leads away from the high end has the better lengths on its other side.
        turned = ~is_high & (slope * np.where(np.isinf(high[0]), 1.0, high[0] - low[0]) >= 0)
        self.high[:, which] = np.where(is_high, probe, np.where(turned, low, high))
        self.low[:, which] = np.where(is_high, low, probe)

    def _next(self, which: Any) -> Array:
        """The next lengths to try: twice as long without a bracket, else the minimum of a cubic within it."""
        low, high = self.low[:, which], self.high[:, which]
        width = high[0] - low[0]
        one = low[2] + high[2] - 3 * (high[1] - low[1]) / width
        other = np.sign(width) * np.sqrt(one * one - low[2] * high[2])
        part = 1 - (high[2] + other - one) / (high[2] - low[2] + 2 * other)
        # Where the cubic has no minimum well inside, the middle is as good as any.
        part = np.where((part >= _MARGIN) & (part <= 1 - _MARGIN), part, 0.5)
        return np.asarray(np.where(np.isinf(high[0]), 2 * low[0], low[0] + part * width))
