"""When the browser takes WebGL away, the page says so beside the map, goes on, and draws the surface anew."""

import contextlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.conftest import PATIENCE, Server, Watched
from tests.browser.looking import HEADS, painted, soon, to_the_end

NOTE, AGAIN = "#surface-note", "#surface-again"
LOSE = """() => { window.lost = document.querySelector('#surface-plot canvas');
    window.loss = (lost.getContext('webgl2') ?? lost.getContext('webgl')).getExtension('WEBGL_lose_context'); loss.loseContext() }"""


@pytest.fixture(scope="module")
def opened(browser: Browser, server: Server) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 900, "height": 700})
    watched = Watched(context, server)
    watched.load()
    yield watched
    # Plotly's shaders say so where the context is taken away while they are compiled.
    shaders = ("warning: Failed to format compiler error: TypeError", "error: a")
    assert [one for one in watched.complaints if not one.startswith(shaders[0]) and one != shaders[1]] == []
    context.close()


@pytest.fixture
def page(opened: Watched) -> Page:
    """The page with its surface drawn, and nothing on its way that would draw it once more by itself."""
    page = opened.page
    for query, low in (("?landscape=saddle", -2), ("", -4)):
        opened.show(query)
        page.wait_for_function(
            """low => downhill.scene_drawn && document.getElementById('surface-plot').data[0].x[0] === low
                && !document.querySelector('#surface.stale')""",
            arg=low,
        )
    return page


def lose(page: Page) -> None:
    page.evaluate(LOSE)
    expect(page.locator(NOTE)).to_contain_text("took away")
    expect(page.locator(AGAIN)).to_be_visible()
    assert not page.evaluate("() => downhill.scene_drawn")


def surface_is_there(page: Page) -> bool:
    """Whether the scene's own canvas has pixels of many heights, in the one frame in which they can be read."""
    colours: int = page.evaluate(
        """() => { const { glplot } = document.getElementById('surface-plot')._fullLayout.scene._scene;
            glplot.redraw(); const { gl } = glplot; const pixels = new Uint8Array(4 * gl.drawingBufferWidth * gl.drawingBufferHeight);
            gl.readPixels(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
            const seen = new Set(); for (let k = 0; k < pixels.length; k += 4) if (pixels[k + 3]) seen.add((pixels[k] << 16) | (pixels[k + 1] << 8) | pixels[k + 2]);
            return seen.size }"""
    )
    return colours > 50


def drawn_anew(page: Page) -> None:
    page.wait_for_function("() => downhill.scene_drawn")
    expect(page.locator(NOTE)).to_be_hidden()
    expect(page.locator("#surface-plot canvas")).to_be_visible()
    assert page.evaluate("() => document.querySelector('#surface-plot canvas') !== window.lost")
    assert soon(bool, surface_is_there, page)


def test_a_lost_context_is_told_and_the_map_goes_on(opened: Watched, page: Page) -> None:
    lose(page)
    expect(page.locator("#surface-plot")).to_be_hidden()
    # The film may be playing already, and a click would stop it.
    to_the_end(page)
    page.locator("#play").click()
    page.wait_for_function("() => downhill.player.playing && downhill.player.position > 1")
    assert soon(lambda count: count > 20, painted, page, HEADS) > 20
    # By the button, unless the surface has come back by itself when the film was over.
    with contextlib.suppress(Error):
        page.locator(AGAIN).click(timeout=3_000)
    drawn_anew(page)


def test_a_context_that_is_restored_brings_the_surface_back(page: Page) -> None:
    lose(page)
    page.evaluate("() => loss.restoreContext()")
    drawn_anew(page)


def test_another_landscape_tries_again(opened: Watched, page: Page) -> None:
    lose(page)
    opened.show("?landscape=saddle")
    drawn_anew(page)


NONE_FOR = """which => { window.kept = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...all) {
      return kind.includes('webgl') && (which === 'all' || this.closest('#surface-plot')) ? null : kept.call(this, kind, ...all) } }"""


@pytest.mark.full
@pytest.mark.parametrize("which", ["all", "the scene"])
def test_where_no_context_is_given_that_is_told_and_can_be_tried_again(opened: Watched, page: Page, which: str) -> None:
    lose(page)
    page.evaluate(NONE_FOR, which)
    opened.show("?landscape=saddle")
    expect(page.locator(NOTE)).to_contain_text("gives nothing to draw" if which == "all" else "could not draw")
    assert "https" not in page.locator("#surface").inner_text()
    # The curves and the path's numbers, which come with the surface, are there all the same.
    page.wait_for_function(
        "() => document.getElementById('map-plot').data[2].x.length === downhill.walks.points + 1",
        timeout=1000 * PATIENCE,
    )
    page.evaluate("() => (HTMLCanvasElement.prototype.getContext = kept)")
    page.locator(AGAIN).click()
    drawn_anew(page)
