"""Every kind of page under axe-core, in both themes: nothing that its rules find wrong for whoever cannot see or point."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import IN_PLACE, ROOT, Watched, as_new
from tests.browser.test_maps import COMPLETE

SOFT = dict(
    zip(("light", "dark"), json.loads((ROOT / "static" / "palette.json").read_text())["theme"]["soft"], strict=True)
)
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
    "worked examples": ("/examples", "true"),
    "the API": ("/docs", "true"),
    "an error": ("/nowhere", "true"),
}


# In which ways each is looked at: the theme, and how wide the window is.
LOOKS = {"light": ("light", 1440), "dark": ("dark", 1440), "on a phone": ("light", 390)}
# Each time all of them in one look, and in the others those that have most colours, or most in a line; else all.
ALWAYS = {
    "light": set(PAGES),
    "dark": {"plain", "a basin map and theory", "a race of three", "a lesson", "all lessons", "the API"},
    "on a phone": {"plain", "a map of learning rates", "data", "a notice of an error", "a lesson", "all lessons"},
}


@pytest.fixture(scope="module")
def read(travelling: Watched) -> Watched:
    """A page that goes from address to address; a walk is shown whole at once, and what is said at its end."""
    return as_new(travelling, "reduce")


# Dark differs from light in its colours alone, and axe-core has rules of its own for these.
RULES = {"dark": ["cat.color"]}


@pytest.fixture(scope="module")
def kind(request: pytest.FixtureRequest, read: Watched) -> str:
    """A kind of page, which is open: once for all looks."""
    address, _ = PAGES[request.param]
    read.page.goto(read.server.address + address)
    return request.param  # type: ignore[no-any-return]


def violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe-core finds wrong, by all its rules or by these: the rule, the place, and why."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate(
        """async rules => (await axe.run(document, { resultTypes: ['violations'], ...(rules && { runOnly: rules }) })).violations""",
        rules,
    )
    return [
        f"{rule['id']} at {node['target'][0]}: {node['failureSummary']}" for rule in found for node in rule["nodes"]
    ]


def look_at(read: Watched, kind: str, look: str) -> Page:
    """Have the open page look so, and wait until all that belongs to it is there."""
    page, (theme, width) = read.page, LOOKS[look]
    page.set_viewport_size({"width": width, "height": 844 if width < 500 else 900})
    # As the button does it, which pages of text have as well.
    page.evaluate(
        """theme => { document.documentElement.dataset.theme = theme; document.dispatchEvent(new Event('themechange')) }""",
        theme,
    )
    page.wait_for_function(f"() => {PAGES[kind][1]}")
    # All pictures have been drawn in the colours of the theme.
    page.wait_for_function(
        """soft => [...document.querySelectorAll('.js-plotly-plot')].every(plot => plot.clientWidth === 0 || plot._fullLayout.font.color === soft)""",
        arg=SOFT[theme],
    )
    assert page.evaluate("() => getComputedStyle(document.documentElement).colorScheme") == theme
    return page


@pytest.mark.parametrize(
    ("kind", "look"),
    [
        pytest.param(kind, look, marks=() if kind in ALWAYS[look] else pytest.mark.full)
        for kind in PAGES
        for look in LOOKS
    ],
    indirect=["kind"],
)
def test_axe_finds_nothing_wrong(read: Watched, kind: str, look: str) -> None:
    assert violations(look_at(read, kind, look), RULES.get(look)) == []


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_nothing_wrong_while_the_walk_plays(read: Watched, look: str) -> None:
    kind = "a basin map and theory"
    read.page.goto(read.server.address + PAGES[kind][0])
    page = look_at(read, kind, look)
    page.click("#tabs [data-tab=all]")
    page.check("#loop")
    page.click("#play")
    page.wait_for_selector("#theory.stale")
    assert violations(page) == []
    assert page.evaluate("() => downhill.player.playing")
