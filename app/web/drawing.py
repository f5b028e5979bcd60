"""A process that makes pixels of drawings: nothing else goes on meanwhile in the one that does."""

from collections.abc import AsyncIterator, Callable
from concurrent.futures import CancelledError, Executor
from contextlib import asynccontextmanager
from http import HTTPStatus

from fastapi import Request

from app.exports.rendering import render, rendered_by
from app.maps.pool import belong_to_parent, process_context
from app.maps.processes import LostWorkerError, Processes
from app.request.errors import ApiError
from app.web.limits import Line
from app.web.own_process import OwnProcess

# A large picture takes two seconds. On a machine that has much else to do it takes longer.
_PATIENCE = 10.0
# So many pictures are drawn at once, one of which has the process; and so many wait.
_PLACES, _WAITING = 2, 32
_SMALLEST = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9">a</text></svg>'


def make_process() -> Processes:
    """The process that draws."""
    return Processes(1, process_context(), belong_to_parent, _PATIENCE, work="draws")


class Drawer:
    """Has drawings become pixels in a process, which is started with the first one."""

    def __init__(self, make: Callable[[], Executor] = make_process) -> None:
        """Set what makes the process."""
        self._process = OwnProcess(make, _lost)
        self.line = Line(_PLACES, _WAITING)

    def __call__(self, svg: str) -> bytes:
        """The drawing as PNG, waited for in a thread.

        Raises ``ApiError`` 503 where the process died or did not answer, or the server ends.
        """
        try:
            content: bytes = self._process.submit(render, svg).result()
        except (LostWorkerError, CancelledError) as error:
            raise _lost() from error
        return content

    def warm_up(self) -> None:
        """Have something drawn, so that the first picture need not wait for the process and the fonts."""
        self(_SMALLEST)

    def close(self) -> None:
        """Let the process go, whatever it does; soon."""
        self._process.close()


def _lost() -> ApiError:
    hint = "Try again in a second."
    return ApiError("The picture could not be drawn.", hint=hint, status=HTTPStatus.SERVICE_UNAVAILABLE)


# Where there is no server everything is drawn on the spot.
_here = Line(_PLACES, _WAITING)


@asynccontextmanager
async def drawn_elsewhere(request: Request, by: str = "drawer") -> AsyncIterator[None]:
    """Wait for a place among those whose pictures are drawn, and let what is drawn then become pixels elsewhere.

    Raises ``ApiError`` 503 where too many are waiting, 499 where the client leaves.
    """
    drawer: Drawer | None = getattr(request.app.state, by)
    line = drawer.line if drawer is not None else _here
    await line.enter(1, request)
    try:
        with rendered_by(drawer):
            yield
    finally:
        line.leave()
