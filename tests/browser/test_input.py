"""What hands do to controls: numbers as people type them, keys, swipes, and that nothing moves away under the pointer."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.looking import soon, soon_is

pytestmark = pytest.mark.browser


def wanted(page: Page, key: str) -> Any:
    """What the picture is made with."""
    return page.evaluate("key => downhill.walks.request[key]", key)


def type_in(page: Page, field: str, text: str) -> None:
    page.fill(f"#key-{field}", text)
    page.press(f"#key-{field}", "Enter")


# Between them they have every number field that there is.
EVERYTHING = (
    "restarts=2&patience=5",
    "landscape=straight-line&optimizer=adamw&schedule=one-cycle",
    "optimizer=rmsprop&schedule=step",
    "optimizer=line-search",
)


def number_fields(page: Page) -> list[str]:
    fields: list[str] = page.evaluate(
        "() => [...document.querySelectorAll('#controls [role=spinbutton]')].map(input => input.id.replace('key-', ''))"
    )
    return fields


# The fields of each of these addresses that has been opened: it has the same ones when it is opened again.
OPENED: dict[str, list[str]] = {}


def fields_first_seen(plain: Watched, query: str) -> list[str]:
    """Open one of these addresses, and list its fields that no address before it has."""
    earlier: set[str] = set()
    for before in EVERYTHING[: EVERYTHING.index(query)]:
        if before not in OPENED:
            OPENED[before] = number_fields(plain.show(f"?{before}"))
        earlier.update(OPENED[before])
    OPENED[query] = number_fields(plain.show(f"?{query}"))
    fields = [field for field in OPENED[query] if field not in earlier]
    assert fields
    return fields


# ---------------------------------------------------------------- numbers as people type them


@pytest.mark.parametrize(
    ("typed", "value"), [("0,05", 0.05), ("0.05", 0.05), ("1/3", 1 / 3), ("1e-3", 0.001), ("2,5e-2", 0.025)]
)
def test_comma_and_point_fractions_and_powers_are_what_they_mean(plain: Watched, typed: str, value: float) -> None:
    type_in(plain.page, "learning_rate", typed)
    assert soon_is(value, wanted, plain.page, "learning_rate") == value
    expect(plain.page).to_have_url(re.compile(re.escape(f"learning_rate={value!r}")))
    assert plain.page.locator(".trouble").count() == 0


@pytest.mark.parametrize("query", EVERYTHING)
def test_every_number_field_takes_a_comma_and_says_beside_it_what_it_does_not_understand(
    plain: Watched, query: str
) -> None:
    page = plain.page
    for field in fields_first_seen(plain, query):
        key, axis = {"start": ("start", 0), "start-y": ("start", 1)}.get(field, (field, None))
        before = wanted(page, key)
        address = page.url
        type_in(page, field, "0,x")
        note = page.locator(f".field:has(#key-{field}) .trouble")
        expect(note).to_have_text(re.compile("^“0,x” is not understood"))
        expect(page.locator(f"#key-{field}")).to_have_attribute("aria-invalid", "true")
        assert (wanted(page, key), page.url) == (before, address), field
        assert page.input_value(f"#key-{field}") == "0,x", "what was typed is there to be mended"
        # The same number with a comma: it is understood, and the note is gone.
        shown = repr(before if axis is None else before[axis]).replace(".", ",")
        type_in(page, field, shown if "," in shown or "e" in shown else f"{shown},0")
        expect(note).to_have_count(0)
        assert wanted(page, key) == before, field
        page.locator(f"#key-{field}").blur()


def test_an_empty_field_means_the_default_and_half_an_empty_start_too(plain: Watched) -> None:
    page = plain.show("?start=1,1&learning_rate=0.1&seed=9")
    for field, key, default in (("learning_rate", "learning_rate", 0.2), ("seed", "seed", 0)):
        type_in(page, field, " ")
        assert soon_is(default, wanted, page, key) == default
    type_in(page, "start", "")
    assert soon_is([-3.2, 1], wanted, page, "start") == [-3.2, 1]


def test_a_thousand_is_never_taken_for_one(plain: Watched) -> None:
    type_in(plain.page, "steps", "1,000")
    expect(plain.page.locator(".field:has(#key-steps) .trouble")).to_contain_text("is not understood")
    assert wanted(plain.page, "steps") == 200


def test_an_answer_to_something_else_does_not_take_away_what_is_being_typed(plain: Watched) -> None:
    page = plain.page
    page.locator("#key-learning_rate").press_sequentially("7")
    typed = page.input_value("#key-learning_rate")
    page.evaluate("() => document.getElementById('slide-momentum').dispatchEvent(new Event('change'))")
    page.evaluate("() => document.querySelector('[data-key=seed] .row button').click()")
    page.wait_for_function("() => downhill.walks.done && downhill.walks.request.seed > 0")
    assert page.input_value("#key-learning_rate") == typed
    # It is read when it is left.
    page.locator("#key-learning_rate").blur()
    assert soon_is(float(typed), wanted, page, "learning_rate") == float(typed)


def test_what_is_wrong_and_what_the_server_refuses_stay_beside_their_fields(plain: Watched) -> None:
    page = plain.show("?momentum=0.9")
    plain.expected = ("422",)
    type_in(page, "momentum", "abc")
    type_in(page, "learning_rate", "-5")
    expect(page.locator(".field:has(#key-learning_rate) .trouble")).to_contain_text("out of range")
    expect(page.locator(".field:has(#key-momentum) .trouble")).to_contain_text("“abc”")
    type_in(page, "learning_rate", "0,3")
    expect(page.locator(".field:has(#key-learning_rate) .trouble")).to_have_count(0)
    expect(page.locator(".field:has(#key-momentum) .trouble")).to_contain_text("“abc”")
    assert (wanted(page, "momentum"), page.input_value("#key-momentum")) == (0.9, "abc")
    # Whatever brings another number to the field takes both away.
    page.locator("#slide-momentum").press("ArrowRight")
    expect(page.locator(".trouble")).to_have_count(0)
    assert soon_is(0.901, wanted, page, "momentum") == 0.901


# ---------------------------------------------------------------- keys


@pytest.mark.parametrize("query", EVERYTHING)
def test_an_arrow_key_in_a_field_is_one_step_of_its_slider(plain: Watched, query: str) -> None:
    page = plain.page
    sliders = [field for field in fields_first_seen(plain, query) if page.locator(f"#slide-{field}").count()]
    assert sliders
    for field in sliders:
        before = wanted(page, field)
        page.press(f"#key-{field}", "ArrowUp")
        by_field = float(page.input_value(f"#key-{field}"))
        type_in(page, field, repr(before))
        page.press(f"#slide-{field}", "ArrowRight")
        assert float(page.input_value(f"#key-{field}")) == pytest.approx(by_field, rel=1e-5), field
        # A slider has 1000 steps: one is never a tenth of it, except where its numbers are whole and few.
        if by_field != int(by_field):
            assert abs(by_field - before) <= max(0.011 * abs(before), 0.0101), field
        type_in(page, field, repr(before))


def test_a_page_key_is_ten_arrow_keys(plain: Watched) -> None:
    page = plain.show("?learning_rate=0.1")
    for _ in range(10):
        page.press("#key-learning_rate", "ArrowUp")
    ten = page.input_value("#key-learning_rate")
    type_in(page, "learning_rate", "0.1")
    page.press("#key-learning_rate", "PageUp")
    assert page.input_value("#key-learning_rate") == ten


def test_keys_stay_inside_the_range(plain: Watched) -> None:
    page = plain.show("?momentum=0.998")
    for _ in range(3):
        page.press("#key-momentum", "PageUp")
    most = page.input_value("#key-momentum")
    page.press("#key-momentum", "ArrowUp")
    assert page.input_value("#key-momentum") == most
    page.press("#slide-momentum", "End")
    assert page.input_value("#key-momentum") == most
    page.press("#key-restarts", "PageDown")
    assert page.input_value("#key-restarts") == "0"
    for _ in range(3):
        page.press("#key-start", "PageUp")
    for _ in range(9):
        page.press("#key-start", "PageUp")
    assert soon_is(4.0, lambda: wanted(page, "start")[0]) == 4.0
    assert page.locator(".trouble").count() == 0


def test_a_slider_of_whole_numbers_does_not_stand_still_under_its_keys(plain: Watched) -> None:
    page = plain.page
    for expected in (2, 3, 4):
        page.press("#slide-starts", "ArrowRight")
        assert soon_is(expected, wanted, page, "starts") == expected


# ---------------------------------------------------------------- the address, when the browser refuses it


@pytest.mark.parametrize("refusal", ["throw new DOMException('too often', 'SecurityError')", "return"])
def test_a_history_that_refuses_leaves_no_part_of_the_page_behind(plain: Watched, refusal: str) -> None:
    page = plain.show("?steps=50")
    page.evaluate(
        f"""() => {{ window.refuses = true; for (const name of ['pushState', 'replaceState']) {{
            const real = History.prototype[name];
            history[name] = function (...all) {{ if (window.refuses) {{ {refusal} }} real.apply(history, all) }} }} }}"""
    )
    page.focus("#key-learning_rate")
    for _ in range(6):
        page.keyboard.press("ArrowUp")
    rate = float(page.input_value("#key-learning_rate"))
    assert rate > 0.2
    plain.settled(f"learning_rate={rate}&steps=50")
    assert wanted(page, "learning_rate") == rate
    expect(page.locator("#failure")).to_be_hidden()
    expect(page.locator("#moving")).to_contain_text(f"learning rate {rate}")
    assert page.url.endswith("?steps=50")
    page.evaluate("() => { window.refuses = false }")
    expect(page).to_have_url(re.compile(re.escape(f"learning_rate={rate}&steps=50")))
    page.evaluate("() => { delete history.pushState; delete history.replaceState }")


def test_a_key_that_is_held_writes_the_address_at_most_three_times_a_second(plain: Watched) -> None:
    page = plain.page
    page.evaluate(
        """() => { window.written = []; for (const name of ['pushState', 'replaceState'])
            history[name] = (...all) => { window.written.push(performance.now()); History.prototype[name].apply(history, all) } }"""
    )
    page.focus("#slide-learning_rate")
    for _ in range(60):
        page.keyboard.down("ArrowRight")
        page.wait_for_timeout(25)
    page.keyboard.up("ArrowRight")
    rate = float(page.input_value("#key-learning_rate"))
    expect(page).to_have_url(re.compile(re.escape(f"learning_rate={rate}")))
    times = page.evaluate("() => { delete history.pushState; delete history.replaceState; return window.written }")
    assert len(times) >= 2
    assert all(sum(begin <= time < begin + 1000 for time in times) <= 3 for begin in times)


# ---------------------------------------------------------------- swipes


def swipe(page: Page, selector: str, dx: float, dy: float, at: float = 0.5, fingers: int = 1) -> None:
    """A finger, or two beside each other, from a place in an element; the browser decides what that means."""
    box = page.locator(selector).bounding_box()
    assert box
    x, y = box["x"] + at * box["width"], box["y"] + box["height"] / 2
    session = page.context.new_cdp_session(page)

    def touch(kind: str, part: float) -> None:
        points = [{"x": x + 40 * finger + part * dx, "y": y + part * dy, "id": finger} for finger in range(fingers)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points if kind != "touchEnd" else []})

    touch("touchStart", 0)
    for k in range(1, 11):
        touch("touchMove", k / 10)
        page.wait_for_timeout(16)
    touch("touchEnd", 1)
    page.wait_for_timeout(300)
    session.detach()


def scrolled(page: Page) -> list[float]:
    """How far the page and the sheet with the settings are scrolled."""
    tops: list[float] = page.evaluate("() => [scrollY, document.querySelector('.sheet').scrollTop]")
    return tops


def bring(page: Page, key: str) -> None:
    """Show a slider: that of a dial by its button, any other in the sheet that is opened for it."""
    pick = page.locator(f"#dials .field[data-key={key}] .pick")
    in_sheet = pick.count() == 0
    if page.locator("#more").get_attribute("open") is None if in_sheet else page.locator("#more[open]").count():
        page.evaluate("() => { const more = document.getElementById('more'); more.open = !more.open }")
    if not in_sheet and pick.is_visible():
        pick.tap()
    in_the_middle(page, f"#slide-{key}")


def in_the_middle(page: Page, selector: str) -> None:
    page.evaluate("selector => document.querySelector(selector).scrollIntoView({ block: 'center' })", selector)
    page.wait_for_timeout(100)


def test_a_swipe_that_begins_on_a_slider_scrolls_and_leaves_the_value(phone: Watched) -> None:
    page = phone.page
    keys = [key for key in number_fields(page) if page.locator(f"#slide-{key}").count()]
    assert {"momentum", "learning_rate", "restarts", "steps"} <= set(keys)
    entries = page.evaluate("() => history.length")
    for key in keys:
        bring(page, key)
        before, text = page.evaluate("() => downhill.walks.request"), page.input_value(f"#key-{key}")
        position, tops = page.input_value(f"#slide-{key}"), scrolled(page)
        # One of the two ways there is room to scroll; the finger lands where the slider would jump to another value.
        swipe(page, f"#slide-{key}", 4, -110, at=0.15)
        swipe(page, f"#slide-{key}", 0, -60, at=0.85)
        assert page.evaluate("() => downhill.walks.request") == before, key
        assert (page.input_value(f"#key-{key}"), page.input_value(f"#slide-{key}")) == (text, position), key
        if key == "momentum":
            assert scrolled(page) != tops, "the swipe scrolls"
    assert page.evaluate("() => history.length") == entries
    bring(page, "momentum")
    swipe(page, "#slide-momentum", -80, 4, at=0.85)
    page.wait_for_function("() => downhill.walks.done && downhill.walks.request.momentum < 0.75")
    momentum = wanted(page, "momentum")
    # A tap is meant as well.
    page.locator("#slide-momentum").tap(position={"x": 30, "y": 20})
    page.wait_for_function("before => downhill.walks.request.momentum < before - 0.3", arg=momentum)


def test_a_drag_that_the_browser_takes_away_brings_the_value_from_before_back(plain: Watched) -> None:
    page = plain.show("?momentum=0.9")
    page.locator("#slide-momentum").scroll_into_view_if_needed()
    box = page.locator("#slide-momentum").bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + box["height"] / 2, steps=4)
    page.wait_for_function("() => downhill.walks.request.momentum < 0.4")
    page.evaluate("() => document.getElementById('slide-momentum').dispatchEvent(new PointerEvent('pointercancel'))")
    assert soon_is(0.9, wanted, page, "momentum") == 0.9
    page.mouse.up()
    page.wait_for_timeout(200)
    assert (wanted(page, "momentum"), page.input_value("#key-momentum")) == (0.9, "0.9")


def test_a_swipe_on_the_scrubber_leaves_the_step(phone: Watched) -> None:
    page = phone.page
    page.locator("#scrub").fill("30")
    for way in (-120, 80):
        swipe(page, "#scrub", 0, way, at=0.8)
        assert page.evaluate("() => downhill.player.shown") == 30
        expect(page.locator("#scrub")).to_have_value("30")
    swipe(page, "#scrub", 60, 0, at=0.5)
    assert page.evaluate("() => downhill.player.shown") > 60


def test_the_ring_on_a_curve_goes_sideways_and_lets_the_page_scroll(phone: Watched) -> None:
    page = phone.show("?landscape=two-minima")
    start, top = wanted(page, "start"), scrolled(page)[0]
    swipe(page, "#handle", 0, -100)
    assert scrolled(page)[0] > top
    assert wanted(page, "start") == start
    swipe(page, "#handle", 60, 0)
    page.wait_for_function("before => downhill.walks.request.start[0] > before + 0.3", arg=start[0])


EYE = "() => { const { x, y, z } = document.getElementById('surface-plot')._fullLayout.scene._scene.getCamera().eye; return [x, y, z] }"
# How far the overlay places the start from where the scene's camera has it now, in pixels.
OFF = """async () => { const { surfaceFrame } = await import(document.querySelector('script[src*="/page.js"]').src.replace('page.js', 'js/figures/plotly.js'));
    const walk = downhill.walks.all[0]; const { loss, x, y } = document.getElementById('surface-plot').data[0].z ? { loss: document.getElementById('surface-plot').data[0].z,
      x: document.getElementById('surface-plot').data[0].x, y: document.getElementById('surface-plot').data[0].y } : {};
    const at = frame => { const { x, y } = frame.project(walk.x[0], walk.y[0], walk.loss[0]); return [x, y] };
    const [one, other] = [at(downhill.overlays.surface.frame), at(surfaceFrame(document.getElementById('surface-plot'), { x, y, loss }))];
    return Math.hypot(one[0] - other[0], one[1] - other[1]) }"""


@pytest.mark.full
def test_a_vertical_swipe_on_the_surface_scrolls_and_a_horizontal_one_turns_it_with_the_walk(
    phone_with_surface: Watched,
) -> None:
    page = phone_with_surface.page
    page.tap(".places [data-second=surface]")
    in_the_middle(page, "#surface")
    page.wait_for_function(
        "() => downhill.scene_drawn && document.getElementById('surface-plot')._fullLayout.scene?._scene"
    )
    page.wait_for_timeout(1000)
    eye, top = page.evaluate(EYE), scrolled(page)[0]
    swipe(page, "#surface-plot", 0, -120)
    assert scrolled(page)[0] > top + 60
    assert page.evaluate(EYE) == eye
    for dx, dy, fingers in ((100, 10, 1), (0, 60, 2)):
        in_the_middle(page, "#surface")
        eye, top = page.evaluate(EYE), scrolled(page)[0]
        swipe(page, "#surface-plot", dx, dy, fingers=fingers)
        assert scrolled(page)[0] == top
        assert soon(lambda seen, before=eye: seen != before, page.evaluate, EYE) != eye
        # Also when the turning has come to rest, some frames after the finger has left.
        page.wait_for_timeout(600)
        assert page.evaluate(OFF) < 1


# ---------------------------------------------------------------- nothing moves away

# In every frame: how far the page is scrolled, and where the control is.
WATCH = """selector => { window.seen = []; window.watching = true; const look = () => { if (!window.watching) return;
    const box = document.querySelector(selector).getBoundingClientRect(); window.seen.push([scrollY, box.top, box.left]);
    requestAnimationFrame(look) }; look() }"""


def use(page: Page, selector: str) -> None:
    """Change a control with the mouse, in small moves where it is a slider; a menu's list is no part of the page."""
    box = page.locator(selector).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    kind = page.evaluate("selector => document.querySelector(selector).type", selector)
    if kind == "range":
        part = page.evaluate(
            "s => { const e = document.querySelector(s); return (e.value - e.min) / (e.max - e.min) }", selector
        )
        x = box["x"] + 9 + part * (box["width"] - 18)
        page.mouse.move(x, y)
        page.mouse.down()
        for k in range(1, 6):
            page.mouse.move(x + (12 if part < 0.5 else -12) * k, y)
            page.wait_for_timeout(80)
        page.mouse.up()
    elif kind == "select-one":
        page.evaluate("selector => document.querySelector(selector).focus({ preventScroll: true })", selector)
        page.select_option(
            selector,
            index=page.evaluate(
                "s => { const e = document.querySelector(s); return (e.selectedIndex + 2) % e.options.length }",
                selector,
            ),
        )
    else:
        page.mouse.click(x, y)


