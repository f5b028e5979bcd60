"""Numbers whose exponent has no bound: for what is a float in the end though something on the way to it is none.

The logistic curve 1/(1 + exp(-x)) has a slope at -800, and exp(800) is no float. The source that is walked on floats
runs on these numbers too: a mantissa, rounded like a float's, and a whole exponent of any size. What fits a float is
computed as floats are, to the last bit.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Numbers between 2^-1000 and 2^1000 are floats with all their digits.
_COMMON = 1000
# ln 2 times 2^200, for whole numbers are exact.
_PLACES = 200
_LN2 = 1113844574712631719546256151097547306333272293549090750737802
# The exponent of an exponential is as long as the number that is raised is large: so many bits are enough.
_LONGEST = 1_000_000


@dataclass(frozen=True)
class Wide:
    """The number ``mantissa`` · 2^``exponent``, whose mantissa is 0 or of a size from 1/2 to 1.

    Operations raise ``ArithmeticError`` or ``ValueError`` where there is no result, as they do on floats.
    """

    mantissa: float
    exponent: int

    def __add__(self, other: Any) -> "Wide":
        small, large = sorted((self, wide(other)), key=lambda number: (number.mantissa != 0, number.exponent))
        # So far apart, the smaller one changes no digit.
        apart = max(small.exponent - large.exponent, -200) if small.mantissa else 0
        return _made(large.mantissa + math.ldexp(small.mantissa, apart), large.exponent)

    def __sub__(self, other: Any) -> "Wide":
        return self + -wide(other)

    def __mul__(self, other: Any) -> "Wide":
        other = wide(other)
        return _made(self.mantissa * other.mantissa, self.exponent + other.exponent)

    def __truediv__(self, other: Any) -> "Wide":
        other = wide(other)
        return _made(self.mantissa / other.mantissa, self.exponent - other.exponent)

    def __neg__(self) -> "Wide":
        return Wide(-self.mantissa, self.exponent)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: Any) -> "Wide":
        return wide(other) - self

    def __rtruediv__(self, other: Any) -> "Wide":
        return wide(other) / self

    def __float__(self) -> float:
        try:
            return math.ldexp(self.mantissa, self.exponent)
        except OverflowError:
            return math.copysign(math.inf, self.mantissa)

    @property
    def is_common(self) -> bool:
        """Whether it is a float with all its digits."""
        return self.mantissa == 0 or abs(self.exponent) < _COMMON


def _made(mantissa: float, exponent: int) -> Wide:
    mantissa, more = math.frexp(mantissa)
    return Wide(mantissa, exponent + more)


def wide(value: Any) -> Wide:
    """A number as one of these. Raises ``OverflowError`` for a float that is not finite."""
    if isinstance(value, Wide):
        return value
    if isinstance(value, int):
        cut = max(0, value.bit_length() - 60)
        return _made(float(value >> cut), cut)
    if not math.isfinite(value):
        raise OverflowError("not a finite number")
    return _made(value, 0)


def names(floats: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the names in a formula's source mean on these numbers, where ``floats`` says it for floats."""

    def exp(value: Any) -> Wide:
        value = wide(value)
        if value.exponent < -_COMMON or abs(float(value)) < 700:
            return wide(floats["exp"](float(value)))
        if value.exponent > _LONGEST:
            if value.mantissa < 0:
                return Wide(0.0, 0)
            raise OverflowError("an exponent without end")
        shift = value.exponent - 53 + _PLACES
        whole = int(math.ldexp(value.mantissa, 53))
        count, rest = divmod(whole << shift if shift > 0 else whole >> -shift, _LN2)
        return _made(math.exp(rest / 2**_PLACES), count)

    def log(value: Any) -> Wide:
        value = wide(value)
        if value.is_common or value.mantissa < 0:
            return wide(floats["log"](float(value)))
        return wide(value.exponent) * math.log(2) + math.log(value.mantissa)

    def sqrt(value: Any) -> Wide:
        value = wide(value)
        odd = value.exponent % 2
        return _made(math.sqrt(value.mantissa * (1 + odd)), (value.exponent - odd) // 2)

    def near_zero(name: str) -> Callable[[Any], Wide]:
        """A function that is its argument where that is tiny, and elsewhere what floats have."""

        def answer(value: Any) -> Wide:
            value = wide(value)
            return value if value.exponent < -_COMMON else wide(floats[name](float(value)))

        return answer

    def power(base: Any, exponent: Any) -> Wide:
        base, exponent = wide(base), wide(exponent)
        if base.is_common and exponent.is_common:
            alone = floats["power"](float(base), float(exponent))
            if base.mantissa == 0 or 1e-300 < alone < 1e300:
                return wide(alone)
        return exp(exponent * log(base))

    def above_zero(base: Any, exponent: Any) -> Wide:
        base = wide(base)
        if base.mantissa <= 0:
            raise ValueError("a power needs a base above zero where its exponent varies")
        return power(base, exponent)

    def sigmoid(value: Any) -> Wide:
        value = wide(value)
        part = exp(value if value.mantissa < 0 else -value)
        return (part if value.mantissa < 0 else 1.0) / (1.0 + part)

    def log_sigmoid(value: Any) -> Wide:
        value = wide(value)
        if abs(float(value)) < 700:
            return wide(floats["log_sigmoid"](float(value)))
        return value if value.mantissa < 0 else -exp(-value)

    def hyperbolic(name: str, sign: float) -> Callable[[Any], Wide]:
        """The hyperbolic sine or cosine, which is half of an exponential far out."""

        def answer(value: Any) -> Wide:
            value = wide(value)
            if abs(float(value)) < 700:
                return near_zero(name)(value) if sign < 0 else wide(floats[name](float(value)))
            far = exp(value if value.mantissa > 0 else -value) * 0.5
            return far * sign if value.mantissa < 0 else far

        return answer

    def chosen(tied: Callable[[Any, Any], Any]) -> Callable[[Any, Any, Any, Any], Any]:
        """One of two as a is below b or above it, and what is ``tied`` of the two where they are equal."""

        def answer(a: Any, b: Any, then: Any, otherwise: Any) -> Any:
            ahead = (wide(a) - wide(b)).mantissa
            return then if ahead < 0 else otherwise if ahead > 0 else tied(then, otherwise)

        return answer

    def no_side(then: Any, otherwise: Any) -> Any:
        raise ValueError("no derivative at a kink")

    below, up_to = chosen(lambda then, otherwise: otherwise), chosen(lambda then, otherwise: then)

    return {
        "exp": exp,
        "log": log,
        "sqrt": sqrt,
        "sigmoid": sigmoid,
        "log_sigmoid": log_sigmoid,
        "sinh": hyperbolic("sinh", -1.0),
        "cosh": hyperbolic("cosh", 1.0),
        "atan": near_zero("atan"),
        "min": lambda one, other: below(other, one, other, one),
        "max": lambda one, other: below(one, other, other, one),
        **dict.fromkeys(("where_below", "side_below"), below),
        **dict.fromkeys(("where_up_to", "side_up_to"), up_to),
        "mean_side": chosen(lambda then, otherwise: (wide(then) + otherwise) * 0.5),
        "beside": chosen(no_side),
        "sin": near_zero("sin"),
        "cos": lambda value: wide(floats["cos"](float(value))),
        "tan": near_zero("tan"),
        "tanh": near_zero("tanh"),
        "abs": lambda value: Wide(abs(wide(value).mantissa), wide(value).exponent),
        "power": power,
        "varying_power": above_zero,
        "wary_quotient": lambda value, by: wide(value) / by,
        "sign": lambda value: floats["sign"](wide(value).mantissa),
        "kink": lambda value: floats["kink"](wide(value).mantissa),
        "spread": lambda value, like: value,
    }


def retried(plain: Callable[..., Any], again: Callable[[Any, Any], Any]) -> Callable[[float, float], Any]:
    """Return ``plain``, a function of two floats, computed by ``again`` on these numbers where it has no finite value.

    Raises ``ArithmeticError`` or ``ValueError`` where there is none with them either.
    """

    def answer(x: float, y: float) -> Any:
        try:
            found = plain(x, y)
            if math.isfinite(math.fsum(found) if isinstance(found, tuple) else found):
                return found
        except (ArithmeticError, ValueError):
            pass
        found = again(wide(x), wide(y))
        return tuple(map(float, found)) if isinstance(found, tuple) else float(found)

    return answer


def retried_in_arrays(plain: Callable[..., Any], alone: Callable[[float, float], Any]) -> Callable[..., Any]:
    """Return ``plain``, a function of two arrays, with what ``alone`` finds at the places where it is not finite.

    NaN stands where ``alone`` raises.
    """

    def answer(x: NDArray[np.float64], y: NDArray[np.float64]) -> Any:
        found = plain(x, y)
        parts = found if isinstance(found, tuple) else (found,)
        bad = ~np.isfinite(parts).all(axis=0)
        if not bad.any():
            return found
        # One array may stand for several parts, or be what was asked with.
        parts = tuple(np.array(part) for part in parts)
        for place in zip(*np.nonzero(bad), strict=True):
            for part, value in zip(parts, _alone(alone, x[place], y[place], len(parts)), strict=True):
                part[place] = value
        return parts if isinstance(found, tuple) else parts[0]

    return answer


def mend_slopes(
    point: NDArray[np.float64], gradient: NDArray[np.float64], alone: Callable[[float, float], Any]
) -> None:
    """Put what ``alone`` finds, a loss and its gradient, where a gradient of shape (dimensions, n) is not finite."""
    for place in np.nonzero(~np.isfinite(gradient).all(axis=0))[0]:
        x, y = (*point[:, place], 0.0)[:2]
        gradient[:, place] = _alone(alone, x, y, 3)[1 : 1 + len(gradient)]


def _alone(alone: Callable[[float, float], Any], x: Any, y: Any, size: int) -> tuple[float, ...]:
    try:
        found = alone(float(x), float(y))
    except (ArithmeticError, ValueError):
        return (math.nan,) * size
    return found if isinstance(found, tuple) else (found,)
