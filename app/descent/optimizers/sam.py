"""SAM: descent by the gradient from a little uphill, where a sharp place is steeper than a wide one."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.optimizers.rules import Line
from app.descent.optimizers.steps import Coordinates, Problem, Quantities, State, Steps, Taken, no_state, total

# As in the authors' code: no division by zero where there is no gradient.
_LEAST = 1e-12


@dataclass(frozen=True)
class Sam:
    """e = ρ g/(‖g‖ + 1e-12) and x ← x - η g(x + e), both gradients of the same mini-batch (Foret et al. 2021)."""

    lines: Sequence[Line]
    by_itself: ClassVar[Literal[False]] = False
    on_arrays: ClassVar[bool] = False

    def variants(self) -> Mapping[str, Sequence[Line]]:
        """The typeset lines."""
        return {"rule": self.lines}

    def bind(self, arrays: bool, radius: Any = 0.05) -> Steps:
        """The steps; ``radius`` is ρ, how far uphill the second gradient is taken."""
        root = np.sqrt if arrays else math.sqrt

        def length_in_weights(squares: Array) -> Array:
            return np.asarray(np.sqrt(total(squares)))

        def step(problem: Problem) -> Callable[[Coordinates, Any, Coordinates, State, Any], Taken]:
            again = problem.again
            # Of the squares of the coordinates; those of x and y are added up already.
            length = length_in_weights if problem.in_weights else root

            def take(point: Coordinates, loss: Any, gradient: Coordinates, state: State, rate: Any) -> Taken:
                (x, y), (slope_x, slope_y) = point, gradient
                part = radius / (length(slope_x * slope_x + slope_y * slope_y) + _LEAST)
                there_x, there_y = again(x + part * slope_x, y + part * slope_y)
                return (x - rate * there_x, y - rate * there_y), None, rate, 2

            return take

        return Steps(no_state, step)

    def explain(self, problem: Problem, at: Quantities, state: State) -> Quantities:
        """The further numbers of a step, given its point and gradient."""
        gradient = at["gradient"]
        part = at["radius"] / (math.sqrt(sum(slope * slope for slope in gradient)) + _LEAST)
        ascent = [part * slope for slope in gradient]
        place = [here + way for here, way in zip(at["point"], ascent, strict=True)]
        # What led on from here is known from where it led, also where noise or a mini-batch was in it.
        rate, pairs = at["learning_rate"], zip(at["point"], at["point_next"], strict=True)
        there = [(here - following) / rate if rate else math.nan for here, following in pairs]
        return {"ascent": ascent, "perturbed": place, "gradient_there": there}
