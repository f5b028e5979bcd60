"""What a person does first with Downhill works in Firefox and WebKit as it does in Chromium."""

import re
from itertools import pairwise

import pytest

from tests.browser.conftest import LOADING
from tests.browser.looking import HEADS, api
from tests.browser.test_maps import BASINS, COMPLETE, map_of
from tests.engines.page import Page

pytestmark = pytest.mark.browser

END = "() => document.getElementById('count').textContent === `step ${downhill.walks.last} of ${downhill.walks.last}`"


def last_shown(page: Page) -> dict[str, float]:
    """The last point of the walk in the page, and its loss."""
    last: dict[str, float] = page.engine.run(
        """() => { const { x, y, loss, length } = downhill.walks.all[0];
            return Object.fromEntries(Object.entries({ x, y, loss }).map(([key, values]) => [key, values[length - 1]])) }"""
    )
    return last


def check_the_walk(page: Page, query: str) -> None:
    """What the page has drawn ends where the API says, to the last digit."""
    walk = api(page.server, f"/api/descent?{query}")["walks"][0]
    seen = last_shown(page)
    keys = [key for key in ("x", "y", "loss") if key in walk]
    assert [seen[key] for key in keys] == [walk[key][-1] for key in keys]


def test_it_opens_and_moves_without_a_click(visitor: Page) -> None:
    visitor.engine.open(f"{visitor.server.address}/?steps=1000&tolerance=0")
    picture = "heads => document.querySelector(heads).toDataURL()"
    visitor.engine.until("() => window.downhill?.player.playing && downhill.player.position > 1", patience=LOADING)
    position, before = visitor.engine.run("() => downhill.player.position"), visitor.engine.run(picture, HEADS)
    visitor.engine.until("before => downhill.player.position > before", position)
    visitor.engine.until(f"before => ({picture})('{HEADS}') !== before", before)
    assert visitor.engine.run("() => downhill.player.playing")


def test_what_is_drawn_is_what_the_api_says(page: Page) -> None:
    check_the_walk(page, "")
    page.engine.press("End")
    page.engine.until(END)
    last = last_shown(page)
    # The walker's dot lies where Plotly's axes have the place, and is no larger than a dot.
    painted = """(heads, x, y) => { const { xaxis, yaxis } = document.getElementById('map-plot')._fullLayout;
        const node = document.querySelector(heads); const scale = node.width / node.getBoundingClientRect().width;
        const alpha = (right, down) => node.getContext('2d').getImageData(scale * (xaxis.d2p(x) + right), scale * (yaxis.d2p(y) + down), 1, 1).data[3];
        return alpha(0, 0) > 200 && [alpha(20, 0), alpha(-20, 0), alpha(0, 20), alpha(0, -20)].every(around => around === 0) }"""
    page.engine.until(painted, HEADS, last["x"], last["y"])


@pytest.mark.parametrize("query", ["landscape=two-minima", "landscape=straight-line&optimizer=adam"])
def test_a_curve_and_data_are_drawn_as_the_api_says(page: Page, query: str) -> None:
    page.show(query)
    check_the_walk(page, query)


def test_the_keys_play_and_step(page: Page) -> None:
    page.show("momentum=0.9")
    page.engine.press("Home")
    page.engine.until("() => downhill.player.position === 0 && !downhill.player.playing")
    page.engine.press("ArrowRight", "ArrowRight", "ArrowLeft")
    page.engine.until("() => document.getElementById('count').textContent === 'step 1 of 200'")
    page.engine.press(" ")
    page.engine.until("() => downhill.player.playing && downhill.player.position > 2")
    page.engine.press(" ")
    page.engine.until("() => !downhill.player.playing")


def test_the_start_is_dragged(page: Page) -> None:
    page.engine.drag(page.place_of(*page.wanted("start")), page.place_of(2.0, -1.0))
    page.engine.until(
        "() => Math.hypot(downhill.walks.request.start[0] - 2, downhill.walks.request.start[1] + 1) < 0.1"
    )
    x, y = page.wanted("start")
    page.settled(f"start={x!r},{y!r}")
    check_the_walk(page, f"start={x!r},{y!r}")


