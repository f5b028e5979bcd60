"""A descent: everything that decides a walk but its start, what walks are told in, and when they end."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Literal, NamedTuple

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.formulas.formula import Formula, Functions
from app.descent.landscapes.curvature import Point
from app.descent.landscapes.landscape import Box, FixedLandscape, Goal, Landscape
from app.descent.optimizers.rules import Rule, State, Update, Updates
from app.descent.optimizers.schedules import LearningRates
from app.descent.optimizers.steps import Coordinates, Method, Problem, Steps

Outcome = Literal["converged", "diverged", "stalled", "out_of_steps"]
# What ended a walk: gradient norm and step within the tolerance; the loss no better for `patience` steps; the loss the
# same to the last bit; no steps left; no evaluations left; a value that is not finite; a place too far away.
Criterion = Literal["tolerance", "patience", "unchanged", "steps", "budget", "not_finite", "too_far"]
Column = Sequence[float] | Array
# The lines of a rule: as they are, at the first step, of an ascent, and of a step that a line search did not take.
Variant = Literal["rule", "first", "uphill", "refused"]
_FIRST_CHUNKS = (16, 64)
CHUNK = 256
# Steps × walkers of one chunk, at the most: about 2 ms, so that other clients of the server get their turn.
MOST_AT_ONCE = 16_384
# A typed formula may be longer than any that is built in: so many characters of all its functions cost as much again.
_USUAL_SIZE, _CHARACTERS_A_FORMULA = 8_500, 8_000
# An evaluation over so many data points costs about what one of a formula does.
_POINTS_A_FORMULA = 10
# Measured: an evaluation of a network costs so much, and as much again for so many weights times data points.
_A_NETWORK, _WEIGHTS_A_FORMULA = 10, 50
# The eigenvalues of its whole Hessian cost as much as so many of these.
_CURVATURES = 4

# Each walker draws from its own generators, so that its path does not depend on how many others there are.
_STARTS, _NOISE, _BATCHES = 0, 1, 2

OUTCOME_OF: Mapping[Criterion, Outcome] = {
    "tolerance": "converged",
    "patience": "stalled",
    "unchanged": "stalled",
    "steps": "out_of_steps",
    "budget": "out_of_steps",
    "not_finite": "diverged",
    "too_far": "diverged",
}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that decides a walk but its ground and its start.

    ``rule`` is an optimizer's, ``values`` its hyperparameters by key, ``tries`` about how many evaluations its step
    costs. ``tolerance`` 0 means never to stop early, and ``patience`` 0 not to ask whether the loss still changes;
    ``noise`` is the standard deviation added to each gradient component; ``batch`` 0 means the whole data set.
    ``budget`` is a number of evaluations, counted as those of a chunk are: the walk ends with the step that uses them
    up.
    """

    rule: Rule | Method
    values: Mapping[str, float]
    rates: LearningRates
    steps: int
    tolerance: float = 1e-6
    noise: float = 0.0
    seed: int = 0
    goal: Goal = "minimize"
    batch: int = 0
    patience: int = 0
    min_change: float = 0.0
    budget: float = math.inf
    tries: int = 1

    @property
    def downhill(self) -> float:
        """1 where the loss is to fall, -1 where it is to rise."""
        return 1.0 if self.goal == "minimize" else -1.0

    @property
    def is_random(self) -> bool:
        """Whether a step may be taken where the gradient is zero: noise, or that of a mini-batch, is not."""
        return self.noise > 0 or self.batch > 0

    def batches_of(self, points: int, walker: int) -> Iterator[Any]:
        """Yield the rows of this walker's mini-batches out of so many, drawn without replacement within an epoch.

        Where the points do not divide evenly, the batch at the end of an epoch takes its rest from the next one: every
        step costs the same, and every point is drawn once in an epoch.
        """
        generator = np.random.default_rng([self.seed, _BATCHES, walker])
        left = np.empty(0, dtype=int)
        while True:
            if len(left) < self.batch:
                left = np.concatenate([left, generator.permutation(points)])
            yield left[: self.batch]
            left = left[self.batch :]

    def noise_of(self, walker: int) -> np.random.Generator:
        """What draws this walker's noise."""
        return np.random.default_rng([self.seed, _NOISE, walker])


