"""What the tests of the mathematics share: small landscapes, whole walks, and every formula worked out by hand."""

import dataclasses
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.curvature import Point
from app.descent.landscapes.data import Data
from app.descent.landscapes.landscape import Box, FixedLandscape, Landscape, Source
from app.descent.optimizers.schedules import SCHEDULES, LearningRates, cycle_ends
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks.descent import Chunk, Descent, Ending
from app.descent.walks.walk import walk


def landscape(
    expression: str | None,
    start: Point = (1.0, 1.0),
    *,
    half_width: float = 2.0,
    domain: Box | None = None,
    **rest: Any,
) -> Landscape:
    """Return a landscape that only tests know; its dimensions are those of its start."""
    size = len(start)
    return Landscape(
        slug="synthetic",
        title="Synthetic",
        family="Synthetic",
        expression=expression,
        domain=domain or Box((-half_width,) * size, (half_width,) * size),
        start=start,
        learning_rate=0.1,
        teaches="A test.",
        source=Source("this test"),
        **rest,
    )


def fitting(
    inputs: Sequence[float],
    targets: Sequence[float],
    error: str = "squared",
    powers: tuple[int, int] = (1, 0),
    **rest: Any,
) -> Landscape:
    """Return a landscape made from these points, which only tests know; ``rest`` goes to the data."""
    data = Data(tuple(inputs), tuple(targets), powers, error, "input", "target", "Points of a test.", **rest)
    return landscape(None, (0.0, 0.0), half_width=5.0, data=data)


def unknown(fixed: FixedLandscape) -> FixedLandscape:
    """Return the same ground, of which no stationary point is known: so it is outside the domain, or in a gutter."""
    stranger = dataclasses.replace(fixed)
    vars(stranger)["stationary_points"] = ()
    return stranger


def descent(
    ground: Landscape,
    optimizer: str = "gradient-descent",
    values: dict[str, float] | None = None,
    *,
    shape: float | None = None,
    learning_rate: float = 0.1,
    steps: int = 200,
    schedule: str = "constant",
    restarts: int = 0,
    growth: float = 1.0,
    warmup: int = 0,
    floor: float | None = None,
    drops: float | None = None,
    peak: float | None = None,
    **rest: Any,
) -> Descent:
    """Return the settings of a walk, put together as the product does it."""
    entry, plan = OPTIMIZERS[optimizer], SCHEDULES[schedule]
    rates = LearningRates(
        plan,
        learning_rate,
        tuple(cycle_ends(steps, restarts, growth, warmup)),
        plan.values({"floor": floor, "drops": drops, "peak": peak}),
        warmup,
    )
    own = {"rule": entry.rule, "values": entry.values(values or {}), "tries": entry.tries}
    return Descent(landscape=ground.at(shape), rates=rates, steps=steps, **own, **rest)


class Whole(NamedTuple):
    """A walk whose chunks are joined."""

    x: np.ndarray
    y: np.ndarray
    loss: np.ndarray
    gradient_norm: np.ndarray
    learning_rate: np.ndarray
    evaluations: np.ndarray
    ending: Ending


COLUMNS = len(Whole._fields) - 1


def joined(events: Iterable[Chunk | Ending]) -> dict[int, Whole]:
    """Join the chunks of each walker, and check on the way that each continues where the one before ended."""
    columns: dict[int, list[list[float]]] = {}
    endings: dict[int, Ending] = {}
    for event in events:
        assert event.walker not in endings, "a chunk after the ending"
        if isinstance(event, Ending):
            endings[event.walker] = event
            continue
        mine = columns.setdefault(event.walker, [[] for _ in range(COLUMNS)])
        assert event.first == len(mine[0])
        for column, part in zip(mine, event[2 : 2 + COLUMNS], strict=True):
            column.extend(float(value) for value in part)
    assert columns.keys() == endings.keys()
    return {walker: Whole(*(np.array(column) for column in mine), endings[walker]) for walker, mine in columns.items()}


