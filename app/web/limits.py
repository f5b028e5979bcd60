"""What one worker takes on at once: who is let in, who waits for whom, and what becomes of clients that leave.

Everything that computes is admitted first. Its work, counted in evaluations of a formula, decides its lane, so that
whoever asks for little waits for others who ask for little, and not for those who ask for much. What is of no use
before it is complete takes one of its lane's places for as long as it is computed; and whatever is computed in the
server's own loop takes turns of some milliseconds, the lanes of little work first.
"""

import asyncio
from bisect import bisect_left
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any
from urllib.parse import unquote_to_bytes

from fastapi import Request
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from app.request.errors import ApiError
from app.request.request import MAX_WORK

# Up to so much work each lane takes; a last one takes the rest. An evaluation is two to four microseconds.
_LANES = (200, 2_000, 20_000, 200_000, 2_000_000)
# Reading a request costs so much, and so much more for each further run of a race.
_READ, _READ_RUN = 50, 150
# So many answers of one lane are computed at once: each holds what it has so far.
_PLACES = 2
# A map of up to so much work, which takes its workers a fraction of a second, waits for its turn instead of being
# refused: the page asks for one after the other while a control is dragged. For each of the others that there may be at
# once so many wait.
_QUICK_MAP = 10_000_000
_QUICK_MAPS = 64
# How often the loop goes round between two turns. Reading a request and sending a small answer takes it some twenty
# rounds; an empty one takes a hundredth of a millisecond.
_ROUNDS = 5
# Every so many times, whoever has waited longest is next: nobody waits for ever, however many ask for less.
_OLDEST = 4


class Line:
    """So many places, and who waits for one: the least work is next, and every fourth time the longest wait.

    ``most`` is how much work may wait; infinitely much where it is None. Where the ``newest`` are first, it is whoever
    came last instead of who asks for the least.
    """

    def __init__(self, places: int, most: int | None = None, *, newest: bool = False) -> None:
        self.free, self.most, self.newest = places, most, newest
        self._waiting: dict[asyncio.Future[None], int] = {}  # in the order of arrival
        self._given = 0

    def __len__(self) -> int:
        return len(self._waiting)

    async def enter(self, work: int, request: Request | None = None, most: int | None = None) -> None:
        """Wait for a place, as long as the client of the request is there; ``most`` replaces the line's own.

        Raises ``ApiError`` 503 where too much is waiting already, 499 where the client leaves.
        """
        if self.free:
            self.free -= 1
        else:
            most = self.most if most is None else most
            # Whoever comes first may wait, however much it is.
            if most is not None and self._waiting and sum(self._waiting.values()) + work > most:
                raise _too_much()
            await self._wait(work, request)
        try:
            if request is not None and await request.is_disconnected():
                raise _left()
        except BaseException:
            self.leave()
            raise

    async def _wait(self, work: int, request: Request | None) -> None:
        place = asyncio.get_running_loop().create_future()
        self._waiting[place] = work
        leaving = asyncio.create_task(_leaving(request)) if request is not None else None
        if leaving is not None:
            leaving.add_done_callback(lambda _: place.cancel())
        try:
            await place
        except asyncio.CancelledError:
            if not place.cancelled():
                self.leave()  # it was given in the very moment in which nobody wanted it any more
            if leaving is not None and leaving.done():
                raise _left() from None
            raise
        finally:
            self._waiting.pop(place, None)
            if leaving is not None:
                leaving.cancel()

    def leave(self) -> None:
        """Give the place to the next, or back."""
        self._given += 1
        waiting = {place: work for place, work in self._waiting.items() if not place.done()}
        if not waiting:
            self.free += 1
            return
        oldest = self._given % _OLDEST == 0
        if oldest:
            place = next(iter(waiting))
        else:
            place = next(reversed(waiting)) if self.newest else min(waiting, key=waiting.__getitem__)
        del self._waiting[place]
        place.set_result(None)


