"""Schedules: step → learning rate. Constant, annealing, and warm restarts of any annealing."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.landscapes.landscape import Source
from app.descent.optimizers.hyperparameters import Hyperparameter, values_of

FLOOR = Hyperparameter(
    "floor",
    "Floor",
    r"\rho",
    0.0,
    1.0,
    0.0,
    "What part of the learning rate is left at the end.",
)

DROPS = Hyperparameter(
    "drops",
    "Drops",
    "n",
    2.0,
    20.0,
    4.0,
    "How often the learning rate drops.",
    whole=True,
    convention="After equal parts of the cycle; the last drop, at its end, is to the floor.",
)
PEAK = Hyperparameter(
    "peak", "Peak", "p", 0.01, 0.99, 0.3, "What part of the steps is over when the learning rate is full."
)

# Some curves never reach zero. Without a floor they are cut off at a hundredth and the rest is shifted to end at 0.
_SMALLEST_RATIO = 0.01
# One cycle begins at this part of the full learning rate, as in PyTorch.
_ONE_CYCLE_START = 1 / 25


@dataclass(frozen=True)
class Schedule:
    """One entry of the registry.

    ``factor`` takes the part of the cycle that is over, shape (n,), in [0, 1], and its hyperparameters by key, and
    returns what the full learning rate is multiplied with: the floor at 1.
    """

    slug: str
    title: str
    hyperparameters: tuple[Hyperparameter, ...]
    factor: Callable[..., Array]
    rule: tuple[str, ...]
    explanation: str
    source: Source
    warms_up: bool = False

    @property
    def anneals(self) -> bool:
        """Whether the learning rate changes at all, without which restarts have no meaning."""
        return FLOOR in self.hyperparameters

    def values(self, given: Mapping[str, float | None]) -> dict[str, float]:
        """Each hyperparameter, from ``given`` or its default."""
        return values_of(self.hyperparameters, given)


def constant(part: Array) -> Array:
    """The full learning rate at every step."""
    return np.ones_like(part)


def _ending_at(floor: float, curve: Callable[[float], Array]) -> Array:
    """The curve that ends at the floor; without one, the curve to a hundredth, shifted to end at 0."""
    if floor > 0:
        return curve(floor)
    return (curve(_SMALLEST_RATIO) - _SMALLEST_RATIO) / (1 - _SMALLEST_RATIO)


def step(part: Array, floor: float, drops: float) -> Array:
    """The same fraction at each of some drops, evenly spaced; floor**(i/drops) after i of them."""
    fallen = np.floor(part * drops)
    return _ending_at(floor, lambda low: low ** (fallen / drops))


def exponential(part: Array, floor: float) -> Array:
    """The same fraction at every step; floor**part where there is a floor."""
    return _ending_at(floor, lambda low: low**part)


def inverse_time(part: Array, floor: float) -> Array:
    """1/(1 + ct), where c is such that it ends at the floor (Robbins & Monro 1951)."""
    return _ending_at(floor, lambda low: low / (low + (1 - low) * part))


def linear(part: Array, floor: float) -> Array:
    """A straight line down to the floor."""
    return 1 - (1 - floor) * part


def cosine(part: Array, floor: float) -> Array:
    """Half a cosine wave down to the floor (Loshchilov & Hutter 2017)."""
    return floor + (1 - floor) * (1 + np.cos(math.pi * part)) / 2


def one_cycle(part: Array, floor: float, peak: float) -> Array:
    """Half a cosine wave up from 1/25 to the full rate at the peak, another down to the floor (Smith & Topin 2018)."""
    rise = _ONE_CYCLE_START + (1 - _ONE_CYCLE_START) * (1 - np.cos(math.pi * part / peak)) / 2
    return np.where(part < peak, rise, cosine((part - peak) / (1 - peak), floor))


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
        slug="step",
        title="Step",
        hyperparameters=(FLOOR, DROPS),
        factor=step,
        rule=(
            r"\eta_k = \eta\,\rho^{\lfloor n t \rfloor / n},\quad " + _PART,
            r"\rho = 0:\quad \eta_k = \eta\,\frac{0.01^{\lfloor n t \rfloor / n} - 0.01}{1 - 0.01}",
        ),
        explanation="Stays for a while, then drops by the same fraction, a few times on its way to the floor.",
        source=Source("PyTorch, torch.optim.lr_scheduler.StepLR, with γ = ρ^(1/n) after every T/n steps"),
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
        slug="inverse-time",
        title="Inverse time",
        hyperparameters=(FLOOR,),
        factor=inverse_time,
        rule=(
            r"\eta_k = \frac{\eta}{1 + (1/\rho - 1)\,t},\quad " + _PART,
            r"\rho = 0:\quad \eta_k = \eta\,\frac{1/(1 + 99\,t) - 0.01}{1 - 0.01}",
        ),
        explanation="Shrinks like one over the number of steps: fast at first, then slower and slower.",
        source=Source("Robbins & Monro, A Stochastic Approximation Method", 1951),
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
    Schedule(
        slug="one-cycle",
        title="One cycle",
        hyperparameters=(FLOOR, PEAK),
        factor=one_cycle,
        rule=(
            r"t < p:\quad \eta_k = \eta\,\left(\frac{1}{25} + \frac{24}{25}\,\frac{1 - \cos(\pi t / p)}{2}\right),"
            r"\quad " + _PART,
            r"t \ge p:\quad \eta_k = \eta\,\left(\rho + (1 - \rho)\,\frac{1 + \cos(\pi (t - p)/(1 - p))}{2}\right)",
        ),
        explanation="Rises from a 25th to the full learning rate, then falls to the floor: one large wave.",
        source=Source(
            "Smith & Topin, Super-Convergence: Very Fast Training Using Large Learning Rates; PyTorch, "
            "torch.optim.lr_scheduler.OneCycleLR, with total_steps = T + 1, pct_start = (pT + 1)/(T + 1), "
            "final_div_factor = 1/(25ρ), infinite for ρ = 0, and cycle_momentum = False",
            2018,
        ),
        warms_up=True,
    ),
)

SCHEDULES: Mapping[str, Schedule] = {schedule.slug: schedule for schedule in _TABLE}


def cycle_ends(steps: int, restarts: int, growth: float, warmup: int = 0) -> list[int]:
    """The steps at which the cycles of annealing end, the last one being ``steps``.

    There are ``restarts + 1`` cycles after ``warmup`` steps, each ``growth`` times longer than the one before, rounded
    to whole steps. Raises ``ValueError`` where that leaves a cycle without a step.
    """
    lengths = growth ** np.arange(restarts + 1, dtype=float)
    ends = [warmup + round(float(end)) for end in (steps - warmup) * np.cumsum(lengths) / lengths.sum()]
    if any(end <= begin for begin, end in zip([warmup, *ends], ends, strict=False)):
        raise ValueError(f"{restarts + 1} cycles do not fit into {steps - warmup} steps with growth {growth:g}")
    return ends


@dataclass(frozen=True)
class LearningRates:
    """The learning rate at every step of a walk, computed where it is asked for.

    During the first ``warmup`` steps it rises in a straight line, from 1/(warmup + 1) of the full one; ``ends`` are
    those of ``cycle_ends``.
    """

    schedule: Schedule
    learning_rate: float
    ends: tuple[int, ...]
    values: Mapping[str, float] = field(default_factory=dict)
    warmup: int = 0

    @property
    def restarts(self) -> list[int]:
        """The steps at which a warm restart begins a new cycle."""
        return list(self.ends[:-1])

    def between(self, first: int, last: int, full: Array | None = None) -> Array:
        """The learning rates of the steps ``first`` to ``last - 1``; beyond the end, the one at the end.

        The shape is (steps,), or (steps, walkers) where each walker has a ``full`` learning rate of its own.
        """
        whole = np.asarray(self.learning_rate if full is None else full)
        if not self.schedule.anneals and not self.warmup:
            return np.broadcast_to(whole, (last - first, *whole.shape))
        steps = np.minimum(np.arange(first, last), self.ends[-1])
        ends = np.array(self.ends)
        cycle = np.minimum(np.searchsorted(ends, steps, side="right"), len(ends) - 1)
        begins = np.concatenate([[self.warmup], ends[:-1]])
        part = np.maximum((steps - begins[cycle]) / (ends - begins)[cycle], 0.0)
        rising = np.minimum((steps + 1) / (self.warmup + 1), 1.0)
        each = (-1,) + (1,) * whole.ndim
        return whole * rising.reshape(each) * self.schedule.factor(part, **self.values).reshape(each)
