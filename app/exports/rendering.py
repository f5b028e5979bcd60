"""Lines and letters of a drawing become pixels: here, or in another process while others wait for this one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import resvg_py

from app.exports.lettering import FONT_FILES

Render = Callable[[str], bytes]


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
    """The drawing as PNG, by whoever does that now."""
    return _rendering.get()(svg)
