"""How it moves: the film of a walk and its end, ghosts while something is dragged, the view that follows who leaves."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import IN_PLACE, Watched
from tests.browser.looking import choose, in_plot, painted, place_of, shown, soon, soon_is, to_the_end, two_frames
from tests.browser.test_stage import WATCH, moved

pytestmark = pytest.mark.browser

GHOSTS = "#ghosts-over canvas"
ARRIVES = "learning_rate=0.2&optimizer=momentum&momentum=0.5&steps=200&tolerance=0"
LEAVES = "learning_rate=4.2&optimizer=momentum&momentum=0.9"
ENDED = "() => !downhill.player.playing && downhill.player.position === downhill.walks.last"


def show(watched: Watched, keys: str) -> Page:
    """Show these keys, whichever of them the address leaves out."""
    page = watched.page
    page.evaluate(
        """keys => { window.walks_before = downhill.walks; history.pushState(null, '', `/?${keys}`);
            dispatchEvent(new PopStateEvent('popstate')) }""",
        keys,
    )
    page.wait_for_function("() => downhill.walks !== window.walks_before && downhill.walks.done && downhill.film")
    return page


def play(page: Page) -> None:
    """From the beginning."""
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("Home")
    page.click("#play")


def grip(page: Page, key: str) -> tuple[float, float, float]:
    """Where a slider begins, how wide it is, and its height on the screen."""
    page.locator(f"#slide-{key}").scroll_into_view_if_needed()
    box = page.locator(f"#slide-{key}").bounding_box()
    assert box
    return box["x"], box["width"], box["y"] + box["height"] / 2


def state(page: Page) -> list[Any]:
    seen: list[Any] = page.evaluate("() => [downhill.gesture.on, downhill.player.playing]")
    return seen


# ---------------------------------------------------------------- the film


def test_a_film_ends_where_what_is_left_stays_within_a_dot_and_says_so(moving: Watched) -> None:
    page = show(moving, ARRIVES)
    play(page)
    page.wait_for_function("() => downhill.player.playing && downhill.player.position > 1")
    expect(page.locator("#moving")).not_to_contain_text("stay within")
    page.wait_for_function(ENDED)
    end = page.evaluate("() => downhill.film.end")
    walk = shown(page)
    places = in_plot(page, list(zip(walk["x"], walk["y"], strict=True)))
    far = [((x - places[-1][0]) ** 2 + (y - places[-1][1]) ** 2) ** 0.5 for x, y in places]
    assert max(far[end:]) <= 3.05 < far[end - 1] + 0.05, "the last of all steps that leads into the dot"
    assert 5 < end < 100
    expect(page.locator("#moving")).to_contain_text(f"The last {200 - end} steps stay within this dot. Step 200: at")
    expect(page.locator("#count")).to_have_text("step 200 of 200")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#moving")).to_contain_text("Step 199: at")
    expect(page.locator("#moving")).not_to_contain_text("stay within")


def test_the_first_steps_are_shown_as_steps(moving: Watched) -> None:
    page = show(moving, ARRIVES)
    page.keyboard.press("Home")
    seconds = page.evaluate(
        """() => new Promise(done => { const { player } = downhill; const since = [];
            document.getElementById('play').click();
            const look = now => { const step = player.shown; since[step] ??= now; if (step < 5) requestAnimationFrame(look);
              else done(since.slice(0, 6)) }; requestAnimationFrame(look) })"""
    )
    assert all(time is not None for time in seconds), "each of them was seen"
    page.keyboard.press("End")


def test_a_walk_that_goes_round_for_ever_is_shown_a_few_rounds_and_says_so(moving: Watched) -> None:
    # The bowl's curvature along y is 1: at a learning rate of 2 the sign of y changes with each step, for ever.
    page = show(moving, "learning_rate=2&optimizer=gradient-descent&steps=200")
    assert shown(page)["summary"]["cycle"] == 2
    play(page)
    page.wait_for_function(ENDED)
    end, last = page.evaluate("() => [downhill.film.end, downhill.walks.last]")
    assert 8 <= end < 40 < last
    expect(page.locator("#moving")).to_contain_text(f"The last {last - end} steps go round like this.")


def test_a_walk_of_many_steps_takes_no_longer_than_one_of_few(moving: Watched) -> None:
    page = show(moving, "landscape=rosenbrock&learning_rate=0.0005&optimizer=gradient-descent&steps=20000&tolerance=0")
    assert 2 < page.evaluate("() => downhill.film.reel.duration") <= 8
    assert shown(page)["summary"]["steps"] == 20000
    page.keyboard.press("End")


# ---------------------------------------------------------------- ghosts


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_while_a_dial_is_dragged_paths_stay_as_ghosts_and_let_go_it_plays_once(
    moving: Watched, size: tuple[int, int]
) -> None:
    page = show(moving, ARRIVES)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate("() => { document.getElementById('more').open = false }")
    if size[0] < 400:
        page.click("#dials [data-key=learning_rate] .pick")
        page.click(".places [data-second=map]")
    # The map that is drawn anew in its new size would take them away.
    page.wait_for_function(f"() => {IN_PLACE}")
    to_the_end(page)
    left, width, y = grip(page, "learning_rate")
    page.evaluate(WATCH)
    page.mouse.move(left + 0.45 * width, y)
    page.mouse.down()
    for part in (0.5, 0.6, 0.7, 0.75, 0.8):
        page.mouse.move(left + part * width, y, steps=2)
        page.wait_for_timeout(150)
    assert state(page) == [True, False]
    assert page.evaluate("() => downhill.player.position === downhill.walks.last"), "the whole path is shown"
    assert soon(lambda count: count > 500, painted, page, GHOSTS) > 500
    page.mouse.up()
    page.wait_for_function("() => downhill.player.playing && !downhill.gesture.on && downhill.player.position < 5")
    assert painted(page, GHOSTS) > 500, "they stay while it plays"
    page.wait_for_function(ENDED)
    assert soon_is(0, painted, page, GHOSTS) == 0
    page.wait_for_timeout(300)
    assert state(page) == [False, False], "it plays once"
    assert moved(page)[1] == 0, moved(page)
    page.set_viewport_size({"width": 1440, "height": 900})


@pytest.mark.full
def test_keys_of_a_dial_leave_ghosts_and_play_once_they_are_quiet(moving: Watched) -> None:
    page = show(moving, ARRIVES)
    to_the_end(page)
    page.focus("#slide-learning_rate")
    for _ in range(8):
        page.keyboard.press("PageUp")
        page.wait_for_timeout(60)
        assert state(page) == [True, False]
    assert soon(lambda count: count > 100, painted, page, GHOSTS) > 100
    page.wait_for_function("() => downhill.player.playing")
    page.wait_for_function(ENDED)
    assert soon_is(0, painted, page, GHOSTS) == 0


def test_the_start_leaves_ghosts_too_and_another_landscape_takes_them_away(plain: Watched) -> None:
    page = show(plain, ARRIVES)
    page.mouse.move(*place_of(page, -3.2, 2.4))
    page.mouse.down()
    for x in (-2.0, -1.0, 1.0, 3.0):
        page.mouse.move(*place_of(page, x, 2.0), steps=3)
        page.wait_for_timeout(120)
    page.mouse.up()
    page.wait_for_function("() => !downhill.gesture.on")
    # Nothing moves by itself here, so the fan stays to be looked at.
    assert soon(lambda count: count > 200, painted, page, GHOSTS) > 200
    assert state(page) == [False, False]
    choose(page, "himmelblau")
    assert soon_is(0, painted, page, GHOSTS) == 0


def test_who_stands_at_a_step_stands_there_again_after_a_drag(moving: Watched) -> None:
    page = show(moving, ARRIVES)
    page.locator("#scrub").fill("3")
    left, width, y = grip(page, "learning_rate")
    page.mouse.move(left + 0.5 * width, y)
    page.mouse.down()
    page.mouse.move(left + 0.6 * width, y, steps=3)
    page.wait_for_function("() => downhill.gesture.on && downhill.player.position === downhill.walks.last")
    page.mouse.up()
    page.wait_for_function("() => !downhill.gesture.on && downhill.player.position === 3 && !downhill.player.playing")


# ---------------------------------------------------------------- who leaves


def test_the_view_follows_a_walk_that_blows_up_and_one_click_returns(moving: Watched) -> None:
    page = show(moving, LEAVES)
    page.keyboard.press("Home")
    expect(page.locator("#far")).to_be_hidden()
    page.evaluate(WATCH)
    page.click("#play")
    expect(page.locator("#far")).to_be_visible()
    expect(page.locator("#far-words")).to_contain_text("the whole map is this rectangle")
    page.wait_for_function(ENDED)
    expect(page.locator("#far-words")).to_contain_text("the whole map is this dot")
    # Of the same size as the map, and over it.
    boxes = page.evaluate(
        """() => ['map', 'far'].map(id => { const { left, top, width, height } = document.getElementById(id).getBoundingClientRect();
            return [left, top, width, height].map(Math.round) })"""
    )
    assert boxes[0] == boxes[1]
    # The ball is in it, at the distance from the middle that its place has in this scale.
    walk = shown(page)
    x, y = in_plot(page, [[walk["x"][-1], walk["y"][-1]], [0, 0]])[0]
    times = page.evaluate("() => downhill.film.scaleAt(downhill.film.finite)")
    width, height = page.evaluate(
        "() => { const { box } = downhill.overlays.map.frame; return [box.width, box.height] }"
    )
    assert 0.5 < max(abs(2 * x / width - 1), abs(2 * y / height - 1)) / times <= 1
    page.click("#far-back")
    expect(page.locator("#far")).to_be_hidden()
    page.click("#far-see")
    expect(page.locator("#far")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#far")).to_be_hidden()
    expect(page.locator("#far-see")).to_be_focused()
    assert moved(page)[1] == 0, moved(page)
    range_now = page.evaluate("() => document.getElementById('map-plot')._fullLayout.yaxis.range.join()")
    page.keyboard.press("Home")
    two_frames(page)
    page.keyboard.press("End")
    expect(page.locator("#far")).to_be_visible()
    assert page.evaluate("() => document.getElementById('map-plot')._fullLayout.yaxis.range.join()") == range_now
    choose(page, "himmelblau")
    expect(page.locator("#far")).to_be_hidden()
    expect(page.locator("#far-see")).to_be_hidden()
    page.keyboard.press("End")


def test_who_stays_or_goes_only_a_little_beyond_the_map_is_not_followed(moving: Watched) -> None:
    page = show(moving, ARRIVES)
    to_the_end(page)
    two_frames(page)
    expect(page.locator("#far")).to_be_hidden()
    expect(page.locator("#far-see")).to_be_hidden()


def test_where_nothing_should_move_a_button_shows_where_it_went(plain: Watched) -> None:
    page = show(plain, LEAVES)
    expect(page.locator("#far-see")).to_be_visible()
    expect(page.locator("#far")).to_be_hidden()
    page.click("#far-see")
    expect(page.locator("#far-words")).to_contain_text("the whole map is this dot")
    expect(page.locator("#far-back")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#far")).to_be_hidden()


def test_while_something_is_dragged_the_map_stays(moving: Watched) -> None:
    page = show(moving, LEAVES)
    to_the_end(page)
    expect(page.locator("#far")).to_be_visible()
    left, width, y = grip(page, "momentum")
    page.mouse.move(left + 0.9 * width, y)
    page.mouse.down()
    page.mouse.move(left + 0.85 * width, y, steps=3)
    expect(page.locator("#far")).to_be_hidden()
    page.mouse.up()
    page.wait_for_function("() => downhill.player.playing")
    page.keyboard.press("End")


# Along the first step, as far as it lies in the map: which part has the walker's own colour, not that of the gaps.
OWN_COLOUR = """() => { const { frame, walks, trails, colours } = downhill.overlays.map; const walk = walks.all[0]; const { width, height } = frame.box;
    const at = k => ({ ...frame.project(walk.x[k], walk.y[k], walk.loss[k]) }), from = at(0), to = at(1), ratio = trails.width / width;
    const own = colours.walkers[0].match(/[0-9a-f]{2}/gi).map(part => parseInt(part, 16)), pen = trails.getContext('2d'), seen = [];
    const long = Math.hypot(to.x - from.x, to.y - from.y);
    for (let far = 15; far < 400; far += 1) { const x = from.x + far * (to.x - from.x) / long, y = from.y + far * (to.y - from.y) / long;
      if (x < 5 || y < 5 || x > width - 5 || y > height - 5) break;
      const { data } = pen.getImageData(Math.round(x * ratio), Math.round(y * ratio), 1, 1);
      seen.push(Math.max(...own.map((part, k) => Math.abs(part - data[k]))) < 60) }
    return seen.length < 50 ? -1 : seen.filter(Boolean).length / seen.length }"""


@pytest.mark.parametrize("rate", ["3.9", "5.82", "9"])
def test_a_step_the_wrong_way_keeps_its_colour_however_far_it_leads(plain: Watched, rate: str) -> None:
    page = plain.show(f"?start=1.994,2.13&learning_rate={rate}&steps=40")
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("End")
    share = soon(lambda part: 0.3 < part < 0.8, page.evaluate, OWN_COLOUR)
    assert 0.3 < share < 0.8
