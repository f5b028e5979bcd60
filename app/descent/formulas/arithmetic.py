"""What the names in a formula's source mean on floats and on arrays, equal to the last bit."""

import math
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.descent.formulas import in_place as inplace

Array = NDArray[np.float64]


def as_in_arrays(
    one: Callable[[float], float],
    many: Callable[[Any], Any],
    domain: tuple[float, float] = (-math.inf, math.inf),
    beyond: Callable[[float], float] | None = None,
    *,
    both_ways: bool = False,
) -> Callable[[float], float]:
    """Return ``one``, or a function on one number that gives to the last bit what NumPy's ``many`` gives in an array.

    On some machines NumPy computes several at once in its own way, and ends in another last digit than the C library.
    Where thousands of samples do not differ, the C library's function is taken, which is four times faster.
    ``beyond`` answers outside the open ``domain``: ``one``, which raises there, unless something else is given.
    Samples below zero are looked at as well where it is asked for ``both_ways``.
    """
    samples = np.concatenate([np.linspace(1e-3, 30.0, 4000), np.geomspace(1e-12, 700.0, 4000)])
    samples = np.concatenate([-samples, samples]) if both_ways else samples
    agree = many(samples).tolist() == [one(value) for value in samples.tolist()]
    if agree and beyond is None:
        return one
    low, high = domain
    outside = beyond or one
    if agree:
        return lambda value: one(value) if low < value < high else outside(value)
    # A float again, with which everything else is computed several times faster than with what NumPy returns.
    return lambda value: float(many(value)) if low < value < high else outside(value)


def _in_array(function: Callable[..., Any], *values: float) -> float:
    """What the function gives in an array, where that may be infinite."""
    with np.errstate(all="ignore"):
        return float(function(*(np.array([value]) for value in values))[0])


