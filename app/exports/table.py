"""The table of what can be taken away: routes, the page's menu, the reference and tests are made of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.exports.citation import bibtex
from app.exports.curves_picture import curves_png, curves_svg
from app.exports.data_picture import check_data, data_png, data_svg
from app.exports.films import making as films
from app.exports.films.making import Piece, whole
from app.exports.map_picture import map_png, map_svg, map_work
from app.exports.options import OPTIONS, Choice, Options, Size
from app.exports.taken import Taken
from app.request.request import WalkRequest

Make = Callable[[Taken], bytes]
Work = Callable[[WalkRequest, Mapping[str, int | str]], int]

GROUPS = ("picture", "film", "numbers", "code", "citation")


def _always(request: WalkRequest) -> None:
    """Every request has it."""


def _nothing(request: WalkRequest, options: Mapping[str, int | str]) -> int:
    return 0


def _any(options: Options) -> None:
    """Any options go together."""


@dataclass(frozen=True)
class Export:
    """One file: what it is, and how it is made.

    ``options`` are keys of ``OPTIONS`` that it reads, ``own`` those of them that are other ones here; ``agree`` raises
    ``ApiError`` where two that are given do not go together. What takes seconds has ``pieces``, which a process makes
    one after the other; the last is the file. ``check`` raises ``ApiError`` where a request has no such file;
    ``work`` says how many evaluations of a formula making it takes as long as, beside the walks; ``of_walks`` is False
    where no walk is walked for it. ``with_weights`` asks for all weights of a network.
    """

    file: str
    title: str
    group: str
    media_type: str
    make: Make
    options: tuple[str, ...] = ()
    check: Callable[[WalkRequest], None] = _always
    work: Work = _nothing
    of_walks: bool = True
    with_weights: bool = False
    own: Mapping[str, Size | Choice] = field(default_factory=dict)
    agree: Callable[[Options], None] = _any
    pieces: Callable[[Taken], Iterator[Piece]] | None = None

    def option(self, key: str) -> Size | Choice:
        """The option of that key."""
        return self.own.get(key) or OPTIONS[key]

    @property
    def is_text(self) -> bool:
        """Whether people can read it."""
        return not self.media_type.startswith(("image/", "video/", "application/zip"))


# What pictures read beside a request.
_PICTURE = ("theme", "width", "height")
# Measured: the pixels of a picture take as long as so many evaluations, and so many more for each thousand of them.
_PIXELS, _THOUSAND = 20_000, 130
_DRAWN = 10_000


def _drawn(request: WalkRequest, options: Mapping[str, int | str]) -> int:
    """What drawing takes, where that is lines and letters alone."""
    return _DRAWN + 2 * request.points


def _drawn_map(request: WalkRequest, options: Mapping[str, int | str]) -> int:
    """What drawing a map takes, for which the landscape is looked at in many places."""
    return _drawn(request, options) + map_work(request)


def _pixels(work: Work) -> Work:
    """What it takes until a drawing has become pixels."""

    def of(request: WalkRequest, options: Mapping[str, int | str]) -> int:
        return work(request, options) + _PIXELS + _THOUSAND * int(options["width"]) * int(options["height"]) // 1_000

    return of


def _picture(kind: str, title: str, svg: Make, png: Make, work: Work, **further: Any) -> tuple[Export, Export]:
    """A picture as a drawing and as pixels."""
    return (
        Export(f"{kind}.svg", f"{title}, SVG", "picture", "image/svg+xml", svg, _PICTURE, work=work, **further),
        Export(f"{kind}.png", f"{title}, PNG", "picture", "image/png", png, _PICTURE, work=_pixels(work), **further),
    )


def _film(file: str, title: str, media_type: str, pieces: Callable[[Taken], Iterator[Piece]]) -> Export:
    is_gif = media_type == "image/gif"
    own, agree = (films.GIF_SIZES, films.check_gif) if is_gif else (films.VIDEO_SIZES, films.check_video)
    keys = films.OPTIONS
    return Export(file, title, "film", media_type, whole(pieces), keys, own=own, agree=agree, pieces=pieces)


_ROWS = (
    *_picture("map", "Map", map_svg, map_png, _drawn_map),
    *_picture("curves", "Curves", curves_svg, curves_png, _drawn),
    *_picture("data", "Data with the fit", data_svg, data_png, _drawn, check=check_data, with_weights=True),
    _film("walk.gif", "The walk, animated GIF", "image/gif", films.gif),
    _film("walk.mp4", "The walk, MP4 film", "video/mp4", films.mp4),
    _film("walk.webm", "The walk, WebM film", "video/webm", films.webm),
    Export("citation.bib", "BibTeX entry", "citation", "application/x-bibtex", bibtex, of_walks=False),
)
EXPORTS = {export.file: export for export in _ROWS}
