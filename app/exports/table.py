"""The table of what can be taken away: routes, the page's menu, the reference and tests are made of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.exports.citation import bibtex
from app.exports.taken import Taken
from app.request.request import WalkRequest

GROUPS = ("picture", "film", "numbers", "code", "citation")


def _always(request: WalkRequest) -> None:
    """Every request has it."""


def _nothing(request: WalkRequest, options: Mapping[str, int | str]) -> int:
    return 0


@dataclass(frozen=True)
class Export:
    """One file: what it is, and how it is made.

    ``options`` are keys of ``OPTIONS`` that it reads. ``check`` raises ``ApiError`` where a request has no such file;
    ``work`` says how many evaluations of a formula making it takes as long as, beside the walks; ``of_walks`` is False
    where no walk is walked for it.
    """

    file: str
    title: str
    group: str
    media_type: str
    make: Callable[[Taken], bytes]
    options: tuple[str, ...] = ()
    check: Callable[[WalkRequest], None] = _always
    work: Callable[[WalkRequest, Mapping[str, int | str]], int] = _nothing
    of_walks: bool = True

    @property
    def is_text(self) -> bool:
        """Whether people can read it."""
        return not self.media_type.startswith(("image/png", "image/gif", "video/", "application/zip"))


_ROWS = (Export("citation.bib", "BibTeX entry", "citation", "application/x-bibtex", bibtex, of_walks=False),)
EXPORTS = {export.file: export for export in _ROWS}