@pytest.mark.parametrize(
    ("query", "selectors"),
    [
        (
            "",
            "#slide-restarts #slide-warmup #slide-patience #slide-shape #slide-starts #key-optimizer #key-schedule #key-goal "
            "#scrub #speed #loop #theory-on #logarithmic #all-digits #arrows&input[value=gradient] .runs&.add",
        ),
        pytest.param(
            "restarts=3&patience=9",
            "#slide-restarts #slide-patience #slide-floor #key-schedule #key-optimizer",
            marks=pytest.mark.full,
        ),
        (
            "landscape=straight-line&run=adam",
            "#map-kind&input[value=basins] #map-kind&input[value=rates] #map-kind&input[value=''] #run #slide-batch #key-optimizer",
        ),
        ("map=rates&run=adam", "#map-run #map-resolution #axis&input[value=evaluations] #axis&input[value=step]"),
    ],
)
def test_a_control_in_use_stays_under_the_pointer_and_the_page_where_it_is(
    moving: Watched, query: str, selectors: str
) -> None:
    page = moving.show(f"?{query}")
    for selector in selectors.replace("'", '"').split():
        selector = selector.replace("&", " ")
        page.evaluate(
            """selector => { const node = document.querySelector(selector); const box = node.getBoundingClientRect();
                if (box.top < 0 || box.bottom > innerHeight) node.scrollIntoView({ block: 'center' }) }""",
            selector,
        )
        page.wait_for_timeout(300)
        page.evaluate(WATCH, selector)
        use(page, selector)
        page.wait_for_timeout(900)
        seen = page.evaluate("() => { window.watching = false; return window.seen }")
        assert len(seen) > 10
        for place, name in enumerate(("scroll", "top", "left")):
            assert max(abs(now[place] - seen[0][place]) for now in seen) <= 0.5, (selector, name)


