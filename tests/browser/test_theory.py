"""What theory says, on the page: drawn over the map, told in words, plotted under the curves, set by buttons."""

import math
import re
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, Watched
from tests.browser.looking import (
    HEADS,
    api,
    colour_of,
    count_entries,
    entries,
    in_plot,
    nearest,
    painted,
    set_arrows,
    shown,
    soon,
    soon_is,
    to_the_end,
    two_frames,
)

pytestmark = pytest.mark.browser

SWITCH = "#theory-on"
# Lines are drawn with soft edges, and dashed ones with gaps: of the pixels along them so many have their colour.
ALIKE, ALONG = 60.0, 0.4


def stand_at(page: Page, step: int) -> None:
    """Stand at a step, and wait until what theory says of it is there and drawn."""
    page.locator("#scrub").fill(str(step))
    page.wait_for_function(
        """step => { const { theory, player } = downhill;
            return !player.playing && player.shown === step && theory.scene?.step === step && theory.here }""",
        arg=step,
    )
    two_frames(page)


def theory_of(server: Server, query: str, step: int, walk: int = 0) -> dict[str, Any]:
    said: dict[str, Any] = api(server, f"/api/descent/theory?{query}&walk={walk}&step={step}")
    return said


def told(page: Page) -> dict[str, str]:
    """The rows of the panel: names without their symbols, and what is said."""
    rows: list[list[str]] = page.evaluate(
        """() => [...document.querySelectorAll('#theory-rows dt')].map(term =>
            [[...term.childNodes].filter(({ nodeName }) => nodeName !== 'math').map(({ textContent }) => textContent).join('').trim(),
             term.nextElementSibling.textContent])"""
    )
    return dict(rows)


def dense(line: dict[str, Any], across: str = "y") -> list[list[float]]:
    """Points along a polyline, between its corners, too."""
    corners = list(zip(line["x"], line[across], strict=True))
    return [
        [a + part * (c - a), b + part * (d - b)]
        for (a, b), (c, d) in pairwise(corners)
        for part in (0.0, 0.2, 0.4, 0.6, 0.8)
    ]


def inside(page: Page, places: list[list[float]]) -> list[list[float]]:
    """Those at least some pixels inside the picture."""
    width, height = page.evaluate(
        "() => { const { box } = downhill.overlays.map.frame; return [box.width, box.height] }"
    )
    return [place for place in places if 4 < place[0] < width - 4 and 4 < place[1] < height - 4]


def share_alike(page: Page, places: list[list[float]]) -> float:
    """How many of the places have a pixel of theory's colour beside them."""
    seen = nearest(page, HEADS, places, colour_of(page, "theory"))
    return sum(distance < ALIKE for distance in seen) / len(seen)


def test_the_switch_is_in_the_address_and_survives_reload_and_back(moving: Watched) -> None:
    page = moving.page
    expect(page.locator("#theory")).to_be_hidden()
    expect(page.locator("#sharpness")).to_be_hidden()
    # Frames that come before the answer must not turn the switch back. The walk may play already: it does so from its end.
    to_the_end(page)
    page.locator("#play").click()
    assert page.evaluate("() => downhill.player.playing")
    page.locator(SWITCH).check()
    page.wait_for_url("**/?theory=1")
    expect(page.locator("#theory")).to_be_visible()
    expect(page.locator("#sharpness")).to_be_visible()
    page.go_back()
    expect(page.locator(SWITCH)).not_to_be_checked()
    expect(page.locator("#theory")).to_be_hidden()
    page.go_forward()
    expect(page.locator(SWITCH)).to_be_checked()
    expect(page.locator("#theory")).to_be_visible()
    moving.load("?theory=1")
    expect(page.locator(SWITCH)).to_be_checked()
    expect(page.locator("#theory")).to_be_visible()
    page.locator(SWITCH).focus()
    page.keyboard.press("Space")
    expect(page.locator("#theory")).to_be_hidden()
    page.wait_for_url(re.compile("^[^?]*/$"))


