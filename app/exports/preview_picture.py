"""The preview of a page, which others show where its address is written: map, path, sentence and formula."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from app.answers.records import Walk
from app.descent.landscapes.landscape import FixedLandscape
from app.exports.caption import sample
from app.exports.drawing import Drawing, Layer, encoded
from app.exports.lettering import cut, width_of, wrapped
from app.exports.look import Look, mixed, triple, written
from app.exports.map_picture import draw_base, frame_of, moved, style_of, trails_of
from app.exports.svg import element, filled, stroked, text
from app.exports.taken import Taken
from app.exports.trails import draw_trails
from app.exports.words import NAME, formula_of, sentence_of, title_of
from app.request.request import WalkRequest

WIDTH, HEIGHT = 1200, 630
# Who shows it may refuse a larger one.
MOST_BYTES = 150_000
# The map is the right part; and what its own lines and letters are multiplied with: previews are shown small.
_MAP, _UNIT = 690, 1.45
_MARGIN, _TOP = 44, 42
# Points along each side of the ground; and how it is drawn, first as well as it can be, then in ever fewer bytes: so
# large are the pixels of tints, every so-manieth contour line is drawn, and so many colours are told apart.
_POINTS = 61
_ROUGH = ((4, 4, 256), (8, 4, 128), (8, 4, 32))
_TRIES = ((2, 2, 256), (4, 4, 256), *_ROUGH[1:])
_EVERY, _MANY_LINES = 2, 60_000
# More walks than these tell no more in so small a picture.
_MOST_WALKS = 64
# Sizes of the heading, the largest of which is taken that has room in so many lines.
_SIZES = ((44, 4), (38, 5), (33, 6), (28, 7))
# And of the formula, where it has one line.
_LINE = (20, 18, 16)
_GUESS = "How does it end? Guess first."
# The ball in its valley, on a square of 24.
_VALLEY = "M2 5c5 0 5 13 10 13 3 0 4-4 5-6 1-1.6 2.5-2 5-2"


@dataclass(frozen=True)
class Seen:
    """What a preview shows: the walks as far as they are walked, on their ground where that is known.

    ``whole`` is False where only the first ``steps`` steps were walked; a ``heading`` takes the sentence's place.
    """

    request: WalkRequest
    walks: Sequence[Walk]
    ground: FixedLandscape | None
    whole: bool = True
    steps: int = 0
    heading: str | None = None

    @property
    def is_guess(self) -> bool:
        """Whether the reader is to guess how it ends."""
        return bool(self.request.canonical["guess_first"])

    def sentence(self) -> str:
        """What happened, in plain words."""
        if self.is_guess:
            return _GUESS
        if not self.whole:
            most = max(run.steps for run in self.request.each_run)
            return f"The first {_spaced(self.steps)} of {_spaced(most)} steps."
        return sentence_of(self.request, self.walks) or title_of(self.request, ())


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def draw_preview(seen: Seen, theme: str = "dark") -> bytes:
    """The preview as PNG, of at most ``MOST_BYTES``."""
    look, content = Look(theme), b""
    drawing = _drawing(seen, look, _EVERY)
    # Ground that is all pits and bumps is known by its lines.
    tries = _TRIES if len(drawing.content) <= _MANY_LINES else _ROUGH
    for pixel, every, colours in tries:
        drawing = drawing if every == _EVERY else _drawing(seen, look, every)
        content = encoded(_with_few_colours(drawing.image(pixel), colours, seen, look))
        if len(content) <= MOST_BYTES:
            break
    return content


def _drawing(seen: Seen, look: Look, every: int) -> Drawing:
    layers, map_ = _map(seen, seen.ground, look, every) if seen.ground is not None else ((), "")
    return Drawing(WIDTH, HEIGHT, look["ground"], layers, map_ + _words(seen, look), title_of(seen.request, ()))


def _map(seen: Seen, ground: FixedLandscape, look: Look, every: int) -> tuple[tuple[Layer, ...], str]:
    """The map on the right, from the upper border to the lower one."""
    taken, left = Taken(seen.request, seen.walks, (), ground, "", {}), WIDTH - _MAP
    canvas = frame_of(ground, seen.request, _MAP, HEIGHT)
    base = draw_base(taken, canvas, look, _UNIT, _POINTS, every)
    # Where one is to guess, there is the start alone.
    trails = trails_of(taken, canvas, 0 if seen.is_guess else None)[:_MOST_WALKS]
    drawn = base.lines + draw_trails(trails, canvas, look, _UNIT)
    layers = tuple(layer._replace(x=layer.x + left) for layer in base.layers)
    # What leaves the map is covered.
    edge = element("rect", width=left, height=HEIGHT, **filled(look["ground"])) + element(
        "path", d=f"M{left} 0V{HEIGHT}", **stroked(look["line"], 2)
    )
    return layers, moved(drawn, left, 0) + edge


def _words(seen: Seen, look: Look) -> str:
    room = (WIDTH - _MAP if seen.ground is not None else WIDTH) - 2 * _MARGIN
    drawn = [_name(look)]
    heading = seen.heading or seen.sentence()
    size, lines = next(
        ((size, lines) for size, most in _SIZES if len(lines := wrapped(heading, size, room, 99, bold=True)) <= most),
        (_SIZES[-1][0], wrapped(heading, _SIZES[-1][0], room, _SIZES[-1][1], bold=True)),
    )
    y = _TOP + 70.0
    for line in lines:
        y += size * 1.22
        drawn.append(text(line, _MARGIN, y, size, look["ink"], bold=True))
    if seen.heading:
        for line in wrapped(seen.sentence(), 24, room, 3):
            y += 34
            drawn.append(text(line, _MARGIN, y + 14, 24, look["ink"]))
    return "".join([*drawn, *_below(seen, room, look)])


def _name(look: Look) -> str:
    """Downhill's sign and name, in the upper left corner."""
    sign = element("path", d=_VALLEY, stroke_linecap="round", **stroked(look["soft"], 2)) + element(
        "circle", cx=12, cy=16, r=2.6, **filled(look["c0"])
    )
    place = element("g", sign, transform=f"translate({_MARGIN - 3} {_TOP - 20}) scale(1.5)")
    return place + text(NAME, _MARGIN + 42, _TOP + 8, 24, look["soft"], bold=True)


