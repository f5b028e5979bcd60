"""Interval arithmetic: within which bounds a formula stays while its variables stay within theirs.

The source that is walked on numbers runs on intervals too. Rounding keeps order, so bounds that are computed by the
same operations hold for whatever is computed between them (Moore, Interval Analysis, 1966).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from app.descent.formulas.arithmetic import FLOAT_NAMES

# What is computed from larger bounds might overflow; and a function may miss the order by a last digit.
_MOST = 1e300
# Up to here from 0 the tangent has no pole.
_QUARTER = 1.5707963


class UnboundedError(ArithmeticError):
    """Somewhere within the bounds there is no finite value, or it cannot be told."""


@dataclass(frozen=True)
class Interval:
    """All numbers from ``low`` to ``high``; operations raise ``UnboundedError`` where a result might not be finite."""

    low: float
    high: float

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest number."""
        return self.low, self.high

    def __add__(self, other: Any) -> "Interval":
        other = interval(other)
        return _between(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Any) -> "Interval":
        return self + -interval(other)

    def __mul__(self, other: Any) -> "Interval":
        # A square is never negative, which the product of any two numbers from here may be.
        if other is self:
            return _between(0.0 if self.low <= 0 <= self.high else self.low**2, *(end * end for end in self.ends))
        return _between(*(one * another for one, another in product(self.ends, interval(other).ends)))

    def __truediv__(self, other: Any) -> "Interval":
        other = interval(other)
        if other.low <= 0 <= other.high:
            raise UnboundedError
        return _between(*(one / another for one, another in product(self.ends, other.ends)))

    def __neg__(self) -> "Interval":
        return Interval(-self.high, -self.low)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: Any) -> "Interval":
        return interval(other) - self

    def __rtruediv__(self, other: Any) -> "Interval":
        return interval(other) / self


def interval(value: Any) -> Interval:
    """The interval itself, or the one that holds just this number."""
    return value if isinstance(value, Interval) else Interval(value, value)


def _between(*values: float) -> Interval:
    """The interval that all the values lie in."""
    if not all(abs(value) <= _MOST for value in values):
        raise UnboundedError
    return Interval(min(values), max(values))


def _rising(function: Callable[[float], float], lowest: float = -math.inf) -> Callable[[Any], Interval]:
    """A function that only rises and begins at ``lowest`` on intervals."""

    def bounds(value: Any) -> Interval:
        value = interval(value)
        if value.low < lowest:
            raise UnboundedError
        try:
            return _between(*map(function, value.ends))
        except (ArithmeticError, ValueError):
            raise UnboundedError from None

    return bounds


def _wave(value: Any) -> Interval:
    return Interval(-1.0, 1.0)


def _absolute(value: Any) -> Interval:
    ends = interval(value).ends
    return _between(0.0 if ends[0] <= 0 <= ends[1] else abs(ends[0]), *map(abs, ends))


def _tangent(value: Any) -> Interval:
    value = interval(value)
    if not -_QUARTER < value.low <= value.high < _QUARTER:
        raise UnboundedError
    return _between(*map(math.tan, value.ends))


def _hyperbolic_cosine(value: Any) -> Interval:
    return _rising(math.cosh)(_absolute(value))


def _lower(one: Any, other: Any) -> Interval:
    one, other = interval(one), interval(other)
    return Interval(min(one.low, other.low), min(one.high, other.high))


def _higher(one: Any, other: Any) -> Interval:
    return -_lower(-interval(one), -interval(other))


def _either(a: Any, b: Any, then: Any, otherwise: Any) -> Interval:
    """One or the other, whatever is compared: both must be bounded, for both are computed."""
    return _between(*interval(then).ends, *interval(otherwise).ends)


def _power(base: Any, exponent: Any) -> Interval:
    base, exponent = interval(base), interval(exponent)
    if base.low < 0:
        raise UnboundedError
    try:
        # For bases from zero on a power rises or falls all the way, in the base as in the exponent.
        return _between(*(math.pow(one, another) for one, another in product(base.ends, exponent.ends)))
    except (ArithmeticError, ValueError):
        raise UnboundedError from None


def _varying_power(base: Any, exponent: Any) -> Interval:
    if interval(base).low <= 0:
        raise UnboundedError
    return _power(base, exponent)


def _spread(value: Any, like: Any) -> Interval:
    return interval(value)


# What the names in a formula's source mean on intervals.
NAMES: Mapping[str, Any] = {
    "exp": _rising(math.exp),
    "log": _rising(math.log),
    "sqrt": _rising(math.sqrt, 0.0),
    "tanh": _rising(math.tanh),
    "sinh": _rising(math.sinh),
    "atan": _rising(math.atan),
    **{name: _rising(FLOAT_NAMES[name]) for name in ("sigmoid", "log_sigmoid")},
    "cosh": _hyperbolic_cosine,
    "tan": _tangent,
    "min": _lower,
    "max": _higher,
    **dict.fromkeys(("where_below", "where_up_to"), _either),
    "sin": _wave,
    "cos": _wave,
    "abs": _absolute,
    "power": _power,
    "varying_power": _varying_power,
    "spread": _spread,
}
