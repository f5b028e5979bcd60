"""What several tests do with the page: move in time, read the numbers behind a picture, look at pixels."""

import json
import time
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar
from urllib.request import urlopen

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page
from scipy.spatial import cKDTree

from app.answers.palette import PALETTE
from tests.browser.conftest import PATIENCE, Server

TRAILS, HEADS = "#map-over canvas:nth-child(2)", "#map-over canvas:nth-child(3)"
FIT = "#data-over canvas"

P = ParamSpec("P")
Seen = TypeVar("Seen")


def soon(holds: Callable[[Seen], bool], look: Callable[P, Seen], *of: P.args, **named: P.kwargs) -> Seen:
    """Look again and again until what is seen is right; what was seen last is returned, for the assert around this."""
    until = time.monotonic() + PATIENCE
    while True:
        seen = look(*of, **named)
        if holds(seen) or time.monotonic() > until:
            return seen
        time.sleep(0.03)


def soon_is(wanted: Seen, look: Callable[P, Seen], *of: P.args, **named: P.kwargs) -> Seen:
    """Look again and again until exactly this is seen; what was seen last is returned."""
    return soon(lambda seen: seen == wanted, look, *of, **named)


def two_frames(page: Page) -> None:
    """Wait until the frame that was asked for by what was just done has come, so that nothing older is looked at."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def to_the_end(page: Page) -> None:
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("End")
    page.wait_for_function(
        "() => document.getElementById('count').textContent === `step ${downhill.walks.last} of ${downhill.walks.last}`"
    )


def at_step(page: Page, step: int) -> None:
    """Stand at a step, and wait until the numbers of the step that leads away from it are there and drawn."""
    page.locator("#scrub").fill(str(step))
    two_frames(page)
    page.wait_for_function(
        """step => downhill.player.shown === step && !downhill.player.playing
            && downhill.numbers?.step === Math.min(step, downhill.walks.all[0].length - 2)""",
        arg=step,
    )
    # The numbers may have come in this very frame: what they mark is painted in the next.
    two_frames(page)


def choose(page: Page, slug: str) -> None:
    """Choose a landscape behind its door, as a mouse does."""
    page.click("#landscape")
    # Not checked: one that is refused is taken back at once.
    page.click(f"input[name=landscape][value={slug}]", force=True)


def set_arrows(page: Page, on: bool) -> None:
    # All at once, for names of arrows come and go with the optimizer.
    page.evaluate(
        """on => { for (const box of document.querySelectorAll('#arrows input'))
            if (box.getClientRects().length > 0 && box.checked !== on) box.click() }""",
        on,
    )


def api(server: Server, path: str) -> Any:
    with urlopen(f"{server.address}{path}", timeout=PATIENCE) as response:
        return json.load(response)


def step_of(server: Server, query: str, step: int) -> dict[str, Any]:
    """All numbers of one step, as the API tells them."""
    steps: list[dict[str, Any]] = api(server, f"/api/descent/steps?{query}&first={step}&count=1")["steps"]
    return steps[0]


def shown(page: Page, walker: int = 0) -> dict[str, Any]:
    """The numbers of the walk that is shown."""
    numbers: dict[str, Any] = page.evaluate(
        """walker => { const walk = downhill.walks.all[walker]; return {
            x: [...walk.x.subarray(0, walk.length)], y: [...walk.y.subarray(0, walk.length)],
            loss: [...walk.loss.subarray(0, walk.length)], summary: walk.summary, request: downhill.walks.request } }""",
        walker,
    )
    return numbers


def count_entries(page: Page) -> None:
    """Count the new entries of the history, whose length a browser limits."""
    page.evaluate(
        """() => { window.entries = 0; const push = History.prototype.pushState;
            history.pushState = function (...all) { window.entries += 1; push.apply(history, all) } }"""
    )


def entries(page: Page) -> int:
    """How many new entries the history got since they are counted."""
    count: int = page.evaluate("() => window.entries")
    return count


def numbers_of(page: Page) -> Any:
    """The quantities of the step that the update rule shows; None before they are there."""
    return page.evaluate("() => downhill.numbers?.quantities ?? null")


def place_of(page: Page, x: float, y: float, plot: str = "map-plot") -> tuple[float, float]:
    """Where a point lies on the screen, from Plotly's own axes."""
    left, top = page.evaluate(
        """([x, y, plot]) => { const { xaxis, yaxis } = document.getElementById(plot)._fullLayout;
            const box = document.getElementById(plot).getBoundingClientRect();
            return [box.left + xaxis._offset + xaxis.d2p(x), box.top + yaxis._offset + yaxis.d2p(y)] }""",
        [x, y, plot],
    )
    return left, top


def in_plot(page: Page, points: list[list[float]], plot: str = "map-plot") -> list[list[float]]:
    """Where points lie in the rectangle of the axes, which is that of the canvases over it."""
    places: list[list[float]] = page.evaluate(
        """([points, plot]) => { const { xaxis, yaxis } = document.getElementById(plot)._fullLayout;
            return points.map(([x, y]) => [xaxis.d2p(x), yaxis.d2p(y)]) }""",
        [points, plot],
    )
    return places