def _below(seen: Seen, room: float, look: Look) -> list[str]:
    """Who walks, and on what: from the lower border upwards."""
    request = seen.request
    words = formula_of(request)
    size = next((size for size in _LINE if width_of(words, size) <= room), _LINE[0])
    formula = wrapped(words, size, room, 3)
    y = HEIGHT - _TOP - 28 * (len(formula) - 1)
    drawn = [text(line, _MARGIN, y + 28 * k, size, look["soft"]) for k, line in enumerate(formula)]
    y -= 38
    for style, name in reversed(_named(request)):
        drawn.append(sample(style, _MARGIN, y - 8, 36, look, _UNIT))
        drawn.append(text(cut(name, 22, room - 50, bold=True), _MARGIN + 50, y, 22, look["ink"], bold=True))
        y -= 34
    return drawn


def _named(request: WalkRequest) -> Sequence[tuple[int, str]]:
    """The runs that are seen, the first few of them, each with its style and its name."""
    runs = [(index, run) for index, run in enumerate(request.each_run) if not run.hidden][:4]
    return [(index, run.name or run.optimizer.title) for index, run in runs]


def _with_few_colours(image: Image.Image, most: int, seen: Seen, look: Look) -> Image.Image:
    """The image in at most so many colours: those of letters and walks, and those that the ground needs."""
    request = seen.request
    styles = sorted({style_of(walk, request) for walk in seen.walks} | {style for style, _ in _named(request)})[:8]
    own = [
        *_ramp(look["ink"], look["ground"], 8),
        *_ramp(look["soft"], look["ground"], 6),
        *(one for style in styles for one in _ramp(look.walker(style), look["ground"], 5)),
        *_ramp(look["ink"], written((255, 255, 255)), 3),
    ]
    kept: list[Any] = list(dict.fromkeys(own))[: 3 * most // 4]
    ground = image.crop((WIDTH - _MAP, 0, WIDTH, HEIGHT)) if seen.ground is not None else image
    small = ground.resize((ground.width // 3, ground.height // 3), Image.Resampling.NEAREST)
    found = small.quantize(most - len(kept), method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for one in kept for part in one] + (found.getpalette() or []))
    fewer = image.quantize(palette=palette, dither=Image.Dither.NONE)
    # Pillow takes the next best colour. Paper is paper, and ink is ink.
    pixels, indices = np.asarray(image), np.array(fewer)
    packed = (pixels[..., 0].astype(np.int32) << 16) | (pixels[..., 1].astype(np.int32) << 8) | pixels[..., 2]
    for index in (kept.index(triple(look[name])) for name in ("ground", "ink")):
        red, green, blue = kept[index]
        indices[packed == (red << 16) | (green << 8) | blue] = index
    exact = Image.fromarray(indices, "P")
    exact.putpalette(palette.getpalette() or [])
    return exact


def _ramp(one: str, other: str, count: int) -> list[tuple[int, int, int]]:
    return [mixed(triple(one), triple(other), k / (count - 1)) for k in range(count)]
