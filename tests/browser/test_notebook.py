"""The moving picture of a notebook in a page of somebody else's: it plays, is asked by pointer and keys, and asks nobody."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app import descend
from app.python.widget import script

# As anywidget calls it; what is changed from the other side is told by `change`.
PAGE = """<!doctype html><meta charset="utf-8"><title>A notebook</title>
<body><style>button, path { fill: red !important; display: none }</style><div id="still" style="all: revert"></div><div id="out"></div><script type="module">
import widget from '/widget.js';
const heard = {}; const state = { picture: PICTURE, step: PICTURE.steps.at(-1) };
window.changes = [];
const model = { get: (key) => state[key], set: (key, value) => { state[key] = value; }, save_changes: () => window.changes.push(state.step),
  on: (event, listener) => { heard[event] = listener; }, off: (event) => { delete heard[event]; } };
window.change = (step) => { state.step = step; heard['change:step'](); };
window.again = (still) => { state.still = still; window.end = widget.render({ model, el: document.getElementById('out') }); };
window.again('');
window.heard = heard;
</script></body>"""


@pytest.fixture
def notebook(browser: Browser) -> Iterator[Callable[[Any], Page]]:
    """Show walks in a page that has nothing else and where any request but for itself is an error."""
    context = browser.new_context(viewport={"width": 700, "height": 900})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text))

    def show(shown: Any) -> Page:
        text = PAGE.replace("PICTURE", json.dumps(shown.picture.record()).replace("<", "\\u003c"))
        files = {
            "/": (text, "text/html"),
            "/widget.js": (script(), "text/javascript"),
            "/favicon.ico": ("", "image/png"),
        }

        def answer(route: Any) -> None:
            path = route.request.url.removeprefix("http://notebook.test")
            if path not in files:
                wrong.append(route.request.url)
            body, kind = files.get(path, ("", "text/plain"))
            route.fulfill(body=body, content_type=kind)

        page.route("**/*", answer)
        page.goto("http://notebook.test/")
        expect(page.locator("output")).not_to_be_empty()
        return page

    yield show
    context.close()
    assert not wrong


def background(box: Locator) -> str:
    return str(box.evaluate("(one) => getComputedStyle(one).backgroundColor"))


def test_it_stands_at_the_end_with_the_sentence_and_the_numbers(notebook: Callable[[Any], Page]) -> None:
    walk = descend(landscape="himmelblau")
    page, last = notebook(walk), len(walk) - 1
    first, second = walk.message.split("\n")
    expect(page.locator(".message")).to_have_text(first)
    expect(page.locator(".more")).to_have_text(second)
    expect(page.locator("output")).to_contain_text(f"Step {last} of {last} · (3, 2) · loss")
    expect(page.locator(".map > svg")).to_be_visible()
    assert page.locator("button").bounding_box()["height"] >= 44  # type: ignore[index]
    # Nothing of the page's own style comes in.
    assert page.locator(".band").first.evaluate("(one) => getComputedStyle(one).fill") != "rgb(255, 0, 0)"


def test_it_plays_from_the_start_to_the_end_and_says_where_it_is(notebook: Callable[[Any], Page]) -> None:
    walk = descend(landscape="himmelblau")
    page, last = notebook(walk), len(walk) - 1
    button, output = page.get_by_role("button"), page.locator("output")
    button.click()
    expect(button).to_have_text("Pause")
    expect(output).not_to_contain_text(f"Step {last} ")
    button.click()
    expect(button).to_have_text("Play")
    held = output.text_content()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert output.text_content() == held
    button.click()
    expect(output).to_contain_text(f"Step {last} of {last}")
    expect(button).to_have_text("Play")
    # Python is told where it stands, and not of each frame.
    assert page.evaluate("changes.at(-1)") == last
    assert page.evaluate("changes.length") <= 2


def test_the_keys_go_step_by_step(notebook: Callable[[Any], Page]) -> None:
    walk = descend(landscape="himmelblau")
    page, last = notebook(walk), len(walk) - 1
    slider = page.get_by_role("slider", name="Step")
    slider.focus()
    slider.press("ArrowLeft")
    expect(page.locator("output")).to_contain_text(f"Step {last - 1} of {last}")
    assert f"Step {last - 1}" in str(slider.get_attribute("aria-valuetext"))
    slider.press("Home")
    expect(page.locator("output")).to_contain_text("Step 0 of")
    assert page.evaluate("changes.at(-1)") == 0
    page.evaluate("change(7)")
    expect(page.locator("output")).to_contain_text("Step 7 of")
    assert slider.input_value() == "7"


def test_what_is_pointed_at_says_its_numbers_and_is_gone_to(notebook: Callable[[Any], Page]) -> None:
    walk = descend(landscape="himmelblau")
    page = notebook(walk)
    box = page.locator(".map > svg").bounding_box()
    assert box is not None
    x, y = walk.picture.trail(walk)[2] * box["width"] / walk.picture.canvas.width
    page.mouse.move(box["x"] + x, box["y"] + y)
    expect(page.locator(".tip")).to_contain_text("Step 2 · (")
    page.mouse.click(box["x"] + x, box["y"] + y)
    expect(page.locator("output")).to_contain_text("Step 2 of")
    page.mouse.move(box["x"] + 4, box["y"] + box["height"] - 4)
    expect(page.locator(".tip")).to_be_hidden()


def test_it_is_as_dark_as_what_it_stands_in(notebook: Callable[[Any], Page]) -> None:
    page = notebook(descend(steps=5))
    box = page.locator(".walks")
    light = background(box)
    page.evaluate("document.body.style.background = '#111'")
    expect(box).not_to_have_css("background-color", light)
    dark = background(box)
    page.evaluate("document.body.style.background = '#fff'")
    expect(box).to_have_css("background-color", light)
    # Other notebooks write their colours otherwise.
    page.evaluate("document.body.style.background = 'oklch(0.2 0.02 250)'")
    expect(box).to_have_css("background-color", dark)
    page.evaluate("document.body.style.background = 'color(srgb 1 1 1)'")
    expect(box).to_have_css("background-color", light)
    # Where nothing has a colour, it is the system's.
    page.evaluate("document.body.style.background = ''")
    page.emulate_media(color_scheme="dark")
    expect(box).to_have_css("background-color", dark)


def test_several_walks_have_a_legend_with_their_losses(notebook: Callable[[Any], Page]) -> None:
    race = descend(landscape="himmelblau", runs=[{"optimizer": "adam", "name": "<b>Fast</b>"}])
    page = notebook(race)
    expect(page.locator("li")).to_have_count(2)
    expect(page.locator("li").nth(1)).to_contain_text("<b>Fast</b>: ")
    page.evaluate("change(0)")
    for item in page.locator("li").all():
        expect(item).to_contain_text(f"loss {race[0].loss[0]:.4g}")


def test_it_fits_a_narrow_column(notebook: Callable[[Any], Page]) -> None:
    race = descend(landscape="himmelblau", runs=[{"optimizer": "adam"}])
    page = notebook(race)
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_it_takes_the_place_of_the_picture_that_stands_still(notebook: Callable[[Any], Page]) -> None:
    walk = descend(steps=5)
    page = notebook(walk)
    still = walk.svg().replace("<svg ", '<svg id="downhill-7" ', 1)
    for written in (still, f'<img src="data:image/svg+xml;base64,{b64encode(still.encode()).decode()}">'):
        page.evaluate("end()")
        page.evaluate(
            "(written) => { document.getElementById('still').innerHTML = written; again('downhill-7'); }", written
        )
        expect(page.locator(".walks")).to_have_count(1)
        expect(page.locator("#still > *")).to_be_hidden()
        page.evaluate("end()")
        expect(page.locator("#still > *")).to_be_visible()
        page.evaluate("again('downhill-8')")
        expect(page.locator("#still > *")).to_be_visible()


def test_when_it_is_taken_away_nothing_of_it_stays(notebook: Callable[[Any], Page]) -> None:
    page = notebook(descend(steps=50))
    page.get_by_role("button").click()
    page.evaluate("end()")
    assert page.evaluate("[document.getElementById('out').children.length, Object.keys(heard).length]") == [0, 0]
