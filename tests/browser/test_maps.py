"""The maps of all starts and of all settings: what is drawn, hovered and clicked is what the API says."""

import json
import math
import re
from collections import Counter
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlparse
from urllib.request import urlopen

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

from app.maps.colours import SHADES, rgb_of, shades
from tests.browser.conftest import Server, Watched
from tests.browser.looking import api, choose, count_entries, entries, shown, soon, soon_is

pytestmark = pytest.mark.browser

BASINS, RATES = "#basins-over canvas", "#rates-under canvas"
# The map that was asked for is there, and drawn in the frame after it came.
COMPLETE = """() => { const { maps } = downhill; return Boolean(maps.shown?.done && maps.shown_key === maps.key && !maps.controller && !maps.frame_asked
    && (maps.shown.kind !== 'rates' || document.getElementById('rates-plot')._fullLayout)) }"""


class Answer(NamedTuple):
    """A map as the API tells it."""

    start: dict[str, Any]
    last: dict[str, Any]
    done: dict[str, Any]

    def cell(self, row: int, column: int) -> dict[str, Any]:
        """What the last pass says of a cell."""
        outcome = self.last["outcome"][row][column]
        entry = (
            next(one for one in self.start["legend"] if one["outcome"] == outcome)
            if isinstance(outcome, str)
            else self.start["legend"][outcome]
        )
        return {
            "label": entry["label"],
            "outcome": entry["outcome"],
            "x": self.start["x"][column],
            "y": self.start["y"][row] if "y" in self.start else None,
            "steps": self.last["steps"][row][column],
            "evaluations": self.last["evaluations"][row][column] if "evaluations" in self.last else None,
        }


def map_of(server: Server, kind: str, query: str) -> Answer:
    with urlopen(f"{server.address}/api/maps/{kind}?{query}", timeout=60) as response:
        lines = [json.loads(line) for line in response]
    return Answer(lines[0], [line for line in lines if line["kind"] == "pass"][-1], lines[-1])


def mapped(watched: Watched, query: str) -> Page:
    """Open an address that has a map, and wait until it is complete."""
    page = watched.show(f"?{query}")
    page.wait_for_function(COMPLETE)
    return page


def complete(page: Page, change: str) -> None:
    """Wait until the address has changed as this says, and its map is there."""
    page.wait_for_function(f"() => {change}")
    page.wait_for_function(f"() => downhill.walks.query === location.search.slice(1) && ({COMPLETE})()")


def place(page: Page, x: float, y: float, plot: str = "map-plot") -> tuple[float, float]:
    """Where a value lies on the screen, as Plotly has it."""
    page.locator(f"#{plot}").scroll_into_view_if_needed()
    left, top = page.evaluate(
        """([x, y, plot]) => { const node = document.getElementById(plot); const { xaxis, yaxis } = node._fullLayout;
            const box = node.getBoundingClientRect();
            return [box.left + xaxis._offset + xaxis.d2p(x), box.top + yaxis._offset + yaxis.d2p(y)] }""",
        [x, y, plot],
    )
    return left, top


def tip(page: Page, kind: str) -> list[str]:
    texts: list[str] = page.evaluate(
        "id => [...document.getElementById(id).children].map(one => one.textContent)", f"{kind}-tip"
    )
    return texts


def asked(page: Page) -> list[str]:
    """Collect the addresses of the maps that are asked for from now on."""
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url) if "/api/maps/" in request.url else None)
    return found


HIMMELBLAU = "landscape=himmelblau&steps=1000&map=basins&resolution=64"
PLACES = [(3, 5), (20, 40), (33, 12), (50, 50), (60, 2), (10, 60)]


def test_a_hovered_start_says_what_the_api_says(plain: Watched) -> None:
    page = mapped(plain, HIMMELBLAU)
    answer = map_of(plain.server, "basins", HIMMELBLAU)
    for row, column in PLACES:
        cell = answer.cell(row, column)
        page.mouse.move(*place(page, cell["x"], cell["y"]))
        steps = f"{cell['steps']:,} steps"
        assert soon(lambda texts: texts[1:] == [cell["label"], steps], tip, page, "basins")[1:] == [  # noqa: B023
            cell["label"],
            steps,
        ]
        x, y = map(float, re.findall(r"-?[\d.]+", tip(page, "basins")[0]))
        assert (x, y) == pytest.approx((cell["x"], cell["y"]), rel=1e-3)


