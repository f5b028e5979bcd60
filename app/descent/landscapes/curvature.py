"""What the derivatives at a point say: curvature, where Newton's method leads, and which kind of place it is."""

import math
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, Literal, NamedTuple

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.formulas.formula import Functions
from app.descent.formulas.work import Budget

Point = tuple[float, ...]
Kind = Literal["global_minimum", "local_minimum", "saddle", "maximum", "shoulder", "plateau"]
# Without a list of the known minima there is no telling which one is global.
PlainKind = Literal["minimum", "saddle", "maximum", "shoulder", "plateau"]

# Neighbours are looked at this far away, in domain widths, where the Hessian says nothing.
_NEIGHBOURS = 1e-2
# A curvature that over the whole domain would change the loss by less than this part of its range counts as zero.
ZERO_CURVATURE = 1e-6
# A stationary point is looked for with so many of Newton's steps.
POLISHING = 60
# A stationary point's gradient, in loss ranges per domain width.
ZERO_SLOPE = 1e-9


class Scale(NamedTuple):
    """The units in which slopes and curvatures are compared: the domain's widths and the range of the loss over it."""

    widths: Point
    loss: float

    def distance(self, a: Point, b: Point) -> float:
        """How far apart two points are, in domain widths."""
        return math.hypot(*((p - q) / width for p, q, width in zip(a, b, self.widths, strict=True)))

    def apart(self, points: Sequence[Point]) -> list[Point]:
        """The points without those that repeat an earlier one."""
        if not points:
            return []
        places = np.array(points) / self.widths
        distances = np.linalg.norm(places[:, None] - places[None], axis=-1)
        repeats = np.tril(distances < 1e-7, -1).any(axis=1)
        return [point for point, repeated in zip(points, repeats, strict=True) if not repeated]

    def slope(self, gradient: Point) -> float:
        """The norm of a gradient, in loss ranges per domain width."""
        return math.hypot(*(part * width for part, width in zip(gradient, self.widths, strict=True))) / self.loss

    def curvatures(self, hessian: tuple[float, float, float]) -> list[float]:
        """The Hessian's eigenvalues in loss ranges per square domain width, ascending."""
        xx, xy, yy = hessian
        wx, *rest = self.widths
        if not rest:
            return [xx * wx * wx / self.loss]
        wy = rest[0]
        matrix = np.array([[xx * wx * wx, xy * wx * wy], [xy * wx * wy, yy * wy * wy]]) / self.loss
        return [float(value) for value in np.linalg.eigvalsh(matrix)]


def in_plane(point: Point) -> tuple[float, float]:
    """The point in the plane: a one-dimensional one lies on y = 0, where the derivative in y is 0."""
    return (point[0], point[1] if len(point) == 2 else 0.0)


def gradient_at(functions: Functions, point: Point) -> Point | None:
    """The gradient, None where it does not exist."""
    try:
        _, *gradient = functions.loss_and_gradient(*in_plane(point))
    except (ArithmeticError, ValueError):
        return None
    return tuple(float(part) for part in gradient[: len(point)]) if np.isfinite(gradient).all() else None


def hessian_at(functions: Functions, point: Point) -> tuple[float, float, float] | None:
    """The Hessian as xx, xy, yy, None where it, or the loss, does not exist."""
    try:
        functions.loss(*in_plane(point))
        xx, xy, yy = functions.hessian(*in_plane(point))
    except (ArithmeticError, ValueError):
        return None
    return (float(xx), float(xy), float(yy)) if all(map(math.isfinite, (xx, xy, yy))) else None


def eigenvalues(functions: Functions, point: Point) -> list[float]:
    """The Hessian's eigenvalues at the point, ascending; empty where the loss or the Hessian does not exist."""
    hessian = hessian_at(functions, point)
    if hessian is None:
        return []
    xx, xy, yy = hessian
    if len(point) == 1:
        return [xx]
    return [float(value) for value in np.linalg.eigvalsh(np.array([[xx, xy], [xy, yy]]))]


