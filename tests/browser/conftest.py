"""A live server and a real Chromium: one page for all tests, because each new page compiles plotly.js again."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

ROOT = Path(__file__).parent.parent.parent
EXECUTABLE = os.environ.get("DOWNHILL_BROWSER")
FLAGS = [
    "--disable-gpu",
    # What collects the garbage beside the page takes the machine from the other lane of tests.
    "--js-flags=--single-threaded-gc",
    *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
]


# The map is drawn as large as its box is, and the canvases lie over its axes: what is measured now stays where it is.
IN_PLACE = """(() => { const plot = document.getElementById('map-plot'); const { width, height } = plot.getBoundingClientRect();
    if (width === 0) return true; const layout = plot._fullLayout; const box = downhill.overlays.map.frame?.box; const near = (one, other) => Math.abs(one - other) < 0.5;
    return Boolean(layout?.xaxis && box) && near(layout.width, width) && near(layout.height, height) && near(box.left, layout.xaxis._offset)
      && near(box.top, layout.yaxis._offset) && near(box.width, layout.xaxis._length) && near(box.height, layout.yaxis._length) })()"""

# The picture follows its data some frames, a timer or an answer of the network later, and on a busy machine each of
# these takes as long as it likes: nothing is looked at only once. Then the tests give up; they never wait so long.
PATIENCE = 20.0
expect.set_options(timeout=1000 * PATIENCE)
# A new page compiles plotly.js and draws a scene without a graphics card: half a minute, where the machine does more.
LOADING = 120.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip where `make test` found no browser; it says so itself, and fails the run under CI."""
    if EXECUTABLE == "none":
        for item in items:
            if "browser" in Path(item.fspath).parts:
                item.add_marker(pytest.mark.skip(reason="no browser could be had"))


class Server:
    """The product's own server, that can be killed and started again at the same port."""

    def __init__(self, *arguments: str) -> None:
        self.arguments = arguments
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", "--no-browser", "--port", str(self.port), *self.arguments],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        for _ in range(600):
            try:
                with urlopen(f"{self.address}/healthz", timeout=1):
                    return
            except (URLError, OSError):
                time.sleep(0.05)
        self.kill()
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
        self.page.set_default_timeout(1000 * LOADING)
        self.complaints: list[str] = []
        self.expected: tuple[str, ...] = ()
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self._note("error", error.stack or str(error)))
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
        self.page.wait_for_function(f"() => window.downhill?.map_drawn && downhill.walks?.done && {IN_PLACE}")
        return self.page

    def show(self, query: str = "", view: str = "") -> Page:
        """Open an address without loading the page again, as the back button does; its `view` changes no walk."""
        self.page.evaluate(
            """query => { window.walks_before = downhill.walks;
                history.pushState(null, '', query); dispatchEvent(new PopStateEvent('popstate')) }""",
            f"/{query}{'&' if query else '?'}{view}" if view else f"/{query}",
        )
        # The walk that was shown before may have had the same address; the answer to this one is still to come.
        self.page.wait_for_function("() => downhill.walks !== window.walks_before")
        self.settled(query.removeprefix("?"))
        return self.page

    def settled(self, query: str) -> None:
        """Wait until the walk of this query is shown whole, and lies where it stays."""
        self.page.wait_for_function(
            f"query => downhill.walks?.done && downhill.walks.query === query && {IN_PLACE}", arg=query
        )


def without_scene(browser: Browser, **options: Any) -> BrowserContext:
    """Make a context whose pages get no WebGL, and so draw no surface."""
    context = browser.new_context(**options)
    context.add_init_script(
        """(() => { const get = HTMLCanvasElement.prototype.getContext;
            HTMLCanvasElement.prototype.getContext = function (kind, ...all) { return kind.startsWith('webgl') ? null : get.call(this, kind, ...all) } })()"""
    )
    return context


def open_shared(browser: Browser, server: Server, scene: bool) -> Iterator[Watched]:
    """Open a page for many tests; without the scene, which costs a software renderer most of its time, if it can be."""
    size = {"width": 1440, "height": 900}
    context = browser.new_context(viewport=size) if scene else without_scene(browser, viewport=size)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    watched = Watched(context, server)
    watched.load()
    yield watched
    context.close()


@pytest.fixture(scope="session")
def shared(browser: Browser, server: Server) -> Iterator[Watched]:
    yield from open_shared(browser, server, scene=True)


@pytest.fixture(scope="session")
def bare(browser: Browser, server: Server) -> Iterator[Watched]:
    yield from open_shared(browser, server, scene=False)


Motion = Literal["reduce", "no-preference"]


def close_dialogs(watched: Watched) -> None:
    """Close what a test before left over the page: a press meant for the page would fall on it."""
    watched.page.evaluate("() => document.querySelectorAll('dialog[open]').forEach(dialog => dialog.close())")


