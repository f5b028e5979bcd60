"""Walks as records: start, chunks with each walk's end among them, done; and the same joined."""

import math
from array import array
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from app.answers.plans import Plan, prepared
from app.answers.records import (
    ChunkRecord,
    CrossingRecord,
    DoneRecord,
    EndRecord,
    MarkRecord,
    PlaneRecord,
    RatesAnswer,
    Record,
    RunRecord,
    StartRecord,
    StepNumbers,
    Summary,
    Walk,
    WalkName,
)
from app.answers.registries import landscape_record, plane_record, typed_rules
from app.answers.settings import learning_rates
from app.descent.judging.crossings import Crossings
from app.descent.judging.judged_walk import Judged
from app.descent.judging.marks import Marks, training_marks
from app.descent.judging.race import PARTS, best_known
from app.descent.walks.descent import Chunk, Column, Ending
from app.descent.walks.trace import trace, trace_weights
from app.descent.walks.training import Training
from app.descent.walks.walk import take_turns
from app.request.request import WalkRequest

# With more walkers in a run no crossings are told.
_FEW = 8


def rates_record(request: WalkRequest, most: int = 400) -> RatesAnswer:
    """The planned learning rates at every n-th step, both sides of each jump among them."""
    rates = learning_rates(request)
    every = max(1, -(-request.steps // most))
    steps = {*range(0, request.steps, every), request.steps - 1}
    steps |= {near for restart in rates.restarts for near in (restart - 1, restart)}
    planned = rates.between(0, request.steps)
    chosen = sorted(steps)
    return RatesAnswer(step=chosen, learning_rate=planned[chosen].tolist(), restarts=rates.restarts)


def records(request: WalkRequest) -> Iterator[Record | None]:
    """Yield the answer as records while it is computed: start, chunks with each walk's end among them, done.

    None stands for a turn's end: while the plane that a network's walks are drawn on is looked for, or basins are.
    """
    each = yield from prepared(request)
    names = [
        WalkName(run=run, walker=walker, label=planned.label)
        for run, planned in enumerate(each)
        for walker in range(request.starts)
    ]
    runs = [_run_record(run, planned) for run, planned in enumerate(each)]
    start = StartRecord(
        kind="start",
        request=request.canonical,
        query=request.query,
        landscape=landscape_record(each[0].descent.landscape),
        walks=names,
    )
    if request.runs:
        start["runs"] = runs
    if rules := typed_rules(request):
        start["optimizers"] = rules
    if isinstance(each[0].descent, Training):
        start["plane"] = plane_record(each[0].descent.plane)
    yield start
    # Where a run has many, nobody follows one over its ridges. A run beside others says what it says alone.
    ridges = request.starts <= _FEW
    weights = bool(request.weights)
    runs_records = [_records_of_run(planned, run * request.starts, ridges, weights) for run, planned in enumerate(each)]
    yield from take_turns(runs_records)
    yield DoneRecord(kind="done")


def _run_record(run: int, planned: Plan) -> RunRecord:
    request = planned.request
    best = best_known(planned.descent.landscape, planned.descent.goal)
    return RunRecord(run=run, label=planned.label, query=request.query, request=request.canonical, best_known=best)


def _records_of_run(planned: Plan, first: int, ridges: bool, weights: bool) -> Iterator[Record | None]:
    """The chunks and ends of one run's walks, numbered from ``first`` on; with ``weights`` where asked for."""
    dimensions = planned.request.landscape.dimensions
    for event in planned.judged(ridges=ridges):
        if isinstance(event, Judged):
            marks = _marks(planned, event.ending) if event.ending.walker == 0 else []
            yield EndRecord(kind="end", walk=first + event.ending.walker, summary=_summary(event, dimensions, marks))
        elif event is None:
            yield None
        else:
            yield _chunk_record(event, first, dimensions, weights)


def _marks(planned: Plan, ending: Ending) -> list[MarkRecord]:
    start, training = planned.starts[0], planned.descent
    if isinstance(training, Training):
        weights = training.weights_of([start])[:, 0], None if ending.outcome == "diverged" else ending.weights
        found = training_marks(training, planned.optimizer, training.network, *weights)
    else:
        # The end of a diverged walk is near nothing.
        end = start if ending.outcome == "diverged" else (ending.x, ending.y)[: len(start)]
        found = Marks(planned.descent, planned.optimizer).of(start, end)
    return [mark._asdict() for mark in found]  # type: ignore[misc]  # its fields are the record's


def _chunk_record(chunk: Chunk, first: int, dimensions: int, weights: bool) -> ChunkRecord:
    record = {
        "kind": "chunk",
        "walk": first + chunk.walker,
        "step": list(range(chunk.first, chunk.first + len(chunk.x))),
        "x": chunk.x,
        "y": chunk.y,
        "loss": chunk.loss,
        "gradient_norm": chunk.gradient_norm,
        "learning_rate": chunk.learning_rate,
        "evaluations": _whole_numbers(chunk.evaluations),
    }
    if dimensions == 1:
        del record["y"]
    if chunk.weights is not None:
        record |= {"off_plane": chunk.off_plane, "plane_loss": chunk.plane_loss}
        record |= {"weights": np.ascontiguousarray(chunk.weights)} if weights else {}
    return record  # type: ignore[return-value]  # columns are lists or arrays, which are written alike


def _finite(evaluations: float) -> int | None:
    return int(evaluations) if math.isfinite(evaluations) else None


def _whole_numbers(column: Column) -> Column:
    return column.astype(np.int64) if isinstance(column, np.ndarray) else column


def _summary(judged: Judged, dimensions: int, marks: list[MarkRecord]) -> Summary:
    ending, verdict = judged.ending, judged.verdict
    summary = {
        "outcome": verdict.outcome,
        "stopped_by": ending.criterion,
        "steps": ending.steps,
        "evaluations": ending.evaluations,
        "x": ending.x,
        "y": ending.y,
        "loss": ending.loss,
        "gradient_norm": ending.gradient_norm,
        "place": verdict.place,
        "hessian_eigenvalues": verdict.hessian_eigenvalues,
        "stability_limit": verdict.stability_limit,
        "message": verdict.message,
        "reached": [
            {"part": part, "evaluations": _finite(reached), "stayed": _finite(stayed)}
            for part, reached, stayed in zip(PARTS, judged.reached.tolist(), judged.stayed.tolist(), strict=True)
        ],
        "cycle": verdict.cycle,
        "crossings": _crossings(verdict.crossings),
        "crossed": None if verdict.crossings is None else verdict.crossings.count,
        "marks": marks,
    }
    if dimensions == 1:
        del summary["y"]
    return summary  # type: ignore[return-value]  # built for its keys, of which y depends on the landscape


def _crossings(crossings: Crossings | None) -> list[CrossingRecord] | None:
    if crossings is None:
        return None
    return [{"step": step, "from": [*left], "to": [*reached]} for step, left, reached in crossings.told]


class Collector:
    """Joins the records of a stream into whole walks, eight bytes a number."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.names: Sequence[WalkName] = ()
        self.runs: Sequence[RunRecord] = ()
        self.plane: PlaneRecord | None = None
        self.columns: list[dict[str, array[Any]]] = []
        self.summaries: dict[int, Summary] = {}

    def add(self, record: Record | None) -> None:
        """Take the next record; None is none."""
        if record is None:
            return
        match record["kind"]:
            case "start":
                self.names, self.runs, self.plane = record["walks"], record.get("runs", ()), record.get("plane")
                self.columns = [{} for _ in self.names]
            case "chunk":
                columns = self.columns[record["walk"]]
                for key, values in record.items():
                    if key not in ("kind", "walk", "step"):
                        code = "q" if key == "evaluations" else "d"
                        numbers: Any = values
                        columns.setdefault(key, array(code)).extend(np.ravel(numbers) if key == "weights" else numbers)
            case "end":
                self.summaries[record["walk"]] = record["summary"]

    def walks(self) -> Iterator[Walk]:
        """Yield the walks one by one; columns are arrays, which the JSON writer takes as they are."""
        for index, name in enumerate(self.names):
            columns = {key: np.frombuffer(values, dtype=values.typecode) for key, values in self.columns[index].items()}
            steps = {"step": np.arange(len(columns["x"]))}
            if "weights" in columns:
                columns["weights"] = columns["weights"].reshape(len(columns["x"]), -1)
            yield {**name, **steps, **columns, "summary": self.summaries[index]}  # type: ignore[typeddict-item]


def answer(request: WalkRequest) -> list[Walk]:
    """All walks of the request at once; for pictures, lessons and tests, where nothing streams."""
    collector = Collector()
    for record in records(request):
        collector.add(record)
    return list(collector.walks())


def step_numbers(
    request: WalkRequest, walker: int, first: int, count: int, weight: tuple[int, int] = (0, 1)
) -> Iterator[list[StepNumbers] | None]:
    """Yield, chunk by chunk, the numbers of the steps ``first`` to ``first + count - 1``, as far as they were taken.

    Of a network they are those of two of its weights. None is yielded while the plane of its walks is looked for.
    """
    run, one = divmod(walker, request.starts)
    each = yield from prepared(request)
    planned, left = each[run], count
    if isinstance(planned.descent, Training):
        traced = trace_weights(planned.descent, planned.starts, one, first, weight)
    else:
        traced = trace(planned.descent, planned.starts, one, first)
    for wanted in traced:
        yield [
            StepNumbers(
                step=one.step,
                first=one.rule == "first",
                rule=one.rule,
                quantities=one.quantities,
                batch=one.batch,
            )
            for one in islice(wanted, left)
        ]
        left -= len(wanted)
        if left <= 0:
            return