def test_the_legend_gives_the_shares_that_the_api_gives(plain: Watched) -> None:
    page = mapped(plain, HIMMELBLAU)
    shares = map_of(plain.server, "basins", HIMMELBLAU).done["shares"]
    rows = page.locator("#map-legend li").all_inner_texts()
    told = {label: float(share) for label, share in (re.match(r"(.+?)\s+([\d.]+)\s%$", row).groups() for row in rows)}  # type: ignore[union-attr]  # a row of another form fails the test
    assert told == pytest.approx({label: 100 * share for label, share in shares.items() if share > 0}, abs=0.05)
    best = sum(share for label, share in shares.items() if label.startswith("global"))
    assert f"{round(100 * best, 1):g}" in page.locator("#map-words").inner_text()


def test_every_pixel_of_a_cell_has_one_colour_and_its_neighbours_begin_at_the_next(plain: Watched) -> None:
    query = "landscape=himmelblau&steps=1000&map=basins&resolution=8"
    page = mapped(plain, query)
    answer = map_of(plain.server, "basins", query)
    half = (answer.start["axes"][0]["high"] - answer.start["axes"][0]["low"]) / 16
    colours = {}
    for row in range(8):
        for column in range(8):
            cell = answer.cell(row, column)
            # The middle, and what lies a pixel inside each corner.
            corners = [
                [cell["x"], cell["y"]],
                *([cell["x"] + a * half, cell["y"] + b * half] for a in (-1, 1) for b in (-1, 1)),
            ]
            found = page.evaluate(
                """([corners, canvas]) => { const { xaxis, yaxis } = document.getElementById('map-plot')._fullLayout; const ratio = devicePixelRatio;
                    const pen = document.querySelector(canvas).getContext('2d'); const [[mx, my]] = corners;
                    return corners.map(([x, y]) => { const px = xaxis.d2p(x) + 1.5 * Math.sign(mx - x), py = yaxis.d2p(y) - 1.5 * Math.sign(my - y);
                      return [...pen.getImageData(Math.floor(ratio * px), Math.floor(ratio * py), 1, 1).data].join() }) }""",
                [corners, BASINS],
            )
            if cell["label"].startswith("global"):
                assert len(set(found)) == 1, (row, column)
                colours.setdefault((cell["label"], cell["steps"]), set()).add(found[0])
    # Equal ends after equally many steps look alike, and other ends do not.
    assert all(len(seen) == 1 for seen in colours.values())
    by_end: dict[str, set[str]] = {}
    for (label, _), seen in colours.items():
        by_end.setdefault(label, set()).update(seen)
    assert len(by_end) == 4
    assert len(set.union(*by_end.values())) == sum(map(len, by_end.values()))


RASTRIGIN = "landscape=rastrigin&optimizer=gradient-descent&steps=300&map=basins&resolution=64"


def test_the_cells_of_very_many_minima_have_their_colours_in_the_legend_shaded_by_steps(plain: Watched) -> None:
    page = mapped(plain, RASTRIGIN)
    answer = map_of(plain.server, "basins", RASTRIGIN)
    legend, outcome = answer.start["legend"], np.array(answer.last["outcome"])
    of_minima = np.array([entry["point"] is not None for entry in legend])
    logs = np.log(np.array(answer.last["steps"]) + 1.0)
    known = logs[of_minima[outcome]]
    levels = np.round((SHADES - 1) * (logs - known.min()) / np.ptp(known)).astype(int)
    cells = [(row, column) for row in range(1, 64, 4) for column in range(2, 64, 4)]
    found = page.evaluate(
        """([places, canvas]) => { const { xaxis, yaxis } = document.getElementById('map-plot')._fullLayout; const ratio = devicePixelRatio;
            const pen = document.querySelector(canvas).getContext('2d');
            return places.map(([x, y]) => [...pen.getImageData(Math.floor(ratio * xaxis.d2p(x)), Math.floor(ratio * yaxis.d2p(y)), 1, 1).data]) }""",
        [[(answer.start["x"][column], answer.start["y"][row]) for row, column in cells], BASINS],
    )
    seen = set()
    for (row, column), pixel in zip(cells, found, strict=True):
        entry = legend[outcome[row, column]]
        if entry["point"] is not None:
            expected = shades(rgb_of(entry["colour"]))[levels[row, column]]
            assert pixel == [*expected.tolist(), 255], (row, column)
            seen.add(entry["label"])
    # Hardly a cell of those that were looked at lies in the basin of one that was seen before.
    assert len(seen) > 80