@pytest.mark.parametrize(
    ("query", "step"),
    [("", 3), ("landscape=rosenbrock&optimizer=gradient-descent", 5), ("landscape=saddle", 4)],
)
def test_level_lines_lie_where_the_api_says_and_nowhere_else(
    plain: Watched, server: Server, query: str, step: int
) -> None:
    page = plain.show(f"?{query}{'&' if query else ''}theory=1")
    set_arrows(page, False)
    stand_at(page, step)
    lines = theory_of(server, query, step)["local"]["lines"]
    assert len(lines) > 3
    seen = 0
    for line in lines:
        places = inside(page, in_plot(page, dense(line)))
        if len(places) < 40:
            continue
        seen += 1
        assert soon(lambda share: share > ALONG, share_alike, page, places) > ALONG
    assert seen > 2
    # Away from every line, bar, number and mark nothing has the colour.
    drawn = [place for line in lines for place in in_plot(page, dense(line))]
    local = theory_of(server, query, step)["local"]
    taken = in_plot(page, [local["point"], *([local["centre"]] if local["centre"] else [])])
    grid = inside(page, [[float(x), float(y)] for x in range(10, 500, 14) for y in range(10, 500, 14)])
    free = [
        place
        for place in grid
        if all(math.dist(place, other) > 6 for other in drawn) and all(math.dist(place, other) > 160 for other in taken)
    ]
    assert len(free) > 40
    assert share_alike(page, free) == 0


def test_on_a_curve_the_parabola_lies_where_the_api_says(plain: Watched, server: Server) -> None:
    query = "landscape=two-minima&optimizer=gradient-descent"
    page = plain.show(f"?{query}&theory=1")
    set_arrows(page, False)
    stand_at(page, 4)
    curve = theory_of(server, query, 4)["local"]["curve"]
    places = inside(page, in_plot(page, dense(curve, "loss")))
    assert len(places) > 40
    assert soon(lambda share: share > ALONG, share_alike, page, places) > ALONG
    assert "parabola" in page.locator("#theory-key").inner_text()


def test_bars_lie_along_the_eigenvectors_and_the_ring_at_the_centre(plain: Watched, server: Server) -> None:
    query = "landscape=turned-ravine&optimizer=gradient-descent"
    page = plain.show(f"?{query}&theory=1")
    set_arrows(page, False)
    stand_at(page, 2)
    local = theory_of(server, query, 2)["local"]
    [[x, y]] = in_plot(page, [local["point"]])
    flat, sharp = local["eigenvectors"]
    # The axes have one scale: an eigenvector of the data is one of the screen, upside down. The flat bar is the longer.
    for (dx, dy), reach in ((flat, 30), (sharp, 11)):
        sides = [[x + way * reach * dx, y - way * reach * dy] for way in (1, -1)]
        assert soon_is(1.0, share_alike, page, sides) == 1.0
    [[cx, cy]] = in_plot(page, [local["centre"]])
    ring = [[cx + 9 * math.cos(k), cy + 9 * math.sin(k)] for k in range(6)]
    assert soon_is(1.0, share_alike, page, ring) == 1.0


def test_nothing_is_drawn_while_the_walk_moves(moving: Watched) -> None:
    page = moving.show("?landscape=two-valley&learning_rate=0.001&steps=2000&theory=1")
    stand_at(page, 3)
    green = colour_of(page, "theory")
    assert soon(lambda count: count > 100, painted, page, HEADS, green) > 100
    page.locator("#speed").select_option("0.1")
    page.locator("#play").click()
    assert soon_is(0, painted, page, HEADS, green) == 0
    page.locator("#play").click()
    assert soon(lambda count: count > 100, painted, page, HEADS, green) > 100
    page.locator("#speed").select_option("1")


def test_the_point_is_told_in_the_apis_numbers(plain: Watched, server: Server) -> None:
    query = "learning_rate=0.1&momentum=0.9"
    page = plain.show(f"?{query}&theory=1")
    stand_at(page, 7)
    local = theory_of(server, query, 7)["local"]
    assert (local["eigenvalues"], local["condition_number"], local["centre"]) == ([0.25, 1.0], 4.0, [0.0, 0.0])
    assert local["stability_limit"] == pytest.approx(3.8)
    assert soon(lambda rows: "Centre" in rows, told, page) == {
        "Eigenvalues": "0.25 and 1: a bowl",
        "Condition number": "4",
        "Centre": "(0, 0); Newton’s full step lands there",
        "Stability limit": "3.8 for Momentum; the learning rate 0.1 is below it",
    }
    expect(page.locator("#theory-title")).to_have_text("Theory at step 7")
    # The symbols are typeset, as everywhere on the page.
    assert page.locator("#theory-rows dt math").count() == 3


