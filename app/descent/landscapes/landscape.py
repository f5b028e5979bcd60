"""What a landscape is: its formula or its data, and the shapes everything else keeps to."""

import math
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.formulas.formula import Formula, Functions, compile_formula
from app.descent.formulas.memory import remembered
from app.descent.formulas.vocabulary import NUMBERS
from app.descent.formulas.work import Budget, SpentError
from app.descent.landscapes.curvature import (
    Kind,
    PlainKind,
    Point,
    Scale,
    in_plane,
    kind_at,
    levelled,
    newton_ends,
    polish,
)
from app.descent.landscapes.data import Data
from app.descent.landscapes.network import Network
from app.descent.landscapes.search import NODES, rough_places

Goal = Literal["minimize", "maximize"]


class Source(NamedTuple):
    """Where a formula or a rule was published."""

    text: str
    year: int | None = None
    url: str | None = None


class Shape(NamedTuple):
    """The one knob of a landscape. ``symbol`` is its name in the expression, a Greek letter spelled out.

    ``explanation`` is one plain line beside the control; ``convention`` is what else is to be known of it.
    """

    name: str
    symbol: str
    low: float
    high: float
    default: float
    explanation: str
    log: bool = False
    convention: str = ""


class StationaryPoint(NamedTuple):
    """A place where the gradient is zero, and its kind, which the Hessian or else the neighbours tell."""

    point: Point
    value: float
    kind: Kind


# Stationary points of a typed formula are looked for with so much work, on the finest of these grids for which that is
# enough when about so many steps are taken from all of its nodes; what was found is told apart, and made exact. In
# millionths of a second.
_LOOKING, _TELLING, _EXACT = 28_000.0, 6_000.0, 24_000.0
_NODES = {1: (NODES[1], 201, 101, 51), 2: (NODES[2], 25, 17, 11, 7)}
_FROM_ALL = 10
# So many places of it are looked at closely, the fewer the longer it is.
_FEWEST, _MOST_WORK = 12, 600_000
# A walk further than this many widths from the middle of the domain has diverged.
REACH = 1e6


class Box(NamedTuple):
    """A rectangle of the plane, and how far from it a walk counts as gone."""

    low: Point
    high: Point

    @classmethod
    def of(cls, sides: Sequence[float]) -> "Box":
        """The box with these sides: xmin, xmax and, in the plane, ymin, ymax."""
        return cls(tuple(sides[0::2]), tuple(sides[1::2]))

    @property
    def sides(self) -> list[float]:
        """The sides, as ``of`` takes them."""
        return [side for pair in zip(self.low, self.high, strict=True) for side in pair]

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


class Rates(NamedTuple):
    """What learning rates are proposed from on a landscape that is in no table: it was typed or pasted.

    ``gradient`` suits a step that is the gradient times the learning rate, ``velocity`` one that adds up gradients with
    the landscape's momentum, ``stride`` one whose length is the learning rate itself; ``full`` is the part that may be
    taken of a step that curvature makes.
    """

    gradient: float
    velocity: float
    stride: float
    full: float = 1.0


