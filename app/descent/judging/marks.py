"""Marks on a dial: the values of a number at which this walk would blow up, and those that are best on a quadratic.

Of training they are by the whole Hessian of the network. The limit at its start is no promise for later.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from app.descent.formulas.arithmetic import Array
from app.descent.judging.limits import stability_limit
from app.descent.judging.theory import best_settings
from app.descent.judging.weight_places import curvatures_of
from app.descent.landscapes.curvature import Point, eigenvalues
from app.descent.landscapes.network import Network
from app.descent.optimizers.hyperparameters import Hyperparameter
from app.descent.optimizers.table import Optimizer
from app.descent.walks.descent import Descent, Settings

At = Literal["start", "minimum", "end"]

# A range halved so often is as small as a float can tell.
_HALVINGS = 60


class Mark(NamedTuple):
    """A value of one number, by key.

    ``best`` is the optimizer's best setting on this quadratic. A ``limit`` parts what is stable from what blows up
    there, at the start or at the minimum, or where training ended: ``blows_up`` says on which side of it.
    """

    key: str
    value: float
    kind: Literal["limit", "best"]
    at: At | None = None
    blows_up: Literal["above", "below"] | None = None


def training_marks(
    settings: Settings, optimizer: Optimizer, network: Network, start: Array, end: Array | None
) -> list[Mark]:
    """The limits where training started and where it ended, weights of shape (n,); ``end`` is None if it diverged."""
    limits = _Limits(settings, optimizer)
    return [
        *limits.of("start", curvatures_of(network, start)),
        *([] if end is None else limits.of("end", curvatures_of(network, end))),
    ]


@dataclass(frozen=True)
class Marks:
    """Finds the marks of one walk, whose other numbers stay as they are."""

    descent: Descent
    optimizer: Optimizer

    def of(self, start: Point, end: Point) -> list[Mark]:
        """The marks of a walk from ``start``; the minimum is the known one nearest ``end``, for an ascent a maximum."""
        return [*self._limits("start", start), *self._at_minimum(end), *self._best()]

    def _at_minimum(self, end: Point) -> Iterator[Mark]:
        landscape = self.descent.landscape
        kinds = ("global_minimum", "local_minimum") if self.descent.goal == "minimize" else ("maximum",)
        minimum = landscape.nearest(end, *kinds)
        if minimum is not None:
            yield from self._limits("minimum", minimum.point)

    def _limits(self, at: At, point: Point) -> Iterator[Mark]:
        return _Limits(self.descent, self.optimizer).of(at, eigenvalues(self.descent.landscape.floats, point))

    def _best(self) -> Iterator[Mark]:
        for best in best_settings(self.descent.landscape, self.descent.goal):
            if best.optimizer == self.optimizer.slug:
                yield from (Mark(key, value, "best") for key, value in best.settings.items())


@dataclass(frozen=True)
class _Limits:
    """The limits that ground of some curvature sets to each number of a walk alone."""

    settings: Settings
    optimizer: Optimizer

    def of(self, at: At, curvatures: list[float]) -> Iterator[Mark]:
        """The limit of the learning rate, and those of the optimizer's other numbers."""
        limit = stability_limit(self.settings, self.optimizer, curvatures)
        if limit is None:
            return
        yield Mark("learning_rate", limit, "limit", at, "above")
        for hyperparameter in self.optimizer.hyperparameters:
            yield from self._limits_of(hyperparameter, at, limit)

    def _limits_of(self, turned: Hyperparameter, at: At, limit: float) -> Iterator[Mark]:
        """Where, in its range, turning this number alone brings the limit to the learning rate."""
        values, stability = self.settings.values, self.optimizer.stability
        assert stability is not None  # there is a limit

        def room(value: float) -> float:
            """By how much the limit c/λ exceeds the learning rate, times λ: that is above 0 where all is stable."""
            return stability(**{**values, turned.key: value}) - needed

        needed = stability(**values) / limit * self.settings.rates.learning_rate
        low, high = turned.low, turned.high
        if (room(low) > 0) == (room(high) > 0):
            return
        blows_up: Literal["above", "below"] = "below" if room(high) > 0 else "above"
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (low, middle) if (room(middle) > 0) == (room(high) > 0) else (middle, high)
        yield Mark(turned.key, (low + high) / 2, "limit", at, blows_up)
