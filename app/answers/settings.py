"""What of a request decides its walks, wherever they are walked."""

import math
from typing import Any

from app.descent.optimizers.schedules import LearningRates, cycle_ends
from app.request.request import WalkRequest


def settings_of(request: WalkRequest, budget: int | None = None) -> dict[str, Any]:
    """What one run asks for, as the keywords of ``Settings``; ``budget`` is how many evaluations it may spend."""
    optimizer = request.optimizer
    return {
        "rule": optimizer.rule,
        "tries": optimizer.tries,
        "values": request.hyperparameter_values,
        "rates": learning_rates(request),
        "steps": request.steps,
        "tolerance": request.tolerance,
        "noise": request.noise,
        "seed": request.seed,
        "goal": request.goal,
        "batch": request.batch,
        "patience": request.patience,
        "min_change": request.min_change,
        # Where each step costs the same, the number of steps is the budget.
        "budget": budget if budget is not None and optimizer.varies else math.inf,
    }


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
