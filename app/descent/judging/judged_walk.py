"""A walk that tells its verdict: its chunks, and each walker's end with where and why it ended and how near it came."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.judging.crossings import Followed
from app.descent.judging.cycle import Cycles
from app.descent.judging.manner import Part
from app.descent.judging.race import PARTS, Progress
from app.descent.judging.verdict import Verdict, judge
from app.descent.judging.weights import JudgedTraining, judged_training
from app.descent.landscapes.curvature import Point
from app.descent.landscapes.landscape import Box
from app.descent.optimizers.table import Optimizer
from app.descent.walks.descent import Chunk, Descent, Ending
from app.descent.walks.training import KnownWalk, Training
from app.descent.walks.walk import MOST_ALONE, walk

# Iterates are kept while they are so few: the first three chunks of a walk on floats.
LONGEST_WAY = 336
# What is seen of their ways is told of so many walkers, the first ones, and so many of their iterates are kept for it:
# of hundreds nobody reads it, and looking at them would take as long as walking.
_WATCHED = MOST_ALONE
_SEEN = 20_000


class Judged(NamedTuple):
    """A walker's end with its verdict; of ``reached`` and ``stayed``, shape (parts,) each, see ``Progress``."""

    ending: Ending
    verdict: Verdict
    reached: Array
    stayed: Array


def judged_on_plane(
    training: Training,
    optimizer: Optimizer,
    starts: Sequence[Point],
    parts: Sequence[float] = PARTS,
    walked: KnownWalk | None = None,
) -> Iterator[Chunk | Judged]:
    """The same as ``judged_walk`` of a network's training, on its plane; ``walked`` is the walk where it is known."""
    events = training.walk(starts) if walked is None else iter(walked.events)
    weights = training.weights_of(starts)
    for event in judged_training(training, optimizer, training.network, weights, events, parts):
        if isinstance(event, JudgedTraining):
            ending = training.ending_on_plane(event.ending, starts[event.ending.walker])
            yield Judged(ending, event.verdict, event.reached, event.stayed)
        else:
            yield training.chunk_on_plane(event, starts[event.walker])


def judged_walk(
    descent: Descent,
    optimizer: Optimizer,
    starts: Sequence[Point],
    box: Box,
    parts: Sequence[float] = PARTS,
    longest: int = LONGEST_WAY,
    ridges: bool = False,
) -> Iterator[Chunk | Judged | None]:
    """Walk from all starts and yield chunks as ``walk`` does, and each walker's end with its verdict.

    ``box`` is the part that is shown. Of a walk of at most ``longest`` steps that diverges, the verdict tells the
    sharpest curvature that it met; where that is below 0, no iterates are kept, and no verdict tells a cycle, or what
    was seen of the way. With ``ridges`` a verdict tells which ridges were crossed; None comes while that takes a while.
    """
    seen = max(longest, _SEEN // min(_WATCHED, len(starts))) if longest >= 0 else -1
    paths: dict[int, list[Part]] = {walker: [] for walker in range(len(starts))}
    progress, cycles = Progress(descent, len(starts), parts), Cycles(descent, optimizer)
    crossed = Followed(descent)
    for event in walk(descent, starts):
        told = event
        if isinstance(event, Chunk) and event.first <= (seen if event.walker < _WATCHED else longest):
            # Both look at the losses as an array.
            loss = np.asarray(event.loss, dtype=float)
            told = event if loss is event.loss else event._replace(loss=loss)
            paths[event.walker].append((event.x, event.y, loss))
        progress.follow(told)
        if isinstance(event, Chunk):
            if longest >= 0:
                cycles.follow(event)
            if ridges:
                crossed.follow(event)
            yield event
        else:
            walker, path = event.walker, paths.pop(event.walker)
            way = [(x, y) for x, y, _ in path] if event.steps <= longest else []
            if event.steps > seen or walker >= _WATCHED:
                path = []
            over = (yield from crossed.of(event)) if ridges else None
            verdict = judge(descent, optimizer, starts[walker], event, way, box, cycles.of(event), path, over)
            yield Judged(event, verdict, progress.reached[event.walker], progress.stayed[event.walker])
