"""Letters on a film's frames."""

from collections.abc import Sequence
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from app.exports.films.theme import Colour
from app.exports.lettering import FONT_FILES


@lru_cache(maxsize=32)
def font(size: float, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The pictures' own font, so many pixels high."""
    return ImageFont.truetype(FONT_FILES[bold], size, layout_engine=ImageFont.Layout.BASIC)


def write(
    picture: Image.Image,
    place: tuple[float, float],
    words: str,
    size: float,
    colour: Colour,
    *,
    bold: bool = False,
    anchor: str = "ls",
    halo: Colour | None = None,
) -> None:
    """Write the words with their base line at that place; ``anchor`` is Pillow's, ``halo`` the colour around them."""
    around = {"stroke_width": max(1, round(size / 6)), "stroke_fill": halo} if halo else {}
    pen = ImageDraw.Draw(picture)
    pen.text(place, words, fill=colour, font=font(size, bold), anchor=anchor, **around)  # type: ignore[arg-type]


def rows_of(words: Sequence[float], width: float, gap: float) -> list[list[int]]:
    """Which of the things that are so wide stand in which row of that width, with a gap between two."""
    rows: list[list[int]] = [[]]
    room = width
    for index, wide in enumerate(words):
        if rows[-1] and wide > room:
            rows.append([])
            room = width
        rows[-1].append(index)
        room -= wide + gap
    return rows
