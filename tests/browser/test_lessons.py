"""The lessons: what they are about is on the first screen, their numbers turn, their buttons do, and one may guess first."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app.lessons import LESSONS
from app.request.making import make_request
from tests.browser.conftest import IN_PLACE, Server, Watched
from tests.browser.looking import soon

pytestmark = pytest.mark.browser

# The element that each second place shows, beside the map.
PARTS = {
    "surface": "#surface",
    "data": "#data",
    "rates": "#rates",
    "theory": "#theory",
    "rule": "#rule",
    "curves": "#curves",
    "race": "#race .scroll",
}
# What of an element is to be seen without scrolling, as a share of it; nothing where it is not shown at all.
SEEN = """selector => { const { left, top, right, bottom, width, height } = document.querySelector(selector).getBoundingClientRect();
    let box = [Math.max(0, left), Math.max(0, top), Math.min(innerWidth, right), Math.min(innerHeight, bottom)];
    for (let node = document.querySelector(selector).parentElement; node; node = node.parentElement) {
      if (getComputedStyle(node).overflowY === 'visible' || node === document.documentElement || node === document.body) continue;
      const around = node.getBoundingClientRect();
      box = [Math.max(box[0], around.left), Math.max(box[1], around.top), Math.min(box[2], around.right), Math.min(box[3], around.bottom)] }
    return width * height === 0 ? 0 : Math.max(0, box[2] - box[0]) * Math.max(0, box[3] - box[1]) / (width * height) }"""
WALKED = f"() => window.downhill?.map_drawn && downhill.walks?.done && {IN_PLACE}"


def opened(watched: Watched, slug: str) -> Page:
    """Load a lesson's page, as its link does."""
    page = watched.page
    page.goto(f"{watched.server.address}/lessons/{slug}")
    page.wait_for_function(WALKED)
    return page


@pytest.fixture
def reader(visitor: Watched) -> Watched:
    """A laptop on which lessons are opened one after the other."""
    visitor.page.emulate_media(reduced_motion="reduce")
    return visitor


@pytest.fixture
def on_a_phone(phone_visitor: Watched) -> Watched:
    phone_visitor.page.emulate_media(reduced_motion="reduce")
    return phone_visitor


def fullest_first() -> list[Any]:
    """All lessons; each time, of those with the same part beside the map, the one whose words leave it least room."""
    fullest = {}
    for slug, lesson in sorted(LESSONS.items(), key=lambda item: len(item[1].text + item[1].title)):
        fullest[lesson.shows.view] = slug
    assert fullest.keys() == PARTS.keys()
    return [pytest.param(slug, marks=() if slug in fullest.values() else pytest.mark.full) for slug in LESSONS]


@pytest.mark.parametrize("slug", fullest_first())
def test_what_a_lesson_is_about_is_on_the_first_screen(reader: Watched, slug: str) -> None:
    page = opened(reader, slug)
    part = PARTS[LESSONS[slug].shows.view]
    # What is longer than its place is cut at the end: tables and formulas of a narrow column scroll sideways.
    whole = soon(lambda share: share >= 0.9, page.evaluate, SEEN, part)
    assert whole >= 0.9, (slug, part)
    assert page.evaluate(SEEN, "#map") >= 0.9
    assert page.evaluate(SEEN, "#lesson-title") == 1
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    pressed = page.locator(".places [aria-pressed=true]")
    expect(pressed).to_have_attribute("data-second", LESSONS[slug].shows.view)


def test_a_number_in_the_words_is_the_setting_and_turns_it(reader: Watched) -> None:
    page = opened(reader, "blow-up")
    number = page.locator("#lesson .live[data-of=learning_rate]")
    expect(number).to_have_attribute("role", "slider")
    expect(number).to_have_attribute("aria-valuenow", "2.1")
    expect(number).to_have_text("2.1")
    rate = "() => downhill.walks.request.learning_rate"
    number.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"() => ({rate})() > 2.1")
    expect(number).to_have_text(str(page.evaluate(rate)))
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function(f"() => ({rate})() < 2.1")
    # Dragged sideways it goes as the dial does, and the dial with it.
    box = number.bounding_box()
    assert box
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] - 60, box["y"] + 5, steps=4)
    page.wait_for_function(f"() => ({rate})() < 1")
    page.mouse.up()
    page.wait_for_function("() => !downhill.dragging && downhill.walks.done")
    expect(page.locator("#key-learning_rate")).to_have_value(number.inner_text())
    # And it follows the dial.
    page.fill("#key-learning_rate", "0.5")
    page.press("#key-learning_rate", "Enter")
    expect(number).to_have_text("0.5")


