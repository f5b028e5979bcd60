"""The address holds how the page shows it: the step that stands, the scale, the picture beside the map, what is left out."""

import io
from itertools import pairwise
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from app.lessons import LESSONS
from tests.browser.conftest import Server, Watched
from tests.browser.looking import count_entries, entries, shown, soon, soon_is, to_the_end, two_frames
from tests.web.codes import codes_on


@pytest.fixture
def opened(visitor: Watched) -> Watched:
    """A page that is loaded anew by each test: what is left out is left out for as long as a page is open."""
    return visitor


def href(page: Page) -> str:
    """The address as it is now: Playwright's own is as old as the last event that it has looked at."""
    address: str = page.evaluate("() => location.href")
    return address


def query_of(page: Page) -> str:
    return urlsplit(href(page)).query


def stands_at(page: Page, step: int) -> None:
    page.wait_for_function("step => !downhill.player.playing && downhill.player.position === step", arg=step)


def says(page: Page, query: str) -> None:
    assert soon_is(query, query_of, page) == query


def code_on(image: Locator) -> list[str]:
    """What the QR code says that is seen there, as a camera sees it."""
    return codes_on(np.asarray(Image.open(io.BytesIO(image.screenshot())).convert("L")))


# Whether all that is presented lies in the window.
INSIDE = """() => [...document.querySelectorAll('#stage, #transport, #presented, #presented *')].every(node => {
    const { left, top, right, bottom } = node.getBoundingClientRect();
    return left >= 0 && top >= 0 && right <= innerWidth + 0.5 && bottom <= innerHeight + 0.5 })"""

# ── The step


def test_a_link_opens_at_the_step_that_it_names_and_stays_there(opened: Watched) -> None:
    page = opened.load("?steps=60&at=7")
    stands_at(page, 7)
    two_frames(page)
    stands_at(page, 7)
    expect(page.locator("#count")).to_have_text("step 7 of 60")
    assert query_of(page) == "steps=60&at=7"
    page.keyboard.press("ArrowRight")
    says(page, "steps=60&at=8")
    page.reload()
    page.wait_for_function("() => window.downhill?.map_drawn && downhill.walks?.done")
    stands_at(page, 8)
    assert query_of(page) == "steps=60&at=8"


def test_a_step_far_into_a_long_walk_is_waited_for(opened: Watched) -> None:
    query = "landscape=rosenbrock&learning_rate=0.0001&momentum=0&steps=30000&tolerance=0&at=20000"
    page = opened.load(f"?{query}")
    stands_at(page, 20_000)
    assert query_of(page) == query


def test_a_walk_that_plays_has_no_step_in_its_address(moving: Watched) -> None:
    page = moving.show("?steps=400&tolerance=0")
    page.evaluate("() => { document.activeElement.blur(); downhill.player.seek(0); }")
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    assert (
        soon(lambda query: "at=" in query, query_of, page)
        == f"steps=400&tolerance=0&at={page.evaluate('() => downhill.player.shown')}"
    )
    page.keyboard.press("Space")
    says(page, "steps=400&tolerance=0")
    # Nor has one whose film has come to its end by itself.
    page.select_option("#speed", "10")
    page.wait_for_function("() => !downhill.player.playing && downhill.player.position === downhill.player.last")
    page.select_option("#speed", "1")
    two_frames(page)
    assert query_of(page) == "steps=400&tolerance=0"


def test_who_goes_to_the_end_has_the_end_in_the_address_whatever_walk_comes_next(plain: Watched) -> None:
    page = plain.show("?steps=50&tolerance=0")
    to_the_end(page)
    says(page, "steps=50&tolerance=0&at=end")
    page.evaluate("() => document.querySelector('#key-steps').focus()")
    page.locator("#key-steps").fill("80")
    page.keyboard.press("Enter")
    says(page, "steps=80&tolerance=0&at=end")
    stands_at(page, 80)


def test_dragging_along_the_curve_is_one_entry_and_back_plays_again(moving: Watched) -> None:
    page = moving.show("?steps=300&tolerance=0")
    count_entries(page)
    box = page.locator("#scrub").bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 20)
    page.mouse.down()
    for part in range(1, 30):
        page.mouse.move(box["x"] + 40 + part * box["width"] / 40, box["y"] + 20)
    page.mouse.up()
    at = page.evaluate("() => downhill.player.shown")
    says(page, f"steps=300&tolerance=0&at={at}")
    assert entries(page) == 1
    page.go_back()
    page.wait_for_function("() => downhill.player.playing")
    assert query_of(page) == "steps=300&tolerance=0"
    page.go_forward()
    stands_at(page, at)