def test_a_click_takes_the_very_start_that_was_hovered_and_its_walk_ends_as_the_cell_says(plain: Watched) -> None:
    page = mapped(plain, HIMMELBLAU)
    answer = map_of(plain.server, "basins", HIMMELBLAU)
    requests = asked(page)
    for row, column in PLACES:
        cell = answer.cell(row, column)
        x, y = place(page, cell["x"], cell["y"])
        # Somewhere in the cell, not its middle.
        page.mouse.click(x + 2, y - 2)
        start = [cell["x"], cell["y"]]
        page.wait_for_function(
            "start => String(downhill.walks.request.start) === String(start) && downhill.walks.done", arg=start
        )
        summary = shown(page)["summary"]
        assert (summary["outcome"], summary["steps"]) == (cell["outcome"], cell["steps"])
    assert requests == [], "moving the start over a map of all starts asks for no other map"


def test_a_hovered_setting_says_what_the_api_says_and_a_click_takes_it(plain: Watched) -> None:
    query = "landscape=rosenbrock&steps=400&map=rates&resolution=64"
    page = mapped(plain, query)
    answer = map_of(plain.server, "rates", query)
    requests = asked(page)
    for row, column in [(5, 30), (40, 20), (20, 36), (60, 60)]:
        cell = answer.cell(row, column)
        page.mouse.move(*place(page, cell["x"], cell["y"], "rates-plot"))
        expected = [cell["label"], f"{cell['steps']:,} steps, {cell['evaluations']:,} evaluations"]
        assert soon(lambda texts: texts[2:] == expected, tip, page, "rates")[2:] == expected  # noqa: B023
        page.mouse.click(*place(page, cell["x"], cell["y"], "rates-plot"))
        page.wait_for_function(
            "([rate, momentum]) => downhill.walks.request.learning_rate === rate && downhill.walks.request.momentum === momentum && downhill.walks.done",
            arg=[cell["x"], cell["y"]],
        )
        summary = shown(page)["summary"]
        assert (summary["outcome"], summary["steps"], summary["evaluations"]) == (
            cell["outcome"],
            cell["steps"],
            cell["evaluations"],
        )
        address = soon(lambda url: repr(cell["x"]) in url, page.evaluate, "() => location.search.slice(1)")  # noqa: B023  # called at once
        given = parse_qs(address)
        assert float(given["learning_rate"][0]) == cell["x"]
        assert float(page.locator("#key-learning_rate").input_value()) == pytest.approx(cell["x"], rel=5e-6)
        assert float(page.locator("#key-momentum").input_value()) == pytest.approx(cell["y"], rel=5e-6)
    assert requests == []


def test_the_best_setting_is_told_marked_and_taken(plain: Watched) -> None:
    query = "landscape=quadratic&map=rates&resolution=64"
    page = mapped(plain, query)
    best = map_of(plain.server, "rates", query).done["best"]
    assert f"{best['evaluations']} evaluations" in page.locator("#map-words").inner_text()
    star = page.evaluate(
        "() => { const { x, y } = document.getElementById('rates-plot').data.find(({ marker }) => marker?.symbol === 'star'); return [x[0], y[0]] }"
    )
    assert star == [best["learning_rate"], best["second"]]
    page.locator("#map-best").click()
    page.wait_for_function(
        "rate => downhill.walks.request.learning_rate === rate && downhill.walks.done", arg=best["learning_rate"]
    )
    assert shown(page)["summary"]["evaluations"] == best["evaluations"]


def test_the_stability_limit_is_drawn_where_theory_has_it(plain: Watched) -> None:
    query = "map=rates&resolution=64"
    page = mapped(plain, query)
    # Momentum on a quadratic (Polyak 1964): 2 (1 + β) / λ, and the bowl's larger eigenvalue is 1.
    line = page.evaluate(
        "() => { const { x, y } = document.getElementById('rates-plot').data.find(({ line }) => line?.dash); return [x, y] }"
    )
    assert len(line[0]) > 50
    assert [rate for rate, _ in zip(*line, strict=True)] == pytest.approx([2 * (1 + momentum) for momentum in line[1]])
    expect(page.locator("#rates-limit")).to_be_visible()


