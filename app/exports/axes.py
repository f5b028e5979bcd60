"""Axes of a map: along its borders, where what is written stands on it."""

from collections.abc import Sequence

from app.answers.pictures import Frame
from app.exports.lettering import width_of
from app.exports.look import Look
from app.exports.numbers import ticks
from app.exports.svg import element, stroked, text

_SIZE = 11.0
# So far apart are ticks at least, in pixels of the page.
_APART_X, _APART_Y = 78.0, 58.0


def draw_map_axes(canvas: Frame, names: Sequence[str], look: Look, unit: float) -> str:
    """The numbers and names of both axes inside the map, along its lower and its left border."""
    size = _SIZE * unit
    ink, halo = look["ink"], (look["casing"], 3 * unit)
    (low_x, low_y), (high_x, high_y) = canvas.box.low, canvas.box.high
    across = ticks(low_x, high_x, max(2, int(canvas.width / (_APART_X * unit))))
    up = ticks(low_y, high_y, max(2, int(canvas.height / (_APART_Y * unit))))
    drawn = []
    for value, words in zip(across.values, across.texts, strict=True):
        x = (value - low_x) / (high_x - low_x) * canvas.width
        half = width_of(words, size) / 2
        if not 30 * unit < x - half < x + half < canvas.width - 4 * unit:
            continue
        tick = f"M{x:.1f} {canvas.height:.1f}v{-5 * unit:.1f}"
        drawn += [element("path", d=tick, **stroke) for stroke in (stroked(*halo), stroked(ink, unit))]
        drawn.append(text(words, x, canvas.height - 8 * unit, size, ink, anchor="middle", halo=halo))
    for value, words in zip(up.values, up.texts, strict=True):
        y = (high_y - value) / (high_y - low_y) * canvas.height
        if 24 * unit < y < canvas.height - 26 * unit:
            drawn.append(text(words, 6 * unit, y + 0.36 * size, size, ink, halo=halo))
    right = names[0] + across.origin
    drawn.append(
        text(right, canvas.width - 8 * unit, canvas.height - 24 * unit, size, ink, bold=True, anchor="end", halo=halo)
    )
    drawn.append(text(names[1] + up.origin, 6 * unit, 16 * unit, size, ink, bold=True, halo=halo))
    return "".join(drawn)
