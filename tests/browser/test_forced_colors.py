"""High contrast: the pictures keep their own colours, everything else has the system's."""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import ROOT, Server, Watched, without_scene
from tests.browser.looking import TRAILS, api, from_the_ground, ground_pixels, in_plot, nearest, soon, to_the_end

THEME = json.loads((ROOT / "static" / "palette.json").read_text())["theme"]


def rgb(name: str, theme: int) -> list[int]:
    return list(bytes.fromhex(THEME[name][theme].removeprefix("#")))


@pytest.mark.parametrize(("theme", "scheme"), [(0, "light"), (1, "dark")])
def test_with_forced_colours_pictures_keep_theirs(browser: Browser, server: Server, theme: int, scheme: str) -> None:
    context = without_scene(
        browser, color_scheme=scheme, forced_colors="active", viewport={"width": 1440, "height": 900}
    )
    watched = Watched(context, server)
    page = watched.load("?landscape=bowl&map=basins&resolution=64&steps=400")
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
    assert watched.complaints == []
    context.close()


def test_what_is_pressed_has_the_systems_letters_on_the_systems_ground(plain: Watched) -> None:
    page = plain.page
    page.emulate_media(forced_colors="active")
    for width, height in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        others = page.evaluate(
            """() => { const probe = document.body.appendChild(document.createElement('i'));
                probe.style.cssText = 'forced-color-adjust: none; color: SelectedItemText; background: SelectedItem';
                const { color, backgroundColor } = getComputedStyle(probe); probe.remove();
                const pressed = [...document.querySelectorAll('button[aria-pressed="true"]')].filter(node => node.getClientRects().length > 0);
                return { count: pressed.length, wrong: pressed.filter(node => getComputedStyle(node).backgroundColor !== backgroundColor
                    || [node, ...node.querySelectorAll('span, strong')].some(part => getComputedStyle(part).color !== color)).map(node => node.textContent) } }"""
        )
        assert others["count"] > 0
        assert others["wrong"] == [], width
