"""Where a walk ended and why: the kind of place, the curvature, the stability limit, and the sentences.

What the sentences claim is computed here. Where nothing can be claimed, nothing is.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from app.descent.curvature import (
    POLISHING,
    ZERO_SLOPE,
    Kind,
    Point,
    Scale,
    eigenvalues,
    gradient_at,
    hessian_at,
    is_level,
    kind_at,
    lift,
    newton_step,
    newton_walk,
    polish,
)
from app.descent.formula import Array
from app.descent.landscape import Box, StationaryPoint, Terrain, full_kind
from app.descent.optimizers import Optimizer
from app.descent.walk import Column, Descent, Ending, Outcome

Place = Kind | Literal["slope"]

# A place is a stationary point's when Newton's step from it ends within this part of the domain's widths.
_NEAR = 1e-2
# The walk stopped a little before it: so far away a place is still at the known one.
AT_KNOWN = 2 * _NEAR
# Flat ground: crossing the whole domain at this slope would change the loss by less than a hundredth of its range, and
# the curvature would change it by less than half of it.
_FLAT_SLOPE = 0.01
_FLAT_ANYWAY = 1e-6
_FLAT_CURVATURE = 1.0
# Beyond doubt: curvature in loss ranges per square domain width, the determinant's part of the curvatures' square, and
# a step in domain widths.
_SHARP, _ROUND, _SHORT = 1e-3, 1e-6, 1e-3


@dataclass(frozen=True)
class Verdict:
    """What is known about the end of one walk."""

    outcome: Outcome
    place: Place | None
    hessian_eigenvalues: list[float]
    stability_limit: float | None
    message: str


def judge(
    descent: Descent,
    optimizer: Optimizer,
    start: Point,
    ending: Ending,
    way: Sequence[tuple[Column, Column]] | None = None,
    box: Box | None = None,
) -> Verdict:
    """Return the verdict on a walk.

    The curvature and the stability limit are those at the end, or, where the walk diverged, those at the start: the end
    of a diverged walk lies outside everything that the picture is about. ``way`` has all iterates of the walk, as parts
    of columns x and y, where they are still known; ``box`` is the part that is shown, where not the domain.
    """
    terrain = descent.terrain
    end = (ending.x, ending.y)[: len(start)]
    diverged = ending.outcome == "diverged"
    curvatures = eigenvalues(terrain.floats, start if diverged else end)
    limit = stability_limit(descent, optimizer, curvatures)
    place = None if diverged else place_of(terrain, end)
    outcome: Outcome = "stalled" if ending.outcome == "converged" and place == "plateau" else ending.outcome
    met = _sharpest(descent, way, box or terrain.landscape.domain) if diverged and way else None
    monotone = diverged and bool(way) and _is_monotone(descent, way or ())
    words = _Sentences(descent, optimizer, start, ending, end, outcome, place, curvatures, limit, met, monotone)
    return Verdict(outcome, place, curvatures, limit, words.text())


def stability_limit(descent: Descent, optimizer: Optimizer, curvatures: list[float]) -> float | None:
    """Return the learning rate above which the optimizer diverges on the quadratic with these curvatures.

    None where no such limit is known, or where the ground is not curved upwards (downwards, for an ascent).
    """
    if optimizer.stability is None or not curvatures:
        return None
    curvature = curvatures[-1] if descent.goal == "minimize" else -curvatures[0]
    if curvature <= 0:
        return None
    limit = optimizer.stability(**descent.values) / curvature
    return limit if math.isfinite(limit) else None


def _columns(way: Sequence[tuple[Column, Column]]) -> tuple[Array, Array]:
    x, y = (np.concatenate([np.asarray(part[axis], dtype=float) for part in way]) for axis in (0, 1))
    return x, y


def _sharpest(descent: Descent, way: Sequence[tuple[Column, Column]], box: Box) -> tuple[float, Point] | None:
    """Return the largest curvature, towards the goal, at the iterates inside the box, and where it was met."""
    x, y = _columns(way)
    functions = descent.terrain.arrays
    inside = np.logical_and.reduce(
        [(low <= at) & (at <= high) for low, at, high in zip(box.low, (x, y), box.high, strict=False)]
    )
    x, y = x[inside], y[inside]
    with np.errstate(all="ignore"):
        xx, xy, yy = (descent.downhill * part for part in functions.hessian(x, y))
        largest = xx if len(box.low) == 1 else (xx + yy) / 2 + np.hypot((xx - yy) / 2, xy)
        largest = largest[exists := np.isfinite(largest) & np.isfinite(functions.loss(x, y))]
    if not len(largest):
        return None
    index = int(largest.argmax())
    return float(largest[index]), (float(x[exists][index]), float(y[exists][index]))[: len(box.low)]


def _is_monotone(descent: Descent, way: Sequence[tuple[Column, Column]]) -> bool:
    """Whether the loss went towards the goal at every step, and goes on doing so for a while beyond the end."""
    x, y = _columns(way)
    further = 2.0 ** np.arange(1, 11)
    with np.errstate(all="ignore"):
        beyond = [np.concatenate([at, at[-1] + further * (at[-1] - at[0])]) for at in (x, y)]
        return bool((descent.downhill * np.diff(descent.terrain.arrays.loss(*beyond)) < 0).all())


def place_of(terrain: Terrain, point: Point) -> Place | None:
    """Say what kind of place this is, from exact derivatives there; None where they do not tell."""
    known = terrain.nearest(point)
    beside = known is not None and terrain.scale.distance(known.point, point) <= _NEAR
    if hessian_at(terrain.floats, point) is None:
        return _place_without_hessian(terrain, point, known if beside else None)
    if beside and known is not None and hessian_at(terrain.floats, known.point) is None:
        # Beside a kink the ground is a slope however near the walk has come.
        return known.kind
    step = newton_step(terrain.floats, point)
    if step is None or terrain.scale.distance(step, (0.0,) * len(step)) > _NEAR:
        return "plateau" if _is_flat(terrain, point) else "slope"
    # A walk stops a little before the stationary point, where a shoulder still looks like the side of a valley.
    exact = polish(terrain.floats, point, terrain.scale)
    if exact is not None and terrain.scale.distance(exact, point) > AT_KNOWN:
        # One short step and then ever further away: ground that flattens out, like that of exp(-x), has no bottom here.
        return "plateau" if _is_flat(terrain, point) else "slope"
    return _full_kind(terrain, point if exact is None else exact)


def plateaus(terrain: Terrain, lowest: float, x: Array, y: Array) -> Any:
    """Whether ``place_of`` calls these places a plateau, shape (n,) as that of x and y, which is 0 for a curve.

    ``lowest`` is the lowest loss that is known of the terrain. Where the ground is sharply curved and its bottom close
    by, the answer is no; where Newton's step, or his way to the end, leads far away, slope and curvature tell. What is
    left is looked at one by one, places that are the same to three digits of the domain's widths only once.
    """
    size, widths = len(terrain.scale.widths), np.array([*terrain.scale.widths, 1.0][:2])
    with np.errstate(all="ignore"):
        loss, *slope = terrain.arrays.loss_and_gradient(x, y)
        hessian = terrain.arrays.hessian(x, y)
        exists = np.isfinite(loss + sum(slope) + sum(hessian))
        asked = np.flatnonzero(~(exists & _is_near_bottom(slope, hessian, terrain.scale)))
    found = np.zeros(len(x), dtype=bool)
    far = asked[exists[asked]]
    slopes = np.stack([part[far] for part in slope], axis=1)
    hessians = np.stack([hessian[part][far] for part in (0, 1, 1, 2)], axis=1).reshape(-1, 2, 2)
    leads = _leads_far(slopes, hessians, widths) | _goes_far(terrain, x[far], y[far])
    far, slopes, hessians = far[leads], slopes[leads] * widths, hessians[leads] * widths[:, None] * widths
    curvature = np.abs(np.linalg.eigvalsh(hessians / terrain.scale.loss)).max(axis=1, initial=0.0)
    height = (loss[far] - lowest) / terrain.scale.loss
    found[far] = _is_flat_ground(np.hypot(*slopes.T) / terrain.scale.loss, curvature, height)
    rest = np.setdiff1d(asked, far)
    with np.errstate(all="ignore"):
        level = rest[(np.stack([*slope, *hessian])[:, rest] == 0).all(axis=0)]
    found[level] = is_level(terrain.arrays, x[level], y[level], terrain.scale)
    rest = np.setdiff1d(rest, level[found[level]])
    rounded = np.round(np.stack([x, y], axis=1)[rest] / widths, 3)
    _, one, which = np.unique(rounded, axis=0, return_index=True, return_inverse=True)
    places = [place_of(terrain, (float(x[at]), float(y[at]))[:size]) for at in rest[one]]
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
        return level.any(axis=1) | ~(np.hypot(*(step / widths).T) <= _NEAR)


def _goes_far(terrain: Terrain, x: Array, y: Array) -> Any:
    """Whether ``polish`` finds a stationary point, but a far one: then it is not this place's."""
    size, (wx, wy) = len(terrain.scale.widths), (*terrain.scale.widths, 1.0)[:2]
    to_x, to_y = newton_walk(terrain.arrays, x, y, size, POLISHING)
    with np.errstate(all="ignore"):
        _, slope_x, slope_y = terrain.arrays.loss_and_gradient(to_x, to_y)
        is_one = np.hypot(slope_x * wx, slope_y * wy * (size == 2)) / terrain.scale.loss <= ZERO_SLOPE
        # Near the border of far and near it is looked at more closely.
        return is_one & (np.hypot((to_x - x) / wx, (to_y - y) / wy) > 2 * AT_KNOWN)