def _power_alone(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return _in_array(np.float_power, base, exponent)


def _power_in_arrays(base: Any, exponent: Any, out: Array | None = None) -> Any:
    """Raise to a power as the C library does, which ``np.power`` does not; NaN where that raises."""
    poles = (np.equal(base, 0) & np.less(exponent, 0)) | np.isnan(base) | np.isnan(exponent)
    return _without(np.float_power(base, exponent, out), poles)


def _varying_power_alone(base: float, exponent: float) -> float:
    """Raise a number above zero; elsewhere there is no logarithm, and so no gradient, whatever the value."""
    if base <= 0:
        raise ValueError("a power needs a base above zero where its exponent varies")
    return _power_alone(base, exponent)


def _varying_power_in_arrays(base: Any, exponent: Any, out: Array | None = None) -> Any:
    poles = np.less_equal(base, 0)
    return _without(_power_in_arrays(base, exponent, out), poles)


# Below it floats lose digits.
_LEAST = sys.float_info.min


def _divide_warily_alone(value: float, by: float) -> float:
    """Divide, but not by what is too large or too small for a float with all its digits: the quotient may be one."""
    return value / by if _LEAST <= abs(by) < math.inf else math.nan


def _log_in_arrays(value: Any, out: Array | None = None) -> Any:
    zero = np.equal(value, 0)
    return _without(np.log(value, out), zero)


def _divide_in_arrays(value: Any, by: Any, out: Array | None = None) -> Any:
    zero = np.equal(by, 0)
    return _without(np.divide(value, by, out), zero)


def _divide_warily_in_arrays(value: Any, by: Any, out: Array | None = None) -> Any:
    size = np.abs(by)
    doubtful = ~(np.greater_equal(size, _LEAST) & np.less(size, np.inf))
    return _without(np.divide(value, by, out), doubtful)


def _without(values: Any, poles: Any) -> Any:
    """Put NaN where on floats an error is raised: what is computed from infinity may be finite again."""
    if poles.any():
        values[...] = np.where(poles, np.nan, values)
    return values


def _kink_in_arrays(value: Array, out: Array | None = None) -> Any:
    kinks = np.where(value == 0, np.nan, 0.0)
    return kinks if out is None else np.copyto(out, kinks)


def _spread_in_arrays(value: Any, like: Array, out: Array | None = None) -> Any:
    return np.full_like(like, value) if out is None else np.copyto(out, value)


_EXP = as_in_arrays(math.exp, np.exp, (-math.inf, 709.0), partial(_in_array, np.exp))
_LOG1P = as_in_arrays(math.log1p, np.log1p, (-1.0, math.inf))


def _sigmoid_alone(value: float) -> float:
    # Of what is raised nothing is too large, and the part that is small keeps its digits.
    part = _EXP(-abs(value))
    return (1.0 if value >= 0 else part) / (1.0 + part)


def _log_sigmoid_alone(value: float) -> float:
    return (value if value < 0 else 0.0) - _LOG1P(_EXP(-abs(value)))


def _lower_alone(one: float, other: float) -> float:
    return other if other < one or other != other else one


def _higher_alone(one: float, other: float) -> float:
    return other if other > one or other != other else one


def _where_below_alone(a: float, b: float, then: float, otherwise: float) -> float:
    return then if a < b else otherwise if a >= b else math.nan


def _where_up_to_alone(a: float, b: float, then: float, otherwise: float) -> float:
    return then if a <= b else otherwise if a > b else math.nan


def _mean_side_alone(a: float, b: float, then: float, otherwise: float) -> float:
    """The derivative of the lower of a and b: at a tie the mean, which is a subgradient of the higher as well."""
    return then if a < b else otherwise if a > b else 0.5 * (then + otherwise) if a == b else math.nan


def _beside_alone(a: float, b: float, then: float, otherwise: float) -> float:
    """A second derivative beside a kink."""
    if a == b:
        raise ValueError("no derivative at a kink")
    return _where_below_alone(a, b, then, otherwise)


# One generated source serves both worlds; only what the names mean differs.
FLOAT_NAMES: dict[str, Any] = {
    "exp": _EXP,
    "log": as_in_arrays(math.log, np.log, (0.0, math.inf)),
    "sqrt": math.sqrt,
    **{name: as_in_arrays(getattr(math, name), getattr(np, name)) for name in ("sin", "cos", "tan", "tanh")},
    "atan": as_in_arrays(math.atan, np.arctan, both_ways=True),
    **{
        name: as_in_arrays(
            getattr(math, name),
            getattr(np, name),
            (-710.0, 710.0),
            partial(_in_array, getattr(np, name)),
            both_ways=True,
        )
        for name in ("sinh", "cosh")
    },
    "sigmoid": _sigmoid_alone,
    "log_sigmoid": _log_sigmoid_alone,
    "abs": abs,
    "min": _lower_alone,
    "max": _higher_alone,
    "where_below": _where_below_alone,
    "where_up_to": _where_up_to_alone,
    "side_below": _where_below_alone,
    "side_up_to": _where_up_to_alone,
    "mean_side": _mean_side_alone,
    "beside": _beside_alone,
    "power": _power_alone,
    "varying_power": _varying_power_alone,
    "wary_quotient": _divide_warily_alone,
    "sign": lambda value: float((value > 0) - (value < 0)),
    "kink": lambda value: _kink(value),
    "spread": lambda value, like: value,
}


def _quiet(function: Callable[..., float]) -> Callable[..., float]:
    """The function, not a number where it raises."""

    def answer(*values: float) -> float:
        try:
            return function(*values)
        except (ArithmeticError, ValueError):
            return math.nan

    return answer


# Where a side is not chosen, it does no harm that it has no value: as in arrays, whose names these are.
QUIET_NAMES: dict[str, Any] = {
    **{name: _quiet(function) for name, function in FLOAT_NAMES.items()},
    "quotient": _quiet(lambda value, by: value / by),
}


def loud(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of two floats that raises ``ValueError`` where a part of its answer is not a number."""

    def answer(x: float, y: float) -> Any:
        found = function(x, y)
        if any(part != part for part in found) if isinstance(found, tuple) else found != found:
            raise ValueError("no value here")
        return found

    return answer


def _written(values: Any, out: Array | None) -> Any:
    return values if out is None else np.copyto(out, values)


def _sigmoid_in_arrays(value: Any, out: Array | None = None) -> Any:
    part = np.exp(-np.abs(value))
    return np.divide(np.where(np.less(value, 0), part, np.where(np.isnan(value), value, 1.0)), 1.0 + part, out)


def _log_sigmoid_in_arrays(value: Any, out: Array | None = None) -> Any:
    return np.subtract(np.where(np.less(value, 0), value, 0.0), np.log1p(np.exp(-np.abs(value))), out)


def _lower_in_arrays(one: Any, other: Any, out: Array | None = None) -> Any:
    return _written(np.where(np.less(other, one) | np.isnan(other), other, one), out)


def _higher_in_arrays(one: Any, other: Any, out: Array | None = None) -> Any:
    return _written(np.where(np.greater(other, one) | np.isnan(other), other, one), out)


def _where_below_in_arrays(a: Any, b: Any, then: Any, otherwise: Any, out: Array | None = None) -> Any:
    return _written(np.where(np.less(a, b), then, np.where(np.greater_equal(a, b), otherwise, np.nan)), out)


def _where_up_to_in_arrays(a: Any, b: Any, then: Any, otherwise: Any, out: Array | None = None) -> Any:
    return _written(np.where(np.less_equal(a, b), then, np.where(np.greater(a, b), otherwise, np.nan)), out)


def _mean_side_in_arrays(a: Any, b: Any, then: Any, otherwise: Any, out: Array | None = None) -> Any:
    tied = np.where(np.equal(a, b), np.multiply(0.5, np.add(then, otherwise)), np.nan)
    return _written(np.where(np.less(a, b), then, np.where(np.greater(a, b), otherwise, tied)), out)


def _beside_in_arrays(a: Any, b: Any, then: Any, otherwise: Any, out: Array | None = None) -> Any:
    return _written(np.where(np.less(a, b), then, np.where(np.greater(a, b), otherwise, np.nan)), out)


# Where NumPy has its own way with the tangent but not with the sine, waves are computed by half angles: six times
# faster in arrays, and off by two of the last digits at most.
HALF_ANGLES = FLOAT_NAMES["sin"] is math.sin and FLOAT_NAMES["tan"] is not math.tan
# With the names that statements without allocation use; what a formula cannot be made of does no harm.
ARRAY_NAMES: dict[str, Any] = {
    **inplace.NAMES,
    **{name: getattr(np, name) for name in ("exp", "sqrt", "sin", "cos", "tan", "tanh", "sinh", "cosh", "abs")},
    "atan": np.arctan,
    "sigmoid": _sigmoid_in_arrays,
    "log_sigmoid": _log_sigmoid_in_arrays,
    "min": _lower_in_arrays,
    "max": _higher_in_arrays,
    **dict.fromkeys(("where_below", "side_below"), _where_below_in_arrays),
    **dict.fromkeys(("where_up_to", "side_up_to"), _where_up_to_in_arrays),
    "mean_side": _mean_side_in_arrays,
    "beside": _beside_in_arrays,
    "log": _log_in_arrays,
    "power": _power_in_arrays,
    "varying_power": _varying_power_in_arrays,
    "quotient": _divide_in_arrays,
    "wary_quotient": _divide_warily_in_arrays,
    "kink": _kink_in_arrays,
    "spread": _spread_in_arrays,
}


def _kink(value: float) -> float:
    """The derivative of the sign: zero wherever it exists, which at zero it does not."""
    if value == 0:
        raise ValueError("no derivative at a kink")
    return 0.0
