"""Over loopback: what a small answer waits while people type formulas and rules, each of them a letter in 0.2 s."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import urlencode

from tests.benchmarks.crowds import small
from tests.benchmarks.service import HOST, Server, cpu_seconds, request_bytes, serving
from tests.benchmarks.table import Row, against, at_percent, median

PEOPLE, LETTER = (20, 200), 0.2
# In seconds, as the page has them.
_PATIENCE, _MOST_PATIENCE = 0.15, 2.4
# Each person types another number, so that nothing is found made: {} stands for it.
_TEXTS = (
    ("formula", "{}x^2 + 3sin(2x)*cos(y) + y^2/7"),
    ("formula", "(x^2 + y - 11)^2 + (x + y^2 - {})^2"),
    ("formula", "a*x^4 - {}x^2 + b*x + y^2"),
    ("rule", "v_next = 0.{}*v + gradient; point_next = point - learning_rate*v_next"),
)
_SECONDS = 8.0


def typists() -> Iterator[Row]:
    """A walk of 20 steps on an idle server and while people type, what becomes of their letters, and memory."""
    with serving() as server:
        idle_waits = [small(server) for _ in range(100)]
        idle = median(idle_waits)
        yield Row("a walk of 20 steps on an idle server, median", 1000 * idle, "ms")
        for people in PEOPLE:
            yield from _while_typing(server, people, 1000 * idle)


def _while_typing(server: Server, people: int, idle: float) -> Iterator[Row]:
    server.forget_most_memory()
    before, spent = server.memory(), cpu_seconds(server.pid)
    waits, said = among(server, people)
    asked, answered, refused = map(int, said.split())
    took = 1000 * median(waits)
    yield Row(f"  while {people} people type, median", took, "ms", 3 * idle, False, against(took, idle, "idle"))
    yield Row("    of a hundred the fifth slowest", 1000 * at_percent(waits, 95), "ms")
    yield Row("    letters a second", asked / _SECONDS, "")
    yield Row("    of them answered", 100 * answered / max(asked, 1), "%")
    yield Row("    told to come again", 100 * refused / max(asked, 1), "%")
    yield Row("    the loop's processor time for a letter", 1000 * (cpu_seconds(server.pid) - spent) / asked, "ms", 2)
    yield Row("    memory at the most, over before", server.most_memory() - before, "MB", 200)
    # Until all of them are let go.
    while server.under_way() > 0:
        time.sleep(0.05)


def among(server: Server, people: int) -> tuple[list[float], str]:
    """Return what small answers took while people typed, and what became of their letters."""
    command = [sys.executable, "-m", "tests.benchmarks.typists", str(server.port), str(people)]
    crowd = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert crowd.stdout is not None
    assert crowd.stdout.readline() == "typing\n"
    waits = [small(server)]
    until = time.monotonic() + _SECONDS - 2
    while crowd.poll() is None and time.monotonic() < until:
        waits.append(small(server))
        time.sleep(0.02)
    return waits, crowd.communicate()[0]


class Person:
    """One who types, and a page that has one letter under way: it is given up where a newer one has waited for long.

    Long is ``_PATIENCE``, and twice as long after each that was given up, as in the page's ``SingleFlight``.
    """

    def __init__(self, port: int, number: int, people: int) -> None:
        """Set what is typed."""
        self.port, self.number, self.people = port, number, people
        self.asked = self.answered = self.refused = 0
        self._typed: list[str] = []
        self._newer = asyncio.Event()

    async def type(self, until: float) -> None:
        """Type one text after the other."""
        turn = self.number
        page = asyncio.create_task(self._show())
        await asyncio.sleep(LETTER * self.number / self.people)
        while time.monotonic() < until:
            key, text = _TEXTS[turn % len(_TEXTS)]
            text = text.format(1000 + turn)
            for length in range(1, len(text) + 1):
                if time.monotonic() >= until:
                    break
                self.asked += 1
                typed = urlencode({key: text[:length], "steps": 50})
                self._typed = [f"/api/descent/stream?{typed}"]
                # The ground of a formula is asked for beside its walk.
                if key == "formula":
                    self._typed.append(f"/api/descent/surface?{typed}&box=-2,2,-2,2&resolution=51&relief=1")
                self._newer.set()
                await asyncio.sleep(LETTER)
            turn += self.people
        page.cancel()

    async def _show(self) -> None:
        patience = _PATIENCE
        while True:
            await self._newer.wait()
            self._newer.clear()
            answer = asyncio.create_task(self._ask_all(self._typed))
            newer = asyncio.create_task(self._newer.wait())
            try:
                await asyncio.wait((answer, newer), return_when=asyncio.FIRST_COMPLETED)
                done, _ = await asyncio.wait((answer,), timeout=patience)
                patience = _PATIENCE if done else min(2 * patience, _MOST_PATIENCE)
            finally:
                newer.cancel()
                answer.cancel()

    async def _ask_all(self, paths: list[str]) -> None:
        await asyncio.gather(*map(self._ask, paths))

    async def _ask(self, path: str) -> None:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection(HOST, self.port)
            try:
                writer.write(request_bytes(path))
                reply = await reader.read()
                if "stream" in path:
                    self.refused += b" 503 " in reply[:20]
                    self.answered += b" 200 " in reply[:20] or b" 422 " in reply[:20]
            finally:
                writer.close()


async def type_all(port: int, count: int) -> None:
    """Have all people type, and say what became of their letters."""
    until = time.monotonic() + _SECONDS
    people = [Person(port, number, count) for number in range(count)]
    typing = asyncio.gather(*(one.type(until) for one in people))
    await asyncio.sleep(1.0)
    print("typing", flush=True)
    await typing
    print(*(sum(getattr(one, name) for one in people) for name in ("asked", "answered", "refused")), flush=True)


BENCHMARKS: dict[str, Callable[[], Iterator[Row]]] = {"typists": typists}

if __name__ == "__main__":
    asyncio.run(type_all(int(sys.argv[1]), int(sys.argv[2])))
