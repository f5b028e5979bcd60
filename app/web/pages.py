"""HTML routes. Every page announces its JSON twin, and the query is the state."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from app import ROOT, __version__
from app.answers.palette import PALETTE
from app.answers.pictures import drawn_landscape, picture, picture_on
from app.answers.planes import found_ground
from app.answers.records import Walk
from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.landscape import FixedLandscape, Landscape
from app.exports.options import OPTIONS
from app.exports.table import EXPORTS, Export
from app.exports.table import GROUPS as EXPORT_GROUPS
from app.lessons import CHAPTERS, LESSONS, Lesson, Live
from app.request.errors import ApiError
from app.request.keys import QUERY_KEYS
from app.request.lenient import likely_query, make_request_leniently
from app.request.making import make_request
from app.request.meaning import listed
from app.request.request import WalkRequest, landscape_of
from app.request.synonyms import MOST
from app.request.values import tidy
from app.request.writing import to_json
from app.web.assets import plotly_style_ids, plotly_version, static_version
from app.web.cards import card_of, plain_card
from app.web.catalog import catalog, catalog_of_the_map
from app.web.deriving import made
from app.web.embedding import discovery_address
from app.web.framing import PATH as EMBED
from app.web.framing import Frame, read_frame
from app.web.kept import Kept, keep, kept
from app.web.lesson_query import keys_of, shown_in
from app.web.limits import busy
from app.web.prefix import path_of, root_of
from app.web.qr import check_lesson
from app.web.responses import collect, found_in_turns
from app.web.trackers import without_trackers
from app.web.typeset import mathml, typeset
from app.worked import WORKED

router = APIRouter(include_in_schema=False)
templates = Jinja2Templates(
    env=Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
)

# A first paint costs at most so many evaluations; what is longer starts with its map alone and streams its path.
_MOST_PAINTED = 20_000
# A proxy has some kilobytes of room for the head of an answer: nginx four, on most machines.
_LONGEST_LINK = 2_048
# A page waits for its walk while no more than so many evaluations wait before it: some tenths of a second.
_MOST_AHEAD = 200_000
# Width to height of the map's box on a laptop and on a phone, near enough: its picture fills it from the first paint.
_ASPECT = 0.95
# Points along each side of a first paint's ground.
_RESOLUTION = 61
# Measured: a picture's ground and the page around it cost about as much as so many evaluations.
_DRAWN = 4_000


def page(request: Request, name: str, twin: str, **context: Any) -> HTMLResponse:
    """The page, announcing where the same is to be had as JSON."""
    root = root_of(request)
    twin = root + twin
    response: HTMLResponse = templates.TemplateResponse(
        request,
        name,
        {
            "root": root,
            "static": f"{root}/static/{static_version()}",
            "plotly": f"{root}/static/{plotly_version()}/plotly.min.js",
            "version": __version__,
            "twin": twin,
            "card": None,
            **context,
        },
    )
    link = f'<{twin}>; rel="alternate"; type="application/json"'
    if len(link) <= _LONGEST_LINK:
        response.headers["Link"] = link
    response.headers["Cache-Control"] = "no-cache"
    return response


class Shown(NamedTuple):
    """What a picture stands in: the page, a lesson's, or an embed."""

    path: str
    lesson: Lesson | None = None
    frame: Frame | None = None


@router.get("/")
async def get_index(request: Request) -> Response:
    """Open the page: the query is the state, and what is wrong with it is said on the page."""
    return await _state_page(request, Shown("/"), without_trackers(request.scope["query_string"]))


@router.get(EMBED)
async def get_embed(request: Request) -> Response:
    """Open the same picture without its surroundings, as it stands in a frame of another page."""
    frame, query, complaints = read_frame(without_trackers(request.scope["query_string"]))
    # A link out of it leads to the whole page.
    return await _state_page(request, Shown("/", frame=frame), query, complaints)


@router.get("/lessons/{slug}")
async def get_lesson(request: Request, slug: str) -> Response:
    """Open the same page with the lesson's words above the picture: its settings, or those of the query, if any."""
    slug = tidy(slug, LESSONS)
    check_lesson(request, slug)
    query = without_trackers(request.scope["query_string"])
    return await _state_page(request, Shown(f"/lessons/{slug}", LESSONS[slug]), query)


async def _state_page(
    request: Request, shown: Shown, query: bytes, complaints_before: Sequence[ApiError] = ()
) -> Response:
    """Open the page at the state that the query is; without one it is the same for everybody, and kept."""
    lesson = shown.lesson
    if lesson:
        # What it types is derived once, beside the loop.
        await asyncio.to_thread(_panel, lesson.slug)
    if not query and not complaints_before and shown.frame in (None, Frame()):
        wanted = make_request(lesson.opening if lesson else {})
        return await kept(request, lambda: _drawn_page(request, shown, wanted, None))
    wanted, notice = await state_of(request, query, lesson, complaints_before)
    drawn, _ = await _drawn_page(request, shown, wanted, notice)
    return drawn


