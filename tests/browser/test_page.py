"""The page in a real Chromium, as a person uses it."""

import base64
import math
import re
from collections.abc import Iterator
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Playwright, expect

from app.lessons import LESSONS
from tests.browser.conftest import EXECUTABLE, FLAGS, Server, Watched, without_scene
from tests.browser.looking import (
    HEADS,
    TRAILS,
    api,
    choose,
    count_entries,
    entries,
    painted,
    place_of,
    set_arrows,
    shown,
    soon,
    soon_is,
    to_the_end,
    two_frames,
)
from tests.products import some

pytestmark = pytest.mark.browser


def test_the_picture_is_in_the_page_that_is_sent(server: Server) -> None:
    with urlopen(server.address, timeout=10) as response:
        html = response.read().decode()
    first = html[html.index('id="first"') : html.index('id="map-plot"')]
    # Every tint of the ground that the bowl has.
    assert first.count('class="band') >= 12
    assert 'class="trail' in first


def test_opens_and_moves_without_a_click(browser: Browser, server: Server) -> None:
    context = browser.new_context()
    watched = Watched(context, server)
    watched.page.goto(server.address)
    watched.page.wait_for_function("() => window.downhill?.player.playing && downhill.player.position > 2")
    assert soon(lambda count: count > 20, painted, watched.page, TRAILS) > 20
    watched.page.wait_for_function("() => downhill.player.position > 30")
    watched.page.wait_for_function("() => downhill.ready")
    assert watched.complaints == []
    context.close()


def test_what_is_drawn_equals_what_the_api_says(plain: Watched) -> None:
    page = plain.show("?landscape=peaks&starts=3&steps=60")
    to_the_end(page)
    answer = api(plain.server, "/api/descent?landscape=peaks&starts=3&steps=60")
    for walker, walk in enumerate(answer["walks"]):
        numbers = shown(page, walker)
        assert numbers["x"] == walk["x"]
        assert numbers["y"] == walk["y"]
        assert numbers["loss"] == walk["loss"]
        assert numbers["summary"] == walk["summary"]
    # What Plotly was given for hover and export: the same numbers, walks parted by gaps.
    expected = [value for walk in answer["walks"] for value in [*walk["x"], None]]
    given = "() => [...document.getElementById('map-plot').data[2].x]"
    assert soon_is(expected, page.evaluate, given) == expected


def test_the_trail_and_the_head_lie_where_the_numbers_are(plain: Watched) -> None:
    page = plain.show("?landscape=quadratic&start=2,1&optimizer=gradient-descent&learning_rate=0.1&steps=5")
    # The last step's arrows end at the walker.
    set_arrows(page, False)
    to_the_end(page)
    numbers = shown(page)
    orange = [213, 94, 0]
    colour = soon(
        lambda colour: (
            colour["head"][:3] == orange
            and all(min(math.dist(pixel[:3], orange) for pixel in around) < 60 for around in colour["trail"])
            and all(pixel[3] == 0 for pixel in colour["beside"])
        ),
        page.evaluate,
        """([trails, heads, xs, ys]) => {
            const { xaxis, yaxis } = document.getElementById('map-plot')._fullLayout;
            const ratio = devicePixelRatio;
            const area = (canvas, x, y, around) => {
                const { data } = document.querySelector(canvas).getContext('2d').getImageData(
                    Math.floor(ratio * x) - around, Math.floor(ratio * y) - around, 2 * around + 1, 2 * around + 1);
                return Array.from({ length: data.length / 4 }, (_, k) => [...data.slice(4 * k, 4 * k + 4)]) };
            const middle = k => [(xaxis.d2p(xs[k]) + xaxis.d2p(xs[k + 1])) / 2, (yaxis.d2p(ys[k]) + yaxis.d2p(ys[k + 1])) / 2];
            const last = xs.length - 1;
            return { trail: [0, 1, 2].map(k => area(trails, ...middle(k), 1)),
                head: area(heads, xaxis.d2p(xs[last]), yaxis.d2p(ys[last]), 0)[0],
                beside: area(trails, xaxis.d2p(-2), yaxis.d2p(-2), 3) } }""",
        [TRAILS, HEADS, numbers["x"], numbers["y"]],
    )
    assert colour["head"][:3] == orange
    for around in colour["trail"]:
        assert min(math.dist(pixel[:3], orange) for pixel in around) < 60, "the trail's colour within a pixel"
    assert all(pixel[3] == 0 for pixel in colour["beside"])


