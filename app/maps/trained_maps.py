"""Maps of networks: each cell is trained in all weights, and told by the loss that it ends with."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.answers.palette import PALETTE
from app.answers.planes import Ground, grounded
from app.answers.records import MapBest, MapLegend
from app.answers.registries import plane_record
from app.descent.formulas.arithmetic import Array
from app.descent.judging.sentences import numeral
from app.descent.judging.weight_places import curvatures_of
from app.descent.landscapes.curvature import Point
from app.descent.landscapes.landscape import FixedLandscape, StationaryPoint
from app.descent.landscapes.planes import last_of
from app.descent.walks.any_cells import AnyCells
from app.descent.walks.cells import OUTCOMES
from app.descent.walks.trained_cells import SIDE_BY_SIDE, TrainedCells, at_settings, at_starts
from app.descent.walks.training import Training, problem_of
from app.maps.cell_maps import WORDS, BasinMap, CellMap, Job, RateMap, without_place
from app.maps.colours import SCALE, hex_of, scale
from app.request.request import MapRequest

# What parts the losses that are told apart: one decade each, the lowest and the highest without end.
_DECADES = tuple(10.0**power for power in range(-6, 1))
# The scale tells no lower losses apart, and no higher ones.
_TOLD_APART = 1e-12, 10.0
_DIVERGED = OUTCOMES.index("diverged")


class TrainedMap(CellMap):
    """A map of a network; ``loss`` is what each cell ends with, NaN where it diverged."""

    # Each cell has all its weights with it on its way to the workers and back.
    block = 2 * SIDE_BY_SIDE

    def __init__(self, request: MapRequest, coarse_first: bool = True, ground: Ground | None = None) -> None:
        """Lay out the cells; where the ``ground`` of the request's walks is not given, they are walked first."""
        super().__init__(request, coarse_first, ground or last_of(grounded(request)))
        self.loss = np.full(self.outcome.size, np.nan)

    @property
    def training(self) -> Training:
        """What decides the walks."""
        assert isinstance(self.planned.descent, Training)
        return self.planned.descent

    @property
    def landscape(self) -> FixedLandscape:
        """The plane that the request's walks are drawn on."""
        return self.training.landscape

    @cached_property
    def goals(self) -> tuple[StationaryPoint, ...]:
        """None: a minimum of the plane is none of the network."""
        return ()

    def start(self) -> dict[str, Any]:
        """The first record, with the plane."""
        return {**super().start(), "plane": plane_record(self.training.plane)}


def _lost(cells: TrainedCells) -> Array:
    """The loss that each cell ends with, NaN where it diverged."""
    return np.where(cells.outcome == _DIVERGED, np.nan, cells.loss)


class TrainedBasinMap(TrainedMap, BasinMap):
    """Each start of a grid on the plane, and the range that the loss is in which training from there ends with."""

    kept = ("outcome", "near", "steps", "loss")

    def begin(self, job: Job) -> AnyCells:
        """Walks in all weights from the places of the cells."""
        training, (row, column) = self.training, np.divmod(job.places, self.shape[1])
        starts = training.plane.weights_at(self.columns[column], self.rows[row])
        return at_starts(training.settings, problem_of(training.network), starts)

    def take(self, job: Job, cells: AnyCells) -> None:
        """Note which entry of the legend each cell is."""
        assert isinstance(cells, TrainedCells)
        ranges = np.searchsorted(_DECADES, cells.loss, side="right")
        self.outcome[job.places] = np.where(cells.outcome == _DIVERGED, len(_DECADES) + 1, ranges)
        self.loss[job.places], self.steps[job.places] = _lost(cells), cells.steps

    def legend(self) -> list[MapLegend]:
        """The ranges of the loss, the lowest first, and the walks that diverged."""
        ends = [None, *_DECADES, None]
        colours = scale()[np.linspace(0, SCALE - 1, len(ends) - 1).round().astype(int)]
        ranges = [
            _range_record(low, high, hex_of(colour))
            for low, high, colour in zip(ends[:-1], ends[1:], colours, strict=True)
        ]
        return [*ranges, without_place(WORDS["diverged"], "diverged", PALETTE.outcomes["diverged"])]


def _range_record(low: float | None, high: float | None, colour: str) -> MapLegend:
    if low is None or high is None:
        label = f"loss below {numeral(high)}" if high is not None else f"loss {numeral(low or 0.0)} or more"
    else:
        label = f"loss {numeral(low)} to {numeral(high)}"
    return {
        "label": label,
        "outcome": None,
        "kind": "loss",
        "point": None,
        "value": None,
        "colour": colour,
        "range": [low, high],
    }


class TrainedRateMap(TrainedMap, RateMap):
    """Each learning rate and second hyperparameter of a grid, and the loss that training from one start ends with.

    Of several walkers it is the average of all, NaN where one diverged.
    """

    kept = ("outcome", "steps", "evaluations", "loss")

    def begin(self, job: Job) -> AnyCells:
        """Walks in all weights of one walker with the settings of the cells."""
        training, (row, column) = self.training, np.divmod(job.places, self.shape[1])
        second = self.request.second_hyperparameter
        start = training.weights_of([self.planned.starts[job.walker]])[:, 0]
        return at_settings(
            training.settings,
            problem_of(training.network),
            start,
            self.columns[column],
            second.key if second else None,
            self.rows[row] if second else None,
            job.walker,
        )

    def take(self, job: Job, cells: AnyCells) -> None:
        """Note how the walks ended; of several walkers the commonest outcome counts."""
        assert isinstance(cells, TrainedCells)
        places = job.places
        if self.walkers == 1:
            self.outcome[places], self.steps[places] = cells.outcome, cells.steps
            self.evaluations[places], self.loss[places] = cells.evaluations, _lost(cells)
            return
        losses = self.tallied(job, cells, _lost(cells))
        if losses is not None:
            self.loss[places] = losses / self.walkers

    def legend(self) -> list[MapLegend]:
        """The outcomes: what did not diverge is told by its loss."""
        return [
            without_place(WORDS[outcome], outcome, PALETTE.outcomes[outcome] if outcome == "diverged" else None)
            for outcome in OUTCOMES
        ]

    def columns_of_pass(self, stride: int) -> Mapping[str, NDArray[Any]]:
        """The outcome, the number of steps, the evaluations and the loss at the end."""
        return {name: self.every(getattr(self, name), stride) for name in self.kept}

    @property
    def measure(self) -> NDArray[Any]:
        """The loss."""
        return self.loss

    def height(self, measure: NDArray[Any]) -> Array:
        """Its logarithm; a lower loss is as good as none, and a higher one has blown up."""
        return np.asarray(np.log(np.clip(measure, *_TOLD_APART)))

    @property
    def curved(self) -> tuple[Point, list[float]] | None:
        """Where the walks begin, and all curvatures there: no promise for later, but what all cells have in common."""
        start = self.planned.starts[0]
        return start, curvatures_of(self.training.network, self.training.weights_of([start])[:, 0])

    def best(self) -> MapBest | None:
        """The cell that ends with the lowest loss."""
        known = np.flatnonzero(np.isfinite(self.loss) & (self.outcome != _DIVERGED))
        if not len(known):
            return None
        place = int(known[self.loss[known].argmin()])
        return {**self.best_at(place), "loss": float(self.loss[place])}