async def state_of(
    request: Request, query: bytes, lesson: Lesson | None, complaints_before: Sequence[ApiError] = ()
) -> tuple[WalkRequest, dict[str, str] | None]:
    """What a page with this query shows, and what is said of what is wrong with that."""
    if lesson:
        query = shown_in(lesson, query)

    def make() -> tuple[WalkRequest, dict[str, str] | None]:
        wanted, complaints = make_request_leniently(query)
        return wanted, _notice(query, wanted, [*complaints_before, *complaints])

    return await made(request, query, make)


async def _drawn_page(
    request: Request, shown: Shown, wanted: WalkRequest, notice: dict[str, str] | None
) -> tuple[Response, bool]:
    """The page, and whether it has all that it has on an idle server."""
    walks = await _first_walks(request, wanted)
    ground = await _first_ground(request, wanted)
    with busy.admit(_DRAWN) as admission:
        async with admission.place(request):
            if wanted.landscape.is_own:
                # What somebody typed may take a long time to be drawn: meanwhile the loop answers others.
                make = partial(_picture_page, request, shown, wanted, ground, walks or [], notice)
                drawn = await asyncio.to_thread(make)
            else:
                async with admission.turn():
                    drawn = _picture_page(request, shown, wanted, ground, walks or [], notice)
    return drawn, walks is not None and ground is not None


def _picture_page(
    request: Request,
    shown: Shown,
    wanted: WalkRequest,
    ground: FixedLandscape | None,
    walks: Sequence[Walk],
    notice: dict[str, str] | None,
) -> Response:
    path, lesson, frame = root_of(request) + shown.path, shown.lesson, shown.frame
    query = _as_named(request, wanted)
    places = _places(wanted, usual="none" if frame and "view" not in keys_of(query.encode()) else "")
    # What stands beside the map takes the page's own scripts; the map alone a fraction of them.
    alone = frame is not None and places["second"] == "none" and wanted.canonical["map"] != "rates"
    return page(
        request,
        "embed.html" if frame else "index.html",
        twin=f"/api/descent?{wanted.query}".removesuffix("?"),
        wanted=wanted,
        notice=notice,
        picture=picture_on(ground, wanted, _RESOLUTION, walks, _ASPECT),
        message=walks[0]["summary"]["message"].split("\n") if walks else ("", ""),
        families=_families(),
        exports=() if frame else _exports(),
        places=places,
        style_ids=plotly_style_ids(),
        frame=frame,
        alone=alone,
        discovery=None if frame else discovery_address(request, _page_of(request, shown)),
        whole=f"{path}?{query}".removesuffix("?"),
        lesson=_panel(lesson.slug) if lesson else None,
        page_name="lessons" if lesson else None,
        card=card_of(request, path.removeprefix(root_of(request)), wanted, walks, lesson),
        has_code=any(getattr(route, "path", None) == "/qr.svg" for route in request.app.routes),
        boot=_boot(
            {
                "catalog": catalog_of_the_map() if alone else catalog(),
                "thumbnails": None if frame else thumbnails()[0],
                "path": path,
                "query": query,
                "lesson": make_request(lesson.opening).query if lesson else None,
                "autoplay": frame.autoplay if frame else None,
            }
        ),
    )


def _page_of(request: Request, shown: Shown) -> str:
    """The path and query of this very page."""
    query = without_trackers(request.scope["query_string"]).decode("ascii", "replace")
    return f"{shown.path}?{query}" if query else shown.path


def _as_named(request: Request, wanted: WalkRequest) -> str:
    """The query of what is wanted, with the view that the address names though it is usual: on a phone it is not."""
    usual = wanted.canonical["view"]
    named = parse_qsl(request.scope["query_string"].decode("ascii", "replace"))
    if "view" in wanted.given or ("view", usual) not in named:
        return wanted.query
    return f"{wanted.query}&view={usual}".removeprefix("&")


def _places(wanted: WalkRequest, usual: str = "") -> dict[str, str]:
    """What stands in the places beside the map from the first paint: what is wanted, or what is usual and not left out.

    The scripts know what can be shown there, and whether there is room for a third.
    """
    hide, views = wanted.canonical["hide"] or (), listed(wanted.given.get("view"))
    second, third = [*views, ""][:2]
    # A map of learning rates comes with its cells.
    if not second or second in hide or (second == "rates" and not third):
        of_kind = "rule" if wanted.landscape.dimensions == 1 else "data" if wanted.landscape.points else "surface"
        usual = usual or of_kind
        second = "none" if usual in hide else usual
    return {"second": second, "third": "" if third in (second, *hide) else third}