def test_what_cannot_be_said_is_said(plain: Watched) -> None:
    page = plain.show("?landscape=kink&start=0&theory=1")
    expect(page.locator("#theory-key")).to_contain_text("There is no Hessian at this point")
    expect(page.locator("#theory-kinks")).to_be_visible()
    expect(page.locator("#sharpness-words")).to_contain_text("No Hessian exists anywhere along this walk.")
    assert page.locator("#theory-rows dt").count() == 0
    plain.show("?landscape=kink&theory=1")
    stand_at(page, 2)
    expect(page.locator("#theory-key")).to_have_text(
        "Dashed in the picture: the straight line with this point’s slope, for nothing is curved here."
    )
    expect(page.locator("#sharpness-words")).to_contain_text("Sharpness is 0 wherever it exists")
    expect(page.locator("#sharpness-words")).not_to_contain_text("stays below")
    plain.show("?optimizer=adam&theory=1")
    stand_at(page, 2)
    assert told(page)["Stability limit"] == "none is known for Adam with these settings"
    expect(page.locator("#sharpness-words")).to_contain_text("of Gradient descent")
    expect(page.locator("#theory-kinks")).to_be_hidden()


def test_sharpness_and_edge_are_the_apis_with_the_same_cursor(plain: Watched, server: Server) -> None:
    query = "landscape=rosenbrock&optimizer=gradient-descent&learning_rate=0.001&schedule=cosine"
    page = plain.show(f"?{query}&theory=1")
    stand_at(page, 30)
    said = api(server, f"/api/descent/sharpness?{query}&walk=0")
    assert len(said["step"]) == 200
    curves = """() => (document.getElementById('sharpness-plot').data ?? []).map(({ x, y }) => [x, y])"""
    wanted = [[said["step"], said["limit"]], [said["step"], said["sharpness"]]]
    assert soon_is(wanted, page.evaluate, curves) == wanted
    kind = "() => document.getElementById('sharpness-plot')._fullLayout.yaxis.type"
    assert page.evaluate(kind) == "log"
    page.locator("#logarithmic").uncheck()
    assert soon_is("linear", page.evaluate, kind) == "linear"
    apart = """() => { const { xaxis } = document.getElementById('sharpness-plot')._fullLayout;
        const line = document.getElementById('sharpness-cursor').getBoundingClientRect();
        return line.left - document.getElementById('sharpness-plot').getBoundingClientRect().left - xaxis._offset - xaxis.d2p(30) }"""
    assert abs(soon(lambda gap: abs(gap) < 1, page.evaluate, apart)) < 1


def test_by_evaluations_the_sharpness_goes_by_evaluations(plain: Watched, server: Server) -> None:
    query = "landscape=rosenbrock&optimizer=line-search&learning_rate=1&steps=40"
    page = plain.show(f"?{query}&axis=evaluations&theory=1")
    stand_at(page, 5)
    spent = api(server, f"/api/descent?{query}")["walks"][0]["evaluations"]
    assert spent[5] > 5
    x = "() => document.getElementById('sharpness-plot').data?.[1].x"
    assert soon_is(spent, page.evaluate, x) == spent


def test_a_walk_that_stays_above_the_edge_is_at_the_edge_of_stability(plain: Watched) -> None:
    page = plain.show("?landscape=camel&start=-1.9,1&optimizer=gradient-descent&learning_rate=0.1&theory=1")
    expect(page.locator("#sharpness-words")).to_contain_text("Edge of stability")
    plain.show("?landscape=camel&start=-1.9,1&optimizer=gradient-descent&learning_rate=0.008&theory=1")
    expect(page.locator("#sharpness-words")).to_contain_text("stays below the edge")
    expect(page.locator("#sharpness-words")).not_to_contain_text("Edge of stability")


