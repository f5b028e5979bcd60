"""The entrance: requests of what is typed come in one by one, with as much time for all others between two of them.

A hall of people who type asks for more than a server can do, and with each letter they give up what they asked before.
Whoever is gone when its turn comes has cost next to nothing; and whoever asks for anything else does not notice.
"""

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# What is typed is at one of these routes, or in a query with one of these keys.
_ROUTES = ("/api/formula", "/api/rule")
_KEYS = (b"formula=", b"rule=")
# So many wait, most of whom have left: of more, the one that has waited longest is told to come again.
_WAITING = 1024
# A request that comes in is read, and is waiting for what is derived of it, after so many rounds of the loop.
_ROUNDS = 3
# Nobody waits for longer between two of them, in seconds: what takes so long takes it once.
_LONGEST = 0.01
# Every so many times, whoever has waited longest is next.
_OLDEST = 4


class Entrance:
    """Lets requests of what is typed in one by one, the newest first."""

    def __init__(self, app: ASGIApp, refuse: Callable[[Request], ASGIApp]) -> None:
        """Wrap the application; ``refuse`` returns the answer of a request that too many others wait with."""
        self.app, self.refuse = app, refuse
        self._waiting: dict[asyncio.Future[bool], None] = {}
        self._pacing: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, in its turn."""
        if scope["type"] != "http" or not _is_typed(scope):
            await self.app(scope, receive, send)
            return
        if not await self._turn():
            await self.refuse(Request(scope))(scope, receive, send)
            return
        first = await receive()
        if first["type"] != "http.disconnect":
            await self.app(scope, _after(first, receive), send)

    async def _turn(self) -> bool:
        """Wait for the turn; whether it has come."""
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting[turn] = None
        if len(self._waiting) > _WAITING:
            _give(self._waiting, oldest=True, turn=False)
        if self._pacing is None or self._pacing.done():
            self._pacing = asyncio.create_task(self._pace())
        try:
            return await turn
        finally:
            self._waiting.pop(turn, None)

    async def _pace(self) -> None:
        """Give all turns that are waited for."""
        loop, given = asyncio.get_running_loop(), 0
        while self._waiting:
            since = loop.time()
            given += 1
            _give(self._waiting, oldest=given % _OLDEST == 0, turn=True)
            for _ in range(_ROUNDS):
                await asyncio.sleep(0)
            await asyncio.sleep(min(loop.time() - since, _LONGEST))


def _give(waiting: dict[asyncio.Future[bool], None], oldest: bool, turn: bool) -> None:
    one = next(iter(waiting)) if oldest else next(reversed(waiting))
    del waiting[one]
    if not one.done():
        one.set_result(turn)


def _after(first: Message, receive: Receive) -> Receive:
    """What receives the first message once more, and then what comes."""
    read = [first]

    async def receive_again() -> Message:
        return read.pop() if read else await receive()

    return receive_again


def _is_typed(scope: Scope) -> bool:
    return scope["path"].endswith(_ROUTES) or any(key in scope["query_string"] for key in _KEYS)