@dataclass(frozen=True)
class Landscape:
    """One entry of the registry: its loss is an ``expression``, or is made from ``data``, or is a ``network``'s.

    ``start``, ``learning_rate`` and ``momentum`` are chosen together: the walk with them shows what the landscape
    is for. Other optimizers have learning rates of their own for it (``optimizers/learning_rates.json``).
    ``names`` are what the coordinates are called, where not x and y. ``tips`` are minima where the loss has no
    gradient, like the tip of a cone: the subgradient 0 is taken there.

    One that was typed or pasted is in no registry: it proposes its own ``rates``, and may know the place of its
    minimum, ``near`` enough for Newton's method. ``constants`` are the names in a typed expression with their values;
    where it is ``found``, its stationary points are not known to be all; ``proposed`` is the domain that it has where
    none is chosen.
    """

    slug: str
    title: str
    family: str
    domain: Box
    start: Point
    learning_rate: float
    teaches: str
    source: Source
    expression: str | None = None
    data: Data | None = None
    network: Network | None = None
    shape: Shape | None = None
    momentum: float = 0.8
    goal: Goal = "minimize"
    names: tuple[str, ...] | None = None
    tips: tuple[Point, ...] = ()
    rates: Rates | None = None
    near: Point | None = None
    constants: tuple[tuple[str, float], ...] = ()
    found: bool = False
    proposed: Box | None = None

    @cached_property
    def loss(self) -> Formula | Data | Network:
        """The loss with its derivatives, derived at the first use."""
        if self.network is not None:
            return self.network
        if self.data is not None:
            return self.data
        assert self.expression is not None, "a landscape needs an expression or data"
        return compile_formula(self.expression, tuple(self.values(None)), self.axes)

    def values(self, shape: float | None) -> dict[str, float]:
        """What the names in the expression stand for, besides x and y: the shape knob, and the constants."""
        knob = {} if self.shape is None else {self.shape.symbol: self.shape.default if shape is None else shape}
        return knob | dict(self.constants)

    @property
    def smooth(self) -> bool:
        """Whether there is a Hessian everywhere but at the tips; absolute errors of data have creases as well."""
        return self.loss.smooth or (self.data is None and bool(self.tips))

    @property
    def is_own(self) -> bool:
        """Whether somebody typed or pasted it: then it is in no registry, and has no slug to be asked for by."""
        return self.rates is not None

    @property
    def axes(self) -> tuple[str, ...]:
        """The names that the coordinates are shown under."""
        return self.names or (self.data.axes if self.data else ("x", "y")[: self.dimensions])

    def expression_at(self, shape: float | None) -> str | None:
        """The expression with π and the shape knob as numbers: ``x``, ``y``, numbers and functions alone."""
        if not isinstance(self.loss, Formula):
            return None
        names = {**NUMBERS, **self.values(shape)}
        numbers = {name: repr(value) if value >= 0 else f"({value!r})" for name, value in names.items()}
        return re.sub("|".join(rf"\b{name}\b" for name in names), lambda name: numbers[name[0]], self.loss.text)

    @property
    def dimensions(self) -> int:
        """1 or 2: of a network those of a plane of it."""
        return len(self.start)

    @property
    def points(self) -> int | None:
        """How many data points the loss is made from; None where it is a formula."""
        if self.network is not None:
            return len(self.network.targets)
        return None if self.data is None else len(self.data)

    def at(self, shape: float | None = None) -> "FixedLandscape":
        """The landscape with its shape knob fixed, at its default where ``shape`` is None."""
        if shape is None and self.shape is not None:
            shape = self.shape.default
        return _fixed_own(self, shape) if self.is_own else _fixed(self, shape)

    def __hash__(self) -> int:
        return hash((self.slug, self.expression, self.domain))

    def __getstate__(self) -> dict[str, Any]:
        # Functions cannot be sent to other processes, which derive the formula again, once.
        return {name: value for name, value in vars(self).items() if name != "loss"}