def test_arrow_keys_in_a_row_are_one_entry(plain: Watched) -> None:
    page = plain.show("?steps=50&tolerance=0")
    count_entries(page)
    page.evaluate("() => document.activeElement.blur()")
    for key in ("Home", "ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    says(page, "steps=50&tolerance=0&at=3")
    assert entries(page) == 1


def test_a_step_after_the_last_shows_the_end_and_says_so_in_one_line(opened: Watched) -> None:
    page = opened.load("?steps=60&tolerance=0&at=500")
    stands_at(page, 60)
    line = page.locator("#beyond")
    expect(line).to_have_text("Step 500 is asked for. The walk has 60 steps: this is its end.")
    says(page, "steps=60&tolerance=0&at=end")
    # It stands in the place of the line that moves, and moves nothing.
    where = "() => [...document.querySelectorAll('.transport > *, .views, .words')].map(node => { const { x, y, width } = node.getBoundingClientRect(); return [x, y, width] })"
    before = page.evaluate(where)
    page.keyboard.press("ArrowLeft")
    expect(line).to_be_hidden()
    after = page.evaluate(where)
    assert [place for place in after if place != [0, 0, 0]] == [
        place for place, then in zip(before, after, strict=True) if then != [0, 0, 0]
    ]


# ── What is shown beside it


def test_the_scale_of_the_curves_is_kept_and_asks_for_no_walk_again(plain: Watched) -> None:
    page = plain.show("?steps=50")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.uncheck("#logarithmic")
    says(page, "steps=50&scale=linear")
    kind = "() => document.getElementById('curves-plot')._fullLayout.yaxis.type"
    assert soon_is("linear", page.evaluate, kind) == "linear"
    assert not [url for url in asked if "/api/descent/stream" in url]
    page.go_back()
    expect(page.locator("#logarithmic")).to_be_checked()
    assert soon_is("log", page.evaluate, kind) == "log"


def test_the_picture_beside_the_map_is_kept(opened: Watched) -> None:
    page = opened.load("?landscape=straight-line&at=3")
    views = page.locator("#views")
    expect(views).to_have_attribute("data-second", "data")
    page.click(".places [data-second=surface]")
    says(page, "landscape=straight-line&at=3&view=surface")
    page.click(".places [data-second=rule]")
    says(page, "landscape=straight-line&at=3&view=rule")
    page.reload()
    expect(page.locator("#other-view #inspector")).to_be_visible()
    page.go_back()
    expect(views).to_have_attribute("data-second", "surface")
    page.click(".places [data-second=data]")
    says(page, "landscape=straight-line&at=3")


def test_the_map_of_learning_rates_comes_when_it_is_named(opened: Watched) -> None:
    page = opened.load("?view=rates&steps=20&resolution=8&map=rates")
    expect(page.locator("#views")).to_have_attribute("data-second", "rates")
    page = opened.load("?view=rates&steps=20")
    expect(page.locator("#views")).to_have_attribute("data-second", "rates")
    says(page, "steps=20&map=rates")


def test_theory_comes_when_it_is_named(opened: Watched) -> None:
    page = opened.load("?view=theory&steps=20&at=3")
    expect(page.locator("#other-view #theory")).to_be_visible()
    says(page, "steps=20&theory=1&at=3&view=theory")


def test_guess_first_is_part_of_the_link(opened: Watched) -> None:
    page = opened.load("?steps=50&at=3&guess_first=1")
    expect(page.locator("#guess")).to_be_checked()
    expect(page.locator("#message")).to_have_text("", use_inner_text=True)
    page.uncheck("#guess")
    says(page, "steps=50&at=3")
    for line in shown(page)["summary"]["message"].split("\n"):
        expect(page.locator("#words")).to_contain_text(line)


def test_it_stands_beside_the_keys_that_were_there_before(opened: Watched) -> None:
    query = "axis=evaluations&theory=1&map=basins&resolution=16&at=5&view=theory&scale=linear&run=adam"
    page = opened.load(f"?{query}")
    stands_at(page, 5)
    expect(page.locator("#axis input[value=evaluations]")).to_be_checked()
    expect(page.locator("#theory-on")).to_be_checked()
    expect(page.locator("#other-view #theory")).to_be_visible()
    expect(page.locator("#logarithmic")).not_to_be_checked()
    page.wait_for_function("() => downhill.maps.shown?.done")
    assert query_of(page) == query


# ── What is left out

# Where each part is, as a person finds it.
PLACES = {
    "landscape": ["#landscape"],
    "optimizer": ["#key-optimizer"],
    "step-size": ["#slide-learning_rate", "#key-learning_rate"],
    "momentum": ["#slide-momentum", "#key-momentum"],
    "restarts": ["#slide-restarts", "#key-restarts"],
    "more": ["#settings"],
    "surface": [".places [data-second=surface]", "#surface"],
    "curves": ["#tabs [data-tab=curves]", "#walk-curves"],
    "rule": [".places [data-second=rule]", "#tabs [data-tab=rule]", "#inspector"],
    "maps": [".places [data-second=rates]", "#tabs [data-tab=basins]", "#tabs [data-tab=rates]", "#maps"],
    "race": ["#tabs [data-tab=race]", "#runs", "#race"],
    "table": ["#tabs [data-tab=table]", "#steps"],
    "sentence": ["#message", "#guess"],
    "share": ["#share"],
}


@pytest.mark.parametrize("first", [True, False])
def test_what_is_left_out_is_nowhere_and_the_rest_is_there(opened: Watched, first: bool) -> None:
    parts = list(PLACES)
    hidden = parts[::2] if first else parts[1::2]
    page = opened.load(f"?hide={','.join(hidden)}&run=adam&at=5")
    page.click("#tabs [data-tab=all]")
    for part, places in PLACES.items():
        for place in places:
            if part in hidden:
                expect(page.locator(place), part).not_to_be_visible()
            else:
                expect(page.locator(place), part).to_be_visible()
    says(page, f"at=5&hide={','.join(hidden)}&run=adam")


def test_a_hidden_part_is_not_fetched_nor_drawn(browser: Browser, server: Server) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    watched = Watched(context, server)
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page = watched.load("?hide=surface,curves,maps,race&map=basins&starts=4&run=adam&steps=30&at=5")
    page.wait_for_function("() => document.querySelector('#map-plot .main-svg') && downhill.ready")
    page.click("#tabs [data-tab=all]")
    two_frames(page)
    assert not [path for path in asked if path.startswith(("/api/maps", "/api/descent/race"))]
    assert page.locator("#surface-plot > *").count() == page.locator("#curves-plot > *").count() == 0
    assert page.evaluate("() => downhill.maps.kind") is None
    # The map has the room of both; the stage is as high as ever.
    box, stage = page.locator("#map").bounding_box(), page.locator("#views").bounding_box()
    assert box
    assert stage
    assert box["width"] == pytest.approx(stage["width"], abs=1)
    watched.load("?steps=30&at=5")
    whole = page.locator("#views").bounding_box()
    assert whole
    assert (whole["y"], whole["height"]) == (stage["y"], stage["height"])
    assert watched.complaints == []
    context.close()


def test_a_hidden_dial_has_no_key(opened: Watched) -> None:
    page = opened.load("?hide=step-size,restarts&momentum=0.85&steps=50&at=5")
    settings = "() => [downhill.walks.request.learning_rate, downhill.walks.request.restarts]"
    before = page.evaluate(settings)
    page.evaluate("() => document.activeElement.blur()")
    for key in ("q", "a", "e", "d"):
        page.keyboard.press(key)
    page.keyboard.press("?")
    keys = page.locator("#keys dt:visible").all_inner_texts()
    assert not [text for text in keys if text.split()[0] in "QE"]
    assert [text for text in keys if text.split()[0] == "W"]
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.wait_for_function("() => downhill.walks.request.momentum < 0.85")
    assert page.evaluate(settings) == before


def test_with_everything_left_out_it_still_walks_and_prints(opened: Watched) -> None:
    page = opened.load(f"?hide={','.join(PLACES)}&map=rates&theory=1&run=adam")
    page.keyboard.press("End")
    stands_at(page, page.evaluate("() => downhill.walks.last"))
    page.evaluate("() => { dispatchEvent(new Event('beforeprint')); dispatchEvent(new Event('afterprint')) }")
    page.set_viewport_size({"width": 390, "height": 844})
    assert soon_is(390, page.evaluate, "() => document.documentElement.scrollWidth") == 390
    page.set_viewport_size({"width": 1440, "height": 900})
    assert opened.complaints == []


def test_a_lesson_is_itself_however_it_is_shown(opened: Watched) -> None:
    page = opened.load("lessons/by-hand?hide=maps,surface&at=2")
    assert page.evaluate("() => downhill.walks.query") == LESSONS["by-hand"].query
    assert href(page).endswith("/lessons/by-hand?at=2&hide=surface,maps")
    expect(page.locator("#lesson")).to_be_visible()
    expect(page.locator(".places [data-second=surface]")).not_to_be_visible()
    # So are the lessons that it leads to.
    for way in ("prev", "next"):
        address = page.locator(f"#lesson a[rel={way}]").get_attribute("href")
        assert address
        assert address.endswith("?hide=surface,maps")
    page.keyboard.press("Space")
    assert soon(lambda url: "at=" not in url, href, page).endswith("/lessons/by-hand?hide=surface,maps")


def test_what_is_no_part_is_one_line_with_the_likely_link_and_the_rest_is_hidden(opened: Watched) -> None:
    page = opened.load("?hide=curves,step_size,walls&later=1")
    notice = page.locator(".notice")
    expect(notice).to_have_count(1)
    expect(notice).to_contain_text("step_size and walls are no parts of the page.")
    expect(notice.locator("a")).to_have_text("hide=step-size,curves")
    expect(page.locator("#walk-curves")).not_to_be_visible()
    expect(page.locator("#slide-learning_rate")).to_be_visible()
    notice.locator("a").click()
    expect(page.locator("#slide-learning_rate")).not_to_be_visible()
    expect(page.locator(".notice")).to_have_count(0)


@pytest.mark.parametrize(
    "query", ["at=30&view=surface", "landscape=logistic&at=3&view=data", "at=30&view=theory&theory=1"]
)
def test_a_phone_shows_the_view_that_its_address_names_also_after_back_and_forward(
    phone_visitor: Watched, query: str
) -> None:
    page = phone_visitor.load(f"?{query}")
    view = query.partition("view=")[2].partition("&")[0]
    views = page.locator("#views")
    expect(views).to_have_attribute("data-second", view)
    assert f"view={view}" in query_of(page)
    page.tap(".places [data-second=map]")
    expect(views).to_have_attribute("data-second", "map")
    assert "view=" not in query_of(page)
    page.go_back()
    expect(views).to_have_attribute("data-second", view)
    page.go_forward()
    expect(views).to_have_attribute("data-second", "map")
    # What is chosen on it is in its address and in the link that it gives.
    page.tap(".places [data-second=rule]")
    assert soon(lambda text: "view=rule" in text, query_of, page)
    page.tap("#share")
    assert "view=rule" in page.locator("#sharing-link").input_value()


# ── Share and Present


def test_share_offers_what_is_seen_the_start_and_the_code_of_each(opened: Watched) -> None:
    page = opened.load("?steps=60&at=7&scale=linear")
    page.click("#share")
    link, code = page.locator("#sharing-link"), page.locator("#sharing-code img")
    assert link.input_value() == href(page)
    expect(code).to_be_visible()
    assert soon_is([href(page)], code_on, code) == [href(page)]
    page.check("#sharing input[value=start]")
    start = f"{opened.server.address}/?steps=60&scale=linear"
    assert link.input_value() == start
    assert soon_is([start], code_on, code) == [start]
    page.click("#sharing summary")
    page.check("#sharing-parts input[value=maps]")
    page.check("#sharing-parts input[value=more]")
    wanted = f"{start}&hide=more,maps"
    assert link.input_value() == wanted
    assert soon_is([wanted], code_on, code) == [wanted]
    # The page itself is as it was.
    assert query_of(page) == "steps=60&at=7&scale=linear"
    page.keyboard.press("Escape")
    expect(page.locator("#share")).to_be_focused()


def test_share_offers_the_end_where_the_film_has_ended_by_itself(moving: Watched) -> None:
    page = moving.show("?steps=40&tolerance=0")
    page.click("#tabs [data-tab=curves]")
    page.select_option("#speed", "10")
    page.click("#to-start")
    page.click("#play")
    page.wait_for_function("() => !downhill.player.playing && downhill.player.position === downhill.player.last")
    says(page, "steps=40&tolerance=0")
    page.click("#share")
    link = page.locator("#sharing-link")
    expect(page.locator("#sharing-seen")).to_have_text("standing at its end")
    assert link.input_value().endswith("/?steps=40&tolerance=0&at=end")
    page.check("#sharing input[value=start]")
    assert link.input_value().endswith("/?steps=40&tolerance=0")
    page.check("#sharing input[value=seen]")
    expect(page.locator("#sharing-unlinked")).to_have_text("In no link: the speed 10×.")
    page.click("#sharing-close")
    page.select_option("#speed", "1")


def test_share_says_what_is_in_no_link_where_it_is_not_as_usual(plain: Watched) -> None:
    page = plain.show("?steps=40", "at=7")
    page.click("#tabs [data-tab=curves]")
    unlinked = page.locator("#sharing-unlinked")
    page.click("#share")
    expect(unlinked).to_have_text("")
    page.click("#sharing-close")
    page.click("#tabs [data-tab=rule]")
    page.check("#all-digits")
    page.check("#loop")
    page.uncheck("#arrows input[value=velocity]")
    page.click("#share")
    expect(unlinked).to_have_text(
        "In no link: that “kept velocity” is not drawn, the loop, all digits, the tab “Update rule” below."
    )
    page.click("#sharing-close")


def test_an_address_that_no_code_holds_is_said_where_the_code_would_be(opened: Watched) -> None:
    runs = "&".join(["run=adam,name:" + "%E2%88%87" * 40] * 8)
    page = opened.load(f"?steps=20&at=3&{runs}")
    opened.expected = ("422",)
    page.click("#share")
    expect(page.locator("#sharing-code .said")).to_contain_text("a QR code holds 2953")
    expect(page.locator("#sharing-code img")).not_to_be_visible()
    page.keyboard.press("Escape")


def test_present_shows_the_stage_alone_with_the_code_of_this_very_link(opened: Watched) -> None:
    page = opened.load("?learning_rate=0.3&steps=60&at=7")
    page.focus("#key-learning_rate")
    before = page.evaluate(
        "() => parseFloat(getComputedStyle(document.querySelector('#map-plot .xtick text')).fontSize)"
    )
    page.evaluate("() => document.activeElement.blur()")
    page.focus("#present")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.keyboard.press("p")
    expect(page.locator("#stage")).to_be_focused()
    for part in ("#side", "#below", ".bar"):
        expect(page.locator(part)).not_to_be_visible()
    for part in ("#map", "#message", "#scrubber"):
        expect(page.locator(part)).to_be_visible()
    code = page.locator("#presented-code img")
    assert soon_is([href(page)], code_on, code) == [href(page)]
    ticks = "() => parseFloat(getComputedStyle(document.querySelector('#map-plot .xtick text')).fontSize)"
    assert soon(lambda size: size >= 1.4 * before, page.evaluate, ticks) >= 1.4 * before
    assert page.evaluate(INSIDE)
    # The keys go on working, and the code follows, a few times a second at the most.
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    says(page, "learning_rate=0.3&steps=60&at=15")
    assert soon_is([href(page)], code_on, code) == [href(page)]
    assert 2 <= len([path for path in asked if path == "/qr.svg"]) <= 4
    page.keyboard.press("a")
    page.wait_for_function("() => downhill.walks.request.learning_rate < 0.3")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).not_to_be_visible()
    expect(page.locator(".bar")).not_to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".bar")).to_be_visible()
    expect(page.locator("#present")).to_be_focused()
    shown_before = len(asked)
    page.keyboard.press("ArrowRight")
    two_frames(page)
    assert "/qr.svg" not in asked[shown_before:]
    assert soon(lambda size: size == before, page.evaluate, ticks) == before
    assert opened.complaints == []


def test_present_fits_a_phone(phone_visitor: Watched) -> None:
    page = phone_visitor.load("?steps=60&at=7")
    page.locator("#export summary").tap()
    page.locator("#export [data-present]").tap()
    code = page.locator("#presented-code img")
    assert soon_is([href(page)], code_on, code) == [href(page)]
    assert page.evaluate(INSIDE)
    boxes = [page.locator(part).bounding_box() for part in ("#words", "#map", "#transport", "#presented")]
    tops = [box["y"] for box in boxes if box]
    assert tops == sorted(tops)
    assert len(tops) == 4
    for above, below in pairwise(boxes):
        assert above
        assert below
        assert above["y"] + above["height"] <= below["y"] + 1
    page.locator("#present-leave").tap()
    expect(page.locator(".bar")).to_be_visible()
