"""Plans: a request made ready to walk, run by run."""

import math
from dataclasses import dataclass, replace

from app.descent.judging.sentences import numeral
from app.descent.landscapes.curvature import Point
from app.descent.optimizers.schedules import LearningRates, cycle_ends
from app.descent.optimizers.table import Optimizer
from app.descent.walks.descent import Descent, scatter
from app.request.request import WalkRequest, landscape_of


@dataclass(frozen=True)
class Plan:
    """A request made ready to walk."""

    request: WalkRequest
    descent: Descent
    optimizer: Optimizer
    starts: list[Point]

    @property
    def label(self) -> str:
        """The run's name or, where it has none, its settings in words, such as «Momentum 0.9, learning rate 0.1»."""
        if self.request.name:
            return self.request.name
        words = [self.optimizer.title]
        for index, parameter in enumerate(self.optimizer.hyperparameters):
            value = self.descent.values[parameter.key]
            if index == 0 and parameter.key == "momentum":
                words[0] += f" {numeral(value)}"
            elif value != parameter.default:
                words.append(f"{parameter.title.lower()} {numeral(value)}")
        return ", ".join([*words, f"learning rate {numeral(self.descent.rates.learning_rate)}"])

    def at_learning_rate(self, learning_rate: float) -> "Plan":
        """The same plan with another learning rate."""
        rates = replace(self.descent.rates, learning_rate=learning_rate)
        return replace(self, descent=replace(self.descent, rates=rates))


def plans(request: WalkRequest) -> list[Plan]:
    """What the request asks for, run by run."""
    return [plan(run, request.budget) for run in request.each_run]


def plan(request: WalkRequest, budget: int | None = None) -> Plan:
    """What one run asks for, from the registries; ``budget`` is how many evaluations it may spend."""
    optimizer = request.optimizer
    descent = Descent(
        landscape=landscape_of(request),
        rule=optimizer.rule,
        tries=optimizer.tries,
        values=optimizer.values(request.canonical),
        rates=learning_rates(request),
        steps=request.steps,
        tolerance=request.tolerance,
        noise=request.noise,
        seed=request.seed,
        goal=request.goal,
        batch=request.batch,
        patience=request.patience,
        min_change=request.min_change,
        # Where each step costs the same, the number of steps is the budget.
        budget=budget if budget is not None and optimizer.varies else math.inf,
    )
    starts = scatter(request.box, request.start, request.starts, request.seed)
    return Plan(request, descent, optimizer, starts)


def learning_rates(request: WalkRequest) -> LearningRates:
    """The request's schedule made ready."""
    schedule = request.schedule
    return LearningRates(
        schedule,
        request.learning_rate,
        tuple(cycle_ends(request.steps, request.restarts, request.growth, request.warmup)),
        schedule.values(request.canonical),
        request.warmup,
    )
