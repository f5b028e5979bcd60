"""How answers leave: in pieces, and to an end in their own form when the server stops."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# A client that reads slowly is waited for piece by piece, and no more than a piece of its answer is copied for it.
PIECE = 65_536
# Who has sent a piece lets the others have so many turns: of a hundred that compute, each in its own turn, a new client
# would otherwise wait for all at each of the six or seven turns that its own answer takes. Measured: 0.4 s, not 1.5.
# One whose piece is small is soon done.
_ROUNDS, _SMALL = 4, 8_192
STOPPING = "The server is stopping."
AGAIN = "Ask again in a moment."
_JSON_LINES = b"application/x-ndjson"
_LAST_RECORD = {"kind": "error", "message": f"{STOPPING} {AGAIN}"}
_LAST_LINE = json.dumps(_LAST_RECORD, separators=(",", ":")).encode() + b"\n"


class UnderWay:
    """The answers that are being made in this process."""

    def __init__(self) -> None:
        """Begin with none."""
        self._answers: set[Sent] = set()
        self._stopping = False

    def add(self, answer: "Sent") -> None:
        """Count an answer in."""
        self._answers.add(answer)

    def discard(self, answer: "Sent") -> None:
        """Count an answer out."""
        self._answers.discard(answer)

    def stop_after(self, seconds: float) -> None:
        """Bring what is still being made by then to its end; asked again, change nothing."""
        if not self._stopping:
            self._stopping = True
            asyncio.get_running_loop().call_later(seconds, self._stop)

    def _stop(self) -> None:
        self._stopping = False
        for answer in self._answers:
            answer.stop()


under_way = UnderWay()


class Sent:
    """One answer: how far it has been sent, and the task that makes it."""

    def __init__(self, send: Send) -> None:
        """Send by this."""
        self._send = send
        self._last_words = self.begun = self.over = self.in_lines = False
        self.at_line_end = True
        self.work: asyncio.Task[None] | None = None

    async def send(self, message: Message) -> None:
        """Send a message, a long one in pieces."""
        if message["type"] == "http.response.start":
            self.begun = True
            kind = next((value for name, value in message["headers"] if name.lower() == b"content-type"), b"")
            self.in_lines = kind.startswith(_JSON_LINES)
            await self._send(message)
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        for first in range(0, len(body) or 1, PIECE):
            last = first + PIECE >= len(body)
            await self._send_piece(body[first : first + PIECE], more or not last)

    async def _send_piece(self, piece: bytes, more: bool) -> None:
        ends_line = piece[-1:] == b"\n" if piece else self.at_line_end
        # Until it is out, a piece that is to end a line has not ended it.
        self.at_line_end = self.at_line_end and ends_line
        await self._send({"type": "http.response.body", "body": piece, "more_body": more})
        self.at_line_end, self.over = ends_line, not more
        if self._last_words and ends_line and more and self.work:
            self.work.cancel()
            # The sender may be another task than the work, and must not go on before it is cancelled as well.
            await asyncio.get_running_loop().create_future()
        for _ in range(_ROUNDS if more and len(piece) > _SMALL else 0):
            await asyncio.sleep(0)

    def stop(self) -> None:
        """Give up what is computed; a line that is half sent is finished first, and what has been computed is sent."""
        self._last_words = self.in_lines
        if self.work and (not self.begun or (self.in_lines and self.at_line_end)):
            self.work.cancel()


class Sending:
    """Sends answers in pieces. One that is given up because the server stops gets an end that tells so."""

    def __init__(self, app: ASGIApp, refuse: Callable[[Request], ASGIApp]) -> None:
        """Wrap the application; ``refuse`` returns the answer of a request that is not answered any more."""
        self.app, self.refuse = app, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sent = Sent(send)
        sent.work = asyncio.ensure_future(self.app(scope, receive, sent.send))
        under_way.add(sent)
        try:
            await sent.work
        except asyncio.CancelledError:
            # A client that does not read its last words is not waited for when the server cancels once more.
            with suppress(asyncio.CancelledError):
                await self._end(sent, scope, receive, send)
        finally:
            under_way.discard(sent)

    async def _end(self, sent: Sent, scope: Scope, receive: Receive, send: Send) -> None:
        if not sent.begun:
            await self.refuse(Request(scope))(scope, receive, send)
        elif sent.in_lines and sent.at_line_end and not sent.over:
            await send({"type": "http.response.body", "body": _LAST_LINE})


class Present:
    """Passes on the requests of those who are still there.

    Who types asks with each letter and leaves before the next: where that is more than the server can answer, most have
    left before their turn comes, and finding out what they wanted would keep all others waiting.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless its client is known to have left."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        # It has no body, so that its one message is there already. The loop hears of the end of a connection in one
        # round, and tells it in the next.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        first: Message | None = await receive()
        if first is not None and first["type"] == "http.disconnect":
            return

        async def receive_again() -> Message:
            nonlocal first
            message, first = first, None
            return await receive() if message is None else message

        await self.app(scope, receive_again, send)
