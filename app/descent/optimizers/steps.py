"""Steps: the protocol of methods that look at the whole point, or at further points, and may remember what they saw.

As in optax's ``GradientTransformationExtraArgs``: ``init(point)`` gives the state before the first step, and
``step(problem)(point, loss, gradient, state, rate)`` the next point, the next state, the learning rate that was used in
the end, and how many evaluations the step cost; the problem, which is mostly the same at all steps, is looked at once.
Nothing is changed in place. A rule that is written as text, which each coordinate follows by itself, needs none of it
and is walked by the functions that ``rules`` makes of its lines.

A point of many weights has them all in x and zeros in y, as a curve has: so the text of a method is one for floats, for
arrays of walkers, and for the n weights of each.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal, NamedTuple, Protocol

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.formulas.formula import Functions
from app.descent.optimizers.rules import Line

# The coordinates (x, y), each a float or an array of walkers; of many weights x is an array (n, walkers).
Coordinates = tuple[Any, Any]
# Parts that are None, numbers, or arrays whose last axis counts the walkers.
State = tuple[Any, ...] | None
# What a rule's places are filled with: numbers, vectors, or a matrix as its rows.
Quantities = dict[str, Any]


class Problem(NamedTuple):
    """What a step may ask of the ground.

    ``downhill`` is 1 where the loss is to fall and -1 where it is to rise; the gradient that a step is given is turned
    by it, ``functions`` are not. ``again`` gives the gradient that this very step would see at another point: the same
    mini-batch and the same noise, turned as well. Functions on floats raise where arrays give NaN.
    ``in_weights`` tells that x has all the weights of each walker, also where there are but two.
    """

    functions: Functions
    dimensions: int
    downhill: float
    again: Callable[[Any, Any], Coordinates]
    in_weights: bool = False


Init = Callable[[Coordinates], State]
Taken = tuple[Coordinates, State, Any, Any]
Step = Callable[[Problem], Callable[[Coordinates, Any, Coordinates, State, Any], Taken]]


class Steps(NamedTuple):
    """A method with its hyperparameters fixed, on floats or on arrays of walkers."""

    init: Init
    step: Step


class Method(Protocol):
    """What the table's entries hold where coordinates do not go by themselves."""

    by_itself: ClassVar[Literal[False]] = False
    on_arrays: ClassVar[bool]  # whether its steps are written for arrays alone, of which one walker is one of one

    def variants(self) -> Mapping[str, Sequence[Line]]:
        """The typeset lines by when they are used: ``rule``, ``first``, ``uphill``, ``refused``."""
        ...

    @property
    def bind(self) -> Callable[..., Steps]:
        """What gives the steps, on floats or for ``arrays``; there a hyperparameter may be one for each walker."""
        ...

    def explain(self, problem: Problem, at: Quantities, state: State) -> Quantities:
        """The further numbers of a step, given what is known of it and the state before it."""
        ...


def no_state(point: Coordinates) -> State:
    """The state of a method that remembers nothing."""
    return None


def total(parts: Array) -> Array:
    """What the weights have, shape (n, walkers), added up; for one walker alone NumPy would do so in another order."""
    return np.asarray(np.add.reduce(parts, axis=0))
