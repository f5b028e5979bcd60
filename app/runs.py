"""The one file that knows both sides: request → landscape, optimizer, schedule, walk → records."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from app.descent.landscape import Landscape, Point
from app.descent.optimizers import SYMBOLS, Optimizer
from app.descent.schedules import LearningRates, Schedule, cycle_ends
from app.descent.verdict import judge, say
from app.descent.walk import Chunk, Descent, Ending, TracedStep, scatter, trace, walk
from app.models import (
    ChunkRecord,
    DescentRequest,
    DoneRecord,
    EndRecord,
    Record,
    StartRecord,
    StepNumbers,
    Summary,
    Walk,
    WalkName,
)


@dataclass(frozen=True)
class Plan:
    """A request made ready to walk."""

    request: DescentRequest
    descent: Descent
    optimizer: Optimizer
    values: dict[str, float]
    starts: list[Point]

    @property
    def label(self) -> str:
        """The run in words, such as «Momentum 0.9, learning rate 0.1»."""
        words = [self.optimizer.title]
        for index, parameter in enumerate(self.optimizer.hyperparameters):
            value = self.values[parameter.key]
            if index == 0:
                words[0] += f" {say(value)}"
            elif value != parameter.default:
                words.append(f"{parameter.title.lower()} {say(value)}")
        return ", ".join([*words, f"learning rate {say(self.descent.rates.learning_rate)}"])


def plan(request: DescentRequest) -> Plan:
    """Return what the request asks for, from the registries."""
    optimizer = request.chosen_optimizer
    values = optimizer.values(request.canonical)
    assert request.learning_rate is not None
    assert request.start is not None
    assert request.goal is not None
    descent = Descent(
        terrain=request.chosen_landscape.at(request.shape),
        update=optimizer.build(**values),
        rates=LearningRates(
            request.chosen_schedule,
            request.learning_rate,
            tuple(cycle_ends(request.steps, request.restarts, request.growth)),
            request.floor or 0.0,
        ),
        steps=request.steps,
        tolerance=request.tolerance,
        noise=request.noise,
        seed=request.seed,
        goal=request.goal,
    )
    starts = scatter(request.box, tuple(request.start), request.starts, request.seed)
    return Plan(request, descent, optimizer, values, starts)


def records(request: DescentRequest) -> Iterator[Record]:
    """Yield the answer as records while it is computed: start, chunks with each walk's end among them, done."""
    planned = plan(request)
    names = [WalkName(run=0, walker=walker, label=planned.label) for walker in range(request.starts)]
    yield StartRecord(kind="start", request=request.canonical, query=request.query, walks=names)
    for event in walk(planned.descent, planned.starts):
        if isinstance(event, Chunk):
            yield _chunk_record(event, request.chosen_landscape.dimensions)
        else:
            yield EndRecord(kind="end", walk=event.walker, summary=_summary(planned, event))
    yield DoneRecord(kind="done")


def _chunk_record(chunk: Chunk, dimensions: int) -> ChunkRecord:
    record = {
        "kind": "chunk",
        "walk": chunk.walker,
        "step": list(range(chunk.first, chunk.first + len(chunk.x))),
        "x": chunk.x,
        "y": chunk.y,
        "loss": chunk.loss,
        "gradient_norm": chunk.gradient_norm,
        "learning_rate": chunk.learning_rate,
    }
    if dimensions == 1:
        del record["y"]
    return record  # type: ignore[return-value]  # columns are lists or arrays, which are written alike


def _summary(planned: Plan, ending: Ending) -> Summary:
    verdict = judge(planned.descent, planned.optimizer, planned.values, planned.starts[ending.walker], ending)
    summary = {
        "outcome": verdict.outcome,
        "steps": ending.steps,
        "x": ending.x,
        "y": ending.y,
        "loss": ending.loss,
        "gradient_norm": ending.gradient_norm,
        "place": verdict.place,
        "hessian_eigenvalues": verdict.hessian_eigenvalues,
        "stability_limit": verdict.stability_limit,
        "message": verdict.message,
    }
    if planned.request.chosen_landscape.dimensions == 1:
        del summary["y"]
    return summary  # type: ignore[return-value]  # built for its keys, of which y depends on the landscape


