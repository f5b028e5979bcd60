"""The sentence above the picture, the terms that say what they mean, and the plain line beside each control."""

import json

import pytest
from playwright.sync_api import Page, expect

from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.table import OPTIMIZERS
from app.request.lenient import make_request_leniently
from tests.browser.conftest import Watched
from tests.browser.looking import soon_is, two_frames
from tests.products import some

pytestmark = pytest.mark.browser

BOWL = "?landscape=bowl&start=-3.2,2.4&optimizer=momentum&momentum=0.9&learning_rate=0.1&steps=200"
SIZES = {"laptop": (1440, 900), "projector": (1920, 1080), "tablet": (1024, 768), "phone": (390, 844)}
# The longest first lines that walks have, and one of 110 letters that are wider than most.
LONG = (
    "It rolls past the bottom 256 times, then settles in a local minimum after 100000 steps; a deeper one exists.",
    "It goes for ever round the same 64 points about the bottom, however many more steps it may take from now on...",
)


def show(watched: Watched, query: str) -> Page:
    """Show a query that says what are defaults today, too: the page's own address leaves them out."""
    return watched.show(f"?{make_request_leniently(query.removeprefix('?').encode())[0].query}".removesuffix("?"))


def test_what_a_walk_means_is_said_before_its_film_is_over_and_never_changes(moving: Watched) -> None:
    page = moving.page
    page.evaluate(
        "() => { window.said = new Set(); new MutationObserver(() => said.add(document.getElementById('message').textContent))"
        ".observe(document.getElementById('message'), { childList: true, characterData: true, subtree: true }) }"
    )
    show(moving, "?landscape=quadratic&learning_rate=0.2&momentum=0.5")
    page.wait_for_function("() => downhill.walks?.all[0].summary && document.getElementById('message').textContent")
    told = page.locator("#message").text_content() or ""
    assert page.evaluate("() => downhill.player.position < downhill.player.last")
    page.keyboard.press("End")
    page.wait_for_function("() => downhill.player.position === downhill.player.last")
    summary = page.evaluate("() => downhill.walks.all[0].summary.message.split('\\n')")
    assert [told, page.locator("#numbers").text_content()] == summary
    assert set(page.evaluate("() => [...said]")) <= {told, ""}
    expect(page.locator("#message")).to_have_attribute("role", "status")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("line", LONG)
def test_the_longest_first_line_is_seen_whole_in_a_room_that_stays(plain: Watched, size: str, line: str) -> None:
    page = plain.page
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    show(plain, BOWL)
    room = page.locator("#sentence").bounding_box()
    assert len(line) <= 110
    page.evaluate(
        "line => { const message = document.getElementById('message'); message.textContent = line;"
        " message.classList.toggle('long', line.length > 78) }",
        line,
    )
    assert page.locator("#sentence").bounding_box() == room
    seen = page.evaluate(
        """() => { const range = document.createRange(); range.selectNodeContents(document.getElementById('message'));
            const room = document.getElementById('sentence').getBoundingClientRect();
            return [...range.getClientRects()].map(({ left, top, right, bottom }) =>
                Math.max(room.left - left, room.top - top, right - room.right, bottom - room.bottom)) }"""
    )
    assert max(seen) <= 2, "some of it is cut"
    assert len(
        {
            *page.evaluate(
                "() => { const range = document.createRange(); range.selectNodeContents(document.getElementById('message'));"
                " return [...range.getClientRects()].map(({ top }) => Math.round(top)) }"
            )
        }
    ) <= (1 if width >= 1440 else 3 if width == 390 else 2)


def term(page: Page, holder: str, name: str) -> str:
    selector = f'{holder} .term[data-term="{name}"]'
    expect(page.locator(selector).first).to_be_attached()
    return selector


def test_a_term_is_explained_by_pointer_by_click_and_by_key(plain: Watched) -> None:
    page = show(plain, BOWL)
    note = page.locator("#term-note")
    expect(note).to_be_hidden()
    named = term(page, "#sentence", "Tolerance")
    before = page.locator("#map").bounding_box()
    page.hover(named)
    expect(note).to_contain_text("Tolerance How small slope and step must both be")
    expect(page.locator(named)).to_have_attribute("aria-describedby", "term-note")
    assert page.locator("#map").bounding_box() == before
    page.keyboard.press("Escape")
    expect(note).to_be_hidden()
    page.mouse.move(700, 700)
    page.click(named)
    expect(note).to_be_visible()
    # What was clicked for stays while the pointer goes elsewhere.
    page.mouse.move(700, 700)
    page.wait_for_timeout(400)
    expect(note).to_be_visible()
    page.click("#moving")
    expect(note).to_be_hidden()


