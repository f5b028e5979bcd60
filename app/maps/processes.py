"""Processes that compute: each at the end of a pipe of its own, watched, and replaced when it is lost."""

import logging
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Literal, NamedTuple

log = logging.getLogger("downhill")

# A process without work is looked at every so many seconds, and one that was killed has so many to be reported dead.
_LOOK, _REPORT = 1.0, 1.0
# One that is running is waited for so many times as long as one that is not.
_STARVED = 6


class LostWorkerError(Exception):
    """The process that was to compute something died, did not answer in time, or could not be started."""


class Health(NamedTuple):
    """Whether all workers are there, how many these are, and how often one that was lost has been replaced."""

    status: Literal["starting", "ok", "recovering"]
    workers: int = 0
    replaced: int = 0


class _Call(NamedTuple):
    future: Future[Any]
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


class Processes(Executor):
    """Calls functions in processes. One that dies, or does not answer in time, is replaced, and its call fails.

    The pool of the standard library has one pipe for all results, and waits in it for good when a process dies half-way
    through writing one; nor does it know of a process that was stopped. Here a pipe breaks with its process, and who
    keeps others waiting too long is killed: so nothing waits without limit.
    """

    def __init__(
        self,
        workers: int,
        context: BaseContext,
        begin: Callable[[], object],
        patience: float = 10.0,
        start_patience: float = 30.0,
        work: str = "computes maps",
    ) -> None:
        """Start so many processes, each of which calls ``begin`` first; ``work`` is what the log says that they do.

        ``patience`` is how many seconds a call may take, from the time when it is handed over to a free process;
        ``start_patience`` how many the start of a process may take.
        """
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._submitting = threading.Lock()
        self._closing = threading.Event()
        self._tick = min(patience, start_patience) / 20
        self._places = [_Place(self._calls, context, begin, patience, start_patience, work) for _ in range(workers)]
        for run in (self._watch, *(place.run for place in self._places)):
            threading.Thread(target=run, daemon=True).start()
        # Ahead of multiprocessing's own end, which waits for its processes without limit.
        self._at_exit = Finalize(None, self.shutdown, exitpriority=1)

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future[Any]:  # type: ignore[override]
        """Have the next free process call the function. Raises ``RuntimeError`` after ``shutdown``."""
        with self._submitting:
            if self._closing.is_set():
                raise RuntimeError("the processes have been shut down")
            future: Future[Any] = Future()
            self._calls.put(_Call(future, function, arguments))
            return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = True) -> None:
        """End all processes, in whatever state they are: what waits is cancelled, and what is under way fails.

        Always waits, but not much longer than two seconds.
        """
        with self._submitting:
            self._closing.set()
        self._at_exit.cancel()
        with suppress(Empty):
            while call := self._calls.get_nowait():
                call.future.cancel()
                call.future.set_running_or_notify_cancel()
        for place in self._places:
            place.close()
            self._calls.put(None)
        if not self._are_closed():
            # The fork server does not answer; without it nobody waits for it.
            _end_fork_server()
            self._are_closed()

    def _are_closed(self) -> bool:
        until = time.monotonic() + _REPORT
        return all(place.closed.wait(max(0.0, until - time.monotonic())) for place in self._places)

    def health(self) -> Health:
        """How the processes are, as far as is known; one that was stopped is not known of before it is asked."""
        replaced = sum(place.replaced for place in self._places)
        if all(place.is_ready for place in self._places):
            return Health("ok", len(self._places), replaced)
        lost = replaced or any(place.is_lost for place in self._places)
        return Health("recovering" if lost else "starting", len(self._places), replaced)

    def _watch(self) -> None:
        # Counted in ticks, so that time does not count in which this process was stopped, and its workers with it.
        while not self._closing.wait(self._tick):
            if [place for place in self._places if place.end_overdue(self._tick)]:
                # What stopped one may have stopped all. An answer tells of those that have work, nothing of the others.
                for place in self._places:
                    place.is_doubtful = True


