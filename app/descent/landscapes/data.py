"""Landscapes made from data: the mean error of a model with two weights, over points that are published with it.

The weights are the coordinates. The model's score is linear in them, and what kind of error is averaged is one row of
``ERRORS``: its derivatives by the score give gradient and Hessian by the chain rule.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.formulas.formula import Functions

# How many residuals are held at once: what fits into a core's cache is fastest, and no request can make it more.
_AT_ONCE = 1 << 17


class Error(NamedTuple):
    """How far a score is from its target. The functions work elementwise; derivatives are by the score.

    ``link`` names what turns a score into a prediction: ``identity``, or ``logistic``, which is 1/(1 + exp(-score)).
    """

    value: Callable[[Array, Array], Array]
    slope: Callable[[Array, Array], Array]
    curvature: Callable[[Array, Array], Array]
    link: str
    latex: str
    smooth: bool = True


def _sigmoid(score: Array) -> Array:
    return 0.5 * (1 + np.tanh(0.5 * score))


ERRORS: dict[str, Error] = {
    "absolute": Error(
        value=lambda score, target: np.abs(score - target),
        # At exactly zero error any slope from -1 to 1 is a subgradient; 0 is taken.
        slope=lambda score, target: np.sign(score - target),
        curvature=lambda score, target: np.full_like(score, np.nan),
        link="identity",
        latex=r"\left|F(x_i) - y_i\right|",
        smooth=False,
    ),
    "squared": Error(
        value=lambda score, target: (score - target) * (score - target),
        slope=lambda score, target: 2 * (score - target),
        curvature=lambda score, target: np.full_like(score, 2.0),
        link="identity",
        latex=r"\left(F(x_i) - y_i\right)^2",
    ),
    "logistic": Error(
        value=lambda score, target: np.logaddexp(0, score) - target * score,
        slope=lambda score, target: _sigmoid(score) - target,
        curvature=lambda score, target: _sigmoid(score) * _sigmoid(-score),
        link="logistic",
        latex=r"\left(\log\left(1 + e^{F(x_i)}\right) - y_i\,F(x_i)\right)",
    ),
}


@dataclass(frozen=True)
class Data:
    """Points (input, target) and a model whose score is F(x) = a·uᵖ + b·uᵠ, where u = (x - centre) / unit.

    ``powers`` are p and q, whole numbers from 0 on; ``error`` names a row of ``ERRORS``. ``caption`` says in one
    sentence what the points are.
    """

    inputs: tuple[float, ...]
    targets: tuple[float, ...]
    powers: tuple[int, int]
    error: str
    input_name: str
    target_name: str
    caption: str
    axes: tuple[str, str] = ("a", "b")
    centre: float = 0.0
    unit: float = 1.0

    dimensions = 2

    def __len__(self) -> int:
        return len(self.inputs)

    def __getstate__(self) -> dict[str, Any]:
        # What can be made again need not be sent to other processes.
        return {name: value for name, value in vars(self).items() if name != "_columns"}

    @property
    def smooth(self) -> bool:
        """Whether there is a Hessian."""
        return ERRORS[self.error].smooth

    def features(self, inputs: Array) -> Array:
        """What the weights are multiplied with, shape (2, n)."""
        scaled = (inputs - self.centre) / self.unit
        return np.stack([scaled ** float(power) for power in self.powers])

    @cached_property
    def _columns(self) -> tuple[Array, Array, Array]:
        first, second = self.features(np.array(self.inputs, dtype=float))
        return first, second, np.array(self.targets, dtype=float)

    @property
    def score_latex(self) -> str:
        """The score, typeset."""
        scaled = self._scaled_latex
        return " + ".join(
            axis if power == 0 else rf"{axis}\,{scaled}" + (f"^{power}" if power > 1 else "")
            for axis, power in zip(self.axes, self.powers, strict=True)
        )

    @property
    def _scaled_latex(self) -> str:
        shifted = f"x {'-' if self.centre > 0 else '+'} {abs(self.centre):g}" if self.centre else "x"
        if self.unit != 1:
            scaled = rf"\frac{{{shifted}}}{{{self.unit:g}}}"
            return scaled if max(self.powers) < 2 else rf"\left({scaled}\right)"
        return rf"\left({shifted}\right)" if self.centre else shifted

    @property
    def terms(self) -> tuple[str, ...]:
        """The loss and the score in it, typeset, for a line that may break between them."""
        return rf"\frac{{1}}{{{len(self)}}} \sum_i {ERRORS[self.error].latex},", f"F(x) = {self.score_latex}"

    @property
    def latex(self) -> str:
        """The loss and the score in it, typeset."""
        return r"\quad ".join(self.terms)

    def curve(self, points: int = 101) -> dict[str, Any]:
        """What draws the fit: inputs ``x``, shape (points,), and their ``features``, two of that shape."""
        inputs = np.linspace(min(self.inputs), max(self.inputs), points)
        first, second = self.features(inputs)
        return {"x": inputs, "features": [first, second]}

    def bind(self, values: tuple[float, ...] = (), *, arrays: bool = False) -> Functions:
        """The loss with its derivatives over floats, or elementwise over arrays of equal shape.

        There is nothing to be fixed: ``values`` is empty.
        """
        return self._over_arrays() if arrays else self._over_floats()

    def _evaluate(self, x: Any, y: Any, rows: Any, wanted: Sequence[str]) -> list[Any]:
        """Means over the points, or over the rows of each walker's mini-batch, for weights of any shape."""
        first, second, target = (column if rows is None else column[rows] for column in self._columns)
        value, slope, curvature, *_ = ERRORS[self.error]
        means: list[Any] = []
        with np.errstate(all="ignore"):
            score = np.asarray(x)[..., None] * first + np.asarray(y)[..., None] * second
            if "loss" in wanted:
                means.append(value(score, target).mean(axis=-1))
            if "gradient" in wanted:
                each = slope(score, target)
                means += [(each * first).mean(axis=-1), (each * second).mean(axis=-1)]
            if "hessian" in wanted:
                each = curvature(score, target)
                means += [
                    (each * one * other).mean(axis=-1)
                    for one, other in ((first, first), (first, second), (second, second))
                ]
        return means

    def _in_blocks(self, x: Array, y: Array, rows: Any, wanted: Sequence[str]) -> tuple[Array, ...]:
        """Take so many walkers, or cells of a surface, at once as keep the residuals within the cache.

        ``rows`` are those of each walker's mini-batch, or of one for all.
        """
        flat_x, flat_y = np.ravel(x), np.ravel(y)
        size = max(1, _AT_ONCE // len(self))
        parts = [
            self._evaluate(flat_x[part], flat_y[part], rows[part] if np.ndim(rows) == 2 else rows, wanted)
            for part in (slice(first, first + size) for first in range(0, max(len(flat_x), 1), size))
        ]
        return tuple(np.concatenate(column).reshape(np.shape(x)) for column in zip(*parts, strict=True))

    def _over_arrays(self) -> Functions:
        return Functions(
            loss=lambda x, y: self._in_blocks(x, y, None, ["loss"])[0],
            loss_and_gradient=lambda x, y: self._in_blocks(x, y, None, ["loss", "gradient"]),  # type: ignore[return-value, arg-type]  # three parts
            hessian=lambda x, y: self._in_blocks(x, y, None, ["hessian"]),  # type: ignore[return-value, arg-type]  # three parts
            batch_gradient=lambda x, y, rows: self._in_blocks(x, y, rows, ["gradient"]),  # type: ignore[return-value, arg-type]  # two parts
        )

    def _over_floats(self) -> Functions:
        def floats(x: float, y: float, rows: Any, *wanted: str) -> Any:
            return tuple(map(float, self._evaluate(x, y, rows, wanted)))

        return Functions(
            loss=lambda x, y: floats(x, y, None, "loss")[0],
            loss_and_gradient=lambda x, y: floats(x, y, None, "loss", "gradient"),
            hessian=lambda x, y: floats(x, y, None, "hessian"),
            batch_gradient=lambda x, y, rows: floats(x, y, rows, "gradient"),
        )
