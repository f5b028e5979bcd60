"""Expression text → checked tree → value, gradient and Hessian, compiled for floats and for arrays.

The text is read with ``ast`` against the list of what is allowed and becomes a graph in which equal parts are one node.
Derivatives are added to the same graph, so that they share parts with the value and do not swell. Every number is a
float from the start: nothing here can be made to compute 9**9**9 exactly. See docs/decisions/0002-derivatives.md.
"""

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MAX_LENGTH = 400
MAX_PARTS = 200
MAX_DEPTH = 60
MAX_POWER = 16
MAX_NODES = 4_000

VARIABLES = ("x", "y")
CONSTANTS = {"pi": math.pi}
FUNCTIONS = ("exp", "log", "sqrt", "sin", "cos", "tanh", "abs")

# One generated source serves both worlds; only what the names mean differs.
_FLOAT_NAMES: dict[str, Any] = {
    **{name: getattr(math, name) for name in FUNCTIONS if name != "abs"},
    "abs": abs,
    "power": math.pow,
    "sign": lambda value: float((value > 0) - (value < 0)),
    "kink": lambda value: _kink(value),
    "spread": lambda value, like: value,
}
_ARRAY_NAMES: dict[str, Any] = {
    **{name: getattr(np, name) for name in FUNCTIONS},
    "power": np.power,
    "sign": np.sign,
    "kink": lambda value: np.where(value == 0, np.nan, 0.0),
    "spread": lambda value, like: np.full_like(like, value),
}


def _kink(value: float) -> float:
    """Return the derivative of the sign: zero wherever it exists, which at zero it does not."""
    if value == 0:
        raise ValueError("no derivative at a kink")
    return 0.0


class FormulaError(ValueError):
    """The text is no formula; the message says what is wrong with it and what is allowed."""


class Functions(NamedTuple):
    """A formula with its parameter fixed, over floats or elementwise over arrays of equal shape.

    Every function takes ``(x, y)``; a one-dimensional formula ignores ``y`` and answers 0 for its derivative.
    On floats they raise ``ArithmeticError`` or ``ValueError`` outside the formula's domain, on arrays they give NaN.
    Where the loss is made from data, ``batch_gradient`` takes the rows of a mini-batch as its third argument.
    """

    loss: Callable[[Any, Any], Any]
    loss_and_gradient: Callable[[Any, Any], tuple[Any, Any, Any]]
    hessian: Callable[[Any, Any], tuple[Any, Any, Any]]  # xx, xy, yy
    batch_gradient: Callable[[Any, Any, Any], tuple[Any, Any]] | None = None


@dataclass(frozen=True)
class Formula:
    """A checked expression and the source of its compiled functions."""

    text: str
    dimensions: int
    terms: tuple[str, ...]  # the LaTeX of what is added up, signs included, for a line that may break between them
    smooth: bool  # whether gradient and Hessian are those of one formula everywhere: abs has a kink
    source: str

    @property
    def latex(self) -> str:
        """The formula, typeset."""
        return " ".join(self.terms)

    def bind(self, parameter: float | None, *, arrays: bool = False) -> Functions:
        """Return the functions with the shape parameter fixed."""
        namespace = dict(_ARRAY_NAMES if arrays else _FLOAT_NAMES)
        # The source is printed by this module from a checked tree: names, numbers and the functions above.
        exec(_code(self.source), namespace)
        return Functions(*namespace["bind"](parameter))


@lru_cache(maxsize=256)
def compile_formula(text: str, parameter: str | None = None, axes: tuple[str, ...] = VARIABLES) -> Formula:
    """Return the formula with exact first and second derivatives.

    ``text`` may use ``x``, ``y``, ``pi``, the name of the parameter, numbers, ``+ - * / **`` and ``FUNCTIONS``;
    ``axes`` are the names that the typeset formula shows for x and y.
    Raises ``FormulaError`` with a sentence for anything else, and for what is too long or too deep.
    """
    tree = _parse(text, parameter)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if not names & set(VARIABLES):
        raise FormulaError("the formula uses neither x nor y")
    return Formula(
        text=text,
        dimensions=2 if "y" in names else 1,
        terms=_terms(tree, Latex(dict(zip(VARIABLES, axes, strict=False)))),
        smooth="abs" not in names,
        source=_source(tree, parameter or "p"),
    )


@lru_cache(maxsize=256)
def _code(source: str) -> Any:
    return compile(source, "<formula>", "exec")


def _parse(text: str, parameter: str | None) -> ast.expr:
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"the formula has {len(text)} characters, the most is {MAX_LENGTH}")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise FormulaError("the formula cannot be read; write it like x**2 + 3*y**2") from None
    if sum(1 for _ in ast.walk(tree)) > MAX_PARTS:
        raise FormulaError(f"the formula has more than {MAX_PARTS} parts")
    _check(tree, (*VARIABLES, *CONSTANTS, *([parameter] if parameter else [])), MAX_DEPTH)
    return tree