def test_a_plot_click_starts_exactly_there(plain: Watched) -> None:
    page = plain.page
    left, top = place_of(page, 2.0, -1.0)
    page.mouse.click(left, top)
    page.wait_for_function("() => downhill.walks.done && Math.abs(downhill.walks.request.start[0] - 2) < 0.05")
    start = shown(page)["request"]["start"]
    per_pixel = abs(place_of(page, 1.0, 0.0)[0] - place_of(page, 0.0, 0.0)[0])
    assert abs(start[0] - 2.0) * per_pixel < 1
    assert abs(start[1] + 1.0) * per_pixel < 1
    expect(page).to_have_url(re.compile(re.escape(f"start={start[0]},{start[1]}")))


def test_the_start_is_dragged_and_the_path_follows_while_dragging(moving: Watched) -> None:
    page = moving.page
    count_entries(page)
    page.mouse.move(*place_of(page, -3.2, 2.4))
    page.mouse.down()
    for x in (-2.0, -1.0, 0.0, 1.0):
        page.mouse.move(*place_of(page, x, 2.0), steps=3)
    page.wait_for_function("() => downhill.walks.request.start[0] > 0.9 && downhill.walks.done")
    middle = shown(page)["request"]["start"]
    page.mouse.move(*place_of(page, 3.0, -2.0), steps=3)
    page.mouse.up()
    page.wait_for_function("() => downhill.walks.request.start[0] > 2.9 && downhill.walks.done")
    # While dragging the address follows at a distance; the release is what counts.
    page.wait_for_function(
        "() => new URLSearchParams(location.search).get('start') === downhill.walks.request.start.join()"
    )
    assert middle[0] == pytest.approx(1.0, abs=0.05)
    numbers = shown(page)
    assert numbers["request"]["start"] == pytest.approx([3.0, -2.0], abs=0.05)
    assert [numbers["x"][0], numbers["y"][0]] == numbers["request"]["start"]
    assert entries(page) == 1, "a whole drag is one entry of the history"


def test_the_start_is_typed(plain: Watched) -> None:
    page = plain.page
    page.fill("#key-start", "1.25")
    page.press("#key-start", "Enter")
    page.wait_for_function("() => downhill.walks.request.start[0] === 1.25")
    expect(page).to_have_url(re.compile(re.escape("start=1.25,2.4")))


def test_arrow_keys_on_the_handle_move_the_start(plain: Watched) -> None:
    page = plain.page
    page.focus("#handle")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => downhill.walks.done && downhill.walks.request.start[0] === -3.12")
    page.keyboard.press("Shift+ArrowDown")
    page.wait_for_function("() => downhill.walks.done && downhill.walks.request.start[1] === 1.8")


def test_a_slider_changes_the_walk_the_address_and_the_history_once(plain: Watched) -> None:
    page = plain.show("?momentum=0.9")
    count_entries(page)
    before = shown(page)["x"]
    page.locator("#slide-momentum").scroll_into_view_if_needed()
    box = page.locator("#slide-momentum").bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    for part in (0.8, 0.6, 0.4, 0.2):
        page.mouse.move(box["x"] + part * box["width"], box["y"] + box["height"] / 2, steps=2)
    page.mouse.up()
    page.wait_for_function("() => downhill.walks.done && downhill.walks.request.momentum < 0.25")
    page.wait_for_function(
        "() => Number(new URLSearchParams(location.search).get('momentum')) === downhill.walks.request.momentum"
    )
    momentum = shown(page)["request"]["momentum"]
    page.wait_for_function("value => Number(document.getElementById('key-momentum').value) === value", arg=momentum)
    assert shown(page)["x"] != before
    assert entries(page) == 1


