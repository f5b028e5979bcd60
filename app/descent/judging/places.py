"""What kind of place a walk ended at, from exact derivatives there."""

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.landscapes.curvature import (
    POLISHING,
    ZERO_SLOPE,
    Kind,
    Point,
    Scale,
    gradient_at,
    hessian_at,
    in_plane,
    is_level,
    kind_at,
    newton_step,
    newton_walk,
    polish,
)
from app.descent.landscapes.landscape import FixedLandscape, StationaryPoint, full_kind

Place = Kind | Literal["slope"]

# A place is a stationary point's when Newton's step from it ends within this part of the domain's widths.
NEAR = 1e-2
# The walk stopped a little before it: so far away a place is still at the known one.
AT_KNOWN = 2 * NEAR
# A walk that ended unfinished is near a known minimum, and so on its way to it, where it is no further away than this.
ON_ITS_WAY = 5 * NEAR
# Flat ground: crossing the whole domain at this slope would change the loss by less than a hundredth of its range, and
# the curvature would change it by less than half of it.
_FLAT_SLOPE = 0.01
_FLAT_ANYWAY = 1e-6
_FLAT_CURVATURE = 1.0
# Beyond doubt: curvature in loss ranges per square domain width, the determinant's part of the curvatures' square, and
# a step in domain widths.
_SHARP, _ROUND, _SHORT = 1e-3, 1e-6, 1e-3


def place_of(landscape: FixedLandscape, point: Point) -> Place | None:
    """Say what kind of place this is, from exact derivatives there; None where they do not tell."""
    known = landscape.nearest(point)
    beside = known is not None and landscape.scale.distance(known.point, point) <= NEAR
    if hessian_at(landscape.floats, point) is None:
        return _place_without_hessian(landscape, point, known if beside else None)
    if beside and known is not None and hessian_at(landscape.floats, known.point) is None:
        # Beside a kink the ground is a slope however near the walk has come.
        return known.kind
    step = newton_step(landscape.floats, point)
    if step is None or landscape.scale.distance(step, (0.0,) * len(step)) > NEAR:
        return "plateau" if _is_flat(landscape, point) else "slope"
    # A walk stops a little before the stationary point, where a shoulder still looks like the side of a valley.
    exact = polish(landscape.floats, point, landscape.scale)
    if exact is not None and landscape.scale.distance(exact, point) > AT_KNOWN:
        # One short step and then ever further away: ground that flattens out, like that of exp(-x), has no bottom here.
        return "plateau" if _is_flat(landscape, point) else "slope"
    return _full_kind(landscape, point if exact is None else exact)


def plateaus(landscape: FixedLandscape, lowest: float, x: Array, y: Array) -> Any:
    """Whether ``place_of`` calls these places a plateau, shape (n,) as that of x and y, which is 0 for a curve.

    ``lowest`` is the lowest loss that is known of the landscape. Where it is sharply curved and its bottom close by,
    the answer is no; where Newton's step, or his way to the end, leads far away, slope and curvature tell. What is
    left is looked at one by one, places that are the same to three digits of the domain's widths only once.
    """
    size, widths = len(landscape.scale.widths), np.array([*landscape.scale.widths, 1.0][:2])
    with np.errstate(all="ignore"):
        loss, *slope = landscape.arrays.loss_and_gradient(x, y)
        hessian = landscape.arrays.hessian(x, y)
        exists = np.isfinite(loss + sum(slope) + sum(hessian))
        asked = np.flatnonzero(~(exists & _is_near_bottom(slope, hessian, landscape.scale)))
    found = np.zeros(len(x), dtype=bool)
    far = asked[exists[asked]]
    slopes = np.stack([part[far] for part in slope], axis=1)
    hessians = np.stack([hessian[part][far] for part in (0, 1, 1, 2)], axis=1).reshape(-1, 2, 2)
    leads = _leads_far(slopes, hessians, widths) | _goes_far(landscape, x[far], y[far])
    far, slopes, hessians = far[leads], slopes[leads] * widths, hessians[leads] * widths[:, None] * widths
    curvature = np.abs(np.linalg.eigvalsh(hessians / landscape.scale.loss)).max(axis=1, initial=0.0)
    height = (loss[far] - lowest) / landscape.scale.loss
    found[far] = _is_flat_ground(np.hypot(*slopes.T) / landscape.scale.loss, curvature, height)
    rest = np.setdiff1d(asked, far)
    with np.errstate(all="ignore"):
        level = rest[(np.stack([*slope, *hessian])[:, rest] == 0).all(axis=0)]
    found[level] = is_level(landscape.arrays, x[level], y[level], landscape.scale)
    rest = np.setdiff1d(rest, level[found[level]])
    rounded = np.round(np.stack([x, y], axis=1)[rest] / widths, 3)
    _, one, which = np.unique(rounded, axis=0, return_index=True, return_inverse=True)
    places = [place_of(landscape, (float(x[at]), float(y[at]))[:size]) for at in rest[one]]
    found[rest] = np.array([place == "plateau" for place in places], dtype=bool)[which]
    return found


