"""The sharpness along a walk: the largest curvature towards the goal, and the one that its learning rate allows."""

from collections.abc import Generator, Iterator
from typing import NamedTuple

import numpy as np

from app.answers.plans import Plan, prepared
from app.answers.records import Sharpness
from app.descent.formulas.arithmetic import Array
from app.descent.judging.theory import edge, sharpness
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks.descent import Chunk
from app.descent.walks.training import Training
from app.descent.walks.walk import walk
from app.request.request import WalkRequest

# At the most so many iterates of a walk are looked at: a picture's width has no room for more.
MOST_PLACES = 200
# So many Hessians of a network are a turn.
_HESSIANS = 10


class Path(NamedTuple):
    """The iterates of one walk, and the learning rate that leads away from each, all of shape (iterates,).

    A network's have all their weights as well, shape (iterates, n).
    """

    x: Array
    y: Array
    learning_rate: Array
    weights: Array | None = None


def path_of(planned: Plan, walker: int) -> Generator[None, None, Path]:
    """Yield None while a walker of a run walks, and return where it was."""
    chunks: list[Chunk] = []
    # Of a network it may be known already, from the plane that it is drawn on.
    events = planned.known_events if planned.known_events is not None else walk(planned.descent, planned.starts, walker)
    for event in events:
        if isinstance(event, Chunk):
            chunks.append(event)
        yield None
    names = ("x", "y", "learning_rate", *(["weights"] if chunks[0].weights is not None else []))
    return Path(*(np.concatenate([np.asarray(getattr(one, name), dtype=float) for one in chunks]) for name in names))


def sharpness_of_walk(request: WalkRequest, index: int) -> Iterator[Sharpness | None]:
    """Yield None while the walk, by its number in the answer, is walked, and then the sharpness along it."""
    run, walker = divmod(index, request.starts)
    each = yield from prepared(request)
    planned = each[run]
    path = yield from path_of(planned, walker)
    yield (yield from told(planned, path, MOST_PLACES))


def told(planned: Plan, path: Path, most: int) -> Generator[None, None, Sharpness]:
    """Return sharpness and limit at up to ``most`` iterates, evenly spread, the first and the last among them.

    Yields None where others may have their turn.
    """
    steps = np.unique(np.linspace(0, len(path.x) - 1, min(len(path.x), most)).round().astype(int))
    along = yield from sharpness_along(planned, path, steps)
    # Where the optimizer itself has no limit that is known, gradient descent's is shown, and said to be.
    own = edge(planned.optimizer, planned.descent.values)
    limited = planned.optimizer if own is not None else OPTIMIZERS["gradient-descent"]
    values = planned.descent.values if own is not None else {}
    constant = own if own is not None else edge(limited, values)
    assert constant is not None
    with np.errstate(all="ignore"):
        limits = constant / path.learning_rate[steps]
    return {
        "step": steps.tolist(),
        "sharpness": along.tolist(),
        "limit": limits.tolist(),
        "limit_of": limited.slug,
        "limit_text": limited.stability_text(**values).replace("λ", "η"),
    }


def sharpness_along(planned: Plan, path: Path, steps: Array) -> Generator[None, None, Array]:
    """Return the largest Hessian eigenvalue towards the goal at these iterates, of their shape; NaN where none exists.

    Yields None where others may have their turn.
    """
    # The walk's last piece and the Hessians are two turns.
    yield None
    descent = planned.descent
    if isinstance(descent, Training):
        assert path.weights is not None, "the walk of a network tells its weights"
        return (yield from _sharpness_in_weights(descent, path.weights[steps]))
    return sharpness(descent.landscape, path.x[steps], path.y[steps], descent.goal)


def _sharpness_in_weights(training: Training, weights: Array) -> Generator[None, None, Array]:
    """Return the largest eigenvalue of the whole Hessian at weights of shape (iterates, n); NaN where there is none."""
    found = np.full(len(weights), np.nan)
    for k, point in enumerate(weights):
        hessian = training.network.hessian(point)
        if np.isfinite(hessian).all():
            found[k] = np.linalg.eigvalsh(hessian)[-1]
        if k % _HESSIANS == 0:
            yield None
    return found