def test_a_coordinate_of_the_start_is_turned_too(reader: Watched) -> None:
    page = opened(reader, "fence")
    number = page.locator("#lesson .live[data-of='start.0']")
    expect(number).to_have_attribute("aria-label", "Start, l")
    number.focus()
    page.keyboard.press("PageDown")
    page.wait_for_function("() => downhill.walks.request.start[0] < 57")
    expect(number).to_have_text(f"{page.evaluate('() => downhill.walks.request.start[0]'):g}")


def test_a_constant_of_a_typed_formula_is_turned_in_the_words_and_its_slider_follows(reader: Watched) -> None:
    page = opened(reader, "own-function")
    number = page.locator("#lesson .live[data-of='constants.a']")
    expect(number).to_have_attribute("role", "slider")
    expect(number).to_have_attribute("aria-label", "Constant a")
    constants = "() => downhill.walks.request.constants"
    assert page.evaluate(constants) == {"a": 2}
    number.focus()
    page.keyboard.press("PageUp")
    page.wait_for_function(f"() => ({constants})().a > 2")
    expect(number).to_have_text(f"{page.evaluate(constants)['a']:g}")
    # Dragged through 0 the two valleys are one.
    box = number.bounding_box()
    assert box
    page.mouse.move(box["x"] + 3, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] - 150, box["y"] + 5, steps=4)
    page.wait_for_function(f"() => ({constants})().a < 0")
    page.mouse.up()
    page.wait_for_function("() => !downhill.dragging && downhill.walks.done")
    assert page.evaluate("() => downhill.walks.all[0].summary.place") == "global_minimum"
    expect(page.locator("#constant-a")).to_have_value(number.inner_text().replace("−", "-"))
    # One that is 1 is left out of the address, and still shown.
    page.fill("#constant-a", "1")
    page.press("#constant-a", "Enter")
    expect(number).to_have_text("1")
    assert page.evaluate(constants) == {"a": 1}


def test_each_edit_of_a_rule_is_shown_with_its_lines_until_it_is_adams(reader: Watched) -> None:
    page = opened(reader, "own-rule")
    lines, parts = 0, page.locator("#rule math")
    for one in LESSONS["own-rule"].tries:
        page.locator("#lesson .do", has_text=one.label).last.click()
        wanted = make_request(LESSONS["own-rule"].changed(one.changes)).query
        page.wait_for_function("query => downhill.walks.query === query && downhill.walks.done", arg=wanted)
        if not one.changes.get("runs"):
            seen = soon(lambda count, before=lines: count > before, parts.count)
            assert seen > lines, one.label
            lines = seen
    assert page.evaluate("() => downhill.walks.runs.map(({ label }) => label)") == ["yours", "Adam"]
    first, second = (page.evaluate(f"() => [...downhill.walks.all[{k}].x]") for k in (0, 1))
    assert first == second


def test_results_in_the_words_follow_the_walk(reader: Watched) -> None:
    page = opened(reader, "seven-steps")
    told = page.locator("#lesson .told")
    expect(told).to_have_text("6")
    page.click("#lesson .do:text('1.6')")
    expect(told).to_have_text("5")
    expect(page.locator("#lesson .live")).to_have_text("1.6")


def test_what_there_is_to_try_is_done_in_place_and_undone_by_the_back_button(reader: Watched) -> None:
    page = opened(reader, "two-valleys")
    page.evaluate("() => (window.same = true)")
    button = page.locator("#lesson .do").first
    expect(button).to_have_attribute("aria-pressed", "false")
    button.focus()
    page.keyboard.press(" ")
    page.wait_for_function("() => downhill.walks.request.start[0] === -1.3")
    expect(button).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("() => downhill.walks.all[0].summary.place") == "global_minimum"
    assert page.url.endswith(str(button.get_attribute("href")))
    page.go_back()
    page.wait_for_function("() => downhill.walks.request.start[0] === 1.3")
    page.click("#lesson .back")
    page.wait_for_function("() => downhill.walks.request.start[0] === 1.3")
    assert page.evaluate("() => window.same")


def test_a_contrast_is_a_second_run_in_the_same_picture(reader: Watched) -> None:
    page = opened(reader, "small-bumps")
    runs = "() => downhill.walks.runs.map(({ label }) => label)"
    assert page.evaluate(runs) == list(LESSONS["small-bumps"].compare.names)  # type: ignore[union-attr]
    page.click("#lesson .do:text-is('Without')")
    page.wait_for_function("() => downhill.walks.runs.length === 1")
    page.click("#lesson .do:text-is('Show both')")
    page.wait_for_function("() => downhill.walks.runs.length === 2")
    expect(page.locator("#lesson .do:text-is('Show both')")).to_have_attribute("aria-pressed", "true")