def test_a_rectangle_zooms_into_the_map_of_starts_and_the_back_button_out_again(plain: Watched) -> None:
    page = mapped(plain, HIMMELBLAU)
    page.locator("#map-zoom").click()
    page.mouse.move(*place(page, -1, 1))
    page.mouse.down()
    page.mouse.move(*place(page, 0, 0.5), steps=3)
    page.mouse.move(*place(page, 1, -1), steps=3)
    page.mouse.up()
    complete(page, "location.search.includes('window=')")
    window = [
        float(part) for part in parse_qs(urlparse(page.evaluate("() => location.href")).query)["window"][0].split(",")
    ]
    assert window == pytest.approx([-1, 1, -1, 1], abs=0.05)
    seen = page.evaluate(
        "() => { const { xaxis, yaxis } = document.getElementById('map-plot')._fullLayout; return [...xaxis.range, ...yaxis.range] }"
    )
    assert seen == pytest.approx(window, rel=1e-9), "the landscape is shown in the same window"
    assert shown(page)["request"]["start"] == api(plain.server, "/api/landscapes/himmelblau")["start"], (
        "the start stays"
    )
    answer = map_of(plain.server, "basins", page.evaluate("() => location.search.slice(1)"))
    assert page.evaluate("() => [...downhill.maps.shown.steps]") == [
        steps for row in answer.last["steps"] for steps in row
    ]
    page.go_back()
    complete(page, "!location.search.includes('window=')")
    page.go_forward()
    complete(page, "location.search.includes('window=')")
    page.locator("#map-whole").click()
    complete(page, "!location.search.includes('window=')")
    expect(page.locator("#map-whole")).to_be_hidden()


def test_zoom_says_what_it_does_and_ends_after_one_rectangle_by_escape_or_with_another_map(plain: Watched) -> None:
    page = mapped(plain, HIMMELBLAU)
    button, hint = page.locator("#map-zoom"), page.locator("#map-hint")
    begun, ended = "Drag a rectangle to zoom in; Esc ends it.", "Drag the ring, or click where to start."
    expect(hint).to_have_text(ended)

    def begin() -> None:
        button.click()
        expect(hint).to_have_text(begun)

    def is_over() -> None:
        expect(button).to_have_attribute("aria-pressed", "false")
        expect(hint).to_have_text(ended)

    begin()
    page.locator("#key-steps").focus()
    page.keyboard.press("Escape")
    is_over()
    begin()
    page.mouse.move(*place(page, -1, 1))
    page.mouse.down()
    page.mouse.move(*place(page, 1, -1), steps=3)
    page.mouse.up()
    is_over()
    complete(page, "location.search.includes('window=')")
    begin()
    choose(page, "rosenbrock")
    is_over()
    complete(page, "location.search.includes('rosenbrock')")
    begin()
    page.locator('#map-kind input[value="rates"]').check(force=True)
    is_over()
    button.click()
    expect(page.locator("#rates-hint")).to_have_text(begun)
    expect(hint).to_have_text(ended)


def test_where_most_starts_are_out_of_steps_more_of_them_are_offered(plain: Watched) -> None:
    page = mapped(plain, "landscape=himmelblau&optimizer=adam&learning_rate=0.001&steps=100&map=basins&resolution=64")
    expect(page.locator("#map-words")).to_contain_text("Most are out of steps")
    count_entries(page)
    page.get_by_role("button", name="Take 500 steps").click()
    complete(page, "location.search.includes('steps=500')")
    assert entries(page) == 1
    expect(page.locator("#map-steps")).to_have_text("Take 1,000 steps")
    mapped(plain, HIMMELBLAU)
    expect(page.locator("#map-steps")).to_be_hidden()


