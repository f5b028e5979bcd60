"""How pictures look: the palette's colours of one theme, and what runs tell apart by.

The rules are those of the page's own figures (static/js/figures).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from app.answers.palette import PALETTE, Triple
from app.answers.pictures import TINTS

THEMES = ("light", "dark")
_COLOURS = 8
# Trail dashes, in pixels, as in walk_styles.js.
_DASHES: Sequence[Sequence[float]] = ((), (9, 5), (2, 5), (12, 4, 2, 4), (5, 3), (16, 5), (2, 3), (9, 3, 2, 3, 2, 3))
# The corners of each sign in units of its radius; the first is a circle.
_SIGNS: Sequence[Sequence[tuple[float, float]]] = (
    (),
    ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)),
    ((0, -1.2), (1.1, 0.8), (-1.1, 0.8)),
    ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),
    ((0, 1.2), (1.1, -0.8), (-1.1, -0.8)),
    (
        *((-0.4, -1.1), (0.4, -1.1), (0.4, -0.4), (1.1, -0.4), (1.1, 0.4), (0.4, 0.4)),
        *((0.4, 1.1), (-0.4, 1.1), (-0.4, 0.4), (-1.1, 0.4), (-1.1, -0.4), (-0.4, -0.4)),
    ),
    ((-1, -1.1), (1, -1.1), (0.35, 0), (1, 1.1), (-1, 1.1), (-0.35, 0)),
    ((0, -1.15), (1.1, -0.35), (0.68, 0.93), (-0.68, 0.93), (-1.1, -0.35)),
)
# Brighter than this, ground has dark lines and letters.
_BRIGHT = 0.1791


@dataclass(frozen=True)
class Look:
    """The colours of a theme by their names in the palette."""

    theme: str = "light"

    def __getitem__(self, name: str) -> str:
        return PALETTE.theme[name][THEMES.index(self.theme)]

    @cached_property
    def _heights(self) -> list[Triple]:
        return [triple(self[f"h{index}"]) for index in range(TINTS)]

    def tint(self, part: float) -> Triple:
        """The colour of ground that lies so far up, from 0 to 1."""
        place = min(max(part, 0.0), 1.0) * (TINTS - 1)
        below = min(TINTS - 2, int(place))
        low, high = self._heights[below], self._heights[below + 1]
        return mixed(low, high, place - below)

    def line_on(self, tint: Triple) -> str:
        """The colour of a contour line on ground of this one."""
        return self["contour" if is_bright(tint) else "contour-deep"]

    def number_on(self, tint: Triple) -> str:
        """The colour of a contour line's number on ground of this one."""
        return self["number" if is_bright(tint) else "number-deep"]

    def walker(self, style: int) -> str:
        """The colour of a run, or of a walker where there is one run."""
        return self[f"c{style % _COLOURS}"]


def triple(colour: str) -> Triple:
    """Red, green and blue of #rrggbb."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def written(colour: Triple) -> str:
    """The colour as #rrggbb."""
    return f"#{bytes(colour).hex()}"


def mixed(one: Triple, other: Triple, part: float) -> Triple:
    """So large a part of the way from one colour to the other."""
    red, green, blue = (round(low + part * (high - low)) for low, high in zip(one, other, strict=True))
    return red, green, blue


def is_bright(colour: Triple) -> bool:
    """Whether dark lines and letters are the ones that are seen on it (luminance as WCAG 2 reckons it)."""
    parts = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in _shares(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2] > _BRIGHT


def _shares(colour: Triple) -> list[float]:
    return [part / 255 for part in colour]


def _other(style: int) -> int:
    # The ninth has the first one's colour again, with the second one's dash and sign.
    return (style + style // _COLOURS) % _COLOURS


def dashes_of(style: int) -> Sequence[float]:
    """The lengths of a trail's ink and gaps, in units; none of a whole line."""
    return _DASHES[_other(style)]


def corners_of(style: int) -> Sequence[tuple[float, float]]:
    """The corners of a run's sign, in units of its radius; none of a circle."""
    return _SIGNS[_other(style)]


def dash_of(style: int, unit: float = 1.0) -> str | None:
    """The dashes of a trail, None for a whole line."""
    dash = dashes_of(style)
    return " ".join(f"{length * unit:g}" for length in dash) if dash else None


def sign_of(style: int, x: float, y: float, radius: float) -> str:
    """The sign of a run around a place, as path data."""
    corners = corners_of(style)
    if not corners:
        width = 2 * radius
        arcs = (f"a{radius:.2f} {radius:.2f} 0 1 0 {way:.2f} 0" for way in (width, -width))
        return f"M{x - radius:.2f} {y:.2f}{''.join(arcs)}Z"
    return f"M{'L'.join(f'{x + across * radius:.2f} {y + up * radius:.2f}' for across, up in corners)}Z"
