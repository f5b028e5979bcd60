"""What a rule's numbers certainly lie between, so that only a quotient by what may be zero is looked at twice."""

import ast
import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import NamedTuple


class Range(NamedTuple):
    """The least and the most that a number may be, wherever it is one."""

    low: float = -math.inf
    high: float = math.inf

    @property
    def is_never_zero(self) -> bool:
        """Whether it may certainly be divided by."""
        return self.low > 0 or self.high < 0


ANY, NOT_BELOW_ZERO = Range(), Range(0.0)
_BELOW_ONE = Range(-1.0, 1.0)
_OF_FUNCTION: Mapping[str, Range] = {
    **dict.fromkeys(("sin", "cos", "tanh", "sign"), _BELOW_ONE),
    "sigmoid": Range(0.0, 1.0),
    "exp": NOT_BELOW_ZERO,
    "cosh": Range(1.0),
}


def states_not_below_zero(
    states: Iterable[str], programs: Sequence[Sequence[ast.Assign]], known: Mapping[str, Range]
) -> frozenset[str]:
    """Those parts of a state, 0 at first, which each of the programs leaves at zero or above if they are so before."""
    candidates = frozenset(states)
    while True:
        assumed = {**known, **dict.fromkeys(candidates, NOT_BELOW_ZERO)}
        found = [assigned(program, assumed) for program in programs]
        kept = frozenset(name for name in candidates if all(names.get(f"{name}_next", ANY).low >= 0 for names in found))
        if kept == candidates:
            return kept
        candidates = kept


def assigned(program: Sequence[ast.Assign], known: Mapping[str, Range]) -> dict[str, Range]:
    """The ranges of all names after these lines."""
    names = dict(known)
    for line in program:
        (target,) = line.targets
        assert isinstance(target, ast.Name)
        names[target.id] = range_of(line.value, names)
    return names


def range_of(node: ast.expr, names: Mapping[str, Range]) -> Range:
    """What the expression's value lies between; rounding keeps to it, for it never turns an order round."""
    match node:
        case ast.Constant(value=int() | float() as value):
            return Range(float(value), float(value))
        case ast.Name(id=name):
            return names.get(name, ANY)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            low, high = range_of(operand, names)
            return Range(-high, -low)
        case ast.BinOp(left=ast.Name(id=one), op=ast.Mult(), right=ast.Name(id=other)) if one == other:
            return _square(names.get(one, ANY))
        case ast.BinOp(left=left, op=op, right=right):
            return _of_operation(op, range_of(left, names), range_of(right, names))
        case ast.Call(func=ast.Name(id=function), args=arguments):
            return _of_function(function, [range_of(argument, names) for argument in arguments])
    return ANY


def _of_operation(op: ast.operator, one: Range, other: Range) -> Range:
    match op:
        case ast.Add():
            return _numbers(one.low + other.low, one.high + other.high)
        case ast.Sub():
            return _numbers(one.low - other.high, one.high - other.low)
        case ast.Mult():
            # Nothing times what is as large as you like is nothing.
            corners = [a * b if a and b else 0.0 for a, b in product(one, other)]
            return _numbers(min(corners), max(corners))
        case ast.Div():
            return NOT_BELOW_ZERO if one.low >= 0 and other.low >= 0 else ANY
        case ast.Pow() if other == (2, 2):
            return _square(one)
        case ast.Pow() if one.low >= 0:
            if one.high <= 1 and other.low >= 0:
                return Range(0.0, one.high if other.low >= 1 else 1.0)
            return NOT_BELOW_ZERO
        case ast.Pow() if other.low == other.high and other.low % 2 == 0:
            return NOT_BELOW_ZERO
    return ANY


def _square(one: Range) -> Range:
    least = 0.0 if one.low <= 0 <= one.high else min(abs(one.low), abs(one.high))
    most = max(abs(one.low), abs(one.high))
    return Range(least * least, most * most)


def _of_function(function: str, parts: Sequence[Range]) -> Range:
    match function, parts:
        case "sqrt", [one]:
            return Range(math.sqrt(max(one.low, 0.0)), math.sqrt(max(one.high, 0.0)))
        case "abs", [one]:
            least = 0.0 if one.low <= 0 <= one.high else min(abs(one.low), abs(one.high))
            return Range(least, max(abs(one.low), abs(one.high)))
        case "max", [one, other]:
            return Range(max(one.low, other.low), max(one.high, other.high))
        case "min", [one, other]:
            return Range(min(one.low, other.low), min(one.high, other.high))
    return _OF_FUNCTION.get(function, ANY)


def _numbers(low: float, high: float) -> Range:
    return Range(-math.inf if math.isnan(low) else low, math.inf if math.isnan(high) else high)
