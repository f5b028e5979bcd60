"""Where the stationary points of a formula are: Newton's method from every node of a grid over the domain."""

import math
from typing import Any, NamedTuple

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.formulas.formula import Functions
from app.descent.formulas.work import Budget
from app.descent.landscapes.curvature import ZERO_CURVATURE, ZERO_SLOPE, Point, Scale, newton_steps, newton_walk

# How many nodes there are along each axis, of a curve and in the plane: odd, so that one of them is the middle.
NODES = {1: 401, 2: 41}
STEPS = 30
# From this step on the method must come closer: each step is shorter than so much of the one before.
_HURRY, _SHORTER = 10, 0.9
# All lengths are in domain widths. The method rests where its next step is shorter than this.
_REST = 1e-7
# Places that are no further apart are one.
_SAME = 1e-6
# A way that leads so far out of the domain is given up.
_OUTSIDE = 0.1
# So far beside a place it is tried whether the method comes back, which is to come ten times as close.
_BESIDE, _BACK = 1e-2, 1e-3
# Of what may be spent so much is left for what is found.
_SAVED = 0.3
# So many are told by whole and half numbers where that is enough.
_HUNDREDS = 100


def rough_places(
    arrays: Functions,
    low: Point,
    high: Point,
    scale: Scale,
    nodes: int | None = None,
    budget: Budget | None = None,
) -> list[Point]:
    """A rough place near each stationary point between ``low`` and ``high``, from which ``polish`` finds it.

    ``nodes`` is how many the grid has along each axis, where that is not as usual. Where the ``budget``, which counts
    the work of ``arrays``, is spent, it is what was found until then.

    A point counts where Newton's method rests: where its next step is shorter than a ten-millionth of the domain's
    width, or there is none and the slope is zero. And it must stand alone: where a curvature is zero, the method does
    not rest anew a hundredth of the width beside it, along the Hessian's own directions. So the rim of a plateau has no
    points, where the slope fades and yet every step leads further out; nor has level ground, nor the floor of a gutter,
    unless that runs askew and its walls have no curvature there either.

    A place is told by four digits for the width of the domain where the method comes back to it from there, and
    hundreds by whole and half numbers: so the last digits of a point do not depend on the grid, and are, all but a
    few, those that were answered when these places were typed by hand.
    """
    ground = _Domain.of(arrays, low, high, scale, nodes, budget or Budget())
    with np.errstate(all="ignore"):
        places = _alone(ground, _rests(ground))
        rough = ground.told(places, np.round(places, 4 - round(math.log10(max(scale.widths)))), places)
        if places.shape[1] > _HUNDREDS:
            rough = ground.told(places, np.round(2 * places) / 2, rough)
    return [tuple(place) for place in rough[: len(low)].T.tolist()]


class _Domain(NamedTuple):
    """The domain and the loss over it; places have shape (2, n). A curve lies in a strip of width 1 around y = 0."""

    arrays: Functions
    dimensions: int
    middle: Array
    widths: Array
    loss: float
    along: int
    budget: Budget

    @classmethod
    def of(
        cls, arrays: Functions, low: Point, high: Point, scale: Scale, nodes: int | None, budget: Budget
    ) -> "_Domain":
        middle = [(a + b) / 2 for a, b in zip(low, high, strict=True)]
        columns = np.array([[*middle, 0.0][:2], [*scale.widths, 1.0][:2]])[:, :, None]
        return cls(arrays, len(low), columns[0], columns[1], scale.loss, nodes or NODES[len(low)], budget)

    def nodes(self) -> Array:
        along = np.linspace(-0.5, 0.5, self.along)
        axes = np.meshgrid(along, along if self.dimensions == 2 else np.zeros(1))
        return self.middle + self.widths * np.stack([axis.ravel() for axis in axes])

    def contains(self, places: Array, outside: float) -> Any:
        """Whether places are inside the domain, or no further outside: shape (n,)."""
        (far_x, far_y), (wx, wy) = np.abs(places - self.middle), self.widths * (0.5 + outside)
        return (far_x <= wx) & (far_y <= wy)

    def lengths(self, x: Array, y: Array) -> Array:
        lengths: Array = np.hypot(x / self.widths[0], y / self.widths[1])
        return lengths

    def slopes(self, x: Array, y: Array) -> Array:
        """How steep gradients are, in loss ranges per domain width: shape (n,)."""
        slopes: Array = np.hypot(x * self.widths[0], y * self.widths[1]) / self.loss
        return slopes

    def walked(self, places: Array) -> Array:
        return np.stack(newton_walk(self.arrays, places[0], places[1], self.dimensions, STEPS, self.budget))

    def told(self, places: Array, rounded: Array, rough: Array) -> Array:
        """The rounded places, and the rough ones where the method does not come back from those."""
        if self.budget.is_spent:
            return rough
        return np.where(self.lengths(*(self.walked(rounded) - places)) <= _SAME, rounded, rough)

    def once(self, places: Array) -> Array:
        """Each place once: the first of those that are the same."""
        rounded = np.round(places / self.widths / _SAME)
        return places[:, np.unique(rounded[0] + 1j * rounded[1], return_index=True)[1]]