def _place_without_hessian(terrain: Terrain, point: Point, known: StationaryPoint | None) -> Place | None:
    if known is not None:
        return known.kind
    gradient = gradient_at(terrain.floats, point)
    if gradient is None:
        return None
    if terrain.scale.slope(gradient) <= 1e-9:
        return _full_kind(terrain, point)
    # Where there are second derivatives elsewhere they are out of a float's range, and nothing is claimed.
    if terrain.landscape.smooth or _is_at_an_edge(terrain, point):
        return None
    return "plateau" if terrain.scale.slope(gradient) < _FLAT_SLOPE else "slope"


def _is_at_an_edge(terrain: Terrain, point: Point) -> bool:
    """Whether the formula ends here: close by along an axis it has no slope, as x**1.5 left of 0."""
    for axis, width in enumerate(terrain.scale.widths):
        for side in (-1e-6, 1e-6):
            beside = (*point[:axis], point[axis] + side * width, *point[axis + 1 :])
            if gradient_at(terrain.floats, beside) is None:
                return True
    return False


def _is_flat(terrain: Terrain, point: Point) -> bool:
    gradient, hessian = gradient_at(terrain.floats, point), hessian_at(terrain.floats, point)
    if gradient is None or hessian is None:
        return False
    slope, curvature = terrain.scale.slope(gradient), max(map(abs, terrain.scale.curvatures(hessian)))
    # Ground that is steep somewhere makes all else look flat: near its bottom, what is still to fall is the measure.
    height = (float(terrain.floats.loss(*lift(point))) - terrain.lowest) / terrain.scale.loss
    return bool(_is_flat_ground(slope, curvature, height))