def test_many_presses_of_a_key_on_a_slider_are_one_entry_of_the_history(plain: Watched) -> None:
    page = plain.show("?momentum=0.9")
    count_entries(page)
    page.focus("#slide-momentum")
    # Presses belong together while less than a second lies between two of them, which a busy machine cannot promise.
    page.evaluate("() => { const now = performance.now(); performance.now = () => now }")
    for _ in range(8):
        page.keyboard.press("ArrowLeft")
    page.evaluate("() => delete performance.now")
    page.wait_for_function("() => downhill.walks.done && downhill.walks.request.momentum < 0.895")
    # The last press has been answered, and is in the address.
    page.wait_for_function(
        """() => { const wanted = Number(document.getElementById('key-momentum').value);
            return downhill.walks.request.momentum === wanted && Number(new URLSearchParams(location.search).get('momentum')) === wanted }"""
    )
    assert entries(page) == 1


@pytest.mark.full
def test_the_surface_is_turned_by_keys_and_the_wheel_scrolls_the_page(watched: Watched) -> None:
    page = watched.page
    page.wait_for_function("() => downhill.ready")
    eye = "() => document.getElementById('surface-plot')._fullLayout.scene.camera.eye.x"
    before = page.evaluate(eye)
    page.focus("#surface-plot")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"before => ({eye})() !== before", arg=before)
    page.evaluate("() => scrollTo(0, 0)")
    page.hover("#surface-plot")
    page.mouse.wheel(0, 200)
    page.wait_for_function("() => scrollY > 50")
    page.evaluate("() => scrollTo(0, 0)")


def test_the_back_button_brings_the_picture_back(plain: Watched) -> None:
    page = plain.page
    choose(page, "peaks")
    plain.settled("landscape=peaks")
    # A change within a third of a second of the one before would share its step of the history.
    page.wait_for_timeout(500)
    page.select_option("#key-optimizer", "nesterov")
    plain.settled("landscape=peaks&optimizer=nesterov")
    page.wait_for_timeout(500)
    page.go_back()
    plain.settled("landscape=peaks")
    expect(page.locator("#key-optimizer")).to_have_value("momentum")
    page.go_back()
    plain.settled("")
    expect(page.locator("input[name=landscape][value=bowl]")).to_be_checked()
    page.go_forward()
    plain.settled("landscape=peaks")


def test_a_control_shows_only_what_the_optimizer_uses(plain: Watched) -> None:
    page = plain.page
    expect(page.locator("#key-dampening")).to_be_visible()
    page.select_option("#key-optimizer", "nesterov")
    plain.settled("optimizer=nesterov")
    expect(page.locator("#key-momentum")).to_be_visible()
    expect(page.locator("#key-dampening")).to_be_hidden()
    page.select_option("#key-optimizer", "gradient-descent")
    plain.settled("optimizer=gradient-descent")
    expect(page.locator("#key-momentum")).to_be_hidden()


def test_a_shared_link_gives_the_same_picture(visitor: Watched, plain: Watched) -> None:
    page = plain.show("?landscape=saddle&starts=4&noise=0.3&seed=7")
    mine = [shown(page, walker)["x"] for walker in range(4)]
    visitor.load("?landscape=saddle&starts=4&noise=0.3&seed=7")
    assert [shown(visitor.page, walker)["x"] for walker in range(4)] == mine
    expect(visitor.page).to_have_url(page.evaluate("() => location.href"))


def test_space_arrows_home_and_end_play_and_step(moving: Watched) -> None:
    page = moving.show("?momentum=0.9")
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("Home")
    expect(page.locator("#count")).to_have_text("step 0 of 200")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#count")).to_have_text("step 2 of 200")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#count")).to_have_text("step 1 of 200")
    page.keyboard.press("End")
    expect(page.locator("#count")).to_have_text("step 200 of 200")
    page.keyboard.press("Space")
    page.wait_for_function("() => downhill.player.playing && downhill.player.position < 190")
    page.keyboard.press("Space")
    page.wait_for_function("() => !downhill.player.playing")