def test_an_arrow_key_on_a_slider_is_a_small_step(page: Page) -> None:
    page.engine.run("() => document.getElementById('slide-momentum').focus()")
    page.engine.press("ArrowLeft")
    page.settled("momentum=0.799")
    page.engine.press("ArrowRight", "ArrowRight")
    page.settled("momentum=0.801")


@pytest.mark.parametrize(("field", "before"), [("momentum", 0.8), ("learning_rate", 0.2), ("tolerance", 1e-6)])
def test_an_arrow_key_in_a_field_is_as_small_a_step(page: Page, field: str, before: float) -> None:
    page.engine.click(f"#key-{field}")
    page.engine.press("ArrowUp")
    page.engine.until("(key, before) => downhill.walks.request[key] > before", field, before)
    assert before < page.wanted(field) <= 1.05 * before
    page.engine.press("ArrowDown", "ArrowDown")
    page.engine.until("(key, before) => downhill.walks.request[key] < before", field, before)
    assert 0.95 * before <= page.wanted(field) < before


@pytest.mark.parametrize(("typed", "value"), [("0,05", 0.05), ("0.05", 0.05), ("1/3", 1 / 3), ("1e-3", 0.001)])
def test_numbers_are_taken_as_people_type_them(page: Page, typed: str, value: float) -> None:
    page.type_in("learning_rate", typed)
    page.settled(f"learning_rate={value!r}")
    assert page.wanted("learning_rate") == value
    page.engine.until("query => location.search === query", f"?learning_rate={value!r}")


def test_what_is_no_number_is_said_beside_the_field_and_changes_nothing(page: Page) -> None:
    page.type_in("learning_rate", "0,x")
    page.engine.until(
        "() => document.querySelector('.field:has(#key-learning_rate) .trouble')?.getClientRects().length"
    )
    assert "“0,x”" in page.text(".field:has(#key-learning_rate) .trouble")
    assert (page.wanted("learning_rate"), page.address()) == (0.2, "")


def test_another_landscape_and_the_back_button(page: Page) -> None:
    page.engine.click("#landscape")
    page.engine.click("input[name=landscape][value=peaks]")
    page.settled("landscape=peaks")
    check_the_walk(page, "landscape=peaks")
    assert page.address() == "landscape=peaks"
    page.engine.back()
    page.settled("")
    assert page.engine.run("() => document.querySelector('input[name=landscape]:checked').value") == "bowl"
    assert page.address() == ""


def copied(page: Page, button: str) -> str:
    """What a button copies, as a person gets it: pasted into a field, when the page has said that it is copied."""
    page.engine.run(
        """() => { window.told = ''; const toast = document.getElementById('toast');
            new MutationObserver(() => { window.told += toast.textContent }).observe(toast, { childList: true }) }"""
    )
    page.engine.click(button)
    page.engine.until("() => window.told.includes('copied')")
    page.engine.run(
        """() => (document.querySelector('dialog:modal') ?? document.body)
            .appendChild(Object.assign(document.createElement('textarea'), { id: 'pasted' })).focus()"""
    )
    page.engine.press("v", holding="Control")
    page.engine.until("() => document.getElementById('pasted').value")
    text: str = page.engine.run(
        "() => { const field = document.getElementById('pasted'); field.remove(); return field.value }"
    )
    return text


def test_share_copies_the_address(page: Page) -> None:
    page.show("landscape=peaks&momentum=0.5")
    page.engine.click("#share")
    page.engine.until("() => document.getElementById('sharing').open")
    assert copied(page, "#sharing-copy") == page.engine.run("() => location.href")
    page.engine.run("() => document.getElementById('sharing').close()")


def test_the_steps_are_copied_whole(page: Page) -> None:
    page.show("steps=50")
    page.engine.click("#steps summary")
    walk = api(page.server, "/api/descent?steps=50")["walks"][0]
    head, *rows = [line.split("\t") for line in copied(page, "#copy-steps").splitlines()]
    assert [float(row[head.index("x")]) for row in rows] == walk["x"]
    page.engine.click("#steps summary")


def test_restarts_restart_the_learning_rate(page: Page) -> None:
    # A walk that has settled would not wait for them.
    page.show("schedule=cosine&tolerance=0")
    page.type_in("restarts", "3")
    page.engine.until("() => downhill.walks.done && downhill.walks.request.restarts === 3")
    rates = api(page.server, "/api/descent?schedule=cosine&restarts=3&tolerance=0")["walks"][0]["learning_rate"]
    seen = page.engine.run(
        "() => { const { learning_rate, length } = downhill.walks.all[0]; return [...learning_rate.subarray(0, length)] }"
    )
    assert seen == rates
    assert sum(after > before for before, after in pairwise(rates)) == 3


