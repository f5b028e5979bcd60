"""A walk of many walkers side by side on arrays."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.landscapes.curvature import Point, in_plane
from app.descent.optimizers.rules import State
from app.descent.walks.descent import (
    CHUNK,
    MOST_AT_ONCE,
    Chunk,
    Descent,
    Ending,
    Note,
    StepFunctions,
    chunk_lengths,
)
from app.descent.walks.endings import CRITERIA, GOING, Memory, at_rest, criteria, left, sizeable


@dataclass(frozen=True)
class _Block:
    """Where the walkers that are still under way are between two chunks; every array has shape (walkers,)."""

    walkers: list[int]
    x: Array
    y: Array
    before_x: Array
    before_y: Array
    evaluations: Array
    state: State
    memory: Memory

    def keep(self, mask: Any) -> "_Block":
        """The block without the walkers that have finished."""

        def kept(state: State) -> State:
            # A count of steps is one number for all.
            return None if state is None else tuple(part[..., mask] if np.ndim(part) else part for part in state)

        return replace(
            self,
            walkers=[walker for walker, stays in zip(self.walkers, mask, strict=True) if stays],
            state=kept(self.state),
            memory=self.memory.of(mask),
            **{name: getattr(self, name)[mask] for name in _PER_WALKER},
        )


_PER_WALKER = ("x", "y", "before_x", "before_y", "evaluations")


def walk_block(descent: Descent, starts: Mapping[int, Point], notes: list[Note] | None) -> Iterator[Chunk | Ending]:
    """The chunks of these walkers side by side, and the ending of each; all take the same steps."""
    points = np.array([in_plane(start) for start in starts.values()])
    x, y = points[:, 0].copy(), points[:, 1].copy()
    before = np.full_like(x, np.inf) if descent.is_random else x
    block = _Block(list(starts), x, y, before, y, np.zeros(len(x)), None, Memory.at_start(descent, len(x)))
    draws = {walker: descent.noise_rows(walker) for walker in starts} if descent.noise else {}
    batches = {walker: descent.batches(walker) for walker in starts} if descent.batch else {}
    hands = StepFunctions(
        descent.evaluate(descent.landscape.arrays),
        descent.sample(descent.landscape.arrays),
        updates.arrays if (updates := descent.updates()) else None,
        descent.steps_of_method(arrays=True),
    )
    first = 0
    lengths = chunk_lengths(max(2, min(CHUNK, MOST_AT_ONCE // (len(starts) * descent.step_work))))
    while block.walkers:
        last = min(first + next(lengths), descent.steps + 1)
        rates = descent.rates.between(first, last)
        noise = np.stack([draws[walker](last - first) for walker in block.walkers], axis=1) if draws else None
        rows = [np.stack([next(draw) for draw in batches.values()]) for _ in range(first, last)] if batches else None
        columns, slopes, after = _advance_block(descent, hands, block, rates, noise, rows, notes)
        code, after = _endings(descent, block, after, columns, slopes, rates)
        over = (code != GOING).any(axis=0)
        taken = np.where(over, (code != GOING).argmax(axis=0) + 1, len(rates)).tolist()
        ended = [CRITERIA[code[n - 1, k]] if over[k] else None for k, n in enumerate(taken)]
        if last > descent.steps:
            ended = [criterion or "steps" for criterion in ended]
        # Measured: going through rows is four times cheaper than indexing, and there are thousands of them.
        each = zip(*(np.ascontiguousarray(column.T) for column in columns), strict=True)
        for walker, n, criterion, parts in zip(block.walkers, taken, ended, each, strict=True):
            parts = parts if n == len(rates) else tuple(part[:n] for part in parts)
            if criterion is not None and hands.steps:
                parts[4][-1] = rates[n - 1]  # from the last iterate no step is taken
            yield Chunk(walker, first, *parts)
            if criterion is not None:
                at_x, at_y, at_loss, at_norm, _, spent = (float(part[-1]) for part in parts)
                yield Ending(walker, criterion, first + n - 1, at_x, at_y, at_loss, at_norm, int(spent))
        going = np.array([criterion is None for criterion in ended])
        block = after
        if not going.all():
            block = block.keep(going)
            batches = {walker: batches[walker] for walker in block.walkers if batches}
        first = last


def _advance_block(
    descent: Descent,
    hands: StepFunctions,
    block: _Block,
    rates: Array,
    noise: Array | None,
    rows: list[Any] | None,
    notes: list[Note] | None,
) -> tuple[list[Array], tuple[Array, Array], _Block]:
    """Take a step for each learning rate with all walkers.

    Columns have shape (steps, walkers): x, y, loss, gradient norm, learning rate, evaluations; and the exact gradient.
    Nothing stops here: a walker that has ended goes on to the end of the chunk, and what it did after is cut off.
    """
    x, y, state = block.x, block.y, block.state
    before_x, before_y, spent = block.before_x, block.before_y, block.evaluations
    shape = len(rates), len(x)
    xs, ys, losses, slopes_x, slopes_y, evaluations = (np.empty(shape) for _ in range(6))
    cost = descent.cost
    used = np.empty(shape) if hands.steps else np.broadcast_to(rates[:, None], shape)
    evaluate, sample, update, steps = hands
    problem = descent.problem(arrays=True)
    if steps is not None and state is None:
        state = steps.init((x, y))
    # Not held across a yield: context variables would leak into whatever else the server does meanwhile.
    with np.errstate(all="ignore"):
        for k, learning_rate in enumerate(rates.tolist()):
            losses[k], gradient_x, gradient_y = evaluate(x, y)
            xs[k], ys[k], evaluations[k] = x, y, spent
            slopes_x[k], slopes_y[k] = gradient_x, gradient_y
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
                drawn = None if noise is None else (noise[k, :, 0], noise[k, :, 1])
                here = descent.drawn(problem, None if rows is None else rows[k], drawn)
                step = steps.step(here)  # type: ignore[union-attr]  # it is there where no update is
                (x, y), state, used[k], probes = step((x, y), losses[k], (gradient_x, gradient_y), state, learning_rate)
                spent = spent + cost * probes
    after = replace(
        block,
        x=x,
        y=y,
        before_x=before_x,
        before_y=before_y,
        evaluations=spent,
        state=state,
    )
    with np.errstate(all="ignore"):
        norms = np.hypot(slopes_x, slopes_y)
    return [xs, ys, losses, norms, used, evaluations], (slopes_x, slopes_y), after


def _endings(
    descent: Descent,
    block: _Block,
    after: _Block,
    columns: list[Array],
    slopes: tuple[Array, Array],
    rates: Array,
) -> tuple[Any, _Block]:
    """What ends each walk at each iterate, shape (steps, walkers), and the block with what it remembers."""
    x, y, loss, *_, spent = columns
    with np.errstate(all="ignore"):
        step = np.diff(x, axis=0, prepend=block.before_x[None]), np.diff(y, axis=0, prepend=block.before_y[None])
        counts = sizeable(descent, rates)[:, None]
        rests = at_rest(descent.tolerance, slopes, step)
        code, memory = criteria(descent, block.memory, loss, left(descent, x, y, loss), rests, counts, spent)
    return code, replace(after, memory=memory)
