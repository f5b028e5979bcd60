"""What theory says of one step of a walk: the local quadratic, the edge of stability and the best settings."""

from collections.abc import Generator, Iterator

import numpy as np
from contourpy import contour_generator

from app.answers.plans import Plan, prepared
from app.answers.records import BestRecord, QuadraticRecord, SharpnessRecord, Theory
from app.answers.sharpness import Path, path_of, told
from app.descent.judging.limits import stability_limit
from app.descent.judging.theory import (
    LocalQuadratic,
    believed_quadratic,
    best_settings,
    is_quadratic,
    local_quadratic,
)
from app.descent.landscapes.landscape import Box
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks.trace import trace
from app.descent.walks.training import Training
from app.request.errors import ApiError
from app.request.request import WalkRequest

_RESOLUTION = 101
# So many points of a walk are told of its sharpness.
MOST_POINTS = 1_000


def theory(request: WalkRequest, index: int, step: int) -> Iterator[Theory | None]:
    """Yield None while the walk, by its number in the answer, is walked, and then what theory says at the step.

    Raises ``ApiError`` where the walk has no such step.
    """
    run, walker = divmod(index, request.starts)
    planned = (yield from prepared(request))[run]
    path = yield from path_of(planned, walker)
    last = len(path.x) - 1
    if step > last:
        raise ApiError(f"step={step} was never reached.", "step", f"The walk has the steps 0 to {last}.")
    landscape, goal = planned.descent.landscape, planned.descent.goal
    point = (float(path.x[step]), float(path.y[step]))[: landscape.entry.dimensions]
    local = local_quadratic(landscape, point, request.shown, goal)
    inverse = yield from _inverse_of(planned, walker, step)
    believed = None if inverse is None else believed_quadratic(landscape, point, inverse, request.shown, goal)
    along = yield from _sharpness_record(planned, path)
    yield Theory(
        walk=index,
        step=step,
        quadratic=is_quadratic(landscape),
        local=None if local is None else _quadratic_record(planned, local, request.shown),
        believed=None if believed is None else _quadratic_record(planned, believed, request.shown),
        sharpness=along,
        best=_best_records(planned),
    )


def _inverse_of(planned: Plan, walker: int, step: int) -> Generator[None, None, list[list[float]] | None]:
    """The inverse Hessian that the optimizer works with at a step; None where it keeps none, or takes no step there."""
    # That of all weights is no picture on a plane.
    if not planned.optimizer.keeps_inverse or isinstance(planned.descent, Training):
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
    # On its plane a network's curvature is no more than a part of the whole: no limit follows from it.
    of_all = not isinstance(planned.descent, Training)
    limit = stability_limit(planned.descent, planned.optimizer, list(local.eigenvalues)) if of_all else None
    return {
        "point": list(local.point),
        "loss": local.loss,
        "gradient": list(local.gradient),
        "hessian": [list(row) for row in local.hessian],
        "eigenvalues": list(local.eigenvalues),
        "eigenvectors": [list(vector) for vector in local.eigenvectors],
        "condition_number": local.condition_number,
        "centre": None if local.centre is None else list(local.centre),
        "stability_limit": limit,
        "curve": {"x": axes[0].tolist(), "loss": values.tolist()} if flat else None,
        "lines": [
            {"level": level, "x": line[:, 0].tolist(), "y": line[:, 1].tolist()}
            for level in local.levels
            for line in map(np.asarray, contours.lines(level) if contours else ())
        ],
    }


def _sharpness_record(planned: Plan, path: Path) -> Generator[None, None, SharpnessRecord]:
    along = yield from told(planned, path, MOST_POINTS)
    return {
        "step": along["step"],
        "sharpness": along["sharpness"],
        "edge": along["limit"],
        "edge_of": along["limit_of"],
        "edge_text": along["limit_text"],
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
