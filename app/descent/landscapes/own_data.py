"""Landscapes made from points that somebody pastes: a line, a parabola or a logistic curve fitted to them.

Domain, start and learning rates are proposed from the exact answer and the curvature there. A landscape has two
weights; where the model has a third one, that is held at its best value, so that the lowest place on the map is the
answer to the whole fit.
"""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.landscapes.curvature import Point
from app.descent.landscapes.data import ERRORS, Data, SecondInput
from app.descent.landscapes.fitting import (
    Separation,
    least_squares,
    logistic_fit,
    moments,
    newton_part,
    roots_mean_square,
    separation,
)
from app.descent.landscapes.landscape import Box, Landscape, Rates, Source
from app.descent.landscapes.units import (
    Grid,
    Scaling,
    round_rate,
    scaling_of,
    target_scaling,
)

SLUG = "data"
FAMILY = "Your own"
# Squares of larger numbers, and of smaller ones, leave what float64 holds.
LARGEST, SMALLEST = 1e100, 1e-100
# Landscapes that are kept, so that the runs of a race do not make theirs anew.
_KEPT = 64
# The score takes inputs as they are where what the weights are multiplied with is of this size.
_USUAL_SIZES = 0.1, 100.0
# What is so small a part of the targets, or of a score, is what rounding left of 0.
_ROUNDING = 1e-12
# How far the picture reaches from the answer, in standard deviations of the targets, or of a logistic score.
_REACH, _LEAST_SCORE = 1.5, 4.0
# Where the first walker begins, in parts of the picture: above or below, whichever lies higher; nearer to the middle
# where Newton's method would leave the picture.
_STARTS = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4)
_TAME_STEPS = 4
# After so many steps plain descent has come so near along the valley.
_IN_TIME, _NEAR = 80, 0.01
# A step whose length is the learning rate, in parts of the picture.
_STRIDE, _LONGEST_STRIDE = 0.0125, 0.05
# The momentum that landscapes have where none is chosen.
_MOMENTUM = 0.8


class DataError(ValueError):
    """Points that nothing can be fitted to: what is wrong, and what would be right."""

    def __init__(self, message: str, hint: str) -> None:
        """Say both in sentences."""
        super().__init__(message)
        self.message, self.hint = message, hint


class Model(NamedTuple):
    """What can be fitted. ``columns`` is how many numbers each point may have, ``names`` what they are called.

    ``powers`` are those of the input beside the two weights; with ``constant`` there is a third weight. The score takes
    inputs as they are where its valley is at most ``longest_valley`` times as long as it is wide. ``full_step`` is the
    part of Newton's step that may be taken.
    """

    score: str
    powers: tuple[int, int]
    constant: bool
    longest_valley: float
    full_step: float
    error: str
    columns: tuple[int, ...]
    names: tuple[str, ...]
    teaches: str


MODELS: Mapping[str, Model] = {
    "line": Model(
        "a·u + b",
        (1, 0),
        False,
        100.0,
        1.0,
        "squared",
        (2,),
        ("x", "y"),
        "Least squares has an exact answer, marked on the map: descent must end there.",
    ),
    "parabola": Model(
        "a·u² + b·u + c",
        (2, 1),
        True,
        100.0,
        1.0,
        "squared",
        (2,),
        ("x", "y"),
        "A curve, and yet a bowl: the score is linear in its weights, so least squares has an exact answer.",
    ),
    "logistic": Model(
        "a·u + b",
        (1, 0),
        False,
        30.0,
        0.5,
        "logistic",
        (2, 3),
        ("x", "label"),
        "Convex but no quadratic: steep where the model is wrong and sure of itself, flat around the answer.",
    ),
}


class _Fit(NamedTuple):
    """The best weights that are known, and how the error curves: there, and nowhere more than ``steepest``.

    ``reach`` is how far, in scores, the picture goes to each side of them.
    """

    weights: Array
    hessian: Array
    steepest: float
    reach: float
    separation: Separation


