"""The third place: beside the second where the screen is wide, opened and closed, in the address, and nothing jumps."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.looking import soon, soon_is, to_the_end
from tests.browser.test_paper import Printed
from tests.browser.test_stage import KINDS, WATCH, moved
from tests.products import some

pytestmark = pytest.mark.browser

WIDE = {"width": 1920, "height": 1080}
LAPTOP = {"width": 1440, "height": 900}
VIEWS, OPEN, CLOSE = "#views", "#third-open", "#third-close"
PLACES = "() => { const { second, third = '' } = document.getElementById('views').dataset; return [second, third] }"
# Every part that is seen beside the map, and in which of the places.
SEEN = """() => [...document.querySelectorAll('.views > [data-place] > *, .views > .view[data-place]')]
    .filter(part => ['surface-view', 'data-view', 'rates-view', 'theory', 'inspector'].includes(part.id) && part.getClientRects().length > 0)
    .map(part => [part.id, part.closest('[data-place]').dataset.place]).sort()"""
QUERY = "() => decodeURIComponent(location.search.slice(1))"


def says(page: Page, query: str) -> None:
    assert soon_is(query, page.evaluate, QUERY) == query


@pytest.fixture
def wide(plain: Watched) -> Iterator[Watched]:
    """The shared page on a projector."""
    plain.page.set_viewport_size(WIDE)
    expect(plain.page.locator(OPEN)).to_be_visible()
    yield plain
    plain.show("")
    plain.page.set_viewport_size(LAPTOP)


def tab(place: str, part: str) -> str:
    return f".places [data-{place}={part}]"


def test_it_is_opened_and_closed_and_a_part_is_in_one_place_at_a_time(wide: Watched) -> None:
    page = wide.page
    expect(page.locator("#third")).to_be_hidden()
    assert page.evaluate(PLACES) == ["surface", ""]
    page.click(OPEN)
    assert page.evaluate(PLACES) == ["surface", "rule"]
    expect(page.locator(OPEN)).to_be_hidden()
    # What the second shows is not offered.
    expect(page.locator(tab("third", "surface"))).to_be_hidden()
    expect(page.locator(tab("third", "rule"))).to_have_attribute("aria-pressed", "true")
    assert page.evaluate(SEEN) == [["inspector", "third"], ["surface-view", "second"]]
    page.click(tab("third", "theory"))
    wide.settled("theory=1")
    assert page.evaluate(SEEN) == [["surface-view", "second"], ["theory", "third"]]
    # What the third shows comes to the second, and both change.
    page.click(tab("second", "theory"))
    assert page.evaluate(SEEN) == [["surface-view", "third"], ["theory", "second"]]
    expect(page.locator(tab("third", "theory"))).to_be_hidden()
    expect(page.locator(tab("third", "surface"))).to_be_visible()
    page.click(CLOSE)
    expect(page.locator("#third")).to_be_hidden()
    expect(page.locator(OPEN)).to_be_focused()
    assert page.evaluate(SEEN) == [["theory", "second"]]
    says(page, "theory=1&view=theory")


def test_it_is_in_the_address_and_the_back_button_takes_one_step_back(wide: Watched) -> None:
    page = wide.show("?steps=20")
    page.click(OPEN)
    says(page, "steps=20&view=surface,rule")
    page.click(tab("third", "rates"))
    wide.settled("steps=20&map=rates")
    says(page, "steps=20&map=rates&view=surface,rates")
    assert page.evaluate(SEEN) == [["rates-view", "third"], ["surface-view", "second"]]
    page.wait_for_function("() => downhill.maps.shown?.kind === 'rates'")
    expect(page.locator("#rates-note")).to_be_hidden()
    page.click("#share")
    assert "view=surface,rates" in page.locator("#sharing-link").input_value()
    page.click("#sharing-close")
    page.go_back()
    wide.settled("steps=20")
    assert soon_is(["surface", "rule"], page.evaluate, PLACES) == ["surface", "rule"]
    page.go_back()
    assert soon_is(["surface", ""], page.evaluate, PLACES) == ["surface", ""]
    # Where the map is given up below, something else takes its place, and the address says so.
    wide.show("?steps=20&theory=1&map=rates", "view=theory,rates")
    assert soon_is(["theory", "rates"], page.evaluate, PLACES) == ["theory", "rates"]
    page.check("#map-kind input[value='']", force=True)
    says(page, "steps=20&theory=1&view=theory,surface")


def test_a_link_with_two_opens_with_both_and_on_a_laptop_with_the_first(visitor: Watched) -> None:
    visitor.page.emulate_media(reduced_motion="reduce")
    page = visitor.load("?landscape=straight-line&view=surface,data")
    assert page.evaluate(PLACES) == ["surface", ""]
    expect(page.locator("#third")).to_be_hidden()
    expect(page.locator(OPEN)).to_be_hidden()
    assert page.evaluate(SEEN) == [["surface-view", "second"]]
    says(page, "landscape=straight-line&view=surface,data")
    # The first changes, and the second of both is not lost.
    page.click(tab("second", "rule"))
    says(page, "landscape=straight-line&view=rule,data")
    page.set_viewport_size(WIDE)
    assert soon_is([["data-view", "third"], ["inspector", "second"]], page.evaluate, SEEN) == [
        ["data-view", "third"],
        ["inspector", "second"],
    ]
    drawn = "() => document.querySelectorAll('#data-plot .scatterlayer .points path').length > 0"
    assert soon_is(True, page.evaluate, drawn)
    page.reload()
    page.wait_for_function("() => window.downhill?.map_drawn && downhill.walks?.done")
    assert page.evaluate(PLACES) == ["rule", "data"]
    # A phone has room for one picture, and leaves the address as it is.
    page.set_viewport_size({"width": 390, "height": 844})
    assert soon_is([["inspector", "second"]], page.evaluate, SEEN) == [["inspector", "second"]]
    assert "view=rule,data" in page.evaluate(QUERY)
    page.goto(f"{visitor.server.address}/?view=surface,theorie")
    expect(page.locator("#notices")).to_contain_text("view=surface,theorie is not what view takes.")
    assert page.locator("#notices a").get_attribute("href") == "?view=surface,theory"


def test_a_lesson_has_no_third_place_and_keeps_what_the_address_says(visitor: Watched) -> None:
    visitor.page.set_viewport_size(WIDE)
    visitor.page.emulate_media(reduced_motion="reduce")
    page = visitor.load("lessons/blow-up?view=surface,theory")
    expect(page.locator("#third, #third-open, #third-view")).to_have_count(0)
    assert page.evaluate(PLACES) == ["surface", ""]
    assert soon(lambda query: "view=surface,theory" in query, page.evaluate, QUERY)


@pytest.mark.parametrize("view", some(["surface,theory", "surface,rule", "rule,surface"]))
def test_with_it_open_nothing_of_the_stage_moves(wide: Watched, view: str) -> None:
    page = wide.page
    page.emulate_media(reduced_motion="no-preference")
    page.evaluate("() => { document.getElementById('more').open = false; scrollTo(0, 0) }")
    wide.show("?theory=1" if "theory" in view else "", f"view={view}")
    assert soon_is(view.split(","), page.evaluate, PLACES) == view.split(",")
    page.wait_for_timeout(300)
    watch = WATCH.replace("#second,", "#second, #third,")
    assert watch != WATCH
    for slug in KINDS:
        page.evaluate(watch)
        page.evaluate("slug => document.querySelector(`input[name=landscape][value=${slug}]`).click()", slug)
        page.wait_for_function(
            "slug => downhill.walks?.done && downhill.walks.request.landscape === slug",
            arg=slug,
        )
        page.wait_for_timeout(700)
        to_the_end(page)
        page.wait_for_timeout(300)
        assert moved(page)[1] == 0, (slug, moved(page))
        second, third = page.evaluate(PLACES)
        # Whatever can be shown there, it stays open, and its part is in it alone.
        assert third not in ("", second), slug


def test_map_and_surface_hold_their_part_of_the_first_screen(wide: Watched) -> None:
    page = wide.show("?theory=1", "view=surface,theory")
    share = soon(
        lambda share: share >= 0.30,
        page.evaluate,
        """() => { const { xaxis, yaxis } = document.getElementById('map-plot')._fullLayout; const { width, height, bottom } = document.getElementById('surface').getBoundingClientRect();
            return bottom > innerHeight ? 0 : (xaxis._length * yaxis._length + width * height) / innerWidth / innerHeight }""",
    )
    assert share >= 0.30
    # Both are as large, and the third is smaller.
    widths = page.evaluate("() => ['map', 'surface', 'third'].map(id => document.getElementById(id).offsetWidth)")
    assert widths[0] == widths[1] > widths[2] > 300
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    # The switches below the map have room in their line.
    end, edge = page.evaluate(
        "() => ['.theory-switch', '#map-notes'].map(part => document.querySelector(part).getBoundingClientRect().right)"
    )
    assert end <= edge
    expect(page.locator(".theory-switch")).to_be_in_viewport(ratio=0.9)


@pytest.mark.full
def test_by_keys_and_by_name(wide: Watched) -> None:
    page = wide.page
    page.locator(OPEN).press("Enter")
    expect(page.get_by_role("button", name="Close the third place")).to_be_focused()
    expect(page.get_by_role("group", name="What is shown in the third place")).to_be_visible()
    page.get_by_role("button", name="Enlarge the update rule").click()
    expect(page.locator("#inspector")).to_be_visible()
    expect(page.locator("#map-view, #surface-view, #second")).to_have_count(3)
    for part in ("#map-view", "#surface-view", "#second"):
        expect(page.locator(part)).to_be_hidden()
    page.get_by_role("button", name="Map and update rule side by side").click()
    expect(page.locator("#map-view")).to_be_visible()
    # The keys of the page go on: present, and back.
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("p")
    expect(page.locator("#present-leave")).to_be_visible()
    expect(page.locator("#third-view #inspector")).to_be_visible()
    # What is presented is told over the map, and covers no tab.
    told, second = (page.locator(part).bounding_box() for part in ("#presented-settings", "#second"))
    assert told
    assert second
    assert told["x"] + told["width"] <= second["x"]
    page.keyboard.press("p")
    expect(page.locator("#present-leave")).to_be_hidden()
    # A part that is asked for below goes there; the place stays.
    page.evaluate("() => document.querySelector('#tabs [data-tab=rule]').click()")
    expect(page.locator("#below #inspector")).to_be_visible()
    assert page.evaluate(PLACES) == ["surface", "theory"]
    # Nobody has asked for theory, and nothing is switched on unasked.
    note = page.evaluate("() => getComputedStyle(document.getElementById('third-view'), '::after').content")
    assert "Theory is off" in note
    assert "theory=1" not in page.evaluate(QUERY)
    page.locator(CLOSE).press("Enter")
    expect(page.locator(OPEN)).to_be_focused()


@pytest.mark.full
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_with_forced_colours_the_chosen_tab_is_told_apart(wide: Watched, scheme: str) -> None:
    page = wide.page
    page.click(OPEN)
    page.emulate_media(forced_colors="active", color_scheme=scheme)  # type: ignore[arg-type]
    colours = "node => { const { color, backgroundColor } = getComputedStyle(node); return [color, backgroundColor] }"
    chosen, other = (page.locator(tab("third", part)).evaluate(colours) for part in ("rule", "theory"))
    assert chosen[1] != other[1]
    # In the system's colours for it, which can be read on each other.
    system = page.evaluate(
        f"""() => {{ const node = document.body.appendChild(document.createElement('p'));
            node.style = 'forced-color-adjust: none; color: SelectedItemText; background: SelectedItem'; const seen = ({colours})(node); node.remove(); return seen }}"""
    )
    assert chosen == system


@pytest.mark.full
def test_the_sheet_stays_one_page_without_it(wide: Watched) -> None:
    page = wide.show("?steps=20", "view=rule,surface")
    assert soon_is(["rule", "surface"], page.evaluate, PLACES) == ["rule", "surface"]
    printed = Printed(page)
    assert printed.sheets == 1
    assert "The update rule" not in printed.text
    assert printed.ground() > 40_000
    assert soon_is(["rule", "surface"], page.evaluate, PLACES) == ["rule", "surface"]
    expect(page.locator("#other-view #inspector")).to_be_visible()
