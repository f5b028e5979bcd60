"""A request, resolved: every key filled in, its registry entries looked up, its runs made."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.descent.landscapes.curvature import Point
from app.descent.landscapes.landscape import Box, FixedLandscape, Goal, Landscape
from app.descent.optimizers.hyperparameters import Hyperparameter
from app.descent.optimizers.schedules import Schedule
from app.descent.optimizers.table import TYPED, Optimizer
from app.descent.walks.descent import step_work
from app.descent.walks.grid import Axis
from app.request.keys import MapKind, PlaneKind
from app.request.writing import write_query

MAX_POINTS = 2_000_000
# Points times what a step costs, counted in evaluations of a formula: half a minute of one core, and rarely more.
MAX_WORK = 20_000_000
# Cells times steps times walkers of a map, counted in the same way: a minute or two of two cores.
MAX_MAP_WORK = 2_000_000_000
# Measured: a walk without any steps costs about as much as so many evaluations.
_A_WALK = 100
# What a point is told by beside a network's weights.
_NUMBERS_A_POINT = 8


@dataclass(frozen=True)
class WalkRequest:
    """One walk, or several side by side.

    ``canonical`` has every key that has a meaning here in the order of the contract, the rest null; ``given`` those
    that are not at their defaults. ``shape`` and ``name`` are None where there is no knob and no name. ``runs`` are the
    single runs of a race, that of its own keys first, without what only the picture has; none where it is no race.
    """

    canonical: dict[str, Any]
    given: dict[str, Any]
    landscape: Landscape
    optimizer: Optimizer
    schedule: Schedule
    box: Box
    start: Point
    shape: float | None
    goal: Goal
    starts: int
    learning_rate: float
    steps: int
    tolerance: float
    patience: int
    min_change: float
    noise: float
    batch: int
    seed: int
    warmup: int
    restarts: int
    growth: float
    name: str | None
    hidden: int
    theory: int
    plane: PlaneKind | None
    plane_run: int | None
    weights: int | None
    runs: tuple["WalkRequest", ...] = ()

    @property
    def each_run(self) -> tuple["WalkRequest", ...]:
        """The single runs; this one where there is no other."""
        return self.runs or (self,)

    @property
    def usual_learning_rate(self) -> float:
        """The learning rate that it would have if none were given."""
        return self.optimizer.usual_learning_rate(self.landscape)

    @property
    def hyperparameter_values(self) -> dict[str, float]:
        """The optimizer's hyperparameters with their values; those of a typed rule are in no keys of their own."""
        return self.optimizer.values({} if self.optimizer.slug == TYPED else self.canonical)

    @property
    def shown(self) -> Box:
        """The part of the landscape that is looked at."""
        return self.box

    @property
    def points(self) -> int:
        """How many points the answer holds at the most."""
        return self.starts * sum(run.steps + 1 for run in self.each_run)

    @property
    def held(self) -> int:
        """How many points' worth of numbers that is: with all weights of a network each point has more of them."""
        network = self.landscape.network
        if network is None or not self.weights:
            return self.points
        return self.points + self.points * network.size // _NUMBERS_A_POINT

    @property
    def work(self) -> int:
        """About how many evaluations of a formula the answer costs at the most."""
        return self.starts * sum((run.steps + 1) * run.step_work for run in self.each_run)

    @property
    def plane_work(self) -> int:
        """About how many of them go before, where a plane is defined by how walks end; 0 where there is none."""
        return 0 if self.landscape.network is None else self.work // self.starts

    @property
    def load(self) -> int:
        """The work together with what it takes to plan each walk and to judge where it ended."""
        return self.work + _A_WALK * self.starts * len(self.each_run)

    @property
    def step_work(self) -> int:
        """About how many evaluations of a formula one step of one walker costs."""
        return step_work(self.landscape, self.optimizer.tries)

    @property
    def cost(self) -> int:
        """What the gradients of a step cost, in data points where there are any."""
        return self.optimizer.gradients * (self.batch or self.landscape.points or 1)

    @property
    def budget(self) -> int | None:
        """How many evaluations each walk of a race may spend; None where there is nothing to be compared."""
        return self.steps * self.cost if self.runs else None

    @cached_property
    def query(self) -> str:
        """The request as a query, what equals its default left out."""
        return write_query(self.given)


def landscape_of(request: WalkRequest) -> FixedLandscape:
    """The landscape that the request is about, with its shape."""
    return request.landscape.at(request.shape)


@dataclass(frozen=True, kw_only=True)
class MapRequest(WalkRequest):
    """A request with a map: its kind, the number of the run that it is of, its window, its cells along each axis."""

    map: MapKind
    map_run: int
    window: tuple[float, ...]
    resolution: int

    @property
    def mapped_run(self) -> WalkRequest:
        """The request of the run that the map is of."""
        return self.each_run[self.map_run]

    @property
    def second_hyperparameter(self) -> Hyperparameter | None:
        """What a map of learning rates has along its second axis: the optimizer's first own hyperparameter."""
        return next(iter(self.mapped_run.optimizer.hyperparameters), None)

    @property
    def map_axes(self) -> list[Axis]:
        """The map's axes: x, and y where there is one."""
        sides = list(zip(self.window[0::2], self.window[1::2], strict=True))
        if self.map == "basins":
            return [Axis(low, high) for low, high in sides]
        second = self.second_hyperparameter
        return [
            Axis(low, high, log) for (low, high), log in zip(sides, (True, bool(second and second.log)), strict=False)
        ]

    @property
    def map_walkers(self) -> int:
        """How many walks each cell of the map stands for."""
        return self.starts if self.map == "rates" else 1

    @property
    def map_work(self) -> int:
        """About how many evaluations of a formula the map costs at the most."""
        run = self.mapped_run
        cells: int = self.resolution ** len(self.map_axes)
        return cells * self.map_walkers * (run.steps + 1) * run.step_work

    @property
    def shown(self) -> Box:
        """The part of the landscape that is looked at: a map of basins that is zoomed into shows its window only."""
        return Box.of(self.window) if self.map == "basins" else self.box