def newton_step(functions: Functions, point: Point) -> Point | None:
    """The step to where the local quadratic has its stationary point, None where it has none.

    Directions in which gradient and curvature are both zero are left out, so that flat valleys have an answer too;
    a slope without curvature leads nowhere, and has none.
    """
    gradient, hessian = gradient_at(functions, point), hessian_at(functions, point)
    if gradient is None or hessian is None:
        return None
    xx, xy, yy = hessian
    curvatures, directions = np.linalg.eigh(np.array([[xx, xy], [xy, yy]]))
    slopes = np.array(in_plane(gradient)) @ directions
    curved = np.abs(curvatures) > 1e-13 * np.abs(curvatures).max()
    if (np.abs(slopes[~curved]) > 1e-12 * np.abs(slopes).max()).any():
        return None
    with np.errstate(all="ignore"):
        step = -directions[:, curved] @ (slopes[curved] / curvatures[curved])
    return tuple(float(value) for value in step[: len(point)]) if np.isfinite(step).all() else None


def newton_steps(arrays: Functions, x: Array, y: Array, dimensions: int) -> tuple[Array, Array, Array, Array]:
    """Return Newton's step at each of many places, not finite where there is none, and the slope there: (n,) each."""
    _, slope_x, slope_y = arrays.loss_and_gradient(x, y)
    xx, xy, yy = arrays.hessian(x, y)
    yy = np.ones_like(xx) if dimensions == 1 else yy
    # Where the ground is all but flat, products of what is tiny would be zero.
    sharpest = np.maximum(np.maximum(np.abs(xx), np.abs(xy)), np.abs(yy)) if dimensions == 2 else np.abs(xx)
    xx, xy, to_x, to_y = xx / sharpest, xy / sharpest, slope_x / sharpest, slope_y / sharpest
    yy = yy / sharpest if dimensions == 2 else yy
    determinant = xx * yy - xy * xy
    step_x, step_y = (xy * to_y - yy * to_x) / determinant, (xy * to_x - xx * to_y) / determinant
    return step_x, step_y, slope_x, slope_y


def newton_walk(
    arrays: Functions, x: Array, y: Array, dimensions: int, steps: int, budget: Budget | None = None
) -> tuple[Array, Array]:
    """Where so many of Newton's steps lead from each of many places; who has none to take stays, shape (n,).

    They are fewer where the ``budget``, which counts the work of ``arrays``, is spent.
    """
    with np.errstate(all="ignore"):
        for _ in range(steps):
            step_x, step_y, *_ = newton_steps(arrays, x, y, dimensions)
            leads = np.isfinite(step_x + step_y)
            to_x, to_y = np.where(leads, x + step_x, x), np.where(leads, y + step_y, y)
            if np.array_equal(to_x, x) and np.array_equal(to_y, y):
                # All further steps would be the same.
                break
            x, y = to_x, to_y
            if budget is not None and budget.is_spent:
                break
    return x, y


def newton_ends(arrays: Functions, points: Sequence[Point], scale: Scale, budget: Budget | None = None) -> list[Point]:
    """Where Newton's method leads from each of many points at once, each place once; ``polish`` is to follow."""
    if not points:
        return []
    x, y = np.array([in_plane(point) for point in points]).T
    return each_once(*newton_walk(arrays, x, y, len(scale.widths), 30, budget), scale)


def each_once(x: Array, y: Array, scale: Scale) -> list[Point]:
    """Those of many places that are not the same but for rounding, in their order."""
    places = np.stack([x, y], axis=1)[:, : len(scale.widths)]
    _, firsts = np.unique(np.round(places / scale.widths, 9), axis=0, return_index=True)
    return [tuple(row) for row in places[np.sort(firsts)].tolist()]


def levelled(functions: Functions, point: Point) -> Point:
    """Of a polished point and the places that float64 has around it, one without any gradient, where there is one."""
    level = next((place for place in floats_around(point) if not any(gradient_at(functions, place) or (1,))), point)
    return tuple(value + 0.0 for value in level)


def floats_around(point: Point) -> Iterator[Point]:
    """The point, and after it the places that float64 has around it."""
    return product(*((value, math.nextafter(value, -math.inf), math.nextafter(value, math.inf)) for value in point))


