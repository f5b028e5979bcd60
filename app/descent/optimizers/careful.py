"""Arithmetic of rules that anybody types: equal on floats, on arrays and in place to the last bit, and never raising.

A value that there is none of, such as a quotient by zero or the root of a number below zero, is NaN and stays so. On
floats the plain functions raise there, which costs nothing where all goes well; the guarded ones give NaN.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from app.descent.formulas import in_place as inplace
from app.descent.formulas.arithmetic import ARRAY_NAMES, FLOAT_NAMES

One = Callable[..., Any]
Many = Callable[..., Any]
# Before the name of a function, all of whose arguments are the same for all coordinates: numbers, or, in a map, arrays
# with one for each walker.
ALONE = "alone_"
# What formulas have that way already.
_SHARED = ("exp", "log", "sqrt", "sin", "cos", "tan", "atan", "sinh", "cosh", "tanh", "sigmoid", "abs")


def _largest(one: float, other: float) -> float:
    # What is not a number is the larger and the smaller, as in NumPy.
    return one if one > other or one != one else other


def _smallest(one: float, other: float) -> float:
    return one if one < other or one != one else other


def _sign(value: float) -> float:
    return float((value > 0) - (value < 0)) if value == value else value


def _quotient(value: float, by: float) -> float:
    return value / by


def _spread(value: float, like: float) -> float:
    return value


def _put(values: Any, out: Any) -> Any:
    if out is None:
        return values
    out[...] = values
    return out


def _without(values: Any, poles: Any) -> Any:
    if np.any(poles):
        values[...] = np.where(poles, np.nan, values)
    return values


def _quotients(value: Any, by: Any, out: Any = None) -> Any:
    if isinstance(by, float):
        return np.divide(value, by or math.nan, out)
    pole = np.equal(by, 0)
    return _without(np.divide(value, by, out), pole)


def _powers(base: Any, exponent: Any, out: Any = None) -> Any:
    # Where the C library knows no power: of the exponent without end it does.
    pole = np.equal(base, 0) & np.less(exponent, 0) & np.isfinite(exponent)
    return _without(np.float_power(base, exponent, out), pole)


def _spreads(value: Any, like: Any, out: Any = None) -> Any:
    return _put(np.full_like(like, value) if out is None else value, out)


def _in_array(many: Many, *values: float) -> float:
    with np.errstate(all="ignore"):
        return float(many(*(np.array([value]) for value in values))[0])


def _maxima(one: Any, other: Any, out: Any = None) -> Any:
    return np.maximum(one, other, out=out)


def _minima(one: Any, other: Any, out: Any = None) -> Any:
    return np.minimum(one, other, out=out)


# Each function on floats, which may raise, and on arrays, which takes the array that it writes into last. Names that
# nobody types end in _.
_FUNCTIONS: Mapping[str, tuple[One, Many]] = {
    **{name: (FLOAT_NAMES[name], ARRAY_NAMES[name]) for name in _SHARED},
    **{f"{name}_": (FLOAT_NAMES[name], ARRAY_NAMES[name]) for name in ("where_below", "where_up_to")},
    "sign": (_sign, np.sign),
    "max": (_largest, _maxima),
    "min": (_smallest, _minima),
    "power_": (math.pow, _powers),
    "quotient_": (_quotient, _quotients),
    "spread_": (_spread, _spreads),
}


def _guarded(one: One, many: Many) -> One:
    """The function on floats, as it is in arrays where it raises."""

    def answer(*values: float) -> float:
        try:
            return float(one(*values))
        except OverflowError:
            return _in_array(many, *values)
        except (ValueError, ZeroDivisionError):
            return math.nan

    return answer


def _either(one: One, many: Many) -> Callable[..., Any]:
    """The function of numbers or of arrays."""

    def answer(*values: Any) -> Any:
        return one(*values) if all(isinstance(value, float) for value in values) else many(*values)

    return answer


def _with_alone(names: Mapping[str, Any], alone: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**names, **{ALONE + name: function for name, function in alone.items()}}


_PLAIN = {name: one for name, (one, _) in _FUNCTIONS.items()}
_GUARDED = {name: _guarded(one, many) for name, (one, many) in _FUNCTIONS.items()}
_MANY = {name: many for name, (_, many) in _FUNCTIONS.items()}

PLAIN_FLOATS = _with_alone(_PLAIN, _PLAIN)
GUARDED_FLOATS = _with_alone(_GUARDED, _GUARDED)
_ARRAYS = _with_alone(_MANY, {name: _either(_GUARDED[name], many) for name, many in _MANY.items()})

IN_PLACE = {**inplace.NAMES, **_ARRAYS}
ARRAYS = {**_ARRAYS, "max": np.maximum, "min": np.minimum}
