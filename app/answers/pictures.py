"""Pictures drawn on the server: a landscape as height bands with its paths, as SVG for the page's first paint.

Colours are CSS classes, so that a picture follows the page's theme.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from contourpy import FillType, contour_generator

from app.answers.records import Walk
from app.answers.walks import answer
from app.descent.formulas.arithmetic import Array
from app.descent.landscapes.landscape import Box, FixedLandscape
from app.request.request import WalkRequest, landscape_of

BANDS = 12
CURVE_RESOLUTION = 201
_SIZE = 600.0
_STRETCHED = 0.75
_MOST_DRAWN = 1_000
# Further walkers of a first paint would cost more time than they tell; the moving picture draws them all.
_MOST_WALKS = 64


@dataclass(frozen=True)
class Frame:
    """A rectangle of the plane mapped onto the picture, x to the right and y upwards."""

    box: Box
    width: float
    height: float
    stretched: bool = False

    def place(self, x: Array, y: Array) -> Array:
        """Picture coordinates, shape (n, 2)."""
        low_x, low_y = self.box.low
        high_x, high_y = self.box.high
        with np.errstate(over="ignore"):  # whoever left beyond all floats is left out of the picture
            return np.column_stack(
                [(x - low_x) / (high_x - low_x) * self.width, (high_y - y) / (high_y - low_y) * self.height]
            )


def frame(landscape: FixedLandscape, box: Box) -> Frame:
    """The frame whose longer side is 600 units.

    Both axes have the same scale, unless one is more than four times as long; a curve's loss has its own. The page's
    own figures follow the same rules.
    """
    if landscape.entry.dimensions == 1:
        _, _, loss = landscape.surface(box, CURVE_RESOLUTION)
        low, high = float(np.nanmin(loss)), float(np.nanmax(loss))
        margin = 0.08 * (high - low or 1.0)
        box = Box((box.low[0], low - margin), (box.high[0], high + margin))
        return Frame(box, _SIZE, _SIZE * _STRETCHED, stretched=True)
    width, height = box.widths
    if max(width, height) > 4 * min(width, height):
        return Frame(box, _SIZE, _SIZE * _STRETCHED, stretched=True)
    scale = _SIZE / max(width, height)
    return Frame(box, width * scale, height * scale)


def _around(landscape: FixedLandscape, box: Box, aspect: float) -> Box:
    """The rectangle of that width to height with the box in its middle: what a screen's box of this shape shows."""
    if landscape.entry.dimensions == 1 or frame(landscape, box).stretched:
        return box
    width, height = box.widths
    more = ((max(width, height * aspect) - width) / 2, (max(height, width / aspect) - height) / 2)
    return Box(
        tuple(low - wider for low, wider in zip(box.low, more, strict=True)),
        tuple(high + wider for high, wider in zip(box.high, more, strict=True)),
    )


def picture(
    request: WalkRequest, resolution: int = 61, walks: Sequence[Walk] | None = None, aspect: float | None = None
) -> dict[str, Any]:
    """What the template draws: the view box, the ground, the paths and the start.

    With an ``aspect`` the ground goes on around the view box and fills a box on the screen of that width to height.
    """
    landscape, box = landscape_of(request), request.box
    canvas = frame(landscape, box)
    heights = "loss" if landscape.entry.dimensions == 1 else "y"
    runs, walks = request.each_run, answer(request) if walks is None else walks
    visible = [walk for walk in walks if not runs[walk["run"]].hidden]
    shown = sorted(visible, key=lambda walk: walk["walker"])[:_MOST_WALKS]
    paths = [_trail(canvas, walk["x"], walk[heights]) for walk in shown]  # type: ignore[literal-required]
    start = list(request.start)
    # A map of starts has its own window.
    ground = box if aspect is None or request.canonical["map"] == "basins" else _around(landscape, box, aspect)
    if landscape.entry.dimensions == 1:
        start.append(landscape.floats.loss(start[0], 0.0))
    return {
        **drawn_landscape(landscape, box, resolution, ground),
        "trails": [_polyline(trail) for trail in paths],
        # Each run has a style of its own; alone, each walker has.
        "styles": [_style(walk["run"] if len(runs) > 1 else walk["walker"]) for walk in shown],
        "ends": [_last(trail) for trail in paths],
        "start": _last(canvas.place(np.array(start[:1]), np.array(start[1:]))),
    }


