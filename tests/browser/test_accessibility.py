"""Every kind of page under axe-core, in both themes: nothing that its rules find wrong for whoever cannot see or point."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import IN_PLACE, ROOT, Server, Watched, open_shared
from tests.browser.test_maps import COMPLETE

AXE = Path(ROOT, "node_modules", "axe-core", "axe.min.js")

pytestmark = [
    pytest.mark.browser,
    # Never under CI: there a check that is not made is a fault.
    pytest.mark.skipif(not AXE.exists() and not os.environ.get("CI"), reason="no axe-core: npm install gets it"),
]

WALKED = f"window.downhill?.map_drawn && downhill.walks?.done && {IN_PLACE}"
MAPPED = f"{WALKED} && ({COMPLETE})()"

# Each kind of page: its address, and when all that belongs to it is there.
PAGES = {
    "plain": ("/", WALKED),
    "a basin map and theory": (
        "/?landscape=himmelblau&map=basins&theory=1",
        f"{MAPPED} && document.querySelector('#theory-rows dt')",
    ),
    "a map of learning rates": ("/?map=rates", MAPPED),
    "a race of three": ("/?run=adam,learning_rate:0.05&run=newton", WALKED),
    "a curve": ("/?landscape=two-minima", WALKED),
    "data": ("/?landscape=straight-line", WALKED),
    "a notice of an error": ("/?learning_rate=-1&landscape=nowhere", WALKED),
    "a lesson": ("/lessons/warm-restarts", WALKED),
    "all lessons": ("/lessons", "true"),
    "two dimensions": ("/two-dimensions", "true"),
    "the API": ("/docs", "true"),
    "an error": ("/nowhere", "true"),
}


@pytest.fixture(scope="module")
def read(browser: Browser, server: Server) -> Iterator[Watched]:
    """A page of these tests' own, which goes from address to address."""
    for watched in open_shared(browser, server, scene=False):
        # The walk is shown whole at once, and what is said at its end.
        watched.page.emulate_media(reduced_motion="reduce")
        yield watched


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong: the rule, the place, and why."""
    page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate(
        "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations"
    )
    return [
        f"{rule['id']} at {node['target'][0]}: {node['failureSummary']}" for rule in found for node in rule["nodes"]
    ]


def opened(read: Watched, kind: str, theme: str) -> Page:
    """Open a kind of page in a theme."""
    address, ready = PAGES[kind]
    page = read.page
    page.evaluate("theme => localStorage.setItem('theme', theme)", theme)
    page.goto(read.server.address + address)
    page.wait_for_function(f"() => {ready}")
    assert page.evaluate("() => getComputedStyle(document.documentElement).colorScheme") == theme
    return page


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", PAGES)
def test_axe_finds_nothing_wrong(read: Watched, kind: str, theme: str) -> None:
    assert violations(opened(read, kind, theme)) == []


@pytest.mark.parametrize("kind", PAGES)
def test_axe_finds_nothing_wrong_at_the_width_of_a_phone(read: Watched, kind: str) -> None:
    read.page.set_viewport_size({"width": 390, "height": 844})
    found = violations(opened(read, kind, "light"))
    read.page.set_viewport_size({"width": 1440, "height": 900})
    assert found == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_wrong_while_the_walk_plays(read: Watched, theme: str) -> None:
    page = opened(read, "a basin map and theory", theme)
    page.check("#loop")
    page.click("#play")
    page.wait_for_selector("#theory.stale")
    assert violations(page) == []
    assert page.evaluate("() => downhill.player.playing")