def test_the_theme_is_switched(page: Page) -> None:
    ground = "() => getComputedStyle(document.body).backgroundColor"
    lowest = (
        "() => [...document.querySelector('#ground canvas').getContext('2d').getImageData(200, 200, 1, 1).data].join()"
    )
    before = page.engine.run(ground), page.engine.run(lowest)
    page.engine.click("#theme")
    page.engine.until(f"(page, map) => ({ground})() !== page && ({lowest})() !== map", *before)
    page.engine.click("#theme")
    page.engine.until(f"(page, map) => ({ground})() === page && ({lowest})() === map", *before)


def test_the_surface_is_drawn_or_it_is_said_why_not(page: Page) -> None:
    page.alone(False)
    page.engine.until(
        """() => { const note = document.getElementById('surface-note'); const said = note.getClientRects().length > 0 ? note.innerText : '';
            return said.includes('The map works alone') || (downhill.scene_drawn && said === '' && Boolean(document.querySelector('#surface-plot canvas'))) }""",
        patience=LOADING,
    )


def test_a_basin_map_is_what_the_api_says(page: Page) -> None:
    # So many that none is still on its way.
    query = "landscape=himmelblau&steps=2000"
    page.show(query)
    page.engine.click("input[name=map][value=basins]")
    page.engine.until(COMPLETE, patience=LOADING)
    shares = map_of(page.server, "basins", query).done["shares"]
    told = page.engine.run("() => [...document.querySelectorAll('#map-legend li')].map(row => row.innerText)")
    percent = [float(re.search(r"([\d.]+)\s%$", row)[1]) for row in told]  # type: ignore[index]  # another form fails
    # The legend has the largest first.
    assert sorted(percent) == pytest.approx(sorted(100 * share for share in shares.values() if share > 0), abs=0.05)
    # The cells are drawn under the map, in more colours than one.
    page.engine.until(
        """cells => { const node = document.querySelector(cells); const { data } = node.getContext('2d').getImageData(0, 0, node.width, node.height);
            return new Set(new Uint32Array(data.buffer)).size > 3 }""",
        BASINS,
    )


def test_runs_race_each_other(page: Page) -> None:
    page.show("run=adam,learning_rate:0.05&run=newton")
    walks = api(page.server, "/api/descent?run=adam,learning_rate:0.05&run=newton")["walks"]
    ends = page.engine.run("() => downhill.walks.all.map(({ x, length }) => x[length - 1])")
    assert ends == [walk["x"][-1] for walk in walks]
    page.engine.until("() => document.querySelectorAll('#race-table tbody tr').length === 3")


def test_a_shared_link_opens_what_was_seen(page: Page) -> None:
    query = "landscape=saddle&starts=3&noise=0.3&seed=7"
    page.show(query)
    seen = last_shown(page)
    page.load(f"/?{page.address()}")
    assert last_shown(page) == seen
    assert page.engine.run("() => downhill.walks.all.length") == 3


def test_a_lesson_has_its_words_and_its_walk(visitor: Page) -> None:
    visitor.load("/lessons/warm-restarts")
    assert visitor.text("#lesson h2")
    assert visitor.text("#lesson .teaching")
    check_the_walk(visitor, visitor.engine.run("() => downhill.walks.query"))


def test_a_bad_address_opens_with_a_notice(visitor: Page) -> None:
    visitor.load("/?learning_rate=-1&steps=30")
    assert "learning_rate=-1" in visitor.text(".notice")
    assert visitor.wanted("steps") == 30
    visitor.engine.click(".notice .dismiss")
    visitor.engine.until("() => !document.querySelector('.notice')")


@pytest.mark.parametrize("path", ["/lessons", "/docs", "/examples", "/two-dimensions"])
def test_the_pages_of_text_open(visitor: Page, path: str) -> None:
    visitor.engine.open(visitor.server.address + path)
    assert visitor.text("h1")
    visitor.engine.click("#theme")
    visitor.engine.until("() => localStorage.getItem('theme')")
    visitor.engine.click("#theme")
