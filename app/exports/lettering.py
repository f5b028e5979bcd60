"""Letters of the pictures: the fonts that come with Downhill, and how much room words take in them."""

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

_FOLDER = Path(__file__).parent / "fonts"
_FILES = {False: _FOLDER / "DejaVuSans.ttf", True: _FOLDER / "DejaVuSans-Bold.ttf"}
FONT_FILES = [str(file) for file in _FILES.values()]
# Who opens a drawing without the first of them sees the next that there is.
FAMILY = "DejaVu Sans, Verdana, system-ui, sans-serif"
# Letters are measured in so many pixels.
_EM = 1_000
_MORE = "…"


@lru_cache(maxsize=2)
def _font(bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FILES[bold], _EM, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4_096)
def _advance(sign: str, bold: bool) -> float:
    return float(_font(bold).getlength(sign)) / _EM


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """The text's width in pixels, at most: kerning makes it shorter."""
    return size * sum(_advance(sign, bold) for sign in text)


def cut(text: str, size: float, width: float, *, bold: bool = False) -> str:
    """As much of the text as the width has room for, with an ellipsis where that is not all of it."""
    if width_of(text, size, bold=bold) <= width:
        return text
    room, kept = width - width_of(_MORE, size, bold=bold), 0
    for sign in text:
        room -= width_of(sign, size, bold=bold)
        if room < 0:
            break
        kept += 1
    return text[:kept].rstrip() + _MORE


def wrapped(text: str, size: float, width: float, most: int, *, bold: bool = False) -> list[str]:
    """The text in at most so many lines of this width; what there is no room for is cut from the last one.

    A word that is longer than a line is broken where the line ends.
    """
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if width_of(longer, size, bold=bold) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        while width_of(word, size, bold=bold) > width:
            part = max(1, len(cut(word, size, width, bold=bold)) - 1)
            lines.append(word[:part])
            word = word[part:]
        line = word
    lines += [line] if line else []
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], cut(" ".join(lines[most - 1 :]), size, width, bold=bold)]