def test_a_best_settings_button_sets_the_sliders_and_the_walk_keeps_what_is_predicted(
    plain: Watched, server: Server
) -> None:
    page = plain.show("?schedule=cosine&theory=1")
    button = page.get_by_role("button", name="Gradient descent: learning rate 1.6, each step keeps 0.6 of the distance")
    expect(button).to_have_attribute("aria-pressed", "false")
    count_entries(page)
    button.focus()
    page.keyboard.press("Enter")
    plain.settled("optimizer=gradient-descent&learning_rate=1.6&theory=1")
    assert entries(page) == 1
    expect(page.locator("#key-optimizer")).to_have_value("gradient-descent")
    expect(page.locator("#key-learning_rate")).to_have_value("1.6")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()
    walk = shown(page)
    distances = [math.hypot(x, y) for x, y in zip(walk["x"], walk["y"], strict=True)]
    assert len(distances) > 15
    for before, after in pairwise(distances):
        assert after / before == pytest.approx(0.6, rel=1e-6)
    assert theory_of(server, "", 0)["best"][0]["rate"] == 0.6


def test_a_best_settings_button_sets_all_digits_of_every_hyperparameter(plain: Watched, server: Server) -> None:
    page = plain.show("?momentum=0.9&theory=1")
    [best] = [one for one in theory_of(server, "", 0)["best"] if one["optimizer"] == "momentum"]
    page.get_by_role("button", name=re.compile("^Momentum: learning rate 1.78, momentum 0.111")).click()
    assert (
        soon(lambda request: request["momentum"] != 0.9, lambda: shown(page)["request"])["momentum"]
        == (best["settings"]["momentum"])
    )
    assert shown(page)["request"]["learning_rate"] == best["settings"]["learning_rate"]
    # Both roots of a coordinate are the rate, r along x and -r along y: so it is (a + bk)r^k, and without r^k it is a line.
    walk, rate = shown(page), best["rate"]
    for coordinates, root in ((walk["x"], rate), (walk["y"], -rate)):
        line = [value / root**k for k, value in enumerate(coordinates[:10])]
        rises = [after - before for before, after in pairwise(line)]
        assert rises == pytest.approx([rises[0]] * 9, abs=1e-8)


def test_in_a_race_a_best_settings_button_is_for_the_run_that_is_chosen(plain: Watched) -> None:
    page = plain.show("?theory=1&run=adam")
    page.locator("#run").select_option("1")
    expect(page.locator("#theory-rows")).to_contain_text("none is known for Adam")
    page.get_by_role("button", name=re.compile("^Gradient descent: ")).click()
    page.wait_for_function("() => downhill.walks.done && downhill.walks.settings(1).optimizer === 'gradient-descent'")
    query = parse_qs(urlsplit(page.url).query)
    assert query == {"run": ["gradient-descent,learning_rate:1.6"], "theory": ["1"]}
    expect(page.locator("#theory-title")).to_contain_text("Gradient descent")


def test_formulas_are_typeset_and_sources_named(plain: Watched) -> None:
    page = plain.show("?theory=1")
    page.locator("#theory-formulas summary").click()
    lines = page.locator("#theory-sources li")
    expect(lines).to_have_count(4)
    assert all(line.locator("math").count() >= 2 for line in lines.all())
    expect(lines.first).to_contain_text("Nesterov")
    page.locator("#theory-formulas summary").click()


def test_a_quadratic_without_a_lowest_point_has_no_best_settings_and_others_have_no_such_list(plain: Watched) -> None:
    page = plain.show("?goal=maximize&theory=1")
    expect(page.locator("#theory-settings-head")).to_contain_text("quadratic without a highest point")
    assert page.locator("#theory-settings button").count() == 0
    plain.show("?landscape=rosenbrock&theory=1")
    stand_at(page, 1)
    expect(page.locator("#theory-best")).to_be_hidden()


def test_when_theory_fails_that_is_said_and_tried_again(plain: Watched) -> None:
    plain.expected = ("Failed to load resource", "ERR_FAILED")
    page = plain.page
    page.route("**/api/descent/theory?*", lambda route: route.abort())
    plain.show("?theory=1")
    page.locator("#scrub").fill("3")
    expect(page.locator("#theory-note")).to_contain_text("could not be had: the server cannot be reached")
    # Whatever the step that was chosen asks for as well has failed by then: nothing is asked again by itself.
    page.wait_for_timeout(1000)
    page.unroute_all()
    page.locator("#theory-retry").click()
    expect(page.locator("#theory-note")).to_be_hidden()
    stand_at(page, 3)
    assert told(page)["Condition number"] == "4"


