"""The ground of a map as SVG: tints between the contour lines, shaded slopes, lines and their numbers.

What is drawn, levels, lines and shades, is the one rule of all pictures (``app.answers.relief``).
"""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from app.answers.palette import PALETTE
from app.answers.pictures import Frame
from app.answers.relief import Level, Scale, contours, lowest_known, scale_of, shade
from app.descent.formulas.arithmetic import Array
from app.descent.landscapes.landscape import Box, FixedLandscape
from app.exports.drawing import Layer
from app.exports.labels import Label, Line, Spot, place_labels
from app.exports.lettering import width_of
from app.exports.look import Look, triple, written
from app.exports.numbers import shown
from app.exports.svg import element, number, path_data, stroked, text

# Points along each side of the ground of a large picture.
FINE = 101
# So many colours are told apart between the lowest and the highest.
_SHADES = 256


class Ground(NamedTuple):
    """What is drawn of the ground: its pixels, and lines over them as SVG."""

    layers: tuple[Layer, ...]
    lines: str


def box_around(box: Box, width: float, height: float, stretched: bool) -> Box:
    """The box with more ground on two sides, so that it has the shape of the picture and fills it."""
    if stretched:
        return box
    across, up = box.widths
    scale = max(across / width, up / height)
    more = (scale * width - across) / 2, (scale * height - up) / 2
    return Box(
        tuple(low - wider for low, wider in zip(box.low, more, strict=True)),
        tuple(high + wider for high, wider in zip(box.high, more, strict=True)),
    )


def draw_ground(
    landscape: FixedLandscape,
    canvas: Frame,
    look: Look,
    unit: float,
    points: int = FINE,
    taken: Sequence[Spot] = (),
    every: int = 1,
) -> Ground:
    """The ground of the frame's box, looked at in so many points along each side, with every so-manieth contour line.

    ``unit`` is the width of a thin line; no number stands over what is ``taken``.
    """
    box = canvas.box
    _, _, loss = landscape.surface(box, points)
    scale = scale_of(loss, lowest_known(landscape, box))
    if scale is None:
        return Ground((), "")
    # Every fourth one is numbered: those are always there.
    found = list(contours(landscape, box, points, scale))[every - 1 :: every]
    lines = [(level, [canvas.place(piece[:, 0], piece[:, 1]) for piece in pieces]) for level, pieces in found]
    paint = partial(_paint, scale.part(loss), shade(landscape, box, points), look)
    labels = _labels(lines, canvas, taken, unit)
    drawn = [_contour(level, pieces, scale, look, unit) for level, pieces in lines]
    drawn += [_number(label, look, scale, unit) for label in labels]
    return Ground((Layer(0, 0, round(canvas.width), round(canvas.height), paint),), "".join(drawn))


def _paint(part: Array, turned: Array, look: Look, columns: int, rows: int, beyond: int) -> Array:
    """The colours of all heights and slopes; nothing where there is no number."""
    part, turned = (_between(grid, columns, rows, beyond) for grid in (part, turned))
    table = np.array([look.tint(k / (_SHADES - 1)) for k in range(_SHADES)], dtype=np.float32)
    known = np.isfinite(part)
    colours = table[np.rint(np.where(known, part, 0.0) * (_SHADES - 1)).astype(np.intp)]
    light, dark = (np.array(triple(look[kind]), dtype=np.float32) for kind in ("lit", "shadow"))
    share = np.where(turned > 0, PALETTE.shading["lit"] * turned, -PALETTE.shading["shadow"] * turned)[..., None]
    colours += share * (np.where((turned > 0)[..., None], light, dark) - colours)
    pixels: Array = np.rint(colours).astype(np.uint8)
    if known.all():
        return pixels
    return np.dstack([pixels, np.where(known, 255, 0).astype(np.uint8)])


def _between(grid: Array, columns: int, rows: int, beyond: int) -> Array:
    """The grid's values in the middle of each pixel, the uppermost row first; beyond the borders they go on."""
    below, v = _cells(rows, beyond, len(grid))
    left, u = _cells(columns, beyond, grid.shape[1])
    values = grid.astype(np.float32)
    values = values[below] * (1 - v)[:, None] + values[below + 1] * v[:, None]
    return np.asarray((values[:, left] * (1 - u) + values[:, left + 1] * u)[::-1])


def _cells(count: int, beyond: int, points: int) -> tuple[Array, Array]:
    """In which stretch between two of the points the middle of each pixel lies, and how far along it."""
    parts = (np.arange(count) - beyond + 0.5) / (count - 2 * beyond)
    where = np.clip(parts, 0.0, 1.0) * (points - 1)
    stretch = np.minimum(where.astype(np.intp), points - 2)
    return stretch, (where - stretch).astype(np.float32)


def _contour(level: Level, pieces: Sequence[Array], scale: Scale, look: Look, unit: float) -> str:
    data = "".join(map(path_data, pieces))
    ink = look.line_on(look.tint(float(scale.part(np.array(level.loss)))))
    width = (1.6 if level.numbered else 0.8) * unit
    return element("path", d=data, stroke_linejoin="round", **stroked(ink, width)) if data else ""


def _labels(
    lines: Sequence[tuple[Level, Sequence[Array]]], canvas: Frame, taken: Sequence[Spot], unit: float
) -> list[Label]:
    size = 11 * unit
    numbered = [
        Line(shown(level.loss), level.loss, width_of(shown(level.loss), size, bold=True), pieces)
        for level, pieces in lines
        if level.numbered
    ]
    return place_labels(numbered, canvas.width, canvas.height, taken, unit)


def _number(label: Label, look: Look, scale: Scale, unit: float) -> str:
    """A number on its line's own tint, dark or bright, whichever is seen better."""
    tint = look.tint(float(scale.part(np.array(label.loss))))
    angle = float(np.degrees(label.angle))
    size = 11 * unit
    place = f"translate({number(label.x)} {number(label.y)}) rotate({number(angle)})"
    words = text(
        label.text,
        0,
        0.36 * size,
        size,
        look.number_on(tint),
        bold=True,
        anchor="middle",
        halo=(written(tint), 4 * unit),
    )
    return element("g", words, transform=place)
