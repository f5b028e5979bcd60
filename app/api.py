"""JSON and JSON-lines routes: typed request in, a few lines, typed records out."""

import asyncio
import gzip
import hashlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Any, TypeVar

import orjson
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import TypeAdapter
from starlette.requests import ClientDisconnect

from app import __version__
from app.busy import Ticket, TicketResponse, busy
from app.descent.landscape import Landscape
from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers import OPTIMIZERS
from app.descent.schedules import SCHEDULES
from app.descent.walk import MOST_AT_ONCE, evaluation_weight
from app.kept import accepts_gzip
from app.lessons import LESSONS
from app.maps import KINDS, LostError, compute, compute_here
from app.models import (
    MAX_BODY,
    MAX_RESOLUTION,
    MAX_RUNS,
    QUERY_KEYS,
    RUN_PATTERN,
    ApiError,
    DescentRequest,
    ErrorAnswer,
    check_domain,
    check_range,
    check_shape,
    check_slug,
    key_table,
    make_request,
    read_body,
    read_list,
    read_number,
    read_pairs,
    read_query,
    read_whole,
    tidy,
    to_json,
    write_query,
)
from app.prefix import path_of, root_of
from app.races import race, sweep, sweep_tries
from app.records import (
    Answer,
    ErrorRecord,
    HealthRecord,
    MapProgress,
    MapRecord,
    RaceAnswer,
    RaceRun,
    RatesAnswer,
    Record,
    StepNumbers,
    StepsAnswer,
    Sweep,
    SweepAnswer,
    Theory,
    TheoryAnswer,
)
from app.runs import (
    Collector,
    landscape_record,
    optimizer_record,
    rates_record,
    records,
    schedule_record,
    step_numbers,
    surface_record,
)
from app.theories import theory

router = APIRouter()
log = logging.getLogger("downhill")
T = TypeVar("T")

NDJSON = "application/x-ndjson"
# Which code computes the answers: with another one, an old answer is no longer known to be right.
_BUILD = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.rglob("*.py")))).hexdigest()
# What is computed before the other clients of the server get their turn.
_TURN = 0.002
_FLUSH = 16_384
# How often a client that waits for a whole answer is asked whether it is still there.
_LOOK = 0.05
# How often a map in a long pass tells how far it is.
_TELL = 0.5
_MOST_STEP_NUMBERS = 1_000
# How hard answers are compressed that are not kept: the levels above cost more time than they save.
COMPRESSION = 5
# Measured, in evaluations: to find a landscape's stationary points at the most.
_FOUND = 10_000
# Measured, in evaluations: to tell one step's numbers, and to pass by one that is not told.
_TOLD, _PASSED = 100, 3


async def no_keys(request: Request) -> None:
    """Refuse a query where none is read."""
    read_pairs(request.scope["query_string"], ())


async def from_query(request: Request) -> DescentRequest:
    """Read the request from the query. Not a plain function, which FastAPI would send through its threads."""
    query = request.scope["query_string"]
    async with busy.reading(query):
        return make_request(read_query(query))


async def from_body(request: Request) -> DescentRequest:
    """Read the request from the JSON body."""
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
    try:
        async with busy.reading(bytes(body)):
            return make_request(read_body(bytes(body)))
    except ApiError as error:
        # What is wrong with a further run is said of the key that holds them here.
        error.key = "runs" if error.message.startswith("run=") else error.key
        raise


QueryRequest = Annotated[DescentRequest, Depends(from_query)]
BodyRequest = Annotated[DescentRequest, Depends(from_body)]


