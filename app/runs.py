"""The one file that knows both sides: request → landscape, optimizer, schedule, walk → records."""

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np

from app.descent.curvature import Point
from app.descent.data import ERRORS, Data
from app.descent.landscape import Box, Landscape
from app.descent.moves import LineSearch
from app.descent.optimizers import SYMBOLS, Optimizer
from app.descent.race import PARTS, Progress, best_known
from app.descent.rules import fill
from app.descent.schedules import LearningRates, Schedule, cycle_ends
from app.descent.verdict import Verdict, judge, say
from app.descent.walk import Chunk, Column, Descent, Ending, scatter, take_turns, trace, walk
from app.models import DescentRequest
from app.records import (
    ChunkRecord,
    DoneRecord,
    EndRecord,
    RatesAnswer,
    Record,
    RunRecord,
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
    starts: list[Point]

    @property
    def label(self) -> str:
        """The run's name or, where it has none, its settings in words, such as «Momentum 0.9, learning rate 0.1»."""
        if self.request.name:
            return self.request.name
        words = [self.optimizer.title]
        for index, parameter in enumerate(self.optimizer.hyperparameters):
            value = self.descent.values[parameter.key]
            if index == 0 and parameter.key == "momentum":
                words[0] += f" {say(value)}"
            elif value != parameter.default:
                words.append(f"{parameter.title.lower()} {say(value)}")
        return ", ".join([*words, f"learning rate {say(self.descent.rates.learning_rate)}"])

    def at_learning_rate(self, learning_rate: float) -> "Plan":
        """Return the same plan with another learning rate."""
        rates = replace(self.descent.rates, learning_rate=learning_rate)
        return replace(self, descent=replace(self.descent, rates=rates))


def plans(request: DescentRequest) -> list[Plan]:
    """Return what the request asks for, run by run."""
    return [plan(run, request.budget) for run in request.each_run]


def plan(request: DescentRequest, budget: int | None = None) -> Plan:
    """Return what one run asks for, from the registries; ``budget`` is how many evaluations it may spend."""
    optimizer = request.chosen_optimizer
    assert request.learning_rate is not None
    assert request.start is not None
    assert request.goal is not None
    descent = Descent(
        terrain=request.chosen_landscape.at(request.shape),
        rule=optimizer.rule,
        values=optimizer.values(request.canonical),
        rates=learning_rates(request),
        steps=request.steps,
        tolerance=request.tolerance,
        noise=request.noise,
        seed=request.seed,
        goal=request.goal,
        batch=request.batch,
        patience=request.patience,
        min_change=request.min_change,
        # Where each step costs the same, the number of steps is the budget.
        budget=budget if budget is not None and isinstance(optimizer.rule, LineSearch) else math.inf,
    )
    starts = scatter(request.box, tuple(request.start), request.starts, request.seed)
    return Plan(request, descent, optimizer, starts)


def learning_rates(request: DescentRequest) -> LearningRates:
    """Return the request's schedule made ready."""
    schedule = request.chosen_schedule
    assert request.learning_rate is not None
    return LearningRates(
        schedule,
        request.learning_rate,
        tuple(cycle_ends(request.steps, request.restarts, request.growth, request.warmup)),
        schedule.values(request.canonical),
        request.warmup,
    )


def rates_record(request: DescentRequest, most: int = 400) -> RatesAnswer:
    """Return the planned learning rates at every n-th step, both sides of each jump among them."""
    rates = learning_rates(request)
    every = max(1, -(-request.steps // most))
    steps = {*range(0, request.steps, every), request.steps - 1}
    steps |= {near for restart in rates.restarts for near in (restart - 1, restart)}
    planned = rates.between(0, request.steps)
    chosen = sorted(steps)
    return RatesAnswer(step=chosen, learning_rate=planned[chosen].tolist(), restarts=rates.restarts)


_LONGEST_WAY = 336  # steps: the first three chunks of a walk on floats


def records(request: DescentRequest) -> Iterator[Record]:
    """Yield the answer as records while it is computed: start, chunks with each walk's end among them, done."""
    each = plans(request)
    names = [
        WalkName(run=run, walker=walker, label=planned.label)
        for run, planned in enumerate(each)
        for walker in range(request.starts)
    ]
    runs = [_run_record(run, planned) for run, planned in enumerate(each)]
    start = StartRecord(kind="start", request=request.canonical, query=request.query, walks=names)
    yield {**start, "runs": runs} if request.runs else start
    yield from take_turns([_records_of_run(planned, run * request.starts) for run, planned in enumerate(each)])
    yield DoneRecord(kind="done")


def _run_record(run: int, planned: Plan) -> RunRecord:
    request = planned.request
    best = best_known(planned.descent.terrain, planned.descent.goal)
    return RunRecord(run=run, label=planned.label, query=request.query, request=request.canonical, best_known=best)


def _records_of_run(planned: Plan, first: int) -> Iterator[Record]:
    """Yield the chunks and ends of one run's walks, which are numbered from ``first`` on."""
    # The way of a walk is kept while it is short: should it diverge, the sharpest curvature on it is looked for.
    ways: dict[int, list[tuple[Column, Column]]] = {walker: [] for walker in range(len(planned.starts))}
    progress = Progress(planned.descent, len(planned.starts))
    for event in walk(planned.descent, planned.starts):
        progress.follow(event)
        if isinstance(event, Chunk):
            if event.first <= _LONGEST_WAY:
                ways[event.walker].append((event.x, event.y))
            yield _chunk_record(event, first, planned.request.chosen_landscape.dimensions)
        else:
            way = ways.pop(event.walker)
            summary = _summary(planned, event, way if event.steps <= _LONGEST_WAY else [])
            summary["reached"] = [
                {"part": part, "evaluations": _finite(reached), "stayed": _finite(stayed)}
                for part, reached, stayed in zip(
                    PARTS,
                    progress.reached[event.walker].tolist(),
                    progress.stayed[event.walker].tolist(),
                    strict=True,
                )
            ]
            yield EndRecord(kind="end", walk=first + event.walker, summary=summary)


def _chunk_record(chunk: Chunk, first: int, dimensions: int) -> ChunkRecord:
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
    return record  # type: ignore[return-value]  # columns are lists or arrays, which are written alike


def _finite(evaluations: float) -> int | None:
    return int(evaluations) if math.isfinite(evaluations) else None


def _whole_numbers(column: Column) -> Column:
    return column.astype(np.int64) if isinstance(column, np.ndarray) else column


def verdict(planned: Plan, ending: Ending, way: Sequence[tuple[Column, Column]]) -> Verdict:
    """Return where one walk of the plan ended and why; ``way`` has its iterates, where they are still known."""
    start = planned.starts[ending.walker]
    return judge(planned.descent, planned.optimizer, start, ending, way, planned.request.box)


def _summary(planned: Plan, ending: Ending, way: Sequence[tuple[Column, Column]]) -> Summary:
    judged = verdict(planned, ending, way)
    summary = {
        "outcome": judged.outcome,
        "stopped_by": ending.criterion,
        "steps": ending.steps,
        "evaluations": ending.evaluations,
        "x": ending.x,
        "y": ending.y,
        "loss": ending.loss,
        "gradient_norm": ending.gradient_norm,
        "place": judged.place,
        "hessian_eigenvalues": judged.hessian_eigenvalues,
        "stability_limit": judged.stability_limit,
        "message": judged.message,
    }
    if planned.request.chosen_landscape.dimensions == 1:
        del summary["y"]
    return summary  # type: ignore[return-value]  # built for its keys, of which y depends on the landscape


class Collector:
    """Joins the records of a stream into whole walks, eight bytes a number."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.names: Sequence[WalkName] = ()
        self.runs: Sequence[RunRecord] = ()
        self.columns: list[dict[str, array[Any]]] = []
        self.summaries: dict[int, Summary] = {}

    def add(self, record: Record) -> None:
        """Take the next record."""
        match record["kind"]:
            case "start":
                self.names, self.runs = record["walks"], record.get("runs", ())
                self.columns = [{} for _ in self.names]
            case "chunk":
                columns = self.columns[record["walk"]]
                for key, values in record.items():
                    if key not in ("kind", "walk", "step"):
                        code = "q" if key == "evaluations" else "d"
                        columns.setdefault(key, array(code)).extend(values)  # type: ignore[arg-type]
            case "end":
                self.summaries[record["walk"]] = record["summary"]

    def walks(self) -> Iterator[Walk]:
        """Yield the walks one by one; columns are arrays, which the JSON writer takes as they are."""
        for index, name in enumerate(self.names):
            columns = {key: np.frombuffer(values, dtype=values.typecode) for key, values in self.columns[index].items()}
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
    run, one = divmod(walker, request.starts)
    planned = plans(request)[run]
    left = count
    for wanted in trace(planned.descent, planned.starts, one, first):
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


def landscape_record(landscape: Landscape, shape: float | None = None) -> dict[str, Any]:
    """Return what the API tells of a landscape."""
    box, knob = landscape.domain, landscape.shape
    return {
        "slug": landscape.slug,
        "title": landscape.title,
        "family": landscape.family,
        "dimensions": landscape.dimensions,
        "axes": landscape.axes,
        "expression": landscape.expression_at(shape),
        "latex": landscape.loss.latex,
        "domain": box.sides,
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
        "smooth": landscape.smooth,
        "data": data_record(landscape.data) if landscape.data else None,
    }


def data_record(data: Data) -> dict[str, Any]:
    """Return the points that a landscape is made from, and what draws the fit for any weights a and b.

    The score of a point, or of a place on the curve, is a * features[0] + b * features[1]; ``link`` says what makes it
    the prediction: ``identity``, or ``logistic``, which is 1 / (1 + exp(-score)).
    """
    curve = data.curve()
    return {
        "x": data.inputs,
        "y": data.targets,
        "x_name": data.input_name,
        "y_name": data.target_name,
        "caption": data.caption,
        "error": data.error,
        "link": ERRORS[data.error].link,
        "features": data.features(np.array(data.inputs)).tolist(),
        "curve": {"x": curve["x"].tolist(), "features": [row.tolist() for row in curve["features"]]},
    }


def surface_record(
    landscape: Landscape, shape: float | None, domain: list[float] | None, resolution: int
) -> dict[str, Any]:
    """Return the loss over the domain on a grid of resolution × resolution points; rows follow y.

    Of a curve, ``resolution`` points with the loss and the derivative at each.
    """
    box = landscape.domain
    if domain is not None:
        box = Box.of(domain)
    terrain = landscape.at(shape)
    x, y, loss = terrain.surface(box, resolution)
    if y is None:
        return {"x": x, "loss": loss, "derivative": terrain.derivative(x)}
    return {"x": x, "y": y, "loss": np.ascontiguousarray(loss)}


def optimizer_record(optimizer: Optimizer) -> dict[str, Any]:
    """Return what the API tells of an optimizer."""
    symbols, variants = rule_symbols(optimizer), optimizer.rule.variants()
    return {
        "slug": optimizer.slug,
        "title": optimizer.title,
        "update_rule": _aligned(fill(line.symbols, symbols) for line in variants["rule"]),
        "first_update_rule": _aligned(fill(line.symbols, symbols) for line in variants.get("first", variants["rule"])),
        "hyperparameters": [parameter._asdict() for parameter in optimizer.hyperparameters],
        "convention": optimizer.convention,
        "source": optimizer.source._asdict(),
        "needs_hessian": optimizer.needs_hessian,
        "needs_all_data": optimizer.needs_all_data,
        "has_stability_limit": optimizer.stability is not None,
        "learning_rate": optimizer.learning_rate,
    }


def rule_symbols(optimizer: Optimizer) -> Mapping[str, str]:
    """Return how each quantity of the optimizer's rule is written in LaTeX."""
    return {**SYMBOLS, **{parameter.key: parameter.symbol for parameter in optimizer.hyperparameters}}


def schedule_record(schedule: Schedule) -> dict[str, Any]:
    """Return what the API tells of a schedule."""
    return {
        "slug": schedule.slug,
        "title": schedule.title,
        "update_rule": _aligned(schedule.rule),
        "hyperparameters": [parameter._asdict() for parameter in schedule.hyperparameters],
        "explanation": schedule.explanation,
        "anneals": schedule.anneals,
        "warms_up": schedule.warms_up,
        "source": schedule.source._asdict(),
    }


def _aligned(lines: Iterable[str]) -> str:
    return r" \\ ".join(lines)
