"""What others show where a page's address is written: a title, a sentence and a preview picture (Open Graph)."""

from collections.abc import Sequence
from typing import NamedTuple

from fastapi import Request

from app.answers.records import Walk
from app.exports.preview_picture import HEIGHT, WIDTH
from app.exports.words import NAME, formula_of, hides_end, sentence_of, title_of
from app.lessons import Lesson
from app.request.making import make_request
from app.request.request import WalkRequest


class Card(NamedTuple):
    """What a page is called elsewhere; addresses are whole. ``alt`` says what the picture shows.

    ``title`` has no name of the site, which stands beside it.
    """

    title: str
    description: str
    url: str
    image: str
    alt: str
    width: int = WIDTH
    height: int = HEIGHT


def card_of(request: Request, path: str, wanted: WalkRequest, walks: Sequence[Walk], lesson: Lesson | None) -> Card:
    """The card of a page that shows a walk; without walks nothing is said of how it ends."""
    # A lesson without a query shows its own settings.
    own = make_request(lesson.opening).query if lesson else ""
    query = f"?{wanted.query}" if wanted.query != own else ""
    seen = title_of(wanted, walks)
    said = "" if hides_end(wanted) else sentence_of(wanted, walks)
    told = f"{said or title_of(wanted, ())} {formula_of(wanted)}".strip()
    return Card(
        lesson.title if lesson else seen,
        lesson.claim if lesson else told,
        whole(request, path + query),
        whole(request, f"{path.rstrip('/')}/preview.png{query}"),
        f"A topographic map: {seen}.",
    )


def plain_card(request: Request, path: str, title: str, image: str = "/preview.png") -> Card:
    """The card of a page that shows no walk, with the picture of one that it leads to; the page describes itself."""
    return Card(title, "", whole(request, path), whole(request, image), f"A walk on a topographic map, by {NAME}.")


def whole(request: Request, path: str) -> str:
    """The whole address of a path, as this server is called by whoever asks."""
    return str(request.base_url).rstrip("/") + path
