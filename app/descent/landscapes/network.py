"""A small network and its data: the mean error over the points as a function of all its weights.

One hidden layer of tanh units leads to one score that is linear in them. Points are arrays of shape (n, walkers), as
walks have them. Everything is elementwise and without BLAS, whose products round otherwise for one column than for
several; and since NumPy adds up a lone column in another order too, that is computed as a pair of equal columns. So
what a walker gets is the same to the last bit, whoever walks beside it.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Any

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.landscapes.data import ERRORS

# So many walkers at once keep what a unit says of every point within a core's cache.
BLOCK = 256
# Below so many it takes less time to lay them out anew than to add them up as they are.
_FEW = 16


@dataclass(frozen=True)
class Network:
    """Data points and a network whose score is F(x) = tanh(x W₁ + b₁) W₂ + b₂.

    ``inputs`` have a row for each data point, ``error`` names a row of ``ERRORS``, ``caption`` says in one sentence
    what the points are. The n weights are laid out layer by layer: W row by row, inputs × outputs, then the biases.
    """

    inputs: tuple[tuple[float, ...], ...]
    targets: tuple[float, ...]
    hidden: int
    error: str
    input_names: tuple[str, ...]
    target_name: str
    caption: str

    smooth = True

    def __len__(self) -> int:
        return len(self.inputs)

    def __getstate__(self) -> dict[str, Any]:
        # What can be made again need not be sent to other processes.
        return {name: value for name, value in vars(self).items() if name != "_columns"}

    @property
    def sizes(self) -> tuple[int, int, int]:
        """How many units each layer has: inputs, hidden, 1."""
        return len(self.input_names), self.hidden, 1

    @property
    def size(self) -> int:
        """How many weights there are."""
        return (len(self.input_names) + 2) * self.hidden + 1

    @property
    def layout(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """What the weights are, in their order: names and shapes."""
        inputs, hidden, outputs = self.sizes
        return ("W1", (inputs, hidden)), ("b1", (hidden,)), ("W2", (hidden, outputs)), ("b2", (outputs,))

    @property
    def weight_names(self) -> tuple[str, ...]:
        """A short name of each weight, in their order, for menus."""
        units = [f"unit {number}" for number in range(1, self.hidden + 1)]
        return (
            *(f"{name} → {unit}" for name in self.input_names for unit in units),
            *(f"bias of {unit}" for unit in units),
            *(f"{unit} → {self.target_name}" for unit in units),
            f"bias of {self.target_name}",
        )

    @property
    def terms(self) -> tuple[str, ...]:
        """The loss and the score in it, typeset, for a line that may break between them."""
        score = r"F(x) = \tanh\left(x\,W_1 + b_1\right) W_2 + b_2"
        return rf"\frac{{1}}{{{len(self)}}} \sum_i {ERRORS[self.error].latex},", score

    @property
    def latex(self) -> str:
        """The loss and the score in it, typeset."""
        return r"\quad ".join(self.terms)

    def first_weights(self, seed: int, scale: float) -> Array:
        """The weights that training begins with, shape (n,): standard normal / √(inputs of the unit) × ``scale``.

        Drawn layer by layer in their order, W alone; biases are 0.
        """
        generator = np.random.default_rng([seed, 3])
        inputs, hidden, outputs = self.sizes
        first = generator.standard_normal(inputs * hidden) / sqrt(inputs) * scale
        second = generator.standard_normal(hidden * outputs) / sqrt(hidden) * scale
        return np.concatenate([first, np.zeros(hidden), second, np.zeros(outputs)])

    @cached_property
    def _columns(self) -> tuple[Array, Array]:
        """The inputs, shape (inputs, points, 1), and the targets, (points, 1)."""
        return _as_columns(np.array(self.inputs, dtype=float)), np.array(self.targets, dtype=float)[:, None]

    def outputs(self, points: Array, inputs: Array | None = None) -> Array:
        """The scores, shape (m, walkers), at ``inputs`` of shape (m, inputs), or at the data points."""
        columns = self._columns[0] if inputs is None else _as_columns(np.asarray(inputs, dtype=float))
        return _in_blocks(lambda weights: (self._score(weights, columns)[0],), points)[0]

    def loss(self, points: Array) -> Array:
        """The loss, shape (walkers,)."""
        columns, target = self._columns

        def evaluate(weights: Array) -> tuple[Array]:
            score, *_ = self._score(weights, columns)
            error = _DERIVED[self.error](score, target, np.empty_like(score))
            return (np.add.reduce(error, axis=0) / len(self),)

        return _in_blocks(evaluate, points)[0]

    def loss_and_gradient(self, points: Array) -> tuple[Array, Array]:
        """The loss, shape (walkers,), and its gradient, shape (n, walkers)."""
        columns, target = self._columns
        means = _in_blocks(lambda weights: (self._means(weights, columns, target),), points)[0]
        return means[-1], means[:-1]

    def batch_gradient(self, points: Array, rows: Any) -> Array:
        """The gradient over each walker's mini-batch, shape (n, walkers); ``rows`` have shape (walkers, batch)."""
        columns, target = self._columns

        def evaluate(weights: Array, rows: Any) -> tuple[Array]:
            return (self._means(weights, columns[:, rows, 0], target[rows, 0]),)

        return _in_blocks(evaluate, points, np.asarray(rows).T)[0][:-1]

    def hessian_times(self, points: Array, vectors: Array) -> Array:
        """The Hessian times a vector for each walker; all of shape (n, walkers).

        By Pearlmutter, Fast exact multiplication by the Hessian (1994): all that the gradient is made of, derived along
        the vector.
        """
        return _in_blocks(self._hessian_times, points, vectors)[0]

    def hessian(self, point: Array) -> Array:
        """The exact Hessian at a point of shape (n,), shape (n, n)."""
        directions = np.eye(self.size)
        hessian = self.hessian_times(np.repeat(np.asarray(point)[:, None], self.size, axis=1), directions)
        return np.asarray((hessian + hessian.T) / 2)

    def share_right(self, points: Array) -> Array | None:
        """The share of data points that are classified right, shape (walkers,); None where targets are no classes.

        By the sign of a logistic score; by which of the targets 0 and 1 is nearer to another.
        """
        target = self._columns[1]
        if not set(self.targets) <= {0.0, 1.0}:
            return None
        score = self.outputs(points)
        border = 0.0 if ERRORS[self.error].link == "logistic" else 0.5
        return np.asarray(np.where(target == 1, score > border, score < border).mean(axis=0))

    def _split(self, weights: Array) -> tuple[Array, Array, Array]:
        """What leads to the hidden units, their biases last, what leads on from them, and the last bias.

        Of shape (n or more, …): (inputs + 1, hidden, …), (hidden, …) and (…).
        """
        rows, hidden = len(self.input_names) + 1, self.hidden
        split = rows * hidden
        first = weights[:split].reshape(rows, hidden, *weights.shape[1:])
        return first, weights[split : split + hidden], weights[split + hidden]

    def _score(self, weights: Array, columns: Array) -> tuple[Array, Array, Array, Array]:
        """The score, shape (points, walkers), what the hidden units say, (hidden, points, walkers), and the scratch."""
        units, spare, parts = _SCRATCH.of(self, columns.shape[1], weights.shape[1])
        first, outgoing, bias = self._split(weights[:, None])
        np.multiply(columns[0], first[0], out=units)
        for column, part in zip(columns[1:], first[1:-1], strict=True):
            np.multiply(column, part, out=spare)
            units += spare
        units += first[-1]
        np.tanh(units, out=units)
        np.multiply(units, outgoing, out=spare)
        score: Array = np.add.reduce(spare, axis=0)
        score += bias
        return score, units, spare, parts

    def _means(self, weights: Array, columns: Array, target: Array) -> Array:
        """The means over the points of the gradient and, below it, the loss: shape (n + 1, walkers)."""
        score, units, _, parts = self._score(weights, columns)
        # What each point adds to the means is laid out as they are, and added up at once.
        first, each, slope = self._split(parts)
        _DERIVED[self.error](score, target, parts[-1], slope)
        np.multiply(slope, units, out=each)
        # By what a unit is given the slope is that of the score times 1 - tanh², and the weight that leads on.
        given = first[-1]
        np.multiply(each, units, out=given)
        np.subtract(slope, given, out=given)
        for column, part in zip(columns, first[:-1], strict=True):
            np.multiply(column, given, out=part)
        means = _sums(parts)
        means /= len(score)
        first = self._split(means)[0]
        first *= weights[-1 - self.hidden : -1]
        return means

    def _hessian_times(self, weights: Array, vectors: Array) -> tuple[Array]:
        columns, target = self._columns
        score, units, given, parts = self._score(weights, columns)
        _, slope, curvature, *_ = ERRORS[self.error]
        slopes, outgoing = slope(score, target), self._split(weights)[1][:, None]
        into, along_outgoing, along_bias = self._split(vectors[:, None])
        first, along_units, along_slopes = self._split(parts)
        fading, spare = first[-1], first[0]
        # What the units are given, what they say, and the score, derived along the vector.
        np.multiply(columns[0], into[0], out=given)
        for column, part in zip(columns[1:], into[1:-1], strict=True):
            np.multiply(column, part, out=spare)
            given += spare
        given += into[-1]
        np.multiply(units, units, out=fading)
        np.subtract(1.0, fading, out=fading)
        np.multiply(fading, given, out=along_units)
        np.multiply(outgoing, along_units, out=spare)
        along_score = np.add.reduce(spare, axis=0)
        np.multiply(along_outgoing, units, out=spare)
        along_score += np.add.reduce(spare, axis=0)
        along_score += along_bias
        np.multiply(curvature(score, target), along_score, out=along_slopes)
        # The slope by what each unit is given, but for the last factor, 1 - tanh², which bends by -2 tanh of itself.
        given *= units
        given *= outgoing
        given *= -2.0
        given += along_outgoing
        given *= slopes
        np.multiply(outgoing, along_slopes, out=spare)
        given += spare
        fading *= given
        # And by the weights that lead on.
        along_units *= slopes
        np.multiply(units, along_slopes, out=spare)
        along_units += spare
        for column, part in zip(columns, first[:-1], strict=True):
            np.multiply(column, fading, out=part)
        means = _sums(parts[:-1])
        means /= len(score)
        return (means,)