async def _leaving(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _left() -> ApiError:
    return ApiError("The client left.", status=499)


def _too_much() -> ApiError:
    return ApiError("The server is busy.", hint="Try again in a second.", status=503)


def _too_many_maps(there: int) -> ApiError:
    hint = "Try again in a second, when one of them may be done."
    return ApiError(f"The server computes {there} maps already.", hint=hint, status=503)


class Busy:
    """Counts the answers under way and the points they hold in memory, and refuses what is too much now."""

    def __init__(self, most_answers: int = 512, most_points: int = 8_000_000, most_maps: int = 4) -> None:
        """Set the limits of one worker process."""
        self.most_answers, self.most_points, self.most_maps = most_answers, most_points, most_maps
        self.answers = self.points = self.maps = 0
        # In each lane as much may wait as the dearest request costs.
        self.lanes = [Line(_PLACES, MAX_WORK) for _ in (*_LANES, None)]
        self.quick_maps = Line(_PLACES)
        self.turns = Line(1)

    async def admit_map(self, work: int, request: Request) -> "Admission":
        """An admission to compute a map of so much work, whose cells are computed elsewhere.

        One that is quick waits until few others are computed, and holds its place to its end; others count among the
        few maps there may be. Raises ``ApiError`` 503 where it is too much now, 499 where the client leaves.
        """
        if work > _QUICK_MAP:
            return self.admit(0, maps=1)
        if len(self.quick_maps) >= _QUICK_MAPS * self.most_maps:
            raise _too_many_maps(len(self.quick_maps))
        admission = self.admit(0)
        try:
            await self.quick_maps.enter(work, request)
        except BaseException:
            admission.release()
            raise
        admission.held = self.quick_maps
        return admission

    def admit(self, work: int, points: int = 0, maps: int = 0) -> "Admission":
        """An admission to be released when the answer is sent. Raises ``ApiError`` 503 where it is too much now.

        The more an answer costs, the emptier the server must be for it: no number of dear ones shuts the others out.
        """
        if maps and self.maps + maps > self.most_maps:
            raise _too_many_maps(self.maps)
        lane = _lane(work)
        part = 1 - lane / (2 * len(_LANES))
        if self.answers >= part * self.most_answers or self.points + points > part * self.most_points:
            raise _too_much()
        return Admission(self, lane, work, points, maps)

    @asynccontextmanager
    async def turn(self, work: int) -> AsyncIterator[None]:
        """Have the loop for some milliseconds of so much work, and then let all others have theirs."""
        lane = _lane(work)
        await self.turns.enter(lane)
        try:
            yield
            # What came in meanwhile stands in line for the next turn, and what is ready is sent.
            for _ in range(_ROUNDS if lane else 0):
                await asyncio.sleep(0)
        finally:
            self.turns.leave()

    @asynccontextmanager
    async def reading(self, query: bytes) -> AsyncIterator[None]:
        """Have a turn to read a request, before it is known what it asks for."""
        async with self.turn(_READ + _READ_RUN * unquote_to_bytes(query).count(b"run")):
            yield


def _lane(work: int) -> int:
    return bisect_left(_LANES, work)


class Admission:
    """The right to compute one answer."""

    def __init__(self, busy: Busy, lane: int, work: int, points: int, maps: int) -> None:
        """Count the answer in."""
        self.busy, self.lane, self.work, self.points, self.maps = busy, lane, work, points, maps
        self.open = True
        # A line whose place it has, until it is released.
        self.held: Line | None = None
        busy.answers += 1
        busy.points += points
        busy.maps += maps

    def __enter__(self) -> "Admission":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def release(self) -> None:
        """Count the answer out, once."""
        if self.open:
            self.open = False
            self.busy.answers -= 1
            self.busy.points -= self.points
            self.busy.maps -= self.maps
            if self.held is not None:
                self.held.leave()

    @asynccontextmanager
    async def place(self, request: Request, most: int | None = None) -> AsyncIterator[None]:
        """Have one of the lane's places, as ``Line.enter`` gives it."""
        line = self.busy.lanes[self.lane]
        await line.enter(self.work, request, most)
        try:
            yield
        finally:
            line.leave()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Have the loop for some milliseconds, and then let all others have theirs."""
        async with self.busy.turn(self.work):
            yield


busy = Busy()


class AdmittedResponse(StreamingResponse):
    """A streamed response that releases its admission when it is over, however it ends."""

    def __init__(self, content: AsyncIterator[bytes] | Iterator[bytes], admission: Admission, **options: Any) -> None:
        """Take the admission over."""
        super().__init__(content, **options)
        self.admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send, and release."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            # What is left of a map must not go on for nobody until the garbage is collected.
            if isinstance(self.body_iterator, AsyncGenerator):
                await self.body_iterator.aclose()
            self.admission.release()
