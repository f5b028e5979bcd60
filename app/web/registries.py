"""Routes of what there is: landscapes, optimizers, schedules, keys, lessons, examples; and whether the server is up."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from app import __version__
from app.answers.records import HealthRecord
from app.answers.registries import landscape_record, optimizer_record, schedule_record, surface_record, surface_work
from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.landscape import Box, Landscape
from app.descent.optimizers.schedules import SCHEDULES
from app.descent.optimizers.table import OPTIMIZERS
from app.lessons import LESSONS
from app.request.checking import check_domain, check_range, check_shape, check_slug
from app.request.errors import ApiError
from app.request.keys import MAX_RESOLUTION, SURFACE_RESOLUTION, key_table
from app.request.reading import read_pairs
from app.request.values import read_list, read_number, read_whole, tidy
from app.request.writing import write_query
from app.web.limits import busy
from app.web.openapi import RELIEF, RESOLUTION, SHAPE, SLUG_ERRORS, further
from app.web.reading import no_keys
from app.web.responses import send_drawn, send_json
from app.worked import WORKED

router = APIRouter()

# Measured, in evaluations: to find a landscape's stationary points at the most.
_FOUND = 10_000


@router.get("/api/landscapes", dependencies=[Depends(no_keys)], tags=["registries"], summary="All landscapes")
def get_landscapes(request: Request) -> Response:
    """Formula, domain, defaults, shape knob and stationary points of every landscape.

    `learning_rates` has the default learning rate of each optimizer, `learning_rate` that of momentum.
    """
    return send_json(request, lambda: [landscape_record(landscape.at()) for landscape in LANDSCAPES.values()])


@router.get(
    "/api/landscapes/{slug}",
    tags=["registries"],
    summary="One landscape",
    responses=SLUG_ERRORS,
    openapi_extra=further(shape=SHAPE),
)
async def get_landscape(request: Request, slug: str) -> Response:
    """One landscape; `shape` sets its shape knob, with which stationary points move."""
    pairs = read_pairs(request.scope["query_string"], ("shape",))
    landscape, shape = _landscape(slug), _shape(pairs)
    check_shape(landscape, shape)
    # Of another shape the stationary points are found first.
    return await send_drawn(request, lambda: landscape_record(landscape.at(shape)), write_query(pairs), _FOUND)


@router.get(
    "/api/landscapes/{slug}/surface",
    tags=["registries"],
    summary="The loss on a grid",
    responses=SLUG_ERRORS,
    openapi_extra=further(
        resolution=RESOLUTION,
        shape=SHAPE,
        domain=(
            "xmin,xmax,ymin,ymax, or xmin,xmax of a curve; the landscape's own otherwise.",
            {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 4},
        ),
        relief=RELIEF,
    ),
)
async def get_surface(request: Request, slug: str) -> Response:
    """`x`, `y` and `loss` on a grid of `resolution` × `resolution` points; rows follow `y`.

    Of a curve `x`, `loss` and the exact `derivative` at `resolution` points. With `relief` a plane has its `relief`:
    the tint of a loss is how far up it lies from `lowest` to `highest`, to the power of 1 / `root`; `lines` are contour
    lines, every fourth of them `numbered`, in pieces with a null after each; `shade` is, in hundredths, how much each
    point is turned to a light in the upper left, from the exact gradient.
    """
    pairs = read_pairs(request.scope["query_string"], ("resolution", "shape", "domain", "relief"))
    landscape, shape = _landscape(slug), _shape(pairs)
    resolution = (
        read_whole("resolution", pairs["resolution"], f"A whole number from 2 to {MAX_RESOLUTION}.")
        if "resolution" in pairs
        else SURFACE_RESOLUTION
    )
    domain = read_list("domain", pairs["domain"]) if "domain" in pairs else None
    relief = read_whole("relief", pairs["relief"], "1 or 0.") if "relief" in pairs else 0
    check_range("resolution", resolution, 2, MAX_RESOLUTION)
    check_range("relief", relief, 0, 1)
    check_shape(landscape, shape)
    check_domain(landscape, domain)
    points = resolution**landscape.dimensions

    def make() -> Any:
        box = landscape.domain if domain is None else Box.of(domain)
        return surface_record(landscape.at(shape), box, resolution, bool(relief))

    work = surface_work(landscape, points, bool(relief))
    return await send_drawn(request, make, write_query(pairs), work, points)


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
    """Update rule, hyperparameters with their bounds, and source of every optimizer.

    `learning_rates` has the default learning rate on each landscape, `learning_rate` that on the bowl. `full_step` is
    the learning rate of one whose step is right by itself. The default of a hyperparameter that is `by_landscape` is
    what the landscape's record has under its key.
    """
    return send_json(request, lambda: [optimizer_record(optimizer) for optimizer in OPTIMIZERS.values()])


@router.get("/api/schedules", dependencies=[Depends(no_keys)], tags=["registries"], summary="All schedules")
def get_schedules(request: Request) -> Response:
    """Rule, hyperparameters and source of every learning-rate schedule."""
    return send_json(request, lambda: [schedule_record(schedule) for schedule in SCHEDULES.values()])


@router.get("/api/keys", dependencies=[Depends(no_keys)], tags=["registries"], summary="The numeric keys of a request")
def get_keys(request: Request) -> Response:
    """Title, symbol, bounds and default of each numeric key that is not some optimizer's or schedule's own.

    `needs` says when a key means something: the other `key` must have the `trait`, which is a field of its landscape's,
    optimizer's or schedule's record, or must not have it where `wanted` is false. A `trait` that is null stands for the
    value itself, which must be there and not be 0.
    """
    return send_json(request, key_table)


@router.get("/api/lessons", dependencies=[Depends(no_keys)], tags=["registries"], summary="All lessons")
def get_lessons(request: Request) -> Response:
    """Each lesson's claim and the query that shows it."""
    return send_json(request, lambda: [lesson.record() for lesson in LESSONS.values()])


@router.get("/api/examples", dependencies=[Depends(no_keys)], tags=["registries"], summary="Worked examples")
def get_worked_examples(request: Request) -> Response:
    """Examples from courses, each typed or pasted: how its answer is found on paper, and the query that shows it."""
    return send_json(request, lambda: [one.record() for one in WORKED.values()])


@router.get("/healthz", tags=["server"], summary="Whether the server is up")
async def get_health(request: Request) -> HealthRecord:
    """The version, how many answers are under way in this worker, and how those are that compute its maps.

    `maps.status` is `starting` until there are workers, and `recovering` while one that was lost is being replaced;
    `replaced` counts how often that has happened.
    """
    maps = request.app.state.pool.health._asdict()
    return {"status": "ok", "version": __version__, "under_way": busy.answers, "maps": maps}
