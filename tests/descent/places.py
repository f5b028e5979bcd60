"""Where the stationary points of every landscape are, by hand: what is found in the domain, no more and no less.

Points that move with the shape knob follow from its formula; the others are rough, to three decimals where they are not
round. Of Rastrigin's and Ackley's there is one near every pair of whole and half numbers.
"""

import math
from collections.abc import Callable
from itertools import pairwise, product

import numpy as np
from scipy.optimize import brentq

from app.descent.landscapes.curvature import Point

# How far from the rough places the points may be, in either coordinate.
ROUGH = {"rastrigin": 0.04, "ackley": 0.3}
USUAL = 6e-4


def _halves(count: int) -> list[Point]:
    return list(product((step / 2 for step in range(-count, count + 1)), repeat=2))


def _two_valleys(tilt: float) -> list[Point]:
    # 4x³ - 4x + δ = 0
    return [(float(x.real), 0.0) for x in np.roots([4, 0, -4, tilt]) if abs(x.imag) < 1e-9]


def _bumps(alpha: float) -> list[Point]:
    def slope(x: float) -> float:
        return 0.1 * x + alpha * math.sin(4 * x)

    # Between the places where the slope's own slope, 1/10 + 4α cos 4x, is zero it has one zero or none.
    turn = math.acos(-1 / (40 * alpha)) / 4 if alpha > 1 / 40 else math.inf
    turns = [k * math.pi / 2 + side * turn for k in range(-4, 5) for side in (-1, 1)] if alpha > 1 / 40 else []
    ends = sorted([-6.0, *(x for x in turns if abs(x) < 6), 6.0])
    return [(brentq(slope, a, b, xtol=1e-14), 0.0) for a, b in pairwise(ends) if slope(a) * slope(b) < 0]


def _shoulder(tilt: float) -> list[Point]:
    # 3x² + δ = 0
    return [(x,) for x in {math.sqrt(-tilt / 3), -math.sqrt(-tilt / 3)}] if tilt <= 0 else []


def _and_opposite(*points: Point) -> list[Point]:
    return [*points, *((-x, -y) for x, y in points)]


PLACES: dict[str, list[Point] | Callable[[float], list[Point]]] = {
    "parabola": [(0.0,)],
    "bowl": [(0.0, 0.0)],
    "quadratic": [(0.0, 0.0)],
    "turned-ravine": [(0.0, 0.0)],
    "rosenbrock": [(1.0, 1.0)],
    "beale": [(3.0, 0.5), (0.0, 1.0), (0.101, -2.645)],
    "two-valley": _two_valleys,
    "sharp-valley": [(0.0, 0.0), (1.597, 0.0), (1.910, 0.0)],
    "saddle": [(0.0, -1.0), (0.0, 1.0), (0.0, 0.0)],
    "monkey-saddle": [(0.0, 0.0)],
    "plateau": [(0.0, 0.0)],
    "peaks": [
        *((0.228, -1.626), (-1.347, 0.205), (0.296, 0.320), (0.416, -0.394), (-0.266, 0.467)),
        *((1.098, 0.854), (1.286, -0.005), (-0.460, -0.629), (-0.009, 1.581)),
    ],
    "himmelblau": [
        *((3.0, 2.0), (-2.805, 3.131), (-3.779, -3.283), (3.584, -1.848), (-0.271, -0.923)),
        *((0.087, 2.884), (-3.073, -0.081), (3.385, 0.074), (-0.128, -1.954)),
    ],
    "styblinski-tang": list(product((-2.904, 0.157, 2.747), repeat=2)),
    "camel": [
        (0.0, 0.0),
        *_and_opposite((0.090, -0.713), (1.704, -0.796), (1.607, 0.569), (1.109, -0.768)),
        *_and_opposite((1.296, 0.605), (1.230, 0.162), (1.638, 0.229)),
    ],
    "bumps": _bumps,
    "rastrigin": _halves(10),
    "ackley": _halves(8),
    "fence": [(50.0,)],
    "two-minima": [(-1.0,), (0.0,), (2.0,)],
    "shoulder": _shoulder,
    "kink": [(0.0,)],
    "pasture": [(-1.0, 100.0)],
    "pasture-squared": [(-1.0, 100.0)],
    "straight-line": [(39.324, 41.407)],
    "logistic": [(1.505, 0.436)],
}
