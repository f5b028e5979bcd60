"""Routes of maps, as JSON lines."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from app.answers.planes import Ground, grounded
from app.answers.records import ErrorRecord, MapProgress
from app.maps.computing import LostError, compute
from app.maps.kinds import cell_map_of
from app.request.errors import ApiError
from app.request.keys import DescentRequest, MapKind
from app.request.making import make_map_request
from app.request.request import MapRequest
from app.request.writing import to_json
from app.web.limits import AdmittedResponse, busy
from app.web.openapi import ERRORS, MAP_STREAM, asked
from app.web.prefix import root_of
from app.web.reading import made_of
from app.web.responses import NDJSON, cacheable, found_in_turns, log

router = APIRouter()

# How often a map in a long pass tells how far it is.
_TELL = 0.5


def _only(kind: MapKind) -> dict[str, tuple[str, dict[str, Any]]]:
    """What is told of the key ``map`` where only this one is answered."""
    return {"map": (DescentRequest.model_fields["map"].description or "", {"type": "string", "enum": [kind]})}


@asked(
    router,
    "/api/maps/basins",
    tags=["maps"],
    summary="Where each start of a grid ends",
    response_class=StreamingResponse,
    responses={200: MAP_STREAM, **ERRORS},
    further=_only("basins"),
)
async def get_basins(request: Request) -> Response:
    """A `start` line, a `pass` line for each resolution from coarse to fine, `progress` lines, and a `done` line.

    A network's starts lie on the `plane` of the first line and train in all weights; the legend has ranges of the
    `loss` that they end with.
    """
    return await _map(request, "basins")


@asked(
    router,
    "/api/maps/rates",
    tags=["maps"],
    summary="How each learning rate and second hyperparameter does",
    response_class=StreamingResponse,
    responses={200: MAP_STREAM, **ERRORS},
    further=_only("rates"),
)
async def get_rates(request: Request) -> Response:
    """The same lines; a cell is a learning rate and the optimizer's first own hyperparameter.

    A network begins with the same weights in all cells, as further runs do beside the request's own; each has the
    `loss` that it ends with, and `best` is the lowest.
    """
    return await _map(request, "rates")


async def _map(request: Request, kind: MapKind) -> Response:

    def make(read: Callable[..., dict[str, Any]]) -> MapRequest:
        given = read()
        if given.setdefault("map", kind) != kind:
            hint = f"It is at {root_of(request)}/api/maps/{given['map']}."
            raise ApiError(f"map={given['map']} is not answered here.", "map", hint)
        return make_map_request(given, kind)

    wanted = await made_of(request, make)
    headers = cacheable(request, wanted.query)
    if isinstance(headers, Response):
        return headers
    ground = await _ground(request, wanted)
    # Its work is done by others, who have their own limit.
    admission = await busy.admit_map(wanted.map_work, request)
    return AdmittedResponse(
        _map_lines(request, wanted, ground),
        admission,
        headers={**headers, "X-Accel-Buffering": "no"},
        media_type=NDJSON,
    )


async def _ground(request: Request, wanted: MapRequest) -> Ground | None:
    """What the walks of a network are drawn on, for which some are walked here, in turns with all else."""
    if wanted.landscape.network is None:
        return None

    def found() -> Generator[Ground | None]:
        yield (yield from grounded(wanted))

    return await found_in_turns(request, found(), wanted.plane_work, wanted.points // wanted.starts)


async def _map_lines(request: Request, wanted: MapRequest, ground: Ground | None) -> AsyncIterator[bytes]:
    """Write a map's records while it is computed, until the client is gone."""
    try:
        # Of some landscapes the known places take a while to be found.
        cell_map = await asyncio.to_thread(cell_map_of, wanted, True, ground)
        yield to_json(await asyncio.to_thread(cell_map.start)) + b"\n"
        told = time.perf_counter()
        async with aclosing(compute(cell_map, request.app.state.pool)) as computing:
            async for stride, progress in computing:
                if await request.is_disconnected():
                    return
                if stride is not None:
                    for piece in cell_map.pieces(stride):
                        yield piece
                        await asyncio.sleep(0)
                elif time.perf_counter() - told > _TELL:
                    yield to_json(MapProgress(kind="progress", progress=progress)) + b"\n"
                else:
                    continue
                told = time.perf_counter()
        yield to_json(cell_map.done()) + b"\n"
    except LostError as error:
        log.exception("A map was lost: %s", wanted.query)
        yield to_json(ErrorRecord(kind="error", message=str(error))) + b"\n"
    except Exception:
        log.exception("A map failed: %s", wanted.query)
        yield to_json(ErrorRecord(kind="error", message="The server failed while computing this map.")) + b"\n"
