"""Arithmetic on arrays without allocation: each operation of a few assignments writes into a buffer that is free.

The source that a formula or a rule is walked by on one number becomes the source that walks thousands at once: the same
operations on the same operands in the same order, so that each number comes out as it does alone, to the last bit.
"""

import ast
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_OPERATORS: Mapping[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("add", "+"),
    ast.Sub: ("subtract", "-"),
    ast.Mult: ("multiply", "*"),
    ast.Div: ("divide", "/"),
}


def _power(base: Any, exponent: Any, out: NDArray[np.float64] | None = None) -> Any:
    """Raise to a power as the C library does, which ``np.power`` does not: it has an own way with many at once."""
    if out is None and isinstance(base, float) and isinstance(exponent, float):
        return base**exponent
    return np.float_power(base, exponent, out)


# What the written source calls. Every function takes the array that it writes into last.
NAMES: Mapping[str, Any] = {
    **{name: getattr(np, name) for name in ("add", "subtract", "multiply", "divide", "negative", "copyto")},
    **{name: getattr(np, name) for name in ("sqrt", "sign")},
    "max": lambda one, other, out: np.maximum(one, other, out=out),
    "power": _power,
}


class Program(NamedTuple):
    """The statements, the scratch arrays they use, and the array that holds each name which outlives them."""

    statements: list[str]
    scratch: list[str]
    places: dict[str, str]


class _Value(NamedTuple):
    """A part of an expression as text. ``spare`` says that it is an array which only the next operation needs."""

    text: str
    is_array: bool = False
    spare: bool = False


def in_place(
    assignments: Sequence[ast.Assign],
    arrays: Collection[str],
    *,
    spent: Collection[str] = (),
    kept: Collection[str] = (),
    into: Mapping[str, str] | None = None,
) -> Program:
    """The assignments as calls that write into arrays.

    ``arrays`` are the names that hold arrays at the beginning, ``spent`` those of them that may be overwritten after
    their last use; all other names are numbers. ``kept`` are the names that are needed afterwards, and ``into`` gives
    those that must end in a certain array. Each name is assigned once.
    """
    return _Writer(assignments, arrays, spent, kept, into or {}).program()


class _Writer:
    def __init__(
        self,
        assignments: Sequence[ast.Assign],
        arrays: Collection[str],
        spent: Collection[str],
        kept: Collection[str],
        into: Mapping[str, str],
    ) -> None:
        self.assignments, self.into, self.kept = assignments, into, kept
        self.places = {name: name for name in arrays}
        self.uses = Counter(
            node.id for assignment in assignments for node in ast.walk(assignment.value) if isinstance(node, ast.Name)
        )
        self.lasting = {*kept, *into, *(set(arrays) - set(spent))}
        self.statements: list[str] = []
        self.scratch: list[str] = []
        self.free: list[str] = []

    def program(self) -> Program:
        self._free(self.places)
        for assignment in self.assignments:
            (target,) = assignment.targets
            assert isinstance(target, ast.Name)
            out = self.into.get(target.id)
            value = self._value(assignment.value, out)
            if value.is_array:
                self.places[target.id] = self._own(value, out)
            else:
                self.statements.append(f"{target.id} = {value.text}")
            # Within a statement an operand may still be waiting for its turn.
            self._free(node.id for node in ast.walk(assignment.value) if isinstance(node, ast.Name))
        return Program(self.statements, self.scratch, {name: self.places.get(name, name) for name in self.kept})

    def _free(self, names: Iterable[str]) -> None:
        over = {name for name in names if name in self.places and not self.uses[name] and name not in self.lasting}
        self.free += sorted(self.places[name] for name in over)

    def _value(self, node: ast.expr, out: str | None = None) -> _Value:
        match node:
            case ast.Name(id=name) if name in self.places:
                self.uses[name] -= 1
                return _Value(self.places[name], is_array=True)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return self._call(*_OPERATORS[type(op)], [self._value(left), self._value(right)], out)
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                return self._call("power", None, [self._value(left), self._value(right)], out)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._call("negative", "-", [_Value(""), self._value(operand)], out)
            case ast.Call(func=ast.Name(id=function), args=arguments):
                return self._call(function, None, [self._value(argument) for argument in arguments], out)
        return _Value(ast.unparse(node))

    def _call(self, function: str, symbol: str | None, parts: list[_Value], out: str | None) -> _Value:
        """Write the call where one of the parts is an array; what is made of numbers stays an expression."""
        texts = [part.text for part in parts]
        if not any(part.is_array for part in parts):
            return _Value(f"({symbol.join(texts)})" if symbol else f"{function}({', '.join(texts)})")
        spare = [part.text for part in parts if part.spare]
        place = out or (spare.pop(0) if spare else self._buffer())
        self.free += spare
        self.statements.append(f"{function}({', '.join(filter(None, [*texts, place]))})")
        return _Value(place, is_array=True, spare=out is None)

    def _own(self, value: _Value, out: str | None) -> str:
        """The array that holds the value for good: a copy, where it still belongs to another name."""
        if value.spare or value.text == out:
            return value.text
        place = out or self._buffer()
        self.statements.append(f"copyto({place}, {value.text})")
        return place

    def _buffer(self) -> str:
        if not self.free:
            self.scratch.append(f"scratch{len(self.scratch)}")
            self.free.append(self.scratch[-1])
        return self.free.pop()
