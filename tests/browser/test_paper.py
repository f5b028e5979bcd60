"""What is printed: one page of A4, always on white, with all of it."""

import functools
import json
import re
import unicodedata

import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page

from app.lessons import LESSONS
from tests.browser.conftest import ROOT, Server, Watched, as_new
from tests.browser.looking import from_the_ground
from tests.products import some

A4 = (595, 842)
LIGHT = {name: pair[0] for name, pair in json.loads((ROOT / "static" / "palette.json").read_text())["theme"].items()}
SCALE = 2
# Some pixels of the ground under the map, as they are drawn.
GROUND = """() => { const node = document.querySelector('#ground canvas');
    return [...node.getContext('2d').getImageData(0, 100, node.width, 1).data] }"""

Pixels = NDArray[np.int64]


def rgb(name: str) -> Pixels:
    return np.array(list(bytes.fromhex(LIGHT[name].removeprefix("#"))))


class Printed:
    """A printed page: how many sheets it takes, what can be read on the first, and what it looks like."""

    def __init__(self, page: Page) -> None:
        with pypdfium2.PdfDocument(page.pdf(format="A4", print_background=True)) as document:
            self.sheets = len(document)
            self.size = document[0].get_size()
            # Letters of formulas come one below the other: only the words are looked for.
            text = unicodedata.normalize("NFKC", document[0].get_textpage().get_text_bounded())
            self.text = re.sub(r"\s+", " ", text)
            self.pixels: Pixels = np.asarray(document[0].render(scale=SCALE).to_pil().convert("RGB"), dtype=np.int64)

    @functools.cached_property
    def colours(self) -> tuple[Pixels, Pixels]:
        """Every colour that there is, and how many pixels have it."""
        numbers, counts = np.unique(self.pixels @ np.array([1 << 16, 1 << 8, 1]), return_counts=True)
        return np.stack([numbers >> 16, numbers >> 8 & 255, numbers & 255], axis=1), counts

    def ground(self) -> int:
        """How many pixels have a colour of the light theme's ground, under some light or shade."""
        coloured = self.pixels[np.ptp(self.pixels, axis=2) > 12].astype(float)
        return int((from_the_ground(coloured, 0) < 4).sum())

    def count(self, name: str, near: float = 10) -> int:
        colours, counts = self.colours
        return int(counts[np.linalg.norm(colours - rgb(name), axis=1) < near].sum())


def words(text: str) -> list[str]:
    """The longer words of a text, without what stands in formulas."""
    return re.findall(r"[^\W\d_]{4,}", re.sub(r"\$[^$]*\$", " ", text))


@pytest.fixture(scope="module")
def page_of_a_lesson(travelling: Watched) -> Watched:
    """The page, into which one lesson's words after the other's are put: a new page each would take minutes."""
    as_new(travelling).load()
    return travelling


PUT = """async slug => { const page = new DOMParser().parseFromString(await (await fetch(`/lessons/${slug}`)).text(), 'text/html');
    document.getElementById('lesson')?.remove(); document.querySelector('main').prepend(page.getElementById('lesson')) }"""


@pytest.mark.parametrize("slug", some(list(LESSONS), 12))
def test_every_lesson_is_one_page_with_all_its_words(page_of_a_lesson: Watched, slug: str) -> None:
    lesson, page = LESSONS[slug], page_of_a_lesson.page
    page_of_a_lesson.show(f"?{lesson.query}")
    page.evaluate(PUT, slug)
    printed = Printed(page)
    assert (printed.sheets, tuple(map(int, printed.size))) == (1, A4)
    assert lesson.title in printed.text
    for text in (lesson.words["text"], lesson.words["try"], lesson.question):
        assert [word for word in words(text) if word not in printed.text] == []
    assert "…" not in printed.text.replace(" … ", "")
    # The map with its path, the curves and white around them.
    assert printed.count("c0", 30) > 150
    # Under a curve there is less ground.
    assert printed.ground() > (20_000 if page.evaluate("() => downhill.walks.request.start.length") == 2 else 2_000)
    for edge in (printed.pixels[:20], printed.pixels[-20:], printed.pixels[:, :20], printed.pixels[:, -20:]):
        assert (edge == 255).all()


def test_the_answer_is_printed_where_the_reader_has_opened_it(page_of_a_lesson: Watched) -> None:
    lesson = max(LESSONS.values(), key=lambda one: len(one.text + one.answer))
    page = page_of_a_lesson.page
    page_of_a_lesson.show(f"?{lesson.query}")
    page.evaluate(PUT, lesson.slug)
    closed = Printed(page)
    assert [word for word in words(lesson.answer) if word not in closed.text]
    page.evaluate("() => (document.querySelector('#lesson details').open = true)")
    opened = Printed(page)
    assert opened.sheets == 1
    assert [word for word in words(lesson.answer) if word not in opened.text] == []