@lru_cache(maxsize=_KEPT)
def own_data(points: tuple[tuple[float, ...], ...], model: str) -> Landscape:
    """The landscape of the model's error over the points, each x, y or x1, x2, label.

    Raises ``DataError`` for what nothing can be fitted to.
    """
    fitted = MODELS[model]
    rows = np.ascontiguousarray(_checked(points, model, fitted).T)
    inputs = rows[:-1]
    wanted = Scaling() if fitted.error == "logistic" else target_scaling(rows[-1])
    targets = wanted.of(rows[-1])
    scalings = _scalings(inputs, fitted)
    columns = _columns(inputs, scalings, fitted)
    weights, constant = _answer(columns, targets, fitted, len(inputs))
    fit = (_logistic if fitted.error == "logistic" else _squares)(columns, targets, weights, constant)
    box = _box(fit.weights, fit.reach, columns)
    rates = _rates(fit, box, fitted.full_step)
    return Landscape(
        slug=SLUG,
        title=f"Your data: {model}",
        family=FAMILY,
        data=Data(
            inputs=tuple(inputs[0].tolist()),
            targets=tuple(targets.tolist()),
            powers=fitted.powers,
            error=fitted.error,
            input_name="x" if len(inputs) == 1 else "x1",
            target_name=wanted.named(fitted.names[-1]),
            caption=_caption(inputs, wanted, scalings, constant, fitted),
            centre=scalings[0].centre,
            unit=scalings[0].unit,
            constant=constant,
            second=None if len(inputs) == 1 else SecondInput(tuple(inputs[1].tolist()), "x2", *scalings[1]),
        ),
        domain=box,
        start=_start(box, columns, targets, constant, fitted),
        learning_rate=rates.velocity,
        momentum=_MOMENTUM,
        teaches=_teaches(fit, columns, fitted),
        source=Source("Your own points"),
        rates=rates,
        near=(float(fit.weights[0]), float(fit.weights[1])) if fitted.error == "logistic" else None,
    )


# --- what can be fitted


def _checked(points: Sequence[Sequence[float]], model: str, fitted: Model) -> Array:
    """The points as an array, a row each. Raises ``DataError``."""
    wanted = "x,y" if fitted.columns == (2,) else "x,label or x1,x2,label"
    if not points:
        raise DataError("there is no point.", f"Give at least one, {wanted}.")
    width = len(points[0])
    if {*map(len, points)} != {width}:
        index, row = next((index, row) for index, row in enumerate(points, 1) if len(row) != width)
        raise DataError(
            f"row {index} has {_count(len(row), 'number')}, and row 1 has {width}.", f"Each row is {wanted}."
        )
    if width not in fitted.columns:
        other = " Three columns are for model=logistic." if width == 3 else ""
        raise DataError(
            f"each row has {_count(width, 'number')}, and model={model} takes {wanted}.",
            f"Write rows as {wanted}.{other}",
        )
    rows = np.array(points, dtype=float)
    _check_sizes(rows)
    if fitted.error == "logistic":
        _check_labels(rows[:, -1])
    return rows


def _check_sizes(rows: Array) -> None:
    sizes = np.abs(rows)
    wrong = np.argwhere((sizes > LARGEST) | ((sizes < SMALLEST) & (sizes > 0)))
    if not len(wrong):
        return
    row, column = wrong[0].tolist()
    size = "large" if sizes[row, column] > 1 else "small"
    raise DataError(
        f"row {row + 1}, column {column + 1}: {float(rows[row, column])!r} is too {size} to be squared.",
        "Numbers may be 0, or from 1e-100 to 1e100 in size: take another unit.",
    )


def _check_labels(labels: Array) -> None:
    wrong = np.flatnonzero((labels != 0) & (labels != 1))
    if len(wrong):
        label = float(labels[wrong[0]])
        raise DataError(
            f"row {wrong[0] + 1}: the label {label:g}, its last number, is neither 0 nor 1.",
            "A logistic curve tells 1 from 0: write 1 for the one class and 0 for the other.",
        )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


# --- what the score takes of the inputs


def _columns(inputs: Array, scalings: Sequence[Scaling], fitted: Model) -> Array:
    """What the two weights are multiplied with, shape (2, n)."""
    scaled = [scaling.of(values) for scaling, values in zip(scalings, inputs, strict=True)]
    return np.stack(scaled) if len(scaled) == 2 else np.stack([scaled[0] ** float(power) for power in fitted.powers])


