"""What a landscape is: its formula, and the shapes everything else keeps to."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.descent.formula import Formula, Functions, compile_formula

Point = tuple[float, ...]
Array = NDArray[np.float64]
Goal = Literal["minimize", "maximize"]
Kind = Literal["global_minimum", "local_minimum", "saddle", "maximum", "shoulder", "plateau"]


class Source(NamedTuple):
    """Where a formula or a rule was published."""

    text: str
    year: int | None = None
    url: str | None = None


class Shape(NamedTuple):
    """The one knob of a landscape. ``symbol`` is its name in the expression, a Greek letter spelled out."""

    name: str
    symbol: str
    low: float
    high: float
    default: float
    explanation: str
    log: bool = False


class StationaryPoint(NamedTuple):
    """A place where the gradient is zero, and which kind the Hessian says it is."""

    point: Point
    value: float
    kind: Kind


# A walk further than this many widths from the middle of the domain has diverged.
REACH = 1e6


class Box(NamedTuple):
    """A rectangle of the plane, and how far from it a walk counts as gone."""

    low: Point
    high: Point

    @property
    def widths(self) -> Point:
        """The side lengths."""
        return tuple(high - low for low, high in zip(self.low, self.high, strict=True))

    def reach(self) -> "Box":
        """The rectangle that a walk must leave to count as diverged."""
        middles = [(low + high) / 2 for low, high in zip(self.low, self.high, strict=True)]
        spans = [REACH * width for width in self.widths]
        return Box(
            tuple(middle - span for middle, span in zip(middles, spans, strict=True)),
            tuple(middle + span for middle, span in zip(middles, spans, strict=True)),
        )

    def contains(self, point: Point) -> bool:
        """Whether the point lies inside or on the border."""
        return all(low <= value <= high for low, value, high in zip(self.low, point, self.high, strict=True))


@dataclass(frozen=True)
class Landscape:
    """One entry of the registry.

    ``near`` lists a rough place near each stationary point inside the domain; the exact points are found from there
    with the exact derivatives, for every value of the shape knob. A test searches the domain for any that are missing.
    """

    slug: str
    title: str
    family: str
    expression: str
    domain: Box
    start: Point
    learning_rate: float
    teaches: str
    source: Source
    near: tuple[Point, ...]
    shape: Shape | None = None
    goal: Goal = "minimize"

    @cached_property
    def formula(self) -> Formula:
        """The expression with its derivatives, derived at the first use."""
        return compile_formula(self.expression, self.shape.symbol if self.shape else None)

    def expression_at(self, shape: float | None) -> str:
        """Return the expression with the shape knob's number in it: ``x``, ``y``, numbers and functions alone."""
        if self.shape is None:
            return self.expression
        value = self.shape.default if shape is None else shape
        return re.sub(rf"\b{self.shape.symbol}\b", repr(value), self.expression)

    @property
    def dimensions(self) -> int:
        """1 or 2."""
        return len(self.start)

    def at(self, shape: float | None = None) -> "Terrain":
        """Return the landscape with its shape knob fixed, at its default where ``shape`` is None."""
        if shape is None and self.shape is not None:
            shape = self.shape.default
        return _terrain(self, shape)

    def __hash__(self) -> int:
        return hash((self.slug, self.expression))


