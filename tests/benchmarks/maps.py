"""Maps over loopback: against the same map in C and in PyTorch, its first pass, giving up, fairness, growth, memory."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import httpx

from tests.benchmarks.service import HOST, Server, read_blocking, request_bytes, serving
from tests.benchmarks.table import Row, against, at_percent, median

HERE = Path(__file__).parent
LEARNING_RATE = 0.05
RASTRIGIN = {"landscape": "rastrigin", "optimizer": "adam", "learning_rate": LEARNING_RATE, "steps": 500}
ACKLEY = {"landscape": "ackley"}
WALK = "/api/descent?landscape=rastrigin&optimizer=adam&steps=500&tolerance=0"
# Where PyTorch is found, if not beside the server's own packages.
TORCH = os.environ.get("DOWNHILL_TORCH", sys.executable)
CORES = 2


class Timed(NamedTuple):
    """When a map's records came, in seconds, and what the last pass and the last line said."""

    first_pass: float
    seconds: float
    whole: dict[str, Any]
    done: dict[str, Any]


def ask(server: Server, **keys: Any) -> Timed:
    """Read a map to its end; parsing waits until the clock has stopped."""
    address = f"{server.address}/api/maps/basins?{urlencode(RASTRIGIN | keys)}"
    body, first = bytearray(), 0.0
    with httpx.Client(timeout=600) as client:  # making one takes longer than a small map
        since = time.perf_counter()
        with client.stream("GET", address) as response:
            for part in response.iter_raw():
                body += part
                if (
                    not first
                    and len(passes := bytes(body[:200_000]).split(b'{"kind":"pass"', 1)) > 1
                    and b"\n" in passes[1]
                ):
                    first = time.perf_counter() - since
        taken = time.perf_counter() - since
    lines = bytes(body).splitlines()
    done = json.loads(lines[-1])
    assert done["kind"] == "done", lines[-1][:200]
    whole = json.loads(next(line for line in reversed(lines) if b'"kind":"pass"' in line[:20]))
    return Timed(first, taken, {**whole, "legend": json.loads(lines[0])["legend"]}, done)


@contextmanager
def on_two_cores() -> Iterator[Sequence[int]]:
    """Hold this process, and all that it starts, to two of its processors."""
    if not hasattr(os, "sched_setaffinity"):
        yield range(CORES)
        return
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, sorted(before)[:CORES])
        yield sorted(before)[:CORES]
    finally:
        os.sched_setaffinity(0, before)


def basins() -> Iterator[Row]:
    """256² starts on Rastrigin with Adam: over HTTP, all passes included, against C and eager PyTorch."""
    with tempfile.TemporaryDirectory() as folder, on_two_cores(), serving("--map-workers", str(CORES)) as server:
        peers = dict(_peers(Path(folder)))
        ask(server, resolution=64)
        maps, others = [], {name: [] for name in peers}
        for _ in range(5):
            maps.append(ask(server))
            for name, command in peers.items():
                others[name].append(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())
    best = min(one.seconds for one in maps)
    yield Row("basins of Rastrigin, Adam, 256² × 500, two cores", best * 1000, "ms")
    wanted = {"C -O3, two threads": 0.6, "eager PyTorch, two threads": 2.0}
    for name, least in wanted.items():
        if name not in others:
            yield Row(f"  its speed over {name}: not measured, it is not here", 0.0, "×")
            continue
        peer = min(float(words[0]) for words in others[name])
        yield Row(f"  its speed over {name}", peer / best, "×", least, True, against(best, peer, name))
        yield Row("    cells per outcome that differ", _differing(maps[0], others[name][0]), "cells")
    first = [one.first_pass for one in maps]
    yield Row("  32² on the wire, part of the whole map's time", 100 * min(first) / best, "%", 5)
    yield Row("  32² on the wire, median", 1000 * median(first), "ms", 100)


def _peers(folder: Path) -> Iterator[tuple[str, list[str]]]:
    arguments = ["256", "500", str(LEARNING_RATE), str(CORES)]
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler:
        program = folder / "basins"
        source = str(HERE / "basins.c")
        subprocess.run([compiler, "-O3", "-o", str(program), source, "-lm", "-lpthread"], check=True)
        yield "C -O3, two threads", [str(program), *arguments]
    else:
        print("no C compiler: the map is not compared with C")
    has_torch = find_spec("torch") if sys.executable == TORCH else Path(TORCH).exists()
    if has_torch:
        yield "eager PyTorch, two threads", [TORCH, str(HERE / "basins_torch.py"), *arguments]
    else:
        print("no PyTorch (DOWNHILL_TORCH names a Python that has it): the map is not compared with it")


def _differing(one: Timed, words: Sequence[str]) -> float:
    """Return by how many cells the numbers of each outcome differ, at the most: chaotic walks may end otherwise."""
    outcomes = [entry["outcome"] for entry in one.whole["legend"]]
    counts: dict[str, int] = {}
    for row in one.whole["outcome"]:
        for cell in row:
            counts[outcomes[cell]] = counts.get(outcomes[cell], 0) + 1
    theirs = dict(zip(words[1::2], map(int, words[2::2]), strict=True))
    return max(abs(counts.get(name, 0) - theirs[name]) for name in ("converged", "diverged", "out_of_steps"))