def _scalings(inputs: Array, fitted: Model) -> tuple[Scaling, ...]:
    """Each input as it is, where the valley is no ravine then; otherwise less a round middle, by a power of ten."""
    plain = tuple(Scaling() for _ in inputs)
    with np.errstate(all="ignore"):
        columns = _columns(inputs, plain, fitted)
        sizes = roots_mean_square(columns)
        if np.isfinite(columns).all() and (sizes >= _USUAL_SIZES[0]).all() and (sizes <= _USUAL_SIZES[1]).all():
            low, high = np.linalg.eigvalsh(moments(columns))
            # One that is flat in some direction stays so.
            if high <= fitted.longest_valley * low or np.ptp(inputs, axis=1).max() == 0:
                return plain
    return tuple(scaling_of(values) for values in inputs)


# --- the answer


def _answer(columns: Array, targets: Array, fitted: Model, inputs: int) -> tuple[Array, float]:
    """The best two weights, and the best value of the third one, 0 where there is none."""
    three = fitted.constant or inputs == 2
    used = np.vstack([columns, np.ones(columns.shape[1])]) if three else columns
    if fitted.error == "logistic":
        weights, lowest = logistic_fit(used, targets)
        if three and not lowest:
            # With the third one held there may be an end to the other two.
            constant = _unless_rounding(float(weights[2]), 1.0)
            return logistic_fit(columns, targets, constant).weights, constant
    else:
        weights = least_squares(used, targets)
    return weights[:2], _unless_rounding(float(weights[2]), _size(targets)) if three else 0.0


def _unless_rounding(number: float, size: float) -> float:
    return number if abs(number) > _ROUNDING * size else 0.0


def _squares(columns: Array, targets: Array, weights: Array, constant: float) -> _Fit:
    off = targets - constant - weights @ columns
    spread = max(_size(targets - targets.mean()), 2 * _size(off))
    # Where all targets are the same, what they are is what the picture is measured by.
    reach = _REACH * (spread if spread > _ROUNDING * _size(targets) else _size(targets) or 1.0)
    far = _size(weights @ columns)
    hessian = 2 * moments(columns)
    return _Fit(weights, hessian, _largest(hessian), max(reach, 1e-6 * far), Separation(False, False))


def _logistic(columns: Array, labels: Array, weights: Array, constant: float) -> _Fit:
    score = weights @ columns + constant
    chance = 0.5 * (1 + np.tanh(0.5 * score))
    hessian = moments(columns * np.sqrt(chance * (1 - chance)))
    reach = max(_LEAST_SCORE, _size(weights @ columns))
    # The slope of the link is nowhere above 1/4.
    return _Fit(weights, hessian, _largest(moments(columns)) / 4, reach, separation(columns, labels))


def _size(values: Array) -> float:
    return float(roots_mean_square(values[None])[0])


def _largest(hessian: Array) -> float:
    return float(np.linalg.eigvalsh(hessian)[-1])


# --- what is proposed


def _box(weights: Array, reach: float, columns: Array) -> Box:
    """The picture: so wide that to each side the score changes by ``reach``, with round borders."""
    sizes = roots_mean_square(columns)
    half = reach / np.where(sizes > 0, sizes, 1.0)
    sides = [_round_sides(low, high) for low, high in zip(weights - half, weights + half, strict=True)]
    return Box((sides[0][0], sides[1][0]), (sides[0][1], sides[1][1]))


def _round_sides(low: float, high: float) -> tuple[float, float]:
    grid = Grid.of(high - low)
    return grid.at(math.floor(low / grid.length)), grid.at(math.ceil(high / grid.length))


