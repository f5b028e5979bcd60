"""A live server and a real Chromium: one page for all tests, because each new page compiles plotly.js again."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

ROOT = Path(__file__).parent.parent.parent
EXECUTABLE = os.environ.get("DOWNHILL_BROWSER")
FLAGS = ["--disable-gpu", *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip where `make test` found no browser; it says so itself, and fails the run under CI."""
    if EXECUTABLE == "none":
        for item in items:
            if "browser" in Path(item.fspath).parts:
                item.add_marker(pytest.mark.skip(reason="no browser could be had"))


class Server:
    """The product's own server, that can be killed and started again at the same port."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", "--no-browser", "--port", str(self.port)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        for _ in range(200):
            try:
                with urlopen(f"{self.address}/healthz", timeout=1):
                    return
            except (URLError, OSError):
                time.sleep(0.05)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    running = Server()
    running.start()
    yield running
    running.kill()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    running = playwright.chromium.launch(executable_path=EXECUTABLE, args=[*FLAGS, "--enable-unsafe-swiftshader"])
    yield running
    running.close()


class Watched:
    """A page with everything that must not happen on it: errors, refused content, requests to other hosts."""

    # The driver of the software renderer talks of itself; that is no message of the page.
    NOISE = ("GL Driver Message", "willReadFrequently", "WebGL")

    def __init__(self, context: BrowserContext, server: Server) -> None:
        self.server = server
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.expected: tuple[str, ...] = ()
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self._note("error", str(error)))
        self.page.on("request", lambda request: self._host(request.url))

    def _note(self, kind: str, text: str) -> None:
        known = (*self.NOISE, *self.expected)
        if kind in ("error", "warning") and not any(part in text for part in known):
            self.complaints.append(f"{kind}: {text}")

    def _host(self, url: str) -> None:
        if not url.startswith((self.server.address, "data:", "blob:")):
            self.complaints.append(f"request to another host: {url}")

    def load(self, query: str = "") -> Page:
        """Navigate, and wait until the map is drawn and the walk is there."""
        self.page.goto(f"{self.server.address}/{query}")
        self.page.wait_for_function("() => window.downhill?.map_drawn && window.downhill.walks?.done")
        return self.page

    def show(self, query: str = "") -> Page:
        """Open an address without loading the page again, as the back button does."""
        self.page.evaluate(
            "query => { history.pushState(null, '', query); dispatchEvent(new PopStateEvent('popstate')) }", f"/{query}"
        )
        self.settled(query.removeprefix("?"))
        return self.page

    def settled(self, query: str) -> None:
        """Wait until the walk of this query is shown whole."""
        self.page.wait_for_function(
            "query => downhill.walks?.done && (downhill.walks.query === query)", arg=query, timeout=15000
        )


@pytest.fixture(scope="session")
def shared(browser: Browser, server: Server) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    watched = Watched(context, server)
    watched.load()
    yield watched
    context.close()


@pytest.fixture
def watched(shared: Watched) -> Iterator[Watched]:
    """The shared page at its default state; nothing may have been complained about at the end."""
    shared.complaints.clear()
    shared.expected = ()
    shared.page.set_viewport_size({"width": 1440, "height": 900})
    shared.page.evaluate("() => scrollTo(0, 0)")
    shared.show("")
    yield shared
    assert shared.complaints == []


@pytest.fixture
def page(watched: Watched) -> Page:
    return watched.page
