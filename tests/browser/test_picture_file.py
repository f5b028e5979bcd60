"""The map as a file is what is on the screen, with all that is written about it."""

import io
import json
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ROOT, Server, Watched, open_shared
from tests.browser.looking import soon_is, to_the_end, two_frames

Pixels = NDArray[np.int64]
PALETTE = json.loads((ROOT / "static" / "palette.json").read_text())
RATIO, MARGIN = 2, 16


def rgb(colour: str) -> Pixels:
    return np.array(list(bytes.fromhex(colour.removeprefix("#"))))


@pytest.fixture(scope="module")
def bare(browser: Browser, server: Server) -> Iterator[Watched]:
    """A page of its own: on the one that has printed, the file once lacked what lies over the map, why is not known."""
    yield from open_shared(browser, server, scene=False)


def saved(page: Page) -> tuple[str, Pixels]:
    """The file's name and its pixels."""
    with page.expect_download() as download:
        page.evaluate("() => document.getElementById('export-png').click()")
    image = Image.open(download.value.path()).convert("RGB")
    return download.value.suggested_filename, np.asarray(image, dtype=np.int64)


def on_screen(page: Page, plot: str) -> Pixels:
    """A view as it is seen; the frame of the focus does not belong to it."""
    page.evaluate("() => document.activeElement.blur()")
    image = Image.open(io.BytesIO(page.locator(plot).screenshot(animations="disabled"))).convert("RGB")
    return np.asarray(image, dtype=np.int64)


def in_file(picture: Pixels, page: Page, plot: str, left: float = 0) -> Pixels:
    width, height = page.evaluate(
        "plot => { const { clientWidth, clientHeight } = document.querySelector(plot); return [clientWidth, clientHeight] }",
        plot,
    )
    top, first = RATIO * MARGIN, RATIO * (MARGIN + left)
    return picture[top : top + RATIO * height, int(first) : int(first) + RATIO * width]


def pixel_of(page: Page, x: float, y: float) -> tuple[int, int]:
    """Row and column of a place in the file's part of the map: seen at once, for the page may scroll between two looks."""
    left, top = page.evaluate(
        """([x, y]) => { const plot = document.getElementById('map-plot'); const { xaxis, yaxis } = plot._fullLayout;
            const [inner, outer] = [plot, document.getElementById('map')].map(node => node.getBoundingClientRect());
            return [inner.left - outer.left + xaxis._offset + xaxis.d2p(x), inner.top - outer.top + yaxis._offset + yaxis.d2p(y)] }""",
        [x, y],
    )
    return int(RATIO * top), int(RATIO * left)


# The period of the hatching: a view may begin between two pixels of the screen, and a line of hatching then moves.
BLOCK = 7


def blocks_of(picture: Pixels, size: int, rows: int, columns: int) -> Pixels:
    return picture[: size * rows, : size * columns].reshape(rows, size, columns, size, 3).mean(axis=(1, 3))