def polish(functions: Functions, point: Point, scale: Scale) -> Point | None:
    """The stationary point that Newton's method finds from here, None where it finds none.

    A point where the gradient is zero and the Hessian does not exist, such as the tip of a kink, is one already.
    """
    before = math.inf
    for _ in range(POLISHING):
        step = newton_step(functions, point)
        if step is None:
            break
        point = tuple(value + change for value, change in zip(point, step, strict=True))
        length = math.hypot(*step)
        # Near the point steps shrink until they are rounding, and then no further.
        if length <= 1e-15 * (1 + math.hypot(*point)) or before <= length < 1e-12 * (1 + math.hypot(*point)):
            break
        before = length
    gradient = gradient_at(functions, point)
    if gradient is None or scale.slope(gradient) > ZERO_SLOPE:
        return None
    # Adding zero turns -0.0, which Newton leaves behind on an axis, into 0.0.
    return tuple(value + 0.0 for value in point)


def kind_at(functions: Functions, point: Point, scale: Scale) -> PlainKind | None:
    """Which kind of stationary point this is, None where not even the neighbours tell.

    The Hessian's eigenvalues decide; where one of them is zero, or there is no Hessian, the neighbours do.
    """
    hessian = hessian_at(functions, point)
    values = scale.curvatures(hessian) if hessian else []
    if not values or any(abs(value) <= ZERO_CURVATURE for value in values):
        return _kind_by_neighbours(functions, point, scale)
    if values[0] > 0:
        return "minimum"
    return "maximum" if values[-1] < 0 else "saddle"


def _kind_by_neighbours(functions: Functions, point: Point, scale: Scale) -> PlainKind | None:
    """Look at the neighbours, in the order around the point: how often does it change between higher and lower?"""
    try:
        here = functions.loss(*in_plane(point))
        rises = [functions.loss(*in_plane(neighbour)) - here for neighbour in _ring(functions, point, scale)]
    except (ArithmeticError, ValueError):
        return None
    rounding = _rounding(scale, here)
    signs = [(rise > rounding) - (rise < -rounding) for rise in rises]
    if not any(signs):
        return "plateau"
    if min(signs) >= 0:
        return "minimum"
    if max(signs) <= 0:
        return "maximum"
    decided = [sign for sign in signs if sign]
    changes = sum(one != other for one, other in zip(decided, [*decided[1:], decided[0]], strict=True))
    return "shoulder" if changes <= 2 else "saddle"


def is_level(arrays: Functions, x: Array, y: Array, scale: Scale) -> Any:
    """Whether all neighbours are as high as each place, where gradient and Hessian are zero: shape (n,)."""
    size = len(scale.widths)
    radius = _NEIGHBOURS * min(scale.widths)
    angles = 2 * math.pi * np.arange(32) / 32 if size == 2 else np.array([0.0, math.pi])
    with np.errstate(all="ignore"):
        here = arrays.loss(x, y)
        around = x + radius * np.cos(angles)[:, None], y + radius * np.sin(angles)[:, None] * (size == 2)
        rises = arrays.loss(*map(np.ravel, around)).reshape(len(angles), len(x)) - here
        return (np.abs(rises) <= _rounding(scale, here)).all(axis=0)


def _rounding(scale: Scale, here: Any) -> Any:
    return 1e-14 * (scale.loss + abs(here))


def _ring(functions: Functions, point: Point, scale: Scale) -> list[Point]:
    """Neighbours around the point, the Hessian's own directions among them: a narrow fall may hide there."""
    if len(point) == 1:
        radius = _NEIGHBOURS * scale.widths[0]
        return [(point[0] + radius,), (point[0] - radius,)]
    radius = _NEIGHBOURS * min(scale.widths)
    xx, xy, yy = hessian_at(functions, point) or (0.0, 0.0, 0.0)
    turned = 0.5 * math.atan2(2 * xy, xx - yy)
    angles = [turned + 2 * math.pi * index / 32 for index in range(32)]
    return [(point[0] + radius * math.cos(angle), point[1] + radius * math.sin(angle)) for angle in angles]
