"""What the tests of the mathematics share: small landscapes, whole walks, and the six formulas worked out by hand."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from app.descent.landscape import Box, Landscape, Point, Source
from app.descent.optimizers import OPTIMIZERS
from app.descent.schedules import SCHEDULES, LearningRates, cycle_ends
from app.descent.walk import Chunk, Descent, Ending, walk


def landscape(
    expression: str,
    start: Point = (1.0, 1.0),
    *,
    half_width: float = 2.0,
    near: tuple[Point, ...] = (),
    domain: Box | None = None,
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
        near=near,
    )


def descent(
    ground: Landscape,
    optimizer: str = "gradient-descent",
    values: dict[str, float] | None = None,
    *,
    shape: float | None = None,
    learning_rate: float = 0.1,
    steps: int = 200,
    schedule: str = "constant",
    floor: float = 0.0,
    restarts: int = 0,
    growth: float = 1.0,
    **rest: Any,
) -> Descent:
    """Return the settings of a walk, put together as the product does it."""
    rule = OPTIMIZERS[optimizer]
    rates = LearningRates(SCHEDULES[schedule], learning_rate, tuple(cycle_ends(steps, restarts, growth)), floor)
    return Descent(ground.at(shape), rule.build(**rule.values(values or {})), rates, steps, **rest)


class Whole(NamedTuple):
    """A walk whose chunks are joined."""

    x: np.ndarray
    y: np.ndarray
    loss: np.ndarray
    gradient_norm: np.ndarray
    learning_rate: np.ndarray
    ending: Ending


def joined(events: Iterable[Chunk | Ending]) -> dict[int, Whole]:
    """Join the chunks of each walker, and check on the way that each continues where the one before ended."""
    columns: dict[int, list[list[float]]] = {}
    endings: dict[int, Ending] = {}
    for event in events:
        assert event.walker not in endings, "a chunk after the ending"
        if isinstance(event, Ending):
            endings[event.walker] = event
            continue
        mine = columns.setdefault(event.walker, [[] for _ in range(5)])
        assert event.first == len(mine[0])
        for column, part in zip(mine, event[2:], strict=True):
            column.extend(float(value) for value in part)
    assert columns.keys() == endings.keys()
    return {walker: Whole(*(np.array(column) for column in mine), endings[walker]) for walker, mine in columns.items()}


def all_of(settings: Descent, starts: Sequence[Point], only: int | None = None) -> dict[int, Whole]:
    return joined(walk(settings, starts, only))


def one(settings: Descent, start: Point) -> Whole:
    return all_of(settings, [start])[0]


class ByHand(NamedTuple):
    """A formula and its gradient, derived on paper; both take (x, y, shape)."""

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


BY_HAND: dict[str, ByHand] = {
    "bowl": ByHand(lambda x, y, k: 0.5 * (x * x / k + y * y), lambda x, y, k: (x / k, y)),
    "quadratic": ByHand(lambda x, y, _: (x + y / 2) ** 2 + 0.75 * y**2, lambda x, y, _: (2 * x + y, 2 * y + x)),
    "two-valley": ByHand(
        lambda x, y, tilt: x**4 - 2 * x**2 + 1 + tilt * x + y**2,
        lambda x, y, tilt: (4 * x**3 - 4 * x + tilt, 2 * y),
    ),
    "saddle": ByHand(
        lambda x, y, _: 0.5 * x**2 + 0.25 * (y**2 - 1) ** 2 - 0.25, lambda x, y, _: (x, y * (y - 1) * (y + 1))
    ),
    "plateau": ByHand(lambda x, y, phi: -np.expm1(-phi * (x**2 + y**2) / 2), _well_gradient),
    "peaks": ByHand(_peaks, _peaks_gradient),
}


def slope(function: Callable[[float], Any], at: float, step: float) -> Any:
    """Return the derivative by the five-point rule, whose error is step⁴ f⁗′/30 plus rounding over step."""
    near = (function(at + step) - function(at - step)) * 8
    far = function(at + 2 * step) - function(at - 2 * step)
    return (near - far) / (12 * step)


def hessian_by_differences(gradient: Callable[[float, float], tuple[Any, Any]], x: float, y: float) -> np.ndarray:
    """Return the Hessian as differences of a gradient, symmetrised."""
    along_x = slope(lambda value: np.array(gradient(value, y)), x, 1e-3)
    along_y = slope(lambda value: np.array(gradient(x, value)), y, 1e-3)
    both = np.array([along_x, along_y])
    return (both + both.T) / 2


def eigenvalues_by_hand(hessian: np.ndarray) -> tuple[float, float]:
    """Return the two eigenvalues of a symmetric 2 × 2 matrix, ascending, from the quadratic formula."""
    (a, b), (_, c) = hessian
    spread = math.hypot((a - c) / 2, b)
    return (a + c) / 2 - spread, (a + c) / 2 + spread
