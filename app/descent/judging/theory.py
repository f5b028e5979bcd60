"""Theory, where it holds: the quadratic that the derivatives at a point describe, sharpness, and the best settings."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.formulas.formula import compile_formula
from app.descent.landscapes.curvature import Point, Scale, eigenvalues, gradient_at, hessian_at, in_plane, newton_step
from app.descent.landscapes.landscape import Box, FixedLandscape, Goal, Source
from app.descent.optimizers.table import OPTIMIZERS, Optimizer

# About how many level lines of a quadratic are drawn, and the grid on which their range is found.
_LINES = 7
_GRID = 33
# A curvature below this part of the largest is the rounding of a zero.
_ROUNDING = 1e-13
# A stationary point so many box widths away has no rings in the box: its lines are evenly spaced there as they are.
_FAR = 100.0


class LocalQuadratic(NamedTuple):
    """The quadratic with the loss, the gradient and the Hessian of one point: the Taylor polynomial of second order.

    The Hessian is given by rows, its eigenvalues ascend, and its eigenvectors are unit vectors in the same order. The
    condition number is None unless the quadratic has an optimum of the goal's kind. ``centre`` is its stationary point,
    where Newton's full step would land, None where it has none. ``levels`` are the values whose level lines are to be
    drawn, ascending; those of a curve are none.
    """

    point: Point
    loss: float
    gradient: Point
    hessian: list[list[float]]
    eigenvalues: list[float]
    eigenvectors: list[list[float]]
    condition_number: float | None
    centre: Point | None
    levels: list[float]

    def values(self, *at: Array) -> Array:
        """The quadratic elementwise; ``at`` has one array, all of one shape, for each coordinate."""
        away = [here - mine for here, mine in zip(at, self.point, strict=True)]
        slope = sum(part * one for part, one in zip(self.gradient, away, strict=True))
        bend = sum(
            part * one * other
            for row, one in zip(self.hessian, away, strict=True)
            for part, other in zip(row, away, strict=True)
        )
        return np.asarray(self.loss + slope + bend / 2)

    def surface(self, box: Box, resolution: int) -> tuple[list[Array], Array]:
        """The axes, each of shape (resolution,), and the values: rows follow y; a curve's have one dimension."""
        axes = [np.linspace(low, high, resolution) for low, high in zip(box.low, box.high, strict=True)]
        with np.errstate(all="ignore"):
            return axes, self.values(*np.meshgrid(*axes))


def local_quadratic(landscape: FixedLandscape, point: Point, box: Box, goal: Goal) -> LocalQuadratic | None:
    """The quadratic at the point, with level lines for the box; None where loss or Hessian does not exist."""
    gradient, hessian = gradient_at(landscape.floats, point), hessian_at(landscape.floats, point)
    if gradient is None or hessian is None:
        return None
    xx, xy, yy = hessian
    matrix = np.array([[xx, xy], [xy, yy]])[: len(point), : len(point)]
    return _quadratic(landscape, point, gradient, matrix, newton_step(landscape.floats, point), box, goal)


def believed_quadratic(
    landscape: FixedLandscape, point: Point, inverse: Sequence[Sequence[float]], box: Box, goal: Goal
) -> LocalQuadratic | None:
    """The quadratic whose curvature is the inverse of ``inverse``, an optimizer's own inverse Hessian towards the goal.

    It has the loss and the gradient of the point, and its stationary point is where a full step of the optimizer leads.
    None where loss or gradient does not exist, or the inverse has none itself.
    """
    towards, gradient = np.array(inverse), gradient_at(landscape.floats, point)
    try:
        matrix = _sign(goal) * np.linalg.inv(towards)
    except np.linalg.LinAlgError:
        return None
    if gradient is None or not np.isfinite(matrix).all():
        return None
    step = -_sign(goal) * towards @ np.array(gradient)
    return _quadratic(landscape, point, gradient, (matrix + matrix.T) / 2, tuple(step.tolist()), box, goal)


def _quadratic(
    landscape: FixedLandscape,
    point: Point,
    gradient: Point,
    matrix: Array,
    step: Point | None,
    box: Box,
    goal: Goal,
) -> LocalQuadratic | None:
    """The quadratic at the point with this matrix of curvatures; ``step`` leads to its stationary point."""
    loss = float(landscape.floats.loss(*in_plane(point)))
    if not math.isfinite(loss):
        return None
    curvatures, directions = np.linalg.eigh(matrix)
    span = _span(curvatures, goal)
    quadratic = LocalQuadratic(
        point=point,
        loss=loss,
        gradient=gradient,
        hessian=matrix.tolist(),
        eigenvalues=curvatures.tolist(),
        eigenvectors=directions.T.tolist(),
        condition_number=span[1] / span[0] if span else None,
        centre=tuple(value + change for value, change in zip(point, step, strict=True)) if step else None,
        levels=[],
    )
    return quadratic._replace(levels=_levels(quadratic, box)) if len(point) == 2 else quadratic