def at_default(watched: Watched, motion: Motion = "no-preference") -> Iterator[Watched]:
    """Bring a shared page to its default state; nothing may have been complained about at the end."""
    watched.complaints.clear()
    watched.expected = ()
    # What a test put in the way of its requests must not outlive it, nor its failure.
    watched.page.unroute_all()
    watched.page.emulate_media(media="null", color_scheme="light", forced_colors="none", reduced_motion=motion)
    watched.page.set_viewport_size({"width": 1440, "height": 900})
    # A page on which a test has opened a lesson, say, is another page.
    if urlsplit(watched.page.url).path != "/":
        watched.load()
    close_dialogs(watched)
    watched.page.evaluate(
        """() => { scrollTo(0, 0); document.getElementById('steps').open = false;
            for (const box of document.querySelectorAll('#arrows input:not(:checked), #logarithmic:not(:checked), #all-digits:checked, #loop:checked')) box.click();
            const click = selector => document.querySelector(selector)?.click();
            click('#guess:checked'); click('#whole-sentence[aria-expanded=true]');
            const { only } = document.getElementById('views').dataset;
            if (only) click(`.enlarge[data-only="${only}"]`);
            if ('present' in document.documentElement.dataset) click('#present-leave');
            const { dataset } = document.documentElement;
            if ('theme' in dataset) { delete dataset.theme; localStorage.removeItem('theme'); document.dispatchEvent(new Event('themechange')) }
            document.getElementById('more').open = true }"""
    )
    watched.show("")
    # Beside the map stands what is usual there, and below it everything.
    watched.page.evaluate("() => document.querySelector('.places [data-second=surface]').click()")
    watched.page.evaluate("() => document.querySelector('#tabs [data-tab=all]').click()")
    yield watched
    assert watched.complaints == []


@pytest.fixture
def watched(shared: Watched) -> Iterator[Watched]:
    """The shared page with the surface."""
    yield from at_default(shared)


@pytest.fixture
def plain(bare: Watched) -> Iterator[Watched]:
    """The shared page without the surface, and where a walk is shown whole at once: painting it costs half a core."""
    yield from at_default(bare, "reduce")


@pytest.fixture
def moving(bare: Watched) -> Iterator[Watched]:
    """The shared page without the surface, for tests that look at what moves or has to stay."""
    yield from at_default(bare)


PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def open_phone(context: BrowserContext, server: Server) -> Iterator[Watched]:
    watched = Watched(context, server)
    watched.load()
    yield watched
    context.close()


@pytest.fixture(scope="session")
def held(browser: Browser, server: Server) -> Iterator[Watched]:
    yield from open_phone(without_scene(browser, **PHONE), server)


@pytest.fixture(scope="session")
def held_with_surface(browser: Browser, server: Server) -> Iterator[Watched]:
    yield from open_phone(browser.new_context(**PHONE), server)


def phone_at_default(held: Watched) -> Iterator[Watched]:
    """Bring a page of a phone's size to its default state."""
    held.complaints.clear()
    if urlsplit(held.page.url).path != "/":
        held.load()
    close_dialogs(held)
    held.page.evaluate(
        "() => { scrollTo(0, 0); document.getElementById('close-settings').click(); document.querySelector('#pace-door[aria-expanded=true]')?.click() }"
    )
    held.show("")
    held.page.evaluate("() => { document.querySelector('.places [data-second=map]').click() }")
    held.page.evaluate("() => document.querySelector('#tabs [data-tab=all]').click()")
    yield held
    assert held.complaints == []


@pytest.fixture
def phone(held: Watched) -> Iterator[Watched]:
    """The page of a phone's size without the surface."""
    yield from phone_at_default(held)


@pytest.fixture
def phone_with_surface(held_with_surface: Watched) -> Iterator[Watched]:
    """The page of a phone's size with the surface."""
    yield from phone_at_default(held_with_surface)


def open_travelling(context: BrowserContext, server: Server) -> Iterator[Watched]:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield Watched(context, server)
    context.close()


@pytest.fixture(scope="session")
def travelling(browser: Browser, server: Server) -> Iterator[Watched]:
    """A page without the surface into which addresses are loaded: its next load costs half of what a new page's does."""
    yield from open_travelling(without_scene(browser), server)


@pytest.fixture(scope="session")
def travelling_phone(browser: Browser, server: Server) -> Iterator[Watched]:
    yield from open_travelling(without_scene(browser, **PHONE), server)


def as_new(travelling: Watched, motion: Motion = "no-preference", phone: bool = False) -> Watched:
    """Have the next address open as in a new browser: nothing that tests before did is on the page, nor kept."""
    page = travelling.page
    page.unroute_all()
    page.set_viewport_size(PHONE["viewport"] if phone else {"width": 1440, "height": 900})
    page.emulate_media(media="null", color_scheme="light", forced_colors="none", reduced_motion=motion)
    if page.url.startswith(travelling.server.address):
        page.evaluate("() => { localStorage.clear(); sessionStorage.clear() }")
    travelling.complaints.clear()
    travelling.expected = ()
    return travelling


@pytest.fixture
def visitor(travelling: Watched) -> Iterator[Watched]:
    """Whoever opens an address: the test loads it, after it has said how large the window is, or what is preferred."""
    yield as_new(travelling)
    assert travelling.complaints == []


@pytest.fixture
def phone_visitor(travelling_phone: Watched) -> Iterator[Watched]:
    """Whoever opens an address on a phone: the test loads it."""
    yield as_new(travelling_phone, phone=True)
    assert travelling_phone.complaints == []
