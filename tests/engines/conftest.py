"""Firefox and WebKit, one after the other, on a screen that nobody sees; nearly all tests share one page in each."""

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from tests.browser.conftest import Server, server
from tests.engines import firefox, webkit
from tests.engines.engine import Engine
from tests.engines.page import Page

__all__ = ["server"]

ENGINES = {"Firefox": (firefox.firefox, firefox.executable), "WebKit": (webkit.webkit, webkit.executable)}


def lacking(name: str) -> str | None:
    """Tell what there is not, of an engine and the screen that it needs."""
    if ENGINES[name][1]() and shutil.which("Xvfb"):
        return None
    return f"no {name}, or no Xvfb, its screen: apt-get install firefox-esr webkit2gtk-driver xvfb"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what has no engine, in one line for each; not under CI, where a check that is not made is a fault."""
    if os.environ.get("CI"):
        return
    for name in ENGINES:
        tests = [item for item in items if isinstance(item, pytest.Function) and engine_of(item) == name]
        reason = lacking(name)
        if reason and tests:
            tests[0].add_marker(pytest.mark.skip(reason=reason))
            config.hook.pytest_deselected(items=tests[1:])
            items[:] = [item for item in items if item not in tests[1:]]


def engine_of(test: pytest.Function) -> str | None:
    """Name the engine that a test runs in."""
    name: str | None = test.callspec.params.get("engine") if hasattr(test, "callspec") else None
    return name


@pytest.fixture(scope="session")
def screen() -> Iterator[dict[str, str]]:
    """A screen in memory: the environment that leads programs to it."""
    command = ("Xvfb", "-displayfd", "1", "-screen", "0", "1600x1200x24", "-nolisten", "tcp")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout
            yield {**os.environ, "DISPLAY": ":" + process.stdout.readline().strip(), "GDK_BACKEND": "x11"}
        finally:
            process.terminate()


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A running engine."""
    reason = lacking(request.param)
    if reason:
        pytest.fail(reason, pytrace=False)
    start, _ = ENGINES[request.param]
    with start(request.getfixturevalue("screen")) as running:
        yield running


@pytest.fixture(scope="session")
def opened(engine: Engine, server: Server) -> Page:
    return Page(engine, server)


@pytest.fixture
def visitor(opened: Page) -> Iterator[Page]:
    """A window, wherever it is; nothing may have been complained about at the end."""
    opened.engine.listen()
    opened.engine.complaints.clear()
    yield opened
    opened.engine.listen()
    assert opened.engine.complaints == []


@pytest.fixture
def page(visitor: Page) -> Page:
    """The page at its default state, but the map alone."""
    visitor.reset()
    visitor.alone()
    return visitor