def _style(index: int) -> str:
    """The classes of a trail's colour and dash, by the rule of the page's own trails: walk_styles.js."""
    return f"c{index % 8} d{(index + index // 8) % 8}"


@lru_cache(maxsize=256)
def drawn_landscape(landscape: FixedLandscape, box: Box, resolution: int, ground: Box | None = None) -> dict[str, Any]:
    """The picture of the landscape alone: its height bands, lowest first, or, with one parameter, its curve.

    The ``ground`` that is drawn may be wider than the box, whose corners are those of the picture.
    """
    canvas, ground = frame(landscape, box), ground or box
    size = {
        "width": round(canvas.width),
        "height": round(canvas.height),
        "stretched": canvas.stretched,
        "wider": round(canvas.width * (ground.widths[0] / box.widths[0] - 1) / 2),
        "higher": round(canvas.height * (ground.widths[-1] / box.widths[-1] - 1) / 2),
    }
    if landscape.entry.dimensions == 1:
        x, _, loss = landscape.surface(box, CURVE_RESOLUTION)
        return {**size, "bands": (), "curve": _polyline(canvas.place(x, loss))}
    return {**size, "bands": bands(landscape, ground, resolution, canvas), "curve": None}


def bands(landscape: FixedLandscape, box: Box, resolution: int, canvas: Frame | None = None) -> tuple[str, ...]:
    """The outline of each height band as SVG path data, lowest first.

    Bands have equal steps of a root of the height above the lowest point: evenly spaced rings on a bowl.
    """
    x, y, loss = landscape.surface(box, resolution)
    assert y is not None
    level = _levels(loss)
    canvas = canvas or frame(landscape, box)
    edges = np.linspace(0, float(np.nanmax(level)) or 1.0, BANDS + 1)
    generator = contour_generator(x, y, level, fill_type=FillType.OuterCode)
    outlines = []
    for low, high in zip(edges[:-1], [*edges[1:-1], np.inf], strict=True):
        filled: Any = generator.filled(low, high)  # its type is the union over all fill types
        points, codes = filled
        outlines.append("".join(_outline(canvas, part, code) for part, code in zip(points, codes, strict=True)))
    return tuple(outlines)


# Roots of the height, the first of which is taken that does not leave most of the picture in the lowest bands.
_ROOTS = (2, 4, 8)
_MIDDLE = 0.2


def _levels(loss: Array) -> Array:
    """A root of the height above the lowest point; the page's own figures follow the same rule."""
    heights = np.sort(loss[np.isfinite(loss)])
    low, middle, high = heights[0], heights[len(heights) // 2], heights[-1]
    part = (middle - low) / ((high - low) or 1.0)
    root = next((root for root in _ROOTS if part ** (1 / root) >= _MIDDLE), _ROOTS[-1])
    height = np.maximum(loss - low, 0)
    return np.asarray(np.sqrt(height) if root == 2 else height ** (1 / root))


def _outline(canvas: Frame, points: Any, codes: Any) -> str:
    # contourpy's codes: 1 moves, 2 draws a line, 79 closes.
    letters = {1: "M", 2: "L", 79: "L"}
    placed = canvas.place(points[:, 0], points[:, 1])
    parts = [
        f"{letters[int(code)]}{x:.0f} {y:.0f}" + ("Z" if code == 79 else "")
        for (x, y), code in zip(placed, codes, strict=True)
    ]
    return "".join(parts)


def _trail(canvas: Frame, right: Any, up: Any) -> Array:
    x, y = np.asarray(right, dtype=float), np.asarray(up, dtype=float)
    finite = np.isfinite(x) & np.isfinite(y)
    trail = canvas.place(x[finite], y[finite])
    # What lies far outside is cut by the view box anyway; browsers draw such numbers wrongly.
    far = 20 * _SIZE
    trail = trail[(np.abs(trail) < far).all(axis=1)]
    every = max(1, len(trail) // _MOST_DRAWN)
    return np.concatenate([trail[::every], trail[-1:]]) if len(trail) else trail


def _polyline(trail: Array) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in trail)


def _last(trail: Iterable[Any]) -> tuple[float, float] | None:
    points = list(trail)
    return (round(float(points[-1][0]), 1), round(float(points[-1][1]), 1)) if points else None