def cacheable(request: Request, key: str) -> dict[str, str] | Response:
    """Return the headers of an answer that equal requests share, or the 304 for a client that already has it."""
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
    """Do the same where making takes a while and cannot be interrupted: a few at a time, and the others wait."""
    headers = cacheable(request, key)
    if isinstance(headers, Response):
        return headers
    with busy.admit(work, points) as ticket:
        async with ticket.place(request):
            async with ticket.turn():
                content = to_json(make())
            if not accepts_gzip(request.headers.get("accept-encoding", "")):
                return Response(content, 200, headers, "application/json")
            # Here and not on the way out, where any number would be compressed at the same time.
            content = await asyncio.to_thread(gzip.compress, content, COMPRESSION)
    headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(content, 200, headers, "application/json")


_ERRORS: dict[int | str, dict[str, Any]] = {
    422: {"model": ErrorAnswer, "description": "The request makes no sense; the message says why."},
    503: {"model": ErrorAnswer, "description": "The server is busy now; see Retry-After."},
}


_EXAMPLE_KEYS = {"landscape": "quadratic", "start": [2.0, 1.0], "optimizer": "gradient-descent", "steps": 3}
_EXAMPLE = make_request(_EXAMPLE_KEYS)
_EXAMPLE_RATES = make_request({**_EXAMPLE_KEYS, "restarts": 1, "steps": 8})
_EXAMPLE_RACE = make_request({**_EXAMPLE_KEYS, "runs": [{"optimizer": "adam"}]})
_EXAMPLE_MAPS = {
    kind: make_request({**_EXAMPLE_KEYS, "map": kind, "resolution": 2, "optimizer": "momentum"}) for kind in KINDS
}
# The requests that the examples of the description are answers to, some of them shortened.
EXAMPLE_ADDRESSES = {
    **{path: path for path in ("/api/landscapes", "/api/optimizers", "/api/schedules", "/api/keys", "/api/lessons")},
    "/healthz": "/healthz",
    "/api/landscapes/{slug}": "/api/landscapes/quadratic",
    "/api/landscapes/{slug}/surface": "/api/landscapes/quadratic/surface?resolution=3",
    **{
        path: f"{path}?{write_query(_EXAMPLE_KEYS)}"
        for path in ("/api/descent", "/api/descent/stream", "/api/descent/sweep")
    },
    "/api/descent/steps": f"/api/descent/steps?{write_query(_EXAMPLE_KEYS)}&walk=0&first=0&count=2",
    "/api/descent/theory": f"/api/descent/theory?{write_query(_EXAMPLE_KEYS)}&walk=0&step=1",
    "/api/descent/learning-rates": f"/api/descent/learning-rates?{_EXAMPLE_RATES.query}",
    "/api/descent/race": f"/api/descent/race?{_EXAMPLE_RACE.query}",
    **{f"/api/maps/{kind}": f"/api/maps/{kind}?{wanted.query}" for kind, wanted in _EXAMPLE_MAPS.items()},
}


