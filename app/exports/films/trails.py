"""The trails of walkers over a ground: they grow by what is new, and only that is drawn.

A colour lies over two casings, a light and a dark one, because no single colour is seen on every height. All casings
lie below all colours. They are drawn several times as large and made smaller, piece by piece, which smooths them.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

from PIL import Image, ImageDraw

from app.exports.films.styles import colour_of
from app.exports.films.theme import Theme
from app.exports.look import dashes_of

Spot = tuple[float, float]
# Left, top, right, bottom.
Rectangle = tuple[int, int, int, int]
# Widths, in units.
_OUTER, _CASING, _COLOUR, _BARE = 5.0, 3.8, 2.2, 1.1
# So many units around the picture are still drawn, so that what comes back comes from outside.
_AROUND = 12.0
# What is farther than so many pixels is drawn as if it were so far: from there all directions look the same.
_FAR = 1e9
# Of so many new pieces at once nobody sees the joints.
_MANY_PIECES = 400
# So many parts of the picture are drawn anew one by one; of more, what is around all of them.
_MANY_PARTS = 40


class Trails:
    """All trails, and the picture of the ground with them."""

    def __init__(self, ground: Image.Image, theme: Theme, unit: float, finer: int, bare: bool) -> None:
        """Begin with none; ``bare`` ones are thin lines without a casing."""
        self.theme, self.unit, self.finer, self.bare = theme, unit, finer, bare
        self._lengths: dict[int, float] = {}
        self._changed: list[Rectangle] = []
        size = (ground.width * finer, ground.height * finer)
        self._outer, self._casing = Image.new("L", size), Image.new("L", size)
        self._colours = Image.new("RGBA", size)
        self.renew(ground)

    def renew(self, ground: Image.Image) -> None:
        """Take another ground of the same size, without any trail."""
        self._ground, self.picture = ground, ground.copy()
        self._lengths.clear()
        self._changed.clear()
        for layer in (self._outer, self._casing, self._colours):
            layer.paste(0 if layer.mode == "L" else (0, 0, 0, 0), (0, 0, *layer.size))

    def grow(self, walk: int, style: int, spots: Sequence[Spot]) -> None:
        """Go on with a walk's trail, from the first of these places, where it ends, to the last."""
        spots = [_brought_near(x, y) for x, y in spots]
        pieces = self._inside(spots)
        if pieces:
            self._draw(pieces, style, self._lengths.get(walk, 0.0))
            self._changed.append(self._around([spot for piece, _ in pieces for spot in piece]))
        self._lengths[walk] = self._lengths.get(walk, 0.0) + sum(_length(a, b) for a, b in pairwise(spots))

    def _inside(self, spots: Sequence[Spot]) -> list[tuple[list[Spot], float]]:
        """What is seen of a line, in pieces, each with how far along the line it begins."""
        width, height = self._ground.size
        around = _AROUND * self.unit
        pieces: list[tuple[list[Spot], float]] = []
        along = 0.0
        joined = False
        for a, b in pairwise(spots):
            length = _length(a, b)
            part = _part_inside(a, b, -around, -around, width + around, height + around)
            if part is None:
                joined = False
            else:
                begin, end = (_between(a, b, share) for share in part)
                if joined and part[0] == 0:
                    pieces[-1][0].append(end)
                else:
                    pieces.append(([begin, end], along + part[0] * length))
                joined = part[1] == 1
            along += length
        return pieces

    def _draw(self, pieces: Sequence[tuple[list[Spot], float]], style: int, before: float) -> None:
        finer, unit = self.finer, self.unit
        colour = (*colour_of(style, self.theme), 255)
        on_colours = ImageDraw.Draw(self._colours)
        dash = () if self.bare else dashes_of(style)
        joints = sum(len(piece) for piece, _ in pieces) <= _MANY_PIECES
        for piece, along in pieces:
            fine = [(x * finer, y * finer) for x, y in piece]
            if not self.bare:
                for layer, name, width in ((self._outer, "casing-outer", _OUTER), (self._casing, "casing", _CASING)):
                    strength = round(255 * self.theme.strength(name))
                    _line(ImageDraw.Draw(layer), fine, strength, width * unit * finer, joints)
            width = (_BARE if self.bare else _COLOUR) * unit * finer
            if not dash:
                _line(on_colours, fine, colour, width, joints)
            else:
                for stroke in dashes(fine, [length * unit * finer for length in dash], (before + along) * finer):
                    _line(on_colours, stroke, colour, width, False)

    def _around(self, spots: Sequence[Spot]) -> Rectangle:
        """The part of the picture that these places, and the trails' width around them, take."""
        rim = _OUTER * self.unit / 2 + 2
        across, down = [x for x, _ in spots], [y for _, y in spots]
        right = min(self.picture.width, int(max(across) + rim) + 1)
        bottom = min(self.picture.height, int(max(down) + rim) + 1)
        return max(0, int(min(across) - rim)), max(0, int(min(down) - rim)), right, bottom

    def compose(self) -> None:
        """Draw anew what has changed of the picture."""
        changed = [one for one in self._changed if one[0] < one[2] and one[1] < one[3]]
        self._changed.clear()
        if len(changed) > _MANY_PARTS:
            left, top, right, bottom = zip(*changed, strict=True)
            changed = [(min(left), min(top), max(right), max(bottom))]
        for part in changed:
            self._compose(*part)

    def _compose(self, left: int, top: int, right: int, bottom: int) -> None:
        fine = (left * self.finer, top * self.finer, right * self.finer, bottom * self.finer)
        region = self._ground.crop((left, top, right, bottom))
        if not self.bare:
            for layer, name in ((self._outer, "casing-outer"), (self._casing, "casing")):
                region.paste(self.theme.colour(name), (0, 0, *region.size), layer.crop(fine).reduce(self.finer))
        colours = self._colours.crop(fine).reduce(self.finer)
        region.paste(colours, (0, 0), colours)
        self.picture.paste(region, (left, top))