def test_scrub_speed_and_loop_do_what_they_say(moving: Watched) -> None:
    page = moving.show("?momentum=0.9")
    page.locator("#scrub").fill("57")
    expect(page.locator("#count")).to_have_text("step 57 of 200")
    page.select_option("#speed", "10")
    page.check("#loop")
    page.click("#play")
    page.wait_for_function("() => downhill.player.position > 150")
    page.wait_for_function("() => downhill.player.position < 50")
    page.uncheck("#loop")
    page.wait_for_function("() => !downhill.player.playing && downhill.player.position === 200")
    page.select_option("#speed", "1")


def test_the_message_is_the_summary_and_the_numbers_move_with_the_walk(plain: Watched) -> None:
    page = plain.show("?landscape=quadratic&start=2,1&optimizer=gradient-descent&learning_rate=0.1")
    to_the_end(page)
    expect(page.locator("#message")).to_have_text(shown(page)["summary"]["message"].split("\n")[0])
    # How it ends is known all the while, unless others should guess.
    page.locator("#scrub").fill("1")
    expect(page.locator("#message")).to_have_text(shown(page)["summary"]["message"].split("\n")[0])
    page.check("#guess")
    expect(page.locator("#message")).to_have_text("", use_inner_text=True)
    to_the_end(page)
    expect(page.locator("#message")).to_have_text(shown(page)["summary"]["message"].split("\n")[0])
    page.locator("#scrub").fill("1")
    expect(page.locator("#message")).to_have_text("", use_inner_text=True)
    page.uncheck("#guess")
    expect(page.locator("#moving")).to_contain_text("Step 1: at (1.5, 0.6)")


def test_the_update_rule_shows_the_numbers_of_a_calculation_by_hand(plain: Watched) -> None:
    page = plain.show(f"?{LESSONS['by-hand'].query}")
    page.locator("#scrub").fill("0")
    numbers = page.locator("#rule .numbers")
    expect(page.locator("#rule-step")).to_have_text(", step 0 → 1")
    expect(numbers.first).to_have_text("∇f(2,1)=(5,4)")
    expect(numbers.last).to_have_text("(1.5,0.6)=(2,1)−0.1·(5,4)")


def test_the_table_of_steps_says_what_the_api_says(plain: Watched) -> None:
    page = plain.show("?landscape=quadratic&start=2,1&optimizer=gradient-descent&learning_rate=0.1&steps=3")
    page.click("#steps summary")
    rows = page.locator("#table tbody tr")
    expect(rows).to_have_count(4)
    walk = api(
        plain.server, "/api/descent?landscape=quadratic&start=2,1&optimizer=gradient-descent&learning_rate=0.1&steps=3"
    )["walks"][0]
    keys = ("x", "y", "loss", "gradient_norm", "learning_rate", "evaluations")
    told = pytest.approx([walk[key][k] for k in range(4) for key in keys], rel=1e-6)
    cells = soon(lambda cells: [float(text) for text in cells] == told, rows.locator("td").all_inner_texts)
    assert [float(text) for text in cells] == told
    page.click("#copy-steps")
    second = ["1", repr(walk["x"][1]), repr(walk["y"][1])]
    copied = soon(
        lambda text: text.count("\n") > 2 and text.splitlines()[2].split("\t")[1:4] == second,
        page.evaluate,
        "() => navigator.clipboard.readText()",
    )
    assert copied.splitlines()[2].split("\t")[1:4] == second
    page.click("#steps summary")


