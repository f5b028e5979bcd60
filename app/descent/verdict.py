"""Where a walk ended and why: the kind of place, the curvature, the stability limit, and one sentence.

What the sentence claims is computed here. Where nothing can be claimed, nothing is.
"""

import math
import re
from dataclasses import dataclass
from typing import Literal

from app.descent.landscape import (
    Kind,
    Point,
    StationaryPoint,
    Terrain,
    eigenvalues,
    lift,
    newton_step,
    polish,
)
from app.descent.optimizers import Optimizer
from app.descent.walk import Descent, Ending, Outcome

Place = Kind | Literal["slope"]

# A place is a stationary point's when Newton's step from it ends within this part of the domain's width.
_NEAR = 1e-2
# Neighbours are looked at this far away, in domain widths, where the Hessian says nothing.
_NEIGHBOURS = 1e-2
# Flat ground: crossing the whole domain at this slope would change the loss by less than a hundredth of its range, and
# the curvature would change it by less than half of it.
_FLAT_SLOPE = 0.01
_FLAT_CURVATURE = 1.0


@dataclass(frozen=True)
class Verdict:
    """What is known about the end of one walk."""

    outcome: Outcome
    place: Place | None
    hessian_eigenvalues: list[float]
    stability_limit: float | None
    message: str


def judge(descent: Descent, optimizer: Optimizer, values: dict[str, float], start: Point, ending: Ending) -> Verdict:
    """Return the verdict on a walk.

    The curvature and the stability limit are those at the end, or, where the walk diverged, those at the start: the end
    of a diverged walk lies outside everything that the picture is about.
    """
    terrain = descent.terrain
    end = (ending.x, ending.y)[: len(start)]
    spot = start if ending.outcome == "diverged" else end
    curvatures = eigenvalues(terrain.floats, spot)
    limit = stability_limit(descent, optimizer, values, curvatures)
    place = None if ending.outcome == "diverged" else place_of(terrain, end)
    outcome: Outcome = "stalled" if ending.outcome == "converged" and place == "plateau" else ending.outcome
    sentence = _Sentence(descent, optimizer, values, ending, end, outcome, place, curvatures, limit)
    return Verdict(outcome, place, curvatures, limit, sentence.text())


def stability_limit(
    descent: Descent, optimizer: Optimizer, values: dict[str, float], curvatures: list[float]
) -> float | None:
    """Return the learning rate above which the optimizer diverges on the quadratic with these curvatures.

    None where no such limit is known, or where the ground is not curved upwards (downwards, for an ascent).
    """
    if optimizer.stability is None or not curvatures:
        return None
    sharpest = curvatures[-1] if descent.goal == "minimize" else -curvatures[0]
    if sharpest <= 0:
        return None
    limit = optimizer.stability(**values) / sharpest
    return limit if math.isfinite(limit) else None


def place_of(terrain: Terrain, point: Point) -> Place | None:
    """Say what kind of place this is, from exact derivatives there; None where they do not exist."""
    curvatures = eigenvalues(terrain.floats, point)
    if not curvatures:
        return None
    width = min(terrain.landscape.domain.widths)
    step = newton_step(terrain.floats, point)
    if step is None or math.hypot(*step) > _NEAR * width:
        return "plateau" if _is_flat(terrain, point, curvatures, width) else "slope"
    # A walk stops a little before the stationary point, where a shoulder still looks like the side of a valley.
    exact = polish(terrain.floats, point)
    if exact is None or math.dist(exact, point) > 2 * _NEAR * width:
        exact = point
    kind = terrain.kind_by_curvature(eigenvalues(terrain.floats, exact))
    if kind == "flat":
        around = _kind_by_neighbours(terrain, exact, _NEIGHBOURS * width)
        return _minimum(terrain, exact) if around == "minimum" else around
    return _minimum(terrain, exact) if kind == "minimum" else kind


def _is_flat(terrain: Terrain, point: Point, curvatures: list[float], width: float) -> bool:
    # Where the Hessian exists, which the caller has seen, the gradient does: it has the same denominators and roots.
    _, *gradient = terrain.floats.loss_and_gradient(*lift(point))
    per_width = math.hypot(*gradient) * width / terrain.loss_range
    per_square = max(map(abs, curvatures)) * width**2 / terrain.loss_range
    return per_width < _FLAT_SLOPE and per_square < _FLAT_CURVATURE


