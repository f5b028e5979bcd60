"""The walk: a generator of chunks and one ending for each walker, alone or many side by side.

A few walkers step on Python floats, 20 times faster than arrays of two numbers; many step as arrays. Both run the same
landscape functions and the same update rule, and agree to rounding.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, islice, repeat
from typing import Any, Literal, NamedTuple, TypeVar

import numpy as np

from app.descent.curvature import Point, lift
from app.descent.formula import Array, Functions
from app.descent.landscape import Box, Goal, Landscape, Terrain
from app.descent.moves import LineSearch, Move, Newton
from app.descent.rules import Rule, State, Update, Updates
from app.descent.schedules import LearningRates

T = TypeVar("T")
Outcome = Literal["converged", "diverged", "stalled", "out_of_steps"]
# What ended a walk: gradient norm and step within the tolerance; the loss no better for `patience` steps; the loss the
# same to the last bit; no steps left; no evaluations left; a value that is not finite; a place too far away.
Criterion = Literal["tolerance", "patience", "unchanged", "steps", "budget", "not_finite", "too_far"]
Column = Sequence[float] | Array
# The lines of a rule: as they are, at the first step, of an ascent, and of a step that a line search did not take.
Variant = Literal["rule", "first", "uphill", "refused"]

# Measured: with up to so many walkers floats are faster than arrays.
MOST_ALONE = 24
# A walk has stalled when this many steps in a row, at more than a hundredth of the full learning rate, left the loss
# the same to the last bit.
STALL_STEPS = 64
STALL_RATE = 0.01
_FIRST_CHUNKS = (16, 64)
_CHUNK = 256
# Steps × walkers of one chunk, at the most: about 2 ms, so that other clients of the server get their turn.
MOST_AT_ONCE = 16_384
# An evaluation over so many data points costs about what one of a formula does; a line search may well need so many.
_POINTS_A_FORMULA = 10
_TRIES = 8

# Each walker draws from its own generators, so that its path does not depend on how many others there are.
_STARTS, _NOISE, _BATCHES = 0, 1, 2

OUTCOME_OF: Mapping[Criterion, Outcome] = {
    "tolerance": "converged",
    "patience": "stalled",
    "unchanged": "stalled",
    "steps": "out_of_steps",
    "budget": "out_of_steps",
    "not_finite": "diverged",
    "too_far": "diverged",
}


@dataclass(frozen=True)
class Descent:
    """Everything that decides a walk but its start.

    ``rule`` is an optimizer's, ``values`` its hyperparameters by key. ``tolerance`` 0 means never to stop early, and
    ``patience`` 0 not to ask whether the loss still changes; ``noise`` is the standard deviation added to each gradient
    component; ``batch`` 0 means the whole data set. ``budget`` is a number of evaluations, counted as those of a chunk
    are: the walk ends with the step that uses them up.
    """

    terrain: Terrain
    rule: Rule | Newton | LineSearch
    values: Mapping[str, float]
    rates: LearningRates
    steps: int
    tolerance: float = 1e-6
    noise: float = 0.0
    seed: int = 0
    goal: Goal = "minimize"
    batch: int = 0
    patience: int = 0
    min_change: float = 0.0
    budget: float = math.inf

    @property
    def downhill(self) -> float:
        """1 where the loss is to fall, -1 where it is to rise."""
        return 1.0 if self.goal == "minimize" else -1.0

    @property
    def is_random(self) -> bool:
        """Whether a step may be taken where the gradient is zero: noise, or that of a mini-batch, is not."""
        return self.noise > 0 or self.batch > 0

    @property
    def weight(self) -> int:
        """About how many evaluations of a formula one step costs."""
        return step_weight(self.terrain.landscape, self.rule)

    @property
    def points(self) -> int:
        """How many data points the whole loss is made from; 1 where it is a formula."""
        data = self.terrain.landscape.data
        return len(data) if data else 1

    def updates(self) -> Updates | None:
        """Return the rule on one coordinate, None where the rule moves the whole point."""
        return self.rule.bind(**self.values) if isinstance(self.rule, Rule) else None

    def move(self, arrays: bool) -> Move | None:
        """Return the rule that moves the whole point, None where each coordinate goes by itself."""
        if isinstance(self.rule, Rule):
            return None
        functions = self.terrain.arrays if arrays else self.terrain.floats
        return self.rule.bind(functions, self.terrain.landscape.dimensions, self.downhill, arrays, **self.values)

    def evaluate(self, functions: Functions) -> Callable[[Any, Any], tuple[Any, Any, Any]]:
        """Return the function that gives the loss and the gradient to descend, which for ascent is the negative one."""
        downhill = functions.loss_and_gradient
        if self.goal == "minimize":
            return downhill

        def uphill(x: Any, y: Any) -> tuple[Any, Any, Any]:
            loss, slope_x, slope_y = downhill(x, y)
            return loss, -slope_x, -slope_y

        return uphill

    def sample(self, functions: Functions) -> Callable[[Any, Any, Any], tuple[Any, Any]] | None:
        """Return the function that gives a mini-batch's gradient to descend, None where none are drawn."""
        gradient = functions.batch_gradient
        if not self.batch:
            return None
        assert gradient is not None, "mini-batches need a landscape made from data"
        if self.goal == "minimize":
            return gradient

        def uphill(x: Any, y: Any, rows: Any) -> tuple[Any, Any]:
            slope_x, slope_y = gradient(x, y, rows)
            return -slope_x, -slope_y

        return uphill

    def noise_rows(self, walker: int) -> Callable[[int], Array]:
        """Return a function that draws the next ``count`` rows of this walker's noise, shape (count, 2)."""
        generator = np.random.default_rng([self.seed, _NOISE, walker])
        # Numbers are drawn for y even where there is none, so that the noise in x does not depend on it.
        mask = np.array([1.0, 1.0 if self.terrain.landscape.dimensions == 2 else 0.0])
        scale = self.noise * mask

        def draw(count: int) -> Array:
            if self.noise == 0:
                return np.zeros((count, 2))
            with np.errstate(over="ignore"):  # noise beyond all floats ends in a walk that diverges
                return scale * generator.standard_normal((count, 2))

        return draw

    def batches(self, walker: int) -> Iterator[Any]:
        """Yield the rows of this walker's mini-batches, drawn without replacement within an epoch.

        Where the points do not divide evenly, the batch at the end of an epoch takes its rest from the next one: every
        step costs the same, and every point is drawn once in an epoch.
        """
        generator = np.random.default_rng([self.seed, _BATCHES, walker])
        left = np.empty(0, dtype=int)
        while True:
            if len(left) < self.batch:
                left = np.concatenate([left, generator.permutation(self.points)])
            yield left[: self.batch]
            left = left[self.batch :]

    @property
    def cost(self) -> int:
        """What a gradient costs, in data points."""
        return self.batch or self.points


