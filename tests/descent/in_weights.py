"""What the tests of walks in n weights share: whole walks, and problems made from formulas and from networks."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from app.descent.landscapes.landscape import Landscape
from app.descent.landscapes.networks import NETWORKS
from app.descent.optimizers.schedules import SCHEDULES, LearningRates
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks.descent import Settings
from app.descent.walks.weights import Problem, WeightsChunk, WeightsEnding, walk_weights

# All but those that need a Hessian.
IN_WEIGHTS = [slug for slug, entry in OPTIMIZERS.items() if not entry.needs_hessian]


class WholeInWeights(NamedTuple):
    """The whole walk of one walker: weights of shape (steps + 1, n), columns, and its ending."""

    weights: np.ndarray
    loss: np.ndarray
    gradient_norm: np.ndarray
    learning_rate: np.ndarray
    evaluations: np.ndarray
    ending: WeightsEnding


def settings_of(
    slug: str = "gradient-descent",
    values: dict[str, float] | None = None,
    *,
    steps: int = 60,
    rate: float = 0.1,
    schedule: str = "constant",
    **rest: object,
) -> Settings:
    """Return the settings of a walk without its ground."""
    entry, plan = OPTIMIZERS[slug], SCHEDULES[schedule]
    rates = LearningRates(plan, rate, (steps,), plan.values({}))
    return Settings(
        rule=entry.rule, values=entry.values(values or {}), rates=rates, steps=steps, tries=entry.tries, **rest
    )


def whole(events: Iterable[WeightsChunk | WeightsEnding]) -> dict[int, WholeInWeights]:
    """Join the chunks of each walker, and check on the way that each continues where the one before ended."""
    chunks: dict[int, list[WeightsChunk]] = {}
    endings: dict[int, WeightsEnding] = {}
    for event in events:
        assert event.walker not in endings, "a chunk after the ending"
        if isinstance(event, WeightsEnding):
            endings[event.walker] = event
            continue
        mine = chunks.setdefault(event.walker, [])
        assert event.first == sum(len(chunk.loss) for chunk in mine)
        mine.append(event)
    assert chunks.keys() == endings.keys()
    return {
        walker: WholeInWeights(
            *(np.concatenate(parts) for parts in zip(*(chunk[2:] for chunk in mine), strict=True)), endings[walker]
        )
        for walker, mine in chunks.items()
    }


def walks(
    settings: Settings, problem: Problem, starts: np.ndarray, only: int | None = None
) -> dict[int, WholeInWeights]:
    """Return all walks, or the single one."""
    return whole(walk_weights(settings, problem, starts, only))


def assert_equal(one: WholeInWeights, other: WholeInWeights) -> None:
    """Hold that two walks are the same, to the last bit."""
    for name, column, same in zip(one._fields[:-1], one, other, strict=False):
        np.testing.assert_array_equal(column, same, name)
    np.testing.assert_equal(one.ending._replace(walker=0)._asdict(), other.ending._replace(walker=0)._asdict())


def of_formula(entry: Landscape) -> Problem:
    """Return a landscape of two dimensions as a problem of two weights."""
    functions = entry.at().arrays
    (low, _), (high, _) = entry.at().reach

    def loss_and_gradient(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        loss, *slope = functions.loss_and_gradient(*points)
        return loss, np.stack(slope)

    def batch_gradient(points: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return np.stack(functions.batch_gradient(*points, rows))

    reach, points = max(-low, high), len(entry.data) if entry.data else 1
    return Problem(loss_and_gradient, reach, points, batch_gradient if entry.data else None)


def of_network(slug: str) -> Problem:
    """Return a network as a problem."""
    network = NETWORKS[slug]
    return Problem(
        network.loss_and_gradient, 1e6, len(network), network.batch_gradient, network.hessian_times, network.loss
    )


def drawn_starts(size: int, walkers: int, seed: int = 3) -> np.ndarray:
    """Return starts of shape (size, walkers)."""
    return np.random.default_rng(seed).normal(size=(size, walkers))
