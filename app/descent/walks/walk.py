"""The walk: a generator of chunks and one ending for each walker, alone or many side by side.

A few walkers step on Python floats, 20 times faster than arrays of two numbers; many step as arrays. Both run the same
landscape functions and the same update rule, and agree to rounding.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from app.descent.landscapes.curvature import Point
from app.descent.walks.alone import walk_alone
from app.descent.walks.block import walk_block
from app.descent.walks.descent import Chunk, Descent, Ending, Note
from app.descent.walks.training import Training

T = TypeVar("T")

# Measured: with up to so many walkers floats are faster than arrays.
MOST_ALONE = 24


def walk(
    descent: Descent, starts: Sequence[Point], only: int | None = None, notes: list[Note] | None = None
) -> Iterator[Chunk | Ending]:
    """Walk from every start, interleaved: first the first chunk of every walker, then the second of every one …

    ``only`` walks a single one of them, with the arithmetic that it has among all of them; ``notes`` is where the
    numbers of its steps are put.
    """
    if isinstance(descent, Training):
        yield from (descent.on_plane(event, starts) for event in descent.walk(starts, only))
        return
    walkers = range(len(starts)) if only is None else [only]
    if len(starts) > MOST_ALONE:
        yield from walk_block(descent, {walker: starts[walker] for walker in walkers}, notes)
    else:
        yield from take_turns([walk_alone(descent, walker, starts[walker], notes) for walker in walkers])


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