@dataclass(frozen=True, kw_only=True)
class Descent(Settings):
    """Everything that decides a walk over a landscape but its start."""

    landscape: FixedLandscape

    @property
    def step_work(self) -> int:
        """About how many evaluations of a formula one step costs."""
        return step_work(self.landscape.entry, self.tries)

    @property
    def points(self) -> int:
        """How many data points the whole loss is made from; 1 where it is a formula."""
        return self.landscape.entry.points or 1

    def updates(self) -> Updates | None:
        """The rule on one coordinate, None where the whole point goes at once."""
        if self.rule.by_itself is not True:
            return None
        updates = self.rule.bind(**self.values)
        is_line = self.landscape.entry.dimensions == 1
        return updates.on_a_line() if is_line and not self.rule.rests else updates

    def steps_of_method(self, arrays: bool) -> Steps | None:
        """The steps of the whole point, None where each coordinate goes by itself."""
        return self.rule.bind(arrays, **self.values) if self.rule.by_itself is False else None

    def problem(self, arrays: bool) -> Problem:
        """What steps of the whole point may ask of the ground; ``again`` sees no mini-batch and no noise."""
        on_arrays = arrays or (self.rule.by_itself is False and self.rule.on_arrays)
        functions = self.landscape.arrays if on_arrays else self.landscape.floats
        evaluate = self.evaluate(functions)

        def again(x: Any, y: Any) -> Coordinates:
            return evaluate(x, y)[1:]

        return Problem(functions, self.landscape.entry.dimensions, self.downhill, again)

    def drawn(self, problem: Problem, rows: Any, noise: Any) -> Problem:
        """The problem as one step sees it: with these rows as its mini-batch and this noise, where there are any."""
        if rows is None and noise is None:
            return problem
        sample = self.sample(problem.functions)

        def again(x: Any, y: Any) -> Coordinates:
            slope_x, slope_y = sample(x, y, rows) if sample else problem.again(x, y)
            return (slope_x, slope_y) if noise is None else (slope_x + noise[0], slope_y + noise[1])

        # Made once a step: measured, to replace a part of the other takes three times as long.
        return Problem(problem.functions, problem.dimensions, problem.downhill, again)

    def evaluate(self, functions: Functions) -> Callable[[Any, Any], tuple[Any, Any, Any]]:
        """The function that gives the loss and the gradient to descend, which for ascent is the negative one."""
        downhill = functions.loss_and_gradient
        if self.goal == "minimize":
            return downhill

        def uphill(x: Any, y: Any) -> tuple[Any, Any, Any]:
            loss, slope_x, slope_y = downhill(x, y)
            return loss, -slope_x, -slope_y

        return uphill

    def sample(self, functions: Functions) -> Callable[[Any, Any, Any], tuple[Any, Any]] | None:
        """The function that gives a mini-batch's gradient to descend, None where none are drawn."""
        gradient = functions.batch_gradient
        if not self.batch:
            return None
        assert gradient is not None, "mini-batches need a landscape made from data"
        if self.goal == "minimize":
            return gradient

        def uphill(x: Any, y: Any, rows: Any) -> tuple[Any, Any]:
            slope_x, slope_y = gradient(x, y, rows)
            return -slope_x, -slope_y

        return uphill

    def noise_rows(self, walker: int) -> Callable[[int], Array]:
        """A function that draws the next ``count`` rows of this walker's noise, shape (count, 2)."""
        generator = self.noise_of(walker)
        # Numbers are drawn for y even where there is none, so that the noise in x does not depend on it.
        mask = np.array([1.0, 1.0 if self.landscape.entry.dimensions == 2 else 0.0])
        scale = self.noise * mask

        def draw(count: int) -> Array:
            if self.noise == 0:
                return np.zeros((count, 2))
            with np.errstate(over="ignore"):  # noise beyond all floats ends in a walk that diverges
                return scale * generator.standard_normal((count, 2))

        return draw

    def batches(self, walker: int) -> Iterator[Any]:
        """Yield the rows of this walker's mini-batches."""
        return self.batches_of(self.points, walker)

    @property
    def cost(self) -> int:
        """What a gradient costs, in data points."""
        return self.batch or self.points


