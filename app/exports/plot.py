"""A plot: a rectangle of a picture with two scales, what is written around it, and lines in it."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.exports.look import Look
from app.exports.numbers import Ticks, powers, ticks
from app.exports.svg import element, number, path_data, stroked, text

# Sizes of letters, in pixels of the page; and how far apart ticks are at least.
_NAME, _NUMBER = 11.0, 10.0
_ACROSS, _UP = 72.0, 36.0


@dataclass(frozen=True)
class Scale:
    """An axis from low to high, logarithmic or even."""

    low: float
    high: float
    log: bool = False

    def parts(self, values: Array) -> Array:
        """How far along the axis each value is; NaN where it has none."""
        with np.errstate(all="ignore"):
            if self.log:
                values = np.log10(np.where(values > 0, values, np.nan))
                low, high = math.log10(self.low), math.log10(self.high)
            else:
                low, high = self.low, self.high
            return np.asarray((values - low) / ((high - low) or 1.0))

    def ticks(self, most: int) -> Ticks:
        """Where it has numbers, at most about so many."""
        return powers(self.low, self.high, most) if self.log else ticks(self.low, self.high, most)


def scale_of(values: Array, log: bool, from_zero: bool = False) -> Scale:
    """The scale that shows all of the values that it can show, with some room at both ends."""
    known = values[np.isfinite(values) & ((values > 0) | (not log))]
    if not known.size:
        return Scale(0.1, 10.0, True) if log else Scale(0.0, 1.0)
    low, high = float(known.min()), float(known.max())
    if log:
        room = 0.05 * math.log10(high / low) if high > low else 0.5
        return Scale(max(low * 10**-room, 5e-324), min(high * 10**room, 1.7e308), True)
    low = min(low, 0.0) if from_zero else low
    room = 0.06 * (high - low) or abs(high) or 1.0
    return Scale(low if from_zero and low == 0 else low - room, high + room)


@dataclass(frozen=True)
class Plot:
    """The rectangle of a plot in pixels, and its scales; ``unit`` is the width of a thin line."""

    left: float
    top: float
    width: float
    height: float
    across: Scale
    up: Scale
    unit: float

    def places(self, x: Array, y: Array) -> Array:
        """Where values are in pixels of the picture, shape (n, 2)."""
        right, up = self.across.parts(np.asarray(x, dtype=float)), self.up.parts(np.asarray(y, dtype=float))
        return np.column_stack([self.left + right * self.width, self.top + (1 - up) * self.height])

    def line(self, x: Array, y: Array, **stroke: Any) -> str:
        """A line through values, with a gap where there is none."""
        places = self._thinned(self.places(x, y))
        known = np.isfinite(places).all(axis=1)
        pieces = np.split(places, np.flatnonzero(np.diff(known.astype(int))) + 1)
        # What lies far outside is cut anyway.
        data = "".join(path_data(np.clip(piece, -2e4, 2e4)) for piece in pieces if np.isfinite(piece).all())
        return element("path", d=data, stroke_linejoin="round", **stroke) if data else ""

    def _thinned(self, places: Array) -> Array:
        """Of very many places in one column of pixels, the first, the lowest, the highest and the last."""
        if len(places) <= 4 * self.width:
            return places
        column = np.floor(places[:, 0]).astype(np.int64)
        edges = np.flatnonzero(np.diff(column)) + 1
        kept = [
            first + index
            for first, last in zip([0, *edges.tolist()], [*edges.tolist(), len(places)], strict=True)
            for index in _telling(places[first:last, 1])
        ]
        return places[kept]

    def inside(self, content: str) -> str:
        """The content, cut at the borders of the plot."""
        box = {"x": self.left, "y": self.top, "width": self.width, "height": self.height}
        corner = f"{number(self.left)} {number(self.top)} {number(self.width)} {number(self.height)}"
        return element("svg", content, viewBox=corner, **box)

    def axes(self, look: Look, names: tuple[str, str]) -> str:
        """The lines and numbers of both axes; the upright one's name stands above, the other's below."""
        unit, size = self.unit, _NUMBER * self.unit
        across = self.across.ticks(max(2, int(self.width / (_ACROSS * unit))))
        up = self.up.ticks(max(2, int(self.height / (_UP * unit))))
        bottom = self.top + self.height
        drawn = []
        for y, words in _along(up, self.top + (1 - self.up.parts(np.array(up.values))) * self.height):
            drawn.append(element("path", d=f"M{self.left:.1f} {y:.1f}h{self.width:.1f}", **stroked(look["line"], unit)))
            drawn.append(text(words, self.left - 5 * unit, y + 0.36 * size, size, look["soft"], anchor="end"))
        for x, words in _along(across, self.left + self.across.parts(np.array(across.values)) * self.width):
            drawn.append(element("path", d=f"M{x:.1f} {bottom:.1f}v{4 * unit:.1f}", **stroked(look["edge"], unit)))
            drawn.append(text(words, x, bottom + 6 * unit + size, size, look["soft"], anchor="middle"))
        base = f"M{self.left:.1f} {bottom:.1f}h{self.width:.1f}"
        drawn.append(element("path", d=base, **stroked(look["edge"], unit)))
        name = _NAME * unit
        drawn.append(text(names[1] + up.origin, self.left, self.top - 6 * unit, name, look["ink"], bold=True))
        right, below = self.left + self.width, bottom + 10 * unit + size + name
        drawn.append(text(names[0] + across.origin, right, below, name, look["soft"], anchor="end"))
        return "".join(drawn)


def _telling(heights: Array) -> list[int]:
    if not np.isfinite(heights).any():
        return [0]
    return sorted({0, int(np.nanargmin(heights)), int(np.nanargmax(heights)), len(heights) - 1})


def _along(ticks: Ticks, places: Array) -> list[tuple[float, str]]:
    return list(zip(places.tolist(), ticks.texts, strict=True))


# What an axis with its numbers and names takes beside its plot, in pixels of the page.
LEFT, BELOW, ABOVE, RIGHT = 46.0, 36.0, 22.0, 14.0


def plot_in(left: float, top: float, width: float, height: float, across: Scale, up: Scale, unit: float) -> Plot:
    """The plot that, with what is written around it, fills this rectangle."""
    wide, high = width - (LEFT + RIGHT) * unit, height - (ABOVE + BELOW) * unit
    return Plot(left + LEFT * unit, top + ABOVE * unit, max(wide, 10.0), max(high, 10.0), across, up, unit)