class Collector:
    """Joins the records of a stream into whole walks, eight bytes a number."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.names: Sequence[WalkName] = ()
        self.columns: list[dict[str, array[float]]] = []
        self.summaries: dict[int, Summary] = {}

    def add(self, record: Record) -> None:
        """Take the next record."""
        match record["kind"]:
            case "start":
                self.names = record["walks"]
                self.columns = [{} for _ in self.names]
            case "chunk":
                columns = self.columns[record["walk"]]
                for key, values in record.items():
                    if key not in ("kind", "walk", "step"):
                        columns.setdefault(key, array("d")).extend(values)  # type: ignore[arg-type]
            case "end":
                self.summaries[record["walk"]] = record["summary"]

    def walks(self) -> Iterator[Walk]:
        """Yield the walks one by one; columns are arrays, which the JSON writer takes as they are."""
        for index, name in enumerate(self.names):
            columns = {key: np.frombuffer(values) for key, values in self.columns[index].items()}
            steps = {"step": np.arange(len(columns["x"]))}
            yield {**name, **steps, **columns, "summary": self.summaries[index]}  # type: ignore[typeddict-item]


def answer(request: DescentRequest) -> list[Walk]:
    """Return all walks of the request at once; for pictures, lessons and tests, where nothing streams."""
    collector = Collector()
    for record in records(request):
        collector.add(record)
    return list(collector.walks())


def step_numbers(request: DescentRequest, walker: int, first: int, count: int) -> Iterator[list[StepNumbers]]:
    """Yield, chunk by chunk, the numbers of the steps ``first`` to ``first + count - 1``, as far as they were taken."""
    planned = plan(request)
    dimensions = request.chosen_landscape.dimensions
    left = count
    for chunk in trace(planned.descent, planned.starts, walker):
        wanted = [step for step in chunk if step.step >= first]
        yield [_step_numbers(planned, step, dimensions) for step in islice(wanted, left)]
        left -= len(wanted)
        if left <= 0:
            return


def _step_numbers(planned: Plan, step: TracedStep, dimensions: int) -> StepNumbers:
    names = planned.optimizer.state
    vectors = {
        "point": step.point,
        "slope": step.slope,
        "noise": step.noise,
        "gradient": step.gradient,
        **dict(zip(names, step.state, strict=False)),
        **dict(zip((f"{name}_next" for name in names), step.state_next, strict=False)),
        "point_next": step.point_next,
    }
    quantities: dict[str, float | list[float]] = {name: list(pair[:dimensions]) for name, pair in vectors.items()}
    return StepNumbers(
        step=step.step,
        first=not step.state and bool(names),
        quantities={**quantities, "learning_rate": step.learning_rate, **planned.values},
    )


def landscape_record(landscape: Landscape, shape: float | None = None) -> dict[str, Any]:
    """Return what the API tells of a landscape."""
    box, knob = landscape.domain, landscape.shape
    return {
        "slug": landscape.slug,
        "title": landscape.title,
        "family": landscape.family,
        "dimensions": landscape.dimensions,
        "expression": landscape.expression_at(shape),
        "latex": landscape.formula.latex,
        "domain": [side for pair in zip(box.low, box.high, strict=True) for side in pair],
        "start": list(landscape.start),
        "learning_rate": landscape.learning_rate,
        "goal": landscape.goal,
        "shape": knob._asdict() | {"symbol": rf"\{knob.symbol}"} if knob else None,
        "stationary_points": [
            {"point": list(known.point), "value": known.value, "kind": known.kind}
            for known in landscape.at(shape).stationary_points
        ],
        "source": landscape.source._asdict(),
        "teaches": landscape.teaches,
    }


def surface_record(
    landscape: Landscape, shape: float | None, domain: list[float] | None, resolution: int
) -> dict[str, Any]:
    """Return the loss over the domain on a grid of resolution × resolution points; rows follow y."""
    box = landscape.domain
    if domain is not None:
        box = type(box)(tuple(domain[0::2]), tuple(domain[1::2]))
    x, y, loss = landscape.at(shape).surface(box, resolution)
    record = {"x": x, "y": y, "loss": np.ascontiguousarray(loss)}
    if y is None:
        del record["y"]
    return record


def optimizer_record(optimizer: Optimizer) -> dict[str, Any]:
    """Return what the API tells of an optimizer."""
    return {
        "slug": optimizer.slug,
        "title": optimizer.title,
        "update_rule": _aligned(_filled(line, optimizer) for line in optimizer.rule),
        "first_update_rule": _aligned(_filled(line, optimizer) for line in optimizer.first_rule),
        "hyperparameters": [parameter._asdict() for parameter in optimizer.hyperparameters],
        "convention": optimizer.convention,
        "source": optimizer.source._asdict(),
    }


def rule_symbols(optimizer: Optimizer) -> Mapping[str, str]:
    """Return how each quantity of the optimizer's rule is written in LaTeX."""
    return {**SYMBOLS, **{parameter.key: parameter.symbol for parameter in optimizer.hyperparameters}}


def _filled(line: str, optimizer: Optimizer) -> str:
    # str.format would trip over LaTeX's own braces, as in v_{k+1}.
    for name, symbol in rule_symbols(optimizer).items():
        line = line.replace(f"{{{name}}}", symbol)
    return line


def schedule_record(schedule: Schedule) -> dict[str, Any]:
    """Return what the API tells of a schedule."""
    return {
        "slug": schedule.slug,
        "title": schedule.title,
        "update_rule": _aligned(schedule.rule),
        "hyperparameters": [parameter._asdict() for parameter in schedule.hyperparameters],
        "explanation": schedule.explanation,
        "source": schedule.source._asdict(),
    }


def _aligned(lines: Iterable[str]) -> str:
    return r" \\ ".join(lines)
