"""Expression text → checked tree → value, gradient and Hessian, compiled for floats and for arrays.

SymPy never sees raw text, because its own parser runs Python. The text is read with ``ast`` against the list of what is
allowed; numbers are folded to floats and exponents are capped first, because ``9**9**9`` hangs behind any such list.
"""

import ast
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple

import numpy as np

MAX_LENGTH = 400
MAX_NODES = 200
MAX_DEPTH = 24
MAX_POWER = 16
MAX_OPERATIONS = 4_000

VARIABLES = ("x", "y")
FUNCTIONS = ("exp", "log", "sqrt", "sin", "cos", "tanh", "abs")

# One generated source serves both worlds; only what the names mean differs.
_FLOAT_NAMES: dict[str, Any] = {
    **{name: getattr(math, name) for name in FUNCTIONS if name != "abs"},
    "abs": abs,
    "power": math.pow,
    "sign": lambda value: (value > 0) - (value < 0),
}
_ARRAY_NAMES: dict[str, Any] = {
    **{name: getattr(np, name) for name in FUNCTIONS},
    "power": np.power,
    "sign": np.sign,
}


class FormulaError(ValueError):
    """The text is no formula; the message says what is wrong with it and what is allowed."""


class Functions(NamedTuple):
    """A formula with its parameter fixed, over floats or elementwise over arrays of equal shape.

    Every function takes ``(x, y)``; a one-dimensional formula ignores ``y`` and answers 0 for its derivative.
    On floats they raise ``ArithmeticError`` or ``ValueError`` outside the formula's domain, on arrays they give NaN.
    """

    loss: Callable[[Any, Any], Any]
    loss_and_gradient: Callable[[Any, Any], tuple[Any, Any, Any]]
    hessian: Callable[[Any, Any], tuple[Any, Any, Any]]  # xx, xy, yy


@dataclass(frozen=True)
class Formula:
    """A checked expression and the source of its compiled functions."""

    text: str
    dimensions: int
    latex: str
    source: str

    def bind(self, parameter: float | None, *, arrays: bool = False) -> Functions:
        """Return the functions with the shape parameter fixed."""
        namespace = dict(_ARRAY_NAMES if arrays else _FLOAT_NAMES)
        # The source is printed by this module from a checked tree: names, numbers and the functions above.
        exec(_code(self.source), namespace)
        return Functions(*namespace["bind"](parameter))


@lru_cache(maxsize=256)
def compile_formula(text: str, parameter: str | None = None) -> Formula:
    """Return the formula with exact first and second derivatives.

    ``text`` may use ``x``, ``y``, the name of the parameter, numbers, ``+ - * / **`` and ``FUNCTIONS``.
    Raises ``FormulaError`` with a sentence for anything else, and for what is too long or too deep to be derived.
    """
    tree = _parse(text, parameter)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if not names & set(VARIABLES):
        raise FormulaError("the formula uses neither x nor y")
    return Formula(
        text=text,
        dimensions=2 if "y" in names else 1,
        latex=_Latex(parameter).visit(tree),
        source=_derive(tree, parameter),
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
    if sum(1 for _ in ast.walk(tree)) > MAX_NODES:
        raise FormulaError(f"the formula has more than {MAX_NODES} parts")
    _check(tree, (*VARIABLES, parameter) if parameter else VARIABLES, MAX_DEPTH)
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
        raise FormulaError("a number in the formula is too large")
    return number


def _constant(node: ast.expr) -> float | None:
    """Return the value of a part without names, in floats, or None where it has names."""
    if any(isinstance(part, ast.Name) and part.id not in FUNCTIONS for part in ast.walk(node)):
        return None
    try:
        return _finite(_fold(node))
    except (ArithmeticError, ValueError, TypeError):
        raise FormulaError(f"'{ast.unparse(node)[:40]}' has no finite value") from None


def _fold(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=value):
            return float(value)  # type: ignore[arg-type]
        case ast.UnaryOp(op=op, operand=operand):
            return -_fold(operand) if isinstance(op, ast.USub) else _fold(operand)
        case ast.BinOp(left=left, op=op, right=right):
            return float(_OPERATIONS[type(op)](_fold(left), _fold(right)))
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return float(_FLOAT_NAMES[name](_fold(argument)))
    raise AssertionError(node)  # pragma: no cover - the tree was checked


_OPERATIONS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: math.pow(a, b) if isinstance(a, float) and isinstance(b, float) else a**b,
}


