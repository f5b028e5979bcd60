"""Answers as they are sent: from a cache that clients keep, whole, in turns, as JSON lines."""

import asyncio
import gzip
import hashlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from fastapi import Request
from fastapi.responses import Response

import app
from app.answers.records import ErrorRecord
from app.answers.walks import Collector, records
from app.request.errors import ApiError
from app.request.request import WalkRequest
from app.request.writing import to_json
from app.web.kept import accepts_gzip
from app.web.limits import Admission, AdmittedResponse, busy
from app.web.prefix import path_of

log = logging.getLogger("downhill")
T = TypeVar("T")

NDJSON = "application/x-ndjson"
# Which code computes the answers: with another one, an old answer is no longer known to be right.
_SOURCES = sorted(Path(app.__file__).parent.rglob("*.py"))
_BUILD = hashlib.sha256(b"".join(path.read_bytes() for path in _SOURCES)).hexdigest()
# What is computed before the other clients of the server get their turn.
_TURN = 0.002
_FLUSH = 16_384
# How often a client that waits for a whole answer is asked whether it is still there.
_LOOK = 0.05
# How hard answers are compressed that are not kept: the levels above cost more time than they save.
COMPRESSION = 1


def cacheable(request: Request, key: str) -> dict[str, str] | Response:
    """The headers of an answer that equal requests share, or the 304 for a client that already has it."""
    digest = hashlib.sha256(f"{_BUILD} {path_of(request)} {key}".encode()).hexdigest()[:24]
    headers = {"ETag": f'W/"{digest}"', "Cache-Control": "public, max-age=0, must-revalidate"}
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    fresh = request.method == "GET" and known & {f'"{digest}"', "*"}
    return Response(status_code=304, headers=headers) if fresh else headers


def send_json(request: Request, make: Callable[[], Any], key: str = "") -> Response:
    """Answer with what is made, or with 304 before it is."""
    headers = cacheable(request, key)
    return headers if isinstance(headers, Response) else Response(to_json(make()), 200, headers, "application/json")


async def send_drawn(request: Request, make: Callable[[], Any], key: str, work: int, points: int = 0) -> Response:
    """Do the same where making takes a while and cannot be interrupted: a few at a time, beside all that has turns."""
    return await send_drawn_of(request, iter((None,)), lambda _: make(), key, work, points)


async def send_drawn_of(
    request: Request, items: Iterator[T | None], make: Callable[[T | None], Any], key: str, work: int, points: int = 0
) -> Response:
    """Do the same with what is made of the last item, for which others are computed in turns before.

    None stands for a turn's end.
    """
    headers = cacheable(request, key)
    if isinstance(headers, Response):
        return headers
    with busy.admit(work, points) as admission:
        async with admission.place(request):
            last = None
            async for item in in_turns(items, request, admission):
                last = item
            # A large ground takes many turns' time: meanwhile the loop answers others.
            content = await asyncio.to_thread(lambda: to_json(make(last)))
            if not accepts_gzip(request.headers.get("accept-encoding", "")):
                return Response(content, 200, headers, "application/json")
            # Here and not on the way out, where any number would be compressed at the same time.
            content = await asyncio.to_thread(gzip.compress, content, COMPRESSION)
    headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(content, 200, headers, "application/json")


def request_and_query(wanted: WalkRequest) -> dict[str, Any]:
    """What was asked, as every answer repeats it: the request with every key filled in, and its query."""
    return {"request": wanted.canonical, "query": wanted.query}


async def computed(
    request: Request, items: Iterator[T | None], content: Callable[[list[T]], Any], key: str, work: int, points: int
) -> Response:
    """Answer with the content made of items that are computed in turns with others, None standing for a turn's end."""
    headers = cacheable(request, key)
    if isinstance(headers, Response):
        return headers
    admission = busy.admit(work, points)
    try:
        async with admission.place(request):
            found = [item async for item in in_turns(items, request, admission) if item is not None]
    finally:
        admission.release()
    return Response(to_json(content(found)), 200, headers, "application/json")


