"""Walks on a map as SVG: trails with their casings, steps the wrong way, starts, heads, and who has left.

As on the page's own map (static/js/canvas/walk_overlay.js).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.answers.pictures import Frame
from app.answers.records import Walk
from app.descent.formulas.arithmetic import Array
from app.exports.lettering import width_of
from app.exports.look import Look, dash_of, sign_of
from app.exports.numbers import shown
from app.exports.svg import element, filled, number, path_data, stroked, text

# Beyond so many walkers trails are thin lines without a casing, and heads are small.
_MANY, _SOME = 24, 9
# Trails go on beyond the picture's borders for so many pixels.
_NEAR = 60.0
# A step the wrong way is marked where it is worth it: so large a part of the whole way down.
_WORTH = 1e-3
# The strength of a trail so far from its plane is one half; that of the faintest; and how many are told apart.
_HALF, _FAINTEST, _LEVELS = 0.25, 0.22, 8


@dataclass(frozen=True)
class Trail:
    """A walk as it is drawn: its places in pixels, as far as they are numbers, and what else is seen of it."""

    places: Array
    rises: Array
    strengths: Array
    style: int
    end: Sequence[float]

    @property
    def head(self) -> tuple[float, float]:
        """Where the walker is."""
        x, y = self.places[-1].tolist()
        return x, y


def trail_of(walk: Walk, canvas: Frame, style: int, upto: int | None = None, downhill: int = 1) -> Trail | None:
    """What is drawn of a walk up to a step; None where not even its start is a number."""
    heights = walk["y"] if "y" in walk else walk["loss"]
    last = len(walk["x"]) if upto is None else upto + 1
    x, y, loss = (np.asarray(column, dtype=float)[:last] for column in (walk["x"], heights, walk["loss"]))
    known = np.isfinite(x) & np.isfinite(y)
    count = int(known.argmin()) if not known.all() else len(known)
    if count == 0:
        return None
    with np.errstate(all="ignore"):
        places = canvas.place(x[:count], y[:count])
        finite = np.isfinite(places).all(axis=1)
        count = int(finite.argmin()) if not finite.all() else count
        height = downhill * loss[:count]
        rises = np.diff(height, prepend=height[:1]) > _WORTH * (height[0] - np.nanmin(height))
    if count == 0:
        return None
    off = np.asarray(walk["off_plane"], dtype=float)[:count] if "off_plane" in walk else np.zeros(count)
    end = [float(x[count - 1])] if "y" not in walk else [float(x[count - 1]), float(y[count - 1])]
    return _seen(places[:count], np.asarray(rises), _strengths(off), style, end)


def _strengths(off: Array) -> Array:
    """How strong a trail is drawn so far from the plane, 1 on it."""
    with np.errstate(all="ignore"):
        strength = np.maximum(_FAINTEST, np.rint(_LEVELS / (1 + off / _HALF)) / _LEVELS)
    return np.where(np.isfinite(off), strength, _FAINTEST)


def _seen(places: Array, rises: Array, strengths: Array, style: int, end: Sequence[float]) -> Trail:
    """Without the iterates that add nothing: those within half a pixel of the one before."""
    moved = np.r_[True, np.diff(np.rint(2 * places), axis=0).any(axis=1)]
    moved[-1] = True
    kept = np.flatnonzero(moved)
    return Trail(places[kept], rises[kept], strengths[kept], style, end)


def pieces_of(places: Array, strengths: Array, canvas: Frame) -> Iterator[tuple[Array, float]]:
    """The stretches of a trail in and near the picture, each of one strength: that of where a step leads.

    What is far outside is cut off where it leaves: programs draw such numbers wrongly.
    """
    begin, end = _cut(places, canvas)
    steps = np.flatnonzero(begin < end)
    if not len(steps):
        return
    whole = (np.diff(steps) == 1) & (end[steps[:-1]] == 1) & (begin[steps[1:]] == 0)
    alike = strengths[steps[1:] + 1] == strengths[steps[:-1] + 1]
    for run in np.split(steps, np.flatnonzero(~(whole & alike)) + 1):
        first, last = run[0], run[-1]
        piece = places[first : last + 2].copy()
        piece[0] += begin[first] * (places[first + 1] - places[first])
        piece[-1] = places[last] + end[last] * (places[last + 1] - places[last])
        yield piece, float(strengths[last + 1])


def _cut(places: Array, canvas: Frame) -> tuple[Array, Array]:
    """From which part of each step to which it is near the picture; none where the first is not less than the other.

    By Liang and Barsky, a new concept and method for line clipping (1984).
    """
    start, way = places[:-1], np.diff(places, axis=0)
    begin, end = np.zeros(len(start)), np.ones(len(start))
    for axis, size in enumerate((canvas.width, canvas.height)):
        for sign, border in ((-1.0, _NEAR), (1.0, size + _NEAR)):
            # It is inside where sign * (start + part * way) <= border.
            room, speed = border - sign * start[:, axis], sign * way[:, axis]
            with np.errstate(all="ignore"):
                part = room / speed
            begin = np.where(speed < 0, np.maximum(begin, part), begin)
            end = np.where(speed > 0, np.minimum(end, part), end)
            end = np.where((speed == 0) & (room < 0), -1.0, end)
    return begin, end


def draw_trails(trails: Sequence[Trail], canvas: Frame, look: Look, unit: float) -> str:
    """All trails with their starts and heads, and an arrow at the border for who has left."""
    bare = len(trails) > _MANY
    radius = (3 if bare else 4.5 if len(trails) > _SOME else 7) * unit
    lines = "".join(_line(index, trail, canvas, look, unit, bare) for index, trail in enumerate(trails))
    starts = "" if bare else "".join(_start(*start, look, unit) for start in _starts(trails, canvas))
    heads = "".join(_head(trail, canvas, radius, look, unit, told=index == 0) for index, trail in enumerate(trails))
    return lines + starts + heads


def _line(index: int, trail: Trail, canvas: Frame, look: Look, unit: float, bare: bool) -> str:
    ink = look.walker(trail.style)
    drawn = []
    for count, (piece, strength) in enumerate(pieces_of(trail.places, trail.strengths, canvas)):
        data = path_data(piece)
        if not data:
            continue
        # A long trail is written once, and drawn with each of its lines.
        name = f"walk{index}-{count}"
        drawn.append(element("defs", element("path", id=name, d=data)))
        strokes = [stroked(ink, 1.1 * unit, 0.7 * strength)]
        if not bare:
            half = 1 - (1 - strength) ** 0.5
            strokes = [
                stroked(look["casing-outer"], 5 * unit, half),
                stroked(look["casing"], 3.8 * unit, half),
                stroked(ink, 2.2 * unit, strength, dash_of(trail.style, unit)),
            ]
        drawn += [_use(name, **stroke) for stroke in strokes]
    return "".join(drawn) + ("" if bare else _rises(trail, canvas, look, unit))


def _use(name: str, **stroke: Any) -> str:
    return element("use", **{"xlink:href": f"#{name}"}, stroke_linejoin="round", **stroke)


def _rises(trail: Trail, canvas: Frame, look: Look, unit: float) -> str:
    """The wrong way: a lighter line with gaps."""
    begin, end = _cut(trail.places, canvas)
    steps = np.flatnonzero(np.logical_and(trail.rises[1:], begin < end))
    start, way = trail.places[steps], trail.places[steps + 1] - trail.places[steps]
    ends = np.stack([start + begin[steps, None] * way, start + end[steps, None] * way], axis=1)
    data = "".join(map(path_data, ends))
    dash = f"{3 * unit:g} {4 * unit:g}"
    return element("path", d=data, **stroked(look["casing"], 2.6 * unit, dash=dash)) if data else ""


def _starts(trails: Sequence[Trail], canvas: Frame) -> Iterator[tuple[float, float, int | None]]:
    """Where they begin, each place once, and the style of the only one that begins there."""
    styles: dict[tuple[float, float], set[int]] = {}
    for trail in trails:
        styles.setdefault((float(trail.places[0, 0]), float(trail.places[0, 1])), set()).add(trail.style)
    for (x, y), those in styles.items():
        if 0 <= x <= canvas.width and 0 <= y <= canvas.height:
            yield x, y, next(iter(those)) if len(those) == 1 else None


def _start(x: float, y: float, style: int | None, look: Look, unit: float) -> str:
    ring: dict[str, Any] = {"cx": x, "cy": y, "r": 5.6 * unit}
    ink = look["ink"] if style is None else look.walker(style)
    return "".join(
        [
            element("circle", **ring, **stroked(look["casing-outer"], 5.6 * unit)),
            element("circle", **ring, **stroked(look["casing"], 4.6 * unit)),
            element("circle", **ring, **{**stroked(ink, 2.4 * unit), "fill": look["raised"]}),
        ]
    )


def _head(trail: Trail, canvas: Frame, radius: float, look: Look, unit: float, told: bool) -> str:
    x, y = trail.head
    ink = look.walker(trail.style)
    if not (0 <= x <= canvas.width and 0 <= y <= canvas.height):
        return _arrow(trail, canvas, look, unit, told)
    return "".join(
        element("path", d=sign_of(trail.style, x, y, radius + more * unit), **filled(shade))
        for more, shade in ((2, look["casing-outer"]), (1, look["casing"]), (-1, ink))
    )


def _arrow(trail: Trail, canvas: Frame, look: Look, unit: float, told: bool) -> str:
    """An arrow at the border, to where it has gone, and at what place it is there."""
    x, y = trail.head
    middle = canvas.width / 2, canvas.height / 2
    way = x - middle[0], y - middle[1]
    clear = 14 * unit
    part = min((half - clear) / max(abs(along), 1e-9) for half, along in zip(middle, way, strict=True))
    at = middle[0] + part * way[0], middle[1] + part * way[1]
    angle = float(np.degrees(np.arctan2(way[1], way[0])))
    data = "M10 0L-7 -8L-3 0L-7 8Z"
    place = f"translate({number(at[0])} {number(at[1])}) rotate({number(angle)}) scale({number(unit)})"
    shape = element("path", d=data, stroke_linejoin="round", **stroked(look["casing"], 4)) + element(
        "path", d=data, **filled(look.walker(trail.style))
    )
    drawn = element("g", shape, transform=place)
    if told:
        drawn += _told(trail.end, at, canvas, look, unit)
    return drawn


def _told(end: Sequence[float], at: tuple[float, float], canvas: Frame, look: Look, unit: float) -> str:
    words = (
        f"gone, at ({', '.join(shown(value, 3) for value in end)})" if len(end) > 1 else f"gone, at {shown(end[0], 3)}"
    )
    size = 12 * unit
    left = at[0] > canvas.width / 2
    x = at[0] + (-18 if left else 18) * unit
    x = min(max(x, width_of(words, size) + 6 * unit), canvas.width - 6 * unit) if left else x
    y = min(max(at[1] + 0.36 * size, 34 * unit), canvas.height - 34 * unit)
    halo = (look["casing"], 4 * unit)
    return text(words, x, y, size, look["ink"], anchor="end" if left else "start", halo=halo)
