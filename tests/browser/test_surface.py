"""The surface: from where it is looked at, what is written around it, what is drawn on it; and the ground under the map."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.looking import from_the_ground, ground_pixels, soon, two_frames

pytestmark = pytest.mark.browser

EYE = """() => { const { eye, center } = document.getElementById('surface-plot')._fullLayout.scene._scene.getCamera();
    return [eye.x, eye.y, eye.z, center.x, center.y, center.z].map(part => Number(part.toFixed(3))) }"""
DRAWN = """slug => downhill.walks?.done && downhill.walks.request.landscape === slug && downhill.scene_drawn
    && !document.getElementById('surface').classList.contains('stale')"""
# Pixels of a canvas that have any colour, on its outermost rows and columns and anywhere.
PAINTED = """selector => { const node = document.querySelector(selector); const { width, height } = node;
    const { data } = node.getContext('2d').getImageData(0, 0, width, height); let [all, border] = [0, 0];
    for (let k = 0; k < width * height; k += 1) if (data[4 * k + 3] > 40) { all += 1; const [x, y] = [k % width, Math.floor(k / width)];
      if (x < 1 || y < 1 || x >= width - 1 || y >= height - 1) border += 1 }
    return [all, border] }"""


def drawn(page: Page, slug: str) -> list[float]:
    page.wait_for_function(DRAWN, arg=slug)
    eye: list[float] = page.evaluate(EYE)
    return eye


@pytest.mark.full
def test_who_turned_the_surface_goes_on_looking_from_there_and_home_leads_back(watched: Watched) -> None:
    page = watched.show("?landscape=himmelblau")
    home = drawn(page, "himmelblau")
    expect(page.locator("#surface-home")).to_be_hidden()
    back = {
        "Home": lambda: page.keyboard.press("Home"),
        "a double click": lambda: page.dblclick("#surface-plot"),
        "the button": lambda: page.click("#surface-home"),
    }
    for way, go in back.items():
        page.focus("#surface-plot")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowUp")
        expect(page.locator("#surface-home")).to_be_visible()
        assert soon(lambda eye: eye != home, page.evaluate, EYE) != home
        go()
        assert soon(lambda eye: eye == home, page.evaluate, EYE) == home, way
        expect(page.locator("#surface-home")).to_be_hidden()
    page.focus("#surface-plot")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#surface-home")).to_be_visible()
    turned = page.evaluate(EYE)
    # Other colours are another drawing of the same, another landscape is not.
    page.emulate_media(color_scheme="dark")
    two_frames(page)
    drawn(page, "himmelblau")
    assert soon(lambda eye: eye == turned, page.evaluate, EYE) == turned
    page.emulate_media(color_scheme="light")
    watched.show("?landscape=rosenbrock")
    assert soon(lambda eye: eye != turned, drawn, page, "rosenbrock") != turned
    expect(page.locator("#surface-home")).to_be_hidden()


@pytest.mark.parametrize("slug", ["himmelblau", "camel", "rastrigin"])
def test_the_maps_lines_are_on_the_surface_and_nothing_written_around_it_is_cut(watched: Watched, slug: str) -> None:
    page = watched.show(f"?landscape={slug}&steps=1")
    drawn(page, slug)
    lines, _ = soon(lambda found: found[0] > 2000, page.evaluate, PAINTED, "#surface-lines canvas")
    assert lines > 2000
    # The numbers of its axes are on the canvas of what moves.
    written, cut = soon(lambda found: found[0] > 300, page.evaluate, PAINTED, "#surface-over canvas:nth-child(3)")
    assert written > 300
    assert cut == 0


def test_the_ground_has_the_palettes_colours_and_real_range(plain: Watched) -> None:
    page = plain.show("?landscape=himmelblau")
    for theme, scheme in enumerate(("light", "dark")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # a literal, by the table
        two_frames(page)
        assert soon(lambda far: far < 3, lambda of: float(from_the_ground(ground_pixels(page), of).max()), theme) < 3
        bright = ground_pixels(page).mean(axis=1)
        assert bright.max() - bright.min() > 100