def _derive(tree: ast.expr, parameter: str | None) -> str:
    """Return the source of ``bind(parameter)``, which returns the loss, the loss with gradient, and the Hessian."""
    import sympy  # here, because its import takes 0.6 s that no test of the web's forms should pay

    symbols = {name: sympy.Symbol(name, real=True) for name in (*VARIABLES, parameter or "p")}
    loss = _sympify(tree, symbols)
    x, y = symbols["x"], symbols["y"]
    gradient = [sympy.diff(loss, x), sympy.diff(loss, y)]
    hessian = [sympy.diff(gradient[0], x), sympy.diff(gradient[0], y), sympy.diff(gradient[1], y)]
    # The second derivative of |x| is zero wherever it exists; at the kink itself nothing is claimed.
    hessian = [entry.replace(sympy.DiracDelta, lambda *_: sympy.Integer(0)) for entry in hessian]
    if sum(int(entry.count_ops()) for entry in (loss, *gradient, *hessian)) > MAX_OPERATIONS:
        raise FormulaError("the derivatives of this formula are too long; write it more simply")
    own = symbols[parameter] if parameter else None
    functions = {"loss": [loss], "loss_and_gradient": [loss, *gradient], "hessian": hessian}
    parts = [_function(name, entries, own) for name, entries in functions.items()]
    return "\n".join(
        [
            f"def bind({parameter or 'p'}):",
            *(line for once, _ in parts for line in once),
            *(line for _, body in parts for line in body),
            "    return loss, loss_and_gradient, hessian",
        ]
    )


def _sympify(node: ast.expr, symbols: dict[str, Any]) -> Any:
    import sympy

    constant = _constant(node)
    if constant is not None:
        return sympy.Integer(int(constant)) if constant.is_integer() and abs(constant) <= 1e6 else sympy.Float(constant)
    match node:
        case ast.Name(id=name):
            return symbols[name]
        case ast.UnaryOp(op=op, operand=operand):
            inner = _sympify(operand, symbols)
            return -inner if isinstance(op, ast.USub) else inner
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            exponent = _constant(right)
            if exponent is not None and abs(exponent) > MAX_POWER:
                raise FormulaError(f"the power {exponent:g} is too high, the most is {MAX_POWER}")
            return _sympify(left, symbols) ** _sympify(right, symbols)
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATIONS[type(op)](_sympify(left, symbols), _sympify(right, symbols))
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return getattr(sympy, "Abs" if name == "abs" else name)(_sympify(argument, symbols))
    raise AssertionError(node)  # pragma: no cover - the tree was checked


def _function(name: str, expressions: list[Any], parameter: Any) -> tuple[list[str], list[str]]:
    """Return the source of one function of x and y, each common part computed once.

    What depends on the parameter alone comes first and apart: it is computed once for all points.
    """
    import sympy

    constants, expressions = _constants(expressions, parameter, f"{name}_") if parameter else ([], expressions)
    parts, results = sympy.cse(expressions, symbols=sympy.numbered_symbols("t", real=True))
    printer = _printer()
    once = [f"    {part} = {printer.doprint(value)}" for part, value in constants]
    lines = [f"        {part} = {printer.doprint(value)}" for part, value in parts]
    answer = ", ".join(printer.doprint(result) for result in results)
    return once, [f"    def {name}(x, y):", *lines, f"        return {answer}"]


def _constants(expressions: list[Any], parameter: Any, prefix: str) -> tuple[list[tuple[Any, Any]], list[Any]]:
    """Take out the factors and powers that depend on the parameter alone."""
    import sympy

    names = sympy.numbered_symbols(prefix, real=True)
    found: dict[Any, Any] = {}

    def own(entry: Any) -> bool:
        return not entry.is_Atom and entry.free_symbols == {parameter}

    def visit(entry: Any) -> Any:
        if own(entry):
            return found.setdefault(entry, next(names))
        if entry.is_Mul or entry.is_Add:
            fixed, rest = entry.as_independent(*(entry.free_symbols - {parameter}), as_Add=entry.is_Add)
            if own(fixed):
                return entry.func(visit(fixed), visit(rest))
        return entry.func(*map(visit, entry.args)) if entry.args else entry

    replaced = [visit(entry) for entry in expressions]
    return [(name, entry) for entry, name in found.items()], replaced