def _check(node: ast.expr, names: tuple[str, ...], depth: int) -> None:
    if depth == 0:
        raise FormulaError(f"the formula is nested deeper than {MAX_DEPTH} levels")
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            _finite(value)
        case ast.Name(id=name) if name in names:
            pass
        case ast.Name(id=name):
            raise FormulaError(f"'{name}' is not known; the names are {', '.join(names)}")
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            _check(operand, names, depth - 1)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() | ast.Pow(), right=right):
            _check(left, names, depth - 1)
            _check(right, names, depth - 1)
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in FUNCTIONS:
            _check(argument, names, depth - 1)
        case _:
            raise FormulaError(
                f"'{ast.unparse(node)[:40]}' is not allowed; use + - * / ** and {', '.join(FUNCTIONS)} of one argument"
            )


def _finite(value: float) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise FormulaError("a number in the formula is too large: it has no finite value as a float64")
    return number


class _Node(NamedTuple):
    """One part: an operation on earlier parts, given by their places in the graph, or a number, or a name."""

    operation: str
    parts: tuple[int, ...] = ()
    value: float | str = 0.0


class _Graph:
    """A formula and its derivatives as parts that each stand once, children before parents."""

    def __init__(self) -> None:
        self.nodes: list[_Node] = []
        self.places: dict[_Node, int] = {}
        self.derivatives: dict[tuple[int, str], int] = {}

    def put(self, operation: str, *parts: int, value: float | str = 0.0) -> int:
        node = _Node(operation, parts, value)
        if node not in self.places:
            if len(self.nodes) >= MAX_NODES:
                raise FormulaError("the derivatives of this formula are too long; write it more simply")
            self.places[node] = len(self.nodes)
            self.nodes.append(node)
        return self.places[node]

    def number(self, value: float) -> int:
        # Adding zero makes one zero of the two that floats have.
        return self.put("number", value=_finite(value) + 0.0)

    def known(self, place: int) -> float | None:
        """Return the value of a part that is a number."""
        node = self.nodes[place]
        return float(node.value) if node.operation == "number" else None

    def add(self, a: int, b: int) -> int:
        one, other = self.known(a), self.known(b)
        if one is not None and other is not None:
            return self.number(one + other)
        if one == 0:
            return b
        if other == 0:
            return a
        return self.put("+", min(a, b), max(a, b))

    def subtract(self, a: int, b: int) -> int:
        one, other = self.known(a), self.known(b)
        if one is not None and other is not None:
            return self.number(one - other)
        if other == 0:
            return a
        return self.negate(b) if one == 0 else self.put("-", a, b)

    def negate(self, a: int) -> int:
        one = self.known(a)
        return self.number(-one) if one is not None else self.put("negate", a)

    def multiply(self, a: int, b: int) -> int:
        one, other = self.known(a), self.known(b)
        if one is not None and other is not None:
            return self.number(one * other)
        if other is not None:
            a, b, one = b, a, other
        if one == 0 or one == 1:
            return a if one == 0 else b
        if one == -1:
            return self.negate(b)
        inner = self.nodes[b]
        if one is not None and inner.operation == "*" and (factor := self.known(inner.parts[0])) is not None:
            return self.multiply(self.number(one * factor), inner.parts[1])
        return self.put("*", a, b) if one is not None else self.put("*", min(a, b), max(a, b))

    def divide(self, a: int, b: int) -> int:
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
        base, exponent = self.known(a), self.known(b)
        if base is not None and exponent is not None:
            return self.number(_folded(math.pow, base, exponent))
        if base is not None and base <= 0:
            raise FormulaError("a power needs a base above zero where its exponent varies")
        if exponent is not None:
            return self.fixed_power(a, exponent)
        return self.put("power", a, b)

    def fixed_power(self, a: int, exponent: float) -> int:
        if abs(exponent) > MAX_POWER:
            raise FormulaError(f"the power {exponent:g} is too high, the most is {MAX_POWER}")
        if exponent == 0:
            return self.number(1)
        if exponent == 1:
            return a
        return self.call("sqrt", a) if exponent == 0.5 else self.put("fixed power", a, value=exponent)

    def call(self, name: str, a: int) -> int:
        argument = self.known(a)
        if argument is not None:
            return self.number(_folded(_FLOAT_NAMES[name], argument))
        return self.put(name, a)

    def read(self, node: ast.expr) -> int:
        """Put a checked tree into the graph and return its place."""
        match node:
            case ast.Constant(value=int() | float() as value):
                return self.number(float(value))
            case ast.Name(id=name) if name in CONSTANTS:
                return self.number(CONSTANTS[name])
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
            case ast.Call(func=ast.Name(id=name), args=[argument]):
                return self.call(name, self.read(argument))
        raise AssertionError(node)  # pragma: no cover - the tree was checked

    def derivative(self, place: int, name: str) -> int:
        """Return the place of the derivative by ``x`` or ``y``."""
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
                # (a^b)' = a^b (b' log a + b a'/a)
                growth = self.multiply(db, self.call("log", a))
                return self.multiply(place, self.add(growth, self.divide(self.multiply(b, da), a)))
            case "fixed power":
                exponent = float(value)
                lower = self.fixed_power(a, exponent - 1) if exponent > 1 - MAX_POWER else self.divide(place, a)
                return self.multiply(self.multiply(self.number(exponent), lower), da)
        return self.multiply(self._outer(operation, a, place), da)

    def _outer(self, function: str, a: int, place: int) -> int:
        """Return the derivative of a function of one argument by that argument."""
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
            case "abs":
                return self.call("sign", a)
            case "sign" | "kink":
                # Zero wherever it exists; at the kink itself nothing is claimed.
                return self.call("kink", a)
        raise AssertionError(function)  # pragma: no cover - all functions are above

    def depends_on(self, place: int) -> frozenset[str]:
        """Return the names that a part depends on."""
        found: set[str] = set()
        waiting, seen = [place], {place}
        while waiting:
            node = self.nodes[waiting.pop()]
            if node.operation == "name":
                found.add(str(node.value))
            waiting.extend(part for part in node.parts if part not in seen)
            seen.update(node.parts)
        return frozenset(found)


