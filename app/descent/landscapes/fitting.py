"""The exact answers to fits with few weights: least squares in closed form, logistic by Newton, with bounded work."""

import math
from typing import NamedTuple

import numpy as np

from app.descent.formulas.arithmetic import Array

# Newton's steps, and how often each may be halved until the loss does not rise.
_STEPS, _HALVINGS = 40, 30
# Steps that are so short, beside the weights, need no halving.
_TRUSTED = 1e-5
# What holds the weights of a fit that has no finite answer, beside a curvature of at most 1/4.
_RIDGE = 1e-2
# A direction whose curvature is so small a part of the largest has none.
_FLAT = 1e-12
# Newton's method has gone for ever where a score is so large and so much of the curvature is lost.
_FAR, _LOST = 25.0, 1e-7
# Rounding of the angles between points, in radians.
_ANGLE = 1e-12


def moments(columns: Array) -> Array:
    """The mean of the products of each two of the columns, whose shape is (k, n)."""
    products: Array = columns @ columns.T / columns.shape[1]
    return products


def roots_mean_square(columns: Array) -> Array:
    """How large each column is, shape (k,), however large or small its numbers are."""
    most = np.abs(columns).max(axis=1)
    safe = np.where(most > 0, most, 1.0)
    sizes: Array = most * np.sqrt(((columns / safe[:, None]) ** 2).mean(axis=1))
    return sizes


def least_squares(columns: Array, targets: Array) -> Array:
    """The weights of the columns, shape (k, n), with the least squared error.

    Of several it is the one whose squares, each by the size of its column, are least.
    """
    sizes = roots_mean_square(columns)
    safe = np.where(sizes > 0, sizes, 1.0)
    found: Array = np.linalg.lstsq((columns / safe[:, None]).T, targets, rcond=1e-12)[0] / safe
    return found


class Fitted(NamedTuple):
    """Weights, shape (k,), and whether they are a minimum of the error."""

    weights: Array
    lowest: bool


def logistic_fit(columns: Array, labels: Array, constant: float = 0.0) -> Fitted:
    """The weights of the columns, shape (k, n), with the least logistic error of ``labels``, each 0 or 1.

    Where the error has no minimum, the weights are those that a small penalty on their squares holds back.
    """
    sizes = roots_mean_square(columns)
    safe = np.where(sizes > 0, sizes, 1.0)
    scaled = columns / safe[:, None]
    weights = _newton(scaled, labels, constant, 0.0)
    lowest = not (np.abs(weights @ scaled).max(initial=0.0) > _FAR and _has_gone_far(scaled, weights, constant))
    if not lowest:
        weights = _newton(scaled, labels, constant, _RIDGE)
    return Fitted(weights / safe, lowest)


def _has_gone_far(columns: Array, weights: Array, constant: float) -> bool:
    """Whether the error has lost its curvature in some direction in which the columns differ."""
    spread = np.sqrt(_certainty(weights @ columns + constant))
    there, usual = np.linalg.eigvalsh(moments(columns * spread)), np.linalg.eigvalsh(moments(columns))
    curved = usual > _FLAT * usual[-1]
    return bool((there[curved] < _LOST * usual[curved]).any())


def _certainty(score: Array) -> Array:
    """The slope of the logistic curve: p(1 - p)."""
    slope: Array = 0.25 * (1 - np.tanh(0.5 * score) ** 2)
    return slope


def _newton(columns: Array, labels: Array, constant: float, ridge: float) -> Array:
    """The weights that Newton's method ends at, which never lets the loss rise."""
    weights = np.zeros(len(columns))
    loss = _logistic_loss(columns, labels, constant, ridge, weights)
    for _ in range(_STEPS):
        score = weights @ columns + constant
        chance = 0.5 * (1 + np.tanh(0.5 * score))
        gradient = columns @ (chance - labels) / len(labels) + ridge * weights
        hessian = (columns * (chance * (1 - chance))) @ columns.T / len(labels) + ridge * np.eye(len(columns))
        step = newton_part(hessian, gradient)
        length = np.abs(step).max(initial=0.0) / (1 + np.abs(weights).max(initial=0.0))
        if length <= _TRUSTED:
            # So near, the loss can no longer tell one place from the next, and each step doubles the digits.
            weights = weights - step
            if length <= 1e-12:
                break
            continue
        for _ in range(_HALVINGS):
            there = _logistic_loss(columns, labels, constant, ridge, weights - step)
            if there < loss:
                weights, loss = weights - step, there
                break
            step = step / 2
        else:
            break
    return weights


def _logistic_loss(columns: Array, labels: Array, constant: float, ridge: float, weights: Array) -> float:
    score = weights @ columns + constant
    return float((np.logaddexp(0, score) - labels * score).mean() + 0.5 * ridge * (weights @ weights))


def newton_part(hessian: Array, gradient: Array) -> Array:
    """What Newton's step takes away from the weights, without the directions that have no curvature."""
    curvatures, directions = np.linalg.eigh(hessian)
    curved = curvatures > _FLAT * curvatures.max(initial=0.0)
    step: Array = directions[:, curved] @ ((gradient @ directions[:, curved]) / curvatures[curved])
    return step


class Separation(NamedTuple):
    """Whether two weights can grow for ever and the logistic error fall all the way; ``exact`` if it falls to 0."""

    endless: bool
    exact: bool


def separation(columns: Array, labels: Array) -> Separation:
    """Tell whether a logistic error of two weights has no minimum: whether some weights are wrong about no point.

    With each point's two features turned round where its label is 0, such weights make an acute or right angle with
    all of them. So the features then lie in half of the plane, and not all on the line through its middle.
    """
    sizes = roots_mean_square(columns)
    first, second = np.where(labels > 0.5, 1.0, -1.0) * columns / np.where(sizes > 0, sizes, 1.0)[:, None]
    away = (first != 0) | (second != 0)
    angles = np.sort(np.arctan2(second[away], first[away]))
    if not angles.size:
        return Separation(False, False)
    gaps = np.diff(np.append(angles, angles[0] + 2 * math.pi))
    widest = float(gaps.max())
    if widest > math.pi + _ANGLE:
        return Separation(True, bool(away.all()))
    # Just half of the plane: there is no end but where all lie on one line, in both directions.
    on_a_line = bool((np.abs(np.sin(angles - angles[0])) <= _ANGLE).all())
    return Separation(widest >= math.pi - _ANGLE and not on_a_line, False)