class _Worker(NamedTuple):
    process: BaseProcess
    connection: "Connection[Any, Any]"
    fork_server: int | None

    @property
    def is_silent(self) -> bool:
        """Whether one that was asked nothing says nothing: the end of its pipe would be something."""
        return not self.connection.poll()

    def end(self) -> None:
        """Kill the process, and see that it is known to be dead: multiprocessing waits for all others at its end."""
        # Reported dead is also who outlives a fork server; its pipe is whole, so its number is still its own.
        if self.process.exitcode is None or self.is_silent:
            _kill(self.process)
        self.connection.close()
        self.process.join(_REPORT)
        if self.process.exitcode is None:
            # Killed and not reported: it is the fork server that was stopped. The next start makes another.
            if self.fork_server == _fork_server():
                _end_fork_server()
            self.process.join(_REPORT)


class _Place:
    """The place of one process after the other, and the thread that hands over calls to the one that is there."""

    def __init__(
        self,
        calls: "SimpleQueue[_Call | None]",
        context: BaseContext,
        begin: Callable[[], object],
        patience: float,
        start_patience: float,
        work: str,
    ) -> None:
        self._calls, self._context, self._begin = calls, context, begin
        self._patience, self._start_patience, self._work = patience, start_patience, work
        self._worker: _Worker | None = None
        self.is_lost, self.replaced = False, 0
        # What is waited for: a process, or one that has no number yet; for how long, and for how long at most.
        self._awaited: BaseProcess | None = None
        self._waited, self._limit = 0.0, 0.0
        self._lock = threading.Lock()
        self._closing = False
        self.is_doubtful = False
        self.closed = threading.Event()

    @property
    def is_ready(self) -> bool:
        """Whether there is a process."""
        return self._worker is not None

    def run(self) -> None:
        """Hand over calls until the place is closed."""
        self._start_ahead()
        while not self._closing:
            try:
                call = self._calls.get(timeout=_LOOK)
            except Empty:
                if self._worker and not self._is_whole(self._worker):
                    self._start_ahead()
                continue
            if call and call.future.set_running_or_notify_cancel():
                self._answer(call)
        if self._worker:
            self._worker.end()
        self.closed.set()

    def _answer(self, call: _Call) -> None:
        try:
            worker = self._whole_worker()
        except Exception as error:
            call.future.set_exception(LostWorkerError(f"none could be started: {error!r}"))
            return
        try:
            with self._waiting_for(worker.process, self._patience):
                worker.connection.send((call.function, call.arguments))
                value, failure = worker.connection.recv()
        except Exception as error:
            call.future.set_exception(LostWorkerError(self._lose(worker, error)))
            self._start_ahead()
            return
        self.is_doubtful = False
        if failure is None:
            call.future.set_result(value)
        else:
            call.future.set_exception(failure)

    # --- the process

    def _start_ahead(self) -> None:
        """Start a process before there is a call for it. Where that fails, the next call tries again and says so."""
        try:
            self._whole_worker()
        except Exception as error:
            if not self._closing:
                log.error("A process that %s could not be started: %r", self._work, error)

    def _whole_worker(self) -> _Worker:
        if self._worker and self._is_whole(self._worker):
            return self._worker
        try:
            self._worker = self._started()
        except Exception:
            if self._closing:
                raise
            # The fork server was killed or did not answer; as soon as it is seen to be dead, there will be another.
            time.sleep(_REPORT)
            self._worker = self._started()
        self.replaced += self.is_lost
        self.is_lost = self.is_doubtful = False
        return self._worker

    def _is_whole(self, worker: _Worker) -> bool:
        """Whether one without work can be asked; it is let go where it cannot."""
        if not worker.is_silent:
            self._lose(worker, EOFError())
        elif self.is_doubtful:
            self._lose(worker, TimeoutError("another one did not answer, so this one may not either"))
        return self._worker is not None

    def _started(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        make: Callable[..., BaseProcess] = self._context.Process  # type: ignore[attr-defined]
        process = make(target=_work, args=(theirs, self._begin), daemon=True)
        try:
            with theirs, self._waiting_for(process, self._start_patience):
                process.start()
            with self._waiting_for(process, self._start_patience):
                ours.recv()
        except Exception:
            if process.pid is not None:
                _Worker(process, ours, _fork_server()).end()
            raise
        return _Worker(process, ours, _fork_server())

    def _lose(self, worker: _Worker, error: Exception) -> str:
        """Let go of a process that is lost, and return why."""
        worker.end()
        self._worker, self.is_lost = None, True
        code = worker.process.exitcode or 0
        if isinstance(error, TimeoutError):
            why = str(error)
        elif isinstance(error, EOFError | OSError):
            why = f"it died of {signal.Signals(-code).name}" if code < 0 else "it died"
        else:
            why = repr(error)
        if not self._closing:
            log.warning("A process that %s was lost: %s. Another takes its place.", self._work, why)
        return why

    # --- what is waited for

    @contextmanager
    def _waiting_for(self, process: BaseProcess, seconds: float) -> Iterator[None]:
        """Have the process ended if it keeps us waiting for longer. Raises ``TimeoutError`` where that was so."""
        with self._lock:
            # Nobody would end what is begun after close().
            if self._closing:
                raise LostWorkerError("the processes have been shut down")
            self._awaited, self._waited, self._limit = process, 0.0, seconds
        try:
            yield
        except Exception as error:
            if self._awaited is None:
                raise TimeoutError(f"it did not answer for {seconds:g} s") from error
            raise
        finally:
            with self._lock:
                self._awaited = None

    def end_overdue(self, seconds: float) -> bool:
        """Count so many more seconds of waiting; end what is waited for if these are too many, and tell whether so."""
        with self._lock:
            self._waited += seconds
            if self._awaited is None or self._waited < self._limit:
                return False
            # On a machine that has far too much to do even a whole one is late: it stands in line for a processor.
            if self._waited < _STARVED * self._limit and _is_running(self._awaited):
                return False
            self._end_awaited()
            return True

    def close(self) -> None:
        """Have ``run`` come to its end, whatever it waits for."""
        with self._lock:
            self._closing = True
            # Who has no number yet will end by itself, or with the fork server.
            if self._awaited and self._awaited.pid is not None:
                self._end_awaited()

    def _end_awaited(self) -> None:
        if self._awaited and self._awaited.pid is not None:
            _kill(self._awaited)
        else:
            _end_fork_server()
        self._awaited = None


def _is_running(process: BaseProcess) -> bool:
    """Whether the process runs, or would if there were a processor for it, as far as the system tells: Linux does."""
    try:
        # The state stands behind the name, which may hold anything.
        return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "R"
    except (OSError, IndexError):
        return False


def _kill(process: BaseProcess) -> None:
    # Process.kill() does nothing to one that has outlived its fork server.
    if process.pid is not None:
        with suppress(ProcessLookupError):
            os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))


def _fork_server() -> int | None:
    """The number of multiprocessing's fork server, where there is one."""
    number: int | None = getattr(forkserver._forkserver, "_forkserver_pid", None)
    return number


def _end_fork_server() -> None:
    """Kill the fork server; another is started when it is needed. Its processes go on without it."""
    pid = _fork_server()
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


# --- in the process


def _work(connection: "Connection[Any, Any]", begin: Callable[[], object]) -> None:
    """Answer one call after the other, until the other end of the pipe is closed."""
    begin()
    connection.send(None)
    with suppress(EOFError, ConnectionError):
        while True:
            function, arguments = connection.recv()
            connection.send(_called(function, arguments))


def _called(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[Any, Exception | None]:
    """What the function returned and None, or None and what it raised, with a note of where."""
    try:
        return function(*arguments), None
    except Exception as error:
        error.add_note(traceback.format_exc())
        return None, error
