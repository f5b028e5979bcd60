"""What the parts of a formula can be wherever x and y are, and what follows: is it smooth, might a part overflow?

Each part has bounds, and may be known never to be zero. A root, a logarithm, an absolute value, a broken power or a
quotient is smooth where that is known of what it is taken of; where it is not, nothing is claimed.
"""

import math
from collections.abc import Callable, Collection, Sequence
from itertools import product
from typing import NamedTuple, Protocol


class Part(Protocol):
    """An operation on earlier parts, given by their places, or a number, or a name."""

    @property
    def operation(self) -> str:
        """What it is."""

    @property
    def parts(self) -> tuple[int, ...]:
        """The places of what it is made of."""

    @property
    def value(self) -> float | str:
        """The number, the name, or the exponent."""


class Range(NamedTuple):
    """What a part lies between, and whether it is certainly never zero. Both ends may be infinite."""

    low: float
    high: float
    nonzero: bool = False

    @property
    def positive(self) -> bool:
        """Whether it is certainly above zero."""
        return self.low >= 0 and self.nonzero


_ANYTHING = Range(-math.inf, math.inf)
# Of what is as large as a float can be, these may be larger.
_GROWING = ("exp", "sinh", "cosh")
# Up to here from 0 the tangent has no pole.
_QUARTER = 1.5707963


class Ranges:
    """A formula's parts, children before parents, with what is known of each.

    ``varies`` says which parts depend on a variable; parameters are numbers that are not known.
    """

    def __init__(self, parts: Sequence[Part], varies: Callable[[int], bool]) -> None:
        self.parts, self.varies = parts, varies
        self.ranges: list[Range] = []
        for part in parts:
            self.ranges.append(_range(part, [self.ranges[inner] for inner in part.parts]))

    def is_smooth(self, place: int) -> bool:
        """Whether a part certainly has all its derivatives wherever its variables are."""
        return all(self._has_derivatives(self.parts[used]) for used in self._used(place) if self.varies(used))

    def may_overflow(self, place: int) -> bool:
        """Whether something on the way to a part might be too large for a float though the part is not.

        So it is where numbers that grow without bound are divided by, are made small again by a function, or meet.
        """
        used = [self.parts[inner] for inner in self._used(place) if self.varies(inner)]
        if sum(self._explodes(part) for part in used) > 1:
            return True
        return any(self._tames(part) for part in used)

    def _explodes(self, part: Part) -> bool:
        inner = self.ranges[part.parts[0]] if part.operation in _GROWING else None
        return inner is not None and (inner.high == math.inf or (part.operation != "exp" and inner.low == -math.inf))

    def _tames(self, part: Part) -> bool:
        match part.operation:
            case "log" | "power" | "atan":
                return True
            case "/":
                return self.varies(part.parts[1])
            case "fixed power":
                return float(part.value) < 0
            case "exp" | "tanh" | "sqrt" | "sigmoid" | "log_sigmoid":
                return any(self.parts[inner].operation in _GROWING for inner in self._used(part.parts[0]))
        return False

    def _used(self, place: int) -> Collection[int]:
        """The places of all that a part is made of, its own among them."""
        found, waiting = {place}, [place]
        while waiting:
            more = set(self.parts[waiting.pop()].parts) - found
            found |= more
            waiting += more
        return found

    def _has_derivatives(self, part: Part) -> bool:
        inner = [self.ranges[place] for place in part.parts]
        match part.operation:
            case "abs":
                return inner[0].nonzero
            case "sqrt" | "log" | "power":
                return inner[0].positive
            case "fixed power":
                exponent = float(part.value)
                if exponent.is_integer():
                    return exponent > 0 or inner[0].nonzero
                return inner[0].positive
            case "/":
                return inner[1].nonzero or not self.varies(part.parts[1])
            case "tan":
                return inner[0].low > -_QUARTER and inner[0].high < _QUARTER
            case "min" | "max" | "where_below" | "where_up_to":
                return inner[0].high < inner[1].low or inner[1].high < inner[0].low
        return True


