"""How an address of this server stands in other people's pages: as a frame, with a title and a preview."""

from typing import Any, NamedTuple
from urllib.parse import quote

from fastapi import Request
from markupsafe import Markup

from app.exports.words import title_of
from app.lessons import Lesson
from app.request.request import WalkRequest
from app.request.writing import write_query
from app.web.framing import OWN
from app.web.framing import PATH as EMBED

# Pixels of a frame that is not bounded, of which map, sentence and transport make good use; and of a preview.
WIDTH, HEIGHT = 720, 540
PREVIEW = (1200, 630)
# Seconds that an answer may be kept: an address shows the same for ever, this software gets better.
_CACHE_AGE = 86_400


class Place(NamedTuple):
    """What an address of this server shows: a lesson or not, and its query, with what only an embed reads."""

    lesson: Lesson | None
    query: bytes
    own: dict[str, str]


def home_of(request: Request) -> str:
    """The address of the first page, as this server is called by whoever asks."""
    return str(request.base_url).rstrip("/") + "/"


def discovery_address(request: Request, page: str) -> str:
    """Where consumers learn how to embed the page whose path and query this is."""
    return f"{home_of(request)}oembed?url={quote(home_of(request) + page.lstrip('/'), safe='')}&format=json"


def oembed_record(
    home: str, place: Place, wanted: WalkRequest, max_width: int | None = None, max_height: int | None = None
) -> dict[str, Any]:
    """The answer for what an address shows, in a frame within the bounds; `home` is the address of the first page."""
    width = min(WIDTH, max_width or WIDTH)
    height = min(HEIGHT, max_height or HEIGHT)
    title = place.lesson.title if place.lesson else title_of(wanted, ())
    own = write_query({key: place.own[key] for key in OWN if key in place.own})
    query = "&".join(filter(None, (wanted.query, own)))
    address = f"{home}{EMBED.removeprefix('/')}?{query}".removesuffix("?")
    frame = Markup(
        '<iframe src="{}" width="{}" height="{}" title="{}" frameborder="0" loading="lazy" allowfullscreen></iframe>'
    )
    fits = (max_width or PREVIEW[0]) >= PREVIEW[0] and (max_height or PREVIEW[1]) >= PREVIEW[1]
    preview = f"{home}preview.png?{wanted.query}".removesuffix("?")
    return {
        "type": "rich",
        "version": "1.0",
        "title": title,
        "provider_name": "Downhill",
        "provider_url": home,
        "cache_age": _CACHE_AGE,
        "html": str(frame.format(address, width, height, title)),
        "width": width,
        "height": height,
        # The specification wants a preview within the bounds, too.
        **({"thumbnail_url": preview, "thumbnail_width": PREVIEW[0], "thumbnail_height": PREVIEW[1]} if fits else {}),
    }