def test_restarts_dragged_from_zero_bring_their_controls_below(moving: Watched) -> None:
    page = moving.page
    page.locator("#slide-restarts").scroll_into_view_if_needed()
    use(page, "#slide-restarts")
    for key in ("#key-schedule", "#key-floor", "#key-growth", "#sketch"):
        page.wait_for_selector(key, state="attached")
        assert page.evaluate(
            "key => document.querySelector(key).getBoundingClientRect().top > document.querySelector('#slide-restarts').getBoundingClientRect().top",
            key,
        ), key
    assert page.evaluate("() => document.activeElement.id") == "slide-restarts"
    assert page.evaluate("() => scrollY") == 0


@pytest.mark.parametrize("which", ["moving", "phone"])
def test_what_was_copied_is_said_in_the_button_and_covers_nothing(which: str, request: pytest.FixtureRequest) -> None:
    watched: Watched = request.getfixturevalue(which)
    page = watched.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    # A closed menu has a place only since it was last asked for it.
    places = "() => [...document.querySelectorAll('.bar *, #map, .transport .buttons button, #scrub')].filter(node => !node.closest('details:not([open]) > .list')).map(node => { const { x, y, width } = node.getBoundingClientRect(); return [x, y, width] })"
    before = page.evaluate(places)
    page.click("#share")
    page.click("#sharing-copy")
    expect(page.locator("#sharing-copy")).to_have_text("Copied")
    expect(page.locator("#toast")).to_have_text("The link to this picture is copied.")
    assert page.evaluate(places) == before
    box = page.locator("#toast").bounding_box()
    assert box
    assert box["width"] <= 1
    # Behind the dialog the film may have come to its end.
    assert page.evaluate("() => navigator.clipboard.readText()").removesuffix("?at=end") == page.url
    expect(page.locator("#sharing-copy")).to_have_text("Copy link")