def test_a_lesson_of_a_single_step_stands_at_it(reader: Watched) -> None:
    page = opened(reader, "by-hand")
    assert page.evaluate("() => downhill.player.shown") == 0
    expect(page.locator("#rule-step")).to_have_text(", step 0 → 1")
    page.click("#lesson .do:text('second step')")
    expect(page.locator("#rule-step")).to_have_text(", step 1 → 2")


def test_the_reader_guesses_first_where_it_will_end(reader: Watched) -> None:
    page = opened(reader, "two-valleys")
    start = page.evaluate("() => downhill.walks.request.start")
    page.click("#guess-ask")
    expect(page.locator("#guess")).to_be_checked()
    expect(page.locator("#message")).to_have_text("")
    assert page.evaluate("() => downhill.player.shown") == 0
    # By keys: the mark has the focus, moves, and is set by Enter.
    expect(page.locator("#guess-mark")).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#guess-mark")).to_have_attribute("aria-label", "Your guess: x 0.4, y 0.03")
    page.keyboard.press("Enter")
    expect(page.locator("#guess-told")).to_contain_text("it ends at (0.96, 0")
    expect(page.locator("#message")).not_to_have_text("")
    # By a click on the map, which moves no start.
    page.click("#guess-ask")
    box = page.locator("#map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    expect(page.locator("#guess-told")).to_contain_text("Not there: it ends at")
    assert page.evaluate("() => downhill.walks.request.start") == start
    # By the name of a place.
    page.click("#guess-ask")
    page.click("#guess-choices button:text('local minimum')")
    expect(page.locator("#guess-told")).to_contain_text("Well guessed")
    # The next lesson asks too, until that is switched off.
    opened(reader, "blow-up")
    expect(page.locator("#guess-how")).to_be_visible()
    page.click("#guess-choices button:text('it leaves the picture')")
    expect(page.locator("#guess-told")).to_have_text("Well guessed: it leaves the picture.")
    page.uncheck("#guess")
    opened(reader, "blow-up")
    expect(page.locator("#guess-how")).to_be_hidden()


def test_on_a_phone_the_picture_stays_in_view_while_the_words_are_read(on_a_phone: Watched) -> None:
    page = opened(on_a_phone, "warm-restarts")
    assert page.evaluate(SEEN, "#lesson-title") == 1
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    for selector in (".teaching", ".tasks", ".turn"):
        page.evaluate("one => document.querySelector(`#lesson ${one}`).scrollIntoView({ block: 'end' })", selector)
        assert page.evaluate(SEEN, "#map") >= 0.99, selector
        assert page.evaluate(SEEN, "#message") > 0, selector
    # A finger that goes up over a number scrolls, and turns nothing.
    assert page.evaluate("() => getComputedStyle(document.querySelector('.live[role=slider]')).touchAction") == "pan-y"


def test_the_course_has_two_columns_on_a_phone_and_less_than_eight_screens(on_a_phone: Watched) -> None:
    page = on_a_phone.page
    page.goto(f"{on_a_phone.server.address}/lessons")
    lefts = page.evaluate(
        "() => [...new Set([...document.querySelectorAll('.lessons li')].map(li => Math.round(li.getBoundingClientRect().left)))]"
    )
    assert len(lefts) == 2
    assert page.evaluate("() => document.documentElement.scrollHeight / innerHeight") < 8
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_the_course_says_how_long_it_takes_and_where_one_was(reader: Watched) -> None:
    opened(reader, "ravine")
    page = reader.page
    page.goto(f"{reader.server.address}/lessons")
    titles = list(LESSONS)
    following = LESSONS[titles[titles.index("ravine") + 1]].title
    line = page.locator("#go-on")
    expect(line).to_contain_text(LESSONS["ravine"].title)
    expect(line).to_contain_text(f"go on with {titles.index('ravine') + 2} {following}")
    expect(page.locator("li.seen:has(#ravine)")).to_have_count(1)
    for chapter in page.locator(".chapter .long").all():
        expect(chapter).to_contain_text("minutes")
    # What a browser has forgotten, or never understood, is no fault.
    page.evaluate("() => localStorage.setItem('lessons', '{')")
    page.reload()
    expect(line).to_be_hidden()


def test_without_scripts_the_buttons_are_links_to_the_same_settings(browser: Browser, server: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.address}/lessons/two-valleys")
    page.locator("#lesson .do").first.click()
    query = make_request(LESSONS["two-valleys"].changed(LESSONS["two-valleys"].tries[0].changes)).query
    assert page.url == f"{server.address}/lessons/two-valleys?{query}"
    expect(page.locator("#first .trail")).to_have_count(1)
    context.close()
