"""Landscapes of one parameter, landscapes made from data, and every landscape there is."""

import math
import re
from itertools import pairwise
from typing import Any, NamedTuple
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Watched
from tests.browser.looking import (
    FIT,
    HEADS,
    TRAILS,
    api,
    at_step,
    choose,
    colour_of,
    count_entries,
    entries,
    from_the_curve,
    in_plot,
    middle_of,
    nearest,
    numbers_of,
    painted,
    place_of,
    shown,
    soon,
    soon_is,
    step_of,
    to_the_end,
    two_frames,
)
from tests.products import some

pytestmark = pytest.mark.browser

SURFACE, DATA = ".places [data-second=surface]", ".places [data-second=data]"

CURVES = ("two-minima", "shoulder", "kink", "fence")


def from_its_place(page: Page, x: float, y: float, colour: list[int]) -> tuple[float, float]:
    """How far the middle of what has this colour is from where a point lies, and from the curve."""
    middle = middle_of(page, HEADS, colour)
    if any(map(math.isnan, middle)):
        return math.inf, math.inf
    return math.dist(middle, in_plot(page, [[x, y]])[0]), from_the_curve(page, *middle)


def ring_from_its_place(page: Page, x: float, y: float) -> float:
    ring = page.evaluate(
        """() => { const box = document.getElementById('handle').getBoundingClientRect();
            return [box.left + box.width / 2, box.top + box.height / 2] }"""
    )
    return math.dist(ring, place_of(page, x, y))


def around(x: float, y: float, radius: float) -> list[list[float]]:
    """Four places on a ring."""
    return [[x + radius * math.cos(turn), y + radius * math.sin(turn)] for turn in (0.8, 2.3, 3.9, 5.4)]


def no_numbers(route: Route) -> None:
    route.fulfill(json={"request": {}, "walk": 0, "steps": []})


@pytest.mark.parametrize("slug", CURVES)
def test_a_curve_is_drawn_with_the_walker_and_the_ring_on_it(plain: Watched, slug: str) -> None:
    # Without the numbers of a step there is no tangent, which would lie over the walker.
    plain.page.route("**/api/descent/steps*", no_numbers)
    page = plain.show(f"?landscape={slug}&optimizer=gradient-descent")
    page.evaluate("() => downhill.player.seek(0)")
    page.wait_for_function(
        "axis => document.getElementById('map-plot')._fullLayout.xaxis.title.text === axis",
        arg="l" if slug == "fence" else "x",
    )
    surface = api(plain.server, f"/api/landscapes/{slug}/surface?resolution=201")
    curve = {"x": surface["x"], "y": surface["loss"]}
    drawn = "() => document.getElementById('map-plot').data.map(({ x, y }) => ({ x: [...x], y: [...y] }))"
    assert curve in soon(lambda drawn: curve in drawn, page.evaluate, drawn)
    expect(page.locator("#surface-view")).to_be_hidden()
    # Beside a curve stands its rule, and either can be enlarged.
    expect(page.locator("#other-view #inspector")).to_be_visible()
    page.click(".enlarge[data-only=map]")
    expect(page.locator("#other-view")).to_be_hidden()
    page.click(".enlarge[data-only=map]")
    expect(page.locator("#other-view")).to_be_visible()
    numbers = shown(page)
    walker = colour_of(page, "c0")
    for step in (0, 1, 2, len(numbers["x"]) - 1):
        page.locator("#scrub").fill(str(step))
        two_frames(page)
        place = (numbers["x"][step], numbers["loss"][step])
        assert max(soon(lambda far: max(far) < 1, from_its_place, page, *place, walker)) < 1
    start = (numbers["x"][0], numbers["loss"][0])
    assert soon(lambda far: far < 1, ring_from_its_place, page, *start) < 1


def test_the_first_picture_of_a_curve_is_where_plotly_draws_it(visitor: Watched) -> None:
    page = visitor.page
    held: list[Route] = []
    page.route("**/plotly.min.js", lambda route: held.append(route))
    page.goto(f"{visitor.server.address}/?landscape=two-minima&optimizer=gradient-descent", wait_until="commit")
    page.wait_for_function("() => window.downhill?.walks?.done && downhill.overlays.map.frame")
    places = """() => { const { box, project } = downhill.overlays.map.frame;
        return [[-2, 0], [0, 1], [2.5, -2]].map(([x, loss]) => { const spot = project(x, 0, loss); return [box.left + spot.x, box.top + spot.y] }) }"""
    assert soon(lambda count: count > 50, painted, page, HEADS) > 50
    before = page.evaluate(places)
    held[0].continue_()
    page.wait_for_function("() => downhill.map_drawn")
    # Looked at once: the overlay is placed anew in the very moment in which the map is there.
    for first, then in zip(before, page.evaluate(places), strict=True):
        assert math.dist(first, then) < 2, "nothing jumps"