def _is_flat_ground(slope: Any, curvature: Any, height: Any) -> Any:
    return (slope < np.maximum(_FLAT_ANYWAY, _FLAT_SLOPE * np.minimum(1.0, height))) & (curvature < _FLAT_CURVATURE)


def _full_kind(terrain: Terrain, point: Point) -> Kind | None:
    """Return the kind of a stationary point; of minima only known ones are global."""
    kind = kind_at(terrain.floats, point, terrain.scale)
    if kind is None:
        return None
    known = terrain.nearest(point, "global_minimum", "local_minimum") if kind == "minimum" else None
    if known is not None and terrain.scale.distance(known.point, point) <= AT_KNOWN:
        return known.kind
    return full_kind(kind, math.inf, -math.inf)


def say(number: float) -> str:
    """Return the number with four significant digits, as a person writes it."""
    text = re.sub(r"e([+-])0*", lambda match: "e" + match[1].replace("+", ""), f"{number:.4g}")
    return "0" if text == "-0" else text


@dataclass(frozen=True)
class _Sentences:
    """Puts a verdict into words: what ended the walk, what the end is, and how far it is from the nearest minimum."""

    descent: Descent
    optimizer: Optimizer
    start: Point
    ending: Ending
    end: Point
    outcome: Outcome
    place: Place | None
    curvatures: list[float]
    limit: float | None
    sharpest: tuple[float, Point] | None
    monotone: bool

    def text(self) -> str:
        if self.outcome == "diverged":
            return self._diverged()
        if self.ending.criterion == "tolerance" and self.ending.steps == 0:
            cause = self._no_step()
        elif self.outcome == "converged":
            cause = self._converged()
        else:
            cause = self._stalled() if self.outcome == "stalled" else self._out_of_steps()
        return " ".join(filter(None, [cause, self._what(), self._nearest()]))

    # --- what ended the walk

    def _diverged(self) -> str:
        rate, head = self.descent.rates.learning_rate, f"Diverged after {_steps(self.ending.steps)}: "
        if self.limit is None:
            return f"{head}{self._gone()}.{self._way()}{self._bottomless()}"
        limit = f"the limit {self._limit_text()} = {say(self.limit)} at the start"
        if rate > self.limit:
            return f"{head}the learning rate {say(rate)} is above {limit}.{self._way()}"
        compared = "at" if rate == self.limit else "below"
        although = f", although the learning rate {say(rate)} is {compared} {limit}"
        return f"{head}{self._gone()}{although}.{self._way()}{self._bottomless()}"

    def _gone(self) -> str:
        if self.ending.criterion == "too_far":
            return "the walker is more than a million domain widths away"
        if self.ending.steps == 0:
            return f"at the start the {self._loss()} or its gradient is no finite number"
        if not math.isfinite(self.ending.x + self.ending.y):
            singular = " (the Hessian has no inverse there, or does not exist)" if self.optimizer.needs_hessian else ""
            return f"the last step led to no finite place{singular}"
        return f"the {self._loss()} is no longer a finite number"

    def _way(self) -> str:
        """Tell of the sharpest curvature on the way, where it is sharper than at the start."""
        if self.sharpest is None or self.sharpest[0] <= 0:
            return ""
        curvature, where = self.sharpest
        at_start = max((self.descent.downhill * value for value in self.curvatures), default=-math.inf)
        if curvature <= 1.001 * at_start:
            return ""
        met = f" The sharpest curvature it met in the picture was {say(curvature)}, at {self._point(where)}"
        allowed = stability_limit(self.descent, self.optimizer, [self.descent.downhill * curvature])
        return f"{met}." if allowed is None else f"{met}: there the limit is {say(allowed)}."

    def _bottomless(self) -> str:
        if self.ending.criterion != "too_far" or not self.monotone:
            return ""
        way, most = ("fell", "lowest") if self.descent.goal == "minimize" else ("rose", "highest")
        return (
            f" The {self._loss()} {way} at every step, to {say(self.ending.loss)}, and goes on so: this ground seems "
            f"to have no {most} place in that direction."
        )

    def _no_step(self) -> str:
        size = "exactly zero" if self.ending.gradient_norm == 0 else self._size()
        return f"No step was taken: at the start {self._at()} the gradient is {size}."

    def _converged(self) -> str:
        return (
            f"Converged after {_steps(self.ending.steps)} at {self._at()}, {self._loss()} {say(self.ending.loss)}: "
            f"gradient norm and step are at or below the tolerance {say(self.descent.tolerance)}."
        )

    def _stalled(self) -> str:
        ending = self.ending
        head = f"Stalled after {_steps(ending.steps)} at {self._at()}"
        if ending.criterion == "tolerance":
            return f"{head}: the gradient norm is {self._size()}, too small to move on."
        norm = f"{'though' if self._is_steep() else 'and'} the gradient norm is {self._size()}"
        if math.isnan(ending.gradient_norm):
            norm = "and there is no gradient there"
        if ending.criterion == "patience":
            least = f" by more than {say(self.descent.min_change)}" if self.descent.min_change else ""
            return (
                f"{head}, where patience ended: for {_steps(self.descent.patience)} the {self._loss()}, now "
                f"{say(ending.loss)}, has not become better{least}, {norm}."
            )
        reason = f"the {self._loss()} {say(ending.loss)} no longer changes, {norm}"
        rate = self.descent.rates.learning_rate
        if self.limit is not None and math.isclose(rate, self.limit, rel_tol=1e-3):
            reason += (
                f"; the learning rate {say(rate)} is at the limit {self._limit_text()} = {say(self.limit)}, "
                "where the walker only jumps to and fro"
            )
        return f"{head}: {reason}."

    def _out_of_steps(self) -> str:
        head = f"Out of steps after {_steps(self.ending.steps)} at {self._at()}, {self._loss()} {say(self.ending.loss)}"
        if self.ending.criterion == "budget":
            return f"{head}: the race's budget of evaluations, {self.descent.budget:.0f}, is spent."
        if self._is_too_fast():
            return f"{head}: {self._too_fast()}."
        if self.descent.tolerance == 0:
            return f"{head}: with tolerance 0 only divergence or patience ends a walk early."
        if self._is_steep():
            return f"{head}: the gradient norm is {self._size()}."
        if self.ending.gradient_norm <= self.descent.tolerance:
            return f"{head}: the last step was still longer than {say(self.descent.tolerance)}."
        return f"{head}: there is no gradient there."

    def _is_too_fast(self) -> bool:
        """Whether the last step used a learning rate at which no walk settles on ground as curved as that at the end.

        A limit that is met up to rounding is not exceeded: there the walker leaps to and fro.
        """
        return self._is_steep() and self.limit is not None and self._last_rate() > self.limit * (1 + 1e-12)

    def _last_rate(self) -> float:
        last = self.ending.steps
        return float(self.descent.rates.between(last - 1, last)[0])

    def _too_fast(self) -> str:
        assert self.limit is not None
        rate = self._last_rate()
        last = "" if rate == self.descent.rates.learning_rate else " of the last step"
        limit = f"the limit {self._limit_text()} = {say(self.limit)}"
        text = f"the learning rate {say(rate)}{last} is above {limit} here, so the walk cannot settle"
        before = self.descent.downhill * float(self.descent.terrain.floats.loss(*lift(self.start)))
        if self.descent.downhill * self.ending.loss <= before:
            return text
        way = "risen" if self.descent.goal == "minimize" else "fallen"
        return f"{text}; the {self._loss()} has {way} from {say(self.descent.downhill * before)} at the start"

    # --- what the end is

    def _what(self) -> str:
        exact = not self._is_steep() and math.isfinite(self.ending.gradient_norm)
        this = "This is" if exact else "The walker is close to"
        climbs, wanted = self.descent.goal == "maximize", self._wanted()
        opposite = ", the opposite of the goal"
        match self.place:
            case None:
                return "What kind of place it is cannot be told: the derivatives do not exist there."
            case "global_minimum":
                article = "the" if self._lowest_is_one() else "a"
                return f"{this} {article} global minimum{opposite if climbs else ''}."
            case "local_minimum":
                return f"{this} a local minimum{opposite + '.' if climbs else self._deeper()}"
            case "saddle":
                return f"{this} a saddle, no {wanted}: {self._ways_on()}."
            case "maximum" if climbs:
                return f"{this} a maximum, which was the goal."
            case "maximum":
                hint = ", and a zero gradient does not say which" if exact else ""
                return f"{this} a maximum, no minimum: every way leads down{hint}."
            case "shoulder":
                return f"{this} a shoulder, no {wanted}: on one side the ground falls, on the other it rises."
            case "plateau":
                return f"This is a plateau, no {wanted}: only flat ground."
        but = ", but the steps are too long to follow it" if self._is_too_fast() else ""
        return f"This is a slope: the ground still {'rises' if climbs else 'falls'}{but}."

    def _is_steep(self) -> bool:
        """Whether the gradient is above the tolerance, or, without one, above what rounding leaves."""
        return self.ending.gradient_norm > max(self.descent.tolerance, 1e-13)

    def _wanted(self) -> str:
        return "minimum" if self.descent.goal == "minimize" else "maximum"

    def _deeper(self) -> str:
        best = self.descent.terrain.nearest(self.end, "global_minimum")
        if best is None:
            return "."
        article = "the" if self._lowest_is_one() else "a"
        gap = self.ending.loss - best.value
        return f"; {article} global minimum at {self._point(best.point)} lies {say(gap)} lower."

    def _ways_on(self) -> str:
        """Say which way the ground goes on from a saddle, by the eigenvalues where they tell."""
        terrain = self.descent.terrain
        sign, lower, falls = ("negative", "lower", "falls") if self._wanted() == "minimum" else _UPWARDS
        # A walk that stopped a little beside a point where the Hessian is zero has a tiny one itself.
        known = terrain.nearest(self.end, "saddle")
        at = self.end if known is None or terrain.scale.distance(known.point, self.end) > _NEAR else known.point
        curvatures = eigenvalues(terrain.floats, at)
        on = [value for value in curvatures if self.descent.downhill * value < 0]
        if not curvatures:
            return f"the Hessian does not exist there, but some neighbours are {lower}"
        if not any(curvatures):
            return f"the Hessian is zero there and says nothing, but some neighbours are {lower}"
        if len(on) != 1:
            return f"to some sides the ground {falls}" if on else f"some neighbours are {lower}"
        return f"one Hessian eigenvalue is {sign} ({say(on[0])}), so to two sides the ground {falls}"

    # --- how far it is from where it should be

    def _nearest(self) -> str:
        """Name the nearest known minimum, or maximum for an ascent, where the walk did not end at one."""
        wanted: tuple[Kind, ...] = ("global_minimum", "local_minimum")
        if self.descent.goal == "maximize":
            wanted = ("maximum",)
        if self.place in (*wanted, None):
            return ""
        # The distance that is told is a plain one, so the nearest is the nearest by it.
        known = min(
            self.descent.terrain.known(*wanted), key=lambda other: math.dist(other.point, self.end), default=None
        )
        if known is None:
            return ""
        which = {
            "global_minimum": ", the global one," if self._lowest_is_one() else ", a global one,",
            "local_minimum": ", a local one,",
        }.get(known.kind, "")
        away = say(math.dist(known.point, self.end))
        return f"The nearest known {self._wanted()}{which} is {away} away, at {self._point(known.point)}."

    def _loss(self) -> str:
        """What is climbed is no loss."""
        return "loss" if self.descent.goal == "minimize" else "value"

    def _limit_text(self) -> str:
        return self.optimizer.stability_text(**self.descent.values)

    def _lowest_is_one(self) -> bool:
        return len(self.descent.terrain.known("global_minimum")) == 1

    def _at(self) -> str:
        # Below this a coordinate is the rest that the stop left, not a digit to read.
        return self._point(self.end, 1e-5)

    def _point(self, point: Point, rounding: float = 1e-13) -> str:
        """Write a place; a coordinate below this part of the domain's width is what rounding left of zero."""
        rounding *= min(self.descent.terrain.landscape.domain.widths)
        numbers = [say(0.0 if abs(value) <= rounding else value) for value in point]
        return (
            f"({', '.join(numbers)})" if len(point) > 1 else f"{self.descent.terrain.landscape.axes[0]} = {numbers[0]}"
        )

    def _size(self) -> str:
        norm, tolerance = self.ending.gradient_norm, self.descent.tolerance
        if norm == 0:
            return "zero"
        if norm <= 1e-13:
            return f"zero up to rounding ({say(norm)})"
        if norm <= tolerance:
            return f"{say(norm)}, at or below the tolerance {say(tolerance)}"
        return f"{say(norm)}, above the tolerance {say(tolerance)}"


# What a saddle's words are for an ascent: sign of the eigenvalue, neighbours, ground.
_UPWARDS = ("positive", "higher", "rises")


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count} steps"