def all_of(settings: Descent, starts: Sequence[Point], only: int | None = None) -> dict[int, Whole]:
    return joined(walk(settings, starts, only))


def one(settings: Descent, start: Point) -> Whole:
    return all_of(settings, [start])[0]


def usual_shape(entry: Landscape) -> float | None:
    return entry.shape.default if entry.shape else None


class ByHand(NamedTuple):
    """A formula and its gradient, derived on paper; both take (x, y, shape), and a curve's gradient ends in 0."""

    loss: Callable[[Any, Any, Any], Any]
    gradient: Callable[[Any, Any, Any], tuple[Any, Any]]


def _peaks(x: Any, y: Any, _: Any) -> Any:
    # As printed in MATLAB's documentation of peaks.
    return (
        3 * (1 - x) ** 2 * np.exp(-(x**2) - (y + 1) ** 2)
        - 10 * (x / 5 - x**3 - y**5) * np.exp(-(x**2) - y**2)
        - 1 / 3 * np.exp(-((x + 1) ** 2) - y**2)
    )


def _peaks_gradient(x: Any, y: Any, _: Any) -> tuple[Any, Any]:
    hill, middle, left = np.exp(-(x**2) - (y + 1) ** 2), np.exp(-(x**2) - y**2), np.exp(-((x + 1) ** 2) - y**2)
    inner = x / 5 - x**3 - y**5
    return (
        -6 * (1 - x) * hill
        - 6 * x * (1 - x) ** 2 * hill
        - (2 - 30 * x**2) * middle
        + 20 * x * inner * middle
        + 2 / 3 * (x + 1) * left,
        -6 * (y + 1) * (1 - x) ** 2 * hill + 50 * y**4 * middle + 20 * y * inner * middle + 2 / 3 * y * left,
    )


def _well_gradient(x: Any, y: Any, phi: Any) -> tuple[Any, Any]:
    bell = np.exp(-phi * (x**2 + y**2) / 2)
    return phi * x * bell, phi * y * bell


_COS, _SIN = math.cos(math.pi / 6), math.sin(math.pi / 6)


def _turned(x: Any, y: Any) -> tuple[Any, Any]:
    """Return the coordinates along and across a line that is turned by 30 degrees."""
    return _COS * x + _SIN * y, _COS * y - _SIN * x


def _ravine_gradient(x: Any, y: Any, kappa: Any) -> tuple[Any, Any]:
    along, across = _turned(x, y)
    return _COS * along / kappa - _SIN * across, _SIN * along / kappa + _COS * across


# Beale's data: what x (1 - y^n) should be for n = 1, 2, 3.
_BEALE = ((1, 1.5), (2, 2.25), (3, 2.625))


def _beale(x: Any, y: Any, _: Any) -> Any:
    return sum((x * (1 - y**n) - target) ** 2 for n, target in _BEALE)


def _beale_gradient(x: Any, y: Any, _: Any) -> tuple[Any, Any]:
    misses = [(n, x * (1 - y**n) - target) for n, target in _BEALE]
    return (
        sum(2 * miss * (1 - y**n) for n, miss in misses),
        sum(-2 * miss * x * n * y ** (n - 1) for n, miss in misses),
    )


def _monkey_gradient(x: Any, y: Any, _: Any) -> tuple[Any, Any]:
    # The saddle is the real part of z³; by Cauchy and Riemann its gradient is the conjugate of 3z².
    slope = 3 * (x + 1j * y) ** 2
    return slope.real, -slope.imag


def _himmelblau_gradient(x: Any, y: Any, _: Any) -> tuple[Any, Any]:
    first, second = x * x + y - 11, x + y * y - 7
    return 4 * x * first + 2 * second, 2 * first + 4 * y * second