def test_a_value_the_server_refuses_is_explained_beside_its_control(plain: Watched) -> None:
    plain.expected = ("422",)
    page = plain.page
    before = shown(page)["x"]
    page.fill("#key-momentum", "7")
    page.press("#key-momentum", "Enter")
    trouble = page.locator('[data-key="momentum"] .trouble')
    expect(trouble).to_contain_text("A number from 0 to 1")
    assert shown(page)["x"] == before, "the last good picture stays"
    page.fill("#key-momentum", "0.5")
    page.press("#key-momentum", "Enter")
    plain.settled("momentum=0.5")
    expect(trouble).to_have_count(0)


def test_a_bad_address_opens_with_a_notice_that_is_text(visitor: Watched) -> None:
    visitor.load("?learning_rate=-1&landscape=<img src=x onerror=alert(1)>&steps=30")
    notice = visitor.page.locator(".notice")
    expect(notice).to_have_count(1)
    expect(notice).to_contain_text("learning_rate=-1")
    expect(notice).to_contain_text("<img src=x onerror=alert(1)>")
    assert visitor.page.locator(".notice img").count() == 0
    assert shown(visitor.page)["request"]["steps"] == 30, "what is right is kept"
    notice.locator("button").click()
    expect(notice).to_have_count(0)


def test_the_likely_corrections_of_an_address_are_a_link_to_it(visitor: Watched) -> None:
    visitor.load("?lr=0.05&optimizer=sgd&epochs=30&utm_source=letter&fbclid=x")
    notice = visitor.page.locator(".notice")
    expect(notice).to_have_count(1)
    notice.locator("a").click()
    expect(visitor.page.locator(".notice")).to_have_count(0)
    visitor.page.wait_for_function("location.search === '?optimizer=gradient-descent&learning_rate=0.05&steps=30'")


def test_a_walker_that_left_the_picture_is_shown_by_an_arrow_at_the_border(plain: Watched) -> None:
    page = plain.show(f"?{LESSONS['blow-up'].query}")
    to_the_end(page)
    numbers = shown(page)
    assert abs(numbers["y"][-1]) > 1e5
    edge = soon(
        lambda edge: min(edge) < 20,
        page.evaluate,
        """heads => { const node = document.querySelector(heads);
            const data = node.getContext('2d').getImageData(0, 0, node.width, node.height).data;
            let low = 1e9, high = -1; for (let k = 0; k < node.width * node.height; k += 1)
              if (data[4 * k + 3] > 0) { const row = Math.floor(k / node.width); low = Math.min(low, row); high = Math.max(high, row) }
            return [low, node.height - high] }""",
        HEADS,
    )
    assert min(edge) < 20, "something is drawn at the upper or lower border"
    expect(page.locator("#numbers")).to_contain_text("2/λ = 2")


def test_the_share_of_walkers_that_reach_the_global_minimum_equals_the_count(plain: Watched) -> None:
    page = plain.show(f"?{LESSONS['many-hikers'].query}")
    places = [shown(page, walker)["summary"]["place"] for walker in range(64)]
    reached = places.count("global_minimum")
    to_the_end(page)
    expect(page.locator("#shares")).to_have_text(
        f"{reached} of 64 walkers ({round(1000 * reached / 64) / 10:g} %) ended at a global minimum or close to it."
    )