class _Scratch(threading.local):
    """Arrays that a thread computes in again and again: to get new ones costs more than what is computed in them."""

    def __init__(self) -> None:
        self._arrays: dict[tuple[int, ...], tuple[Array, Array, Array]] = {}

    def of(self, network: Network, points: int, walkers: int) -> tuple[Array, Array, Array]:
        """Two arrays of shape (hidden, points, walkers), and one of (n + 1, points, walkers)."""
        key = (network.hidden, network.size, points, walkers)
        if key not in self._arrays:
            # A walk needs two: all points, and those of a mini-batch. The walkers become fewer.
            if len(self._arrays) == 4:
                self._arrays.clear()
            units, parts = (network.hidden, points, walkers), (network.size + 1, points, walkers)
            self._arrays[key] = np.empty(units), np.empty(units), np.empty(parts)
        return self._arrays[key]


_SCRATCH = _Scratch()


def _squared(score: Array, target: Array, error: Array, slope: Array | None = None) -> Array:
    """Write the error, and its slope by the score, as the row of ``ERRORS`` has them."""
    away = np.subtract(score, target, out=slope)
    np.multiply(away, away, out=error)
    if slope is not None:
        slope += slope
    return error


def _logistic(score: Array, target: Array, error: Array, slope: Array | None = None) -> Array:
    """Write the error, and its slope by the score; the row of ``ERRORS`` takes several times as long.

    log(1 + eˢ) = max(s, 0) + log(1 + e^-|s|).
    """
    fading = np.exp(-np.abs(score))
    np.log1p(fading, out=error)
    error += np.maximum(score, 0.0)
    error -= target * score
    if slope is not None:
        np.divide(np.where(score < 0, fading, 1.0), 1.0 + fading, out=slope)
        slope -= target
    return error


