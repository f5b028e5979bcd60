"""A walk that tells its verdict: its chunks, and each walker's end with where and why it ended and how near it came."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.descent.formulas.arithmetic import Array
from app.descent.judging.crossings import Followed
from app.descent.judging.cycle import Cycles
from app.descent.judging.race import PARTS, Progress
from app.descent.judging.verdict import Verdict, judge
from app.descent.landscapes.curvature import Point
from app.descent.landscapes.landscape import Box
from app.descent.optimizers.table import Optimizer
from app.descent.walks.descent import Chunk, Column, Descent, Ending
from app.descent.walks.walk import walk

# Iterates are kept while they are so few: the first three chunks of a walk on floats.
LONGEST_WAY = 336


class Judged(NamedTuple):
    """A walker's end with its verdict; of ``reached`` and ``stayed``, shape (parts,) each, see ``Progress``."""

    ending: Ending
    verdict: Verdict
    reached: Array
    stayed: Array


def judged_walk(
    descent: Descent,
    optimizer: Optimizer,
    starts: Sequence[Point],
    box: Box,
    parts: Sequence[float] = PARTS,
    longest: int = LONGEST_WAY,
    ridges: bool = False,
) -> Iterator[Chunk | Judged]:
    """Walk from all starts and yield chunks as ``walk`` does, and each walker's end with its verdict.

    ``box`` is the part that is shown. Of a walk of at most ``longest`` steps that diverges, the verdict tells the
    sharpest curvature that it met; where that is below 0, no iterates are kept, and no verdict tells a cycle. With
    ``ridges`` a verdict tells which ridges were crossed.
    """
    ways: dict[int, list[tuple[Column, Column]]] = {walker: [] for walker in range(len(starts))}
    progress, cycles = Progress(descent, len(starts), parts), Cycles(descent, optimizer)
    crossed = Followed(descent)
    for event in walk(descent, starts):
        progress.follow(event)
        if isinstance(event, Chunk):
            if event.first <= longest:
                ways[event.walker].append((event.x, event.y))
            if longest >= 0:
                cycles.follow(event)
            if ridges:
                crossed.follow(event)
            yield event
        else:
            way = ways.pop(event.walker) if event.steps <= longest else []
            over = crossed.of(event) if ridges else None
            verdict = judge(descent, optimizer, starts[event.walker], event, way, box, cycles.of(event), over)
            yield Judged(event, verdict, progress.reached[event.walker], progress.stayed[event.walker])
