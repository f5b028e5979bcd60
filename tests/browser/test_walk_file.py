"""A walk in one file, opened from a folder without a network: it plays, and shows the numbers of the API."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server

ADAM = "landscape=himmelblau&optimizer=adam&steps=60"
RACE = (
    "landscape=sharp-valley&optimizer=gradient-descent&learning_rate=0.7&run=adam&run=momentum,name:%3C/script%3E%3C!--"
)
LONG = "landscape=rosenbrock&optimizer=momentum&learning_rate=0.0001&steps=20000&tolerance=0"
GONE = "landscape=rosenbrock&optimizer=gradient-descent&learning_rate=0.02&steps=60"


@pytest.fixture
def played(server: Server, browser: Browser, tmp_path: Path):
    """Open the file of a query from a folder, offline, and fail where it asks for anything or complains."""

    @contextmanager
    def opened(query: str, motion: str = "reduce", **options) -> Iterator[Page]:
        file = tmp_path / "walk.html"
        with urlopen(f"{server.address}/api/export/walk.html?{query}") as answer:
            file.write_bytes(answer.read())
        context = browser.new_context(offline=True, reduced_motion=motion, **options)
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.append(request.url) if request.url != file.as_uri() else None)
        page.goto(file.as_uri())
        yield page
        assert complaints == []
        context.close()

    return opened


def walks_of(server: Server, query: str) -> list[dict]:
    with urlopen(f"{server.address}/api/descent?{query}") as answer:
        return json.load(answer)["walks"]


def shown(page: Page) -> dict[str, float]:
    """The step and the numbers that are told, read as anybody would read them."""
    told = page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('[data-of]')].map(({ dataset, textContent }) => [dataset.of, Number(textContent)]))"
    )
    return {"step": int(page.locator(".step").inner_text().split(" of ")[0])} | told


def numbers(walk: dict, step: int) -> dict[str, float]:
    return {key: walk[key][step] for key in ("step", "x", "y", "loss", "gradient_norm", "learning_rate")}


def test_each_step_shows_the_numbers_of_the_api_to_the_last_digit(server, played):
    (walk,) = walks_of(server, ADAM)
    with played(ADAM) as page:
        # Without motion the path is there whole.
        assert shown(page) == numbers(walk, len(walk["step"]) - 1)
        page.keyboard.press("Home")
        for step in range(len(walk["step"])):
            assert shown(page) == numbers(walk, step)
            page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowLeft")
        assert shown(page)["step"] == len(walk["step"]) - 2
        page.keyboard.press("End")
        assert shown(page)["step"] == len(walk["step"]) - 1
        for line in walk["summary"]["message"].split("\n"):
            expect(page.get_by_text(line, exact=True)).to_be_visible()


def test_it_plays_by_itself_and_to_its_end(played):
    with played(ADAM, motion="no-preference") as page:
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        page.get_by_role("combobox", name="Speed").select_option("4")
        expect(page.locator(".step")).to_have_text("60 of 60")
        expect(page.get_by_role("button", name="Play")).to_be_visible()
        page.locator("body").focus()
        page.keyboard.press("Space")
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        page.keyboard.press("Space")
        assert shown(page)["step"] < 60


def test_the_scrubber_goes_where_it_is_pressed_and_tells_its_step(server, played):
    (walk,) = walks_of(server, ADAM)
    with played(ADAM) as page:
        scrubber = page.get_by_role("slider", name="Step")
        box = scrubber.bounding_box()
        # Its thumb is 24 pixels wide.
        page.mouse.click(box["x"] + 12 + (box["width"] - 24) / 2, box["y"] + box["height"] / 2)
        assert shown(page) == numbers(walk, 30)
        scrubber.focus()
        page.keyboard.press("ArrowRight")
        assert shown(page)["step"] == 31
        assert scrubber.get_attribute("aria-valuetext").startswith("Step 31 of 60, loss ")


def test_each_walk_of_a_race_is_told_and_nothing_moves(server, played):
    walks = walks_of(server, RACE)
    with played(RACE) as page:
        places = """() => [...document.querySelectorAll('.map, .transport, .numbers, fieldset')].map((one) => {
            const { x, y, width, height } = one.getBoundingClientRect(); return [x + scrollX, y + scrollY, width, height]; })"""
        before = page.evaluate(places)
        for walk in walks:
            page.get_by_role("radio", name=walk["label"], exact=True).check()
            page.keyboard.press("End")
            assert shown(page) == numbers(walk, len(walk["step"]) - 1)
            expect(
                page.get_by_text(walk["summary"]["message"].split("\n")[0], exact=True).and_(page.locator(".told *"))
            ).to_be_visible()
            assert page.evaluate(places) == before


def test_a_longer_walk_has_exact_numbers_of_those_steps_that_it_holds(server, played):
    (walk,) = walks_of(server, LONG)
    with played(LONG) as page:
        expect(page.get_by_text("Of up to 20000 steps a walk this file has the first")).to_be_visible()
        assert shown(page) == numbers(walk, 20000)
        page.keyboard.press("ArrowLeft")
        assert 1 < 20000 - shown(page)["step"] < 20
        assert shown(page) == numbers(walk, shown(page)["step"])
        page.keyboard.press("Home")
        assert shown(page) == numbers(walk, 0)


def test_a_walk_that_left_says_so(server, played):
    (walk,) = walks_of(server, GONE)
    with played(GONE) as page:
        assert shown(page) == numbers(walk, len(walk["step"]) - 1)
        expect(page.get_by_text("It is outside of the map here.")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(320, 900), (390, 900), (1024, 720), (1440, 900), (1920, 1080)])
def test_it_fits_every_screen_with_the_map_and_the_scrubber_in_sight(played, width, height):
    with played(RACE, viewport={"width": width, "height": height}) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == width
        bottom = page.get_by_role("slider", name="Step").bounding_box()
        assert bottom["y"] + bottom["height"] <= height
        for control in page.locator("button, select, fieldset label").all():
            assert control.bounding_box()["height"] >= 43.9


def test_the_theme_is_the_systems_until_it_is_switched(played):
    dark = "() => getComputedStyle(document.body).backgroundColor === 'rgb(11, 16, 32)'"
    with played(ADAM, color_scheme="dark") as page:
        assert page.evaluate(dark)
        page.get_by_role("button", name="Switch between light and dark").click()
        assert not page.evaluate(dark)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.get_by_role("button", name="Switch between light and dark").click()
        assert page.evaluate(dark)