@dataclass(frozen=True)
class FixedLandscape:
    """A landscape with its shape fixed: the functions that walks, pictures and verdicts are made from."""

    entry: Landscape
    shape: float | None
    floats: Functions
    arrays: Functions

    def __reduce__(self) -> tuple[Any, ...]:
        return _at, (self.entry, self.shape)

    @property
    def values(self) -> tuple[float, ...]:
        """What the formula's parameters are fixed at, in their order."""
        return tuple(self.entry.values(self.shape).values())

    @cached_property
    def stationary_points(self) -> tuple[StationaryPoint, ...]:
        """The stationary points inside the domain, each exact to rounding, lowest first, then by their coordinates."""
        exact = self._exact_places(self._newton_ends())
        points = self.scale.apart(list(exact))
        kinds = {point: exact[point][0] for point in points}
        values = {point: exact[point][1] for point in points}
        # Ground that falls below all known minima, as a cubic does, has no global one.
        lowest = min((values[point] for point, kind in kinds.items() if kind == "minimum"), default=math.inf)
        lowest = min(lowest, self._lowest_on_a_grid)
        return tuple(
            StationaryPoint(point, values[point], full_kind(kinds[point], values[point], lowest))
            for point in sorted(kinds, key=lambda point: (values[point], point))
        )

    def _newton_ends(self) -> list[Point]:
        """Where Newton's method leads from near each stationary point."""
        budget, arrays = Budget(), self.searched
        if isinstance(formula := self.entry.loss, Formula) and self.entry.found:
            budget = Budget(_TELLING * formula.patience)
            arrays = formula.bind_counting_arrays(self.values, budget)
        return newton_ends(arrays, self._rough_places, self.scale, budget)

    def _levelled(self, floats: Functions, point: Point) -> Point:
        """As ``levelled`` says."""
        return levelled(floats, point)

    def _exact_places(self, rough: Sequence[Point]) -> dict[Point, tuple[PlainKind, float]]:
        """The stationary points near rough places, in their order, with kinds and values.

        Of a typed formula they are those of the lowest places, if their work would be too much.
        """
        formula, floats, order = self.entry.loss, self.floats, list(range(len(rough)))
        if self.entry.found and isinstance(formula, Formula):
            floats = formula.bind_counting(self.values, Budget(_EXACT * formula.patience))
            order = self._lowest_first(rough)
        exact: dict[int, tuple[Point, tuple[PlainKind, float]]] = {}
        with suppress(SpentError):
            for index in order:
                if found := self._exact_place(rough[index], floats):
                    exact[index] = found
        return dict(exact[index] for index in sorted(exact))

    def _exact_place(self, rough: Point, floats: Functions) -> tuple[Point, tuple[PlainKind, float]] | None:
        """The stationary point near a rough place, with its kind and its value, None where there is none."""
        polished = polish(floats, rough, self.scale)
        point = None if polished is None else self._levelled(floats, polished)
        if point is None or not self.entry.domain.contains(point):
            return None
        kind = kind_at(floats, point, self.scale)
        return None if kind is None else (point, (kind, float(floats.loss(*in_plane(point)))))

    def _lowest_first(self, places: Sequence[Point]) -> list[int]:
        """The indices of places, of which there is one at the least, the lowest first."""
        with np.errstate(all="ignore"):
            heights = self.searched.loss(*np.array([in_plane(place) for place in places]).T)
        order: list[int] = np.argsort(heights, kind="stable").tolist()
        return order

    @cached_property
    def searched(self) -> Functions:
        """The functions over arrays in which stationary points are looked for.

        Of a typed formula they are rough: what is too large for a float is looked into one by one, and of a formula
        that has no value in half of the plane that is half of all places, again and again.
        """
        loss = self.entry.loss
        return loss.bind_roughly(self.values) if self.entry.found and isinstance(loss, Formula) else self.arrays

    @property
    def _rough_places(self) -> list[Point]:
        """Where Newton's method begins, near each stationary point."""
        entry = self.entry
        if isinstance(entry.loss, Formula) and entry.found:
            return self._found_places(entry.loss)
        if isinstance(entry.loss, Formula):
            return [*entry.tips, *rough_places(self.searched, *entry.domain, self.scale)]
        # What is made from data is convex, and has one minimum: fits begin with the weights 0.
        return [*entry.tips, entry.near or (0.0,) * entry.dimensions]

    def _found_places(self, formula: Formula) -> list[Point]:
        """Of what a typed formula may have, the lowest, and so many that each formula takes about as long."""
        budget, dimensions = Budget(_LOOKING * formula.patience), self.entry.dimensions
        nodes = budget.finest(_NODES[dimensions], lambda nodes: _FROM_ALL * formula.costs.newton(nodes**dimensions))
        arrays = formula.bind_counting_arrays(self.values, budget)
        places = rough_places(arrays, *self.entry.domain, self.scale, nodes, budget)
        most = max(_FEWEST, _MOST_WORK // formula.size)
        if len(places) > most:
            places = [places[index] for index in self._lowest_first(places)[:most]]
        return [*places, self._lowest_place]

    @property
    def _lowest_place(self) -> Point:
        """Where the ground is lowest, as far as coarse and finer grids show it: near a minimum, or on the border."""
        box = self.entry.domain
        for nodes in (65, 17, 17, 17):
            x, y, surface = _surface(self.searched, box, nodes)
            row, *column = np.unravel_index(np.where(np.isfinite(surface), surface, np.inf).argmin(), surface.shape)
            place = (float(x[row]),) if y is None else (float(x[column[0]]), float(y[row]))
            cells = [width / (nodes - 1) for width in box.widths]
            box = Box(
                tuple(max(low, part - cell) for low, part, cell in zip(box.low, place, cells, strict=True)),
                tuple(min(high, part + cell) for high, part, cell in zip(box.high, place, cells, strict=True)),
            )
        return place

    def known(self, *kinds: Kind) -> tuple[StationaryPoint, ...]:
        """The stationary points of these kinds, lowest first."""
        return tuple(known for known in self.stationary_points if known.kind in kinds)

    def nearest(self, point: Point, *kinds: Kind) -> StationaryPoint | None:
        """The known stationary point, of these kinds if any are given, that is nearest in domain widths.

        None where none is known.
        """
        if kinds not in self._places:
            points = self.known(*kinds) if kinds else self.stationary_points
            places = np.array([known.point for known in points]).reshape(len(points), len(point))
            self._places[kinds] = points, places / self.scale.widths
        points, places = self._places[kinds]
        if not points:
            return None
        return points[int(((places - np.array(point) / self.scale.widths) ** 2).sum(axis=1).argmin())]

    @cached_property
    def _places(self) -> dict[tuple[Kind, ...], tuple[tuple[StationaryPoint, ...], Array]]:
        """What ``nearest`` has looked through already: there may be hundreds."""
        return {}

    @cached_property
    def lowest(self) -> float:
        """The lowest loss that is known: of a stationary point, or on a coarse grid over the domain."""
        return min([self._lowest_on_a_grid, *(known.value for known in self.stationary_points)])

    @cached_property
    def _lowest_on_a_grid(self) -> float:
        surface = _surface(self.searched, self.entry.domain, 65)[2]
        return float(np.fmin.reduce(surface[np.isfinite(surface)], axis=None, initial=math.inf))

    @cached_property
    def reach(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The lowest and the highest place in the plane that a walk may be at without having diverged."""
        (low_x, *low_y), (high_x, *high_y) = self.entry.domain.reach()
        return (low_x, low_y[0] if low_y else -math.inf), (high_x, high_y[0] if high_y else math.inf)

    @cached_property
    def is_finite(self) -> bool:
        """Whether the loss certainly has a finite value wherever a walk may be; of data nothing is known."""
        if not isinstance(self.entry.loss, Formula):
            return False
        (low_x, low_y), (high_x, high_y) = self.reach
        flat = self.entry.dimensions == 1
        return self.entry.loss.is_finite(self.values, (low_x, high_x), (0.0, 0.0) if flat else (low_y, high_y))

    @property
    def is_separable(self) -> bool:
        """Whether neither part of the gradient depends on the other coordinate; of data nothing is known."""
        return isinstance(self.entry.loss, Formula) and self.entry.loss.separable

    @cached_property
    def scale(self) -> Scale:
        """The domain's widths, and how much the loss varies over it: 5th to 95th percentile on a coarse grid."""
        loss = _surface(self.searched, self.entry.domain, 33)[2]
        finite = loss[np.isfinite(loss)]
        low, high = np.percentile(finite, [5, 95]) if finite.size else (0.0, 1.0)
        return Scale(self.entry.domain.widths, float(high - low) or 1.0)

    def surface(self, box: Box, resolution: int) -> tuple[Array, Array | None, Array]:
        """Return ``x`` (resolution,), ``y`` (resolution,) or None, and the loss, whose rows follow ``y``."""
        return _surface(self.arrays, box, resolution)

    def derivative(self, x: Array) -> Array:
        """The exact derivative of a curve at each ``x``, shape (n,); at a kink the subgradient 0."""
        with np.errstate(all="ignore"):
            _, slope, _ = self.arrays.loss_and_gradient(x, np.zeros_like(x))
        return np.asarray(slope)


def _surface(arrays: Functions, box: Box, resolution: int) -> tuple[Array, Array | None, Array]:
    axes = [np.linspace(low, high, resolution) for low, high in zip(box.low, box.high, strict=True)]
    with np.errstate(all="ignore"):
        if len(axes) == 1:
            return axes[0], None, arrays.loss(axes[0], np.zeros_like(axes[0]))
        return axes[0], axes[1], arrays.loss(*np.meshgrid(axes[0], axes[1]))


# Characters of source that are kept of what was typed or pasted: a landscape of data counts as a short formula.
_ROOM, _SHORT = 4_000_000, 8_000


def _size(arguments: tuple[Any, ...], fixed: FixedLandscape) -> int:
    return fixed.entry.loss.size if isinstance(fixed.entry.loss, Formula) else _SHORT


def _fix(landscape: Landscape, shape: float | None) -> FixedLandscape:
    assert not isinstance(landscape.loss, Network), "a network has more than two dimensions: ask for a plane of it"
    values = tuple(landscape.values(shape).values())
    floats, arrays = landscape.loss.bind(values), landscape.loss.bind(values, arrays=True)
    for tip in map(in_plane, landscape.tips):
        floats, arrays = _with_tip(floats, tip), _with_tip_in_arrays(arrays, tip)
    return FixedLandscape(landscape, shape, floats, arrays)


_fixed = lru_cache(maxsize=512)(_fix)
# Of what people type there is no end: what fits into the room is kept, and none of it drives out a built-in one.
_fixed_own = remembered(_ROOM, _size)(_fix)


def _at(landscape: Landscape, shape: float | None) -> FixedLandscape:
    return landscape.at(shape)


def _with_tip(functions: Functions, tip: tuple[float, float]) -> Functions:
    plain = functions.loss_and_gradient

    def loss_and_gradient(x: float, y: float) -> tuple[float, float, float]:
        try:
            return plain(x, y)
        except ZeroDivisionError:
            if (x, y) == tip:
                return functions.loss(x, y), 0.0, 0.0
            raise

    return functions._replace(loss_and_gradient=loss_and_gradient)


def _with_tip_in_arrays(functions: Functions, tip: tuple[float, float]) -> Functions:
    def loss_and_gradient(x: Array, y: Array) -> tuple[Array, Array, Array]:
        loss, slope_x, slope_y = functions.loss_and_gradient(x, y)
        at_tip = (x == tip[0]) & (y == tip[1])
        return loss, np.where(at_tip, 0.0, slope_x), np.where(at_tip, 0.0, slope_y)

    return functions._replace(loss_and_gradient=loss_and_gradient)


def full_kind(kind: PlainKind, value: float, lowest: float) -> Kind:
    """Tell a global minimum, as low as the lowest place known, from a local one; other kinds are what they are."""
    if kind != "minimum":
        return kind
    return "global_minimum" if value <= lowest + 1e-12 * (1 + abs(lowest)) else "local_minimum"


def registry(*landscapes: Landscape) -> Mapping[str, Landscape]:
    """The landscapes by slug, in menu order; raises ``ValueError`` where two share a slug."""
    table = {landscape.slug: landscape for landscape in landscapes}
    if len(table) != len(landscapes):
        raise ValueError("two landscapes have the same slug; rename one")
    return table