def _ackley(x: Any, y: Any, _: Any) -> Any:
    # As its test suites print it, with a = 20, b = 0.2, c = 2π and d = 2.
    root_mean_square = np.sqrt(0.5 * (x**2 + y**2))
    mean_cosine = (np.cos(2 * np.pi * x) + np.cos(2 * np.pi * y)) / 2
    return -20 * np.exp(-0.2 * root_mean_square) - np.exp(mean_cosine) + 20 + np.e


def _ackley_gradient(x: Any, y: Any, _: Any) -> tuple[Any, Any]:
    # Of the funnel: 20 · 0.2/√2 · exp(-0.2 r/√2) along the radius, and nothing at its tip, where r = 0.
    r = np.hypot(x, y)
    with np.errstate(all="ignore"):
        funnel = np.where(r == 0, 0.0, 4 / math.sqrt(2) * np.exp(-0.2 * r / math.sqrt(2)) / r)
    dimples = np.pi * np.exp((np.cos(2 * np.pi * x) + np.cos(2 * np.pi * y)) / 2)
    return funnel * x + dimples * np.sin(2 * np.pi * x), funnel * y + dimples * np.sin(2 * np.pi * y)


# The data of the fits once more, one (input, target) after the other: R's cars, and Wikipedia's students.
CARS = [
    *[(4, 2), (4, 10), (7, 4), (7, 22), (8, 16), (9, 10), (10, 18), (10, 26), (10, 34), (11, 17), (11, 28), (12, 14)],
    *[(12, 20), (12, 24), (12, 28), (13, 26), (13, 34), (13, 34), (13, 46), (14, 26), (14, 36), (14, 60), (14, 80)],
    *[(15, 20), (15, 26), (15, 54), (16, 32), (16, 40), (17, 32), (17, 40), (17, 50), (18, 42), (18, 56), (18, 76)],
    *[(18, 84), (19, 36), (19, 46), (19, 68), (20, 32), (20, 48), (20, 52), (20, 56), (20, 64), (22, 66), (23, 54)],
    *[(24, 70), (24, 92), (24, 93), (24, 120), (25, 85)],
]
STUDENTS = [
    *[(0.5, 0), (0.75, 0), (1.0, 0), (1.25, 0), (1.5, 0), (1.75, 0), (1.75, 1), (2.0, 0), (2.25, 1), (2.5, 0)],
    *[(2.75, 1), (3.0, 0), (3.25, 1), (3.5, 0), (4.0, 1), (4.25, 1), (4.5, 1), (4.75, 1), (5.0, 1), (5.5, 1)],
]


def _mean(each: Callable[[Any, Any], Any], points: Sequence[tuple[float, float]]) -> Any:
    total = 0.0
    for point in points:
        total = total + each(*point)
    return total / len(points)


_PASTURES = [(u, u * (100 - u)) for u in range(100)]


def _pasture_miss(a: Any, b: Any, u: float, area: float) -> Any:
    return u * (a * u + b) - area


def _pasture_gradient(a: Any, b: Any, _: Any) -> tuple[Any, Any]:
    return (
        _mean(lambda u, area: u * u * np.sign(_pasture_miss(a, b, u, area)), _PASTURES),
        _mean(lambda u, area: u * np.sign(_pasture_miss(a, b, u, area)), _PASTURES),
    )


def _pasture_squared_gradient(a: Any, b: Any, _: Any) -> tuple[Any, Any]:
    return (
        _mean(lambda u, area: 2 * u * u * _pasture_miss(a, b, u, area), _PASTURES),
        _mean(lambda u, area: 2 * u * _pasture_miss(a, b, u, area), _PASTURES),
    )


def _line_miss(a: Any, b: Any, speed: float, distance: float) -> Any:
    return a * (speed / 10 - 1.5) + b - distance


def _line_gradient(a: Any, b: Any, _: Any) -> tuple[Any, Any]:
    return (
        _mean(lambda speed, distance: 2 * (speed / 10 - 1.5) * _line_miss(a, b, speed, distance), CARS),
        _mean(lambda speed, distance: 2 * _line_miss(a, b, speed, distance), CARS),
    )


