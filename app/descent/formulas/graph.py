"""A checked tree as a graph in which equal parts are one node, and its derivatives, added to the same graph."""

import ast
import math
from collections.abc import Callable, Mapping
from functools import reduce
from typing import NamedTuple

from app.descent.formulas.arithmetic import FLOAT_NAMES
from app.descent.formulas.notation import FormulaError, finite
from app.descent.formulas.vocabulary import NUMBERS

# The derivatives of what is one or the other: that of the side which is chosen.
_SIDES = {"where_below": "side_below", "where_up_to": "side_up_to"}
MAX_POWER = 16
MAX_NODES = 4_000


class _Node(NamedTuple):
    """One part: an operation on earlier parts, given by their places in the graph, or a number, or a name."""

    operation: str
    parts: tuple[int, ...] = ()
    value: float | str = 0.0


class Graph:
    """A formula and its derivatives as parts that each stand once, children before parents."""

    def __init__(self, *, capped: bool = True) -> None:
        self.capped = capped
        self.nodes: list[_Node] = []
        self.places: dict[_Node, int] = {}
        self.names: list[frozenset[str]] = []  # that each part depends on
        self.derivatives: dict[tuple[int, str], int] = {}

    def put(self, operation: str, *parts: int, value: float | str = 0.0) -> int:
        """The place of this part, which is added where it is new. Raises ``FormulaError`` where there are too many."""
        node = _Node(operation, parts, value)
        if node not in self.places:
            if self.capped and len(self.nodes) >= MAX_NODES:
                raise FormulaError("the derivatives of this formula are too long; write it more simply")
            self.places[node] = len(self.nodes)
            self.nodes.append(node)
            own = {str(value)} if operation == "name" else ()
            self.names.append(frozenset().union(own, *(self.names[part] for part in parts)))
        return self.places[node]

    def number(self, value: float) -> int:
        """The place of a number. Raises ``FormulaError`` where it is not finite."""
        # Adding zero makes one zero of the two that floats have.
        return self.put("number", value=finite(value) + 0.0)

    def known(self, place: int) -> float | None:
        """The value of a part that is a number."""
        node = self.nodes[place]
        return float(node.value) if node.operation == "number" else None

    def add(self, a: int, b: int) -> int:
        """The place of a + b."""
        one, other = self.known(a), self.known(b)
        if one is not None and other is not None:
            return self.number(one + other)
        if one == 0:
            return b
        if other == 0:
            return a
        # Signs cost a pass over all walkers, and moving them changes no digit.
        if self.nodes[b].operation == "negate":
            return self.subtract(a, self.nodes[b].parts[0])
        if self.nodes[a].operation == "negate":
            return self.subtract(b, self.nodes[a].parts[0])
        return self.put("+", min(a, b), max(a, b))

    def subtract(self, a: int, b: int) -> int:
        """The place of a - b."""
        one, other = self.known(a), self.known(b)
        if one is not None and other is not None:
            return self.number(one - other)
        if other == 0:
            return a
        if one == 0:
            return self.negate(b)
        inner = self.nodes[b]
        if one == 1 and inner.operation == "sigmoid":
            # Where the sigmoid is 1 to rounding, the difference would have lost its digits.
            return self.call("sigmoid", self.negate(inner.parts[0]))
        if inner.operation == "negate":
            return self.add(a, inner.parts[0])
        if inner.operation == "*" and (self.known(inner.parts[0]) or 0.0) < 0:
            return self.add(a, self.negate(b))
        return self.put("-", a, b)

    def negate(self, a: int) -> int:
        """The place of -a."""
        one, inner = self.known(a), self.nodes[a]
        if one is not None:
            return self.number(-one)
        if inner.operation == "negate":
            return inner.parts[0]
        if inner.operation == "*" and (factor := self.known(inner.parts[0])) is not None:
            return self.multiply(self.number(-factor), inner.parts[1])
        return self.put("negate", a)

    def multiply(self, a: int, b: int) -> int:
        """The place of a * b."""
        one, other = self.known(a), self.known(b)
        if one is not None and other is not None:
            return self.number(one * other)
        if other is not None:
            a, b, one = b, a, other
        if one == 0 or one == 1:
            return a if one == 0 else b
        if one == -1:
            return self.negate(b)
        for part, rest in ((a, b), (b, a)):
            if self.nodes[part].operation == "negate":
                return self.negate(self.multiply(self.nodes[part].parts[0], rest))
        inner = self.nodes[b]
        if one is not None and inner.operation == "*" and (factor := self.known(inner.parts[0])) is not None:
            return self.multiply(self.number(one * factor), inner.parts[1])
        return self.put("*", a, b) if one is not None else self.put("*", min(a, b), max(a, b))

    def divide(self, a: int, b: int) -> int:
        """The place of a / b. Raises ``FormulaError`` where b is zero."""
        one, other = self.known(a), self.known(b)
        if other == 0:
            raise FormulaError("a part of the formula divides by zero and has no finite value")
        if one is not None and other is not None:
            return self.number(one / other)
        if other is not None and math.frexp(other)[0] in (0.5, -0.5) and abs(other) > 1e-300:
            # Halves, quarters and so on are exact, and a product is faster than a quotient.
            return self.multiply(self.number(1 / other), a)
        return a if one == 0 or other == 1 else self.put("/", a, b)

    def power(self, a: int, b: int) -> int:
        """The place of a to the power b. Raises ``FormulaError`` where it has no value."""
        base, exponent = self.known(a), self.known(b)
        if base is not None and exponent is not None:
            return self.number(_folded(math.pow, base, exponent))
        if base is not None and base <= 0:
            raise FormulaError("a power needs a base above zero where its exponent varies")
        if exponent is not None:
            return self.fixed_power(a, exponent)
        return self.put("power", a, b)

    def fixed_power(self, a: int, exponent: float) -> int:
        """The place of a power with a fixed exponent. Raises ``FormulaError`` where that is too high."""
        if abs(exponent) > MAX_POWER:
            raise FormulaError(f"the power {exponent:g} is too high, the most is {MAX_POWER}")
        if exponent == 0:
            return self.number(1)
        if exponent == 1:
            return a
        return self.call("sqrt", a) if exponent == 0.5 else self.put("fixed power", a, value=exponent)

    def call(self, name: str, a: int) -> int:
        """The place of a function of a."""
        argument, inner = self.known(a), self.nodes[a]
        if argument is not None:
            return self.number(_folded(FLOAT_NAMES[name], argument))
        if name == "log" and inner.operation == "sigmoid":
            return self.put("log_sigmoid", *inner.parts)
        return self.put(name, a)

    def choose(self, name: str, a: int, b: int) -> int:
        """The place of the lower or the higher of two parts: ``name`` is min or max."""
        one, other = self.known(a), self.known(b)
        if one is not None and other is not None:
            return self.number(FLOAT_NAMES[name](one, other))
        return a if a == b else self.put(name, min(a, b), max(a, b))

    def where(self, name: str, a: int, b: int, then: int, otherwise: int) -> int:
        """The place of one of two parts: ``name`` is where_below, for a < b, or where_up_to, for a <= b."""
        one, other = self.known(a), self.known(b)
        if one is not None and other is not None:
            return then if one < other or (one == other and name == "where_up_to") else otherwise
        return self.put(name, a, b, then, otherwise)

    def read(self, node: ast.expr) -> int:
        """Put a checked tree into the graph and return its place."""
        match node:
            case ast.Constant(value=int() | float() as value):
                return self.number(float(value))
            case ast.Name(id=name) if name in NUMBERS:
                return self.number(NUMBERS[name])
            case ast.Name(id=name):
                return self.put("name", value=name)
            case ast.UnaryOp(op=op, operand=operand):
                return self.negate(self.read(operand)) if isinstance(op, ast.USub) else self.read(operand)
            case ast.BinOp(left=left, op=op, right=right):
                combine = {
                    ast.Add: self.add,
                    ast.Sub: self.subtract,
                    ast.Mult: self.multiply,
                    ast.Div: self.divide,
                    ast.Pow: self.power,
                }[type(op)]
                return combine(self.read(left), self.read(right))
            case ast.Call(func=ast.Name(id="where"), args=[ast.Compare() as condition, then, otherwise]):
                return self._read_where(condition, self.read(then), self.read(otherwise))
            case ast.Call(func=ast.Name(id="min" | "max" as name), args=arguments):
                return reduce(lambda one, other: self.choose(name, one, other), map(self.read, arguments))
            case ast.Call(func=ast.Name(id=name), args=[argument]):
                return self.call(name, self.read(argument))
        raise AssertionError(node)  # pragma: no cover - the tree was checked

    def _read_where(self, condition: ast.Compare, then: int, otherwise: int) -> int:
        a, b = self.read(condition.left), self.read(condition.comparators[0])
        match condition.ops[0]:
            case ast.Lt():
                return self.where("where_below", a, b, then, otherwise)
            case ast.LtE():
                return self.where("where_up_to", a, b, then, otherwise)
            case ast.Gt():
                return self.where("where_below", b, a, then, otherwise)
        return self.where("where_up_to", b, a, then, otherwise)

    def derivative(self, place: int, name: str) -> int:
        """The place of the derivative by ``x`` or ``y``."""
        key = (place, name)
        if key not in self.derivatives:
            self.derivatives[key] = self._derive(place, name)
        return self.derivatives[key]

    def _derive(self, place: int, name: str) -> int:
        operation, parts, value = self.nodes[place]
        if operation in ("number", "name"):
            return self.number(float(value == name))
        inner = [self.derivative(part, name) for part in parts]
        if all(self.known(slope) == 0 for slope in inner):
            return self.number(0)
        a, b = parts[0], parts[-1]
        da, db = inner[0], inner[-1]
        match operation:
            case "+":
                return self.add(da, db)
            case "-":
                return self.subtract(da, db)
            case "*":
                return self.add(self.multiply(da, b), self.multiply(a, db))
            case "/":
                return self.divide(self.subtract(da, self.multiply(place, db)), b)
            case "power":
                # (a^b)' = a^b (b' log a + b a'/a); with a fixed b it is b a^(b-1) a', which is there at 0, too.
                if self.known(db) == 0:
                    lower = self.power(a, self.subtract(b, self.number(1)))
                    return self.multiply(self.multiply(b, lower), da)
                growth = self.multiply(db, self.call("log", a))
                return self.multiply(place, self.add(growth, self.divide(self.multiply(b, da), a)))
            case "fixed power":
                exponent = float(value)
                lower = self.fixed_power(a, exponent - 1) if exponent > 1 - MAX_POWER else self.divide(place, a)
                return self.multiply(self.multiply(self.number(exponent), lower), da)
            case "min":
                return self.put("mean_side", a, b, da, db)
            case "max":
                return self.put("mean_side", b, a, da, db)
            case "where_below" | "where_up_to":
                return self.put(_SIDES[operation], *parts[:2], *inner[2:])
            case "mean_side" | "side_below" | "side_up_to" | "beside":
                # At a kink itself nothing is claimed.
                return self.put("beside", *parts[:2], *inner[2:])
        return self.multiply(self._outer(operation, a, place), da)

    def _outer(self, function: str, a: int, place: int) -> int:
        """The derivative of a function of one argument by that argument."""
        match function:
            case "negate":
                return self.number(-1)
            case "exp":
                return place
            case "log":
                return self.divide(self.number(1), a)
            case "sqrt":
                return self.divide(self.number(0.5), place)
            case "sin":
                return self.call("cos", a)
            case "cos":
                return self.negate(self.call("sin", a))
            case "tanh":
                return self.subtract(self.number(1), self.multiply(place, place))
            case "tan":
                return self.add(self.number(1), self.multiply(place, place))
            case "atan":
                return self.divide(self.number(1), self.add(self.number(1), self.multiply(a, a)))
            case "sinh":
                return self.call("cosh", a)
            case "cosh":
                return self.call("sinh", a)
            case "sigmoid":
                return self.multiply(place, self.call("sigmoid", self.negate(a)))
            case "log_sigmoid":
                return self.call("sigmoid", self.negate(a))
            case "abs":
                return self.call("sign", a)
            case "sign" | "kink":
                # Zero wherever it exists; at the kink itself nothing is claimed.
                return self.call("kink", a)
        raise AssertionError(function)  # pragma: no cover - all functions are above

    def by_half_angles(self) -> tuple["Graph", Mapping[int, int]]:
        """The graph with waves as fractions of t = tan(a/2), and the places there of the parts here.

        sin(a) = 2t/(1 + t²) and cos(a) = (1 - t)(1 + t)/(1 + t²), whose denominator is never zero.
        """
        other, places = Graph(capped=False), dict[int, int]()
        for place, (operation, parts, value) in enumerate(self.nodes):
            moved = [places[part] for part in parts]
            if operation in ("sin", "cos"):
                t = other.put("tan", other.multiply(other.number(0.5), *moved))
                one = other.number(1)
                upper = other.multiply(other.add(one, t), other.subtract(one, t))
                upper = other.multiply(other.number(2), t) if operation == "sin" else upper
                places[place] = other.put("over", upper, other.add(one, other.multiply(t, t)))
            elif operation == "*" and other.nodes[moved[1]].operation == "over" and other.known(moved[0]) is not None:
                # The factor goes to that of the sine.
                upper, lower = other.nodes[moved[1]].parts
                places[place] = other.put("over", other.multiply(moved[0], upper), lower)
            else:
                places[place] = other.put(operation, *moved, value=value)
        return other, places

    def depends_on(self, place: int) -> frozenset[str]:
        """The names that a part depends on."""
        return self.names[place]


def _folded(function: Callable[..., float], *arguments: float) -> float:
    try:
        return finite(function(*arguments))
    except (ArithmeticError, ValueError):
        raise FormulaError("a part of the formula has no finite value") from None
