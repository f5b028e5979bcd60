"""Films are made in processes of their own, a few at a time, piece by piece: for whom leaves nothing is made on."""

import asyncio
import itertools
import logging
import threading
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

from fastapi import Request

from app.exports.films.making import Piece
from app.exports.work import ForgottenError, Sent, begin, drop, go_on
from app.maps.pool import belong_to_parent, give_way, process_context
from app.maps.processes import LostWorkerError, Processes
from app.request.errors import ApiError
from app.web.limits import Admission, Line

log = logging.getLogger("downhill")

# So many films are made at once, each in a process of its own; and so many wait.
PLACES, WAITING = 2, 6
# A piece takes a sixth of a second. On a machine that has much else to do it takes longer.
_PATIENCE = 20.0
# After so many seconds one of those that are made may be done.
_SOON = 5


def make_process() -> Processes:
    """A process that makes films."""
    return Processes(1, process_context(), _begin_work, _PATIENCE, work="makes films")


def make_thread() -> Executor:
    """A thread of this process, for where there is no server."""
    return ThreadPoolExecutor(1)


def _begin_work() -> None:
    give_way()
    belong_to_parent()


class Films:
    """Has films made, in processes that are started with the first film."""

    def __init__(
        self, make: Callable[[], Executor] = make_process, places: int = PLACES, waiting: int = WAITING
    ) -> None:
        """Set what makes a process, how many films are made at once, and how many may wait."""
        self._make = make
        self._room = Line(places + waiting)
        self._line = Line(places)
        self._free: list[Executor] = []
        self._all: list[Executor] = []
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._closed = False

    def admit(self, admission: Admission) -> None:
        """Count a film in until the admission is released. Raises ``ApiError`` 503 where there are too many."""
        if not self._room.free:
            hint = "Try again in a few seconds, when one of them may be done."
            busy = HTTPStatus.SERVICE_UNAVAILABLE
            raise ApiError("The server makes too many films already.", hint=hint, status=busy, wait=_SOON)
        self._room.free -= 1
        admission.held = self._room

    async def pieces(self, sent: Sent, request: Request | None, encoded: bool = False) -> AsyncGenerator[Piece, None]:
        """The film as it is made, with how much of it is; the last piece has the file, as base64 where ``encoded``.

        Raises ``ApiError`` 499 where the client of the request, if one is given, leaves, 503 where the process died.
        """
        await self._line.enter(1, request)
        executor, number = None, next(self._numbers)
        try:
            executor = self._taken()
            await asyncio.wrap_future(executor.submit(begin, number, sent))
            done = False
            while not done:
                piece = await asyncio.wrap_future(executor.submit(go_on, number, encoded))
                done = bool(piece.content)
                if request is not None and not done and await request.is_disconnected():
                    raise ApiError("The client left.", status=499)
                yield piece
        except (LostWorkerError, ForgottenError) as error:
            raise _lost() from error
        except asyncio.CancelledError:
            # What waits when the server ends is cancelled.
            if self._closed:
                raise _lost() from None
            raise
        finally:
            if executor is not None:
                self._give_back(executor, number)
            self._line.leave()

    def _taken(self) -> Executor:
        with self._lock:
            if self._closed:
                raise _lost()
            if self._free:
                return self._free.pop()
            executor = self._make()
            self._all.append(executor)
            return executor

    def _give_back(self, executor: Executor, number: int) -> None:
        """Have what is left of a film forgotten, after the piece under way; the process is free for the next."""
        with self._lock:
            if not self._closed:
                executor.submit(drop, number).add_done_callback(_look_at)
                self._free.append(executor)

    def close(self) -> None:
        """Let the processes go, whatever they do; soon."""
        with self._lock:
            executors, self._all, self._closed = self._all, [], True
        for executor in executors:
            executor.shutdown()


def _look_at(future: Any) -> None:
    # A process that died has forgotten all; the next call finds another one.
    if not future.cancelled():
        future.exception()


def _lost() -> ApiError:
    hint = "Try again in a second."
    return ApiError("The film could not be made.", hint=hint, status=HTTPStatus.SERVICE_UNAVAILABLE)