def test_what_is_drawn_is_as_fine_as_the_screen_when_only_that_changes(plain: Watched) -> None:
    page = plain.show("?landscape=straight-line&map=basins&resolution=64")
    # Under data nothing is painted but what a network says.
    fine = """() => [...document.querySelectorAll('.over:not(#ground, #data-under) canvas')].filter(node => node.getBoundingClientRect().width > 0)
        .map(node => Math.round(100 * node.width / node.getBoundingClientRect().width) / 100)"""
    page.wait_for_function("() => downhill.maps.shown?.done")
    session = page.context.new_cdp_session(page)
    try:
        for density in (2, 1.5, 1):
            session.send(
                "Emulation.setDeviceMetricsOverride",
                {"width": 1440, "height": 900, "deviceScaleFactor": density, "mobile": False},
            )
            seen = soon(lambda all_of, one=density: all(abs(each - one) < 0.02 for each in all_of), page.evaluate, fine)
            assert len(seen) >= 5
            assert seen == pytest.approx([density] * len(seen), abs=0.02)
            # The tints of the ground change so little that they have every second pixel of the page, on any screen.
            assert page.evaluate(fine.replace(":not(#ground, #data-under)", "#ground")) == pytest.approx(
                [0.5], abs=0.02
            )
    finally:
        session.send("Emulation.clearDeviceMetricsOverride")
        page.set_viewport_size({"width": 1440, "height": 900})