def _range(part: Part, inner: list[Range]) -> Range:
    """What is known of a part from what is known of what it is made of."""
    a, b = (*inner, _ANYTHING, _ANYTHING)[:2]
    match part.operation:
        case "number":
            value = float(part.value)
            return Range(value, value, value != 0)
        case "+":
            return _sum(a, b)
        case "-":
            return _sum(a, _negative(b))
        case "negate":
            return _negative(a)
        case "*":
            if part.parts[0] == part.parts[1]:
                return _power(a, 2)
            return _product(a, b)
        case "/":
            return _product(a, _inverse(b))
        case "exp":
            return Range(_grown(math.exp, a.low), _grown(math.exp, a.high), nonzero=True)
        case "power":
            return Range(0.0, math.inf, nonzero=True)
        case "fixed power":
            return _power(a, float(part.value))
        case "sqrt":
            return Range(math.sqrt(max(0.0, a.low)), math.sqrt(max(0.0, a.high)), a.nonzero)
        case "tanh":
            return Range(math.tanh(a.low), math.tanh(a.high), a.nonzero)
        case "sigmoid":
            return Range(0.0, 1.0, nonzero=True)
        case "log_sigmoid":
            return Range(-math.inf, 0.0, nonzero=True)
        case "atan":
            return Range(math.atan(a.low), math.atan(a.high), a.nonzero)
        case "sinh":
            return Range(_grown_both_ways(a.low), _grown_both_ways(a.high), a.nonzero)
        case "cosh":
            return Range(1.0, math.inf, nonzero=True)
        case "min":
            return Range(min(a.low, b.low), min(a.high, b.high), a.nonzero and b.nonzero)
        case "max":
            return Range(max(a.low, b.low), max(a.high, b.high), a.nonzero and b.nonzero)
        case "where_below" | "where_up_to":
            a, b = inner[2:]
            return Range(min(a.low, b.low), max(a.high, b.high), a.nonzero and b.nonzero)
        case "sin" | "cos":
            return Range(-1.0, 1.0)
        case "abs":
            return _magnitude(a)
        case "log":
            low, high = (math.log(end) if end > 0 else -math.inf for end in (a.low, a.high))
            return Range(low, high, low > 0 or high < 0)
    return _ANYTHING


def _sum(a: Range, b: Range) -> Range:
    low, high = a.low + b.low, a.high + b.high
    same_side = min(a.low, b.low) >= 0 or max(a.high, b.high) <= 0
    nonzero = low > 0 or high < 0 or (same_side and (a.nonzero or b.nonzero))
    # Numbers too large for a float are no bounds.
    return Range(-math.inf if math.isnan(low) else low, math.inf if math.isnan(high) else high, nonzero)


def _negative(a: Range) -> Range:
    return Range(-a.high, -a.low, a.nonzero)


def _product(a: Range, b: Range) -> Range:
    ends = [0.0 if 0 in (one, other) else one * other for one, other in product(a[:2], b[:2])]
    return Range(min(ends), max(ends), a.nonzero and b.nonzero)


def _inverse(a: Range) -> Range:
    if a.low < 0 < a.high:
        return Range(-math.inf, math.inf, nonzero=True)
    side = -1.0 if a.high <= 0 else 1.0
    low, high = sorted((abs(a.low), abs(a.high)))
    ends = (side / high if high else side * math.inf, side / low if low else side * math.inf)
    return Range(min(ends), max(ends), nonzero=True)


def _magnitude(a: Range) -> Range:
    low = 0.0 if a.low <= 0 <= a.high else min(abs(a.low), abs(a.high))
    return Range(low, max(abs(a.low), abs(a.high)), a.nonzero)


def _power(a: Range, exponent: float) -> Range:
    if exponent < 0:
        return _inverse(_power(a, -exponent))

    def raised(end: float) -> float:
        return math.copysign(_grown(lambda size: math.pow(size, exponent), abs(end)), end)

    base = a if exponent % 2 == 1 else _magnitude(a)
    return Range(raised(base.low), raised(base.high), base.nonzero)


def _grown_both_ways(value: float) -> float:
    """The hyperbolic sine, where that may be infinite."""
    return math.copysign(_grown(math.sinh, abs(value)), value)


def _grown(function: Callable[[float], float], value: float) -> float:
    try:
        return function(value)
    except OverflowError:
        return math.inf
