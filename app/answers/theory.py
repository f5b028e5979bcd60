"""What theory says of one step of a walk: the local quadratic, the edge of stability and the best settings."""

from collections.abc import Generator, Iterator
from typing import Any

import numpy as np
from contourpy import contour_generator

from app.answers.plans import Plan, plans
from app.answers.records import BestRecord, QuadraticRecord, SharpnessRecord, Theory
from app.descent.formulas.arithmetic import Array
from app.descent.judging.limits import stability_limit
from app.descent.judging.theory import (
    LocalQuadratic,
    believed_quadratic,
    best_settings,
    edge,
    is_quadratic,
    local_quadratic,
    sharpness,
)
from app.descent.landscapes.landscape import Box
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks.descent import Chunk
from app.descent.walks.trace import trace
from app.descent.walks.walk import walk
from app.request.errors import ApiError
from app.request.request import WalkRequest

_RESOLUTION = 101
# So many points of a walk are told of its sharpness.
_MOST_POINTS = 1_000


def theory(request: WalkRequest, index: int, step: int) -> Iterator[Theory | None]:
    """Yield None while the walk, by its number in the answer, is walked, and then what theory says at the step.

    Raises ``ApiError`` where the walk has no such step.
    """
    run, walker = divmod(index, request.starts)
    planned = plans(request)[run]
    columns: list[Any] = []
    for event in walk(planned.descent, planned.starts, walker):
        if isinstance(event, Chunk):
            columns.append((event.x, event.y, event.learning_rate))
        yield None
    x, y, rates = (np.concatenate([np.asarray(part[axis], dtype=float) for part in columns]) for axis in range(3))
    if step >= len(x):
        raise ApiError(f"step={step} was never reached.", "step", f"The walk has the steps 0 to {len(x) - 1}.")
    landscape, goal = planned.descent.landscape, planned.descent.goal
    point = (float(x[step]), float(y[step]))[: landscape.entry.dimensions]
    local = local_quadratic(landscape, point, request.shown, goal)
    inverse = yield from _inverse_of(planned, walker, step)
    believed = None if inverse is None else believed_quadratic(landscape, point, inverse, request.shown, goal)
    yield Theory(
        walk=index,
        step=step,
        quadratic=is_quadratic(landscape),
        local=None if local is None else _quadratic_record(planned, local, request.shown),
        believed=None if believed is None else _quadratic_record(planned, believed, request.shown),
        sharpness=_sharpness_record(planned, x, y, rates),
        best=_best_records(planned),
    )


def _inverse_of(planned: Plan, walker: int, step: int) -> Generator[None, None, list[list[float]] | None]:
    """The inverse Hessian that the optimizer works with at a step; None where it keeps none, or takes no step there."""
    if not planned.optimizer.keeps_inverse:
        return None
    for steps in trace(planned.descent, planned.starts, walker, step):
        yield None
        if steps:
            return steps[0].quantities["inverse"]  # type: ignore[no-any-return]
    return None


def _quadratic_record(planned: Plan, local: LocalQuadratic, box: Box) -> QuadraticRecord:
    axes, values = local.surface(box, _RESOLUTION)
    flat = len(axes) == 1
    contours = None if flat else contour_generator(axes[0], axes[1], values)
    return {
        "point": list(local.point),
        "loss": local.loss,
        "gradient": list(local.gradient),
        "hessian": [list(row) for row in local.hessian],
        "eigenvalues": list(local.eigenvalues),
        "eigenvectors": [list(vector) for vector in local.eigenvectors],
        "condition_number": local.condition_number,
        "centre": None if local.centre is None else list(local.centre),
        "stability_limit": stability_limit(planned.descent, planned.optimizer, list(local.eigenvalues)),
        "curve": {"x": axes[0].tolist(), "loss": values.tolist()} if flat else None,
        "lines": [
            {"level": level, "x": line[:, 0].tolist(), "y": line[:, 1].tolist()}
            for level in local.levels
            for line in map(np.asarray, contours.lines(level) if contours else ())
        ],
    }


def _sharpness_record(planned: Plan, x: Array, y: Array, rates: Array) -> SharpnessRecord:
    descent = planned.descent
    steps = np.unique(np.linspace(0, len(x) - 1, min(len(x), _MOST_POINTS)).round().astype(int))
    # Where the optimizer itself has no limit that is known, gradient descent's is shown, and said to be.
    own = edge(planned.optimizer, descent.values)
    limited = planned.optimizer if own is not None else OPTIMIZERS["gradient-descent"]
    values = descent.values if own is not None else {}
    constant = own if own is not None else edge(limited, values)
    assert constant is not None
    with np.errstate(all="ignore"):
        edges = constant / rates[steps]
    return {
        "step": steps.tolist(),
        "sharpness": sharpness(descent.landscape, x[steps], y[steps], descent.goal).tolist(),
        "edge": edges.tolist(),
        "edge_of": limited.slug,
        "edge_text": limited.stability_text(**values).replace("λ", "η"),
    }


def _best_records(planned: Plan) -> list[BestRecord]:
    return [
        {
            "optimizer": best.optimizer,
            "title": OPTIMIZERS[best.optimizer].title,
            "settings": dict(best.settings),
            "rate": best.rate,
            "settings_latex": list(best.settings_latex),
            "rate_latex": best.rate_latex,
            "source": best.source._asdict(),
        }
        for best in best_settings(planned.descent.landscape, planned.descent.goal)
    ]
