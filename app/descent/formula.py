"""Expression text → checked tree → value, gradient and Hessian, compiled for floats and for arrays.

The text is read with ``ast`` against the list of what is allowed and becomes a graph in which equal parts are one node.
Derivatives are added to the same graph, so that they share parts with the value and do not swell. Every number is a
float from the start: nothing here can be made to compute 9**9**9 exactly. See docs/decisions/0002-derivatives.md.
"""

import ast
import math
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.descent import inplace, intervals, syntax, wide
from app.descent.intervals import Interval, UnboundedError, interval
from app.descent.ranges import Ranges

Array = NDArray[np.float64]

MAX_LENGTH = 400
MAX_PARTS = 200
MAX_DEPTH = 60
MAX_POWER = 16
MAX_NODES = 4_000

VARIABLES = ("x", "y")
CONSTANTS = {"pi": math.pi}
FUNCTIONS = ("exp", "log", "sqrt", "sin", "cos", "tanh", "abs")


def as_in_arrays(
    one: Callable[[float], float],
    many: Callable[[Any], Any],
    domain: tuple[float, float] = (-math.inf, math.inf),
    beyond: Callable[[float], float] | None = None,
) -> Callable[[float], float]:
    """Return ``one``, or a function on one number that gives to the last bit what NumPy's ``many`` gives in an array.

    On some machines NumPy computes several at once in its own way, and ends in another last digit than the C library.
    Where thousands of samples do not differ, the C library's function is taken, which is four times faster.
    ``beyond`` answers outside the open ``domain``: ``one``, which raises there, unless something else is given.
    """
    samples = np.concatenate([np.linspace(1e-3, 30.0, 4000), np.geomspace(1e-12, 700.0, 4000)])
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
    """Return what the function gives in an array, where that may be infinite."""
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


# One generated source serves both worlds; only what the names mean differs.
_FLOAT_NAMES: dict[str, Any] = {
    "exp": as_in_arrays(math.exp, np.exp, (-math.inf, 709.0), partial(_in_array, np.exp)),
    "log": as_in_arrays(math.log, np.log, (0.0, math.inf)),
    "sqrt": math.sqrt,
    **{name: as_in_arrays(getattr(math, name), getattr(np, name)) for name in ("sin", "cos", "tan", "tanh")},
    "abs": abs,
    "power": _power_alone,
    "varying_power": _varying_power_alone,
    "wary_quotient": _divide_warily_alone,
    "sign": lambda value: float((value > 0) - (value < 0)),
    "kink": lambda value: _kink(value),
    "spread": lambda value, like: value,
}
# Where NumPy has its own way with the tangent but not with the sine, waves are computed by half angles: six times
# faster in arrays, and off by two of the last digits at most.
HALF_ANGLES = _FLOAT_NAMES["sin"] is math.sin and _FLOAT_NAMES["tan"] is not math.tan
# With the names that statements without allocation use; what a formula cannot be made of does no harm.
_ARRAY_NAMES: dict[str, Any] = {
    **inplace.NAMES,
    **{name: getattr(np, name) for name in (*FUNCTIONS, "tan")},
    "log": _log_in_arrays,
    "power": _power_in_arrays,
    "varying_power": _varying_power_in_arrays,
    "quotient": _divide_in_arrays,
    "wary_quotient": _divide_warily_in_arrays,
    "kink": _kink_in_arrays,
    "spread": _spread_in_arrays,
}


def _kink(value: float) -> float:
    """Return the derivative of the sign: zero wherever it exists, which at zero it does not."""
    if value == 0:
        raise ValueError("no derivative at a kink")
    return 0.0


