"""The ground that the walks of a request are drawn on, as a record."""

from collections.abc import Iterator
from typing import Any

from app.answers.planes import ground_of
from app.answers.registries import surface_record
from app.request.request import WalkRequest


def surface_of(request: WalkRequest, resolution: int, relief: bool) -> Iterator[dict[str, Any] | None]:
    """Yield None while the ground is found, and then its record over the request's domain."""
    ground = yield from ground_of(request)
    yield surface_record(ground, request.box, resolution, relief)
