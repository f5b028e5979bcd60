"""What is typed is derived beside the loop: in a process of its own, which has so long for it and no longer."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from http import HTTPStatus
from typing import TypeVar

from fastapi import Request

from app.descent.formulas.memory import Memory
from app.maps.pool import belong_to_parent, process_context
from app.maps.processes import LostWorkerError, Processes
from app.request.errors import ApiError
from app.request.typed import Derived, Typed, UnderivedError, derive, elsewhere
from app.web.limits import Line, busy
from app.web.own_process import OwnProcess

T = TypeVar("T")

# What is typed is derived in a tenth of a second at the most. On a machine that has much else to do it takes longer.
_PATIENCE = 2.0
# So many texts wait for the process: a hall of people who type, each of whom waits for the last letter alone.
_WAITING = 256
# Characters of what was derived last: whoever waits for the same text has it from there.
_ROOM = 1_000_000


def make_process() -> Processes:
    """The process that derives what is typed."""
    return Processes(1, process_context(), belong_to_parent, _PATIENCE, work="derives what is typed")


class Deriver:
    """Has what is typed derived in a process, which is started with the first text."""

    def __init__(self, make: Callable[[], Executor] = make_process) -> None:
        """Set what makes the process."""
        self._process = OwnProcess(make, _lost)
        # With each letter somebody leaves and comes again. Were the longest wait first, then of more people than texts
        # can be derived for in the time of a letter nobody would have an answer.
        self._line = Line(1, _WAITING, newest=True)
        self._last: Memory[Derived] = Memory(_ROOM)

    async def derive(self, typed: Typed, request: Request) -> Derived:
        """What is derived of the text.

        Raises ``ApiError`` 503 where too many are waiting, or the process died or did not answer; 499 where the client
        leaves.
        """
        await self._line.enter(1, request)
        try:
            # A class types the same formula.
            if (known := self._last.get(typed)) is not None:
                return known
            derived = await asyncio.wrap_future(self._process.submit(derive, typed))
            return self._last.keep(typed, derived, derived.size + len(typed.text))
        except LostWorkerError as error:
            raise _lost() from error
        except asyncio.CancelledError:
            # What waits when the server ends is cancelled.
            if self._process.closed:
                raise _lost() from None
            raise
        finally:
            self._line.leave()

    def close(self) -> None:
        """Let the process go, whatever it does; soon."""
        self._process.close()


def _lost() -> ApiError:
    hint = "Try again in a second."
    return ApiError("What was typed could not be looked into.", hint=hint, status=HTTPStatus.SERVICE_UNAVAILABLE)


async def made(request: Request, query: bytes, make: Callable[[], T]) -> T:
    """What is made of a query, or a body, in a turn of the loop; what is typed in it is derived elsewhere before.

    Without a deriver, as where there is no server, it is derived on the spot.
    """
    deriver: Deriver | None = request.app.state.deriver
    if deriver is None:
        async with busy.reading(query):
            return make()
    at_hand: dict[Typed, Derived] = {}
    while True:
        async with busy.reading(query):
            with elsewhere(at_hand):
                try:
                    return make()
                except UnderivedError as unknown:
                    typed = unknown.typed
        # The next try needs one text less.
        at_hand[typed] = await deriver.derive(typed, request)
