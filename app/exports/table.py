"""The table of what can be taken away: routes, the page's menu, the reference and tests are made of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.exports import costs
from app.exports.citation import bibtex
from app.exports.code.numpy_code import numpy_script
from app.exports.code.optax_code import optax_script
from app.exports.code.pytorch_code import pytorch_script
from app.exports.costs import Work
from app.exports.curves_picture import curves_png, curves_svg
from app.exports.data_picture import check_data, data_png, data_svg
from app.exports.films import making as films
from app.exports.films.making import Piece, whole
from app.exports.map_picture import map_png, map_svg
from app.exports.options import OPTIONS, Choice, Options, Size
from app.exports.steps_csv import steps_csv
from app.exports.steps_jsonl import steps_jsonl
from app.exports.steps_npz import steps_npz
from app.exports.taken import Taken
from app.exports.walk_html import walk_html
from app.request.request import WalkRequest

Make = Callable[[Taken], bytes | Iterator[bytes]]

GROUPS = ("picture", "film", "numbers", "code", "citation")
# What pictures read beside a request.
_PICTURE = ("theme", "width", "height")
# What nobody reads as it is written.
_NO_TEXT = ("image/", "video/", "application/zip", "text/html")


def _always(request: WalkRequest) -> None:
    """Every request has it."""


def _any(options: Options) -> None:
    """Any options go together."""


@dataclass(frozen=True)
class Export:
    """One file: what it is, and how it is made.

    ``options`` are keys of ``OPTIONS`` that it reads, ``own`` those of them that are other ones here; ``agree`` raises
    ``ApiError`` where two that are given do not go together. What takes seconds is ``filmed``: made by a process
    piece by piece, the last of which is the file. ``check`` raises ``ApiError`` where a request has no such file;
    ``work`` says how many evaluations of a formula making it takes as long as, beside the walks; ``of_walks`` is False
    where no walk is walked for it. ``with_weights`` asks for all weights of a network. What it ``make``s is the whole
    file or, where that is long, its pieces, each of which takes a few milliseconds at the most.
    """

    file: str
    title: str
    group: str
    media_type: str
    make: Make
    options: tuple[str, ...] = ()
    check: Callable[[WalkRequest], None] = _always
    work: Work = costs.nothing
    of_walks: bool = True
    with_weights: bool = False
    own: Mapping[str, Size | Choice] = field(default_factory=dict)
    agree: Callable[[Options], None] = _any
    filmed: Callable[[Taken], Iterator[Piece]] | None = None

    def option(self, key: str) -> Size | Choice:
        """The option of that key."""
        return self.own.get(key) or OPTIONS[key]

    @property
    def is_text(self) -> bool:
        """Whether people read it as it is written."""
        return not self.media_type.startswith(_NO_TEXT)

    def whole(self, taken: Taken) -> bytes:
        """The file at once, for whom nobody waits."""
        made = self.make(taken)
        return made if isinstance(made, bytes) else b"".join(made)


def _picture(kind: str, title: str, svg: Make, png: Make, work: Work, **further: Any) -> tuple[Export, Export]:
    """A picture as a drawing and as pixels."""
    return (
        Export(f"{kind}.svg", f"{title}, SVG", "picture", "image/svg+xml", svg, _PICTURE, work=work, **further),
        Export(
            f"{kind}.png", f"{title}, PNG", "picture", "image/png", png, _PICTURE, work=costs.pixels(work), **further
        ),
    )


def _numbers(file: str, form: str, media_type: str, make: Make, work: Work, options: tuple[str, ...] = ()) -> Export:
    """All numbers of all walks."""
    return Export(file, f"All numbers, {form}", "numbers", media_type, make, options, work=work)


def _code(file: str, library: str, write: Callable[[WalkRequest, str], str]) -> Export:
    """A script that walks the same walks in this library; it is ASCII."""

    def make(taken: Taken) -> bytes:
        return write(taken.request, taken.address).encode("ascii")

    title = f"The same walk in {library}"
    return Export(file, title, "code", "text/x-python", make, work=costs.script, of_walks=False)


def _film(file: str, title: str, media_type: str, pieces: Callable[[Taken], Iterator[Piece]]) -> Export:
    is_gif = media_type == "image/gif"
    own, agree = (films.GIF_SIZES, films.check_gif) if is_gif else (films.VIDEO_SIZES, films.check_video)
    keys = films.OPTIONS
    return Export(file, title, "film", media_type, whole(pieces), keys, own=own, agree=agree, filmed=pieces)


_ROWS = (
    *_picture("map", "Map", map_svg, map_png, costs.drawn_map),
    *_picture("curves", "Curves", curves_svg, curves_png, costs.drawn),
    *_picture("data", "Data with the fit", data_svg, data_png, costs.drawn, check=check_data, with_weights=True),
    _film("walk.gif", "The walk, animated GIF", "image/gif", films.gif),
    _film("walk.mp4", "The walk, MP4 film", "video/mp4", films.mp4),
    _film("walk.webm", "The walk, WebM film", "video/webm", films.webm),
    Export("walk.html", "One page that plays it", "film", "text/html", walk_html, work=costs.page),
    _numbers("steps.csv", "CSV", "text/csv", steps_csv, costs.texts, ("separator",)),
    _numbers("steps.jsonl", "JSON lines", "application/x-ndjson", steps_jsonl, costs.texts),
    _numbers("steps.npz", "NumPy arrays", "application/zip", steps_npz, costs.arrays),
    _code("numpy.py", "NumPy", numpy_script),
    _code("pytorch.py", "PyTorch", pytorch_script),
    _code("optax.py", "JAX and optax", optax_script),
    Export("citation.bib", "BibTeX entry", "citation", "application/x-bibtex", bibtex, of_walks=False),
)
EXPORTS = {export.file: export for export in _ROWS}
