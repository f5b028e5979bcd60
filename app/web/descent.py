"""Routes of walks: whole, streamed, step by step, raced, swept, and against theory."""

from operator import itemgetter
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from app.answers.planes import found_ground
from app.answers.races import race, sweep, sweep_tries
from app.answers.records import (
    Answer,
    RaceAnswer,
    RaceRun,
    RatesAnswer,
    Sharpness,
    SharpnessAnswer,
    StepNumbers,
    StepsAnswer,
    Sweep,
    SweepAnswer,
    Theory,
    TheoryAnswer,
)
from app.answers.registries import landscape_record, surface_record, surface_work
from app.answers.sharpness import MOST_PLACES, sharpness_of_walk
from app.answers.theory import MOST_POINTS, theory
from app.answers.walks import rates_record, step_numbers
from app.descent.landscapes.landscape import FixedLandscape
from app.descent.walks.descent import MOST_AT_ONCE, curvature_work
from app.request.checking import check_range
from app.web.openapi import ERRORS, RELIEF, RESOLUTION, STREAM, asked
from app.web.reading import AskedRequest, read_ground, read_places, read_steps, run_of
from app.web.responses import computed, request_and_query, send_drawn_of, send_json, send_stream, send_whole

router = APIRouter()
_MOST_STEP_NUMBERS = 1_000
# Measured, in evaluations: to tell one step's numbers, and to pass by one that is not told.
_TOLD, _PASSED = 100, 3


@asked(
    router,
    "/api/descent",
    tags=["descent"],
    summary="The whole answer as one JSON object",
    response_model=Answer,
    responses=ERRORS,
)
async def get_descent(request: Request, wanted: AskedRequest) -> Response:
    """Every iterate of every walk, and for each walk where it ended and why."""
    return await send_whole(request, wanted)


@asked(
    router,
    "/api/descent/stream",
    tags=["descent"],
    summary="The answer as JSON lines while it is computed",
    response_class=StreamingResponse,
    responses={200: STREAM, **ERRORS},
)
async def get_stream(request: Request, wanted: AskedRequest) -> Response:
    """One `start` line, `chunk` lines of interleaved walks, an `end` line for each walk, and a `done` line."""
    return send_stream(request, wanted)


@asked(
    router,
    "/api/descent/steps",
    tags=["descent"],
    summary="The numbers that some steps were made of",
    response_model=StepsAnswer,
    responses=ERRORS,
    further={
        "walk": ("Which walk of the answer.", {"type": "integer", "minimum": 0, "default": 0}),
        "first": ("The first step.", {"type": "integer", "minimum": 0, "default": 0}),
        "count": ("How many steps.", {"type": "integer", "minimum": 1, "maximum": _MOST_STEP_NUMBERS, "default": 100}),
        "weight": (
            "i,j: of a network, the indices of the two weights that x and y stand for. Default: 0,1.",
            {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 2, "maxItems": 2},
        ),
    },
)
async def get_steps(request: Request) -> Response:
    """Gradient, noise, velocity before and after, learning rate and the new point: the update rule in numbers.

    Of a network x and y are two of its weights, the pair `weight`.
    """
    wanted, numbers, weight = await read_steps(request, {"walk": 0, "first": 0, "count": 100})
    check_range("first", numbers["first"], 0, run_of(wanted, numbers["walk"]).steps)
    check_range("count", numbers["count"], 1, _MOST_STEP_NUMBERS)
    walk, first, count = numbers.values()

    def content(chunks: list[list[StepNumbers]]) -> dict[str, Any]:
        return {"request": wanted.canonical, "walk": walk, "steps": [step for chunk in chunks for step in chunk]}

    steps = step_numbers(wanted, walk, first, count, weight)
    work = _PASSED * (first + count) * run_of(wanted, walk).step_work + _TOLD * count
    return await computed(request, steps, content, f"{wanted.query} {numbers} {weight}", work, count)


@asked(
    router,
    "/api/descent/learning-rates",
    tags=["descent"],
    summary="The learning rates that are planned",
    response_model=RatesAnswer,
    responses=ERRORS,
)
async def get_learning_rates(request: Request, wanted: AskedRequest) -> Response:
    """The schedule's learning rate at up to some 400 of the steps, and the steps at which warm restarts begin."""
    return send_json(request, lambda: rates_record(wanted), wanted.query)


@asked(
    router,
    "/api/descent/race",
    tags=["descent"],
    summary="The runs of a race compared over all their starts",
    response_model=RaceAnswer,
    responses=ERRORS,
)
async def get_race(request: Request, wanted: AskedRequest) -> Response:
    """Of each run, over all its walkers: the share that succeeds, and quartiles of the evaluations that they need.

    Counted as in a sweep: until a walker is so near to the best place known for good, with those that never are counted
    as never. Only what is called reached counts until it is so near for the first time.
    """

    def content(runs: list[RaceRun]) -> dict[str, Any]:
        return {**request_and_query(wanted), "runs": sorted(runs, key=itemgetter("run"))}

    points = min(wanted.points, MOST_AT_ONCE)
    return await computed(request, race(wanted), content, wanted.query, wanted.load, points)


