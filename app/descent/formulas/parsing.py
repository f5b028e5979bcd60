"""Expression text → checked tree: what a formula may be made of, and what is wrong with one that is none."""

import ast
import math

from app.descent.formulas import syntax
from app.descent.formulas.notation import FormulaError, finite

MAX_LENGTH = 400
MAX_PARTS = 200
MAX_DEPTH = 60

VARIABLES = ("x", "y")
CONSTANTS = {"pi": math.pi}
FUNCTIONS = ("exp", "log", "sqrt", "sin", "cos", "tanh", "abs")


def parse(text: str, parameter: str | None) -> ast.expr:
    """A checked tree of the text. Raises ``FormulaError`` for what is no formula, too long or too deep."""
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
            finite(value)
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