def _boot(state: dict[str, Any]) -> Markup:
    """What the page's scripts start from, as JSON that cannot end the script element it is put into."""
    content = to_json({"palette": PALETTE.record, **state})
    return Markup(content.decode().replace("<", "\\u003c"))


@lru_cache(maxsize=len(LESSONS))
def _panel(slug: str) -> dict[str, Any]:
    """What a lesson's panel shows: its words typeset, what they set, its place in the course and its neighbours."""
    course, lesson = list(LESSONS.values()), LESSONS[slug]
    index = course.index(lesson)

    def seen(keys: Mapping[str, Any]) -> str:
        return make_request({**keys, **lesson.shows.keys}).query

    return {
        **lesson.record(),
        **{key: _live(lesson, typeset(words)) for key, words in lesson.marked.items()},
        "opening": seen(lesson.opening),
        "own": seen(lesson.request),
        "both": seen(lesson.both) if lesson.both else None,
        "other": seen(lesson.changed(lesson.compare.changes)) if lesson.compare else None,
        "tries": [(one.label, seen(lesson.changed(one.changes)), one.at) for one in lesson.tries],
        "at": lesson.shows.at,
        "guess": lesson.guess,
        "number": index + 1,
        "total": len(course),
        "previous": course[index - 1] if index > 0 else None,
        "next": course[index + 1] if index + 1 < len(course) else None,
    }


def _live(lesson: Lesson, words: Markup) -> Markup:
    """The words with a place for each of their live numbers, which the page's scripts keep up to date."""

    def place(number: Live) -> str:
        kind = "told" if number.is_result else "live"
        return str(Markup('<span class="{}" data-of="{}">{}</span>').format(kind, number.name, number.text))

    # What is typeset is markup already, and escaped.
    return Markup(lesson.live(str(words), place))


async def _first_walks(request: Request, wanted: WalkRequest) -> list[Walk] | None:
    """What is drawn of the walks before the browser walks them: none where that costs too much.

    None where too many others are waiting for theirs: the browser need not wait for a picture of what it streams.
    """
    if wanted.work > _MOST_PAINTED:
        return []
    try:
        with busy.admit(wanted.load, wanted.points) as admission:
            return list((await collect(request, wanted, admission, _MOST_AHEAD)).walks())
    except ApiError as error:
        if error.status != HTTPStatus.SERVICE_UNAVAILABLE:
            raise
        return None


