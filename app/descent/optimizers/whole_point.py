"""Methods of the whole point: Newton's, and steepest descent with a line search."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from app.descent.formulas.formula import Functions
from app.descent.landscapes.curvature import hessian_at, in_plane
from app.descent.optimizers.rules import Line
from app.descent.optimizers.steps import Coordinates, Problem, Quantities, State, Steps, Taken, no_state, total

MOST_PROBES = 60
# At a minimum no step lowers the loss by more than its rounding, and none should be searched for.
_ROUNDING = 4e-16


@dataclass(frozen=True)
class Newton:
    """x ← x - η H⁻¹ g, with the Hessian where the walker stands. ``uphill`` are the lines of an ascent."""

    lines: Sequence[Line]
    uphill: Sequence[Line]
    by_itself: ClassVar[Literal[False]] = False
    on_arrays: ClassVar[bool] = False

    def variants(self) -> Mapping[str, Sequence[Line]]:
        """The typeset lines, and those of an ascent."""
        return {"rule": self.lines, "uphill": self.uphill}

    def bind(self, arrays: bool) -> Steps:
        """The steps; on floats they raise ``ZeroDivisionError`` where the Hessian has no inverse."""

        def step(problem: Problem) -> Callable[[Coordinates, Any, Coordinates, State, Any], Taken]:
            hessian, dimensions, downhill = problem.functions.hessian, problem.dimensions, problem.downhill

            def take(point: Coordinates, loss: Any, gradient: Coordinates, state: State, rate: Any) -> Taken:
                (x, y), (slope_x, slope_y) = point, gradient
                step_x, step_y = _newton_direction(*hessian(x, y), downhill * slope_x, downhill * slope_y, dimensions)
                return (x + rate * step_x, y + rate * step_y), None, rate, 1

            return take

        return Steps(no_state, step)

    def explain(self, problem: Problem, at: Quantities, state: State) -> Quantities:
        """The further numbers of a step, given its point and gradient."""
        size = len(at["point"])
        xx, xy, yy = hessian_at(problem.functions, at["point"]) or (math.nan, math.nan, math.nan)
        slope_x, slope_y = (problem.downhill * part for part in in_plane(tuple(at["gradient"])))
        try:
            direction = _newton_direction(xx, xy, yy, slope_x, slope_y, size)
        except ZeroDivisionError:
            direction = (math.nan, math.nan)
        return {"hessian": [[xx, xy][:size], [xy, yy]][:size], "newton": list(direction[:size])}


def _newton_direction(xx: Any, xy: Any, yy: Any, slope_x: Any, slope_y: Any, dimensions: int) -> tuple[Any, Any]:
    """Return -H⁻¹g, by Cramer's rule."""
    if dimensions == 1:
        return -slope_x / xx, 0.0
    determinant = xx * yy - xy * xy
    return (xy * slope_y - yy * slope_x) / determinant, (xy * slope_x - xx * slope_y) / determinant


@dataclass(frozen=True)
class LineSearch:
    """x ← x - t g, where t is the first of η, θη, θ²η, … with f(x - t g) ≤ f(x) - c t |g|², up to rounding.

    ``uphill`` are the lines of an ascent, ``refused`` those of a step that was not taken.
    """

    lines: Sequence[Line]
    uphill: Sequence[Line]
    refused: Sequence[Line]
    by_itself: ClassVar[Literal[False]] = False
    on_arrays: ClassVar[bool] = False

    def variants(self) -> Mapping[str, Sequence[Line]]:
        """The typeset lines, those of an ascent, and those of a step that was not taken."""
        return {"rule": self.lines, "uphill": self.uphill, "refused": self.refused}

    def bind(self, arrays: bool, backtrack: Any = 0.5, sufficient: Any = 1e-4) -> Steps:
        """The steps; the hyperparameters are numbers, or for arrays of walkers may have a value for each."""

        def alone(problem: Problem) -> Callable[[Coordinates, float, Coordinates, State, float], Taken]:
            height, downhill = problem.functions.loss, problem.downhill

            def take(point: Coordinates, loss: float, gradient: Coordinates, state: State, rate: float) -> Taken:
                (x, y), (slope_x, slope_y) = point, gradient
                promised = sufficient * (slope_x * slope_x + slope_y * slope_y)
                here = downhill * loss + _ROUNDING * abs(loss)
                for probes in range(1, MOST_PROBES + 1):
                    next_x, next_y = x - rate * slope_x, y - rate * slope_y
                    try:
                        height_there = height(next_x, next_y)
                    except (ArithmeticError, ValueError):
                        height_there = math.nan
                    # Where there is no loss, or none that is finite, a step cannot land.
                    if math.isfinite(height_there) and downhill * height_there <= here - rate * promised:
                        return (next_x, next_y), None, rate, 1 + probes
                    rate *= backtrack
                # A step of length zero, which on floats as on arrays is not a number where the gradient is none.
                return (x - 0.0 * slope_x, y - 0.0 * slope_y), None, 0.0, 1 + MOST_PROBES

            return take

        def together(problem: Problem) -> Callable[[Coordinates, Any, Coordinates, State, Any], Taken]:
            height, downhill, in_weights = problem.functions.loss, problem.downhill, problem.in_weights

            def take(point: Coordinates, loss: Any, gradient: Coordinates, state: State, rate: Any) -> Taken:
                (x, y), (slope_x, slope_y) = point, gradient
                squares = slope_x * slope_x + slope_y * slope_y
                promised = sufficient * (total(squares) if in_weights else squares)
                here = downhill * loss + _ROUNDING * abs(loss)
                rates, probes = np.full_like(y, rate), np.zeros_like(y)
                # A map may ask for another factor in each of its cells.
                shorter = np.broadcast_to(backtrack, y.shape)
                # Only those whose last try was refused try again.
                still = np.arange(len(y))
                for _ in range(MOST_PROBES):
                    at = rates[still]
                    height_there = height(
                        x.take(still, -1) - at * slope_x.take(still, -1), y[still] - at * slope_y[still]
                    )
                    falls = np.isfinite(height_there) & (downhill * height_there <= here[still] - at * promised[still])
                    probes[still] += 1
                    still = still[~falls]
                    if not len(still):
                        break
                    rates[still] *= shorter[still]
                rates[still] = 0.0
                return (x - rates * slope_x, y - rates * slope_y), None, rates, 1 + probes

            return take

        return Steps(no_state, together if arrays else alone)

    def explain(self, problem: Problem, at: Quantities, state: State) -> Quantities:
        """The further numbers of a step, given its point, gradient, loss, next point and learning rates."""
        tried, accepted = at["tried"], at["learning_rate"]
        # A schedule may plan a learning rate of zero, which is no refusal.
        refused = accepted == 0 < tried
        rates = [tried]
        while len(rates) < MOST_PROBES and (refused or rates[-1] > accepted):
            rates.append(rates[-1] * at["backtrack"])
        point, gradient = at["point"], at["gradient"]
        size = sum(part * part for part in gradient)
        places = [[p - rate * g for p, g in zip(point, gradient, strict=True)] for rate in rates]
        return {
            "accepted": accepted,
            "learning_rate": tried,
            "probes": len(rates) if refused else len(rates) - 1,
            "size": size,
            "bound": at["loss"] - problem.downhill * at["sufficient"] * accepted * size,
            "probed": _loss(problem.functions, places[-1]),
            "probe_points": places,
        }


def _loss(functions: Functions, place: Sequence[float]) -> float:
    try:
        return float(functions.loss(*in_plane(tuple(place))))
    except (ArithmeticError, ValueError):
        return float("nan")
