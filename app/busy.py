"""How much one worker takes on at once."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import Any

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from app.models import ApiError


class Busy:
    """Counts the answers under way and the points they hold in memory, and refuses what is too much now."""

    def __init__(self, most_answers: int = 512, most_points: int = 8_000_000, most_maps: int = 4) -> None:
        """Set the limits of one worker process."""
        self.most_answers, self.most_points, self.most_maps = most_answers, most_points, most_maps
        self.answers = self.points = self.maps = 0

    def admit(self, points: int, maps: int = 0) -> "Ticket":
        """Return a ticket to be released when the answer is sent. Raises ``ApiError`` 503 where it is too much now."""
        if maps and self.maps + maps > self.most_maps:
            hint = "Try again in a second, when one of them may be done."
            raise ApiError(f"The server computes {self.maps} maps already.", hint=hint, status=503)
        if self.answers >= self.most_answers or self.points + points > self.most_points:
            raise ApiError("The server is busy.", hint="Try again in a second.", status=503)
        return Ticket(self, points, maps)


class Ticket:
    """The right to compute one answer."""

    def __init__(self, busy: Busy, points: int, maps: int) -> None:
        """Count the answer in."""
        self.busy, self.points, self.maps, self.open = busy, points, maps, True
        busy.answers += 1
        busy.points += points
        busy.maps += maps

    def release(self) -> None:
        """Count the answer out, once."""
        if self.open:
            self.open = False
            self.busy.answers -= 1
            self.busy.points -= self.points
            self.busy.maps -= self.maps


busy = Busy()


class TicketResponse(StreamingResponse):
    """A streamed response that releases its ticket when it is over, however it ends."""

    def __init__(self, content: AsyncIterator[bytes] | Iterator[bytes], ticket: Ticket, **options: Any) -> None:
        """Take the ticket over."""
        super().__init__(content, **options)
        self.ticket = ticket

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send, and release."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            # What is left of a map must not go on for nobody until the garbage is collected.
            if isinstance(self.body_iterator, AsyncGenerator):
                await self.body_iterator.aclose()
            self.ticket.release()
