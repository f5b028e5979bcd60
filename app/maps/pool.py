"""Where maps are computed: a pool of processes, or a Dask cluster, behind one ``concurrent.futures.Executor``."""

import multiprocessing
import os
import signal
import threading
from argparse import ArgumentTypeError
from collections.abc import Callable
from concurrent import futures
from concurrent.futures import Executor, Future
from importlib import import_module
from multiprocessing.connection import wait
from multiprocessing.context import BaseContext
from typing import Any, NamedTuple

from app.maps.processes import Health, Processes

DASK = "DOWNHILL_DASK"
WORKERS = "DOWNHILL_MAP_WORKERS"
_MOST_WORKERS = 64
# How long a cluster may take to answer, and to get its first worker, in seconds.
_CONNECT, _FIRST_WORKER = 10, 30
# A process hands back what it computes after half a second at most. One that has not after so many seconds was stopped,
# or its answer was; then it is replaced. Of a cluster, where others may be served first, nothing can be told by time.
_PATIENCE = 10.0


def read_workers(text: str) -> int:
    """The number of workers that an option names. Raises ``ArgumentTypeError``."""
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_WORKERS:
        raise ArgumentTypeError(f"{text} is no number of workers; use 1 to {_MOST_WORKERS}")
    return int(text)


def worker_count() -> int:
    """How many processes compute maps: what ``--map-workers`` said, or one for each processor."""
    return int(os.environ.get(WORKERS) or _processors())


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Workers(NamedTuple):
    """An executor, how many workers it has, what lets go of all that it holds, and what tells how they are."""

    executor: Executor
    number: int
    close: Callable[[], object]
    health: Callable[[], Health] | None = None


class Pool:
    """Hands work to workers, which are found when they are first needed."""

    def __init__(self, make: Callable[[], Workers]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._workers: Workers | None = None
        self._closed = False

    @property
    def workers(self) -> int:
        """How many workers there are; this, too, waits until they are."""
        return self._current().number

    @property
    def health(self) -> Health:
        """How the workers are, as far as is known."""
        workers = self._workers
        if workers is None:
            return Health("starting")
        # A cluster looks after its workers itself.
        return workers.health() if workers.health else Health("ok", workers.number)

    def _current(self) -> Workers:
        with self._lock:
            if self._closed:
                raise RuntimeError("the pool is closed")
            if self._workers is None:
                self._workers = self._make()
            return self._workers

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Have the function called in a worker. A worker's death is told by the future, as any failure is."""
        future: Future[Any] = self._current().executor.submit(function, *arguments)
        return future

    def warm_up(self) -> None:
        """Start all workers and have each import what it needs, so that the first map need not wait for them."""
        ready = [self.submit(_get_ready) for _ in range(self.workers)]
        # What a cluster that is gone has cancelled will be told by the first map.
        for future in futures.wait(ready).done:
            if not future.cancelled() and not self._closed:
                future.result()

    def close(self) -> None:
        """Let the workers go, and what they compute with them; soon, in whatever state they are."""
        with self._lock:
            workers, self._workers, self._closed = self._workers, None, True
        if workers is not None:
            workers.close()


def make_workers() -> Workers:
    """The workers that the environment asks for: a Dask cluster's, or a pool of processes."""
    address = os.environ.get(DASK)
    return _dask(address) if address else _processes(worker_count())


def describe(workers: int) -> str:
    """Where so many workers are that ``make_workers`` has found, in words."""
    address = os.environ.get(DASK)
    one, more, of = (
        ("worker", "workers", f" of the Dask cluster at {address}") if address else ("process", "processes", "")
    )
    return f"{workers} {one if workers == 1 else more}{of}"


def _processes(workers: int) -> Workers:
    executor = Processes(workers, process_context(), _begin_work, _PATIENCE)
    return Workers(executor, workers, executor.shutdown, executor.health)


def process_context() -> BaseContext:
    """How processes are started."""
    methods = multiprocessing.get_all_start_methods()
    # A fork server's children start at once and share its memory; forking the server itself, with its threads, does not
    # do.
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    # Linear algebra in as many threads as there are processors would take these from the other workers, and wait by
    # turning round. Libraries that are loaded already, as in this process, do not change.
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    if context.get_start_method() == "forkserver":
        context.set_forkserver_preload(list(NEEDED))
    return context


def _dask(address: str) -> Workers:
    try:
        distributed = import_module("distributed")
    except ImportError:
        raise ImportError(f"{DASK} is set, but Dask is not installed: pip install 'downhill[dask]'") from None
    client = distributed.Client(address, timeout=_CONNECT)
    client.wait_for_workers(1, timeout=_FIRST_WORKER)
    # Cells that are sent again must be computed again: how far they come is not a function of what is sent.
    return Workers(client.get_executor(pure=False), sum(client.nthreads().values()), client.close)


# All that maps are computed with.
NEEDED = ("app.descent.landscapes", "app.descent.walks.any_cells", "app.descent.judging.basins")


def _get_ready() -> None:
    for name in NEEDED:
        import_module(name)


def _begin_work() -> None:
    """Give way to the server, which others wait for, and end with it."""
    give_way()
    belong_to_parent()
    _get_ready()


def give_way() -> None:
    """Have less of the time than the server, which others wait for."""
    if hasattr(os, "nice"):
        os.nice(10)


def belong_to_parent() -> None:
    """End when the process has ended that started this one, however that came.

    Ctrl+C reaches all processes of a terminal, and is the parent's to act upon.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: Any) -> None:
    wait([sentinel])
    os._exit(1)