@dataclass(frozen=True)
class Terrain:
    """A landscape with its shape fixed: the functions that walks, pictures and verdicts are made from."""

    landscape: Landscape
    shape: float | None
    floats: Functions
    arrays: Functions

    @cached_property
    def stationary_points(self) -> tuple[StationaryPoint, ...]:
        """All known stationary points, lowest first, each exact to rounding."""
        found = [polish(self.floats, point) for point in self.landscape.near]
        kept: list[Point] = []
        for point in found:
            if point is not None and all(math.dist(point, other) > 1e-6 for other in kept):
                kept.append(point)
        return _classified(self, kept)

    @cached_property
    def reach(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The lowest and the highest place in the plane that a walk may be at without having diverged."""
        (low_x, *low_y), (high_x, *high_y) = self.landscape.domain.reach()
        return (low_x, low_y[0] if low_y else -math.inf), (high_x, high_y[0] if high_y else math.inf)

    @cached_property
    def loss_range(self) -> float:
        """A measure of how much the loss varies over the domain: 5th to 95th percentile on a coarse grid."""
        loss = self.surface(self.landscape.domain, 33)[2]
        finite = loss[np.isfinite(loss)]
        low, high = np.percentile(finite, [5, 95]) if finite.size else (0.0, 1.0)
        return float(high - low) or 1.0

    def kind_by_curvature(self, values: list[float]) -> Literal["minimum", "saddle", "maximum", "flat"]:
        """Say what the Hessian's eigenvalues tell of a stationary point: ``flat``, which is nothing, where one is zero.

        Zero is a curvature that over the whole domain would change the loss by a millionth of its range.
        """
        zero = 1e-6 * self.loss_range / min(self.landscape.domain.widths) ** 2
        if any(abs(value) <= zero for value in values):
            return "flat"
        if values[0] > 0:
            return "minimum"
        return "maximum" if values[-1] < 0 else "saddle"

    def surface(self, box: Box, resolution: int) -> tuple[Array, Array | None, Array]:
        """Return ``x`` (resolution,), ``y`` (resolution,) or None, and the loss, whose rows follow ``y``."""
        axes = [np.linspace(low, high, resolution) for low, high in zip(box.low, box.high, strict=True)]
        with np.errstate(all="ignore"):
            if len(axes) == 1:
                return axes[0], None, self.arrays.loss(axes[0], np.zeros_like(axes[0]))
            return axes[0], axes[1], self.arrays.loss(*np.meshgrid(axes[0], axes[1]))


@lru_cache(maxsize=512)
def _terrain(landscape: Landscape, shape: float | None) -> Terrain:
    formula = landscape.formula
    return Terrain(landscape, shape, formula.bind(shape), formula.bind(shape, arrays=True))


def lift(point: Point) -> tuple[float, float]:
    """Return the point in the plane: a one-dimensional one lies on y = 0, where the derivative in y is 0."""
    return (point[0], point[1] if len(point) == 2 else 0.0)


def eigenvalues(functions: Functions, point: Point) -> list[float]:
    """Return the Hessian's eigenvalues at the point, ascending; empty where the loss or the Hessian does not exist."""
    try:
        functions.loss(*lift(point))
        xx, xy, yy = functions.hessian(*lift(point))
    except (ArithmeticError, ValueError):
        return []
    if not all(math.isfinite(entry) for entry in (xx, xy, yy)):
        return []
    if len(point) == 1:
        return [float(xx)]
    return [float(value) for value in np.linalg.eigvalsh(np.array([[xx, xy], [xy, yy]], dtype=float))]


def newton_step(functions: Functions, point: Point) -> Point | None:
    """Return the step to where the local quadratic has its stationary point, None where it has none.

    Directions in which gradient and curvature are both zero are left out, so that flat valleys have an answer too;
    a slope without curvature leads nowhere, and has none.
    """
    try:
        _, *gradient = functions.loss_and_gradient(*lift(point))
        xx, xy, yy = functions.hessian(*lift(point))
    except (ArithmeticError, ValueError):
        return None
    hessian = np.array([[xx, xy], [xy, yy]], dtype=float)
    if not (np.isfinite(hessian).all() and np.isfinite(gradient).all()):
        return None
    curvatures, directions = np.linalg.eigh(hessian)
    slopes = np.array(gradient, dtype=float) @ directions
    curved = np.abs(curvatures) > 1e-13 * np.abs(curvatures).max()
    if (np.abs(slopes[~curved]) > 1e-12 * np.abs(slopes).max()).any():
        return None
    with np.errstate(all="ignore"):
        step = -directions[:, curved] @ (slopes[curved] / curvatures[curved])
    return tuple(float(value) for value in step[: len(point)]) if np.isfinite(step).all() else None


def polish(functions: Functions, point: Point) -> Point | None:
    """Return the stationary point that Newton's method finds from here, None where it finds none."""
    for _ in range(60):
        step = newton_step(functions, point)
        if step is None:
            break
        point = tuple(value + change for value, change in zip(point, step, strict=True))
        if math.hypot(*step) <= 1e-15 * (1 + math.hypot(*point)):
            break
    try:
        _, *gradient = functions.loss_and_gradient(*lift(point))
    except (ArithmeticError, ValueError):
        return None
    # Adding zero turns -0.0, which Newton leaves behind on an axis, into 0.0.
    return tuple(value + 0.0 for value in point) if math.hypot(*gradient) <= 1e-9 else None


def _classified(terrain: Terrain, points: list[Point]) -> tuple[StationaryPoint, ...]:
    values = {point: float(terrain.floats.loss(*lift(point))) for point in points}
    kinds = {point: terrain.kind_by_curvature(eigenvalues(terrain.floats, point)) for point in points}
    lowest = min((values[point] for point in points if kinds[point] == "minimum"), default=math.inf)
    return tuple(
        StationaryPoint(point, values[point], _full_kind(kinds[point], values[point], lowest))
        for point in sorted(points, key=lambda point: (values[point], point))
    )


def _full_kind(kind: str, value: float, lowest: float) -> Kind:
    match kind:
        case "minimum":
            return "global_minimum" if value <= lowest + 1e-12 * (1 + abs(lowest)) else "local_minimum"
        case "saddle":
            return "saddle"
        case "maximum":
            return "maximum"
    raise ValueError(
        "the Hessian says nothing at a listed stationary point; list only those where no eigenvalue is zero"
    )


def registry(*landscapes: Landscape) -> Mapping[str, Landscape]:
    """Return the landscapes by slug, in menu order; raises ``ValueError`` where two share a slug."""
    table = {landscape.slug: landscape for landscape in landscapes}
    if len(table) != len(landscapes):
        raise ValueError("two landscapes have the same slug; rename one")
    return table
