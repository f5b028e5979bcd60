"""Colours of walks, and their signs as stamps."""

import math
from functools import lru_cache

from PIL import Image, ImageDraw

from app.exports.films.theme import Colour, Theme
from app.exports.look import corners_of

COLOURS = 8
_CIRCLE = [(math.cos(2 * math.pi * k / 48), math.sin(2 * math.pi * k / 48)) for k in range(48)]
# Stamps are drawn so many times as large, and placed to a part of a pixel as fine.
_FINER = 4


def colour_of(style: int, theme: Theme) -> Colour:
    """The colour of a style, by its number."""
    return theme.colour(f"c{style % COLOURS}")


class Stamps:
    """Signs of walkers, each drawn once for each part of a pixel that it may be placed at."""

    def __init__(self, theme: Theme, radius: float, unit: float) -> None:
        """Signs of that radius in pixels, with borders of so many pixels each."""
        self.theme, self.radius, self.unit = theme, radius, unit
        self.reach = math.ceil(1.3 * (radius + 2 * unit)) + 1
        self._made = lru_cache(maxsize=1024)(self._make)

    def put(self, picture: Image.Image, style: int, x: float, y: float) -> None:
        """Put the sign of a style on the picture, its middle at that place."""
        fine_x, fine_y = round(x * _FINER), round(y * _FINER)
        stamp = self._made(style % COLOURS**2, fine_x % _FINER, fine_y % _FINER)
        picture.paste(stamp, (fine_x // _FINER - self.reach, fine_y // _FINER - self.reach), stamp)

    def _make(self, style: int, right: int, down: int) -> Image.Image:
        side = 2 * self.reach * _FINER
        middle_x, middle_y = self.reach * _FINER + right, self.reach * _FINER + down
        # Filled with the border's colour, so that its rim has no other mixed in.
        stamp = Image.new("RGBA", (side, side), (*self.theme.colour("casing-outer"), 0))
        pen = ImageDraw.Draw(stamp)
        for grow, colour, strength in (
            (2 * self.unit, self.theme.colour("casing-outer"), self.theme.strength("casing-outer")),
            (self.unit, self.theme.colour("casing"), 1.0),
            (-self.unit, colour_of(style, self.theme), 1.0),
        ):
            radius = (self.radius + grow) * _FINER
            corners = [(middle_x + radius * x, middle_y + radius * y) for x, y in corners_of(style) or _CIRCLE]
            pen.polygon(corners, fill=(*colour, round(255 * strength)))
        return stamp.reduce(_FINER)
