"""A drawing: pixels below, lines and letters over them; as SVG it has both in one file, as PNG it is the same."""

import io
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from app.descent.formulas.arithmetic import Array
from app.exports.lettering import FAMILY
from app.exports.look import triple
from app.exports.rendering import rendered
from app.exports.svg import element, escaped, filled

# What pixels show changes so little that in a drawing one of theirs is so many of the picture.
_PIXEL = 3
# What is drawn over and over is named by a link.
_NAMES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


class Layer(NamedTuple):
    """Pixels in a part of a drawing. ``paint`` returns so many columns and rows of them, shape (rows, columns, 3 or 4).

    Its third argument is how many pixels on each side lie beyond the part.
    """

    x: int
    y: int
    width: int
    height: int
    paint: Callable[[int, int, int], Array]

    def element(self) -> str:
        """The layer in a drawing, smooth between one pixel and the next."""
        columns, rows = (max(4, round(size / _PIXEL)) for size in (self.width, self.height))
        # One on each side lies outside: where a picture ends programs mix it with what is below.
        pixels, across, up = self.paint(columns, rows, 1), self.width / (columns - 2), self.height / (rows - 2)
        written = io.BytesIO()
        Image.fromarray(pixels).save(written, "PNG")
        link = {"xlink:href": f"data:image/png;base64,{b64encode(written.getvalue()).decode()}"}
        place: dict[str, Any] = {
            "x": -across,
            "y": -up,
            "width": self.width + 2 * across,
            "height": self.height + 2 * up,
        }
        image = element("image", preserveAspectRatio="none", **place, **link)
        size = {"width": self.width, "height": self.height}
        return element("svg", image, x=self.x, y=self.y, **size)


@dataclass(frozen=True)
class Drawing:
    """What is drawn on paper of a colour: pixels, and ``content`` over them, which is SVG.

    Its title, and what describes it, are read by screen readers.
    """

    width: int
    height: int
    paper: str
    layers: tuple[Layer, ...]
    content: str
    title: str
    described: str = ""

    def svg(self) -> bytes:
        """The drawing as one file."""
        paper = element("rect", width=self.width, height=self.height, **filled(self.paper))
        return self._with(paper + "".join(layer.element() for layer in self.layers)).encode()

    def png(self) -> bytes:
        """The drawing as pixels."""
        return encoded(self.image())

    def image(self, pixel: int = 1) -> Image.Image:
        """The drawing as pixels, those of its layers so large; the fonts are those that come with Downhill."""
        image = Image.new("RGBA", (self.width, self.height), (*triple(self.paper), 255))
        for layer in self.layers:
            image.alpha_composite(_painted(layer, pixel), (layer.x, layer.y))
        with Image.open(io.BytesIO(rendered(self._with("")))) as lines:
            image.alpha_composite(lines.convert("RGBA"))
        return image.convert("RGB")

    def _with(self, below: str) -> str:
        size = f'width="{self.width}" height="{self.height}" viewBox="0 0 {self.width} {self.height}"'
        told = element("title", escaped(self.title)) + (
            element("desc", escaped(self.described)) if self.described else ""
        )
        return f'<svg {_NAMES} {size} role="img" font-family="{escaped(FAMILY)}">{told}{below}{self.content}</svg>\n'


def _painted(layer: Layer, pixel: int) -> Image.Image:
    columns, rows = (-(-size // pixel) for size in (layer.width, layer.height))
    image = Image.fromarray(np.ascontiguousarray(layer.paint(columns, rows, 0))).convert("RGBA")
    if pixel == 1:
        return image
    larger = image.resize((columns * pixel, rows * pixel), Image.Resampling.NEAREST)
    return larger.crop((0, 0, layer.width, layer.height))


def encoded(image: Image.Image, level: int = 6) -> bytes:
    """The image as PNG."""
    written = io.BytesIO()
    image.save(written, "PNG", compress_level=level)
    return written.getvalue()
