"""Beside a network's plane: its data with what it says now, its curves, the rule in two weights, theory of the plane."""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

from app.descent.landscapes.networks import NETWORKS
from tests.browser.conftest import PATIENCE, Server, Watched
from tests.browser.looking import FIT, api, at_step, colour_of, in_plot, nearest, soon, soon_is, step_of

pytestmark = pytest.mark.browser

UNDER = "#data-under canvas"
# A network's walks are asked for with their weights by the page itself.
MOONS = "landscape=network-moons&optimizer=adam&learning_rate=0.05&steps=60"


def walked(server: Server, query: str) -> dict[str, Any]:
    walk: dict[str, Any] = api(server, f"/api/descent?{query}&weights=1")["walks"][0]
    return walk


def weights_at(walk: dict[str, Any], step: int) -> NDArray[np.float64]:
    return np.array(walk["weights"][step])[:, None]


def open_data(watched: Watched, query: str) -> Page:
    """Open it with its data beside the map."""
    page = watched.show(f"?{query}", "view=data")
    expect(page.locator("#data-plot .scatterlayer .points path").first).to_be_visible()
    return page


def test_the_networks_curve_moves_with_the_walk(plain: Watched, server: Server) -> None:
    query = "landscape=network-curve&steps=60"
    page, walk = open_data(plain, query), walked(server, query)
    inputs = np.linspace(-2, 2, 25)[:, None]
    colour = colour_of(page, "c0")
    for step in (0, 7, 60):
        page.locator("#scrub").fill(str(step))
        said = NETWORKS["network-curve"].outputs(weights_at(walk, step), inputs)[:, 0]
        places = in_plot(page, np.column_stack([inputs[:, 0], said]).tolist(), "data-plot")
        assert max(soon(lambda far: max(far) < 60, nearest, page, FIT, places, colour)) < 60


def test_the_share_of_points_right_is_the_servers_and_the_others_are_marked(plain: Watched, server: Server) -> None:
    page, walk = open_data(plain, MOONS), walked(server, MOONS)
    network = NETWORKS["network-moons"]
    for step in (0, 20, 60):
        page.locator("#scrub").fill(str(step))
        [share] = network.share_right(weights_at(walk, step))
        count = round(40 * share)
        expect(page.locator("#data-share")).to_have_text(f"{100 * count / 40:g} % of the points right: {count} of 40")
        score = network.outputs(weights_at(walk, step))[:, 0]
        wrong = [
            list(point)
            for point, target, said in zip(network.inputs, network.targets, score, strict=True)
            if (said > 0) != (target == 1)
        ]
        ticks = [[x + 7.5, y - 7.5] for x, y in in_plot(page, wrong, "data-plot")]
        assert max(soon(lambda far: max(far) < 90, nearest, page, FIT, ticks, colour_of(page, "ink"))) < 90


def test_the_tint_is_of_the_class_that_the_network_says(plain: Watched, server: Server) -> None:
    page, walk = open_data(plain, MOONS), walked(server, MOONS)
    page.locator("#scrub").fill("60")
    network = NETWORKS["network-moons"]
    rng = np.random.default_rng(0)
    places = np.column_stack([rng.uniform(-1.7, 1.7, 60), rng.uniform(-1, 1, 60)])
    score = network.outputs(weights_at(walk, 60), places)[:, 0]
    sure = np.abs(score) > 3
    assert 0 < (score[sure] > 0).sum() < sure.sum()
    blue = """([selector, places]) => { const canvas = document.querySelector(selector); const ratio = canvas.width / canvas.clientWidth;
        const context = canvas.getContext('2d');
        return places.map(([x, y]) => { const [red, , blue] = context.getImageData(Math.round(x * ratio), Math.round(y * ratio), 1, 1).data; return blue > red }) }"""
    pixels = in_plot(page, places[sure].tolist(), "data-plot")
    wanted = (score[sure] < 0).tolist()
    assert soon_is(wanted, page.evaluate, blue, [UNDER, pixels]) == wanted


def test_the_mini_batch_is_ringed(plain: Watched, server: Server) -> None:
    query = f"{MOONS}&batch=3"
    page = open_data(plain, query)
    at_step(page, 5)
    batch = step_of(server, query, 5)["batch"]
    network = NETWORKS["network-moons"]
    middles = in_plot(page, [list(network.inputs[row]) for row in batch], "data-plot")
    rings = [[x + 9, y] for x, y in middles] + [[x - 9, y] for x, y in middles]
    assert max(soon(lambda far: max(far) < 90, nearest, page, FIT, rings, colour_of(page, "arrow-gradient"))) < 90