async def found_in_turns(request: Request, items: Iterator[T | None], work: int, points: int = 0) -> T:
    """The last of the items, which are computed in turns with others, None standing for a turn's end.

    Raises ``ApiError`` 503 where too much is waiting, 499 where the client leaves.
    """
    with busy.admit(work, points) as admission:
        async with admission.place(request):
            *_, found = [item async for item in in_turns(items, request, admission) if item is not None]
    return found


async def send_whole(request: Request, wanted: WalkRequest) -> Response:
    """Answer with all walks as one JSON object. Raises ``ApiError`` 503 where too much is waiting."""
    headers = cacheable(request, wanted.query)
    if isinstance(headers, Response):
        return headers
    admission = busy.admit(wanted.load, wanted.held)
    try:
        collector = await collect(request, wanted, admission)
    except BaseException:
        admission.release()
        raise
    return AdmittedResponse(_pieces(wanted, collector), admission, headers=headers, media_type="application/json")


async def collect(request: Request, wanted: WalkRequest, admission: Admission, most: int | None = None) -> Collector:
    """The whole answer, computed when its turn has come; ``most`` is how much work may wait before it.

    Raises ``ApiError`` 503 where more is waiting, 499 where the client leaves.
    """
    collector = Collector()
    async with admission.place(request, most):
        async for record in in_turns(records(wanted), request, admission):
            collector.add(record)
    return collector


async def _pieces(wanted: WalkRequest, collector: Collector) -> AsyncIterator[bytes]:
    """Write the answer walk by walk, so that no second copy of it is ever held."""
    head = request_and_query(wanted)
    if wanted.runs:
        head["runs"] = collector.runs
    if collector.plane is not None:
        head["plane"] = collector.plane
    yield to_json(head)[:-1] + b',"walks":['
    for index, walk in enumerate(collector.walks()):
        yield (b"," if index else b"") + to_json(walk)
        await asyncio.sleep(0)
    yield b"]}"


async def in_turns(items: Iterator[T], request: Request, admission: Admission) -> AsyncIterator[T]:
    """Yield the items as they are computed, letting others have their turn, until the client is gone."""
    looked = time.perf_counter()
    more = True
    while more:
        async with admission.turn():
            piece: list[T] = []
            more = _fill(piece, items)
        for item in piece:
            yield item
        if time.perf_counter() - looked > _LOOK:
            looked = time.perf_counter()
            if await request.is_disconnected():
                raise ApiError("The client left.", status=499)


def _fill(piece: list[T], items: Iterator[T], size: Callable[[T], int] = lambda item: 0) -> bool:
    """Take the next items, as many as need a turn's time or have a flush's size; return whether more may follow."""
    since, held = time.perf_counter(), 0
    for item in items:
        piece.append(item)
        held += size(item)
        if held >= _FLUSH or time.perf_counter() - since > _TURN:
            return True
    return False


def send_stream(request: Request, wanted: WalkRequest) -> Response:
    """Answer with records as JSON lines while they are computed. Raises ``ApiError`` 503 where too many are."""
    headers = cacheable(request, wanted.query)
    if isinstance(headers, Response):
        return headers
    # A stream holds no points, and needs no place to wait for: it has its turns among all others. Proxies must not
    # gather it.
    admission = busy.admit(wanted.load)
    return AdmittedResponse(
        _lines(wanted, admission), admission, headers={**headers, "X-Accel-Buffering": "no"}, media_type=NDJSON
    )


async def _lines(wanted: WalkRequest, admission: Admission) -> AsyncIterator[bytes]:
    """Write the records as lines, sent when they are some kilobytes or have taken a turn's time to compute."""
    # Nothing is written while a network's plane is looked for, which has its turns as well.
    written = (to_json(record) + b"\n" if record else b"" for record in records(wanted))
    lines: list[bytes] = []
    more = True
    try:
        while more:
            lines = []
            async with admission.turn():
                more = _fill(lines, written, len)
            if more and any(lines):
                yield b"".join(lines)
    except Exception:  # the one place where the form of an error can no longer be kept: the answer is under way
        log.exception("A stream failed: %s", wanted.query)
        lines.append(to_json(ErrorRecord(kind="error", message="The server failed while computing this walk.")) + b"\n")
    yield b"".join(lines)