def step_work(landscape: Landscape, tries: int) -> int:
    """About how many evaluations of a formula one step of one walker costs, where it tries so many points."""
    return evaluation_work(landscape) * tries


def evaluation_work(landscape: Landscape) -> int:
    """About how many evaluations of a formula one of this landscape costs."""
    points = landscape.points or 0
    if landscape.network is not None:
        return _A_NETWORK + points * landscape.network.size // _WEIGHTS_A_FORMULA
    if isinstance(landscape.loss, Formula):
        return 1 + max(0, landscape.loss.size - _USUAL_SIZE) // _CHARACTERS_A_FORMULA
    return 1 + points // _POINTS_A_FORMULA


def curvature_work(landscape: Landscape) -> int:
    """About how many evaluations of a formula it costs to find all curvatures of this landscape at one place."""
    work = evaluation_work(landscape)
    return work if landscape.network is None else _CURVATURES * work


class Chunk(NamedTuple):
    """Iterates ``first``, ``first + 1``, … of one walker, a column for each quantity.

    ``evaluations`` counts, in data points where there are any, what the steps before each iterate cost. A network's
    walk is drawn on a plane: ``off_plane`` is how far off that it is, in its unit, ``plane_loss`` the height of the
    ground below, and ``weights``, shape (steps, n), where it truly is; None of all others.
    """

    walker: int
    first: int
    x: Column
    y: Column
    loss: Column
    gradient_norm: Column
    learning_rate: Column
    evaluations: Column
    off_plane: Array | None = None
    plane_loss: Array | None = None
    weights: Array | None = None


class Ending(NamedTuple):
    """The last iterate of one walker and what ended the walk; of a network with its weights, shape (n,)."""

    walker: int
    criterion: Criterion
    steps: int
    x: float
    y: float
    loss: float
    gradient_norm: float
    evaluations: int
    weights: Array | None = None

    @property
    def outcome(self) -> Outcome:
        """How the walk ended."""
        return OUTCOME_OF[self.criterion]


class Note(NamedTuple):
    """What the engine knew when it took one step; numbers, or arrays of one walker."""

    x: Any
    y: Any
    loss: Any
    slope: tuple[Any, Any]
    batch_slope: tuple[Any, Any]
    gradient: tuple[Any, Any]
    state: State
    tried: float  # the learning rate before a line search shortened it


def scatter(box: Box, start: Point, count: int, seed: int) -> list[Point]:
    """Return ``count`` starts: the given one, the rest uniform over the box; a larger count begins with the same."""
    generator = np.random.default_rng([seed, _STARTS])
    drawn = generator.uniform(box.low, box.high, (count - 1, len(start)))
    return [start, *(tuple(row) for row in drawn.tolist())]


def chunk_lengths(longest: int) -> Iterator[int]:
    """The lengths of chunks, without end: short ones first, for the earliest picture."""
    yield from (min(length, longest) for length in _FIRST_CHUNKS)
    yield from repeat(longest)


class StepFunctions(NamedTuple):
    """The functions that an engine works with, over floats or over arrays: one of the last two is None."""

    evaluate: Callable[[Any, Any], tuple[Any, Any, Any]]
    sample: Callable[[Any, Any, Any], tuple[Any, Any]] | None
    update: Update | None
    steps: Steps | None
