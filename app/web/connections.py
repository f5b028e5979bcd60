"""Connections: how many there may be, and how long each may take to ask and to take its answer."""

import asyncio
import json
import logging
import socket
import sys
import time
from contextlib import suppress
from functools import cache
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from app.maps.pool import worker_count
from app.web.sending import under_way

log = logging.getLogger("downhill")

# How many the loop accepts at once, before it looks at what the others want; and how many may wait for that. The system
# turns away what does not fit, and a client that is turned away tries again after a second, or three.
_BACKLOG, _QUEUED = 64, 1024
# The descriptors that a process asks for, and those that it needs for other things than connections.
_DESCRIPTORS, _SPARE = 4096, 64
# Windows' select() takes no more.
_WITHOUT_RLIMIT = 512
# What is under way when the server is to stop has so many seconds to be complete, and so many more to be sent.
GRACE, _LAST_WORDS = 2.0, 0.7
# A client that has taken less of its answer than this within ``reading_seconds`` is given up.
_LEAST_TAKEN = 16_384
_UNSENT = 65_536
# A client that was refused may finish its sentence for a second, or for so many bytes, to hear why.
_LINGER, _LINGER_BYTES = 1.0, 1_000_000
_TELL_EVERY = 60.0


@cache
def descriptors() -> int:
    """How many descriptors this process may have, after asking for more where there are few."""
    if sys.platform == "win32":
        return _WITHOUT_RLIMIT
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    wanted = _DESCRIPTORS if hard == unlimited else min(hard, _DESCRIPTORS)
    if soft != unlimited and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return _DESCRIPTORS if soft == unlimited else min(soft, _DESCRIPTORS)


