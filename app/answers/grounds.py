"""The ground that the walks of a request are drawn on."""

from collections.abc import Generator, Iterator
from typing import Any

from app.answers.registries import surface_record
from app.descent.landscapes.landscape import FixedLandscape
from app.request.request import WalkRequest, landscape_of


def ground_of(request: WalkRequest) -> Generator[None, None, FixedLandscape]:
    """Return the ground, in one or two dimensions: of a landscape that has no more, itself with its shape.

    Yields None where others may have their turn: what depends on a walk has to wait for it.
    """
    yield from ()
    return landscape_of(request)


def surface_of(request: WalkRequest, resolution: int, relief: bool) -> Iterator[dict[str, Any] | None]:
    """Yield None while the ground is found, and then its record over the request's domain."""
    ground = yield from ground_of(request)
    yield surface_record(ground, request.box, resolution, relief)