@pytest.mark.full
def test_the_sheet_is_light_with_the_whole_path_also_in_the_dark_and_while_it_moves(
    browser: Browser, server: Server
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="dark")
    watched = Watched(context, server)
    page = watched.load("lessons/blow-up?landscape=bowl&learning_rate=0.3&optimizer=gradient-descent")
    # The lesson itself shows something else beside the map.
    page.locator(".places [data-second=surface]").click()
    page.wait_for_function("() => downhill.scene_drawn")
    page.locator("#to-start").click()
    ground = page.evaluate(GROUND)
    printed = Printed(page)
    assert printed.sheets == 1
    assert LESSONS["blow-up"].title in printed.text
    assert "learning rate 0.3" in printed.text
    assert page.url in printed.text
    # White, but for the pictures, which are those of the light theme.
    assert (printed.pixels == 255).all(axis=2).mean() > 0.6
    assert printed.ground() > 40_000
    # The surface stands to the right of the map, and is not blank.
    upper, right = printed.pixels[: 500 * SCALE], slice(330 * SCALE, 560 * SCALE)
    assert len(np.unique(upper[:, right].reshape(-1, 3), axis=0)) > 400
    assert printed.count("c0", 30) > 400
    # Afterwards the screen is what it was.
    page.wait_for_function(f"ground => ({GROUND})().join() === ground.join()", arg=ground)
    assert page.evaluate("() => document.querySelector('.paper')") is None
    assert page.evaluate("() => downhill.player.shown") < page.evaluate("() => downhill.player.last")
    page.wait_for_function(
        "() => downhill.scene_drawn && !document.getElementById('surface').classList.contains('stale')"
    )
    assert watched.complaints == []
    context.close()


def test_the_ball_is_printed_where_the_walk_ends(plain: Watched) -> None:
    """Chromium prints a canvas too small where it has recorded how it was drawn."""
    page = plain.show("?landscape=two-minima&momentum=0.9")
    printed = Printed(page)
    rows, columns = np.nonzero(np.linalg.norm(printed.pixels - rgb("c0"), axis=2) < 30)
    columns = columns[rows < 420 * SCALE]
    # The walk begins at x = -1.8, in the middle of a ring of 16 points, and is furthest to the right where its numbers say.
    first, furthest = page.evaluate(
        "() => { const { x, length } = downhill.walks.all[0]; return [x[0], Math.max(...x.subarray(0, length))] }"
    )
    start, end = columns.min() + 8 * SCALE, columns.max()
    # It ends at the global minimum, x = 2: most of its colour is in the ball there.
    at_two = start + (end - start) * (2 - first) / (furthest - first)
    counts = np.bincount(columns[columns > at_two - 30 * SCALE], minlength=end + 1)
    assert abs(float(np.argmax(counts)) - at_two) < 5 * SCALE
    assert counts.max() > 15


@pytest.mark.full
@pytest.mark.parametrize(
    "query",
    [
        "map=rates&resolution=64",
        "landscape=himmelblau&map=basins&resolution=64&run=adam&run=gradient-descent&run=lion&run=newton&run=nadam",
        "landscape=straight-line&theory=1",
        "landscape=rastrigin&starts=64&map=basins&resolution=64",
    ],
)
def test_whatever_is_on_the_screen_is_one_page(plain: Watched, query: str) -> None:
    page = plain.show(f"?{query}")
    if "map=" in query:
        page.wait_for_function("() => downhill.maps.shown?.done && downhill.maps.shown_key === downhill.maps.key")
    printed = Printed(page)
    assert (printed.sheets, tuple(map(int, printed.size))) == (1, A4)
    # A line that ends with a hyphen is read without it.
    address, text = (re.sub(r"[^\w/:?=&.,]", "", one) for one in (page.url, printed.text))
    assert address in text
    assert "f(" in printed.text


def test_a_phone_prints_one_page_too(phone_with_surface: Watched) -> None:
    printed = Printed(phone_with_surface.page)
    assert printed.sheets == 1
    assert printed.ground() > 40_000


@pytest.mark.parametrize("path", ["lessons/blow-up", "lessons/two-valleys"])
def test_without_scripts_the_words_and_the_picture_are_one_page(browser: Browser, server: Server, path: str) -> None:
    context = browser.new_context(java_script_enabled=False, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{server.address}/{path}")
    lesson, printed = LESSONS[path.removeprefix("lessons/")], Printed(page)
    assert printed.sheets == 1
    assert [
        word for word in words(lesson.words["text"] + lesson.try_it + lesson.question) if word not in printed.text
    ] == []
    assert (printed.pixels == 255).all(axis=2).mean() > 0.6
    context.close()


def test_pages_of_text_are_printed_on_white(browser: Browser, server: Server) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    for path in ("two-dimensions", "lessons", "examples", "docs"):
        page.goto(f"{server.address}/{path}")
        page.evaluate("() => (document.documentElement.dataset.theme = 'dark')")
        printed = Printed(page)
        assert (printed.pixels[:, :20] == 255).all()
        assert printed.count("ink", 60) > 500
    assert printed.sheets > 1
    context.close()
