"""Schedules: step → learning rate. Constant, annealing, and warm restarts of any annealing."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from app.descent.landscape import Array, Source
from app.descent.optimizers import Hyperparameter

FLOOR = Hyperparameter(
    "floor",
    "Floor",
    r"\rho",
    0.0,
    1.0,
    0.0,
    "The learning rate that annealing ends at, as a fraction of the full one.",
)

# An exponential never reaches zero. Without a floor its last hundredth is cut off and the rest shifted to end at 0.
_SMALLEST_RATIO = 0.01


@dataclass(frozen=True)
class Schedule:
    """One entry of the registry.

    ``factor`` takes the part of the cycle that is over, shape (n,), in [0, 1], and the floor in [0, 1], and returns
    what the full learning rate is multiplied with: 1 at 0, the floor at 1.
    """

    slug: str
    title: str
    hyperparameters: tuple[Hyperparameter, ...]
    factor: Callable[[Array, float], Array]
    rule: tuple[str, ...]
    explanation: str
    source: Source

    @property
    def anneals(self) -> bool:
        """Whether the learning rate changes at all, without which restarts have no meaning."""
        return FLOOR in self.hyperparameters


def constant(part: Array, floor: float) -> Array:
    """The full learning rate at every step."""
    return np.ones_like(part)


def exponential(part: Array, floor: float) -> Array:
    """The same fraction at every step; floor**part where there is a floor."""
    ratio = floor or _SMALLEST_RATIO
    if ratio == 1:
        return np.ones_like(part)
    return floor + (1 - floor) * (ratio**part - ratio) / (1 - ratio)


def linear(part: Array, floor: float) -> Array:
    """A straight line down to the floor."""
    return 1 - (1 - floor) * part


def cosine(part: Array, floor: float) -> Array:
    """Half a cosine wave down to the floor (Loshchilov & Hutter 2017)."""
    return floor + (1 - floor) * (1 + np.cos(math.pi * part)) / 2


_PART = r"t = \frac{k - k_i}{T_i}"

_TABLE = (
    Schedule(
        slug="constant",
        title="Constant",
        hyperparameters=(),
        factor=constant,
        rule=(r"\eta_k = \eta",),
        explanation="The learning rate stays as it is.",
        source=Source("Robbins & Monro, A Stochastic Approximation Method, discuss why noise asks for more", 1951),
    ),
    Schedule(
        slug="exponential",
        title="Exponential",
        hyperparameters=(FLOOR,),
        factor=exponential,
        rule=(
            r"\eta_k = \eta\,\rho^{t},\quad " + _PART,
            r"\rho = 0:\quad \eta_k = \eta\,\frac{0.01^{t} - 0.01}{1 - 0.01}",
        ),
        explanation="Shrinks by the same fraction at every step, down to the floor.",
        source=Source("PyTorch, torch.optim.lr_scheduler.ExponentialLR, with γ = ρ^(1/T)"),
    ),
    Schedule(
        slug="linear",
        title="Linear",
        hyperparameters=(FLOOR,),
        factor=linear,
        rule=(r"\eta_k = \eta\,(1 - (1 - \rho)\,t),\quad " + _PART,),
        explanation="Shrinks by the same amount at every step, down to the floor.",
        source=Source("PyTorch, torch.optim.lr_scheduler.LinearLR"),
    ),
    Schedule(
        slug="cosine",
        title="Cosine",
        hyperparameters=(FLOOR,),
        factor=cosine,
        rule=(r"\eta_k = \eta\,\left(\rho + (1 - \rho)\,\frac{1 + \cos(\pi t)}{2}\right),\quad " + _PART,),
        explanation="Slow at first, fast in the middle, slow at the end: half a cosine wave down to the floor.",
        source=Source("Loshchilov & Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts", 2017),
    ),
)

SCHEDULES: Mapping[str, Schedule] = {schedule.slug: schedule for schedule in _TABLE}


def cycle_ends(steps: int, restarts: int, growth: float) -> list[int]:
    """Return the steps at which the cycles of annealing end, the last one being ``steps``.

    There are ``restarts + 1`` cycles, each ``growth`` times longer than the one before, rounded to whole steps.
    Raises ``ValueError`` where that leaves a cycle without a step.
    """
    lengths = growth ** np.arange(restarts + 1, dtype=float)
    ends = [round(float(end)) for end in steps * np.cumsum(lengths) / lengths.sum()]
    if any(end <= begin for begin, end in zip([0, *ends], ends, strict=False)):
        raise ValueError(f"{restarts + 1} cycles do not fit into {steps} steps with growth {growth:g}")
    return ends


@dataclass(frozen=True)
class LearningRates:
    """The learning rate at every step of a walk, computed where it is asked for."""

    schedule: Schedule
    learning_rate: float
    ends: tuple[int, ...]
    floor: float

    def between(self, first: int, last: int) -> Array:
        """Return the learning rates of the steps ``first`` to ``last - 1``; beyond the end, the one at the end."""
        if not self.schedule.anneals:
            return np.full(last - first, self.learning_rate)
        steps = np.minimum(np.arange(first, last), self.ends[-1])
        ends = np.array(self.ends)
        cycle = np.minimum(np.searchsorted(ends, steps, side="right"), len(ends) - 1)
        begins = np.concatenate([[0], ends[:-1]])
        part = (steps - begins[cycle]) / (ends - begins)[cycle]
        return self.learning_rate * self.schedule.factor(part, self.floor)
