"""The plane that a network's walks are drawn on: the walk that defines it is walked first, and kept for a while."""

from collections.abc import Generator, Iterator
from threading import Lock
from typing import Any, NamedTuple, TypeVar

from app.answers.settings import settings_of
from app.descent.landscapes.landscape import FixedLandscape
from app.descent.landscapes.planes import Plane, on_plane, plane_in_turns
from app.descent.walks.descent import Settings
from app.descent.walks.training import KnownWalk, first_walk
from app.request.keys import RUN_KEYS
from app.request.request import WalkRequest, landscape_of

T = TypeVar("T")

# What of a run decides its walk from the first weights, beside the landscape and how much it may spend.
_DECIDES = ("shape", "seed", *(key for key in RUN_KEYS if key not in ("name", "hidden")))
# So many numbers are kept of walks, eight bytes each, and so many planes.
_MOST_NUMBERS, _MOST_PLANES = 4_000_000, 64

Key = tuple[Any, ...]


class Ground(NamedTuple):
    """A plane of a network's weights, the landscape on it, and the walks from the first weights that it took."""

    plane: Plane
    landscape: FixedLandscape
    walked: dict[Key, KnownWalk]

    def walked_by(self, request: WalkRequest, budget: int | None) -> KnownWalk | None:
        """The walk of this run from the first weights, where the plane took it."""
        return self.walked.get(_key(request, budget))


class _Kept:
    """Walks and planes that were asked for lately: a page asks for a walk, its ground and its sharpness in turn."""

    def __init__(self) -> None:
        self._walks: dict[Key, KnownWalk] = {}
        self._planes: dict[Key, tuple[Plane, FixedLandscape]] = {}
        self._lock = Lock()

    def walk(self, key: Key) -> KnownWalk | None:
        """The walk, if it is known still."""
        return self._latest(self._walks, key)

    def plane(self, key: Key) -> tuple[Plane, FixedLandscape] | None:
        """The plane and its landscape, if they are known still."""
        return self._latest(self._planes, key)

    def _latest(self, table: dict[Key, T], key: Key) -> T | None:
        with self._lock:
            found = table.pop(key, None)
            if found is not None:
                table[key] = found
            return found

    def keep_walk(self, key: Key, walked: KnownWalk) -> None:
        """Keep the walk, in place of the oldest."""
        with self._lock:
            self._walks[key] = walked
            while len(self._walks) > 1 and sum(one.numbers for one in self._walks.values()) > _MOST_NUMBERS:
                del self._walks[next(iter(self._walks))]

    def keep_plane(self, key: Key, plane: Plane, landscape: FixedLandscape) -> None:
        """Keep the plane, in place of the oldest."""
        with self._lock:
            self._planes[key] = plane, landscape
            if len(self._planes) > _MOST_PLANES:
                del self._planes[next(iter(self._planes))]


_kept = _Kept()


def _key(request: WalkRequest, budget: int | None) -> Key:
    # Where each step costs the same, the number of steps is the budget.
    return (
        request.landscape,
        budget if request.optimizer.varies else None,
        *(request.canonical[key] for key in _DECIDES),
    )


def grounded(request: WalkRequest) -> Generator[None, None, Ground]:
    """Return the ground that the request's walks are drawn on; yield while the walks that define it are walked."""
    network, kind, first = request.landscape.network, request.plane or "walk", request.plane_run or 0
    assert network is not None, "only a network's walks are drawn on a plane"
    # That of two ends has that of the first of the other runs as well.
    numbers = [first, *([0 if first else 1] if kind == "ends" else [])]
    runs = [request.each_run[number] for number in numbers]
    walked: dict[Key, KnownWalk] = {}
    for run in runs:
        walked[_key(run, request.budget)] = yield from _walked(run, request.budget)
    keys = [_key(run, request.budget) for run in runs]
    found = _kept.plane((kind, *keys))
    if found is None:
        path, other = walked[keys[0]], walked[keys[-1]]
        end = other.weights[-1] if kind == "ends" else None
        plane = yield from plane_in_turns(kind, path.weights, path.losses, network, end)
        found = plane, on_plane(request.landscape, request.shape, plane)
        _kept.keep_plane((kind, *keys), *found)
    return Ground(*found, walked)


def _walked(run: WalkRequest, budget: int | None) -> Generator[None, None, KnownWalk]:
    """Return the run's walk from the first weights, whatever its start is; yield while it is walked."""
    key = _key(run, budget)
    known = _kept.walk(key)
    if known is None:
        assert run.landscape.network is not None
        known = yield from first_walk(Settings(**settings_of(run, budget)), run.landscape.network, run.shape or 0.0)
        _kept.keep_walk(key, known)
    return known


def ground_of(request: WalkRequest) -> Generator[None, None, FixedLandscape]:
    """Return the landscape that the request's walks are drawn on: of a network the plane of its own walk.

    Yields None where others may have their turn.
    """
    if request.landscape.network is None:
        return landscape_of(request)
    return (yield from grounded(request)).landscape


def found_ground(request: WalkRequest) -> Iterator[FixedLandscape | None]:
    """Yield None while the landscape that the request's walks are drawn on is found, and then that."""
    yield (yield from ground_of(request))
