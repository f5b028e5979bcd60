"""A network's plane on the page: ground and path in one frame, the distance from it drawn and said, and which plane it is."""

from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import Server, Watched
from tests.browser.looking import api, at_step, choose, shown, soon, soon_is, to_the_end, two_frames
from tests.browser.test_stage import WATCH, moved

pytestmark = pytest.mark.browser

CURVE = "landscape=network-curve"
# With each frame: of which plane the ground is that is painted, and of which the walks that lie on it.
FRAMES = """() => { window.frames_seen = []; const look = () => { if (!window.frames_seen) return;
      const walks = downhill.overlays.map.walks; window.frames_seen.push([downhill.ground.split(',').slice(0, 2).join(), walks?.plane?.u.join() ?? '']);
      requestAnimationFrame(look) }; requestAnimationFrame(look) }"""
# How opaque the trail is at its strongest around a step of the first walker.
OPACITY = """step => { const { frame, walks, trails } = downhill.overlays.map; const walk = walks.all[0]; const ratio = trails.width / frame.box.width;
      const { x, y } = frame.project(walk.x[step], walk.y[step], walk.loss[step]);
      const { data } = trails.getContext('2d').getImageData(Math.round(x * ratio) - 4, Math.round(y * ratio) - 4, 9, 9);
      let most = 0; for (let k = 3; k < data.length; k += 4) most = Math.max(most, data[k]); return most / 255 }"""


def keys_of(page: Page) -> dict[str, str]:
    seen: dict[str, str] = page.evaluate("() => Object.fromEntries(new URL(location.href).searchParams)")
    return seen


def words(page: Page) -> str:
    return " ".join(page.locator("#plane-words").inner_text().split())


def test_ground_and_path_change_in_one_frame(moving: Watched) -> None:
    page = moving.show(f"?{CURVE}")
    page.locator("#slide-learning_rate").scroll_into_view_if_needed()
    box = page.locator("#slide-learning_rate").bounding_box()
    assert box
    page.evaluate(FRAMES)
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.55 * box["width"], y)
    page.mouse.down()
    for part in range(12):
        before = page.evaluate("() => downhill.walks.query")
        page.mouse.move(box["x"] + (0.55 + 0.01 * part) * box["width"], y)
        soon(lambda query, before=before: query != before, page.evaluate, "() => downhill.walks.query")
    page.mouse.up()
    soon_is(False, page.evaluate, "() => downhill.gesture.on")
    two_frames(page)
    seen = page.evaluate("() => { const seen = window.frames_seen; window.frames_seen = null; return seen }")
    grounds = {ground for ground, _ in seen}
    assert len(grounds) >= 6
    for ground in grounds:
        assert len({plane for other, plane in seen if other == ground}) == 1, ground
    assert len({plane for _, plane in seen}) == len(grounds)


def test_a_trail_fades_with_its_distance_and_stations_are_hollow(plain: Watched) -> None:
    page = plain.show(f"?{CURVE}&optimizer=adam&seed=4")
    to_the_end(page)
    two_frames(page)
    off = page.evaluate("() => [...downhill.walks.all[0].off_plane.subarray(0, downhill.walks.last + 1)]")
    far = max(range(len(off)), key=lambda step: off[step])
    assert off[far] > 0.1
    assert page.evaluate(OPACITY, len(off) - 1) > 0.9
    assert page.evaluate(OPACITY, far) == pytest.approx(1 / (1 + off[far] / 0.25), abs=0.15)
    signs = page.evaluate("() => document.getElementById('map-plot').data[1].marker.symbol")
    assert signs
    assert all(sign.endswith("-open") for sign in signs)
    expect(page.locator("#map-caption")).to_contain_text("of this plane only")
    choose(page, "two-valley")
    plain.settled("landscape=two-valley&optimizer=adam&seed=4")
    expect(page.locator("#map-caption")).not_to_contain_text("plane")
    expect(page.locator("#plane-words")).to_be_hidden()
    expect(page.locator("#planes")).to_be_hidden()


def test_words_ride_with_the_step_and_are_the_answer_s(plain: Watched, server: Server) -> None:
    query = f"{CURVE}&seed=3"
    page = plain.show(f"?{query}")
    answer: dict[str, Any] = api(server, f"/api/descent?{query}")
    share = min(99, round(100 * answer["plane"]["share"]))
    assert f"This ground is one plane of 13 dimensions. It holds {share} % of the walk’s movement." in words(page)
    walk = answer["walks"][0]
    for step in (20, 57):
        at_step(page, step)
        side = "below" if walk["loss"][step] < walk["plane_loss"][step] else "above"
        told = soon(lambda text, at=step: f"{walk['off_plane'][at]:.2f} off it now" in text, words, page)
        assert f"{walk['off_plane'][step]:.2f} off it now" in told
        assert side in told or "is about" in told
    page.locator("#plane-more .about").click()
    expect(page.locator("#term-note")).to_contain_text("75 to 81")
    page.keyboard.press("Escape")


def test_nothing_of_the_stage_moves_where_a_network_comes_and_is_played(moving: Watched) -> None:
    page = moving.page
    page.evaluate(WATCH)
    choose(page, "network-moons")
    moving.settled("landscape=network-moons")
    page.wait_for_function("() => downhill.player.position > 2")
    two_frames(page)
    what, by = moved(page)
    assert by <= 0.5, what