def step_weight(landscape: Landscape, rule: Rule | Newton | LineSearch) -> int:
    """Return about how many evaluations of a formula one step of one walker costs."""
    return evaluation_weight(landscape) * (_TRIES if isinstance(rule, LineSearch) else 1)


def evaluation_weight(landscape: Landscape) -> int:
    """Return about how many evaluations of a formula one of this landscape costs."""
    points = len(landscape.data) if landscape.data else 0
    return 1 + points // _POINTS_A_FORMULA


class Chunk(NamedTuple):
    """Iterates ``first``, ``first + 1``, … of one walker, a column for each quantity.

    ``evaluations`` counts, in data points where there are any, what the steps before each iterate cost.
    """

    walker: int
    first: int
    x: Column
    y: Column
    loss: Column
    gradient_norm: Column
    learning_rate: Column
    evaluations: Column


class Ending(NamedTuple):
    """The last iterate of one walker and what ended the walk."""

    walker: int
    criterion: Criterion
    steps: int
    x: float
    y: float
    loss: float
    gradient_norm: float
    evaluations: int

    @property
    def outcome(self) -> Outcome:
        """How the walk ended."""
        return OUTCOME_OF[self.criterion]


class Note(NamedTuple):
    """What the engine knew when it took one step; numbers, or arrays of one walker."""

    x: Any
    y: Any
    loss: Any
    slope: tuple[Any, Any]
    batch_slope: tuple[Any, Any]
    gradient: tuple[Any, Any]
    state: State
    tried: float  # the learning rate before a line search shortened it


