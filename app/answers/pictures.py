"""Pictures drawn on the server: a landscape as height bands with its paths, as SVG for the page's first paint.

Colours are CSS classes, so that a picture follows the page's theme.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from contourpy import FillType, contour_generator

from app.answers.palette import PALETTE
from app.answers.planes import ground_of
from app.answers.records import Walk
from app.answers.relief import HIGHEST, contours, lowest_known, scale_of, shade
from app.answers.walks import answer
from app.descent.formulas.arithmetic import Array
from app.descent.landscapes.landscape import Box, FixedLandscape
from app.descent.landscapes.planes import last_of
from app.request.request import WalkRequest

# The palette's tints, from the lowest ground to the highest.
TINTS = 12
CURVE_RESOLUTION = 201
_SIZE = 600.0
_STRETCHED = 0.75
_MOST_DRAWN = 1_000
# A ground with no more points along a side is drawn for a small picture, or for one of a thumb's size.
_SMALL, _THUMB = 40, 25
# Layers of light, and of shade, in a large picture and in a small one.
_STEPS, _FEW_STEPS = 5, 3
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
        known = loss[np.isfinite(loss)]
        low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
        low, high = max(low, -HIGHEST), min(high, HIGHEST)
        margin = 0.08 * (high - low or 1.0)
        box = Box((box.low[0], low - margin), (box.high[0], high + margin))
        return Frame(box, _SIZE, _SIZE * _STRETCHED, stretched=True)
    return _frame_of_plane(box)


def _frame_of_plane(box: Box) -> Frame:
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


def picture(request: WalkRequest, resolution: int = 61, aspect: float | None = None) -> dict[str, Any]:
    """What the template draws of a request for whose walks nobody waits, as ``picture_on`` of its own ground."""
    return picture_on(last_of(ground_of(request)), request, resolution, answer(request), aspect)


def picture_on(
    landscape: FixedLandscape | None,
    request: WalkRequest,
    resolution: int,
    walks: Sequence[Walk],
    aspect: float | None = None,
) -> dict[str, Any]:
    """What the template draws: the view box, the ground, the paths and the start.

    With an ``aspect`` the ground goes on around the view box and fills a box on the screen of that width to height.
    Without a landscape, which is one of two dimensions that is not known yet, there are the view box and the start.
    """
    box = request.box
    if landscape is None:
        canvas = _frame_of_plane(box)
        start = _last(canvas.place(np.array(request.start[:1]), np.array(request.start[1:])))
        bare: dict[str, Any] = dict.fromkeys(("bands", "shades", "trails", "styles", "ends"), ())
        return {**_size(canvas, box, box), **bare, "lines": "", "curve": None, "start": start}
    canvas = frame(landscape, box)
    heights = "loss" if landscape.entry.dimensions == 1 else "y"
    runs = request.each_run
    visible = [walk for walk in walks if not runs[walk["run"]].hidden]
    shown = sorted(visible, key=lambda walk: walk["walker"])[:_MOST_WALKS]
    paths = [_trail(canvas, walk["x"], walk[heights]) for walk in shown]  # type: ignore[literal-required]
    start_at = list(request.start)
    # A map of starts has its own window.
    ground = box if aspect is None or request.canonical["map"] == "basins" else _around(landscape, box, aspect)
    if landscape.entry.dimensions == 1:
        height = _height(landscape, start_at[0])
        # A typed formula may have no value where it is to begin.
        start_at = [start_at[0], height] if math.isfinite(height) else []
    return {
        **drawn_landscape(landscape, box, resolution, ground),
        "trails": [_polyline(trail) for trail in paths],
        # Each run has a style of its own; alone, each walker has.
        "styles": [_style(walk["run"] if len(runs) > 1 else walk["walker"]) for walk in shown],
        "ends": [_last(trail) for trail in paths],
        "start": _last(canvas.place(np.array(start_at[:1]), np.array(start_at[1:]))),
    }


def _height(landscape: FixedLandscape, x: float) -> float:
    try:
        return float(landscape.floats.loss(x, 0.0))
    except (ArithmeticError, ValueError):
        return math.nan


def _style(index: int) -> str:
    """The classes of a trail's colour and dash, by the rule of the page's own trails: walk_styles.js."""
    return f"c{index % 8} d{(index + index // 8) % 8}"


def _size(canvas: Frame, box: Box, ground: Box) -> dict[str, Any]:
    """The size of the picture of the box, and how much further the ground goes on to each side."""
    return {
        "width": round(canvas.width),
        "height": round(canvas.height),
        "stretched": canvas.stretched,
        "wider": round(canvas.width * (ground.widths[0] / box.widths[0] - 1) / 2),
        "higher": round(canvas.height * (ground.widths[-1] / box.widths[-1] - 1) / 2),
    }


@lru_cache(maxsize=256)
def drawn_landscape(landscape: FixedLandscape, box: Box, resolution: int, ground: Box | None = None) -> dict[str, Any]:
    """The picture of the landscape alone: its height bands, lowest first, or, with one parameter, its curve.

    The ``ground`` that is drawn may be wider than the box, whose corners are those of the picture.
    """
    canvas, ground = frame(landscape, box), ground or box
    size = _size(canvas, box, ground)
    if landscape.entry.dimensions == 1:
        x, _, loss = landscape.surface(box, CURVE_RESOLUTION)
        known = np.isfinite(loss)
        curve = _polyline(canvas.place(x[known], loss[known]))
        return {**size, "bands": (), "lines": "", "shades": (), "curve": curve}
    # A small picture has room for every second line.
    every = 1 if resolution > _SMALL else 2
    bands, lines = _bands_and_lines(landscape, ground, resolution, canvas, every)
    return {
        **size,
        "bands": bands,
        "lines": lines,
        "shades": _shades(landscape, ground, resolution, canvas),
        "curve": None,
    }


class Band(NamedTuple):
    """The ground between two contour lines: which of the palette's tints it has, and its outline as SVG path data."""

    tint: int
    outline: str


