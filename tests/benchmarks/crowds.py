"""Over loopback: what a small answer waits while crowds ask for much, and what the server holds for them and keeps."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from tests.benchmarks.service import Server, read, read_blocking, serving
from tests.benchmarks.table import Row, against, median

SMALL = "/api/descent?steps=20"
_SEARCH = "/api/descent?landscape=rosenbrock&optimizer=line-search&steps=19999&tolerance=0"
_RACE = "/api/descent/race?starts=512&steps=20&run=adam&run=rmsprop&run=nesterov"
# Each client asks for its own: nothing is found made.
CROWDS = {
    "line searches of 20 000 points": [f"{_SEARCH}&seed={k}" for k in range(60)],
    "drawn pages": [f"/?landscape=rosenbrock&optimizer=adam&steps=19000&tolerance=0&seed={k}" for k in range(50)],
    "surfaces": [f"/api/landscapes/peaks/surface?resolution=400&domain=-3,{3 + k / 100},-3,3" for k in range(50)],
    "streams": [f"/api/descent/stream?noise=0.1&steps=100000&starts=19&tolerance=0&seed={k}" for k in range(60)],
    "races of 512 walkers": [f"{_RACE}&seed={k}" for k in range(150)],
}
# Long enough for all but the streams, which are there to the end.
_SECONDS = 20


def crowds() -> Iterator[Row]:
    """A walk of 20 steps on an idle server and among each crowd, and the memory that each crowd takes."""
    with serving() as server:
        idle = median([small(server) for _ in range(50)])
        yield Row("a walk of 20 steps on an idle server, median", 1000 * idle, "ms")
        for name, paths in CROWDS.items():
            server.forget_most_memory()
            before = server.memory()
            waits, refused = among(server, name)
            most, kept = server.most_memory() - before, server.memory() - before
            times = against(1000 * median(waits), 1000 * idle, "idle")
            yield Row(f"  among {len(paths)} {name}, median", 1000 * median(waits), "ms", 100, False, times)
            yield Row("    slowest", 1000 * max(waits), "ms")
            yield Row("    of the crowd refused", refused, "")
            yield Row("    memory at the most, over before", most, "MB", 200)
            yield Row("    memory afterwards, over before", kept, "MB", 200)


def small(server: Server) -> float:
    """Return the seconds that a small answer takes."""
    reply = read_blocking(server.port, SMALL, b"]}")
    assert reply.ok
    return reply.seconds


def among(server: Server, name: str) -> tuple[list[float], int]:
    """Return what small answers took while a crowd was there, and how many of that were refused."""
    # A process of its own: reading what all of them are sent must not hold up the one that is measured.
    command = [sys.executable, "-m", "tests.benchmarks.crowds", str(server.port), name]
    crowd = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert crowd.stdout is not None
    assert crowd.stdout.readline() == "asking\n"
    waits = [small(server)]
    until = time.monotonic() + _SECONDS
    while crowd.poll() is None and time.monotonic() < until:
        waits.append(small(server))
        time.sleep(0.02)
    crowd.kill()
    said = crowd.communicate()[0]
    while server.under_way() > 0:
        time.sleep(0.05)
    return waits, int(said or 0)


async def ask_all(port: int, name: str) -> None:
    """Ask for all that a crowd wants at once, and say how many were refused."""
    asking = [asyncio.create_task(read(port, path, b"")) for path in CROWDS[name]]
    await asyncio.sleep(0.05)
    print("asking", flush=True)
    print(sum(not reply.ok for reply in await asyncio.gather(*asking)), flush=True)


BENCHMARKS: dict[str, Callable[[], Iterator[Row]]] = {"crowds": crowds}

if __name__ == "__main__":
    asyncio.run(ask_all(int(sys.argv[1]), sys.argv[2]))