def test_the_overlay_lies_within_a_pixel_of_plotlys_own_scene(watched: Watched) -> None:
    page = watched.show("?landscape=saddle")
    page.wait_for_function("() => downhill.ready && document.getElementById('surface-plot').data[0].x[0] === -2")
    # High above the surface, which would hide a part of Plotly's markers, and within the range of the axis.
    points = [[-1.5, 0.5, 3.2], [0.6, -1.2, 3.2], [1.2, 1.4, 3.2]]
    colours = ["rgb(255,0,255)", "rgb(0,255,255)", "rgb(255,255,0)"]
    page.evaluate(
        """async ([points, colours]) => { const plot = document.getElementById('surface-plot');
            const [x, y, z] = [0, 1, 2].map(axis => points.map(point => point[axis]));
            await Plotly.addTraces(plot, { type: 'scatter3d', mode: 'markers', x, y, z,
                marker: { size: 9, color: colours, line: { width: 0 } }, hoverinfo: 'skip' });
            document.getElementById('surface-over').style.visibility = 'hidden' }""",
        [points, colours],
    )

    def looked() -> list[tuple[list[float], list[float]]]:
        """Where the overlay would draw the points, and how many pixels of Plotly's are seen where."""
        # The picture of the whole window, for that of one element begins at a whole pixel and the element does not.
        shot = base64.b64encode(page.screenshot()).decode()
        found = page.evaluate(
            """async ([shot, colours]) => { const bytes = Uint8Array.from(atob(shot), sign => sign.charCodeAt(0));
                const image = await createImageBitmap(new Blob([bytes]));
                const canvas = new OffscreenCanvas(image.width, image.height); const pen = canvas.getContext('2d');
                pen.drawImage(image, 0, 0); const { data } = pen.getImageData(0, 0, image.width, image.height);
                return colours.map(colour => { const [r, g, b] = colour.match(/[0-9]+/g).map(part => part > 128);
                    let n = 0, sx = 0, sy = 0; for (let k = 0; k < data.length / 4; k += 1)
                      if ([r, g, b].every((high, part) => high ? data[4 * k + part] > 200 : data[4 * k + part] < 80)) { n += 1; sx += k % image.width; sy += Math.floor(k / image.width) }
                    return [n, sx / n + 0.5, sy / n + 0.5] }) }""",
            [shot, colours],
        )
        mine = page.evaluate(
            """points => { const { frame } = downhill.overlays.surface;
                const box = document.getElementById('surface-plot').getBoundingClientRect();
                // Canvases are shown from a whole pixel on, the overlay's like Plotly's.
                return points.map(([x, y, z]) => { const spot = frame.project(x, y, z);
                    return [Math.round(box.left) + spot.x, Math.round(box.top) + spot.y] }) }""",
            points,
        )
        return list(zip(mine, found, strict=True))

    # Plotly draws its scene some frames later.
    both = soon(lambda both: all(count > 20 and math.dist(place, seen) < 1.0 for place, (count, *seen) in both), looked)
    page.evaluate(
        """async () => { await Plotly.deleteTraces('surface-plot', 1);
            document.getElementById('surface-over').style.visibility = '' }"""
    )
    for place, (count, *seen) in both:
        assert count > 20, "Plotly's marker is seen"
        assert math.dist(place, seen) < 1.0


def test_a_long_walk_moves_at_once_shows_progress_and_can_be_stopped(moving: Watched) -> None:
    page = moving.page
    page.evaluate(
        """() => { history.pushState(null, '', '/?landscape=peaks&steps=60000&starts=30&noise=1&tolerance=0');
            dispatchEvent(new PopStateEvent('popstate')) }"""
    )
    page.wait_for_function("() => !document.getElementById('progress').hidden && !downhill.walks.done")
    page.click("#cancel")
    page.wait_for_selector("#progress", state="hidden")
    last = page.evaluate("() => downhill.walks.last")
    assert 0 < last < 60000
    expect(page.locator("#message")).to_contain_text("Stopped by you")
    page.wait_for_function(
        "() => fetch('/healthz').then(answer => answer.json()).then(health => health.under_way === 0)"
    )
    # The server works on it no longer, and what it had sent before has been taken or was dropped.
    two_frames(page)
    assert page.evaluate("() => downhill.walks.last") == last


def test_the_theme_is_switched_and_remembered(plain: Watched) -> None:
    page = plain.page
    ground = "() => getComputedStyle(document.body).backgroundColor"
    # A pixel of the ground.
    lowest = (
        "() => [...document.querySelector('#ground canvas').getContext('2d').getImageData(200, 200, 1, 1).data].join()"
    )
    light, pale = page.evaluate(ground), page.evaluate(lowest)
    page.click("#theme")
    assert soon(lambda dark: dark != light, page.evaluate, ground) != light
    assert soon_is("dark", page.evaluate, "() => localStorage.getItem('theme')") == "dark"
    assert soon(lambda now: now != pale, page.evaluate, lowest) != pale
    page.click("#theme")
    assert soon_is(pale, page.evaluate, lowest) == pale