def _is_near_bottom(slope: Sequence[Array], hessian: Sequence[Array], scale: Scale) -> Any:
    """Whether a short step of Newton's leads to the bottom, or the top, of a sharply curved place."""
    size, (wx, wy) = len(scale.widths), (*scale.widths, 1.0)[:2]
    # In domain widths, as a curve that is as sharp across as one along it.
    slope_x, slope_y = slope[0] * wx, slope[1] * wy
    xx, xy, yy = hessian[0] * (wx * wx), hessian[1] * (wx * wy), hessian[2] * (wy * wy) if size == 2 else 1.0
    sharpest = np.maximum(np.maximum(np.abs(xx), np.abs(xy)), np.abs(yy)) if size == 2 else np.abs(xx)
    determinant = np.abs(xx * yy - xy * xy)
    length = np.hypot(yy * slope_x - xy * slope_y, xx * slope_y - xy * slope_x) / determinant
    return (sharpest > _SHARP * scale.loss) & (determinant > _ROUND * sharpest**size) & (length < _SHORT)


def _leads_far(slopes: Array, hessians: Array, widths: Array) -> Any:
    """Whether ``newton_step`` finds no step, or one that is longer than is near."""
    curvatures, directions = np.linalg.eigh(hessians)
    along = np.einsum("ni,nij->nj", slopes, directions)
    curved = np.abs(curvatures) > 1e-13 * np.abs(curvatures).max(axis=1, keepdims=True, initial=0.0)
    level = np.where(curved, 0.0, np.abs(along)) > 1e-12 * np.abs(along).max(axis=1, keepdims=True, initial=0.0)
    with np.errstate(all="ignore"):
        step = np.einsum("nij,nj->ni", directions, np.where(curved, along / curvatures, 0.0))
        return level.any(axis=1) | ~(np.hypot(*(step / widths).T) <= NEAR)


def _goes_far(landscape: FixedLandscape, x: Array, y: Array) -> Any:
    """Whether ``polish`` finds a stationary point, but a far one: then it is not this place's."""
    size, (wx, wy) = len(landscape.scale.widths), (*landscape.scale.widths, 1.0)[:2]
    to_x, to_y = newton_walk(landscape.arrays, x, y, size, POLISHING)
    with np.errstate(all="ignore"):
        _, slope_x, slope_y = landscape.arrays.loss_and_gradient(to_x, to_y)
        is_one = np.hypot(slope_x * wx, slope_y * wy * (size == 2)) / landscape.scale.loss <= ZERO_SLOPE
        # Near the border of far and near it is looked at more closely.
        return is_one & (np.hypot((to_x - x) / wx, (to_y - y) / wy) > 2 * AT_KNOWN)


def _place_without_hessian(landscape: FixedLandscape, point: Point, known: StationaryPoint | None) -> Place | None:
    if known is not None:
        return known.kind
    gradient = gradient_at(landscape.floats, point)
    if gradient is None:
        return None
    if landscape.scale.slope(gradient) <= 1e-9:
        return _full_kind(landscape, point)
    # Where there are second derivatives elsewhere they are out of a float's range, and nothing is claimed.
    if landscape.entry.smooth or _is_at_an_edge(landscape, point):
        return None
    return "plateau" if landscape.scale.slope(gradient) < _FLAT_SLOPE else "slope"


def _is_at_an_edge(landscape: FixedLandscape, point: Point) -> bool:
    """Whether the formula ends here: close by along an axis it has no slope, as x**1.5 left of 0."""
    for axis, width in enumerate(landscape.scale.widths):
        for side in (-1e-6, 1e-6):
            beside = (*point[:axis], point[axis] + side * width, *point[axis + 1 :])
            if gradient_at(landscape.floats, beside) is None:
                return True
    return False


def _is_flat(landscape: FixedLandscape, point: Point) -> bool:
    gradient, hessian = gradient_at(landscape.floats, point), hessian_at(landscape.floats, point)
    if gradient is None or hessian is None:
        return False
    slope, curvature = landscape.scale.slope(gradient), max(map(abs, landscape.scale.curvatures(hessian)))
    # Ground that is steep somewhere makes all else look flat: near its bottom, what is still to fall is the measure.
    height = (float(landscape.floats.loss(*in_plane(point))) - landscape.lowest) / landscape.scale.loss
    return bool(_is_flat_ground(slope, curvature, height))


def _is_flat_ground(slope: Any, curvature: Any, height: Any) -> Any:
    return (slope < np.maximum(_FLAT_ANYWAY, _FLAT_SLOPE * np.minimum(1.0, height))) & (curvature < _FLAT_CURVATURE)


def _full_kind(landscape: FixedLandscape, point: Point) -> Kind | None:
    """The kind of a stationary point; of minima only known ones are global, and those that are as low as these."""
    kind = kind_at(landscape.floats, point, landscape.scale)
    if kind is None:
        return None
    known = landscape.nearest(point, "global_minimum", "local_minimum") if kind == "minimum" else None
    if known is not None and landscape.scale.distance(known.point, point) <= AT_KNOWN:
        return known.kind
    lowest = landscape.nearest(point, "global_minimum")
    # The floor of a valley may be as low everywhere as at the one place that is known.
    return full_kind(
        kind, float(landscape.floats.loss(*in_plane(point))), -math.inf if lowest is None else lowest.value
    )