def _minimum(terrain: Terrain, point: Point) -> Kind:
    """Tell the global minimum from a local one: it is the nearest known one's kind, and only known ones are global."""
    known = min(terrain.stationary_points, key=lambda other: math.dist(other.point, point), default=None)
    near = 2 * _NEAR * min(terrain.landscape.domain.widths)
    if known is not None and known.kind == "global_minimum" and math.dist(known.point, point) <= near:
        return "global_minimum"
    return "local_minimum"


def _kind_by_neighbours(
    terrain: Terrain, point: Point, radius: float
) -> Literal["minimum", "maximum", "saddle", "shoulder", "plateau"] | None:
    """Look at the neighbours, in the order around the point: how often does it change between higher and lower?"""
    try:
        here = terrain.floats.loss(*lift(point))
        rises = [terrain.floats.loss(*lift(neighbour)) - here for neighbour in _ring(terrain, point, radius)]
    except (ArithmeticError, ValueError):
        return None
    rounding = 1e-14 * (terrain.loss_range + abs(here))
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


def _ring(terrain: Terrain, point: Point, radius: float) -> list[Point]:
    """Return neighbours around the point, the Hessian's own directions among them: a narrow fall may hide there."""
    if len(point) == 1:
        return [(point[0] + radius,), (point[0] - radius,)]
    xx, xy, yy = terrain.floats.hessian(*lift(point))
    turned = 0.5 * math.atan2(2 * xy, xx - yy)
    angles = [turned + 2 * math.pi * index / 32 for index in range(32)]
    return [(point[0] + radius * math.cos(angle), point[1] + radius * math.sin(angle)) for angle in angles]


def say(number: float) -> str:
    """Return the number with four significant digits, as a person writes it."""
    text = re.sub(r"e([+-])0*", lambda match: "e" + match[1].replace("+", ""), f"{number:.4g}")
    return "0" if text == "-0" else text


