"""Over loopback: how fast a stream runs, what it costs in memory, and two hundred clients at the same time."""

import asyncio
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from app.answers.walks import records
from app.request.making import make_request
from app.request.writing import to_json
from tests.benchmarks.service import Reply, Server, cpu_seconds, read, read_blocking, serving
from tests.benchmarks.table import Row, against, at_percent, fastest, median

STREAM = "/api/descent/stream"
WALK = {"landscape": "bowl", "optimizer": "momentum", "tolerance": 0.0}
# With momentum 1 the walker swings for ever: every number keeps all its digits, where a walk at rest is soon all zeros.
SWINGING = {**WALK, "momentum": 1.0, "learning_rate": 0.01}
# The last bytes of a whole answer, before HTTP's own end of a chunked body.
ENDINGS = {STREAM: b'{"kind":"done"}\n', "/api/descent": b"]}\r\n0\r\n\r\n"}
CLIENTS = 200


def stream() -> Iterator[Row]:
    """One walk of 100 000 steps to one client, its first line, and the server's memory."""
    steps = 100_000
    path = f"{STREAM}?{urlencode(SWINGING)}&steps={steps}"
    with serving() as server:
        small, large = memory_of_streams(server)
        replies, busy = measured_streams(server, path)
        short = [ask(server, f"{STREAM}?{urlencode(SWINGING)}&steps=1000") for _ in range(40)]
    best = min(reply.seconds for reply in replies)
    alone = steps / bare_stream(steps)
    yield Row(
        "stream: one walk of 100 000 steps",
        steps / best,
        "steps/s",
        150_000,
        True,
        against(steps / best, alone, "no HTTP"),
    )
    yield Row("  the server's processor time for it", busy / steps * 1e6, "µs/step")
    lines = [reply.first_line * 1000 for reply in replies + short]
    yield Row("  first line, median", median(lines), "ms", 30)
    yield Row("  first line, slowest", max(lines), "ms", 30)
    yield Row(
        "  memory, 100 000 × 8 over 1 000 × 8", large - small, "MB", 20, False, against(large, small, "1 000 × 8")
    )


def memory_of_streams(server: Server) -> tuple[float, float]:
    """Return the most memory that the server holds during a short, then during a long stream of 8 walkers."""
    peaks = []
    for steps in (1_000, 100_000):
        server.forget_most_memory()
        ask(server, f"{STREAM}?{urlencode(SWINGING)}&starts=8&steps={steps}")
        peaks.append(server.most_memory())
    return peaks[0], peaks[1]


def measured_streams(server: Server, path: str, rounds: int = 7) -> tuple[list[Reply], float]:
    """Return the replies and the processor time of one of them."""
    before = cpu_seconds(server.pid)
    replies = [ask(server, path) for _ in range(rounds)]
    return replies, (cpu_seconds(server.pid) - before) / rounds


def bare_stream(steps: int) -> float:
    """Return the seconds that computing and writing the same lines takes without a server."""
    request = make_request({**SWINGING, "steps": steps})
    return fastest(lambda: [to_json(record) for record in records(request)], rounds=3)[0]


def ask(server: Server, path: str) -> Reply:
    """Ask, and insist on a whole answer."""
    reply = read_blocking(server.port, path, ENDINGS[path.partition("?")[0]])
    assert reply.ok, f"no whole answer to {path}"
    return reply


def clients() -> Iterator[Row]:
    """200 clients that ask for 1 000 steps at the same time, against 200 answers after each other."""
    with serving() as server:
        for route in ENDINGS:
            for walkers in (1, 8):
                yield from crowd(server, route, walkers)


def crowd(server: Server, route: str, walkers: int, rounds: int = 5) -> Iterator[Row]:
    """Measure one route; each client has its own start, the same ones in turn and together."""
    paths = [f"{route}?{urlencode(WALK)}&steps=1000&starts={walkers}&start={k / 100 - 1},1" for k in range(CLIENTS)]
    ratios, replies, one = [], [], 0.0
    for _ in range(rounds):
        one, answers_in_turn = asyncio.run(timed(server, paths, at_once=1))
        together, answers_together = asyncio.run(timed(server, paths, at_once=CLIENTS))
        ratios.append(together / one)
        replies += answers_together
        assert all(reply.ok for reply in answers_in_turn)
    # Each pair was measured in one stretch: what else the machine does slows both, and the median forgets the rest.
    name = f"clients: {CLIENTS} × {route} × {walkers} walker{'s' if walkers > 1 else ''}"
    yield Row(
        name, median(ratios), "×", 1.3, False, f"of 1 × in turn ({one:.3g} s), {min(ratios):.2f} … {max(ratios):.2f}"
    )
    yield Row("  answers without an error", 100 * sum(reply.ok for reply in replies) / len(replies), "%", 100, True)
    yield Row("  first byte, 95 %", 1000 * at_percent([reply.first_line for reply in replies], 95), "ms")


async def timed(server: Server, paths: list[str], at_once: int) -> tuple[float, list[Reply]]:
    """Return the total time of all answers, so many of them asked for at once."""
    turn = asyncio.Semaphore(at_once)

    async def one(path: str) -> Reply:
        async with turn:
            return await read(server.port, path, ENDINGS[path.partition("?")[0]])

    since = time.perf_counter()
    replies = await asyncio.gather(*map(one, paths), return_exceptions=True)
    seconds = time.perf_counter() - since
    return seconds, [reply if isinstance(reply, Reply) else Reply(False, 0, 0, 0) for reply in replies]


BENCHMARKS: dict[str, Callable[[], Iterator[Row]]] = {"stream": stream, "clients": clients}
