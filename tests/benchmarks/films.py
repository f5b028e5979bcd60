"""Over loopback: how long films take, and what a small answer waits while as many are made as there may be."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from urllib.error import HTTPError
from urllib.request import urlopen

from tests.benchmarks.crowds import small
from tests.benchmarks.service import Server, serving
from tests.benchmarks.table import Row, against, median

_WALK = "landscape=rosenbrock&run=adam&with=loss"
# What is asked for, and how long it may take on a machine that does nothing else.
_FILMS = {
    "a GIF of 100 frames, 480 × 480": (f"walk.gif?{_WALK}&frames=100&width=480&height=480", 1.5),
    "an MP4 of 5 s, 1280 × 720": (f"walk.mp4?{_WALK}&seconds=5&width=1280&height=720", 6.0),
    "a WebM of 5 s, 1280 × 720": (f"walk.webm?{_WALK}&seconds=5&width=1280&height=720", 6.0),
}
_PEOPLE, _SECONDS = 6, 10.0


def films() -> Iterator[Row]:
    """Each film, the first time and again, and a walk of 20 steps on an idle server and while six people want films."""
    with serving() as server:
        for name, (path, wanted) in _FILMS.items():
            seconds, size = zip(*(_film(server, f"{path}&seed={k}") for k in range(4)), strict=True)
            yield Row(f"{name}, median", median(seconds[1:]), "s", wanted)
            yield Row("  the first one", seconds[0], "s")
            yield Row("  its size", size[-1] / 1000, "kB")
        idle = 1000 * median([small(server) for _ in range(200)])
        yield Row("a walk of 20 steps on an idle server, median", idle, "ms")
        waits = _among(server)
        took = 1000 * median(waits)
        yield Row(
            f"  while {_PEOPLE} people want films, median", took, "ms", 2 * idle, False, against(took, idle, "idle")
        )


def _film(server: Server, path: str) -> tuple[float, int]:
    since = time.perf_counter()
    with urlopen(f"{server.address}/api/export/{path}", timeout=60) as reply:
        content = reply.read()
    return time.perf_counter() - since, len(content)


def _among(server: Server) -> list[float]:
    """What small answers take while each of some people wants one film after the other, no two the same."""
    until, numbers = time.monotonic() + _SECONDS, count()
    path = _FILMS["an MP4 of 5 s, 1280 × 720"][0]

    def want() -> None:
        while time.monotonic() < until:
            with suppress(HTTPError):
                _film(server, f"{path}&seed={next(numbers)}")

    people = [threading.Thread(target=want) for _ in range(_PEOPLE)]
    for one in people:
        one.start()
    time.sleep(1.0)
    waits = []
    while time.monotonic() < until:
        waits.append(small(server))
        time.sleep(0.02)
    for one in people:
        one.join()
    return waits


BENCHMARKS: dict[str, Callable[[], Iterator[Row]]] = {"films": films}