def _rests(ground: _Domain) -> Array:
    """Where the method rests inside the domain, each place once."""
    places, before = ground.nodes(), math.inf
    # What is found is to be told apart.
    saved = _SAVED * ground.budget.left if math.isfinite(ground.budget.left) else 0.0
    found, slopes = [places[:, :0]], [np.zeros(0)]
    for index in range(STEPS):
        *step, slope_x, slope_y = newton_steps(ground.arrays, places[0], places[1], ground.dimensions)
        length, slope = ground.lengths(*step), ground.slopes(slope_x, slope_y)
        leads = np.isfinite(length)
        rests = np.where(leads, length < _REST, slope <= ZERO_SLOPE)
        places = np.where(leads, places + step, places)
        inside = np.flatnonzero(rests)
        inside = inside[ground.contains(places[:, inside], _SAME)]
        found.append(places[:, inside])
        slopes.append(slope[inside])
        goes = leads & ~rests & ground.contains(places, _OUTSIDE)
        if index >= _HURRY:
            goes &= length < _SHORTER * before
        places, before = places[:, goes], length[goes]
        if not places.size or ground.budget.left < saved:
            break
    # Where the method comes but slowly to a flat bottom, what has come furthest is taken.
    return ground.once(np.concatenate(found, axis=1)[:, np.argsort(np.concatenate(slopes), kind="stable")])


def _alone(ground: _Domain, places: Array) -> Array:
    """The places that are no part of a line or an area of them."""
    size, widths = ground.dimensions, ground.widths
    xx, xy, yy = ground.arrays.hessian(*places)
    # In loss ranges per square domain width, like the curvatures of a scale.
    hessians = np.stack([xx, xy, xy, yy], axis=1).reshape(-1, 2, 2) * (widths * widths.T) / ground.loss
    # At a kink, where there is no Hessian, it is tried along the axes.
    hessians[~np.isfinite(hessians).all(axis=(1, 2))] = 0.0
    curvatures, directions = np.linalg.eigh(hessians[:, :size, :size])
    asked = np.flatnonzero((np.abs(curvatures) <= ZERO_CURVATURE).any(axis=1))
    alone = np.ones(places.shape[1], dtype=bool)
    for direction in directions[asked].transpose(2, 1, 0):
        for side in (_BESIDE, -_BESIDE):
            if ground.budget.is_spent:
                break
            beside = places[:, asked]
            beside[:size] += side * direction * widths[:size]
            alone[asked] &= ~_is_another(ground, places[:, asked], ground.walked(beside))
    return places[:, alone]


def _is_another(ground: _Domain, places: Array, others: Array) -> Any:
    """Whether the slope is zero there as well, and it is neither the same place nor a far one: shape (n,)."""
    _, *slope = ground.arrays.loss_and_gradient(*others)
    far = ground.lengths(*(others - places))
    return (ground.slopes(*slope) <= ZERO_SLOPE) & (far > _BACK) & (far < 2 * _BESIDE)