def test_the_terms_of_a_text_are_one_stop_of_the_tab_key_and_arrows_go_on(plain: Watched) -> None:
    page = show(plain, BOWL)
    expect(page.locator('#sentence .term[tabindex="0"]')).to_have_count(1)
    assert page.locator("#sentence .term").count() > 2
    step = page.evaluate("() => downhill.player.position")
    page.locator('#sentence .term[tabindex="0"]').focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    note = page.locator("#term-note")
    expect(note).to_be_visible()
    first = note.text_content()
    page.keyboard.press("ArrowRight")
    expect(note).not_to_have_text(first or "")
    expect(note).to_be_visible()
    assert page.evaluate("() => downhill.player.position") == step
    # In what the key has reached, nothing is hidden.
    expect(page.locator("#whole-sentence")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(note).to_be_hidden()


def test_a_tap_explains_a_term_and_another_one_closes_it(phone: Watched) -> None:
    page = show(phone, BOWL)
    note = page.locator("#term-note")
    named = term(page, "#dials", "Gradient")
    page.tap(named)
    expect(note).to_contain_text("The direction in which the ground rises most steeply")
    box = note.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    page.tap(named)
    expect(note).to_be_hidden()


def test_what_is_convention_stands_behind_its_sign(plain: Watched) -> None:
    page = show(plain, BOWL)
    about = page.locator('#dials [data-key="learning_rate"] .about')
    # Whatever scrolls takes a note away, and this does so a frame later.
    about.scroll_into_view_if_needed()
    two_frames(page)
    about.hover()
    expect(page.locator("#term-note")).to_contain_text("Default: the optimizer's for the landscape")
    expect(page.locator('#dials [data-key="learning_rate"] label')).to_contain_text("Step size (learning rate)")


@pytest.mark.parametrize("optimizer", some(list(OPTIMIZERS), 4))
def test_no_controls_line_is_cut(plain: Watched, optimizer: str) -> None:
    page = show(plain, f"?optimizer={optimizer}")
    assert soon_is([], page.evaluate, CUT) == []


@pytest.mark.full
def test_no_shape_knobs_line_is_cut(plain: Watched) -> None:
    for slug, entry in LANDSCAPES.items():
        if entry.shape:
            page = show(plain, f"?landscape={slug}&optimizer=gradient-descent&learning_rate=0.001")
            assert soon_is([], page.evaluate, CUT) == [], slug


CUT = """() => [...document.querySelectorAll('.side .explain, .side .explain span')]
    .filter(node => node.getClientRects().length && getComputedStyle(node).display !== 'inline')
    .filter(({ scrollHeight, clientHeight, scrollWidth, clientWidth }) => scrollHeight > clientHeight + 1 || scrollWidth > clientWidth + 1)
    .map(node => node.textContent)"""


def test_a_walk_that_goes_round_is_told_as_that_in_sentence_and_table(plain: Watched) -> None:
    query = "?landscape=bowl&shape=1&start=1,1&optimizer=gradient-descent&learning_rate=2&run=gradient-descent,learning_rate:1"
    page = plain.page
    page.evaluate(
        "query => { history.pushState(null, '', query); dispatchEvent(new PopStateEvent('popstate')) }", f"/{query}"
    )
    expect(page.locator("#message")).to_contain_text("it jumps for ever between two points")
    expect(page.locator("#race-table")).to_contain_text("goes round two points")


def test_a_lessons_words_and_its_landscapes_are_explained_too(plain: Watched) -> None:
    page = plain.page
    words = json.loads(
        page.evaluate(
            "() => JSON.stringify([...document.querySelectorAll('#teaches .term')].map(node => node.textContent))"
        )
    )
    assert words == ["step size"]


def test_what_all_of_it_lies_over_is_covered_whole_or_not_at_all(plain: Watched) -> None:
    page = plain.show("?learning_rate=5.82")
    page.click("#whole-sentence")
    under = page.evaluate(
        """() => { const { bottom } = document.getElementById('sentence').getBoundingClientRect();
            return ['#map-hint', '#second .places', '#second .enlarge'].map(part => document.querySelector(part).getBoundingClientRect())
              .map(box => [bottom - box.top, bottom - box.bottom]) }"""
    )
    page.click("#whole-sentence")
    assert all(above <= 0 or below >= 0 for above, below in under), under
    assert under


def test_a_formula_that_is_cut_says_so_and_is_whole_when_it_is_pointed_at_or_reached(plain: Watched) -> None:
    page = plain.show("?landscape=sharp-valley")
    formula, whole = page.locator("#formula"), page.locator("#formula-whole")
    expect(formula).to_have_class("formula cut")
    ends = page.evaluate(
        "() => [formula.getBoundingClientRect().right, document.querySelector('#landscape-source').getBoundingClientRect().left]"
    )
    assert ends[0] <= ends[1]
    expect(whole).to_be_hidden()
    page.mouse.move(5, 5)
    formula.hover()
    expect(whole).to_be_visible()
    assert whole.text_content() == formula.text_content()
    fits = (
        "() => { const node = document.getElementById('formula-whole'); return node.scrollWidth <= node.clientWidth }"
    )
    assert page.evaluate(fits)
    page.mouse.move(5, 5)
    expect(whole).to_be_hidden()
    formula.focus()
    expect(whole).to_be_visible()
    page.keyboard.press("Escape")
    expect(whole).to_be_hidden()
    page.evaluate("() => document.activeElement.blur()")
    plain.show("")
    expect(formula).to_have_class("formula")