def difference(file: Pixels, screen: Pixels) -> float:
    """How far a part of the file is from what is seen on the screen, on average over small squares."""
    rows, columns = (min(file.shape[axis] // RATIO, screen.shape[axis]) // BLOCK for axis in (0, 1))
    return float(np.abs(blocks_of(file, RATIO * BLOCK, rows, columns) - blocks_of(screen, BLOCK, rows, columns)).mean())


def count(picture: Pixels, colour: Pixels, near: float = 12) -> int:
    return int((np.linalg.norm(picture - colour, axis=2) < near).sum())


def show_all(watched: Watched, query: str) -> Page:
    page = watched.show(f"?{query}")
    if "map=" in query:
        page.wait_for_function("() => downhill.maps.shown?.done && downhill.maps.shown_key === downhill.maps.key")
    to_the_end(page)
    two_frames(page)
    # The marks and the words follow the walk in a moment.
    page.wait_for_function("() => downhill.numbers && document.getElementById('message').textContent")
    return page


FOUR = "landscape=himmelblau&optimizer=gradient-descent&steps=2000&map=basins&resolution=64"


@pytest.mark.parametrize(("theme", "scheme"), [(0, "light"), (1, "dark")])
def test_the_file_has_basins_start_walker_trail_and_marks(plain: Watched, theme: int, scheme: str) -> None:
    plain.page.emulate_media(color_scheme=scheme)
    page = show_all(plain, FOUR)
    assert (
        soon_is("0.8", page.evaluate, "() => document.getElementById('views').style.getPropertyValue('--cells')")
        == "0.8"
    )
    name, picture = saved(page)
    assert name == "downhill-himmelblau-gradient-descent-basins.png"
    inside = in_file(picture, page, "#map")
    seen = on_screen(page, "#map")
    assert difference(inside, seen) < 4
    # A picture without the basins is a far other one.
    page.evaluate("() => document.getElementById('views').style.setProperty('--cells', '0')")
    assert difference(inside, on_screen(page, "#map")) > 12
    colours = {key: rgb(PALETTE["theme"][key][theme]) for key in ("c0", "ink", "soft", "ground")}
    # Beside each minimum the cells have its hue, whatever the shade of their steps and the tint of the height over them.
    for minimum in range(4):
        x, y = page.evaluate("index => downhill.maps.shown.legend.filter(({ point }) => point)[index].point", minimum)
        row, column = pixel_of(page, x + 0.5, y + 0.35)
        found, basis = (
            inside[row - 6 : row + 6, column - 6 : column + 6].mean(axis=(0, 1)),
            rgb(PALETTE["minima"][minimum]),
        )
        hues = [one - one.mean() for one in (found, basis)]
        assert np.dot(*hues) / np.prod([np.linalg.norm(hue) for hue in hues]) > 0.85, minimum
    # The ring at the start and the walker at the end have the walk's colour, around places that were computed.
    start, end = page.evaluate(
        "() => { const walk = downhill.walks.all[0]; const last = walk.length - 1; return [[walk.x[0], walk.y[0]], [walk.x[last], walk.y[last]]] }"
    )
    for x, y in (start, end):
        row, column = pixel_of(page, x, y)
        assert count(inside[row - 22 : row + 22, column - 22 : column + 22], colours["c0"], 30) > 100
    # Under the map there are words, on the page's ground: many lines of them, none of which runs out of the picture.
    below = picture[RATIO * MARGIN + inside.shape[0] :]
    written = (np.abs(below - colours["ground"]).sum(axis=2) > 60).any(axis=1)
    lines = int((np.diff(written.astype(int)) == 1).sum())
    assert lines >= 8
    assert (np.abs(picture[:, -RATIO * MARGIN + 4 :] - colours["ground"]).sum(axis=2) < 6).all()
    assert (np.abs(picture[-8:] - colours["ground"]).sum(axis=2) < 6).all()
    page.emulate_media(color_scheme="light")


@pytest.mark.parametrize(
    "query", ["landscape=two-minima&map=basins&resolution=64", "landscape=straight-line", "theory=1"]
)
def test_whatever_is_on_the_screen_is_in_the_file(plain: Watched, query: str) -> None:
    page = show_all(plain, query)
    page.wait_for_timeout(300)
    _, picture = saved(page)
    assert difference(in_file(picture, page, "#map"), on_screen(page, "#map")) < 4


def test_the_map_of_learning_rates_stands_beside_it(plain: Watched) -> None:
    page = show_all(plain, "map=rates&resolution=64")
    name, picture = saved(page)
    assert name == "downhill-bowl-momentum-rates.png"
    width = page.evaluate("() => document.getElementById('map').clientWidth")
    rates = in_file(picture, page, "#rates", width + MARGIN)
    assert difference(rates, on_screen(page, "#rates")) < 4
    brightest = rgb(PALETTE["evaluations"][-1])
    assert count(rates, brightest, 40) > 20


def test_a_race_has_its_runs_under_the_map(plain: Watched) -> None:
    page = show_all(plain, "run=adam&run=gradient-descent")
    name, picture = saved(page)
    assert name == "downhill-bowl-momentum-vs-adam-vs-gradient-descent.png"
    below = picture[RATIO * MARGIN + in_file(picture, page, "#map").shape[0] :]
    for run in range(3):
        assert count(below, rgb(PALETTE["theme"][f"c{run}"][0])) > 60


def test_a_map_that_is_not_on_the_screen_is_not_made_up(plain: Watched) -> None:
    page = plain.page
    page.locator(".enlarge[data-only='second']:visible").click()
    page.evaluate("() => document.getElementById('export-png').click()")
    expect(page.locator("#export-trouble")).to_contain_text("not on the screen")
    expect(page.locator("#export-trouble")).to_be_visible()
