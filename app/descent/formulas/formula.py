"""Expression text → checked tree → value, gradient and Hessian, compiled for floats and for arrays.

The text is read by a grammar of our own (``notation.py``) and becomes a graph in which equal parts are one node.
Derivatives are added to the same graph, so that they share parts with the value and do not swell. Every number is a
float from the start: nothing here can be made to compute 9**9**9 exactly. See docs/decisions/0002-derivatives.md.
"""

import ast
import marshal
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from app.descent.formulas import intervals, wide
from app.descent.formulas.arithmetic import ARRAY_NAMES, FLOAT_NAMES, NOTING_NAMES, QUIET_NAMES, loud
from app.descent.formulas.intervals import Interval, UnboundedError, interval
from app.descent.formulas.latex import Latex, terms
from app.descent.formulas.memory import Memory, remembered
from app.descent.formulas.notation import OWN, FormulaError, constants_in, names_in, read
from app.descent.formulas.vocabulary import FORMULA, TYPED_FORMULA, VARIABLES, Vocabulary
from app.descent.formulas.work import Budget, Costs, costs_in
from app.descent.formulas.writing import sources

# So many characters of formulas, and of the sources that are compiled, are kept: some hundreds of usual ones.
_ROOM = 4_000_000
# Of a formula of more characters, in all its functions, less is looked at.
_LONG = 12_000
# (point, gradient, scratch): writes the gradient at each point into an array.
Slopes = Callable[[Any, Any, Any], None]