def test_either_view_can_be_enlarged(plain: Watched) -> None:
    page = plain.page
    width = page.evaluate("() => document.getElementById('map-plot')._fullLayout.width")
    page.click(".enlarge[data-only=map]")
    page.wait_for_function("width => document.getElementById('map-plot')._fullLayout.width > 1.5 * width", arg=width)
    expect(page.locator("#surface-view")).to_be_hidden()
    page.click(".enlarge[data-only=map]")
    page.wait_for_function("width => document.getElementById('map-plot')._fullLayout.width === width", arg=width)


def test_reduced_motion_shows_the_finished_path(visitor: Watched) -> None:
    visitor.page.emulate_media(reduced_motion="reduce")
    page = visitor.load("?momentum=0.9")
    place = "() => [downhill.player.playing, downhill.player.position]"
    assert soon_is([False, 200], page.evaluate, place) == [False, 200]
    expect(page.locator("#count")).to_have_text("step 200 of 200")
    assert soon(lambda count: count > 200, painted, page, TRAILS) > 200


def test_a_phone_has_no_sideways_scroll_the_map_first_and_targets_of_44_pixels(phone_with_surface: Watched) -> None:
    page = phone_with_surface.page
    assert soon_is(390, page.evaluate, "() => document.documentElement.scrollWidth") == 390
    top = "() => document.getElementById('map').getBoundingClientRect().top"
    assert soon(lambda top: top < 120, page.evaluate, top) < 120
    page.tap("#settings")
    page.wait_for_function("() => document.querySelector('.sheet').getBoundingClientRect().bottom <= innerHeight + 1")
    small = soon_is(
        [],
        page.evaluate,
        """() => [...document.querySelectorAll('button, select, summary, input, nav a')].filter(node => {
            const box = node.getBoundingClientRect();
            return box.width > 0 && box.height > 0 && box.height < 43.5 && !node.closest('label')
              && getComputedStyle(node).visibility === 'visible' && node.type !== 'checkbox' && node.type !== 'radio' }).map(node => node.id || node.outerHTML)""",
    )
    assert small == []
    page.locator("#key-optimizer").select_option("gradient-descent")
    phone_with_surface.settled("optimizer=gradient-descent")
    page.tap("#close-settings")
    page.wait_for_function("() => !document.getElementById('more').open")
    # The choice of the optimizer, which lies below, was brought into view.
    page.evaluate("() => scrollTo(0, 0)")
    page.touchscreen.tap(*place_of(page, 1.0, 1.0))
    page.wait_for_function("() => downhill.walks.done && Math.abs(downhill.walks.request.start[0] - 1) < 0.1")


def test_without_webgl_the_map_works_alone(playwright: Playwright, server: Server) -> None:
    bare = playwright.chromium.launch(executable_path=EXECUTABLE, args=[*FLAGS, "--disable-software-rasterizer"])
    watched = Watched(bare.new_context(), server)
    page = watched.load()
    expect(page.locator("#surface-note")).to_contain_text("The map works alone")
    page.wait_for_function("() => downhill.ready && downhill.overlays.map.shown > 3")
    assert soon(lambda count: count > 20, painted, page, TRAILS) > 20
    bare.close()


@pytest.fixture
def own() -> Iterator[Server]:
    """A server of a test's own, which ends with it also where the test fails."""
    running = Server()
    running.start()
    yield running
    running.kill()


