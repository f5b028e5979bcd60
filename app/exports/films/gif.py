"""GIF: frames share one palette, and each holds the rectangle alone in which it differs from the one before."""

import io
import struct
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

from app.exports.films.styles import COLOURS
from app.exports.films.theme import Colour, Theme

# The last colour is that which shows what was there before.
_CLEAR = 255
# A colour is looked up by so many of its first bits.
_BITS = 5
# How many shades lie between two colours that meet at a line's rim.
_BETWEEN = 3
_HUNDREDTHS = 100
_RIMS = ("ink", "soft", "accent", "casing", "line")

Pixels = NDArray[np.uint8]


class GifWriter:
    """Writes frame after frame; all that is written so far are the bytes of ``content``."""

    def __init__(self, first: Image.Image, theme: Theme, times: Sequence[float]) -> None:
        """Take the first picture, which has the ground's colours; ``times`` are the frames' in seconds."""
        self.content = io.BytesIO()
        self._colours = _palette(first, theme)
        self._nearest = _nearest(self._colours)
        # Dithered once: what is as in the first picture keeps the first one's dots.
        self._first = np.asarray(first)
        self._first_indices = np.asarray(
            first.quantize(palette=_paletted(self._colours), dither=Image.Dither.FLOYDSTEINBERG)
        )
        self._before: Image.Image | None = None
        self._indices = self._first_indices.copy()
        self._delays = _delays(times)
        size = struct.pack("<HH", *first.size)
        self.content.write(b"GIF89a" + size + b"\xf7\x00\x00" + self._colours.tobytes())
        # Again and again.
        self.content.write(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")

    def add(self, picture: Image.Image) -> None:
        """Write the next frame."""
        delay = next(self._delays)
        if self._before is None:
            self._write(self._first_indices, (0, 0), delay, clear=False)
        else:
            left, top, right, bottom = ImageChops.difference(self._before, picture).getbbox() or (0, 0, 1, 1)
            here = (slice(top, bottom), slice(left, right))
            new = self._indices_of(np.asarray(picture)[here], here)
            old = self._indices[here]
            self._write(np.where(new == old, _CLEAR, new).astype(np.uint8), (left, top), delay, clear=True)
            self._indices[here] = new
        self._before = picture

    def _indices_of(self, pixels: Pixels, here: tuple[slice, slice]) -> Pixels:
        red, green, blue = (pixels[..., part] >> (8 - _BITS) for part in range(3))
        found = self._nearest[red, green, blue]
        same = (pixels == self._first[here]).all(axis=-1)
        return np.where(same, self._first_indices[here], found)

    def _write(self, indices: Pixels, place: tuple[int, int], delay: int, clear: bool) -> None:
        # A graphic control extension: leave what is there, and whether one colour is clear; then the picture.
        self.content.write(b"\x21\xf9\x04" + struct.pack("<BHB", 4 | clear, delay, _CLEAR) + b"\x00")
        height, width = indices.shape
        self.content.write(b"\x2c" + struct.pack("<HHHHB", *place, width, height, 0))
        self.content.write(b"\x08" + _compressed(indices))

    def end(self) -> bytes:
        """The whole file."""
        self.content.write(b"\x3b")
        return self.content.getvalue()


def _compressed(indices: Pixels) -> bytes:
    """The picture as LZW's blocks, a zero after the last: Pillow's own, taken out of a file of one frame."""
    one = io.BytesIO()
    Image.fromarray(indices).save(one, "GIF", optimize=False, interlace=0)
    content = one.getvalue()
    at = _HEADER + 3 * 256
    while content[at] == _EXTENSION:
        at += 2
        while content[at]:
            at += 1 + content[at]
        at += 1
    return content[at + _DESCRIPTOR : -1]


# What comes before a palette, what an extension begins with, and what a picture's place, size and code size take.
_HEADER, _EXTENSION, _DESCRIPTOR = 13, 0x21, 11


def _delays(times: Sequence[float]) -> Iterator[int]:
    """Each frame's time in hundredths of a second; what rounding leaves is with the next."""
    total, written = 0.0, 0
    for time in times:
        total += time * _HUNDREDTHS
        delay = max(1, round(total) - written)
        written += delay
        yield delay


def _palette(first: Image.Image, theme: Theme) -> Pixels:
    """256 colours, shape (256, 3): those of letters, walkers and their rims, then the most usual of the picture."""
    kept = list(dict.fromkeys(_kept(theme)))
    usual = first.quantize(
        colors=_CLEAR - len(kept), method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    ).getpalette()
    colours = np.zeros((256, 3), np.uint8)
    found = np.array([*(part for colour in kept for part in colour), *(usual or [])], np.uint8).reshape(-1, 3)[:_CLEAR]
    colours[: len(found)] = found
    return colours


def _kept(theme: Theme) -> Iterator[Colour]:
    paper, raised = theme.colour("ground"), theme.colour("raised")
    walkers = [theme.colour(f"c{index}") for index in range(COLOURS)]
    yield from (paper, raised)
    for ink in map(theme.colour, _RIMS):
        yield from _mixed(ink, paper)
    for colour in walkers:
        yield from _mixed(colour, theme.colour("casing"))


def _mixed(one: Colour, other: Colour) -> Iterator[Colour]:
    """The first colour, and some between it and the other."""
    for step in range(_BETWEEN + 1):
        part = step / (_BETWEEN + 1)
        red, green, blue = (round(a + part * (b - a)) for a, b in zip(one, other, strict=True))
        yield red, green, blue


def _nearest(colours: Pixels) -> Pixels:
    """The index of the colour that is nearest to each, by its first bits, shape (32, 32, 32)."""
    side = 1 << _BITS
    middles = (np.arange(side) * 2 + 1) * (128 >> _BITS)
    grid = np.stack(np.meshgrid(middles, middles, middles, indexing="ij"), axis=-1).reshape(-1, 3).astype(np.float32)
    known = colours[:_CLEAR].astype(np.float32)
    distance = (known**2).sum(axis=1) - 2 * grid @ known.T
    nearest: Pixels = distance.argmin(axis=1).astype(np.uint8).reshape(side, side, side)
    # A colour that is there is itself: the first ones are those of even areas.
    for index in range(_CLEAR - 1, -1, -1):
        red, green, blue = colours[index] >> (8 - _BITS)
        nearest[red, green, blue] = index
    return nearest


def _paletted(colours: Pixels) -> Image.Image:
    holder = Image.new("P", (1, 1))
    holder.putpalette(colours[:_CLEAR].tobytes())
    return holder