@cache
def most_connections() -> int:
    """How many connections a process may have open: each may have a file open as well."""
    return max(8, (descriptors() - _SPARE - 4 * worker_count() - 4 * backlog()) // 2)


def backlog() -> int:
    """How many connections are accepted at once.

    Three rounds of the loop may pass before another one is closed for one that is accepted: where there are few
    descriptors the rounds have to be short.
    """
    return max(4, min(_BACKLOG, descriptors() // 16))


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose servers have a longer queue than they accept connections at once."""

    async def create_server(self, *arguments: Any, **options: Any) -> asyncio.Server:
        """The server that asyncio makes, with its queue."""
        server: asyncio.Server = await super().create_server(*arguments, **options)
        for one in server.sockets:
            with one.dup() as same:
                same.listen(_QUEUED)
        return server


class Room:
    """How many connections of this process are open, and which of them can be closed.

    ``waiting`` are those that wait for their client, to ask or to take its answer, the longest first; ``refused`` are
    those that have no place any more, but are open for a moment to be heard.
    """

    def __init__(self, most: int) -> None:
        """Set how many connections there may be."""
        self.most, self.taken = most, 0
        self.waiting: dict[Connection, None] = {}
        self.refused: dict[Connection, None] = {}
        self._told = -_TELL_EVERY

    def make(self) -> bool:
        """Whether there is a place, after giving up a connection for it where all are taken."""
        if self.taken >= self.most:
            self.tell()
            for one in self.waiting:
                one.leave()
                one.transport.abort()
                break
        return self.taken < self.most

    def linger(self, connection: "Connection") -> None:
        """Let a refused connection be open for a moment, and close the first of too many."""
        self.refused[connection] = None
        if len(self.refused) > backlog():
            first = next(iter(self.refused))
            del self.refused[first]
            first.transport.abort()

    def tell(self) -> None:
        """Say that all connections are taken, once in a while."""
        if time.monotonic() - self._told >= _TELL_EVERY:
            self._told = time.monotonic()
            log.warning("All %s connections are taken: the one that has waited longest for its client goes.", self.most)


@cache
def _room() -> Room:
    return Room(most_connections())


class Connection(HttpToolsProtocol):
    """One connection, as uvicorn has it, with limits.

    A head has to be complete in time and not too long, the pieces of a body have to follow each other, and who does not
    take its answer is given up. Where all connections are taken, the one that has waited longest for its client makes
    room; where none waits, the new one is refused.
    """

    head_bytes = 65_536
    head_seconds = 20.0
    body_seconds = 30.0
    reading_seconds = 30.0

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Take what uvicorn gives."""
        super().__init__(*arguments, **options)
        # What is being read: a head, a body, or nothing before the next head.
        self._part = "head"
        # How many bytes have come since the last one that the application was given something of.
        self._unread = 0
        self._refused = self._placed = False
        self._asking: asyncio.TimerHandle | None = None
        self._taking: asyncio.TimerHandle | None = None

    @property
    def room(self) -> Room:
        """Where the connections of this process are counted."""
        return _room()

    # ── Coming and going

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin, where there is room."""
        super().connection_made(transport)
        if hasattr(socket, "TCP_NOTSENT_LOWAT") and self.server and self.server[1]:
            # The system would take megabytes at once, and not tell before a third of them are read.
            with suppress(OSError):  # on some systems, where the client has left already
                transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT)
        if not self.room.make():
            self._refuse(503, "The server has no connection left.", "Try again in a second.")
            return
        self._placed = True
        self.room.taken += 1
        self._ask_within(self.head_seconds)
        # It does not wait before what it has sent already can have been read: in the next round but one.
        self.loop.call_soon(self.loop.call_soon, self._wait_for_request)

    def _wait_for_request(self) -> None:
        if self._part:
            self._wait()

    def _wait(self) -> None:
        if self._placed:
            self.room.waiting[self] = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        super().connection_lost(exc)
        self.leave()
        self.room.refused.pop(self, None)
        self._ask_within(None)
        self._stop_looking()

    def leave(self) -> None:
        """Give its place back, once."""
        self.room.waiting.pop(self, None)
        if self._placed:
            self._placed = False
            self.room.taken -= 1

    def shutdown(self) -> None:
        """Let what is under way end, in time."""
        super().shutdown()
        under_way.stop_after(GRACE)
        self.loop.call_later(GRACE + _LAST_WORDS, self.transport.abort)

    # ── What the client asks

    def data_received(self, data: bytes) -> None:
        """Read what has come, and look whether it comes as it should."""
        self._unset_keepalive_if_required()
        self._unread += len(data)
        if self._refused:
            if self._unread > _LINGER_BYTES:
                self.transport.abort()
            return
        self._part = self._part or "head"
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # There is no other protocol here: the request is answered in this one, and the parser reads no other.
            self.cycle.keep_alive = False
        except httptools.HttpParserError:
            # One that was refused within the parser has had its answer.
            if not self._refused:
                self._refuse(400, "This is no valid HTTP request.", "See the standard, RFC 9112.")
        if self._refused:
            return
        if self._unread > self.head_bytes:
            self._refuse_head()
        elif not self._part:
            self._ask_within(None)
        elif self._part == "body":
            self._ask_within(self.body_seconds)
        elif not self._asking:
            self._ask_within(self.head_seconds)

    def _should_upgrade(self) -> bool:
        return False

    def on_headers_complete(self) -> None:
        """Begin to answer, if the head is not too long."""
        if len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > self.head_bytes:
            self._refuse_head()
        if self._refused:
            return
        self._part, self._unread = "body", 0
        self._ask_within(None)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        if not self._refused:
            self._unread = 0
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Take the end of the body."""
        if not self._refused:
            self._part, self._unread = "", 0
            self.room.waiting.pop(self, None)
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request, and for the client to take the end of this answer."""
        super().on_response_complete()
        if self.cycle.response_complete:
            # One that is being closed waits as well, until the rest of its answer is taken.
            self._wait()
        self._take_in_time()

    def _ask_within(self, seconds: float | None) -> None:
        """Give the client so much time for the rest of its head, or for the next piece of its body."""
        if self._asking:
            self._asking.cancel()
        self._asking = None if seconds is None else self.loop.call_later(seconds, self._ask_too_late)

    def _ask_too_late(self) -> None:
        self._asking = None
        if self._part == "head":
            self._refuse(408, f"The head of the request was not complete within {self.head_seconds:g} s.")
        elif self.flow.read_paused:
            # It is the application that does not read.
            self._ask_within(self.body_seconds)
        else:
            self._refuse(408, f"No piece of the body came for {self.body_seconds:g} s.")

    def _refuse_head(self) -> None:
        self._refuse(431, f"The head of the request has more than {self.head_bytes} bytes.", "No request needs them.")

    def _refuse(self, status: int, message: str, hint: str = "Ask again.") -> None:
        """Answer with an error in its one form, and hear no more of this client."""
        if self._refused or self.transport.is_closing():
            return
        self._refused, self._unread = True, 0
        self._ask_within(None)
        if self.cycle and not self.cycle.response_complete:
            if self._part != "body":
                # What it had asked before is answered, and nothing after it.
                self.cycle.keep_alive = False
                return
            if self.cycle.response_started or self.pipeline:
                # In the middle of another answer nothing can be said.
                self.transport.close()
                return
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        error = {"status": status, "message": message, "key": None, "hint": hint}
        body = json.dumps({"error": error}, separators=(",", ":"))
        head = ["content-type: application/json", f"content-length: {len(body)}", "connection: close"]
        head += ["retry-after: 1"] if status == 503 else []
        self.transport.write(STATUS_LINE[status] + "\r\n".join([*head, "", body]).encode())
        # Closed at once, with bytes unread, the connection would be reset, and the answer might not be heard.
        self.transport.write_eof()
        self.loop.call_later(_LINGER, self.transport.abort)
        self.leave()
        self.room.linger(self)

    # ── How the client takes its answer

    def pause_writing(self) -> None:
        """Wait for the client, as long as it reads."""
        super().pause_writing()
        self._wait()
        self._take_in_time()

    def resume_writing(self) -> None:
        """Go on: the client reads."""
        super().resume_writing()
        self._stop_looking()
        if self.cycle.response_complete:
            self._take_in_time()
        else:
            self.room.waiting.pop(self, None)

    def _take_in_time(self) -> None:
        held = self.transport.get_write_buffer_size()
        if held and not self._taking:
            self._taking = self.loop.call_later(self.reading_seconds, self._look_at_taking, held)

    def _stop_looking(self) -> None:
        if self._taking:
            self._taking.cancel()
        self._taking = None

    def _look_at_taking(self, held: int) -> None:
        self._taking = None
        taken = held - self.transport.get_write_buffer_size()
        # Where it is less than nothing, another answer was begun meanwhile.
        if 0 <= taken < min(_LEAST_TAKEN, (held + 1) // 2):
            log.info("A client did not take its answer for %g s.", self.reading_seconds)
            self.transport.abort()
        else:
            self._take_in_time()