def test_sharpness_and_distance_from_the_plane_are_among_the_curves(plain: Watched, server: Server) -> None:
    query = "landscape=network-curve&optimizer=gradient-descent&learning_rate=0.17&steps=300&seed=2"
    page = plain.show(f"?{query}")
    expect(page.locator("#theory-on")).not_to_be_checked()
    said = api(server, f"/api/descent/sharpness?{query}&walk=0")
    curves = "() => (document.getElementById('sharpness-plot').data ?? []).map(({ x, y }) => [x, y])"
    wanted = [[said["step"], said["limit"]], [said["step"], said["sharpness"]]]
    assert soon_is(wanted, page.evaluate, curves) == wanted
    expect(page.locator("#sharpness-words")).to_contain_text("in all 13 weights")
    off = "() => [...(document.getElementById('off-plane-plot').data?.[0].y ?? [])]"
    distances = walked(server, query)["off_plane"]
    assert soon_is(distances, page.evaluate, off) == distances
    page.locator("#scrub").fill("120")
    apart = """name => { const plot = document.getElementById(`${name}-plot`); const { xaxis } = plot._fullLayout;
        const line = document.getElementById(`${name}-cursor`).getBoundingClientRect();
        return line.left - plot.getBoundingClientRect().left - xaxis._offset - xaxis.d2p(120) }"""
    for name in ("sharpness", "off-plane"):
        assert abs(soon(lambda gap: abs(gap) < 1, page.evaluate, apart, name)) < 1
    plain.show("")
    expect(page.locator("#off-plane")).to_be_hidden()
    expect(page.locator("#sharpness")).to_be_hidden()


def test_the_rule_has_the_numbers_of_two_weights_that_one_chooses(plain: Watched, server: Server) -> None:
    query = "landscape=network-curve&steps=40"
    page = plain.show(f"?{query}")
    at_step(page, 4)
    names = page.locator("#first-weight option").all_inner_texts()
    assert names == list(NETWORKS["network-curve"].weight_names)
    page.locator("#first-weight").select_option("12")
    page.locator("#second-weight").select_option("5")
    wanted = api(server, f"/api/descent/steps?{query}&first=4&count=1&weight=12,5")["steps"][0]["quantities"]
    point = "() => downhill.numbers?.quantities.point"
    assert soon_is(wanted["point"], page.evaluate, point) == wanted["point"]
    expect(page.locator("#rule-refused")).to_be_hidden()
    # Two weights are no place on the plane: no arrows are drawn of them.
    expect(page.locator("#arrows")).to_be_hidden()
    plain.expected = ("Failed to load resource",)
    plain.show("?landscape=network-curve&optimizer=bfgs&steps=40")
    with (
        pytest.raises(HTTPError) as refused,
        urlopen(f"{server.address}/api/descent/steps?{query}&optimizer=bfgs&weight=0,1", timeout=PATIENCE),
    ):
        pass
    complaint = json.load(refused.value)["error"]
    expect(page.locator("#rule-refused")).to_have_text(f"{complaint['message']} {complaint['hint']}")


def test_theory_of_a_network_says_that_it_is_of_the_plane(plain: Watched) -> None:
    page = plain.show("?landscape=network-curve&steps=40&theory=1")
    expect(page.locator("#theory-plane")).to_contain_text("two of 13 dimensions")
    expect(page.locator("#theory-rows")).to_contain_text("Eigenvalues")
    expect(page.locator("#theory-rows")).not_to_contain_text("Stability limit")
    expect(page.locator("#theory-rows")).not_to_contain_text("Newton")
    plain.show("?theory=1")
    expect(page.locator("#theory-rows")).to_contain_text("Stability limit")
    expect(page.locator("#theory-plane")).to_be_hidden()


def test_on_a_phone_nothing_is_wider_than_the_screen(phone: Watched) -> None:
    page = phone.show(f"?{MOONS}")
    page.locator(".places [data-second=data]").click()
    expect(page.locator("#data-share")).to_contain_text("of the points right")
    expect(page.locator("#two-weights select").first).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    expect(page.locator("#arrows")).to_be_hidden()
    # What the marks mean is read there.
    expect(page.locator("#data-caption")).to_be_in_viewport(ratio=0.9)


def test_beside_the_map_loss_and_sharpness_are_large_and_little_is_said(plain: Watched) -> None:
    page = plain.page
    page.goto(f"{plain.server.address}/lessons/edge-of-stability")
    expect(page.locator("#other-view #sharpness-short")).to_contain_text("Edge of stability")
    heights = """() => ['curves-plot', 'sharpness-plot', 'off-plane-plot'].map(
        id => Math.round(document.getElementById(id)._fullLayout?.yaxis._length ?? 0))"""
    assert min(soon(lambda tall: min(tall) >= 148, page.evaluate, heights)) >= 148
    # What is said of it, and its last word, are above the edge of their place; the whole is behind the sign.
    edge = "document.getElementById('other-view').getBoundingClientRect().bottom"
    last = "document.getElementById('sharpness-short').getBoundingClientRect().bottom"
    assert page.evaluate(f"{last} <= {edge}")
    expect(page.locator("#sharpness-words")).to_be_hidden()
    page.locator("#sharpness-more .about").click()
    expect(page.locator("#term-note")).to_contain_text("the largest eigenvalue of the whole Hessian")
