"""A walk of one walker on Python floats, 20 times faster than arrays of two numbers."""

import math
from collections.abc import Iterator
from itertools import accumulate, islice
from typing import Any, NamedTuple

from app.descent.landscapes.curvature import Point, in_plane
from app.descent.landscapes.landscape import FixedLandscape
from app.descent.optimizers.rules import State
from app.descent.walks.descent import (
    CHUNK,
    Chunk,
    Criterion,
    Descent,
    Ending,
    Note,
    StepFunctions,
    chunk_lengths,
)
from app.descent.walks.endings import STALL_RATE, STALL_STEPS


class _Alone(NamedTuple):
    """Where one walker on floats is between two chunks."""

    x: float
    y: float
    before_x: float
    before_y: float
    loss: float
    unchanged: int
    best: float
    waited: int
    state: State
    evaluations: int


def walk_alone(descent: Descent, walker: int, start: Point, notes: list[Note] | None) -> Iterator[Chunk | Ending]:
    """The chunks of one walker on floats, and its ending; ``notes`` takes down what each step was made of."""
    x, y = in_plane(start)
    # A start where the gradient is zero is an end, unless chance may lead away from it.
    before = math.inf if descent.is_random else x
    at = _Alone(x, y, before, y, math.nan, 0, math.inf, -1, None, 0)
    draw = descent.noise_rows(walker) if descent.noise else None
    batches = descent.batches(walker) if descent.batch else None
    hands = StepFunctions(
        descent.evaluate(descent.landscape.floats),
        descent.sample(descent.landscape.floats),
        updates.floats if (updates := descent.updates()) else None,
        descent.steps_of_method(arrays=False),
    )
    criterion: Criterion | None = None
    first = 0
    lengths = chunk_lengths(max(4, CHUNK // descent.step_work))
    while criterion is None:
        last = min(first + next(lengths), descent.steps + 1)
        planned = descent.rates.between(first, last).tolist()
        rates = list(planned)
        noise = draw(last - first).tolist() if draw else None
        rows = list(islice(batches, last - first)) if batches else None
        costs = [descent.cost] * (last - first)
        columns, after, criterion = _advance(descent, hands, at, rates, noise, rows, costs, notes)
        count = len(columns[0])
        spent = list(accumulate(costs[:count], initial=at.evaluations))
        within = next((k for k, value in enumerate(spent[:count]) if value >= descent.budget), count)
        if within < count and not (criterion and within == count - 1):
            criterion, count, spent = "budget", within + 1, spent[: within + 2]
            columns = tuple(column[:count] for column in columns)  # type: ignore[assignment]  # four columns
        at = after._replace(evaluations=spent[-1])
        if first + count > descent.steps or criterion == "budget":
            rates[count - 1] = planned[count - 1]  # from the last iterate no step is taken
        yield Chunk(walker, first, *columns, rates[:count], spent[:count])
        first += count
        if criterion is None and first > descent.steps:
            criterion = "steps"
    x, y, loss, norm = (column[-1] for column in columns)
    yield Ending(walker, criterion, first - 1, x, y, loss, norm, spent[count - 1])


def _advance(
    descent: Descent,
    hands: StepFunctions,
    at: _Alone,
    rates: list[float],
    noise: list[list[float]] | None,
    rows: list[Any] | None,
    costs: list[int],
    notes: list[Note] | None,
) -> tuple[tuple[list[float], list[float], list[float], list[float]], _Alone, Criterion | None]:
    """Take a step for each learning rate on floats, until something ends the walk. This is the hot loop.

    A method that probes writes the learning rate that it used into ``rates`` and what it cost into ``costs``.
    """
    x, y, before_x, before_y, last_loss, unchanged, best, waited, state, _ = at
    (low_x, low_y), (high_x, high_y) = descent.landscape.reach
    tolerance = descent.tolerance or -1.0
    stall_rate = descent.rates.learning_rate * STALL_RATE if descent.tolerance else math.inf
    downhill, patience, min_change = descent.downhill, descent.patience, descent.min_change
    evaluate, sample, update, steps = hands
    problem = descent.problem(arrays=False)
    # Without mini-batch and noise all steps see the same problem.
    step = steps.step(problem) if steps is not None else None
    is_drawn = rows is not None or noise is not None
    if steps is not None and state is None:
        state = steps.init((x, y))
    hypot, nan = math.hypot, math.nan
    xs: list[float] = []
    ys: list[float] = []
    losses: list[float] = []
    norms: list[float] = []
    criterion: Criterion | None = None
    for k, learning_rate in enumerate(rates):
        try:
            loss, gradient_x, gradient_y = evaluate(x, y)
        except (ArithmeticError, ValueError):
            loss = _loss_alone(descent.landscape, x, y)
            gradient_x = gradient_y = nan
        norm = hypot(gradient_x, gradient_y)
        xs.append(x)
        ys.append(y)
        losses.append(loss)
        norms.append(norm)
        # A difference with itself is zero for finite numbers only.
        if not (low_x <= x <= high_x and low_y <= y <= high_y and loss - loss == 0.0):
            criterion = "too_far" if (x - x) + (y - y) + (loss - loss) == 0.0 else "not_finite"
            break
        if norm <= tolerance and hypot(x - before_x, y - before_y) <= tolerance:
            criterion = "tolerance"
            break
        if loss != last_loss:
            last_loss = loss
            unchanged = 0
        elif learning_rate > stall_rate:
            unchanged += 1
            if unchanged >= STALL_STEPS:
                criterion = "unchanged"
                break
        if patience:
            if best - downhill * loss > min_change:
                best = downhill * loss
                waited = 0
            else:
                waited += 1
                if waited >= patience:
                    criterion = "patience"
                    break
        slope = gradient_x, gradient_y
        if rows is not None:
            gradient_x, gradient_y = sample(x, y, rows[k])  # type: ignore[misc]  # it is there where rows are
        batch_slope = gradient_x, gradient_y
        if noise is not None:
            noise_x, noise_y = noise[k]
            gradient_x += noise_x
            gradient_y += noise_y
        if notes is not None:
            gradient = gradient_x, gradient_y
            notes.append(Note(x, y, loss, slope, batch_slope, gradient, state, learning_rate))
        before_x, before_y = x, y
        try:
            if update is not None:
                x, y, state = update(gradient_x, gradient_y, state, learning_rate, x, y)
            else:
                if is_drawn:
                    here = descent.drawn(problem, rows and rows[k], noise and noise[k])
                    step = steps.step(here)  # type: ignore[union-attr]  # it is there where no update is
                (x, y), state, rates[k], spent = step(  # type: ignore[misc]
                    (x, y), loss, (gradient_x, gradient_y), state, learning_rate
                )
                costs[k] *= spent
        except (ArithmeticError, ValueError):
            x = y = nan
    after = _Alone(x, y, before_x, before_y, last_loss, unchanged, best, waited, state, 0)
    return (xs, ys, losses, norms), after, criterion


def _loss_alone(landscape: FixedLandscape, x: float, y: float) -> float:
    """The loss where it exists without its gradient, as at the tip of a cone; NaN where it does not either."""
    try:
        return float(landscape.floats.loss(x, y))
    except (ArithmeticError, ValueError):
        return math.nan
