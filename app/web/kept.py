"""Answers that are the same for everybody: made once, compressed once, and kept."""

import asyncio
import gzip
import hashlib
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from fastapi import Request
from fastapi.responses import Response

from app.web.limits import Line

# The pages that there are, and a few addresses by which one server is known; whoever makes up more of those gains
# nothing but that his own pages are made again.
_MOST = 128
_VARY = {"vary": "Accept-Encoding"}


class Kept(NamedTuple):
    """An answer as it is sent: as it is, and compressed."""

    plain: bytes
    gzipped: bytes
    headers: dict[str, str]

    def answer(self, request: Request) -> Response:
        """What the client understands, or 304 where it has that already."""
        known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
        if known & {self.headers["etag"].removeprefix("W/"), "*"}:
            headers = {key: value for key, value in self.headers.items() if key != "content-type"}
            return Response(status_code=304, headers={**headers, **_VARY})
        if accepts_gzip(request.headers.get("accept-encoding", "")):
            return Response(self.gzipped, headers={**self.headers, **_VARY, "content-encoding": "gzip"})
        # What is not compressed passes through the one that compresses, which names it as well.
        return Response(self.plain, headers=self.headers)


def keep(response: Response) -> Kept:
    """The response's content and headers, compressed as far as it goes."""
    content = bytes(response.body)
    headers = {key: value for key, value in response.headers.items() if key != "content-length"}
    # Weak: the same tag names the content and its compressed form.
    tag = f'W/"{hashlib.sha256(content).hexdigest()[:24]}"'
    return Kept(content, gzip.compress(content, 9, mtime=0), {**headers, "etag": tag})


_kept: dict[tuple[str, str], Kept] = {}
# One is made at a time: whoever asks for the same meanwhile finds it made.
_making = Line(1)


async def kept(request: Request, make: Callable[[], Awaitable[tuple[Response, bool]]]) -> Response:
    """Answer with what was kept for this address, or is made now.

    ``make`` returns a response, and whether it may be kept. Raises what it raises, and ``ApiError`` 499 where the
    client leaves.
    """
    # A page may name the address by which the server is known.
    key = request.url.path, str(request.base_url)
    if key in _kept:
        return _kept[key].answer(request)
    await _making.enter(0, request)
    try:
        if key not in _kept:
            response, lasting = await make()
            if not lasting:
                return response
            while len(_kept) >= _MOST:
                del _kept[next(iter(_kept))]
            _kept[key] = await asyncio.to_thread(keep, response)
        return _kept[key].answer(request)
    finally:
        _making.leave()


def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding header allows gzip (RFC 9110, 12.5.3): a quality of 0 forbids it."""
    qualities: dict[str, float] = {}
    for part in header.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next((piece.removeprefix("q=") for piece in parameters if piece.startswith("q=")), "1")
        try:
            qualities[name] = float(quality)
        except ValueError:
            qualities[name] = 0.0
    return qualities.get("gzip", qualities.get("x-gzip", qualities.get("*", 0.0))) > 0