def test_a_number_has_few_digits_until_it_is_typed_and_stays_exact_when_it_is_left(plain: Watched) -> None:
    page = plain.show("?start=2.7777777777,-1.5&learning_rate=0.012345678901")
    rate, first, second = (page.locator(f"#key-{key}") for key in ("learning_rate", "start", "start-y"))
    expect(rate).to_have_value("0.0123457")
    expect(first).to_have_value("2.77778")
    rate.focus()
    expect(rate).to_have_value("0.012345678901")
    rate.blur()
    expect(rate).to_have_value("0.0123457")
    assert "learning_rate=0.012345678901" in page.url
    second.fill("0.5")
    second.blur()
    page.wait_for_function("() => downhill.walks.request.start[1] === 0.5")
    assert shown(page)["request"]["start"] == [2.7777777777, 0.5]
    assert shown(page)["request"]["learning_rate"] == 0.012345678901


def test_plus_and_minus_zoom_where_the_pointer_is(plain: Watched) -> None:
    page = mapped(plain, "landscape=quadratic&map=rates&resolution=64")
    page.mouse.move(*place(page, 0.1, 0.5, "rates-plot"))
    page.keyboard.press("+")
    complete(page, "location.search.includes('window=')")
    axes = page.evaluate("() => downhill.maps.shown.axes")
    assert axes[1]["high"] - axes[1]["low"] == pytest.approx(0.5, rel=0.01)
    assert math.log10(axes[0]["high"] / axes[0]["low"]) == pytest.approx(2, rel=0.01)
    page.keyboard.press("-")
    complete(page, "!location.search.includes('window=')")


def test_a_million_times_deeper_the_map_still_shows_structure_and_its_axes_can_be_read(plain: Watched) -> None:
    window = "window=0.0295252274,0.0295252402,0.2185413811,0.2185415404"
    query = f"landscape=himmelblau&start=-0.4,-1.2&steps=400&map=rates&{window}&resolution=64"
    page = mapped(plain, query)
    answer = map_of(plain.server, "rates", query)
    assert page.evaluate("() => [...downhill.maps.shown.evaluations]") == [
        value for row in answer.last["evaluations"] for value in row
    ]
    counts = Counter(outcome for row in answer.last["outcome"] for outcome in row)
    assert min(counts[outcome] for outcome in ("converged", "diverged", "out_of_steps")) > 400
    assert len({value for row in answer.last["evaluations"] for value in row}) > 100
    titles = page.evaluate(
        "() => { const { xaxis, yaxis } = document.getElementById('rates-plot')._fullLayout; return [xaxis.title.text, yaxis.title.text] }"
    )
    assert re.fullmatch(r"learning rate − 0\.029525\d*, in 10⁻⁹", titles[0])
    assert re.fullmatch(r"momentum − 0\.218541\d*, in 10⁻⁸", titles[1])
    texts = page.evaluate(
        "() => [...document.querySelectorAll('#rates-plot .xaxislayer-above .xtick text, #rates-plot .yaxislayer-above .ytick text')].map(one => one.textContent)"
    )
    assert len(texts) >= 6
    assert all(len(text) <= 5 for text in texts)


def test_the_map_of_another_run_takes_that_runs_settings(plain: Watched) -> None:
    query = "landscape=himmelblau&map=rates&map_run=1&resolution=64&run=adam,learning_rate:0.3"
    page = mapped(plain, query)
    expect(page.locator("#rates-name")).to_have_text("learning rate × first decay")
    expect(page.locator("#map-run")).to_have_value("1")
    cell = map_of(plain.server, "rates", query).cell(30, 45)
    page.mouse.click(*place(page, cell["x"], cell["y"], "rates-plot"))
    page.wait_for_function(
        "rate => downhill.walks.runs[1].request.learning_rate === rate && downhill.walks.done", arg=cell["x"]
    )
    summary = page.evaluate("() => downhill.walks.all[1].summary")
    assert (summary["outcome"], summary["evaluations"]) == (cell["outcome"], cell["evaluations"])
    assert (
        page.evaluate("() => downhill.walks.runs[0].request.learning_rate")
        == api(plain.server, "/api/landscapes/himmelblau")["learning_rate"]
    )