def colour_of(page: Page, name: str) -> list[int]:
    """One of the style sheet's colours as numbers."""
    colour: list[int] = page.evaluate(
        """name => { const probe = document.body.appendChild(document.createElement('i'));
            probe.style.color = `var(--${name})`; const text = getComputedStyle(probe).color; probe.remove();
            return text.match(/[0-9.]+/g).slice(0, 3).map(Number) }""",
        name,
    )
    return colour


def ground_pixels(page: Page) -> NDArray[np.float64]:
    """The colours of the ground under the map, pixel by pixel, shape (pixels, 3)."""
    numbers: list[int] = page.evaluate(
        """() => { const node = document.querySelector('#ground canvas');
            const { data } = node.getContext('2d').getImageData(0, 0, node.width, node.height);
            return [...data].filter((_, index) => index % 4 < 3) }"""
    )
    return np.array(numbers, dtype=float).reshape(-1, 3)


def from_the_ground(pixels: NDArray[np.float64], theme: int) -> NDArray[np.float64]:
    """How far colours, shape (pixels, 3), are from the palette's nearest tint under some light or shade."""
    theme_colours = PALETTE.theme
    hexes = [theme_colours[name][theme] for name in [*(f"h{level}" for level in range(12)), "lit", "shadow"]]
    *anchors, lit, shadow = np.array([[*bytes.fromhex(colour.removeprefix("#"))] for colour in hexes], dtype=float)
    tint = np.array([np.interp(np.linspace(0, 11, 133), np.arange(12), part) for part in np.transpose(anchors)]).T
    shares = np.linspace(0, 1, 25)[:, None, None]
    ground = np.concatenate(
        [
            (tint + PALETTE.shading[name] * shares * (light - tint)).reshape(-1, 3)
            for name, light in (("lit", lit), ("shadow", shadow))
        ]
    )
    distances: NDArray[np.float64] = cKDTree(ground).query(pixels)[0]
    return distances


def nearest(
    page: Page, canvas: str, places: list[list[float]], colour: list[int], around: int = 1, clear: int = 128
) -> list[float]:
    """How far each place's most similar pixel, of those around it, is from a colour; clear ones count for nothing."""
    distances: list[float] = page.evaluate(
        """([canvas, places, colour, around, clear]) => { const node = document.querySelector(canvas);
            const pen = node.getContext('2d'); const ratio = devicePixelRatio; const size = 2 * around + 1;
            return places.map(([x, y]) => { const { data } = pen.getImageData(Math.floor(ratio * x) - around, Math.floor(ratio * y) - around, size, size);
                let least = 1000; for (let k = 0; k < data.length; k += 4) if (data[k + 3] > clear)
                  least = Math.min(least, Math.hypot(...colour.map((part, index) => part - data[k + index])));
                return least }) }""",
        [canvas, places, colour, around, clear],
    )
    return distances


def painted(page: Page, canvas: str, colour: list[int] | None = None) -> int:
    """How many pixels of a canvas have any colour, or this one."""
    count: int = page.evaluate(
        """([canvas, colour]) => { const node = document.querySelector(canvas);
            const data = node.getContext('2d').getImageData(0, 0, node.width, node.height).data;
            let count = 0; for (let k = 0; k < data.length; k += 4)
              if (data[k + 3] > (colour ? 250 : 0) && (!colour || Math.hypot(...colour.map((part, index) => part - data[k + index])) < 12)) count += 1;
            return count }""",
        [canvas, colour],
    )
    return count


def middle_of(page: Page, canvas: str, colour: list[int]) -> list[float]:
    """The middle of all pixels of a colour."""
    middle: list[float] = page.evaluate(
        """([canvas, colour]) => { const node = document.querySelector(canvas);
            const { data } = node.getContext('2d').getImageData(0, 0, node.width, node.height);
            let n = 0, sx = 0, sy = 0; for (let k = 0; k < data.length / 4; k += 1)
              if (data[4 * k + 3] > 250 && Math.hypot(...colour.map((part, index) => part - data[4 * k + index])) < 12) {
                n += 1; sx += k % node.width; sy += Math.floor(k / node.width) }
            return [(sx / n + 0.5) / devicePixelRatio, (sy / n + 0.5) / devicePixelRatio] }""",
        [canvas, colour],
    )
    return middle


def from_the_curve(page: Page, x: float, y: float) -> float:
    """How many pixels a place in the axes' rectangle is away from the curve that Plotly has drawn."""
    distance: float = page.evaluate(
        """([x, y]) => Math.min(...[...document.querySelectorAll('#map-plot .scatterlayer path.js-line')].filter(path => path.getTotalLength() > 100 && parseFloat(getComputedStyle(path).strokeWidth) > 0).map(path => {
            const whole = path.getTotalLength(); let least = Infinity;
            for (let part = 0; part <= whole; part += 0.25) { const point = path.getPointAtLength(part);
              least = Math.min(least, Math.hypot(point.x - x, point.y - y)) }
            return least }))""",
        [x, y],
    )
    return distance


def places_of_what_stands(page: Page) -> list[list[float]]:
    """Where all stands that may not move."""
    places: list[list[float]] = page.evaluate(
        """names => names.map(name => {
             const { top, left, width } = document.getElementById(name).getBoundingClientRect();
             return [top, left, width];
           })""",
        ["landscape", "views", "dials", "transport"],
    )
    return places
