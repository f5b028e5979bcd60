"""Elements of SVG: every text is escaped, and colours are written as all programs read them."""

import re
from html import escape
from typing import Any

import numpy as np

from app.descent.formulas.arithmetic import Array

# XML has no place for these, escaped or not.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RGBA = re.compile(r"rgba\((\d+), (\d+), (\d+), ([\d.]+)\)")
# Places are told to this part of a pixel.
_PLACES = 10


def escaped(text: str) -> str:
    """The text as it stands in XML, between tags and in attributes."""
    return escape(_NO_XML.sub("\ufffd", text), quote=True)


def number(value: float) -> str:
    """The number with two decimals at the most."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def element(name: str, content: str = "", **attributes: Any) -> str:
    """An element; ``content`` is SVG already, attributes are escaped. Those that are None are left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(number(value) if isinstance(value, float) else str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def colour(kind: str, value: str, opacity: float = 1.0) -> dict[str, Any]:
    """The attributes of a ``fill`` or ``stroke``: not all programs know a colour with its opacity in it."""
    if rgba := _RGBA.fullmatch(value):
        value, opacity = f"#{bytes(map(int, rgba.groups()[:3])).hex()}", opacity * float(rgba[4])
    return {kind: value} | ({f"{kind}_opacity": round(opacity, 3)} if opacity < 1 else {})


def filled(value: str, opacity: float = 1.0) -> dict[str, Any]:
    """The attributes of an area."""
    return colour("fill", value, opacity)


def stroked(value: str, width: float, opacity: float = 1.0, dash: str | None = None) -> dict[str, Any]:
    """The attributes of a line."""
    return {"fill": "none", **colour("stroke", value, opacity), "stroke_width": float(width), "stroke_dasharray": dash}


def text(
    words: str,
    x: float,
    y: float,
    size: float,
    ink: str,
    *,
    bold: bool = False,
    anchor: str | None = None,
    halo: tuple[str, float] | None = None,
    turned: float = 0.0,
) -> str:
    """Words on their base line; a ``halo`` is a colour and a width around them."""
    attributes = {
        "x": float(x),
        "y": float(y),
        "font_size": float(size),
        "font_weight": "bold" if bold else None,
        "text_anchor": anchor,
        "transform": f"rotate({number(turned)} {number(x)} {number(y)})" if turned else None,
    }
    written = escaped(words)
    below = ""
    if halo:
        below = element("text", written, **attributes, **stroked(*halo), stroke_linejoin="round")
    return below + element("text", written, **attributes, **filled(ink))


def path_data(places: Array, closed: bool = False) -> str:
    """A line through places of shape (n, 2): where it begins, then how far it goes each time, which is shorter.

    Empty where it is shorter than a tenth of a pixel.
    """
    whole = np.rint(places * _PLACES).astype(np.int64)
    steps = np.diff(whole, axis=0)
    steps = steps[steps.any(axis=1)]
    if not len(steps):
        return ""
    begin = " ".join(_tenths(whole[0]))
    return f"M{begin}l{' '.join(_tenths(steps.ravel()))}{'Z' if closed else ''}"


def _tenths(whole: Array) -> list[str]:
    return [f"{value / _PLACES:g}" for value in whole.tolist()]