_DERIVED = {"squared": _squared, "logistic": _logistic}


def _sums(parts: Array) -> Array:
    """Sums over the data points, one after the other: shape (n, points, walkers) gives (n, walkers)."""
    if parts.shape[-1] < _FEW:
        # The same additions, but not for so few numbers at once.
        return np.asarray(np.add.reduce(np.ascontiguousarray(parts.swapaxes(0, 1)), axis=0))
    return np.asarray(np.add.reduce(parts, axis=1))


def _as_columns(inputs: Array) -> Array:
    """Inputs of shape (m, inputs), as (inputs, m, 1)."""
    return np.ascontiguousarray(inputs.T)[:, :, None]


def _in_blocks(evaluate: Callable[..., tuple[Array, ...]], points: Array, *further: Any) -> tuple[Array, ...]:
    """Evaluate so many walkers at once as fit the cache; the last axis of all arrays counts them."""
    walkers = points.shape[1]
    with np.errstate(all="ignore"):
        if walkers == 1:
            pairs = (np.repeat(part, 2, axis=-1) for part in (points, *further))
            return tuple(part[..., :1] for part in evaluate(*pairs))
        if walkers <= BLOCK:
            return evaluate(*map(np.ascontiguousarray, (points, *further)))
        parts = [slice(first, first + BLOCK) for first in range(0, walkers, BLOCK)]
        return tuple(
            np.concatenate(blocks, axis=-1)
            for blocks in zip(
                *(_in_blocks(evaluate, *(array[..., part] for array in (points, *further))) for part in parts),
                strict=True,
            )
        )