def test_what_only_the_picture_has_asks_for_no_other_map(plain: Watched) -> None:
    page = mapped(plain, "landscape=himmelblau&map=basins&resolution=64&run=adam")
    requests = asked(page)
    plain.show("?landscape=himmelblau&axis=evaluations&map=basins&resolution=64&run=adam,name:Fast,hidden:1")
    page.keyboard.press("Home")
    page.wait_for_function(COMPLETE)
    # Longer than it waits until nothing has changed.
    page.evaluate("() => new Promise(done => setTimeout(done, 600))")
    assert requests == []
    query = "landscape=himmelblau&learning_rate=0.005&map=basins&resolution=64"
    with page.expect_request("**/api/maps/**") as request:
        plain.show(f"?{query}")
    assert request.value.url == f"{plain.server.address}/api/maps/basins?{query}"
    page.wait_for_function(COMPLETE)


LONG = "landscape=rastrigin&optimizer=adam&learning_rate=0.05&steps=500&map=basins&resolution=1024"


def under_way(server: Server) -> int:
    count: int = api(server, "/healthz")["under_way"]
    return count


def test_a_map_can_be_cancelled_keeps_what_is_there_and_goes_on(plain: Watched) -> None:
    page = plain.show(f"?{LONG}")
    page.wait_for_function("() => downhill.maps.shown?.columns >= 64")
    page.locator("#map-cancel").click()
    expect(page.locator("#map-failure-text")).to_contain_text(
        re.compile(r"Stopped by you at \d+ × \d+ of 1024 × 1024 cells")
    )
    assert soon_is(0, under_way, plain.server) == 0
    columns = page.evaluate("() => downhill.maps.shown.columns")
    assert columns >= 64
    page.locator("#map-again").click()
    page.wait_for_function("before => downhill.maps.shown.columns > before", arg=columns)
    expect(page.locator("#map-failure")).to_be_hidden()
    # Leaving cancels as well.
    plain.show("?landscape=rastrigin")
    assert soon_is(0, under_way, plain.server) == 0
    assert page.evaluate(
        "() => { const { width, height } = document.querySelector('#basins-over canvas'); return document.querySelector('#basins-over canvas').getContext('2d').getImageData(0, 0, width, height).data.every(part => part === 0) }"
    )


def test_another_setting_gives_up_the_map_under_way(plain: Watched) -> None:
    page = plain.show(f"?{LONG}")
    page.wait_for_function("() => downhill.maps.shown?.columns >= 32")
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url) if "/api/maps/" in request.url else None)
    plain.show(f"?{LONG.replace('learning_rate=0.05', 'learning_rate=0.06').replace('1024', '64')}")
    page.wait_for_function(COMPLETE)
    assert any("learning_rate=0.05" in url for url in failed)


def test_a_busy_server_is_waited_for_and_that_is_said(plain: Watched) -> None:
    times = iter([True, False])

    def busy(route: Route) -> None:
        if next(times, False):
            body = {
                "error": {
                    "status": 503,
                    "message": "Too many maps are under way.",
                    "key": None,
                    "hint": "Try again soon.",
                }
            }
            route.fulfill(
                status=503, headers={"Retry-After": "2", "Content-Type": "application/json"}, body=json.dumps(body)
            )
        else:
            route.continue_()

    plain.expected = ("503",)
    plain.page.route("**/api/maps/**", busy)
    page = plain.show(f"?{HIMMELBLAU}")
    expect(page.locator("#map-progress-text")).to_contain_text("The server is busy with other maps. Asking again in")
    page.wait_for_function(COMPLETE)
    expect(page.locator("#map-failure")).to_be_hidden()
    expect(page.locator("#map-progress")).to_be_hidden()


def test_a_map_that_is_cut_off_says_so_keeps_its_picture_and_can_be_asked_for_again(plain: Watched) -> None:
    with urlopen(f"{plain.server.address}/api/maps/basins?{HIMMELBLAU}", timeout=60) as response:
        start, first, *_ = response.read().splitlines(keepends=True)
    plain.page.route(
        "**/api/maps/**", lambda route: route.fulfill(body=start + first, content_type="application/x-ndjson")
    )
    page = plain.show(f"?{HIMMELBLAU}")
    page.wait_for_function("() => downhill.maps.shown?.columns === 32")
    expect(page.locator("#map-failure")).to_be_visible()
    expect(page.locator("#map-failure-text")).to_contain_text("cut off")
    assert page.evaluate("() => [downhill.maps.shown.columns, downhill.maps.shown.done]") == [32, False]
    plain.page.unroute_all()
    page.locator("#map-again").click()
    page.wait_for_function(COMPLETE)
    assert page.evaluate("() => downhill.maps.shown.columns") == 64
    expect(page.locator("#map-failure")).to_be_hidden()


