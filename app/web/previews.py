"""Preview pictures of pages: what a link shows where it is pasted. Drawn once, and kept as long as there is room."""

import asyncio
import hashlib
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.answers.planes import found_ground
from app.answers.records import Walk
from app.answers.walks import Collector, records
from app.descent.formulas.memory import Memory
from app.descent.landscapes.landscape import FixedLandscape
from app.exports.preview_picture import Seen, draw_preview
from app.lessons import LESSONS, Lesson
from app.request.making import make_request
from app.request.request import WalkRequest, landscape_of
from app.request.values import tidy
from app.web.drawing import drawn_elsewhere
from app.web.limits import Line, busy
from app.web.pages import state_of
from app.web.prefix import path_of
from app.web.qr import check_lesson
from app.web.responses import found_in_turns, in_turns
from app.web.trackers import without_trackers

router = APIRouter(include_in_schema=False)

# Bytes of previews that are kept: some hundreds of them.
_ROOM = 32_000_000
# Walks are followed for so much work, as for a page's first paint: what is longer is drawn as far as that leads, and it
# is said how far that is. A plane is looked for where that takes so much, and else there are words alone.
_MOST, _MOST_OF_PLANE = 20_000, 200_000
# Measured: drawing takes about as long as so many evaluations.
_DRAWN = 60_000
# Whoever shows previews asks anew after an hour; what an address shows may be drawn better by then.
_CACHED = "public, max-age=3600"


class _Preview(NamedTuple):
    content: bytes
    tag: str


_kept: Memory[_Preview] = Memory(_ROOM)
# One is drawn at a time: whoever asks for the same meanwhile finds it drawn.
_drawing = Line(1, 64 * _DRAWN)


@router.get("/preview.png")
async def get_preview(request: Request) -> Response:
    """Draw what the page of this query shows; where something is wrong with it, what is shown instead."""
    return await _preview(request, None)


@router.get("/lessons/{slug}/preview.png")
async def get_lesson_preview(request: Request, slug: str) -> Response:
    """Draw what the lesson shows: its walk, or that of the query, if any."""
    slug = tidy(slug, LESSONS)
    check_lesson(request, slug)
    return await _preview(request, LESSONS[slug])


async def _preview(request: Request, lesson: Lesson | None) -> Response:
    """Answer with the picture, or with 304 where the client has it already."""
    query = without_trackers(request.scope["query_string"])
    key = path_of(request), query
    found = _kept.get(key)
    if found is None:
        await _drawing.enter(_DRAWN, request)
        try:
            found = _kept.get(key) or await _make(request, key, query, lesson)
        finally:
            _drawing.leave()
    headers = {"ETag": found.tag, "Cache-Control": _CACHED}
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    if known & {found.tag, "*"}:
        return Response(status_code=304, headers=headers)
    return Response(found.content, 200, headers, "image/png")


async def _make(request: Request, key: tuple[str, bytes], query: bytes, lesson: Lesson | None) -> _Preview:
    wanted = await _wanted(request, query, lesson)
    seen = await _seen(request, wanted, lesson)
    async with drawn_elsewhere(request, "drawer_of_previews"):
        content = await asyncio.to_thread(draw_preview, seen)
    made = _Preview(content, f'"{hashlib.sha256(content).hexdigest()[:24]}"')
    return _kept.keep(key, made, len(content) + len(query))


async def _wanted(request: Request, query: bytes, lesson: Lesson | None) -> WalkRequest:
    if lesson and not query:
        return make_request(lesson.opening)
    wanted, _ = await state_of(request, query, lesson)
    return wanted


async def _seen(request: Request, wanted: WalkRequest, lesson: Lesson | None) -> Seen:
    """What is drawn: the walks as far as they are walked for a preview, and the ground where it is found for one."""
    ground, collector = await _ground(request, wanted), Collector()
    if ground is not None:
        with busy.admit(min(wanted.load, _MOST), min(wanted.points, _MOST)) as admission:
            async with admission.place(request):
                async for _ in in_turns(_followed(wanted, collector), request, admission):
                    pass
    walks = walks_so_far(collector)
    steps = max((len(walk["x"]) - 1 for walk in walks), default=0)
    is_whole = len(collector.summaries) == len(collector.names)
    return Seen(wanted, walks, ground, is_whole or not walks, steps, lesson.title if lesson else None)


async def _ground(request: Request, wanted: WalkRequest) -> FixedLandscape | None:
    if wanted.landscape.network is None:
        return landscape_of(wanted)
    if wanted.plane_work > _MOST_OF_PLANE:
        return None
    return await found_in_turns(request, found_ground(wanted), wanted.plane_work, wanted.points // wanted.starts)


def _followed(wanted: WalkRequest, collector: Collector) -> Iterator[None]:
    """Yield None while the walks are walked, as far as they are for a preview."""
    left = float(_MOST)
    for record in records(wanted):
        collector.add(record)
        if record is not None and record["kind"] == "chunk":
            run = wanted.each_run[collector.names[record["walk"]]["run"]]
            left -= len(record["x"]) * run.step_work
            if left < 0:
                return
        yield None


def walks_so_far(collector: Collector) -> list[Walk]:
    """The walks as far as they are known, without the ends of those that have none."""
    if len(collector.summaries) == len(collector.names):
        return list(collector.walks())
    walks: list[dict[str, Any]] = [
        {**name, **{key: np.frombuffer(values, dtype=values.typecode) for key, values in columns.items()}}
        for name, columns in zip(collector.names, collector.columns, strict=True)
        if columns
    ]
    return cast("list[Walk]", walks)