class TracedStep(NamedTuple):
    """All numbers that one step was made of, as the walk used them, by the names of ``optimizers.SYMBOLS``.

    Vectors are pairs, of which a curve has only the first. ``batch`` has the rows of the mini-batch, where one was
    drawn; ``rule`` names the variant of the rule's lines that led on from here.
    """

    step: int
    rule: Variant
    quantities: dict[str, Any]
    batch: list[int] | None


def scatter(box: Box, start: Point, count: int, seed: int) -> list[Point]:
    """Return ``count`` starts: the given one, the rest uniform over the box; a larger count begins with the same."""
    generator = np.random.default_rng([seed, _STARTS])
    drawn = generator.uniform(box.low, box.high, (count - 1, len(start)))
    return [start, *(tuple(row) for row in drawn.tolist())]


def walk(
    descent: Descent, starts: Sequence[Point], only: int | None = None, notes: list[Note] | None = None
) -> Iterator[Chunk | Ending]:
    """Walk from every start, interleaved: first the first chunk of every walker, then the second of every one …

    ``only`` walks a single one of them, with the arithmetic that it has among all of them; ``notes`` is where the
    numbers of its steps are put.
    """
    walkers = range(len(starts)) if only is None else [only]
    if len(starts) > MOST_ALONE:
        yield from _walk_block(descent, {walker: starts[walker] for walker in walkers}, notes)
    else:
        yield from take_turns([_walk_alone(descent, walker, starts[walker], notes) for walker in walkers])


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


def _variant(descent: Descent, note: Note, rate: float) -> Variant:
    """Return which of the rule's lines were used, among those that it has."""
    known = descent.rule.variants()
    if "first" in known and note.state is None:
        return "first"
    if "refused" in known and rate == 0 < note.tried:
        return "refused"
    return "uphill" if "uphill" in known and descent.goal == "maximize" else "rule"


def _quantities(
    descent: Descent,
    updates: Updates | None,
    note: Note,
    noise: list[float],
    rate: float,
    following: tuple[float, float],
) -> dict[str, Any]:
    size = descent.terrain.landscape.dimensions
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
        return known | descent.rule.explain(descent.terrain.floats, known, descent.downhill)  # type: ignore[union-attr]
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


def take_turns(each: Iterable[Iterator[T]]) -> Iterator[T]:
    """Yield one item of each iterator in turn, until all are at their ends."""
    waiting = list(each)
    while waiting:
        unfinished = []
        for one in waiting:
            for item in islice(one, 1):
                yield item
                unfinished.append(one)
        waiting = unfinished


def _chunk_lengths(longest: int) -> Iterator[int]:
    yield from (min(length, longest) for length in _FIRST_CHUNKS)
    yield from repeat(longest)


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


