"""High contrast: the pictures keep their own colours, everything else has the system's."""

import json
import re
from typing import Literal

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ROOT, Watched
from tests.browser.looking import TRAILS, api, from_the_ground, ground_pixels, in_plot, nearest, soon, to_the_end

THEME = json.loads((ROOT / "static" / "palette.json").read_text())["theme"]
Scheme = Literal["light", "dark"]


def rgb(name: str, theme: int) -> list[int]:
    return list(bytes.fromhex(THEME[name][theme].removeprefix("#")))


@pytest.mark.parametrize(("theme", "scheme"), [(0, "light"), (1, "dark")])
def test_with_forced_colours_pictures_keep_theirs(visitor: Watched, theme: int, scheme: Scheme) -> None:
    server = visitor.server
    visitor.page.emulate_media(color_scheme=scheme, forced_colors="active")
    page = visitor.load("?landscape=bowl&map=basins&resolution=64&steps=400")
    to_the_end(page)
    found = ground_pixels(page)
    assert from_the_ground(found, theme).max() < 3
    assert len(np.unique(found // 8, axis=0)) > 60
    # The walk's own colour lies on its path.
    walk = api(server, "/api/descent?landscape=bowl&steps=400")["walks"][0]
    places = in_plot(page, [list(point) for point in zip(walk["x"][1:6], walk["y"][1:6], strict=True)])
    colour = rgb("c0", theme)
    assert max(soon(lambda far: max(far) < 60, nearest, page, TRAILS, places, colour, 2)) < 60
    # So does the first minimum's in the basin map and in its legend, and a swatch of a run has its own.
    page.wait_for_function("() => downhill.maps.shown?.done")
    blues = page.evaluate(
        """() => [...document.querySelectorAll('#basins-over canvas, #map-legend li:first-child canvas')].map(canvas => {
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height); let count = 0;
            for (let k = 0; k < data.length; k += 4) if (data[k + 3] === 255 && data[k + 2] > data[k] + 30) count += 1;
            return count / (data.length / 4) })"""
    )
    assert len(blues) == 2
    assert min(blues) > 0.5
    # Around the pictures everything is the system's, and the letters in them stand on the pictures' own ground.
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)" if theme == 0 else "rgb(0, 0, 0)")
    ground = f"rgb({', '.join(map(str, rgb('ground', theme)))})"
    for plot in ("#map", "#surface", "#curves"):
        expect(page.locator(plot)).to_have_css("background-color", ground)
    chosen, other = (
        page.locator(f"#map-kind label:has(input[value='{value}'])").evaluate(
            "node => getComputedStyle(node).backgroundColor"
        )
        for value in ("basins", "rates")
    )
    assert chosen != other
    page.goto(f"{server.address}/lessons")
    band = page.locator(".lessons .h3").first.evaluate("path => getComputedStyle(path).fill")
    assert list(map(int, re.findall(r"\d+", band))) == rgb("h3", theme)


# Of all words in what is chosen: what they say, and how far their colour is from that of the ground under them.
CHOSEN = """() => [...document.querySelectorAll('[aria-pressed=true], .segments label:has(:checked)')].flatMap(one => {
    const numbers = colour => colour.match(/[\\d.]+/g).slice(0, 3).map(Number), walker = document.createTreeWalker(one, NodeFilter.SHOW_TEXT), found = [];
    const grounded = node => { const { backgroundColor } = getComputedStyle(node);
        return backgroundColor !== 'rgba(0, 0, 0, 0)' ? backgroundColor : grounded(node.parentElement) };
    while (walker.nextNode()) { const { parentElement: holder, data } = walker.currentNode;
        if (!data.trim() || holder.getClientRects().length === 0) continue;
        const ground = numbers(grounded(holder)), ink = numbers(getComputedStyle(holder).color);
        found.push([data.trim(), Math.max(...ink.map((part, k) => Math.abs(part - ground[k])))]) }
    return found })"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_with_forced_colours_the_words_of_what_is_chosen_can_be_read(visitor: Watched, scheme: Scheme) -> None:
    visitor.page.emulate_media(color_scheme=scheme, forced_colors="active")
    page = visitor.load("?landscape=network-moons&run=adam&second=data")
    to_the_end(page)
    chosen = page.evaluate(CHOSEN)
    assert {"Data", "walk"} <= {text for text, _ in chosen}
    assert any("learning rate" in text for text, _ in chosen)
    page.set_viewport_size({"width": 390, "height": 844})
    chosen += page.evaluate(CHOSEN)
    assert "Step size" in {text for text, _ in chosen}
    assert {text: apart for text, apart in chosen if apart < 120} == {}
