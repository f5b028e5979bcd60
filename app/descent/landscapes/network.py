"""A small network and its data: the mean error over the points as a function of all its weights.

One hidden layer of tanh units leads to one score that is linear in them. Points are arrays of shape (n, walkers), as
walks have them. Everything is elementwise and without BLAS, whose products round otherwise for one column than for
several; and since NumPy adds up a lone column in another order too, that is computed as a pair of equal columns. So
what a walker gets is the same to the last bit, whoever walks beside it.
"""

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
        """The inputs, each of shape (points, 1, 1), and the targets, (points, 1)."""
        return _as_columns(np.array(self.inputs, dtype=float)), np.array(self.targets, dtype=float)[:, None]

    def outputs(self, points: Array, inputs: Array | None = None) -> Array:
        """The scores, shape (m, walkers), at ``inputs`` of shape (m, inputs), or at the data points."""
        columns = self._columns[0] if inputs is None else _as_columns(np.asarray(inputs, dtype=float))
        (scores,) = _in_blocks(lambda weights: (self._score(weights, columns)[1],), points)
        return scores

    def loss(self, points: Array) -> Array:
        """The loss, shape (walkers,)."""
        columns, target = self._columns

        def evaluate(weights: Array) -> tuple[Array]:
            error = ERRORS[self.error].value(self._score(weights, columns)[1], target)
            return (error.sum(axis=0) / len(self),)

        return _in_blocks(evaluate, points)[0]

    def loss_and_gradient(self, points: Array) -> tuple[Array, Array]:
        """The loss, shape (walkers,), and its gradient, shape (n, walkers)."""
        columns, target = self._columns

        def evaluate(weights: Array) -> tuple[Array, Array]:
            units, score = self._score(weights, columns)
            loss = ERRORS[self.error].value(score, target).sum(axis=0) / len(self)
            return loss, self._gradient(weights, columns, target, units, score)

        loss, gradient = _in_blocks(evaluate, points)
        return loss, gradient

    def batch_gradient(self, points: Array, rows: Any) -> Array:
        """The gradient over each walker's mini-batch, shape (n, walkers); ``rows`` have shape (walkers, batch)."""
        columns, target = self._columns
        rows = np.asarray(rows).T

        def evaluate(weights: Array, rows: Any) -> tuple[Array]:
            own, theirs = columns[:, rows, 0, 0][:, :, None], target[rows, 0]
            return (self._gradient(weights, own, theirs, *self._score(weights, own)),)

        return _in_blocks(evaluate, points, rows)[0]

    def hessian_times(self, points: Array, vectors: Array) -> Array:
        """The Hessian times a vector for each walker; all of shape (n, walkers).

        By Pearlmutter, Fast exact multiplication by the Hessian (1994): all that the gradient is made of, derived along
        the vector.
        """
        return _in_blocks(self._hessian_times, points, vectors)[0]

    def hessian(self, point: Array) -> Array:
        """The exact Hessian at a point of shape (n,), shape (n, n)."""
        columns, target = self._columns
        inputs, hidden, _ = self.sizes
        with np.errstate(all="ignore"):
            weights = np.asarray(point, dtype=float)[:, None]
            units, score = self._score(weights, columns)
            _, slope, curvature, *_ = ERRORS[self.error]
            slopes, curvatures = slope(score, target) / len(self), curvature(score, target) / len(self)
            units, outgoing = units[:, :, 0], weights[-1 - hidden : -1, 0]
            fading = 1 - units * units
            # The inputs and, for the biases, 1: shape (points, inputs + 1).
            signals = np.concatenate([columns[:, :, 0, 0].T, np.ones((len(self), 1))], axis=1)
            first = (signals[:, :, None] * (fading * outgoing)[:, None]).reshape(len(self), -1)
            jacobian = np.concatenate([first, units, np.ones((len(self), 1))], axis=1)
            hessian = (curvatures[:, :, None] * jacobian[:, :, None] * jacobian[:, None]).sum(axis=0)
            # What is left is within each unit alone: between what leads to it, and of that with what leads on.
            bend = slopes * fading * units * (-2 * outgoing)
            within = (signals[:, :, None, None] * signals[:, None, :, None] * bend[:, None, None]).sum(axis=0)
            across = (signals[:, :, None] * (slopes * fading)[:, None]).sum(axis=0)
            for unit in range(hidden):
                to = np.arange(unit, (inputs + 1) * hidden, hidden)
                on = (inputs + 1) * hidden + unit
                hessian[np.ix_(to, to)] += within[:, :, unit]
                hessian[to, on] += across[:, unit]
                hessian[on, to] += across[:, unit]
        return np.asarray(hessian)

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

    def _score(self, weights: Array, columns: Array) -> tuple[Array, Array]:
        """What the hidden units say, shape (points, hidden, walkers), and the score, (points, walkers)."""
        inputs, hidden, _ = self.sizes
        layer = weights[: (inputs + 1) * hidden].reshape(inputs + 1, hidden, -1)
        units = columns[0] * layer[0]
        for column, part in zip(columns[1:], layer[1:-1], strict=True):
            units += column * part
        units += layer[-1]
        np.tanh(units, out=units)
        score = np.add.reduce(units * weights[-1 - hidden : -1], axis=1)
        score += weights[-1]
        return units, score

    def _gradient(self, weights: Array, columns: Array, target: Array, units: Array, score: Array) -> Array:
        """The mean gradient over the points of the columns. What the units say is used up."""
        inputs, hidden, _ = self.sizes
        slope = ERRORS[self.error].slope(score, target)
        slope *= 1 / len(slope)
        gradient = np.empty_like(weights)
        first, second = gradient[: (inputs + 1) * hidden].reshape(inputs + 1, hidden, -1), gradient[-1 - hidden : -1]
        each = slope[:, None] * units
        np.add.reduce(each, axis=0, out=second)
        np.add.reduce(slope, axis=0, out=gradient[-1])
        # The slope by what a unit is given, but for the weight that leads on, is that of the score times 1 - tanh².
        each *= units
        np.subtract(slope[:, None], each, out=each)
        np.add.reduce(each, axis=0, out=first[-1])
        for column, part in zip(columns, first[:-1], strict=True):
            np.multiply(column, each, out=units)
            np.add.reduce(units, axis=0, out=part)
        first *= weights[-1 - hidden : -1]
        return gradient

    def _hessian_times(self, weights: Array, vectors: Array) -> tuple[Array]:
        columns, target = self._columns
        inputs, hidden, _ = self.sizes
        units, score = self._score(weights, columns)
        _, slope, curvature, *_ = ERRORS[self.error]
        slopes = slope(score, target)[:, None] / len(self)
        outgoing, along_outgoing = weights[-1 - hidden : -1], vectors[-1 - hidden : -1]
        layer = vectors[: (inputs + 1) * hidden].reshape(inputs + 1, hidden, -1)
        fading = 1 - units * units
        given = layer[-1] + sum(column * part for column, part in zip(columns, layer[:-1], strict=True))
        along_units = fading * given
        along_score = np.add.reduce(along_outgoing * units + outgoing * along_units, axis=1) + vectors[-1]
        along_slopes = (curvature(score, target) * along_score)[:, None] / len(self)
        result = np.empty_like(weights)
        first = result[: (inputs + 1) * hidden].reshape(inputs + 1, hidden, -1)
        np.add.reduce(along_slopes * units + slopes * along_units, axis=0, out=result[-1 - hidden : -1])
        np.add.reduce(along_slopes[:, 0], axis=0, out=result[-1])
        each = fading * (along_slopes * outgoing + slopes * (along_outgoing - 2 * outgoing * units * given))
        np.add.reduce(each, axis=0, out=first[-1])
        for column, part in zip(columns, first[:-1], strict=True):
            np.add.reduce(column * each, axis=0, out=part)
        return (result,)


def _as_columns(inputs: Array) -> Array:
    """Inputs of shape (m, inputs), each as an array of shape (m, 1, 1)."""
    return np.ascontiguousarray(inputs.T)[:, :, None, None]


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