# (point, gradient, scratch): writes the gradient at each point into an array.
Slopes = Callable[[Any, Any, Any], None]


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

    text: str  # of the checked tree, whatever was typed for it
    dimensions: int
    terms: tuple[str, ...]  # the LaTeX of what is added up, signs included, for a line that may break between them
    smooth: bool  # whether it certainly has all its derivatives everywhere: abs has a kink
    wide: bool  # whether a part of it may be too large for a float though it is not
    floats: str  # the source of ``bind`` for numbers
    arrays: str  # the source of ``bind`` for arrays
    slopes: str  # the source of ``bind`` for the gradient in place
    scratch: int  # how many arrays that uses besides
    intervals: str  # the source of ``bind`` for intervals
    separable: bool  # whether neither part of the gradient depends on the other coordinate

    @property
    def latex(self) -> str:
        """The formula, typeset."""
        return " ".join(self.terms)

    def bind(self, parameter: float | None, *, arrays: bool = False) -> Functions:
        """Return the functions with the shape parameter fixed."""
        # The source is printed by this module from a checked tree: names, numbers and the functions above.
        bind = _bound(self.arrays, "arrays") if arrays else _bound(self.floats, "floats")
        functions = Functions(*bind(parameter))
        if not self.wide:
            return functions
        if arrays:
            loss, slopes, curvatures = map(wide.retried_in_arrays, functions[:3], self.bind(parameter)[:3])
        else:
            loss, slopes, curvatures = map(wide.retried, functions[:3], _bound(self.floats, "wide")(parameter))
        return Functions(loss, slopes, curvatures)

    def bind_slopes(self, parameter: float | None) -> Slopes:
        """Return the function that writes the gradient into arrays of equal shape, with the shape parameter fixed.

        Called as ``slopes(point, gradient, scratch)``: arrays of shape (dimensions, n), and ``scratch`` further ones of
        shape (n,).
        """
        slopes: Slopes = _bound(self.slopes, "arrays")(parameter)
        if not self.wide:
            return slopes
        alone = self.bind(parameter).loss_and_gradient

        def mended(point: Any, gradient: Any, scratch: Any) -> None:
            slopes(point, gradient, scratch)
            wide.mend_slopes(point, gradient, alone)

        return mended

    def bounds(self, parameter: float | None, x: tuple[float, float], y: tuple[float, float]) -> Interval:
        """Return what the loss lies between wherever x and y are within these bounds.

        Raises ``UnboundedError`` where it might have no finite value somewhere there.
        """
        return interval(_bound(self.intervals, "intervals")(parameter)(Interval(*x), Interval(*y)))

    def is_finite(self, parameter: float | None, x: tuple[float, float], y: tuple[float, float]) -> bool:
        """Whether the loss certainly has a finite value wherever x and y are within these bounds."""
        try:
            self.bounds(parameter, x, y)
        except UnboundedError:
            return False
        return True


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
        text=_written(tree),
        dimensions=2 if "y" in names else 1,
        terms=_terms(tree, Latex(dict(zip(VARIABLES, axes, strict=False)))),
        **_sources(tree, parameter or "p", 2 if "y" in names else 1),
    )


def _written(tree: ast.expr) -> str:
    """Return the checked tree as text, as the registry writes formulas: x**2 + 2*x*y."""
    return re.sub(r" (\*\*|\*|/) ", r"\1", ast.unparse(tree))


_NAMES = {
    "floats": _FLOAT_NAMES,
    "arrays": _ARRAY_NAMES,
    "intervals": intervals.NAMES,
    "wide": wide.names(_FLOAT_NAMES),
}


@lru_cache(maxsize=256)
def _bound(source: str, world: str) -> Callable[[float | None], Any]:
    """Return ``bind`` of the source, compiled, where the names mean what they do on the world's numbers."""
    namespace = dict(_NAMES[world])
    exec(_code(source), namespace)
    bind: Callable[[float | None], Any] = namespace["bind"]
    return bind


@lru_cache(maxsize=256)
def _code(source: str) -> Any:
    return compile(source, "<formula>", "exec")


