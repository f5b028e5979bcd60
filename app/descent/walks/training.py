"""Training as a walk of a landscape: what a walk in all weights of a network is on the plane that it is drawn on."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.landscapes.curvature import Point
from app.descent.landscapes.landscape import REACH
from app.descent.landscapes.network import Network
from app.descent.landscapes.planes import Plane
from app.descent.walks.descent import Chunk, Descent, Ending, Settings
from app.descent.walks.weights import Problem, WeightsChunk, WeightsEnding, walk_weights


def problem_of(network: Network) -> Problem:
    """The network's loss, as walks in weights ask for it."""
    return Problem(
        loss_and_gradient=network.loss_and_gradient,
        reach=REACH,
        points=len(network),
        batch_gradient=network.batch_gradient,
        hessian_times=network.hessian_times,
        loss=network.loss,
    )


class KnownWalk(NamedTuple):
    """A whole walk of one walker, as it was walked: its chunks and its ending."""

    events: tuple[WeightsChunk | WeightsEnding, ...]

    @property
    def weights(self) -> Array:
        """All iterates, shape (steps + 1, n)."""
        return np.concatenate([event.weights for event in self.events if isinstance(event, WeightsChunk)])

    @property
    def losses(self) -> Array:
        """Their losses, shape (steps + 1,)."""
        return np.concatenate([event.loss for event in self.events if isinstance(event, WeightsChunk)])

    @property
    def numbers(self) -> int:
        """How many numbers are kept of it."""
        return sum(event.weights.size + 4 * len(event.loss) for event in self.events if isinstance(event, WeightsChunk))


def first_walk(settings: Settings, network: Network, scale: float) -> Generator[None, None, KnownWalk]:
    """Return the walk from the network's first weights, drawn from the seed at this scale; yield after each chunk."""
    events: list[WeightsChunk | WeightsEnding] = []
    for event in walk_weights(settings, problem_of(network), network.first_weights(settings.seed, scale)[:, None]):
        events.append(event)
        yield
    return KnownWalk(tuple(events))


@dataclass(frozen=True, kw_only=True)
class Training(Descent):
    """Everything that decides a walk in all weights of a network but its start: ``landscape`` is one plane of it."""

    network: Network
    plane: Plane

    @property
    def settings(self) -> Settings:
        """What decides it wherever it is drawn."""
        return Settings(**{field.name: getattr(self, field.name) for field in fields(Settings)})

    def weights_of(self, starts: Sequence[Point]) -> Array:
        """The weights at these places on the plane, shape (n, walkers)."""
        return self.plane.weights_at(*np.array(starts, dtype=float).T)

    def walk(self, starts: Sequence[Point], only: int | None = None) -> Iterator[WeightsChunk | WeightsEnding]:
        """Walk from these places, side by side, in all weights; ``only`` walks a single one, as it does among all."""
        return walk_weights(self, problem_of(self.network), self.weights_of(starts), only)

    def on_plane(self, event: WeightsChunk | WeightsEnding, starts: Sequence[Point]) -> Chunk | Ending:
        """What the event of a walk from one of these places is on the plane."""
        if isinstance(event, WeightsChunk):
            return self.chunk_on_plane(event, starts[event.walker])
        return self.ending_on_plane(event, starts[event.walker])

    def chunk_on_plane(self, chunk: WeightsChunk, start: Point) -> Chunk:
        """The chunk on the plane: ``plane_loss`` is the height of the ground below, ``off_plane`` how far it is off."""
        x, y = self._coordinates(chunk.weights)
        if chunk.first == 0:
            # It lies there by definition, whatever rounding says.
            x[0], y[0] = start
        with np.errstate(all="ignore"):
            off, ground = self.plane.off(chunk.weights.T), self.landscape.arrays.loss(x, y)
        numbers = chunk.loss, chunk.gradient_norm, chunk.learning_rate, chunk.evaluations
        return Chunk(chunk.walker, chunk.first, x, y, *numbers, off, ground, chunk.weights)

    def ending_on_plane(self, ending: WeightsEnding, start: Point) -> Ending:
        """The ending on the plane."""
        x, y = ([one] for one in start) if ending.steps == 0 else self._coordinates(ending.weights[None])
        numbers = ending.loss, ending.gradient_norm, ending.evaluations
        return Ending(
            ending.walker, ending.criterion, ending.steps, float(x[0]), float(y[0]), *numbers, weights=ending.weights
        )

    def _coordinates(self, weights: Array) -> tuple[Array, Array]:
        """The places below weights of shape (steps, n), the same whether there are many or one."""
        # NumPy adds up a lone column in another order than several.
        columns = np.repeat(weights.T, 2, axis=1) if len(weights) == 1 else weights.T
        with np.errstate(all="ignore"):
            x, y = self.plane.coordinates(np.ascontiguousarray(columns))
        return x[: len(weights)], y[: len(weights)]