def _surprise(a: Any, b: Any, hours: float, passed: float) -> Any:
    """Return minus the logarithm of the probability that the model gave to what happened."""
    score = a * (hours - 3) + b
    return np.log1p(np.exp(-score if passed else score))


def _logistic_gradient(a: Any, b: Any, _: Any) -> tuple[Any, Any]:
    def miss(hours: float, passed: float) -> Any:
        return 1 / (1 + np.exp(-(a * (hours - 3) + b))) - passed

    return (
        _mean(lambda hours, passed: miss(hours, passed) * (hours - 3), STUDENTS),
        _mean(miss, STUDENTS),
    )


def _sharp_valley(x: Any, y: Any, _: Any) -> Any:
    narrow = 1 + 10 * np.exp(-8 * (x - 2.1) ** 2)
    return 0.15 * np.hypot(1, x) - 0.08 * np.exp(-10 * (x - 2) ** 2) + narrow * y**2 / 2


def _sharp_valley_gradient(x: Any, y: Any, _: Any) -> Any:
    bump = 10 * np.exp(-8 * (x - 2.1) ** 2)
    along = 0.15 * x / np.hypot(1, x) + 1.6 * (x - 2) * np.exp(-10 * (x - 2) ** 2)
    return along - 8 * (x - 2.1) * bump * y**2, (1 + bump) * y


# A network has more weights than a plane shows: what it is held against by hand is in test_network.py.
PLAIN = {slug: entry for slug, entry in LANDSCAPES.items() if entry.network is None}

