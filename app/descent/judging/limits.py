"""Stability limits: the learning rate above which an optimizer diverges on ground of some curvature."""

import math

from app.descent.optimizers.table import Optimizer
from app.descent.walks.descent import Settings


def stability_limit(settings: Settings, optimizer: Optimizer, curvatures: list[float]) -> float | None:
    """The learning rate above which the optimizer diverges on the quadratic with these curvatures.

    None where no such limit is known, or where the ground is not curved upwards (downwards, for an ascent).
    """
    if optimizer.stability is None or not curvatures:
        return None
    curvature = curvatures[-1] if settings.goal == "minimize" else -curvatures[0]
    if curvature <= 0:
        return None
    limit = optimizer.stability(**settings.values) / curvature
    return limit if math.isfinite(limit) else None