class Functions(NamedTuple):
    """A formula with its parameters fixed, over floats or elementwise over arrays of equal shape.

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
    parameters: tuple[str, ...]  # the names of what is fixed later
    dimensions: int
    terms: tuple[str, ...]  # the LaTeX of what is added up, signs included, for a line that may break between them
    smooth: bool  # whether it certainly has all its derivatives everywhere: abs has a kink
    wide: bool  # whether a part of it may be too large for a float though it is not
    quiet: bool  # whether a part of it may have no value though it has one: a side that is not chosen
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

    @property
    def size(self) -> int:
        """How many characters it is made of."""
        parts = (self.text, *self.terms, self.floats, self.arrays, self.slopes, self.intervals)
        return sum(map(len, parts))

    def bind(self, values: tuple[float, ...] = (), *, arrays: bool = False) -> Functions:
        """The functions with the parameters fixed.

        Raises ``ArithmeticError`` or ``ValueError`` where a part that they alone decide has no value.
        """
        # The source is printed by this module from a checked tree: names, numbers and the functions above.
        alone = "quiet" if self.quiet else "floats"
        bind = _bound(self.arrays, "arrays") if arrays else _bound(self.floats, alone)
        functions = Functions(*bind(*values))
        if not self.wide:
            return Functions(*map(loud, functions[:3])) if self.quiet and not arrays else functions
        if arrays:
            noting = _bound(self.arrays, "noting")(*values)
            loss, slopes, curvatures = map(wide.retried_in_arrays, functions[:3], self.bind(values)[:3], noting)
        else:
            loss, slopes, curvatures = map(wide.retried, functions[:3], _bound(self.floats, "wide")(*values))
        return Functions(loss, slopes, curvatures)

    def bind_roughly(self, values: tuple[float, ...] = ()) -> Functions:
        """The functions over arrays, with NaN or infinity where a part on the way is too large for a float."""
        return Functions(*_bound(self.arrays, "arrays")(*values))

    def bind_counting(self, values: tuple[float, ...], budget: Budget) -> Functions:
        """The functions on floats, whose work is counted. They raise ``SpentError`` where all of it is spent."""
        bind = _bound(self.floats, "quiet" if self.quiet else "floats")
        functions = map(budget.on_floats, bind(*values)[:3], self.costs)
        if not self.wide:
            return Functions(*(map(loud, functions) if self.quiet else functions))
        again = map(budget.on_wide, _bound(self.floats, "wide")(*values)[:3], self.costs)
        loss, slopes, curvatures = map(wide.retried, functions, again)
        return Functions(loss, slopes, curvatures)

    def bind_counting_arrays(self, values: tuple[float, ...], budget: Budget) -> Functions:
        """The functions of ``bind_roughly``, whose work is counted."""
        loss, slopes, curvatures = map(budget.on_arrays, self.bind_roughly(values)[:3], self.costs)
        return Functions(loss, slopes, curvatures)

    @property
    def patience(self) -> float:
        """Which part of the usual work may be spent on it: the longer it is, the longer it takes to be compiled."""
        return min(1.0, _LONG / self.size)

    @cached_property
    def costs(self) -> Costs:
        """What its evaluations cost."""
        return costs_in(self.arrays)

    def bind_slopes(self, values: tuple[float, ...] = ()) -> Slopes:
        """The function that writes the gradient into arrays of equal shape, with the parameters fixed.

        Called as ``slopes(point, gradient, scratch)``: arrays of shape (dimensions, n), and ``scratch`` further ones of
        shape (n,).
        """
        slopes: Slopes = _bound(self.slopes, "arrays")(*values)
        if not self.wide:
            return slopes
        alone, noting = self.bind(values).loss_and_gradient, _bound(self.arrays, "noting")(*values)[1]

        def mended(point: Any, gradient: Any, scratch: Any) -> None:
            slopes(point, gradient, scratch)
            wide.mend_slopes(point, gradient, alone, noting)

        return mended

    def bounds(self, values: tuple[float, ...], x: tuple[float, float], y: tuple[float, float]) -> Interval:
        """What the loss lies between wherever x and y are within these bounds.

        Raises ``UnboundedError`` where it might have no finite value somewhere there.
        """
        return interval(_bound(self.intervals, "intervals")(*values)(Interval(*x), Interval(*y)))

    def is_finite(self, values: tuple[float, ...], x: tuple[float, float], y: tuple[float, float]) -> bool:
        """Whether the loss certainly has a finite value wherever x and y are within these bounds."""
        try:
            self.bounds(values, x, y)
        except UnboundedError:
            return False
        return True


@remembered(_ROOM, lambda arguments, formula: formula.size)
def compile_formula(text: str, parameters: tuple[str, ...] = (), axes: tuple[str, ...] = VARIABLES) -> Formula:
    """The formula with exact first and second derivatives.

    ``text`` may use ``x``, ``y``, the names of the parameters and what is in ``FORMULA``; ``axes`` are the names that
    the typeset formula shows for x and y.
    Raises ``FormulaError`` with a sentence for anything else, and for what is too long or too deep.
    """
    return derive(read(text, FORMULA._replace(names=(*VARIABLES, *parameters)), OWN), parameters, axes)


def compile_typed(text: str, vocabulary: Vocabulary = TYPED_FORMULA) -> Formula:
    """A formula as somebody typed it, whose parameters are the constants in it, in the order in which they stand there.

    Raises ``FormulaError`` as ``compile_formula`` does.
    """
    tree = read(text, vocabulary)
    return derive(tree, constants_in(tree, vocabulary))


def derive(tree: ast.expr, parameters: tuple[str, ...], axes: tuple[str, ...] = VARIABLES) -> Formula:
    """The formula of a checked tree. Raises ``FormulaError`` where it is none of x or y, or has no finite value."""
    names = names_in(tree)
    if not set(names) & set(VARIABLES):
        raise FormulaError("the formula uses neither x nor y", 0, "a formula in x, or in x and y")
    dimensions = 2 if "y" in names else 1
    return Formula(
        text=_written(tree),
        parameters=parameters,
        dimensions=dimensions,
        terms=terms(tree, Latex(dict(zip(VARIABLES, axes, strict=False)))),
        **sources(tree, parameters, dimensions),
    )


def _written(tree: ast.expr) -> str:
    """The checked tree as text, as the registry writes formulas: x**2 + 2*x*y."""
    return re.sub(r" (\*\*|\*|/) ", r"\1", ast.unparse(tree))


_NAMES = {
    "floats": FLOAT_NAMES,
    "quiet": QUIET_NAMES,
    "arrays": ARRAY_NAMES,
    "noting": NOTING_NAMES,
    "intervals": intervals.NAMES,
    "wide": wide.names(FLOAT_NAMES),
}


@remembered(_ROOM, lambda arguments, bind: len(arguments[0]))
def _bound(source: str, world: str) -> Callable[..., Any]:
    """Return ``bind`` of the source, compiled, where the names mean what they do on the world's numbers."""
    namespace = dict(_NAMES[world])
    exec(_code(source), namespace)
    bind: Callable[..., Any] = namespace["bind"]
    return bind


_codes: Memory[Any] = Memory(_ROOM)


def _code(source: str) -> Any:
    code = _codes.get(source)
    return _codes.keep(source, compile(source, "<formula>", "exec"), len(source)) if code is None else code


def compiled_sources(formula: Formula) -> bytes:
    """What walks and pictures of the formula run first, compiled, for another process of the same Python."""
    return marshal.dumps([_code(source) for source in (formula.floats, formula.arrays)])


def keep_compiled(formula: Formula, compiled: bytes) -> None:
    """Keep what another process has compiled, so that nobody waits for it here."""
    for source, code in zip((formula.floats, formula.arrays), marshal.loads(compiled), strict=True):
        _codes.keep(source, code, len(source))