def _folded(function: Callable[..., float], *arguments: float) -> float:
    try:
        return _finite(function(*arguments))
    except (ArithmeticError, ValueError):
        raise FormulaError("a part of the formula has no finite value") from None


def _source(tree: ast.expr, parameter: str) -> str:
    """Return the source of ``bind(parameter)``, which returns the loss, the loss with gradient, and the Hessian."""
    graph = _Graph()
    loss = graph.read(tree)
    slope_x, slope_y = graph.derivative(loss, "x"), graph.derivative(loss, "y")
    curvature = (graph.derivative(slope_x, "x"), graph.derivative(slope_x, "y"), graph.derivative(slope_y, "y"))
    writer = _Writer(graph, parameter)
    bodies = [
        writer.function("loss", [loss]),
        writer.function("loss_and_gradient", [loss, slope_x, slope_y]),
        writer.function("hessian", list(curvature)),
    ]
    return "\n".join(
        [
            f"def bind({parameter}):",
            *writer.once,
            *(line for body in bodies for line in body),
            "    return loss, loss_and_gradient, hessian",
        ]
    )


class _Writer:
    """Writes parts of a graph as Python: what is used twice gets a name, what only the parameter decides is hoisted."""

    # Deeper expressions are cut into named parts: Python's own parser has a limit.
    DEEPEST = 20

    def __init__(self, graph: _Graph, parameter: str) -> None:
        self.graph = graph
        self.parameter = parameter
        self.once: list[str] = []
        self.hoisted: dict[int, str] = {}

    def function(self, name: str, results: list[int]) -> list[str]:
        """Return the lines of one function of x and y."""
        uses = self._uses(results)
        lines: list[str] = []
        written: dict[int, tuple[str, int]] = {}
        for place in sorted(uses):
            text, depth = self._write(place, written)
            if self._is_fixed(place) and depth > 0:
                text, depth = self._hoist(place, text), 0
            elif depth > 0 and (uses[place] > 1 or depth > self.DEEPEST):
                lines.append(f"        t{place} = {text}")
                text, depth = f"t{place}", 0
            written[place] = (text, depth)
        answers = [
            written[place][0] if self.graph.depends_on(place) & set(VARIABLES) else f"spread({written[place][0]}, x)"
            for place in results
        ]
        return [f"    def {name}(x, y):", *lines, f"        return {', '.join(answers)}"]

    def _uses(self, results: list[int]) -> dict[int, int]:
        uses: dict[int, int] = {}
        waiting = list(results)
        while waiting:
            place = waiting.pop()
            uses[place] = uses.get(place, 0) + 1
            if uses[place] == 1:
                node = self.graph.nodes[place]
                # A whole power is written as a product, and so names its base.
                waiting.extend(node.parts * (2 if node.operation == "fixed power" else 1))
        return uses

    def _is_fixed(self, place: int) -> bool:
        return self.graph.depends_on(place) == {self.parameter}

    def _hoist(self, place: int, text: str) -> str:
        if place not in self.hoisted:
            self.hoisted[place] = f"c{place}"
            self.once.append(f"    c{place} = {text}")
        return self.hoisted[place]

    def _write(self, place: int, written: dict[int, tuple[str, int]]) -> tuple[str, int]:
        """Return a part as text and how deep it is nested."""
        operation, parts, value = self.graph.nodes[place]
        if operation == "number":
            return (repr(value) if float(value) >= 0 else f"({value!r})"), 0
        if operation == "name":
            return str(value), 0
        texts = [written[part][0] for part in parts]
        depth = 1 + max(written[part][1] for part in parts)
        match operation:
            case "+" | "-" | "*" | "/":
                return f"({texts[0]}{operation}{texts[1]})", depth
            case "negate":
                return f"(-{texts[0]})", depth
            case "power":
                return f"power({texts[0]}, {texts[1]})", depth
            case "fixed power":
                return _power(texts[0], float(value)), depth
        return f"{operation}({texts[0]})", depth


