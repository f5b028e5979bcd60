"""What evaluating a formula costs, counted in its source, and how much of that may be spent on looking around."""

import math
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np

Choice = TypeVar("Choice")

# Measured, in millionths of a second: what each sign of arithmetic and each call of a function costs on floats, on
# arrays however short they are, and on arrays for each place. What is done with each answer costs some more.
_SIGN, _CALL, _BESIDE = (0.02, 0.4, 0.0007), (0.15, 4.0, 0.004), (7.0, 15.0, 0.01)
# With a Hessian eigenvalues are found.
_EIGENVALUES = 30.0
# What is too large for a float is computed so many times as slowly.
_WIDE = 10


class SpentError(Exception):
    """All work that may be spent has been spent."""


class Cost(NamedTuple):
    """About what an evaluation costs, in millionths of a second, counted: the same wherever it is counted."""

    alone: float
    call: float
    place: float

    def of(self, places: int) -> float:
        """What it costs at so many places at once."""
        return self.call + self.place * places


class Costs(NamedTuple):
    """The costs of the three functions of a formula."""

    loss: Cost
    loss_and_gradient: Cost
    hessian: Cost

    def newton(self, places: int) -> float:
        """What a step of Newton's method costs from so many places at once."""
        return self.loss_and_gradient.of(places) + self.hessian.of(places)


def costs_in(source: str) -> Costs:
    """The costs of the functions in the source of a formula's ``bind``."""
    _, *written = source.split("    def ")
    loss, slopes, curvatures = map(_cost, written)
    return Costs(loss, slopes, curvatures._replace(alone=curvatures.alone + _EIGENVALUES))


def _cost(source: str) -> Cost:
    calls = len(re.findall(r"\w\(", source))
    signs = source.count("(") - calls
    return Cost(*(sign * signs + each * calls + more for sign, each, more in zip(_SIGN, _CALL, _BESIDE, strict=True)))


class Budget:
    """How much work may still be spent; without end where nothing is said.

    It is counted, not timed: what is found within it is the same on each machine, however much that has to do.
    """

    def __init__(self, work: float = math.inf) -> None:
        self.left = work

    @property
    def is_spent(self) -> bool:
        """Whether nothing is left."""
        return self.left <= 0

    def finest(self, choices: Sequence[Choice], work: Callable[[Choice], float]) -> Choice:
        """The first of the choices, from fine to coarse, for which there is enough; the last where that is too much."""
        return next((choice for choice in choices if work(choice) <= self.left), choices[-1])

    def on_arrays(self, function: Callable[[Any, Any], Any], cost: Cost) -> Callable[[Any, Any], Any]:
        """The function over arrays, whose work is counted; whoever calls it again and again looks what is left."""

        def answer(x: Any, y: Any) -> Any:
            self.left -= cost.of(np.size(x))
            return function(x, y)

        return answer

    def on_floats(self, function: Callable[[Any, Any], Any], cost: Cost) -> Callable[[Any, Any], Any]:
        """The function of two floats, whose work is counted. It raises ``SpentError`` where nothing is left."""
        return self._counted(function, cost.alone)

    def on_wide(self, function: Callable[[Any, Any], Any], cost: Cost) -> Callable[[Any, Any], Any]:
        """The same of what is computed on numbers that know no bounds, which takes longer."""
        return self._counted(function, _WIDE * cost.alone)

    def _counted(self, function: Callable[[Any, Any], Any], work: float) -> Callable[[Any, Any], Any]:
        def answer(x: Any, y: Any) -> Any:
            if self.left <= 0:
                raise SpentError
            self.left -= work
            return function(x, y)

        return answer
