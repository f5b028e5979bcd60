"""Route of oEmbed 1.0 (https://oembed.com): what another page needs to show a picture of ours, by its address."""

from http import HTTPStatus
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.answers.records import OEmbedRecord
from app.lessons import LESSONS
from app.request.errors import ApiError, ErrorAnswer, short
from app.request.lenient import make_request_leniently
from app.request.values import read_whole, tidy
from app.web.deriving import made
from app.web.embedding import Place, home_of, oembed_record
from app.web.framing import PATH as EMBED
from app.web.framing import read_frame
from app.web.lesson_query import shown_in
from app.web.openapi import ERRORS, further
from app.web.prefix import root_of
from app.web.responses import send_json
from app.web.trackers import without_trackers

router = APIRouter()

_KEYS: dict[str, tuple[str, dict[str, Any]]] = {
    "url": (
        "The address of the page, a lesson or an embed of this server; its path will do.",
        {"type": "string", "format": "uri-reference"},
    ),
    "format": ("json, the one format that there is.", {"type": "string", "enum": ["json"], "default": "json"}),
    "maxwidth": ("Pixels that a frame may be wide.", {"type": "integer", "minimum": 1}),
    "maxheight": ("Pixels that a frame may be high.", {"type": "integer", "minimum": 1}),
}
_PLACES = "Addresses here begin with"


@router.get(
    "/oembed",
    tags=["pages"],
    summary="How another page embeds an address (oEmbed)",
    response_model=OEmbedRecord,
    responses={422: ERRORS[422], 404: {"model": ErrorAnswer}, 501: {"model": ErrorAnswer}},
    openapi_extra=further(**_KEYS),
)
async def get_oembed(request: Request) -> Response:
    """The frame, title and preview of an address of the page, a lesson or an embed, as oEmbed 1.0 has them.

    Keys that consumers add are left alone. A preview larger than `maxwidth` or `maxheight` is not named.
    """
    asked = dict(reversed(parse_qsl(request.scope["query_string"].decode("ascii", "replace"), keep_blank_values=True)))
    form = asked.get("format", "json")
    if tidy(form, ("json",)) != "json":
        raise ApiError(
            f"format={short(form)} is not answered here.", "format", "Use format=json.", HTTPStatus.NOT_IMPLEMENTED
        )
    if not asked.get("url"):
        raise ApiError("url is missing.", "url", f"{_PLACES} {home_of(request)}.")
    width, height = (_bound(key, asked) for key in ("maxwidth", "maxheight"))
    place = _place_of(request, asked["url"])
    wanted = await made(request, place.query, lambda: make_request_leniently(place.query)[0])
    record = oembed_record(home_of(request), place, wanted, width, height)
    return send_json(request, lambda: record, f"{home_of(request)} {sorted(asked.items())}")


def _bound(key: str, asked: dict[str, str]) -> int | None:
    if key not in asked:
        return None
    bound = read_whole(key, asked[key], "A whole number of pixels.")
    if bound < 1:
        raise ApiError(f"{key}={bound} leaves no room.", key, "A whole number of pixels, at least 1.")
    return bound


def _place_of(request: Request, url: str) -> Place:
    """What the address shows. Raises ``ApiError`` 404 where it is none of this server's, or nothing to be embedded."""
    foreign = ApiError(f"{short(url)} is no address of a picture here.", "url", f"{_PLACES} {home_of(request)}.", 404)
    try:
        split = urlsplit(url.strip())
        here = _same_server(split, urlsplit(home_of(request)))
    except ValueError:
        raise foreign from None
    root = root_of(request)
    inside = split.path == root or split.path.startswith(f"{root}/")
    if not here or not (inside or not split.netloc):
        raise foreign
    path = split.path.removeprefix(root) if inside else split.path
    query = without_trackers(quote(split.query, safe="%&=+,:;*/()!$'-._~").encode("ascii"))
    if path in ("", "/"):
        return Place(None, query, {})
    if path == EMBED:
        frame, rest, _ = read_frame(query)
        own = {"theme": frame.theme, "autoplay": "" if frame.autoplay else "0"}
        return Place(None, rest, {key: value for key, value in own.items() if value})
    slug = tidy(path.removeprefix("/lessons/").rstrip("/"), LESSONS)
    if path.startswith("/lessons/") and slug in LESSONS:
        return Place(LESSONS[slug], shown_in(LESSONS[slug], query), {})
    raise foreign


def _same_server(one: SplitResult, other: SplitResult) -> bool:
    """Whether both are asked at one host and port; who ends TLS before it may be asked either way."""
    ports = {"http": 80, "https": 443}

    def at(address: SplitResult) -> tuple[str | None, int | None]:
        port = address.port or ports.get(address.scheme)
        return address.hostname, None if port in ports.values() else port

    # A path alone is one of whoever is asked.
    alone = not one.scheme and not one.netloc and one.path.startswith("/")
    return alone or (one.scheme in ports and "@" not in one.netloc and at(one) == at(other))