def test_dragging_along_a_curve_moves_the_start_along_x_only(plain: Watched) -> None:
    page = plain.show("?landscape=two-minima")
    page.wait_for_function("() => document.getElementById('map-plot')._fullLayout.yaxis.title.text === 'loss'")
    count_entries(page)
    left, top = place_of(page, 0.5, 0.0)
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(left + 40, top - 60, steps=3)
    page.mouse.move(*place_of(page, 2.0, 5.0), steps=3)
    page.mouse.up()
    page.wait_for_function("() => downhill.walks.done && Math.abs(downhill.walks.request.start[0] - 2) < 0.02")
    request = shown(page)["request"]
    assert len(request["start"]) == 1
    # While dragging the address follows at a distance; the release is what counts.
    page.wait_for_function(
        "start => new URLSearchParams(location.search).get('start') === start", arg=f"{request['start'][0]:g}"
    )
    assert entries(page) == 1


def test_arrow_keys_move_the_start_of_a_curve_along_x_only(plain: Watched) -> None:
    page = plain.show("?landscape=two-minima")
    page.wait_for_function("() => document.getElementById('handle').getAttribute('aria-label') === 'Start at x -1.8'")
    page.focus("#handle")
    page.keyboard.press("ArrowRight")
    plain.settled("landscape=two-minima&start=-1.75")
    page.keyboard.press("Shift+ArrowRight")
    plain.settled("landscape=two-minima&start=-1.25")
    for key in ("ArrowUp", "Shift+ArrowDown"):
        page.keyboard.press(key)
    page.keyboard.press("ArrowLeft")
    plain.settled("landscape=two-minima&start=-1.3")
    expect(page.locator("#key-start")).to_have_value("-1.3")
    expect(page.locator("#key-start-y")).to_have_count(0)


def tangent_and_ring(page: Page, told: dict[str, Any], landing: float) -> tuple[list[float], list[float] | None]:
    """How far from its colour the tangent is near its ends, and the ring where the step lands, if that is in sight."""
    (x,), (slope,), (following,) = told["point"], told["slope"], told["point_next"]
    # Two thirds of the way to either end, which lie within 22 % of the width and 30 % of the height.
    box = page.evaluate("() => downhill.overlays.map.frame.box")
    here, beside, land = in_plot(page, [[x, told["loss"]], [x + 1, told["loss"] + slope], [following, landing]])
    rise = (beside[1] - here[1]) / (beside[0] - here[0])
    width = min(0.22 * box["width"], 0.3 * box["height"] / abs(rise)) * 2 / 3
    ends = [[here[0] + way * width, here[1] + way * width * rise] for way in (-1, 1)]
    ends = [end for end in ends if 2 < end[0] < box["width"] - 2 and 2 < end[1] < box["height"] - 2]
    tangent = nearest(page, HEADS, ends, colour_of(page, "arrow-gradient"))
    if not (10 < land[0] < box["width"] - 10 and 10 < land[1] < box["height"] - 10):
        return tangent, None
    return tangent, sorted(nearest(page, HEADS, around(land[0], land[1], 6), colour_of(page, "ink")))


@pytest.mark.parametrize(
    "query", ["landscape=two-minima", "landscape=fence&optimizer=gradient-descent", "landscape=shoulder&noise=0.3"]
)
def test_the_tangent_is_drawn_with_the_numbers_of_the_api(plain: Watched, query: str) -> None:
    page = plain.show(f"?{query}")
    page.uncheck("#arrows input[value=step]")
    for step in (0, 2):
        at_step(page, step)
        told = step_of(plain.server, query, step)["quantities"]
        assert soon_is(told, numbers_of, page) == told
        landing = shown(page)["loss"][step + 1]
        tangent, ring = soon(
            lambda seen: bool(seen[0]) and max(seen[0]) < 60 and (seen[1] is None or seen[1][1] < 100),
            tangent_and_ring,
            page,
            told,
            landing,
        )
        assert tangent
        assert max(tangent) < 60, "the tangent's colour within a pixel"
        assert ring is None or ring[1] < 100, "where the step lands a ring is drawn"