def _power(base: str, exponent: float) -> str:
    """Write small whole powers as products, which are faster than any power on floats and on arrays alike."""
    if not exponent.is_integer():
        return f"power({base}, {exponent!r})"
    whole = abs(int(exponent))
    if whole <= 3:
        product = "*".join([base] * whole)
    else:
        half = _power(base, float(whole // 2))
        product = f"{half}*{half}" + (f"*{base}" if whole % 2 else "")
    return f"({product})" if exponent > 0 else f"(1.0/({product}))"


def _terms(tree: ast.expr, latex: "Latex") -> tuple[str, ...]:
    match tree:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return (*_terms(left, latex), f"+ {latex.behind(right)}")
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return (*_terms(left, latex), f"- {latex.behind(right, ast.Add, ast.Sub)}")
    return (latex.visit(tree),)


class Latex(ast.NodeVisitor):
    """Writes a checked tree as LaTeX, in the order in which it was typed.

    ``names`` gives what a name is written as, where that is not itself or a Greek letter. ``times`` stands between
    factors that do not begin with a digit, which would run into the one before.
    """

    def __init__(self, names: Mapping[str, str] | None = None, times: str = r"\,") -> None:
        self.names = names or {}
        self.times = times

    def visit_Constant(self, node: ast.Constant) -> str:  # noqa: D102 - the five visitors do what their names say
        digits, _, exponent = repr(node.value).partition("e")
        return rf"{digits} \cdot 10^{{{int(exponent)}}}" if exponent else digits.removesuffix(".0")

    def visit_Name(self, node: ast.Name) -> str:  # noqa: D102
        if node.id in self.names:
            return self.names[node.id]
        return node.id if len(node.id) == 1 else rf"\{node.id}"

    def visit_UnaryOp(self, node: ast.UnaryOp) -> str:  # noqa: D102
        sign = "-" if isinstance(node.op, ast.USub) else ""
        return sign + self._grouped(node.operand, ast.Add, ast.Sub)

    def visit_BinOp(self, node: ast.BinOp) -> str:  # noqa: D102
        match node.op:
            case ast.Add():
                return f"{self.visit(node.left)} + {self.behind(node.right)}"
            case ast.Sub():
                return f"{self.visit(node.left)} - {self.behind(node.right, ast.Add, ast.Sub)}"
            case ast.Mult():
                left = self._grouped(node.left, ast.Add, ast.Sub)
                right = self.behind(node.right, ast.Add, ast.Sub)
                return left + (r" \cdot " if right[0].isdigit() else self.times) + right
            case ast.Div():
                return rf"\frac{{{self.visit(node.left)}}}{{{self.visit(node.right)}}}"
        base = self._grouped(node.left, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
        if isinstance(node.left, ast.Call | ast.UnaryOp):
            base = rf"\left({self.visit(node.left)}\right)"
        return f"{base}^{{{self.visit(node.right)}}}"

    def visit_Call(self, node: ast.Call) -> str:  # noqa: D102
        name, argument = ast.unparse(node.func), ", ".join(map(self.visit, node.args))
        match name:
            case "exp":
                return "e" if argument == "1" else f"e^{{{argument}}}"
            case "sqrt":
                return rf"\sqrt{{{argument}}}"
            case "abs":
                return rf"\left|{argument}\right|"
            case "sign":
                return rf"\mathrm{{sign}}\left({argument}\right)"
        return rf"\{name}\left({argument}\right)"

    def behind(self, node: ast.expr, *loose: type[ast.operator]) -> str:
        """Write what stands behind an operator: a sign there needs brackets."""
        text = self._grouped(node, *loose)
        return rf"\left({text}\right)" if text.startswith("-") else text

    def _grouped(self, node: ast.expr, *loose: type[ast.operator]) -> str:
        inner = str(self.visit(node))
        if isinstance(node, ast.BinOp) and isinstance(node.op, loose):
            return rf"\left({inner}\right)"
        return inner