@asked(
    router,
    "/api/descent/sweep",
    tags=["descent"],
    summary="A run's best learning rate, and all others that were tried",
    response_model=SweepAnswer,
    responses=ERRORS,
    further={"of": ("Which run of a race it is of.", {"type": "integer", "minimum": 0, "default": 0})},
)
async def get_sweep(request: Request) -> Response:
    """How each learning rate of some decades does from the same starts.

    Counted as in a race: until a walker is so near to the best place known for good, as the median over all walkers.
    Best is the one with which most walkers stay so near, of those the one with the fewest evaluations.
    """
    wanted, places = await read_places(request, {"of": 0})
    check_range("of", places["of"], 0, len(wanted.each_run) - 1)
    found, run = sweep(wanted, places["of"]), wanted.each_run[places["of"]]

    def content(last: list[Sweep]) -> dict[str, Any]:
        return {**request_and_query(wanted), **last[0]}

    work, points = sweep_tries(run) * run.load, min(run.points, MOST_AT_ONCE)
    return await computed(request, found, content, f"{wanted.query} {places}", work, points)


@asked(
    router,
    "/api/descent/theory",
    tags=["descent"],
    summary="What theory says of one step",
    response_model=TheoryAnswer,
    responses=ERRORS,
    further={
        "walk": ("Which walk of the answer.", {"type": "integer", "minimum": 0, "default": 0}),
        "step": ("At which of its iterates.", {"type": "integer", "minimum": 0, "default": 0}),
    },
)
async def get_theory(request: Request) -> Response:
    """The quadratic that the Hessian describes there, the sharpness along the walk, and the best settings, if known."""
    wanted, at = await read_places(request, {"walk": 0, "step": 0})
    check_range("step", at["step"], 0, run_of(wanted, at["walk"]).steps)
    said, run = theory(wanted, at["walk"], at["step"]), run_of(wanted, at["walk"])

    def content(last: list[Theory]) -> dict[str, Any]:
        return {**request_and_query(wanted), **last[0]}

    points = run.steps + 1
    work = points * run.step_work + wanted.plane_work
    if run.landscape.network is not None:
        work += MOST_POINTS * curvature_work(run.landscape)
    return await computed(request, said, content, f"{wanted.query} {at}", work, points)


@asked(
    router,
    "/api/descent/sharpness",
    tags=["descent"],
    summary="The largest Hessian eigenvalue along a walk",
    response_model=SharpnessAnswer,
    responses=ERRORS,
    further={"walk": ("Which walk of the answer.", {"type": "integer", "minimum": 0, "default": 0})},
)
async def get_sharpness(request: Request) -> Response:
    """How sharply the ground is curved towards the goal where the walk was, at up to 200 places, and its `limit`.

    Both are null where there is no finite number. `limit` is the sharpness above which the learning rate of that step
    is too large on a quadratic, as `limit_text` writes it; on other ground it is no promise for later. `limit_of` names
    the optimizer whose limit it is: gradient descent, for comparison, where the walk's own has none that is known.
    """
    wanted, at = await read_places(request, {"walk": 0})
    said, run = sharpness_of_walk(wanted, at["walk"]), run_of(wanted, at["walk"])

    def content(last: list[Sharpness]) -> dict[str, Any]:
        return {**request_and_query(wanted), **at, **last[0]}

    points = run.steps + 1
    work = points * run.step_work + wanted.plane_work + MOST_PLACES * curvature_work(run.landscape)
    return await computed(request, said, content, f"{wanted.query} {at}", work, points)


@asked(
    router,
    "/api/descent/surface",
    tags=["descent"],
    summary="The ground that the walks are drawn on",
    responses=ERRORS,
    further={
        "resolution": ("Points along each axis of the ground, whatever map is asked for beside it.", RESOLUTION[1]),
        "relief": RELIEF,
        "box": (
            "xmin,xmax,ymin,ymax, or xmin,xmax of a curve: the part that is drawn, where it is not the `domain`.",
            {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 4},
        ),
    },
)
async def get_ground(request: Request) -> Response:
    """The same record as at `/api/landscapes/{slug}/surface`, over the request's `domain` and with its `shape`.

    `box` is another part of the same ground: a domain is what the start and the learning rate of a formula are proposed
    for, and another one makes another landscape of it.

    With a formula or own data there is the `landscape` besides, as in a stream. `resolution` is the ground's here. The
    keys of a map, like all others that change nothing of the ground, are checked and change nothing.
    """
    wanted, box, own = await read_ground(request)
    points = own["resolution"] ** wanted.landscape.dimensions

    def make(ground: FixedLandscape | None) -> dict[str, Any]:
        assert ground is not None, "every request has a ground"
        drawn = surface_record(ground, box, own["resolution"], bool(own["relief"]))
        # What is in no table is told of wherever its ground is.
        return {**drawn, "landscape": landscape_record(ground)} if wanted.landscape.is_own else drawn

    work = surface_work(wanted.landscape, points, bool(own["relief"]))
    return await send_drawn_of(request, found_ground(wanted), make, f"{wanted.query} {box} {own}", work, points)