def test_a_map_that_is_too_large_is_refused_beside_its_controls(plain: Watched) -> None:
    plain.expected = ("422",)
    page = plain.show("?landscape=peaks&steps=100000")
    page.locator("#map-kind input[value=basins]").click(force=True)
    expect(page.locator("#map-failure-text")).to_contain_text("At most resolution=")
    expect(page.locator("#map-kind input[value='']")).to_be_checked()
    assert "map=" not in page.evaluate("() => location.search")


def test_on_a_curve_the_map_is_a_strip_along_the_axis(plain: Watched) -> None:
    query = "landscape=two-minima&steps=2000&map=basins&resolution=64"
    page = mapped(plain, query)
    rows = page.evaluate(
        """canvas => { const node = document.querySelector(canvas); const { data } = node.getContext('2d').getImageData(0, 0, node.width, node.height);
            return Array.from({ length: node.height }, (_, y) => { let count = 0; for (let x = 0; x < node.width; x += 1) count += data[4 * (y * node.width + x) + 3] > 0; return count / node.width }) }""",
        BASINS,
    )
    assert all(share == 0 for share in rows[:-30])
    assert all(share == 1 for share in rows[-20:])
    cell = map_of(plain.server, "basins", query).cell(0, 20)
    low, _ = page.evaluate("() => document.getElementById('map-plot')._fullLayout.yaxis.range")
    page.mouse.click(*place(page, cell["x"], low + 0.1))
    page.wait_for_function("x => downhill.walks.request.start[0] === x && downhill.walks.done", arg=cell["x"])
    assert shown(page)["summary"]["steps"] == cell["steps"]


def test_an_optimizer_without_a_second_hyperparameter_has_a_curve_of_evaluations(plain: Watched) -> None:
    query = "optimizer=gradient-descent&steps=500&map=rates&resolution=64"
    page = mapped(plain, query)
    answer = map_of(plain.server, "rates", query)
    drawn = page.evaluate("() => document.getElementById('rates-plot').data[0].y")
    assert [value for value in drawn if value is not None] == [
        cell["evaluations"]
        for cell in (answer.cell(0, column) for column in range(64))
        if cell["outcome"] == "converged"
    ]
    cell = answer.cell(0, 40)
    page.mouse.click(*place(page, cell["x"], 50, "rates-plot"))
    page.wait_for_function("rate => downhill.walks.request.learning_rate === rate", arg=cell["x"])


def test_cells_are_steered_through_by_keys(plain: Watched) -> None:
    query = "landscape=quadratic&map=rates&resolution=64"
    page = mapped(plain, query)
    page.locator("#rates-plot").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    words = page.locator("#map-cell").inner_text()
    assert words.startswith("learning rate ")
    hovered = page.evaluate("() => downhill.maps.hovered")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "([rate, momentum]) => downhill.walks.request.learning_rate === rate && downhill.walks.request.momentum === momentum",
        arg=[hovered["x"], hovered["y"]],
    )


@pytest.mark.parametrize("kind", ["basins", "rates"])
def test_both_maps_fit_a_phone(phone: Watched, kind: str) -> None:
    page = mapped(phone, f"landscape=himmelblau&steps=400&map={kind}&resolution=64")
    canvas = page.locator(BASINS if kind == "basins" else RATES)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["width"] > 250
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    small = page.evaluate(
        """() => [...document.querySelectorAll('#maps button, #maps select, #maps label, #maps input')].filter(one => one.offsetParent && getComputedStyle(one).opacity !== '0')
            .map(one => [one.id || one.textContent, one.getBoundingClientRect().height]).filter(([, height]) => height < 43.5)"""
    )
    assert small == []


def test_a_tap_takes_a_setting(phone: Watched) -> None:
    query = "landscape=himmelblau&steps=400&map=rates&resolution=64"
    page = mapped(phone, query)
    cell = map_of(phone.server, "rates", query).cell(20, 30)
    page.touchscreen.tap(*place(page, cell["x"], cell["y"], "rates-plot"))
    page.wait_for_function("rate => downhill.walks.request.learning_rate === rate", arg=cell["x"])