BY_HAND: dict[str, ByHand] = {
    "parabola": ByHand(lambda x, y, _: 0.5 * x * x, lambda x, y, _: (x, 0 * x)),
    "bowl": ByHand(lambda x, y, k: 0.5 * (x * x / k + y * y), lambda x, y, k: (x / k, y)),
    "quadratic": ByHand(lambda x, y, _: (x + y / 2) ** 2 + 0.75 * y**2, lambda x, y, _: (2 * x + y, 2 * y + x)),
    "turned-ravine": ByHand(
        lambda x, y, k: _turned(x, y)[0] ** 2 / (2 * k) + _turned(x, y)[1] ** 2 / 2, _ravine_gradient
    ),
    "rosenbrock": ByHand(
        lambda x, y, _: 100 * (x * x - y) ** 2 + (x - 1) ** 2,
        lambda x, y, _: (400 * x * (x * x - y) + 2 * (x - 1), 200 * (y - x * x)),
    ),
    "beale": ByHand(_beale, _beale_gradient),
    "two-valley": ByHand(
        lambda x, y, tilt: x**4 - 2 * x**2 + 1 + tilt * x + y**2,
        lambda x, y, tilt: (4 * x**3 - 4 * x + tilt, 2 * y),
    ),
    "sharp-valley": ByHand(_sharp_valley, _sharp_valley_gradient),
    "saddle": ByHand(
        lambda x, y, _: 0.5 * x**2 + 0.25 * (y**2 - 1) ** 2 - 0.25, lambda x, y, _: (x, y * (y - 1) * (y + 1))
    ),
    "monkey-saddle": ByHand(lambda x, y, _: ((x + 1j * y) ** 3).real, _monkey_gradient),
    "plateau": ByHand(lambda x, y, phi: -np.expm1(-phi * (x**2 + y**2) / 2), _well_gradient),
    "peaks": ByHand(_peaks, _peaks_gradient),
    "himmelblau": ByHand(lambda x, y, _: (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2, _himmelblau_gradient),
    "styblinski-tang": ByHand(
        lambda x, y, _: sum(c**4 / 2 - 8 * c**2 + 2.5 * c for c in (x, y)),
        lambda x, y, _: (2 * x**3 - 16 * x + 2.5, 2 * y**3 - 16 * y + 2.5),
    ),
    "camel": ByHand(
        lambda x, y, _: 4 * x**2 - 2.1 * x**4 + x**6 / 3 + x * y - 4 * y**2 + 4 * y**4,
        lambda x, y, _: (8 * x - 8.4 * x**3 + 2 * x**5 + y, x - 8 * y + 16 * y**3),
    ),
    # 1 - cos 4x = 2 sin² 2x
    "bumps": ByHand(
        lambda x, y, alpha: 0.05 * x * x + 0.25 * y * y + alpha * np.sin(2 * x) ** 2 / 2,
        lambda x, y, alpha: (0.1 * x + alpha * np.sin(4 * x), 0.5 * y),
    ),
    # 10 - 10 cos 2πx = 20 sin² πx
    "rastrigin": ByHand(
        lambda x, y, _: sum(c * c + 20 * np.sin(np.pi * c) ** 2 for c in (x, y)),
        lambda x, y, _: (2 * x + 20 * np.pi * np.sin(2 * np.pi * x), 2 * y + 20 * np.pi * np.sin(2 * np.pi * y)),
    ),
    "ackley": ByHand(_ackley, _ackley_gradient),
    "fence": ByHand(lambda x, y, _: x * (100 - x), lambda x, y, _: (100 - 2 * x, 0 * x)),
    "two-minima": ByHand(
        lambda x, y, _: x * x * (3 * x * x - 4 * x - 12) / 12, lambda x, y, _: (x * (x - 2) * (x + 1), 0 * x)
    ),
    "shoulder": ByHand(lambda x, y, tilt: x * (x * x + tilt), lambda x, y, tilt: (3 * x * x + tilt, 0 * x)),
    "kink": ByHand(lambda x, y, _: np.maximum(x, -x), lambda x, y, _: (1.0 * (x > 0) - 1.0 * (x < 0), 0 * x)),
    "pasture": ByHand(
        lambda a, b, _: _mean(lambda u, area: abs(_pasture_miss(a, b, u, area)), _PASTURES), _pasture_gradient
    ),
    "pasture-squared": ByHand(
        lambda a, b, _: _mean(lambda u, area: _pasture_miss(a, b, u, area) ** 2, _PASTURES), _pasture_squared_gradient
    ),
    "straight-line": ByHand(
        lambda a, b, _: _mean(lambda speed, distance: _line_miss(a, b, speed, distance) ** 2, CARS), _line_gradient
    ),
    "logistic": ByHand(
        lambda a, b, _: _mean(lambda hours, passed: _surprise(a, b, hours, passed), STUDENTS), _logistic_gradient
    ),
}


def slope(function: Callable[[float], Any], at: float, step: float) -> Any:
    """Return the derivative by the five-point rule, whose error is step⁴ f⁗′/30 plus rounding over step."""
    near = (function(at + step) - function(at - step)) * 8
    far = function(at + 2 * step) - function(at - 2 * step)
    return (near - far) / (12 * step)


def hessian_by_differences(
    gradient: Callable[[float, float], tuple[Any, Any]], x: float, y: float, steps: tuple[float, float] = (1e-3, 1e-3)
) -> np.ndarray:
    """Return the Hessian as differences of a gradient, symmetrised."""
    along_x = slope(lambda value: np.array(gradient(value, y)), x, steps[0])
    along_y = slope(lambda value: np.array(gradient(x, value)), y, steps[1])
    both = np.array([along_x, along_y])
    return (both + both.T) / 2


def eigenvalues_by_hand(hessian: np.ndarray) -> tuple[float, float]:
    """Return the two eigenvalues of a symmetric 2 × 2 matrix, ascending, from the quadratic formula."""
    (a, b), (_, c) = hessian
    spread = math.hypot((a - c) / 2, b)
    return (a + c) / 2 - spread, (a + c) / 2 + spread
