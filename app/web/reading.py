"""Queries and bodies → requests, for the routes that take them."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, NamedTuple, TypeVar

from fastapi import Depends, Request
from starlette.requests import ClientDisconnect

from app.descent.landscapes.landscape import Box
from app.request.checking import check_domain, check_range
from app.request.errors import ApiError, short
from app.request.keys import MAX_RESOLUTION, SURFACE_RESOLUTION
from app.request.making import make_request
from app.request.reading import MAX_BODY, read_body, read_pairs, read_query
from app.request.request import WalkRequest
from app.request.values import read_list, read_whole
from app.web.deriving import made

T = TypeVar("T")


async def no_keys(request: Request) -> None:
    """Refuse a query where none is read."""
    read_pairs(request.scope["query_string"], ())


class Source(NamedTuple):
    """What a request is read from: its bytes, and how they are read, with the keys that one route reads besides."""

    content: bytes
    read: Callable[..., dict[str, Any]]


async def source_of(request: Request) -> Source:
    """Its query, or, where it is a POST, its JSON body."""
    if request.method != "POST":
        query = request.scope["query_string"]
        return Source(query, partial(read_query, query))
    body = await _body(request)
    return Source(body, partial(read_body, body))


async def made_of(request: Request, make: Callable[[Callable[..., dict[str, Any]]], T]) -> T:
    """What is made with the reader of a query or of a body, in turns with all else."""
    source = await source_of(request)
    try:
        return await made(request, source.content, lambda: make(source.read))
    except ApiError as error:
        # What is wrong with a further run is said of the key that holds them in a body.
        if request.method == "POST" and error.message.startswith("run="):
            error.key = "runs"
        raise


async def from_request(request: Request) -> WalkRequest:
    """Read the request from query or body. Not a plain function, which FastAPI would send through its threads."""
    return await made_of(request, lambda read: make_request(read()))


async def _body(request: Request) -> bytes:
    if request.scope["query_string"]:
        raise ApiError("A POST takes its keys in the body, not in the query.", hint="Move them, or use GET.")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = bytearray()
    size = 0
    # A body that is too large is read to its end, though not kept: a client in the middle of sending hears nothing.
    try:
        async for part in request.stream():
            size += len(part)
            if size <= MAX_BODY:
                body += part
            elif size > 500 * MAX_BODY:
                break
    except ClientDisconnect:
        raise ApiError("The client left.", status=499) from None
    if size > MAX_BODY:
        raise ApiError(f"The body has more than {MAX_BODY} bytes.", hint="No request needs that many.")
    if kind != "application/json":
        raise ApiError(f"The content type {kind[:60] or '(none)'} is not read.", hint="Send application/json.")
    return bytes(body)


AskedRequest = Annotated[WalkRequest, Depends(from_request)]


async def read_places(request: Request, defaults: dict[str, int]) -> tuple[WalkRequest, dict[str, int]]:
    """The request, and the whole numbers that say which part of its answer is wanted."""

    def make(read: Callable[..., dict[str, Any]]) -> tuple[WalkRequest, dict[str, int]]:
        given = read(tuple(defaults))
        places = {key: given.pop(key, default) for key, default in defaults.items()}
        return make_request(given), places

    return await made_of(request, make)


async def read_steps(request: Request, defaults: dict[str, int]) -> tuple[WalkRequest, dict[str, int], tuple[int, int]]:
    """The same, and ``weight``: the two weights of a network whose numbers are wanted, by their indices.

    Raises ``ApiError`` where it is no network, or its numbers are not told for two weights alone.
    """

    def make(read: Callable[..., dict[str, Any]]) -> tuple[WalkRequest, dict[str, int], str | None]:
        given = read(tuple(defaults), ("weight",))
        places, text = {key: given.pop(key, default) for key, default in defaults.items()}, given.pop("weight", None)
        return make_request(given), places, text

    wanted, places, text = await made_of(request, make)
    network = wanted.landscape.network
    if network is None:
        if text is not None:
            slug = wanted.landscape.slug
            raise ApiError(f"weight has no meaning with {slug}, which is no network.", "weight", "Leave it out.")
        return wanted, places, (0, 1)
    optimizer = run_of(wanted, places["walk"]).optimizer
    if optimizer.rule.by_itself is not True:
        raise ApiError(
            f"{optimizer.title} goes by all weights at once: two of them do not tell its steps.",
            "optimizer",
            "Use an optimizer that each weight follows by itself, such as Momentum or Adam.",
        )
    return wanted, places, _read_pair(text or "0,1", network.size)


def _read_pair(text: str, size: int) -> tuple[int, int]:
    hint = f"Two different whole numbers from 0 to {size - 1} with a comma between, such as weight=0,1."
    parts = text.split(",")
    if len(parts) != 2:
        raise ApiError(f"weight={short(text)} is not two numbers.", "weight", hint)
    one, other = (read_whole("weight", part, hint) for part in parts)
    if not (0 <= one < size and 0 <= other < size) or one == other:
        raise ApiError(f"weight={one},{other} is no pair of weights.", "weight", hint)
    return one, other


async def read_ground(request: Request) -> tuple[WalkRequest, Box, dict[str, int]]:
    """The request, the part of the ground that is wanted, and its ``resolution`` and ``relief``.

    The resolution is the ground's: a map that the request may have is checked as one of the fewest cells, and nothing
    of it is computed.
    """

    def make(read: Callable[..., dict[str, Any]]) -> tuple[WalkRequest, Box, dict[str, int]]:
        given = read(("resolution", "relief"), ("box",))
        box = read_list("box", given.pop("box")) if "box" in given else None
        own = {"resolution": given.pop("resolution", SURFACE_RESOLUTION), "relief": given.pop("relief", 0)}
        check_range("resolution", own["resolution"], 2, MAX_RESOLUTION)
        check_range("relief", own["relief"], 0, 1)
        wanted = make_request({**given, "resolution": 2} if "map" in given else given)
        check_domain(wanted.landscape, box, "box")
        return wanted, Box.of(box) if box else wanted.box, own

    return await made_of(request, make)


def run_of(wanted: WalkRequest, walk: int) -> WalkRequest:
    """The request of the run that a walk of the answer belongs to: runs may have more steps than the first.

    Raises ``ApiError`` where there is no such walk.
    """
    check_range("walk", walk, 0, wanted.starts * len(wanted.each_run) - 1)
    return wanted.each_run[walk // wanted.starts]
