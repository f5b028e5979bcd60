"""The table of what can be taken away: routes, the page's menu, the reference and tests are made of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from app.exports.citation import bibtex
from app.exports.code.numpy_code import numpy_script
from app.exports.code.optax_code import optax_script
from app.exports.code.pytorch_code import pytorch_script
from app.exports.steps_csv import steps_csv
from app.exports.steps_jsonl import steps_jsonl
from app.exports.steps_npz import steps_npz
from app.exports.taken import Taken
from app.exports.walk_html import walk_html
from app.request.request import WalkRequest

# Measured: writing the numbers of one point as text takes as long as so many evaluations; those of so many points are
# copied in the time of one.
_TEXT, _COPIED = 2, 20
# The map of the ground is drawn in the time of so many.
_GROUND = 20_000
GROUPS = ("picture", "film", "numbers", "code", "citation")


def _always(request: WalkRequest) -> None:
    """Every request has it."""


def _nothing(request: WalkRequest, options: Mapping[str, int | str]) -> int:
    return 0


def _texts(request: WalkRequest, options: Mapping[str, int | str]) -> int:
    """What writing all numbers as text takes."""
    return _TEXT * request.held


def _arrays(request: WalkRequest, options: Mapping[str, int | str]) -> int:
    """What copying all numbers takes."""
    return request.held // _COPIED


def _page(request: WalkRequest, options: Mapping[str, int | str]) -> int:
    """What drawing the ground takes, and copying the numbers."""
    return _GROUND + request.held // _COPIED


@dataclass(frozen=True)
class Export:
    """One file: what it is, and how it is made.

    ``options`` are keys of ``OPTIONS`` that it reads. ``check`` raises ``ApiError`` where a request has no such file;
    ``work`` says how many evaluations of a formula making it takes as long as, beside the walks; ``of_walks`` is False
    where no walk is walked for it. What it ``make``s is the whole file or, where that is long, its pieces, each of
    which takes a few milliseconds at the most.
    """

    file: str
    title: str
    group: str
    media_type: str
    make: Callable[[Taken], bytes | Iterator[bytes]]
    options: tuple[str, ...] = ()
    check: Callable[[WalkRequest], None] = _always
    work: Callable[[WalkRequest, Mapping[str, int | str]], int] = _nothing
    of_walks: bool = True

    @property
    def is_text(self) -> bool:
        """Whether people read it as it is written."""
        return not self.media_type.startswith(("image/png", "image/gif", "video/", "application/zip", "text/html"))

    def whole(self, taken: Taken) -> bytes:
        """The file at once, for whom nobody waits."""
        made = self.make(taken)
        return made if isinstance(made, bytes) else b"".join(made)


def _code(file: str, library: str, write: Callable[[WalkRequest, str], str]) -> Export:
    """A script that walks the same walks in this library; it is ASCII."""

    def make(taken: Taken) -> bytes:
        return write(taken.request, taken.address).encode("ascii")

    return Export(file, f"The same walk in {library}", "code", "text/x-python", make, work=_plane, of_walks=False)


def _plane(request: WalkRequest, options: Mapping[str, int | str]) -> int:
    # Where a network's walks begin is a place of the plane, which is found by walking.
    return request.plane_work


_ROWS = (
    Export("steps.csv", "All numbers, CSV", "numbers", "text/csv", steps_csv, ("separator",), work=_texts),
    Export("steps.jsonl", "All numbers, JSON lines", "numbers", "application/x-ndjson", steps_jsonl, work=_texts),
    Export("steps.npz", "All numbers, NumPy arrays", "numbers", "application/zip", steps_npz, work=_arrays),
    Export("walk.html", "One page that plays it", "film", "text/html", walk_html, work=_page),
    _code("numpy.py", "NumPy", numpy_script),
    _code("pytorch.py", "PyTorch", pytorch_script),
    _code("optax.py", "JAX and optax", optax_script),
    Export("citation.bib", "BibTeX entry", "citation", "application/x-bibtex", bibtex, of_walks=False),
)
EXPORTS = {export.file: export for export in _ROWS}
