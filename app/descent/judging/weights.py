"""The verdict on training: where a walk in n weights ended and why, by the whole Hessian of the network."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from app.descent.formulas.arithmetic import Array
from app.descent.judging.race import PARTS
from app.descent.judging.verdict import Verdict
from app.descent.optimizers.table import Optimizer
from app.descent.walks.descent import Settings

# Until they are there: landscapes.network.Network, and walks.weights.WeightsChunk and WeightsEnding.
Network = WeightsChunk = WeightsEnding = Any


class JudgedTraining(NamedTuple):
    """A walker's end with its verdict; of ``reached`` and ``stayed``, shape (parts,) each, see ``Progress``."""

    ending: WeightsEnding
    verdict: Verdict
    reached: Array
    stayed: Array


def judged_training(
    settings: Settings,
    optimizer: Optimizer,
    network: Network,
    starts: Array,
    events: Iterable[WeightsChunk | WeightsEnding],
    parts: Sequence[float] = PARTS,
) -> Iterator[WeightsChunk | JudgedTraining]:
    """Yield the chunks of ``events``, as ``walk_weights`` does, and each walker's end with its verdict.

    ``starts``, shape (n, walkers), are the first weights of the walkers.
    """
    raise NotImplementedError


def judge_weights(
    settings: Settings,
    optimizer: Optimizer,
    network: Network,
    start: Array,
    ending: WeightsEnding,
    losses: Array | None = None,
    cycle: int | None = None,
) -> Verdict:
    """The verdict on a walk that began at ``start``, shape (n,), and whose iterates had these ``losses``."""
    raise NotImplementedError