def _printer() -> Any:
    from sympy.printing.pycode import PythonCodePrinter

    class Printer(PythonCodePrinter):  # type: ignore[misc]  # sympy ships no types
        """Prints what is fast on floats and on arrays alike: small powers as products, the rest as ``power``."""

        def __init__(self, names: Iterator[int]) -> None:
            super().__init__({"fully_qualified_modules": False})
            self.names = names

        def _print_Pow(self, expr: Any, rational: bool = False) -> str:
            base, exponent = expr.as_base_exp()
            if exponent.is_Integer and abs(exponent) <= MAX_POWER:
                product = self._product(self.doprint(base), base.is_Symbol, abs(int(exponent)))
                return product if exponent > 0 else f"(1/{product})"
            if abs(exponent) == 0.5:
                return f"sqrt({self.doprint(base)})" if exponent > 0 else f"(1/sqrt({self.doprint(base)}))"
            return f"power({self.doprint(base)}, {self.doprint(exponent)})"

        def _product(self, base: str, is_name: bool, exponent: int) -> str:
            if exponent == 1:
                return f"({base})"
            if not is_name:
                name = f"u{next(self.names)}"
                return f"(({name} := {base})*{self._product(name, True, exponent - 1)})"
            half, odd = divmod(exponent, 2)
            if half == 1:
                return f"({base}*{base}*{base})" if odd else f"({base}*{base})"
            square = self._product(f"({base}*{base})", False, half)
            return f"({base}*{square})" if odd else square

        def _print_Float(self, expr: Any) -> str:
            return repr(float(expr))

        def _print_Rational(self, expr: Any) -> str:
            return repr(float(expr))

        def _print_sign(self, expr: Any) -> str:
            return f"sign({self.doprint(expr.args[0])})"

    return Printer(count())


class _Latex(ast.NodeVisitor):
    """Writes the checked tree as LaTeX, in the order in which it was typed."""

    def __init__(self, parameter: str | None) -> None:
        self.parameter = parameter

    def visit_Constant(self, node: ast.Constant) -> str:
        return f"{node.value:g}" if isinstance(node.value, float) else str(node.value)

    def visit_Name(self, node: ast.Name) -> str:
        return node.id if len(node.id) == 1 else rf"\{node.id}"

    def visit_UnaryOp(self, node: ast.UnaryOp) -> str:
        sign = "-" if isinstance(node.op, ast.USub) else ""
        return sign + self._grouped(node.operand, ast.Add, ast.Sub)

    def visit_BinOp(self, node: ast.BinOp) -> str:
        match node.op:
            case ast.Add():
                return f"{self.visit(node.left)} + {self.visit(node.right)}"
            case ast.Sub():
                return f"{self.visit(node.left)} - {self._grouped(node.right, ast.Add, ast.Sub)}"
            case ast.Mult():
                left = self._grouped(node.left, ast.Add, ast.Sub)
                right = self._grouped(node.right, ast.Add, ast.Sub)
                between = r" \cdot " if _starts_with_digit(node.right) else r"\,"
                return left + between + right
            case ast.Div():
                return rf"\frac{{{self.visit(node.left)}}}{{{self.visit(node.right)}}}"
        base = self._grouped(node.left, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
        if isinstance(node.left, ast.Call | ast.UnaryOp):
            base = rf"\left({self.visit(node.left)}\right)"
        return f"{base}^{{{self.visit(node.right)}}}"

    def visit_Call(self, node: ast.Call) -> str:
        name, argument = ast.unparse(node.func), self.visit(node.args[0])
        match name:
            case "exp":
                return f"e^{{{argument}}}"
            case "sqrt":
                return rf"\sqrt{{{argument}}}"
            case "abs":
                return rf"\left|{argument}\right|"
        return rf"\{name}\left({argument}\right)"

    def _grouped(self, node: ast.expr, *loose: type[ast.operator]) -> str:
        inner = self.visit(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, loose):
            return rf"\left({inner}\right)"
        return str(inner)


def _starts_with_digit(node: ast.expr) -> bool:
    while isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Div):
        node = node.left
    return isinstance(node, ast.Constant)
