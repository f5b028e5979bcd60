"""What a file is made of: a request, its walks, where it came from, and how it is wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.answers.records import RunRecord, Walk
from app.descent.landscapes.landscape import FixedLandscape
from app.request.request import WalkRequest


@dataclass(frozen=True)
class Taken:
    """A request with all its walks, runs outermost.

    ``ground`` is the landscape that they are drawn on, of a network the plane; ``address`` the whole address of the
    page that shows them; ``options`` has every option of the file, by key.
    """

    request: WalkRequest
    walks: Sequence[Walk]
    runs: Sequence[RunRecord]
    ground: FixedLandscape
    address: str
    options: Mapping[str, int | str]