@pytest.mark.parametrize(("route", "landscape"), [("theory", "rosenbrock"), ("sharpness", "peaks")])
def test_nothing_is_told_of_a_walk_before_all_of_it_is_known(plain: Watched, route: str, landscape: str) -> None:
    plain.expected = ("Failed to load resource", "ERR_FAILED")
    page = plain.page
    page.route(f"**/api/descent/{route}?*", lambda call: call.abort())
    plain.show(f"?landscape={landscape}&theory=1")
    expect(page.locator("#theory-note")).to_contain_text("could not be had")
    # What was told of another walk is seen to be old.
    expect(page.locator("#sharpness.stale, #theory.stale")).to_have_count(2)
    page.unroute_all()
    page.locator("#theory-retry").click()
    expect(page.locator("#sharpness.stale, #theory.stale")).to_have_count(0)
    expect(page.locator("#sharpness-words")).to_contain_text("Sharpness is the largest curvature")


def test_the_sharpness_of_a_walk_is_asked_for_once(plain: Watched) -> None:
    page = plain.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/descent/" in request.url else None)
    plain.show("?landscape=himmelblau&theory=1")
    for step in (3, 5, 8):
        stand_at(page, step)
    assert sum("/sharpness?" in url for url in asked) == 1
    assert sum("/theory?" in url for url in asked) >= 3


def test_on_a_phone_theory_has_room_and_the_switch_can_be_touched(phone: Watched) -> None:
    page = phone.show("?theory=1")
    stand_at(page, 2)
    page.locator("#theory-formulas summary").click()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    targets = [page.locator(".theory-switch"), *page.locator("#theory-settings button").all()]
    for target in targets:
        box = target.bounding_box()
        assert box
        assert box["height"] >= 44
    page.locator("#theory-formulas summary").click()


@pytest.mark.full
@pytest.mark.parametrize("step", [0, 6])
def test_the_quadratic_that_bfgs_goes_by_is_drawn_and_told_in_the_place_of_newtons(
    plain: Watched, server: Server, step: int
) -> None:
    query = "landscape=himmelblau&start=-1,-1&optimizer=bfgs"
    page = plain.show(f"?{query}&theory=1")
    set_arrows(page, False)
    stand_at(page, step)
    said = theory_of(server, query, step)
    local, believed = said["local"], said["believed"]
    lines = [inside(page, in_plot(page, dense(line))) for line in believed["lines"]]
    places = [place for line in lines for place in line]
    assert len(places) > 100
    assert soon(lambda share: share > ALONG, share_alike, page, places) > ALONG
    # Where Newton's has lines and this one has none, nothing is drawn.
    near = in_plot(page, [believed["point"], believed["centre"]])
    others = [
        place
        for line in local["lines"]
        for place in inside(page, in_plot(page, dense(line)))
        if all(math.dist(place, other) > 6 for other in places) and all(math.dist(place, other) > 160 for other in near)
    ]
    assert len(others) > 40
    assert share_alike(page, others) < 0.05
    rows = told(page)
    for whose, quadratic in (("Hessian’s", local), ("BFGS’s", believed)):
        numbers = re.findall(r"[-\d.e]+(?= and|:)", rows[f"{whose} eigenvalues"].replace("−", "-"))
        assert [float(number) for number in numbers] == pytest.approx(quadratic["eigenvalues"], rel=1e-3)
    assert "BFGS’s full step lands there" in rows["Centre"]
    made = "begins with, curved by 1" if step == 0 else "has built from the gradients so far: a full step leads to its"
    expect(page.locator("#theory-key")).to_contain_text(f"On the map: the quadratic that BFGS {made}")


def test_at_the_last_point_of_bfgs_which_takes_no_step_the_hessians_quadratic_is_told(plain: Watched) -> None:
    page = plain.show("?landscape=himmelblau&start=-1,-1&optimizer=bfgs&theory=1")
    stand_at(page, page.evaluate("() => downhill.walks.last"))
    expect(page.locator("#theory-key")).to_contain_text("with this point’s gradient and Hessian")
    assert "Newton’s full step" in told(page)["Centre"]
