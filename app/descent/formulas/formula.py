"""Expression text → checked tree → value, gradient and Hessian, compiled for floats and for arrays.

The text is read with ``ast`` against the list of what is allowed and becomes a graph in which equal parts are one node.
Derivatives are added to the same graph, so that they share parts with the value and do not swell. Every number is a
float from the start: nothing here can be made to compute 9**9**9 exactly. See docs/decisions/0002-derivatives.md.
"""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from app.descent.formulas import intervals, wide
from app.descent.formulas.arithmetic import ARRAY_NAMES, FLOAT_NAMES
from app.descent.formulas.intervals import Interval, UnboundedError, interval
from app.descent.formulas.latex import Latex, terms
from app.descent.formulas.notation import FormulaError
from app.descent.formulas.parsing import VARIABLES, parse
from app.descent.formulas.writing import sources

# (point, gradient, scratch): writes the gradient at each point into an array.
Slopes = Callable[[Any, Any, Any], None]


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
        """The functions with the shape parameter fixed."""
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
        """The function that writes the gradient into arrays of equal shape, with the shape parameter fixed.

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
        """What the loss lies between wherever x and y are within these bounds.

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
    """The formula with exact first and second derivatives.

    ``text`` may use ``x``, ``y``, ``pi``, the name of the parameter, numbers, ``+ - * / **`` and ``FUNCTIONS``;
    ``axes`` are the names that the typeset formula shows for x and y.
    Raises ``FormulaError`` with a sentence for anything else, and for what is too long or too deep.
    """
    tree = parse(text, parameter)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if not names & set(VARIABLES):
        raise FormulaError("the formula uses neither x nor y")
    return Formula(
        text=_written(tree),
        dimensions=2 if "y" in names else 1,
        terms=terms(tree, Latex(dict(zip(VARIABLES, axes, strict=False)))),
        **sources(tree, parameter or "p", 2 if "y" in names else 1),
    )


def _written(tree: ast.expr) -> str:
    """The checked tree as text, as the registry writes formulas: x**2 + 2*x*y."""
    return re.sub(r" (\*\*|\*|/) ", r"\1", ast.unparse(tree))


_NAMES = {
    "floats": FLOAT_NAMES,
    "arrays": ARRAY_NAMES,
    "intervals": intervals.NAMES,
    "wide": wide.names(FLOAT_NAMES),
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
