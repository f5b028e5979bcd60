"""Round units: how an input, or a target, is taken where its own size would make a ravine; round borders and rates."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from app.descent.formulas.arithmetic import Array

# A unit is the power of ten of which half the range is no less than so many.
_LEAST_UNITS = 0.5
# Targets that vary by less, or by more, are taken in another unit: learning rates and tolerances are meant for such.
_USUAL_TARGETS = 0.1, 1000.0
# Targets that are so many times as far from 0 as they vary are taken from their middle.
_FAR_OFF = 100.0
_RATE_DIGITS = (5, 3, 2, 1)
_GRID_DIGITS = (5, 2, 1)


class Scaling(NamedTuple):
    """What is taken of a number: what it is above the centre, in units."""

    centre: float = 0.0
    unit: float = 1.0

    def of(self, values: Array) -> Array:
        """What is taken of these."""
        scaled: Array = (values - self.centre) / self.unit
        return scaled

    def named(self, name: str) -> str:
        """What is taken, in signs: the name, or (x − 15)/10."""
        sign = "−" if self.centre > 0 else "+"
        shifted = f"({name} {sign} {abs(self.centre):.12g})" if self.centre else name
        return f"{shifted}/{self.unit:.12g}" if self.unit != 1 else shifted


def scaling_of(values: Array) -> Scaling:
    """The scaling whose unit is a power of ten, and whose centre the half or whole unit that is nearest their mean."""
    low, high = float(values.min()), float(values.max())
    half = high / 2 - low / 2
    if half == 0:
        return Scaling(0.0, float(f"1e{_exponent(high)}") if high else 1.0)
    unit = _unit(half)
    middle = float(np.mean(values / unit))
    # Beyond it the halves of a unit are no floats, and nothing is left to be rounded.
    centre = float(f"{round(2 * middle) / 2:.1f}e{_exponent(unit)}") if abs(middle) < 2**51 else middle * unit
    return Scaling(centre + 0.0, unit)


def target_scaling(targets: Array) -> Scaling:
    """The scaling of targets: none where they vary as usual, and not far off."""
    low, high = float(targets.min()), float(targets.max())
    half, far = high / 2 - low / 2, max(abs(low), abs(high))
    size = half or far
    unit = 1.0 if size == 0 or _USUAL_TARGETS[0] <= size <= _USUAL_TARGETS[1] else _unit(size)
    return Scaling(scaling_of(targets).centre if 0 < half < far / _FAR_OFF else 0.0, unit)


def _unit(half: float) -> float:
    return float(f"1e{_exponent(half / _LEAST_UNITS)}")


def _exponent(number: float) -> int:
    """The exponent of the largest power of ten that is not above the number's size."""
    return int(f"{number:.17e}".partition("e")[2])


class Grid(NamedTuple):
    """The multiples of a round length: of one digit and a power of ten."""

    digit: int
    exponent: int

    @classmethod
    def of(cls, width: float) -> "Grid":
        """The one whose length is a twentieth of the width, or somewhat less."""
        return cls(*_rounded_down(width / 20, _GRID_DIGITS))

    @property
    def length(self) -> float:
        """How far apart they are."""
        return self.at(1)

    def at(self, times: int) -> float:
        """The multiple, as the float that people write."""
        return float(f"{times * self.digit}e{self.exponent}")


def round_rate(rate: float) -> float:
    """A learning rate of one digit that is not above this one."""
    digit, exponent = _rounded_down(rate, _RATE_DIGITS)
    return float(f"{digit}e{exponent}")


def _rounded_down(number: float, digits: Sequence[int]) -> tuple[int, int]:
    exponent = _exponent(number)
    leading = number / float(f"1e{exponent}")
    return next((digit for digit in digits if digit <= leading), 1), exponent
