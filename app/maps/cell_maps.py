"""Maps: a request becomes cells, and what is known of the cells becomes records."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.answers.palette import PALETTE
from app.answers.planes import Ground
from app.answers.plans import Plan, plan
from app.answers.records import MapAxis, MapBest, MapLegend, MapTheory
from app.answers.registries import landscape_record, typed_rules
from app.descent.formulas.arithmetic import Array
from app.descent.judging.basins import Ends, ends_of
from app.descent.judging.limits import stability_limit
from app.descent.judging.sentences import numeral
from app.descent.landscapes.curvature import Point, eigenvalues
from app.descent.landscapes.landscape import FixedLandscape, StationaryPoint
from app.descent.walks.any_cells import AnyCells
from app.descent.walks.cells import OUTCOMES, Cells, at_settings, at_starts
from app.descent.walks.descent import Outcome
from app.descent.walks.grid import Axis, passes
from app.maps.colours import colour_minima, hex_of
from app.request.request import MapRequest, landscape_of
from app.request.writing import to_json

# Measured: larger blocks are faster only where coordinates are shared, and then little; smaller ones keep less waiting.
BLOCK = 8_192
_LIMIT_POINTS = 101
_AT_ONCE = 65_536


@dataclass(frozen=True)
class Job:
    """Some cells of one pass: their places in the finest grid, laid out row by row, and which walker they are for."""

    stride: int
    places: NDArray[np.intp]
    walker: int = 0
    cells: AnyCells | None = None
    tries: int = 0


class CellMap(ABC):
    """One map: its axes, and what is known of its cells. ``outcome`` is -1 where nothing is known yet."""

    # Which columns of a pass are told in words, that their numbers stand for.
    in_words: Sequence[str] = ()
    words = np.array(OUTCOMES, dtype=object)
    # Which arrays tell what is known of the cells.
    kept: Sequence[str] = ("outcome", "steps")
    # How many cells go to a worker at once.
    block = BLOCK

    def __init__(self, request: MapRequest, coarse_first: bool = True, ground: Ground | None = None) -> None:
        """Lay out the cells of the request's map; without ``coarse_first`` all are one pass, row by row.

        ``ground`` is what the walks of a network are drawn on.
        """
        self.request = request
        self.planned: Plan = plan(request.mapped_run, ground=ground)
        self.axes: list[Axis] = request.map_axes
        self.columns = self.axes[0].centres(request.resolution)
        self.rows = self.axes[1].centres(request.resolution) if len(self.axes) > 1 else np.zeros(1)
        self.shape = len(self.rows), len(self.columns)
        size = self.shape[0] * self.shape[1]
        self.outcome = np.full(size, -1, dtype=np.int16)
        self.basin = np.full(size, -1, dtype=np.int16)
        self.steps = np.zeros(size, dtype=np.int32)
        self.evaluations = np.zeros(size, dtype=np.int64)
        # The stride of each pass, coarse to fine, and the places of its cells that are new. Of very many cells a list
        # of all places would take more memory than what is known of them.
        self.passes: Sequence[tuple[int, NDArray[np.intp] | range]] = (
            passes(*self.shape) if coarse_first else [(1, range(size))]
        )

    @property
    def walkers(self) -> int:
        """How many walks each cell stands for."""
        return 1

    def known(self) -> dict[str, NDArray[Any]]:
        """What is known of the cells, by which ``restore`` brings another map of the request to here."""
        return {name: getattr(self, name) for name in self.kept}

    def restore(self, known: Mapping[str, NDArray[Any]]) -> None:
        """Take over what another map of the same request knew of its cells."""
        for name in self.kept:
            getattr(self, name)[:] = known[name]

    @property
    def landscape(self) -> FixedLandscape:
        """The landscape that the start tells of."""
        return landscape_of(self.request)

    @cached_property
    def goals(self) -> tuple[StationaryPoint, ...]:
        """The known places where walks should end, best first."""
        known = self.planned.descent.landscape.known
        if self.planned.descent.goal == "minimize":
            return known("global_minimum", "local_minimum")
        return known("maximum")[::-1]

    def jobs(self, workers: int) -> Iterator[Job]:
        """Yield all cells that are not known yet in blocks, pass by pass, each in as many as keep all workers busy."""
        for stride, places in self.passes:
            count = max(1, -(-len(places) // self.block))
            count = min(-(-count // workers) * workers, len(places))
            for first, last in pairwise(len(places) * part // count for part in range(count + 1)):
                block = np.asarray(places[first:last])
                unknown = block[self.outcome[block] < 0]
                for walker in range(self.walkers if len(unknown) else 0):
                    yield Job(stride, unknown, walker)

    @cached_property
    def ends(self) -> Ends:
        """What workers need to know of the known places."""
        return ends_of(self.planned.descent.landscape, self.planned.descent.goal)

    @abstractmethod
    def begin(self, job: Job) -> AnyCells:
        """The job's cells as they are before their first step."""

    @abstractmethod
    def take(self, job: Job, cells: AnyCells) -> None:
        """Note how the job's cells ended."""

    @abstractmethod
    def legend(self) -> list[MapLegend]:
        """What the outcomes of the records mean."""

    @abstractmethod
    def axis_records(self) -> list[MapAxis]:
        """What each axis is."""

    @abstractmethod
    def columns_of_pass(self, stride: int) -> Mapping[str, Any]:
        """What a pass tells of its cells, each as rows."""

    @abstractmethod
    def ending(self) -> dict[str, Any]:
        """What can be said when all is known."""

    def start(self) -> dict[str, Any]:
        """The first record: the axes and the legend."""
        rows = {"y": self.rows} if len(self.axes) > 1 else {}
        rules = typed_rules(self.request)
        return {
            "kind": "start",
            "x": self.columns,
            **rows,
            "resolution": list(self.shape),
            "legend": self.legend(),
            "axes": self.axis_records(),
            "theory": self.theory(),
            "request": self.request.canonical,
            "query": self.request.query,
            "landscape": landscape_record(self.landscape),
            **({"optimizers": rules} if rules else {}),
        }

    @property
    def measure(self) -> NDArray[Any]:
        """What the colours of a scale go by."""
        return self.steps

    def height(self, measure: NDArray[Any]) -> Array:
        """How high it lies on the scale: by the logarithm, for a few steps more are much where there are few."""
        return np.asarray(np.log1p(measure))

    def theory(self) -> MapTheory | None:
        """The stability limit over the map, where theory knows one."""
        return None

    def shares(self) -> dict[str, float]:
        """The share of each entry of the legend, by its label."""
        labels = [entry["label"] for entry in self.legend()]
        return _shares(labels, self.outcome)

    def near_shares(self) -> dict[str, float]:
        """The share of the walks that ended unfinished near each known place, by its label; of settings none."""
        return {}

    def divided_shares(self) -> dict[str, float]:
        """The shares, those of unfinished walks that are near a known place told apart."""
        return self.shares()

    def every(self, values: NDArray[Any], stride: int) -> NDArray[Any]:
        """The cells of a pass as rows."""
        return np.ascontiguousarray(values.reshape(self.shape)[::stride, ::stride])

    def pieces(self, stride: int) -> Iterator[bytes]:
        """Yield a pass's record in pieces, none of which takes long to write."""
        rows, columns = self.every(self.outcome, stride).shape
        done = rows * columns / self.outcome.size
        head = {"kind": "pass", "resolution": [rows, columns], "stride": stride, "progress": done}
        yield to_json(head)[:-1]
        for key, values in self.columns_of_pass(stride).items():
            yield f',"{key}":['.encode()
            step = max(1, _AT_ONCE // columns)
            for first in range(0, rows, step):
                part = values[first : first + step]
                yield (b"," if first else b"") + to_json(self.words[part].tolist() if key in self.in_words else part)[
                    1:-1
                ]
            yield b"]"
        yield b"}\n"

    def done(self) -> dict[str, Any]:
        """The last record: the share of each outcome, and what else there is to say."""
        return {"kind": "done", **self.ending()}


def _shares(labels: Sequence[str], entries: NDArray[np.integer]) -> dict[str, float]:
    """The share of the cells that are each of the labels; what is none of them is -1."""
    counts = np.zeros(len(labels) + 1, dtype=np.intp)
    # Part by part, for it makes wider numbers of what it counts.
    for first in range(0, entries.size, _AT_ONCE):
        counts += np.bincount(entries[first : first + _AT_ONCE] + 1, minlength=len(labels) + 1)
    return dict(zip(labels, (counts[1:] / entries.size).tolist(), strict=True))


class BasinMap(CellMap):
    """Each start of a grid, and the place where the walk from there ends, or that it is near when it ends unfinished.

    ``near`` is the entry of the legend of that place, -1 where there is none.
    """

    kept: Sequence[str] = ("outcome", "near", "steps")

    def __init__(self, request: MapRequest, coarse_first: bool = True, ground: Ground | None = None) -> None:
        """Lay out the cells of the request's map."""
        super().__init__(request, coarse_first, ground)
        self.near = np.full(self.outcome.size, -1, dtype=np.int16)

    def begin(self, job: Job) -> AnyCells:
        """Walks from the places of the cells."""
        row, column = np.divmod(job.places, self.shape[1])
        return at_starts(self.planned.descent, self.columns[column], self.rows[row], self.ends)

    def take(self, job: Job, cells: AnyCells) -> None:
        """Note which entry of the legend each cell is."""
        assert isinstance(cells, Cells)
        converged = OUTCOMES.index("converged")
        others = len(self.goals) + np.array([_OTHERS.index(outcome) for outcome in OUTCOMES])
        reached = (cells.outcome == converged) & (cells.basin >= 0)
        self.outcome[job.places] = np.where(reached, cells.basin, others[cells.outcome])
        self.near[job.places], self.steps[job.places] = cells.near, cells.steps

    def legend(self) -> list[MapLegend]:
        """The known places, best first, then what else may become of a walk."""
        colours = colour_minima(tuple(known.point for known in self.goals))
        places: list[MapLegend] = [
            {
                "label": label,
                "outcome": "converged",
                "kind": known.kind,
                "point": list(known.point),
                "value": known.value,
                "colour": hex_of(colour),
            }
            for known, label, colour in zip(self.goals, _labels(self.goals), colours, strict=True)
        ]
        words = {**WORDS, "converged": "converged elsewhere"}
        return places + [without_place(words[outcome], outcome, PALETTE.outcomes[outcome]) for outcome in _OTHERS]

    def axis_records(self) -> list[MapAxis]:
        """The landscape's coordinates."""
        names = self.planned.request.landscape.axes
        keys = zip(("x", "y"), names, self.axes, strict=False)
        return [_axis_record(key, name, axis) for key, name, axis in keys]

    def columns_of_pass(self, stride: int) -> Mapping[str, Any]:
        """The entry of the legend, that of the place which an unfinished walk is near, and the number of steps."""
        return {name: self.every(getattr(self, name), stride) for name in self.kept}

    def ending(self) -> dict[str, Any]:
        """The share of each entry of the legend, and the share that is on its way to each place."""
        return {"shares": self.shares(), "near_shares": self.near_shares()}

    def near_shares(self) -> dict[str, float]:
        """The share of the walks that ended unfinished near each known place, by its label."""
        return _shares(_labels(self.goals), self.near)

    def divided_shares(self) -> dict[str, float]:
        """The shares, those of unfinished walks that are near a known place told apart."""
        labels = [entry["label"] for entry in self.legend()]
        near = [f"on its way to {label}" for label in labels[: len(self.goals)]]
        return _shares([*labels, *near], np.where(self.near < 0, self.outcome, len(labels) + self.near))


# What a walk may come to that does not end at a known place of the wanted kind, in the order of the legend.
_OTHERS: Sequence[Outcome] = ("diverged", "stalled", "out_of_steps", "converged")
WORDS: Mapping[Outcome, str] = {
    "converged": "converged",
    "diverged": "diverged",
    "stalled": "stalled",
    "out_of_steps": "out of steps",
}


def without_place(label: str, outcome: Outcome, colour: Sequence[int] | None) -> MapLegend:
    """The entry of the legend of what came to no known place."""
    shown = None if colour is None else hex_of(colour)
    return {"label": label, "outcome": outcome, "kind": None, "point": None, "value": None, "colour": shown}


def _labels(places: Sequence[StationaryPoint]) -> list[str]:
    """A name for each place, with as many digits as tell them apart."""

    def label(known: StationaryPoint, write: Any) -> str:
        numbers = [write(value + 0.0) for value in known.point]
        at = f"({', '.join(numbers)})" if len(numbers) > 1 else numbers[0]
        return f"{known.kind.replace('_', ' ')} at {at}"

    short = [label(known, lambda value: numeral(0.0 if abs(value) < 1e-12 else value)) for known in places]
    return short if len(set(short)) == len(short) else [label(known, repr) for known in places]


def _axis_record(key: str, title: str, axis: Axis) -> MapAxis:
    return {"key": key, "title": title, "low": axis.low, "high": axis.high, "log": axis.log}


class RateMap(CellMap):
    """Each learning rate and second hyperparameter of a grid, and how the walk from the start does with them."""

    kept: Sequence[str] = ("outcome", "basin", "steps", "evaluations")
    in_words = ("outcome",)

    def __init__(self, request: MapRequest, coarse_first: bool = True, ground: Ground | None = None) -> None:
        """Lay out the cells of the request's map; with several walkers each cell is their average."""
        super().__init__(request, coarse_first, ground)
        # Of the blocks under way, by their first place.
        self._tallies: dict[int, _Tally] = {}

    @property
    def walkers(self) -> int:
        """All starts: each cell tells what most of them do."""
        return len(self.planned.starts)

    def begin(self, job: Job) -> AnyCells:
        """Walks of one walker with the settings of the cells."""
        row, column = np.divmod(job.places, self.shape[1])
        second = self.request.second_hyperparameter
        return at_settings(
            self.planned.descent,
            self.planned.starts[job.walker],
            self.columns[column],
            second.key if second else None,
            self.rows[row] if second else None,
            self.ends,
            job.walker,
        )

    def take(self, job: Job, cells: AnyCells) -> None:
        """Note how the walks ended; of several walkers the commonest outcome counts, and the average of those."""
        assert isinstance(cells, Cells)
        places = job.places
        if self.walkers == 1:
            self.outcome[places], self.basin[places] = cells.outcome, cells.basin
            self.steps[places], self.evaluations[places] = cells.steps, cells.evaluations
            return
        at_best = self.tallied(job, cells, np.isin(cells.basin, self._best_places))
        if at_best is not None:
            # Of some walkers that end here and some there, no one place can be told.
            self.basin[places] = np.where(at_best == self.walkers, self._best_places[0], -1)

    def tallied(self, job: Job, cells: AnyCells, further: NDArray[Any]) -> NDArray[Any] | None:
        """Count one walk of each cell, and when all have been counted, note what most of them did.

        Then the sum of the ``further`` numbers of all walks is returned, shape (cells,); before that, None.
        """
        places = job.places
        tally = self._tallies.setdefault(int(places[0]), _Tally(self.walkers, len(places)))
        tally.add(cells, further)
        if tally.left:
            return None
        self.outcome[places], self.steps[places], self.evaluations[places] = tally.commonest()
        del self._tallies[int(places[0])]
        return tally.further

    def legend(self) -> list[MapLegend]:
        """The outcomes."""
        return [
            without_place(WORDS[outcome], outcome, None if outcome == "converged" else PALETTE.outcomes[outcome])
            for outcome in OUTCOMES
        ]

    def axis_records(self) -> list[MapAxis]:
        """The learning rate and the second hyperparameter, where there is one."""
        second = self.request.second_hyperparameter
        names = [("learning_rate", "learning rate"), *([(second.key, second.title.lower())] if second else [])]
        return [_axis_record(*name, axis) for name, axis in zip(names, self.axes, strict=True)]

    def columns_of_pass(self, stride: int) -> Mapping[str, Any]:
        """The outcome, the number of steps and the evaluations."""
        return {
            "outcome": self.every(self.outcome, stride),
            "steps": self.every(self.steps, stride),
            "evaluations": self.every(self.evaluations, stride),
        }

    @property
    def measure(self) -> NDArray[Any]:
        """The evaluations."""
        return self.evaluations

    def theory(self) -> MapTheory | None:
        """The limit c/λ, where there is a place whose curvature all cells have to do with."""
        descent, second, known = self.planned.descent, self.request.second_hyperparameter, self.curved
        if known is None:
            return None
        point, curvatures = known
        low, high = self.axes[1][:2] if second else (0.0, 0.0)
        limit: list[list[float]] = []
        for value in np.linspace(low, high, _LIMIT_POINTS).tolist() if second else [0.0]:
            at = replace(descent, values={**descent.values, second.key: value}) if second else descent
            rate = stability_limit(at, self.planned.optimizer, curvatures)
            if rate is not None and self.axes[0].low <= rate <= self.axes[0].high:
                limit.append([rate, value] if second else [rate])
        return {"limit": limit, "point": list(point), "eigenvalues": curvatures} if limit else None

    @property
    def curved(self) -> tuple[Point, list[float]] | None:
        """The known place of the wanted kind that is nearest the start, and its curvatures, ascending."""
        landscape, kinds = self.planned.descent.landscape, {known.kind for known in self.goals}
        place = landscape.nearest(self.planned.starts[0], *kinds) if kinds else None
        return None if place is None else (place.point, eigenvalues(landscape.floats, place.point))

    def ending(self) -> dict[str, Any]:
        """The share of each outcome, and the best cell: of those that end at the best place, if any do."""
        return {"shares": self.shares(), "best": self.best()}

    @cached_property
    def _best_places(self) -> list[int]:
        """The basins of the places where the goal is best, -2 where none is known."""
        return [index for index, known in enumerate(self.goals) if known.value == self.goals[0].value] or [-2]

    def best(self) -> MapBest | None:
        """The cell with the fewest evaluations of those that end at the best place, or else of all that converge."""
        converged = np.flatnonzero(self.outcome == OUTCOMES.index("converged"))
        there = converged[np.isin(self.basin[converged], self._best_places)]
        candidates = there if len(there) else converged
        if not len(candidates):
            return None
        return self.best_at(int(candidates[self.evaluations[candidates].argmin()]))

    def best_at(self, place: int) -> MapBest:
        """The cell at a place of the grid, as the best one."""
        row, column = divmod(place, self.shape[1])
        second = self.request.second_hyperparameter
        return {
            "learning_rate": float(self.columns[column]),
            "second": float(self.rows[row]) if second else None,
            "evaluations": int(self.evaluations[place]),
            "row": row,
            "column": column,
        }


class _Tally:
    """How the walks of some cells ended, until so many walks of each have."""

    def __init__(self, walks: int, cells: int) -> None:
        self.left = walks
        # By the walker's number: they come in any order, and a sum of floats depends on it.
        self._further = np.zeros((walks, cells))
        self._counts, self._steps, self._spent = (np.zeros((len(OUTCOMES), cells), dtype=np.int64) for _ in range(3))

    def add(self, cells: AnyCells, further: NDArray[Any]) -> None:
        """Count one walk of each cell, with a further number of each."""
        self._further[cells.walker] = further
        which = cells.outcome, np.arange(len(cells.outcome))
        self._counts[which] += 1
        self._steps[which] += cells.steps
        self._spent[which] += cells.evaluations
        self.left -= 1

    @property
    def further(self) -> NDArray[Any]:
        """The sum of the further numbers of all walks, shape (cells,)."""
        total: NDArray[Any] = self._further.sum(axis=0)
        return total

    def commonest(self) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """The commonest outcome of each cell, and the steps and evaluations of those on the average."""
        outcome = self._counts.argmax(axis=0)
        which = outcome, np.arange(len(outcome))
        count = self._counts[which]
        return outcome, np.rint(self._steps[which] / count), np.rint(self._spent[which] / count)
