"""The numbers that each step of a walk was made of."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from app.descent.landscapes.curvature import Point
from app.descent.optimizers.rules import State, Updates
from app.descent.walks.descent import Chunk, Descent, Note, Variant
from app.descent.walks.training import Training
from app.descent.walks.walk import walk
from app.descent.walks.weights import Draws, WeightsChunk, WeightsEnding


class TracedStep(NamedTuple):
    """All numbers that one step was made of, as the walk used them, by the names of ``optimizers.SYMBOLS``.

    Vectors are pairs, of which a curve has only the first. ``batch`` has the rows of the mini-batch, where one was
    drawn; ``rule`` names the variant of the rule's lines that led on from here.
    """

    step: int
    rule: Variant
    quantities: dict[str, Any]
    batch: list[int] | None


def trace(descent: Descent, starts: Sequence[Point], walker: int, first: int = 0) -> Iterator[list[TracedStep]]:
    """Walk once more and yield, chunk by chunk, the numbers of every step that was taken from ``first`` on."""
    notes: list[Note] = []
    draw, batches = descent.noise_rows(walker), descent.batches(walker) if descent.batch else None
    updates = descent.updates()
    rates: list[float] = []
    points: list[tuple[float, float]] = []
    done = 0
    for chunk in (event for event in walk(descent, starts, walker, notes) if isinstance(event, Chunk)):
        points.extend(zip(map(float, chunk.x), map(float, chunk.y), strict=True))
        rates.extend(map(float, chunk.learning_rate))
        # The step from the last point so far is known when the next point is.
        count = len(points) - 1
        noise = draw(count).tolist()
        rows = [row.tolist() for row in islice(batches, count)] if batches else [None] * count
        yield [
            TracedStep(
                done + k,
                _variant(descent, notes[k], rates[k]),
                _quantities(descent, updates, notes[k], noise[k], rates[k], points[k + 1]),
                rows[k],
            )
            for k in range(max(0, first - done), count)
        ]
        done += count
        del points[:count], rates[:count], notes[:count]


def trace_weights(
    training: Training, starts: Sequence[Point], walker: int, first: int, pair: tuple[int, int]
) -> Iterator[list[TracedStep]]:
    """The same of a network's training, for the two weights of the ``pair``: x and y stand for them.

    The rule is one that each coordinate follows by itself. What it remembers is computed again from the gradients of
    these two, and equals what the walk remembered to rounding. Where numbers are beyond all floats, the steps end.
    """
    updates = training.updates()
    assert updates is not None, "the rule is one that each coordinate follows by itself"
    draws = Draws(training, training.points, training.network.size, walker)
    state: State = None
    last: WeightsChunk | None = None
    for chunk in training.walk(starts, walker):
        if isinstance(chunk, WeightsEnding):
            continue
        # The step from the last iterate so far is known when the next one is.
        whole, last = _joined(last, chunk), chunk
        steps: list[TracedStep] = []
        for note, noise, rows, following in _notes(training, draws, whole, list(pair)):
            done, note = whole.first + len(steps), note._replace(state=state)
            try:
                numbers = _quantities(training, updates, note, noise, note.tried, following)
                state = updates.floats(*note.gradient, state, note.tried, note.x, note.y)[2]
            except (ArithmeticError, ValueError):
                yield steps[max(0, first - whole.first) :]
                return
            steps.append(TracedStep(done, _variant(training, note, note.tried), numbers, rows))
        yield steps[max(0, first - whole.first) :]


def _joined(last: WeightsChunk | None, chunk: WeightsChunk) -> WeightsChunk:
    """The chunk with the last iterate of the one before in front."""
    if last is None:
        return chunk
    columns = [np.concatenate([before[-1:], after]) for before, after in zip(last[2:], chunk[2:], strict=True)]
    return WeightsChunk(chunk.walker, chunk.first - 1, *columns)


def _notes(
    training: Training, draws: Draws, chunk: WeightsChunk, chosen: list[int]
) -> Iterator[tuple[Note, list[float], list[int] | None, tuple[float, float]]]:
    """What the runner knew of the chosen weights at each step between the iterates, but for the rule's own state.

    With it come the noise, the rows of the mini-batch, and where the step led.
    """
    count, network = len(chunk.loss) - 1, training.network
    if count == 0:
        return
    points = chunk.weights[:-1].T
    drawn, rows = draws.of(count)
    slopes = training.downhill * network.loss_and_gradient(points)[1][chosen]
    sampled = slopes if rows is None else training.downhill * network.batch_gradient(points, rows)[chosen]
    noise = np.zeros((count, 2)) if drawn is None else drawn[:, chosen]
    places = chunk.weights[:, chosen].tolist()
    for k in range(count):
        slope, batch_slope, added = slopes[:, k].tolist(), sampled[:, k].tolist(), noise[k].tolist()
        gradient = batch_slope[0] + added[0], batch_slope[1] + added[1]
        rate = float(chunk.learning_rate[k])
        known = (slope[0], slope[1]), (batch_slope[0], batch_slope[1]), gradient
        x, y = places[k]
        note = Note(x, y, chunk.loss[k], *known, None, rate)
        yield note, added, None if rows is None else rows[k].tolist(), (places[k + 1][0], places[k + 1][1])


def _variant(descent: Descent, note: Note, rate: float) -> Variant:
    """Which of the rule's lines were used, among those that it has."""
    known = descent.rule.variants()
    if "refused" in known and rate == 0 < note.tried:
        return "refused"
    if "first" in known and note.state is None:
        return "first"
    return "uphill" if "uphill" in known and descent.goal == "maximize" else "rule"


def _quantities(
    descent: Descent,
    updates: Updates | None,
    note: Note,
    noise: list[float],
    rate: float,
    following: tuple[float, float],
) -> dict[str, Any]:
    size = descent.landscape.entry.dimensions
    pairs = {
        "point": (note.x, note.y),
        "slope": [descent.downhill * _number(part) for part in note.slope],
        "batch_slope": [descent.downhill * _number(part) for part in note.batch_slope],
        "noise": noise,
        "gradient": note.gradient,
        "point_next": following,
    }
    known: dict[str, Any] = {name: [_number(part) for part in pair][:size] for name, pair in pairs.items()}
    known |= {"loss": _number(note.loss), "learning_rate": rate, **descent.values}
    if updates is None:
        known["tried"] = note.tried
        return known | descent.rule.explain(descent.problem(arrays=False), known, note.state)  # type: ignore[union-attr]
    x, y = map(_number, note.gradient)
    explained = updates.explain(x, y, _numbers(note.state), rate, _number(note.x), _number(note.y))
    for name, value in explained.items():
        if name.endswith("_x"):
            known.setdefault(name[:-2], [value, explained[f"{name[:-2]}_y"]][:size])
        elif not name.endswith("_y") and name != "state":
            known.setdefault(name, value)
    return known


def _number(value: Any) -> float:
    return float(np.asarray(value).reshape(-1)[0])


def _numbers(state: State) -> State:
    return None if state is None else tuple(map(_number, state))