def test_a_plane_through_two_ends_needs_two(plain: Watched) -> None:
    page = plain.show(f"?{CURVE}&steps=100")
    kinds = page.locator("#planes .segments label:visible")
    assert kinds.all_inner_texts() == ["walk", "steps"]
    page.locator("#planes [value=steps]").check(force=True)
    soon_is("steps", lambda: keys_of(page).get("plane"))
    page.get_by_role("button", name="Compare with another run").click()
    soon(lambda count: count == 3, kinds.count)
    page.locator("#planes [value=ends]").check(force=True)
    soon_is("ends", lambda: keys_of(page).get("plane"))
    page.wait_for_function("() => downhill.walks.done && downhill.walks.plane.kind === 'ends'")
    assert "ends of two runs" in soon(lambda text: "ends" in text, words, page)
    page.select_option("#plane-run", "1")
    soon_is("1", lambda: keys_of(page).get("plane_run"))
    page.go_back()
    soon_is(None, lambda: keys_of(page).get("plane_run"))
    page.get_by_role("button", name="Remove").first.click()
    soon_is(None, lambda: keys_of(page).get("plane"))
    page.wait_for_function("() => downhill.walks.done && downhill.walks.plane.kind === 'walk'")


def test_other_first_weights_are_another_seed(plain: Watched) -> None:
    page = plain.show(f"?{CURVE}")
    before = shown(page)
    page.click("#other-weights")
    soon_is("1", lambda: keys_of(page).get("seed"))
    plain.settled(f"{CURVE}&seed=1")
    after = shown(page)
    assert after != before
    # All weights came with it, and no address says so.
    assert page.evaluate("() => downhill.walks.all[0].weights.length === downhill.walks.last + 1")
    assert "weights" not in keys_of(page)


def test_another_start_is_walked_on_the_same_ground(plain: Watched) -> None:
    page = plain.show(f"?{CURVE}")
    expect(page.locator('[data-key="start"] .explain')).to_have_text("A place on the plane; 0, 0 is the first weights.")
    # The fine ground is here.
    page.wait_for_function("() => downhill.map_drawn")
    page.wait_for_load_state("networkidle")
    grounds: list[str] = []

    def note(request: Request) -> None:
        if "/surface?" in request.url:
            grounds.append(request.url)

    page.on("request", note)
    page.fill("#key-start", "0.5")
    page.press("#key-start", "Enter")
    plain.settled(f"{CURVE}&start=0.5,0")
    assert soon(lambda text: "another walk" in text, words, page)
    page.remove_listener("request", note)
    assert grounds == []


def test_on_a_phone_the_words_are_whole_under_each_picture(phone: Watched) -> None:
    page = phone.show(f"?{CURVE}&optimizer=gradient-descent")
    # Beside the data the room is for what its colours and strokes mean.
    for place in ("map", "surface"):
        page.click(f".places [data-second={place}]")
        two_frames(page)
        for line in ("#plane-what", "#plane-now"):
            expect(page.locator(line)).to_be_in_viewport()
        cut = page.evaluate(
            """() => [...document.querySelectorAll('#plane-words, #plane-words p')].map(({ scrollHeight, clientHeight, scrollWidth, clientWidth }) =>
                Math.max(scrollHeight - clientHeight, scrollWidth - clientWidth))"""
        )
        assert max(cut) <= 1, place
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


UNDER_THE_MAP = """() => { const [map, words] = ['#map', '#plane-words'].map(id => document.querySelector(id).getBoundingClientRect());
    return { between: words.top - map.bottom, below: document.querySelector('.transport').getBoundingClientRect().top - words.bottom,
        map: map.height, plot: document.querySelector('#map-plot .main-svg')?.getBoundingClientRect().height ?? map.height } }"""


@pytest.mark.parametrize("slug", ["network-curve", "network-moons"])
def test_alone_in_the_window_the_words_of_the_plane_hide_nothing_of_the_map(plain: Watched, slug: str) -> None:
    page = plain.show(f"?landscape={slug}")
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("p")
    expect(page.locator("#presented-code")).to_be_visible()

    def clear(seen: dict[str, float]) -> bool:
        return seen["between"] >= -1 and seen["below"] >= -1 and abs(seen["map"] - seen["plot"]) <= 1

    seen = soon(clear, page.evaluate, UNDER_THE_MAP)
    assert clear(seen), seen
    assert seen["map"] > 200
    expect(page.locator("#plane-now")).to_be_in_viewport()
    page.keyboard.press("Escape")


def test_beside_a_lesson_s_text_the_share_that_is_seen_is_not_cut_off(plain: Watched, server: Server) -> None:
    # Where both sentences have no room, the first is cut.
    page = plain.page
    page.goto(f"{server.address}/lessons/network")
    expect(page.locator("#plane-held")).to_contain_text("of the walk’s movement")
    shown = page.evaluate(
        """() => { const node = document.getElementById('plane-held'), line = node.parentElement.getBoundingClientRect();
            return node.scrollWidth <= node.clientWidth && node.getBoundingClientRect().right <= line.right + 0.5 }"""
    )
    assert shown
