"""Files that are made piece by piece in another process: what is sent to it, and what is called there."""

import base64
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from typing_extensions import TypedDict

from app.answers.records import ErrorRecord, RunRecord, Walk
from app.descent.landscapes.landscape import FixedLandscape
from app.exports.films.making import Piece
from app.exports.options import Options
from app.exports.table import EXPORTS
from app.exports.taken import Taken
from app.request.making import make_request

# Whoever leaves is known to have left after so many seconds of work at the latest.
_BATCH = 0.15
# All of a walk that a film is made of.
_NEEDED = ("run", "walker", "label", "x", "y", "loss", "summary")


@dataclass(frozen=True)
class Sent:
    """What a file is made of, as it is sent: the request as its keys, and of the walks what is needed."""

    file: str
    given: Mapping[str, Any]
    walks: Sequence[Walk]
    runs: Sequence[RunRecord]
    ground: FixedLandscape
    address: str
    options: Options

    @classmethod
    def of(cls, file: str, taken: Taken) -> "Sent":
        """What is sent of all that is taken."""
        walks: list[Any] = [{key: walk[key] for key in _NEEDED if key in walk} for walk in taken.walks]  # type: ignore[literal-required]
        return cls(file, taken.request.given, walks, taken.runs, taken.ground, taken.address, taken.options)

    @property
    def taken(self) -> Taken:
        """All that the file is made of."""
        request = make_request(dict(self.given))
        return Taken(request, self.walks, self.runs, self.ground, self.address, self.options)


class FileProgress(TypedDict):
    """How much of a file is made, from 0 to 1."""

    kind: Literal["progress"]
    progress: float


class FileRecord(TypedDict):
    """The last line: the file, in base64, what it is called, and of which type it is."""

    kind: Literal["file"]
    name: str
    media_type: str
    content: str


MadeRecord = FileProgress | FileRecord | ErrorRecord


class ForgottenError(Exception):
    """The file was not begun here, or by a process that is gone."""


# --- in the process

_under_way: dict[int, Iterator[Piece]] = {}


def begin(number: int, sent: Sent) -> None:
    """Begin a file, which goes by that number from here on."""
    pieces = EXPORTS[sent.file].filmed
    assert pieces is not None, "this file is made at once"
    _under_way[number] = pieces(sent.taken)


def go_on(number: int, encoded: bool) -> Piece:
    """Make some more of a file, and return the last piece, ``encoded`` as base64 where that is wanted.

    Raises ``ForgottenError``.
    """
    since = time.perf_counter()
    pieces = _under_way.get(number)
    if pieces is None:
        raise ForgottenError
    for piece in pieces:
        if piece.content and encoded:
            return Piece(piece.progress, base64.b64encode(piece.content))
        if piece.content or time.perf_counter() - since >= _BATCH:
            return piece
    raise AssertionError("the last piece is the file")


def drop(number: int) -> None:
    """Let go of a file, whole or not."""
    _under_way.pop(number, None)
