"""The view that follows who leaves the map, which shrinks to a rectangle and a dot, among frames ten times as wide."""

from PIL import Image, ImageDraw

from app.exports.films.letters import write
from app.exports.films.theme import Theme
from app.exports.numbers import shown, superscript

# Frames are drawn from so many units, and named from so many; a map that is smaller than this is a dot.
_LEAST, _NAMED, _DOT = 8.0, 46.0, 4.0
_POWERS = 310
_PLAIN = 6


class FarView:
    """The ground from so far away that who left is still seen."""

    def __init__(self, ground: Image.Image, theme: Theme, unit: float) -> None:
        """Take the map's ground."""
        self.ground, self.theme, self.unit = ground, theme, unit

    def show(self, times: float) -> Image.Image:
        """The ground in a view so many times as wide."""
        if times <= 1:
            return self.ground.copy()
        width, height = self.ground.size
        picture = Image.new("RGB", (width, height), self.theme.colour("ground"))
        small = (round(width / times), round(height / times))
        if min(small) >= 2 * _DOT * self.unit:
            picture.paste(
                self.ground.resize(small, reducing_gap=2.0), ((width - small[0]) // 2, (height - small[1]) // 2)
            )
        pen = ImageDraw.Draw(picture)
        for power in range(_POWERS):
            part = 10.0**power / times
            wide, high = width * part, height * part
            if wide > 3 * width:
                break
            if wide >= _LEAST * self.unit:
                self._add_frame(picture, pen, power, wide, high)
        return picture

    def _add_frame(self, picture: Image.Image, pen: ImageDraw.ImageDraw, power: int, wide: float, high: float) -> None:
        left, top = (picture.width - wide) / 2, (picture.height - high) / 2
        own = power == 0
        colour = self.theme.colour("accent" if own else "soft")
        pen.rectangle((left, top, left + wide, top + high), outline=colour, width=round((2 if own else 1) * self.unit))
        if wide >= _NAMED * self.unit and not own:
            place = (left + 5 * self.unit, top + 4 * self.unit)
            write(picture, place, _times(power), 12 * self.unit, self.theme.colour("soft"), anchor="la")

    def add_dot(self, picture: Image.Image, times: float) -> None:
        """Mark the map where it is smaller than a dot, over the path that leads away from it."""
        width, height = self.ground.size
        unit = self.unit
        if width / times > 2 * _DOT * unit:
            return
        x, y = width / 2, height / 2
        pen = ImageDraw.Draw(picture)
        accent, casing = self.theme.colour("accent"), self.theme.colour("casing")
        for radius, wide, colour in ((3 * _DOT + 1, 4, casing), (3 * _DOT, 2, accent)):
            size = radius * unit
            pen.ellipse((x - size, y - size, x + size, y + size), outline=colour, width=round(wide * unit))
        for radius, colour in ((_DOT + 1.5, casing), (_DOT, accent)):
            size = radius * unit
            pen.ellipse((x - size, y - size, x + size, y + size), fill=colour)
        place = (x + 4 * _DOT * unit, y)
        write(picture, place, "the map", 13 * unit, accent, bold=True, anchor="lm", halo=casing)


def _times(power: int) -> str:
    return f"×{shown(10.0**power)}" if power < _PLAIN else f"×10{superscript(power)}"