# ---------------------------------------------------------------- landscapes made from data


def show_data(watched: Watched, query: str) -> Page:
    """Open a landscape made from data and wait until its data are drawn."""
    page = watched.show(f"?{query}")
    data = api(watched.server, f"/api/landscapes/{query.partition('&')[0].removeprefix('landscape=')}")["data"]
    page.wait_for_function(
        "caption => document.getElementById('data-caption').textContent.startsWith(caption)", arg=data["caption"]
    )
    return page


def predictions(data: dict[str, Any], a: float, b: float) -> list[list[float]]:
    """The fit's points, reckoned a second time from what the API says."""
    first, second = data["curve"]["features"]
    scores = [a * one + b * other for one, other in zip(first, second, strict=True)]
    heights = [1 / (1 + math.exp(-score)) for score in scores] if data["link"] == "logistic" else scores
    return [[x, y] for x, y in zip(data["curve"]["x"], heights, strict=True)]


class SeenOfTheFit(NamedTuple):
    """Distances from the walker's colour: along the fit, and below it where the fit is not steep."""

    along: list[float]
    below: list[float] | None


def look_at_the_fit(page: Page, data: dict[str, Any], a: float, b: float) -> SeenOfTheFit:
    walker = colour_of(page, "c0")
    fit = in_plot(page, predictions(data, a, b)[2:-2:7], "data-plot")
    box = page.evaluate(
        "() => { const { width, height } = document.querySelector('#data-over canvas').getBoundingClientRect(); return [width, height] }"
    )
    fit = [place for place in fit if 3 < place[0] < box[0] - 3 and 16 < place[1] < box[1] - 16]
    steep = max((abs((b[1] - a[1]) / (b[0] - a[0])) for a, b in pairwise(fit)), default=math.inf)
    # Not where a point's error is drawn.
    errors = [place[0] for place in in_plot(page, [[x, 0.0] for x in data["x"]], "data-plot")]
    clear = [[x, y + 14] for x, y in fit if min(abs(x - other) for other in errors) > 4]
    below = nearest(page, FIT, clear, walker) if steep < 1 and clear else None
    return SeenOfTheFit(nearest(page, FIT, fit, walker), below)


@pytest.mark.parametrize("slug", ["pasture", "pasture-squared", "straight-line", "logistic"])
def test_the_data_are_drawn_with_the_fit_of_the_walkers_weights(plain: Watched, slug: str) -> None:
    page = show_data(plain, f"landscape={slug}")
    record = api(plain.server, f"/api/landscapes/{slug}")
    data = record["data"]
    points = {"x": data["x"], "y": data["y"]}
    drawn = soon(
        lambda drawn: drawn[0] == points,
        page.evaluate,
        "() => document.getElementById('data-plot').data.map(({ x, y }) => ({ x: [...x], y: [...y] }))",
    )
    assert drawn[0] == points
    expect(page.locator("#data-plot .scatterlayer .points path")).to_have_count(len(data["x"]))
    for point in record["stationary_points"]:
        if point["kind"] == "global_minimum":
            best = predictions(data, *point["point"])
            assert drawn[1]["y"] == pytest.approx([y for _, y in best], rel=1e-12)
    walk = shown(page)
    for step in (0, 3, len(walk["x"]) - 1):
        page.locator("#scrub").fill(str(step))
        two_frames(page)
        seen = soon(
            lambda seen: len(seen.along) > 2 and max(seen.along) < 60 and min(seen.below or [1000]) > 60,
            look_at_the_fit,
            page,
            data,
            walk["x"][step],
            walk["y"][step],
        )
        assert len(seen.along) > 2
        assert max(seen.along) < 60, "the fit's colour within a pixel"
        assert seen.below is None or min(seen.below) > 60, "and nowhere else"