def _line(pen: ImageDraw.ImageDraw, spots: Sequence[Spot], fill: object, width: float, joints: bool) -> None:
    whole = max(1, round(width))
    pen.line(list(spots), fill=fill, width=whole)  # type: ignore[arg-type]
    if joints and whole > 2:
        radius = (whole - 1) / 2
        for x, y in spots:
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)  # type: ignore[arg-type]


def dashes(spots: Sequence[Spot], dash: Sequence[float], before: float) -> list[list[Spot]]:
    """The strokes of a dashed line that goes on after so much of it."""
    left = before % sum(dash)
    turn = 0
    while left >= dash[turn]:
        left -= dash[turn]
        turn = (turn + 1) % len(dash)
    room = dash[turn] - left
    strokes: list[list[Spot]] = [[spots[0]]] if turn % 2 == 0 else []
    for a, b in pairwise(spots):
        length, along = _length(a, b), 0.0
        while length - along > room:
            along += room
            place = _between(a, b, along / length)
            if turn % 2 == 0:
                strokes[-1].append(place)
            turn = (turn + 1) % len(dash)
            if turn % 2 == 0:
                strokes.append([place])
            room = dash[turn]
        room -= length - along
        if turn % 2 == 0:
            strokes[-1].append(b)
    return [stroke for stroke in strokes if len(stroke) > 1]


def _length(a: Spot, b: Spot) -> float:
    return math.hypot(b[0] - a[0], b[1] - a[1])


def _brought_near(x: float, y: float) -> Spot:
    """A place that is too far away to be reckoned with, along its direction."""
    most = max(abs(x), abs(y))
    return (x, y) if most <= _FAR else (x / most * _FAR, y / most * _FAR)


def _between(a: Spot, b: Spot, share: float) -> Spot:
    if share in (0.0, 1.0):
        return b if share else a
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def _part_inside(a: Spot, b: Spot, left: float, top: float, right: float, bottom: float) -> tuple[float, float] | None:
    """From which share of a line to which it lies in a rectangle (Liang & Barsky, 1984); None where it does not."""
    low, high = 0.0, 1.0
    for start, end, least, most in ((a[0], b[0], left, right), (a[1], b[1], top, bottom)):
        step = end - start
        if step == 0:
            if not least <= start <= most:
                return None
            continue
        one, other = sorted(((least - start) / step, (most - start) / step))
        low, high = max(low, one), min(high, other)
        if low > high:
            return None
    return low, high