def _walk_alone(descent: Descent, walker: int, start: Point, notes: list[Note] | None) -> Iterator[Chunk | Ending]:
    x, y = lift(start)
    # A start where the gradient is zero is an end, unless chance may lead away from it.
    before = math.inf if descent.is_random else x
    at = _Alone(x, y, before, y, math.nan, 0, math.inf, -1, None, 0)
    draw = descent.noise_rows(walker) if descent.noise else None
    batches = descent.batches(walker) if descent.batch else None
    hands = _Hands(
        descent.evaluate(descent.terrain.floats),
        descent.sample(descent.terrain.floats),
        updates.floats if (updates := descent.updates()) else None,
        descent.move(arrays=False),
    )
    criterion: Criterion | None = None
    first = 0
    lengths = _chunk_lengths(max(4, _CHUNK // descent.weight))
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


class _Hands(NamedTuple):
    """The functions that an engine works with, over floats or over arrays: one of the last two is None."""

    evaluate: Callable[[Any, Any], tuple[Any, Any, Any]]
    sample: Callable[[Any, Any, Any], tuple[Any, Any]] | None
    update: Update | None
    move: Move | None


def _advance(
    descent: Descent,
    hands: _Hands,
    at: _Alone,
    rates: list[float],
    noise: list[list[float]] | None,
    rows: list[Any] | None,
    costs: list[int],
    notes: list[Note] | None,
) -> tuple[tuple[list[float], list[float], list[float], list[float]], _Alone, Criterion | None]:
    """Take a step for each learning rate on floats, until something ends the walk. This is the hot loop.

    A move that probes writes the learning rate that it used into ``rates`` and what it cost into ``costs``.
    """
    x, y, before_x, before_y, last_loss, unchanged, best, waited, state, _ = at
    (low_x, low_y), (high_x, high_y) = descent.terrain.reach
    tolerance = descent.tolerance or -1.0
    stall_rate = descent.rates.learning_rate * STALL_RATE if descent.tolerance else math.inf
    downhill, patience, min_change = descent.downhill, descent.patience, descent.min_change
    evaluate, sample, update, move = hands
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
            loss = _loss_alone(descent.terrain, x, y)
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
                x, y, rates[k], spent = move(x, y, loss, gradient_x, gradient_y, learning_rate)  # type: ignore[misc]
                costs[k] *= spent
        except (ArithmeticError, ValueError):
            x = y = nan
    after = _Alone(x, y, before_x, before_y, last_loss, unchanged, best, waited, state, 0)
    return (xs, ys, losses, norms), after, criterion


def _loss_alone(terrain: Terrain, x: float, y: float) -> float:
    """Return the loss where it exists without its gradient, as at the tip of a cone; NaN where it does not either."""
    try:
        return float(terrain.floats.loss(x, y))
    except (ArithmeticError, ValueError):
        return math.nan


@dataclass(frozen=True)
class _Block:
    """Where the walkers that are still under way are between two chunks; every array has shape (walkers,)."""

    walkers: list[int]
    x: Array
    y: Array
    before_x: Array
    before_y: Array
    loss: Array
    unchanged: Any
    best: Array
    waited: Any
    evaluations: Array
    state: State

    def keep(self, mask: Any) -> "_Block":
        """Return the block without the walkers that have finished."""

        def kept(state: State) -> State:
            # A count of steps is one number for all.
            return None if state is None else tuple(part[mask] if np.ndim(part) else part for part in state)

        return replace(
            self,
            walkers=[walker for walker, stays in zip(self.walkers, mask, strict=True) if stays],
            state=kept(self.state),
            **{name: getattr(self, name)[mask] for name in _PER_WALKER},
        )


_PER_WALKER = ("x", "y", "before_x", "before_y", "loss", "unchanged", "best", "waited", "evaluations")


def _walk_block(descent: Descent, starts: Mapping[int, Point], notes: list[Note] | None) -> Iterator[Chunk | Ending]:
    points = np.array([lift(start) for start in starts.values()])
    x, y = points[:, 0].copy(), points[:, 1].copy()
    before = np.full_like(x, np.inf) if descent.is_random else x
    zero, unknown = np.zeros(len(x), dtype=int), np.full_like(x, np.nan)
    best, waited = np.full_like(x, np.inf), np.full(len(x), -1)
    block = _Block(list(starts), x, y, before, y, unknown, zero, best, waited, zero.astype(float), None)
    draws = {walker: descent.noise_rows(walker) for walker in starts} if descent.noise else {}
    batches = {walker: descent.batches(walker) for walker in starts} if descent.batch else {}
    hands = _Hands(
        descent.evaluate(descent.terrain.arrays),
        descent.sample(descent.terrain.arrays),
        updates.arrays if (updates := descent.updates()) else None,
        descent.move(arrays=True),
    )
    first = 0
    lengths = _chunk_lengths(max(2, min(_CHUNK, MOST_AT_ONCE // (len(starts) * descent.weight))))
    while block.walkers:
        last = min(first + next(lengths), descent.steps + 1)
        rates = descent.rates.between(first, last)
        noise = np.stack([draws[walker](last - first) for walker in block.walkers], axis=1) if draws else None
        rows = [np.stack([next(draw) for draw in batches.values()]) for _ in range(first, last)] if batches else None
        columns, after = _advance_block(descent, hands, block, rates, noise, rows, notes)
        taken, criteria, unchanged, after = _endings(descent, block, after, columns, rates)
        if last > descent.steps:
            criteria = [criterion or "steps" for criterion in criteria]
        # Measured: going through rows is four times cheaper than indexing, and there are thousands of them.
        each = zip(*(np.ascontiguousarray(column.T) for column in columns), strict=True)
        for walker, n, criterion, parts in zip(block.walkers, taken, criteria, each, strict=True):
            parts = parts if n == len(rates) else tuple(part[:n] for part in parts)
            if criterion is not None and hands.move:
                parts[4][-1] = rates[n - 1]  # from the last iterate no step is taken
            yield Chunk(walker, first, *parts)
            if criterion is not None:
                at_x, at_y, at_loss, at_norm, _, spent = (float(part[-1]) for part in parts)
                yield Ending(walker, criterion, first + n - 1, at_x, at_y, at_loss, at_norm, int(spent))
        going = np.array([criterion is None for criterion in criteria])
        block = replace(after, unchanged=unchanged)
        if not going.all():
            block = block.keep(going)
            batches = {walker: batches[walker] for walker in block.walkers if batches}
        first = last


def _advance_block(
    descent: Descent,
    hands: _Hands,
    block: _Block,
    rates: Array,
    noise: Array | None,
    rows: list[Any] | None,
    notes: list[Note] | None,
) -> tuple[list[Array], _Block]:
    """Take a step for each learning rate with all walkers.

    Columns have shape (steps, walkers): x, y, loss, gradient norm, learning rate, evaluations. Nothing stops here: a
    walker that has ended goes on to the end of the chunk, and what it did after is cut off.
    """
    x, y, state = block.x, block.y, block.state
    before_x, before_y, spent = block.before_x, block.before_y, block.evaluations
    shape = len(rates), len(x)
    xs, ys, losses, norms, evaluations = (np.empty(shape) for _ in range(5))
    cost = descent.cost
    used = np.empty(shape) if hands.move else np.broadcast_to(rates[:, None], shape)
    evaluate, sample, update, move = hands
    # Not held across a yield: context variables would leak into whatever else the server does meanwhile.
    with np.errstate(all="ignore"):
        for k, learning_rate in enumerate(rates.tolist()):
            losses[k], gradient_x, gradient_y = evaluate(x, y)
            xs[k], ys[k], evaluations[k] = x, y, spent
            np.hypot(gradient_x, gradient_y, out=norms[k])
            slope = gradient_x, gradient_y
            if rows is not None:
                gradient_x, gradient_y = sample(x, y, rows[k])  # type: ignore[misc]  # it is there where rows are
            batch_slope = gradient_x, gradient_y
            if noise is not None:
                gradient_x = gradient_x + noise[k, :, 0]
                gradient_y = gradient_y + noise[k, :, 1]
            if notes is not None:
                gradient = gradient_x, gradient_y
                notes.append(Note(x, y, losses[k], slope, batch_slope, gradient, state, learning_rate))
            before_x, before_y = x, y
            if update is not None:
                x, y, state = update(gradient_x, gradient_y, state, learning_rate, x, y)
                spent = spent + cost
            else:
                x, y, used[k], probes = move(x, y, losses[k], gradient_x, gradient_y, learning_rate)  # type: ignore[misc]
                spent = spent + cost * probes
    after = replace(
        block,
        x=x,
        y=y,
        before_x=before_x,
        before_y=before_y,
        loss=losses[-1],
        evaluations=spent,
        state=state,
    )
    return [xs, ys, losses, norms, used, evaluations], after


def _endings(
    descent: Descent, block: _Block, after: _Block, columns: list[Array], rates: Array
) -> tuple[list[int], list[Criterion | None], Any, _Block]:
    """Return for each walker how many rows count, what ended it if anything did, its run of unchanged losses, and the
    block with what patience remembers.
    """
    x, y, loss, norm, *_ = columns
    (low_x, low_y), (high_x, high_y) = descent.terrain.reach
    tolerance = descent.tolerance or -1.0
    # Endings are rare: a look at the whole block tells when there is nothing to be looked for in it.
    with np.errstate(all="ignore"):
        converged = norm <= tolerance
        if converged.any():
            before_x, before_y = block.before_x[None], block.before_y[None]
            length = np.hypot(np.diff(x, axis=0, prepend=before_x), np.diff(y, axis=0, prepend=before_y))
            converged &= length <= tolerance
        inside = low_x <= x.min() and x.max() <= high_x and low_y <= y.min() and y.max() <= high_y
        diverged = np.zeros(x.shape, dtype=bool)
        if not (inside and math.isfinite(loss.sum())):
            diverged = ~((low_x <= x) & (x <= high_x) & (low_y <= y) & (y <= high_y) & np.isfinite(loss))
    run = _unchanged_run(descent, block, loss, rates)
    unchanged = run >= STALL_STEPS
    impatient, after = _lost_patience(descent, block, after, loss)
    spent = columns[-1] >= descent.budget
    ended = converged | diverged | unchanged | impatient | spent
    over = ended.any(axis=0)
    row = np.where(over, ended.argmax(axis=0), len(rates) - 1)
    each = np.arange(x.shape[1])
    with np.errstate(all="ignore"):
        finite = np.isfinite(x[row, each] + y[row, each] + loss[row, each])
    criteria: list[Criterion | None] = [
        None
        if not ends
        else ("too_far" if is_finite else "not_finite")
        if gone
        else "tolerance"
        if at_rest
        else "unchanged"
        if same
        else "patience"
        if lost
        else "budget"
        for ends, is_finite, gone, at_rest, same, lost in zip(
            over,
            finite,
            diverged[row, each],
            converged[row, each],
            unchanged[row, each],
            impatient[row, each],
            strict=True,
        )
    ]
    return (row + 1).tolist(), criteria, run[-1], after


def _lost_patience(descent: Descent, block: _Block, after: _Block, loss: Array) -> tuple[Any, _Block]:
    """Return where, shape (steps, walkers), the loss had not become better for ``patience`` steps."""
    lost = np.zeros(loss.shape, dtype=bool)
    if not descent.patience:
        return lost, after
    best, waited = block.best, block.waited
    with np.errstate(all="ignore"):
        for k, heights in enumerate(descent.downhill * loss):
            better = best - heights > descent.min_change
            best, waited = np.where(better, heights, best), np.where(better, 0, waited + 1)
            lost[k] = waited >= descent.patience
    return lost, replace(after, best=best, waited=waited)


def _unchanged_run(descent: Descent, block: _Block, loss: Array, rates: Array) -> Any:
    """Return, shape (steps, walkers), for how many steps at a sizeable learning rate the loss has been the same."""
    same = loss == np.concatenate([block.loss[None], loss[:-1]])
    if descent.tolerance == 0 or not same.any():
        return np.zeros(loss.shape, dtype=int)
    sizeable = rates > descent.rates.learning_rate * STALL_RATE
    return unchanged_runs(same, sizeable[:, None], block.unchanged)


def unchanged_runs(same: Any, sizeable: Any, before: Any) -> Any:
    """Return the length of the run of unchanged losses at each step, shape (steps, walkers).

    ``same`` tells where the loss is that of the step before, ``sizeable`` which steps count, and ``before``, of shape
    (walkers,), is the run that the first of the steps may go on with.
    """
    counted = np.cumsum(same & sizeable, axis=0)
    # The count at the last change is subtracted; until the first change the old run goes on.
    at_change = np.maximum.accumulate(np.where(same, -1, counted), axis=0)
    return np.where(at_change < 0, counted + before, counted - at_change)
