"""Maps over a problem of n weights: how the walks from all starts, or with all settings, end.

Each cell stands for one walk by itself, and its outcome, steps, evaluations and loss are those of that walk. Some cells
walk on for a moment wherever there is a processor, and come back (``advance``): they go over in pickled form.
"""

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.walks.cells import OUTCOME_OF_CRITERION
from app.descent.walks.descent import Settings
from app.descent.walks.endings import GOING
from app.descent.walks.weights import Block, Drawn, Draws, Problem, longest_chunk, walked

# Measured: as many walkers as fit into a core's cache with all that a step over data needs.
SIDE_BY_SIDE = 256


@dataclass(frozen=True)
class TrainedCells:
    """Some cells of a map, under way or ended. All arrays that tell of the ended have shape (cells,).

    ``criterion`` and ``outcome`` are indices into ``CRITERIA`` and ``OUTCOMES``, ``criterion`` -1 while the cell is
    under way; ``loss`` is the last one. ``blocks`` are those that are under way, of which the first has come to
    ``step``; the others have not begun.
    """

    settings: Settings
    problem: Problem
    walker: int
    key: str | None
    step: int
    blocks: tuple[Block, ...]
    criterion: Any
    outcome: Any
    steps: Any
    evaluations: Any
    loss: Array

    @property
    def done(self) -> bool:
        """Whether all have ended."""
        return not self.blocks

    @property
    def fraction(self) -> float:
        """About how much of the work is done."""
        left = sum(block.count for block in self.blocks)
        part = self.blocks[0].count * self.step / (self.settings.steps + 1) if self.blocks else 0.0
        return 1 - (left - part) / max(1, len(self.criterion))


def at_starts(settings: Settings, problem: Problem, starts: Array) -> TrainedCells:
    """A cell for the first walker from each start; ``starts`` has shape (n, cells)."""
    return _cells(settings, problem, 0, None, starts, None, None)


def at_settings(
    settings: Settings,
    problem: Problem,
    start: Array,
    learning_rate: Array,
    key: str | None,
    values: Array | None,
    walker: int = 0,
) -> TrainedCells:
    """A cell for each learning rate, with the value of the hyperparameter ``key`` where there is one.

    ``start`` has shape (n,), the others (cells,). All walk from one start, with the noise and the mini-batches of one
    walker.
    """
    starts = np.repeat(start[:, None], len(learning_rate), axis=1)
    return _cells(settings, problem, walker, key, starts, learning_rate, values)


def _cells(
    settings: Settings,
    problem: Problem,
    walker: int,
    key: str | None,
    starts: Array,
    rate: Array | None,
    value: Array | None,
) -> TrainedCells:
    count = starts.shape[1]
    blocks = []
    for first in range(0, count, SIDE_BY_SIDE):
        some = slice(first, min(first + SIDE_BY_SIDE, count))
        own = (None if part is None else part[some] for part in (rate, value))
        blocks.append(Block.at(settings, np.arange(count)[some], starts[:, some], *own))
    return TrainedCells(
        settings=settings,
        problem=problem,
        walker=walker,
        key=key,
        step=0,
        blocks=tuple(blocks),
        criterion=np.full(count, GOING, dtype=np.int8),
        outcome=np.zeros(count, dtype=np.int8),
        steps=np.zeros(count, dtype=np.int32),
        evaluations=np.zeros(count, dtype=np.int64),
        loss=np.full(count, np.nan),
    )


def advance(cells: TrainedCells, seconds: float) -> TrainedCells:
    """Walk on for about so many seconds, a chunk of one block at least, and return the cells as they are then.

    However the time is sliced, the cells come out the same.
    """
    until = time.perf_counter() + seconds
    known = {name: getattr(cells, name).copy() for name in _RESULTS}
    blocks, step = list(cells.blocks), cells.step
    while blocks:
        blocks[0], step = _walked_on(cells, blocks[0], step, until, known)
        if blocks[0].count:
            break
        del blocks[0]
        step = 0
        if time.perf_counter() >= until:
            break
    return replace(cells, blocks=tuple(blocks), step=step, **known)


_RESULTS = ("criterion", "outcome", "steps", "evaluations", "loss")


def _walked_on(cells: TrainedCells, block: Block, first: int, until: float, known: dict[str, Any]) -> tuple[Block, int]:
    """The block after its next chunks, until all have ended or the time is over; what ended becomes known."""
    settings, problem = cells.settings, cells.problem
    draws = Draws(settings, problem.points, len(block.point), cells.walker, first)
    while block.count:
        last = min(first + longest_chunk(settings, problem, block), settings.steps + 1)
        noise, rows = draws.of(last - first)
        # The same for all, each of which is the walk of this walker by itself.
        noise = None if noise is None else noise[:, :, None]
        rows = None if rows is None else np.repeat(rows[:, None], block.point.shape[1], axis=1)
        done = walked(settings, problem, block, first, last, Drawn(noise, rows), cells.key)
        over = (done.code != GOING).any(axis=0)
        at = (done.code != GOING).argmax(axis=0)[over], np.flatnonzero(over)
        cell, criterion = block.walker[over], done.code[at]
        known["criterion"][cell], known["outcome"][cell] = criterion, OUTCOME_OF_CRITERION[criterion]
        known["steps"][cell], known["loss"][cell] = first + at[0], done.loss[at]
        known["evaluations"][cell] = done.evaluations[at]
        block, first = done.after.keep(~over), last
        if time.perf_counter() >= until:
            break
    return block, first