NETWORK: dict[str, Any] = {"landscape": "network-curve", "steps": 200, "tolerance": 0.0, "window": "0.05,1,0,1"}


def network_maps() -> Iterator[Row]:
    """Maps of learning rates and momenta of a network that is trained in all weights, over HTTP."""
    with on_two_cores(), serving("--map-workers", str(CORES)) as server:
        _ask_rates(server, 16, 0)
        for resolution, limit in ((64, 500), (128, 2000)):
            taken = min(_ask_rates(server, resolution, seed) for seed in range(5))
            yield Row(f"map of a network, {resolution}² × 200, two cores", 1000 * taken, "ms", limit)


def _ask_rates(server: Server, resolution: int, seed: int) -> float:
    keys = {**NETWORK, "seed": seed, "resolution": resolution}
    with httpx.Client(timeout=600) as client:
        since = time.perf_counter()
        content = client.get(f"{server.address}/api/maps/rates?{urlencode(keys)}").content
        taken = time.perf_counter() - since
    assert json.loads(content.splitlines()[-1])["kind"] == "done"
    return taken


def giving_up() -> Iterator[Row]:
    """A map that is left in the middle frees its workers for the next one."""
    with on_two_cores(), serving("--map-workers", str(CORES)) as server:
        ask(server)
        usual, after = [], []
        for _ in range(5):
            usual.append(ask(server).seconds)
            _leave_in_the_middle(server, 0.3)
            after.append(ask(server).seconds)
    yield Row("a map right after one that was left", median(after) * 1000, "ms")
    yield Row(
        "  over its usual time",
        median(after) / median(usual),
        "×",
        1.2,
        False,
        against(median(after), median(usual), "s"),
    )


def _leave_in_the_middle(server: Server, seconds: float) -> None:
    with socket.create_connection((HOST, server.port)) as connection:
        connection.sendall(request_bytes(f"/api/maps/basins?{urlencode(RASTRIGIN)}&resolution=1024"))
        connection.recv(1 << 16)
        time.sleep(seconds)


def fairness() -> Iterator[Row]:
    """A walk of 500 steps while a map keeps all workers busy."""
    with on_two_cores(), serving("--map-workers", str(CORES)) as server:
        ask(server)
        idle = [_walk(server) for _ in range(60)]
        mapping = threading.Thread(target=ask, args=(server,), kwargs={"resolution": 512})
        mapping.start()
        time.sleep(0.3)
        busy = []
        while mapping.is_alive():
            busy.append(_walk(server))
            time.sleep(0.01)
    yield Row("a walk of 500 steps during a map, median", 1000 * median(busy), "ms")
    yield Row(
        "  over idle",
        median(busy) / median(idle),
        "×",
        3,
        False,
        against(1000 * median(busy), 1000 * median(idle), "ms idle"),
    )
    yield Row("  95 % of them, over idle", at_percent(busy, 95) / median(idle), "×")


def _walk(server: Server) -> float:
    reply = read_blocking(server.port, WALK, b"]}\r\n0\r\n\r\n")
    assert reply.ok
    return reply.seconds


def growth() -> Iterator[Row]:
    """What a cell and a step cost, for maps of all sizes and walks of all lengths; memory at the largest.

    On Ackley's function, whose coordinates cannot be shared: where they can, a map costs less than its cells.
    """
    with on_two_cores(), serving("--map-workers", str(CORES)) as server:
        ask(server)
        cells = {size: _quickest(server, resolution=size) for size in (64, 128, 256, 512)}
        # Walks that end nowhere: with a tolerance most have ended long before the last step.
        lengths = {steps: _quickest(server, steps=steps, tolerance=0) for steps in (125, 250, 500, 1000)}
        with _watching(server) as most:
            ask(server, resolution=1024, steps=200, **ACKLEY)
    each = {size: 1e6 * seconds / size**2 for size, seconds in cells.items()}
    for size, cost in each.items():
        yield Row(f"a cell of {size}²", cost, "µs", None, False, against(cost, each[256], "256²"))
    for steps, seconds in lengths.items():
        cost = 1e9 * seconds / steps / 256**2
        yield Row(
            f"a step of {steps}", cost, "ns", None, False, against(cost, 1e9 * lengths[500] / 500 / 256**2, "500")
        )
    yield Row("memory of the server and its workers at 1024²", max(most), "MB", 400)


def _quickest(server: Server, **keys: Any) -> float:
    return min(ask(server, **ACKLEY, **keys).seconds for _ in range(3))


@contextmanager
def _watching(server: Server) -> Iterator[list[float]]:
    """Note, until the block is left, the memory of the server and all its children: shared pages count once."""
    found: list[float] = [0.0]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            found.append(sum(map(_memory, [server.pid, *_descendants(server.pid)])))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield found
    finally:
        over.set()
        watcher.join()


def _memory(pid: int) -> float:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:  # it has ended meanwhile
        return 0.0
    return int(rollup.partition("\nPss:")[2].split()[0]) / 1024


def _descendants(pid: int) -> Iterator[int]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            child = int(path.parent.name)
            yield child
            yield from _descendants(child)


BENCHMARKS = {
    "basins": basins,
    "network-maps": network_maps,
    "giving-up": giving_up,
    "fairness": fairness,
    "growth": growth,
}
