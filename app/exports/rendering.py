"""Lines and letters of a drawing become pixels: here, or in another process while others wait for this one."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import resvg_py

from app.exports.lettering import FONT_FILES
from app.request.errors import ApiError

Render = Callable[[str], bytes]

# Lines of so many letters become pixels in two or three seconds.
_MOST = 2_000_000
_PIXELS = re.compile(r"base64,[A-Za-z0-9+/=]+")


def render(svg: str) -> bytes:
    """The drawing as PNG, with the fonts that come with Downhill and no others: it is the same on all machines.

    Nothing else in this process goes on meanwhile.
    """
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=FONT_FILES))


_rendering: ContextVar[Render] = ContextVar("rendering", default=render)


@contextmanager
def rendered_by(other: Render | None) -> Iterator[None]:
    """Let drawings become pixels by the other function; here where it is None."""
    token = _rendering.set(other or render)
    try:
        yield
    finally:
        _rendering.reset(token)


def rendered(svg: str) -> bytes:
    """The drawing as PNG, by whoever does that now. Raises ``ApiError`` for one with too many lines."""
    if len(svg) > _MOST and (lines := len(_PIXELS.sub("", svg))) > _MOST:
        raise ApiError(
            f"The lines of this picture take {lines / 1e6:.1f} MB: at most {_MOST / 1e6:g} become pixels.",
            "steps",
            "Take it as SVG, or give fewer steps or starts.",
        )
    return _rendering.get()(svg)
