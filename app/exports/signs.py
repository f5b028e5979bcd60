"""The signs of stationary points, as on the page's own map (static/js/figures/stationary_points.js)."""

import math
from collections.abc import Sequence

import numpy as np

from app.answers.pictures import Frame
from app.descent.landscapes.landscape import FixedLandscape, StationaryPoint
from app.exports.labels import Spot
from app.exports.look import Look
from app.exports.svg import element, filled, stroked

# Of so many they are drawn small, and only the minima.
_MANY = 40
_STAR = tuple(
    (math.sin(k * math.pi / 5) * (1 if k % 2 == 0 else 0.4), -math.cos(k * math.pi / 5) * (1 if k % 2 == 0 else 0.4))
    for k in range(10)
)
_CORNERS = {
    "global_minimum": _STAR,
    "maximum": ((0, -1.1), (1.05, 0.75), (-1.05, 0.75)),
    "shoulder": ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),
    "plateau": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
}


def seen_points(landscape: FixedLandscape, canvas: Frame) -> list[StationaryPoint]:
    """The stationary points that have a sign in the picture."""
    known = landscape.stationary_points
    drawn = [one for one in known if len(known) <= _MANY or one.kind.endswith("minimum")]
    return [one for one in drawn if canvas.box.contains(_place(landscape, one))]


def _place(landscape: FixedLandscape, known: StationaryPoint) -> tuple[float, ...]:
    # Of a curve the height is the loss.
    return known.point if landscape.entry.dimensions == 2 else (known.point[0], known.value)


def spots_of(landscape: FixedLandscape, canvas: Frame, radius: float) -> list[Spot]:
    """Where the signs are in pixels, each so large."""
    return [Spot(*_at(canvas, _place(landscape, known)), radius) for known in seen_points(landscape, canvas)]


def _at(canvas: Frame, place: Sequence[float]) -> tuple[float, float]:
    x, y = canvas.place(np.array(place[:1]), np.array(place[1:2]))[0].tolist()
    return x, y


def draw_signs(landscape: FixedLandscape, canvas: Frame, look: Look, unit: float) -> str:
    """The signs of all stationary points; those of a network's plane are none of the network's, and hollow."""
    points = seen_points(landscape, canvas)
    small, hollow = len(points) > _MANY, landscape.entry.network is not None
    return "".join(
        _sign(known.kind, *_at(canvas, _place(landscape, known)), _radius(known.kind, small) * unit, look, unit, hollow)
        for known in points
    )


def _radius(kind: str, small: bool) -> float:
    return 8.5 if kind == "global_minimum" else 2.5 if small else 5.5


def _sign(kind: str, x: float, y: float, radius: float, look: Look, unit: float, hollow: bool) -> str:
    if kind == "saddle":
        arm = 0.8 * radius
        data = f"M{x - arm:.1f} {y - arm:.1f}l{2 * arm:.1f} {2 * arm:.1f}m0 {-2 * arm:.1f}l{-2 * arm:.1f} {2 * arm:.1f}"
        return element("path", d=data, **stroked(look["casing"], 4.6 * unit)) + element(
            "path", d=data, **stroked(look["ink"], 2.4 * unit)
        )
    corners = _CORNERS.get(kind)
    data = (
        f"M{'L'.join(f'{x + across * radius:.1f} {y + up * radius:.1f}' for across, up in corners)}Z"
        if corners
        else f"M{x - radius:.1f} {y:.1f}a{radius:.1f} {radius:.1f} 0 1 0 {2 * radius:.1f} 0"
        f"a{radius:.1f} {radius:.1f} 0 1 0 {-2 * radius:.1f} 0Z"
    )
    casing = element("path", d=data, stroke_linejoin="round", **stroked(look["casing"], 3.4 * unit))
    if hollow:
        return casing + element("path", d=data, stroke_linejoin="round", **stroked(look["ink"], 1.8 * unit))
    return casing + element("path", d=data, **filled(look["ink"]))
