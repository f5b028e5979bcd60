"""Over loopback: how long films take, and what a small answer waits while as many are made as there may be."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.request import urlopen

from tests.benchmarks.crowds import small
from tests.benchmarks.service import HOST, Server, request_bytes, serving
from tests.benchmarks.table import Row, against, median

_WALK = "landscape=rosenbrock&run=adam&with=loss"
# What is asked for, and how long it may take on a machine that does nothing else.
_FILMS = {
    "a GIF of 100 frames, 480 × 480": (f"walk.gif?{_WALK}&frames=100&width=480&height=480", 1.5),
    "an MP4 of 5 s, 1280 × 720": (f"walk.mp4?{_WALK}&seconds=5&width=1280&height=720", 6.0),
    "a WebM of 5 s, 1280 × 720": (f"walk.webm?{_WALK}&seconds=5&width=1280&height=720", 6.0),
}
# So many are made and wait at the most; none of them is made to its end.
_LONG, _MOST = f"walk.mp4?{_WALK}&frames=300&seconds=20&width=1920&height=1920", 8
_TURNS, _ANSWERS = 5, 60


def films() -> Iterator[Row]:
    """Each film, the first time and again, and a walk of 20 steps on an idle server and while films are made."""
    with serving() as server:
        for name, (path, wanted) in _FILMS.items():
            seconds, size = zip(*(_film(server, f"{path}&seed={k}") for k in range(4)), strict=True)
            yield Row(f"{name}, median", median(seconds[1:]), "s", wanted)
            yield Row("  the first one", seconds[0], "s")
            yield Row("  its size", size[-1] / 1000, "kB")
        alone, among = _waits(server)
        idle, took = 1000 * median(alone), 1000 * median(among)
        yield Row("a walk of 20 steps on an idle server, median", idle, "ms")
        compared = against(took, idle, "idle")
        yield Row("  while as many films are made and wait as may, median", took, "ms", 1.5 * idle, False, compared)


def _film(server: Server, path: str) -> tuple[float, int]:
    since = time.perf_counter()
    with urlopen(f"{server.address}/api/export/{path}", timeout=600) as reply:
        content = reply.read()
    return time.perf_counter() - since, len(content)


def _waits(server: Server) -> tuple[list[float], list[float]]:
    """What small answers take on an idle server and among films, in turns, so that a busy moment hits both."""
    alone: list[float] = []
    among: list[float] = []
    for turn in range(_TURNS):
        alone += _small_ones(server)
        with ExitStack() as stack:
            for number in range(_MOST):
                stack.enter_context(_wanted(server, f"{_LONG}&seed={turn * _MOST + number}"))
            # All have walked, and two are made.
            time.sleep(2.0)
            among += _small_ones(server)
        # For whom leaves nothing more is made.
        while server.under_way() > 0:
            time.sleep(0.05)
    return alone, among


def _small_ones(server: Server) -> list[float]:
    waits = []
    for _ in range(_ANSWERS):
        waits.append(small(server))
        time.sleep(0.02)
    return waits


def _wanted(server: Server, path: str) -> socket.socket:
    """Somebody who wants a film, until the connection is closed."""
    connection = socket.create_connection((HOST, server.port))
    connection.sendall(request_bytes(f"/api/export/{path}"))
    return connection


BENCHMARKS: dict[str, Callable[[], Iterator[Row]]] = {"films": films}
