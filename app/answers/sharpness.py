"""The sharpness along a walk: the largest curvature towards the goal, and the one that its learning rate allows."""

from collections.abc import Generator, Iterator
from typing import NamedTuple

import numpy as np

from app.answers.plans import Plan, prepared
from app.answers.records import Sharpness
from app.descent.formulas.arithmetic import Array
from app.descent.judging.theory import edge, sharpness
from app.descent.judging.weight_places import curvatures_of
from app.descent.landscapes.network import Network
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks.descent import Chunk
from app.descent.walks.training import Training
from app.descent.walks.walk import walk
from app.request.request import WalkRequest

# At the most so many iterates of a walk are looked at: a picture's width has no room for more.
MOST_PLACES = 200


class Path(NamedTuple):
    """The iterates of one walk, and the learning rate that leads away from each, all of shape (iterates,).

    A network's are on its plane; what it truly is are ``weights``, shape (iterates, n), None of all others.
    """

    x: Array
    y: Array
    learning_rate: Array
    weights: Array | None = None


def path_of(planned: Plan, walker: int) -> Generator[None, None, Path]:
    """Yield None while a walker of a run walks, and return where it was."""
    chunks: list[Chunk] = []
    known = planned.known_events
    for event in walk(planned.descent, planned.starts, walker) if known is None else known:
        if isinstance(event, Chunk):
            chunks.append(event)
        yield None
    x, y, rates = (
        np.concatenate([np.asarray(getattr(chunk, name), dtype=float) for chunk in chunks]) for name in Path._fields[:3]
    )
    weights = [chunk.weights for chunk in chunks if chunk.weights is not None]
    return Path(x, y, rates, np.concatenate(weights) if weights else None)


def sharpness_of_walk(request: WalkRequest, index: int) -> Iterator[Sharpness | None]:
    """Yield None while the walk, by its number in the answer, is walked, and then the sharpness along it."""
    run, walker = divmod(index, request.starts)
    planned = (yield from prepared(request))[run]
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
        assert path.weights is not None, "a network's walk has weights"
        return (yield from _in_weights(descent.network, path.weights[steps]))
    return sharpness(descent.landscape, path.x[steps], path.y[steps], descent.goal)


def _in_weights(network: Network, weights: Array) -> Generator[None, None, Array]:
    """The largest eigenvalue of the whole Hessian at weights of shape (iterates, n); each is a turn of its own."""
    found = np.full(len(weights), np.nan)
    for place in np.flatnonzero(np.isfinite(network.loss(weights.T))):
        curvatures = curvatures_of(network, weights[place])
        found[place] = curvatures[-1] if curvatures else np.nan
        yield None
    return found