def _further(**keys: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """Return OpenAPI's entries of the keys that one route reads besides, or instead of, a request's."""
    return {"parameters": [_parameter(key, text, schema) for key, (text, schema) in keys.items()]}


def _parameter(key: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    entry = {"name": key, "in": "query", "description": description, "schema": schema}
    # Numbers with commas between, as in start=2,1; a further run is a key of its own.
    return entry | ({"style": "form", "explode": key == "run"} if schema["type"] == "array" else {})


_SHAPE = ("The landscape's shape knob; its own default otherwise.", {"type": "number"})
_SLUG_ERRORS: dict[int | str, dict[str, Any]] = {404: {"model": ErrorAnswer}, 422: _ERRORS[422]}


def _parameters(**schemas: dict[str, Any]) -> list[dict[str, Any]]:
    """Return OpenAPI's entries of a request's keys; ``schemas`` says more of some."""
    entries = []
    for query_key, (key, entry) in zip(
        QUERY_KEYS, DescentRequest.model_json_schema()["properties"].items(), strict=True
    ):
        example = _EXAMPLE.canonical[key]
        parameter = _parameter(query_key, entry["description"], _plain(key, entry) | schemas.get(query_key, {}))
        entries.append(parameter | ({"example": example} if example not in (None, []) else {}))
    return entries


def _query(**keys: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """Return OpenAPI's entries of a request's keys, and of those that the route reads besides."""
    return {"parameters": _parameters() + _further(**keys)["parameters"]}


def _plain(key: str, entry: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a key as a query has it: without null, and runs as texts."""
    if key == "runs":
        return {"type": "array", "items": {"type": "string", "pattern": RUN_PATTERN}, "maxItems": MAX_RUNS}
    kind = next(part for part in (entry, *entry.get("anyOf", [])) if "type" in part)
    described = {"title", "description", "anyOf", "default", "symbol", "scale", "low", "high"}
    default = {"default": entry["default"]} if entry.get("default") is not None else {}
    plain = {name: part for name, part in (entry | kind).items() if name not in described} | default
    # In a query null is written by leaving the key out.
    return plain | ({"enum": [word for word in plain["enum"] if word is not None]} if "enum" in plain else {})


RECORD_SCHEMA = TypeAdapter(Record).json_schema(ref_template="#/components/schemas/{model}")
MAP_SCHEMA = TypeAdapter(MapRecord).json_schema(ref_template="#/components/schemas/{model}")
_STREAM = {"content": {NDJSON: {"schema": RECORD_SCHEMA}}, "description": "One record a line."}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/DescentRequest"},
                "example": _EXAMPLE_KEYS,
            }
        },
    }
}


def complete_openapi(document: dict[str, Any]) -> dict[str, Any]:
    """Return the OpenAPI document with the stream's record types among its components and an example at every route.

    The examples are computed like any answer, so that they cannot grow old.
    """
    schemas = document["components"]["schemas"]
    for name, schema in (RECORD_SCHEMA["$defs"] | MAP_SCHEMA["$defs"]).items():
        schemas.setdefault(name, schema)
    for path, example in _examples().items():
        for operation in document["paths"][path].values():
            content = operation["responses"]["200"].setdefault("content", {})
            media_type = NDJSON if isinstance(example, str) else "application/json"
            content.setdefault(media_type, {})["example"] = example
    return document


def _examples() -> dict[str, Any]:
    quadratic = LANDSCAPES["quadratic"]
    lines = list(records(_EXAMPLE))
    walks = Collector()
    for line in lines:
        walks.add(line)
    said = next(filter(None, theory(_EXAMPLE, 0, 1)))
    # A hundred points of a line are no better an example than three.
    for level in said["local"]["lines"] if said["local"] else ():
        level["x"], level["y"] = level["x"][:3], level["y"][:3]
    swept = next(filter(None, sweep(_EXAMPLE)))
    steps = [step for chunk in step_numbers(_EXAMPLE, 0, 0, 2) for step in chunk]
    examples = {
        "/api/landscapes": [landscape_record(quadratic)],
        "/api/landscapes/{slug}": landscape_record(quadratic),
        "/api/landscapes/{slug}/surface": surface_record(quadratic, None, None, 3),
        "/api/optimizers": [optimizer_record(OPTIMIZERS["momentum"])],
        "/api/schedules": [schedule_record(SCHEDULES["cosine"])],
        "/api/keys": key_table()[:1],
        "/api/lessons": [LESSONS["by-hand"].record()],
        "/api/descent": {
            "request": _EXAMPLE.canonical,
            "query": _EXAMPLE.query,
            "walks": list(walks.walks()),
        },
        "/api/descent/learning-rates": rates_record(_EXAMPLE_RATES),
        "/api/descent/race": {**_asked(_EXAMPLE_RACE), "runs": [*filter(None, race(_EXAMPLE_RACE))]},
        "/api/descent/sweep": {"request": _EXAMPLE.canonical, "query": _EXAMPLE.query, **swept},
        "/api/descent/theory": {"request": _EXAMPLE.canonical, "query": _EXAMPLE.query, **said},
        "/api/descent/steps": {"request": _EXAMPLE.canonical, "walk": 0, "steps": steps},
        "/healthz": {
            "status": "ok",
            "version": __version__,
            "under_way": 0,
            "maps": {"status": "ok", "workers": 2, "replaced": 0},
        },
    }
    # Through the writer and back: arrays become lists.
    return {
        **{path: orjson.loads(to_json(value)) for path, value in examples.items()},
        "/api/descent/stream": b"".join(to_json(line) + b"\n" for line in lines).decode(),
        **{f"/api/maps/{kind}": _example_map(kind) for kind in KINDS},
    }


def _example_map(kind: str) -> str:
    chart = KINDS[kind](_EXAMPLE_MAPS[kind])
    compute_here(chart)
    stride = chart.passes[-1][0]
    lines = [to_json(chart.start()), b"\n", *chart.pieces(stride), to_json(chart.done()), b"\n"]
    return b"".join(lines).decode()


@router.get("/api/landscapes", dependencies=[Depends(no_keys)], tags=["registries"], summary="All landscapes")
def get_landscapes(request: Request) -> Response:
    """Formula, domain, defaults, shape knob and stationary points of every landscape."""
    return send_json(request, lambda: [landscape_record(landscape) for landscape in LANDSCAPES.values()])


@router.get(
    "/api/landscapes/{slug}",
    tags=["registries"],
    summary="One landscape",
    responses=_SLUG_ERRORS,
    openapi_extra=_further(shape=_SHAPE),
)
async def get_landscape(request: Request, slug: str) -> Response:
    """One landscape; `shape` sets its shape knob, with which stationary points move."""
    pairs = read_pairs(request.scope["query_string"], ("shape",))
    landscape, shape = _landscape(slug), _shape(pairs)
    check_shape(landscape, shape)
    # Of another shape the stationary points are found first.
    return await send_drawn(request, lambda: landscape_record(landscape, shape), write_query(pairs), _FOUND)


@router.get(
    "/api/landscapes/{slug}/surface",
    tags=["registries"],
    summary="The loss on a grid",
    responses=_SLUG_ERRORS,
    openapi_extra=_further(
        resolution=(
            "Points along each axis.",
            {"type": "integer", "minimum": 2, "maximum": MAX_RESOLUTION, "default": 101},
        ),
        shape=_SHAPE,
        domain=(
            "xmin,xmax,ymin,ymax, or xmin,xmax of a curve; the landscape's own otherwise.",
            {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 4},
        ),
    ),
)
async def get_surface(request: Request, slug: str) -> Response:
    """`x`, `y` and `loss` on a grid of `resolution` × `resolution` points; rows follow `y`.

    Of a curve `x`, `loss` and the exact `derivative` at `resolution` points.
    """
    pairs = read_pairs(request.scope["query_string"], ("resolution", "shape", "domain"))
    landscape, shape = _landscape(slug), _shape(pairs)
    resolution = (
        read_whole("resolution", pairs["resolution"], f"A whole number from 2 to {MAX_RESOLUTION}.")
        if "resolution" in pairs
        else 101
    )
    domain = read_list("domain", pairs["domain"]) if "domain" in pairs else None
    check_range("resolution", resolution, 2, MAX_RESOLUTION)
    check_shape(landscape, shape)
    check_domain(landscape, domain)
    points = resolution**landscape.dimensions

    def make() -> Any:
        return surface_record(landscape, shape, domain, resolution)

    return await send_drawn(request, make, write_query(pairs), points * evaluation_weight(landscape), points)


def _landscape(slug: str) -> Landscape:
    slug = tidy(slug, LANDSCAPES)
    try:
        check_slug("landscape", slug, LANDSCAPES)
    except ApiError as error:
        error.status = 404
        raise
    return LANDSCAPES[slug]


def _shape(pairs: dict[str, str]) -> float | None:
    return read_number("shape", pairs["shape"]) if "shape" in pairs else None


@router.get("/api/optimizers", dependencies=[Depends(no_keys)], tags=["registries"], summary="All optimizers")
def get_optimizers(request: Request) -> Response:
    """Update rule, hyperparameters with their bounds, and source of every optimizer."""
    return send_json(request, lambda: [optimizer_record(optimizer) for optimizer in OPTIMIZERS.values()])


@router.get("/api/schedules", dependencies=[Depends(no_keys)], tags=["registries"], summary="All schedules")
def get_schedules(request: Request) -> Response:
    """Rule, hyperparameters and source of every learning-rate schedule."""
    return send_json(request, lambda: [schedule_record(schedule) for schedule in SCHEDULES.values()])


@router.get("/api/keys", dependencies=[Depends(no_keys)], tags=["registries"], summary="The numeric keys of a request")
def get_keys(request: Request) -> Response:
    """Title, symbol, bounds and default of each numeric key that is not some optimizer's or schedule's own."""
    return send_json(request, key_table)


@router.get("/api/lessons", dependencies=[Depends(no_keys)], tags=["registries"], summary="All lessons")
def get_lessons(request: Request) -> Response:
    """Each lesson's claim and the query that shows it."""
    return send_json(request, lambda: [lesson.record() for lesson in LESSONS.values()])


@router.get("/healthz", tags=["server"], summary="Whether the server is up")
async def get_health(request: Request) -> HealthRecord:
    """The version, how many answers are under way in this worker, and how those are that compute its maps.

    `maps.status` is `starting` until there are workers, and `recovering` while one that was lost is being replaced;
    `replaced` counts how often that has happened.
    """
    maps = request.app.state.pool.health._asdict()
    return {"status": "ok", "version": __version__, "under_way": busy.answers, "maps": maps}


@router.get(
    "/api/descent",
    tags=["descent"],
    summary="The whole answer as one JSON object",
    response_model=Answer,
    responses=_ERRORS,
    openapi_extra=_query(),
)
async def get_descent(request: Request, wanted: QueryRequest) -> Response:
    """Every iterate of every walk, and for each walk where it ended and why."""
    return await _whole(request, wanted)


@router.post(
    "/api/descent",
    tags=["descent"],
    summary="The whole answer as one JSON object",
    response_model=Answer,
    responses=_ERRORS,
    openapi_extra=_BODY,
)
async def post_descent(request: Request, wanted: BodyRequest) -> Response:
    """Take the same keys as a JSON object, `start` and `domain` as lists."""
    return await _whole(request, wanted)


@router.get(
    "/api/descent/stream",
    tags=["descent"],
    summary="The answer as JSON lines while it is computed",
    response_class=StreamingResponse,
    responses={200: _STREAM, **_ERRORS},
    openapi_extra=_query(),
)
async def get_stream(request: Request, wanted: QueryRequest) -> Response:
    """One `start` line, `chunk` lines of interleaved walks, an `end` line for each walk, and a `done` line."""
    return _stream(request, wanted)


@router.post(
    "/api/descent/stream",
    tags=["descent"],
    summary="The answer as JSON lines while it is computed",
    response_class=StreamingResponse,
    responses={200: _STREAM, **_ERRORS},
    openapi_extra=_BODY,
)
async def post_stream(request: Request, wanted: BodyRequest) -> Response:
    """Take the same keys as a JSON object, `start` and `domain` as lists."""
    return _stream(request, wanted)


@router.get(
    "/api/descent/steps",
    tags=["descent"],
    summary="The numbers that some steps were made of",
    response_model=StepsAnswer,
    responses=_ERRORS,
    openapi_extra=_query(
        walk=("Which walk of the answer.", {"type": "integer", "minimum": 0, "default": 0}),
        first=("The first step.", {"type": "integer", "minimum": 0, "default": 0}),
        count=("How many steps.", {"type": "integer", "minimum": 1, "maximum": _MOST_STEP_NUMBERS, "default": 100}),
    ),
)
async def get_steps(request: Request) -> Response:
    """Gradient, noise, velocity before and after, learning rate and the new point: the update rule in numbers."""
    wanted, numbers = await _read_places(request, {"walk": 0, "first": 0, "count": 100})
    check_range("first", numbers["first"], 0, _run_of(wanted, numbers["walk"]).steps)
    check_range("count", numbers["count"], 1, _MOST_STEP_NUMBERS)
    walk, first, count = numbers.values()

    def content(chunks: list[list[StepNumbers]]) -> dict[str, Any]:
        return {"request": wanted.canonical, "walk": walk, "steps": [step for chunk in chunks for step in chunk]}

    steps = step_numbers(wanted, walk, first, count)
    work = _PASSED * (first + count) * _run_of(wanted, walk).weight + _TOLD * count
    return await _computed(request, steps, content, f"{wanted.query} {numbers}", work, count)


@router.get(
    "/api/descent/learning-rates",
    tags=["descent"],
    summary="The learning rates that are planned",
    response_model=RatesAnswer,
    responses=_ERRORS,
    openapi_extra=_query(),
)
async def get_learning_rates(request: Request, wanted: QueryRequest) -> Response:
    """The schedule's learning rate at up to some 400 of the steps, and the steps at which warm restarts begin."""
    return send_json(request, lambda: rates_record(wanted), wanted.query)


@router.get(
    "/api/descent/race",
    tags=["descent"],
    summary="The runs of a race compared over all their starts",
    response_model=RaceAnswer,
    responses=_ERRORS,
    openapi_extra=_query(),
)
async def get_race(request: Request, wanted: QueryRequest) -> Response:
    """Of each run, over all its walkers: the share that succeeds, and quartiles of the evaluations that they need.

    Counted as in a sweep: until a walker is so near to the best place known for good, with those that never are counted
    as never. Only what is called reached counts until it is so near for the first time.
    """

    def content(runs: list[RaceRun]) -> dict[str, Any]:
        return {**_asked(wanted), "runs": sorted(runs, key=itemgetter("run"))}

    points = min(wanted.points, MOST_AT_ONCE)
    return await _computed(request, race(wanted), content, wanted.query, wanted.load, points)


@router.get(
    "/api/descent/sweep",
    tags=["descent"],
    summary="A run's best learning rate, and all others that were tried",
    response_model=SweepAnswer,
    responses=_ERRORS,
    openapi_extra=_query(of=("Which run of a race it is of.", {"type": "integer", "minimum": 0, "default": 0})),
)
async def get_sweep(request: Request) -> Response:
    """How each learning rate of some decades does from the same starts.

    Counted as in a race: until a walker is so near to the best place known for good, as the median over all walkers.
    Best is the one with which most walkers stay so near, of those the one with the fewest evaluations.
    """
    wanted, places = await _read_places(request, {"of": 0})
    check_range("of", places["of"], 0, len(wanted.each_run) - 1)
    found, run = sweep(wanted, places["of"]), wanted.each_run[places["of"]]

    def content(last: list[Sweep]) -> dict[str, Any]:
        return {**_asked(wanted), **last[0]}

    work, points = sweep_tries(run) * run.load, min(run.points, MOST_AT_ONCE)
    return await _computed(request, found, content, f"{wanted.query} {places}", work, points)


@router.get(
    "/api/descent/theory",
    tags=["descent"],
    summary="What theory says of one step",
    response_model=TheoryAnswer,
    responses=_ERRORS,
    openapi_extra=_query(
        walk=("Which walk of the answer.", {"type": "integer", "minimum": 0, "default": 0}),
        step=("At which of its iterates.", {"type": "integer", "minimum": 0, "default": 0}),
    ),
)
async def get_theory(request: Request) -> Response:
    """The quadratic that the Hessian describes there, the sharpness along the walk, and the best settings, if known."""
    wanted, at = await _read_places(request, {"walk": 0, "step": 0})
    check_range("step", at["step"], 0, _run_of(wanted, at["walk"]).steps)
    said, run = theory(wanted, at["walk"], at["step"]), _run_of(wanted, at["walk"])

    def content(last: list[Theory]) -> dict[str, Any]:
        return {**_asked(wanted), **last[0]}

    points = run.steps + 1
    return await _computed(request, said, content, f"{wanted.query} {at}", points * run.weight, points)


_MAP_STREAM = {"content": {NDJSON: {"schema": MAP_SCHEMA}}, "description": "One record a line."}


@router.get(
    "/api/maps/basins",
    tags=["maps"],
    summary="Where each start of a grid ends",
    response_class=StreamingResponse,
    responses={200: _MAP_STREAM, **_ERRORS},
    openapi_extra={"parameters": _parameters(map={"enum": ["basins"]})},
)
async def get_basins(request: Request) -> Response:
    """A `start` line, a `pass` line for each resolution from coarse to fine, `progress` lines, and a `done` line."""
    return await _map(request, "basins")


@router.get(
    "/api/maps/rates",
    tags=["maps"],
    summary="How each learning rate and second hyperparameter does",
    response_class=StreamingResponse,
    responses={200: _MAP_STREAM, **_ERRORS},
    openapi_extra={"parameters": _parameters(map={"enum": ["rates"]})},
)
async def get_rates(request: Request) -> Response:
    """The same lines; a cell is a learning rate and the optimizer's first own hyperparameter."""
    return await _map(request, "rates")


async def _map(request: Request, kind: str) -> Response:
    query = request.scope["query_string"]
    async with busy.reading(query):
        given = read_query(query)
        if given.setdefault("map", kind) != kind:
            hint = f"It is at {root_of(request)}/api/maps/{given['map']}."
            raise ApiError(f"map={given['map']} is not answered here.", "map", hint)
        wanted = make_request(given)
    headers = cacheable(request, wanted.query)
    if isinstance(headers, Response):
        return headers
    # Its work is done by others, who have their own limit.
    ticket = busy.admit(0, maps=1)
    return TicketResponse(
        _map_lines(request, wanted), ticket, headers={**headers, "X-Accel-Buffering": "no"}, media_type=NDJSON
    )


async def _map_lines(request: Request, wanted: DescentRequest) -> AsyncIterator[bytes]:
    """Write a map's records while it is computed, until the client is gone."""
    try:
        # Of some landscapes the known places take a while to be found.
        chart = await asyncio.to_thread(KINDS[wanted.map or ""], wanted)
        yield to_json(await asyncio.to_thread(chart.start)) + b"\n"
        told = time.perf_counter()
        async with aclosing(compute(chart, request.app.state.pool)) as computing:
            async for stride, progress in computing:
                if await request.is_disconnected():
                    return
                if stride is not None:
                    for piece in chart.pieces(stride):
                        yield piece
                        await asyncio.sleep(0)
                elif time.perf_counter() - told > _TELL:
                    yield to_json(MapProgress(kind="progress", progress=progress)) + b"\n"
                else:
                    continue
                told = time.perf_counter()
        yield to_json(chart.done()) + b"\n"
    except LostError as error:
        log.exception("A map was lost: %s", wanted.query)
        yield to_json(ErrorRecord(kind="error", message=str(error))) + b"\n"
    except Exception:
        log.exception("A map failed: %s", wanted.query)
        yield to_json(ErrorRecord(kind="error", message="The server failed while computing this map.")) + b"\n"


async def _read_places(request: Request, defaults: dict[str, int]) -> tuple[DescentRequest, dict[str, int]]:
    """Return the request, and the whole numbers that say which part of its answer is wanted."""
    query = request.scope["query_string"]
    async with busy.reading(query):
        given = read_query(query, tuple(defaults))
        places = {key: given.pop(key, default) for key, default in defaults.items()}
        return make_request(given), places


def _run_of(wanted: DescentRequest, walk: int) -> DescentRequest:
    """Return the request of the run that a walk of the answer belongs to: runs may have more steps than the first.

    Raises ``ApiError`` where there is no such walk.
    """
    check_range("walk", walk, 0, wanted.starts * len(wanted.each_run) - 1)
    return wanted.each_run[walk // wanted.starts]


def _asked(wanted: DescentRequest) -> dict[str, Any]:
    return {"request": wanted.canonical, "query": wanted.query}


async def _computed(
    request: Request, items: Iterator[T | None], content: Callable[[list[T]], Any], key: str, work: int, points: int
) -> Response:
    """Answer with the content made of items that are computed in turns with others, None standing for a turn's end."""
    headers = cacheable(request, key)
    if isinstance(headers, Response):
        return headers
    ticket = busy.admit(work, points)
    try:
        async with ticket.place(request):
            found = [item async for item in _in_turns(items, request, ticket) if item is not None]
    finally:
        ticket.release()
    return Response(to_json(content(found)), 200, headers, "application/json")


async def _whole(request: Request, wanted: DescentRequest) -> Response:
    headers = cacheable(request, wanted.query)
    if isinstance(headers, Response):
        return headers
    ticket = busy.admit(wanted.load, wanted.points)
    try:
        collector = await collect(request, wanted, ticket)
    except BaseException:
        ticket.release()
        raise
    return TicketResponse(_pieces(wanted, collector), ticket, headers=headers, media_type="application/json")


async def collect(request: Request, wanted: DescentRequest, ticket: Ticket, most: int | None = None) -> Collector:
    """Return the whole answer, computed when its turn has come; ``most`` is how much work may wait before it.

    Raises ``ApiError`` 503 where more is waiting, 499 where the client leaves.
    """
    collector = Collector()
    async with ticket.place(request, most):
        async for record in _in_turns(records(wanted), request, ticket):
            collector.add(record)
    return collector


async def _pieces(wanted: DescentRequest, collector: Collector) -> AsyncIterator[bytes]:
    """Write the answer walk by walk, so that no second copy of it is ever held."""
    head = _asked(wanted)
    if wanted.runs:
        head["runs"] = collector.runs
    yield to_json(head)[:-1] + b',"walks":['
    for index, walk in enumerate(collector.walks()):
        yield (b"," if index else b"") + to_json(walk)
        await asyncio.sleep(0)
    yield b"]}"


async def _in_turns(items: Iterator[T], request: Request, ticket: Ticket) -> AsyncIterator[T]:
    """Yield the items as they are computed, letting others have their turn, until the client is gone."""
    looked = time.perf_counter()
    more = True
    while more:
        async with ticket.turn():
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


def _stream(request: Request, wanted: DescentRequest) -> Response:
    headers = cacheable(request, wanted.query)
    if isinstance(headers, Response):
        return headers
    # A stream holds no points, and needs no place to wait for: it has its turns among all others. Proxies must not
    # gather it.
    ticket = busy.admit(wanted.load)
    return TicketResponse(
        _lines(wanted, ticket), ticket, headers={**headers, "X-Accel-Buffering": "no"}, media_type=NDJSON
    )


async def _lines(wanted: DescentRequest, ticket: Ticket) -> AsyncIterator[bytes]:
    """Write the records as lines, sent when they are some kilobytes or have taken a turn's time to compute."""
    written = (to_json(record) + b"\n" for record in records(wanted))
    lines: list[bytes] = []
    more = True
    try:
        while more:
            lines = []
            async with ticket.turn():
                more = _fill(lines, written, len)
            if more:
                yield b"".join(lines)
    except Exception:  # the one place where the form of an error can no longer be kept: the answer is under way
        log.exception("A stream failed: %s", wanted.query)
        lines.append(to_json(ErrorRecord(kind="error", message="The server failed while computing this walk.")) + b"\n")
    yield b"".join(lines)