def _span(curvatures: Iterable[float], goal: Goal) -> tuple[float, float] | None:
    """The smallest and the largest curvature towards the goal, None unless all are above zero."""
    towards = sorted(_sign(goal) * float(value) for value in curvatures)
    return (towards[0], towards[-1]) if towards and towards[0] > _ROUNDING * towards[-1] else None


def _sign(goal: Goal) -> float:
    return 1.0 if goal == "minimize" else -1.0


def _levels(quadratic: LocalQuadratic, box: Box) -> list[float]:
    """The levels in the box, one of them the loss at the point itself.

    They are evenly spaced in the root of the height above or below the stationary value, which gives evenly spaced
    rings; where there is no stationary point nearby, in the value itself.
    """
    base, root, centre = quadratic.loss, 1.0, quadratic.centre
    if centre is not None and Scale(box.widths, 1.0).distance(centre, box.low) < _FAR:
        base, root = float(quadratic.values(*map(np.array, centre))), 0.5
    with np.errstate(all="ignore"):
        rings = _signed_power(quadratic.surface(box, _GRID)[1] - base, root)
        here = _signed_power(np.array(quadratic.loss - base), root)
        low, high = rings.min(), rings.max()
        pitch = (high - low) / _LINES
        # Level ground has no lines, and ground beyond all floats none that can be drawn.
        if not 0 < pitch < math.inf:
            return []
        numbers = np.arange(np.ceil((low - here) / pitch), np.floor((high - here) / pitch) + 1)
        return [float(level) for level in base + _signed_power(here + pitch * numbers, 1 / root)]


def _signed_power(values: Array, exponent: float) -> Array:
    return np.asarray(np.sign(values) * np.abs(values) ** exponent)


def sharpness(landscape: FixedLandscape, x: Array, y: Array, goal: Goal) -> Array:
    """The largest Hessian eigenvalue at each iterate: of the loss, or for an ascent of the negative loss.

    ``x`` and ``y`` have one shape, which the answer has too; those of a curve have ``y`` 0. NaN where the loss or its
    Hessian does not exist. Compared with 2/learning rate it shows the edge of stability (Cohen et al., Gradient Descent
    on Neural Networks Typically Occurs at the Edge of Stability, 2021).
    """
    with np.errstate(all="ignore"):
        xx, xy, yy = (_sign(goal) * part for part in landscape.arrays.hessian(x, y))
        largest = xx if landscape.entry.dimensions == 1 else (xx + yy) / 2 + np.hypot((xx - yy) / 2, xy)
        return np.where(np.isfinite(largest) & np.isfinite(landscape.arrays.loss(x, y)), largest, np.nan)


def is_quadratic(landscape: FixedLandscape) -> bool:
    """Whether the Hessian is the same everywhere; a plane, whose Hessian is zero, counts.

    A NaN spoils everything that is computed from it: a Hessian that stays finite at NaN depends on neither coordinate.
    Terms that would cancel only after algebra, as in ``(x**3 + x)/x``, are not recognised. The derivative of abs is a
    constant that jumps, and no NaN would show it: such formulas are never quadratic.
    """
    entry, functions = landscape.entry, landscape.floats
    text = entry.expression_at(landscape.shape)
    if text is not None and landscape.shape is not None:
        # With the shape knob as a number, a term that it switches off leaves the derivatives.
        functions = compile_formula(text).bind()
    return entry.smooth and hessian_at(functions, (math.nan, math.nan)) is not None


class Best(NamedTuple):
    """An optimizer's best constant settings on one quadratic, by key, and the factor by which a step shrinks the error.

    The factor is that of the distance to the optimum in the long run; the height above it shrinks by its square.
    """

    optimizer: str
    settings: dict[str, float]
    rate: float
    settings_latex: tuple[str, ...]
    rate_latex: str
    source: Source


def best_settings(landscape: FixedLandscape, goal: Goal) -> list[Best]:
    """The best settings of each optimizer for which they are known, in the order of the registry.

    Empty where the loss is no quadratic or has no optimum of the goal's kind.
    """
    if not is_quadratic(landscape):
        return []
    span = _span(eigenvalues(landscape.floats, landscape.entry.start), goal)
    if span is None:
        return []
    low, high = span
    return [
        Best(slug, rule.settings(low, high), rule.rate(high / low), rule.settings_latex, rule.rate_latex, rule.source)
        for slug, optimizer in OPTIMIZERS.items()
        if (rule := optimizer.best)
    ]


def edge(optimizer: Optimizer, values: Mapping[str, float]) -> float | None:
    """The c of the limit c/λ on the learning rate with these hyperparameters, None where there is none.

    ``optimizer.stability_text`` writes the limit in words. Turned round, c/learning rate is the sharpness above which
    the optimizer leaves the ground around it: 2/learning rate for gradient descent.
    """
    if optimizer.stability is None:
        return None
    constant = optimizer.stability(**values)
    return constant if math.isfinite(constant) else None
