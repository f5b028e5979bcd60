"""What QR codes say, as another library reads them than the one that draws them."""

import re

import numpy as np
import zxingcpp

# So many pixels of a picture to a module of its code.
_PIXELS = 8
_STROKE = re.compile(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?")


def codes_in(svg):
    """Return the texts of the codes in an SVG whose dark modules are horizontal strokes of width 1."""
    (size,) = {int(side) for side in re.search(r'viewBox="0 0 (\d+) (\d+)"', svg).groups()}
    (strokes,) = re.findall(r'<path stroke="#000" d="([^"]+)"', svg)
    picture = np.full((size, size), 255, np.uint8)
    x = y = 0.0
    for command, first, second in _STROKE.findall(strokes):
        if command == "h":
            picture[int(y), int(x) : int(x + float(first))] = 0
            x += float(first)
        elif command == "m":
            x, y = x + float(first), y + float(second)
        else:
            x, y = float(first), float(second)
    return codes_on(picture.repeat(_PIXELS, 0).repeat(_PIXELS, 1))


def codes_on(picture):
    """Return the texts of the codes on a picture, an array of grey levels or colours."""
    return [found.text for found in zxingcpp.read_barcodes(picture)]