def test_a_server_killed_mid_walk_is_told_and_retried(browser: Browser, own: Server) -> None:
    context = without_scene(browser)
    watched = Watched(context, own)
    page = watched.load()
    page.evaluate(
        """() => { history.pushState(null, '', '/?landscape=peaks&steps=60000&starts=30&noise=1&tolerance=0');
            dispatchEvent(new PopStateEvent('popstate')) }"""
    )
    page.wait_for_function("() => downhill.walks.request.starts === 30 && downhill.walks.last > 50")
    own.kill()
    failure = page.locator("#failure")
    failure.wait_for(state="visible")
    expect(failure).to_contain_text("cut off")
    drawn = shown(page)["x"]
    assert len(drawn) > 50, "what was drawn stays"
    page.click("#settings")
    page.fill("#key-steps", "50")
    page.press("#key-steps", "Enter")
    expect(failure).to_contain_text("cannot be reached")
    own.start()
    page.evaluate("() => history.replaceState(null, '', '/?steps=50')")
    page.click("#retry")
    watched.settled("steps=50")
    expect(failure).to_be_hidden()
    context.close()


@pytest.mark.parametrize("slug", some(list(LESSONS), 6))
def test_every_lesson_opens_from_its_link(plain: Watched, slug: str) -> None:
    lesson = LESSONS[slug]
    page = plain.show(f"?{lesson.query}")
    assert page.evaluate("() => downhill.walks.all.every(walk => walk.summary !== null)")


def test_the_lessons_page_shows_every_lesson_with_its_path(visitor: Watched) -> None:
    page = visitor.page
    page.goto(f"{visitor.server.address}/lessons")
    assert page.locator(".lessons li").count() == len(LESSONS)
    for slug, lesson in LESSONS.items():
        link = page.locator(f"#{slug}")
        assert link.get_attribute("href") == f"/lessons/{slug}"
        assert page.locator(".lessons li", has=link).locator(f'a[href="/?{lesson.query}"]').count() == 1
        bands, curves = link.locator("svg .band").count(), link.locator("svg .curve").count()
        assert (bands >= 5, curves) in ((True, 0), (False, 1)), slug
        assert link.locator("svg .trail").count() >= 1, slug
    page.locator("#saddle").click()
    page.wait_for_function("() => window.downhill?.walks?.done")
    to_the_end(page)
    expect(page.locator("#message")).to_contain_text("saddle")


def test_changes_that_follow_each_other_faster_than_answers_are_all_kept(plain: Watched) -> None:
    page = plain.page
    page.evaluate(
        """async () => { for (const [key, value] of [['noise', 0.5], ['seed', 7], ['steps', 50], ['tolerance', 0.001]]) {
            const input = document.getElementById(`key-${key}`); input.value = value;
            input.dispatchEvent(new Event('change', { bubbles: true }));
            await new Promise(done => setTimeout(done, 5)) } }"""
    )
    plain.settled("steps=50&tolerance=0.001&noise=0.5&seed=7")


def test_a_slider_whose_neighbours_appear_while_it_is_dragged_stays_under_the_finger(moving: Watched) -> None:
    page = moving.page
    slider = page.locator("#slide-restarts")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    page.mouse.move(box["x"] + 9, box["y"] + box["height"] / 2)
    page.mouse.down()
    for part in (0.1, 0.2, 0.3, 0.4):
        before = shown(page)["request"]["restarts"]
        page.mouse.move(box["x"] + part * box["width"], box["y"] + box["height"] / 2, steps=2)
        # The answer, which would bring the neighbours, comes while the finger is still down.
        page.wait_for_function("before => downhill.walks.request.restarts > before", arg=before)
    page.mouse.up()
    page.wait_for_function("() => downhill.walks.done && downhill.walks.request.restarts >= 18")
    page.wait_for_selector("#key-growth")
    page.wait_for_function(
        "() => Number(document.getElementById('key-restarts').value) === downhill.walks.request.restarts"
    )


@pytest.mark.full
def test_what_was_hidden_is_drawn_anew_when_it_is_shown_again(watched: Watched) -> None:
    page = watched.page
    page.click(".enlarge[data-only=second]")
    choose(page, "saddle")
    watched.settled("landscape=saddle")
    page.click(".enlarge[data-only=second]")
    page.wait_for_function("() => document.getElementById('map-plot').data[0].x[0] === -2")