@dataclass(frozen=True)
class _Sentence:
    """Puts a verdict into words."""

    descent: Descent
    optimizer: Optimizer
    values: dict[str, float]
    ending: Ending
    end: Point
    outcome: Outcome
    place: Place | None
    curvatures: list[float]
    limit: float | None

    def text(self) -> str:
        if self.outcome == "diverged":
            return self._diverged()
        return {"converged": self._converged, "stalled": self._stalled, "out_of_steps": self._out_of_steps}[
            self.outcome
        ]()

    def _diverged(self) -> str:
        rate = self.descent.rates.learning_rate
        head = f"Diverged after {_steps(self.ending.steps)}: "
        if self.limit is not None and rate > self.limit:
            return (
                f"{head}the learning rate {say(rate)} is above the limit "
                f"{self._limit_text()} = {say(self.limit)} at the start."
            )
        if self.ending.steps == 0:
            gone = "at the start the loss or its gradient is no finite number"
        elif not math.isfinite(self.ending.x + self.ending.y):
            gone = "the last step led to no finite place"
        elif not math.isfinite(self.ending.loss):
            gone = "the loss is no longer a finite number"
        else:
            gone = "the walker is more than a million domain widths away"
        if self.limit is not None:
            return (
                f"{head}{gone}, although the learning rate {say(rate)} is below the limit "
                f"{self._limit_text()} = {say(self.limit)} at the start."
            )
        return f"{head}{gone}."

    def _converged(self) -> str:
        if self.ending.steps == 0:
            return f"No step was taken: at the start {self._at()} the gradient is {self._size()}. {self._what()}"
        return (
            f"Converged after {_steps(self.ending.steps)} at {self._at()}, loss {say(self.ending.loss)}: gradient norm "
            f"and step are at or below the tolerance {say(self.descent.tolerance)}. {self._what()}"
        )

    def _stalled(self) -> str:
        after = "at the start" if self.ending.steps == 0 else f"after {_steps(self.ending.steps)}"
        if self.place == "plateau":
            return (
                f"Stalled {after} on a plateau at {self._at()}: the gradient norm {say(self.ending.gradient_norm)} is "
                "too small to move on, but this is no minimum, only flat ground."
            )
        reason = f"the loss {say(self.ending.loss)} no longer changes, though the gradient norm is {self._size()}"
        rate = self.descent.rates.learning_rate
        if self.limit is not None and math.isclose(rate, self.limit, rel_tol=1e-3):
            reason += (
                f"; the learning rate {say(rate)} is at the limit {self._limit_text()} = {say(self.limit)}, "
                "where the walker only jumps to and fro"
            )
        return f"Stalled {after} at {self._at()}: {reason}."

    def _out_of_steps(self) -> str:
        head = f"Out of steps after {_steps(self.ending.steps)}"
        if self.descent.tolerance == 0:
            cause = "with tolerance 0 only divergence ends a walk early"
        elif self.ending.gradient_norm > self.descent.tolerance:
            cause = f"the gradient norm {say(self.ending.gradient_norm)} is still above {say(self.descent.tolerance)}"
        else:
            cause = f"the last step was still longer than {say(self.descent.tolerance)}"
        if self.place == "slope":
            return f"{head}, still on a slope at {self._at()}, loss {say(self.ending.loss)}: {cause}."
        if self.place == "plateau":
            return f"{head}, still on the plateau at {self._at()}: {cause}, and this is no minimum, only flat ground."
        if self.place is None:
            return f"{head} at {self._at()}, loss {say(self.ending.loss)}: {cause}."
        return (
            f"Close to {self._place()} at {self._at()}, loss {say(self.ending.loss)}, at the end of its "
            f"{_steps(self.ending.steps)}: {cause}."
        )

    def _limit_text(self) -> str:
        return self.optimizer.stability_text(**self.values)

    def _place(self) -> str:
        assert self.place is not None
        if self.place == "global_minimum" and not self._lowest_is_one():
            return "a global minimum"
        return _PLACES[self.place]

    def _what(self) -> str:
        """Say what kind of place the end is, and what that means."""
        if self.place is None:
            return "What kind of place it is cannot be told: the derivatives do not exist there."
        return {
            "global_minimum": "This is the global minimum." if self._lowest_is_one() else "This is a global minimum.",
            "local_minimum": "This is a local minimum" + self._deeper(),
            "saddle": f"This is a saddle, no minimum: {self._negative()}.",
            "maximum": "This is a maximum, which was the goal."
            if self.descent.goal == "maximize"
            else "This is a maximum: every way leads down, and a zero gradient does not say which.",
            "shoulder": "This is a shoulder, no minimum: on one side the ground falls, on the other it rises.",
            "plateau": "This is a plateau, no minimum: the ground is only flat.",
            "slope": "This is a slope: the ground still falls, if only slowly.",
        }[self.place]

    def _deeper(self) -> str:
        best = self._lowest()
        if best is None:
            return "."
        gap = self.ending.loss - best.value
        article = "the" if self._lowest_is_one() else "a"
        return f"; {article} global minimum at {_point(best.point)} lies {say(gap)} lower."

    def _negative(self) -> str:
        count = sum(value < 0 for value in self.curvatures)
        if count == 0:
            return "no Hessian eigenvalue is negative, but some neighbours are lower"
        if count > 1:
            return "to some sides the ground falls"
        return f"one Hessian eigenvalue is negative ({say(self.curvatures[0])}), so to two sides the ground falls"

    def _lowest(self) -> StationaryPoint | None:
        minima = [known for known in self.descent.terrain.stationary_points if known.kind == "global_minimum"]
        return min(minima, key=lambda known: math.dist(known.point, self.end), default=None)

    def _lowest_is_one(self) -> bool:
        return sum(known.kind == "global_minimum" for known in self.descent.terrain.stationary_points) == 1

    def _at(self) -> str:
        # Below this a coordinate is the rest that the stop left, not a digit to read.
        return _point(self.end, 1e-5 * min(self.descent.terrain.landscape.domain.widths))

    def _size(self) -> str:
        norm, tolerance = self.ending.gradient_norm, self.descent.tolerance
        if norm == 0:
            return "zero"
        if norm <= 1e-13:
            return f"zero up to rounding ({say(norm)})"
        if norm <= tolerance:
            return f"{say(norm)}, at or below the tolerance {say(tolerance)}"
        return f"{say(norm)}, above the tolerance {say(tolerance)}"


_PLACES: dict[Place, str] = {
    "global_minimum": "the global minimum",
    "local_minimum": "a local minimum",
    "saddle": "a saddle",
    "maximum": "a maximum",
    "shoulder": "a shoulder",
}


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count} steps"


def _point(point: Point, rounding: float = 0.0) -> str:
    return f"({', '.join(say(0.0 if abs(value) <= rounding else value) for value in point)})"