def _start(box: Box, columns: Array, targets: Array, constant: float, fitted: Model) -> Point:
    """A place near the left border, the higher one of two: from there a walk falls into the valley first."""
    left = _STARTS[0]
    above, below = (_round_place(box, place) for place in ((left, 1 - left), (left, left)))
    losses = [_loss(place, columns, targets, constant, fitted) for place in (above, below)]
    # The first where both are as high, to rounding.
    is_below = losses[1] > losses[0] * (1 + 1e-9)
    if fitted.error == "squared":
        return below if is_below else above
    places = [_round_place(box, (part, part if is_below else 1 - part)) for part in _STARTS]
    return next((place for place in places if _is_tame(place, box, columns, targets, constant, fitted)), places[-1])


def _loss(place: Point, columns: Array, targets: Array, constant: float, fitted: Model) -> float:
    score = np.array(place) @ columns + constant
    return float(ERRORS[fitted.error].value(score, targets).mean())


def _is_tame(place: Point, box: Box, columns: Array, targets: Array, constant: float, fitted: Model) -> bool:
    """Whether the first steps that curvature makes of the slope there lead down and stay in the picture."""
    error, weights, loss = ERRORS[fitted.error], np.array(place), math.inf
    for _ in range(_TAME_STEPS):
        score = weights @ columns + constant
        before, loss = loss, float(error.value(score, targets).mean())
        if loss >= before or not box.contains(tuple(weights.tolist())):
            return False
        gradient = columns @ error.slope(score, targets) / len(targets)
        curvature = moments(columns * np.sqrt(error.curvature(score, targets)))
        weights = weights - fitted.full_step * newton_part(curvature, gradient)
    return True


def _round_place(box: Box, part: tuple[float, float]) -> Point:
    grids = [Grid.of(width) for width in box.widths]
    places = [low + at * width for low, width, at in zip(box.low, box.widths, part, strict=True)]
    return tuple(grid.at(round(place / grid.length)) for grid, place in zip(grids, places, strict=True))


def _rates(fit: _Fit, box: Box, full_step: float) -> Rates:
    """Learning rates with which the usual walks are seen, and arrive, where the valley is not too long."""
    curvatures = np.linalg.eigvalsh(fit.hessian)
    steepest = fit.steepest or 1.0
    gentlest = float(min((one for one in curvatures if one > 1e-9 * steepest), default=steepest))
    in_time = -math.log(_NEAR) / _IN_TIME / gentlest
    gradient = min(max(in_time, 0.2 / steepest), 0.6 / steepest)
    longest = min(box.widths)
    stride = min(_STRIDE * math.sqrt(box.widths[0]) * math.sqrt(box.widths[1]), _LONGEST_STRIDE * longest)
    slower = 1 - _MOMENTUM
    velocity = 1.5 * slower * gradient
    return Rates(round_rate(gradient), round_rate(velocity), round_rate(stride), full_step)


# --- what is said


def _caption(inputs: Array, wanted: Scaling, scalings: Sequence[Scaling], constant: float, fitted: Model) -> str:
    two = len(inputs) == 2
    names, letters = (("x1", "x2"), ("u", "v")) if two else (("x",), ("u",))
    taken = [scaling.named(name) for scaling, name in zip(scalings, names, strict=True)]
    score, where = "a·u + b·v + c" if two else fitted.score, ""
    for letter, name, one in zip(letters, names, taken, strict=True):
        # What is taken as it is keeps its name.
        score, where = (score.replace(letter, name), where) if one == name else (score, f"{where}, {letter} = {one}")
    held = f", with the best c, {constant:.6g}" if two or fitted.constant else ""
    of = "" if wanted == Scaling() else f" of {wanted.named(fitted.names[-1])}"
    return f"Your {_count(inputs.shape[1], 'point')}: the fit{of} is {score}{where}{held}."


def _teaches(fit: _Fit, columns: Array, fitted: Model) -> str:
    if fit.separation.exact:
        return "There is no minimum: the classes can be told apart, and some larger weights always fit better."
    if fit.separation.endless:
        return "There is no minimum: only on the border are classes mixed, and some larger weights always fit better."
    low, high = np.linalg.eigvalsh(moments(columns / np.maximum(roots_mean_square(columns), SMALLEST)[:, None]))
    if not columns.any():
        return "Neither weight changes anything at these points: the ground is level."
    if low <= _ROUNDING * high:
        return "The points do not tell a from b: each place on the floor of the valley is a minimum."
    return fitted.teaches