async def _first_ground(request: Request, wanted: WalkRequest) -> FixedLandscape | None:
    """The ground that the walks are drawn on, for which a network's own is walked first, in turns with all else.

    None where that takes longer than a page waits: the browser draws it when the first byte of its stream is there.
    """
    if wanted.landscape.network is None:
        return landscape_of(wanted)
    if wanted.plane_work > _MOST_AHEAD:
        return None
    try:
        return await found_in_turns(request, found_ground(wanted), wanted.plane_work, wanted.points // wanted.starts)
    except ApiError as error:
        if error.status != HTTPStatus.SERVICE_UNAVAILABLE:
            raise
        return None


def _notice(query: bytes, wanted: WalkRequest, complaints: Sequence[ApiError]) -> dict[str, str] | None:
    """The one line on what is wrong with the page's address, with the address that was likely meant, if any."""
    if not complaints:
        return None
    likely = likely_query(query) if any(complaint.correction for complaint in complaints) else ""
    message = " ".join(complaint.message for complaint in complaints[:MOST])
    more = f" And {len(complaints) - MOST} more." if len(complaints) > MOST else ""
    if len(complaints) == 1:
        known = complaints[0].key in QUERY_KEYS and complaints[0].key != "run"
        instead = known and not complaints[0].kept
        hint = f"{complaints[0].hint or ''} {'The default is shown instead.' if instead else 'It is ignored.'}".strip()
    else:
        hint = "These are left out."
    return {"message": message + more, "hint": hint, "likely": likely if likely != wanted.query else ""}


class ExportGroup(NamedTuple):
    """Files of one kind as the page lists them: their rows, those that need data, and what may be chosen for them."""

    slug: str
    title: str
    rows: list[Export]
    of_data: set[str]
    options: list[tuple[str, dict[str, Any]]]


# What is as on the screen is not asked for.
_AS_SEEN = {"theme", "width", "height"}
# How a film is handed over is the page's own affair.
_ITS_OWN = {"progress"}
_GROUP_TITLES = {"picture": "Picture", "film": "Film", "numbers": "Numbers", "code": "Code", "citation": "Cite"}


@lru_cache(maxsize=1)
def _exports() -> list[ExportGroup]:
    """What the page offers to take away, as the table has it; pictures and numbers are made by the browser, too."""
    groups = []
    for slug in EXPORT_GROUPS:
        rows = [export for export in EXPORTS.values() if export.group == slug]
        if not rows and slug not in ("picture", "numbers"):
            continue
        keys = dict.fromkeys(key for export in rows for key in export.options if key not in _AS_SEEN | _ITS_OWN)
        options = [(key, OPTIONS[key].schema | _named(key)) for key in keys]
        of_data = {export.file for export in rows if _is_of_data(export)}
        groups.append(ExportGroup(slug, _GROUP_TITLES[slug], rows, of_data, options))
    return groups


def _named(key: str) -> dict[str, str]:
    return {"text": OPTIONS[key].text, "title": OPTIONS[key].title or key.capitalize()}


def _is_of_data(export: Export) -> bool:
    """Whether only a landscape made from data has this file."""
    without, with_data = (_refuses(export, make_request({"landscape": slug})) for slug in ("bowl", "straight-line"))
    return without and not with_data


def _refuses(export: Export, wanted: WalkRequest) -> bool:
    try:
        export.check(wanted)
    except ApiError:
        return True
    return False


@lru_cache(maxsize=1)
def _families() -> dict[str, list[Landscape]]:
    """The landscapes by what they teach, in menu order."""
    families: dict[str, list[Landscape]] = {}
    for landscape in LANDSCAPES.values():
        families.setdefault(landscape.family, []).append(landscape)
    return families


@lru_cache(maxsize=1)
def thumbnails() -> tuple[str, bytes]:
    """The menu's small pictures as SVG by slug, and the address that they may be kept under for a year."""
    draw = templates.env.get_template("picture.html").module.landscape  # type: ignore[attr-defined]  # the macro's name
    pictures = {
        slug: str(draw(drawn_landscape(entry.at(), entry.domain, 25), fill=True)) for slug, entry in LANDSCAPES.items()
    }
    content = to_json(pictures)
    return f"/thumbnails/{hashlib.sha256(content).hexdigest()[:12]}", content


@router.get("/thumbnails/{version}")
def get_thumbnails(request: Request, version: str) -> Response:
    """The menu's small pictures: too much to send with every page, and the same for all of them."""
    address, _ = thumbnails()
    if path_of(request) != address:
        hint = f"Those of this version are at {root_of(request)}{address}."
        raise ApiError(f"There are no small pictures of version {version[:20]}.", hint=hint, status=404)
    return _kept_thumbnails().answer(request)


@lru_cache(maxsize=1)
def _kept_thumbnails() -> Kept:
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return keep(Response(thumbnails()[1], 200, headers, "application/json"))


@router.get("/lessons")
async def get_lessons(request: Request) -> Response:
    """Show the course, chapter by chapter: each lesson a link with a picture and one sentence."""

    async def make() -> tuple[Response, bool]:
        # The pictures of all lessons take longer than a turn, once.
        chapters = await asyncio.to_thread(_chapters)
        card = plain_card(request, "/lessons", "Lessons", "/lessons/by-hand/preview.png")
        return page(request, "lessons.html", twin="/api/lessons", card=card, chapters=chapters), True

    return await kept(request, make)


@lru_cache(maxsize=1)
def _chapters() -> list[dict[str, Any]]:
    lessons = [
        lesson.record() | {"number": number, "picture": picture(make_request(lesson.request), resolution=31)}
        for number, lesson in enumerate(LESSONS.values(), 1)
    ]
    return [
        {
            "title": title,
            "about": about,
            "lessons": [one for one in lessons if one["chapter"] == title],
            "minutes": round(sum(one.minutes for one in LESSONS.values() if one.chapter == title)),
        }
        for title, about in CHAPTERS.items()
    ]


@router.get("/examples")
async def get_worked_examples(request: Request) -> Response:
    """Show the worked examples: each a link with a picture, how its answer is found on paper, and what is seen."""

    async def make() -> tuple[Response, bool]:
        examples = await asyncio.to_thread(_worked_examples)
        card = plain_card(request, "/examples", "Worked examples")
        return page(request, "examples.html", twin="/api/examples", card=card, examples=examples), True

    return await kept(request, make)


@lru_cache(maxsize=1)
def _worked_examples() -> list[dict[str, Any]]:
    return [
        one.record()
        | {
            "text": typeset(one.text),
            "typed": one.typed,
            "picture": picture(make_request(one.request), 40, 4 / 3),
        }
        for one in WORKED.values()
    ]


@router.get("/two-dimensions")
async def get_two_dimensions(request: Request) -> Response:
    """Say what a picture of two parameters cannot tell of a network's millions, and what it can."""

    async def make() -> tuple[Response, bool]:
        formulas = {"momentum": mathml(r"v_{k+1} = \beta v_k + g_k"), "limit": mathml(r"2 / \lambda_{\max}")}
        card = plain_card(request, "/two-dimensions", "What two dimensions cannot tell")
        return page(request, "two-dimensions.html", twin="/api/landscapes", card=card, **formulas), True

    return await kept(request, make)
