"""The server as its own process, and a client that reads bytes without understanding them."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.request import Request, urlopen

HOST = "127.0.0.1"


class Server(NamedTuple):
    """A running server."""

    port: int
    pid: int

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self.port}"

    def most_memory(self) -> float:
        """Return the most resident memory it held since the last reset, in MB."""
        return self._status("VmHWM")

    def memory(self) -> float:
        """Return the resident memory that it holds now, in MB."""
        return self._status("VmRSS")

    def under_way(self) -> int:
        """Return how many answers it says to be computing or sending."""
        with urlopen(f"{self.address}/healthz", timeout=30) as reply:
            return int(json.load(reply)["under_way"])

    def _status(self, name: str) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition(f"{name}:")[2].split()[0]) / 1024

    def forget_most_memory(self) -> None:
        """Begin anew from what it holds now (proc(5), clear_refs)."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(*options: str) -> Iterator[Server]:
    """Run the product's own command until the block is left."""
    port = free_port()
    command = [sys.executable, "-m", "app", "--host", HOST, "--port", str(port), "--no-browser", *options]
    process = subprocess.Popen(command)
    try:
        server = Server(port, process.pid)
        wait_until_up(server)
        yield server
    finally:
        process.terminate()
        process.wait(10)


def wait_until_up(server: Server, patience: float = 30) -> None:
    """Wait for the first page, and for what the server still prepares after that."""
    since = time.monotonic()
    while True:
        try:
            with urlopen(f"{server.address}/healthz", timeout=2):
                break
        except OSError:
            if time.monotonic() - since > patience:
                raise
            time.sleep(0.05)
    page = urlopen(f"{server.address}/", timeout=10).read().decode()
    script = page.split('id="plotly"')[0].rsplit('src="', 1)[1].split('"')[0]
    urlopen(Request(server.address + script, headers={"Accept-Encoding": "gzip"}), timeout=30).read()


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Reply(NamedTuple):
    """What came back, and when."""

    ok: bool
    size: int
    first_line: float
    seconds: float


def read_blocking(port: int, path: str, ending: bytes) -> Reply:
    """Ask on a connection of its own and read to the end; ``ending`` must be among the last bytes."""
    since = time.perf_counter()
    with socket.create_connection((HOST, port)) as connection:
        connection.sendall(request_bytes(path))
        head = tail = b""
        size, first_line = 0, 0.0
        while data := connection.recv(1 << 20):
            size += len(data)
            if not first_line:
                head += data
                if b"\n" in head.partition(b"\r\n\r\n")[2].partition(b"\r\n")[2]:
                    first_line = time.perf_counter() - since
            tail = (tail + data)[-200:]
    ok = b" 200 " in head[:20] and ending in tail
    return Reply(ok, size, first_line, time.perf_counter() - since)


async def read(port: int, path: str, ending: bytes) -> Reply:
    """Do the same among others."""
    since = time.perf_counter()
    reader, writer = await asyncio.open_connection(HOST, port, limit=1 << 20)
    writer.write(request_bytes(path))
    head = tail = b""
    size, first = 0, 0.0
    while data := await reader.read(1 << 20):
        first = first or time.perf_counter() - since
        head = head or data[:20]
        size += len(data)
        tail = (tail + data)[-200:]
    writer.close()
    return Reply(b" 200 " in head and ending in tail, size, first, time.perf_counter() - since)


def request_bytes(path: str) -> bytes:
    """Return a GET that asks for the connection to be closed after the answer."""
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()