@pytest.mark.full
def test_the_data_and_the_surface_are_swapped_and_swapped_back(watched: Watched) -> None:
    page = show_data(watched, "landscape=straight-line")
    expect(page.locator("#data-plot")).to_be_visible()
    expect(page.locator("#surface-plot")).to_be_hidden()
    page.click(SURFACE)
    page.wait_for_function(
        "() => downhill.scene_drawn && document.getElementById('surface-plot').data?.[0].x.at(-1) === 80 && !document.querySelector('#surface.stale')"
    )
    expect(page.locator("#data-plot")).to_be_hidden()
    expect(page.locator(SURFACE)).to_have_attribute("aria-pressed", "true")
    to_the_end(page)
    page.wait_for_function("() => downhill.overlays.surface.frame?.box.width > 100")
    two_frames(page)
    on_it = soon(lambda count: count > 20, painted, page, "#surface-over canvas:nth-child(3)")
    assert on_it > 20, "the walker is on the surface too"
    page.click(DATA)
    expect(page.locator(DATA)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#data-plot")).to_be_visible()
    expect(page.locator("#surface-plot")).to_be_hidden()
    two_frames(page)
    assert soon(lambda count: count > 100, painted, page, FIT, colour_of(page, "c0")) > 100


def test_what_stands_beside_the_map_tells_the_truth_after_another_landscape(watched: Watched) -> None:
    page = show_data(watched, "landscape=straight-line")
    page.click(SURFACE)
    watched.show("?landscape=saddle")
    page.wait_for_function("() => document.getElementById('views').dataset.kind === 'plane'")
    show_data(watched, "landscape=logistic")
    expect(page.locator("#data-plot")).to_be_visible()
    expect(page.locator(DATA)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(SURFACE)).to_have_attribute("aria-pressed", "false")


def test_a_view_enlarged_before_a_curve_is_told_after_it(plain: Watched) -> None:
    page = plain.page
    page.click(".enlarge[data-only=map]")
    plain.show("?landscape=kink")
    page.wait_for_function("() => document.getElementById('views').dataset.kind === 'curve'")
    plain.show("?landscape=saddle")
    page.wait_for_function("() => document.getElementById('views').dataset.kind === 'plane'")
    enlarged = page.evaluate("() => document.getElementById('views').dataset.only ?? null")
    expect(page.locator(".enlarge[data-only=map]")).to_have_attribute("aria-pressed", str(enlarged == "map").lower())
    expect(page.locator(".enlarge[data-only=map]")).to_have_text("Side by side" if enlarged else "Enlarge")


@pytest.mark.full
def test_a_surface_that_was_hidden_while_the_window_changed_fits_again(watched: Watched) -> None:
    page = show_data(watched, "landscape=straight-line")
    page.click(SURFACE)
    page.wait_for_function(
        "() => downhill.scene_drawn && document.getElementById('surface-plot').data?.[0].x.at(-1) === 80 && !document.querySelector('#surface.stale')"
    )
    page.click(DATA)
    width = page.evaluate("() => document.getElementById('map-plot')._fullLayout.width")
    page.set_viewport_size({"width": 1100, "height": 900})
    page.wait_for_function("width => document.getElementById('map-plot')._fullLayout.width < width - 50", arg=width)
    page.click(SURFACE)
    page.wait_for_function(
        """() => { const plot = document.getElementById('surface-plot'); const { width } = plot.getBoundingClientRect();
            return Math.abs(plot._fullLayout.width - width) < 1 && Math.abs((downhill.overlays.surface.frame?.box.width ?? 0) - width) < 2 }"""
    )


def named_rows(page: Page) -> list[int]:
    """The rows that the page names, from 0 on, in order."""
    named = page.locator("#batch-rows").inner_text().rpartition("points ")[2].rstrip(".")
    return sorted(int(row) - 1 for row in named.split(",") if row)


class SeenOfTheBatch(NamedTuple):
    """Distances from the colour of a mark: of each point drawn, and how many of the others are far from it."""

    rings: list[float]
    empty: int


def look_at_the_batch(page: Page, data: dict[str, Any], batch: list[int]) -> SeenOfTheBatch:
    mark = colour_of(page, "arrow-gradient")
    taken = [(data["x"][row], data["y"][row]) for row in batch]
    others = [[x, y] for x, y in zip(data["x"], data["y"], strict=True) if (x, y) not in taken]
    marked = [
        nearest(page, FIT, around(x, y, 7), mark) for x, y in in_plot(page, [[*one] for one in taken], "data-plot")
    ]
    rest = [nearest(page, FIT, around(x, y, 7), mark) for x, y in in_plot(page, others, "data-plot")]
    # The fit may lie over a part of a ring.
    return SeenOfTheBatch([sorted(ring)[1] for ring in marked], sum(min(ring) > 60 for ring in rest))


def test_the_rows_of_a_mini_batch_are_named_and_marked(plain: Watched) -> None:
    query = "landscape=straight-line&batch=5&seed=2"
    page = show_data(plain, query)
    data = api(plain.server, "/api/landscapes/straight-line")["data"]
    for step in (0, 3, 12):
        at_step(page, step)
        batch = step_of(plain.server, query, step)["batch"]
        assert len(batch) == 5
        assert soon_is(sorted(batch), named_rows, page) == sorted(batch)
        rings, empty = soon(lambda seen: max(seen.rings) < 60 and seen.empty > 25, look_at_the_batch, page, data, batch)
        assert max(rings) < 60
        assert empty > 25, "points that were not drawn are not marked, but where a ring is near"
    plain.show("?landscape=straight-line")
    at_step(page, 3)
    expect(page.locator("#batch-rows")).to_be_hidden()


def test_what_a_walk_cost_is_told_where_it_is_not_one_evaluation_a_step(plain: Watched) -> None:
    page = plain.show("?landscape=straight-line&steps=12&batch=5")
    to_the_end(page)
    expect(page.locator("#moving")).to_contain_text(", 60 data points seen.")
    plain.show("?landscape=quadratic&start=2,1&momentum=0.9&steps=12")
    to_the_end(page)
    expect(page.locator("#moving")).to_contain_text("Step 12:")
    expect(page.locator("#moving")).not_to_contain_text(re.compile("evaluations|data points"))
    plain.show("?landscape=quadratic&start=2,1&optimizer=line-search&learning_rate=0.1&steps=12")
    to_the_end(page)
    spent = api(
        plain.server, "/api/descent?landscape=quadratic&start=2,1&optimizer=line-search&learning_rate=0.1&steps=12"
    )["walks"][0]
    expect(page.locator("#moving")).to_contain_text(f", {spent['evaluations'][-1]} evaluations.")


def look_at_the_errors(page: Page, data: dict[str, Any], a: float, b: float) -> list[float]:
    """Distances from the walker's colour half-way between points and the fit, where these are far apart."""
    first, second = data["features"]
    scores = [a * one + b * other for one, other in zip(first, second, strict=True)]
    heights = [1 / (1 + math.exp(-score)) for score in scores] if data["link"] == "logistic" else scores
    points = in_plot(page, [[x, y] for x, y in zip(data["x"], data["y"], strict=True)], "data-plot")
    fits = in_plot(page, [[x, y] for x, y in zip(data["x"], heights, strict=True)], "data-plot")
    height = page.evaluate("() => document.querySelector('#data-over canvas').getBoundingClientRect().height")
    # A walk may leave the picture, whose axis has room for the first curve.
    ends = [(x, y, min(max(other, 0), height)) for (x, y), (_, other) in zip(points, fits, strict=True)]
    middles = [[x, (y + other) / 2] for x, y, other in ends if abs(y - other) > 20]
    # The lines are thin and let the data through.
    return nearest(page, FIT, middles, colour_of(page, "c0"), clear=50)


@pytest.mark.parametrize("slug", ["pasture", "pasture-squared", "straight-line", "logistic"])
def test_an_upright_line_leads_from_each_point_to_the_fit_and_moves_with_it(plain: Watched, slug: str) -> None:
    page = show_data(plain, f"landscape={slug}")
    data = api(plain.server, f"/api/landscapes/{slug}")["data"]
    walk = shown(page)
    for step in (0, 3):
        at_step(page, step)
        wanted = (page, data, walk["x"][step], walk["y"][step])
        seen = soon(lambda far: len(far) > 4 and max(far) < 60, look_at_the_errors, *wanted)
        assert len(seen) > 4
        assert max(seen) < 60


def upright(page: Page) -> list[float]:
    """The range of the data picture's upright axis."""
    low, high = page.evaluate("() => document.getElementById('data-plot')._fullLayout.yaxis.range")
    return [low, high]


@pytest.mark.parametrize(
    "query", ["landscape=pasture", "landscape=pasture-squared&start=0.5,140", "landscape=logistic&start=5,3"]
)
def test_the_first_curve_lies_whole_in_the_data_picture_whose_axis_then_stays(plain: Watched, query: str) -> None:
    page = show_data(plain, query)
    data = api(plain.server, f"/api/landscapes/{query.partition('&')[0].removeprefix('landscape=')}")["data"]
    walk = shown(page)
    first = [y for _, y in predictions(data, walk["x"][0], walk["y"][0])]
    low, high = soon(lambda seen: seen[0] < min(first) and max(first) < seen[1], upright, page)
    assert low < min(first)
    assert max(first) < high
    for step in (0, 5, len(walk["x"]) - 1):
        at_step(page, step)
        two_frames(page)
        assert upright(page) == [low, high]


def test_a_start_far_outside_the_domain_leaves_room_for_the_data(plain: Watched) -> None:
    page = show_data(plain, "landscape=straight-line&start=900,70")
    # No fit of the domain 0 ≤ a, b ≤ 80 reaches further than from -1.1 * 80 to 80 + 80.
    low, high = soon(lambda seen: seen[0] > -120 and seen[1] < 200, upright, page)
    assert -120 < low < 2
    assert 120 < high < 200


# ---------------------------------------------------------------- every landscape


@pytest.mark.parametrize("first", some(range(3)))
def test_every_landscape_opens_moves_and_ends_with_a_sentence(moving: Watched, first: int) -> None:
    page = moving.page
    page.select_option("#speed", "10")
    for landscape in api(moving.server, "/api/landscapes")[first::3]:
        slug = landscape["slug"]
        query = "&".join([*([f"landscape={slug}"] if slug != "bowl" else []), "steps=40"])
        moving.show(f"?{query}")
        page.keyboard.press("Home")
        page.evaluate("() => downhill.player.play()")
        page.keyboard.press("End")
        to_the_end(page)
        two_frames(page)
        walk = shown(page)
        assert walk["x"][1] != walk["x"][0] or walk["y"][1] != walk["y"][0], slug
        meaning, numbers = walk["summary"]["message"].split("\n")
        expect(page.locator("#message")).to_have_text(meaning)
        expect(page.locator("#numbers")).to_have_text(numbers)
        assert walk["summary"]["message"].endswith("."), slug
        kind = (
            "curve"
            if landscape["dimensions"] == 1
            else "data"
            if landscape["data"] or landscape["network"]
            else "plane"
        )
        expect(page.locator("#views")).to_have_attribute("data-kind", kind)
        assert soon(lambda count: count > 20, painted, page, HEADS) > 20, slug
        expect(page.locator("#failure")).to_be_hidden()
        assert moving.complaints == [], slug
    page.select_option("#speed", "1")


@pytest.mark.parametrize("slug", ["two-minima", "straight-line", "peaks"])
def test_each_kind_of_landscape_moves_by_itself(moving: Watched, slug: str) -> None:
    page = moving.page
    choose(page, slug)
    moving.settled(f"landscape={slug}")
    page.wait_for_function("() => downhill.player.playing && downhill.player.position > 2")
    page.keyboard.press("End")
    to_the_end(page)
    assert soon(lambda count: count > 20, painted, page, TRAILS) > 20


def test_a_phone_has_no_sideways_scroll_on_any_kind_of_landscape(phone: Watched) -> None:
    page = phone.page
    for query in ("landscape=kink", "landscape=straight-line&batch=5", "landscape=peaks", "landscape=fence"):
        phone.show(f"?{query}")
        page.wait_for_function(
            "slug => downhill.map_drawn && downhill.walks.request.landscape === slug",
            arg=query.removeprefix("landscape=").partition("&")[0],
        )
        at_step(page, 1)
        page.check("#all-digits")
        two_frames(page)
        assert soon_is(390, page.evaluate, "() => document.documentElement.scrollWidth") == 390, query
        left, top, right = soon(
            lambda box: box[0] >= 0 and box[1] < 120 and box[2] <= 390,
            page.evaluate,
            "() => { const { left, top, right } = document.getElementById('map').getBoundingClientRect(); return [left, top, right] }",
        )
        assert top < 120
        assert left >= 0
        assert right <= 390
        page.uncheck("#all-digits")
        small = soon_is(
            [],
            page.evaluate,
            """() => [...document.querySelectorAll('button, select, summary, nav a, #arrows label')].filter(node => {
                const box = node.getBoundingClientRect();
                return box.width > 0 && box.height > 0 && box.height < 43.5 && getComputedStyle(node).visibility === 'visible' }).map(node => node.id || node.outerHTML)""",
        )
        assert small == []
    page.tap("#settings")
    page.wait_for_function("() => document.querySelector('.sheet').getBoundingClientRect().bottom <= innerHeight + 1")
    assert soon_is(390, page.evaluate, "() => document.documentElement.scrollWidth") == 390
    page.tap("#close-settings")


# ---------------------------------------------------------------- the derivative under a curve

SLOPE = "#slope-over canvas"


def slope_dot(page: Page, x: float, slope: float) -> float:
    """How far the walker's colour is from where its slope is, in the plot under the curve."""
    (distance,) = nearest(page, SLOPE, in_plot(page, [[x, slope]], "slope-plot"), colour_of(page, "c0"))
    return distance


@pytest.mark.parametrize(
    "query", ["landscape=parabola", "landscape=fence&optimizer=gradient-descent", "landscape=shoulder&shape=-0.5"]
)
def test_the_walkers_dot_stands_on_the_derivative_under_the_curve(plain: Watched, query: str) -> None:
    page = plain.show(f"?{query}")
    left, width = "_fullLayout.xaxis._offset", "_fullLayout.xaxis._length"
    for part in (left, width):
        above, below = (page.evaluate(f"() => document.getElementById('{id}-plot').{part}") for id in ("map", "slope"))
        assert above == below, "one x axis for both"
    for step in (0, 2, 5):
        at_step(page, step)
        told = step_of(plain.server, query, step)["quantities"]
        (x,), (slope,) = told["point"], told["slope"]
        assert soon(lambda far: far < 40, slope_dot, page, x, slope) < 40
    # Of another landscape nothing is left.
    plain.show("?landscape=saddle")
    expect(page.locator("#slope")).to_be_hidden()


def test_the_derivative_under_the_curve_is_the_one_of_the_api(plain: Watched) -> None:
    page = plain.show("?landscape=two-minima")
    surface = api(plain.server, "/api/landscapes/two-minima/surface?resolution=201")
    drawn = page.evaluate(
        "() => { const [{ x, y }] = document.getElementById('slope-plot').data; return { x: [...x], y: [...y] } }"
    )
    assert drawn == {"x": surface["x"], "y": surface["derivative"]}


def test_on_a_phone_the_derivative_stands_under_the_curve_too(phone: Watched) -> None:
    page = phone.show("?landscape=parabola")
    curve, slope = (page.locator(f"#{id}").bounding_box() for id in ("map", "slope"))
    assert curve
    assert slope
    assert (curve["x"], curve["width"]) == (slope["x"], slope["width"])
    assert curve["y"] + curve["height"] <= slope["y"]
    assert slope["height"] > 80
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_what_is_known_of_a_landscape_comes_with_its_walks_and_only_its_surface_is_asked_for(plain: Watched) -> None:
    # What was had once is kept: only a page that has had nothing asks for all.
    page = plain.load()
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url))
    queries = ["landscape=two-valley", "landscape=two-valley&shape=0.77", "landscape=straight-line", "landscape=fence"]
    for query in queries:
        plain.show(f"?{query}")
        slug, shape = query.removeprefix("landscape=").partition("&")[::2]
        known = api(plain.server, f"/api/landscapes/{slug}{shape and f'?{shape}'}")
        assert page.evaluate("() => downhill.walks.landscape") == known
        # The marks are those of this shape.
        places = [place["point"][0] for place in known["stationary_points"]]
        drawn = "() => document.getElementById('map-plot').data[1].x"
        assert soon_is(places, page.evaluate, drawn) == places
    about = [url for url in map(urlparse, found) if url.path.startswith("/api/landscapes")]
    # The page keeps the surfaces that it had before; of this shape it had none.
    assert any("shape=0.77" in url.query for url in about)
    assert all(url.path.endswith("/surface") for url in about)


def test_an_address_brings_the_picture_it_names_whatever_kind_of_landscape_was_shown(plain: Watched) -> None:
    views = plain.page.locator("#views")
    plain.show("?landscape=straight-line", "view=surface")
    expect(views).to_have_attribute("data-second", "surface")
    assert "view=surface" in plain.page.evaluate("() => location.search")
    plain.show("")
    plain.show("?landscape=straight-line")
    expect(views).to_have_attribute("data-second", "data")
