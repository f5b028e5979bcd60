"""Maps computed: jobs go to a pool from coarse to fine, come back, and are noted."""

import asyncio
import math
from collections import Counter, deque
from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace

from app.descent.walks.any_cells import AnyCells, advance
from app.maps.cell_maps import CellMap, Job
from app.maps.pool import Pool

# For so many seconds a worker computes before it hands the cells back: then a map that is given up frees its workers
# at once, and the maps of others get their turn.
SLICE = 0.04


class LostError(Exception):
    """Some cells could not be computed, though they were tried twice."""


def compute_here(cell_map: CellMap) -> None:
    """Compute all cells of the map in this process; for what is small."""
    for job in cell_map.jobs(1):
        cells = cell_map.begin(job)
        while not cells.done:
            cells = advance(cells, math.inf)
        cell_map.take(job, cells)


async def compute(
    cell_map: CellMap, pool: Pool, seconds: float = SLICE
) -> AsyncGenerator[tuple[int | None, float], None]:
    """Compute all cells of the map in the pool, each block for so many seconds at a time.

    Yields, a few dozen times a second, None and the part of the work that is done; and, in their order, the stride of
    each pass that is complete. Closing the generator gives the rest up. Raises ``LostError`` where a block failed
    twice.
    """
    # Workers that have to be started, or found on the network, must not keep the server's other clients waiting.
    workers = await asyncio.to_thread(lambda: pool.workers)
    left: Counter[int] = Counter()
    for job in cell_map.jobs(workers):
        left[job.stride] += len(job.places)
    total = cell_map.outcome.size * cell_map.walkers
    finished = total - left.total()
    strides = deque(stride for stride, _ in cell_map.passes)
    # Jobs are made when their turn comes; those that are not done have it first.
    coming, waiting = cell_map.jobs(workers), deque[Job]()
    under_way: dict[asyncio.Future[AnyCells], Job] = {}
    try:
        while strides:
            if left[strides[0]] == 0:
                yield strides.popleft(), finished / total
                continue
            # One more than there are workers, so that none waits for the next.
            while len(under_way) <= workers and (next_job := _next(waiting, coming)):
                job = next_job if next_job.cells is not None else replace(next_job, cells=cell_map.begin(next_job))
                under_way[asyncio.wrap_future(pool.submit(advance, job.cells, seconds))] = job
            ended, _ = await asyncio.wait(under_way, timeout=0.02, return_when=asyncio.FIRST_COMPLETED)
            for future in ended:
                job = _after(future, under_way.pop(future))
                if job.cells is not None and job.cells.done:
                    cell_map.take(job, job.cells)
                    finished += len(job.places)
                    left[job.stride] -= len(job.places)
                else:
                    waiting.appendleft(job)
            if left[strides[0]]:
                begun = (*under_way.values(), *waiting)
                started = sum(len(job.places) * job.cells.fraction for job in begun if job.cells)
                yield None, min(1.0, (finished + started) / total)
    finally:
        for future in under_way:
            future.cancel()


def _next(waiting: deque[Job], coming: Iterator[Job]) -> Job | None:
    return waiting.popleft() if waiting else next(coming, None)


def _after(future: asyncio.Future[AnyCells], job: Job) -> Job:
    """The job as its worker left it; where that was lost it is as it was, to be tried once more."""
    try:
        return replace(job, cells=future.result(), tries=0)
    except (Exception, asyncio.CancelledError) as error:
        # A cluster that is gone cancels what it was to compute, and one that has lost a task too often has its own
        # error; a mistake of ours comes again in the same place.
        if job.tries:
            raise LostError("A part of the map failed twice; the worker that computed it was lost.") from error
        return replace(job, tries=job.tries + 1)