def _bands_and_lines(
    landscape: FixedLandscape, box: Box, resolution: int, canvas: Frame, every: int
) -> tuple[tuple[Band, ...], str]:
    """The bands between contour lines, lowest first, and the numbered lines, as the page's own map has them."""
    x, y, loss = landscape.surface(box, resolution)
    scale = scale_of(loss, lowest_known(landscape, box))
    if y is None or scale is None:
        return (), ""
    drawn = list(contours(landscape, box, resolution, scale))
    numbered = "".join(
        _path(_whole(canvas, piece))
        for level, pieces in drawn
        for piece in pieces
        if level.numbered and resolution > _THUMB
    )
    edges = [0.0, *(float(scale.part(np.array(level.loss))) for level, _ in drawn[every - 1 :: every])]
    generator = contour_generator(x, y, scale.part(loss), fill_type=FillType.OuterCode)
    bands = []
    for low, high in zip(edges, [*edges[1:], 1.0], strict=True):
        # Rounding may put the highest place above what is the highest.
        filled: Any = generator.filled(low, np.inf if high == 1 else high)  # its type is the union over all fill types
        points, codes = filled
        outline = "".join(_outline(canvas, part, code) for part, code in zip(points, codes, strict=True))
        bands.append(Band(round((low + high) / 2 * (TINTS - 1)), outline))
    return tuple(bands), numbered


class Shade(NamedTuple):
    """Ground that is turned to the light, ``lit``, or away from it, ``shadow``, by so much or more."""

    kind: str
    opacity: float
    outline: str


def _shades(landscape: FixedLandscape, box: Box, resolution: int, canvas: Frame) -> tuple[Shade, ...]:
    """The shading of the slopes, one layer over the other: as paths, for a page loads no picture but its own files."""
    steps = _STEPS if resolution > _SMALL else _FEW_STEPS
    count = 2 * resolution // 3
    turned = shade(landscape, box, count)
    x, y = (np.linspace(low, high, count) for low, high in zip(box.low, box.high, strict=True))
    shades = []
    for kind, field in (("lit", turned), ("shadow", -turned)):
        generator = contour_generator(x, y, field, fill_type=FillType.OuterCode)
        for place in (np.arange(steps) + 0.75) / steps:
            filled: Any = generator.filled(place, np.inf)
            outline = "".join(_outline(canvas, part, code) for part, code in zip(*filled, strict=True))
            if outline:
                shades.append(Shade(kind, round(PALETTE.shading[kind] / steps, 3), outline))
    return tuple(shades)


def _outline(canvas: Frame, points: Any, codes: Any) -> str:
    """A filled outline by contourpy's codes: 1 begins a piece, 79 closes it."""
    places = _whole(canvas, points)
    begins = [*np.flatnonzero(np.asarray(codes) == 1).tolist(), len(places)]
    pieces = (_path(places[begin:end]) for begin, end in pairwise(begins))
    return "".join(f"{piece}Z" for piece in pieces if piece)


def _whole(canvas: Frame, points: Any) -> list[list[int]]:
    places: list[list[int]] = np.rint(canvas.place(points[:, 0], points[:, 1])).astype(int).tolist()
    return places


def _path(places: Sequence[Sequence[int]]) -> str:
    """A line as path data in whole units: where it begins, then how far it goes each time, which is shorter.

    Empty where it is shorter than a unit.
    """
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(places)]
    moves = [f"{' ' if x >= 0 else ''}{x}{' ' if y >= 0 else ''}{y}" for x, y in steps if x or y]
    return f"M{places[0][0]} {places[0][1]}l{''.join(moves).removeprefix(' ')}" if moves else ""


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