def _parse(text: str, parameter: str | None) -> ast.expr:
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"the formula has {len(text)} characters, the most is {MAX_LENGTH}")
    try:
        tree = syntax.expression(text.strip())
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

    def __init__(self, *, capped: bool = True) -> None:
        self.capped = capped
        self.nodes: list[_Node] = []
        self.places: dict[_Node, int] = {}
        self.names: list[frozenset[str]] = []  # that each part depends on
        self.derivatives: dict[tuple[int, str], int] = {}

    def put(self, operation: str, *parts: int, value: float | str = 0.0) -> int:
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
        # Signs cost a pass over all walkers, and moving them changes no digit.
        if self.nodes[b].operation == "negate":
            return self.subtract(a, self.nodes[b].parts[0])
        if self.nodes[a].operation == "negate":
            return self.subtract(b, self.nodes[a].parts[0])
        return self.put("+", min(a, b), max(a, b))

    def subtract(self, a: int, b: int) -> int:
        one, other = self.known(a), self.known(b)
        if one is not None and other is not None:
            return self.number(one - other)
        if other == 0:
            return a
        if one == 0:
            return self.negate(b)
        inner = self.nodes[b]
        if inner.operation == "negate":
            return self.add(a, inner.parts[0])
        if inner.operation == "*" and (self.known(inner.parts[0]) or 0.0) < 0:
            return self.add(a, self.negate(b))
        return self.put("-", a, b)

    def negate(self, a: int) -> int:
        one, inner = self.known(a), self.nodes[a]
        if one is not None:
            return self.number(-one)
        if inner.operation == "negate":
            return inner.parts[0]
        if inner.operation == "*" and (factor := self.known(inner.parts[0])) is not None:
            return self.multiply(self.number(-factor), inner.parts[1])
        return self.put("negate", a)

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
        for part, rest in ((a, b), (b, a)):
            if self.nodes[part].operation == "negate":
                return self.negate(self.multiply(self.nodes[part].parts[0], rest))
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

    def by_half_angles(self) -> tuple["_Graph", Mapping[int, int]]:
        """Return this graph with waves as fractions of t = tan(a/2), and the places there of the parts here.

        sin(a) = 2t/(1 + t²) and cos(a) = (1 - t)(1 + t)/(1 + t²), whose denominator is never zero.
        """
        other, places = _Graph(capped=False), dict[int, int]()
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
        """Return the names that a part depends on."""
        return self.names[place]


def _folded(function: Callable[..., float], *arguments: float) -> float:
    try:
        return _finite(function(*arguments))
    except (ArithmeticError, ValueError):
        raise FormulaError("a part of the formula has no finite value") from None


def _sources(tree: ast.expr, parameter: str, dimensions: int) -> dict[str, Any]:
    """Return the sources of a ``Formula`` by the names of its fields, how much scratch they take, and what is known."""
    graph = _Graph()
    loss = graph.read(tree)
    ranges = Ranges(tuple(graph.nodes), lambda place: bool(graph.depends_on(place) & set(VARIABLES)))
    slopes = [graph.derivative(loss, "x"), graph.derivative(loss, "y")]
    curvatures = [
        graph.derivative(slope, name) for slope, name in ((slopes[0], "x"), (slopes[0], "y"), (slopes[1], "y"))
    ]
    functions = {"loss": [loss], "loss_and_gradient": [loss, *slopes], "hessian": curvatures}
    names = [graph.depends_on(slope) for slope in slopes]
    bounds = _source(_Writer(graph, parameter, None), {"loss": [loss]})
    # On floats a quotient raises where it has no value, in arrays it needs a function that says so.
    is_wide = ranges.may_overflow(loss)
    alone, many = ("wary_quotient", "wary_quotient") if is_wide else (None, "quotient")
    if HALF_ANGLES:
        graph, places = graph.by_half_angles()
        functions = {name: [places[result] for result in results] for name, results in functions.items()}
    gradient = functions["loss_and_gradient"][1 : 1 + dimensions]
    slopes_source, scratch = _slopes_source(_Writer(graph, parameter, many), gradient)
    return {
        "smooth": ranges.is_smooth(loss),
        "wide": is_wide,
        "floats": _source(_Writer(graph, parameter, alone), functions),
        "arrays": _source(_Writer(graph, parameter, many), functions),
        "slopes": slopes_source,
        "scratch": scratch,
        "intervals": bounds,
        "separable": dimensions == 2 and "y" not in names[0] and "x" not in names[1],
    }


def _source(writer: "_Writer", functions: Mapping[str, list[int]]) -> str:
    """Return the source of ``bind``, which takes the parameter and returns the functions of x and y."""
    lines: list[str] = []
    for name, results in functions.items():
        steps, answers = writer.steps(results)
        body = [f"{target} = {text}" for target, text in steps] + [f"return {', '.join(answers)}"]
        lines += [f"    def {name}(x, y):", *(f"        {line}" for line in body)]
    return writer.bind([*lines, f"    return {', '.join(functions)}"])


def _slopes_source(writer: "_Writer", slopes: list[int]) -> tuple[str, int]:
    """Return the source of ``bind`` for the gradient in place, and how much scratch that takes."""
    steps, answers = writer.steps(slopes)
    variables, into = VARIABLES[: len(slopes)], ("slope_x", "slope_y")[: len(slopes)]
    text = "\n".join(f"{target} = {value}" for target, value in [*steps, *zip(into, answers, strict=True)])
    program = inplace.in_place(syntax.assignments(text), variables, into=dict(zip(into, into, strict=True)))
    lines = [
        "    def slopes(point, gradient, scratch):",
        *(f"        {name} = point[{row}]" for row, name in enumerate(variables)),
        *(f"        {name} = gradient[{row}]" for row, name in enumerate(into)),
        *(f"        {name} = scratch[{index}]" for index, name in enumerate(program.scratch)),
        *(f"        {statement}" for statement in program.statements),
        "    return slopes",
    ]
    return writer.bind(lines), len(program.scratch)


class _Writer:
    """Writes parts of a graph as Python: what is used twice gets a name, what only the parameter decides is hoisted.

    ``quotient`` names what a quotient by what varies is a call of; it is written with ``/`` where that is None.
    """

    # Deeper expressions are cut into named parts: Python's own parser has a limit.
    DEEPEST = 20

    def __init__(self, graph: _Graph, parameter: str, quotient: str | None) -> None:
        self.graph = graph
        self.parameter = parameter
        self.quotient = quotient
        self.once: list[str] = []
        self.hoisted: dict[int, str] = {}

    def bind(self, body: list[str]) -> str:
        """Return the source of ``bind``, whose body begins with what is computed once."""
        return "\n".join([f"def bind({self.parameter}):", *self.once, *body])

    def steps(self, results: list[int]) -> tuple[list[tuple[str, str]], list[str]]:
        """Return named parts with their expressions, in their order, and the results as expressions."""
        uses = self._uses(results)
        steps: list[tuple[str, str]] = []
        written: dict[int, tuple[str, int]] = {}
        for place in sorted(uses):
            text, depth = self._write(place, written)
            if self._is_fixed(place) and depth > 0:
                text, depth = self._hoist(place, text), 0
            elif depth > 0 and (uses[place] > 1 or depth > self.DEEPEST):
                steps.append((f"t{place}", text))
                text, depth = f"t{place}", 0
            written[place] = (text, depth)
        return steps, [
            written[place][0] if self.graph.depends_on(place) & set(VARIABLES) else f"spread({written[place][0]}, x)"
            for place in results
        ]

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
            case "over":
                return f"({texts[0]}/{texts[1]})", depth
            case "/" if not self._is_constant(parts[1]):
                return self._quotient(*texts), depth
            case "+" | "-" | "*" | "/":
                return f"({texts[0]}{operation}{texts[1]})", depth
            case "negate":
                return f"(-{texts[0]})", depth
            case "power":
                # A base that is 0 or less has a power by some numbers, and no gradient where the number may change.
                name = "power" if self._is_constant(parts[1]) else "varying_power"
                return f"{name}({texts[0]}, {texts[1]})", depth
            case "fixed power":
                return self._power(parts[0], texts[0], float(value)), depth
        return f"{operation}({texts[0]})", depth

    def _is_constant(self, place: int) -> bool:
        return not self.graph.depends_on(place) & set(VARIABLES)

    def _quotient(self, value: str, by: str) -> str:
        return f"{self.quotient}({value}, {by})" if self.quotient else f"({value}/{by})"

    def _power(self, place: int, base: str, exponent: float) -> str:
        if not exponent.is_integer():
            if exponent < 0 and self.quotient == "wary_quotient":
                return self._quotient("1.0", f"power({base}, {-exponent!r})")
            return f"power({base}, {exponent!r})"
        product = _whole_power(base, abs(int(exponent)))
        if exponent > 0:
            return product
        return f"(1.0/{product})" if self._is_constant(place) else self._quotient("1.0", product)


def _whole_power(base: str, exponent: int) -> str:
    """Write small whole powers as products, which are faster than any power on floats and on arrays alike."""
    if exponent <= 3:
        return f"({'*'.join([base] * exponent)})"
    half = _whole_power(base, exponent // 2)
    return f"({half}*{half}" + (f"*{base})" if exponent % 2 else ")")


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
        # Each part is visited once: twice at every level would be a million times at twenty.
        base = self.visit(node.left)
        if isinstance(node.left, ast.Call | ast.UnaryOp | ast.BinOp):
            base = rf"\left({base}\right)"
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
